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
//! [`perplexity`](mod@perplexity) measures a model on a text. [`growing_counts`] are n-grams in a hash table that grows with every
//! word, under the simple smoothings of [`baselines`]: they show what Kneser-Ney is for.
//!
//! Nothing here opens files: callers hand in readers, writers, bytes, and a factory for the spill streams.
//!
//! ```
//! use model::LanguageModel as _;
//! use model::ngram::{Counter, Plan, Tokenizer, estimate, perplexity};
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
pub use vocabulary::{END, START, UNKNOWN, Vocabulary};

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

impl Scored {
    /// The natural logarithm, in which a [`LanguageModel`](crate::LanguageModel) answers. Within this module logarithms are base 10, as in ARPA
    /// files.
    pub fn ln(self) -> f64 {
        f64::from(self.log10) * std::f64::consts::LN_10
    }
}

/// Whether orders are within what n-grams here can hold.
pub(crate) fn check_order(order: usize) -> Result<(), OrderError> {
    if (1..=MAX_ORDER).contains(&order) { Ok(()) } else { Err(OrderError(order)) }
}

#[cfg(test)]
mod tests;
