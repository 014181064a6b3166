//! A retraining: read a folder, measure the model in use, learn, fit the mixture, measure again, compare.
//!
//! All that decides is here: the shares of the time, where learning begins, which words count, whether the new model is better.
//! The program brings the model in use as a [`Parent`] and itself as the [`Host`]: the clock, the writer's commands and the
//! reports. It gets back a [`NewModel`], which it may keep. The model in use is never touched: a copy learns, and is promoted
//! only if it saves more keystrokes on documents that neither of the two has learned from.

use std::error::Error;
use std::ops::ControlFlow;
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::corpus::{ReadError, split, walk};
use crate::train::{StepReport, TrainingPhase, TrainingPlan, TrainingSummary};
use model::Trainable as _;
use model::format::{FormatError, Precision, read_sound, write_rnn};
use model::nn::{Parameters, Rounding};
use model::rnn::{RnnNetwork, RnnShape, StreamingRnn};
use suggest::{
    Evaluation, Observer, Personal, SimulationOptions, SuggestionSettings, TypingProgress, simulate,
};

mod budget;
mod learning;
mod preview;
#[cfg(test)]
mod tests;
mod words;

pub use preview::preview;
pub use words::learn_words;

use budget::{Judged, TimeBudget};
use learning::Trained;

/// No more often than this is a report sent.
const REPORT_EVERY: Duration = Duration::from_millis(150);
/// Shares of the whole job, for the progress bar: measuring before, and learning up to measuring after.
const MEASURED: f64 = 0.12;
const LEARNED: f64 = 0.88;

/// What the writer wants of a running retraining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Learn on.
    Continue,
    /// Stop taking steps, and judge what there is.
    Finish,
    /// Stop and keep nothing.
    Cancel,
}

/// What a retraining needs of the program that runs it.
pub trait Host {
    /// The time since any fixed moment.
    fn now(&self) -> Duration;

    /// What the writer wants; read between steps and between lines.
    fn wish(&self) -> Wish;

    /// Returns once the writer no longer wants a pause. Called between steps; the time it takes is not time spent learning.
    fn wait_while_paused(&mut self);

    /// Shows how far the retraining is.
    fn report(&mut self, report: StepReport);

    /// Checks that a version can be kept that is learned from `bytes` of documents. Called before the work.
    ///
    /// # Errors
    /// Why it cannot be; the retraining ends with it.
    fn check_room(&mut self, bytes: usize) -> Result<(), Box<dyn Error + Send + Sync>>;
}

/// The model in use: what the new one is made from and measured against.
#[derive(Debug)]
pub struct Parent {
    /// Its name.
    pub name: String,
    /// The shape of its network.
    pub shape: RnnShape,
    /// Its parameters.
    pub parameters: Parameters<f32>,
    /// The same network, ready to stream.
    pub model: StreamingRnn,
    /// The words learned and typed with it.
    pub words: Personal,
}

/// What a retraining has made.
#[derive(Debug)]
pub struct NewModel {
    /// The bytes of its model file.
    pub file: Vec<u8>,
    /// The words of its documents, its mixture and its calibration; without the words typed with the parent.
    pub words: Personal,
    /// The figures. `promoted` says whether it is better than its parent; `model` names the parent, as nothing is kept yet.
    pub summary: TrainingSummary,
}

/// How a retraining ended, when nothing failed.
#[derive(Debug)]
pub enum Outcome {
    /// The new model has been measured.
    Judged(Box<NewModel>),
    /// The writer cancelled it.
    Cancelled,
}

/// Why a retraining failed.
#[derive(Debug, thiserror::Error)]
pub enum RetrainError {
    /// The folder holds nothing to learn from.
    #[error(transparent)]
    NotRead(#[from] ReadError),
    /// There are documents, but not enough of them.
    #[error("{0}: there is too little text to learn from and to judge the result on; add more documents")]
    TooLittleText(String),
    /// The host could not keep the result.
    #[error(transparent)]
    NoRoom(Box<dyn Error + Send + Sync>),
    /// The network learned makes no probabilities.
    #[error("the model learned")]
    Unsound(#[source] FormatError),
}

/// Retrains as `plan` says, from `parent` or from random weights. Both are measured with `settings`.
///
/// # Errors
/// When the folder holds nothing to learn from, or the host has no room for the result.
pub fn retrain(
    parent: Parent,
    settings: &SuggestionSettings,
    plan: &TrainingPlan,
    host: &mut dyn Host,
) -> Result<Outcome, RetrainError> {
    let began = host.now();
    let mut run = Retraining { host, report: StepReport::default(), reported: None };
    run.send();
    let corpus = walk::read(&plan.folders)?;
    let (documents, bytes, skipped) = (corpus.documents.len(), corpus.bytes(), preview::skipped(&corpus));
    let split = split::by_document(corpus.documents);
    if split.held_out.is_empty() || split.train.iter().all(|document| document.text.len() <= 1) {
        let folders: Vec<String> = plan.folders.iter().map(|folder| folder.display().to_string()).collect();
        return Err(RetrainError::TooLittleText(folders.join(", ")));
    }
    run.host.check_room(bytes).map_err(RetrainError::NoRoom)?;

    let budget = TimeBudget::of(plan.minutes);
    let judged = budget.judged(&split.held_out);
    let measuring = run.host.now();
    let before = run.measure(TrainingPhase::MeasuringBefore, &parent.model, &parent.words, settings, &judged);
    let Some(before) = before else { return Ok(Outcome::Cancelled) };
    let limit = budget.learning(run.host.now().saturating_sub(measuring));

    let (name, words) = (parent.name, parent.words);
    let (shape, parameters) = if plan.from_scratch {
        let shape = RnnShape::BASE;
        (shape, shape.random_parameters(&mut StdRng::seed_from_u64(plan.seed)))
    } else {
        (parent.shape, parent.parameters)
    };
    let learned = run.learn(
        RnnNetwork::new(shape, parameters).with_rounding(Rounding::fastest()),
        plan,
        &split,
        budget,
        limit,
    );
    let Some((network, learned)) = learned else { return Ok(Outcome::Cancelled) };

    // Judged as it is stored: in half precision.
    let file = write_rnn(shape, network.parameters(), Precision::F16);
    let (_, _, model) = read_sound(&file).map_err(RetrainError::Unsound)?;
    let learned_words = words::learn_words_within(&model, &split, budget.fitted());
    // The new model knows what its parent knew from typing.
    let mut known = learned_words.clone();
    known.keep_typed(&words);
    let after = run.measure(TrainingPhase::MeasuringAfter, &model, &known, settings, &judged);
    let Some(after) = after else { return Ok(Outcome::Cancelled) };

    let Trained { bytes: learned_bytes, steps, seconds } = learned;
    let summary = TrainingSummary {
        documents,
        skipped,
        bytes,
        train_tokens_per_s: learned_bytes as f64 / seconds.max(1e-9),
        steps,
        seconds: run.host.now().saturating_sub(began).as_secs_f64(),
        promoted: saves_more(&after, &before),
        before,
        after,
        model: name,
    };
    Ok(Outcome::Judged(Box::new(NewModel { file, words: learned_words, summary })))
}

/// Whether the first model saves more keystrokes than the second, with five suggestions on show.
fn saves_more(first: &Evaluation, second: &Evaluation) -> bool {
    first.figures.ksr.five > second.figures.ksr.five
}

/// A retraining under way.
struct Retraining<'a> {
    host: &'a mut dyn Host,
    /// The next report.
    report: StepReport,
    /// When the last one was sent.
    reported: Option<Duration>,
}

impl Retraining<'_> {
    /// Sends the report now. Losses are in the first report after they were measured, and in no other.
    fn send(&mut self) {
        self.reported = Some(self.host.now());
        self.host.report(self.report.clone());
        self.report.train_bits = None;
        self.report.validation_bits = None;
    }

    /// Whether the last report is old enough for another.
    fn is_due(&self) -> bool {
        self.reported.is_none_or(|at| self.host.now().saturating_sub(at) >= REPORT_EVERY)
    }

    fn is_cancelled(&self) -> bool {
        self.host.wish() == Wish::Cancel
    }

    /// Types the held-out documents, before or after learning. `None` when cancelled.
    fn measure(
        &mut self,
        phase: TrainingPhase,
        model: &StreamingRnn,
        words: &Personal,
        settings: &SuggestionSettings,
        judged: &Judged<'_>,
    ) -> Option<Evaluation> {
        let (from, to) =
            if phase == TrainingPhase::MeasuringBefore { (0.0, MEASURED) } else { (LEARNED, 1.0) };
        let options = SimulationOptions {
            settings: settings.clone(),
            max_bytes: Some(judged.bytes_each),
            ..SimulationOptions::default()
        };
        self.report.phase = phase;
        self.report.progress = from;
        self.report.eta_seconds = None;
        self.send();
        let began = self.host.now();
        let evaluation =
            simulate(model, words, &judged.texts, &options, &mut Typist { run: self, began, from, to });
        (!self.is_cancelled()).then_some(evaluation)
    }
}

/// Reports how far a simulation is, and ends it when the writer cancels.
struct Typist<'a, 'b> {
    run: &'a mut Retraining<'b>,
    began: Duration,
    from: f64,
    to: f64,
}

impl Observer for Typist<'_, '_> {
    fn now_ms(&mut self) -> f64 {
        self.run.host.now().saturating_sub(self.began).as_secs_f64() * 1e3
    }

    fn progressed(&mut self, progress: TypingProgress) -> ControlFlow<()> {
        let share = progress.bytes as f64 / progress.total.max(1) as f64;
        self.run.report.progress = self.from + (self.to - self.from) * share;
        if self.run.is_due() {
            self.run.send();
        }
        if self.run.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
