//! One recurrent layer over a window, whatever its cell.
//!
//! The input product `W_ih x` of all time steps is one large product made by the caller; so are the weight gradients. Only
//! the recurrent product is step by step, with weights packed once for the window ([`PackedMatrix`]).

use super::cell::{Cell, Trace};
use super::{PackedMatrix, Real, gru_cell, lstm_cell, rnn_cell};

/// Runs the layer over the window. `trace.gates` holds `W_ih x` and `Cell::input_bias`; `w_hh_t: [hidden, gates · hidden]`
/// packed; `b_hh: [gates · hidden]`.
pub(crate) fn forward<T: Real>(trace: &mut Trace<T>, w_hh_t: &PackedMatrix<T>, b_hh: &[T]) {
    match trace.cell {
        Cell::Tanh | Cell::Sigmoid => rnn_cell::forward(trace, w_hh_t),
        Cell::Lstm => lstm_cell::forward(trace, w_hh_t),
        Cell::Gru => gru_cell::forward(trace, w_hh_t, b_hh),
    }
}

/// Back through time (Werbos 1990), truncated at the window's start.
///
/// `d_h: [time · batch, hidden]` is the loss's gradient on the outputs as the layer above sees them; it comes out as the
/// whole gradient on each hidden state, that of the steps after it included. Leaves the gradients on the gates'
/// pre-activations in `trace.gates` and [`Trace::recurrent_gradient`]. `w_hh: [gates · hidden, hidden]` packed.
pub(crate) fn backward<T: Real>(trace: &mut Trace<T>, w_hh: &PackedMatrix<T>, d_h: &mut [T]) {
    match trace.cell {
        Cell::Tanh | Cell::Sigmoid => rnn_cell::backward(trace, w_hh, d_h),
        Cell::Lstm => lstm_cell::backward(trace, w_hh, d_h),
        Cell::Gru => gru_cell::backward(trace, w_hh, d_h),
    }
}
