//! `foreword ngram baselines`: simpler smoothings beside Kneser-Ney, on one text.

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Serialize;
use serde_json::json;

use super::texts::open_text;
use super::values::{self, order};
use crate::cli::context::Context;
use crate::cli::report::{Printer, Report};
use crate::cli::run::Run;
use crate::cli::values::tokenizer;
use model::ngram::{
    Baseline, Counter, GrowingCounts, Measured, Plan, Smoothing, Tokenizer, estimate, perplexity,
};

const SMOOTHINGS: [(&str, Smoothing); 6] = [
    ("maximum likelihood", Smoothing::MaximumLikelihood),
    ("add 1", Smoothing::AddK(1.0)),
    ("add 0.01", Smoothing::AddK(0.01)),
    ("stupid backoff, 0.4", Smoothing::StupidBackoff(0.4)),
    ("Witten-Bell", Smoothing::WittenBell),
    ("absolute discounting, 0.75", Smoothing::AbsoluteDiscounting(0.75)),
];

/// Measure simpler smoothings beside Kneser-Ney: what the sparsity of counts does to each.
#[derive(Debug, clap::Args)]
pub(super) struct Baselines {
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
    #[arg(long, value_name = "UNIT", value_parser = tokenizer(), default_value = "words")]
    unit: Tokenizer,
}

impl Run for Baselines {
    /// Counts one text at each order, and measures the other under each smoothing.
    fn run(&self, _: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let mut rows = Vec::new();
        for &order in &self.order {
            let failed = || format!("{}: cannot be read to its end", self.train.display());
            let mut counts = GrowingCounts::new(order)?;
            counts.count(open_text(&self.train)?, self.unit).with_context(failed)?;
            for (smoothing, kind) in SMOOTHINGS {
                let baseline = Baseline { counts: &counts, smoothing: kind };
                let perplexity = of_text(&self.test, |text| baseline.perplexity(text, self.unit))?;
                let is_distribution = !matches!(kind, Smoothing::StupidBackoff(_));
                rows.push(Row { smoothing, order, perplexity, is_distribution });
            }
            let mut counter = Counter::in_memory(order)?;
            counter.count(open_text(&self.train)?, self.unit).with_context(failed)?;
            let estimated = estimate(counter.finish()?, &Plan::default());
            let (ngrams, _) = estimated.with_context(|| self.train.display().to_string())?;
            let model = ngrams.to_model()?;
            let perplexity = of_text(&self.test, |text| perplexity(&model, text, self.unit))?;
            rows.push(Row { smoothing: "modified Kneser-Ney", order, perplexity, is_distribution: true });
        }
        Ok(printer.print(&Smoothings { orders: &self.order, rows })?)
    }
}

fn of_text(
    test: &Path,
    measure: impl FnOnce(Box<dyn BufRead>) -> io::Result<Measured>,
) -> anyhow::Result<f64> {
    let measured = measure(open_text(test)?)
        .with_context(|| format!("{}: cannot be read to its end", test.display()))?;
    let value = measured.perplexity();
    ensure!(value.is_some(), "{}: the text has no words; give one with at least one word", test.display());
    Ok(value.unwrap_or(f64::INFINITY))
}

/// Smoothings measured: a column for each order.
struct Smoothings<'a> {
    orders: &'a [usize],
    /// Order by order.
    rows: Vec<Row>,
}

/// One smoothing at one order.
#[derive(Serialize)]
struct Row {
    smoothing: &'static str,
    order: usize,
    /// Of the test text. Infinite if some of its words are held impossible.
    perplexity: f64,
    /// Whether its probabilities sum to 1: else the perplexity compares with no other.
    is_distribution: bool,
}

impl Report for Smoothings<'_> {
    fn json(&self) -> impl Serialize {
        json!({ "rows": self.rows })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{:28}", "test perplexity by order")?;
        self.orders.iter().try_for_each(|order| write!(out, "{order:>12}"))?;
        writeln!(out)?;
        let kinds = self.rows.len() / self.orders.len().max(1);
        for kind in 0..kinds {
            write!(out, "{:28}", self.rows[kind].smoothing)?;
            for row in self.rows.iter().skip(kind).step_by(kinds) {
                let value = values::perplexity(Some(row.perplexity));
                let value = if row.is_distribution { value } else { format!("({value})") };
                write!(out, "{value:>12}")?;
            }
            writeln!(out)?;
        }
        writeln!(out, "In brackets: scores that do not sum to 1, so that the figure compares with no other.")
    }
}
