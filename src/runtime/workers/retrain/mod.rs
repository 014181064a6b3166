//! A retraining from folder to version: read, split, measure, learn, measure again, adopt if better.
//!
//! `foreword train` and the side panel run this same function; only who watches differs. It owns what the pure modules
//! may not: the walk over the folder, the clock, the pause between steps. The model in use is never touched: a copy
//! learns, and becomes a version only if it saves more keystrokes on documents neither of the two has learned from.

mod budget;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, anyhow, ensure};
use rand::SeedableRng;

use crate::runtime::workers::stored_models::read_words;
use crate::store::clock;
use crate::store::models::{ModelStore, NewVersion};
use learn::corpus::{self, Corpus, Document, Split, split};
use learn::train::report::{DocumentPreview, SkippedFile};
use learn::train::{
    DatasetPreview, StepReport, Trainer, TrainerOptions, TrainingPhase, TrainingPlan, TrainingSummary,
    schedule, streams, trainer,
};
use model::Trainable;
use model::format::{Precision, write_rnn};
use model::rnn::{RnnNetwork, RnnShape, StreamingRnn};
use model::soundness::read_sound;
use suggest::{
    Background, Evaluation, Observer, Personal, Progress, Settings, SimulationOptions, Suggester, simulate,
};

/// Bytes of validation text that the mixture's weights are fitted to, and how often they are gone over.
const FITTED_BYTES: usize = 24_000;
const FITTED_PASSES: usize = 3;
/// Bytes of it that are typed with suggestions, so that a chance of 70 % comes to mean 70 %.
const REHEARSED_BYTES: usize = 3_000;
/// What a new version's words may take on the disk, for each byte of text, and what is left free besides.
const WORDS_BYTES: u64 = 8;
const SPARE_BYTES: u64 = 4 << 20;
/// No more often than this is a report sent.
const REPORT_EVERY: Duration = Duration::from_millis(150);
/// Shares of the whole job, for the progress bar: measuring before, and learning up to measuring after.
const MEASURED: f64 = 0.12;
const LEARNED: f64 = 0.88;

use budget::{Budget, beginning};

/// What the writer wants of a running training; read between steps.
#[derive(Debug, Default)]
pub struct Control(AtomicU8);

impl Control {
    const RUN: u8 = 0;
    const PAUSE: u8 = 1;
    const FINISH: u8 = 2;
    const CANCEL: u8 = 3;

    /// Holds it between two steps.
    pub fn pause(&self) {
        let _ = self.0.compare_exchange(Self::RUN, Self::PAUSE, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        let _ = self.0.compare_exchange(Self::PAUSE, Self::RUN, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Stops taking steps, and judges what there is.
    pub fn finish(&self) {
        self.0.fetch_max(Self::FINISH, Ordering::Relaxed);
    }

    /// Stops and keeps nothing.
    pub fn cancel(&self) {
        self.0.store(Self::CANCEL, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed) == Self::CANCEL
    }

    /// Waits while paused. Returns whether to go on learning, and how long it waited.
    fn wait(&self) -> (bool, Duration) {
        let began = Instant::now();
        while self.0.load(Ordering::Relaxed) == Self::PAUSE {
            std::thread::sleep(Duration::from_millis(20));
        }
        (self.0.load(Ordering::Relaxed) == Self::RUN, began.elapsed())
    }
}

/// How a retraining ended, when nothing failed.
#[derive(Debug)]
pub enum Outcome {
    /// It was judged; the summary says whether the new version is in use.
    Finished(Box<TrainingSummary<Evaluation>>),
    /// The writer cancelled it; nothing was kept.
    Cancelled,
}

/// What folders hold, before anything is learned.
///
/// # Errors
/// When there is nothing to learn from; says path, cause and remedy.
pub fn preview(folders: &[PathBuf]) -> anyhow::Result<DatasetPreview> {
    let corpus = read(folders)?;
    let documents: Vec<_> = corpus
        .documents
        .iter()
        .map(|d| DocumentPreview { path: d.path.clone(), bytes: d.text.len(), words: d.words })
        .collect();
    let held_out = split::held_out_count(documents.len());
    Ok(DatasetPreview { documents, skipped: skipped(&corpus), held_out })
}

fn read(folders: &[PathBuf]) -> anyhow::Result<Corpus> {
    Ok(corpus::walk::read(folders)?)
}

fn skipped(corpus: &Corpus) -> Vec<SkippedFile> {
    let file = |s: &corpus::Skipped| SkippedFile { path: s.path.clone(), reason: s.reason.clone() };
    let redacted = corpus.documents.iter().filter(|d| d.redacted > 0).map(|d| SkippedFile {
        path: d.path.clone(),
        reason: match d.redacted {
            1 => "1 secret left out; the rest is read".to_owned(),
            n => format!("{n} secrets left out; the rest is read"),
        },
    });
    corpus.skipped.iter().map(file).chain(redacted).collect()
}

/// Learns the words of documents, each under its path.
pub fn learn(personal: &mut Personal, documents: &[Document]) {
    let name = |document: &Document| {
        let path = std::path::absolute(&document.path).unwrap_or_else(|_| document.path.clone());
        path.display().to_string()
    };
    let names: Vec<String> = documents.iter().map(name).collect();
    personal.learn_documents(names.iter().map(String::as_str).zip(documents.iter().map(|d| d.text.as_str())));
}

/// The words of the learning share, mixed with the model by weights that are fitted where it stops in time: on the
/// documents of the validation, while their words are still unknown. What chances are to be meant as is fitted there, too.
pub fn learn_words(model: &StreamingRnn, split: &Split) -> Personal {
    learn_words_within(model, split, 1.0)
}

/// As [`learn_words`], with only a `share` of the text that is fitted on, where there is little time.
fn learn_words_within(model: &StreamingRnn, split: &Split, share: f64) -> Personal {
    let some = |bytes: usize| (bytes as f64 * share) as usize;
    let mut personal = Personal::new(Background::base());
    learn(&mut personal, &split.train);
    let documents = split.validation.len().max(1);
    let begins = |bytes: usize| -> Vec<&str> {
        split.validation.iter().map(|document| beginning(&document.text, bytes / documents)).collect()
    };
    let texts = begins(some(FITTED_BYTES));
    let (observed, escape) =
        Suggester::with_personal(model, personal.clone(), Settings::default()).collect_mixture_data(&texts);
    let mut mixture = personal.mixture().clone();
    mixture.fit(&observed, FITTED_PASSES);
    mixture.set_escape(escape);
    personal.set_mixture(mixture);
    let rehearsal = begins(some(REHEARSED_BYTES));
    let calibration = Suggester::with_personal(model, personal.clone(), Settings::default())
        .collect_calibration_data(&rehearsal);
    personal.set_calibration(calibration);
    learn(&mut personal, &split.validation);
    personal
}

/// How a model is trained on `bytes` of documents: short texts need small batches to take enough steps at all.
fn options(plan: &TrainingPlan, bytes: usize) -> TrainerOptions {
    let batch = (bytes / 10_000).clamp(8, 32);
    TrainerOptions { batch, threads: plan.threads, seed: plan.seed, ..trainer::options(plan.from_scratch) }
}

/// Retrains as `plan` says from the store's active version (or from nothing).
///
/// # Errors
/// When the folder holds nothing to learn from, the active version cannot be read, or the new one not be written; the
/// model in use stays as it is.
pub fn retrain(
    store: &ModelStore,
    settings: &Settings,
    plan: &TrainingPlan,
    control: &Control,
    watch: &mut dyn FnMut(StepReport),
) -> anyhow::Result<Outcome> {
    let began = Instant::now();
    let mut run = Run { control, watch, report: first_report(), reported: None };
    run.tell();
    // What would be refused in the end is refused before the work: first what needs no look at the folder.
    store.check_room(plan.name.as_deref(), SPARE_BYTES)?;
    let corpus = read(&plan.folders)?;
    let (documents, bytes, left_out) = (corpus.documents.len(), corpus.bytes(), skipped(&corpus));
    let split = split::by_document(corpus.documents);
    let folders = plan.folders.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ");
    ensure!(
        split.train.iter().any(|d| d.text.len() > 1) && !split.held_out.is_empty(),
        "{folders}: there is too little text to learn from and to judge the result on; add more documents"
    );

    let parent = store.active()?;
    let stored = store.load(&parent)?;
    let (shape, parameters, old) = read_sound(&stored).with_context(|| format!("model `{parent}`"))?;
    let kept = store.words(&parent)?.map_or(0, |words| words.len());
    let needed = stored.len().max(RnnShape::BASE.layout().len() * 2) + kept;
    store.check_room(plan.name.as_deref(), needed as u64 + bytes as u64 * WORDS_BYTES + SPARE_BYTES)?;

    let budget = Budget::of(plan.minutes);
    let words = read_words(store, &parent).map_err(anyhow::Error::msg)?;

    run.report.phase = TrainingPhase::MeasuringBefore;
    let judged = budget.judged(&split.held_out);
    let measuring = Instant::now();
    let Some(before) = run.measure(&old, &words, settings, &judged, (0.0, MEASURED)) else {
        return Ok(Outcome::Cancelled);
    };
    let limit = budget.learning(measuring.elapsed());

    let (shape, parameters) = if plan.from_scratch {
        let shape = RnnShape::BASE;
        (shape, shape.random_parameters(&mut rand::rngs::StdRng::seed_from_u64(plan.seed)))
    } else {
        (shape, parameters)
    };
    let learned = run.learn(RnnNetwork::new(shape, parameters), plan, &split, budget, limit);
    let Some((network, learned)) = learned else {
        return Ok(Outcome::Cancelled);
    };

    // Judged as it is stored: in half precision.
    let written = write_rnn(shape, network.parameters(), Precision::F16);
    let (_, _, new) = read_sound(&written).context("the model learned")?;
    run.report.phase = TrainingPhase::MeasuringAfter;
    // The new version knows what the old one knew from typing.
    let learned_words = learn_words_within(&new, &split, budget.fitted());
    let mut known = learned_words.clone();
    known.keep_typed(&words);
    let Some(after) = run.measure(&new, &known, settings, &judged, (LEARNED, 1.0)) else {
        return Ok(Outcome::Cancelled);
    };

    let promoted = after.ksr.five > before.ksr.five;
    let model = if promoted {
        let version = NewVersion {
            name: plan.name.clone(),
            created: clock::written(SystemTime::now()),
            parent: Some(parent),
            bits_per_byte: Some(after.bits_per_byte),
            ksr5: Some(after.ksr.five),
        };
        // It may have been typed, and forgotten, while it learned: what counts is what the old one knows now.
        let added = store.add_with_words(version, &written, |known| {
            let known = known.map(|bytes| Personal::from_bytes(&bytes, Background::base()));
            let known = known.transpose().unwrap_or(Some(words)).unwrap_or_default();
            let mut kept = learned_words;
            kept.keep_typed(&known);
            Some(kept.to_bytes())
        });
        let name = added.with_context(|| {
            format!(
                "the new model would save {:.1} % of keystrokes instead of {:.1} %, but could not be kept and is lost; the model \
                 in use stays as it is",
                after.ksr.five, before.ksr.five
            )
        })?;
        store.use_version(&name).with_context(|| {
            format!("the new model is kept as {name}, but could not be put to use; try `foreword models use {name}`")
        })?;
        name
    } else {
        parent
    };
    Ok(Outcome::Finished(Box::new(TrainingSummary {
        documents,
        skipped: left_out,
        bytes,
        train_tokens_per_s: learned.bytes as f64 / learned.seconds.max(1e-9),
        steps: learned.steps,
        seconds: began.elapsed().as_secs_f64(),
        before,
        after,
        promoted,
        model,
    })))
}

fn first_report() -> StepReport {
    StepReport {
        phase: TrainingPhase::Reading,
        progress: 0.0,
        step: 0,
        epoch: 0.0,
        train_bits: None,
        validation_bits: None,
        bytes_per_second: 0.0,
        gradient_norm: 0.0,
        clipped_share: 0.0,
        dropped_steps: 0,
        learning_rate: 0.0,
        eta_seconds: None,
    }
}

/// What learning came to.
struct Learned {
    bytes: usize,
    steps: u64,
    seconds: f64,
}

/// A retraining under way: who steers it, and who is told.
struct Run<'a> {
    control: &'a Control,
    watch: &'a mut dyn FnMut(StepReport),
    report: StepReport,
    reported: Option<Instant>,
}

impl Run<'_> {
    /// Sends the report now.
    fn tell(&mut self) {
        self.reported = Some(Instant::now());
        (self.watch)(self.report.clone());
        self.report.train_bits = None;
        self.report.validation_bits = None;
    }

    /// Whether the last report is old enough for another.
    fn is_due(&self) -> bool {
        self.reported.is_none_or(|at| at.elapsed() >= REPORT_EVERY)
    }

    /// Types the held-out documents. `None` when cancelled.
    fn measure(
        &mut self,
        model: &StreamingRnn,
        words: &Personal,
        settings: &Settings,
        texts: &[&str],
        (from, to): (f64, f64),
    ) -> Option<Evaluation> {
        let options = SimulationOptions { settings: settings.clone(), ..SimulationOptions::default() };
        self.report.progress = from;
        self.report.eta_seconds = None;
        self.tell();
        let mut watch = Typist { run: self, began: Instant::now(), from, to };
        let evaluation = simulate(model, words, texts, &options, &mut watch);
        (!self.control.is_cancelled()).then_some(evaluation)
    }

    /// Takes steps until `limit` is over, the passes are made or validation gains no more. `None` when cancelled.
    fn learn(
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
        self.tell();

        let validate_every = (trainer.steps_per_epoch() / 2).max(10);
        let (mut began, mut symbols) = (Instant::now(), 0);
        let (mut bits, mut stepped) = (0.0, 0_usize);
        while !trainer.is_done() {
            let (go_on, waited) = self.control.wait();
            began += waited;
            let spent = began.elapsed();
            if !go_on || spent >= limit {
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
                let seconds = began.elapsed().as_secs_f64();
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
                self.tell();
                (bits, stepped) = (0.0, 0);
            }
        }
        if self.control.is_cancelled() {
            return None;
        }
        let seconds = began.elapsed().as_secs_f64();
        self.report.validation_bits = trainer.validate();
        self.report.train_bits = (stepped > 0).then(|| bits / stepped as f64);
        self.report.progress = LEARNED;
        self.tell();
        let learned = Learned { bytes: symbols, steps: trainer.steps(), seconds };
        Some((trainer.into_best(), learned))
    }
}

/// Passes a simulation's progress on, and ends it when the writer cancels.
struct Typist<'a, 'b> {
    run: &'a mut Run<'b>,
    began: Instant,
    from: f64,
    to: f64,
}

impl Observer for Typist<'_, '_> {
    fn now_ms(&mut self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1e3
    }

    fn progressed(&mut self, progress: Progress) -> ControlFlow<()> {
        let share = progress.bytes as f64 / progress.total.max(1) as f64;
        self.run.report.progress = self.from + (self.to - self.from) * share;
        if self.run.is_due() {
            self.run.tell();
        }
        if self.run.control.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Runs [`retrain`] and turns a panic in it into an error: a worker's failure must not take the editor along.
///
/// # Errors
/// As [`retrain`]; and when it panics.
pub fn retrain_guarded(
    store: &ModelStore,
    settings: &Settings,
    plan: &TrainingPlan,
    control: &Control,
    watch: &mut dyn FnMut(StepReport),
) -> anyhow::Result<Outcome> {
    let run = std::panic::AssertUnwindSafe(|| retrain(store, settings, plan, control, watch));
    std::panic::catch_unwind(run).unwrap_or_else(|panic| {
        let cause = panic.downcast_ref::<&str>().map(ToString::to_string);
        let cause = cause.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(anyhow!("training failed ({cause}); the model in use stays as it is, and so do your documents"))
    })
}

#[cfg(test)]
mod tests;
