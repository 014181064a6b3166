//! One LSTM layer over a window, forwards and backwards in time (Hochreiter & Schmidhuber 1997; Gers et al. 2000).
//!
//! PyTorch's gate order: input `i`, forget `f`, candidate `g`, output `o`.
//!
//! ```text
//! i, f, o = σ(·)   g = tanh(·)   of   W_ih x + b_ih + W_hh h' + b_hh
//! c = f ⊙ c' + i ⊙ g            h = o ⊙ tanh(c)
//! ```

use super::cell::Trace;
use super::{PackedMatrix, Real};

/// Runs the layer over the window; see [`layer::forward`](super::layer::forward).
pub(super) fn forward<T: Real>(trace: &mut Trace<T>, w_hh_t: &PackedMatrix<T>) {
    let (batch, hidden) = (trace.batch, trace.hidden);
    let step = batch * hidden;
    for t in 0..trace.time() {
        let gates = &mut trace.gates[t * 4 * step..][..4 * step];
        let (h_before, h_after) = trace.h.split_at_mut((t + 1) * step);
        let (c_before, c_after) = trace.c.split_at_mut((t + 1) * step);
        w_hh_t.multiply_add(&h_before[t * step..], gates);
        let tanh_c = &mut trace.tanh_c[t * step..][..step];
        for b in 0..batch {
            let at = b * hidden..(b + 1) * hidden;
            activate(
                &mut gates[4 * b * hidden..4 * (b + 1) * hidden],
                &c_before[t * step..][at.clone()],
                &mut c_after[at.clone()],
                &mut tanh_c[at.clone()],
                &mut h_after[at],
            );
        }
    }
}

/// One row's gates and states. `gates: [4 · hidden]`, pre-activations in, activations out; the rest `[hidden]`.
pub(crate) fn activate<T: Real>(gates: &mut [T], c_before: &[T], c: &mut [T], tanh_c: &mut [T], h: &mut [T]) {
    let hidden = h.len();
    let (input_forget, rest) = gates.split_at_mut(2 * hidden);
    let (g, o) = rest.split_at_mut(hidden);
    T::sigmoid_each(input_forget);
    T::tanh_each(g);
    T::sigmoid_each(o);
    let (i, f) = input_forget.split_at(hidden);
    for ((((c, &before), &f), &i), &g) in c.iter_mut().zip(c_before).zip(f).zip(i).zip(&*g) {
        *c = f * before + i * g;
    }
    tanh_c.copy_from_slice(c);
    T::tanh_each(tanh_c);
    for ((h, &o), &tanh_c) in h.iter_mut().zip(&*o).zip(&*tanh_c) {
        *h = o * tanh_c;
    }
}

/// Back through time; see [`layer::backward`](super::layer::backward).
pub(super) fn backward<T: Real>(trace: &mut Trace<T>, w_hh: &PackedMatrix<T>, d_h: &mut [T]) {
    let (batch, hidden) = (trace.batch, trace.hidden);
    let step = batch * hidden;
    let mut d_h_next = vec![T::zero(); step];
    let mut d_c_next = vec![T::zero(); step];
    for t in (0..trace.time()).rev() {
        let gates = &mut trace.gates[t * 4 * step..][..4 * step];
        let d_h = &mut d_h[t * step..][..step];
        for (d, &next) in d_h.iter_mut().zip(&d_h_next) {
            *d += next;
        }
        let c_before = &trace.c[t * step..][..step];
        let tanh_c = &trace.tanh_c[t * step..][..step];
        for b in 0..batch {
            let at = b * hidden..(b + 1) * hidden;
            differentiate(
                &mut gates[4 * b * hidden..4 * (b + 1) * hidden],
                &c_before[at.clone()],
                &tanh_c[at.clone()],
                &d_h[at.clone()],
                &mut d_c_next[at],
            );
        }
        d_h_next.fill(T::zero());
        w_hh.multiply_add(gates, &mut d_h_next);
    }
}

/// One row's gate gradients. `d_c` comes in from the step after and goes out to the step before.
fn differentiate<T: Real>(gates: &mut [T], c_before: &[T], tanh_c: &[T], d_h: &[T], d_c: &mut [T]) {
    let hidden = d_h.len();
    let one = T::one();
    let (i, rest) = gates.split_at_mut(hidden);
    let (f, rest) = rest.split_at_mut(hidden);
    let (g, o) = rest.split_at_mut(hidden);
    let (i, f, g, o) = (&mut i[..hidden], &mut f[..hidden], &mut g[..hidden], &mut o[..hidden]);
    let (c_before, tanh_c, d_c) = (&c_before[..hidden], &tanh_c[..hidden], &mut d_c[..hidden]);
    for n in 0..hidden {
        let d_cell = d_c[n] + d_h[n] * o[n] * (one - tanh_c[n] * tanh_c[n]);
        let d_o = d_h[n] * tanh_c[n] * o[n] * (one - o[n]);
        let d_i = d_cell * g[n] * i[n] * (one - i[n]);
        let d_f = d_cell * c_before[n] * f[n] * (one - f[n]);
        let d_g = d_cell * i[n] * (one - g[n] * g[n]);
        d_c[n] = d_cell * f[n];
        (i[n], f[n], g[n], o[n]) = (d_i, d_f, d_g, d_o);
    }
}
