//! The editor as a function: `update(&mut State, Message) -> Vec<Effect>`.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod effect;
pub mod input;
pub mod message;
pub mod panel;
pub mod state;

pub use effect::Effect;
pub use input::LineInput;
pub use message::Message;
pub use panel::{Panel, PanelPhase};
pub use state::{Focus, Overlay, Settings, State};
