//! Recurrent language models: one set of parameters, one view to stream and one to train.
//!
//! `embed → recurrent layer × layers → out`, in PyTorch's names, shapes and gate order, so that a file trained there opens
//! here and back. The cell is the simple one, the LSTM's or the GRU's ([`Cell`]); symbols are bytes or words.
//! [`RnnNetwork`] trains on windows; [`StreamingRnn`] reads one symbol at a time.
//!
//! A document starts from a zero state with the symbol 0 fed first (Graves 2013 streams text the same way).

mod gradient_reach;
mod network;
mod stream;

#[cfg(test)]
mod tests;

pub use gradient_reach::{WARM_UP, gradient_reach};
pub use network::{RnnNetwork, RnnShard};
pub use stream::{RnnState, StreamingRnn};

use crate::nn::{Cell, Layout, Parameters};
use rand::Rng;
use rand::RngExt as _;

/// Symbols of a byte model.
pub const BYTES: usize = 256;

/// The shape of a recurrent language model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RnnShape {
    /// What each layer computes.
    pub cell: Cell,
    /// Symbols it reads and predicts.
    pub vocabulary: usize,
    /// Width of the embedding.
    pub embed: usize,
    /// Width of each layer's hidden state.
    pub hidden: usize,
    /// Layers.
    pub layers: usize,
    /// Whether the output has the embedding's weights (Press & Wolf 2017); then `embed` must be `hidden`.
    pub tied: bool,
}

impl RnnShape {
    /// The shape of the embedded base model: 256 × 64, two LSTM layers of 512.
    pub const BASE: Self =
        Self { cell: Cell::Lstm, vocabulary: BYTES, embed: 64, hidden: 512, layers: 2, tied: false };

    /// Width of what layer `layer` reads.
    pub(crate) fn input_width(self, layer: usize) -> usize {
        if layer == 0 { self.embed } else { self.hidden }
    }

    /// Every parameter's name and shape, in PyTorch's order. With tied embeddings there is no `out.weight`.
    ///
    /// # Panics
    /// When the embeddings are tied and `embed` is not `hidden`.
    pub fn layout(self) -> Layout {
        assert!(!self.tied || self.embed == self.hidden, "tied embeddings are as wide as the hidden state");
        let rows = self.cell.gates() * self.hidden;
        let mut layout = Layout::default();
        layout.matrix("embed.weight", self.vocabulary, self.embed);
        for l in 0..self.layers {
            layout.matrix(format!("rnn.weight_ih_l{l}"), rows, self.input_width(l));
            layout.matrix(format!("rnn.weight_hh_l{l}"), rows, self.hidden);
            layout.vector(format!("rnn.bias_ih_l{l}"), rows);
            layout.vector(format!("rnn.bias_hh_l{l}"), rows);
        }
        if !self.tied {
            layout.matrix("out.weight", self.vocabulary, self.hidden);
        }
        layout.vector("out.bias", self.vocabulary);
        layout
    }

    /// Random parameters as PyTorch starts them: the embedding normal, the rest uniform within ± 1/√hidden. Tied
    /// embeddings are uniform within ± 0.1, for they make the first logits too.
    pub fn random_parameters(self, generator: &mut impl Rng) -> Parameters<f32> {
        let mut parameters = Parameters::zeros(self.layout());
        let bound = 1.0 / (self.hidden as f32).sqrt();
        let (embedding, rest) = parameters.values.split_at_mut(self.vocabulary * self.embed);
        for value in embedding {
            *value = if self.tied { generator.random_range(-0.1..0.1) } else { normal(generator) };
        }
        for value in rest {
            *value = generator.random_range(-bound..bound);
        }
        if self.tied {
            let bias = parameters.values.len() - self.vocabulary;
            parameters.values[bias..].fill(0.0);
        }
        parameters
    }

    /// Where `embed.weight` stands in the layout.
    const EMBED: usize = 0;

    /// Where `rnn.weight_ih_l{layer}` stands; behind it come `weight_hh`, `bias_ih`, `bias_hh`.
    const fn weight_ih(layer: usize) -> usize {
        1 + 4 * layer
    }

    const fn weight_hh(layer: usize) -> usize {
        2 + 4 * layer
    }

    const fn bias_ih(layer: usize) -> usize {
        3 + 4 * layer
    }

    const fn bias_hh(layer: usize) -> usize {
        4 + 4 * layer
    }

    const fn out_weight(self) -> usize {
        if self.tied { Self::EMBED } else { 1 + 4 * self.layers }
    }

    const fn out_bias(self) -> usize {
        if self.tied { 1 + 4 * self.layers } else { 2 + 4 * self.layers }
    }
}

/// A standard normal number (Box & Muller 1958).
pub(super) fn normal(generator: &mut impl Rng) -> f32 {
    let (u, v) = (generator.random::<f32>().max(f32::MIN_POSITIVE), generator.random::<f32>());
    (-2.0 * u.ln()).sqrt() * (std::f32::consts::TAU * v).cos()
}
