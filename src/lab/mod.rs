//! The ladder of language models on one text: n-gram, fixed window, recurrent network, LSTM, and the mixture of two rungs.
//!
//! Every rung reads the same symbols and is asked the same question at each, so that their perplexities may be set side by
//! side: [`text`] cuts the texts into symbols once, for all; [`recipe`] says how each network is built and trained;
//! [`measure`] gives the loss of each single symbol, from which perplexity and the mixture follow.
//!
//! What it is not: a search for the best model of a text. Each recipe is one that has served on a text of that size.

pub mod compare;
pub mod measure;
pub mod recipe;
pub mod text;

pub use measure::{Losses, mixture_weight};
pub use recipe::{Network, Recipe, Rung};
pub use text::{LadderText, TextError, Unit};
