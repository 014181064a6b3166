//! The network's proposals: its live state in step with the text, and the search for the likeliest words.

pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod tree;
