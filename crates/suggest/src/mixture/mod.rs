//! One distribution from the network and the counts: weights that follow the writer, and a share for words that nothing knows.

pub(crate) mod escape;
pub(crate) mod weights;
