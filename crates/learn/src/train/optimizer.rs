//! From a gradient to a step: Adam or plain gradient descent, each as a loop over the flat parameters.
//!
//! Every value is stepped on its own, so the vector can be cut anywhere and the pieces stepped by different threads: the
//! bits are the same.

use super::adam::{Adam, AdamOptions};
use model::nn::Real;

/// How steps are taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptimizerOptions {
    /// Adam with decoupled weight decay.
    Adam(AdamOptions),
    /// Stochastic gradient descent, with momentum as PyTorch has it (Sutskever et al. 2013).
    Sgd {
        /// Share of the last step that is taken again; 0 for none.
        momentum: f64,
        /// Share of each parameter taken away at a step, times the rate.
        weight_decay: f64,
    },
}

impl Default for OptimizerOptions {
    fn default() -> Self {
        Self::Adam(AdamOptions::default())
    }
}

/// An optimiser and what it remembers of earlier gradients.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Optimizer<T> {
    /// Adam and its two running means.
    Adam(Adam<T>),
    /// Gradient descent.
    Sgd(Sgd<T>),
}

/// Gradient descent's memory.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sgd<T> {
    momentum: f64,
    weight_decay: f64,
    /// `[parameters]`; empty without momentum.
    velocity: Vec<T>,
}

impl<T: Real> Optimizer<T> {
    /// For `parameters` values, with nothing remembered.
    pub(super) fn new(parameters: usize, options: OptimizerOptions) -> Self {
        match options {
            OptimizerOptions::Adam(options) => Self::Adam(Adam::new(parameters, options)),
            OptimizerOptions::Sgd { momentum, weight_decay } => {
                let velocity = vec![T::zero(); if momentum > 0.0 { parameters } else { 0 }];
                Self::Sgd(Sgd { momentum, weight_decay, velocity })
            }
        }
    }

    /// One step down `gradient · scale` at `rate`, on up to `threads` threads.
    ///
    /// # Panics
    /// When the lengths differ.
    pub(super) fn step(&mut self, values: &mut [T], gradient: &[T], scale: f64, rate: f64, threads: usize) {
        assert_eq!(values.len(), gradient.len(), "gradient is of another network");
        let run = piece(values.len(), threads);
        match self {
            Self::Adam(adam) => {
                let step = adam.begin(values.len(), scale, rate);
                let (means, squares) = adam.memory_mut();
                let pieces = values
                    .chunks_mut(run)
                    .zip(gradient.chunks(run))
                    .zip(means.chunks_mut(run).zip(squares.chunks_mut(run)));
                on_threads(pieces, |((values, gradient), (means, squares))| {
                    step.apply(values, gradient, means, squares);
                });
            }
            Self::Sgd(sgd) => {
                let of = T::from_f64;
                let (momentum, keep) = (of(sgd.momentum), of(1.0 - rate * sgd.weight_decay));
                let (rate, scale) = (of(rate), of(scale));
                if sgd.velocity.is_empty() {
                    on_threads(values.chunks_mut(run).zip(gradient.chunks(run)), |(values, gradient)| {
                        for (value, &g) in values.iter_mut().zip(gradient) {
                            *value = keep * *value - rate * scale * g;
                        }
                    });
                    return;
                }
                let pieces =
                    values.chunks_mut(run).zip(gradient.chunks(run)).zip(sgd.velocity.chunks_mut(run));
                on_threads(pieces, |((values, gradient), velocity)| {
                    for ((value, &g), velocity) in values.iter_mut().zip(gradient).zip(velocity) {
                        *velocity = momentum * *velocity + scale * g;
                        *value = keep * *value - rate * *velocity;
                    }
                });
            }
        }
    }

    /// What it remembers, for a checkpoint: steps taken, and its vectors.
    pub(super) fn memory(&self) -> (u64, Vec<&[T]>) {
        match self {
            Self::Adam(adam) => adam.memory(),
            Self::Sgd(sgd) => (0, vec![&sgd.velocity]),
        }
    }

    /// Restores what [`memory`](Self::memory) returned. Returns whether it fits.
    pub(super) fn set_memory(&mut self, steps: u64, vectors: &[Vec<T>]) -> bool {
        match self {
            Self::Adam(adam) => adam.set_memory(steps, vectors),
            Self::Sgd(sgd) => match vectors {
                [velocity] if velocity.len() == sgd.velocity.len() => {
                    sgd.velocity.copy_from_slice(velocity);
                    true
                }
                _ => false,
            },
        }
    }
}

/// Values a thread takes at a time, so that `threads` share `len` of them: whole runs of 256.
pub(super) fn piece(len: usize, threads: usize) -> usize {
    /// Below this a thread costs more than it saves.
    const LEAST: usize = 1 << 16;
    len.div_ceil(threads.max(1)).next_multiple_of(256).max(LEAST)
}

/// Runs `work` on each piece, the first one here and each other on a thread of its own.
pub(super) fn on_threads<P: Send>(mut pieces: impl Iterator<Item = P>, work: impl Fn(P) + Sync) {
    let first = pieces.next();
    std::thread::scope(|scope| {
        let work = &work;
        for piece in pieces {
            scope.spawn(move || work(piece));
        }
        if let Some(first) = first {
            work(first);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_of_adam_is_the_rate_whatever_the_gradients_size() {
        let mut adam = Optimizer::new(3, OptimizerOptions::default());
        let mut values = [1.0_f64, 1.0, 1.0];
        adam.step(&mut values, &[100.0, -0.001, 0.0], 1.0, 0.1, 1);
        assert!((values[0] - 0.9).abs() < 1e-6 && (values[1] - 1.1).abs() < 1e-5);
        assert_eq!(values[2], 1.0);
    }

    #[test]
    fn decay_of_adam_shrinks_without_a_gradient() {
        let options = AdamOptions { weight_decay: 0.5, ..AdamOptions::default() };
        let mut adam = Optimizer::new(1, OptimizerOptions::Adam(options));
        let mut values = [2.0_f32];
        adam.step(&mut values, &[0.0], 1.0, 0.1, 1);
        assert!((values[0] - 1.9).abs() < 1e-6);
    }

    #[test]
    fn momentum_adds_up_as_in_pytorch() {
        let mut sgd = Optimizer::new(1, OptimizerOptions::Sgd { momentum: 0.5, weight_decay: 0.0 });
        let mut values = [1.0_f64];
        // v = g; v = g/2 + g; v = 3g/4 + g, with g = 1 and a rate of 0.1.
        for expected in [0.9, 0.75, 0.575] {
            sgd.step(&mut values, &[2.0], 0.5, 0.1, 1);
            assert!((values[0] - expected).abs() < 1e-12, "{} {expected}", values[0]);
        }
    }

    #[test]
    fn plain_descent_is_the_gradient_times_the_rate_and_decay_shrinks() {
        let mut sgd = Optimizer::new(2, OptimizerOptions::Sgd { momentum: 0.0, weight_decay: 0.5 });
        let mut values = [1.0_f64, -2.0];
        sgd.step(&mut values, &[3.0, 0.0], 1.0, 0.1, 1);
        assert!((values[0] - 0.65).abs() < 1e-12 && (values[1] + 1.9).abs() < 1e-12);
    }

    #[test]
    fn threads_change_no_bit() {
        let gradient: Vec<f32> = (0..200_001).map(|i| ((i * 37) % 101) as f32 / 50.0 - 1.0).collect();
        for options in [
            OptimizerOptions::default(),
            OptimizerOptions::Sgd { momentum: 0.9, weight_decay: 0.01 },
            OptimizerOptions::Sgd { momentum: 0.0, weight_decay: 0.0 },
        ] {
            let run = |threads: usize| {
                let mut values = vec![0.5_f32; gradient.len()];
                let mut optimizer = Optimizer::new(values.len(), options);
                for _ in 0..3 {
                    optimizer.step(&mut values, &gradient, 0.7, 1e-2, threads);
                }
                values
            };
            assert!(run(1) == run(3), "{options:?}");
        }
    }
}
