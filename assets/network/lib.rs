//! The base model's weights. They are a crate of their own so that every crate stays below the 10 MB that a registry takes.

/// A safetensors file of 16-bit floats; `MODEL_CARD.md` says what it was trained on.
pub const SAFETENSORS: &[u8] = include_bytes!("base.safetensors");
