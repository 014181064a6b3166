//! The simulated typists' keystrokes, apart from where the suggestions come from.
//!
//! Several typists enter the same line side by side: one for each number of suggestions, the same with phrases, and one
//! who only ever looks at the ghost. What is suggested before a character depends on the text alone, so one walk over
//! the text serves them all.

use crate::offer::candidate::Suggestions;
use crate::typist::evaluation::{ByCount, GhostScore};
use crate::words::word::{is_word_char, word_length};

/// What a typist takes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Habit {
    /// The word, if it is in this one of the lists shown.
    Words(usize),
    /// The ghost, if it has several words and all are right; else the word, if it is in this one of the lists.
    Phrases(usize),
    /// The first word of the ghost.
    Ghost,
}

#[derive(Debug, Clone, Copy)]
struct Typist {
    habit: Habit,
    keystrokes: usize,
    /// The text of the line up to this character is there.
    done: usize,
}

/// What is on show before one character: to those who see 1, 3 and 5 suggestions. The ghost is that of the last.
pub(crate) type Shown = [Suggestions; 3];

/// What is on show before one character of a word, compared with the text that is to be typed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Offer {
    /// Whether the word is shown to those who see 1, 3 and 5.
    among: [bool; 3],
    /// Whether a ghost is shown, and if so, whether its first word is right.
    ghost: Option<bool>,
    /// Where the ghost ends in the line, if it has several words and all are right.
    phrase_end: Option<usize>,
}

/// Keystrokes and hits so far.
#[derive(Debug, Clone)]
pub(crate) struct Keystrokes {
    typists: Vec<Typist>,
    counts: [usize; 3],
    hits: [usize; 3],
    words: usize,
    characters: usize,
    positions: usize,
    shown: usize,
    right: usize,
}

impl Keystrokes {
    /// Typists who see 1, 3 and 5 suggestions, but none more than `suggestions`.
    pub(crate) fn new(suggestions: usize) -> Self {
        let counts = [1, 3, 5].map(|count| suggestions.min(count));
        let habits = (0..3).map(Habit::Words).chain((0..3).map(Habit::Phrases)).chain([Habit::Ghost]);
        Self {
            typists: habits.map(|habit| Typist { habit, keystrokes: 0, done: 0 }).collect(),
            counts,
            hits: [0; 3],
            words: 0,
            characters: 0,
            positions: 0,
            shown: 0,
            right: 0,
        }
    }

    /// Types a line. `ask` is called with the index of a character and answers what is on show before it; the indices
    /// only ever grow.
    pub(crate) fn type_line(&mut self, line: &[char], mut ask: impl FnMut(usize) -> Shown) {
        self.characters += line.len();
        for typist in &mut self.typists {
            typist.done = 0;
        }
        let mut at = 0;
        while at < line.len() {
            let length = word_length(line[at..].iter().copied());
            if length > 0 {
                let end = at + length;
                self.type_word(line, at, end, &mut ask);
                at = end;
            } else {
                for typist in self.typists.iter_mut().filter(|typist| typist.done <= at) {
                    typist.keystrokes += 1;
                    typist.done = at + 1;
                }
                at += 1;
            }
        }
    }

    fn type_word(&mut self, line: &[char], start: usize, end: usize, ask: &mut impl FnMut(usize) -> Shown) {
        self.words += 1;
        for at in start..end {
            if self.typists.iter().all(|typist| typist.done > at) {
                break;
            }
            let offer = Offer::new(&ask(at), self.counts, line, start, at, end);
            if at == start {
                for (hits, is_among) in self.hits.iter_mut().zip(offer.among) {
                    *hits += usize::from(is_among);
                }
            }
            for typist in self.typists.iter_mut().filter(|typist| typist.done <= at) {
                typist.keystrokes += 1;
                typist.done = match offer.taken_by(typist.habit, end) {
                    Some(end) => end + usize::from(line.get(end) == Some(&' ')),
                    None => at + 1,
                };
                if typist.habit == Habit::Ghost {
                    self.positions += 1;
                    self.shown += usize::from(offer.ghost.is_some());
                    self.right += usize::from(offer.ghost == Some(true));
                }
            }
        }
    }

    /// How many suggestions the lists have.
    pub(crate) fn counts(&self) -> [usize; 3] {
        self.counts
    }

    /// Words typed.
    pub(crate) fn words(&self) -> usize {
        self.words
    }

    /// Characters typed.
    pub(crate) fn characters(&self) -> usize {
        self.characters
    }

    /// Keystrokes saved by those who take single words, percent.
    pub(crate) fn ksr(&self) -> ByCount {
        self.by_count(Self::saved)
    }

    /// Keystrokes saved by those who take phrases too, percent.
    pub(crate) fn ksr_phrase(&self) -> ByCount {
        self.by_count(|tally, of| tally.saved(of + 3))
    }

    /// Words on show before their first character, percent.
    pub(crate) fn hit(&self) -> ByCount {
        self.by_count(|tally, of| 100.0 * share(tally.hits[of], tally.words))
    }

    /// How the ghost alone does.
    pub(crate) fn ghost(&self) -> GhostScore {
        GhostScore {
            shown: share(self.shown, self.positions),
            precision: share(self.right, self.shown),
            ksr: self.saved(6),
        }
    }

    fn by_count(&self, figure: impl Fn(&Self, usize) -> f64) -> ByCount {
        ByCount { one: figure(self, 0), three: figure(self, 1), five: figure(self, 2) }
    }

    fn saved(&self, typist: usize) -> f64 {
        if self.characters == 0 {
            return 0.0;
        }
        100.0 * (1.0 - share(self.typists[typist].keystrokes, self.characters))
    }
}

impl Offer {
    fn new(shown: &Shown, counts: [usize; 3], line: &[char], start: usize, at: usize, end: usize) -> Self {
        let word: String = line[start..end].iter().collect();
        let among = std::array::from_fn(|list| {
            shown[list].candidates.iter().take(counts[list]).any(|candidate| candidate.word == word)
        });
        let suggestions = &shown[2];
        let ghost = suggestions.ghost.as_ref().map(|ghost| {
            // The rest of the word that is being typed, which may begin with what joins it.
            let first = ghost.text.chars().take_while(|&c| is_word_char(c));
            first.eq(line[at..end].iter().copied())
        });
        let phrase_end = suggestions.ghost.as_ref().and_then(|ghost| {
            let length = ghost.text.chars().count();
            let stands = line.get(at..at + length)?.iter().copied().eq(ghost.text.chars());
            let ends = line.get(at + length).is_none_or(|&c| !is_word_char(c));
            (stands && ends && at + length > end).then_some(at + length)
        });
        Self { among, ghost, phrase_end }
    }

    /// Where the text taken ends, before any smart space; `end` is the end of the word.
    fn taken_by(&self, habit: Habit, end: usize) -> Option<usize> {
        match habit {
            Habit::Words(list) => self.among[list].then_some(end),
            Habit::Phrases(list) => self.phrase_end.or(self.among[list].then_some(end)),
            Habit::Ghost => (self.ghost == Some(true)).then_some(end),
        }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests;
