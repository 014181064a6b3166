//! The narrow calls into the engines, one for each command that needs one.

use anyhow::bail;

use super::bench::BenchReport;
use super::command::EvalOptions;
use super::context::Context;
use crate::suggest::Evaluation;
use crate::train::{StepReport, TrainingPlan, TrainingSummary};

/// Runs the editor until it is left.
pub(super) fn edit(_context: &Context, _files: Vec<std::path::PathBuf>) -> anyhow::Result<()> {
    bail!("the editor is not part of this build")
}

/// Types `texts` with the suggestions of a model (a safetensors file). `progress` is told the share done, 0 to 1.
pub(super) fn evaluate(
    _model: &[u8],
    _texts: &[String],
    _options: &EvalOptions,
    _progress: &mut dyn FnMut(f64),
) -> anyhow::Result<Evaluation> {
    bail!("evaluation is not part of this build")
}

/// Retrains as the side panel does: reads, measures, learns, measures, adopts if better.
pub(super) fn train(
    _context: &Context,
    _plan: &TrainingPlan,
    _progress: &mut dyn FnMut(&StepReport),
) -> anyhow::Result<TrainingSummary<Evaluation>> {
    bail!("training is not part of this build")
}

/// Whether bytes are a model that can be used; the reason if not.
pub(super) fn check_model(bytes: &[u8]) -> Result<(), String> {
    safetensors::SafeTensors::deserialize(bytes).map(drop).map_err(|error| error.to_string())
}

/// Measures the speed on this machine.
pub(super) fn bench(_context: &Context) -> anyhow::Result<BenchReport> {
    bail!("measuring is not part of this build")
}
