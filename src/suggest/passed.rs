//! Words that were on offer and not taken.
//!
//! Who types on past a suggestion does not want it: for the rest of the word it sinks below those not offered yet. Only
//! a word that is more likely than not keeps its place, so that a ghost does not vanish under a writer who types along
//! with it.

use super::candidate::Candidate;

/// The chance from which a word keeps its place although it was passed over.
const KEPT: f32 = 0.6;

/// What has been offered for the word at the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PassedOver {
    /// Where the word begins.
    start: usize,
    /// What of it was typed when `offered` was on show.
    prefix: String,
    /// On show now.
    offered: Vec<String>,
    /// On show before, and still possible.
    passed: Vec<String>,
}

impl PassedOver {
    /// Follows the cursor to a place in the word that begins at `start`. Any move but typing on begins anew.
    pub(super) fn follow(&mut self, start: usize, prefix: &str) {
        if self.start != start || !prefix.starts_with(&self.prefix) {
            *self = Self { start, prefix: prefix.to_owned(), ..Self::default() };
        } else if prefix.len() > self.prefix.len() {
            self.passed.append(&mut self.offered);
            self.passed.retain(|word| word.starts_with(prefix));
            prefix.clone_into(&mut self.prefix);
        }
    }

    /// How many words may sink: so many more must be found to fill a list.
    pub(super) fn len(&self) -> usize {
        self.passed.len()
    }

    /// The first `count` of `candidates` (best first) once those passed over have sunk; they are then on show.
    pub(super) fn rank(&mut self, candidates: Vec<Candidate>, count: usize) -> Vec<Candidate> {
        let sinks =
            |candidate: &Candidate| candidate.probability < KEPT && self.passed.contains(&candidate.word);
        let (sunk, mut ranked): (Vec<_>, Vec<_>) = candidates.into_iter().partition(sinks);
        ranked.extend(sunk);
        ranked.truncate(count);
        self.offered = ranked.iter().map(|candidate| candidate.word.clone()).collect();
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(
        passed: &mut PassedOver,
        start: usize,
        prefix: &str,
        found: &[(&str, f32)],
        count: usize,
    ) -> Vec<String> {
        passed.follow(start, prefix);
        let candidate = |&(word, probability): &(&str, f32)| Candidate {
            word: word.to_owned(),
            completion: word[prefix.len()..].to_owned(),
            probability,
        };
        let ranked = passed.rank(found.iter().map(candidate).collect(), count);
        ranked.into_iter().map(|candidate| candidate.word).collect()
    }

    #[test]
    fn a_word_typed_past_sinks_until_the_next_word() {
        let mut passed = PassedOver::default();
        let found = [("there", 0.3), ("then", 0.2), ("them", 0.1)];
        assert_eq!(offer(&mut passed, 4, "th", &found, 1), ["there"]);
        assert_eq!(offer(&mut passed, 4, "th", &found, 1), ["there"], "asked again at the same place");
        assert_eq!(offer(&mut passed, 4, "the", &found, 1), ["then"]);
        assert_eq!(passed.len(), 1);
        assert_eq!(offer(&mut passed, 4, "ther", &[("there", 0.5), ("therm", 0.1)], 2), ["therm", "there"]);
        assert_eq!(offer(&mut passed, 10, "the", &found, 1), ["there"], "another word");
    }

    #[test]
    fn going_back_begins_anew() {
        let mut passed = PassedOver::default();
        let found = [("there", 0.3), ("then", 0.2)];
        offer(&mut passed, 0, "t", &found, 1);
        assert_eq!(offer(&mut passed, 0, "th", &found, 1), ["then"]);
        assert_eq!(offer(&mut passed, 0, "t", &found, 1), ["there"]);
    }

    #[test]
    fn a_word_more_likely_than_not_keeps_its_place() {
        let mut passed = PassedOver::default();
        offer(&mut passed, 0, "m", &[("much", 0.7), ("more", 0.2)], 5);
        let second = offer(&mut passed, 0, "mu", &[("much", 0.9), ("must", 0.05), ("muse", 0.01)], 5);
        assert_eq!(second[0], "much");
    }
}
