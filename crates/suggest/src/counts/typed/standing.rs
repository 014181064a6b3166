//! Which of the typed words a saved text holds.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::{ChangedText, Event};
use crate::guard::Guard;
use crate::words::context::{self, WordHistory};

/// How much more often a text has one word than it had before.
#[derive(Debug, Default)]
struct Places {
    /// The same by history, in the order they were met.
    more: Vec<(WordHistory, i64)>,
    at: HashMap<WordHistory, usize>,
    /// Over all histories.
    all: i64,
    /// Places before this one are all taken.
    next: usize,
}

impl Places {
    fn add(&mut self, history: WordHistory, amount: i64) {
        let at = *self.at.entry(history).or_insert(self.more.len());
        if at == self.more.len() {
            self.more.push((history, 0));
        }
        self.more[at].1 += amount;
        self.all += amount;
    }

    /// Takes a place with this history, if there is one.
    fn take(&mut self, history: &WordHistory) -> Option<WordHistory> {
        let left = &mut self.more.get_mut(*self.at.get(history)?)?.1;
        (*left > 0).then(|| {
            *left -= 1;
            self.all -= 1;
            *history
        })
    }

    /// Takes a place with any history, if the text has the word more often than was taken.
    fn take_any(&mut self) -> Option<WordHistory> {
        if self.all <= 0 {
            return None;
        }
        while self.more.get(self.next)?.1 <= 0 {
            self.next += 1;
        }
        self.take(&self.more[self.next].0.clone())
    }
}

/// Words of the changed text that give a secret away wherever they stand, in lower case.
pub(super) fn secrets(changed: &[ChangedText]) -> BTreeSet<String> {
    let judged = |text: &ChangedText| {
        let mut guard = Guard::default();
        guard.judge_all(text.after.as_bytes(), b"");
        guard.into_telling()
    };
    changed.iter().flat_map(judged).collect()
}

/// For each event, the history with which it stands in the text as of `revision`, if it does. Text written before a word changes its
/// history, so events with the same history take places first; then the others, as far as the text has more of the word. Forgotten
/// events come before stored ones, and those before the rest.
pub(super) fn standing(
    events: &VecDeque<Event>,
    changed: &[ChangedText],
    revision: u64,
) -> Vec<Option<WordHistory>> {
    let mut words: HashMap<&str, Places> = HashMap::new();
    for event in events {
        words.entry(&event.word).or_default();
    }
    for ChangedText { before, after } in changed {
        for (text, amount) in [(before, -1), (after, 1)] {
            // As while typing: no secret is stored, nor a history that holds one. A word that has become one is removed.
            let mut guard = Guard::default();
            guard.judge_all(text.as_bytes(), b"");
            for (history, word) in context::words_unless(text, |range, word| guard.hides(range, word)) {
                if let Some(places) = words.get_mut(&*word) {
                    places.add(history, amount);
                }
            }
        }
    }
    let mut stands = vec![None; events.len()];
    let rank = |event: &Event| if event.is_void { 0 } else { 2 - u8::from(event.kept) };
    for is_exact in [true, false] {
        for wanted in 0..=2 {
            for (event, stands) in events.iter().zip(&mut stands) {
                if rank(event) != wanted || stands.is_some() {
                    continue;
                }
                let Some(places) = words.get_mut(&*event.word) else { continue };
                *stands = match is_exact {
                    true => places.take(&event.history),
                    false if event.revision <= revision => places.take_any(),
                    false => None,
                };
            }
        }
    }
    stands
}
