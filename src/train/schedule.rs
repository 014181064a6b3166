//! The learning rate over a run: warm-up, then half a cosine (Loshchilov & Hutter 2017, equation 5).

/// How the rate moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// The greatest rate.
    pub peak: f64,
    /// Steps of linear warm-up.
    pub warm_up: u64,
    /// The last rate, as a share of the peak.
    pub last: f64,
}

impl Schedule {
    /// The rate of step `step` (from 0) when `progress`, 0 to 1, of the run is over.
    ///
    /// Progress is an argument because a run may be bounded by steps or by a clock that this module does not have.
    pub fn rate(self, step: u64, progress: f64) -> f64 {
        let warm = if step < self.warm_up { (step + 1) as f64 / self.warm_up as f64 } else { 1.0 };
        let cosine = 0.5 * (1.0 + (std::f64::consts::PI * progress.clamp(0.0, 1.0)).cos());
        self.peak * warm * (self.last + (1.0 - self.last) * cosine)
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn warms_up_and_cools_down() {
        let schedule = Schedule { peak: 2.0, warm_up: 4, last: 0.1 };
        assert_eq!(schedule.rate(0, 0.0), 0.5);
        assert_eq!(schedule.rate(3, 0.0), 2.0);
        assert!((schedule.rate(100, 0.5) - 1.1).abs() < 1e-12);
        assert!((schedule.rate(100, 1.0) - 0.2).abs() < 1e-12);
        assert_eq!(schedule.rate(100, 7.0), schedule.rate(100, 1.0));
    }
}
