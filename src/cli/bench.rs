//! `foreword bench`: the speed on this machine.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroUsize;
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Serialize;

use super::args::Component;
use super::command::EvalOptions;
use super::context::Context;
use super::engine;
use super::output::Printer;
use super::progress::Progress;
use crate::lm::LanguageModel;
use crate::lm::rnn::{RnnNetwork, RnnShape};
use crate::shell::models::BASE;
use crate::train::streams::symbols;
use crate::train::{Trainer, TrainerOptions, trainer};

/// The speed on this machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct BenchReport {
    /// One step of the base model for one byte, microseconds.
    pub(super) step_us: f64,
    /// Keystroke to suggestions, milliseconds.
    pub(super) suggest_ms: Percentiles,
    /// Bytes learned from per second, by shape of the model, batch and window.
    pub(super) train_tokens_per_s: BTreeMap<String, f64>,
    /// Reading the base model until it is ready to suggest, milliseconds.
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

/// Bytes streamed to time a step.
const STEPS: usize = 400;

/// What is typed to time the suggestions: plain mail, with names, figures and marks.
const SAMPLE: &str = "\
Dear Mara, thank you for the long letter and for the three photographs of the harbour.\n\
We were glad to hear that the roof held through the winter. Could you send me the address of the carpenter?\n\
I would like to ask him about our kitchen window before the next storm; it has not closed well since 2019.\n\
On Thursday I will take the early train, so please do not wait for me with dinner. See you soon!\n";

/// Shapes of which the training is timed: layers and their width.
const TRAINED: [(usize, usize); 2] = [(2, 512), (1, 1024)];
/// Streams side by side, and steps of a window, of the training timed.
const BATCH: usize = 64;
const TIME: usize = 64;
/// Training steps timed, after one that is not.
const TRAIN_STEPS: usize = 7;

/// Measures and prints the speed.
pub(super) fn run<W: Write>(context: &Context, printer: &mut Printer<W>) -> anyhow::Result<()> {
    let bytes = context.models.load(BASE)?;
    let started = Instant::now();
    let model = engine::read_model(&bytes)?;
    let startup_ms = started.elapsed().as_secs_f64() * 1e3;

    let rss_mb = resident_mb();

    let mut state = model.start();
    let started = Instant::now();
    for &byte in SAMPLE.as_bytes().iter().cycle().take(STEPS) {
        model.advance(&mut state, byte.into());
    }
    let step_us = started.elapsed().as_secs_f64() * 1e6 / STEPS as f64;

    let options = EvalOptions { suggestions: 5, max_lines: None, components: vec![Component::Lstm] };
    let mut progress = Progress::new();
    let evaluation = engine::evaluate(context, &model, &[SAMPLE], &options, &mut |share| {
        progress.show(share, "typing a sample");
    })?;
    let mut train_tokens_per_s = BTreeMap::new();
    for (layers, hidden) in TRAINED {
        let name = format!("{layers}x{hidden} b{BATCH} t{TIME}");
        progress.show(0.0, &format!("training {name}"));
        train_tokens_per_s.insert(name, training_speed(layers, hidden));
    }
    progress.finish();
    let latency = evaluation.latency_ms;
    printer.bench(&BenchReport {
        step_us,
        suggest_ms: Percentiles { p50: latency.p50, p95: latency.p95, p99: latency.p99 },
        train_tokens_per_s,
        startup_ms,
        rss_mb,
    })?;
    Ok(())
}

/// Bytes learned from per second: whole steps, the median of some, on all cores.
fn training_speed(layers: usize, hidden: usize) -> f64 {
    let shape = RnnShape { hidden, layers, ..RnnShape::BASE };
    let mut generator = StdRng::seed_from_u64(1);
    let network = RnnNetwork::new(shape, shape.random_parameters(&mut generator));
    let mut text = vec![0; BATCH * TIME * (TRAIN_STEPS + 2)];
    generator.fill_bytes(&mut text);
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let options = TrainerOptions { batch: BATCH, time: TIME, threads, ..trainer::options(true) };
    let mut trainer = Trainer::new(network, vec![symbols(&text)], Vec::new(), options);
    trainer.step(0.0);
    let mut speeds: Vec<f64> = (0..TRAIN_STEPS)
        .map(|_| {
            let started = Instant::now();
            trainer.step(0.0).symbols as f64 / started.elapsed().as_secs_f64()
        })
        .collect();
    speeds.sort_by(f64::total_cmp);
    speeds[TRAIN_STEPS / 2]
}

/// Memory of this process that is in use, in MB (10^6 bytes), as Linux tells it.
fn resident_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}
