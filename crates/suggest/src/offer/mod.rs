//! What may be shown: candidates and why, the gate before the ghost, words typed past, secrets held back.

pub(crate) mod candidate;
pub(crate) mod gate;
pub(crate) mod guard;
pub(crate) mod passed_over;
pub(crate) mod reason;
