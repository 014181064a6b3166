//! `foreword compare`: kinds of language models, trained and measured on one text.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;
use serde::Serialize;
use serde_json::json;

use super::context::Context;
use super::file::read_file;
use super::plot::{self, Series};
use super::progress::ProgressLine;
use super::report::{Printer, Report, counted};
use super::run::Run;
use super::values::minutes;
use crate::config::cores;
use crate::lab::compare::{ComparePlan, ModelRow, NetworkRow, compare};
use crate::lab::{ModelKind, Texts, Unit};

/// No more often than this is a checkpoint of a long training written.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(120);

/// Train the whole ladder of language models on one text, and set them side by side.
#[derive(Debug, clap::Args)]
pub(super) struct Compare {
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
    #[arg(long, value_enum, default_value_t = Unit::Word)]
    unit: Unit,
    /// Which models.
    #[arg(long, value_name = "LIST", value_enum, value_delimiter = ',',
        default_values = ["ngram", "window", "rnn", "lstm", "mix"])]
    models: Vec<ModelKind>,
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
}

impl Run for Compare {
    fn run(&self, _: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let text = Texts::new(self.unit, &read(&self.train)?, &read(&self.valid)?, &read(&self.test)?)?;
        let mut progress = ProgressLine::new();
        let rows = compare(&text, &self.plan(), &mut |share, status| progress.show(share, status))?;
        progress.finish();
        Ok(printer.print(&Comparison(rows))?)
    }
}

impl Compare {
    fn plan(&self) -> ComparePlan {
        let longest = if self.unit == Unit::Word { 5 } else { 6 };
        ComparePlan {
            models: with_parts(&self.models),
            order: self.order.map_or(longest, usize::from),
            minutes: self.minutes,
            seed: self.seed,
            threads: self.threads.map_or_else(cores, NonZeroUsize::get),
            keep: self.keep.clone(),
            checkpoint_every: CHECKPOINT_EVERY,
        }
    }
}

/// The kinds in a fixed order, each once; with the mixture come its parts.
fn with_parts(models: &[ModelKind]) -> Vec<ModelKind> {
    let mut kinds = models.to_vec();
    if kinds.contains(&ModelKind::Mix) {
        kinds.extend([ModelKind::Ngram, ModelKind::Lstm]);
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// A text to compare on.
fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let bytes = read_file(path)?;
    ensure!(!bytes.is_empty(), "{name}: is empty; name a file with text in it");
    String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{name}: is not UTF-8; save it as UTF-8 text"))
}

/// Kinds of models on one text: a table, and charts.
struct Comparison(Vec<ModelRow>);

impl Report for Comparison {
    fn json(&self) -> impl Serialize {
        json!({ "rows": self.0 })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let rows = &self.0[..];
        writeln!(
            out,
            "{:<8} {:>10} {:>12} {:>9} {:>10} {:>10} {:>9}",
            "model", "params", "bytes", "train, s", "valid ppl", "test ppl", "bits/byte"
        )?;
        let shown =
            |perplexity: Option<f64>| perplexity.map_or_else(|| "infinite".into(), |p| format!("{p:.2}"));
        for row in rows {
            writeln!(
                out,
                "{:<8} {:>10} {:>12} {:>9.1} {:>10} {:>10} {:>9.4}",
                row.model,
                row.params,
                row.bytes_on_disk,
                row.train_s,
                shown(row.valid_perplexity),
                shown(row.test_perplexity),
                row.bits_per_byte
            )?;
        }
        for row in rows {
            if let Some(weight) = row.weight {
                writeln!(
                    out,
                    "\nmix: {weight:.3} of the lstm and the rest of the ngram, fitted on the validation text"
                )?;
            }
        }
        for lines in [learning(rows), flow(rows)] {
            if !lines.is_empty() {
                writeln!(out, "\n{}", lines.join("\n"))?;
            }
        }
        for (row, network) in networks(rows) {
            let share = network.clipped_share * 100.0;
            writeln!(
                out,
                "{}: clipping touched {share:.1} % of {}",
                row.model,
                counted(network.steps, "step")
            )?;
        }
        Ok(())
    }
}

fn networks(rows: &[ModelRow]) -> impl Iterator<Item = (&ModelRow, &NetworkRow)> {
    rows.iter().filter_map(|row| row.network.as_ref().map(|network| (row, network)))
}

/// Perplexity of the validation text after each pass.
fn learning(rows: &[ModelRow]) -> Vec<String> {
    let series: Vec<Series> = networks(rows)
        .map(|(row, network)| Series {
            letter: letter(&row.model),
            label: row.model.clone(),
            points: (1_u32..).map(f64::from).zip(network.valid_curve.iter().map(|p| p.log10())).collect(),
        })
        .collect();
    plot::chart("log10 of the validation text's perplexity as the training goes on", "validations", &series)
}

/// How the gradient reaches back, before the training (small letter) and after it.
fn flow(rows: &[ModelRow]) -> Vec<String> {
    let mut series = Vec::new();
    for (row, network) in networks(rows) {
        for (norms, when) in
            [(&network.gradient_flow_start, "at the start"), (&network.gradient_flow_trained, "trained")]
        {
            if norms.is_empty() {
                continue;
            }
            let letter = letter(&row.model);
            series.push(Series {
                letter: if when == "trained" { letter } else { letter.to_ascii_lowercase() },
                label: format!("{} {when}", row.model),
                points: (0_u32..).map(f64::from).zip(norms.iter().map(|norm| norm.log10())).collect(),
            });
        }
    }
    plot::chart("log10 of the gradient's norm, loss at t on the hidden state at t − k", "k", &series)
}

/// The model's letter in a chart.
fn letter(model: &str) -> char {
    model.chars().next().unwrap_or('?').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::cli::testing;

    fn row(model: &str, network: Option<NetworkRow>) -> ModelRow {
        ModelRow {
            model: model.into(),
            params: 7,
            bytes_on_disk: 14,
            train_s: 1.5,
            valid_perplexity: Some(120.25),
            test_perplexity: None,
            bits_per_byte: 1.25,
            network,
            weight: None,
        }
    }

    fn network() -> NetworkRow {
        NetworkRow {
            steps: 40,
            epochs: 2.0,
            tokens_per_s: 100.0,
            clipped_share: 0.25,
            valid_curve: vec![200.0, 120.25],
            gradient_flow_start: vec![1.0, 0.1, 0.01],
            gradient_flow_trained: vec![1.0, 0.5, 0.25],
        }
    }

    #[test]
    fn the_mixture_brings_its_parts_and_kinds_stand_in_order() {
        for (typed, expected) in [
            (
                &[ModelKind::Mix, ModelKind::Ngram][..],
                &[ModelKind::Ngram, ModelKind::Lstm, ModelKind::Mix][..],
            ),
            (&[ModelKind::Lstm, ModelKind::Rnn, ModelKind::Lstm], &[ModelKind::Rnn, ModelKind::Lstm]),
        ] {
            assert_eq!(with_parts(typed), expected);
        }
    }

    #[test]
    fn a_kind_is_typed_as_it_is_named_in_the_table() {
        for kind in ModelKind::value_variants() {
            let typed = kind.to_possible_value().unwrap();
            assert_eq!(typed.get_name(), crate::lab::compare::name(*kind));
        }
    }

    #[test]
    fn json_has_the_keys_others_rely_on_and_says_infinite_as_null() {
        let mix = ModelRow { weight: Some(0.7), ..row("mix", None) };
        let rows = vec![row("ngram", None), row("lstm", Some(network())), mix];
        let value = testing::json(&Comparison(rows));
        for row in value["rows"].as_array().unwrap() {
            for key in ["model", "params", "bytes_on_disk", "train_s", "valid_perplexity", "bits_per_byte"] {
                assert!(!row[key].is_null(), "{key} of {row}");
            }
            assert!(row.as_object().unwrap().contains_key("test_perplexity"));
            assert!(row["test_perplexity"].is_null());
        }
        assert_eq!(value["rows"][1]["gradient_flow_trained"][1], 0.5);
        assert_eq!(value["rows"][1]["clipped_share"], 0.25);
        assert_eq!(value["rows"][2]["weight"], 0.7);
    }

    #[test]
    fn the_table_says_infinite_and_the_charts_show_both_ends() {
        let text = testing::text(&Comparison(vec![row("ngram", None), row("rnn", Some(network()))]));
        assert!(text.contains("infinite") && text.contains("120.25"), "{text}");
        assert!(text.contains("r rnn at the start   R rnn trained"), "{text}");
        assert!(text.contains("rnn: clipping touched 25.0 % of 40 steps"), "{text}");
        let counted = testing::text(&Comparison(vec![row("ngram", None)]));
        assert!(!counted.contains("gradient"), "no chart without a network: {counted}");
    }
}
