//! A retraining at the store: reads the version in use, has [`learn::retrain`] do the work, and adopts a better model.
//!
//! `foreword train` and the side panel run this same function; only who watches differs.

use std::error::Error;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::control::Control;
use crate::runtime::workers::stored_words::read_words;
use crate::store::clock;
use crate::store::models::{ModelStore, NewVersion};
use learn::retrain::{self, Host, NewModel, Parent, Wish};
use learn::train::{StepReport, TrainingPlan, TrainingSummary};
use model::format::read_sound;
use model::rnn::RnnShape;
use suggest::{Background, Personal, SuggestionSettings};

/// Bytes on the disk for the words of a version, per byte of text; and bytes to leave free besides.
const WORDS_BYTES: u64 = 8;
const SPARE_BYTES: u64 = 4 << 20;

/// How a retraining ended, when nothing failed.
#[derive(Debug)]
pub enum TrainingOutcome {
    /// It was judged; the summary says whether the new version is in use.
    Finished(Box<TrainingSummary>),
    /// The writer cancelled it; nothing was kept.
    Cancelled,
}

/// Retrains as `plan` says from the store's active version (or from nothing).
///
/// # Errors
/// When the folder holds nothing to learn from, the active version cannot be read, or the new one not be written; the
/// model in use stays as it is.
pub fn retrain(
    store: &ModelStore,
    settings: &SuggestionSettings,
    plan: &TrainingPlan,
    control: &Control,
    watch: &mut dyn FnMut(StepReport),
) -> anyhow::Result<TrainingOutcome> {
    // What the store would refuse in the end is refused before the work.
    store.check_room(plan.name.as_deref(), SPARE_BYTES)?;
    let name = store.active()?;
    let stored = store.load(&name)?;
    let (shape, parameters, model) = read_sound(&stored).with_context(|| format!("model `{name}`"))?;
    let kept = store.words(&name)?.map_or(0, |words| words.len());
    let words = read_words(store, &name).map_err(anyhow::Error::msg)?;
    let needed = (stored.len().max(RnnShape::BASE.layout().len() * 2) + kept) as u64 + SPARE_BYTES;
    let mut host = Program { store, plan, control, watch, needed, began: Instant::now() };
    let parent = Parent { name, shape, parameters, model, words: words.clone() };
    match retrain::retrain(parent, settings, plan, &mut host)? {
        retrain::Outcome::Judged(new) if new.summary.promoted => {
            Ok(TrainingOutcome::Finished(Box::new(adopt(store, plan, *new, words)?)))
        }
        retrain::Outcome::Judged(new) => Ok(TrainingOutcome::Finished(Box::new(new.summary))),
        retrain::Outcome::Cancelled => Ok(TrainingOutcome::Cancelled),
    }
}

/// Keeps a new model as a version and puts it to use. `words`: those of its parent before it learned.
fn adopt(
    store: &ModelStore,
    plan: &TrainingPlan,
    new: NewModel,
    words: Personal,
) -> anyhow::Result<TrainingSummary> {
    let NewModel { file, words: learned, mut summary } = new;
    let version = NewVersion {
        name: plan.name.clone(),
        created: clock::now(),
        parent: Some(summary.model),
        bits_per_byte: Some(summary.after.figures.bits_per_byte),
        ksr5: Some(summary.after.figures.ksr.five),
    };
    // Words may have been typed and forgotten meanwhile: what counts is what the parent knows now.
    let added = store.add_with_words(version, &file, |known| {
        let known = known.map(|bytes| Personal::from_bytes(&bytes, Background::base()));
        let known = known.transpose().unwrap_or(Some(words)).unwrap_or_default();
        let mut kept = learned;
        kept.keep_typed(&known);
        Some(kept.to_bytes())
    });
    let name = added.with_context(|| {
        format!(
            "the new model would save {:.1} % of keystrokes instead of {:.1} %, but could not be kept and is lost; the model \
             in use stays as it is",
            summary.after.figures.ksr.five, summary.before.figures.ksr.five
        )
    })?;
    store.use_version(&name).with_context(|| {
        format!(
            "the new model is kept as {name}, but could not be put to use; try `foreword models use {name}`"
        )
    })?;
    summary.model = name;
    Ok(summary)
}

/// This program, as a retraining needs it.
struct Program<'a> {
    store: &'a ModelStore,
    plan: &'a TrainingPlan,
    control: &'a Control,
    watch: &'a mut dyn FnMut(StepReport),
    /// Bytes on the disk that a version takes besides the words of its documents.
    needed: u64,
    began: Instant,
}

impl Host for Program<'_> {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn wish(&self) -> Wish {
        self.control.wish()
    }

    fn wait_while_paused(&mut self) {
        self.control.wait_while_paused();
    }

    fn report(&mut self, report: StepReport) {
        (self.watch)(report);
    }

    fn check_room(&mut self, bytes: usize) -> Result<(), Box<dyn Error + Send + Sync>> {
        let needed = self.needed + bytes as u64 * WORDS_BYTES;
        Ok(self.store.check_room(self.plan.name.as_deref(), needed)?)
    }
}
