//! The words before a place: the history h of P(w | h).
//!
//! Text is read byte by byte as words and the gaps between them. The history of a place is its last few *tokens*: words in lower case,
//! one token for all numbers, and the punctuation between words (a single space is no token). Tokens are stored as hashes, which are
//! small and quick to compare. That hides nothing: with a list of words, the phrases can be read back by trying.

use std::ops::Range;

use model::hash::{Fnv1a, splitmix64};

use crate::words::abbreviation::takes_stop;
use crate::words::word::{WordPosition, end_of_word, levelled, parts};

/// Tokens remembered at most.
pub(crate) const LONGEST: usize = 4;

/// Characters of a gap that its token keeps.
const LONGEST_GAP: usize = 8;

/// The tokens before a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WordHistory {
    /// Newest first; those past `length` are 0.
    tokens: [u64; LONGEST],
    length: u8,
    opening: bool,
    /// Whether a full stop behind the last word belongs to it.
    takes_stop: bool,
}

impl Default for WordHistory {
    /// The start of a document.
    fn default() -> Self {
        let mut history = Self { tokens: [0; LONGEST], length: 0, opening: true, takes_stop: false };
        history.push(hash(BREAK));
        history
    }
}

/// The token of a line break, and of the start of a document.
pub(crate) const BREAK: &str = "\n";

/// The token of all numbers.
const NUMBER: &str = "0";

/// The token of a word: the word in lower case; one for all numbers.
pub fn word_token(word: &str) -> String {
    if word.bytes().all(|byte| byte.is_ascii_digit()) { NUMBER.to_owned() } else { word.to_lowercase() }
}

/// The token of what stands between two words; empty for a space, which is none.
fn gap_token(gap: &str) -> String {
    if gap.contains('\n') {
        return BREAK.to_owned();
    }
    gap.chars().filter(|c| !c.is_whitespace()).take(LONGEST_GAP).collect()
}

impl WordHistory {
    /// Tokens remembered.
    pub(crate) fn length(&self) -> usize {
        usize::from(self.length)
    }

    /// The hashes of the last tokens, newest first.
    pub(crate) fn tokens(&self) -> &[u64] {
        &self.tokens[..self.length()]
    }

    /// Whether a sentence begins here.
    pub(crate) fn opens_sentence(&self) -> bool {
        self.opening
    }

    /// The last `length` tokens as one number; `None` if there are fewer. That of none is 0.
    pub(crate) fn context(&self, length: usize) -> Option<u64> {
        let tokens = self.tokens.get(..length).filter(|_| length <= self.length())?;
        Some(tokens.iter().fold(length as u64, |so_far, &token| splitmix64(so_far ^ token)))
    }

    /// Moves past a word.
    pub(crate) fn pass_word(&mut self, word: &str) {
        self.opening = false;
        self.takes_stop = takes_stop(word);
        self.push(hash(&word_token(word)));
    }

    /// Moves past what stands between two words.
    pub(crate) fn pass_gap(&mut self, gap: &str) {
        let token = gap_token(gap);
        if !token.is_empty() {
            self.push(hash(&token));
        }
        let is_abbreviation = std::mem::take(&mut self.takes_stop) && gap.starts_with('.');
        if token == BREAK {
            self.opening = true;
            return;
        }
        let ended = |(at, c): (usize, char)| {
            let is_end = matches!(c, '!' | '?') || (c == '.' && !(is_abbreviation && at == 0));
            is_end && gap[at..].contains(char::is_whitespace)
        };
        self.opening =
            gap.char_indices().any(ended) || (self.opening && !gap.contains(char::is_alphanumeric));
    }

    fn push(&mut self, token: u64) {
        self.tokens.copy_within(..LONGEST - 1, 1);
        self.tokens[0] = token;
        self.length = (self.length + 1).min(LONGEST as u8);
    }
}

/// The hash of a token: FNV-1a, then mixed. It is written to files, so it must never change.
pub(crate) fn hash(token: &str) -> u64 {
    splitmix64(Fnv1a::of(token.as_bytes()))
}

/// Cuts text into words, character by character. Words and gaps are levelled once they are finished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reader {
    /// Before the word at the cursor, or before the gap at it.
    history: WordHistory,
    gap: String,
    word: String,
    place: WordPosition,
}

impl Reader {
    /// Whether one more character would go on with the word at the cursor, or begin one.
    pub(crate) fn extends(&self, c: char) -> bool {
        self.place.after(c) != WordPosition::Outside
    }

    /// Reads one character. If it finishes a word, returns what is counted of it: words, levelled, each with the history before it.
    pub(crate) fn read(&mut self, c: char) -> Vec<(WordHistory, String)> {
        self.read_unless(c, |_, _| false)
    }

    /// As [`Reader::read`], but nothing is counted of a secret word, and it is in no history. `is_secret` is given the word as it is
    /// written, and what joins it to nothing.
    pub(crate) fn read_unless(
        &mut self,
        c: char,
        is_secret: impl FnOnce(&str, &str) -> bool,
    ) -> Vec<(WordHistory, String)> {
        let before = self.place;
        self.place = before.after(c);
        if self.place != WordPosition::Outside {
            if before == WordPosition::Outside {
                self.history = self.here();
                self.gap.clear();
            }
            self.word.push(c);
            return Vec::new();
        }
        let run = std::mem::take(&mut self.word);
        let (word, joiner) = run.split_at(end_of_word(&run));
        self.gap.push_str(joiner);
        self.gap.push(c);
        if word.is_empty() {
            return Vec::new();
        }
        if is_secret(word, joiner) {
            self.history.push(hash(BREAK));
            return Vec::new();
        }
        words_of(&mut self.history, &levelled(word))
    }

    /// The history before the word at the cursor; between words, that of a word that would begin here.
    pub(crate) fn here(&self) -> WordHistory {
        let mut history = self.history;
        if self.word.is_empty() && !self.gap.is_empty() {
            history.pass_gap(&levelled(&self.gap));
        }
        history
    }

    /// The typed part of the word at the cursor, as it is written.
    pub(crate) fn word(&self) -> &str {
        &self.word
    }

    /// Takes back the last characters of the word at the cursor, so that `length` bytes are left; not all of it.
    pub(crate) fn shorten(&mut self, length: usize) {
        self.word.truncate(length);
        self.place = self.word.chars().fold(WordPosition::Outside, WordPosition::after);
    }
}

/// What is counted of a word, each part with the history before it; `history` moves past the word.
pub(crate) fn words_of(history: &mut WordHistory, word: &str) -> Vec<(WordHistory, String)> {
    let mut words = Vec::new();
    for part in parts(word) {
        words.push((*history, part.to_owned()));
        history.pass_word(part);
    }
    if words.is_empty() {
        history.pass_word(word);
    }
    words
}

/// The words of a text, each with the history before it.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (WordHistory, String)> {
    let mut reader = Reader::default();
    text.chars().chain(std::iter::once('\n')).flat_map(move |c| reader.read(c))
}

/// The words of a text except the secret ones, which are in no history either. `is_secret` is given their place and spelling.
pub(crate) fn words_unless<'t>(
    text: &'t str,
    is_secret: impl Fn(Range<usize>, &str) -> bool + 't,
) -> impl Iterator<Item = (WordHistory, String)> + 't {
    let mut reader = Reader::default();
    let characters = text.char_indices().chain(std::iter::once((text.len(), '\n')));
    characters.flat_map(move |(at, c)| {
        reader.read_unless(c, |word, joiner| {
            let end = at - joiner.len();
            is_secret(end - word.len()..end, word)
        })
    })
}

/// A piece of text as a history holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A word in its own spelling, and whether a sentence opens with it.
    Word(String, bool),
    /// The marks between two words.
    Mark(String),
    /// A line break, with what may stand before and after it.
    Break,
}

/// The tokens of a text, from which the background model is counted.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> {
    let mut reader = Reader::default();
    text.chars().chain(std::iter::once('\n')).flat_map(move |c| {
        let gap = (reader.extends(c) && reader.word.is_empty() && !reader.gap.is_empty())
            .then(|| gap_token(&levelled(&reader.gap)));
        let mark = gap.filter(|token| !token.is_empty());
        let mark = mark.map(|token| if token == BREAK { Token::Break } else { Token::Mark(token) });
        let word = |(history, word): (WordHistory, String)| Token::Word(word, history.opens_sentence());
        mark.into_iter().chain(reader.read(c).into_iter().map(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(text: &str) -> WordHistory {
        let mut reader = Reader::default();
        for c in text.chars() {
            reader.read(c);
        }
        reader.here()
    }

    #[test]
    fn words_come_with_the_words_and_marks_before_them() {
        let read: Vec<String> = words("Well, I met\nMs. O'Hara in 1998").map(|(_, word)| word).collect();
        assert_eq!(read, ["Well", "I", "met", "Ms", "O'Hara", "in", "1998"]);
        assert_eq!(here("see you "), here("See YOU "), "case does not count");
        assert_eq!(here("in 1998 "), here("in 2001 "), "nor which number it is");
        assert_eq!(here("well  met "), here("well met "), "nor how wide a space");
        assert_ne!(here("well, met "), here("well met "), "marks do");
        assert_eq!(here("one two three four five").context(2), here("two six three four fi").context(2));
        assert_ne!(here("a b ").context(2), here("b a ").context(2));
        assert_eq!(WordHistory::default().context(2), None);
    }

    #[test]
    fn the_tokens_of_a_text_are_those_its_histories_hold() {
        let text = "Well, I met\nMs. O'Hara in 1998 ";
        let read: Vec<Token> = tokens(text).collect();
        let word = |word: &str, opens| Token::Word(word.to_owned(), opens);
        assert_eq!(
            read,
            [
                word("Well", true),
                Token::Mark(",".into()),
                word("I", false),
                word("met", false),
                Token::Break,
                word("Ms", true),
                Token::Mark(".".into()),
                word("O'Hara", false),
                word("in", false),
                word("1998", false),
            ]
        );
        let last = ["0", "in", "o'hara", "."].map(hash);
        assert_eq!(here(text).tokens(), last);
    }

    #[test]
    fn in_mid_word_the_history_is_that_before_the_word() {
        assert_eq!(here("see you"), here("see y"));
        assert_eq!(here("see y"), here("see "));
    }

    #[test]
    fn typography_changes_neither_words_nor_histories() {
        for (typographic, plain) in [
            ("“Don’t wait,” she said. ", "\"Don't wait,\" she said. "),
            ("the sea — and then… ", "the sea -- and then... "),
            ("the dogs’ bowl ", "the dogs' bowl "),
            ("at\u{a0}six o’clock ", "at six o'clock "),
            ("a well‑known man ", "a well-known man "),
        ] {
            assert_eq!(words(typographic).collect::<Vec<_>>(), words(plain).collect::<Vec<_>>(), "{plain}");
            assert_eq!(here(typographic), here(plain), "{plain}");
        }
        let read = |text: &str| words(text).map(|(_, word)| word).collect::<Vec<_>>();
        assert_eq!(
            read("‘Hello—it’s the dogs’ café…” 😀tea"),
            ["Hello", "it's", "the", "dogs", "café", "tea"]
        );
        assert_eq!(read("'tis -- x-- a-b --"), ["tis", "x", "a-b"]);
    }

    #[test]
    fn sentences_open_after_stops_and_line_breaks() {
        for (text, expected) in [
            ("", true),
            ("Yes", true),
            ("Yes ", false),
            ("Yes. ", true),
            ("Yes. \"", true),
            ("Yes.", false),
            ("yes, ", false),
            ("Really?! ", true),
            ("line\n", true),
            ("line\n* ", true),
            ("3.5 ", false),
            ("at 3 p.m. ", false),
            ("fruit (e.g. ", false),
            ("the U.S. ", false),
            ("J. R. R. ", false),
            ("to Mr. ", false),
            ("pears, etc. ", false),
            ("So do I. ", true),
            ("in the a.m.! ", true),
            ("to Mr.\n", true),
        ] {
            assert_eq!(here(text).opens_sentence(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_word_cut_short_goes_on_as_if_never_longer() {
        let mut reader = Reader::default();
        let mut direct = Reader::default();
        "we wander".chars().for_each(|c| drop(reader.read(c)));
        "we wan".chars().for_each(|c| drop(direct.read(c)));
        reader.shorten(3);
        assert_eq!(reader, direct);
    }
}
