//! `foreword bench`: the speed on this machine.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::context::Context;
use super::engine;
use super::output::Printer;

/// The speed on this machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct BenchReport {
    /// One step of the base model for one byte, microseconds.
    pub(super) step_us: f64,
    /// Keystroke to suggestions, milliseconds.
    pub(super) suggest_ms: Percentiles,
    /// Bytes learned from per second, by shape of the model, batch and window.
    pub(super) train_tokens_per_s: BTreeMap<String, f64>,
    /// Start of the program to a model ready to suggest, milliseconds.
    pub(super) startup_ms: f64,
    /// Memory in use with the base model loaded, MB; `None` where the system does not tell.
    pub(super) rss_mb: Option<f64>,
}

/// A spread of durations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(super) struct Percentiles {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
}

/// Measures and prints the speed.
pub(super) fn run<W: Write>(context: &Context, printer: &mut Printer<W>) -> anyhow::Result<()> {
    let report = engine::bench(context)?;
    printer.bench(&report)?;
    Ok(())
}
