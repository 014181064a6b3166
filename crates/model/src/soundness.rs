//! Whether a model is one: after any text it has a probability for each symbol, and these sum to 1.
//!
//! A file can hold finite numbers that give no probabilities, by an accident of training or by somebody's hand. Such a model would
//! offer five words at 100 %. So a model from outside reads a short text first.

use super::{LanguageModel, Symbol};

/// The text read: letters of some alphabets, marks, figures, a line's end.
const PROBE: &str = "Dear Kim, 3 of 40 (\"one\") came.\nÄrger, же, 한글 \u{2026}!";
/// Symbols read of models over words, whose every answer is long.
const WORDS_READ: usize = 16;
/// How far from 1 the sum may be: each of many thousand probabilities is rounded.
const TOLERANCE: f64 = 1e-2;

/// A model whose answers are no probabilities.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "after {read} symbols of a short text its probabilities sum to {sum}, not to 1: it is broken; use another version"
)]
pub struct Unsound {
    /// Symbols read by then.
    pub read: usize,
    /// Their sum; NaN if one of them is.
    pub sum: f64,
}

/// Has `model` read a short text, and looks at every answer.
///
/// # Errors
/// When an answer is no distribution.
pub fn check_sound<M: LanguageModel>(model: &M) -> Result<(), Unsound> {
    let vocabulary = model.vocabulary();
    let spread = |place| (place * vocabulary / WORDS_READ) as Symbol;
    let symbols: Vec<Symbol> = if vocabulary == super::rnn::BYTES {
        PROBE.bytes().map(Symbol::from).collect()
    } else {
        (0..WORDS_READ).map(spread).collect()
    };
    let mut log_probs = vec![0.0; vocabulary];
    let mut state = model.start();
    for (read, symbol) in symbols.into_iter().enumerate() {
        model.log_probs(&state, &mut log_probs);
        let sum: f64 = log_probs.iter().map(|&value| f64::from(value).exp()).sum();
        if sum.is_nan() || (sum - 1.0).abs() > TOLERANCE {
            return Err(Unsound { read, sum });
        }
        model.advance(&mut state, symbol);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{FormatError, Precision, read_rnn, write_rnn};
    use crate::nn::{Cell, Parameters};
    use crate::rnn::{RnnShape, StreamingRnn};

    const SHAPE: RnnShape = RnnShape { embed: 4, hidden: 6, layers: 2, ..RnnShape::BASE };

    fn filled(shape: RnnShape, value: f32) -> Parameters<f32> {
        let mut parameters = Parameters::zeros(shape.layout());
        // Both signs, so that sums do not only grow.
        for (index, place) in parameters.values.iter_mut().enumerate() {
            *place = if index % 7 < 4 { value } else { -value };
        }
        parameters
    }

    #[test]
    fn what_a_file_may_hold_makes_probabilities_of_every_cell() {
        for cell in Cell::ALL {
            let shape = RnnShape { cell, ..SHAPE };
            for value in [0.0, 1e-30, 0.1, 50.0, 1e6, 1e12] {
                let read = read_rnn(&write_rnn(shape, &filled(shape, value), Precision::F32)).unwrap();
                assert_eq!(check_sound(&StreamingRnn::new(read.0, &read.1)), Ok(()), "{cell:?} {value}");
            }
            for value in [1e13, f32::MAX, -f32::MAX] {
                let refused = read_rnn(&write_rnn(shape, &filled(shape, value), Precision::F32));
                assert!(matches!(refused, Err(FormatError::TooGreat(_))), "{cell:?} {value}");
            }
        }
    }

    #[test]
    fn answers_that_are_no_probabilities_are_found_out() {
        struct Answers(f32);
        impl LanguageModel for Answers {
            type State = usize;
            fn vocabulary(&self) -> usize {
                256
            }
            fn start(&self) -> usize {
                0
            }
            fn advance(&self, read: &mut usize, _symbol: Symbol) {
                *read += 1;
            }
            fn log_probs(&self, read: &usize, log_probs: &mut [f32]) {
                let even = -(256.0_f32).ln();
                log_probs.fill(if *read < 5 { even } else { self.0 });
            }
        }
        for answer in [f32::NAN, f32::INFINITY, 0.0, f32::NEG_INFINITY] {
            let found = check_sound(&Answers(answer)).unwrap_err();
            assert_eq!(found.read, 5, "{answer}: {found}");
        }
        assert_eq!(check_sound(&Answers(-(256.0_f32).ln())), Ok(()));
    }
}
