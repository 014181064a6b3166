//! The recurrent network over windows: loss and gradient.

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::RnnShape;
use crate::nn::dropout::{self, Dropout};
use crate::nn::gemm::matmul_rounded;
use crate::nn::rows::{view, view_mut};
use crate::nn::{PackedMatrix, Parameters, Real, Rounding, Trace, embedding, layer, linear, softmax};
use crate::trainable::{Trainable, Window};

/// A recurrent network that can be trained, over any float: `f32` to train, `f64` to check gradients.
#[derive(Debug, Clone)]
pub struct RnnNetwork<T> {
    shape: RnnShape,
    dropout: Dropout,
    rounding: Rounding,
    pub(super) parameters: Parameters<T>,
    /// For each layer `W_hhᵀ` (forwards) and `W_hh` (backwards), packed.
    recurrent: Vec<(PackedMatrix<T>, PackedMatrix<T>)>,
}

/// One thread's share of the batch.
#[derive(Debug, Clone)]
pub struct RnnShard<T> {
    batch: usize,
    time: usize,
    /// What each layer reads, and last what the output reads: `[time · batch, width]` each, dropout applied.
    inputs: Vec<Vec<T>>,
    /// Dropout's mask of each of these: `[batch, width]`; empty where nothing is left out.
    masks: Vec<Vec<T>>,
    /// One for each layer.
    pub(super) layers: Vec<Trace<T>>,
    /// `[time · batch, vocabulary]`
    pub(super) logits: Vec<T>,
    /// The loss's gradient on each layer's outputs, once the backward pass is made: `[time · batch, hidden]` each.
    pub(super) d_h: Vec<Vec<T>>,
}

impl<T: Real> RnnShard<T> {
    /// Makes room for windows of `time` steps, keeping the carried state.
    fn resize(&mut self, shape: RnnShape, time: usize) {
        if time == self.time {
            return;
        }
        let fresh = Self::new(shape, self.batch, time);
        for (old, new) in std::mem::replace(self, fresh).layers.iter().zip(&mut self.layers) {
            new.set_state(&old.state());
        }
    }

    fn new(shape: RnnShape, batch: usize, time: usize) -> Self {
        let rows = batch * time;
        let zeros = |width: usize| vec![T::zero(); rows * width];
        Self {
            batch,
            time,
            inputs: (0..=shape.layers).map(|l| zeros(shape.input_width(l))).collect(),
            masks: vec![Vec::new(); shape.layers + 1],
            layers: (0..shape.layers).map(|_| Trace::new(shape.cell, time, batch, shape.hidden)).collect(),
            logits: zeros(shape.vocabulary),
            d_h: (0..shape.layers).map(|_| zeros(shape.hidden)).collect(),
        }
    }
}

impl<T: Real> RnnNetwork<T> {
    /// A network with these parameters, laid out as `shape.layout()`.
    ///
    /// # Panics
    /// When the layout is another's.
    pub fn new(shape: RnnShape, parameters: Parameters<T>) -> Self {
        assert_eq!(parameters.layout, shape.layout(), "parameters are laid out for another shape");
        Self::packed(shape, parameters, Rounding::None)
    }

    fn packed(shape: RnnShape, parameters: Parameters<T>, rounding: Rounding) -> Self {
        let recurrent = (0..shape.layers)
            .map(|l| {
                let w = parameters.matrix(RnnShape::weight_hh(l));
                (PackedMatrix::rounded(w.t(), rounding), PackedMatrix::rounded(w, rounding))
            })
            .collect();
        Self { shape, dropout: Dropout::NONE, rounding, parameters, recurrent }
    }

    /// The same network; the factors of its products are rounded so, of those of its losses, too.
    #[must_use]
    pub fn with_rounding(self, rounding: Rounding) -> Self {
        Self { dropout: self.dropout, ..Self::packed(self.shape, self.parameters, rounding) }
    }

    /// The same network, trained with dropout.
    #[must_use]
    pub fn with_dropout(mut self, dropout: Dropout) -> Self {
        self.dropout = dropout;
        self
    }

    /// Its shape.
    pub fn shape(&self) -> RnnShape {
        self.shape
    }

    /// Draws the window's masks, or removes them when there is no noise.
    fn draw_masks(&self, shard: &mut RnnShard<T>, noise: Option<u64>) {
        let mut generator = StdRng::seed_from_u64(noise.unwrap_or_default());
        for (l, mask) in shard.masks.iter_mut().enumerate() {
            let p = if l == 0 {
                self.dropout.input
            } else if l == self.shape.layers {
                self.dropout.output
            } else {
                self.dropout.between
            };
            let width = if noise.is_some() && p > 0.0 { self.shape.input_width(l) } else { 0 };
            mask.resize(shard.batch * width, T::one());
            if width > 0 {
                dropout::fill_mask(&mut generator, p, mask);
            }
        }
    }

    /// Runs the window forwards; leaves the logits in the shard. With `noise`, units are left out.
    pub(super) fn forward(&self, shard: &mut RnnShard<T>, window: Window<'_>, noise: Option<u64>) {
        assert_eq!(window.batch, shard.batch, "the window is of another batch size");
        shard.resize(self.shape, window.inputs.len() / window.batch);
        self.draw_masks(shard, noise);
        let (shape, p) = (self.shape, &self.parameters);
        let embedded = view_mut(&mut shard.inputs[0], shape.embed);
        embedding::forward(p.matrix(RnnShape::EMBED), window.inputs, embedded);
        for l in 0..shape.layers {
            dropout::apply(&shard.masks[l], &mut shard.inputs[l]);
            let trace = &mut shard.layers[l];
            let vector = |at: usize| p.vector(at).to_slice().expect("parameters are contiguous");
            let (b_ih, b_hh) = (vector(RnnShape::bias_ih(l)), vector(RnnShape::bias_hh(l)));
            let bias = shape.cell.input_bias(b_ih, b_hh);
            linear::forward(
                self.rounding,
                view(&shard.inputs[l], shape.input_width(l)),
                p.matrix(RnnShape::weight_ih(l)),
                ndarray::ArrayView1::from(&bias),
                view_mut(&mut trace.gates, shape.cell.gates() * shape.hidden),
            );
            layer::forward(trace, &self.recurrent[l].0, b_hh);
            shard.inputs[l + 1].copy_from_slice(trace.outputs());
        }
        dropout::apply(&shard.masks[shape.layers], &mut shard.inputs[shape.layers]);
        linear::forward(
            self.rounding,
            view(&shard.inputs[shape.layers], shape.hidden),
            p.matrix(shape.out_weight()),
            p.vector(shape.out_bias()),
            view_mut(&mut shard.logits, shape.vocabulary),
        );
    }

    /// Runs the window backwards from the logits' gradient, adding to `gradient`.
    pub(super) fn backward(&self, shard: &mut RnnShard<T>, window: Window<'_>, gradient: &mut Parameters<T>) {
        let (shape, p) = (self.shape, &self.parameters);
        let (hidden, rounding) = (shape.hidden, self.rounding);
        {
            let logits = view(&shard.logits, shape.vocabulary);
            let x = view(&shard.inputs[shape.layers], hidden);
            let (w, b) = (shape.out_weight(), shape.out_bias());
            gradient.vector_mut(b).scaled_add(T::one(), &logits.sum_axis(ndarray::Axis(0)));
            matmul_rounded(rounding, logits.t(), x, gradient.matrix_mut(w), true);
            matmul_rounded(
                rounding,
                logits,
                p.matrix(w),
                view_mut(&mut shard.d_h[shape.layers - 1], hidden),
                false,
            );
        }
        // The gradient on the embedding's output, when the lowest layer is done.
        let mut d_embedded = vec![T::zero(); shard.inputs[0].len()];
        for l in (0..shape.layers).rev() {
            let (below, at) = shard.d_h.split_at_mut(l);
            dropout::apply(&shard.masks[l + 1], &mut at[0]);
            let trace = &mut shard.layers[l];
            layer::backward(trace, &self.recurrent[l].1, &mut at[0]);
            let gates = shape.cell.gates() * hidden;
            let d_gates = view(&trace.gates, gates);
            let d_recurrent = view(trace.recurrent_gradient(), gates);
            let before = view(&trace.h[..window.inputs.len() * hidden], hidden);
            let width = shape.input_width(l);
            matmul_rounded(
                rounding,
                d_recurrent.t(),
                before,
                gradient.matrix_mut(RnnShape::weight_hh(l)),
                true,
            );
            matmul_rounded(
                rounding,
                d_gates.t(),
                view(&shard.inputs[l], width),
                gradient.matrix_mut(RnnShape::weight_ih(l)),
                true,
            );
            for (at, d) in [(RnnShape::bias_ih(l), d_gates), (RnnShape::bias_hh(l), d_recurrent)] {
                gradient.vector_mut(at).scaled_add(T::one(), &d.sum_axis(ndarray::Axis(0)));
            }
            let d_input = below.last_mut().unwrap_or(&mut d_embedded);
            matmul_rounded(
                rounding,
                d_gates,
                p.matrix(RnnShape::weight_ih(l)),
                view_mut(d_input, width),
                false,
            );
        }
        dropout::apply(&shard.masks[0], &mut d_embedded);
        embedding::backward(
            view(&d_embedded, shape.embed),
            window.inputs,
            gradient.matrix_mut(RnnShape::EMBED),
        );
    }
}

impl<T: Real> Trainable<T> for RnnNetwork<T> {
    type Shard = RnnShard<T>;

    fn rounding(&self) -> Rounding {
        self.rounding
    }

    fn parameters(&self) -> &Parameters<T> {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut Parameters<T> {
        &mut self.parameters
    }

    fn prepare(&mut self) {
        for (l, (forwards, backwards)) in self.recurrent.iter_mut().enumerate() {
            let w = self.parameters.matrix(RnnShape::weight_hh(l));
            forwards.repack(w.t());
            backwards.repack(w);
        }
    }

    fn shard(&self, batch: usize, time: usize) -> RnnShard<T> {
        RnnShard::new(self.shape, batch, time)
    }

    fn reset(&self, shard: &mut RnnShard<T>, row: usize) {
        for trace in &mut shard.layers {
            trace.reset(row);
        }
    }

    fn state(&self, shard: &RnnShard<T>) -> Vec<T> {
        shard.layers.iter().flat_map(Trace::state).collect()
    }

    fn set_state(&self, shard: &mut RnnShard<T>, mut state: &[T]) {
        for trace in &mut shard.layers {
            let (own, rest) = state.split_at(trace.state().len());
            trace.set_state(own);
            state = rest;
        }
    }

    fn losses(&self, shard: &mut RnnShard<T>, window: Window<'_>, each: &mut dyn FnMut(usize, f64)) {
        self.forward(shard, window, None);
        softmax::cross_entropy_each(&mut shard.logits, window.targets, each);
        shard.layers.iter_mut().for_each(Trace::carry);
    }

    fn loss_and_gradient(
        &self,
        shard: &mut RnnShard<T>,
        window: Window<'_>,
        scale: T,
        noise: u64,
        gradient: &mut Parameters<T>,
    ) -> f64 {
        self.forward(shard, window, Some(noise));
        let logits = view_mut(&mut shard.logits, self.shape.vocabulary);
        let loss = softmax::cross_entropy_backward(logits, window.targets, scale);
        self.backward(shard, window, gradient);
        shard.layers.iter_mut().for_each(Trace::carry);
        loss
    }
}
