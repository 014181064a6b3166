//! What is summed up line by line. Every figure is a function of these sums, so a bootstrap over lines needs nothing else.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Typists by what they notice, as an index: all that is on show, or each suggestion with probability ½.
pub(super) const ATTENTIVE: usize = 0;
pub(super) const GLANCING: usize = 1;
/// P(what is on show is noticed), at each position anew.
pub(super) const NOTICED: [f64; 2] = [1.0, 0.5];

/// Resamples of a bootstrap.
const RESAMPLES: usize = 1_000;

/// The sums of one line, or of several.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sums {
    /// Total -log2 P of the bytes.
    pub(super) bits: f64,
    pub(super) bytes: f64,
    pub(super) characters: f64,
    pub(super) words: f64,
    /// Words of four letters or more, and those of them on show after two letters.
    pub(super) long_words: f64,
    pub(super) after_two: f64,
    /// Expected keystrokes of those who take words, with 1, 3 and 5 on show.
    pub(super) words_typed: [[f64; 3]; 2],
    /// Of the attentive one who takes phrases, too.
    pub(super) phrases_typed: [f64; 3],
    /// Of those who look at the ghost only.
    pub(super) ghost_typed: [f64; 2],
    /// Words on show before their first character, with 1, 3 and 5 on show.
    pub(super) hits: [f64; 3],
    /// Positions in words; those with a ghost; those with a right one.
    pub(super) positions: f64,
    pub(super) ghosts: f64,
    pub(super) right_ghosts: f64,
    /// Words with a ghost, and those whose first ghost is right.
    pub(super) first_ghosts: f64,
    pub(super) right_first_ghosts: f64,
    /// Words among the first three that agree with the next letter; those still on show after it.
    pub(super) to_keep: f64,
    pub(super) kept: f64,
    /// Entries of the five; those below 1 %.
    pub(super) entries: f64,
    pub(super) faint: f64,
    /// Entries that were on show before the last letter, too; those now at another place.
    pub(super) staying: f64,
    pub(super) moved: f64,
}

impl Sums {
    pub(super) fn add(&mut self, other: &Self) {
        let mut other = *other;
        for (sum, value) in self.values_mut().into_iter().zip(other.values_mut()) {
            *sum += *value;
        }
    }

    /// Keystrokes saved, percent of the characters.
    pub(super) fn saved(&self, keystrokes: f64) -> f64 {
        if self.characters == 0.0 { 0.0 } else { 100.0 * (1.0 - keystrokes / self.characters) }
    }

    /// All of them, in one order.
    fn values_mut(&mut self) -> Vec<&mut f64> {
        let lists = self.words_typed.as_flattened_mut().iter_mut().chain(&mut self.phrases_typed);
        let lists = lists.chain(&mut self.ghost_typed).chain(&mut self.hits);
        [
            &mut self.bits,
            &mut self.bytes,
            &mut self.characters,
            &mut self.words,
            &mut self.long_words,
            &mut self.after_two,
            &mut self.positions,
            &mut self.ghosts,
            &mut self.right_ghosts,
            &mut self.first_ghosts,
            &mut self.right_first_ghosts,
            &mut self.to_keep,
            &mut self.kept,
            &mut self.entries,
            &mut self.faint,
            &mut self.staying,
            &mut self.moved,
        ]
        .into_iter()
        .chain(lists)
        .collect()
    }
}

/// The sums of all lines, and of resamples of them: as many lines, drawn with replacement (Efron 1979).
pub(super) fn resampled(lines: &[Sums]) -> (Sums, Vec<Sums>) {
    let sum = |lines: &mut dyn Iterator<Item = &Sums>| {
        let mut sums = Sums::default();
        lines.for_each(|line| sums.add(line));
        sums
    };
    let mut random = StdRng::seed_from_u64(0);
    let mut resample = || sum(&mut (0..lines.len()).map(|_| &lines[random.random_range(0..lines.len())]));
    let resamples = if lines.len() < 2 { Vec::new() } else { (0..RESAMPLES).map(|_| resample()).collect() };
    (sum(&mut lines.iter()), resamples)
}

/// The interval that holds the middle 95 % of `values`; [0, 0] for none.
pub(super) fn interval(mut values: Vec<f64>) -> [f64; 2] {
    values.sort_by(f64::total_cmp);
    [0.025, 0.975].map(|share| percentile(&values, share))
}

/// The value that a share of all, sorted, does not exceed, by the nearest rank; 0 for none.
pub(super) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_left_out_of_a_sum() {
        assert_eq!(Sums::default().values_mut().len(), size_of::<Sums>() / size_of::<f64>());
    }

    #[test]
    fn an_interval_holds_the_middle_95_percent() {
        assert_eq!(interval((1..=1_000).rev().map(f64::from).collect()), [25.0, 975.0]);
        assert_eq!(interval(Vec::new()), [0.0, 0.0]);
    }

    #[test]
    fn resamples_spread_about_the_sum_of_all_lines_as_the_standard_error_says() {
        let line = |words: f64| Sums { words, characters: 10.0, ..Sums::default() };
        let lines: Vec<Sums> = (0..100).map(|index| line(f64::from(index % 2))).collect();
        let (sum, resamples) = resampled(&lines);
        assert_eq!((sum.words, sum.characters, resamples.len()), (50.0, 1_000.0, RESAMPLES));
        assert!(resamples.iter().all(|sums| sums.characters == 1_000.0));
        // Binomial with n = 100, p = ½: the standard error is 5.
        let [low, high] = interval(resamples.iter().map(|sums| sums.words).collect());
        assert!((39.0..42.0).contains(&low) && (58.0..61.0).contains(&high), "{low} {high}");
        assert_eq!(resampled(&lines), resampled(&lines), "the same each time");
        assert!(resampled(&lines[..1]).1.is_empty(), "one line says nothing about the spread");
    }
}
