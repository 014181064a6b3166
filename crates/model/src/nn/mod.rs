//! Tensors' kernels, layers and their gradients.
//!
//! Two families of code live here. *Training* code ([`cell`], `linear`, `embedding`, `softmax`) is generic over
//! the float, so that its gradients are checked in `f64` by finite differences and run in `f32`; it works on whole windows,
//! time-major, `[time · batch, width]`. *Streaming* code ([`packed`], [`int8`]) multiplies a handful of state vectors by weights
//! packed once, and gives the same bits for a row whatever other rows are in the batch: a state reached by a search may be
//! kept as the live one.
//!
//! [`isa`] chooses the instructions that the kernels use.
//!
//! What it is not: a general autograd. Each layer has a forward function and a backward function written from the
//! equations named beside it.

mod activation;
pub mod bf16;
pub mod cell;
pub mod dropout;
pub(crate) mod embedding;
pub mod gemm;
pub(crate) mod gru_cell;
pub mod int8;
pub mod isa;
pub(crate) mod layer;
pub(crate) mod linear;
pub(crate) mod lstm_cell;
pub mod packed;
pub mod param;
pub mod real;
pub(crate) mod rnn_cell;
pub(crate) mod rows;
pub(crate) mod softmax;

#[cfg(test)]
pub(crate) mod gradcheck;
#[cfg(test)]
pub(crate) mod noise;

pub use bf16::Rounding;
pub use cell::{Cell, Trace};
pub use int8::Int8Matrix;
pub use isa::Isa;
pub use packed::PackedMatrix;
pub use param::{Layout, Parameters};
pub use real::Real;
