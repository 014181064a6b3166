//! Dropout: units left out at random while training, so that none comes to lean on another (Srivastava et al. 2014).
//!
//! A mask holds 0 with probability p and 1 / (1 − p) otherwise, so the model is used without scaling. Between
//! recurrent layers one mask serves all time steps of a window (Gal & Ghahramani 2016): noise that changed at each step
//! would be noise in what the state remembers.

use rand::{Rng, RngExt as _};

use super::Real;

/// The probability of being left out, 0 to below 1, by place.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Dropout {
    /// Of the embedding, before the first layer.
    pub input: f64,
    /// Between two layers.
    pub between: f64,
    /// After the last layer, before the output.
    pub output: f64,
}

impl Dropout {
    /// Nothing is left out.
    pub const NONE: Self = Self { input: 0.0, between: 0.0, output: 0.0 };

    /// Each probability times `factor`.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { input: self.input * factor, between: self.between * factor, output: self.output * factor }
    }
}

/// Fills a mask that leaves out with probability `p`. At 0 it draws nothing and fills with ones.
pub(crate) fn fill_mask<T: Real>(generator: &mut impl Rng, p: f64, mask: &mut [T]) {
    if p <= 0.0 {
        mask.fill(T::one());
        return;
    }
    let kept = T::from_f64(1.0 / (1.0 - p));
    let threshold = (p * f64::from(u32::MAX)) as u32;
    for m in mask {
        *m = if generator.random::<u32>() < threshold { T::zero() } else { kept };
    }
}

/// Multiplies each of `rows: [time · batch, width]` by the mask of its sequence: `mask: [batch, width]`. An empty mask
/// leaves nothing out.
pub fn apply<T: Real>(mask: &[T], rows: &mut [T]) {
    if mask.is_empty() {
        return;
    }
    for step in rows.chunks_exact_mut(mask.len()) {
        for (x, &m) in step.iter_mut().zip(mask) {
            *x *= m;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    #[test]
    fn the_mean_stays_and_the_share_left_out_is_the_probability() {
        let mut mask = vec![0.0_f64; 40_000];
        fill_mask(&mut StdRng::seed_from_u64(1), 0.3, &mut mask);
        let out = mask.iter().filter(|&&m| m == 0.0).count() as f64 / mask.len() as f64;
        assert!((out - 0.3).abs() < 0.01, "{out}");
        let mean = mask.iter().sum::<f64>() / mask.len() as f64;
        assert!((mean - 1.0).abs() < 0.02, "{mean}");
    }

    #[test]
    fn one_mask_serves_every_time_step() {
        let mut rows = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0];
        apply(&[0.0, 2.0], &mut rows);
        assert_eq!(rows, [0.0, 4.0, 0.0, 8.0, 0.0, 12.0]);
    }

    #[test]
    fn without_dropout_nothing_changes_and_nothing_is_drawn() {
        let (mut used, mut fresh) = (StdRng::seed_from_u64(2), StdRng::seed_from_u64(2));
        let mut mask = [0.0_f32; 5];
        fill_mask(&mut used, 0.0, &mut mask);
        assert_eq!(mask, [1.0; 5]);
        assert_eq!(used.random::<u64>(), fresh.random::<u64>());
    }
}
