//! Words that were on offer and not taken.
//!
//! Who types on past a suggestion does not want it: for the rest of the word it sinks below those not offered yet, and
//! these become likelier by as much as it was. Only the ghost holds on to a word that is more likely than not, so that it
//! does not vanish under a writer who types along with it; but one that was the ghost itself and was not taken is believed less.

use crate::offer::candidate::Candidate;

/// The chance from which a word stays the ghost although it was passed over.
const KEPT: f32 = 0.6;

/// Of those who want the ghost, so many take it for each that types along. Those who do not want it all type past it, so its odds
/// then are one to `1 + TAKEN` of what they were.
const TAKEN: f32 = 2.0;

/// The share of the chance of words passed over that goes to the others. Not all: who was wrong about those
/// may be wrong about these.
const UNWANTED: f32 = 0.9;

/// Words ranked for one who has passed over some.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranked {
    /// Best first.
    pub(crate) candidates: Vec<Candidate>,
    /// The word that may stand as ghost text, and its chance, given what was passed over.
    pub(crate) best: Option<(Candidate, f32)>,
}

/// What has been offered for the word at the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PassedOver {
    /// Where the word begins.
    start: usize,
    /// What of it was typed when `offered` was on show.
    prefix: String,
    /// On show now.
    offered: Vec<String>,
    /// On show before, and still possible.
    passed: Vec<String>,
    /// The ghost on show now, and those before that are still possible.
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

    /// The chance of a word, given that it was not taken when it was the ghost.
    fn believed(&self, candidate: &Candidate) -> f32 {
        let chance = candidate.probability;
        if self.ghosts.contains(&candidate.word) {
            chance / (chance + (1.0 + TAKEN) * (1.0 - chance))
        } else {
            chance
        }
    }

    /// The first `count` of `candidates` (best first) once those passed over have sunk; they are then on show.
    pub(crate) fn rank(&mut self, candidates: Vec<Candidate>, count: usize) -> Ranked {
        let kept = candidates.first().map(|best| (self.believed(best), best.clone()));
        let kept = kept.filter(|&(chance, _)| chance >= KEPT);
        let (sunk, mut candidates): (Vec<Candidate>, Vec<Candidate>) =
            candidates.into_iter().partition(|candidate| self.passed.contains(&candidate.word));
        let unwanted: f32 = sunk.iter().map(|candidate| candidate.probability).sum();
        let best = kept.or_else(|| {
            let best = candidates.first().or(sunk.first())?.clone();
            let left = if candidates.is_empty() { 1.0 } else { 1.0 - UNWANTED * unwanted };
            Some(((self.believed(&best) / left).min(1.0), best))
        });
        candidates.extend(sunk);
        candidates.truncate(count);
        self.offered = candidates.iter().map(|candidate| candidate.word.clone()).collect();
        Ranked { candidates, best: best.map(|(chance, best)| (best, chance)) }
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
        let (best, chance) = rank(passed, 0, prefix, found, 5).best.unwrap();
        (best.word, chance)
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
    fn a_ghost_typed_past_is_believed_less_until_the_next_word() {
        let mut passed = PassedOver::default();
        assert_eq!(best(&mut passed, "m", &[("much", 0.7)]).1, 0.7);
        passed.show(Some("much"));
        assert_eq!(best(&mut passed, "m", &[("much", 0.7)]).1, 0.7, "asked again at the same place");
        let (word, chance) = best(&mut passed, "mu", &[("much", 0.75), ("must", 0.2)]);
        assert_eq!((word.as_str(), (chance - 0.2 / 0.325).abs() < 1e-5), ("must", true), "{word} {chance}");
        let (word, chance) = best(&mut passed, "muc", &[("much", 0.95)]);
        assert!(word == "much" && (0.8..0.95).contains(&chance), "sure enough to stand: {chance}");
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
        let (word, chance) = best(&mut passed, "mu", &[("much", 0.5), ("must", 0.4), ("muse", 0.1)]);
        assert_eq!((word.as_str(), (chance - 0.4 / 0.55).abs() < 1e-6), ("must", true));
        assert_eq!(
            best(&mut passed, "muc", &[("much", 0.5)]),
            ("much".to_owned(), 0.5),
            "nothing else is left"
        );
    }
}
