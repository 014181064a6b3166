//! The editor as a function: `update(&mut State, Message) -> Vec<Effect>`.
//!
//! [`State`] is everything the editor knows, [`Message`] everything that can happen to it, [`Effect`] everything it can
//! have done. [`update()`] is pure, so every behaviour is a test without a terminal, a disk or a clock.
//! [`layout`] computes where things are on the screen, both for the view and for a click.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod derived;
mod difference;
pub mod effect;
pub mod inspection;
pub mod keymap;
pub mod layout;
mod line_input;
pub mod mark;
pub mod message;
mod on_show;
mod panel;
mod place;
mod question;
mod search;
mod state;
mod strip;
mod suggest_state;
pub mod text;
pub mod time;
mod update;
pub mod view;

pub use effect::Effect;
pub use line_input::LineInput;
pub use message::Message;
pub use on_show::{ShownGhost, TabTarget};
pub use panel::{Learning, Panel, PanelTab};
pub use state::{Focus, Overlay, Settings, State};
pub use update::update;
