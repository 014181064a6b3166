//! The recurrent network read one symbol at a time.

use super::RnnShape;
use crate::nn::softmax::log_softmax;
use crate::nn::{Cell, PackedMatrix, Parameters, gru_cell, lstm_cell, rnn_cell};
use crate::{LanguageModel, Symbol};

/// A recurrent network ready to stream: weights packed, the first layer's input product tabled for each symbol.
#[derive(Debug, Clone)]
pub struct StreamingRnn {
    shape: RnnShape,
    /// `W_ih x` and the input bias of layer 0 for each symbol: `[vocabulary, gates · hidden]`.
    first_inputs: Vec<f32>,
    /// For each layer above: `W_ihᵀ`, and the input bias: `[gates · hidden]`.
    inputs: Vec<(PackedMatrix<f32>, Vec<f32>)>,
    /// `W_hhᵀ` of each layer.
    recurrent: Vec<PackedMatrix<f32>>,
    /// `b_hh` of each layer: `[gates · hidden]`.
    recurrent_bias: Vec<Vec<f32>>,
    /// `outᵀ` and its bias: `[vocabulary]`.
    out: (PackedMatrix<f32>, Vec<f32>),
}

/// The state: of each layer `h`, and then the LSTM's `c`: `[layers, 1 or 2, hidden]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RnnState(Box<[f32]>);

impl StreamingRnn {
    /// Packs `parameters`, whose layout is `shape`'s.
    ///
    /// # Panics
    /// When the layout is another's.
    pub fn new(shape: RnnShape, parameters: &Parameters<f32>) -> Self {
        assert_eq!(parameters.layout, shape.layout(), "parameters are laid out for another shape");
        let vector = |at: usize| parameters.vector(at).to_vec();
        let bias =
            |l: usize| shape.cell.input_bias(&vector(RnnShape::bias_ih(l)), &vector(RnnShape::bias_hh(l)));
        let packed = |at: usize| PackedMatrix::compact(parameters.matrix(at).t());

        let mut first_inputs: Vec<f32> = bias(0).repeat(shape.vocabulary);
        let embedding = parameters.matrix(RnnShape::EMBED);
        packed(RnnShape::weight_ih(0))
            .multiply_add(embedding.as_slice().expect("parameters are contiguous"), &mut first_inputs);

        Self {
            shape,
            first_inputs,
            inputs: (1..shape.layers).map(|l| (packed(RnnShape::weight_ih(l)), bias(l))).collect(),
            recurrent: (0..shape.layers).map(|l| packed(RnnShape::weight_hh(l))).collect(),
            recurrent_bias: (0..shape.layers).map(|l| vector(RnnShape::bias_hh(l))).collect(),
            out: (packed(shape.out_weight()), vector(shape.out_bias())),
        }
    }

    /// Its shape.
    pub fn shape(&self) -> RnnShape {
        self.shape
    }

    /// Values of one layer's state.
    fn layer_width(&self) -> usize {
        if self.shape.cell == Cell::Lstm { 2 * self.shape.hidden } else { self.shape.hidden }
    }

    /// Nothing read at all, not even the document separator.
    pub(crate) fn zero_state(&self) -> RnnState {
        RnnState(vec![0.0; self.shape.layers * self.layer_width()].into())
    }

    /// Reads one symbol into each of the states.
    fn step(&self, states: &mut [&mut RnnState], symbols: &[Symbol]) {
        let (m, hidden) = (states.len(), self.shape.hidden);
        let width = self.shape.cell.gates() * hidden;
        let mut gates = vec![0.0_f32; m * width];
        let mut h = vec![0.0_f32; m * hidden];
        for l in 0..self.shape.layers {
            if l == 0 {
                for (gates, &symbol) in gates.chunks_exact_mut(width).zip(symbols) {
                    gates.copy_from_slice(&self.first_inputs[symbol as usize * width..][..width]);
                }
            } else {
                let (weights, bias) = &self.inputs[l - 1];
                for gates in gates.chunks_exact_mut(width) {
                    gates.copy_from_slice(bias);
                }
                weights.multiply_add(&h, &mut gates);
            }
            let at = l * self.layer_width();
            for (h, state) in h.chunks_exact_mut(hidden).zip(&*states) {
                h.copy_from_slice(&state.0[at..at + hidden]);
            }
            match self.shape.cell {
                Cell::Lstm => self.step_lstm(l, states, &mut gates, &mut h),
                Cell::Gru => self.step_gru(l, states, &mut gates, &mut h),
                Cell::Tanh | Cell::Sigmoid => {
                    self.recurrent[l].multiply_add(&h, &mut gates);
                    rnn_cell::activate(self.shape.cell, &mut gates);
                    h.copy_from_slice(&gates);
                    for (h, state) in h.chunks_exact(hidden).zip(states.iter_mut()) {
                        state.0[at..at + hidden].copy_from_slice(h);
                    }
                }
            }
        }
    }

    /// One layer's LSTM step. `h: [states, hidden]`: what it remembers going in, what the layer above reads coming out.
    fn step_lstm(&self, l: usize, states: &mut [&mut RnnState], gates: &mut [f32], h: &mut [f32]) {
        let hidden = self.shape.hidden;
        self.recurrent[l].multiply_add(h, gates);
        let mut tanh_c = vec![0.0_f32; hidden];
        let rows = gates.chunks_exact_mut(4 * hidden).zip(h.chunks_exact_mut(hidden)).zip(states);
        for ((gates, h), state) in rows {
            let (h_out, c) = state.0[2 * l * hidden..][..2 * hidden].split_at_mut(hidden);
            // `h` is read already: it holds the old `c`, then what the layer above reads.
            h.copy_from_slice(c);
            lstm_cell::activate(gates, h, c, &mut tanh_c, h_out);
            h.copy_from_slice(h_out);
        }
    }

    /// One layer's GRU step; `h` as for the LSTM's.
    fn step_gru(&self, l: usize, states: &mut [&mut RnnState], gates: &mut [f32], h: &mut [f32]) {
        let hidden = self.shape.hidden;
        let mut recurrent = vec![0.0_f32; gates.len()];
        gru_cell::start(&mut recurrent, &self.recurrent_bias[l], hidden);
        self.recurrent[l].multiply_add(h, &mut recurrent);
        let rows = gates.chunks_exact_mut(3 * hidden).zip(recurrent.chunks_exact(3 * hidden));
        for ((gates, recurrent), (h, state)) in rows.zip(h.chunks_exact_mut(hidden).zip(states)) {
            let h_out = &mut state.0[l * hidden..][..hidden];
            gru_cell::activate(gates, recurrent, h, h_out);
            h.copy_from_slice(h_out);
        }
    }
}

impl LanguageModel for StreamingRnn {
    type State = RnnState;

    fn vocabulary(&self) -> usize {
        self.shape.vocabulary
    }

    fn start(&self) -> RnnState {
        let mut state = self.zero_state();
        self.advance(&mut state, 0);
        state
    }

    fn advance(&self, state: &mut RnnState, symbol: Symbol) {
        self.step(&mut [state], &[symbol]);
    }

    fn advance_batch(&self, states: &mut [RnnState], symbols: &[Symbol]) {
        assert_eq!(states.len(), symbols.len(), "one symbol for each state");
        if !states.is_empty() {
            self.step(&mut states.iter_mut().collect::<Vec<_>>(), symbols);
        }
    }

    fn log_probs(&self, state: &RnnState, log_probs: &mut [f32]) {
        log_probs.copy_from_slice(&self.out.1);
        self.out.0.multiply_add(self.hidden(state), log_probs);
        log_softmax(log_probs);
    }

    fn log_probs_batch(&self, states: &[Self::State], log_probs: &mut [f32]) {
        let mut hidden = Vec::with_capacity(states.len() * self.shape.hidden);
        for (state, log_probs) in states.iter().zip(log_probs.chunks_exact_mut(self.shape.vocabulary)) {
            hidden.extend_from_slice(self.hidden(state));
            log_probs.copy_from_slice(&self.out.1);
        }
        self.out.0.multiply_add(&hidden, log_probs);
        log_probs.chunks_exact_mut(self.shape.vocabulary).for_each(log_softmax);
    }

    /// The top layer's hidden state: `[hidden]`, each within −1 and 1.
    fn hidden<'a>(&self, state: &'a RnnState) -> &'a [f32] {
        &state.0[(self.shape.layers - 1) * self.layer_width()..][..self.shape.hidden]
    }
}
