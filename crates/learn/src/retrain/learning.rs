//! The steps of a retraining: how the network learns, and when it stops.

use std::time::Duration;

use super::budget::Budget;
use super::{LEARNED, MEASURED, Run, Wish};
use crate::corpus::{Document, Split};
use crate::train::{Trainer, TrainerOptions, TrainingPhase, TrainingPlan, schedule, streams, trainer};
use model::rnn::RnnNetwork;

/// What learning came to.
pub(super) struct Learned {
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

impl Run<'_> {
    /// Takes steps until `limit` is over, the passes are made or validation gains no more. `None` when cancelled.
    pub(super) fn learn(
        &mut self,
        network: RnnNetwork<f32>,
        plan: &TrainingPlan,
        split: &Split,
        budget: Budget,
        limit: Duration,
    ) -> Option<(RnnNetwork<f32>, Learned)> {
        let bytes = |documents: &[Document]| {
            documents.iter().map(|d| streams::symbols(d.text.as_bytes())).collect::<Vec<_>>()
        };
        let validation = budget.validated(&split.validation);
        let validation = validation.iter().map(|text| streams::symbols(text.as_bytes())).collect();
        let size = split.train.iter().map(|d| d.text.len()).sum();
        let mut trainer = Trainer::new(network, bytes(&split.train), validation, options(plan, size));
        self.report.phase = TrainingPhase::Training;
        self.report.progress = MEASURED;
        self.report.validation_bits = trainer.validate();
        if let (Some(bits), false) = (self.report.validation_bits, plan.from_scratch) {
            trainer.set_peak(trainer::bending_rate(bits));
        }
        self.send();

        let validate_every = (trainer.steps_per_epoch() / 2).max(10);
        let (mut began, mut symbols) = (self.host.now(), 0);
        let (mut bits, mut stepped) = (0.0, 0_usize);
        while !trainer.is_done() {
            let paused = self.host.now();
            self.host.wait_while_paused();
            began += self.host.now().saturating_sub(paused);
            let spent = self.host.now().saturating_sub(began);
            if self.host.wish() != Wish::Continue || spent >= limit {
                break;
            }
            let by_steps = trainer.steps() as f64 / trainer.planned_steps().max(1) as f64;
            let progress = schedule::progress(by_steps, spent.as_secs_f64() / limit.as_secs_f64());
            let outcome = trainer.step(progress);
            symbols += outcome.symbols;
            if !outcome.dropped {
                bits += outcome.bits;
                stepped += 1;
            }
            let validation =
                trainer.steps().is_multiple_of(validate_every).then(|| trainer.validate()).flatten();
            if validation.is_some() || self.is_due() {
                let seconds = self.host.now().saturating_sub(began).as_secs_f64();
                self.report.progress = MEASURED + (LEARNED - MEASURED) * progress;
                self.report.step = trainer.steps();
                self.report.epoch = trainer.epoch();
                self.report.train_bits = (stepped > 0).then(|| bits / stepped as f64);
                self.report.validation_bits = validation;
                self.report.bytes_per_second = symbols as f64 / seconds.max(1e-9);
                self.report.gradient_norm = outcome.gradient_norm;
                self.report.clipped_share = trainer.clipped_share();
                self.report.dropped_steps = trainer.dropped_steps();
                self.report.learning_rate = outcome.rate;
                self.report.eta_seconds =
                    (seconds > 3.0 && progress > 0.0).then(|| seconds / progress * (1.0 - progress));
                self.send();
                (bits, stepped) = (0.0, 0);
            }
        }
        if self.is_cancelled() {
            return None;
        }
        let seconds = self.host.now().saturating_sub(began).as_secs_f64();
        self.report.validation_bits = trainer.validate();
        self.report.train_bits = (stepped > 0).then(|| bits / stepped as f64);
        self.report.progress = LEARNED;
        self.send();
        let learned = Learned { bytes: symbols, steps: trainer.steps(), seconds };
        Some((trainer.into_best(), learned))
    }
}
