//! A finished model as plain tables: what estimation and the ARPA reader give, and the file is packed from.

use super::vocabulary::Vocabulary;
use crate::Symbol;

/// The n-grams of one order, sorted by their words, oldest first. All columns have the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Level {
    /// The newest word of each n-gram.
    pub(crate) words: Vec<Symbol>,
    /// The index of the n-gram without its newest word, in the order below. Never decreasing; empty at order 1.
    pub(crate) parents: Vec<u32>,
    /// log10 P(newest word | the others).
    pub(crate) log_probs: Vec<f32>,
    /// log10 of what longer contexts pass down; 0 where no n-gram goes on from here.
    pub(crate) backoffs: Vec<f32>,
}

impl Level {
    /// Appends an n-gram, its backoff weight yet 0.
    pub(crate) fn push(&mut self, parent: u32, word: Symbol, log_prob: f32) {
        self.parents.push(parent);
        self.words.push(word);
        self.log_probs.push(log_prob);
        self.backoffs.push(0.0);
    }
}

/// A backoff n-gram model in memory: n-grams of order 1 up to the model's, with probabilities and backoff weights.
///
/// Every n-gram's beginning and every n-gram's ending is in the order below.
#[derive(Debug, Clone)]
pub struct Ngrams {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) levels: Vec<Level>,
}

impl Ngrams {
    /// The length of the longest n-grams.
    pub fn order(&self) -> usize {
        self.levels.len()
    }

    /// How many n-grams there are of each order.
    pub fn counts(&self) -> Vec<usize> {
        self.levels.iter().map(|level| level.words.len()).collect()
    }

    /// The words.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }
}
