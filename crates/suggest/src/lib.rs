//! From a live hidden state to ranked words, and how keystrokes saved are counted. In reading order:
//!
//! 1. `words`: what a word, its context and its case are.
//! 2. `network`: [`Session`] keeps the model's state in step with the text before the cursor; the tree holds what the model was
//!    asked about the bytes after it, and the search finds the likeliest words there.
//! 3. `counts`: the base model's [`Background`], what was learned from the writer ([`Personal`]), what was typed and is kept with
//!    the next save ([`Typed`]), the words of the open document; and the table of what all of them say about one word.
//! 4. `mixture`: one distribution of all of it ([`Mixture`]), with a share for words that nothing knows ([`Escape`]).
//! 5. `offer`: words typed past sink, the [`Gate`] decides whether the best may stand as ghost text, the guard holds secrets back.
//! 6. `suggester`: [`Suggester`] is all of that behind one call.
//! 7. `typist`: [`simulate()`] types a text with it and counts the keystrokes.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod counts;
mod mixture;
mod network;
mod offer;
mod suggester;
mod typist;
mod words;

pub use counts::background::{Background, RARE};
pub use counts::personal::{Learned, Personal};
pub use counts::personal_file::PersonalError;
pub use counts::shareable::LeftOut;
pub use counts::typed::{ChangedText, Typed};
pub use mixture::calibration::{Calibration, Reliability};
pub use mixture::escape::Escape;
pub use mixture::expert::Components;
pub use mixture::weights::{Mixture, Observed};
pub use network::cursor::Work;
pub use network::search::Budget;
pub use network::session::{Limits, Session};
pub use offer::candidate::{Candidate, Ghost, Suggestions};
pub use offer::gate::Gate;
pub use offer::reason::{Origin, Reason};
pub use suggester::{Settings, Suggester};
pub use typist::evaluation::{ByCount, Evaluation, GhostScore, Latency};
pub use typist::{Observer, Progress, SimulationOptions, simulate};
pub use words::context::{Token, tokens, word_token};
pub use words::{address, word};
