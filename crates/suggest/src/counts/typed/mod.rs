//! The words typed since a document was opened: known at once, kept only with the text they stand in.
//!
//! What is typed is learned in memory as its words are finished. What is *kept* is decided when the document is saved (`standing`): of
//! each word as many as the saved text has more of than the text that was opened, with the histories they have there. So what was
//! taken back is unlearned, however it was taken back, and what was never saved is never kept. Words that were kept and are gone at a
//! later save of the same document are taken out again.
//!
//! Other programs change the file of words meanwhile. So nothing here is ever written over it: [`Typed::settle`] is handed the file as
//! it has become and makes its changes there.

use std::collections::{HashSet, VecDeque};

use crate::counts::lexicon::WordNumber;
use crate::counts::personal::{Personal, Taken};
use crate::words::context::History;

mod standing;

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
    /// Whether it is kept, but was taken back at once in memory.
    is_out: bool,
    /// Whether it was forgotten since: it is not learned, but stands in the text in place of another that might be.
    is_void: bool,
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
    /// Whether more is learned in memory than the file and these words tell: the file has to be read anew.
    is_stale: bool,
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

    /// Counts the event at `index`, and with it the place where its word was first met, if it was waiting.
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

    /// Takes a word back at once. Its other places then count as if it had never been typed here.
    pub(crate) fn take_back(&mut self, personal: &mut Personal, id: u64) {
        let Ok(index) = self.events.binary_search_by_key(&id, |event| event.id) else { return };
        // What is kept is settled with the text: until it is saved without the word, the file on disk has it.
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

    /// Takes a word back in whatever case, wherever it was typed. That is `generation` of the file of words: none of the others is
    /// meant, though they may be of the same group.
    pub(crate) fn forget(&mut self, word: &str, generation: u64) {
        let folded = word.to_lowercase();
        for event in &mut self.events {
            event.generation = generation;
            if event.word.to_lowercase() == folded {
                event.void();
            }
        }
    }

    /// The file of words is as it was handed out, `generation` of it.
    pub(crate) fn is_kept(&mut self, generation: u64) {
        (self.generation, self.is_fresh) = (generation, false);
    }

    /// Another document is begun: what of the last one was not kept is unlearned, the rest is settled for good.
    pub(crate) fn leave(&mut self, personal: &mut Personal) {
        self.withdraw(personal);
        self.events.clear();
    }

    /// Makes of `personal` what the file holds, if nobody else has changed it.
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

    /// What was typed so far stays as it is, and is remembered no longer.
    pub(crate) fn restart(&mut self) {
        self.is_stale |= !self.events.is_empty();
        self.events.clear();
    }

    /// Whether the file of words has to be read anew before it is changed.
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// More has become of what is learned in memory than these words tell.
    pub(crate) fn is_not_kept(&mut self) {
        self.is_stale = true;
    }

    /// The file of words has been read anew.
    pub(crate) fn is_read(&mut self) {
        self.is_stale = false;
        for event in &mut self.events {
            event.is_out = false;
        }
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
            if self.events[index].is_open() && self.events[index].counted.is_none() {
                self.count(personal, index, false);
            }
        }
    }

    /// `personal` is what the file holds. What was forgotten elsewhere meanwhile is no more to be learned.
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

    /// `personal` is what the file holds: what is not kept yet is known beside it.
    pub(crate) fn refresh(&mut self, personal: &mut Personal) {
        self.adopt(personal);
        self.count_waiting(personal);
    }

    /// Makes of `personal`, which is what the file holds, what it is with the document as it was saved: as of `revision`, with these
    /// changes since it was opened. Returns whether that changed anything. What else is known in memory is not in it:
    /// [`Typed::count_waiting`] brings it back.
    pub(crate) fn settle(&mut self, personal: &mut Personal, changed: &[ChangedText], revision: u64) -> bool {
        self.adopt(personal);
        // What was kept before it was known to be secret, in whatever session, goes.
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
        let is_moved = |event: &Event, stands: &Option<History>| event.kept && *stands != Some(event.history);
        let moved: HashSet<String> = (self.events.iter().zip(&stands))
            .filter(|(event, stands)| is_moved(event, stands))
            .map(|(event, _)| event.word.clone())
            .collect();
        // Whether a word is known may hang on each of its places: all are counted anew.
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
            // What was typed after the text was taken to be saved stands in the next one.
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
    /// Whether it may be kept and is not.
    fn is_open(&self) -> bool {
        !self.kept && !self.is_void
    }

    /// It was forgotten: the file has it no more.
    fn void(&mut self) {
        (self.is_void, self.kept, self.is_out, self.counted) = (true, false, false, None);
    }
}

#[cfg(test)]
mod tests;
