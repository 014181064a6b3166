//! What stands a few lines above: the words of the open document, the late ones counting more.
//!
//! A cache in the sense of Kuhn and De Mori (1990), with the exponential decay of Clarkson and Robinson (1997): each
//! word read counts a little more than the one before it, which is the same as if the older ones decayed. It is
//! there before anything was learned, and is emptied with the document.

use crate::counts::followers::Counts;
use crate::counts::lexicon::WordNumber;
use crate::words::context::History;

/// Words after which one counts half.
const HALF_LIFE: f32 = 400.0;

/// Tokens of the longest context.
pub(crate) const CONTEXT: usize = 2;

/// An amount above which all counts are brought down again.
const LARGEST: f32 = 1e12;

/// The words of one document.
#[derive(Debug, Clone)]
pub(crate) struct Recency {
    counts: Counts,
    /// What the next word counts.
    amount: f32,
}

impl Default for Recency {
    fn default() -> Self {
        Self { counts: Counts::new(CONTEXT), amount: 1.0 }
    }
}

impl Recency {
    /// Takes in a finished word.
    pub(crate) fn add(&mut self, history: &History, word: WordNumber) {
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

    /// The counts, in units that grow: only their ratios mean anything, and to [`Recency::unit`].
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// What one word read just now counts.
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
        let history = History::default();
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
