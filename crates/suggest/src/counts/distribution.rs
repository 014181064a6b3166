//! A distribution over the background's words at one place, and sums over some of them.

use std::ops::Range;

use crate::counts::cases::{Case, CaseShares, Cases};
use model::Symbol;

/// Words that are looked at, of those that are not too unlikely beside the likeliest.
const LIKELIEST: usize = 64;
const TOO_UNLIKELY: f32 = 1e-4;

/// Values that are looked at together.
const LANES: usize = 16;

/// P(word) at one place, by the background's numbers.
#[derive(Debug, Clone)]
pub(crate) struct Distribution {
    probabilities: Vec<f32>,
    /// The likeliest words.
    best: Vec<Symbol>,
    /// P of the likeliest.
    pub(crate) likeliest: f32,
}

/// Sums of P over some words: over all, and over those that may stand in another case.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sums {
    all: f64,
    capitalised: f64,
    capitals: f64,
}

impl Distribution {
    /// `probabilities`: by number, 0 for what is no word. They are scaled to sum to 1.
    pub(crate) fn new(mut probabilities: Vec<f32>) -> Self {
        let scale = (1.0 / sum(&probabilities).max(1e-30)) as f32;
        for probability in &mut probabilities {
            *probability *= scale;
        }
        let all = 0..probabilities.len() as Symbol;
        let likeliest = greatest(&probabilities);
        let mut distribution = Self { probabilities, best: Vec::new(), likeliest };
        distribution.best = distribution.best_of(&all);
        distribution
    }

    /// P(word).
    pub(crate) fn probability(&self, number: Symbol) -> f32 {
        self.probabilities.get(number as usize).copied().unwrap_or(0.0)
    }

    /// The likeliest words.
    pub(crate) fn best(&self) -> &[Symbol] {
        &self.best
    }

    /// The likeliest words of a range.
    pub(crate) fn best_of(&self, range: &Range<Symbol>) -> Vec<Symbol> {
        let of = self.of(range);
        let least = (greatest(of) * TOO_UNLIKELY).max(f32::MIN_POSITIVE);
        let mut words: Vec<(Symbol, f32)> = Vec::new();
        for (chunk, from) in of.chunks(LANES).zip((range.start..).step_by(LANES)) {
            if greatest(chunk) >= least {
                let likely = (from..).zip(chunk.iter().copied());
                words.extend(likely.filter(|&(_, probability)| probability >= least));
            }
        }
        if words.len() > LIKELIEST {
            words.select_nth_unstable_by(LIKELIEST, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            words.truncate(LIKELIEST);
        }
        words.into_iter().map(|(number, _)| number).collect()
    }

    /// Sums of P over the words of a range; `cases`: in which other cases each word may stand, by number.
    pub(crate) fn sums(&self, range: &Range<Symbol>, cases: &[Cases]) -> Sums {
        let mut sums = Sums::default();
        for (&probability, cases) in self.of(range).iter().zip(&cases[range.start as usize..]) {
            let probability = f64::from(probability);
            sums.all += probability;
            sums.capitalised += probability * f64::from(u8::from(cases.capitalised));
            sums.capitals += probability * f64::from(u8::from(cases.capitals));
        }
        sums
    }

    fn of(&self, range: &Range<Symbol>) -> &[f32] {
        self.probabilities.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
}

/// The sum of values, in a fixed order that fills vectors.
fn sum(values: &[f32]) -> f64 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0_f64; LANES];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    sums.into_iter().chain(rest.iter().map(|&value| f64::from(value))).sum()
}

/// The greatest of values that are not negative; 0 for none.
fn greatest(values: &[f32]) -> f32 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut most = [0.0_f32; LANES];
    for chunk in chunks {
        most.iter_mut().zip(chunk).for_each(|(most, &value)| *most = most.max(value));
    }
    most.into_iter().chain(rest.iter().copied()).fold(0.0, f32::max)
}

impl Sums {
    /// The sum of P over the words in one case, where `shares` of each word's P go to the other cases.
    pub(crate) fn in_case(&self, case: Case, shares: CaseShares) -> f32 {
        let (capitalised, capitals) = (f64::from(shares.capitalised), f64::from(shares.capitals));
        let sum = match case {
            Case::Own => self.all - capitalised * self.capitalised - capitals * self.capitals,
            Case::Capitalised => capitalised * self.capitalised,
            Case::Capitals => capitals * self.capitals,
        };
        sum.max(0.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_of_a_range_are_found_and_the_rest_left_out() {
        let weights: Vec<f32> = (0..1000_u32).map(|number| ((number * 7919) % 1000) as f32).collect();
        let distribution = Distribution::new(weights.clone());
        let sum: f32 = (0..1000).map(|number| distribution.probability(number)).sum();
        assert!((sum - 1.0).abs() < 1e-4 && distribution.probability(1000) == 0.0);
        for range in [0..1000, 100..400, 3..4, 5..5] {
            let mut expected: Vec<Symbol> = range.clone().filter(|&at| weights[at as usize] > 0.0).collect();
            expected.sort_by(|&a, &b| weights[b as usize].total_cmp(&weights[a as usize]));
            expected.truncate(LIKELIEST);
            let mut found = distribution.best_of(&range);
            found.sort_by(|&a, &b| weights[b as usize].total_cmp(&weights[a as usize]));
            assert_eq!(found, expected, "{range:?}");
        }
        let greatest = (0..1000).map(|number| distribution.probability(number)).fold(0.0, f32::max);
        assert_eq!(distribution.likeliest, greatest);
        assert_eq!(Distribution::new(vec![1.0, 2e-5]).best(), [0], "a word far below the likeliest");
    }
}
