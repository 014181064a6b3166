//! Text and what can be done to it: the rope buffer, edits as values, selections, motions, undo history, soft wrap.
//!
//! Positions are char indices into the document everywhere, and a cursor always stands on a grapheme boundary.
//! Lines end at `\n` alone; every other control character is kept in the text and *shown* by `display`, never sent.
//!
//! Nothing here reads more of the document than the edit, the word or the screenful it is about, and of a word or line
//! without end no more than some thousand chars. So a keystroke is cheap in a document of any size and kind.

mod buffer;
pub(crate) mod display;
mod edit;
pub(crate) mod grapheme;
pub(crate) mod history;
pub(crate) mod motion;
mod revision;
pub mod search;
mod selection;
mod wrap;

pub use buffer::Buffer;
pub use edit::{Change, Edit};
pub use history::{EditKind, History};
pub use motion::Motion;
pub use revision::{ContentRevision, DocumentId, Revision};
pub use selection::Selection;
pub use wrap::{Row, Wrap};
