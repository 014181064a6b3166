//! When a word may stand as ghost text: only where the model is sure enough, so that what is shown is mostly right.
//!
//! A chance is first calibrated: of all words said to be 70 % likely, 70 % should be what comes. That is Platt's (1999)
//! scaling, two numbers that begin by changing nothing and are moved a little by every word that is typed or taken. The
//! calibrated chance is compared with one threshold. A single setting, eagerness, moves it.

use serde::{Deserialize, Serialize};

use crate::offer::candidate::Candidate;

/// Letters a ghost must save at least: to take one costs a keystroke too.
const LEAST_SAVING: usize = 2;

/// The threshold at eagerness 0.
const QUIET: f32 = 0.95;

/// The threshold at eagerness 1. Half-way, at 0.55, about two ghosts in three are right under the base model.
const EAGER: f32 = 0.15;

/// How much the calibration follows one word.
const RATE: f32 = 0.01;

/// From the chance that was said to the chance that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    slope: f32,
    offset: f32,
}

impl Default for Calibration {
    /// Chances as they are said, until words tell otherwise.
    fn default() -> Self {
        Self { slope: 1.0, offset: 0.0 }
    }
}

impl Calibration {
    /// The calibrated chance; grows with the one given.
    pub fn apply(self, chance: f32) -> f32 {
        let scaled = self.slope * log_odds(chance) + self.offset;
        1.0 / (1.0 + (-scaled).exp())
    }

    /// Fits the two numbers to words that were said to have a chance, and came or did not: logistic regression by Newton's
    /// method, held back towards changing nothing as if by `HELD_BACK` words more.
    pub(crate) fn fit(observed: &[(f32, bool)]) -> Self {
        const HELD_BACK: f64 = 20.0;
        const STEPS: usize = 20;
        let (mut slope, mut offset) = (1.0_f64, 0.0_f64);
        for _ in 0..STEPS {
            let (mut gradient, mut curvature) =
                ((HELD_BACK * (1.0 - slope), -HELD_BACK * offset), (HELD_BACK, 0.0, HELD_BACK));
            for &(chance, came) in observed {
                let x = f64::from(log_odds(chance));
                let p = 1.0 / (1.0 + (-(slope * x + offset)).exp());
                let (error, weight) = (f64::from(u8::from(came)) - p, p * (1.0 - p));
                gradient = (gradient.0 + error * x, gradient.1 + error);
                curvature = (curvature.0 + weight * x * x, curvature.1 + weight * x, curvature.2 + weight);
            }
            let determinant = curvature.0 * curvature.2 - curvature.1 * curvature.1;
            slope += (curvature.2 * gradient.0 - curvature.1 * gradient.1) / determinant;
            offset += (curvature.0 * gradient.1 - curvature.1 * gradient.0) / determinant;
            (slope, offset) = (slope.clamp(0.2, 3.0), offset.clamp(-5.0, 5.0));
        }
        Self { slope: slope as f32, offset: offset as f32 }
    }

    /// Learns from a word that was said to have `chance`, and came or did not.
    pub(crate) fn learn(&mut self, chance: f32, came: bool) {
        let error = f32::from(came) - self.apply(chance);
        self.offset += RATE * error;
        self.slope = (self.slope + 0.2 * RATE * error * log_odds(chance)).clamp(0.2, 3.0);
    }
}

fn log_odds(chance: f32) -> f32 {
    let chance = chance.clamp(1e-4, 1.0 - 1e-4);
    (chance / (1.0 - chance)).ln()
}

/// How often words came that were said to be about as likely: one row of a reliability table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Places at which the best word had such a chance.
    pub places: usize,
    /// Mean chance it was said to have, 0 to 1.
    pub said: f64,
    /// Share of the places at which it came, 0 to 1.
    pub came: f64,
}

impl Reliability {
    /// Rows of a table: tenths.
    pub const ROWS: usize = 10;

    /// Takes one more place into the row of `chance`.
    pub(crate) fn observe(table: &mut [Self; Self::ROWS], chance: f32, came: bool) {
        let row = &mut table[((chance * Self::ROWS as f32) as usize).min(Self::ROWS - 1)];
        row.places += 1;
        let share = 1.0 / row.places as f64;
        row.said += share * (f64::from(chance) - row.said);
        row.came += share * (f64::from(u8::from(came)) - row.came);
    }
}

/// The threshold between silence and ghost text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    threshold: f32,
}

impl Gate {
    /// From `eagerness`: 0 (quiet: only near-certain words) to 1 (eager: nearly always something).
    pub fn new(eagerness: f32) -> Self {
        let eagerness = if eagerness.is_finite() { eagerness.clamp(0.0, 1.0) } else { 0.5 };
        Self { threshold: QUIET + (EAGER - QUIET) * eagerness }
    }

    /// The chance at and above which a ghost is shown.
    pub fn threshold(self) -> f32 {
        self.threshold
    }

    /// Whether the best candidate, of calibrated `chance`, may stand as ghost text. `word_ends` is the chance that the word is
    /// already complete.
    pub(crate) fn shows(self, best: &Candidate, chance: f32, word_ends: f32) -> bool {
        chance >= self.threshold
            && best.probability > word_ends
            && best.completion.chars().count() >= LEAST_SAVING
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(completion: &str, probability: f32) -> Candidate {
        Candidate { word: completion.to_owned(), completion: completion.to_owned(), probability }
    }

    #[test]
    fn eagerness_lowers_the_threshold_from_end_to_end() {
        let thresholds: Vec<f32> = [0.0, 0.25, 0.5, 0.75, 1.0].map(|e| Gate::new(e).threshold()).into();
        assert!(thresholds.windows(2).all(|pair| pair[0] > pair[1]), "{thresholds:?}");
        assert!(
            (thresholds[0] - QUIET).abs() < 1e-6 && (thresholds[4] - EAGER).abs() < 1e-6,
            "{thresholds:?}"
        );
        assert_eq!(Gate::new(f32::NAN), Gate::default());
        assert_eq!(Gate::new(7.0), Gate::new(1.0));
    }

    #[test]
    fn silent_when_unsure_when_little_is_saved_and_when_the_word_is_done() {
        let gate = Gate { threshold: 0.4 };
        assert!(gate.shows(&best("ing", 0.4), 0.4, 0.1));
        assert!(!gate.shows(&best("ing", 0.4), 0.39, 0.1), "unsure");
        assert!(!gate.shows(&best("s", 0.9), 0.9, 0.0), "one letter");
        assert!(!gate.shows(&best("ing", 0.45), 0.45, 0.5), "the word is more likely done");
        assert!(gate.shows(&best("은다", 0.9), 0.9, 0.0), "characters are counted, not bytes");
    }

    #[test]
    fn calibration_comes_to_say_what_happens_and_never_swaps_two_chances() {
        let mut calibration = Calibration { slope: 1.0, offset: 0.0 };
        // What is said to be 80 % likely comes half the time; what is said to be 20 % likely, one time in ten.
        for round in 0..40_000 {
            calibration.learn(0.8, round % 2 == 0);
            calibration.learn(0.2, round % 10 == 0);
        }
        assert!((calibration.apply(0.8) - 0.5).abs() < 0.06, "{calibration:?}");
        assert!((calibration.apply(0.2) - 0.1).abs() < 0.06, "{calibration:?}");
        let said: Vec<f32> = (0..=100).map(|percent| calibration.apply(percent as f32 / 100.0)).collect();
        assert!(said.windows(2).all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn a_fit_says_what_was_observed_and_little_changes_little() {
        let observed: Vec<(f32, bool)> =
            (0..4_000).map(|n| if n % 2 == 0 { (0.8, n % 4 == 0) } else { (0.2, n % 20 == 1) }).collect();
        let fitted = Calibration::fit(&observed);
        assert!(
            (fitted.apply(0.8) - 0.5).abs() < 0.02 && (fitted.apply(0.2) - 0.1).abs() < 0.02,
            "{fitted:?}"
        );
        assert_eq!(Calibration::fit(&[]), Calibration::default());
        let little = Calibration::fit(&observed[..2]);
        assert!((little.apply(0.8) - 0.8).abs() < 0.05, "{little:?}");
    }

    #[test]
    fn a_reliability_row_is_the_mean_of_its_places() {
        let mut table = [Reliability::default(); Reliability::ROWS];
        for (chance, came) in [(0.72, true), (0.78, false), (0.75, true), (1.0, true)] {
            Reliability::observe(&mut table, chance, came);
        }
        assert_eq!((table[7].places, table[9].places), (3, 1));
        assert!((table[7].said - 0.75).abs() < 1e-6 && (table[7].came - 2.0 / 3.0).abs() < 1e-9);
    }
}
