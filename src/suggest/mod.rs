//! From a live hidden state to ranked words, and how keystrokes saved are counted.
//!
//! In reading order: [`Session`] keeps the model's state in step with the text before the cursor; `tree` holds what the
//! model was asked about the bytes after it, and `beam` searches there for the likeliest words; [`Personal`] is what was learned from
//! the writer (`counts` of what followed which `history`, words by number in a `lexicon`), [`Typed`] what was typed and is kept with the next save, `recency` the words of the open document, `slate`
//! what both say about the word at the cursor, and `mix` makes one distribution of all of it, with a share for words that nothing knows (`escape`); `casing` lets a word follow the case of what is typed, `passed` lets those sink that the writer has typed past; `gate` decides whether one of them is sure enough to stand as ghost text; `guard` knows the secrets of the open document, of which nothing is learned or offered;
//! [`Suggester`] is all of that behind one call; [`simulate()`] types a text with it and counts the keystrokes.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod address;
mod background;
mod beam;
pub mod candidate;
mod casing;
mod counts;
mod document;
mod engine;
mod escape;
pub mod evaluation;
mod forgotten;
mod gate;
mod guard;
mod history;
mod lexicon;
mod mix;
mod passed;
mod personal;
mod personal_file;
mod reason;
mod recency;
mod session;
mod shareable;
mod simulate;
mod slate;
mod tally;
#[cfg(test)]
mod toy;
mod tree;
mod typed;
pub mod word;

pub use background::{Background, RARE};
pub use beam::Budget;
pub use candidate::{Candidate, Ghost, Suggestions};
pub use engine::{Components, Settings, Suggester, Work};
pub use escape::Escape;
pub use evaluation::{ByCount, Evaluation, GhostScore, Latency};
pub use gate::{Calibration, Gate, Reliability};
pub use history::{Token, tokens, word_token};
pub use mix::{Mixture, Observed};
pub use personal::{Learned, Personal};
pub use personal_file::PersonalError;
pub use reason::{Origin, Reason};
pub use session::{Limits, Session};
pub use shareable::LeftOut;
pub use simulate::{Observer, Progress, SimulationOptions, simulate};
pub use typed::{ChangedText, Typed};
