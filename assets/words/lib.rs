//! The weights of the base model's network over words. They are a crate of their own so that every crate stays below the 10 MB that a registry
//! takes.

/// A safetensors file of 8-bit integers; `MODEL_CARD.md` says what it was trained on.
pub const SAFETENSORS: &[u8] = include_bytes!("words.safetensors");
