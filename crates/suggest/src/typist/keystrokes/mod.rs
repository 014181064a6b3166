//! The keystrokes of a line, apart from where the suggestions come from.
//!
//! What is on show before a character depends on the text alone. So one walk over the line looks at every position, and the expected
//! keystrokes of every typist follow exactly: with s(i) the typist's P(the word is taken at i),
//! `E(i) = 1 + (1 − s(i)) · E(i + 1) + s(i) · E(behind what is taken)`, from the line's end to its start.

use crate::offer::candidate::{Candidate, Suggestions};
use crate::typist::sums::{NOTICED, Sums};
use crate::words::word::{is_word_char, takes_space, word_length};

/// A common beginning of several words is taken if it saves so many keystrokes.
const STEM_SAVES: usize = 2;
/// Letters of the words that are counted after two letters.
const LONG_WORD: usize = 4;
/// Places in the list from which an entry must not vanish while the letters agree with it.
const KEPT_PLACES: usize = 3;
/// The probability below which an entry is no help.
const FAINT: f32 = 0.01;

/// What a typist takes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Habit {
    /// The word, if it is in this one of the lists shown or is the ghost.
    Words(usize),
    /// The ghost, if it has several words and all are right; else as `Words`.
    Phrases(usize),
    /// The first word of the ghost.
    Ghost,
}

/// What is on show before one character: to those who see 1, 3 and 5 suggestions. The ghost is that of the last.
pub(crate) type Shown = [Suggestions; 3];

/// The ghost at one position, compared with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    Wrong,
    /// Its first word is the rest of the word.
    Word,
    /// It is a beginning of the rest, of so many characters.
    Stem(usize),
}

/// What is on show before one character of a word, compared with the text that is to be typed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sight {
    /// Whether the word is shown to those who see 1, 3 and 5.
    among: [bool; 3],
    ghost: Seen,
    /// Where the word ends in the line.
    word_end: usize,
    /// Where the text is after the word is taken, its space included.
    behind: usize,
    /// The same for the ghost, if it has several words and all are right.
    behind_phrase: Option<usize>,
}

/// The sums of a line. `ask` is called with the index of each character in a word, and answers what is on show before it.
pub(super) fn type_line(line: &[char], counts: [usize; 3], mut ask: impl FnMut(usize) -> Shown) -> Sums {
    let mut sums = Sums { characters: line.len() as f64, ..Sums::default() };
    let mut sights: Vec<Option<Sight>> = vec![None; line.len()];
    let mut at = 0;
    while at < line.len() {
        let length = word_length(line[at..].iter().copied());
        if length > 0 {
            look_at_word(line, at..at + length, counts, &mut ask, &mut sights, &mut sums);
        }
        at += length.max(1);
    }
    for list in 0..3 {
        for (of, notices) in NOTICED.into_iter().enumerate() {
            sums.words_typed[of][list] = expected(&sights, Habit::Words(list), notices);
        }
        sums.phrases_typed[list] = expected(&sights, Habit::Phrases(list), 1.0);
    }
    sums.ghost_typed = NOTICED.map(|notices| expected(&sights, Habit::Ghost, notices));
    judge_ghosts(&sights, &mut sums);
    sums
}

/// Looks at each position of one word.
fn look_at_word(
    line: &[char],
    word: std::ops::Range<usize>,
    counts: [usize; 3],
    ask: &mut impl FnMut(usize) -> Shown,
    sights: &mut [Option<Sight>],
    sums: &mut Sums,
) {
    sums.words += 1.0;
    let is_long = word.len() >= LONG_WORD;
    sums.long_words += f64::from(u8::from(is_long));
    let mut before: Option<Suggestions> = None;
    for at in word.clone() {
        let shown = ask(at);
        let sight = Sight::new(&shown, counts, line, word.clone(), at);
        if at == word.start {
            for (hits, list) in sums.hits.iter_mut().zip(0..) {
                *hits += f64::from(u8::from(sight.shows(list)));
            }
        }
        if is_long && at == word.start + 2 {
            sums.after_two += f64::from(u8::from(sight.shows(2)));
        }
        let [.., mut shown] = shown;
        shown.candidates.truncate(counts[2]);
        judge_stability(before.as_ref(), &shown, &line[word.start..at], sums);
        before = Some(shown);
        sights[at] = Some(sight);
    }
}

/// Compares the entries on show with those `before` the last letter. `typed`: the word's letters so far.
fn judge_stability(before: Option<&Suggestions>, shown: &Suggestions, typed: &[char], sums: &mut Sums) {
    sums.entries += shown.candidates.len() as f64;
    sums.faint += shown.candidates.iter().filter(|candidate| candidate.probability < FAINT).count() as f64;
    let Some(before) = before else { return };
    let place = |word: &str| shown.candidates.iter().position(|candidate| candidate.word == word);
    let typed: String = typed.iter().collect();
    let goes_on =
        |candidate: &Candidate| candidate.word.len() > typed.len() && candidate.word.starts_with(&typed);
    for (was, candidate) in before.candidates.iter().enumerate().filter(|(_, candidate)| goes_on(candidate)) {
        let is = place(&candidate.word);
        if was < KEPT_PLACES {
            sums.to_keep += 1.0;
            sums.kept += f64::from(u8::from(is.is_some()));
        }
        if let Some(is) = is {
            sums.staying += 1.0;
            sums.moved += f64::from(u8::from(is != was));
        }
    }
}

/// Counts the ghosts at all positions, as who types along sees them, and of each word the first.
fn judge_ghosts(sights: &[Option<Sight>], sums: &mut Sums) {
    let mut word_end = 0;
    for (at, sight) in sights.iter().enumerate() {
        let Some(sight) = sight else { continue };
        sums.positions += 1.0;
        if sight.ghost == Seen::Nothing {
            continue;
        }
        let right = f64::from(u8::from(sight.ghost != Seen::Wrong));
        sums.ghosts += 1.0;
        sums.right_ghosts += right;
        if at >= word_end {
            sums.first_ghosts += 1.0;
            sums.right_first_ghosts += right;
            word_end = sight.word_end;
        }
    }
}

/// The expected keystrokes of a line.
fn expected(sights: &[Option<Sight>], habit: Habit, notices: f64) -> f64 {
    let mut from = vec![0.0; sights.len() + 1];
    for (at, sight) in sights.iter().enumerate().rev() {
        let taken = sight.and_then(|sight| sight.taken_by(habit, at));
        from[at] = 1.0
            + match taken {
                Some(behind) => notices * from[behind] + (1.0 - notices) * from[at + 1],
                None => from[at + 1],
            };
    }
    from[0]
}

impl Sight {
    fn new(
        shown: &Shown,
        counts: [usize; 3],
        line: &[char],
        word: std::ops::Range<usize>,
        at: usize,
    ) -> Self {
        let spelling: String = line[word.clone()].iter().collect();
        let among = std::array::from_fn(|list| {
            shown[list].candidates.iter().take(counts[list]).any(|candidate| candidate.word == spelling)
        });
        let behind =
            |end: usize, last: &str| end + usize::from(line.get(end) == Some(&' ') && takes_space(last));
        let rest = &line[at..word.end];
        let ghost = shown[2].ghost.as_ref();
        let seen = ghost.map_or(Seen::Nothing, |ghost| {
            // The rest of the word that is being typed, which may begin with what joins it.
            let first: Vec<char> = ghost.text.chars().take_while(|&c| is_word_char(c)).collect();
            match (ghost.is_stem, rest.starts_with(&first)) {
                (false, true) if first.len() == rest.len() => Seen::Word,
                (true, true) => Seen::Stem(first.len()),
                _ => Seen::Wrong,
            }
        });
        let behind_phrase = ghost.and_then(|ghost| {
            let end = at + ghost.text.chars().count();
            let stands = line.get(at..end)?.iter().copied().eq(ghost.text.chars());
            let ends = line.get(end).is_none_or(|&c| !is_word_char(c));
            (stands && ends && end > word.end).then(|| behind(end, &ghost.text))
        });
        Self { among, ghost: seen, word_end: word.end, behind: behind(word.end, &spelling), behind_phrase }
    }

    /// Whether the word is on show to who sees this one of the lists.
    fn shows(&self, list: usize) -> bool {
        self.among[list] || self.ghost == Seen::Word
    }

    /// Where the text is after what such a typist takes at `at`, if anything.
    fn taken_by(&self, habit: Habit, at: usize) -> Option<usize> {
        let stem = match self.ghost {
            Seen::Stem(length) if length > STEM_SAVES => Some(at + length),
            _ => None,
        };
        match habit {
            Habit::Words(list) if self.shows(list) => Some(self.behind),
            Habit::Phrases(list) => self.behind_phrase.or(self.shows(list).then_some(self.behind)).or(stem),
            Habit::Ghost if self.ghost == Seen::Word => Some(self.behind),
            Habit::Words(_) | Habit::Ghost => stem,
        }
    }
}

#[cfg(test)]
mod tests;
