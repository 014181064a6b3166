//! `foreword bench`: the speed on this machine.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroUsize;
use std::time::Instant;

use ndarray::{Array2, Axis};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Serialize;

use super::args::Component;
use super::command::EvalOptions;
use super::context::Context;
use super::engine;
use super::output::Printer;
use super::progress::Progress;
use crate::store::models::BASE;
use learn::train::streams::symbols;
use learn::train::{Trainer, TrainerOptions, trainer};
use model::LanguageModel;
use model::nn::gemm::matmul;
use model::rnn::{RnnNetwork, RnnShape, StreamingRnn};
use suggest::{Background, Personal};

/// The speed on this machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct BenchReport {
    /// One byte read by the base model, to the distribution of the next, on one thread, microseconds.
    pub(super) step_us: f64,
    /// The same for sixteen states in one batch.
    pub(super) batch16_step_us: f64,
    /// Keystroke to suggestions, milliseconds.
    pub(super) suggest_ms: Percentiles,
    /// Bytes learned from per second, by shape of the model, batch and window.
    pub(super) train_tokens_per_s: BTreeMap<String, f64>,
    /// A large square matrix product on all cores, 10^9 operations per second: the ceiling of training.
    pub(super) matmul_peak_gflops: f64,
    /// The share of that ceiling which training reaches, by shape.
    pub(super) train_share_of_peak: BTreeMap<String, f64>,
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

/// Steps of the base model that are timed together, and how often: the median counts.
const STEPS: usize = 40;
const STEP_ROUNDS: usize = 9;

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

/// The square product that is timed, and how often: the best counts, for it is a ceiling.
const SIDE: usize = 2048;
const PRODUCTS: usize = 5;

/// Measures and prints the speed, of training too unless it is left out.
pub(super) fn run<W: Write>(
    context: &Context,
    with_training: bool,
    printer: &mut Printer<W>,
) -> anyhow::Result<()> {
    let bytes = context.models.load(BASE)?;
    let started = Instant::now();
    let model = engine::read_model(&bytes)?;
    let startup_ms = started.elapsed().as_secs_f64() * 1e3;

    let rss_mb = resident_mb();

    let (step_us, batch16_step_us) = (step_us(&model, 1), step_us(&model, 16));
    let components = vec![Component::Lstm, Component::Ngram, Component::Recency];
    let options = EvalOptions { suggestions: 5, max_lines: None, max_bytes: None, components };
    let mut progress = Progress::new();
    let evaluation = engine::evaluate(
        context,
        &model,
        &Personal::new(Background::base()),
        &[SAMPLE],
        &options,
        &mut |share| {
            progress.show(share, "typing a sample");
        },
    );
    let matmul_peak_gflops = matmul_peak_gflops();
    let (mut train_tokens_per_s, mut train_share_of_peak) = (BTreeMap::new(), BTreeMap::new());
    for (layers, hidden) in TRAINED.into_iter().filter(|_| with_training) {
        let name = format!("{layers}x{hidden} b{BATCH} t{TIME}");
        progress.show(0.0, &format!("training {name}"));
        let shape = RnnShape { hidden, layers, ..RnnShape::BASE };
        let speed = training_speed(shape);
        train_share_of_peak
            .insert(name.clone(), speed * operations_per_byte(shape) / (matmul_peak_gflops * 1e9));
        train_tokens_per_s.insert(name, speed);
    }
    progress.finish();
    let latency = evaluation.latency_ms;
    printer.bench(&BenchReport {
        step_us,
        batch16_step_us,
        suggest_ms: Percentiles { p50: latency.p50, p95: latency.p95, p99: latency.p99 },
        train_tokens_per_s,
        matmul_peak_gflops,
        train_share_of_peak,
        startup_ms,
        rss_mb,
    })?;
    Ok(())
}

/// One byte read by each of `batch` states, and the distribution of each one's next byte, in microseconds.
fn step_us(model: &StreamingRnn, batch: usize) -> f64 {
    let mut states = vec![model.start(); batch];
    let mut log_probs = vec![0.0; model.vocabulary()];
    let mut symbols = vec![0; batch];
    let mut text = SAMPLE.bytes().cycle();
    let mut round = || {
        let started = Instant::now();
        for byte in text.by_ref().take(STEPS) {
            symbols.fill(byte.into());
            model.advance_batch(&mut states, &symbols);
            for state in &states {
                model.log_probs(state, &mut log_probs);
            }
        }
        started.elapsed().as_secs_f64() * 1e6 / STEPS as f64
    };
    median((0..STEP_ROUNDS).map(|_| round()).collect())
}

/// The best of some square products, their rows shared among all cores.
fn matmul_peak_gflops() -> f64 {
    let (a, b) = (Array2::from_elem((SIDE, SIDE), 0.5_f32), Array2::from_elem((SIDE, SIDE), 0.25_f32));
    let (b, mut c) = (b.view(), Array2::zeros((SIDE, SIDE)));
    let rows = SIDE.div_ceil(cores());
    let mut product = || {
        let started = Instant::now();
        std::thread::scope(|scope| {
            for (a, c) in a.axis_chunks_iter(Axis(0), rows).zip(c.axis_chunks_iter_mut(Axis(0), rows)) {
                scope.spawn(move || matmul(a, b, c, false));
            }
        });
        started.elapsed().as_secs_f64()
    };
    let best = (0..PRODUCTS).map(|_| product()).fold(f64::INFINITY, f64::min);
    2.0 * (SIDE as f64).powi(3) / best / 1e9
}

/// Floating-point operations of learning from one byte, those of the matrix products alone: each weight is multiplied and
/// added once forwards, and once each for the gradients of the weight and of its input.
fn operations_per_byte(shape: RnnShape) -> f64 {
    let layout = shape.layout();
    let weights = layout.entries().iter().filter(|e| e.shape().len() == 2 && e.name != "embed.weight");
    6.0 * weights.map(|entry| entry.len() as f64).sum::<f64>()
}

/// Bytes learned from per second: whole steps, the median of some, on all cores.
fn training_speed(shape: RnnShape) -> f64 {
    let mut generator = StdRng::seed_from_u64(1);
    let network = RnnNetwork::new(shape, shape.random_parameters(&mut generator));
    let mut text = vec![0; BATCH * TIME * (TRAIN_STEPS + 2)];
    generator.fill_bytes(&mut text);
    let options = TrainerOptions { batch: BATCH, time: TIME, threads: cores(), ..trainer::options(true) };
    let mut trainer = Trainer::new(network, vec![symbols(&text)], Vec::new(), options);
    trainer.step(0.0);
    let speeds = (0..TRAIN_STEPS)
        .map(|_| {
            let started = Instant::now();
            trainer.step(0.0).symbols as f64 / started.elapsed().as_secs_f64()
        })
        .collect();
    median(speeds)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Memory of this process that is in use, in MB (10^6 bytes), as Linux tells it.
fn resident_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted_by_hand_alike() {
        let shape = RnnShape { embed: 2, hidden: 3, layers: 2, ..RnnShape::BASE };
        let (first, second, out) = (12 * (2 + 3), 12 * (3 + 3), 256 * 3);
        assert_eq!(operations_per_byte(shape), 6.0 * f64::from(first + second + out));
    }
}
