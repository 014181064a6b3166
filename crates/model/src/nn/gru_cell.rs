//! One GRU layer over a window, forwards and backwards in time (Cho et al. 2014, in PyTorch's form).
//!
//! PyTorch's gate order: reset `r`, update `z`, candidate `n`. With `u = W_hh h'`, in three parts:
//!
//! ```text
//! r = σ(W_ir x + b_ir + u_r + b_hr)   z = σ(W_iz x + b_iz + u_z + b_hz)   n = tanh(W_in x + b_in + r ⊙ (u_n + b_hn))
//! h = (1 − z) ⊙ n + z ⊙ h'
//! ```

use super::cell::Trace;
use super::{PackedMatrix, Real};

/// Runs the layer over the window; see [`layer::forward`](super::layer::forward).
pub(super) fn forward<T: Real>(trace: &mut Trace<T>, w_hh_t: &PackedMatrix<T>, b_hh: &[T]) {
    let (batch, hidden) = (trace.batch, trace.hidden);
    let step = batch * hidden;
    for t in 0..trace.time() {
        let gates = &mut trace.gates[t * 3 * step..][..3 * step];
        let recurrent = &mut trace.recurrent[t * 3 * step..][..3 * step];
        let (before, after) = trace.h.split_at_mut((t + 1) * step);
        start(recurrent, b_hh, hidden);
        w_hh_t.multiply_add(&before[t * step..], recurrent);
        for b in 0..batch {
            let (three, one) = (3 * b * hidden..3 * (b + 1) * hidden, b * hidden..(b + 1) * hidden);
            activate(
                &mut gates[three.clone()],
                &recurrent[three],
                &before[t * step..][one.clone()],
                &mut after[one],
            );
        }
    }
}

/// What the recurrent product is added to: nothing, and the candidate's recurrent bias. `recurrent: [rows, 3 · hidden]`.
pub(crate) fn start<T: Real>(recurrent: &mut [T], b_hh: &[T], hidden: usize) {
    for row in recurrent.chunks_exact_mut(3 * hidden) {
        row[..2 * hidden].fill(T::zero());
        row[2 * hidden..].copy_from_slice(&b_hh[2 * hidden..]);
    }
}

/// One row. `gates: [3 · hidden]`, pre-activations of the input in, activations out; `recurrent: [3 · hidden]`; the rest
/// `[hidden]`.
pub(crate) fn activate<T: Real>(gates: &mut [T], recurrent: &[T], h_before: &[T], h: &mut [T]) {
    let hidden = h.len();
    let (reset_update, n) = gates.split_at_mut(2 * hidden);
    for (gate, &u) in reset_update.iter_mut().zip(recurrent) {
        *gate += u;
    }
    T::sigmoid_each(reset_update);
    let (r, z) = reset_update.split_at(hidden);
    for ((n, &r), &u) in n.iter_mut().zip(r).zip(&recurrent[2 * hidden..]) {
        *n += r * u;
    }
    T::tanh_each(n);
    for (((h, &n), &z), &before) in h.iter_mut().zip(&*n).zip(z).zip(h_before) {
        *h = n + z * (before - n);
    }
}

/// Back through time; see [`layer::backward`](super::layer::backward).
pub(super) fn backward<T: Real>(trace: &mut Trace<T>, w_hh: &PackedMatrix<T>, d_h: &mut [T]) {
    let (batch, hidden) = (trace.batch, trace.hidden);
    let step = batch * hidden;
    let mut d_h_next = vec![T::zero(); step];
    for t in (0..trace.time()).rev() {
        let gates = &mut trace.gates[t * 3 * step..][..3 * step];
        let recurrent = &mut trace.recurrent[t * 3 * step..][..3 * step];
        let d_h = &mut d_h[t * step..][..step];
        for (d, &next) in d_h.iter_mut().zip(&d_h_next) {
            *d += next;
        }
        let before = &trace.h[t * step..][..step];
        for b in 0..batch {
            let (three, one) = (3 * b * hidden..3 * (b + 1) * hidden, b * hidden..(b + 1) * hidden);
            differentiate(
                &mut gates[three.clone()],
                &mut recurrent[three],
                &before[one.clone()],
                &d_h[one.clone()],
                &mut d_h_next[one],
            );
        }
        w_hh.multiply_add(recurrent, &mut d_h_next);
    }
}

/// One row's gradients. Leaves in `d_h_before` what reaches the step before past the gates.
fn differentiate<T: Real>(
    gates: &mut [T],
    recurrent: &mut [T],
    h_before: &[T],
    d_h: &[T],
    d_h_before: &mut [T],
) {
    let hidden = d_h.len();
    let one = T::one();
    for j in 0..hidden {
        let (r, z, n) = (gates[j], gates[hidden + j], gates[2 * hidden + j]);
        let u_n = recurrent[2 * hidden + j];
        let d_n = d_h[j] * (one - z) * (one - n * n);
        let d_z = d_h[j] * (h_before[j] - n) * z * (one - z);
        let d_r = d_n * u_n * r * (one - r);
        d_h_before[j] = d_h[j] * z;
        (gates[j], gates[hidden + j], gates[2 * hidden + j]) = (d_r, d_z, d_n);
        (recurrent[j], recurrent[hidden + j], recurrent[2 * hidden + j]) = (d_r, d_z, d_n * r);
    }
}
