//! Reports of a training: before, during and after it.

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use suggest::Evaluation;

/// What a folder holds, before anything is learned from it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DatasetPreview {
    /// Documents that will be read, in the order they are split: path, bytes, words.
    pub documents: Vec<DocumentPreview>,
    /// What will not be read, and why.
    pub skipped: Vec<SkippedFile>,
    /// How many of the documents (the last ones) are held out to judge the result.
    pub held_out: usize,
}

/// One document of a [`DatasetPreview`].
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentPreview {
    /// Where it is.
    pub path: PathBuf,
    /// Its length after cleaning.
    pub bytes: usize,
    /// Unicode words in it.
    pub words: usize,
}

/// A file that is not learned from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SkippedFile {
    /// Where it is.
    #[serde(serialize_with = "lossy")]
    pub path: PathBuf,
    /// Why, in words for the writer.
    pub reason: String,
}

/// A path as JSON has it: bytes that are no UTF-8 are U+FFFD, for a strange name is no reason to have no report.
///
/// # Errors
/// Those of the serializer.
pub fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

/// The phase of a retraining.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TrainingPhase {
    /// Walking and reading the folder.
    #[default]
    Reading,
    /// Typing the held-out documents with the active model.
    MeasuringBefore,
    /// Taking optimiser steps.
    Training,
    /// Typing the held-out documents with the new model.
    MeasuringAfter,
}

/// One throttled report from the middle of a retraining.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StepReport {
    /// Its phase.
    pub phase: TrainingPhase,
    /// Share of the whole job done, 0 to 1.
    pub progress: f64,
    /// Optimiser steps taken.
    pub step: u64,
    /// Passes over the training documents, fractional.
    pub epoch: f64,
    /// Mean loss over the steps since the last report, bits per byte; `None` before the first step.
    pub train_bits: Option<f64>,
    /// Loss on the validation documents if it was measured since the last report, bits per byte.
    pub validation_bits: Option<f64>,
    /// Bytes learned from per second.
    pub bytes_per_second: f64,
    /// Global norm of the last gradient, before clipping.
    pub gradient_norm: f64,
    /// Share of the steps so far whose gradient clipping shortened, 0 to 1.
    pub clipped_share: f64,
    /// Steps given up because a number in them was not finite; the learning rate was halved at each.
    pub dropped_steps: u32,
    /// Learning rate of the last step.
    pub learning_rate: f64,
    /// Seconds left, once that can be estimated.
    pub eta_seconds: Option<f64>,
}

/// How a retraining ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingSummary {
    /// Documents read (learned from and held out).
    pub documents: usize,
    /// What was not read, and why.
    pub skipped: Vec<SkippedFile>,
    /// Bytes of the documents read.
    pub bytes: usize,
    /// Bytes learned from per second of training.
    pub train_tokens_per_s: f64,
    /// Optimiser steps.
    pub steps: u64,
    /// Wall-clock seconds, measuring included.
    pub seconds: f64,
    /// The held-out documents under the model it started from.
    pub before: Evaluation,
    /// The held-out documents under the new model.
    pub after: Evaluation,
    /// Whether the new model was adopted.
    pub promoted: bool,
    /// Name of the version now in use.
    pub model: String,
}
