//! The training loop's one step: teacher forcing over windows with carried state (truncated BPTT), Adam, clipping.
//!
//! Synchronous and without a clock: the caller steps, reports, pauses and stops. Within a step the batch's rows are shared
//! among threads that work without waiting on each other until their gradients are summed, in a fixed order: the same seed,
//! input and thread count give the same weights, bit for bit.
//!
//! A loss or gradient that is not finite costs one step, not the model: the step is dropped and the rate halved; three in a
//! row bring back the best parameters so far.

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::adam::{Adam, AdamOptions, clip_scale, global_norm};
use super::schedule::Schedule;
use super::streams::Streams;
use crate::lm::{Trainable, Window};
use crate::nn::Parameters;

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainerOptions {
    /// Streams side by side.
    pub batch: usize,
    /// Steps of a window: how far back a gradient flows.
    pub time: usize,
    /// Threads that share a batch.
    pub threads: usize,
    /// Seed of the documents' order.
    pub seed: u64,
    /// The learning rate.
    pub schedule: Schedule,
    /// Adam's constants.
    pub adam: AdamOptions,
    /// Greatest global norm of a gradient.
    pub clip: f64,
    /// Passes over the documents after which the run is over.
    pub epochs: usize,
    /// Validations in a row without a gain after which the run is over.
    pub patience: usize,
}

/// What has served: found by training on notes, posts, mails and stories and typing what was held out.
///
/// From scratch the rate is an ordinary one; a model that has already learned a language is only to be bent to its writer.
pub fn options(from_scratch: bool) -> TrainerOptions {
    TrainerOptions {
        batch: 32,
        time: 64,
        threads: 1,
        seed: 1,
        schedule: Schedule { peak: if from_scratch { 2e-3 } else { 5e-4 }, warm_up: 50, last: 0.05 },
        adam: AdamOptions { beta2: 0.98, weight_decay: 0.01, ..AdamOptions::default() },
        clip: 1.0,
        epochs: if from_scratch { 40 } else { 8 },
        patience: 8,
    }
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepOutcome {
    /// Mean loss, bits per byte.
    pub bits: f64,
    /// Global norm of the gradient of the mean loss (nats), before clipping.
    pub gradient_norm: f64,
    /// Whether clipping touched it.
    pub clipped: bool,
    /// The learning rate used.
    pub rate: f64,
    /// Symbols learned from.
    pub symbols: usize,
    /// Whether the step was dropped because a number was not finite.
    pub dropped: bool,
}

/// A model in training.
pub struct Trainer<M: Trainable<f32>> {
    pub(super) model: M,
    pub(super) options: TrainerOptions,
    documents: Vec<Vec<u8>>,
    validation: Vec<Vec<u8>>,
    generator: StdRng,
    streams: Streams,
    workers: Vec<Worker<M::Shard>>,
    adam: Adam<f32>,
    step: u64,
    epoch: usize,
    seen: usize,
    /// Halved at each step dropped.
    rate_factor: f64,
    dropped_in_a_row: usize,
    best: Option<(f64, Vec<f32>)>,
    without_gain: usize,
}

/// One thread's rows.
struct Worker<S> {
    rows: std::ops::Range<usize>,
    shard: S,
    gradient: Parameters<f32>,
    /// Of the last window, summed, in nats.
    loss: f64,
}

impl<M: Trainable<f32>> Trainer<M> {
    /// Begins a run over `documents`, judged on `validation` (neither may overlap the other).
    pub fn new(model: M, documents: Vec<Vec<u8>>, validation: Vec<Vec<u8>>, options: TrainerOptions) -> Self {
        let mut generator = StdRng::seed_from_u64(options.seed);
        let streams = Streams::new(&documents, options.batch, options.time, Some(&mut generator));
        let threads = options.threads.clamp(1, streams.batch());
        let workers = (0..threads)
            .map(|t| {
                let rows = t * streams.batch() / threads..(t + 1) * streams.batch() / threads;
                let shard = model.shard(rows.len(), options.time);
                Worker {
                    rows,
                    shard,
                    gradient: Parameters::zeros(model.parameters().layout.clone()),
                    loss: 0.0,
                }
            })
            .collect();
        let adam = Adam::new(model.parameters().values.len(), options.adam);
        Self {
            model,
            options,
            documents,
            validation,
            generator,
            streams,
            workers,
            adam,
            step: 0,
            epoch: 0,
            seen: 0,
            rate_factor: 1.0,
            dropped_in_a_row: 0,
            best: None,
            without_gain: 0,
        }
    }

    /// Steps taken.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Passes made, fractional.
    pub fn epoch(&self) -> f64 {
        self.seen as f64 / self.streams.targets().max(1) as f64
    }

    /// Steps that all passes would take.
    pub fn planned_steps(&self) -> u64 {
        (self.streams.windows(self.options.time) * self.options.epochs) as u64
    }

    /// Steps of one pass.
    pub fn steps_per_epoch(&self) -> u64 {
        self.streams.windows(self.options.time) as u64
    }

    /// Whether all passes are made, or validation has stopped gaining.
    pub fn is_done(&self) -> bool {
        self.streams.targets() == 0
            || self.epoch >= self.options.epochs
            || self.without_gain >= self.options.patience
    }

    /// One window: forward, backward, clip, update. `progress`, 0 to 1, is how much of the run is over.
    pub fn step(&mut self, progress: f64) -> StepOutcome {
        let symbols = self.run_window();
        let (loss, gradient) = self.sum_gradients();
        let bits = loss / symbols.max(1) as f64 / std::f64::consts::LN_2;
        let norm = global_norm(&gradient.values);
        let rate = self.rate_factor * self.options.schedule.rate(self.step, progress);
        let finite = norm.is_finite() && bits.is_finite();
        let scale = clip_scale(norm, self.options.clip);
        if finite {
            self.adam.step(&mut self.model.parameters_mut().values, &gradient.values, scale, rate);
            self.dropped_in_a_row = 0;
        } else {
            self.drop_step();
        }
        self.workers[0].gradient = gradient;
        if finite || self.dropped_in_a_row == 0 {
            self.model.prepare();
        }
        self.step += 1;
        self.seen += symbols;
        self.streams.advance(self.options.time);
        if self.streams.cut(1, 0..1).is_none() {
            self.begin_pass();
        }
        StepOutcome {
            bits,
            gradient_norm: norm,
            clipped: finite && scale < 1.0,
            rate,
            symbols,
            dropped: !finite,
        }
    }

    /// Each worker's loss and gradient of the next window. Returns the symbols predicted.
    fn run_window(&mut self) -> usize {
        let (model, streams, time) = (&self.model, &self.streams, self.options.time);
        let cuts: Vec<_> =
            self.workers.iter().map(|w| streams.cut(time, w.rows.clone()).unwrap_or_default()).collect();
        let symbols: usize = cuts.iter().map(|c| c.targets.len()).sum();
        let scale = 1.0 / symbols.max(1) as f32;
        let run = &|worker: &mut Worker<M::Shard>, cut: &super::streams::Cut| {
            worker.gradient.clear();
            let window = Window { batch: worker.rows.len(), inputs: &cut.inputs, targets: &cut.targets };
            worker.loss = model.loss_and_gradient(&mut worker.shard, window, scale, &mut worker.gradient);
        };
        let (first, others) = self.workers.split_first_mut().expect("there is at least one worker");
        std::thread::scope(|scope| {
            for (worker, cut) in others.iter_mut().zip(&cuts[1..]) {
                scope.spawn(move || run(worker, cut));
            }
            run(first, &cuts[0]);
        });
        symbols
    }

    /// The summed loss and gradient, in the workers' order. Takes the first worker's gradient: put it back.
    fn sum_gradients(&mut self) -> (f64, Parameters<f32>) {
        let (first, others) = self.workers.split_first_mut().expect("there is at least one worker");
        let empty = Parameters { layout: crate::nn::Layout::default(), values: Vec::new() };
        let mut gradient = std::mem::replace(&mut first.gradient, empty);
        let mut loss = first.loss;
        for worker in others {
            loss += worker.loss;
            for (sum, &g) in gradient.values.iter_mut().zip(&worker.gradient.values) {
                *sum += g;
            }
        }
        (loss, gradient)
    }

    fn drop_step(&mut self) {
        self.rate_factor *= 0.5;
        self.dropped_in_a_row += 1;
        for worker in &mut self.workers {
            for row in 0..worker.rows.len() {
                self.model.reset(&mut worker.shard, row);
            }
        }
        if self.dropped_in_a_row >= 3 {
            if let Some((_, values)) = &self.best {
                self.model.parameters_mut().values.copy_from_slice(values);
                self.adam = Adam::new(values.len(), self.options.adam);
            }
            self.dropped_in_a_row = 0;
        }
    }

    /// Shuffles the documents and begins again, from zero states.
    fn begin_pass(&mut self) {
        self.epoch += 1;
        let (batch, time) = (self.options.batch, self.options.time);
        self.streams = Streams::new(&self.documents, batch, time, Some(&mut self.generator));
        for worker in &mut self.workers {
            for row in 0..worker.rows.len() {
                self.model.reset(&mut worker.shard, row);
            }
        }
    }

    /// Bits per byte of the validation documents; the best parameters so far are kept. `None` when there are none.
    pub fn validate(&mut self) -> Option<f64> {
        let bits = bits_per_symbol(&self.model, &self.validation, self.options.threads)?;
        if self.best.as_ref().is_none_or(|(best, _)| bits < *best) {
            self.best = Some((bits, self.model.parameters().values.clone()));
            self.without_gain = 0;
        } else {
            self.without_gain += 1;
        }
        Some(bits)
    }

    /// The model with the parameters that did best on validation (the last ones when there was none).
    pub fn into_best(mut self) -> M {
        if let Some((_, values)) = self.best.take() {
            self.model.parameters_mut().values.copy_from_slice(&values);
            self.model.prepare();
        }
        self.model
    }
}

/// Mean loss of `documents` under `model`, bits per byte, each from a zero state. `None` when there is nothing to predict.
pub fn bits_per_symbol<M: Trainable<f32>>(model: &M, documents: &[Vec<u8>], threads: usize) -> Option<f64> {
    const TIME: usize = 64;
    // Rows of some thousand symbols: enough rows for a fast product, few enough that their cold starts do not matter.
    let symbols: usize = documents.iter().map(|d| d.len() + 1).sum();
    let rows = (symbols / 2048).clamp(1, 32);
    let streams = Streams::new(documents, rows, TIME, None);
    if streams.targets() == 0 {
        return None;
    }
    let threads = threads.clamp(1, streams.batch());
    let run = &|rows: std::ops::Range<usize>| {
        let mut streams = streams.clone();
        let mut shard = model.shard(rows.len(), TIME);
        let mut loss = 0.0;
        while let Some(cut) = streams.cut(TIME, rows.clone()) {
            let window = Window { batch: rows.len(), inputs: &cut.inputs, targets: &cut.targets };
            loss += model.loss(&mut shard, window);
            streams.advance(TIME);
        }
        loss
    };
    let batch = streams.batch();
    let losses: Vec<f64> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|t| scope.spawn(move || run(t * batch / threads..(t + 1) * batch / threads)))
            .collect();
        handles.into_iter().map(|h| h.join().unwrap_or(f64::NAN)).collect()
    });
    Some(losses.iter().sum::<f64>() / streams.targets() as f64 / std::f64::consts::LN_2)
}
