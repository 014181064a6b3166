//! The words typed since a document was opened: learned in memory at once, stored only with the text that holds them.
//!
//! A typed word is learned in memory when it is finished. What is *stored* is decided when the document is saved (`standing`): each word
//! as often as the saved text has it more often than the text that was opened, with the histories of the saved text. So a word that was
//! taken back is unlearned, whichever way it was taken back, and a word that was never saved is never stored. A stored word that is gone
//! at a later save of the same document is removed again.
//!
//! Other programs change the words file meanwhile. So it is never overwritten from memory: [`Typed::settle`] takes the file as it now is
//! and changes that.

use std::collections::{HashSet, VecDeque};

use crate::counts::lexicon::WordNumber;
use crate::counts::personal::{Personal, Taken};
use crate::words::context::WordHistory;
use crate::words::word::folded;

mod standing;

/// The most words of one document that are remembered. Older ones can no longer be unlearned.
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
    history: WordHistory,
    word: String,
    is_known: bool,
    /// Generation of the words file when it was typed.
    generation: u64,
    /// Revision of the text that first held it.
    revision: u64,
    /// The number under which it is counted, if it is.
    counted: Option<WordNumber>,
    /// Whether it is stored.
    kept: bool,
    /// Whether it is stored, but was taken back in memory.
    is_out: bool,
    /// Whether it was forgotten since. It is not learned, but takes up its place in the text.
    is_void: bool,
}

/// The words typed into one document.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    events: VecDeque<Event>,
    next: u64,
    /// Generation of the words file that was last read.
    generation: u64,
    /// The revision of the text that is read.
    revision: u64,
    /// Whether the weights have changed since they were last stored.
    pub(crate) is_fresh: bool,
    /// Whether memory holds more than the file and these words: the file must be read again.
    is_stale: bool,
}

impl Typed {
    /// Nothing typed yet, beside a words file of `generation`.
    pub(crate) fn beside(generation: u64) -> Self {
        Self { generation, ..Self::default() }
    }

    /// From here on the text is that of `revision`.
    pub(crate) fn set_revision(&mut self, revision: u64) {
        self.revision = revision;
    }

    /// Generation of the words file that was last read.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Learns a word; returns the number by which it can be taken back.
    pub(crate) fn learn(
        &mut self,
        personal: &mut Personal,
        history: &WordHistory,
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
            is_out: false,
            is_void: false,
        };
        self.next += 1;
        self.is_fresh = true;
        self.events.push_back(event);
        self.count(personal, self.events.len() - 1, false);
        if self.events.len() > MOST {
            self.is_stale |= self.events.pop_front().is_some_and(|event| !event.kept);
        }
        self.next - 1
    }

    /// Counts the event at `index`, and the first occurrence of its word, if that was waiting for a second.
    fn count(&mut self, personal: &mut Personal, index: usize, kept: bool) {
        let Event { history, word, is_known, .. } = &self.events[index];
        let (number, first) = match personal.learn_typed(history, word, *is_known, kept) {
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

    /// Takes a word back. Its other occurrences then count as if this one had never been typed.
    pub(crate) fn take_back(&mut self, personal: &mut Personal, id: u64) {
        let Ok(index) = self.events.binary_search_by_key(&id, |event| event.id) else { return };
        // A stored word stays in the file until the text is saved without it.
        let event = &mut self.events[index];
        if event.kept {
            if let Some(number) = event.counted.filter(|_| !event.is_out) {
                personal.unlearn_typed(&event.history, number);
                event.is_out = true;
            }
            return;
        }
        let Some(gone) = self.events.remove(index) else { return };
        if let Some(number) = gone.counted {
            personal.unlearn_typed(&gone.history, number);
        }
        let others: Vec<usize> = (0..self.events.len())
            .filter(|&other| self.events[other].is_open() && self.events[other].word == gone.word)
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

    /// Forgets a word, in any case, wherever it was typed. All other words move on to `generation` of the words file, so that they stay
    /// although they may be of the same group (`forgotten`).
    pub(crate) fn forget(&mut self, word: &str, generation: u64) {
        let wanted = folded(word);
        for event in &mut self.events {
            event.generation = generation;
            if folded(&event.word) == wanted {
                event.void();
            }
        }
    }

    /// The words file was written: it has `generation`.
    pub(crate) fn is_kept(&mut self, generation: u64) {
        (self.generation, self.is_fresh) = (generation, false);
    }

    /// Another document is opened: what was not stored of this one is unlearned.
    pub(crate) fn leave(&mut self, personal: &mut Personal) {
        self.withdraw(personal);
        self.events.clear();
    }

    /// Brings `personal` back to what the file holds, if nobody else has changed it.
    pub(crate) fn withdraw(&mut self, personal: &mut Personal) {
        for event in self.events.iter_mut().rev() {
            let Some(number) = event.counted else { continue };
            if std::mem::take(&mut event.is_out) {
                personal.count_typed(&event.history, number, true);
            } else if !event.kept {
                personal.unlearn_typed(&event.history, number);
                event.counted = None;
            }
        }
        personal.pending.clear();
    }

    /// Forgets which words were typed; what was learned stays.
    pub(crate) fn restart(&mut self) {
        self.is_stale |= !self.events.is_empty();
        self.events.clear();
    }

    /// Whether the words file must be read again before it is changed.
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// The words file could not be written: memory holds more than it.
    pub(crate) fn is_not_kept(&mut self) {
        self.is_stale = true;
    }

    /// The words file was read again.
    pub(crate) fn is_read(&mut self) {
        self.is_stale = false;
        for event in &mut self.events {
            event.is_out = false;
        }
    }

    /// Takes out the words that are not stored yet, to go on with beside another model.
    pub(crate) fn hand_over(&mut self) -> Self {
        let mut handed = std::mem::take(self);
        handed.events.retain(|event| !event.kept);
        handed
    }

    /// Learns the words that were taken out beside another model.
    pub(crate) fn take_over(&mut self, personal: &mut Personal, mut handed: Self) {
        self.next = self.next.max(handed.next);
        self.revision = handed.revision;
        for event in &mut handed.events {
            (event.counted, event.generation) = (None, self.generation);
        }
        self.events = handed.events;
        self.count_waiting(personal);
    }

    /// Counts in memory all that is not stored.
    pub(crate) fn count_waiting(&mut self, personal: &mut Personal) {
        for index in 0..self.events.len() {
            if self.events[index].is_open() && self.events[index].counted.is_none() {
                self.count(personal, index, false);
            }
        }
    }

    /// `personal` was read from the file. Words forgotten elsewhere meanwhile become void.
    pub(crate) fn adopt(&mut self, personal: &Personal) {
        let forgotten = &personal.forgotten;
        for event in &mut self.events {
            if forgotten.voids(&event.word, event.generation) {
                event.void();
            } else if !event.kept {
                event.counted = None;
            }
        }
        self.generation = forgotten.generation;
    }

    /// `personal` was read from the file: counts what is not stored yet beside it.
    pub(crate) fn refresh(&mut self, personal: &mut Personal) {
        self.adopt(personal);
        self.count_waiting(personal);
    }

    /// Changes `personal`, which was read from the file, to what is to be stored with the document as saved: as of `revision`, `changed`
    /// since it was opened. Returns whether anything changed. Words that are in memory alone are not in it;
    /// [`Typed::count_waiting`] counts them again.
    pub(crate) fn settle(&mut self, personal: &mut Personal, changed: &[ChangedText], revision: u64) -> bool {
        self.adopt(personal);
        // A word that was stored before it was known to be secret, in whatever session, is removed.
        let told: Vec<String> =
            standing::secrets(changed).into_iter().filter(|word| personal.has_learned(word)).collect();
        if !told.is_empty() {
            personal.begin_change();
        }
        for word in &told {
            personal.forget(word);
            self.forget(word, personal.forgotten.generation);
        }
        let stands = standing::standing(&self.events, changed, revision);
        let is_moved =
            |event: &Event, stands: &Option<WordHistory>| event.kept && *stands != Some(event.history);
        let moved: HashSet<String> = (self.events.iter().zip(&stands))
            .filter(|(event, stands)| is_moved(event, stands))
            .map(|(event, _)| event.word.clone())
            .collect();
        // Whether a word is known may depend on any of its occurrences: all are counted anew.
        for event in self.events.iter_mut().filter(|event| event.kept && moved.contains(&event.word)) {
            if let Some(number) = event.counted.take() {
                personal.unlearn_typed(&event.history, number);
            }
            event.kept = false;
        }
        let mut standing = Vec::new();
        let mut stands = stands.into_iter();
        self.events.retain_mut(|event| {
            let stands = stands.next().flatten();
            if let Some(history) = stands {
                event.history = history;
                standing.push(event.id);
            }
            // What was typed after this revision belongs to the next save.
            stands.is_some() || event.revision > revision
        });
        let mut has_changed = !moved.is_empty() || !told.is_empty();
        for id in standing {
            let Ok(index) = self.events.binary_search_by_key(&id, |event| event.id) else { continue };
            if self.events[index].is_open() && self.events[index].counted.is_none() {
                self.count(personal, index, true);
                has_changed |= self.events[index].kept;
            }
        }
        has_changed
    }
}

impl Event {
    /// Whether it may be stored and is not.
    fn is_open(&self) -> bool {
        !self.kept && !self.is_void
    }

    /// It was forgotten: the file no longer has it.
    fn void(&mut self) {
        (self.is_void, self.kept, self.is_out, self.counted) = (true, false, false, None);
    }
}

#[cfg(test)]
mod tests;
