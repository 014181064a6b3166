//! The LSTM language model over bytes: one set of parameters, one view to stream and one to train.
//!
//! `embed → LSTM × layers → out`, in PyTorch's names, shapes and gate order, so that a file trained there opens here and
//! back. [`RnnNetwork`] trains on windows; [`StreamingRnn`] reads one byte at a time for the suggestions.
//!
//! A document starts from a zero state with the byte 0 fed first (Graves 2013 streams text the same way).

mod network;
mod stream;

#[cfg(test)]
mod tests;

pub use network::{RnnNetwork, RnnShard};
pub use stream::{RnnState, StreamingRnn};

use crate::nn::{Layout, Parameters};
use rand::Rng;
use rand::RngExt as _;

/// Symbols of a byte model.
pub const BYTES: usize = 256;

/// The shape of an LSTM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RnnShape {
    /// Symbols it reads and predicts.
    pub vocabulary: usize,
    /// Width of the embedding.
    pub embed: usize,
    /// Width of each layer's hidden state.
    pub hidden: usize,
    /// Layers.
    pub layers: usize,
}

impl RnnShape {
    /// The shape of the embedded base model: 256 × 64, two layers of 512.
    pub const BASE: Self = Self { vocabulary: BYTES, embed: 64, hidden: 512, layers: 2 };

    /// Width of what layer `layer` reads.
    pub fn input_width(self, layer: usize) -> usize {
        if layer == 0 { self.embed } else { self.hidden }
    }

    /// Every parameter's name and shape, in PyTorch's order.
    pub fn layout(self) -> Layout {
        let mut layout = Layout::default();
        layout.matrix("embed.weight", self.vocabulary, self.embed);
        for l in 0..self.layers {
            layout.matrix(format!("rnn.weight_ih_l{l}"), 4 * self.hidden, self.input_width(l));
            layout.matrix(format!("rnn.weight_hh_l{l}"), 4 * self.hidden, self.hidden);
            layout.vector(format!("rnn.bias_ih_l{l}"), 4 * self.hidden);
            layout.vector(format!("rnn.bias_hh_l{l}"), 4 * self.hidden);
        }
        layout.matrix("out.weight", self.vocabulary, self.hidden);
        layout.vector("out.bias", self.vocabulary);
        layout
    }

    /// Random parameters as PyTorch starts them: the embedding normal, the rest uniform within ± 1/√hidden.
    pub fn random_parameters(self, generator: &mut impl Rng) -> Parameters<f32> {
        let mut parameters = Parameters::zeros(self.layout());
        let bound = 1.0 / (self.hidden as f32).sqrt();
        let embedding = self.vocabulary * self.embed;
        for value in &mut parameters.values[..embedding] {
            // Box & Muller 1958.
            let (u, v) = (generator.random::<f32>().max(f32::MIN_POSITIVE), generator.random::<f32>());
            *value = (-2.0 * u.ln()).sqrt() * (std::f32::consts::TAU * v).cos();
        }
        for value in &mut parameters.values[embedding..] {
            *value = generator.random_range(-bound..bound);
        }
        parameters
    }
}

/// Where each parameter stands in [`RnnShape::layout`].
mod index {
    pub(super) const EMBED: usize = 0;

    pub(super) const fn weight_ih(layer: usize) -> usize {
        1 + 4 * layer
    }

    pub(super) const fn weight_hh(layer: usize) -> usize {
        2 + 4 * layer
    }

    pub(super) const fn bias_ih(layer: usize) -> usize {
        3 + 4 * layer
    }

    pub(super) const fn bias_hh(layer: usize) -> usize {
        4 + 4 * layer
    }

    pub(super) const fn out_weight(layers: usize) -> usize {
        1 + 4 * layers
    }

    pub(super) const fn out_bias(layers: usize) -> usize {
        2 + 4 * layers
    }
}
