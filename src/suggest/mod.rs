//! From a live hidden state to ranked words, and how keystrokes saved are counted.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod candidate;
pub mod evaluation;

pub use candidate::{Candidate, Ghost, Suggestions};
pub use evaluation::{ByCount, Evaluation, GhostScore, Latency};
