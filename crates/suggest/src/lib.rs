//! From the text before the cursor to ranked words, and how keystrokes saved are counted. `docs/suggester.md` has a picture. In reading
//! order:
//!
//! 1. `words`: what a word is, its history and its case.
//! 2. `guard`: the secrets of the open document, which are neither learned nor offered.
//! 3. `mixture`: one distribution over words from ten experts ([`Mixture`]), with a share for words that nothing knows ([`Escape`]).
//! 4. `network`: [`Session`] keeps the LSTM's state in step with the text; the tree has its states after the cursor, and the search
//!    finds the likeliest words there.
//! 5. `counts`: the base model's [`Background`], what was learned from the writer ([`Personal`]), what was typed and is stored with the
//!    next save ([`Typed`]), the words of the open document; and the table of P(word) under each of them.
//! 6. `offer`: what is shown. A word that stays keeps its place in the list; the [`Gate`] decides whether the first may stand as ghost text.
//! 7. `suggester`: [`Suggester`] is all of that behind one call.
//! 8. `typist`: [`simulate()`] types a text with it and counts the keystrokes.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod counts;
mod guard;
mod mixture;
mod network;
mod offer;
mod suggester;
mod typist;
mod words;

pub use counts::background::{Background, RARE};
pub use counts::personal::{LearnedWord, Personal};
pub use counts::personal_file::PersonalError;
pub use counts::shareable::LeftOut;
pub use counts::typed::{ChangedText, Typed};
pub use mixture::calibration::{Calibration, Reliability};
pub use mixture::escape::Escape;
pub use mixture::expert::Components;
pub use mixture::weights::{Mixture, Observed};
pub use network::lookahead::Work;
pub use network::search::Budget;
pub use network::session::{Limits, Session};
pub use offer::candidate::{Candidate, Ghost, Suggestions};
pub use offer::gate::Gate;
pub use offer::reason::{Origin, Reason};
pub use suggester::{Suggester, SuggestionSettings};
pub use typist::evaluation::{ByCount, Evaluation, Figures, GhostScore, Latency, Stability, WithFive};
pub use typist::{Observer, SimulationOptions, TypingProgress, simulate};
pub use words::context::{Token, tokens, word_token};
pub use words::{address, verbatim, word};
