//! The words of the open document, late ones counting more.
//!
//! A cache model (Kuhn & De Mori 1990) with exponential decay (Clarkson & Robinson 1997): each word counts a little more than the one
//! before it, which is the same as if the older ones decayed.

use crate::counts::followers::FollowerCounts;
use crate::counts::lexicon::WordNumber;
use crate::words::context::WordHistory;

/// The half-life, in words.
const HALF_LIFE: f32 = 400.0;

/// Tokens of the longest context.
pub(crate) const CONTEXT: usize = 2;

/// Above this amount all counts are scaled down.
const LARGEST: f32 = 1e12;

/// The words of one document.
#[derive(Debug, Clone)]
pub(crate) struct Recency {
    counts: FollowerCounts,
    /// The count of the next word.
    amount: f32,
}

impl Default for Recency {
    fn default() -> Self {
        Self { counts: FollowerCounts::new(CONTEXT), amount: 1.0 }
    }
}

impl Recency {
    /// Counts a finished word.
    pub(crate) fn add(&mut self, history: &WordHistory, word: WordNumber) {
        self.counts.add(history, word, self.amount, 0);
        self.amount *= (std::f32::consts::LN_2 / HALF_LIFE).exp();
        if self.amount > LARGEST {
            self.counts.scale(1.0 / self.amount);
            self.amount = 1.0;
        }
    }

    /// Forgets a word.
    pub(crate) fn forget(&mut self, word: WordNumber) {
        self.counts.forget(word);
    }

    /// The counts, in units that grow: only ratios between them, and to [`Recency::unit`], have a meaning.
    pub(crate) fn counts(&self) -> &FollowerCounts {
        &self.counts
    }

    /// The count of a word read just now.
    pub(crate) fn unit(&self) -> f32 {
        self.amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_half_after_the_half_life_however_long_the_document() {
        let mut recency = Recency::default();
        let history = WordHistory::default();
        for _ in 0..100 {
            recency.add(&history, 0);
            for _ in 0..HALF_LIFE as usize - 1 {
                recency.add(&history, 1);
            }
        }
        recency.add(&history, 2);
        let worth = |word| recency.counts().alone(word).count / recency.unit();
        assert!((worth(2) - 1.0).abs() < 1e-2);
        assert!((worth(0) - 1.0).abs() < 1e-2, "1/2 + 1/4 + …");
    }
}
