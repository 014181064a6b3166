//! Every side effect: terminal, keys, files, clipboard, and the worker threads.
//!
//! The core is a function from messages to effects; this module makes the messages and carries out the effects.
//! One thread owns the [`State`](crate::app::State) and the screen ([`runtime`]); all others only send messages:
//!
//! ```text
//! input ─┐                                   ┌─► predictor (latest request wins)
//! signal ┼─► Message ─► runtime ─► Effect ───┼─► files (saves, in order)   journal (latest wins)
//! workers┘                                   └─► clipboard   trainer   inspector
//! ```
//!
//! No worker can take the text with it: each catches its own panics and says so in a message.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is the one place for files, threads, the clock and the environment"
)]

pub mod climb;
pub mod clipboard;
pub mod clock;
pub mod display;
pub mod files;
pub mod input;
pub mod inspector;
pub mod journal;
pub mod lock;
pub mod mapped;
pub mod memory;
pub mod model_file;
pub mod models;
pub mod never;
pub mod own_file;
pub mod paths;
pub mod predictor;
pub mod runtime;
pub mod searcher;
pub mod signals;
pub mod suggester;
pub mod terminal;
pub mod trainer;
pub mod training_thread;
mod usable;
pub mod visible;
pub mod worker;

pub use crate::app::mark::{Mark, MarkKind};
pub use paths::Paths;
pub use runtime::{EditorOptions, run};
pub use signals::Ended;
