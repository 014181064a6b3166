//! Adam with decoupled weight decay (Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019), and clipping.

use model::nn::Real;

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
pub(super) struct Adam<T> {
    options: AdamOptions,
    mean: Vec<T>,
    square: Vec<T>,
    steps: u64,
}

impl<T: Real> Adam<T> {
    /// For `parameters` values.
    pub(super) fn new(parameters: usize, options: AdamOptions) -> Self {
        Self { options, mean: vec![T::zero(); parameters], square: vec![T::zero(); parameters], steps: 0 }
    }

    /// Counts a step of `parameters` values, down `gradient · scale` at `rate`, and works out its bias-corrected constants.
    pub(super) fn begin(&mut self, parameters: usize, scale: f64, rate: f64) -> AdamStep<T> {
        assert_eq!(parameters, self.mean.len(), "values are of another network");
        self.steps += 1;
        let AdamOptions { beta1, beta2, epsilon, weight_decay } = self.options;
        let age = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let of = T::from_f64;
        AdamStep {
            rate_of_mean: of(rate / (1.0 - beta1.powi(age))),
            root_correction: of(1.0 / (1.0 - beta2.powi(age)).sqrt()),
            beta1: of(beta1),
            beta2: of(beta2),
            rest1: of(1.0 - beta1),
            rest2: of(1.0 - beta2),
            scale: of(scale),
            epsilon: of(epsilon),
            keep: of(1.0 - rate * weight_decay),
        }
    }

    /// The running means of the gradient and of its square, to be stepped.
    pub(super) fn memory_mut(&mut self) -> (&mut [T], &mut [T]) {
        (&mut self.mean, &mut self.square)
    }

    /// Steps taken, and the running means.
    pub(super) fn memory(&self) -> (u64, Vec<&[T]>) {
        (self.steps, vec![&self.mean, &self.square])
    }

    /// Restores what [`memory`](Self::memory) returned. Returns whether it fits.
    pub(super) fn set_memory(&mut self, steps: u64, vectors: &[Vec<T>]) -> bool {
        match vectors {
            [mean, square] if mean.len() == self.mean.len() && square.len() == self.square.len() => {
                self.mean.copy_from_slice(mean);
                self.square.copy_from_slice(square);
                self.steps = steps;
                true
            }
            _ => false,
        }
    }
}

/// The constants of one step.
#[derive(Debug, Clone, Copy)]
pub(super) struct AdamStep<T> {
    rate_of_mean: T,
    root_correction: T,
    beta1: T,
    beta2: T,
    rest1: T,
    rest2: T,
    scale: T,
    epsilon: T,
    keep: T,
}

impl<T: Real> AdamStep<T> {
    /// Steps a run of values; each on its own, so runs may be stepped anywhere and in any order.
    pub(super) fn apply(&self, values: &mut [T], gradient: &[T], means: &mut [T], squares: &mut [T]) {
        for (((value, &g), mean), square) in values.iter_mut().zip(gradient).zip(means).zip(squares) {
            let g = g * self.scale;
            *mean = self.beta1 * *mean + self.rest1 * g;
            *square = self.beta2 * *square + self.rest2 * g * g;
            *value = self.keep * *value
                - self.rate_of_mean * *mean / (square.sqrt() * self.root_correction + self.epsilon);
        }
    }
}

/// Σ gradient². Sums of short runs are in the float itself, of the runs in `f64`: fast, and exact enough for millions of
/// values.
pub(super) fn sum_of_squares<T: Real>(gradient: &[T]) -> f64 {
    let runs = gradient.chunks(256).map(|run| {
        let mut sums = [T::zero(); 16];
        let chunks = run.chunks_exact(16);
        let rest: T = chunks.remainder().iter().map(|&g| g * g).sum();
        for chunk in chunks {
            sums.iter_mut().zip(chunk).for_each(|(sum, &g)| *sum += g * g);
        }
        sums.iter().fold(rest, |a, &b| a + b).into_f64()
    });
    runs.sum()
}

/// What to multiply the gradient by so that its global norm is at most `limit` (Pascanu et al. 2013).
pub(crate) fn clip_scale(norm: f64, limit: f64) -> f64 {
    if norm > limit { limit / (norm + 1e-6) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipping_brings_the_norm_to_the_limit_and_leaves_small_ones() {
        let gradient: Vec<f32> = (0..1000).map(|i| (i % 7) as f32 - 3.0).collect();
        let norm = sum_of_squares(&gradient).sqrt();
        assert!((norm - gradient.iter().map(|&g| f64::from(g * g)).sum::<f64>().sqrt()).abs() < 1e-6);
        assert!((norm * clip_scale(norm, 1.0) - 1.0).abs() < 1e-6);
        assert_eq!(clip_scale(0.5, 1.0), 1.0);
    }
}
