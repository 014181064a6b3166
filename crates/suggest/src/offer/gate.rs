//! When a word may stand as ghost text: where its calibrated probability reaches a threshold, so that what is shown is mostly right.
//! One setting, eagerness, moves the threshold.

/// Letters a ghost must save at least: to take one costs a keystroke too.
const LEAST_SAVING: usize = 2;

/// The threshold at eagerness 0.
const QUIET: f32 = 0.95;

/// The threshold at eagerness 1. Half-way, at 0.62, about four ghosts in five are right under the base model.
const EAGER: f32 = 0.29;

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

    /// The calibrated probability at and above which a ghost is shown.
    pub fn threshold(self) -> f32 {
        self.threshold
    }

    /// Whether the rest of a word may stand as ghost text. `calibrated` is its probability; `goes_on`: it is likelier than that the word is
    /// complete already.
    pub(crate) fn shows(self, completion: &str, calibrated: f32, goes_on: bool) -> bool {
        calibrated >= self.threshold && goes_on && completion.chars().count() >= LEAST_SAVING
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
        assert!(gate.shows("ing", 0.4, true));
        assert!(!gate.shows("ing", 0.39, true), "unsure");
        assert!(!gate.shows("s", 0.9, true), "one letter");
        assert!(!gate.shows("ing", 0.45, false), "the word is more likely done");
        assert!(gate.shows("은다", 0.9, true), "characters are counted, not bytes");
    }
}
