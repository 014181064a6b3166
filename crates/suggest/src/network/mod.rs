//! The LSTM's proposals: its state kept in step with the text, and the search for the likeliest words after it.

pub(crate) mod blend;
pub(crate) mod cursor;
pub(crate) mod lookahead;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod tree;
