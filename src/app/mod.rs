//! The editor as a function: `update(&mut State, Message) -> Vec<Effect>`.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod effect;
pub mod message;

pub use effect::Effect;
pub use message::Message;
