//! How the minutes of a retraining are shared between measuring, fitting and learning.
//!
//! Shares are counted in bytes of text, so that the same folder and the same minutes give the same figures; only learning looks at
//! the clock. The default minutes are enough for all the text of each share.

use std::time::Duration;

use crate::corpus::SourceText;

/// Bytes of held-out text that are typed to judge a model, at most.
const JUDGED_BYTES: usize = 16_000;
/// Bytes typed of one document at least, if it has as many: fewer measure little.
const JUDGED_AT_LEAST: usize = 400;
/// Bytes that a slow machine types in a second.
const TYPED_PER_SECOND: f64 = 450.0;
/// Bytes of validation text that a slow machine reads in a second, on each of few cores.
const READ_PER_SECOND: f64 = 30_000.0;
/// Shares of the time: of each of the two measurements, and of each validation.
const MEASURING: f64 = 0.12;
const VALIDATING: f64 = 0.04;
/// The time of fitting the words, as a share of one measurement's.
const FITTING: f64 = 0.5;

/// The documents that both models are measured on.
#[derive(Debug, Clone)]
pub(super) struct Judged<'t> {
    pub(super) texts: Vec<&'t str>,
    /// Bytes typed of each, in windows over the whole of it.
    pub(super) bytes_each: usize,
}

/// The minutes of a retraining, shared out.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeBudget {
    seconds: f64,
}

impl TimeBudget {
    /// Of `minutes` in all.
    pub(super) fn of(minutes: f64) -> Self {
        Self { seconds: minutes * 60.0 }
    }

    fn judged_bytes(self) -> usize {
        let bytes = self.seconds * MEASURING * TYPED_PER_SECOND;
        (bytes as usize).clamp(2 * JUDGED_AT_LEAST, JUDGED_BYTES)
    }

    /// What of the held-out documents is typed: parts of all documents, or of some spread evenly.
    pub(super) fn judged(self, held_out: &[SourceText]) -> Judged<'_> {
        let most = (self.judged_bytes() / JUDGED_AT_LEAST).max(1);
        let count = held_out.len().min(most);
        // Each is in the middle of its share of the documents; where all are taken, a share is one document.
        let spread = (0..count).map(|place| &held_out[(2 * place + 1) * held_out.len() / (2 * count)]);
        Judged {
            texts: spread.map(|document| document.text.as_str()).collect(),
            bytes_each: self.judged_bytes() / count.max(1),
        }
    }

    /// The share of the fitting text for which there is time.
    pub(super) fn fitted(self) -> f64 {
        self.judged_bytes() as f64 / JUDGED_BYTES as f64
    }

    /// The beginnings of the validation documents, for early stopping.
    pub(super) fn validated(self, validation: &[SourceText]) -> Vec<&str> {
        let most = (self.seconds * VALIDATING * READ_PER_SECOND).max(4_000.0) as usize;
        let each = most / validation.len().max(1);
        validation.iter().map(|document| beginning(&document.text, each)).collect()
    }

    /// How long to learn, where measuring the model in use took `measured`: the new model is fitted and measured afterwards. At
    /// least half of all the time.
    pub(super) fn learning(self, measured: Duration) -> Duration {
        let rest = self.seconds - measured.as_secs_f64() * (2.0 + FITTING);
        Duration::from_secs_f64(rest.max(self.seconds / 2.0))
    }
}

/// The first bytes of a text, whole characters.
pub(super) fn beginning(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn documents(count: usize, words: usize) -> Vec<SourceText> {
        let text = |index: usize| format!("{index} {}", "word ".repeat(words));
        (0..count).map(|index| SourceText::new(Path::new(&format!("{index}.txt")), text(index), 0)).collect()
    }

    #[test]
    fn however_many_documents_what_is_judged_fits_the_minutes() {
        for (minutes, most) in [(0.05, 800), (1.0, 3_240), (5.0, 16_000), (600.0, 16_000)] {
            let budget = TimeBudget::of(minutes);
            for (count, words) in [(1, 5_000), (3, 20), (40, 200), (2_000, 100)] {
                let held_out = documents(count, words);
                let Judged { texts, bytes_each } = budget.judged(&held_out);
                let bytes: usize = texts.len() * bytes_each;
                assert!(
                    bytes <= most && bytes_each >= JUDGED_AT_LEAST.min(most / count),
                    "{minutes} {count}"
                );
                assert!(!texts.is_empty() && texts.len() <= count);
                let firsts: Vec<usize> =
                    texts.iter().map(|text| text.split(' ').next().unwrap().parse().unwrap()).collect();
                assert!(firsts.is_sorted_by(|a, b| a < b), "{firsts:?}");
            }
        }
        let few = documents(3, 20);
        assert_eq!(TimeBudget::of(5.0).judged(&few).texts.len(), 3, "all of few");
    }

    #[test]
    fn shares_are_whole_by_default_and_learning_has_what_is_left() {
        let default = TimeBudget::of(5.0);
        assert!((default.fitted() - 1.0).abs() < 1e-9);
        assert_eq!(default.learning(Duration::from_secs(20)), Duration::from_secs(250));
        assert_eq!(default.learning(Duration::from_secs(200)), Duration::from_secs(150));
        assert!(TimeBudget::of(0.05).fitted() < 0.1);
        let validation = documents(4, 100_000);
        let bytes = |minutes| {
            TimeBudget::of(minutes).validated(&validation).iter().map(|text| text.len()).sum::<usize>()
        };
        assert_eq!((bytes(0.05), bytes(1.0)), (4_000, 72_000));
    }
}
