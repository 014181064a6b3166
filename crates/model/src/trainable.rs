//! The trainer's view of a model: a loss with a gradient over windows of text.

use crate::Symbol;
use crate::nn::{Parameters, Real, Rounding};

/// A window of several texts side by side, time-major: step `t` of text `b` is at `t · batch + b`.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// Texts side by side.
    pub batch: usize,
    /// Symbols read: `[time · batch]`.
    pub inputs: &'a [Symbol],
    /// Symbols to predict (teacher forcing: the inputs one step later): `[time · batch]`.
    pub targets: &'a [Symbol],
}

/// A model that can be trained by gradient descent on windows of text with carried state.
pub trait Trainable<T: Real>: Sync {
    /// One thread's share of the batch: the state carried from window to window, and room to work in.
    type Shard: Send;

    /// How the factors of its products are rounded. A run that is gone on from elsewhere has to have the same.
    fn rounding(&self) -> Rounding {
        Rounding::None
    }

    /// All parameters.
    fn parameters(&self) -> &Parameters<T>;

    /// All parameters, to change. Call [`prepare`](Self::prepare) afterwards.
    fn parameters_mut(&mut self) -> &mut Parameters<T>;

    /// Brings derived values up to date after the parameters have changed.
    fn prepare(&mut self);

    /// A zero state for `batch` texts side by side and windows of up to `time` steps.
    fn shard(&self, batch: usize, time: usize) -> Self::Shard;

    /// Forgets the state of one text of a shard: another document begins there.
    fn reset(&self, shard: &mut Self::Shard, row: usize);

    /// What a shard carries from window to window, as one vector.
    fn state(&self, shard: &Self::Shard) -> Vec<T>;

    /// Sets what a shard carries, as [`state`](Self::state) returned it.
    fn set_state(&self, shard: &mut Self::Shard, state: &[T]);

    /// Cross-entropy of each target, in nats, handed over with its place in the window. Carries the state on.
    fn losses(&self, shard: &mut Self::Shard, window: Window<'_>, each: &mut dyn FnMut(usize, f64));

    /// Cross-entropy over the window, summed, in nats. Carries the state on.
    fn loss(&self, shard: &mut Self::Shard, window: Window<'_>) -> f64 {
        let mut total = 0.0;
        self.losses(shard, window, &mut |_, loss| total += loss);
        total
    }

    /// As [`loss`](Self::loss), but with dropout if the model has it, and adds the gradient of `scale ·` the sum to
    /// `gradient`. `noise` is the seed of dropout's masks: same noise, same masks.
    fn loss_and_gradient(
        &self,
        shard: &mut Self::Shard,
        window: Window<'_>,
        scale: T,
        noise: u64,
        gradient: &mut Parameters<T>,
    ) -> f64;
}
