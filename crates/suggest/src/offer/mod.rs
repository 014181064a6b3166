//! What is shown: candidates and why, the gate before the ghost, words typed past.

pub(crate) mod blocked;
pub(crate) mod candidate;
pub(crate) mod gate;
pub(crate) mod passed_over;
pub(crate) mod reason;
