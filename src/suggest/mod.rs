//! From a live hidden state to ranked words, and how keystrokes saved are counted.
//!
//! In reading order: [`Session`] keeps the model's state in step with the text before the cursor; `tree` holds what the
//! model was asked about the bytes after it, and `beam` searches there for the likeliest words; `casing` lets a word
//! follow the case of what is typed, `passed` lets those sink that the writer has typed past; `gate` decides whether one of them is sure enough to stand as ghost text;
//! [`Suggester`] is all of that behind one call; [`simulate()`] types a text with it and counts the keystrokes.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod beam;
pub mod candidate;
mod casing;
mod engine;
pub mod evaluation;
mod gate;
mod passed;
mod session;
mod simulate;
mod tally;
#[cfg(test)]
mod toy;
mod tree;
pub mod word;

pub use beam::Budget;
pub use candidate::{Candidate, Ghost, Suggestions};
pub use engine::{Settings, Suggester, Work};
pub use evaluation::{ByCount, Evaluation, GhostScore, Latency};
pub use gate::Gate;
pub use session::{Limits, Session};
pub use simulate::{Observer, Progress, SimulationOptions, simulate};
