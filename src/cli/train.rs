//! `foreword train FOLDER…`: retraining without the editor.

use std::io::Write;

use super::context::Context;
use super::engine;
use super::output::Printer;
use super::progress::Progress;
use learn::train::{StepReport, TrainingPhase, TrainingPlan};

/// Retrains and prints what came of it.
pub(super) fn run<W: Write>(
    context: &Context,
    plan: &TrainingPlan,
    printer: &mut Printer<W>,
) -> anyhow::Result<()> {
    let mut progress = Progress::new();
    let summary = engine::train(context, plan, &mut |report| {
        progress.show(report.progress, &status(report));
    })?;
    progress.finish();
    printer.training(&summary)?;
    Ok(())
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
        parts.push(format!("{} steps dropped, not finite", report.dropped_steps));
    }
    parts.extend(report.eta_seconds.map(|seconds| {
        let seconds = seconds.max(0.0) as u64;
        format!("{}:{:02} left", seconds / 60, seconds % 60)
    }));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
