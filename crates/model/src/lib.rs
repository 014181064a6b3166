//! Language models that stream: one symbol in, a distribution over the next symbol out.
//!
//! Symbols are bytes (what the suggestions run on) or words of a fixed vocabulary (what the literature measures on).
//!
//! [`AnyModel`] is a model of whatever kind a file holds, with its text: [`Continuation`] writes on with it, by [`sample`].
//!
//! Two traits keep the rest of the program from knowing which model it has: [`LanguageModel`] to stream,
//! [`Trainable`] to train.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod any;
pub mod base;
pub mod continuation;
pub mod format;
pub mod hash;
pub mod ngram;
pub mod nn;
pub mod rnn;
pub mod sample;
pub mod soundness;
pub mod trainable;
pub mod utf8;
pub mod window;
pub mod word_rnn;
pub mod words;

pub use any::AnyModel;
pub use continuation::Continuation;
pub use format::FormatError;
pub use sample::Sampling;
pub use soundness::{Unsound, check_sound};
pub use trainable::{Trainable, Window};
pub use word_rnn::WordRnn;

/// What a model reads and predicts one of: a byte, or the number of a word of its vocabulary.
pub type Symbol = u32;

/// A language model over symbols `0 .. vocabulary` whose whole context lives in a cloneable state.
///
/// The probabilities of the next symbol sum to 1. Networks panic at a symbol that is not below `vocabulary`; an n-gram model takes it for an
/// unknown word.
///
/// `advance` over pieces equals `advance` over the whole, bit for bit. `advance_batch` and `log_probs_batch` of many states equal
/// `advance` and `log_probs` of each, bit for bit: a state reached by a search may be kept as the live one.
pub trait LanguageModel {
    /// Everything the model remembers of the symbols it has read.
    type State: Clone;

    /// Symbols it reads and predicts; 256 for a model over bytes.
    fn vocabulary(&self) -> usize;

    /// The state before a document's first symbol. A network has read its separator, symbol 0; an n-gram model the sentence start `<s>`.
    fn start(&self) -> Self::State;

    /// Reads one symbol.
    fn advance(&self, state: &mut Self::State, symbol: Symbol);

    /// Reads symbols one after the other, and returns the state after each. Cheaper than one by one, to the same bits.
    fn advance_through(&self, state: &Self::State, symbols: &[Symbol]) -> Vec<Self::State> {
        let mut state = state.clone();
        let read = |&symbol: &Symbol| {
            self.advance(&mut state, symbol);
            state.clone()
        };
        symbols.iter().map(read).collect()
    }

    /// Reads one symbol into each of several states at once. Cheaper than one by one.
    fn advance_batch(&self, states: &mut [Self::State], symbols: &[Symbol]) {
        for (state, &symbol) in states.iter_mut().zip(symbols) {
            self.advance(state, symbol);
        }
    }

    /// Natural-log probability that `symbol` is next, as [`log_probs`](Self::log_probs) has it. An n-gram model looks it up in much less
    /// time than a whole distribution.
    fn log_prob(&self, state: &Self::State, symbol: Symbol) -> f64 {
        let mut log_probs = vec![0.0; self.vocabulary()];
        self.log_probs(state, &mut log_probs);
        f64::from(log_probs[symbol as usize])
    }

    /// Natural-log probabilities of the next symbol, written to `log_probs`: `[vocabulary]`.
    fn log_probs(&self, state: &Self::State, log_probs: &mut [f32]);

    /// As [`LanguageModel::log_probs`], for several states at once: `[states, vocabulary]`. Cheaper than one by one.
    fn log_probs_batch(&self, states: &[Self::State], log_probs: &mut [f32]) {
        for (state, log_probs) in states.iter().zip(log_probs.chunks_exact_mut(self.vocabulary())) {
            self.log_probs(state, log_probs);
        }
    }

    /// The top layer's hidden values, from which the next symbol is predicted: `[hidden]`. Empty for a model that has none.
    fn hidden<'a>(&self, _state: &'a Self::State) -> &'a [f32] {
        &[]
    }
}

impl<M: LanguageModel + ?Sized> LanguageModel for &M {
    type State = M::State;

    fn vocabulary(&self) -> usize {
        (**self).vocabulary()
    }

    fn start(&self) -> Self::State {
        (**self).start()
    }

    fn advance(&self, state: &mut Self::State, symbol: Symbol) {
        (**self).advance(state, symbol);
    }

    fn advance_through(&self, state: &Self::State, symbols: &[Symbol]) -> Vec<Self::State> {
        (**self).advance_through(state, symbols)
    }

    fn advance_batch(&self, states: &mut [Self::State], symbols: &[Symbol]) {
        (**self).advance_batch(states, symbols);
    }

    fn log_prob(&self, state: &Self::State, symbol: Symbol) -> f64 {
        (**self).log_prob(state, symbol)
    }

    fn log_probs(&self, state: &Self::State, log_probs: &mut [f32]) {
        (**self).log_probs(state, log_probs);
    }

    fn log_probs_batch(&self, states: &[Self::State], log_probs: &mut [f32]) {
        (**self).log_probs_batch(states, log_probs);
    }

    fn hidden<'a>(&self, state: &'a Self::State) -> &'a [f32] {
        (**self).hidden(state)
    }
}
