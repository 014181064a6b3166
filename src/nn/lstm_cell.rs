//! One LSTM layer over a window, forwards and backwards in time (Hochreiter & Schmidhuber 1997; Gers et al. 2000).
//!
//! PyTorch's gate order: input `i`, forget `f`, candidate `g`, output `o`.
//!
//! ```text
//! i, f, o = σ(·)   g = tanh(·)   of   W_ih x + b_ih + W_hh h' + b_hh
//! c = f ⊙ c' + i ⊙ g            h = o ⊙ tanh(c)
//! ```
//!
//! The input product `W_ih x` of all time steps is one large product made by the caller; so are the weight gradients. Only
//! the recurrent product is step by step, with weights packed once for the window ([`PackedMatrix`]).

use super::{PackedMatrix, Real};

/// What a forward pass over a window leaves for the backward pass. Time-major: step `t` is rows `t·batch ..`.
#[derive(Debug, Clone, Default)]
pub struct Trace<T> {
    /// Sequences side by side.
    pub batch: usize,
    /// Width of `h` and `c`.
    pub hidden: usize,
    /// Gates: pre-activations going in, then `i f g o` after activation; after the backward pass, their gradients.
    /// `[time · batch, 4 · hidden]`
    pub gates: Vec<T>,
    /// Cell states, the one before the window first: `[(time + 1) · batch, hidden]`.
    pub c: Vec<T>,
    /// tanh of the cell states: `[time · batch, hidden]`.
    pub tanh_c: Vec<T>,
    /// Hidden states, the one before the window first: `[(time + 1) · batch, hidden]`.
    pub h: Vec<T>,
}

impl<T: Real> Trace<T> {
    /// Room for `time` steps.
    pub fn new(time: usize, batch: usize, hidden: usize) -> Self {
        let steps = time * batch * hidden;
        Self {
            batch,
            hidden,
            gates: vec![T::zero(); 4 * steps],
            c: vec![T::zero(); steps + batch * hidden],
            tanh_c: vec![T::zero(); steps],
            h: vec![T::zero(); steps + batch * hidden],
        }
    }

    fn time(&self) -> usize {
        self.tanh_c.len() / (self.batch * self.hidden).max(1)
    }

    /// Makes the window's last state the one before the next window: the carried state of truncated BPTT.
    pub fn carry(&mut self) {
        let step = self.batch * self.hidden;
        let last = self.tanh_c.len();
        self.h.copy_within(last..last + step, 0);
        self.c.copy_within(last..last + step, 0);
    }

    /// Forgets the state of sequence `row` (a new document begins there).
    pub fn reset(&mut self, row: usize) {
        let at = row * self.hidden..(row + 1) * self.hidden;
        self.h[at.clone()].fill(T::zero());
        self.c[at].fill(T::zero());
    }

    /// The hidden states of the window: `[time · batch, hidden]`.
    pub fn outputs(&self) -> &[T] {
        &self.h[self.batch * self.hidden..]
    }
}

/// Runs the layer over the window. `trace.gates` holds `W_ih x + b_ih + b_hh`; `w_hh_t: [hidden, 4 · hidden]` packed.
pub fn forward<T: Real>(trace: &mut Trace<T>, w_hh_t: &PackedMatrix<T>) {
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
pub fn activate<T: Real>(gates: &mut [T], c_before: &[T], c: &mut [T], tanh_c: &mut [T], h: &mut [T]) {
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

/// Back through time (Werbos 1990), truncated at the window's start.
///
/// `d_h: [time · batch, hidden]` is the loss's gradient on the outputs. Leaves the gradients on the gates'
/// pre-activations in `trace.gates`. `w_hh: [4 · hidden, hidden]` packed.
pub fn backward<T: Real>(trace: &mut Trace<T>, w_hh: &PackedMatrix<T>, d_h: &[T]) {
    let (batch, hidden) = (trace.batch, trace.hidden);
    let step = batch * hidden;
    let mut d_h_next = vec![T::zero(); step];
    let mut d_c_next = vec![T::zero(); step];
    for t in (0..trace.time()).rev() {
        let gates = &mut trace.gates[t * 4 * step..][..4 * step];
        for (next, &d) in d_h_next.iter_mut().zip(&d_h[t * step..][..step]) {
            *next += d;
        }
        let c_before = &trace.c[t * step..][..step];
        let tanh_c = &trace.tanh_c[t * step..][..step];
        for b in 0..batch {
            let at = b * hidden..(b + 1) * hidden;
            differentiate(
                &mut gates[4 * b * hidden..4 * (b + 1) * hidden],
                &c_before[at.clone()],
                &tanh_c[at.clone()],
                &d_h_next[at.clone()],
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
