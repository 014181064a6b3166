//! What is shown: candidates and why, their places in the list, the gate before the ghost, sure beginnings.

pub(crate) mod blocked;
pub(crate) mod candidate;
pub(crate) mod gate;
pub(crate) mod places;
pub(crate) mod reason;
pub(crate) mod stem;
