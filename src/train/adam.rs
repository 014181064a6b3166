//! Adam with decoupled weight decay (Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019), and clipping.

use crate::nn::Real;

/// Adam's constants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamOptions {
    /// Decay of the mean of gradients, β₁.
    pub beta1: f64,
    /// Decay of the mean of squared gradients, β₂.
    pub beta2: f64,
    /// Added to the root, ε.
    pub epsilon: f64,
    /// Share of each parameter taken away at a step, times the rate.
    pub weight_decay: f64,
}

impl Default for AdamOptions {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

/// Running means of every parameter's gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct Adam<T> {
    options: AdamOptions,
    mean: Vec<T>,
    square: Vec<T>,
    steps: u64,
}

impl<T: Real> Adam<T> {
    /// For `parameters` values.
    pub fn new(parameters: usize, options: AdamOptions) -> Self {
        Self { options, mean: vec![T::zero(); parameters], square: vec![T::zero(); parameters], steps: 0 }
    }

    /// One step down `gradient · scale`, bias-corrected.
    ///
    /// # Panics
    /// When the lengths differ.
    pub fn step(&mut self, values: &mut [T], gradient: &[T], scale: f64, rate: f64) {
        assert_eq!(values.len(), self.mean.len(), "values are of another network");
        assert_eq!(gradient.len(), self.mean.len(), "gradient is of another network");
        self.steps += 1;
        let AdamOptions { beta1, beta2, epsilon, weight_decay } = self.options;
        let age = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let of = T::from_f64;
        let rate_of_mean = of(rate / (1.0 - beta1.powi(age)));
        let root_correction = of(1.0 / (1.0 - beta2.powi(age)).sqrt());
        let (b1, b2, c1, c2) = (of(beta1), of(beta2), of(1.0 - beta1), of(1.0 - beta2));
        let (scale, epsilon, keep) = (of(scale), of(epsilon), of(1.0 - rate * weight_decay));
        for (((value, &g), mean), square) in
            values.iter_mut().zip(gradient).zip(&mut self.mean).zip(&mut self.square)
        {
            let g = g * scale;
            *mean = b1 * *mean + c1 * g;
            *square = b2 * *square + c2 * g * g;
            *value = keep * *value - rate_of_mean * *mean / (square.sqrt() * root_correction + epsilon);
        }
    }
}

/// ‖gradient‖₂ over all parameters.
pub fn global_norm<T: Real>(gradient: &[T]) -> f64 {
    // Sums of short runs in the float itself, of the runs in f64: fast, and exact enough for millions of values.
    let runs = gradient.chunks(256).map(|run| {
        let mut sums = [T::zero(); 16];
        let chunks = run.chunks_exact(16);
        let rest: T = chunks.remainder().iter().map(|&g| g * g).sum();
        for chunk in chunks {
            sums.iter_mut().zip(chunk).for_each(|(sum, &g)| *sum += g * g);
        }
        sums.iter().fold(rest, |a, &b| a + b).into_f64()
    });
    runs.sum::<f64>().sqrt()
}

/// What to multiply the gradient by so that its global norm is at most `limit` (Pascanu et al. 2013).
pub fn clip_scale(norm: f64, limit: f64) -> f64 {
    if norm > limit { limit / (norm + 1e-6) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_the_rate_whatever_the_gradients_size() {
        let mut adam = Adam::new(3, AdamOptions::default());
        let mut values = [1.0_f64, 1.0, 1.0];
        adam.step(&mut values, &[100.0, -0.001, 0.0], 1.0, 0.1);
        assert!((values[0] - 0.9).abs() < 1e-6 && (values[1] - 1.1).abs() < 1e-5);
        assert_eq!(values[2], 1.0);
    }

    #[test]
    fn decay_shrinks_without_a_gradient() {
        let mut adam = Adam::new(1, AdamOptions { weight_decay: 0.5, ..AdamOptions::default() });
        let mut values = [2.0_f32];
        adam.step(&mut values, &[0.0], 1.0, 0.1);
        assert!((values[0] - 1.9).abs() < 1e-6);
    }

    #[test]
    fn clipping_brings_the_norm_to_the_limit_and_leaves_small_ones() {
        let gradient: Vec<f32> = (0..1000).map(|i| (i % 7) as f32 - 3.0).collect();
        let norm = global_norm(&gradient);
        assert!((norm - gradient.iter().map(|&g| f64::from(g * g)).sum::<f64>().sqrt()).abs() < 1e-6);
        assert!((norm * clip_scale(norm, 1.0) - 1.0).abs() < 1e-6);
        assert_eq!(clip_scale(0.5, 1.0), 1.0);
    }
}
