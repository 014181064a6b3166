//! The eleven distributions over words that are mixed, and one number for each of them.

use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

/// A distribution over words that is part of the mixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expert {
    /// The byte LSTM.
    Lstm,
    /// The personal counts, given so many tokens of context: 0 to 4.
    Personal(usize),
    /// The words of the open document, given so many tokens of context: 0 to 2.
    Recent(usize),
    /// The background model's counts.
    Background,
    /// The network over words.
    Words,
}

impl Expert {
    /// How many there are.
    pub(crate) const COUNT: usize = 11;

    /// All of them, in the order of the files that hold a number for each.
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::Lstm,
        Self::Personal(0),
        Self::Personal(1),
        Self::Personal(2),
        Self::Personal(3),
        Self::Personal(4),
        Self::Recent(0),
        Self::Recent(1),
        Self::Recent(2),
        Self::Background,
        Self::Words,
    ];

    /// Those that give a word its probability in one step: all but the LSTM over bytes.
    pub(crate) fn over_words() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|&expert| expert != Self::Lstm)
    }

    /// Its place in [`Expert::ALL`].
    const fn index(self) -> usize {
        match self {
            Self::Lstm => 0,
            Self::Personal(length) => 1 + length,
            Self::Recent(length) => 6 + length,
            Self::Background => 9,
            Self::Words => 10,
        }
    }
}

/// One value for each expert.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PerExpert<T>(pub(crate) [T; Expert::COUNT]);

/// P(word), or λ, by expert.
pub(crate) type Shares = PerExpert<f32>;

impl<T> Index<Expert> for PerExpert<T> {
    type Output = T;

    fn index(&self, expert: Expert) -> &T {
        &self.0[expert.index()]
    }
}

impl<T> IndexMut<Expert> for PerExpert<T> {
    fn index_mut(&mut self, expert: Expert) -> &mut T {
        &mut self.0[expert.index()]
    }
}

impl Shares {
    /// `Σ_k λ_k P_k` over all experts; `self` are the weights λ.
    pub(crate) fn weigh(&self, probabilities: &Self) -> f32 {
        self.0.iter().zip(&probabilities.0).map(|(weight, probability)| weight * probability).sum()
    }

    /// These numbers for one expert alone; 0 for the others.
    pub(crate) fn only(&self, expert: Expert) -> Self {
        let mut only = Self::default();
        only[expert] = self[expert];
        only
    }

    /// The same sum over the experts over words.
    pub(crate) fn weigh_words(&self, probabilities: &Self) -> f64 {
        Expert::over_words().map(|k| f64::from(self[k] * probabilities[k])).sum()
    }
}

/// Which experts are mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Components {
    /// The byte LSTM.
    pub lstm: bool,
    /// The writer's own n-grams.
    pub ngram: bool,
    /// The words of the open document.
    pub recency: bool,
    /// The background model's counts.
    pub background: bool,
    /// The network over words.
    pub words: bool,
}

impl Components {
    /// All of them.
    pub const ALL: Self = Self { lstm: true, ngram: true, recency: true, background: true, words: true };
    /// The LSTM alone.
    pub const LSTM: Self = Self { lstm: true, ngram: false, recency: false, background: false, words: false };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_expert_has_its_own_place_in_the_order_of_the_files() {
        let places: Vec<usize> = Expert::ALL.into_iter().map(Expert::index).collect();
        assert_eq!(places, (0..Expert::COUNT).collect::<Vec<_>>());
        assert_eq!(Expert::over_words().count(), Expert::COUNT - 1);
    }

    #[test]
    fn the_words_part_of_a_sum_leaves_the_lstm_out() {
        let (mut weights, mut probabilities) = (Shares::default(), Shares::default());
        for (expert, weight, probability) in
            [(Expert::Lstm, 0.5, 0.5), (Expert::Recent(1), 0.25, 0.5), (Expert::Background, 0.25, 1.0)]
        {
            (weights[expert], probabilities[expert]) = (weight, probability);
        }
        assert_eq!((weights.weigh(&probabilities), weights.weigh_words(&probabilities)), (0.625, 0.375));
    }
}
