//! Every side effect.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "side effects are this module's job")]

pub mod clock;
pub mod models;
pub mod trainer;
