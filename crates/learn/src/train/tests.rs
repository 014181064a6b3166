//! The trainer against PyTorch, against itself, and against bad numbers.

use std::ops::ControlFlow;
use std::time::Duration;

use super::CheckpointError;
use super::adam::{clip_scale, sum_of_squares};
use super::optimizer::{Optimizer, OptimizerOptions};
use super::run::{RunLimits, Step, Supervisor, run};
use super::schedule::{Decay, Schedule};
use super::streams::symbols;
use super::trainer::{Trainer, TrainerOptions, bits_per_symbol};
use model::format::read_rnn;
use model::nn::dropout::Dropout;
use model::nn::{Parameters, Rounding};
use model::rnn::{RnnNetwork, RnnShape};
use model::{Symbol, Trainable, Window};
use rand::SeedableRng;
use serde::Deserialize;

#[derive(Deserialize)]
struct Oracle {
    texts: Vec<String>,
    train: Curve,
}

#[derive(Deserialize)]
struct Curve {
    loss: Vec<f64>,
}

/// `crates/model/tests/oracle/lstm-small.py`: Adam, windows of 13 with carried state, reset each pass, clipped at 0.25.
#[test]
fn twenty_steps_of_adam_are_pytorchs() {
    let oracle: Oracle =
        serde_json::from_str(include_str!("../../../model/tests/oracle/lstm-small.json")).unwrap();
    let (shape, parameters) =
        read_rnn(include_bytes!("../../../model/tests/oracle/lstm-small.safetensors")).unwrap();
    let mut network = RnnNetwork::new(shape, parameters.cast::<f64>());
    let mut adam = Optimizer::new(parameters.values.len(), OptimizerOptions::default());
    let symbol = |t: usize, b: usize| Symbol::from(oracle.texts[b].as_bytes()[t]);
    let pick =
        |from: usize| (from..from + 13).flat_map(|t| (0..2).map(move |b| symbol(t, b))).collect::<Vec<_>>();
    let mut curve = Vec::new();
    while curve.len() < oracle.train.loss.len() {
        let mut shard = network.shard(2, 13);
        for from in (0..oracle.texts[0].len() - 13).step_by(13) {
            let (inputs, targets) = (pick(from), pick(from + 1));
            let window = Window { batch: 2, inputs: &inputs, targets: &targets };
            let mut gradient = Parameters::zeros(shape.layout());
            let loss = network.loss_and_gradient(&mut shard, window, 1.0 / 26.0, 0, &mut gradient);
            let scale = clip_scale(sum_of_squares(&gradient.values).sqrt(), 0.25);
            adam.step(&mut network.parameters_mut().values, &gradient.values, scale, 1e-2, 1);
            network.prepare();
            curve.push(loss / 26.0);
        }
    }
    assert_eq!(curve.len(), 20);
    for (step, (found, expected)) in curve.iter().zip(&oracle.train.loss).enumerate() {
        assert!((found - expected).abs() < 1e-4, "step {step}: {found} {expected}");
    }
}

const TINY: RnnShape = RnnShape { embed: 6, hidden: 16, ..RnnShape::BASE };

fn network() -> RnnNetwork<f32> {
    RnnNetwork::new(TINY, TINY.random_parameters(&mut rand::rngs::StdRng::seed_from_u64(5)))
}

fn cosine(peak: f64, warm_up: u64, last: f64) -> Schedule {
    Schedule { peak, warm_up, decay: Decay::Cosine { last } }
}

fn options(threads: usize) -> TrainerOptions {
    TrainerOptions {
        batch: 8,
        time: 16,
        threads,
        seed: 9,
        schedule: cosine(1e-2, 5, 0.1),
        optimizer: OptimizerOptions::default(),
        clip: 1.0,
        epochs: 30,
        patience: 100,
    }
}

/// Documents of a language of two words.
fn documents(count: usize) -> Vec<Vec<Symbol>> {
    (0..count)
        .map(|d| {
            let words = (0..80).map(|w| if (w * w + d) % 3 == 0 { "tick " } else { "tock " });
            symbols(words.collect::<String>().as_bytes())
        })
        .collect()
}

/// A run interrupted at any step, in the middle of a pass or at its end, and resumed by another trainer.
#[test]
fn resuming_from_a_checkpoint_equals_an_uninterrupted_run() {
    let plateau = Schedule { peak: 0.5, warm_up: 3, decay: Decay::Plateau { factor: 0.5, patience: 1 } };
    let sgd = OptimizerOptions::Sgd { momentum: 0.9, weight_decay: 1e-3 };
    for options in [options(2), TrainerOptions { schedule: plateau, optimizer: sgd, ..options(3) }] {
        let dropout = Dropout { input: 0.1, between: 0.2, output: 0.3 };
        let new = || Trainer::new(network().with_dropout(dropout), documents(6), documents(1), options);
        let run = |trainer: &mut Trainer<RnnNetwork<f32>>, steps: u64| {
            while trainer.steps() < steps {
                trainer.step(trainer.steps() as f64 / 60.0);
                if trainer.steps().is_multiple_of(10) {
                    trainer.validate();
                }
            }
        };
        let per_pass = new().steps_per_epoch();
        let mut whole = new();
        run(&mut whole, 60);
        for cut in [1, 25, per_pass, 3 * per_pass + 1] {
            let mut first = new();
            run(&mut first, cut);
            let bytes = first.checkpoint();
            // It is resumed with another model: all of it must come from the checkpoint.
            let stranger = RnnNetwork::new(TINY, Parameters::zeros(TINY.layout())).with_dropout(dropout);
            let mut second = Trainer::new(stranger, documents(6), documents(1), options);
            second.resume(&bytes).unwrap();
            assert_eq!(second.checkpoint(), bytes, "cut at {cut}");
            run(&mut second, 60);
            assert!(second.checkpoint() == whole.checkpoint(), "cut at {cut}");
        }
    }
}

#[test]
fn a_checkpoint_of_another_run_is_refused_with_its_reason() {
    let mut trainer = Trainer::new(network(), documents(6), documents(1), options(2));
    trainer.step(0.0);
    let bytes = trainer.checkpoint();
    let resume = |documents_: Vec<Vec<Symbol>>, options, bytes: &[u8]| {
        let mut trainer = Trainer::new(network(), documents_, documents(1), options);
        let untouched = trainer.checkpoint();
        let error = trainer.resume(bytes).err()?;
        assert!(trainer.checkpoint() == untouched, "a refused checkpoint changes nothing");
        Some(error.to_string())
    };
    assert_eq!(resume(documents(6), options(2), &bytes), None);
    for (documents_, options, cut, reason) in [
        (documents(5), options(2), bytes.len(), "other documents"),
        (documents(6), options(3), bytes.len(), "other options"),
        (documents(6), options(2), bytes.len() - 1, "not a whole checkpoint"),
        (documents(6), options(2), 20, "not a whole checkpoint"),
        (documents(6), options(2), 0, "not a whole checkpoint"),
    ] {
        let error = resume(documents_, options, &bytes[..cut]).unwrap();
        assert!(error.contains(reason) && error.contains("begin the training anew"), "{error}");
    }
    let larger = RnnShape { hidden: 17, ..TINY };
    let network = RnnNetwork::new(larger, Parameters::zeros(larger.layout()));
    let error = Trainer::new(network, documents(6), documents(1), options(2)).resume(&bytes).unwrap_err();
    assert_eq!(error, CheckpointError::Another("a model of another shape"));
    let weights = include_bytes!("../../../model/tests/oracle/lstm-small.safetensors");
    assert!(resume(documents(6), options(2), weights).unwrap().contains("holds no training"));
}

fn train(threads: usize, steps: usize) -> (Vec<f64>, Vec<f32>) {
    let mut trainer = Trainer::new(network(), documents(6), documents(1), options(threads));
    let curve = (0..steps).map(|_| trainer.step(0.0).bits).collect();
    (curve, trainer.into_best().parameters().values.clone())
}

#[test]
fn training_learns_a_small_language() {
    let before = bits_per_symbol(&network(), &documents(1), 1).unwrap();
    let mut trainer = Trainer::new(network(), documents(6), documents(1), options(2));
    while !trainer.is_done() {
        trainer.step(0.0);
    }
    trainer.validate();
    let after = bits_per_symbol(&trainer.into_best(), &documents(1), 2).unwrap();
    assert!(before > 7.0 && after < 0.8, "{before} -> {after}");
}

#[test]
fn the_same_seed_gives_the_same_weights() {
    assert_eq!(train(2, 25), train(2, 25));
    assert_eq!(train(1, 25), train(1, 25));
}

#[test]
fn threads_share_the_batch_without_changing_the_loss() {
    let ((one, _), (three, _)) = (train(1, 10), train(3, 10));
    for (a, b) in one.iter().zip(&three) {
        assert!((a - b).abs() < 1e-3, "{a} {b}");
    }
}

#[test]
fn rounded_factors_learn_the_same() {
    let train = |rounding| {
        let network = network().with_rounding(rounding);
        let mut trainer = Trainer::new(network, documents(6), documents(1), options(2));
        for _ in 0..40 {
            trainer.step(0.0);
        }
        let bytes = trainer.checkpoint();
        (trainer.validate().unwrap(), bytes)
    };
    let ((exact, _), (rounded, bytes)) = (train(Rounding::None), train(Rounding::Bf16));
    assert!((rounded / exact - 1.0).abs() < 0.005, "{exact} {rounded}");
    assert_eq!(train(Rounding::Bf16).1, bytes, "the same seed gives the same weights");
    let mut other = Trainer::new(network(), documents(6), documents(1), options(2));
    assert_eq!(other.resume(&bytes), Err(CheckpointError::Another("other options")));
}

#[test]
fn the_best_parameters_are_kept_not_the_last() {
    let mut trainer = Trainer::new(network(), documents(6), documents(1), options(1));
    for _ in 0..200 {
        trainer.step(0.0);
    }
    let best = trainer.validate().unwrap();
    let wild = TrainerOptions { schedule: cosine(3.0, 0, 1.0), ..options(1) };
    trainer.options = wild;
    for _ in 0..20 {
        trainer.step(0.0);
    }
    let worse = trainer.validate().unwrap();
    assert!(worse > best, "{worse} {best}");
    let kept = bits_per_symbol(&trainer.into_best(), &documents(1), 1).unwrap();
    assert!((kept - best).abs() < 1e-9, "{kept} {best}");
}

#[test]
fn a_step_that_is_not_finite_is_dropped_and_the_rate_halved() {
    let steady = cosine(1e-2, 0, 1.0);
    let options = TrainerOptions { schedule: steady, ..options(2) };
    let mut trainer = Trainer::new(network(), documents(6), documents(1), options);
    trainer.step(0.0);
    trainer.validate();
    let good = trainer.model.parameters().values.clone();
    trainer.model.parameters_mut().values[0] = f32::NAN;
    trainer.model.parameters_mut().values[6 * 116] = f32::NAN; // the embedding of 't'
    trainer.model.prepare();
    let rate = trainer.step(0.0).rate;
    let mut dropped = 1;
    while trainer.step(0.0).dropped {
        dropped += 1;
    }
    assert_eq!(dropped, 3, "the third in a row brings the best parameters back");
    assert!(trainer.step(0.0).rate < rate / 4.0);
    assert!(trainer.model.parameters().values.iter().all(|v| v.is_finite()));
    assert_ne!(good, trainer.model.parameters().values, "and training goes on");
}

#[test]
fn patience_ends_a_run_that_gains_nothing() {
    let still = TrainerOptions { schedule: cosine(0.0, 0, 0.0), patience: 2, ..options(1) };
    let mut trainer = Trainer::new(network(), documents(6), documents(1), still);
    let mut validations = 0;
    while !trainer.is_done() {
        trainer.step(0.0);
        trainer.validate();
        validations += 1;
    }
    assert_eq!(validations, 3);
}

#[test]
fn texts_too_short_to_learn_from_are_no_work() {
    for documents in [vec![], vec![Vec::new()], vec![symbols(b"x")]] {
        let mut trainer = Trainer::new(network(), documents.clone(), documents, options(2));
        let mut steps = 0;
        while !trainer.is_done() && steps < 1000 {
            trainer.step(0.0);
            steps += 1;
        }
        assert!(trainer.is_done());
    }
}

#[test]
fn the_rate_is_the_higher_the_less_a_model_knows_the_language() {
    let rates = [0.5, 1.5, 1.8, 3.0, 8.0].map(super::trainer::fine_tuning_rate);
    assert!(rates.windows(2).all(|pair| pair[0] <= pair[1]) && rates[1] < rates[2], "{rates:?}");
    assert_eq!((rates[0], rates[4]), (1e-4, 5e-4));
    let options = super::trainer::options(false);
    let mut trainer = Trainer::new(network(), documents(6), documents(1), options);
    trainer.set_peak(0.0);
    trainer.step(0.0);
    let after = trainer.into_best();
    assert_eq!(after.parameters().values, network().parameters().values, "at a rate of 0 nothing moves");
}

/// A clock that is a second further with each step, and a limit of steps.
struct Counted {
    steps: u64,
    at_most: u64,
    validations: Vec<u64>,
}

impl Supervisor<RnnNetwork<f32>> for Counted {
    type Stop = &'static str;

    fn spent(&self) -> Duration {
        Duration::from_secs(self.steps)
    }

    fn before_step(&mut self) -> ControlFlow<&'static str> {
        if self.steps == self.at_most { ControlFlow::Break("enough") } else { ControlFlow::Continue(()) }
    }

    fn after_step(&mut self, trainer: &Trainer<RnnNetwork<f32>>, step: &Step) -> ControlFlow<&'static str> {
        self.steps += 1;
        assert_eq!(trainer.steps(), self.steps);
        self.validations.extend(step.validation.map(|_| self.steps));
        ControlFlow::Continue(())
    }
}

#[test]
fn a_run_ends_by_its_time_its_passes_or_its_supervisor() {
    let options = TrainerOptions { epochs: 1, ..options(1) };
    let new = || Trainer::new(network(), documents(6), documents(1), options);
    let planned = new().planned_steps();
    assert!(planned > 8, "{planned}");
    for (seconds, at_most, steps, stop) in [
        (5, 100, 5, ControlFlow::Continue(())),
        (100, 7, 7, ControlFlow::Break("enough")),
        (1_000, 1_000, planned, ControlFlow::Continue(())),
    ] {
        let mut trainer = new();
        let limits = RunLimits { time: Duration::from_secs(seconds), validate_every: 3 };
        let mut supervisor = Counted { steps: 0, at_most, validations: Vec::new() };
        assert_eq!(run(&mut trainer, limits, &mut supervisor), stop);
        assert_eq!(trainer.steps(), steps);
        assert_eq!(supervisor.validations, (1..=steps / 3).map(|n| 3 * n).collect::<Vec<_>>());
    }
}
