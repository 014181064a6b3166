//! The training loop: step after step until the time is over, the passes are made or validation gains no more.

use std::ops::ControlFlow;
use std::time::Duration;

use super::schedule;
use super::trainer::{StepOutcome, Trainer};
use model::Trainable;

/// When a run ends at the latest, and how often it is validated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// The time for all steps.
    pub time: Duration,
    /// Steps between two validations, at least 1.
    pub validate_every: u64,
}

/// One step of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What it did.
    pub outcome: StepOutcome,
    /// The share of the run that was over before it, 0 to 1.
    pub progress: f64,
    /// Bits per symbol of the validation documents, if they were measured after it.
    pub validation: Option<f64>,
}

/// The caller's part in a run: the clock, and what happens between steps.
pub trait Supervisor<M: Trainable<f32>> {
    /// Why the caller ends a run early.
    type Stop;

    /// The time that the run has taken so far, pauses left out.
    fn spent(&self) -> Duration;

    /// Called before each step; may wait. `Break` ends the run.
    fn before_step(&mut self) -> ControlFlow<Self::Stop> {
        ControlFlow::Continue(())
    }

    /// Called after each step. `Break` ends the run.
    fn after_step(&mut self, trainer: &Trainer<M>, step: &Step) -> ControlFlow<Self::Stop>;
}

/// Takes steps until `trainer` is done, the time of `limits` is over or `supervisor` breaks off.
pub fn run<M: Trainable<f32>, S: Supervisor<M>>(
    trainer: &mut Trainer<M>,
    limits: RunLimits,
    supervisor: &mut S,
) -> ControlFlow<S::Stop> {
    while !trainer.is_done() {
        supervisor.before_step()?;
        let spent = supervisor.spent();
        if spent >= limits.time {
            break;
        }
        let by_steps = trainer.steps() as f64 / trainer.planned_steps().max(1) as f64;
        let progress = schedule::progress(by_steps, spent.as_secs_f64() / limits.time.as_secs_f64());
        let outcome = trainer.step(progress);
        let is_due = trainer.steps().is_multiple_of(limits.validate_every);
        let validation = is_due.then(|| trainer.validate()).flatten();
        supervisor.after_step(trainer, &Step { outcome, progress, validation })?;
    }
    ControlFlow::Continue(())
}
