//! `foreword ngram …` as it is typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Subcommand;

use crate::cli::args::WordUnit;
use crate::store::model_file;
use model::ngram::MAX_ORDER;
use model::ngram::file::Encoding;

/// What to do with n-gram models.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(in crate::cli) enum NgramAction {
    /// Count texts and estimate an interpolated modified Kneser-Ney model.
    Build(BuildArgs),
    /// Measure a text from standard input: perplexity, with unknown words and without.
    Query {
        /// An n-gram file or an ARPA file.
        #[arg(value_name = "FILE")]
        model: PathBuf,
        /// Print every word as `word=number order log10`, a line a sentence, as KenLM's `query -v word` does.
        #[arg(long, conflicts_with = "json")]
        words: bool,
        /// How the text is cut into words; as when the model was built.
        #[arg(long, value_name = "UNIT", value_enum, default_value_t)]
        unit: WordUnit,
    },
    /// Write a model in another form: ARPA text if the second name ends in .arpa, else an n-gram file.
    Convert {
        /// The model there is.
        #[arg(value_name = "FROM")]
        from: PathBuf,
        /// The file to write.
        #[arg(value_name = "TO")]
        to: PathBuf,
        /// Keep probabilities as codes of so many bits, 2 to 16.
        #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u8).range(2..=16))]
        quantise: Option<u8>,
    },
    /// Measure simpler smoothings beside Kneser-Ney: what the sparsity of counts does to each.
    Baselines {
        /// The text to count.
        #[arg(long, value_name = "TEXT")]
        train: PathBuf,
        /// The text to measure.
        #[arg(long, value_name = "TEXT")]
        test: PathBuf,
        /// The longest n-grams counted; several with commas.
        #[arg(long, value_name = "N", value_delimiter = ',', default_value = "3", value_parser = order)]
        order: Vec<usize>,
        /// How the texts are cut into words.
        #[arg(long, value_name = "UNIT", value_enum, default_value_t)]
        unit: WordUnit,
    },
}

/// What to build from what.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(in crate::cli) struct BuildArgs {
    /// Texts to count; - is standard input.
    #[arg(value_name = "TEXT", required = true)]
    pub(super) texts: Vec<PathBuf>,
    /// The file to write, readable by you alone: ARPA text if its name ends in .arpa, else an n-gram file.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
    /// The longest n-grams counted, 1 to 6 words.
    #[arg(long, value_name = "N", default_value = "5", value_parser = order)]
    pub(super) order: usize,
    /// Drop n-grams that come so often or less, by order from 1; the last number goes for all above.
    #[arg(long, value_name = "T,T,…", default_value = "0", value_parser = pruning)]
    pub(super) prune: Pruning,
    /// Keep probabilities as codes of so many bits, 2 to 16 (n-gram file only).
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u8).range(2..=16))]
    pub(super) quantise: Option<u8>,
    /// How the texts are cut into words.
    #[arg(long, value_name = "UNIT", value_enum, default_value_t)]
    pub(super) unit: WordUnit,
    /// Count in so much memory (10^6 bytes); what is beyond goes to temporary files. Estimating holds the distinct n-grams.
    #[arg(long, value_name = "MB", default_value = "1000")]
    pub(super) memory: NonZeroUsize,
}

/// Pruning thresholds by order: they begin with 0 and never decrease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pruning(pub(super) Vec<u64>);

impl NgramAction {
    /// Whether what was typed goes together; why not.
    pub(in crate::cli) fn check(&self) -> Result<(), String> {
        match self {
            Self::Build(BuildArgs { output: to, quantise: Some(_), .. })
            | Self::Convert { to, quantise: Some(_), .. }
                if model_file::is_arpa(to) =>
            {
                Err("--quantise is for n-gram files: ARPA text holds whole numbers; name a file that does not end in .arpa"
                    .to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// How probabilities are to be kept.
pub(super) fn encoding(quantise: Option<u8>) -> Encoding {
    quantise.map_or(Encoding::Exact, Encoding::Quantised)
}

fn order(typed: &str) -> Result<usize, String> {
    match typed.parse() {
        Ok(order @ 1..=MAX_ORDER) => Ok(order),
        _ => Err(format!("a number from 1 to {MAX_ORDER}")),
    }
}

fn pruning(typed: &str) -> Result<Pruning, String> {
    let thresholds: Option<Vec<u64>> = typed.split(',').map(|number| number.trim().parse().ok()).collect();
    match thresholds {
        Some(thresholds) if thresholds[0] == 0 && thresholds.is_sorted() => Ok(Pruning(thresholds)),
        _ => Err("thresholds with commas between, which begin with 0 and never decrease: 0,0,1".to_owned()),
    }
}
