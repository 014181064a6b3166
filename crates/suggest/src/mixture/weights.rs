//! The weights λ of the mixture: docs/mixture.md, "Where the weights come from".
//!
//! The weights are a softmax of one number for each expert, plus one for the *situation* that the expert is in: how often its
//! context was seen and how varied its followers are; for the LSTM its confidence, and how much of the context the personal counts
//! know. An expert whose context was never seen has weight 0.
//!
//! The numbers follow each word by the gradient of ln P(word). For expert k that is the share of P(word) that comes from k, less `λ_k`:
//! exponentiated gradient (Kivinen & Warmuth 1997), and in expectation a step of EM.

use serde::{Deserialize, Serialize};

use crate::mixture::escape::Escape;
use crate::mixture::expert::{Expert, PerExpert, Shares};

/// Made by `cargo run --release --example fit_mixture`.
const FITTED: &str = include_str!("fitted.json");

/// Situations an expert may be in.
pub(crate) const SITUATIONS: usize = 32;

/// How much the number of an expert alone follows a word, compared with the number of its situation.
const BIAS_RATE: f32 = 0.2;

/// The situation of each expert; `None` where its context was never seen.
pub(crate) type Situation = PerExpert<Option<u8>>;

/// A word that was typed: the situation of the experts, and the probability that each gave it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    pub(crate) situation: Situation,
    pub(crate) probabilities: Shares,
}

/// The numbers from which the weights are computed, and the escape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Mixture {
    /// The number of each expert, whatever its situation.
    bias: Shares,
    /// The numbers of each expert in each situation.
    by_situation: PerExpert<[f32; SITUATIONS]>,
    /// The LSTM's extra share inside a word.
    pub(crate) escape: Escape,
}

/// A [`Mixture`] as it is in a file, perhaps one from before there was an escape, or a network over words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    bias: Vec<f32>,
    by_situation: Vec<[f32; SITUATIONS]>,
    escape: Option<Escape>,
}

/// Experts there were before the network over words.
const ONCE: usize = Expert::COUNT - 1;

impl TryFrom<Stored> for Mixture {
    type Error = String;

    /// What is not there is taken from the fitted mixture.
    fn try_from(Stored { mut bias, mut by_situation, escape }: Stored) -> Result<Self, String> {
        if bias.len() == ONCE && by_situation.len() == ONCE {
            let fitted = Self::default();
            bias.extend(&fitted.bias.0[ONCE..]);
            by_situation.extend(&fitted.by_situation.0[ONCE..]);
        }
        let escape = escape.unwrap_or_else(|| Self::default().escape);
        match (bias.try_into(), by_situation.try_into()) {
            (Ok(bias), Ok(by_situation)) => {
                Ok(Self { bias: PerExpert(bias), by_situation: PerExpert(by_situation), escape })
            }
            _ => Err(format!("weights of {} experts are needed", Expert::COUNT)),
        }
    }
}

impl Default for Mixture {
    /// The weights fitted on held-out documents of several writers.
    fn default() -> Self {
        Self::from_json(FITTED).unwrap_or_else(|_| Self::even())
    }
}

impl Mixture {
    /// Equal weights.
    pub fn even() -> Self {
        let by_situation = PerExpert([[0.0; SITUATIONS]; Expert::COUNT]);
        Self { bias: Shares::default(), by_situation, escape: Escape::default() }
    }

    /// Replaces the escape.
    pub fn set_escape(&mut self, escape: Escape) {
        self.escape = escape;
    }

    /// Reads what [`Mixture::to_json`] wrote.
    ///
    /// # Errors
    /// If it is no such text, or has other experts than this version.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// As JSON.
    ///
    /// # Panics
    /// Never: numbers always have a form as text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers have a form as text")
    }

    /// Learns from `observed` in the order given, `passes` times, with ever smaller steps.
    pub fn fit(&mut self, observed: &[Observed], passes: usize) {
        for pass in 0..passes {
            let rate = 0.1 / (1.0 + 2.0 * pass as f32);
            for observed in observed {
                self.learn(observed, rate);
            }
        }
    }

    /// Mean −log2 P(word) of what was observed, in bits a word. Less is better.
    pub fn bits(&self, observed: &[Observed]) -> f64 {
        let bits = |observed: &Observed| {
            let probability = self.weights(&observed.situation).weigh(&observed.probabilities);
            -f64::from(probability.max(f32::MIN_POSITIVE)).log2()
        };
        observed.iter().map(bits).sum::<f64>() / observed.len().max(1) as f64
    }

    /// The weights λ: they sum to 1, and are 0 for experts without a situation.
    pub(crate) fn weights(&self, situation: &Situation) -> Shares {
        let mut weights = Shares::default();
        let logit = |k: Expert| situation[k].map(|s| self.bias[k] + self.by_situation[k][usize::from(s)]);
        let most = Expert::ALL.into_iter().filter_map(logit).fold(f32::NEG_INFINITY, f32::max);
        for k in Expert::ALL {
            weights[k] = logit(k).map_or(0.0, |logit| (logit - most).exp());
        }
        let sum: f32 = weights.0.iter().sum();
        if sum > 0.0 {
            for weight in &mut weights.0 {
                *weight /= sum;
            }
        }
        weights
    }

    /// Learns from a word that was typed.
    pub(crate) fn learn(&mut self, observed: &Observed, rate: f32) {
        let Observed { situation, probabilities } = observed;
        let weights = self.weights(situation);
        let probability = weights.weigh(probabilities);
        if !probability.is_finite() || probability <= 0.0 {
            return;
        }
        for k in Expert::ALL {
            if let Some(s) = situation[k] {
                let gradient = weights[k] * (probabilities[k] / probability - 1.0);
                self.bias[k] += BIAS_RATE * rate * gradient;
                self.by_situation[k][usize::from(s)] += rate * gradient;
            }
        }
    }
}

/// The situation of an expert that counts: how often its context was seen, and how varied its followers are.
pub(crate) fn count_situation(total: f32, kinds: u32) -> u8 {
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

/// The situation of the LSTM or of the background: how much of the context is known, in tokens, and how likely its likeliest
/// continuation is. For the LSTM, the personal counts' longest known context (0 to 4) and its likeliest next byte; for the background,
/// its own longest known context and its likeliest word.
pub(crate) fn confidence_situation(known: usize, likeliest: f32) -> u8 {
    let confidence = match likeliest {
        ..0.15 => 0,
        0.15..0.25 => 1,
        0.25..0.4 => 2,
        0.4..0.6 => 3,
        0.6..0.85 => 4,
        _ => 5,
    };
    known.min(4) as u8 * 6 + confidence
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Distributions over four words, one for each expert.
    fn experts() -> impl Strategy<Value = [[f32; 4]; Expert::COUNT]> {
        prop::array::uniform11(prop::array::uniform4(0.01_f32..1.0)).prop_map(|mut experts| {
            for expert in &mut experts {
                let sum: f32 = expert.iter().sum();
                for probability in expert.iter_mut() {
                    *probability /= sum;
                }
            }
            experts
        })
    }

    fn situation() -> impl Strategy<Value = Situation> {
        prop::array::uniform11(prop::option::of(0..SITUATIONS as u8)).prop_map(|situation| {
            let mut situation = PerExpert(situation);
            situation[Expert::Lstm] = situation[Expert::Lstm].or(Some(0));
            situation
        })
    }

    fn probabilities(experts: &[[f32; 4]; Expert::COUNT], word: usize) -> Shares {
        PerExpert(experts.map(|expert| expert[word]))
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
                let probabilities = probabilities(&experts, word);
                mixture.learn(&Observed { situation, probabilities }, 0.2);
            }
            let weights = mixture.weights(&situation);
            let sum: f32 = (0..4).map(|word| weights.weigh(&probabilities(&experts, word))).sum();
            prop_assert!((sum - 1.0).abs() < 1e-4, "{sum}");
            for (weight, situation) in weights.0.iter().zip(situation.0) {
                prop_assert_eq!(*weight > 0.0, situation.is_some());
            }
        }

        #[test]
        fn a_word_more_likely_to_one_expert_is_no_less_likely_to_all(
            experts in experts(), situation in situation(), expert in 0..Expert::COUNT, more in 0.0_f32..1.0,
        ) {
            let weights = Mixture::even().weights(&situation);
            let before = probabilities(&experts, 0);
            let mut after = before;
            after.0[expert] += more;
            prop_assert!(weights.weigh(&after) >= weights.weigh(&before));
        }

        #[test]
        fn a_word_that_came_is_likelier_the_next_time(experts in experts(), situation in situation(), word in 0usize..4) {
            let mut mixture = Mixture::even();
            let probabilities = probabilities(&experts, word);
            let before = mixture.weights(&situation).weigh(&probabilities);
            mixture.learn(&Observed { situation, probabilities }, 0.05);
            prop_assert!(mixture.weights(&situation).weigh(&probabilities) >= before - 1e-6);
        }
    }

    #[test]
    fn weights_follow_the_expert_that_is_right() {
        let mut mixture = Mixture::even();
        let (lstm, recent) = (Expert::Lstm, Expert::Recent(0));
        let mut situation = Situation::default();
        (situation[lstm], situation[recent]) = (Some(3), Some(5));
        let mut probabilities = Shares::default();
        (probabilities[lstm], probabilities[recent]) = (0.1, 0.6);
        let observed = vec![Observed { situation, probabilities }; 200];
        let before = mixture.bits(&observed);
        mixture.fit(&observed, 2);
        assert!(mixture.weights(&situation)[recent] > 0.9 && mixture.bits(&observed) < before);
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
        for part in ["bias", "by_situation"] {
            older[part].as_array_mut().unwrap().pop().unwrap();
        }
        assert_eq!(Mixture::from_json(&older.to_string()).unwrap(), fitted, "before the network over words");
        older["bias"].as_array_mut().unwrap().pop().unwrap();
        assert!(Mixture::from_json(&older.to_string()).is_err());
    }
}
