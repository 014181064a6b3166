//! What was learned, as far as it may be given away: common words, and turns of phrase that were met again and again.
//!
//! A words file can be read back: each context is a hash of at most four words, and the words stand beside it to be tried. So
//! what may be given away holds only followers that were met [`OFTEN`] times in their context: every phrase that can be found by
//! trying was met that often. Words go in the order of the alphabet, for the order in which they were learned is that of a text, too.

use crate::counts::background::Background;
use crate::counts::followers::{Alone, Follower};
use crate::counts::personal::Personal;

/// How often a word or a phrase must have been met to be given away.
const OFTEN: f32 = 3.0;

/// What is not in a file that may be given away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Words met fewer than three times.
    pub words: usize,
    /// Continuations of up to four words, met fewer than three times.
    pub phrases: usize,
    /// Names of documents.
    pub documents: usize,
}

impl Personal {
    /// What may be given away of it, and what was left out for that.
    pub fn shareable(&self, background: Option<&'static Background>) -> (Self, LeftOut) {
        let mut shared = Self::new(background);
        let mut left_out = LeftOut { documents: self.documents().len(), ..LeftOut::default() };
        let mut words: Vec<(&str, Alone, bool)> = Vec::new();
        for (number, alone) in self.counts.words() {
            words.push((self.lexicon.spelling(number), alone, alone.count >= OFTEN));
        }
        words.sort_unstable_by_key(|&(spelling, ..)| spelling);
        for (spelling, alone, is_often) in words {
            if is_often {
                let number = shared.lexicon.learn(spelling);
                shared.counts.restore_alone(number, alone);
            } else {
                left_out.words += 1;
            }
        }
        for (key, context) in self.counts.contexts() {
            let mut kept = Vec::new();
            for follower in self.counts.followers(context) {
                if follower.count >= OFTEN && self.counts.alone(follower.word).count >= OFTEN {
                    let number = shared.lexicon.learn(self.lexicon.spelling(follower.word));
                    kept.push(Follower::new(number, 0, follower.count));
                } else {
                    left_out.phrases += 1;
                }
            }
            kept.sort_unstable_by_key(|follower| follower.word);
            shared.counts.restore(key, kept);
        }
        shared.set_mixture(self.mixture.clone());
        shared.set_calibration(self.calibration);
        (shared, left_out)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::words::context::{self, WordHistory, word_token};

    /// All phrases that trying out the words finds in a file: the attack that needs nothing but the file.
    fn read_back(personal: &Personal) -> BTreeSet<String> {
        let words: Vec<String> = personal.words().into_iter().map(|learned| learned.word).collect();
        let mut found = BTreeSet::new();
        let mut phrases: Vec<(WordHistory, Vec<String>)> = vec![(WordHistory::default(), Vec::new())];
        for length in 0..=3 {
            let mut longer = Vec::new();
            for (before, phrase) in &phrases {
                for at in 1..=length.max(1) {
                    let Some(context) = personal.counts.context(before, at) else { continue };
                    for follower in personal.counts.followers(context) {
                        let from = phrase.len().saturating_sub(at);
                        let mut read: Vec<&str> = phrase[from..].iter().map(String::as_str).collect();
                        read.push(personal.lexicon.spelling(follower.word));
                        if phrase.len() >= at {
                            found.insert(read.join(" "));
                        }
                    }
                }
                for word in &words {
                    let mut after = *before;
                    after.pass_word(word);
                    longer.push((after, [phrase.clone(), vec![word.clone()]].concat()));
                }
            }
            phrases = longer;
        }
        found
    }

    #[test]
    fn no_phrase_that_was_met_fewer_than_three_times_can_be_read_back() {
        let often = "the keeper lit the lamp and the gannets came home. ".repeat(3);
        let seldom = "the lamp came home and nobody lit the gannets. the keeper owes Moira money.";
        let text = format!("{often}{seldom} {seldom}");
        let mut personal = Personal::default();
        personal.learn_documents([("/home/me/secret.md", &*text)]);
        for (history, word) in context::words("the gannets lit the keeper") {
            personal.learn_typed(&history, &word, false, true);
        }
        let mut met: BTreeMap<String, usize> = BTreeMap::new();
        for piece in [often.as_str(), seldom, seldom, "the gannets lit the keeper"] {
            for sentence in piece.split('.') {
                let words: Vec<String> = sentence.split_whitespace().map(word_token).collect();
                for length in 2..=4.min(words.len()) {
                    for phrase in words.windows(length) {
                        *met.entry(phrase.join(" ")).or_default() += 1;
                    }
                }
            }
        }
        let seldom_met = |phrases: &BTreeSet<String>| {
            let is_seldom = |phrase: &&String| met.get(&word_token(phrase)).is_none_or(|&count| count < 3);
            phrases.iter().filter(is_seldom).cloned().collect::<Vec<_>>()
        };
        let whole = read_back(&personal);
        assert!(whole.contains("lamp came home and"), "the attack finds what is there: {whole:?}");
        assert!(!seldom_met(&whole).is_empty());

        let (shared, left_out) = personal.shareable(None);
        let bytes = shared.to_bytes();
        let shared = Personal::from_bytes(&bytes, None).unwrap();
        let read = read_back(&shared);
        assert_eq!(seldom_met(&read), [""; 0]);
        assert!(read.contains("keeper lit the lamp"), "what is often met is there: {read:?}");
        for hidden in ["secret", "Moira", "owes", "nobody"] {
            assert!(!bytes.windows(hidden.len()).any(|part| part == hidden.as_bytes()), "{hidden}");
        }
        assert_eq!(left_out.documents, 1);
        assert!(left_out.words >= 4 && left_out.phrases > 10, "{left_out:?}");
        let words: Vec<String> = shared.lexicon.used().map(|(spelling, _)| spelling.to_owned()).collect();
        assert!(
            words.iter().all(|word| shared.counts.alone(shared.lexicon.number(word).unwrap()).count >= 3.0)
        );
    }
}
