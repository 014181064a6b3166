//! The LSTM over windows: loss and gradient.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::{RnnShape, index};
use crate::lm::trainable::{Trainable, Window};
use crate::nn::gemm::matmul;
use crate::nn::lstm_cell::{self, Trace};
use crate::nn::{PackedMatrix, Parameters, Real, embedding, linear, softmax};

/// An LSTM that can be trained, over any float: `f32` to train, `f64` to check gradients.
#[derive(Debug, Clone)]
pub struct RnnNetwork<T> {
    shape: RnnShape,
    parameters: Parameters<T>,
    /// For each layer `W_hhᵀ` (forwards) and `W_hh` (backwards), packed.
    recurrent: Vec<(PackedMatrix<T>, PackedMatrix<T>)>,
}

/// One thread's share of the batch.
#[derive(Debug, Clone)]
pub struct RnnShard<T> {
    batch: usize,
    time: usize,
    /// Embedded inputs: `[time · batch, embed]`.
    embedded: Vec<T>,
    /// One for each layer.
    pub(super) layers: Vec<Trace<T>>,
    /// `[time · batch, vocabulary]`
    logits: Vec<T>,
    /// The loss's gradient on a layer's outputs: `[time · batch, max(hidden, embed)]`.
    d_h: Vec<T>,
}

impl<T: Real> RnnShard<T> {
    /// Makes room for windows of `time` steps, keeping the carried state.
    fn resize(&mut self, shape: RnnShape, time: usize) {
        if time == self.time {
            return;
        }
        let fresh = Self::new(shape, self.batch, time);
        for (old, new) in std::mem::replace(self, fresh).layers.iter().zip(&mut self.layers) {
            let step = old.batch * old.hidden;
            new.h[..step].copy_from_slice(&old.h[..step]);
            new.c[..step].copy_from_slice(&old.c[..step]);
        }
    }

    fn new(shape: RnnShape, batch: usize, time: usize) -> Self {
        let rows = batch * time;
        Self {
            batch,
            time,
            embedded: vec![T::zero(); rows * shape.embed],
            layers: (0..shape.layers).map(|_| Trace::new(time, batch, shape.hidden)).collect(),
            logits: vec![T::zero(); rows * shape.vocabulary],
            d_h: vec![T::zero(); rows * shape.hidden.max(shape.embed)],
        }
    }
}

fn view<T: Real>(values: &[T], columns: usize) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((values.len() / columns, columns), values).expect("whole rows")
}

fn view_mut<T: Real>(values: &mut [T], columns: usize) -> ArrayViewMut2<'_, T> {
    ArrayViewMut2::from_shape((values.len() / columns, columns), values).expect("whole rows")
}

impl<T: Real> RnnNetwork<T> {
    /// A network with these parameters, laid out as `shape.layout()`.
    ///
    /// # Panics
    /// When the layout is another's.
    pub fn new(shape: RnnShape, parameters: Parameters<T>) -> Self {
        assert_eq!(parameters.layout, shape.layout(), "parameters are laid out for another shape");
        let recurrent = (0..shape.layers)
            .map(|l| {
                let w = parameters.matrix(index::weight_hh(l));
                (PackedMatrix::new(w.t()), PackedMatrix::new(w))
            })
            .collect();
        Self { shape, parameters, recurrent }
    }

    /// Its shape.
    pub fn shape(&self) -> RnnShape {
        self.shape
    }

    /// Runs the window forwards; leaves the logits in the shard.
    fn forward(&self, shard: &mut RnnShard<T>, window: Window<'_>) {
        assert_eq!(window.batch, shard.batch, "the window is of another batch size");
        shard.resize(self.shape, window.inputs.len() / window.batch);
        let (shape, p) = (self.shape, &self.parameters);
        embedding::forward(p.matrix(index::EMBED), window.inputs, view_mut(&mut shard.embedded, shape.embed));
        for l in 0..shape.layers {
            let (below, at) = shard.layers.split_at_mut(l);
            let (input, trace) = (below.last().map_or(&shard.embedded[..], Trace::outputs), &mut at[0]);
            let bias = &p.vector(index::bias_ih(l)) + &p.vector(index::bias_hh(l));
            linear::forward(
                view(input, shape.input_width(l)),
                p.matrix(index::weight_ih(l)),
                bias.view(),
                view_mut(&mut trace.gates, 4 * shape.hidden),
            );
            lstm_cell::forward(trace, &self.recurrent[l].0);
        }
        linear::forward(
            view(shard.layers[shape.layers - 1].outputs(), shape.hidden),
            p.matrix(index::out_weight(shape.layers)),
            p.vector(index::out_bias(shape.layers)),
            view_mut(&mut shard.logits, shape.vocabulary),
        );
    }

    /// Runs the window backwards from the logits' gradient, adding to `gradient`.
    fn backward(&self, shard: &mut RnnShard<T>, window: Window<'_>, gradient: &mut Parameters<T>) {
        let (shape, p) = (self.shape, &self.parameters);
        let rows = window.inputs.len();
        let hidden = shape.hidden;
        {
            let logits = view(&shard.logits, shape.vocabulary);
            let x = view(shard.layers[shape.layers - 1].outputs(), hidden);
            let (w, b) = (index::out_weight(shape.layers), index::out_bias(shape.layers));
            gradient.vector_mut(b).scaled_add(T::one(), &logits.sum_axis(ndarray::Axis(0)));
            matmul(logits.t(), x, gradient.matrix_mut(w), true);
            matmul(logits, p.matrix(w), view_mut(&mut shard.d_h[..rows * hidden], hidden), false);
        }
        for l in (0..shape.layers).rev() {
            let (below, at) = shard.layers.split_at_mut(l);
            let (input, trace) = (below.last().map_or(&shard.embedded[..], Trace::outputs), &mut at[0]);
            lstm_cell::backward(trace, &self.recurrent[l].1, &shard.d_h[..rows * hidden]);
            let d_gates = view(&trace.gates, 4 * hidden);
            let before = view(&trace.h[..rows * hidden], hidden);
            matmul(d_gates.t(), before, gradient.matrix_mut(index::weight_hh(l)), true);
            matmul(
                d_gates.t(),
                view(input, shape.input_width(l)),
                gradient.matrix_mut(index::weight_ih(l)),
                true,
            );
            let d_bias = d_gates.sum_axis(ndarray::Axis(0));
            gradient.vector_mut(index::bias_ih(l)).scaled_add(T::one(), &d_bias);
            gradient.vector_mut(index::bias_hh(l)).scaled_add(T::one(), &d_bias);
            let width = shape.input_width(l);
            matmul(
                d_gates,
                p.matrix(index::weight_ih(l)),
                view_mut(&mut shard.d_h[..rows * width], width),
                false,
            );
        }
        embedding::backward(
            view(&shard.d_h[..rows * shape.embed], shape.embed),
            window.inputs,
            gradient.matrix_mut(index::EMBED),
        );
    }
}

impl<T: Real> Trainable<T> for RnnNetwork<T> {
    type Shard = RnnShard<T>;

    fn parameters(&self) -> &Parameters<T> {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut Parameters<T> {
        &mut self.parameters
    }

    fn prepare(&mut self) {
        for (l, (forwards, backwards)) in self.recurrent.iter_mut().enumerate() {
            let w = self.parameters.matrix(index::weight_hh(l));
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

    fn loss(&self, shard: &mut RnnShard<T>, window: Window<'_>) -> f64 {
        self.forward(shard, window);
        let loss = softmax::cross_entropy_backward(
            view_mut(&mut shard.logits, self.shape.vocabulary),
            window.targets,
            T::zero(),
        );
        shard.layers.iter_mut().for_each(Trace::carry);
        loss
    }

    fn loss_and_gradient(
        &self,
        shard: &mut RnnShard<T>,
        window: Window<'_>,
        scale: T,
        gradient: &mut Parameters<T>,
    ) -> f64 {
        self.forward(shard, window);
        let loss = softmax::cross_entropy_backward(
            view_mut(&mut shard.logits, self.shape.vocabulary),
            window.targets,
            scale,
        );
        self.backward(shard, window, gradient);
        shard.layers.iter_mut().for_each(Trace::carry);
        loss
    }
}
