//! How surprised a model is by a text.

use std::fmt;
use std::io::{self, BufRead};

use super::vocabulary::{CONTROL_WORDS, END, UNKNOWN, WordId};
use super::{Scored, Tokenizer, WordScorer};

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
pub fn perplexity<M: WordScorer>(
    model: &M,
    text: impl BufRead,
    tokenizer: Tokenizer,
) -> io::Result<Measured> {
    perplexity_with(model, text, tokenizer, |_, _, _| Ok(()))
}

/// Measures a text, and hands every word with its number and score to `each`; at a sentence's end that of [`END`].
///
/// # Errors
/// Those of the reader and of `each`.
pub fn perplexity_with<M: WordScorer>(
    model: &M,
    text: impl BufRead,
    tokenizer: Tokenizer,
    mut each: impl FnMut(&str, WordId, Scored) -> io::Result<()>,
) -> io::Result<Measured> {
    let mut measured = Measured::default();
    let start = model.start();
    tokenizer.sentences(text, |words| {
        let mut state = start.clone();
        for &word in words {
            let id = model.word_id(word);
            let scored = model.advance(&mut state, id);
            each(word, id, scored)?;
            let log10 = f64::from(scored.log10);
            measured.log10 += log10;
            if id == UNKNOWN {
                measured.unknown += 1;
                measured.log10_unknown += log10;
            }
        }
        let scored = model.advance(&mut state, END);
        each(CONTROL_WORDS[END as usize], END, scored)?;
        measured.log10 += f64::from(scored.log10);
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
