//! Language models that stream: one byte in, a distribution over the next byte out.
//!
//! Two traits keep the rest of the program from knowing which model it has: [`LanguageModel`] to stream,
//! [`Trainable`] to train.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod base;
pub mod format;
pub mod lstm;
pub mod ngram;
pub mod trainable;

pub use format::FormatError;
pub use trainable::{Trainable, Window};

/// A language model over bytes whose whole context lives in a cloneable state.
///
/// `advance` over pieces equals `advance` over the whole, bit for bit, and `advance_batch` of many
/// states equals `advance` of each, bit for bit: a state reached by a search may be kept as the live one.
pub trait LanguageModel {
    /// Everything the model remembers of the bytes it has read.
    type State: Clone;

    /// The state of a document's first byte: nothing read but the document separator (byte 0).
    fn start(&self) -> Self::State;

    /// Reads one byte.
    fn advance(&self, state: &mut Self::State, byte: u8);

    /// Reads one byte into each of several states at once. Cheaper than one by one.
    fn advance_batch(&self, states: &mut [Self::State], bytes: &[u8]) {
        for (state, &byte) in states.iter_mut().zip(bytes) {
            self.advance(state, byte);
        }
    }

    /// Natural-log probabilities of the next byte, written to `log_probs`: `[256]`. They sum to 1 in probability.
    fn log_probs(&self, state: &Self::State, log_probs: &mut [f32; 256]);
}

impl<M: LanguageModel + ?Sized> LanguageModel for &M {
    type State = M::State;

    fn start(&self) -> Self::State {
        (**self).start()
    }

    fn advance(&self, state: &mut Self::State, byte: u8) {
        (**self).advance(state, byte);
    }

    fn advance_batch(&self, states: &mut [Self::State], bytes: &[u8]) {
        (**self).advance_batch(states, bytes);
    }

    fn log_probs(&self, state: &Self::State, log_probs: &mut [f32; 256]) {
        (**self).log_probs(state, log_probs);
    }
}
