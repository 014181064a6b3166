//! The base model's counts of words in fiction. Each register is a crate of its own, so that every crate stays below the 10 MB
//! that a registry takes.

/// An n-gram file, made by `cargo run --release --example count_base`; `MODEL_CARD.md` says from which texts.
pub const NGRAM: &[u8] = include_bytes!("fiction.ngram");
