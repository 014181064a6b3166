//! The simple recurrent layer, forwards and backwards in time (Elman 1990): `h = f(W_ih x + b_ih + W_hh h' + b_hh)`.
//!
//! Each step back multiplies the gradient by `W_hhᵀ diag(f')`: over many steps it shrinks or grows like the powers of that
//! product's largest singular value. That is the vanishing and the exploding gradient (Bengio, Simard & Frasconi 1994).

use super::cell::{Cell, Trace};
use super::{PackedMatrix, Real};

/// Runs the layer over the window; see [`layer::forward`](super::layer::forward).
pub(super) fn forward<T: Real>(trace: &mut Trace<T>, w_hh_t: &PackedMatrix<T>) {
    let step = trace.batch * trace.hidden;
    for t in 0..trace.time() {
        let gates = &mut trace.gates[t * step..][..step];
        let (before, after) = trace.h.split_at_mut((t + 1) * step);
        w_hh_t.multiply_add(&before[t * step..], gates);
        activate(trace.cell, gates);
        after[..step].copy_from_slice(gates);
    }
}

/// Pre-activations in, hidden states out, in place.
pub(crate) fn activate<T: Real>(cell: Cell, gates: &mut [T]) {
    if cell == Cell::Sigmoid { T::sigmoid_each(gates) } else { T::tanh_each(gates) }
}

/// Back through time; see [`layer::backward`](super::layer::backward).
pub(super) fn backward<T: Real>(trace: &mut Trace<T>, w_hh: &PackedMatrix<T>, d_h: &mut [T]) {
    let step = trace.batch * trace.hidden;
    let mut d_h_next = vec![T::zero(); step];
    for t in (0..trace.time()).rev() {
        let gates = &mut trace.gates[t * step..][..step];
        let d_h = &mut d_h[t * step..][..step];
        for ((gate, d_h), &next) in gates.iter_mut().zip(d_h).zip(&d_h_next) {
            *d_h += next;
            let h = *gate;
            // The derivative at the pre-activation, from the activation.
            let slope = if trace.cell == Cell::Sigmoid { h * (T::one() - h) } else { T::one() - h * h };
            *gate = *d_h * slope;
        }
        d_h_next.fill(T::zero());
        w_hh.multiply_add(gates, &mut d_h_next);
    }
}
