//! The training loop's one step: teacher forcing over windows with carried state (truncated BPTT), clipping, the optimiser.
//!
//! Synchronous and without a clock: the caller steps, reports, pauses and stops. Within a step the batch's rows are shared
//! among threads that work without waiting on each other until their gradients are summed, in a fixed order: the same seed,
//! input and thread count give the same weights, bit for bit. Whatever is random, the documents' order and dropout's masks,
//! is drawn from the seed and the place in the run, so a run resumed from a [checkpoint](super::checkpoint) is the same run.
//!
//! A loss or gradient that is not finite costs one step, not the model: the step is dropped and the rate halved; three in a
//! row bring back the last good parameters.

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::adam::{AdamOptions, clip_scale, sum_of_squares};
use super::optimizer::{Optimizer, OptimizerOptions, on_threads, piece};
use super::schedule::{Decay, Schedule};
use super::streams::Streams;
use model::hash::splitmix64;
use model::nn::Parameters;
use model::{Symbol, Trainable, Window};

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainerOptions {
    /// Streams side by side.
    pub batch: usize,
    /// Steps of a window: how far back a gradient flows.
    pub time: usize,
    /// Threads that share a batch.
    pub threads: usize,
    /// Seed of the documents' order and of dropout.
    pub seed: u64,
    /// The learning rate.
    pub schedule: Schedule,
    /// What takes the steps.
    pub optimizer: OptimizerOptions,
    /// Greatest global norm of a gradient.
    pub clip: f64,
    /// Passes over the documents after which the run is over.
    pub epochs: usize,
    /// Validations in a row without a gain after which the run is over.
    pub patience: usize,
}

/// Options that work: found by training on notes, posts, mails and stories and typing what was held out.
///
/// From scratch the rate is an ordinary one. A model that has already learned a language is fine-tuned: its rate is that of
/// [`fine_tuning_rate`], once its loss on the writer's text is measured.
pub fn options(from_scratch: bool) -> TrainerOptions {
    TrainerOptions {
        batch: 32,
        time: 64,
        threads: 1,
        seed: 1,
        schedule: Schedule {
            peak: if from_scratch { 2e-3 } else { fine_tuning_rate(2.0) },
            warm_up: 50,
            decay: Decay::Cosine { last: 0.05 },
        },
        optimizer: OptimizerOptions::Adam(AdamOptions {
            beta2: 0.98,
            weight_decay: 0.01,
            ..AdamOptions::default()
        }),
        clip: 1.0,
        epochs: if from_scratch { 40 } else { 8 },
        patience: 8,
    }
}

/// The peak rate for a model whose loss on the writer's validation text is `bits` per byte: the less it has to learn, the lower.
/// Prose in a language it knows costs one to two bits; a language it has hardly met costs five and more.
pub fn fine_tuning_rate(bits: f64) -> f64 {
    (1e-4 * bits).clamp(1e-4, 5e-4)
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepOutcome {
    /// Mean loss, bits per symbol.
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
    /// Whether the last good parameters were brought back, after three drops in a row.
    pub restored: bool,
}

/// A model in training.
pub struct Trainer<M: Trainable<f32>> {
    pub(super) model: M,
    pub(super) options: TrainerOptions,
    documents: Vec<Vec<Symbol>>,
    validation: Vec<Vec<Symbol>>,
    streams: Streams,
    workers: Vec<Worker<M::Shard>>,
    pub(super) optimizer: Optimizer<f32>,
    pub(super) run: Run,
    /// The parameters that did best on validation so far.
    pub(super) best: Option<Vec<f32>>,
    /// The parameters last known to be good: those of the last validation, or of the start.
    pub(super) good: Vec<f32>,
}

/// Where a run is: all of it but the large vectors.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Run {
    /// Steps taken.
    pub(super) step: u64,
    /// Passes finished.
    pub(super) epoch: usize,
    /// Symbols learned from.
    pub(super) seen: usize,
    /// Steps that clipping touched.
    pub(super) clipped: u64,
    /// Steps dropped in a row.
    pub(super) dropped_in_a_row: usize,
    /// Steps dropped in all; the rate is halved at each.
    pub(super) dropped: u32,
    /// Bits per symbol of the best validation.
    pub(super) best_bits: Option<f64>,
    /// Validations since the best one.
    pub(super) without_gain: usize,
    /// Validations since the best one or the last fall of the rate.
    pub(super) on_plateau: usize,
    /// Falls of the rate.
    pub(super) falls: u32,
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
    /// Begins a run over `documents`, validated on `validation` (neither may overlap the other).
    pub fn new(
        model: M,
        documents: Vec<Vec<Symbol>>,
        validation: Vec<Vec<Symbol>>,
        options: TrainerOptions,
    ) -> Self {
        let streams = pass(&documents, &options, 0);
        let threads = options.threads.clamp(1, streams.batch());
        let workers = (0..threads)
            .map(|t| {
                let rows = t * streams.batch() / threads..(t + 1) * streams.batch() / threads;
                let shard = model.shard(rows.len(), options.time);
                let gradient = Parameters::zeros(model.parameters().layout.clone());
                Worker { rows, shard, gradient, loss: 0.0 }
            })
            .collect();
        let optimizer = Optimizer::new(model.parameters().values.len(), options.optimizer);
        let good = model.parameters().values.clone();
        let run = Run::default();
        Self { model, options, documents, validation, streams, workers, optimizer, run, best: None, good }
    }

    /// Steps taken.
    pub fn steps(&self) -> u64 {
        self.run.step
    }

    /// Passes made, fractional.
    pub fn epoch(&self) -> f64 {
        self.run.seen as f64 / self.streams.targets().max(1) as f64
    }

    /// Steps that all passes would take.
    pub fn planned_steps(&self) -> u64 {
        self.steps_per_epoch() * self.options.epochs as u64
    }

    /// Steps of one pass.
    pub fn steps_per_epoch(&self) -> u64 {
        self.streams.windows(self.options.time) as u64
    }

    /// Share of the steps so far that clipping touched, 0 to 1.
    pub fn clipped_share(&self) -> f64 {
        self.run.clipped as f64 / self.run.step.max(1) as f64
    }

    /// Steps given up because a number in them was not finite.
    pub fn dropped_steps(&self) -> u32 {
        self.run.dropped
    }

    /// Whether all passes are made, or validation has stopped gaining.
    pub fn is_done(&self) -> bool {
        self.streams.targets() == 0
            || self.run.epoch >= self.options.epochs
            || self.run.without_gain >= self.options.patience
    }

    /// One window: forward, backward, clip, update. `progress`, 0 to 1, is how much of the run is over.
    pub fn step(&mut self, progress: f64) -> StepOutcome {
        let symbols = self.run_window();
        let (loss, norm) = self.sum_gradients();
        let bits = loss / symbols.max(1) as f64 / std::f64::consts::LN_2;
        let halved = 0.5_f64.powi(self.run.dropped.cast_signed());
        let rate = halved * self.options.schedule.rate(self.run.step, progress, self.run.falls);
        let finite = norm.is_finite() && bits.is_finite();
        let scale = clip_scale(norm, self.options.clip);
        let clipped = finite && scale < 1.0;
        let mut restored = false;
        if finite {
            let values = &mut self.model.parameters_mut().values;
            let gradient = &self.workers[0].gradient.values;
            self.optimizer.step(values, gradient, scale, rate, self.workers.len());
            self.run.dropped_in_a_row = 0;
        } else {
            restored = self.drop_step();
        }
        if finite || restored {
            self.model.prepare();
        }
        self.run.step += 1;
        self.run.seen += symbols;
        self.run.clipped += u64::from(clipped);
        self.streams.advance(self.options.time);
        if self.streams.cut(1, 0..1).is_none() {
            self.begin_pass();
        }
        StepOutcome { bits, gradient_norm: norm, clipped, rate, symbols, dropped: !finite, restored }
    }

    /// Each worker's loss and gradient of the next window. Returns the symbols predicted.
    fn run_window(&mut self) -> usize {
        let (model, streams, time) = (&self.model, &self.streams, self.options.time);
        let cuts: Vec<_> =
            self.workers.iter().map(|w| streams.cut(time, w.rows.clone()).unwrap_or_default()).collect();
        let symbols: usize = cuts.iter().map(|c| c.targets.len()).sum();
        let scale = 1.0 / symbols.max(1) as f32;
        let (seed, step) = (self.options.seed, self.run.step);
        on_threads(self.workers.iter_mut().zip(&cuts), |(worker, cut)| {
            worker.gradient.clear();
            let window = Window { batch: worker.rows.len(), inputs: &cut.inputs, targets: &cut.targets };
            let noise = seed_of(seed, step, worker.rows.start as u64);
            worker.loss =
                model.loss_and_gradient(&mut worker.shard, window, scale, noise, &mut worker.gradient);
        });
        symbols
    }

    /// Sums the workers' losses and, into the first one's, their gradients, in their order. Returns the loss and the
    /// gradient's global norm.
    fn sum_gradients(&mut self) -> (f64, f64) {
        let loss = self.workers.iter().map(|w| w.loss).sum();
        let (first, others) = self.workers.split_first_mut().expect("there is at least one worker");
        let gradient = &mut first.gradient.values;
        let run = piece(gradient.len(), 1 + others.len());
        let mut squares = vec![0.0; gradient.len().div_ceil(run)];
        let pieces = gradient.chunks_mut(run).zip(&mut squares).enumerate();
        let others: Vec<&[f32]> = others.iter().map(|w| &w.gradient.values[..]).collect();
        on_threads(pieces, |(at, (sum, squares))| {
            for other in &others {
                for (sum, &g) in sum.iter_mut().zip(&other[at * run..]) {
                    *sum += g;
                }
            }
            *squares = sum_of_squares(sum);
        });
        (loss, squares.iter().sum::<f64>().sqrt())
    }

    /// Gives a step up. Returns whether the last good parameters were brought back.
    fn drop_step(&mut self) -> bool {
        self.run.dropped += 1;
        self.run.dropped_in_a_row += 1;
        self.reset_states();
        if self.run.dropped_in_a_row < 3 {
            return false;
        }
        self.model.parameters_mut().values.copy_from_slice(&self.good);
        self.optimizer = Optimizer::new(self.good.len(), self.options.optimizer);
        self.run.dropped_in_a_row = 0;
        true
    }

    fn reset_states(&mut self) {
        for worker in &mut self.workers {
            for row in 0..worker.rows.len() {
                self.model.reset(&mut worker.shard, row);
            }
        }
    }

    /// Shuffles the documents and begins again, from zero states.
    fn begin_pass(&mut self) {
        self.run.epoch += 1;
        self.streams = pass(&self.documents, &self.options, self.run.epoch);
        self.reset_states();
    }

    /// Sets the peak of the learning rate, to be done before the first step.
    pub(crate) fn set_peak(&mut self, peak: f64) {
        self.options.schedule.peak = peak;
    }

    /// Bits per symbol of the validation documents; the best parameters so far are kept. `None` when there are none.
    pub fn validate(&mut self) -> Option<f64> {
        let bits = bits_per_symbol(&self.model, &self.validation, self.options.threads)?;
        let values = &self.model.parameters().values;
        if bits.is_finite() && values.iter().all(|v| v.is_finite()) {
            self.good.clone_from(values);
        }
        if self.run.best_bits.is_none_or(|best| bits < best) {
            self.run.best_bits = Some(bits);
            self.best = Some(values.clone());
            (self.run.without_gain, self.run.on_plateau) = (0, 0);
            return Some(bits);
        }
        self.run.without_gain += 1;
        self.run.on_plateau += 1;
        if let Decay::Plateau { patience, .. } = self.options.schedule.decay
            && self.run.on_plateau >= patience
        {
            self.run.on_plateau = 0;
            self.run.falls += 1;
        }
        Some(bits)
    }

    /// The model with the parameters that did best on validation (the last ones when there was none).
    pub fn into_best(mut self) -> M {
        if let Some(values) = self.best.take() {
            self.model.parameters_mut().values.copy_from_slice(&values);
            self.model.prepare();
        }
        self.model
    }

    /// Where in the pass the next window begins, and each worker's carried state, for a checkpoint.
    pub(super) fn place(&self) -> (usize, Vec<Vec<f32>>) {
        (self.streams.position(), self.workers.iter().map(|w| self.model.state(&w.shard)).collect())
    }

    /// Moves to a place in a pass. Returns whether it fits; if not, nothing has changed.
    pub(super) fn seek(&mut self, epoch: usize, position: usize, states: &[Vec<f32>]) -> bool {
        let mut streams = pass(&self.documents, &self.options, epoch);
        streams.advance(position);
        let fits = streams.position() == position
            && states.len() == self.workers.len()
            && self.workers.iter().zip(states).all(|(w, s)| self.model.state(&w.shard).len() == s.len());
        if fits {
            self.streams = streams;
            for (worker, state) in self.workers.iter_mut().zip(states) {
                self.model.set_state(&mut worker.shard, state);
            }
        }
        fits
    }

    /// The documents learned from.
    pub(super) fn documents(&self) -> &[Vec<Symbol>] {
        &self.documents
    }
}

/// The streams of pass `epoch`: the documents in an order of its own.
fn pass(documents: &[Vec<Symbol>], options: &TrainerOptions, epoch: usize) -> Streams {
    let mut generator = StdRng::seed_from_u64(seed_of(options.seed, epoch as u64, u64::MAX));
    Streams::new(documents, options.batch, options.time, Some(&mut generator))
}

/// One seed from three numbers.
fn seed_of(seed: u64, a: u64, b: u64) -> u64 {
    splitmix64(splitmix64(seed ^ a) ^ b)
}

/// Mean loss of `documents` under `model`, bits per symbol, each from a zero state. `None` when there is nothing to predict.
pub(crate) fn bits_per_symbol<M: Trainable<f32>>(
    model: &M,
    documents: &[Vec<Symbol>],
    threads: usize,
) -> Option<f64> {
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
