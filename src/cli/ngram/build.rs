//! `foreword ngram build`: count, estimate, write.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use serde::Serialize;

use super::arguments::{BuildArgs, encoding};
use super::{ensure_other, open_text};
use crate::store::model_file;
use model::ngram::{Counter, Estimation, Plan, estimate};

/// What was built.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct BuildReport {
    #[serde(serialize_with = "learn::train::report::lossy")]
    pub(in crate::cli) file: PathBuf,
    /// Of the file.
    pub(in crate::cli) bytes: u64,
    pub(in crate::cli) sentences: u64,
    /// Sentence ends left out.
    pub(in crate::cli) words: u64,
    /// Different words, control words included.
    pub(in crate::cli) vocabulary: usize,
    pub(in crate::cli) orders: Vec<OrderRow>,
    /// N-grams that went to temporary files on the way.
    pub(in crate::cli) spilled: u64,
    pub(in crate::cli) seconds: f64,
}

/// What became of one order.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct OrderRow {
    pub(in crate::cli) order: usize,
    /// Distinct n-grams in the text.
    pub(in crate::cli) counted: usize,
    /// Left after pruning.
    pub(in crate::cli) kept: usize,
    /// Taken from counts of one, two, three and more.
    pub(in crate::cli) discounts: [f64; 3],
    /// Why these are not estimated, if they are not.
    pub(in crate::cli) fallback: Option<String>,
}

/// Builds a model and writes it.
pub(super) fn build(args: &BuildArgs) -> anyhow::Result<BuildReport> {
    let started = Instant::now();
    args.texts.iter().try_for_each(|text| ensure_other(text, &args.output))?;
    let buffer_bytes = args.memory.get().saturating_mul(1_000_000);
    // Files without a name: the system takes them back when this process ends, however it does.
    let mut counter = Counter::new(args.order, buffer_bytes, tempfile::tempfile)?;
    for path in &args.texts {
        let text = open_text(path)?;
        counter
            .count(text, args.unit.into())
            .with_context(|| format!("{}: {}", path.display(), no_room()))?;
    }
    let counts = counter.finish()?;
    let (sentences, words, spilled) = (counts.sentences, counts.words, counts.spilled);
    let plan = Plan { pruning: args.prune.0.clone(), ..Plan::default() };
    let (ngrams, estimation) = estimate(counts, &plan).with_context(|| {
        let texts: Vec<String> = args.texts.iter().map(|path| path.display().to_string()).collect();
        texts.join(", ")
    })?;
    let bytes = model_file::write_ngram(&args.output, &ngrams, encoding(args.quantise))?;
    Ok(BuildReport {
        file: args.output.clone(),
        bytes,
        sentences,
        words,
        vocabulary: ngrams.vocabulary().len(),
        orders: rows(estimation),
        spilled,
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn rows(estimation: Estimation) -> Vec<OrderRow> {
    let row = |(index, report): (usize, model::ngram::estimate::OrderReport)| OrderRow {
        order: index + 1,
        counted: report.counted,
        kept: report.kept,
        discounts: report.discounts.0,
        fallback: report.fallback.map(|reason| reason.to_string()),
    };
    estimation.orders.into_iter().enumerate().map(row).collect()
}

fn no_room() -> String {
    format!(
        "cannot be counted; check that it can be read, and the room for temporary files in {} (TMPDIR names another folder)",
        std::env::temp_dir().display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ngram::arguments::NgramAction;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        action: NgramAction,
    }

    fn built(line: &str) -> anyhow::Result<BuildReport> {
        match Line::try_parse_from(line.split('|')).unwrap().action {
            NgramAction::Build(args) => build(&args),
            _ => panic!("a build"),
        }
    }

    #[test]
    fn through_temporary_files_it_is_the_same_model() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let words = |i: usize| format!("w{} w{} w{} w{}", i % 97, i * i % 89, i * 7 % 83, i % 11);
        let text: Vec<String> = (0..12_000).map(words).collect();
        std::fs::write(path("text"), text.join("\n")).unwrap();
        let tight = built(&format!("ngram|build|{}|-o|{}|--memory|1", path("text"), path("tight"))).unwrap();
        let free = built(&format!("ngram|build|{}|-o|{}", path("text"), path("free"))).unwrap();
        assert!(tight.spilled > 1_000 && free.spilled == 0, "{tight:?}");
        assert_eq!((tight.sentences, tight.words), (12_000, 48_000));
        assert!(std::fs::read(path("tight")).unwrap() == std::fs::read(path("free")).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
