//! **Foreword**: a terminal editor that has your next word ready. This is the program; its parts are crates of their own.
//!
//! 1. [`config`]: the settings file.
//! 2. [`store`]: what is on disk besides the writer's texts.
//! 3. [`runtime`]: terminal, event loop, worker threads; the writer's files and the journal.
//! 4. [`lab`]: every kind of language model trained and measured on one text.
//! 5. [`cli`]: the commands.

pub mod cli;
pub mod config;
pub mod lab;
pub mod runtime;
pub mod store;
