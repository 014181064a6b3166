//! `foreword train FOLDER…`: retraining without the editor.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::bail;
use serde::Serialize;

use super::context::Context;
use super::progress::ProgressLine;
use super::report::{Printer, Report, counted};
use super::run::Run;
use super::typist::POTENTIAL;
use super::values::minutes;
use crate::config::cores;
use crate::runtime::visible::Line;
use crate::runtime::workers::trainer::{Control, TrainingOutcome, retrain};
use learn::train::{StepReport, TrainingPhase, TrainingPlan, TrainingSummary};

/// Learn from folders of your own texts, and keep the new model if it saves more keystrokes.
#[derive(Debug, clap::Args)]
pub(super) struct Train {
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
}

impl Run for Train {
    /// Retrains as the side panel does: reads, measures, learns, measures, adopts if better.
    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let mut progress = ProgressLine::new();
        let (settings, plan) = (context.suggestion_settings(), self.plan(context));
        let outcome = retrain(&context.models, &settings, &plan, &Control::default(), &mut |report| {
            progress.show(report.progress, &status(&report));
        })?;
        progress.finish();
        match outcome {
            TrainingOutcome::Finished(summary) => Ok(printer.print(&*summary)?),
            TrainingOutcome::Cancelled => bail!("the training was cancelled; nothing was kept"),
        }
    }
}

impl Train {
    /// The training meant: what is not typed is as the settings say.
    fn plan(&self, context: &Context) -> TrainingPlan {
        let defaults = &context.config.training;
        TrainingPlan {
            folders: self.folders.clone(),
            name: self.name.clone(),
            minutes: self.minutes.unwrap_or(defaults.minutes),
            from_scratch: self.from_scratch,
            seed: self.seed,
            threads: self.threads.or(defaults.threads).map_or_else(cores, NonZeroUsize::get),
        }
    }
}

/// One line on how the training stands.
fn status(report: &StepReport) -> String {
    let mut parts = match report.phase {
        TrainingPhase::Reading => return "reading".to_owned(),
        TrainingPhase::MeasuringBefore => return "measuring the model in use".to_owned(),
        TrainingPhase::MeasuringAfter => return "measuring the new model".to_owned(),
        TrainingPhase::Training => {
            vec!["learning".to_owned(), format!("step {}", report.step), format!("epoch {:.1}", report.epoch)]
        }
    };
    parts.extend(report.train_bits.map(|bits| format!("{bits:.3} bits per byte")));
    parts.extend(report.validation_bits.map(|bits| format!("validation {bits:.3}")));
    parts.push(format!("{:.0} bytes/s", report.bytes_per_second));
    if report.dropped_steps > 0 {
        parts.push(format!("{} dropped, not finite", counted(report.dropped_steps.into(), "step")));
    }
    parts.extend(report.eta_seconds.map(|seconds| {
        let seconds = seconds.max(0.0) as u64;
        format!("{}:{:02} left", seconds / 60, seconds % 60)
    }));
    parts.join(" · ")
}

impl Report for TrainingSummary {
    fn json(&self) -> impl Serialize {
        self
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let (documents, bytes) =
            (counted(self.documents as u64, "document"), counted(self.bytes as u64, "byte"));
        writeln!(out, "{documents}, {bytes}, {} skipped", self.skipped.len())?;
        for skipped in &self.skipped {
            writeln!(out, "  skipped {}: {}", Line(skipped.path.display()), Line(&skipped.reason))?;
        }
        writeln!(
            out,
            "{}, {:.0} bytes/s, {:.0} s in all",
            counted(self.steps, "step"),
            self.train_tokens_per_s,
            self.seconds
        )?;
        let (before, after) = (&self.before, &self.after);
        writeln!(out, "\non held-out documents {:>9} {:>9}", "before", "after")?;
        for (label, before, after) in [
            ("bits per byte", before.figures.bits_per_byte, after.figures.bits_per_byte),
            ("next word in 3, %", before.figures.hit.three, after.figures.hit.three),
            ("keystrokes saved @5,%", before.figures.ksr.five, after.figures.ksr.five),
            ("ghost alone, %", before.figures.ghost.ksr, after.figures.ghost.ksr),
        ] {
            writeln!(out, "{label:<21} {before:>9.3} {after:>9.3}")?;
        }
        writeln!(out, "{POTENTIAL}\n")?;
        if self.promoted {
            writeln!(out, "Model {} is in use; `foreword models rollback` goes back.", Line(&self.model))
        } else {
            writeln!(out, "The new model saves no more, so {} stays in use.", Line(&self.model))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{
        assert_has_keys, assert_is_evaluation, evaluation, json, json_text, keys, parsed, text,
    };
    use learn::train::report::SkippedFile;

    fn summary(promoted: bool) -> TrainingSummary {
        let mut after = evaluation();
        after.figures.bits_per_byte = 1.5;
        let skipped = SkippedFile { path: PathBuf::from("notes/a.bin"), reason: "binary".to_owned() };
        TrainingSummary {
            documents: 9,
            skipped: vec![skipped],
            bytes: 12_345,
            train_tokens_per_s: 20_000.4,
            steps: 77,
            seconds: 61.5,
            before: evaluation(),
            after,
            promoted,
            model: "2026-11-24-1".to_owned(),
        }
    }

    #[test]
    fn what_is_typed_beats_the_settings_and_they_beat_the_defaults() {
        let settings = "[training]\nminutes = 7\nthreads = 3\n";
        for (line, settings, minutes, threads) in [
            ("a", "", 5.0, cores()),
            ("a", settings, 7.0, 3),
            ("a --minutes 0.5 --threads 2", settings, 0.5, 2),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("config.toml"), settings).unwrap();
            let context = Context::open(Some(folder.path())).unwrap();
            let plan = parsed::<Train>(line).unwrap().plan(&context);
            assert_eq!(plan.threads, threads, "{line}");
            assert!((plan.minutes - minutes).abs() < 1e-9, "{line}");
            assert_eq!((plan.seed, plan.from_scratch, plan.name), (1, false, None));
        }
    }

    #[test]
    fn the_status_says_what_is_known() {
        let mut report = StepReport {
            phase: TrainingPhase::Training,
            progress: 0.5,
            step: 120,
            epoch: 1.25,
            train_bits: None,
            validation_bits: None,
            bytes_per_second: 12_345.6,
            gradient_norm: 1.0,
            clipped_share: 0.25,
            dropped_steps: 0,
            learning_rate: 1e-3,
            eta_seconds: None,
        };
        assert_eq!(status(&report), "learning · step 120 · epoch 1.2 · 12346 bytes/s");
        report.train_bits = Some(1.5);
        report.validation_bits = Some(1.75);
        report.eta_seconds = Some(65.4);
        let whole = "learning · step 120 · epoch 1.2 · 1.500 bits per byte · validation 1.750 · 12346 bytes/s · 1:05 left";
        assert_eq!(status(&report), whole);
        report.dropped_steps = 2;
        assert!(status(&report).contains(" · 2 steps dropped, not finite · "), "{}", status(&report));
        report.phase = TrainingPhase::MeasuringAfter;
        assert_eq!(status(&report), "measuring the new model");
    }

    #[test]
    fn a_training_in_json_has_the_keys_others_rely_on() {
        let value = json(&summary(true));
        assert_has_keys(
            &value,
            &["documents", "skipped", "bytes", "train_tokens_per_s", "steps", "seconds", "promoted", "model"],
        );
        assert_eq!(keys(&value["skipped"][0]), ["path", "reason"]);
        assert_is_evaluation(&value["before"]);
        assert_is_evaluation(&value["after"]);
    }

    #[test]
    fn a_training_reads_as_before_and_after() {
        let expected = "\
9 documents, 12345 bytes, 1 skipped
  skipped notes/a.bin: binary
77 steps, 20000 bytes/s, 62 s in all

on held-out documents    before     after
bits per byte             1.750     1.500
next word in 3, %        20.000    20.000
keystrokes saved @5,%    50.000    50.000
ghost alone, %           20.000    20.000
Savings are potential: those of a typist who notices every suggestion, or every second one.

Model 2026-11-24-1 is in use; `foreword models rollback` goes back.
";
        assert_eq!(text(&summary(true)), expected);
        let kept = text(&summary(false));
        assert!(kept.contains("stays in use"), "{kept}");
    }

    #[test]
    fn names_of_strangers_stay_on_their_line_and_act_on_nothing() {
        let mut strange = summary(true);
        strange.skipped[0].path = PathBuf::from("a\u{1b}]0;owned\u{7}\n  skipped b.txt: fine.bin");
        strange.skipped[0].reason = "not UTF-8\u{9b}2J".to_owned();
        let text = text(&strange);
        let line = "  skipped a\\u{1b}]0;owned\\u{7}\\n  skipped b.txt: fine.bin: not UTF-8\\u{9b}2J\n";
        assert!(text.contains(line), "{text}");
        let written = json_text(&strange);
        assert!(!written.contains('\u{9b}') && written.contains("\\u009b2J"), "{written}");
        assert_eq!(json(&strange)["skipped"][0]["reason"], "not UTF-8\u{9b}2J");
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_reported_all_the_same() {
        use std::os::unix::ffi::OsStrExt as _;
        let mut strange = summary(true);
        strange.skipped[0].path = std::ffi::OsStr::from_bytes(b"caf\xe9.txt").into();
        assert_eq!(json(&strange)["skipped"][0]["path"], "caf\u{fffd}.txt");
    }
}
