//! The words typed since a document was opened: known at once, kept only with the text they stand in.
//!
//! What is typed is learned in memory as its words are finished. What is *kept* is decided when the document is saved: for each word
//! and the history before it, as many as the saved text has more of than the text that was opened. So what was taken back is
//! unlearned, however it was taken back, and what was never saved is never kept. Words that were kept and are gone at a later
//! save of the same document are taken out again.
//!
//! Other programs change the file of words meanwhile. So nothing here is ever written over it: [`Typed::settle`] is handed the file as
//! it has become and makes its changes there.

use std::collections::{HashMap, HashSet, VecDeque};

use super::history::{self, History};
use super::lexicon::WordNumber;
use super::personal::{Personal, Taken};

/// Words of one document that are remembered at most. The oldest beyond it stay as they are: what was kept of them is kept.
const MOST: usize = 100_000;

/// A part of a document as it was when it was opened, and as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedText {
    /// As it was.
    pub before: String,
    /// As it is.
    pub after: String,
}

/// A word that was typed.
#[derive(Debug, Clone, PartialEq)]
struct Event {
    id: u64,
    history: History,
    word: String,
    is_known: bool,
    /// Changes of the file of words that were known of when it was typed.
    generation: u64,
    /// Revision of the text in which it first stood.
    revision: u64,
    /// As what it is counted, if it is.
    counted: Option<WordNumber>,
    /// Whether it is kept.
    kept: bool,
}

/// The words typed into one document.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    events: VecDeque<Event>,
    next: u64,
    /// Changes of the file of words that are known of.
    generation: u64,
    /// The revision of the text that is read.
    revision: u64,
    /// Whether weights have followed what was typed since they were last kept.
    pub(crate) is_fresh: bool,
}

impl Typed {
    /// Nothing typed yet, beside a file of words that has come to `generation`.
    pub(crate) fn beside(generation: u64) -> Self {
        Self { generation, ..Self::default() }
    }

    /// From here on the text is that of `revision`.
    pub(crate) fn set_revision(&mut self, revision: u64) {
        self.revision = revision;
    }

    /// Changes of the file of words that are known of.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Learns a word; returns what it is taken back by.
    pub(crate) fn learn(
        &mut self,
        personal: &mut Personal,
        history: &History,
        word: &str,
        is_known: bool,
    ) -> u64 {
        let event = Event {
            id: self.next,
            history: *history,
            word: word.to_owned(),
            is_known,
            generation: self.generation,
            revision: self.revision,
            counted: None,
            kept: false,
        };
        self.next += 1;
        self.is_fresh = true;
        self.events.push_back(event);
        self.count(personal, self.events.len() - 1, false);
        if self.events.len() > MOST {
            self.events.pop_front();
        }
        self.next - 1
    }

    /// Counts the event at `index`, and with it the place where its word was first met, if it was waiting.
    fn count(&mut self, personal: &mut Personal, index: usize, kept: bool) {
        let Event { history, word, is_known, .. } = &self.events[index];
        let (number, first) = match personal.learn_typed(history, word, *is_known) {
            Taken::Waits => return,
            Taken::Counted(number) => (number, None),
            Taken::WithFirst(number, first) => (number, Some(first)),
        };
        if let Some(first) = first {
            let word = word.clone();
            let waiting = self
                .events
                .iter_mut()
                .find(|event| event.counted.is_none() && event.history == first && event.word == word);
            if let Some(event) = waiting {
                (event.counted, event.kept) = (Some(number), kept);
            }
        }
        let event = &mut self.events[index];
        (event.counted, event.kept) = (Some(number), kept);
    }

    /// Takes a word back at once. Its other places then count as if it had never been typed here.
    pub(crate) fn take_back(&mut self, personal: &mut Personal, id: u64) {
        let Ok(index) = self.events.binary_search_by_key(&id, |event| event.id) else { return };
        // What is kept is settled with the text: until it is saved without the word, the file on disk has it.
        if self.events[index].kept {
            if let Some(number) = self.events[index].counted {
                personal.unlearn_typed(&self.events[index].history, number);
            }
            return;
        }
        let Some(gone) = self.events.remove(index) else { return };
        if let Some(number) = gone.counted {
            personal.unlearn_typed(&gone.history, number);
        }
        let others: Vec<usize> = (0..self.events.len())
            .filter(|&other| !self.events[other].kept && self.events[other].word == gone.word)
            .collect();
        personal.pending.remove(&gone.word);
        for &other in &others {
            let event = &mut self.events[other];
            if let Some(number) = event.counted.take() {
                personal.unlearn_typed(&event.history, number);
            }
        }
        for other in others {
            if self.events[other].counted.is_none() {
                self.count(personal, other, false);
            }
        }
    }

    /// Takes a word back in whatever case, wherever it was typed. That is `generation` of the file of words: none of the others is
    /// meant, though they may be of the same group.
    pub(crate) fn forget(&mut self, word: &str, generation: u64) {
        let folded = word.to_lowercase();
        self.events.retain(|event| event.word.to_lowercase() != folded);
        for event in &mut self.events {
            event.generation = generation;
        }
    }

    /// The file of words is as it was handed out, `generation` of it.
    pub(crate) fn is_kept(&mut self, generation: u64) {
        (self.generation, self.is_fresh) = (generation, false);
    }

    /// Another document is begun: what of the last one was not kept is unlearned, the rest is settled for good.
    pub(crate) fn leave(&mut self, personal: &mut Personal) {
        for event in self.events.drain(..).rev().filter(|event| !event.kept) {
            if let Some(number) = event.counted {
                personal.unlearn_typed(&event.history, number);
            }
        }
        personal.pending.clear();
    }

    /// What was typed so far stays as it is, and is remembered no longer.
    pub(crate) fn restart(&mut self) {
        self.events.clear();
    }

    /// The words that are not kept yet, to go on with beside another model.
    pub(crate) fn hand_over(&mut self) -> Self {
        let mut handed = std::mem::take(self);
        handed.events.retain(|event| !event.kept);
        handed
    }

    /// Learns what was handed over by another model's.
    pub(crate) fn take_over(&mut self, personal: &mut Personal, mut handed: Self) {
        self.next = self.next.max(handed.next);
        self.revision = handed.revision;
        for event in &mut handed.events {
            (event.counted, event.generation) = (None, self.generation);
        }
        self.events = handed.events;
        self.count_waiting(personal);
    }

    /// Counts all that is not kept, in memory.
    pub(crate) fn count_waiting(&mut self, personal: &mut Personal) {
        for index in 0..self.events.len() {
            if !self.events[index].kept && self.events[index].counted.is_none() {
                self.count(personal, index, false);
            }
        }
    }

    /// `personal` has been read anew. What was forgotten elsewhere meanwhile is no more to be learned.
    pub(crate) fn adopt(&mut self, personal: &Personal) {
        let forgotten = &personal.forgotten;
        self.events.retain(|event| !forgotten.voids(&event.word, event.generation));
        for event in self.events.iter_mut().filter(|event| !event.kept) {
            event.counted = None;
        }
        self.generation = forgotten.generation;
    }

    /// `personal` has been read anew: what is not kept yet is known beside it.
    pub(crate) fn refresh(&mut self, personal: &mut Personal) {
        self.adopt(personal);
        self.count_waiting(personal);
    }

    /// Makes of `personal`, which has just been read anew, what it is with the document as it was saved: as of `revision`,
    /// with these changes since it was opened. Returns whether that changed anything. What else is known in memory is not in it:
    /// [`Typed::refresh`] brings it back.
    pub(crate) fn settle(&mut self, personal: &mut Personal, changed: &[ChangedText], revision: u64) -> bool {
        self.adopt(personal);
        let stands = self.standing(changed);
        let gone: HashSet<String> = (self.events.iter().zip(&stands))
            .filter(|(event, stands)| event.kept && !**stands)
            .map(|(event, _)| event.word.clone())
            .collect();
        for event in self.events.iter_mut().filter(|event| event.kept && gone.contains(&event.word)) {
            if let Some(number) = event.counted.take() {
                personal.unlearn_typed(&event.history, number);
            }
            event.kept = false;
        }
        // What was typed after the text was taken to be saved stands in the next one.
        let mut standing = Vec::new();
        let mut stands = stands.into_iter();
        self.events.retain(|event| {
            let stands = stands.next().unwrap_or(false);
            if stands {
                standing.push(event.id);
            }
            stands || event.revision > revision
        });
        let mut has_changed = !gone.is_empty();
        for id in standing {
            let Ok(index) = self.events.binary_search_by_key(&id, |event| event.id) else { continue };
            if !self.events[index].kept {
                self.count(personal, index, true);
                has_changed |= self.events[index].kept;
            }
        }
        has_changed
    }

    /// Which events stand in the text: those kept come first, then the older ones.
    fn standing(&self, changed: &[ChangedText]) -> Vec<bool> {
        let mut more: HashMap<&str, HashMap<History, i64>> = HashMap::new();
        for event in &self.events {
            more.entry(&event.word).or_default().insert(event.history, 0);
        }
        for ChangedText { before, after } in changed {
            for (text, amount) in [(before, -1), (after, 1)] {
                for (history, word) in history::words(text) {
                    if let Some(count) = more.get_mut(&*word).and_then(|places| places.get_mut(&history)) {
                        *count += amount;
                    }
                }
            }
        }
        let mut stands = vec![false; self.events.len()];
        for kept in [true, false] {
            for (event, stands) in self.events.iter().zip(&mut stands).filter(|(event, _)| event.kept == kept)
            {
                let left = more.get_mut(&*event.word).and_then(|places| places.get_mut(&event.history));
                if let Some(left) = left.filter(|left| **left > 0) {
                    *left -= 1;
                    *stands = true;
                }
            }
        }
        stands
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words typed into a document, as an engine would have them.
    struct Writer {
        typed: Typed,
        personal: Personal,
        /// What is kept.
        stored: Vec<u8>,
        opened: String,
    }

    impl Writer {
        fn new(known: &str, opened: &str) -> Self {
            let mut personal = Personal::default();
            personal.learn_documents([("a", known)]);
            let stored = personal.to_bytes();
            Self { typed: Typed::default(), personal, stored, opened: opened.to_owned() }
        }

        fn types(&mut self, text: &str) -> Vec<u64> {
            let words: Vec<_> = history::words(text).collect();
            let learn = |(history, word): &(History, String)| {
                self.typed.learn(&mut self.personal, history, word, false)
            };
            words.iter().map(learn).collect()
        }

        fn saves(&mut self, text: &str, revision: u64) {
            self.personal.reread(&self.stored).unwrap();
            let changed = [ChangedText { before: self.opened.clone(), after: text.to_owned() }];
            if self.typed.settle(&mut self.personal, &changed, revision) {
                self.personal.begin_change();
                self.stored = self.personal.to_bytes();
                self.typed.is_kept(self.personal.forgotten.generation);
            }
            self.typed.count_waiting(&mut self.personal);
        }

        /// How often words are known in memory, and how often they are kept.
        fn counts(&self, words: &str) -> (Vec<u32>, Vec<u32>) {
            let kept = Personal::from_bytes(&self.stored, None).unwrap();
            let count = |personal: &Personal, word: &str| {
                let number = personal.lexicon.number(word);
                number.map_or(0, |number| personal.counts.alone(number).count as u32)
            };
            let all = |personal| words.split(' ').map(|word| count(personal, word)).collect();
            (all(&self.personal), all(&kept))
        }
    }

    #[test]
    fn what_stands_in_the_saved_text_is_kept_and_nothing_else() {
        // Known words, the text as opened, what is typed, the text as saved, then how often `sea` and `xylo` are kept.
        for (opened, typed, saved, expected) in [
            ("", "the sea the xylo or xylo ", "the sea the xylo or xylo ", [2, 2]),
            ("", "the sea the xylo or xylo ", "", [1, 0]),
            ("", "the sea the xylo or xylo ", "the sea the xylo ", [2, 0]),
            ("", "the sea the xylo or xylo ", "the xylo or xylo ", [1, 0]),
            ("", "the sea ", "in the end the sea ", [2, 0]),
            ("the sea ", "the sea ", "the sea ", [1, 0]),
            ("the sea ", "the sea the sea ", "the sea the sea ", [2, 0]),
            ("the sea ", "the xylo xylo ", "the xylo xylo ", [1, 2]),
        ] {
            let case = format!("{opened:?} {typed:?} {saved:?}");
            let mut writer = Writer::new("the sea or the end in", opened);
            writer.types(typed);
            assert_eq!(writer.counts("sea xylo").1, [1, 0], "{case}: nothing is kept unsaved");
            writer.saves(saved, 1);
            let stood = if case.contains("in the end") { vec![1, 0] } else { expected.to_vec() };
            assert_eq!(writer.counts("sea xylo"), (stood.clone(), stood), "{case}");
        }
    }

    #[test]
    fn what_was_kept_goes_again_with_the_text_and_a_word_left_alone_waits_again() {
        let mut writer = Writer::new("the sea or the end", "");
        let text = "the sea or xylo the xylo the xylo ";
        writer.types(text);
        writer.saves(text, 1);
        assert_eq!(writer.counts("sea xylo").1, [2, 3]);
        let kept = writer.stored.clone();
        writer.saves(text, 2);
        assert_eq!(writer.stored, kept, "a second save of the same changes nothing");
        writer.saves("the sea or xylo ", 3);
        assert_eq!(writer.counts("sea xylo"), (vec![2, 0], vec![2, 0]), "it stands at one place");
        writer.types("xylo and ");
        writer.saves("xylo and the sea or xylo ", 4);
        assert_eq!(writer.counts("sea xylo").1, [1, 2], "met at another place it is kept, with the first");
        writer.saves("", 5);
        assert_eq!(writer.counts("sea xylo").1, [1, 0]);
    }

    #[test]
    fn what_is_typed_while_the_text_is_written_waits_for_the_next_save() {
        let mut writer = Writer::new("the sea or the end", "");
        writer.types("the sea ");
        writer.typed.set_revision(7);
        writer.types("the end ");
        writer.saves("the sea ", 6);
        assert_eq!(writer.counts("sea end"), (vec![2, 2], vec![2, 1]));
        writer.saves("the end ", 8);
        assert_eq!(writer.counts("sea end"), (vec![1, 2], vec![1, 2]));
    }

    #[test]
    fn taking_back_at_once_leaves_what_was_known_without_it() {
        let mut writer = Writer::new("the sea or the end", "");
        let before = writer.personal.to_bytes();
        let ids = writer.types("the sea or xylo the xylo ");
        assert_eq!(writer.counts("sea xylo").0, [2, 2]);
        writer.typed.take_back(&mut writer.personal, ids[5]);
        assert_eq!(writer.counts("sea xylo").0, [2, 0], "the other place alone may be a slip");
        for &id in ids[..5].iter().rev() {
            writer.typed.take_back(&mut writer.personal, id);
        }
        let totals = |bytes: &[u8]| Personal::from_bytes(bytes, None).unwrap().counts.totals();
        assert_eq!(totals(&writer.personal.to_bytes()), totals(&before));
        writer.types("the sea ");
        writer.typed.leave(&mut writer.personal);
        assert_eq!(writer.counts("sea xylo").0, [1, 0], "another document: this one was not saved");
    }

    #[test]
    fn what_was_forgotten_elsewhere_is_not_brought_back_by_what_was_typed_before() {
        let mut writer = Writer::new("the sea or the end", "");
        writer.types("the sea the end ");
        let mut other = Personal::from_bytes(&writer.stored, None).unwrap();
        other.begin_change();
        other.forget("Sea");
        writer.stored = other.to_bytes();
        writer.saves("the sea the end ", 1);
        assert_eq!(writer.counts("sea end"), (vec![0, 2], vec![0, 2]));
        writer.types("or the sea ");
        writer.saves("the sea the end or the sea ", 2);
        assert_eq!(writer.counts("sea end").1[1], 2);
        let mut again = Personal::from_bytes(&writer.stored, None).unwrap();
        again.begin_change();
        again.replace(Personal::default());
        writer.stored = again.to_bytes();
        writer.types("end ");
        writer.saves("", 3);
        assert_eq!(
            writer.counts("sea end"),
            (vec![0, 0], vec![0, 0]),
            "and what was kept before is not taken out"
        );
    }
}
