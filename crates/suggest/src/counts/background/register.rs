//! What was counted in one register of English: a Kneser-Ney model, and P of its words without context.

use model::Symbol;
use model::ngram::{Model, State};

/// A name has at most this times the P that it has after the last word alone. One story told often, such as that of a convention that met
/// in Philadelphia, would else make its name all but certain after its trigram.
const NAMED_AGAIN: f32 = 5.0;

/// A name of at least this P is compared so.
const NOTABLE: f32 = 1e-3;

/// What was counted in one register of English.
#[derive(Debug)]
pub(super) struct Register {
    pub(super) model: Model<&'static [u8]>,
    /// P(word) without context, by number; 0 for what is no word.
    pub(super) alone: Vec<f32>,
    /// Sums of `alone` over all words before each number.
    pub(super) sums: Vec<f64>,
}

impl Register {
    pub(super) fn new(model: Model<&'static [u8]>, is_word: &[bool]) -> Self {
        let (mut alone, mut sums) = (Vec::with_capacity(is_word.len()), vec![0.0]);
        let mut sum = 0.0;
        for (number, is_word) in (0..).zip(is_word) {
            let probability = if *is_word { 10_f32.powf(model.alone(number)) } else { 0.0 };
            sum += f64::from(probability);
            alone.push(probability);
            sums.push(sum);
        }
        Self { model, alone, sums }
    }

    /// The words seen after these tokens, by number, each with its P; the backoff weight, with which all other words have
    /// their P alone; and how many of the tokens are known. The words' P sum to 1.
    pub(super) fn seen_after(
        &self,
        tokens: &[Symbol],
        is_name: impl Fn(Symbol) -> bool,
    ) -> (Vec<(Symbol, f32)>, f32, usize) {
        let Self { model, alone, sums } = self;
        let state: State = model.state_after(tokens);
        let (mut seen, rest) = model.seen_after(&state);
        seen.retain(|&(number, _)| alone[number as usize] > 0.0);
        let shorter = tokens.last().filter(|_| state.length() > 1);
        let shorter = shorter.map(|&last| model.state_after(&[last]));
        let mut whole = f64::from(rest) * sums.last().copied().unwrap_or(0.0);
        for (number, probability) in &mut seen {
            if let Some(shorter) = shorter.as_ref().filter(|_| *probability >= NOTABLE)
                && is_name(*number)
            {
                let by_last = 10_f32.powf(model.score(shorter, *number).log10);
                *probability = probability.min(NAMED_AGAIN * by_last);
            }
            whole += f64::from(*probability) - f64::from(rest * alone[*number as usize]);
        }
        let scale = (1.0 / whole.max(1e-9)) as f32;
        for (_, probability) in &mut seen {
            *probability *= scale;
        }
        (seen, rest * scale, state.length())
    }
}
