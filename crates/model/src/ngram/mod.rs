//! Counting words: n-gram models of order 1 to 6.
//!
//! The chain from text to probability, one module each:
//!
//! 1. [`tokenizer`] cuts text into sentences of words, [`vocabulary`] numbers them;
//! 2. [`counts`] counts n-grams in one streaming pass, in bounded memory;
//! 3. [`discounts`] and [`estimate`](mod@estimate) turn counts into an interpolated modified Kneser-Ney model
//!    (Chen & Goodman 1999; the maths is in `docs/kneser-ney.md`), whose [`table`] of n-grams is
//! 4. written as [`arpa`] text or as a [`file`](mod@file) that [`model`] answers from without unpacking it.
//!
//! [`perplexity`](mod@perplexity) measures any [`WordScorer`]. [`growing_counts`] are n-grams in a hash table that grows with every
//! word, under the simple smoothings of [`baselines`]: they show what Kneser-Ney is for.
//!
//! Nothing here opens files: callers hand in readers, writers, bytes, and a factory for the spill streams.
//!
//! ```
//! use model::ngram::{Counter, Plan, Tokenizer, WordScorer, estimate, perplexity};
//!
//! let text = "the cat sat\nthe cat ran\nthe dog sat\n";
//! let mut counter = Counter::in_memory(3)?;
//! counter.count(text.as_bytes(), Tokenizer::Whitespace)?;
//! let (ngrams, _) = estimate(counter.finish()?, &Plan::default())?;
//! let model = ngrams.to_model()?;
//!
//! let mut state = model.start();
//! model.advance(&mut state, model.word_id("the"));
//! let cat = model.score(&state, model.word_id("cat"));
//! let dog = model.score(&state, model.word_id("dog"));
//! assert!(cat.log10 > dog.log10 && cat.order == 3);
//!
//! let measured = perplexity(&model, "the cat sat\n".as_bytes(), Tokenizer::Whitespace)?;
//! assert_eq!(measured.words, 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod arpa;
pub mod baselines;
pub mod counts;
pub mod discounts;
pub mod estimate;
pub mod file;
pub mod growing_counts;
pub mod model;
mod packed;
pub mod perplexity;
mod quantise;
pub mod table;
pub mod tokenizer;
pub mod vocabulary;

pub use baselines::{Baseline, Smoothing};
pub use counts::{Counter, Counts};
pub use discounts::Discounts;
pub use estimate::{EstimateError, Estimation, Plan, estimate};
pub use file::NgramFileError;
pub use growing_counts::GrowingCounts;
pub use model::{Model, State};
pub use perplexity::{Measured, perplexity, perplexity_with};
pub use table::Ngrams;
pub use tokenizer::Tokenizer;
pub use vocabulary::{END, START, UNKNOWN, Vocabulary, WordId};

/// The longest n-gram counted, in words.
pub const MAX_ORDER: usize = 6;

/// An order that no model here has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an n-gram model has order 1 to {MAX_ORDER}, not {0}")]
pub struct OrderError(pub usize);

/// The answer for one word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Base-10 logarithm of the word's probability after its context; minus infinity if it has none.
    pub log10: f32,
    /// Words in the longest n-gram known that ends with this word: 1 if the context did not help.
    pub order: u8,
}

/// Scores given words one after the other, without the whole distribution that a [`LanguageModel`](crate::LanguageModel) writes: an n-gram
/// model looks up one word in much less time. And the scores need not sum to 1: those of stupid backoff do not.
pub trait WordScorer {
    /// The context: what the model remembers of the words before.
    type State: Clone;

    /// The state at the start of a sentence.
    fn start(&self) -> Self::State;

    /// The word's number, [`UNKNOWN`] if the model has never met it.
    fn word_id(&self, word: &str) -> WordId;

    /// Scores `word` after `state`. A number beyond the vocabulary counts as [`UNKNOWN`].
    fn score(&self, state: &Self::State, word: WordId) -> Scored;

    /// Scores `word` and moves past it. Scores exactly as [`WordScorer::score`].
    fn advance(&self, state: &mut Self::State, word: WordId) -> Scored;
}

/// Whether orders are within what n-grams here can hold.
pub(crate) fn check_order(order: usize) -> Result<(), OrderError> {
    if (1..=MAX_ORDER).contains(&order) { Ok(()) } else { Err(OrderError(order)) }
}

#[cfg(test)]
mod tests;
