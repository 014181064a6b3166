//! How surprised a model is by a text.

use std::fmt;
use std::io::{self, BufRead};

use super::model::Model;
use super::vocabulary::{CONTROL_WORDS, END, UNKNOWN};
use super::{Scored, Tokenizer};
use crate::{LanguageModel as _, Symbol};

/// A text measured, as `KenLM`'s `query` counts it: every word and every sentence end is predicted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measured {
    /// Sentences.
    pub sentences: u64,
    /// Words predicted, sentence ends included.
    pub words: u64,
    /// Of those, words outside the vocabulary.
    pub unknown: u64,
    /// Sum of log10 P over all words; minus infinity if one was impossible.
    pub log10: f64,
    /// The share of that sum that unknown words have.
    pub log10_unknown: f64,
}

impl Measured {
    /// Perplexity with unknown words counted at the probability of `<unk>`. Infinite if a word was impossible,
    /// `None` of no words.
    pub fn perplexity(&self) -> Option<f64> {
        mean(self.log10, self.words)
    }

    /// Perplexity over known words and sentence ends only. `None` of no words.
    pub fn perplexity_known(&self) -> Option<f64> {
        mean(self.log10 - self.log10_unknown, self.words - self.unknown)
    }
}

fn mean(log10: f64, words: u64) -> Option<f64> {
    // Minus infinity from which minus infinity was taken: only unknown words were impossible, so the rest is not known.
    (words > 0).then(|| if log10.is_nan() { f64::INFINITY } else { 10_f64.powf(-log10 / words as f64) })
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.perplexity() {
            None => f.write_str("no words"),
            Some(value) if value.is_infinite() => {
                write!(f, "perplexity infinite: the model holds some of {} words impossible", self.words)
            }
            Some(value) => {
                write!(f, "perplexity {value:.4} over {} words, {} unknown", self.words, self.unknown)
            }
        }
    }
}

/// Measures a text.
///
/// # Errors
/// Those of the reader.
pub fn perplexity<B: AsRef<[u8]>>(
    model: &Model<B>,
    text: impl BufRead,
    tokenizer: Tokenizer,
) -> io::Result<Measured> {
    perplexity_with(model, text, tokenizer, |_, _, _| Ok(()))
}

/// Measures a text, and hands every word with its number and score to `each`; at a sentence's end that of [`END`].
///
/// # Errors
/// Those of the reader and of `each`.
pub fn perplexity_with<B: AsRef<[u8]>>(
    model: &Model<B>,
    text: impl BufRead,
    tokenizer: Tokenizer,
    mut each: impl FnMut(&str, Symbol, Scored) -> io::Result<()>,
) -> io::Result<Measured> {
    measure(text, tokenizer, &model.start(), |state, word| {
        let id = word.map_or(END, |word| model.word_id(word));
        let scored = model.step(state, id);
        each(word.unwrap_or(CONTROL_WORDS[END as usize]), id, scored)?;
        Ok((id, scored))
    })
}

/// Measures a text of whose every sentence `start` is the state before. `score` tells the number and the score of a word, or of the
/// sentence's end (`None`), and moves the state past it.
///
/// # Errors
/// Those of the reader and of `score`.
pub(super) fn measure<S: Clone>(
    text: impl BufRead,
    tokenizer: Tokenizer,
    start: &S,
    mut score: impl FnMut(&mut S, Option<&str>) -> io::Result<(Symbol, Scored)>,
) -> io::Result<Measured> {
    let mut measured = Measured::default();
    tokenizer.sentences(text, |words| {
        let mut state = start.clone();
        for word in words.iter().map(|&word| Some(word)).chain([None]) {
            let (id, scored) = score(&mut state, word)?;
            let log10 = f64::from(scored.log10);
            measured.log10 += log10;
            if id == UNKNOWN {
                measured.unknown += 1;
                measured.log10_unknown += log10;
            }
        }
        measured.words += words.len() as u64 + 1;
        measured.sentences += 1;
        Ok::<_, io::Error>(())
    })?;
    Ok(measured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_measurement() {
        let measured = Measured { sentences: 1, words: 4, unknown: 1, log10: -8.0, log10_unknown: -5.0 };
        assert!((measured.perplexity().unwrap() - 100.0).abs() < 1e-9);
        assert!((measured.perplexity_known().unwrap() - 10.0).abs() < 1e-9);
        assert_eq!(Measured::default().perplexity(), None);
        let impossible = Measured { log10: f64::NEG_INFINITY, ..measured };
        assert_eq!(impossible.perplexity(), Some(f64::INFINITY));
        assert!(impossible.to_string().contains("infinite"), "{impossible}");
    }
}
