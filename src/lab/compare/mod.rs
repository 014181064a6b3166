//! The models trained one after the other: the clock, the checkpoints, the files that are kept.
//!
//! With a folder to keep things in, a model that is done is not trained again, and one that was interrupted resumes from its
//! last checkpoint. Its weights are those of an uninterrupted run; its seconds are those of both parts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use serde::{Deserialize, Serialize};

use crate::lab::measure::{estimate_ngram, ngram_losses};
use crate::lab::{Losses, ModelKind, Texts, mixture_weight};
use crate::store::atomic::write_private;
use model::ngram::Model;
use model::ngram::file::Encoding;

mod network;

/// What to train, and how long.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparePlan {
    /// In this order.
    pub models: Vec<ModelKind>,
    /// Words of the n-gram's longest n-grams.
    pub order: usize,
    /// Minutes that one network may take.
    pub minutes: f64,
    /// Seed of everything random.
    pub seed: u64,
    /// Threads that share a batch.
    pub threads: usize,
    /// Where models and checkpoints are kept.
    pub keep: Option<PathBuf>,
    /// No more often than this is a checkpoint written.
    pub checkpoint_every: Duration,
}

/// One model, measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRow {
    /// Its name.
    pub model: String,
    /// Parameters, or n-grams kept.
    pub params: u64,
    /// Bytes of the model's file.
    pub bytes_on_disk: u64,
    /// Seconds of training.
    pub train_s: f64,
    /// Perplexity of the validation text, per symbol; `None` if infinite.
    pub valid_perplexity: Option<f64>,
    /// Perplexity of the test text, per symbol; `None` if infinite.
    pub test_perplexity: Option<f64>,
    /// Bits per byte of the test text.
    pub bits_per_byte: f64,
    /// What only networks have.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkRow>,
    /// The LSTM's share in the mixture, fitted on the validation text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
}

/// The figures of a network's training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkRow {
    /// Optimiser steps.
    pub steps: u64,
    /// Passes over the training text.
    pub epochs: f64,
    /// Symbols learned from per second.
    pub tokens_per_s: f64,
    /// Share of the steps that clipping touched.
    pub clipped_share: f64,
    /// Perplexity of the validation text as the training saw it: after each pass, of a short text after every few.
    pub valid_curve: Vec<f64>,
    /// `‖∂loss_t/∂h_{t−k}‖` of the top layer for k = 0 …, before the training. Empty for the window, which has no state, and
    /// for a validation text too short.
    #[serde(default)]
    pub gradient_flow_start: Vec<f64>,
    /// The same after the training.
    #[serde(default)]
    pub gradient_flow_trained: Vec<f64>,
}

/// Takes the share done of the model in hand, and a line on its progress.
pub type Watch<'a> = dyn FnMut(f64, &str) + 'a;

/// Trains and measures the models of `plan` on `text`.
///
/// # Errors
/// When a text cannot be counted, or a file not be written; says which.
pub fn compare(text: &Texts, plan: &ComparePlan, watch: &mut Watch<'_>) -> anyhow::Result<Vec<ModelRow>> {
    if let Some(folder) = &plan.keep {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{}: the folder cannot be made; name another", folder.display()))?;
    }
    let mut rows = Vec::new();
    let mut measured: BTreeMap<ModelKind, [Losses; 2]> = BTreeMap::new();
    for &kind in &plan.models {
        let (row, losses) = match kind {
            ModelKind::Ngram => count(text, plan, watch)?,
            ModelKind::Mix => mix(text, &rows, &measured)?,
            kind => network::train(text, plan, kind, watch)?,
        };
        rows.push(row);
        measured.insert(kind, losses);
    }
    Ok(rows)
}

/// The name of a kind in rows and file names.
pub fn name(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Ngram => "ngram",
        ModelKind::Window => "window",
        ModelKind::Rnn => "rnn",
        ModelKind::Gru => "gru",
        ModelKind::Lstm => "lstm",
        ModelKind::Mix => "mix",
    }
}

fn finite(perplexity: f64) -> Option<f64> {
    perplexity.is_finite().then_some(perplexity)
}

fn keep(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_private(path, bytes).with_context(|| format!("{}: cannot be written", path.display()))
}

/// The row of a model, from its losses on the validation and on the test text.
fn row(text: &Texts, kind: ModelKind, losses: &[Losses; 2]) -> ModelRow {
    ModelRow {
        model: name(kind).to_owned(),
        params: 0,
        bytes_on_disk: 0,
        train_s: 0.0,
        valid_perplexity: finite(losses[0].perplexity()),
        test_perplexity: finite(losses[1].perplexity()),
        bits_per_byte: losses[1].bits_per_byte(text.test_bytes),
        network: None,
        weight: None,
    }
}

fn count(text: &Texts, plan: &ComparePlan, watch: &mut Watch<'_>) -> anyhow::Result<(ModelRow, [Losses; 2])> {
    watch(0.0, "ngram: counting");
    let began = Instant::now();
    let (ngrams, _) = estimate_ngram(text, plan.order).context("the training text")?;
    let bytes = ngrams.to_bytes(Encoding::Exact).context("the n-gram model")?;
    let train_s = began.elapsed().as_secs_f64();
    if let Some(folder) = &plan.keep {
        keep(&folder.join("kneser-ney.ngram"), &bytes)?;
    }
    let (params, bytes_on_disk) = (ngrams.counts().iter().sum::<usize>() as u64, bytes.len() as u64);
    watch(0.5, "ngram: measuring");
    let model = Model::open(bytes).context("the n-gram model")?;
    let losses = [&text.valid, &text.test].map(|symbols| ngram_losses(&model, text, symbols));
    Ok((ModelRow { params, bytes_on_disk, train_s, ..row(text, ModelKind::Ngram, &losses) }, losses))
}

fn mix(
    text: &Texts,
    rows: &[ModelRow],
    measured: &BTreeMap<ModelKind, [Losses; 2]>,
) -> anyhow::Result<(ModelRow, [Losses; 2])> {
    let parts = [ModelKind::Lstm, ModelKind::Ngram];
    let [Some(lstm), Some(ngram)] = parts.map(|kind| measured.get(&kind)) else {
        return Err(anyhow!("the mixture needs the lstm and the ngram: name them in --models too"));
    };
    let weight = mixture_weight(&lstm[0], &ngram[0]);
    let losses = [0, 1].map(|at| lstm[at].mixed(&ngram[at], weight));
    let of_parts: Vec<&ModelRow> =
        rows.iter().filter(|row| parts.iter().any(|&kind| row.model == name(kind))).collect();
    let row = ModelRow {
        params: of_parts.iter().map(|row| row.params).sum(),
        bytes_on_disk: of_parts.iter().map(|row| row.bytes_on_disk).sum(),
        train_s: of_parts.iter().map(|row| row.train_s).sum(),
        weight: Some(weight),
        ..row(text, ModelKind::Mix, &losses)
    };
    Ok((row, losses))
}

#[cfg(test)]
mod tests {
    use super::network::{SavedProgress, made_by};
    use super::*;
    use crate::lab::{Recipe, Unit};
    use model::format::read_network;

    fn text() -> Texts {
        let train = "the rain came and the rain went\nthe sun came and went\n".repeat(30);
        Texts::new(Unit::Word, &train, "the sun went\n", "the rain came\n").unwrap()
    }

    fn plan(keep: &Path) -> ComparePlan {
        ComparePlan {
            models: vec![ModelKind::Lstm],
            order: 3,
            minutes: 100_000.0,
            seed: 1,
            threads: 2,
            keep: Some(keep.to_owned()),
            checkpoint_every: Duration::ZERO,
        }
    }

    #[test]
    fn a_comparison_cut_off_goes_on_where_it_was_and_ends_as_if_it_had_not_been() {
        let (whole, cut) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let expected = compare(&text(), &plan(whole.path()), &mut |_, _| ()).unwrap();
        let (mut reports, mut reached) = (0, 0.0);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            compare(&text(), &plan(cut.path()), &mut |share, _| {
                reports += 1;
                assert!(reports < 6, "the power fails");
                reached = share;
            })
        }));
        assert!(panicked.is_err());
        assert!(cut.path().join("lstm.checkpoint").exists());
        let mut shares = Vec::new();
        let rows = compare(&text(), &plan(cut.path()), &mut |share, _| shares.push(share)).unwrap();
        assert!(reached > 0.0 && shares[0] > reached, "it goes on from {} after {reached}", shares[0]);
        let weights = |folder: &Path| {
            read_network(&std::fs::read(folder.join("lstm.safetensors")).unwrap()).unwrap().parameters
        };
        assert!(weights(cut.path()) == weights(whole.path()));
        let curve = |rows: &[ModelRow]| rows[0].network.as_ref().unwrap().valid_curve.clone();
        assert_eq!(curve(&rows), curve(&expected));
    }

    #[test]
    fn a_broken_checkpoint_is_named_and_another_texts_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lstm.checkpoint");
        std::fs::write(&path, b"not a checkpoint").unwrap();
        compare(&text(), &plan(folder.path()), &mut |_, _| ()).unwrap();
        let recipe = Recipe::of(ModelKind::Lstm, &text(), 1, 2).unwrap();
        let about = SavedProgress { made_by: made_by(&recipe, &text()), seconds: 1.0, curve: Vec::new() };
        std::fs::write(&path, about.with(b"cut short").unwrap()).unwrap();
        std::fs::remove_file(folder.path().join("lstm.safetensors")).unwrap();
        let error = format!("{:#}", compare(&text(), &plan(folder.path()), &mut |_, _| ()).unwrap_err());
        assert!(error.contains("lstm.checkpoint") && error.contains("begin the training anew"), "{error}");
    }

    #[test]
    fn the_mixture_says_what_it_needs() {
        let folder = tempfile::tempdir().unwrap();
        let plan = ComparePlan { models: vec![ModelKind::Ngram, ModelKind::Mix], ..plan(folder.path()) };
        let error = compare(&text(), &plan, &mut |_, _| ()).unwrap_err().to_string();
        assert!(error.contains("needs the lstm"), "{error}");
    }
}
