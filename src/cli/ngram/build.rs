//! `foreword ngram build`: count, estimate, write.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use serde::Serialize;

use super::texts::{ensure_other, open_text};
use super::values::{check_quantise, encoding, order};
use crate::cli::context::Context;
use crate::cli::report::{Printer, Report, counted};
use crate::cli::run::Run;
use crate::cli::values::tokenizer;
use crate::runtime::visible::Line;
use crate::store::model_file;
use model::ngram::{Counter, Estimation, Plan, Tokenizer, estimate};

/// Count texts and estimate an interpolated modified Kneser-Ney model.
#[derive(Debug, clap::Args)]
pub(super) struct Build {
    /// Texts to count; - is standard input.
    #[arg(value_name = "TEXT", required = true)]
    texts: Vec<PathBuf>,
    /// The file to write, readable by you alone: ARPA text if its name ends in .arpa, else an n-gram file.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The longest n-grams counted, 1 to 6 words.
    #[arg(long, value_name = "N", default_value = "5", value_parser = order)]
    order: usize,
    /// Drop n-grams that come so often or less, by order from 1; the last number goes for all above.
    #[arg(long, value_name = "T,T,…", default_value = "0", value_parser = pruning)]
    prune: Pruning,
    /// Keep probabilities as codes of so many bits, 2 to 16 (n-gram file only).
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u8).range(2..=16))]
    quantise: Option<u8>,
    /// How the texts are cut into words.
    #[arg(long, value_name = "UNIT", value_parser = tokenizer(), default_value = "words")]
    unit: Tokenizer,
    /// Count in so much memory (10^6 bytes); what is beyond goes to temporary files. Estimating holds the distinct n-grams.
    #[arg(long, value_name = "MB", default_value = "1000")]
    memory: NonZeroUsize,
}

/// Pruning thresholds by order: they begin with 0 and never decrease.
#[derive(Debug, Clone)]
struct Pruning(Vec<u64>);

fn pruning(typed: &str) -> Result<Pruning, String> {
    let thresholds: Option<Vec<u64>> = typed.split(',').map(|number| number.trim().parse().ok()).collect();
    match thresholds {
        Some(thresholds) if thresholds[0] == 0 && thresholds.is_sorted() => Ok(Pruning(thresholds)),
        _ => Err("thresholds with commas between, which begin with 0 and never decrease: 0,0,1".to_owned()),
    }
}

impl Run for Build {
    fn check(&self, _: bool) -> Result<(), String> {
        check_quantise(&self.output, self.quantise)
    }

    fn run(&self, _: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        Ok(printer.print(&self.build()?)?)
    }
}

impl Build {
    /// Builds a model and writes it.
    fn build(&self) -> anyhow::Result<Built> {
        let started = Instant::now();
        self.texts.iter().try_for_each(|text| ensure_other(text, &self.output))?;
        let buffer_bytes = self.memory.get().saturating_mul(1_000_000);
        // Files without a name: the system takes them back when this process ends, however it does.
        let mut counter = Counter::new(self.order, buffer_bytes, tempfile::tempfile)?;
        for path in &self.texts {
            let text = open_text(path)?;
            counter.count(text, self.unit).with_context(|| format!("{}: {}", path.display(), no_room()))?;
        }
        let counts = counter.finish()?;
        let (sentences, words, spilled) = (counts.sentences, counts.words, counts.spilled);
        let plan = Plan { pruning: self.prune.0.clone(), ..Plan::default() };
        let (ngrams, estimation) = estimate(counts, &plan).with_context(|| {
            let texts: Vec<String> = self.texts.iter().map(|path| path.display().to_string()).collect();
            texts.join(", ")
        })?;
        let bytes = model_file::write_ngram(&self.output, &ngrams, encoding(self.quantise))?;
        Ok(Built {
            file: self.output.clone(),
            bytes,
            sentences,
            words,
            vocabulary: ngrams.vocabulary().len(),
            orders: rows(estimation),
            spilled,
            seconds: started.elapsed().as_secs_f64(),
        })
    }
}

fn no_room() -> String {
    format!(
        "cannot be counted; check that it can be read, and the room for temporary files in {} (TMPDIR names another folder)",
        std::env::temp_dir().display()
    )
}

/// What was built.
#[derive(Debug, Serialize)]
struct Built {
    #[serde(serialize_with = "learn::train::report::lossy")]
    file: PathBuf,
    /// Of the file.
    bytes: u64,
    sentences: u64,
    /// Sentence ends left out.
    words: u64,
    /// Different words, control words included.
    vocabulary: usize,
    orders: Vec<OrderRow>,
    /// N-grams that went to temporary files on the way.
    spilled: u64,
    seconds: f64,
}

/// What became of one order.
#[derive(Debug, Serialize)]
struct OrderRow {
    order: usize,
    /// Distinct n-grams in the text.
    counted: usize,
    /// Left after pruning.
    kept: usize,
    /// Taken from counts of one, two, three and more.
    discounts: [f64; 3],
    /// Why these are not estimated, if they are not.
    fallback: Option<String>,
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

impl Report for Built {
    fn json(&self) -> impl Serialize {
        self
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { words, sentences, vocabulary, .. } = self;
        writeln!(
            out,
            "{} in {}, {vocabulary} different (control words included)",
            counted(*words, "word"),
            counted(*sentences, "sentence")
        )?;
        writeln!(out, "order {:>12} {:>12}   {:9} {:9} {:9}", "n-grams", "kept", "D1", "D2", "D3+")?;
        for OrderRow { order, counted, kept, discounts: [one, two, three], fallback } in &self.orders {
            write!(out, "{order:>5} {counted:>12} {kept:>12}   {one:<9.6} {two:<9.6} {three:<9.6}")?;
            match fallback {
                Some(reason) => writeln!(out, " not estimated: {reason}")?,
                None => writeln!(out)?,
            }
        }
        writeln!(out, "{}: {}, {:.1} s", Line(self.file.display()), counted(self.bytes, "byte"), self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parsed;

    #[test]
    fn through_temporary_files_it_is_the_same_model() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let built = |line: &str| parsed::<Build>(line).unwrap().build().unwrap();
        let words = |i: usize| format!("w{} w{} w{} w{}", i % 97, i * i % 89, i * 7 % 83, i % 11);
        let text: Vec<String> = (0..12_000).map(words).collect();
        std::fs::write(path("text"), text.join("\n")).unwrap();
        let tight = built(&format!("{} -o {} --memory 1", path("text"), path("tight")));
        let free = built(&format!("{} -o {}", path("text"), path("free")));
        assert!(tight.spilled > 1_000 && free.spilled == 0, "{tight:?}");
        assert_eq!((tight.sentences, tight.words), (12_000, 48_000));
        assert!(std::fs::read(path("tight")).unwrap() == std::fs::read(path("free")).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
