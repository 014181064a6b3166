//! The mixture's arithmetic: one distribution over words from several.
//!
//! Each expert `k` gives every word `w` a chance `P_k(w)` after the text so far; the mixture is
//! `P(w) = Σ_k λ_k P_k(w)`, with weights λ that sum to one, so it is a distribution, too. With a prefix p typed, by Bayes' rule,
//! `P(w | p) = Σ_k λ_k P_k(w) / Σ_k λ_k P_k(p)`, where `P_k(p)` is the sum over all words that begin with p: an expert that did not
//! foresee the letters typed loses its say.
//!
//! The weights are a softmax of one number for each expert and one for the *situation* each is in (how often its
//! context was seen and how varied what followed was; for the LSTM how sure it is, and how much of the context the
//! counts know). Experts without anything to say here (a context never seen) are left out.
//!
//! The numbers are learned: after each word, by the gradient of its log chance. For a softmax that is the share of the
//! word's chance that came from the expert, less the weight it had: what exponentiated gradient does, and each step of EM in
//! expectation. `docs/mixture.md` derives it.

use serde::{Deserialize, Serialize};

use crate::mixture::escape::Escape;

/// Made by `cargo run --release --example fit_mixture`.
const FITTED: &str = include_str!("../../../../assets/mixture.json");

/// How many experts there are.
pub(crate) const EXPERTS: usize = 10;
/// The byte LSTM.
pub(crate) const LSTM: usize = 0;
/// The personal counts with no context; those with contexts of 1 to 4 tokens follow.
pub(crate) const PERSONAL: usize = 1;
/// The open document's words with no context; those with 1 and 2 tokens follow.
pub(crate) const RECENT: usize = 6;
/// The background model.
pub(crate) const BACKGROUND: usize = 9;

/// Situations an expert may be in.
pub(crate) const SITUATIONS: usize = 32;

/// One number for each expert: a word's chances, or their weights.
pub(crate) type Shares = [f32; EXPERTS];

/// The situation of each expert; `None` where it has nothing to say.
pub(crate) type Situation = [Option<u8>; EXPERTS];

/// A word that came: in what situation the experts were, and what chance each had given it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    pub(crate) situation: Situation,
    pub(crate) chances: Shares,
}

/// What the weights are made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mixture {
    /// Of each expert, whatever its situation.
    bias: Shares,
    /// Of each expert in each situation.
    by_situation: [[f32; SITUATIONS]; EXPERTS],
    /// How far the counts are to be believed inside a word.
    #[serde(default = "fitted_escape")]
    pub(crate) escape: Escape,
}

/// What was fitted, for weights that were written before there was an escape.
fn fitted_escape() -> Escape {
    #[derive(Deserialize)]
    struct Fitted {
        escape: Escape,
    }
    serde_json::from_str(FITTED).map_or_else(|_| Escape::default(), |fitted: Fitted| fitted.escape)
}

impl Default for Mixture {
    /// The weights fitted on held-out documents of several writers.
    fn default() -> Self {
        Self::from_json(FITTED).unwrap_or_else(|_| Self::even())
    }
}

impl Mixture {
    /// All experts alike.
    pub fn even() -> Self {
        Self { bias: [0.0; EXPERTS], by_situation: [[0.0; SITUATIONS]; EXPERTS], escape: Escape::default() }
    }

    /// Takes over how far the counts are to be believed.
    pub fn set_escape(&mut self, escape: Escape) {
        self.escape = escape;
    }

    /// Reads what [`Mixture::to_json`] wrote.
    ///
    /// # Errors
    /// If it is none, or holds other experts than this version has.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// As text.
    ///
    /// # Panics
    /// Never: numbers always have a form as text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers have a form as text")
    }

    /// Goes over what was observed again and again, with ever smaller steps; each time in the order given.
    pub fn fit(&mut self, observed: &[Observed], passes: usize) {
        for pass in 0..passes {
            let rate = 0.1 / (1.0 + 2.0 * pass as f32);
            for observed in observed {
                self.learn(&observed.situation, &observed.chances, rate);
            }
        }
    }

    /// Mean log2 of the chance that came of what was observed, in bits a word, less is better.
    pub fn bits(&self, observed: &[Observed]) -> f64 {
        let bits = |observed: &Observed| {
            -f64::from(weighted(&self.weights(&observed.situation), &observed.chances).max(f32::MIN_POSITIVE))
                .log2()
        };
        observed.iter().map(bits).sum::<f64>() / observed.len().max(1) as f64
    }

    /// The weights: they sum to 1, and are 0 for experts with nothing to say.
    pub(crate) fn weights(&self, situation: &Situation) -> Shares {
        let mut weights = [0.0; EXPERTS];
        let logit = |k: usize| situation[k].map(|s| self.bias[k] + self.by_situation[k][usize::from(s)]);
        let most = (0..EXPERTS).filter_map(logit).fold(f32::NEG_INFINITY, f32::max);
        for (k, weight) in weights.iter_mut().enumerate() {
            *weight = logit(k).map_or(0.0, |logit| (logit - most).exp());
        }
        let sum: f32 = weights.iter().sum();
        if sum > 0.0 {
            for weight in &mut weights {
                *weight /= sum;
            }
        }
        weights
    }

    /// Learns from a word that came, to which the experts had given `chances`.
    pub(crate) fn learn(&mut self, situation: &Situation, chances: &Shares, rate: f32) {
        let weights = self.weights(situation);
        let chance = weighted(&weights, chances);
        if !chance.is_finite() || chance <= 0.0 {
            return;
        }
        for k in 0..EXPERTS {
            if let Some(s) = situation[k] {
                let gradient = weights[k] * (chances[k] / chance - 1.0);
                self.bias[k] += 0.2 * rate * gradient;
                self.by_situation[k][usize::from(s)] += rate * gradient;
            }
        }
    }
}

/// `Σ λ_k P_k`.
pub(crate) fn weighted(weights: &Shares, chances: &Shares) -> f32 {
    weights.iter().zip(chances).map(|(weight, chance)| weight * chance).sum()
}

/// The situation of an expert that counts: how often its context was seen, and how varied its followers are.
pub(crate) fn counted(total: f32, kinds: u32) -> u8 {
    let often = match total {
        ..1.5 => 0,
        1.5..2.5 => 1,
        2.5..4.5 => 2,
        4.5..9.5 => 3,
        9.5..33.0 => 4,
        33.0..129.0 => 5,
        129.0..1025.0 => 6,
        _ => 7,
    };
    let varied = match kinds as f32 / total.max(1.0) {
        ..0.15 => 0,
        0.15..0.35 => 1,
        0.35..0.7 => 2,
        _ => 3,
    };
    often * 4 + varied
}

/// The situation of the LSTM: the longest context the personal counts know, in tokens (0 to 4), and the chance of its likeliest
/// next byte. That of the background: the longest context that it knows itself, and the chance of its likeliest word.
pub(crate) fn sure(known: usize, likeliest: f32) -> u8 {
    let sure = match likeliest {
        ..0.15 => 0,
        0.15..0.25 => 1,
        0.25..0.4 => 2,
        0.4..0.6 => 3,
        0.6..0.85 => 4,
        _ => 5,
    };
    known.min(4) as u8 * 6 + sure
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Distributions over four words, one for each expert.
    fn experts() -> impl Strategy<Value = [[f32; 4]; EXPERTS]> {
        prop::array::uniform10(prop::array::uniform4(0.01_f32..1.0)).prop_map(|mut experts| {
            for expert in &mut experts {
                let sum: f32 = expert.iter().sum();
                for chance in expert.iter_mut() {
                    *chance /= sum;
                }
            }
            experts
        })
    }

    fn situation() -> impl Strategy<Value = Situation> {
        prop::array::uniform10(prop::option::of(0..SITUATIONS as u8)).prop_map(|mut situation| {
            situation[LSTM] = situation[LSTM].or(Some(0));
            situation
        })
    }

    fn chances(experts: &[[f32; 4]; EXPERTS], word: usize) -> Shares {
        experts.map(|expert| expert[word])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_mixture_is_a_distribution_whatever_was_learned(
            experts in experts(),
            situation in situation(),
            came in prop::collection::vec(0usize..4, 0..40),
        ) {
            let mut mixture = Mixture::even();
            for word in came {
                mixture.learn(&situation, &chances(&experts, word), 0.2);
            }
            let weights = mixture.weights(&situation);
            let sum: f32 = (0..4).map(|word| weighted(&weights, &chances(&experts, word))).sum();
            prop_assert!((sum - 1.0).abs() < 1e-4, "{sum}");
            for (weight, situation) in weights.iter().zip(situation) {
                prop_assert_eq!(*weight > 0.0, situation.is_some());
            }
        }

        #[test]
        fn a_word_more_likely_to_one_expert_is_no_less_likely_to_all(
            experts in experts(), situation in situation(), expert in 0..EXPERTS, more in 0.0_f32..1.0,
        ) {
            let weights = Mixture::even().weights(&situation);
            let before = chances(&experts, 0);
            let mut after = before;
            after[expert] += more;
            prop_assert!(weighted(&weights, &after) >= weighted(&weights, &before));
        }

        #[test]
        fn a_word_that_came_is_likelier_the_next_time(experts in experts(), situation in situation(), word in 0usize..4) {
            let mut mixture = Mixture::even();
            let chances = chances(&experts, word);
            let before = weighted(&mixture.weights(&situation), &chances);
            mixture.learn(&situation, &chances, 0.05);
            prop_assert!(weighted(&mixture.weights(&situation), &chances) >= before - 1e-6);
        }
    }

    #[test]
    fn weights_follow_the_expert_that_is_right() {
        let mut mixture = Mixture::even();
        let mut situation = [None; EXPERTS];
        (situation[LSTM], situation[RECENT]) = (Some(3), Some(5));
        let mut chances = [0.0; EXPERTS];
        (chances[LSTM], chances[RECENT]) = (0.1, 0.6);
        let observed = vec![Observed { situation, chances }; 200];
        let before = mixture.bits(&observed);
        mixture.fit(&observed, 2);
        assert!(mixture.weights(&situation)[RECENT] > 0.9 && mixture.bits(&observed) < before);
    }

    #[test]
    fn the_fitted_weights_can_be_read() {
        let fitted = Mixture::from_json(FITTED).unwrap();
        assert_eq!(Mixture::from_json(&fitted.to_json()).unwrap(), fitted);
        assert!(Mixture::from_json("{}").is_err());
        let mut older: serde_json::Value = serde_json::from_str(FITTED).unwrap();
        older.as_object_mut().unwrap().remove("escape").unwrap();
        assert_eq!(Mixture::from_json(&older.to_string()).unwrap(), fitted);
        assert_ne!(fitted.escape, Escape::default());
    }
}
