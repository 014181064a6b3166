//! The fixed-window neural language model (Bengio et al. 2003): the words before, embedded, side by side, through one layer.
//!
//! ```text
//! x = [embed(w₋ₙ) … embed(w₋₁)]     h = tanh(d + H x)     y = b + U h
//! ```
//!
//! Bengio's direct connections from x to y are left out, as in his best model. What it is not: any memory beyond the
//! window. A word `n + 1` back cannot matter, and each place in the window has weights of its own.

use ndarray::ArrayView2;
use rand::rngs::StdRng;
use rand::{Rng, RngExt as _, SeedableRng as _};

use super::rnn::normal;
use super::trainable::{Trainable, Window};
use super::{LanguageModel, Symbol};
use crate::nn::dropout::{self, Dropout};
use crate::nn::gemm::matmul;
use crate::nn::rows::{view, view_mut};
use crate::nn::{Layout, PackedMatrix, Parameters, Real, Rounding, embedding, linear, softmax};

/// The shape of a fixed-window model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowShape {
    /// Symbols it reads and predicts.
    pub vocabulary: usize,
    /// Symbols it sees before the one to predict.
    pub context: usize,
    /// Width of the embedding.
    pub embed: usize,
    /// Width of the hidden layer.
    pub hidden: usize,
    /// Whether the output has the embedding's weights; then `embed` must be `hidden`.
    pub tied: bool,
}

impl WindowShape {
    const EMBED: usize = 0;
    const HIDDEN: usize = 1;
    const HIDDEN_BIAS: usize = 2;

    /// Every parameter's name and shape. With tied embeddings there is no `out.weight`.
    ///
    /// # Panics
    /// When the embeddings are tied and `embed` is not `hidden`.
    pub fn layout(self) -> Layout {
        assert!(!self.tied || self.embed == self.hidden, "tied embeddings are as wide as the hidden layer");
        let mut layout = Layout::default();
        layout.matrix("embed.weight", self.vocabulary, self.embed);
        layout.matrix("hidden.weight", self.hidden, self.context * self.embed);
        layout.vector("hidden.bias", self.hidden);
        if !self.tied {
            layout.matrix("out.weight", self.vocabulary, self.hidden);
        }
        layout.vector("out.bias", self.vocabulary);
        layout
    }

    /// Random parameters: as those of [`RnnShape`](super::rnn::RnnShape), each layer by the width of what it reads.
    pub fn random_parameters(self, generator: &mut impl Rng) -> Parameters<f32> {
        let mut parameters = Parameters::zeros(self.layout());
        let layout = parameters.layout.clone();
        for (at, entry) in layout.entries().iter().enumerate() {
            let bound = 1.0 / (entry.columns as f32).sqrt();
            for value in &mut parameters.values[entry.offset..][..entry.len()] {
                *value = match at {
                    Self::EMBED if self.tied => generator.random_range(-0.1..0.1),
                    Self::EMBED => normal(generator),
                    _ if entry.vector => 0.0,
                    _ => generator.random_range(-bound..bound),
                };
            }
        }
        parameters
    }

    const fn out_weight(self) -> usize {
        if self.tied { Self::EMBED } else { 3 }
    }

    const fn out_bias(self) -> usize {
        if self.tied { 3 } else { 4 }
    }
}

/// A fixed-window network that can be trained.
#[derive(Debug, Clone)]
pub struct WindowNetwork<T> {
    shape: WindowShape,
    dropout: Dropout,
    parameters: Parameters<T>,
}

/// One thread's share of the batch.
#[derive(Debug, Clone)]
pub struct WindowShard<T> {
    batch: usize,
    /// The symbols before the window, oldest first: `[context − 1, batch]`.
    before: Vec<Symbol>,
    /// The symbols in view at each place: `[time · batch, context]`.
    seen: Vec<Symbol>,
    /// Their embeddings: `[time · batch, context · embed]`.
    x: Vec<T>,
    /// `[time · batch, hidden]`
    h: Vec<T>,
    /// `h` as the output reads it, dropout applied: `[time · batch, hidden]`.
    h_out: Vec<T>,
    /// Dropout's masks of `x` and of `h`.
    masks: [Vec<T>; 2],
    /// `[time · batch, vocabulary]`
    logits: Vec<T>,
}

impl<T: Real> WindowNetwork<T> {
    /// A network with these parameters, laid out as `shape.layout()`.
    ///
    /// # Panics
    /// When the layout is another's, or the window is empty.
    pub fn new(shape: WindowShape, parameters: Parameters<T>) -> Self {
        assert!(shape.context > 0, "a window of no symbols sees nothing");
        assert_eq!(parameters.layout, shape.layout(), "parameters are laid out for another shape");
        Self { shape, dropout: Dropout::NONE, parameters }
    }

    /// The same network, trained with dropout: `input` on the embeddings, `output` on the hidden layer.
    #[must_use]
    pub fn with_dropout(mut self, dropout: Dropout) -> Self {
        self.dropout = dropout;
        self
    }

    /// Its shape.
    pub fn shape(&self) -> WindowShape {
        self.shape
    }

    fn forward(&self, shard: &mut WindowShard<T>, window: Window<'_>, noise: Option<u64>) {
        assert_eq!(window.batch, shard.batch, "the window is of another batch size");
        let (shape, p, rows) = (self.shape, &self.parameters, window.inputs.len());
        shard.see(shape.context, window.inputs);
        shard.x.resize(rows * shape.context * shape.embed, T::zero());
        shard.h.resize(rows * shape.hidden, T::zero());
        shard.logits.resize(rows * shape.vocabulary, T::zero());
        embedding::forward(p.matrix(WindowShape::EMBED), &shard.seen, view_mut(&mut shard.x, shape.embed));
        let mut generator = StdRng::seed_from_u64(noise.unwrap_or_default());
        let probabilities = [self.dropout.input, self.dropout.output];
        let widths = [shard.x.len(), shard.h.len()];
        for ((mask, p), width) in shard.masks.iter_mut().zip(probabilities).zip(widths) {
            mask.resize(if noise.is_some() && p > 0.0 { width } else { 0 }, T::one());
            dropout::fill_mask(&mut generator, p, mask);
        }
        dropout::apply(&shard.masks[0], &mut shard.x);
        linear::forward(
            Rounding::None,
            view(&shard.x, shape.context * shape.embed),
            p.matrix(WindowShape::HIDDEN),
            p.vector(WindowShape::HIDDEN_BIAS),
            view_mut(&mut shard.h, shape.hidden),
        );
        T::tanh_each(&mut shard.h);
        shard.h_out.clone_from(&shard.h);
        dropout::apply(&shard.masks[1], &mut shard.h_out);
        linear::forward(
            Rounding::None,
            view(&shard.h_out, shape.hidden),
            p.matrix(shape.out_weight()),
            p.vector(shape.out_bias()),
            view_mut(&mut shard.logits, shape.vocabulary),
        );
    }

    fn backward(&self, shard: &mut WindowShard<T>, gradient: &mut Parameters<T>) {
        let (shape, p) = (self.shape, &self.parameters);
        let logits = view(&shard.logits, shape.vocabulary);
        let sum = |d: ArrayView2<'_, T>| d.sum_axis(ndarray::Axis(0));
        gradient.vector_mut(shape.out_bias()).scaled_add(T::one(), &sum(logits));
        matmul(logits.t(), view(&shard.h_out, shape.hidden), gradient.matrix_mut(shape.out_weight()), true);
        let mut d_h = vec![T::zero(); shard.h.len()];
        matmul(logits, p.matrix(shape.out_weight()), view_mut(&mut d_h, shape.hidden), false);
        dropout::apply(&shard.masks[1], &mut d_h);
        for (d, &h) in d_h.iter_mut().zip(&shard.h) {
            *d *= T::one() - h * h;
        }
        let (d_h, width) = (view(&d_h, shape.hidden), shape.context * shape.embed);
        gradient.vector_mut(WindowShape::HIDDEN_BIAS).scaled_add(T::one(), &sum(d_h));
        matmul(d_h.t(), view(&shard.x, width), gradient.matrix_mut(WindowShape::HIDDEN), true);
        let mut d_x = vec![T::zero(); shard.x.len()];
        matmul(d_h, p.matrix(WindowShape::HIDDEN), view_mut(&mut d_x, width), false);
        dropout::apply(&shard.masks[0], &mut d_x);
        embedding::backward(view(&d_x, shape.embed), &shard.seen, gradient.matrix_mut(WindowShape::EMBED));
    }
}

impl<T> WindowShard<T> {
    /// Lays out what is in view at each place of the window, and keeps its end for the next.
    fn see(&mut self, context: usize, inputs: &[Symbol]) {
        let all = [&self.before[..], inputs].concat();
        self.seen.clear();
        for at in 0..inputs.len() {
            self.seen.extend((0..context).map(|back| all[at + back * self.batch]));
        }
        self.before.copy_from_slice(&all[inputs.len()..]);
    }
}

impl<T: Real> Trainable<T> for WindowNetwork<T> {
    type Shard = WindowShard<T>;

    fn parameters(&self) -> &Parameters<T> {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut Parameters<T> {
        &mut self.parameters
    }

    fn prepare(&mut self) {}

    fn shard(&self, batch: usize, _time: usize) -> WindowShard<T> {
        WindowShard {
            batch,
            before: vec![0; (self.shape.context - 1) * batch],
            seen: Vec::new(),
            x: Vec::new(),
            h: Vec::new(),
            h_out: Vec::new(),
            masks: [Vec::new(), Vec::new()],
            logits: Vec::new(),
        }
    }

    fn reset(&self, shard: &mut WindowShard<T>, row: usize) {
        shard.before.iter_mut().skip(row).step_by(shard.batch).for_each(|symbol| *symbol = 0);
    }

    fn state(&self, shard: &WindowShard<T>) -> Vec<T> {
        shard.before.iter().map(|&symbol| T::from_f64(symbol.into())).collect()
    }

    fn set_state(&self, shard: &mut WindowShard<T>, state: &[T]) {
        for (symbol, &value) in shard.before.iter_mut().zip(state) {
            *symbol = value.into_f64() as Symbol;
        }
    }

    fn losses(&self, shard: &mut WindowShard<T>, window: Window<'_>, each: &mut dyn FnMut(usize, f64)) {
        self.forward(shard, window, None);
        softmax::cross_entropy_each(&mut shard.logits, window.targets, each);
    }

    fn loss_and_gradient(
        &self,
        shard: &mut WindowShard<T>,
        window: Window<'_>,
        scale: T,
        noise: u64,
        gradient: &mut Parameters<T>,
    ) -> f64 {
        self.forward(shard, window, Some(noise));
        let logits = view_mut(&mut shard.logits, self.shape.vocabulary);
        let loss = softmax::cross_entropy_backward(logits, window.targets, scale);
        self.backward(shard, gradient);
        loss
    }
}

/// A fixed-window model ready to stream.
#[derive(Debug, Clone)]
pub struct StreamingWindow {
    shape: WindowShape,
    /// `[vocabulary, embed]`
    embedding: Vec<f32>,
    /// `Hᵀ` and d.
    hidden: (PackedMatrix<f32>, Vec<f32>),
    /// `Uᵀ` and b.
    out: (PackedMatrix<f32>, Vec<f32>),
}

impl StreamingWindow {
    /// Packs `parameters`, whose layout is `shape`'s.
    ///
    /// # Panics
    /// When the layout is another's.
    pub fn new(shape: WindowShape, parameters: &Parameters<f32>) -> Self {
        assert_eq!(parameters.layout, shape.layout(), "parameters are laid out for another shape");
        let layer = |weight: usize, bias: usize| {
            (PackedMatrix::new(parameters.matrix(weight).t()), parameters.vector(bias).to_vec())
        };
        Self {
            shape,
            embedding: parameters.matrix(WindowShape::EMBED).iter().copied().collect(),
            hidden: layer(WindowShape::HIDDEN, WindowShape::HIDDEN_BIAS),
            out: layer(shape.out_weight(), shape.out_bias()),
        }
    }
}

impl LanguageModel for StreamingWindow {
    /// The symbols in view, oldest first: `[context]`.
    type State = Vec<Symbol>;

    fn vocabulary(&self) -> usize {
        self.shape.vocabulary
    }

    fn start(&self) -> Vec<Symbol> {
        vec![0; self.shape.context]
    }

    fn advance(&self, state: &mut Vec<Symbol>, symbol: Symbol) {
        state.rotate_left(1);
        state[self.shape.context - 1] = symbol;
    }

    fn log_probs(&self, state: &Vec<Symbol>, log_probs: &mut [f32]) {
        let width = self.shape.embed;
        let x: Vec<f32> =
            state.iter().flat_map(|&s| &self.embedding[s as usize * width..][..width]).copied().collect();
        let mut h = self.hidden.1.clone();
        self.hidden.0.multiply_add(&x, &mut h);
        f32::tanh_each(&mut h);
        log_probs.copy_from_slice(&self.out.1);
        self.out.0.multiply_add(&h, log_probs);
        softmax::log_softmax(log_probs);
    }
}

#[cfg(test)]
mod tests;
