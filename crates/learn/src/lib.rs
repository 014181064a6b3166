//! A folder of documents, and what is learned from it.
//!
//! 1. [`corpus`]: the folder, read, cleaned and split.
//! 2. [`train`]: teacher forcing, truncated backpropagation through time, Adam, clipping.
//! 3. [`retrain`]: both put together: a folder and a model in use in, a new model and its figures out.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod corpus;
pub mod retrain;
pub mod train;
