//! The shape and the training of each network, by the size of the text.

use clap::ValueEnum;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::text::{Texts, Unit};
use learn::train::adam::AdamOptions;
use learn::train::{Decay, OptimizerOptions, Schedule, TrainerOptions};
use model::format::{NetworkShape, Precision, StoredNetwork, write_network};
use model::nn::dropout::Dropout;
use model::nn::{Cell, Parameters};
use model::rnn::{RnnNetwork, RnnShape};
use model::window::{WindowNetwork, WindowShape};

/// Steps on even the shortest text.
const LEAST_STEPS: usize = 600;

/// A kind of model. The comments of the kinds are the help of `foreword compare`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum ModelKind {
    /// Interpolated modified Kneser-Ney.
    Ngram,
    /// The fixed-window network.
    Window,
    /// The simple recurrent network.
    Rnn,
    /// The gated recurrent unit.
    Gru,
    /// Long short-term memory.
    Lstm,
    /// The LSTM and the n-gram, mixed.
    Mix,
}

/// How a network is built and trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// Its shape.
    pub shape: NetworkShape,
    /// Its dropout.
    pub dropout: Dropout,
    /// Its training.
    pub training: TrainerOptions,
}

impl Recipe {
    /// The recipe for `text`. `None` for kinds that are no network.
    pub fn of(kind: ModelKind, text: &Texts, seed: u64, threads: usize) -> Option<Self> {
        let size = Size::of(text);
        let vocabulary = text.vocabulary();
        let (shape, dropout, peak) = match kind {
            ModelKind::Ngram | ModelKind::Mix => return None,
            ModelKind::Window => {
                let hidden = size.width(300);
                let context = if text.unit == Unit::Word { 5 } else { 12 };
                let tied = text.unit == Unit::Word;
                let embed = if tied { hidden } else { 32 };
                let shape = WindowShape { vocabulary, context, embed, hidden, tied };
                let dropout = Dropout { input: 0.1, between: 0.0, output: 0.3 };
                (NetworkShape::Window(shape), dropout, 2e-3)
            }
            ModelKind::Rnn => {
                let dropout = Dropout { input: 0.2, between: 0.2, output: 0.3 };
                (rnn(Cell::Tanh, text, size.width(300), 1), dropout, 2.5e-3)
            }
            ModelKind::Gru => {
                let dropout = Dropout { input: 0.35, between: 0.25, output: 0.35 };
                (rnn(Cell::Gru, text, size.width(400), 2), dropout, 2e-3)
            }
            ModelKind::Lstm => {
                let dropout = Dropout { input: 0.35, between: 0.25, output: 0.35 };
                (rnn(Cell::Lstm, text, size.width(400), 2), dropout, 2.5e-3)
            }
        };
        // Dropout costs passes. A text over bytes is long enough not to be overfitted with less of it.
        let dropout = if text.unit == Unit::Byte { dropout.scaled(0.25) } else { dropout };
        let epochs = match kind {
            ModelKind::Lstm | ModelKind::Gru => size.epochs(14),
            _ => size.epochs(10),
        };
        let batch = (text.train.len() / 2_000).clamp(4, 20);
        let time = if text.unit == Unit::Word { 35 } else { 100 };
        // A short text needs more passes to reach enough steps.
        let epochs = epochs.max((LEAST_STEPS * batch * time).div_ceil(text.train.len()));
        let steps = epochs * text.train.len() / (batch * time);
        let training = TrainerOptions {
            batch,
            time,
            threads,
            seed,
            schedule: Schedule {
                peak,
                warm_up: 200.min(steps as u64 / 10),
                decay: Decay::Cosine { last: 0.01 },
            },
            optimizer: OptimizerOptions::Adam(AdamOptions {
                beta2: 0.99,
                weight_decay: 0.03,
                ..AdamOptions::default()
            }),
            clip: if matches!(kind, ModelKind::Rnn | ModelKind::Window) { 1.0 } else { 0.5 },
            epochs,
            patience: 4,
        };
        Some(Self { shape, dropout, training })
    }

    /// A network by the recipe, with random parameters.
    pub fn network(&self) -> Network {
        let mut generator = StdRng::seed_from_u64(self.training.seed);
        let parameters = match self.shape {
            NetworkShape::Rnn(shape) => shape.random_parameters(&mut generator),
            NetworkShape::Window(shape) => shape.random_parameters(&mut generator),
        };
        self.network_with(parameters)
    }

    /// A network by the recipe, with these parameters.
    ///
    /// # Panics
    /// When they are laid out for another shape.
    pub fn network_with(&self, parameters: Parameters<f32>) -> Network {
        match self.shape {
            NetworkShape::Rnn(shape) => {
                Network::Rnn(RnnNetwork::new(shape, parameters).with_dropout(self.dropout))
            }
            NetworkShape::Window(shape) => {
                Network::Window(WindowNetwork::new(shape, parameters).with_dropout(self.dropout))
            }
        }
    }

    /// The bytes of a model file, half precision, with the words of `text`.
    pub fn file(&self, parameters: &Parameters<f32>, text: &Texts) -> Vec<u8> {
        write_network(self.shape, parameters, text.words.as_ref(), Precision::F16)
    }

    /// Whether a stored network is one of this recipe for `text`.
    pub fn made(&self, stored: &StoredNetwork, text: &Texts) -> bool {
        stored.shape == self.shape && stored.words == text.words
    }
}

/// A network of any kind, to be trained.
#[derive(Debug, Clone)]
pub enum Network {
    /// Recurrent.
    Rnn(RnnNetwork<f32>),
    /// With a fixed window.
    Window(WindowNetwork<f32>),
}

/// Over words the embedding is tied: it is most of the parameters. Over bytes it is small, and untied.
fn rnn(cell: Cell, text: &Texts, hidden: usize, layers: usize) -> NetworkShape {
    let tied = text.unit == Unit::Word;
    let embed = if tied { hidden } else { hidden.min(64) };
    NetworkShape::Rnn(RnnShape { cell, vocabulary: text.vocabulary(), embed, hidden, layers, tied })
}

/// How large a text is, next to one of a million symbols.
#[derive(Debug, Clone, Copy)]
struct Size(f64);

impl Size {
    fn of(text: &Texts) -> Self {
        Self((text.train.len() as f64 / 1e6).min(1.0))
    }

    /// A layer's width: `full` at a million symbols, less by the cube root for less, in steps of 16.
    fn width(self, full: usize) -> usize {
        ((full as f64 * self.0.cbrt() / 16.0).ceil() as usize * 16).clamp(32, full)
    }

    /// Passes: `full` at a million symbols, more for less, up to three times as many.
    fn epochs(self, full: usize) -> usize {
        (full as f64 * self.0.powf(-0.25).min(3.0)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(symbols: usize) -> Texts {
        let train = "the rain came and the rain went\n".repeat(symbols / 8 + 1);
        Texts::new(Unit::Word, &train, "the rain\n", "the rain\n").unwrap()
    }

    #[test]
    fn small_texts_get_small_networks_and_more_passes() {
        let of = |symbols| Recipe::of(ModelKind::Lstm, &text(symbols), 1, 2).unwrap();
        let (small, large) = (of(3_000), of(1_000_000));
        let width = |recipe: Recipe| match recipe.shape {
            NetworkShape::Rnn(shape) => shape.hidden,
            NetworkShape::Window(shape) => shape.hidden,
        };
        assert_eq!((width(small), width(large)), (64, 400));
        assert!(small.training.epochs > large.training.epochs);
        assert_eq!((small.training.batch, large.training.batch), (4, 20));
    }

    #[test]
    fn kinds_that_are_no_network_have_no_recipe() {
        for kind in [ModelKind::Ngram, ModelKind::Mix] {
            assert_eq!(Recipe::of(kind, &text(1_000), 1, 2), None);
        }
    }
}
