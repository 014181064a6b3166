//! Kinds of language models compared on one text: n-gram, fixed window, recurrent networks, and the mixture of two of them.
//!
//! Every model reads the same symbols and predicts each of them, so their perplexities are comparable. [`text`] cuts the texts
//! into symbols once, for all; [`recipe`] has the shape and the training of each network; [`measure`] computes the loss of each
//! symbol, from which perplexity and the mixture follow; [`mod@compare`] trains and measures one model after the other.
//!
//! This is no search for the best model of a text: each recipe is one that has worked on a text of that size.

pub mod compare;
pub mod measure;
pub mod recipe;
pub mod text;

pub use measure::{Losses, mixture_weight};
pub use recipe::{ModelKind, Network, Recipe};
pub use text::{TextError, Texts, Unit};
