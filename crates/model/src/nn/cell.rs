//! The kinds of recurrent cells, and what a layer of them keeps of a window.

use super::Real;

/// What a recurrent layer computes at each step, under PyTorch's names for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// The simple recurrent network, `h = tanh(W_ih x + W_hh h')` (Elman 1990).
    Tanh,
    /// The same with the logistic function, as Mikolov 2012 has it.
    Sigmoid,
    /// Long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000).
    Lstm,
    /// The gated recurrent unit (Cho et al. 2014), with PyTorch's place for the reset gate.
    Gru,
}

impl Cell {
    /// Every cell.
    pub const ALL: [Self; 4] = [Self::Tanh, Self::Sigmoid, Self::Lstm, Self::Gru];

    /// Rows of `W_ih` and `W_hh`, as a multiple of the hidden width.
    pub const fn gates(self) -> usize {
        match self {
            Self::Tanh | Self::Sigmoid => 1,
            Self::Gru => 3,
            Self::Lstm => 4,
        }
    }

    /// The name that a model file states.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tanh => "rnn_tanh",
            Self::Sigmoid => "rnn_sigmoid",
            Self::Lstm => "lstm",
            Self::Gru => "gru",
        }
    }

    /// What is added to the input product: both biases, but for the GRU's candidate, whose recurrent bias stands inside
    /// the reset gate. `b_ih`, `b_hh`: `[gates · hidden]`.
    pub(crate) fn input_bias<T: Real>(self, b_ih: &[T], b_hh: &[T]) -> Vec<T> {
        let summed = if self == Self::Gru { b_hh.len() / 3 * 2 } else { b_hh.len() };
        let recurrent = |(i, &b): (usize, &T)| if i < summed { b } else { T::zero() };
        b_ih.iter().zip(b_hh.iter().enumerate().map(recurrent)).map(|(&a, b)| a + b).collect()
    }
}

/// What a forward pass over a window leaves for the backward pass. Time-major: step `t` is rows `t·batch ..`.
#[derive(Debug, Clone)]
pub struct Trace<T> {
    /// The layer's cell.
    pub cell: Cell,
    /// Sequences side by side.
    pub batch: usize,
    /// Width of `h`.
    pub hidden: usize,
    /// Gates: pre-activations going in, then activations; after the backward pass, the gradients on the pre-activations.
    /// `[time · batch, gates · hidden]`
    pub gates: Vec<T>,
    /// The GRU's recurrent product, and after the backward pass its gradient: `[time · batch, 3 · hidden]`. Else empty.
    pub recurrent: Vec<T>,
    /// The LSTM's cell states, the one before the window first: `[(time + 1) · batch, hidden]`. Else empty.
    pub c: Vec<T>,
    /// tanh of the cell states: `[time · batch, hidden]`. Empty but for the LSTM.
    pub tanh_c: Vec<T>,
    /// Hidden states, the one before the window first: `[(time + 1) · batch, hidden]`.
    pub h: Vec<T>,
}

impl<T: Real> Trace<T> {
    /// Room for `time` steps, all zero.
    pub fn new(cell: Cell, time: usize, batch: usize, hidden: usize) -> Self {
        let steps = time * batch * hidden;
        let zeros = |n: usize| vec![T::zero(); n];
        let of_lstm = |n: usize| zeros(if cell == Cell::Lstm { n } else { 0 });
        Self {
            cell,
            batch,
            hidden,
            gates: zeros(cell.gates() * steps),
            recurrent: zeros(if cell == Cell::Gru { 3 * steps } else { 0 }),
            c: of_lstm(steps + batch * hidden),
            tanh_c: of_lstm(steps),
            h: zeros(steps + batch * hidden),
        }
    }

    /// Steps there is room for.
    pub fn time(&self) -> usize {
        (self.h.len() / (self.batch * self.hidden).max(1)).saturating_sub(1)
    }

    /// The state before the window: `h`, then the LSTM's `c`, each `[batch, hidden]`.
    pub fn state(&self) -> Vec<T> {
        let step = self.batch * self.hidden;
        let c = self.c.get(..step).unwrap_or_default();
        [&self.h[..step], c].concat()
    }

    /// Sets the state before the window, as [`state`](Self::state) returned it.
    ///
    /// # Panics
    /// When the length is another's.
    pub fn set_state(&mut self, state: &[T]) {
        let (h, c) = state.split_at(self.batch * self.hidden);
        self.h[..h.len()].copy_from_slice(h);
        self.c[..c.len()].copy_from_slice(c);
    }

    /// Makes the window's last state the one before the next window: the carried state of truncated BPTT.
    pub(crate) fn carry(&mut self) {
        let step = self.batch * self.hidden;
        for states in [&mut self.h, &mut self.c] {
            let last = states.len().saturating_sub(step);
            states.copy_within(last.., 0);
        }
    }

    /// Forgets the state of sequence `row` (a new document begins there).
    pub fn reset(&mut self, row: usize) {
        let at = row * self.hidden..(row + 1) * self.hidden;
        for states in [&mut self.h, &mut self.c] {
            if let Some(state) = states.get_mut(at.clone()) {
                state.fill(T::zero());
            }
        }
    }

    /// The hidden states of the window: `[time · batch, hidden]`.
    pub(crate) fn outputs(&self) -> &[T] {
        &self.h[self.batch * self.hidden..]
    }

    /// After the backward pass, the gradients on `W_hh h'`: `[time · batch, gates · hidden]`.
    pub(crate) fn recurrent_gradient(&self) -> &[T] {
        if self.cell == Cell::Gru { &self.recurrent } else { &self.gates }
    }
}
