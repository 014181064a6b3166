//! The learning rate over a run: warm-up, then half a cosine (Loshchilov & Hutter 2017, equation 5) or a fall whenever
//! validation stops gaining.

/// How the rate moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// The greatest rate.
    pub peak: f64,
    /// Steps of linear warm-up.
    pub warm_up: u64,
    /// How it falls.
    pub decay: Decay,
}

/// How the rate falls after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decay {
    /// Along half a cosine over the run.
    Cosine {
        /// The last rate, as a share of the peak.
        last: f64,
    },
    /// By a factor each time that validation has not gained so often in a row (Mikolov 2012 halves at the first).
    Plateau {
        /// What it is multiplied by.
        factor: f64,
        /// Validations without a gain before that, at least 1.
        patience: usize,
    },
}

impl Schedule {
    /// The rate of step `step` (from 0) when `progress`, 0 to 1, of the run is over and the rate has fallen at `falls`
    /// plateaus.
    ///
    /// Progress is an argument because a run may be bounded by steps or by a clock that this module does not have.
    pub fn rate(self, step: u64, progress: f64, falls: u32) -> f64 {
        let warm = if step < self.warm_up { (step + 1) as f64 / self.warm_up as f64 } else { 1.0 };
        let share = match self.decay {
            Decay::Cosine { last } => {
                let cosine = 0.5 * (1.0 + (std::f64::consts::PI * progress.clamp(0.0, 1.0)).cos());
                last + (1.0 - last) * cosine
            }
            Decay::Plateau { factor, .. } => factor.powi(falls.cast_signed()),
        };
        self.peak * warm * share
    }
}

/// How much of a run is over, 0 to 1, when it ends at whichever comes first: all its steps, or a time.
///
/// `by_steps` and `by_clock` are the shares of the two. The clock counts only where it will be first, and not in the first
/// hundredth, where a slow start means nothing. So a run with time enough, and its weights, depend on the steps alone.
pub fn progress(by_steps: f64, by_clock: f64) -> f64 {
    if by_steps > 0.01 { by_steps.max(by_clock) } else { by_steps }
}

#[cfg(test)]
mod tests {
    use super::{Decay, Schedule, progress};

    #[test]
    fn progress_is_that_of_whatever_ends_the_run_first() {
        assert_eq!(progress(0.0, 0.3), 0.0);
        assert_eq!(progress(0.5, 0.4), 0.5);
        assert_eq!(progress(0.5, 0.6), 0.6);
    }

    #[test]
    fn warms_up_and_cools_down() {
        let schedule = Schedule { peak: 2.0, warm_up: 4, decay: Decay::Cosine { last: 0.1 } };
        assert_eq!(schedule.rate(0, 0.0, 0), 0.5);
        assert_eq!(schedule.rate(3, 0.0, 0), 2.0);
        assert!((schedule.rate(100, 0.5, 0) - 1.1).abs() < 1e-12);
        assert!((schedule.rate(100, 1.0, 0) - 0.2).abs() < 1e-12);
        assert_eq!(schedule.rate(100, 7.0, 0), schedule.rate(100, 1.0, 0));
    }

    #[test]
    fn falls_at_each_plateau_and_not_between() {
        let schedule = Schedule { peak: 2.0, warm_up: 0, decay: Decay::Plateau { factor: 0.5, patience: 1 } };
        assert_eq!(schedule.rate(7, 0.9, 0), 2.0);
        assert_eq!(schedule.rate(7, 0.1, 3), 0.25);
    }
}
