//! The steps of a retraining: how the network learns, and when it stops.

use std::ops::ControlFlow;
use std::time::Duration;

use super::budget::TimeBudget;
use super::{LEARNED, MEASURED, Retraining, Wish};
use crate::corpus::Split;
use crate::train::run::{RunLimits, Step, Supervisor, run};
use crate::train::{Trainer, TrainerOptions, TrainingPhase, TrainingPlan, streams, trainer};
use model::Symbol;
use model::rnn::RnnNetwork;
use suggest::word::levelled;

/// The outcome of learning.
pub(super) struct Trained {
    /// Bytes learned from, all passes together.
    pub(super) bytes: usize,
    /// Optimiser steps.
    pub(super) steps: u64,
    /// Time spent, pauses left out.
    pub(super) seconds: f64,
}

/// How a model is trained on `bytes` of documents: short texts need small batches to take enough steps at all.
fn options(plan: &TrainingPlan, bytes: usize) -> TrainerOptions {
    let batch = (bytes / 10_000).clamp(8, 32);
    TrainerOptions { batch, threads: plan.threads, seed: plan.seed, ..trainer::options(plan.from_scratch) }
}

/// A text as the network reads it where it suggests: with its typography levelled.
fn symbols(text: &str) -> Vec<Symbol> {
    streams::symbols(levelled(text).as_bytes())
}

impl Retraining<'_> {
    /// Takes steps until `limit` is over, the passes are made or validation gains no more. `None` when cancelled.
    pub(super) fn learn(
        &mut self,
        network: RnnNetwork<f32>,
        plan: &TrainingPlan,
        split: &Split,
        budget: TimeBudget,
        limit: Duration,
    ) -> Option<(RnnNetwork<f32>, Trained)> {
        let train = split.train.iter().map(|document| symbols(&document.text)).collect();
        let validation = budget.validated(&split.validation).into_iter().map(symbols).collect();
        let size = split.train.iter().map(|document| document.text.len()).sum();
        let mut trainer = Trainer::new(network, train, validation, options(plan, size));
        self.report.phase = TrainingPhase::Training;
        self.report.progress = MEASURED;
        self.report.validation_bits = trainer.validate();
        if let (Some(bits), false) = (self.report.validation_bits, plan.from_scratch) {
            trainer.set_peak(trainer::fine_tuning_rate(bits));
        }
        self.send();

        let validate_every = (trainer.steps_per_epoch() / 2).max(10);
        let began = self.host.now();
        let mut learning = Learning { run: self, began, symbols: 0, bits: 0.0, stepped: 0 };
        // A run finished early is judged as it is; a cancelled one ends below.
        let _ = run(&mut trainer, RunLimits { time: limit, validate_every }, &mut learning);
        let (seconds, train_bits) = (learning.spent().as_secs_f64(), learning.take_bits());
        let symbols = learning.symbols;
        if self.is_cancelled() {
            return None;
        }
        self.report.validation_bits = trainer.validate();
        self.report.train_bits = train_bits;
        self.report.progress = LEARNED;
        self.send();
        let learned = Trained { bytes: symbols, steps: trainer.steps(), seconds };
        Some((trainer.into_best(), learned))
    }
}

/// The steps of a retraining, reported.
struct Learning<'a, 'b> {
    run: &'a mut Retraining<'b>,
    /// When learning began, pauses left out.
    began: Duration,
    /// Bytes learned from.
    symbols: usize,
    /// The sum of the losses since the last report, bits per byte, and their number.
    bits: f64,
    stepped: usize,
}

impl Learning<'_, '_> {
    /// The mean loss since the last report.
    fn take_bits(&mut self) -> Option<f64> {
        let (bits, stepped) = (std::mem::take(&mut self.bits), std::mem::take(&mut self.stepped));
        (stepped > 0).then(|| bits / stepped as f64)
    }
}

impl Supervisor<RnnNetwork<f32>> for Learning<'_, '_> {
    type Stop = ();

    fn spent(&self) -> Duration {
        self.run.host.now().saturating_sub(self.began)
    }

    fn before_step(&mut self) -> ControlFlow<()> {
        let paused = self.run.host.now();
        self.run.host.wait_while_paused();
        self.began += self.run.host.now().saturating_sub(paused);
        if self.run.host.wish() == Wish::Continue {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    fn after_step(&mut self, trainer: &Trainer<RnnNetwork<f32>>, step: &Step) -> ControlFlow<()> {
        let Step { outcome, progress, validation } = *step;
        self.symbols += outcome.symbols;
        if !outcome.dropped {
            self.bits += outcome.bits;
            self.stepped += 1;
        }
        if validation.is_some() || self.run.is_due() {
            let seconds = self.spent().as_secs_f64();
            let train_bits = self.take_bits();
            let report = &mut self.run.report;
            report.progress = MEASURED + (LEARNED - MEASURED) * progress;
            report.step = trainer.steps();
            report.epoch = trainer.epoch();
            report.train_bits = train_bits;
            report.validation_bits = validation;
            report.bytes_per_second = self.symbols as f64 / seconds.max(1e-9);
            report.gradient_norm = outcome.gradient_norm;
            report.clipped_share = trainer.clipped_share();
            report.dropped_steps = trainer.dropped_steps();
            report.learning_rate = outcome.rate;
            report.eta_seconds =
                (seconds > 3.0 && progress > 0.0).then(|| seconds / progress * (1.0 - progress));
            self.run.send();
        }
        ControlFlow::Continue(())
    }
}
