//! The base model, embedded: nothing has to be found at run time.

use super::FormatError;
use super::format::read_rnn;
use super::rnn::RnnShape;
use crate::nn::Parameters;

/// The base model's safetensors file (f16). What it was trained on is in `MODEL_CARD.md`.
pub const BASE_MODEL: &[u8] = base_network::SAFETENSORS;

/// The base model's network over words, for [`WordRnn::open`](crate::WordRnn::open). Made by `scripts/pretrain_words.py`.
pub const BASE_WORDS: &[u8] = base_words::SAFETENSORS;

/// The base model's counts of words, an n-gram file for each register of English: talk, fiction, prose. All number the same words. Made by
/// `cargo run --release --example count_base`.
pub const BASE_NGRAMS: [&[u8]; 3] =
    [base_counts_talk::NGRAM, base_counts_fiction::NGRAM, base_counts_prose::NGRAM];

/// Reads the embedded base model.
///
/// # Errors
/// Only when the program was built with a broken asset.
pub fn base_model() -> Result<(RnnShape, Parameters<f32>), FormatError> {
    read_rnn(BASE_MODEL)
}

#[cfg(test)]
mod tests {
    use super::base_model;
    use crate::LanguageModel;
    use crate::rnn::{RnnShape, StreamingRnn};
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Oracle {
        text: String,
        bits_per_byte: f64,
    }

    /// `tests/oracle/base-bits.py` made the number.
    #[test]
    fn its_bits_per_byte_are_those_pytorch_finds() {
        let oracle: Oracle = serde_json::from_str(include_str!("../tests/oracle/base-bits.json")).unwrap();
        let (shape, parameters) = base_model().unwrap();
        assert_eq!(shape, RnnShape::BASE);
        let model = StreamingRnn::new(shape, &parameters);
        let (mut state, mut log_probs, mut nats) = (model.start(), [0.0; 256], 0.0);
        for &byte in oracle.text.as_bytes() {
            model.log_probs(&state, &mut log_probs);
            nats -= f64::from(log_probs[usize::from(byte)]);
            model.advance(&mut state, byte.into());
        }
        let bits = nats / oracle.text.len() as f64 / std::f64::consts::LN_2;
        assert!((bits - oracle.bits_per_byte).abs() < 1e-4, "{bits} {}", oracle.bits_per_byte);
    }
}
