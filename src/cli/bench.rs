//! `foreword bench`: the speed on this machine.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Instant;

use ndarray::{Array2, Axis};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Serialize;

use super::context::Context;
use super::progress::ProgressLine;
use super::report::{Printer, Report};
use super::run::Run;
use super::typist::evaluate;
use crate::config::cores;
use crate::store::models::BASE;
use learn::train::streams::symbols;
use learn::train::{Trainer, TrainerOptions, trainer};
use model::LanguageModel;
use model::format::read_sound;
use model::nn::gemm::matmul_rounded;
use model::nn::{Int8Matrix, Isa, PackedMatrix, Rounding};
use model::rnn::{RnnNetwork, RnnShape, StreamingRnn};
use suggest::{Background, Personal, SimulationOptions, Suggester, SuggestionSettings};

/// Measure the speed on this machine.
#[derive(Debug, clap::Args)]
pub(super) struct Bench {
    /// Leave out the training, which takes longest.
    #[arg(long)]
    no_training: bool,
}

/// The speed on this machine.
#[derive(Debug, Clone, Serialize)]
struct Speed {
    /// The widest instructions that the kernels use.
    instructions: &'static str,
    /// One byte read by the base model, to the distribution of the next, on one thread, microseconds.
    step_us: f64,
    /// The same for sixteen states in one batch.
    batch16_step_us: f64,
    /// The same two by shape of the model, with random weights, microseconds.
    steps_us: BTreeMap<String, Steps>,
    /// The product of streaming by weights that stay in the cache, 10^9 operations per second on one thread: the ceiling of sixteen states.
    streaming_peak_gops: f64,
    /// Keystroke to suggestions, milliseconds.
    suggest_ms: Percentiles,
    /// The first suggestions after a jump to where nothing was read, milliseconds: the median.
    jump_ms: f64,
    /// Bytes learned from per second, by shape of the model, batch and window.
    train_tokens_per_s: BTreeMap<String, f64>,
    /// A large square matrix product on all cores, 10^9 operations per second: the ceiling of training.
    matmul_peak_gflops: f64,
    /// The share of that ceiling which training reaches, by shape.
    train_share_of_peak: BTreeMap<String, f64>,
    /// Reading the base model until it is ready to suggest, milliseconds.
    startup_ms: f64,
    /// Memory in use with the base model loaded, MB; `None` where the system does not report it.
    rss_mb: Option<f64>,
}

/// One byte, to the distribution of the next, on one thread, microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
struct Steps {
    /// Read by one state.
    one: f64,
    /// Read by each of sixteen states in one batch.
    sixteen: f64,
    /// The share of the product's own speed that sixteen states reach.
    share_of_peak: f64,
}

/// A spread of durations.
#[derive(Debug, Clone, Copy, Serialize)]
struct Percentiles {
    p50: f64,
    p95: f64,
    p99: f64,
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

/// Shapes of which steps are timed: layers and their width.
const STREAMED: [(usize, usize); 3] = [(2, 512), (1, 1024), (2, 1024)];

/// Jumps that are timed, and bytes of text before the place that is jumped to.
const JUMPS: usize = 7;
const JUMPED_OVER: usize = 6000;

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

impl Run for Bench {
    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let bytes = context.models.load(BASE)?;
        let started = Instant::now();
        let (_, _, model) = read_sound(&bytes)?;
        let startup_ms = started.elapsed().as_secs_f64() * 1e3;

        let rss_mb = resident_mb();

        let (one, sixteen) = (step_us(&model, 1), step_us(&model, 16));
        let streaming_peak_gops = streaming_peak_gops();
        let steps_us = STREAMED.map(|(layers, hidden)| {
            let shape = RnnShape { hidden, layers, ..RnnShape::BASE };
            (format!("{layers}x{hidden}"), steps(shape, streaming_peak_gops))
        });
        let jump_ms = jump_ms(&model, context.suggestion_settings());
        let options =
            SimulationOptions { settings: context.suggestion_settings(), ..SimulationOptions::default() };
        let personal = Personal::new(Background::base());
        let mut progress = ProgressLine::new();
        let evaluation = evaluate(&model, &personal, &[SAMPLE], &options, &mut |share| {
            progress.show(share, "typing a sample");
        });
        let matmul_peak_gflops = matmul_peak_gflops();
        let (mut train_tokens_per_s, mut train_share_of_peak) = (BTreeMap::new(), BTreeMap::new());
        for (layers, hidden) in TRAINED.into_iter().filter(|_| !self.no_training) {
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
        Ok(printer.print(&Speed {
            instructions: Isa::current().name(),
            step_us: one,
            batch16_step_us: sixteen,
            steps_us: BTreeMap::from(steps_us),
            streaming_peak_gops,
            jump_ms,
            suggest_ms: Percentiles { p50: latency.p50, p95: latency.p95, p99: latency.p99 },
            train_tokens_per_s,
            matmul_peak_gflops,
            train_share_of_peak,
            startup_ms,
            rss_mb,
        })?)
    }
}

impl Report for Speed {
    fn json(&self) -> impl Serialize {
        self
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "the widest instructions used      {:>9}", self.instructions)?;
        writeln!(out, "one byte through the base model   {:>9.1} µs", self.step_us)?;
        writeln!(out, "sixteen states in one batch       {:>9.1} µs", self.batch16_step_us)?;
        for (shape, Steps { one, sixteen, share_of_peak }) in &self.steps_us {
            let share = share_of_peak * 100.0;
            writeln!(
                out,
                "one byte, sixteen, {shape:<14} {one:>9.1}, {sixteen:.1} µs, {share:.0} % of the product's speed"
            )?;
        }
        writeln!(out, "product of streaming, in the cache{:>9.1} GOP/s", self.streaming_peak_gops)?;
        let Percentiles { p50, p95, p99 } = self.suggest_ms;
        writeln!(out, "keystroke to suggestions          {p50:>9.2} ms p50, {p95:.2} p95, {p99:.2} p99")?;
        writeln!(out, "first suggestions after a jump    {:>9.1} ms", self.jump_ms)?;
        for (shape, speed) in &self.train_tokens_per_s {
            write!(out, "training, {shape:<23} {speed:>9.0} bytes/s")?;
            match self.train_share_of_peak.get(shape) {
                Some(share) => writeln!(out, ", {:.0} % of the matrix product's speed", share * 100.0)?,
                None => writeln!(out)?,
            }
        }
        writeln!(out, "matrix product on all cores       {:>9.1} GFLOP/s", self.matmul_peak_gflops)?;
        writeln!(out, "base model read and ready         {:>9.1} ms", self.startup_ms)?;
        if let Some(rss) = self.rss_mb {
            writeln!(out, "memory                            {rss:>9.1} MB")?;
        }
        Ok(())
    }
}

/// One byte read by each of `batch` states, and the distribution of each one's next byte, in microseconds.
fn step_us(model: &StreamingRnn, batch: usize) -> f64 {
    let mut states = vec![model.start(); batch];
    let mut log_probs = vec![0.0; batch * model.vocabulary()];
    let mut symbols = vec![0; batch];
    let mut text = SAMPLE.bytes().cycle();
    let mut round = || {
        let started = Instant::now();
        for byte in text.by_ref().take(STEPS) {
            symbols.fill(byte.into());
            model.advance_batch(&mut states, &symbols);
            model.log_probs_batch(&states, &mut log_probs);
        }
        started.elapsed().as_secs_f64() * 1e6 / STEPS as f64
    };
    median((0..STEP_ROUNDS).map(|_| round()).collect())
}

/// A model's steps, its weights random.
fn steps(shape: RnnShape, peak_gops: f64) -> Steps {
    let model = StreamingRnn::quantised(shape, &shape.random_parameters(&mut StdRng::seed_from_u64(1)));
    let (one, sixteen) = (step_us(&model, 1), step_us(&model, 16));
    // The first layer's input is looked up, not multiplied.
    let looked_up = 2.0 * (shape.cell.gates() * shape.hidden * shape.embed) as f64;
    let operations = 16.0 * (operations_per_byte(shape) / 3.0 - looked_up);
    Steps { one, sixteen, share_of_peak: operations / (sixteen * 1e-6) / (peak_gops * 1e9) }
}

/// The product of streaming on one thread, over and over the same few weights.
fn streaming_peak_gops() -> f64 {
    const ROWS: usize = 48;
    const INPUTS: usize = 512;
    const OUTPUTS: usize = 256;
    let w = Array2::from_elem((INPUTS, OUTPUTS), 0.5_f32);
    let (x, mut y) = (vec![0.25; ROWS * INPUTS], vec![0.0; ROWS * OUTPUTS]);
    let (bytes, floats) = (Int8Matrix::new(w.view()), PackedMatrix::compact(w.view()));
    let mut product = || {
        let started = Instant::now();
        for _ in 0..STEPS {
            if Isa::current().multiplies_bytes_fast() {
                bytes.multiply_add(&x, &mut y);
            } else {
                floats.multiply_add(&x, &mut y);
            }
        }
        started.elapsed().as_secs_f64() / STEPS as f64
    };
    let best = (0..STEP_ROUNDS * 9).map(|_| product()).fold(f64::INFINITY, f64::min);
    2.0 * (ROWS * INPUTS * OUTPUTS) as f64 / best / 1e9
}

/// The first suggestions after a jump, in milliseconds. Each jump is to a text that shares nothing with the one before.
fn jump_ms(model: &StreamingRnn, settings: SuggestionSettings) -> f64 {
    let texts =
        [SAMPLE.repeat(JUMPED_OVER / SAMPLE.len()), SAMPLE.to_uppercase().repeat(JUMPED_OVER / SAMPLE.len())];
    let mut suggester = Suggester::new(model, settings);
    let jump = |text: &String| {
        let started = Instant::now();
        suggester.suggest(text, "", 5);
        started.elapsed().as_secs_f64() * 1e3
    };
    median(texts.iter().cycle().take(JUMPS).map(jump).collect())
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
                scope.spawn(move || matmul_rounded(Rounding::fastest(), a, b, c, false));
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
    let parameters = shape.random_parameters(&mut generator);
    let network = RnnNetwork::new(shape, parameters).with_rounding(Rounding::fastest());
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

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Memory of this process that is in use, in MB (10^6 bytes), as Linux reports it.
fn resident_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{json, keys, text};

    #[test]
    fn operations_are_as_counted_by_hand() {
        let shape = RnnShape { embed: 2, hidden: 3, layers: 2, ..RnnShape::BASE };
        let (first, second, out) = (12 * (2 + 3), 12 * (3 + 3), 256 * 3);
        assert_eq!(operations_per_byte(shape), 6.0 * f64::from(first + second + out));
    }

    #[test]
    fn the_speed_is_printed_with_its_units() {
        let report = Speed {
            instructions: "avx2",
            steps_us: BTreeMap::from([(
                "2x1024".to_owned(),
                Steps { one: 612.3, sixteen: 1204.0, share_of_peak: 0.713 },
            )]),
            streaming_peak_gops: 812.0,
            jump_ms: 48.25,
            step_us: 310.04,
            batch16_step_us: 1800.0,
            suggest_ms: Percentiles { p50: 3.0, p95: 5.0, p99: 7.0 },
            train_tokens_per_s: BTreeMap::from([("2x512 b64 t64".to_owned(), 21_000.0)]),
            matmul_peak_gflops: 210.0,
            train_share_of_peak: BTreeMap::from([("2x512 b64 t64".to_owned(), 0.756)]),
            startup_ms: 40.0,
            rss_mb: None,
        };
        let expected = "\
the widest instructions used           avx2
one byte through the base model       310.0 µs
sixteen states in one batch          1800.0 µs
one byte, sixteen, 2x1024             612.3, 1204.0 µs, 71 % of the product's speed
product of streaming, in the cache    812.0 GOP/s
keystroke to suggestions               3.00 ms p50, 5.00 p95, 7.00 p99
first suggestions after a jump         48.2 ms
training, 2x512 b64 t64               21000 bytes/s, 76 % of the matrix product's speed
matrix product on all cores           210.0 GFLOP/s
base model read and ready              40.0 ms
";
        assert_eq!(text(&report), expected);
        let value = json(&report);
        let expected = [
            "batch16_step_us",
            "instructions",
            "jump_ms",
            "matmul_peak_gflops",
            "rss_mb",
            "startup_ms",
            "step_us",
            "steps_us",
            "streaming_peak_gops",
            "suggest_ms",
            "train_share_of_peak",
            "train_tokens_per_s",
        ];
        assert_eq!(keys(&value), expected);
        assert_eq!(keys(&value["suggest_ms"]), ["p50", "p95", "p99"]);
    }
}
