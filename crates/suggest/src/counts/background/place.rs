//! The background's distribution over the words at one place, all registers together.

use std::cmp::Ordering;
use std::ops::Range;

use crate::counts::cases::{Case, CaseShares, Cases};
use crate::counts::registers::PerRegister;
use model::Symbol;

/// Words that are looked at of those seen in one context.
const LIKELIEST: usize = 64;

/// The background model's distribution over the words at one place.
#[derive(Debug, Clone, Default)]
pub(crate) struct BackgroundPlace {
    /// P of the words seen after this context, by number.
    pub(super) seen: Vec<(Symbol, f32)>,
    /// The likeliest of them.
    pub(super) best: Vec<(Symbol, f32)>,
    /// By register, its weight times its backoff weight: P of any other word is the sum of these times its P without context.
    pub(super) rest: PerRegister,
    /// Tokens of context that a register knows, at most.
    pub(crate) known: usize,
    /// P of the likeliest word.
    pub(crate) likeliest: f32,
}

/// Sums of P over some words: over all, and over those that may stand in another case.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sums {
    pub(super) all: f64,
    pub(super) capitalised: f64,
    pub(super) capitals: f64,
}

impl BackgroundPlace {
    /// The words of a range that were seen here.
    pub(super) fn seen(&self, range: &Range<Symbol>) -> &[(Symbol, f32)] {
        let at = |number: Symbol| self.seen.partition_point(|&(seen, _)| seen < number);
        &self.seen[at(range.start)..at(range.end)]
    }

    /// Finds the likeliest of the words seen.
    pub(super) fn find_best(&mut self) {
        self.best = likeliest(self.seen.clone(), LIKELIEST);
    }

    /// The likeliest of the words that were seen here, each with its P.
    pub(crate) fn best(&self) -> &[(Symbol, f32)] {
        &self.best
    }

    /// The likeliest of the words of a range that were seen here, each with its P.
    pub(crate) fn best_of(&self, range: &Range<Symbol>) -> Vec<(Symbol, f32)> {
        likeliest(self.seen(range).to_vec(), LIKELIEST)
    }
}

impl Sums {
    pub(super) fn add(&mut self, cases: Cases, probability: f64) {
        self.all += probability;
        if cases.capitalised {
            self.capitalised += probability;
        }
        if cases.capitals {
            self.capitals += probability;
        }
    }

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

/// Two lists by number as one: the values of the same number are added.
pub(super) fn summed_up(left: &[(Symbol, f32)], right: &[(Symbol, f32)]) -> Vec<(Symbol, f32)> {
    let mut all = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter().copied().peekable(), right.iter().copied().peekable());
    while let (Some(&(a, of_a)), Some(&(b, of_b))) = (left.peek(), right.peek()) {
        all.push(match a.cmp(&b) {
            Ordering::Less => (a, of_a),
            Ordering::Equal => (a, of_a + of_b),
            Ordering::Greater => (b, of_b),
        });
        if a <= b {
            left.next();
        }
        if b <= a {
            right.next();
        }
    }
    all.extend(left.chain(right));
    all
}

/// The `count` words of the highest P.
pub(super) fn likeliest(mut words: Vec<(Symbol, f32)>, count: usize) -> Vec<(Symbol, f32)> {
    if words.len() > count {
        words.select_nth_unstable_by(count, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        words.truncate(count);
    }
    words
}
