//! The recurrent network read one symbol at a time.

use ndarray::ArrayView2;

use super::RnnShape;
use crate::nn::softmax::log_softmax;
use crate::nn::{Cell, Int8Matrix, Isa, PackedMatrix, Parameters, gru_cell, lstm_cell, rnn_cell};
use crate::{LanguageModel, Symbol};

/// A recurrent network ready to stream: weights packed, the first layer's input product tabled for each symbol.
#[derive(Debug, Clone)]
pub struct StreamingRnn {
    shape: RnnShape,
    /// `W_ih x` and the input bias of layer 0 for each symbol: `[vocabulary, gates · hidden]`.
    first_inputs: Vec<f32>,
    /// For each layer above: `W_ihᵀ`, and the input bias: `[gates · hidden]`.
    inputs: Vec<(Weights, Vec<f32>)>,
    /// `W_hhᵀ` of each layer.
    recurrent: Vec<Weights>,
    /// `b_hh` of each layer: `[gates · hidden]`.
    recurrent_bias: Vec<Vec<f32>>,
    /// `outᵀ` and its bias: `[vocabulary]`.
    out: (Weights, Vec<f32>),
}

/// A matrix of weights, packed.
#[derive(Debug, Clone)]
enum Weights {
    /// As they are.
    Floats(PackedMatrix<f32>),
    /// Rounded.
    Bytes(Int8Matrix),
}

impl Weights {
    fn multiply_add(&self, x: &[f32], y: &mut [f32]) {
        match self {
            Self::Floats(matrix) => matrix.multiply_add(x, y),
            Self::Bytes(matrix) => matrix.multiply_add(x, y),
        }
    }
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
        Self::packed(shape, parameters, |w| Weights::Floats(PackedMatrix::compact(w)))
    }

    /// As [`StreamingRnn::new`], with weights and states rounded to 8 bits on the way into the products where this processor multiplies
    /// bytes fast: two to three times the speed, for some thousandths of a bit a byte.
    ///
    /// # Panics
    /// When the layout is another's.
    pub fn quantised(shape: RnnShape, parameters: &Parameters<f32>) -> Self {
        if !Isa::current().multiplies_bytes_fast() {
            return Self::new(shape, parameters);
        }
        Self::packed(shape, parameters, |w| Weights::Bytes(Int8Matrix::new(w)))
    }

    fn packed(
        shape: RnnShape,
        parameters: &Parameters<f32>,
        pack: impl Fn(ArrayView2<f32>) -> Weights,
    ) -> Self {
        assert_eq!(parameters.layout, shape.layout(), "parameters are laid out for another shape");
        let vector = |at: usize| parameters.vector(at).to_vec();
        let bias =
            |l: usize| shape.cell.input_bias(&vector(RnnShape::bias_ih(l)), &vector(RnnShape::bias_hh(l)));
        let packed = |at: usize| pack(parameters.matrix(at).t());

        let mut first_inputs: Vec<f32> = bias(0).repeat(shape.vocabulary);
        let embedding = parameters.matrix(RnnShape::EMBED);
        PackedMatrix::new(parameters.matrix(RnnShape::weight_ih(0)).t())
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
        let mut gates = vec![0.0_f32; m * self.shape.cell.gates() * hidden];
        let mut h = vec![0.0_f32; m * hidden];
        for l in 0..self.shape.layers {
            self.read_below(l, symbols, &h, &mut gates);
            self.step_layer(l, states, &mut gates, &mut h);
        }
    }

    /// What each row's gates have from below: the symbol's, or that of the layer below, `h: [rows, hidden]`, and the input bias.
    fn read_below(&self, l: usize, symbols: &[Symbol], h: &[f32], gates: &mut [f32]) {
        let width = self.shape.cell.gates() * self.shape.hidden;
        if l == 0 {
            for (gates, &symbol) in gates.chunks_exact_mut(width).zip(symbols) {
                gates.copy_from_slice(&self.first_inputs[symbol as usize * width..][..width]);
            }
        } else {
            let (weights, bias) = &self.inputs[l - 1];
            gates.chunks_exact_mut(width).for_each(|gates| gates.copy_from_slice(bias));
            weights.multiply_add(h, gates);
        }
    }

    /// One layer's step in each of the states, whose `gates` have what comes from below. Leaves the layer's outputs in
    /// `h: [states, hidden]`.
    fn step_layer(&self, l: usize, states: &mut [&mut RnnState], gates: &mut [f32], h: &mut [f32]) {
        let (at, hidden) = (l * self.layer_width(), self.shape.hidden);
        for (h, state) in h.chunks_exact_mut(hidden).zip(&*states) {
            h.copy_from_slice(&state.0[at..at + hidden]);
        }
        match self.shape.cell {
            Cell::Lstm => self.step_lstm(l, states, gates, h),
            Cell::Gru => self.step_gru(l, states, gates, h),
            Cell::Tanh | Cell::Sigmoid => {
                self.recurrent[l].multiply_add(h, gates);
                rnn_cell::activate(self.shape.cell, gates);
                h.copy_from_slice(gates);
                for (h, state) in h.chunks_exact(hidden).zip(states) {
                    state.0[at..at + hidden].copy_from_slice(h);
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

    /// Layer by layer: what a layer reads from the one below is one product for all symbols, and one layer's recurrent weights are
    /// all that is needed again at each, so that they stay in the cache.
    fn advance_through(&self, state: &RnnState, symbols: &[Symbol]) -> Vec<RnnState> {
        let (m, hidden) = (symbols.len(), self.shape.hidden);
        let (width, layer) = (self.shape.cell.gates() * hidden, self.layer_width());
        let mut states = vec![state.clone(); m];
        let mut gates = vec![0.0_f32; m * width];
        let mut h = vec![0.0_f32; m * hidden];
        for l in 0..self.shape.layers {
            self.read_below(l, symbols, &h, &mut gates);
            let part = l * layer..(l + 1) * layer;
            for t in 0..m {
                if t > 0 {
                    let [before, after] = &mut states[t - 1..=t] else { unreachable!("two are asked for") };
                    after.0[part.clone()].copy_from_slice(&before.0[part.clone()]);
                }
                self.step_layer(
                    l,
                    &mut [&mut states[t]],
                    &mut gates[t * width..][..width],
                    &mut h[t * hidden..][..hidden],
                );
            }
        }
        states
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
