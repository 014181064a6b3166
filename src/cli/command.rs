//! What the command line means: defaults filled in from the settings, names of models resolved.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::{
    Args, Component, GenerateArgs, LadderModel, ModelsAction, RawCommand, TextUnit, WordsAction,
};
use super::compare::CompareRequest;
use super::context::Context;
use super::ngram::arguments::NgramAction;
use crate::lab::compare::ComparePlan;
use crate::lab::{ModelKind, Unit};
use learn::train::TrainingPlan;
use model::Sampling;
use model::ngram::Tokenizer;

/// No more often than this is a checkpoint of a long training written.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(120);

/// A command, ready to run.
#[derive(Debug, PartialEq)]
pub(super) enum Command {
    /// Open the editor.
    Edit {
        files: Vec<PathBuf>,
        /// Nothing typed is learned.
        incognito: bool,
    },
    /// Retrain.
    Train(TrainingPlan),
    /// Type files with suggestions.
    Eval(EvalRequest),
    /// Continue a text.
    Generate(GenerateRequest),
    /// Score lines.
    Score(ScoreRequest),
    /// Work with n-gram models.
    Ngram(NgramAction),
    /// Train the ladder.
    Compare(CompareRequest),
    /// Look after the versions of the model.
    Models(ModelsAction),
    /// Look after the words learned with a version of the model.
    Words { model: String, action: WordsAction },
    /// Measure the speed.
    Bench {
        /// Of training too.
        training: bool,
    },
}

/// What to type, with which suggestions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EvalRequest {
    pub(super) files: Vec<PathBuf>,
    /// Folders whose words are learned first.
    pub(super) learn: Vec<PathBuf>,
    /// A version that exists.
    pub(super) model: String,
    pub(super) options: EvalOptions,
    pub(super) report: EvalReport,
}

/// What is printed of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EvalReport {
    /// The figures.
    Figures,
    /// The figures, and what was said beside what came.
    Reliability,
    /// The figures of each component alone and of all.
    Ablation,
}

/// How the simulated typist types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EvalOptions {
    /// Suggestions on show, 1 to 5.
    pub(super) suggestions: usize,
    /// Only so many lines of each file.
    pub(super) max_lines: Option<usize>,
    /// Only about so many bytes of each file.
    pub(super) max_bytes: Option<usize>,
    /// What the suggestions are made from, each once.
    pub(super) components: Vec<Component>,
}

/// Where a model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ModelSource {
    /// A version that exists.
    Version(String),
    /// A file of any kind of model.
    File(PathBuf),
}

/// What to continue, with what, and how.
#[derive(Debug, PartialEq)]
pub(super) struct GenerateRequest {
    pub(super) model: ModelSource,
    pub(super) prompt: String,
    /// In symbols of the model.
    pub(super) length: NonZeroUsize,
    pub(super) sampling: Sampling,
    pub(super) seed: u64,
    /// How the prompt is cut if the model is one over words.
    pub(super) tokenizer: Tokenizer,
}

/// With what to score lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ScoreRequest {
    pub(super) model: ModelSource,
    /// How lines are cut if the model is one over words.
    pub(super) tokenizer: Tokenizer,
}

/// Fills in what was not said.
pub(super) fn resolve(args: Args, context: &Context) -> anyhow::Result<Command> {
    let defaults = &context.config.training;
    Ok(match args.subcommand {
        None => Command::Edit { files: args.files, incognito: args.incognito },
        Some(RawCommand::Train { folders, minutes, from_scratch, name, seed, threads, json: _ }) => {
            Command::Train(TrainingPlan {
                folders,
                name,
                minutes: minutes.unwrap_or(defaults.minutes),
                from_scratch,
                seed,
                threads: threads.or(defaults.threads).map_or_else(cores, NonZeroUsize::get),
            })
        }
        Some(RawCommand::Eval {
            files,
            learn,
            model,
            suggestions,
            max_lines,
            max_bytes,
            components,
            reliability,
            ablation,
            json: _,
        }) => {
            let model = context.models.resolve(model.as_deref())?;
            let mut each_once = Vec::new();
            for component in components {
                if !each_once.contains(&component) {
                    each_once.push(component);
                }
            }
            let options = EvalOptions {
                suggestions: usize::from(suggestions),
                max_lines,
                max_bytes,
                components: each_once,
            };
            let report = match (ablation, reliability) {
                (true, _) => EvalReport::Ablation,
                (false, true) => EvalReport::Reliability,
                (false, false) => EvalReport::Figures,
            };
            Command::Eval(EvalRequest { files, learn, model, options, report })
        }
        Some(RawCommand::Generate(args)) => {
            let GenerateArgs { model, prompt, length, temperature, top_k, top_p, seed, unit } = args;
            Command::Generate(GenerateRequest {
                model: model_source(model.as_deref(), context)?,
                prompt,
                length,
                sampling: Sampling { temperature, top_k, top_p },
                seed,
                tokenizer: unit.into(),
            })
        }
        Some(RawCommand::Score { model, unit, json: _ }) => Command::Score(ScoreRequest {
            model: model_source(model.as_deref(), context)?,
            tokenizer: unit.into(),
        }),
        Some(RawCommand::Ngram { action, json: _ }) => Command::Ngram(action),
        Some(RawCommand::Compare {
            train,
            valid,
            test,
            unit,
            models,
            order,
            minutes,
            seed,
            threads,
            keep,
            json: _,
        }) => {
            let unit = match unit {
                TextUnit::Word => Unit::Word,
                TextUnit::Byte => Unit::Byte,
            };
            let longest = if unit == Unit::Word { 5 } else { 6 };
            let plan = ComparePlan {
                models: kinds(&models),
                order: order.map_or(longest, usize::from),
                minutes,
                seed,
                threads: threads.map_or_else(cores, NonZeroUsize::get),
                keep,
                checkpoint_every: CHECKPOINT_EVERY,
            };
            Command::Compare(CompareRequest { train, valid, test, unit, plan })
        }
        Some(RawCommand::Models { action, json: _ }) => Command::Models(action.unwrap_or(ModelsAction::List)),
        Some(RawCommand::Words { action, model, json: _ }) => Command::Words {
            model: context.models.resolve(model.as_deref())?,
            action: action.unwrap_or(WordsAction::List { beginning: String::new() }),
        },
        Some(RawCommand::Bench { no_training, json: _ }) => Command::Bench { training: !no_training },
    })
}

/// Which model is meant: what is spelled like a path is a file; else a version goes before a file of the same name.
fn model_source(wanted: Option<&Path>, context: &Context) -> anyhow::Result<ModelSource> {
    let Some(path) = wanted else {
        return Ok(ModelSource::Version(context.models.resolve(None)?));
    };
    if path.components().count() > 1 || path.to_string_lossy().contains(std::path::is_separator) {
        return Ok(ModelSource::File(path.to_owned()));
    }
    match context.models.resolve(Some(&path.to_string_lossy())) {
        Ok(name) => Ok(ModelSource::Version(name)),
        Err(_) if path.exists() => Ok(ModelSource::File(path.to_owned())),
        Err(error) => Err(anyhow::anyhow!("{error}; nor is there a file {} here", path.display())),
    }
}

/// The kinds in a fixed order, each once; with the mixture come its parts.
fn kinds(models: &[LadderModel]) -> Vec<ModelKind> {
    let mut kinds: Vec<ModelKind> = models
        .iter()
        .flat_map(|model| match model {
            LadderModel::Ngram => vec![ModelKind::Ngram],
            LadderModel::Window => vec![ModelKind::Window],
            LadderModel::Rnn => vec![ModelKind::Rnn],
            LadderModel::Gru => vec![ModelKind::Gru],
            LadderModel::Lstm => vec![ModelKind::Lstm],
            LadderModel::Mix => vec![ModelKind::Ngram, ModelKind::Lstm, ModelKind::Mix],
        })
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn resolve_line(line: &str, settings: &str) -> anyhow::Result<Command> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.toml"), settings).unwrap();
        let context = Context::open(Some(folder.path()))?;
        let words = std::iter::once("foreword").chain(line.split_whitespace());
        resolve(Args::try_parse_from(words)?, &context)
    }

    #[test]
    fn files_open_the_editor() {
        assert_eq!(resolve_line("", "").unwrap(), Command::Edit { files: vec![], incognito: false });
        let files = vec![PathBuf::from("a.md"), PathBuf::from("./train")];
        assert_eq!(
            resolve_line("a.md --incognito ./train", "").unwrap(),
            Command::Edit { files, incognito: true }
        );
    }

    #[test]
    fn what_is_typed_beats_the_settings_and_they_beat_the_defaults() {
        let settings = "[training]\nminutes = 7\nthreads = 3\n";
        for (line, settings, minutes, threads) in [
            ("train a", "", 5.0, cores()),
            ("train a", settings, 7.0, 3),
            ("train a --minutes 0.5 --threads 2", settings, 0.5, 2),
        ] {
            let Command::Train(plan) = resolve_line(line, settings).unwrap() else { panic!("{line}") };
            assert_eq!(plan.threads, threads, "{line}");
            assert!((plan.minutes - minutes).abs() < 1e-9, "{line}");
            assert_eq!((plan.seed, plan.from_scratch, plan.name), (1, false, None));
        }
    }

    #[test]
    fn the_model_named_must_exist() {
        let Command::Eval(request) = resolve_line("eval a --components ngram,ngram", "").unwrap() else {
            panic!("an evaluation")
        };
        assert_eq!(request.model, "base");
        assert_eq!(request.options.components, [Component::Ngram]);
        let error = resolve_line("eval a --model nowhere", "").unwrap_err().to_string();
        assert!(error.contains("nowhere") && error.contains("base"), "{error}");
        assert!(
            resolve_line("eval a --model personal", "").unwrap_err().to_string().contains("foreword train")
        );
    }

    #[test]
    fn a_model_is_a_version_or_a_file() {
        let source = |typed: &str| match resolve_line(&format!("generate --model {typed}"), "") {
            Ok(Command::Generate(request)) => Ok(request.model),
            Ok(_) => panic!("a generation"),
            Err(error) => Err(error.to_string()),
        };
        assert_eq!(source("base"), Ok(ModelSource::Version("base".into())));
        assert_eq!(source("./base"), Ok(ModelSource::File("./base".into())));
        // A file that is where the tests are run.
        assert_eq!(source("Cargo.toml"), Ok(ModelSource::File("Cargo.toml".into())));
        let error = source("nowhere").unwrap_err();
        assert!(error.contains("there are: base") && error.contains("file nowhere"), "{error}");
        let Command::Generate(request) = resolve_line("generate --prompt -x --top-k 3", "").unwrap() else {
            panic!("a generation")
        };
        assert_eq!((&request.prompt[..], request.sampling.top_k), ("-x", NonZeroUsize::new(3)));
    }

    #[test]
    fn broken_settings_name_their_file() {
        let error = format!("{:#}", resolve_line("", "[editor]\ntab = 1").unwrap_err());
        assert!(error.contains("config.toml") && error.contains("line 2"), "{error}");
    }
}
