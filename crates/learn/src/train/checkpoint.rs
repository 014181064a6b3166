//! A run on disk: everything that the next step depends on, as the bytes of one safetensors file.
//!
//! A run resumed from a checkpoint equals one that was never interrupted, bit for bit: parameters, the optimiser's memory,
//! the carried states, the place in the pass, the best parameters so far and what the schedule remembers are all in it. The
//! documents are not: the caller brings the same ones, and a fingerprint refuses others. The program writes the bytes to a
//! file.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::optimizer::Optimizer;
use super::trainer::{Run, Trainer, TrainerOptions};
use model::hash::Fnv1a;
use model::nn::Rounding;
use model::{Symbol, Trainable};

/// Why bytes are no checkpoint of this run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a checkpoint, or one cut short.
    #[error("this is not a whole checkpoint ({0}); begin the training anew")]
    Broken(String),
    /// Of a run with another model, other documents or other options.
    #[error("the checkpoint is of a run with {0}; begin the training anew or give it what that run had")]
    Another(&'static str),
}

/// All but the vectors.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: u32,
    /// The options on which the weights depend, bit for bit.
    options: String,
    documents: String,
    parameters: usize,
    step: u64,
    epoch: usize,
    position: usize,
    seen: usize,
    clipped: u64,
    dropped_in_a_row: usize,
    dropped: u32,
    /// The bits of the `f64`, so that it comes back exactly.
    best_bits: Option<u64>,
    without_gain: usize,
    on_plateau: usize,
    falls: u32,
    optimizer_steps: u64,
    optimizer_vectors: usize,
    workers: usize,
}

const FORMAT: u32 = 1;

impl<M: Trainable<f32>> Trainer<M> {
    /// The run as it is now.
    ///
    /// # Panics
    /// Never: every view is cut from its own bytes.
    pub fn checkpoint(&self) -> Vec<u8> {
        let (position, states) = self.place();
        let (optimizer_steps, vectors) = self.optimizer.memory();
        let run = &self.run;
        let header = Header {
            format: FORMAT,
            options: options_fingerprint(&self.options, self.model.rounding()),
            documents: documents_fingerprint(self.documents()),
            parameters: self.model.parameters().values.len(),
            step: run.step,
            epoch: run.epoch,
            position,
            seen: run.seen,
            clipped: run.clipped,
            dropped_in_a_row: run.dropped_in_a_row,
            dropped: run.dropped,
            best_bits: run.best_bits.map(f64::to_bits),
            without_gain: run.without_gain,
            on_plateau: run.on_plateau,
            falls: run.falls,
            optimizer_steps,
            optimizer_vectors: vectors.len(),
            workers: states.len(),
        };
        let mut named: Vec<(String, &[f32])> =
            vec![("values".into(), &self.model.parameters().values), ("good".into(), &self.good)];
        named.extend(self.best.iter().map(|best| ("best".into(), &best[..])));
        named.extend(vectors.iter().enumerate().map(|(i, v)| (format!("optimizer.{i}"), *v)));
        named.extend(states.iter().enumerate().map(|(i, s)| (format!("state.{i}"), &s[..])));
        let bytes: Vec<(String, Vec<u8>)> = named
            .into_iter()
            .map(|(name, values)| (name, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let views = bytes.iter().map(|(name, bytes)| {
            let view = TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes);
            (name.as_str(), view.expect("the bytes are the shape's"))
        });
        let header = serde_json::to_string(&header).expect("plain data is written");
        let metadata = HashMap::from([("training".to_owned(), header)]);
        safetensors::serialize(views, Some(metadata)).expect("the views do not overlap")
    }

    /// Resumes the run that `bytes` are a checkpoint of, in place of this one. This one has just begun, with the same shape of the
    /// model, documents, validation and options.
    ///
    /// # Errors
    /// When the bytes are no whole checkpoint, or one of another run; this one is then as it was.
    pub fn resume(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let broken = |why: String| CheckpointError::Broken(why);
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|e| broken(e.to_string()))?;
        let file = SafeTensors::deserialize(bytes).map_err(|e| broken(e.to_string()))?;
        let header = metadata.metadata().as_ref().and_then(|m| m.get("training"));
        let header = header.ok_or_else(|| broken("it holds no training".into()))?;
        let header: Header = serde_json::from_str(header).map_err(|e| broken(e.to_string()))?;
        if header.format != FORMAT {
            return Err(broken(format!("its format is {}, not {FORMAT}", header.format)));
        }
        if header.parameters != self.good.len() {
            return Err(CheckpointError::Another("a model of another shape"));
        }
        if header.options != options_fingerprint(&self.options, self.model.rounding()) {
            return Err(CheckpointError::Another("other options"));
        }
        if header.documents != documents_fingerprint(self.documents()) {
            return Err(CheckpointError::Another("other documents"));
        }
        let vector = |name: &str| -> Result<Vec<f32>, CheckpointError> {
            let view = file.tensor(name).map_err(|e| broken(e.to_string()))?;
            Ok(view.data().as_chunks::<4>().0.iter().map(|&b| f32::from_le_bytes(b)).collect())
        };
        let parameters = |name: &str| {
            let values = vector(name)?;
            let fits = values.len() == header.parameters;
            if fits { Ok(values) } else { Err(broken(format!("`{name}` is of another length"))) }
        };
        let numbered = |name: &str, count: usize| {
            (0..count).map(|i| vector(&format!("{name}.{i}"))).collect::<Result<Vec<_>, _>>()
        };
        let (values, good) = (parameters("values")?, parameters("good")?);
        let best = header.best_bits.map(|_| parameters("best")).transpose()?;
        let mut optimizer = Optimizer::new(header.parameters, self.options.optimizer);
        if !optimizer.set_memory(header.optimizer_steps, &numbered("optimizer", header.optimizer_vectors)?) {
            return Err(broken("the optimiser's memory is of another length".into()));
        }
        if !self.seek(header.epoch, header.position, &numbered("state", header.workers)?) {
            return Err(broken("its place in the text is no place in these documents".into()));
        }
        self.model.parameters_mut().values = values;
        self.model.prepare();
        (self.good, self.best, self.optimizer) = (good, best, optimizer);
        self.run = Run {
            step: header.step,
            epoch: header.epoch,
            seen: header.seen,
            clipped: header.clipped,
            dropped_in_a_row: header.dropped_in_a_row,
            dropped: header.dropped,
            best_bits: header.best_bits.map(f64::from_bits),
            without_gain: header.without_gain,
            on_plateau: header.on_plateau,
            falls: header.falls,
        };
        Ok(())
    }
}

/// The options on which the weights depend, the products' rounding with them; how long the run goes on is none of them.
fn options_fingerprint(options: &TrainerOptions, rounding: Rounding) -> String {
    let TrainerOptions { batch, time, threads, seed, schedule, optimizer, clip, epochs: _, patience: _ } =
        options;
    let rounding = match rounding {
        Rounding::None => "",
        Rounding::Bf16 => "bf16",
    };
    format!("{batch} {time} {threads} {seed} {schedule:?} {optimizer:?} {clip}{rounding}")
}

/// A fingerprint of documents.
fn documents_fingerprint(documents: &[Vec<Symbol>]) -> String {
    fingerprint(documents.iter().flat_map(|document| {
        std::iter::once(document.len() as u64).chain(document.iter().map(|&symbol| u64::from(symbol)))
    }))
}

/// A fingerprint of a sequence of numbers (FNV-1a over whole numbers), in 16 hexadecimal digits.
pub fn fingerprint(parts: impl Iterator<Item = u64>) -> String {
    let mut hash = Fnv1a::default();
    parts.for_each(|part| hash.add(part));
    format!("{:016x}", hash.value())
}
