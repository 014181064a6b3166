//! The narrow calls into the engines.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};

use super::args::Component;
use super::command::{EvalOptions, ModelSource};
use super::context::Context;
use crate::runtime::EditorOptions;
use crate::runtime::workers::inspector::Inspector;
use crate::runtime::workers::stored_models::{Learning, StoredModels};
use crate::runtime::workers::trainer::{Control, Outcome, TrainingThread, retrain};
use crate::store::file_bytes::FileBytes;
use crate::store::model_file;
use crate::store::remembered::Memory;
use learn::train::{StepReport, TrainingPlan, TrainingSummary};
use model::AnyModel;
use model::rnn::StreamingRnn;
use model::soundness::read_sound;
use suggest::{
    Components, Evaluation, Gate, Observer, Personal, Progress, Settings, SimulationOptions, simulate,
};

/// Runs the editor until it is left.
pub(super) fn edit(
    context: &Context,
    files: Vec<PathBuf>,
    incognito: bool,
) -> anyhow::Result<crate::runtime::Ended> {
    let memory = Memory::load(&context.paths.memory);
    let eagerness = memory.eagerness(context.config.suggestions.eagerness);
    let suggesting = suggestion_settings(context);
    let store = &context.models;
    let folders = context.config.suggestions.learn_in.iter();
    let folders = folders.map(|folder| crate::store::paths::absolute(Path::new(folder))).collect();
    let learning = Learning { incognito, folders };
    crate::runtime::run(EditorOptions {
        files,
        paths: context.paths.clone(),
        config: context.config.clone(),
        models: Box::new(StoredModels::new(
            store.clone(),
            Settings { learns: false, gate: Gate::new(eagerness), ..suggesting.clone() },
            learning,
        )),
        training: Box::new(TrainingThread::new(store.clone(), suggesting)),
        inspector: Box::new(Inspector::new(store.clone())),
        never: context.never.clone(),
        memory,
        marks: context.marks.clone(),
    })
}

/// Retrains as the side panel does: reads, measures, learns, measures, adopts if better.
pub(super) fn train(
    context: &Context,
    plan: &TrainingPlan,
    progress: &mut dyn FnMut(&StepReport),
) -> anyhow::Result<TrainingSummary> {
    let settings = suggestion_settings(context);
    let outcome =
        retrain(&context.models, &settings, plan, &Control::default(), &mut |report| progress(&report))?;
    match outcome {
        Outcome::Finished(summary) => Ok(*summary),
        Outcome::Cancelled => bail!("the training was cancelled; nothing was kept"),
    }
}

/// The model in a safetensors file, ready to stream.
pub(super) fn read_model(bytes: &[u8]) -> anyhow::Result<StreamingRnn> {
    let (_, _, model) = read_sound(bytes)?;
    Ok(model)
}

/// The model of any kind that is meant, ready to stream.
pub(super) fn open_model(context: &Context, source: &ModelSource) -> anyhow::Result<AnyModel<FileBytes>> {
    match source {
        ModelSource::Version(name) => AnyModel::read_network(&context.models.load(name)?)
            .with_context(|| format!("model {name} cannot be used")),
        ModelSource::File(path) => Ok(model_file::open(path)?),
    }
}

/// Whether bytes are a model that can be used; the reason if not.
pub(super) fn check_model(bytes: &[u8]) -> Result<(), String> {
    read_sound(bytes).map(drop).map_err(|error| error.to_string())
}

/// How suggestions are made, by the settings.
pub(super) fn suggestion_settings(context: &Context) -> Settings {
    let chosen = &context.config.suggestions;
    Settings {
        gate: Gate::new(chosen.eagerness),
        single_letters: chosen.single_letters,
        never_offer: chosen
            .never
            .iter()
            .map(|word| word.to_lowercase())
            .chain(context.never.words().iter().cloned())
            .collect(),
        ..Settings::default()
    }
}

/// Types `texts` with the suggestions of a model. `progress` is told the share done, 0 to 1.
pub(super) fn evaluate(
    context: &Context,
    model: &StreamingRnn,
    personal: &Personal,
    texts: &[&str],
    options: &EvalOptions,
    progress: &mut dyn FnMut(f64),
) -> Evaluation {
    let has = |component| options.components.contains(&component);
    let components = Components {
        lstm: has(Component::Lstm),
        ngram: has(Component::Ngram),
        recency: has(Component::Recency),
        background: has(Component::Ngram) || has(Component::Background),
    };
    let options = SimulationOptions {
        settings: Settings { components, ..suggestion_settings(context) },
        suggestions: options.suggestions,
        max_lines: options.max_lines,
        max_bytes: options.max_bytes,
    };
    simulate(model, personal, texts, &options, &mut Watch { started: Instant::now(), progress })
}

/// Gives a simulation the time, and tells how far it has come.
struct Watch<'a> {
    started: Instant,
    progress: &'a mut dyn FnMut(f64),
}

impl Observer for Watch<'_> {
    fn now_ms(&mut self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1e3
    }

    fn progressed(&mut self, progress: Progress) -> ControlFlow<()> {
        (self.progress)(progress.bytes as f64 / progress.total.max(1) as f64);
        ControlFlow::Continue(())
    }
}
