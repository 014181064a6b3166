//! The base model, embedded: nothing has to be found at run time.

use super::FormatError;
use super::format::read_lstm;
use super::lstm::LstmShape;
use crate::nn::Parameters;

/// The base model's safetensors file (f16). `MODEL_CARD.md` says what it was trained on.
pub const BASE_MODEL: &[u8] = include_bytes!("../../assets/base.safetensors");

/// Reads the embedded base model.
///
/// # Errors
/// Only when the program was built with a broken asset.
pub fn base_model() -> Result<(LstmShape, Parameters<f32>), FormatError> {
    read_lstm(BASE_MODEL)
}
