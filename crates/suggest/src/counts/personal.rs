//! What was learned from a writer: the words of the folders trained on, and those typed since.

use std::collections::HashMap;

use crate::counts::background::Background;
use crate::counts::cases::uncapitalised;
use crate::counts::followers::FollowerCounts;
use crate::counts::forgotten::Forgotten;
use crate::counts::lexicon::{Lexicon, WordNumber};
use crate::mixture::calibration::Calibration;
use crate::mixture::weights::Mixture;
use crate::words::context::{self, WordHistory};
use crate::words::word::folded;

/// Tokens of the longest context.
pub(crate) const CONTEXT: usize = context::LONGEST;

/// The source of typed words, which is no document.
const TYPED: u16 = 0;

/// A learned word, for the writer to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedWord {
    /// The word as it is counted.
    pub word: String,
    /// How often it was met.
    pub count: u32,
}

/// Words, counts, and the weights fitted to them.
#[derive(Debug, Clone)]
pub struct Personal {
    pub(crate) lexicon: Lexicon,
    pub(crate) counts: FollowerCounts,
    /// Names of the documents learned from; the first stands for what was typed.
    pub(crate) sources: Vec<String>,
    pub(crate) mixture: Mixture,
    pub(crate) calibration: Calibration,
    /// Unknown words that were typed once: learned at a second occurrence. In memory alone.
    pub(crate) pending: HashMap<String, WordHistory>,
    /// The changes of the words file, and what they removed.
    pub(crate) forgotten: Forgotten,
}

/// What became of a typed word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is unknown, and waits for a second occurrence.
    Waits,
    /// It was counted under this number.
    Counted(WordNumber),
    /// It was counted, and so was its first occurrence.
    WithFirst(WordNumber, WordHistory),
}

impl Default for Personal {
    /// Nothing learned, no background.
    fn default() -> Self {
        Self::new(None)
    }
}

impl Personal {
    /// Nothing learned; the words of the background are known.
    pub fn new(background: Option<&'static Background>) -> Self {
        Self {
            lexicon: Lexicon::new(background),
            counts: FollowerCounts::new(CONTEXT),
            sources: vec![String::new()],
            mixture: Mixture::default(),
            calibration: Calibration::default(),
            pending: HashMap::new(),
            forgotten: Forgotten::default(),
        }
    }

    /// Begins a change of the words file.
    pub fn begin_change(&mut self) {
        self.forgotten.generation += 1;
    }

    /// Replaces all that was learned by `other`, as a change of the same file.
    pub fn replace(&mut self, other: Self) {
        let Forgotten { generation, .. } = self.forgotten;
        *self = other;
        self.forgotten.generation = generation;
        self.forgotten.clear();
    }

    /// Removes all that was learned: there is no file any more.
    pub(crate) fn forget_all(&mut self) {
        let lexicon = std::mem::take(&mut self.lexicon);
        *self = Self { lexicon, ..Self::new(None) };
    }

    /// Without the record of changes, as it is exported.
    #[must_use]
    pub fn for_export(mut self) -> Self {
        self.forgotten = Forgotten::default();
        self
    }

    /// Learns the words of documents: each a name and its text.
    pub fn learn_documents<'t>(&mut self, documents: impl IntoIterator<Item = (&'t str, &'t str)>) {
        let documents: Vec<(&str, &str)> = documents.into_iter().collect();
        // Words within sentences come first: they show which capitals are only those of a sentence's opening.
        for (_, text) in &documents {
            for (history, word) in context::words(text) {
                if !history.opens_sentence() {
                    self.lexicon.learn(&word);
                }
            }
        }
        for (name, text) in documents {
            let source = self.source(name);
            for (history, word) in context::words(text) {
                let number = self.number_of(&history, &word);
                self.counts.add(&history, number, 1.0, source);
            }
        }
    }

    /// Learns a typed word. An unknown one is counted from its second occurrence on, for the first may be a slip. Unless it is `kept`, it
    /// leaves no trace when it is taken back.
    pub(crate) fn learn_typed(
        &mut self,
        history: &WordHistory,
        word: &str,
        is_known: bool,
        kept: bool,
    ) -> Taken {
        let number = self.number_of(history, word);
        let is_known = is_known || self.is_background(word);
        let was_counted = self.counts.alone(number).count > 0.0;
        let first = self.pending.remove(word).filter(|first| first != history);
        if first.is_none() && !is_known && !was_counted {
            self.pending.insert(word.to_owned(), *history);
            return Taken::Waits;
        }
        for place in first.iter().chain([history]) {
            self.count_typed(place, number, kept);
        }
        first.map_or(Taken::Counted(number), |first| Taken::WithFirst(number, first))
    }

    /// Learns a text of known words as if it had been typed and saved.
    pub fn type_known(&mut self, text: &str) {
        for (history, word) in context::words(text) {
            self.learn_typed(&history, &word, true, true);
        }
    }

    /// Counts a typed word under its number.
    pub(crate) fn count_typed(&mut self, history: &WordHistory, number: WordNumber, kept: bool) {
        if kept {
            self.counts.add(history, number, 1.0, TYPED);
        } else {
            self.counts.add_for_now(history, number, 1.0);
        }
    }

    /// Undoes what [`Personal::learn_typed`] counted under `number`.
    pub(crate) fn unlearn_typed(&mut self, history: &WordHistory, number: WordNumber) {
        self.counts.subtract(history, number, 1.0);
    }

    /// Adds what `other` learned from typing: words and followers that these counts do not have.
    pub fn keep_typed(&mut self, other: &Self) {
        let mut numbers: HashMap<WordNumber, (WordNumber, bool)> = HashMap::new();
        for (key, context) in other.counts.contexts() {
            let typed: Vec<_> =
                other.counts.followers(context).filter(|f| f.source == TYPED).copied().collect();
            // In reverse, so that the latest stands first again.
            for follower in typed.into_iter().rev() {
                let (number, is_new) = *numbers.entry(follower.word).or_insert_with(|| {
                    let number = self.lexicon.learn(other.lexicon.spelling(follower.word));
                    (number, self.counts.alone(number).count <= 0.0)
                });
                self.counts.add_typed(key, number, follower.count, TYPED);
                if is_new && self.counts.alone(number).count <= 0.0 {
                    self.counts.restore_alone(number, other.counts.alone(follower.word));
                }
            }
        }
    }

    /// Whether a word is one of the background's, in any case, or was learned in this spelling.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.is_background(word) || self.is_learned(word)
    }

    /// Whether the background has a word, in any case.
    pub(crate) fn is_background(&self, word: &str) -> bool {
        self.lexicon.background().is_some_and(|background| background.knows(word))
    }

    /// Whether a word was learned in this spelling.
    pub(crate) fn is_learned(&self, word: &str) -> bool {
        self.count(word) > 0.0
    }

    /// How often a word was learned in this spelling.
    pub(crate) fn count(&self, word: &str) -> f32 {
        self.lexicon.number(word).map_or(0.0, |number| self.counts.alone(number).count)
    }

    /// Whether a word, in whatever case, was learned and is no word of the language.
    pub(crate) fn has_learned(&self, word: &str) -> bool {
        !self.is_background(word)
            && self.spellings(word).into_iter().any(|number| self.counts.alone(number).count > 0.0)
    }

    /// Forgets a word in whatever case: it is no longer offered for having been learned, and may be learned again.
    pub fn forget(&mut self, word: &str) {
        for number in self.spellings(word) {
            self.counts.forget(number);
        }
        let wanted = folded(word);
        self.pending.retain(|pending, _| folded(pending) != wanted);
        self.forgotten.forget(word);
    }

    /// The weights of the mixture.
    pub fn mixture(&self) -> &Mixture {
        &self.mixture
    }

    /// Sets the calibration.
    pub fn set_calibration(&mut self, calibration: Calibration) {
        self.calibration = calibration;
    }

    /// Sets the weights.
    pub fn set_mixture(&mut self, mixture: Mixture) {
        self.mixture = mixture;
    }

    /// All words learned, the most frequent first.
    pub fn words(&self) -> Vec<LearnedWord> {
        let mut words: Vec<LearnedWord> = self
            .counts
            .words()
            .map(|(number, alone)| LearnedWord {
                word: self.lexicon.spelling(number).to_owned(),
                count: alone.count.round() as u32,
            })
            .collect();
        words.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
        words
    }

    /// Names of the documents learned from.
    pub fn documents(&self) -> &[String] {
        &self.sources[1..]
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.counts.totals().0 <= 0.0
    }

    /// The numbers of a word in whatever case.
    pub(crate) fn spellings(&self, word: &str) -> Vec<WordNumber> {
        let wanted = folded(word);
        let used = self.lexicon.used().filter(|(spelling, _)| folded(spelling) == wanted);
        used.map(|(_, number)| number).collect()
    }

    /// The number of a word under which it is counted: a capital that only an opening gave it does not count.
    pub(crate) fn number_of(&mut self, history: &WordHistory, word: &str) -> WordNumber {
        if history.opens_sentence()
            && let Some(small) = uncapitalised(word)
            && let Some(number) = self.lexicon.number(&small)
            && self.lexicon.cases(number).capitalised
        {
            return self.lexicon.learn(&small);
        }
        self.lexicon.learn(word)
    }

    /// The number of a document. Beyond the most there can be, the last one's.
    fn source(&mut self, name: &str) -> u16 {
        if u16::try_from(self.sources.len()).is_ok() && self.sources.last().is_none_or(|last| last != name) {
            self.sources.push(name.to_owned());
        }
        (self.sources.len() - 1) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(personal: &Personal, word: &str) -> f32 {
        let number = personal.lexicon.number(word);
        number.map_or(0.0, |number| personal.counts.alone(number).count)
    }

    #[test]
    fn a_capital_that_only_opens_a_sentence_is_not_learned() {
        let mut personal = Personal::default();
        personal.learn_documents([
            ("a", "Garden gates. We met Rose. Rose smiled."),
            ("b", "The garden. We said we would."),
        ]);
        let counts = ["garden", "Garden", "Rose", "rose", "we", "We"].map(|word| count(&personal, word));
        assert_eq!(counts, [2.0, 0.0, 2.0, 0.0, 3.0, 0.0]);
    }

    #[test]
    fn a_slip_is_not_learned_but_a_word_used_twice_is() {
        let mut personal = Personal::default();
        let places: Vec<WordHistory> = context::words("one two three").map(|(history, _)| history).collect();
        personal.learn_typed(&places[1], "gardne", false, true);
        assert!(personal.is_empty());
        personal.learn_typed(&places[1], "gardne", false, true);
        assert!(personal.is_empty(), "the same place is no second one");
        personal.learn_typed(&places[2], "gardne", false, true);
        assert_eq!(count(&personal, "gardne"), 2.0);
        personal.learn_typed(&places[1], "garden", true, true);
        assert_eq!(count(&personal, "garden"), 1.0);
    }

    #[test]
    fn what_only_typing_told_is_taken_over_and_nothing_is_counted_twice() {
        let mut old = Personal::default();
        old.learn_documents([("a", "the garden gate")]);
        for (history, word) in context::words("the moor gate\nthe garden") {
            old.learn_typed(&history, &word, true, true);
        }
        let mut new = Personal::default();
        new.learn_documents([("a", "the garden gate"), ("b", "the quay")]);
        let before = count(&new, "garden");
        new.keep_typed(&old);
        assert_eq!((count(&new, "moor"), count(&new, "garden"), count(&new, "quay")), (1.0, before, 1.0));
        let (place, _) = context::words("the moor gate").nth(1).unwrap();
        let context = new.counts.context(&place, 1).unwrap();
        let followers: Vec<&str> =
            new.counts.followers(context).map(|f| new.lexicon.spelling(f.word)).collect();
        assert!(followers.contains(&"moor") && context.kinds == 3, "{followers:?}");
        let bytes = new.to_bytes();
        new.keep_typed(&old);
        assert_eq!(new.to_bytes(), bytes, "a second time it brings nothing");
    }

    #[test]
    fn forgetting_folds_case_and_typography() {
        let mut personal = Personal::default();
        personal.learn_documents([("a", "see Rose and a rose and ROSE there, she didn’t")]);
        personal.forget("rose");
        let left = ["Rose", "rose", "ROSE", "there"].map(|word| count(&personal, word));
        assert_eq!(left, [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(count(&personal, "didn't"), 1.0);
        personal.forget("Didn’t");
        assert_eq!(count(&personal, "didn't"), 0.0, "in whatever typography");
    }
}
