//! Simple smoothings over a [`GrowingCounts`], to show what Kneser-Ney is for.
//!
//! Maximum likelihood gives probability 0 to what it has not counted, so a text of any length has infinite perplexity: the sparsity
//! problem. Add-k takes far too much probability from what was seen; stupid backoff scores do not sum to 1;
//! Witten-Bell and absolute discounting are what Kneser-Ney was built on.

use std::io::{self, BufRead};

use super::growing_counts::{GrowingCounts, History};
use super::perplexity::{Measured, measure};
use super::vocabulary::{END, START};
use super::{Scored, Tokenizer};
use crate::Symbol;

/// How unseen words get their share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Smoothing {
    /// They get none.
    MaximumLikelihood,
    /// Every count is raised by this much (Laplace's rule: 1).
    AddK(f64),
    /// A shorter context's relative frequency times this factor (Brants et al. 2007: 0.4). Scores, not probabilities.
    StupidBackoff(f64),
    /// As often as new words came after this context before (Witten & Bell 1991, method C), interpolated.
    WittenBell,
    /// Every count is lowered by this much, between 0 and 1, interpolated (Ney et al. 1994).
    AbsoluteDiscounting(f64),
}

/// A smoothing over counts. It is no [`LanguageModel`](crate::LanguageModel): stupid backoff's scores do not sum to 1, nor does maximum
/// likelihood where nothing was counted.
#[derive(Debug, Clone, Copy)]
pub struct Baseline<'a> {
    /// The counts.
    pub counts: &'a GrowingCounts,
    /// The smoothing.
    pub smoothing: Smoothing,
}

impl Baseline<'_> {
    /// The probability of `word` (for stupid backoff its score). 0 for `<s>`, which is never predicted.
    pub fn probability(&self, history: &History, word: Symbol) -> f64 {
        if word == START {
            return 0.0;
        }
        let longest = history.length();
        let uniform = 1.0 / (self.counts.vocabulary().len() - 1) as f64;
        let tallied = |length| {
            let context = self.counts.context(history, length);
            let count = self.counts.count_after(history, length, word);
            (f64::from(count), f64::from(context.followers), f64::from(context.kinds))
        };
        match self.smoothing {
            Smoothing::MaximumLikelihood => {
                let (count, total, _) = tallied(longest);
                if total > 0.0 { count / total } else { 0.0 }
            }
            Smoothing::AddK(k) => {
                let (count, total, _) = tallied(longest);
                (count + k) / (total + k / uniform)
            }
            Smoothing::StupidBackoff(factor) => {
                let mut passed_down = 1.0;
                for length in (0..=longest).rev() {
                    let (count, total, _) = tallied(length);
                    if count > 0.0 {
                        return passed_down * count / total;
                    }
                    passed_down *= factor;
                }
                passed_down * uniform
            }
            Smoothing::WittenBell => (0..=longest).fold(uniform, |lower, length| {
                let (count, total, kinds) = tallied(length);
                if total > 0.0 { (count + kinds * lower) / (total + kinds) } else { lower }
            }),
            Smoothing::AbsoluteDiscounting(discount) => (0..=longest).fold(uniform, |lower, length| {
                let (count, total, kinds) = tallied(length);
                if total > 0.0 {
                    ((count - discount).max(0.0) + discount * kinds * lower) / total
                } else {
                    lower
                }
            }),
        }
    }

    /// The logarithm of [`probability`](Self::probability), with the order of the longest n-gram that was counted.
    pub fn score(&self, history: &History, word: Symbol) -> Scored {
        let longest =
            (0..=history.length()).rev().find(|&length| self.counts.count_after(history, length, word) > 0);
        let order = longest.map_or(1, |length| length as u8 + 1);
        Scored { log10: self.probability(history, word).log10() as f32, order }
    }

    /// Measures a text. Its perplexity compares with others only if the scores sum to 1.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn perplexity(&self, text: impl BufRead, tokenizer: Tokenizer) -> io::Result<Measured> {
        measure(text, tokenizer, &self.counts.start(), |history, word| {
            let word = word.map_or(END, |word| self.counts.vocabulary().id(word));
            let scored = self.score(history, word);
            history.push(word);
            Ok((word, scored))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ngram::UNKNOWN;
    use proptest::prelude::*;

    fn counts(order: usize, text: &str) -> GrowingCounts {
        let mut counts = GrowingCounts::new(order).unwrap();
        counts.count(text.as_bytes(), Tokenizer::Whitespace).unwrap();
        counts
    }

    #[test]
    fn worked_by_hand() {
        // Two sentences, "a b" and "a a": after <s> a, a; after a: b, a, end; after b: end. Words: a b end and <unk>, V = 4.
        let counts = counts(2, "a b\na a\n");
        let (a, b) = (counts.vocabulary().id("a"), counts.vocabulary().id("b"));
        let mut after_a = counts.unknown();
        after_a.push(a);
        for (smoothing, word, expected) in [
            (Smoothing::MaximumLikelihood, b, 1.0 / 3.0),
            (Smoothing::MaximumLikelihood, UNKNOWN, 0.0),
            (Smoothing::AddK(1.0), b, 2.0 / 7.0),
            (Smoothing::AddK(1.0), UNKNOWN, 1.0 / 7.0),
            (Smoothing::StupidBackoff(0.4), b, 1.0 / 3.0),
            (Smoothing::StupidBackoff(0.4), UNKNOWN, 0.4 * 0.4 / 4.0),
            // Order 1: 6 words of 3 kinds; P(b) = (1 + 3/4)/(6 + 3). Order 2: 3 followers of 3 kinds.
            (Smoothing::WittenBell, b, (1.0 + 3.0 * (1.75 / 9.0)) / 6.0),
            // Order 1: (1 − ½ + ½·3/4)/6. Order 2: (1 − ½ + ½·3·that)/3.
            (Smoothing::AbsoluteDiscounting(0.5), b, (0.5 + 1.5 * (0.875 / 6.0)) / 3.0),
        ] {
            let found = Baseline { counts: &counts, smoothing }.probability(&after_a, word);
            assert!((found - expected).abs() < 1e-12, "{smoothing:?} {word}: {found}");
        }
    }

    #[test]
    fn maximum_likelihood_is_infinitely_surprised() {
        let counts = counts(2, "a b\na a\n");
        let baseline = Baseline { counts: &counts, smoothing: Smoothing::MaximumLikelihood };
        let measure = |text: &str| baseline.perplexity(text.as_bytes(), Tokenizer::Whitespace).unwrap();
        assert!(measure("a b").perplexity().unwrap().is_finite());
        assert_eq!(measure("b a").perplexity(), Some(f64::INFINITY));
        assert_eq!(measure("x y").perplexity_known(), Some(f64::INFINITY));
    }

    #[test]
    fn a_phrase_just_typed_is_expected_the_next_time() {
        let mut counts = counts(3, "see you soon\nsee the sea\n");
        let mut before = counts.start();
        for word in ["see", "you"] {
            before.push(counts.vocabulary().id(word));
        }
        let ask = |counts: &GrowingCounts| {
            let model = Baseline { counts, smoothing: Smoothing::AbsoluteDiscounting(0.75) };
            let word = counts.vocabulary().id("tomorrow");
            (model.probability(&before, word), model.score(&before, word).order)
        };
        let (unheard, order) = ask(&counts);
        assert_eq!(order, 1);
        counts.learn(&mut before.clone(), "tomorrow");
        let (once, order) = ask(&counts);
        assert_eq!(order, 3);
        counts.learn(&mut before.clone(), "tomorrow");
        let (twice, _) = ask(&counts);
        assert!(unheard < once && once < twice, "{unheard} {once} {twice}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn probabilities_sum_to_one(
            sentences in prop::collection::vec("[a-e]( [a-e]){0,6}", 1..12),
            order in 1usize..=4,
            context in prop::collection::vec(0u32..8, 0..5),
        ) {
            let counts = counts(order, &sentences.join("\n"));
            let mut history = counts.start();
            for word in context {
                history.push(word);
            }
            let words = counts.vocabulary().len() as u32;
            for smoothing in [
                Smoothing::AddK(0.3),
                Smoothing::WittenBell,
                Smoothing::AbsoluteDiscounting(0.75),
            ] {
                let baseline = Baseline { counts: &counts, smoothing };
                let sum: f64 = (0..words).map(|word| baseline.probability(&history, word)).sum();
                prop_assert!((sum - 1.0).abs() < 1e-9, "{:?}: {}", smoothing, sum);
            }
            prop_assert!(counts.context(&history, 0).followers > 0 && counts.vocabulary().len() as u32 > END);
        }
    }
}
