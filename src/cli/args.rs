//! The command line as it is typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};

use super::ngram::arguments::NgramAction;
use model::ngram::Tokenizer;

/// A terminal editor that has your next word ready, from a small model on your own machine.
#[derive(Debug, Parser)]
#[command(name = "foreword", bin_name = "foreword", version)]
#[command(
    after_help = "With no command, the file is opened in the editor, one at a time; a file named like a command is ./train."
)]
pub(super) struct Args {
    /// Keep models, journal and settings here instead of in the standard directories (or set `FOREWORD_DATA_DIR`).
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Learn nothing from what is typed.
    #[arg(long)]
    pub(super) incognito: bool,
    /// The file to edit; of several the first is opened.
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    #[command(subcommand)]
    pub(super) subcommand: Option<RawCommand>,
}

/// A subcommand as it is typed.
#[derive(Debug, Subcommand)]
pub(super) enum RawCommand {
    /// Learn from folders of your own texts, and keep the new model if it saves more keystrokes.
    Train {
        /// Folders (or single files) to learn from.
        #[arg(value_name = "FOLDER", required = true)]
        folders: Vec<PathBuf>,
        /// Take about this many minutes, measuring included, if not fewer [default: from the settings, else 5].
        #[arg(long, value_name = "M", value_parser = minutes)]
        minutes: Option<f64>,
        /// Start from random weights instead of the model in use.
        #[arg(long)]
        from_scratch: bool,
        /// Name of the new version [default: made from the date].
        #[arg(long, value_name = "N")]
        name: Option<String>,
        /// Seed of everything random: same seed, texts and threads, same weights.
        #[arg(long, value_name = "S", default_value_t = 1)]
        seed: u64,
        /// Threads that learn [default: from the settings, else one a core].
        #[arg(long, value_name = "T")]
        threads: Option<NonZeroUsize>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Type files as a simulated typist would, and count the keystrokes saved.
    Eval {
        /// Files to type; may be left out with --learn: then the newest fifth of its documents is typed.
        #[arg(value_name = "FILE", required_unless_present = "learn")]
        files: Vec<PathBuf>,
        /// Learn the words of these folders first, as training does (no weights are trained, nothing is kept). Without
        /// files, only the documents that training would learn from, and those it would judge by are typed.
        #[arg(long, value_name = "FOLDER")]
        learn: Vec<PathBuf>,
        /// `base`, `personal` or a version's name [default: the one in use].
        #[arg(long, value_name = "MODEL")]
        model: Option<String>,
        /// Suggestions on show.
        #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=5))]
        suggestions: u8,
        /// Type only the first lines of each file.
        #[arg(long, value_name = "N")]
        max_lines: Option<usize>,
        /// Type only about the first bytes of each file.
        #[arg(long, value_name = "N")]
        max_bytes: Option<usize>,
        /// What the suggestions are made from.
        #[arg(long, value_name = "LIST", value_enum, value_delimiter = ',', default_values = ["lstm", "ngram", "recency"])]
        components: Vec<Component>,
        /// Print how often the best word came, by the chance it was said to have.
        #[arg(long)]
        reliability: bool,
        /// Type with each component alone, and with all of them; print a row for each.
        #[arg(long, conflicts_with_all = ["components", "reliability"])]
        ablation: bool,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Continue a text, with any model. Ctrl-C ends it.
    Generate(GenerateArgs),
    /// Score lines of standard input: how surprised a model is by each, as a text of its own.
    ///
    /// One line for each line: bits, bits per byte, text. With --json each is a JSON object with these keys. Sort n-best lists
    /// by `bits`; compare authors' models by `bits_per_byte`.
    Score {
        /// `base`, `personal`, a version's name, or the path of a model file [default: the one in use].
        #[arg(long, value_name = "MODEL")]
        model: Option<PathBuf>,
        /// How a model over words cuts text into words.
        #[arg(long, value_name = "UNIT", value_enum, default_value_t)]
        unit: WordUnit,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Build, query and convert n-gram models.
    Ngram {
        #[command(subcommand)]
        action: NgramAction,
        /// Print one JSON object.
        #[arg(long, global = true)]
        json: bool,
    },
    /// Train the whole ladder of language models on one text, and set them side by side.
    Compare {
        /// The text to learn from.
        #[arg(long, value_name = "PATH")]
        train: PathBuf,
        /// The text to tune on: when to stop, and the mixture's weight.
        #[arg(long, value_name = "PATH")]
        valid: PathBuf,
        /// The text to be judged by.
        #[arg(long, value_name = "PATH")]
        test: PathBuf,
        /// What the models read and predict one of.
        #[arg(long, value_enum, default_value_t = TextUnit::Word)]
        unit: TextUnit,
        /// Which models.
        #[arg(long, value_name = "LIST", value_enum, value_delimiter = ',',
            default_values = ["ngram", "window", "rnn", "lstm", "mix"])]
        models: Vec<LadderModel>,
        /// Words (or bytes) of the n-gram's longest n-grams [default: 5, of bytes 6].
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=6))]
        order: Option<u8>,
        /// Minutes that training one network may take.
        #[arg(long, value_name = "M", default_value = "90", value_parser = minutes)]
        minutes: f64,
        /// Seed of everything random: same seed, texts and threads, same weights.
        #[arg(long, value_name = "S", default_value_t = 1)]
        seed: u64,
        /// Threads that learn [default: one a core].
        #[arg(long, value_name = "T")]
        threads: Option<NonZeroUsize>,
        /// Keep models and checkpoints here; what is there already is not trained again.
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List, use, remove, export and import versions of the model.
    Models {
        #[command(subcommand)]
        action: Option<ModelsAction>,
        /// Print one JSON object.
        #[arg(long, global = true)]
        json: bool,
    },
    /// List, forget, export and import the words learned.
    Words {
        #[command(subcommand)]
        action: Option<WordsAction>,
        /// `base`, `personal` or a version's name [default: the one in use].
        #[arg(long, global = true, value_name = "MODEL")]
        model: Option<String>,
        /// Print one JSON object.
        #[arg(long, global = true)]
        json: bool,
    },
    /// Measure the speed on this machine.
    Bench {
        /// Leave out the training, which takes longest.
        #[arg(long)]
        no_training: bool,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// What to write on from, with what, and how.
#[derive(Debug, clap::Args)]
pub(super) struct GenerateArgs {
    /// `base`, `personal`, a version's name, or the path of a model file [default: the one in use].
    #[arg(long, value_name = "MODEL")]
    pub(super) model: Option<PathBuf>,
    /// The text to continue; only what comes after it is printed.
    #[arg(long, value_name = "TEXT", default_value = "", allow_hyphen_values = true)]
    pub(super) prompt: String,
    /// How much to write: bytes, or words and sentence ends if the model is one over words.
    #[arg(long, value_name = "N", default_value = "400")]
    pub(super) length: NonZeroUsize,
    /// Below 1 keeps to the likely, above 1 strays from it; 0 always takes the likeliest.
    #[arg(long, value_name = "T", default_value_t = 1.0, value_parser = temperature, allow_hyphen_values = true)]
    pub(super) temperature: f64,
    /// Choose among the K likeliest only.
    #[arg(long, value_name = "K")]
    pub(super) top_k: Option<NonZeroUsize>,
    /// Choose among the likeliest that together have probability P only.
    #[arg(long, value_name = "P", default_value_t = 1.0, value_parser = probability, allow_hyphen_values = true)]
    pub(super) top_p: f64,
    /// Same seed, same text.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(super) seed: u64,
    /// How a model over words cuts the prompt into words.
    #[arg(long, value_name = "UNIT", value_enum, default_value_t)]
    pub(super) unit: WordUnit,
}

/// How text is cut into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum WordUnit {
    /// Words and sentences as Unicode bounds them; punctuation marks are words.
    #[default]
    Words,
    /// What stands between spaces; a line is a sentence: for texts already cut into words.
    Whitespace,
}

impl From<WordUnit> for Tokenizer {
    fn from(unit: WordUnit) -> Self {
        match unit {
            WordUnit::Words => Self::Words,
            WordUnit::Whitespace => Self::Whitespace,
        }
    }
}

/// What to do with the versions of the model.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum ModelsAction {
    /// List all versions.
    List,
    /// Put a version to use.
    Use {
        /// Its name.
        name: String,
    },
    /// Go back to the version in use before.
    Rollback,
    /// Remove a version for good.
    Remove {
        /// Its name.
        name: String,
    },
    /// Copy a version to a file.
    Export {
        /// Its name.
        name: String,
        /// Where to; must not exist yet.
        file: PathBuf,
    },
    /// Take in a model file.
    Import {
        /// The file.
        file: PathBuf,
        /// Name of the version [default: the file's, without its ending].
        #[arg(long, value_name = "N")]
        name: Option<String>,
    },
}

/// What to do with the words learned.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum WordsAction {
    /// List them, the most frequent first.
    List {
        /// Only those that begin so, in any case.
        #[arg(value_name = "BEGINNING", default_value = "")]
        beginning: String,
    },
    /// Forget words, in any case. They may be learned again; `block` is for those never wanted.
    Forget {
        /// The words.
        #[arg(value_name = "WORD", required = true)]
        words: Vec<String>,
    },
    /// Forget all words.
    Clear,
    /// Never offer these words, in any case.
    Block {
        /// The words.
        #[arg(value_name = "WORD", required = true)]
        words: Vec<String>,
    },
    /// Offer these words again.
    Unblock {
        /// The words.
        #[arg(value_name = "WORD", required = true)]
        words: Vec<String>,
    },
    /// List the words that are never offered.
    Blocked,
    /// Copy all that was learned of words to a file. It can be read back: treat it as your texts.
    Export {
        /// Where to; must not exist yet.
        file: PathBuf,
        /// Leave out what was met fewer than three times, and the names of documents, so that the file may be given away.
        #[arg(long)]
        shareable: bool,
    },
    /// Take in a file that was exported, in place of the words learned.
    Import {
        /// The file.
        file: PathBuf,
    },
}

/// A part of the mixture that makes suggestions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Component {
    /// The byte LSTM.
    Lstm,
    /// Counts of words: the base model's and those of the writer's own texts.
    Ngram,
    /// The words of the open document.
    Recency,
    /// The base model's counts of words alone.
    Background,
}

/// What models read and predict one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TextUnit {
    /// Words and sentence ends.
    Word,
    /// Bytes.
    Byte,
}

/// A rung of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum LadderModel {
    /// Interpolated modified Kneser-Ney.
    Ngram,
    /// The fixed-window network.
    Window,
    /// The simple recurrent network.
    Rnn,
    /// The gated recurrent unit.
    Gru,
    /// Long short-term memory.
    Lstm,
    /// The LSTM and the n-gram, mixed.
    Mix,
}

impl Args {
    /// Whether one JSON object is to be printed.
    pub(super) fn wants_json(&self) -> bool {
        match &self.subcommand {
            Some(
                RawCommand::Train { json, .. }
                | RawCommand::Eval { json, .. }
                | RawCommand::Score { json, .. }
                | RawCommand::Ngram { json, .. }
                | RawCommand::Compare { json, .. }
                | RawCommand::Models { json, .. }
                | RawCommand::Words { json, .. }
                | RawCommand::Bench { json, .. },
            ) => *json,
            Some(RawCommand::Generate(_)) | None => false,
        }
    }

    /// What each argument alone cannot tell: whether they go together.
    pub(super) fn checked(self) -> Result<Self, clap::Error> {
        if let Some(RawCommand::Ngram { action, .. }) = &self.subcommand {
            let conflict = |said| Self::command().error(clap::error::ErrorKind::ArgumentConflict, said);
            action.check().map_err(conflict)?;
        }
        Ok(self)
    }
}

fn temperature(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(temperature) if temperature >= 0.0 && temperature.is_finite() => Ok(temperature),
        _ => Err("a number, 0 or above".to_owned()),
    }
}

fn probability(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(probability) if probability > 0.0 && probability <= 1.0 => Ok(probability),
        _ => Err("a probability above 0, at most 1".to_owned()),
    }
}

fn minutes(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(minutes) if minutes > 0.0 && minutes <= 1440.0 => Ok(minutes),
        _ => Err("a number of minutes above 0, at most 1440".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn wrong_usage_is_refused() {
        for line in [
            "train",
            "eval",
            "train a --minutes 0",
            "train a --minutes NaN",
            "train a --threads 0",
            "eval a --suggestions 6",
            "eval a --components lstm,magic",
            "generate --temperature -1",
            "generate --temperature NaN",
            "generate --top-k 0",
            "generate --top-p 0",
            "generate --top-p 1.5",
            "generate --length 0",
            "generate --seed -1",
            "score --unit letters",
            "ngram",
            "ngram build -o x",
            "ngram build a",
            "ngram build a -o x --order 7",
            "ngram build a -o x --prune 1,0",
            "ngram build a -o x --prune 0,2,1",
            "ngram build a -o x --quantise 1",
            "ngram build a -o x --memory 0",
            "ngram build a -o x.arpa --quantise 8",
            "ngram convert a x.arpa --quantise 8",
            "ngram query",
            "ngram baselines --train a",
            "models use",
            "models export x",
            "words forget",
            "--no-such-flag",
        ] {
            let words = std::iter::once("foreword").chain(line.split(' '));
            let error = Args::try_parse_from(words).and_then(Args::checked).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn the_data_directory_is_taken_wherever_it_stands() {
        for line in ["--data-dir d train a", "train --data-dir d a", "train a --data-dir d"] {
            let args = Args::try_parse_from(std::iter::once("foreword").chain(line.split(' '))).expect(line);
            assert_eq!(args.data_dir, Some(PathBuf::from("d")), "{line}");
            assert!(matches!(args.subcommand, Some(RawCommand::Train { .. })), "{line}");
        }
        let args = Args::try_parse_from(["foreword", "--data-dir", "d", "a.md", "./train"]).unwrap();
        assert_eq!(args.files, [PathBuf::from("a.md"), PathBuf::from("./train")]);
        assert!(args.subcommand.is_none());
    }

    #[test]
    fn what_stands_behind_a_file_is_a_file() {
        let args = Args::try_parse_from(["foreword", "a.md", "models"]).unwrap();
        assert_eq!(args.files, [PathBuf::from("a.md"), PathBuf::from("models")]);
    }

    #[test]
    fn json_is_taken_wherever_it_stands() {
        for line in ["models --json", "models list --json", "train a --json", "eval a --json", "bench --json"]
        {
            let words = std::iter::once("foreword").chain(line.split(' '));
            assert!(Args::try_parse_from(words).expect(line).wants_json(), "{line}");
        }
        assert!(!Args::try_parse_from(["foreword", "notes.md"]).unwrap().wants_json());
    }
}
