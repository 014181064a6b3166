//! The mixture once a prefix is typed: equations (2) to (4) of docs/mixture.md.

use crate::mixture::expert::{Expert, Shares};

/// What the experts gave to a typed prefix p.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Prefix {
    /// `λ₀ P₀(p)`; `None` if the LSTM is not mixed.
    by_network: Option<f64>,
    /// `Z = Σ_k λ_k P_k(p)`.
    pub(crate) total: f64,
}

/// The distribution over the words that go on from p. With Z = Σ λₖ Pₖ(p), equations (2) and (3) are
///
/// `P(w | p) = [(1 − ε) λ₀ P₀(p) / Z + ε] · P₀(rest of w)  +  (1 − ε) / Z · Σ_{k>0} λ_k P_k(w)`.
///
/// The two factors are the same for all words, so they are computed once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Posterior {
    weights: Shares,
    /// `(1 − ε) λ₀ P₀(p) / Z + ε`, the factor of what the LSTM gives to the rest of a word.
    network: f32,
    /// `(1 − ε) / Z`, the factor of the sum over the counts.
    counts: f64,
    /// P(a word begins): 1 inside a word.
    begins: f32,
}

impl Prefix {
    /// Sums up what the experts gave to p. `by_network`: P₀(p), `None` if the LSTM is not mixed; `by_words`: the other Pₖ(p).
    pub(crate) fn new(weights: &Shares, by_network: Option<f64>, by_words: &Shares) -> Self {
        let by_network = by_network.map(|probability| f64::from(weights[Expert::Lstm]) * probability);
        Self { by_network, total: by_network.unwrap_or(0.0) + weights.weigh_words(by_words) }
    }

    /// Whether no expert foresaw p.
    pub(crate) fn is_unforeseen(&self) -> bool {
        self.total <= f64::MIN_POSITIVE
    }
}

impl Posterior {
    /// After `prefix`, with escape ε. Where no expert foresaw the prefix, the LSTM goes on alone; `None` if it is not mixed.
    pub(crate) fn new(weights: Shares, prefix: Prefix, escape: f32, begins: f32) -> Option<Self> {
        let (share, total) = match (prefix.is_unforeseen(), prefix.by_network) {
            (false, by_network) => ((by_network.unwrap_or(0.0) / prefix.total) as f32, prefix.total),
            (true, Some(_)) => (1.0, f64::INFINITY),
            (true, None) => return None,
        };
        // Where nothing is typed, the LSTM's probabilities include "no word here"; those of the counts do not.
        let share = share / begins;
        Some(Self {
            weights,
            network: (1.0 - escape) * share + escape,
            counts: f64::from(1.0 - escape) / total,
            begins,
        })
    }

    /// The part of the experts over words of P(w | p), from each Pₖ(w).
    pub(crate) fn by_words(&self, word: &Shares) -> f32 {
        (self.weights.weigh_words(word) * self.counts) as f32
    }

    /// The LSTM's part of P(w | p), from P₀(rest of w).
    pub(crate) fn by_network(&self, rest: f32) -> f32 {
        self.network * rest
    }

    /// The factor of [`Posterior::by_network`]; 0 if the LSTM is not mixed.
    pub(crate) fn network(&self) -> f32 {
        self.network
    }

    /// P(a word begins) · P(w | p), equation (4), from the two parts.
    pub(crate) fn probability(&self, by_network: f32, by_words: f32) -> f32 {
        ((by_network + by_words) * self.begins).min(1.0)
    }

    /// What the parts of P(w | p) must sum to, for a word to have `probability`.
    pub(crate) fn parts_of(&self, probability: f32) -> f32 {
        probability / self.begins
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Expert 0 is the LSTM, expert 1 counts.
    fn shares(lstm: f32, counts: f32) -> Shares {
        let mut shares = Shares::default();
        (shares[Expert::Lstm], shares[Expert::Personal(0)]) = (lstm, counts);
        shares
    }

    proptest! {
        /// Two experts over four words, the first two of which begin with the prefix.
        #[test]
        fn it_is_a_distribution_over_the_words_that_begin_so(
            lstm in prop::array::uniform4(0.01_f32..1.0), counts in prop::array::uniform4(0.01_f32..1.0),
            weight in 0.05_f32..0.95, escape in 0.0_f32..1.0,
        ) {
            let normalised = |of: [f32; 4]| of.map(|p| p / of.iter().sum::<f32>());
            let (lstm, counts) = (normalised(lstm), normalised(counts));
            let weights = shares(weight, 1.0 - weight);
            let typed = [lstm, counts].map(|of| of[0] + of[1]);
            let prefix = Prefix::new(&weights, Some(typed[0].into()), &shares(0.0, typed[1]));
            let posterior = Posterior::new(weights, prefix, escape, 1.0).unwrap();
            let probability = |word: usize| {
                let by_network = posterior.by_network(lstm[word] / typed[0]);
                posterior.probability(by_network, posterior.by_words(&shares(0.0, counts[word])))
            };
            prop_assert!((probability(0) + probability(1) - 1.0).abs() < 1e-4);
            // Equation (3), written out.
            let mixed = |word: usize| weight * lstm[word] + (1.0 - weight) * counts[word];
            let expected = (1.0 - escape) * mixed(0) / (mixed(0) + mixed(1)) + escape * lstm[0] / typed[0];
            prop_assert!((probability(0) - expected).abs() < 1e-4);
        }
    }

    #[test]
    fn where_nothing_is_typed_the_words_sum_to_the_probability_that_one_begins() {
        let weights = shares(0.5, 0.5);
        let prefix = Prefix::new(&weights, Some(1.0), &shares(0.0, 1.0));
        let posterior = Posterior::new(weights, prefix, 0.0, 0.8).unwrap();
        // The LSTM gives 0.2 to "no word here", 0.6 and 0.2 to two words; the counts half to each.
        let sum: f32 = [(0.6, 0.5), (0.2, 0.5)]
            .map(|(lstm, counts)| {
                posterior.probability(posterior.by_network(lstm), posterior.by_words(&shares(0.0, counts)))
            })
            .iter()
            .sum();
        assert!((sum - 0.8).abs() < 1e-6, "{sum}");
        assert!((posterior.parts_of(0.8) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_lstm_goes_on_alone_where_no_expert_foresaw_the_prefix() {
        let weights = shares(0.5, 0.5);
        let unforeseen = |by_network| Prefix::new(&weights, by_network, &Shares::default());
        let posterior = Posterior::new(weights, unforeseen(Some(0.0)), 0.0, 1.0).unwrap();
        assert_eq!((posterior.by_network(0.3), posterior.by_words(&shares(0.0, 0.3))), (0.3, 0.0));
        assert_eq!(Posterior::new(weights, unforeseen(None), 0.0, 1.0), None);
    }
}
