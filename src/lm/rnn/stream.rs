//! The LSTM read one symbol at a time.

use super::{RnnShape, index};
use crate::lm::LanguageModel;
use crate::nn::lstm_cell::activate;
use crate::nn::softmax::log_softmax;
use crate::nn::{PackedMatrix, Parameters};

/// An LSTM ready to stream: weights packed, the first layer's input product tabled for each byte.
#[derive(Debug, Clone)]
pub struct StreamingRnn {
    shape: RnnShape,
    /// `W_ih x + b_ih + b_hh` of layer 0 for each byte: `[256, 4 · hidden]`.
    first_inputs: Vec<f32>,
    /// For each layer above: `W_ihᵀ`, and `b_ih + b_hh`: `[4 · hidden]`.
    inputs: Vec<(PackedMatrix<f32>, Vec<f32>)>,
    /// `W_hhᵀ` of each layer.
    recurrent: Vec<PackedMatrix<f32>>,
    /// `outᵀ` and its bias: `[256]`.
    out: (PackedMatrix<f32>, Vec<f32>),
}

/// What the LSTM remembers: `h` then `c` of each layer, `[layers, 2, hidden]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RnnState(Box<[f32]>);

impl StreamingRnn {
    /// Packs `parameters`, whose layout is `shape`'s.
    ///
    /// # Panics
    /// When the layout is another's.
    pub fn new(shape: RnnShape, parameters: &Parameters<f32>) -> Self {
        assert_eq!(parameters.layout, shape.layout(), "parameters are laid out for another shape");
        let bias = |l: usize| {
            let (b_ih, b_hh) = (parameters.vector(index::bias_ih(l)), parameters.vector(index::bias_hh(l)));
            b_ih.iter().zip(b_hh).map(|(a, b)| a + b).collect::<Vec<_>>()
        };
        let packed = |at: usize| PackedMatrix::new(parameters.matrix(at).t());

        let first_bias = bias(0);
        let mut first_inputs: Vec<f32> = first_bias.repeat(shape.vocabulary);
        let embedding = parameters.matrix(index::EMBED);
        packed(index::weight_ih(0))
            .multiply_add(embedding.as_slice().expect("parameters are contiguous"), &mut first_inputs);

        Self {
            shape,
            first_inputs,
            inputs: (1..shape.layers).map(|l| (packed(index::weight_ih(l)), bias(l))).collect(),
            recurrent: (0..shape.layers).map(|l| packed(index::weight_hh(l))).collect(),
            out: (
                packed(index::out_weight(shape.layers)),
                parameters.vector(index::out_bias(shape.layers)).to_vec(),
            ),
        }
    }

    /// Its shape.
    pub fn shape(&self) -> RnnShape {
        self.shape
    }

    /// Nothing read at all, not even the document separator.
    pub fn zero_state(&self) -> RnnState {
        RnnState(vec![0.0; self.shape.layers * 2 * self.shape.hidden].into())
    }

    /// Reads one byte into each of the states.
    fn step(&self, states: &mut [&mut RnnState], symbols: &[usize]) {
        let (m, hidden) = (states.len(), self.shape.hidden);
        let mut gates = vec![0.0_f32; m * 4 * hidden];
        let mut h = vec![0.0_f32; m * hidden];
        for l in 0..self.shape.layers {
            if l == 0 {
                for (gates, &symbol) in gates.chunks_exact_mut(4 * hidden).zip(symbols) {
                    gates.copy_from_slice(&self.first_inputs[symbol * 4 * hidden..][..4 * hidden]);
                }
            } else {
                let (weights, bias) = &self.inputs[l - 1];
                for gates in gates.chunks_exact_mut(4 * hidden) {
                    gates.copy_from_slice(bias);
                }
                weights.multiply_add(&h, &mut gates);
            }
            let at = 2 * l * hidden;
            for (h, state) in h.chunks_exact_mut(hidden).zip(&*states) {
                h.copy_from_slice(&state.0[at..at + hidden]);
            }
            self.recurrent[l].multiply_add(&h, &mut gates);
            let mut tanh_c = vec![0.0_f32; hidden];
            for (b, state) in states.iter_mut().enumerate() {
                let (h_out, c) = state.0[at..at + 2 * hidden].split_at_mut(hidden);
                let below: &mut [f32] = &mut h[b * hidden..][..hidden];
                // `below` is read already: it holds the old `c`, then what the layer above reads.
                below.copy_from_slice(c);
                activate(&mut gates[4 * b * hidden..][..4 * hidden], below, c, &mut tanh_c, h_out);
                below.copy_from_slice(h_out);
            }
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

    fn advance(&self, state: &mut RnnState, symbol: usize) {
        self.step(&mut [state], &[symbol]);
    }

    fn advance_batch(&self, states: &mut [RnnState], symbols: &[usize]) {
        assert_eq!(states.len(), symbols.len(), "one symbol for each state");
        if !states.is_empty() {
            self.step(&mut states.iter_mut().collect::<Vec<_>>(), symbols);
        }
    }

    fn log_probs(&self, state: &RnnState, log_probs: &mut [f32]) {
        let hidden = self.shape.hidden;
        let top = 2 * (self.shape.layers - 1) * hidden;
        log_probs.copy_from_slice(&self.out.1);
        self.out.0.multiply_add(&state.0[top..top + hidden], log_probs);
        log_softmax(log_probs);
    }
}
