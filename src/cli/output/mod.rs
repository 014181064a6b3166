//! Results on stdout: a table to read, or one JSON object with the keys others rely on.

mod comparison;
mod ngram;
mod plot;
mod text;

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use super::bench::BenchReport;
use crate::runtime::visible::{Line, Visible, write_json};
use crate::store::models::ModelVersion;
use learn::train::TrainingSummary;
use suggest::{ByCount, Evaluation, Learned, Reliability};

/// What must stand beside every count of keystrokes saved.
const POTENTIAL: &str = "Savings are potential: those of a typist who reads every suggestion.";

/// A learned word in JSON.
#[derive(Serialize)]
struct LearnedWord<'a> {
    word: &'a str,
    count: u32,
}

/// The words learned with a version in JSON.
#[derive(Serialize)]
struct LearnedWords<'a> {
    model: &'a str,
    words: Vec<LearnedWord<'a>>,
}

/// Writes results, as tables or as JSON; no character of theirs acts on a terminal.
pub(super) struct Printer<W: Write> {
    out: Visible<W>,
    is_json: bool,
}

impl<W: Write> Printer<W> {
    /// Writes to `out`.
    pub(super) fn over(out: Visible<W>, is_json: bool) -> Self {
        Self { out, is_json }
    }

    /// Writes to a buffer.
    #[cfg(test)]
    pub(super) fn new(out: W, is_json: bool) -> Self {
        Self::over(Visible::new(out), is_json)
    }

    /// The figures of an evaluation with each of some sets of components.
    pub(super) fn ablation(&mut self, rows: &[(String, Evaluation)]) -> io::Result<()> {
        if self.is_json {
            let row = |(components, evaluation): &(String, Evaluation)| json!({ "components": components, "evaluation": evaluation });
            return self.json(&json!({ "rows": rows.iter().map(row).collect::<Vec<_>>() }));
        }
        let out = &mut self.out;
        writeln!(
            out,
            "{:<19} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9} {:>9}",
            "components", "KSR@1", "KSR@3", "KSR@5", "hit@3", "ghost", "right, %", "bits/byte"
        )?;
        for (components, evaluation) in rows {
            let ByCount { one, three, five } = evaluation.ksr;
            writeln!(
                out,
                "{components:<19} {one:>7.2} {three:>7.2} {five:>7.2} {:>7.2} {:>7.2} {:>9.1} {:>9.3}",
                evaluation.hit.three,
                evaluation.ghost.ksr,
                evaluation.ghost.precision * 100.0,
                evaluation.bits_per_byte
            )?;
        }
        writeln!(out, "{POTENTIAL}")
    }

    /// The figures of one evaluation; with what was said beside what came, if wanted.
    pub(super) fn evaluation(&mut self, evaluation: &Evaluation, reliability: bool) -> io::Result<()> {
        if self.is_json {
            return self.json(evaluation);
        }
        let out = &mut self.out;
        writeln!(out, "{} bytes, {} words", evaluation.bytes, evaluation.words)?;
        writeln!(out, "bits per byte       {:>7.4}", evaluation.bits_per_byte)?;
        writeln!(out, "suggestions on show {:>7} {:>7} {:>7}", 1, 3, 5)?;
        for (label, figure) in [
            ("keystrokes saved, %", evaluation.ksr),
            ("with phrases, %", evaluation.ksr_phrase),
            ("next word there, %", evaluation.hit),
        ] {
            let ByCount { one, three, five } = figure;
            writeln!(out, "{label:<19} {one:>7.2} {three:>7.2} {five:>7.2}")?;
        }
        let ghost = evaluation.ghost;
        writeln!(
            out,
            "ghost alone         {:>7.2} % saved, shown at {:.1} % of places, right {:.1} % of the time",
            ghost.ksr,
            ghost.shown * 100.0,
            ghost.precision * 100.0
        )?;
        let latency = evaluation.latency_ms;
        writeln!(
            out,
            "latency, ms         {:>7.2} p50, {:.2} p95, {:.2} p99, {:.2} max",
            latency.p50, latency.p95, latency.p99, latency.max
        )?;
        if reliability {
            writeln!(out, "\nthe best word  places  said, %  came, %")?;
            for (row, Reliability { places, said, came }) in evaluation.reliability.iter().enumerate() {
                let (said, came) = (said * 100.0, came * 100.0);
                writeln!(
                    out,
                    "{:>4} to {:>3} %  {places:>6}  {said:>7.1}  {came:>7.1}",
                    row * 10,
                    row * 10 + 10
                )?;
            }
        }
        writeln!(out, "{POTENTIAL}")
    }

    /// What came of a retraining.
    pub(super) fn training(&mut self, summary: &TrainingSummary) -> io::Result<()> {
        if self.is_json {
            return self.json(summary);
        }
        let out = &mut self.out;
        writeln!(
            out,
            "{} documents, {} bytes, {} skipped",
            summary.documents,
            summary.bytes,
            summary.skipped.len()
        )?;
        for skipped in &summary.skipped {
            writeln!(out, "  skipped {}: {}", Line(skipped.path.display()), Line(&skipped.reason))?;
        }
        writeln!(
            out,
            "{} steps, {:.0} bytes/s, {:.0} s in all",
            summary.steps, summary.train_tokens_per_s, summary.seconds
        )?;
        let (before, after) = (&summary.before, &summary.after);
        writeln!(out, "\non held-out documents {:>9} {:>9}", "before", "after")?;
        for (label, before, after) in [
            ("bits per byte", before.bits_per_byte, after.bits_per_byte),
            ("next word in 3, %", before.hit.three, after.hit.three),
            ("keystrokes saved @5,%", before.ksr.five, after.ksr.five),
            ("ghost alone, %", before.ghost.ksr, after.ghost.ksr),
        ] {
            writeln!(out, "{label:<21} {before:>9.3} {after:>9.3}")?;
        }
        writeln!(out, "{POTENTIAL}\n")?;
        if summary.promoted {
            writeln!(out, "Model {} is in use; `foreword models rollback` goes back.", Line(&summary.model))
        } else {
            writeln!(out, "The new model saves no more, so {} stays in use.", Line(&summary.model))
        }
    }

    /// The versions of the model, after what was done, if anything.
    pub(super) fn models(&mut self, done: Option<&str>, versions: &[ModelVersion]) -> io::Result<()> {
        if self.is_json {
            let versions: Vec<_> = versions
                .iter()
                .map(|version| {
                    json!({
                        "name": version.name,
                        "created": version.created,
                        "bits_per_byte": version.bits_per_byte,
                        "ksr5": version.ksr5,
                        "active": version.active,
                    })
                })
                .collect();
            return self.json(&json!({ "models": versions }));
        }
        let out = &mut self.out;
        if let Some(done) = done {
            writeln!(out, "{}\n", Line(done))?;
        }
        let width = versions.iter().map(|version| version.name.len()).max().unwrap_or(0).max(4);
        writeln!(out, "  {:width$}  {:20}  {:>13}  {:>7}", "name", "created", "bits per byte", "KSR@5 %")?;
        for version in versions {
            let mark = if version.active { '*' } else { ' ' };
            let bits = version.bits_per_byte.map_or_else(|| "-".to_owned(), |bits| format!("{bits:.3}"));
            let ksr5 = version.ksr5.map_or_else(|| "-".to_owned(), |ksr5| format!("{ksr5:.2}"));
            let [name, created] = [&version.name, &version.created].map(|text| Line(text).to_string());
            writeln!(out, "{mark} {name:width$}  {created:20}  {bits:>13}  {ksr5:>7}")?;
        }
        Ok(())
    }

    /// Words learned with a version.
    pub(super) fn words(&mut self, model: &str, words: &[Learned]) -> io::Result<()> {
        if self.is_json {
            let words: Vec<_> = words
                .iter()
                .map(|learned| LearnedWord { word: &learned.word, count: learned.count })
                .collect();
            return self.json(&LearnedWords { model, words });
        }
        writeln!(self.out, "{} words learned with model {}", words.len(), Line(model))?;
        for learned in words {
            writeln!(self.out, "{:>7}  {}", learned.count, Line(&learned.word))?;
        }
        Ok(())
    }

    /// Words that are never offered: those of the list, and those of the settings.
    pub(super) fn blocked(&mut self, listed: &BTreeSet<String>, set: &[String]) -> io::Result<()> {
        let words: BTreeSet<&str> = listed.iter().chain(set).map(String::as_str).collect();
        if self.is_json {
            return self.json(&json!({ "blocked": words }));
        }
        words.iter().try_for_each(|word| writeln!(self.out, "{}", Line(word)))
    }

    /// What was done, in a sentence.
    pub(super) fn done(&mut self, done: &str) -> io::Result<()> {
        if self.is_json { self.json(&json!({ "done": done })) } else { writeln!(self.out, "{}", Line(done)) }
    }

    /// The speed on this machine.
    pub(super) fn bench(&mut self, report: &BenchReport) -> io::Result<()> {
        if self.is_json {
            return self.json(report);
        }
        let out = &mut self.out;
        writeln!(out, "one byte through the base model   {:>9.1} µs", report.step_us)?;
        writeln!(out, "sixteen states in one batch       {:>9.1} µs", report.batch16_step_us)?;
        let suggest = report.suggest_ms;
        writeln!(
            out,
            "keystroke to suggestions          {:>9.2} ms p50, {:.2} p95, {:.2} p99",
            suggest.p50, suggest.p95, suggest.p99
        )?;
        for (shape, speed) in &report.train_tokens_per_s {
            write!(out, "training, {shape:<23} {speed:>9.0} bytes/s")?;
            match report.train_share_of_peak.get(shape) {
                Some(share) => writeln!(out, ", {:.0} % of the matrix product's speed", share * 100.0)?,
                None => writeln!(out)?,
            }
        }
        writeln!(out, "matrix product on all cores       {:>9.1} GFLOP/s", report.matmul_peak_gflops)?;
        writeln!(out, "base model read and ready         {:>9.1} ms", report.startup_ms)?;
        if let Some(rss) = report.rss_mb {
            writeln!(out, "memory                            {rss:>9.1} MB")?;
        }
        Ok(())
    }

    fn json<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        write_json(&mut self.out, value)?;
        writeln!(self.out)
    }
}

#[cfg(test)]
mod tests;
