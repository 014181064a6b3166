//! One network of the comparison: trained, kept with its checkpoints, and measured.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use serde::{Deserialize, Serialize};

use super::{ComparePlan, ModelRow, NetworkRow, Watch, keep, name, row};
use crate::lab::{Losses, ModelKind, Network, Recipe, Texts};
use learn::train::Trainer;
use learn::train::checkpoint::fingerprint;
use learn::train::run::{RunLimits, Step, Supervisor, run};
use model::format::read_network;
use model::nn::Parameters;
use model::rnn::{WARM_UP, gradient_reach};
use model::{Symbol, Trainable};

/// No more often than this is progress shown.
const SHOW_EVERY: Duration = Duration::from_millis(200);
/// How many symbols back the gradient is measured.
const LAGS: usize = 50;
/// Places of the validation text at which it is measured.
const REACH_TEXTS: usize = 32;
/// Extensions of a network's files: the model, the figures of its training, an unfinished training.
const MODEL: &str = "safetensors";
const FIGURES: &str = "json";
const CHECKPOINT: &str = "checkpoint";

/// Trains a network, unless it is kept from before, and measures it.
pub(super) fn train(
    text: &Texts,
    plan: &ComparePlan,
    kind: ModelKind,
    watch: &mut Watch<'_>,
) -> anyhow::Result<(ModelRow, [Losses; 2])> {
    let recipe = Recipe::of(kind, text, plan.seed, plan.threads)
        .ok_or_else(|| anyhow!("{} is no network", name(kind)))?;
    let done = plan.keep.as_deref().and_then(|folder| kept(folder, kind, &recipe, text));
    let (file, learned) = if let Some(done) = done {
        done
    } else {
        let (parameters, learned) = match recipe.network() {
            Network::Rnn(network) => learn(network, text, plan, kind, &recipe, watch)?,
            Network::Window(network) => learn(network, text, plan, kind, &recipe, watch)?,
        };
        let file = recipe.file(&parameters, text);
        if let Some(folder) = &plan.keep {
            keep(&file_of(folder, kind, MODEL), &file)?;
            let about = serde_json::to_vec_pretty(&learned).context("figures of the training")?;
            keep(&file_of(folder, kind, FIGURES), &about)?;
            let checkpoint = file_of(folder, kind, CHECKPOINT);
            if checkpoint.exists() {
                std::fs::remove_file(&checkpoint).with_context(|| checkpoint.display().to_string())?;
            }
        }
        (file, learned)
    };
    watch(1.0, &format!("{}: measuring", name(kind)));
    // Judged as it is stored: in half precision.
    let stored = read_network(&file).context("the network just written")?;
    let params = stored.parameters.values.len() as u64;
    let network = recipe.network_with(stored.parameters);
    let losses = [&text.valid, &text.test].map(|symbols| network.losses(symbols));
    let row = ModelRow {
        params,
        bytes_on_disk: file.len() as u64,
        train_s: learned.seconds,
        network: Some(NetworkRow {
            gradient_flow_start: reach(&recipe.network(), &text.valid),
            gradient_flow_trained: reach(&network, &text.valid),
            ..learned.row
        }),
        ..row(text, kind, &losses)
    };
    Ok((row, losses))
}

/// The figures kept beside a network's file.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Trained {
    /// The recipe and the text: whether it is the same network.
    made_by: String,
    seconds: f64,
    row: NetworkRow,
}

/// What a network depends on: the recipe and the text.
pub(super) fn made_by(recipe: &Recipe, text: &Texts) -> String {
    let text = fingerprint(text.train.iter().chain(&text.valid).map(|&symbol| u64::from(symbol)));
    format!("{recipe:?} on {text}")
}

/// A network that was trained before.
fn kept(folder: &Path, kind: ModelKind, recipe: &Recipe, text: &Texts) -> Option<(Vec<u8>, Trained)> {
    let about = std::fs::read(file_of(folder, kind, FIGURES)).ok()?;
    let learned: Trained = serde_json::from_slice(&about).ok()?;
    let file = std::fs::read(file_of(folder, kind, MODEL)).ok()?;
    let stored = read_network(&file).ok()?;
    (learned.made_by == made_by(recipe, text) && recipe.made(&stored, text)).then_some((file, learned))
}

/// The path of one of a network's files.
fn file_of(folder: &Path, kind: ModelKind, ending: &str) -> PathBuf {
    folder.join(format!("{}.{ending}", name(kind)))
}

/// How far back the gradient reaches, from places spread over a text.
fn reach(network: &Network, symbols: &[Symbol]) -> Vec<f64> {
    let Network::Rnn(network) = network else { return Vec::new() };
    let window = WARM_UP + LAGS + 2;
    let stride = (symbols.len() / REACH_TEXTS).max(window);
    let texts: Vec<Vec<Symbol>> = symbols
        .chunks(stride)
        .filter(|piece| piece.len() >= window)
        .map(|piece| piece[..window].to_vec())
        .collect();
    gradient_reach(network, &texts, LAGS, WARM_UP).pop().unwrap_or_default()
}

/// Trains a network, from the start or from its last checkpoint.
fn learn<M: Trainable<f32>>(
    network: M,
    text: &Texts,
    plan: &ComparePlan,
    kind: ModelKind,
    recipe: &Recipe,
    watch: &mut Watch<'_>,
) -> anyhow::Result<(Parameters<f32>, Trained)> {
    let made_by = made_by(recipe, text);
    let checkpoint = plan.keep.as_deref().map(|folder| file_of(folder, kind, CHECKPOINT));
    let mut trainer = begin(network, text, recipe);
    let progress =
        checkpoint.as_deref().map(|path| resume(&mut trainer, path, &made_by)).transpose()?.flatten();
    let (before, curve) =
        progress.map_or_else(Default::default, |progress| (progress.seconds, progress.curve));
    let limits = RunLimits {
        time: Duration::try_from_secs_f64(plan.minutes * 60.0).unwrap_or(Duration::MAX),
        // After each pass; of a short text, not so often that it takes longer than the passes.
        validate_every: trainer.steps_per_epoch().max(trainer.planned_steps() / 40),
    };
    let mut learning = Learning {
        kind,
        recipe,
        made_by,
        checkpoint: checkpoint.map(|path| (path, plan.checkpoint_every)),
        began: Instant::now(),
        before: Duration::try_from_secs_f64(before).unwrap_or_default(),
        curve,
        shown: None,
        saved: Instant::now(),
        watch,
    };
    if let ControlFlow::Break(error) = run(&mut trainer, limits, &mut learning) {
        return Err(error);
    }
    if trainer.steps() > 0 && !trainer.steps().is_multiple_of(limits.validate_every) {
        learning.curve.extend(trainer.validate().map(perplexity));
    }
    let spent = learning.spent();
    let row = NetworkRow {
        steps: trainer.steps(),
        epochs: trainer.epoch(),
        tokens_per_s: symbols_a_second(&trainer, recipe, spent),
        clipped_share: trainer.clipped_share(),
        valid_curve: learning.curve,
        gradient_flow_start: Vec::new(),
        gradient_flow_trained: Vec::new(),
    };
    let learned = Trained { made_by: learning.made_by, seconds: spent.as_secs_f64(), row };
    Ok((trainer.into_best().parameters().clone(), learned))
}

/// A network's training under way: shown, and now and then written down.
struct Learning<'a, 'b> {
    kind: ModelKind,
    recipe: &'a Recipe,
    made_by: String,
    /// The checkpoint's file, and the shortest time between two writes.
    checkpoint: Option<(PathBuf, Duration)>,
    began: Instant,
    /// What the training took before it was interrupted.
    before: Duration,
    /// Perplexities of the validation text.
    curve: Vec<f64>,
    shown: Option<Instant>,
    saved: Instant,
    watch: &'a mut Watch<'b>,
}

impl<M: Trainable<f32>> Supervisor<M> for Learning<'_, '_> {
    type Stop = anyhow::Error;

    fn spent(&self) -> Duration {
        Learning::spent(self)
    }

    fn after_step(&mut self, trainer: &Trainer<M>, step: &Step) -> ControlFlow<anyhow::Error> {
        if step.outcome.dropped {
            let restored = if step.outcome.restored { "; the last good parameters are back" } else { "" };
            let status = format!("{}: a step was not finite and was dropped{restored}", name(self.kind));
            (self.watch)(step.progress, &status);
        }
        self.curve.extend(step.validation.map(perplexity));
        if step.validation.is_some() || self.shown.is_none_or(|at| at.elapsed() >= SHOW_EVERY) {
            self.show(trainer, step.progress);
        }
        match self.save(trainer) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }
}

impl Learning<'_, '_> {
    /// All the time it took, that before an interruption included.
    fn spent(&self) -> Duration {
        self.before + self.began.elapsed()
    }

    fn show<M: Trainable<f32>>(&mut self, trainer: &Trainer<M>, progress: f64) {
        self.shown = Some(Instant::now());
        let (name, epoch, epochs) = (name(self.kind), trainer.epoch(), self.recipe.training.epochs);
        let speed = symbols_a_second(trainer, self.recipe, self.spent());
        let valid = self.curve.last().map_or_else(String::new, |p| format!(", validation perplexity {p:.1}"));
        let status = format!("{name}: pass {epoch:.1} of {epochs}, {speed:.0} symbols/s{valid}");
        (self.watch)(progress, &status);
    }

    /// Writes a checkpoint if it is time for one.
    fn save<M: Trainable<f32>>(&mut self, trainer: &Trainer<M>) -> anyhow::Result<()> {
        let Some((path, every)) = &self.checkpoint else { return Ok(()) };
        if self.saved.elapsed() < *every {
            return Ok(());
        }
        let (seconds, curve) = (self.spent().as_secs_f64(), self.curve.clone());
        let about = SavedProgress { made_by: self.made_by.clone(), seconds, curve };
        keep(path, &about.with(&trainer.checkpoint())?)?;
        self.saved = Instant::now();
        Ok(())
    }
}

fn perplexity(bits: f64) -> f64 {
    2_f64.powf(bits)
}

fn symbols_a_second<M: Trainable<f32>>(trainer: &Trainer<M>, recipe: &Recipe, spent: Duration) -> f64 {
    let symbols = trainer.steps() as usize * recipe.training.batch * recipe.training.time;
    symbols as f64 / spent.as_secs_f64().max(1e-9)
}

/// The first line of a checkpoint file, as JSON; the trainer's own bytes follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedProgress {
    pub(super) made_by: String,
    pub(super) seconds: f64,
    pub(super) curve: Vec<f64>,
}

impl SavedProgress {
    pub(super) fn with(&self, checkpoint: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self).context("the checkpoint")?;
        bytes.push(b'\n');
        bytes.extend_from_slice(checkpoint);
        Ok(bytes)
    }
}

/// A trainer at the start.
fn begin<M: Trainable<f32>>(network: M, text: &Texts, recipe: &Recipe) -> Trainer<M> {
    // The streams put the symbol that ends the last sentence between documents and after the last one themselves.
    let document = |symbols: &[Symbol]| {
        let end = symbols.strip_suffix(&[0]).filter(|_| text.words.is_some());
        vec![end.unwrap_or(symbols).to_vec()]
    };
    let (documents, validation) = (document(&text.train), document(&text.valid));
    Trainer::new(network, documents, validation, recipe.training)
}

/// Brings a trainer to where the checkpoint at `path` left off. `None`, and nothing done, if there is none of this network.
fn resume<M: Trainable<f32>>(
    trainer: &mut Trainer<M>,
    path: &Path,
    made_by: &str,
) -> anyhow::Result<Option<SavedProgress>> {
    let Ok(bytes) = std::fs::read(path) else { return Ok(None) };
    let at = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let progress = serde_json::from_slice::<SavedProgress>(&bytes[..at]).ok();
    // That of another recipe or text is written over.
    let Some(progress) = progress.filter(|progress| progress.made_by == made_by) else { return Ok(None) };
    let resumed = trainer.resume(&bytes[at + 1..]);
    resumed.with_context(|| format!("{}: cannot be gone on from", path.display()))?;
    Ok(Some(progress))
}
