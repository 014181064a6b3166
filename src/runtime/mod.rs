//! Every side effect: terminal, keys, files, clipboard, and the worker threads.
//!
//! The core is a function from messages to effects; this module makes the messages and carries out the effects.
//! One thread owns the [`State`](editor::State) and the screen ([`event_loop`]); all others only send messages:
//!
//! ```text
//! input ─┐                                   ┌─► predictor (latest request wins)
//! signal ┼─► Message ─► event loop ─► Effect ───┼─► files (saves, in order)   journal (latest wins)
//! workers┘                                   └─► clipboard   trainer   inspector
//! ```
//!
//! No worker can take the text with it: each catches its own panics and says so in a message.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the runtime has files, threads, the clock and the environment"
)]

pub mod clipboard;
pub mod display;
pub mod documents;
pub mod ending;
pub mod event_loop;
pub mod input;
pub mod journal;
pub mod screen;
pub mod signals;
pub mod terminal;
pub mod visible;
pub mod workers;

pub use editor::mark::{Mark, MarkKind};
pub use ending::Ended;
pub use event_loop::{EditorOptions, run};
