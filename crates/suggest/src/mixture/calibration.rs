//! Calibration: of all words stated to be 70 % likely, 70 % should be right.
//!
//! Platt's (1999) scaling: two numbers that begin as the identity and move a little with every word typed or taken.

use serde::{Deserialize, Serialize};

/// How much the calibration follows one word.
const RATE: f32 = 0.01;

/// Platt's two numbers: p' = σ(slope · logit p + offset).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    slope: f32,
    offset: f32,
}

impl Default for Calibration {
    /// The identity.
    fn default() -> Self {
        Self { slope: 1.0, offset: 0.0 }
    }
}

impl Calibration {
    /// The calibrated probability; it grows with the one given.
    pub fn apply(self, probability: f32) -> f32 {
        let scaled = self.slope * log_odds(probability) + self.offset;
        1.0 / (1.0 + (-scaled).exp())
    }

    /// Fitted to (stated probability, was it right?) pairs: logistic regression by Newton's method, with a prior towards the
    /// identity worth `PRIOR` pairs.
    pub(crate) fn fit(observed: &[(f32, bool)]) -> Self {
        const PRIOR: f64 = 20.0;
        const STEPS: usize = 20;
        let (mut slope, mut offset) = (1.0_f64, 0.0_f64);
        for _ in 0..STEPS {
            let (mut gradient, mut curvature) =
                ((PRIOR * (1.0 - slope), -PRIOR * offset), (PRIOR, 0.0, PRIOR));
            for &(stated, came) in observed {
                let x = f64::from(log_odds(stated));
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

    /// Learns from one word: the probability it was stated to have, and whether it was right.
    pub(crate) fn learn(&mut self, stated: f32, came: bool) {
        let error = f32::from(came) - self.apply(stated);
        self.offset += RATE * error;
        self.slope = (self.slope + 0.2 * RATE * error * log_odds(stated)).clamp(0.2, 3.0);
    }
}

fn log_odds(probability: f32) -> f32 {
    let probability = probability.clamp(1e-4, 1.0 - 1e-4);
    (probability / (1.0 - probability)).ln()
}

/// One row of a reliability table: how often words were right whose stated probability was about the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Places at which the best word had such a probability.
    pub places: usize,
    /// Mean stated probability, 0 to 1.
    pub said: f64,
    /// Share of the places at which the word was right, 0 to 1.
    pub came: f64,
}

impl Reliability {
    /// Rows of a table: tenths.
    pub const ROWS: usize = 10;

    /// Counts one more place in the row of its `stated` probability.
    pub(crate) fn count(table: &mut [Self; Self::ROWS], stated: f32, came: bool) {
        let row = &mut table[((stated * Self::ROWS as f32) as usize).min(Self::ROWS - 1)];
        row.places += 1;
        let share = 1.0 / row.places as f64;
        row.said += share * (f64::from(stated) - row.said);
        row.came += share * (f64::from(u8::from(came)) - row.came);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibration_converges_to_the_rates_and_keeps_the_order() {
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
        for (stated, came) in [(0.72, true), (0.78, false), (0.75, true), (1.0, true)] {
            Reliability::count(&mut table, stated, came);
        }
        assert_eq!((table[7].places, table[9].places), (3, 1));
        assert!((table[7].said - 0.75).abs() < 1e-6 && (table[7].came - 2.0 / 3.0).abs() < 1e-9);
    }
}
