//! Words that were offered and not taken.
//!
//! A writer who types past a suggestion does not want it. For the rest of the word it sinks below the words not offered yet, and these
//! gain its probability. A word that is more likely than not stays the ghost, so that it does not vanish while the writer types along
//! with it; but the probability of a ghost that was not taken is lowered.

use crate::offer::candidate::Candidate;

/// The probability from which a word stays the ghost although it was passed over.
const KEPT: f32 = 0.6;

/// Of the writers who want the ghost, so many take it for each one who types along. Those who do not want it all type past it, so its
/// odds are divided by `1 + TAKEN`.
const TAKEN: f32 = 2.0;

/// The share of the probability of words passed over that goes to the others. Not all of it: a model that was wrong about those may be
/// wrong about these.
const UNWANTED: f32 = 0.9;

/// Words ranked for a reader who has passed over some.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranked {
    /// Best first.
    pub(crate) candidates: Vec<Candidate>,
    /// The word that may stand as ghost text, and its probability, given what was passed over.
    pub(crate) best: Option<(Candidate, f32)>,
}

/// What has been offered for the word at the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PassedOver {
    /// Where the word begins.
    start: usize,
    /// The typed part when `offered` was shown.
    prefix: String,
    /// Shown now.
    offered: Vec<String>,
    /// Shown before, and still possible.
    passed: Vec<String>,
    /// The ghost shown now, and those shown before that are still possible.
    ghost: Option<String>,
    ghosts: Vec<String>,
}

impl PassedOver {
    /// Follows the cursor to a place in the word that begins at `start`. Any move but typing on begins anew.
    pub(crate) fn follow(&mut self, start: usize, prefix: &str) {
        if self.start != start || !prefix.starts_with(&self.prefix) {
            *self = Self { start, prefix: prefix.to_owned(), ..Self::default() };
        } else if prefix.len() > self.prefix.len() {
            self.passed.append(&mut self.offered);
            self.passed.retain(|word| word.starts_with(prefix));
            self.ghosts.extend(self.ghost.take());
            self.ghosts.retain(|word| word.starts_with(prefix));
            prefix.clone_into(&mut self.prefix);
        }
    }

    /// How many words may sink: so many more must be found to fill a list.
    pub(crate) fn len(&self) -> usize {
        self.passed.len()
    }

    /// Remembers which word stands as ghost text.
    pub(crate) fn show(&mut self, ghost: Option<&str>) {
        self.ghost = ghost.map(str::to_owned);
    }

    /// The probability of a word, given that it was not taken when it was the ghost.
    fn after_refusal(&self, candidate: &Candidate) -> f32 {
        let p = candidate.probability;
        if self.ghosts.contains(&candidate.word) { p / (p + (1.0 + TAKEN) * (1.0 - p)) } else { p }
    }

    /// The first `count` of `candidates` (best first) once those passed over have sunk. They then count as shown.
    pub(crate) fn rank(&mut self, candidates: Vec<Candidate>, count: usize) -> Ranked {
        let kept = candidates.first().map(|best| (self.after_refusal(best), best.clone()));
        let kept = kept.filter(|&(probability, _)| probability >= KEPT);
        let (sunk, mut candidates): (Vec<Candidate>, Vec<Candidate>) =
            candidates.into_iter().partition(|candidate| self.passed.contains(&candidate.word));
        let unwanted: f32 = sunk.iter().map(|candidate| candidate.probability).sum();
        let best = kept.or_else(|| {
            let best = candidates.first().or(sunk.first())?.clone();
            let left = if candidates.is_empty() { 1.0 } else { 1.0 - UNWANTED * unwanted };
            Some(((self.after_refusal(&best) / left).min(1.0), best))
        });
        candidates.extend(sunk);
        candidates.truncate(count);
        self.offered = candidates.iter().map(|candidate| candidate.word.clone()).collect();
        Ranked { candidates, best: best.map(|(probability, best)| (best, probability)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(
        passed: &mut PassedOver,
        start: usize,
        prefix: &str,
        found: &[(&str, f32)],
        count: usize,
    ) -> Ranked {
        passed.follow(start, prefix);
        let candidate = |&(word, probability): &(&str, f32)| Candidate {
            word: word.to_owned(),
            completion: word[prefix.len()..].to_owned(),
            probability,
        };
        passed.rank(found.iter().map(candidate).collect(), count)
    }

    fn offer(
        passed: &mut PassedOver,
        start: usize,
        prefix: &str,
        found: &[(&str, f32)],
        count: usize,
    ) -> Vec<String> {
        let ranked = rank(passed, start, prefix, found, count);
        ranked.candidates.into_iter().map(|candidate| candidate.word).collect()
    }

    fn best(passed: &mut PassedOver, prefix: &str, found: &[(&str, f32)]) -> (String, f32) {
        let (best, probability) = rank(passed, 0, prefix, found, 5).best.unwrap();
        (best.word, probability)
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
    fn a_ghost_typed_past_is_less_likely_until_the_next_word() {
        let mut passed = PassedOver::default();
        assert_eq!(best(&mut passed, "m", &[("much", 0.7)]).1, 0.7);
        passed.show(Some("much"));
        assert_eq!(best(&mut passed, "m", &[("much", 0.7)]).1, 0.7, "asked again at the same place");
        let (word, p) = best(&mut passed, "mu", &[("much", 0.75), ("must", 0.2)]);
        assert_eq!((word.as_str(), (p - 0.2 / 0.325).abs() < 1e-5), ("must", true), "{word} {p}");
        let (word, p) = best(&mut passed, "muc", &[("much", 0.95)]);
        assert!(word == "much" && (0.8..0.95).contains(&p), "sure enough to stand: {p}");
        assert_eq!(best(&mut PassedOver::default(), "muc", &[("much", 0.95)]).1, 0.95);
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
    fn the_ghost_keeps_a_word_more_likely_than_not_and_else_makes_the_others_likelier() {
        let mut passed = PassedOver::default();
        assert_eq!(best(&mut passed, "m", &[("much", 0.7), ("more", 0.2)]), ("much".to_owned(), 0.7));
        let found = [("much", 0.9), ("must", 0.05), ("muse", 0.01)];
        assert_eq!(best(&mut passed, "mu", &found), ("much".to_owned(), 0.9));
        let mut passed = PassedOver::default();
        best(&mut passed, "m", &[("much", 0.5)]);
        let (word, p) = best(&mut passed, "mu", &[("much", 0.5), ("must", 0.4), ("muse", 0.1)]);
        assert_eq!((word.as_str(), (p - 0.4 / 0.55).abs() < 1e-6), ("must", true));
        assert_eq!(
            best(&mut passed, "muc", &[("much", 0.5)]),
            ("much".to_owned(), 0.5),
            "nothing else is left"
        );
    }
}
