//! Counts that grow: n-grams of every order in a hash table, one word at a time.
//!
//! Kneser-Ney has to see all counts before its first answer. These counts answer at any time: the simple
//! [`Baseline`](super::Baseline)s are computed from them.

use std::collections::HashMap;
use std::io::{self, BufRead};

use foldhash::fast::FixedState;

use super::vocabulary::{END, START, Vocabulary};
use super::{MAX_ORDER, OrderError, Tokenizer, check_order};
use crate::Symbol;

/// An n-gram, newest word first, the rest [`NONE`].
type Key = [Symbol; MAX_ORDER];
const NONE: Symbol = Symbol::MAX;

/// How often an n-gram was seen, and what followed it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// How often it was seen.
    pub count: u32,
    /// How often any word followed it.
    pub followers: u32,
    /// How many different words did.
    pub kinds: u32,
}

/// The words before: a plain value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct History {
    /// Newest first.
    words: [Symbol; MAX_ORDER - 1],
    length: u8,
    longest: u8,
}

impl History {
    /// Words remembered.
    pub fn length(&self) -> usize {
        self.length as usize
    }

    /// Moves past a word.
    pub fn push(&mut self, word: Symbol) {
        if self.longest > 0 {
            self.words.copy_within(..MAX_ORDER - 2, 1);
            self.words[0] = word;
            self.length = (self.length + 1).min(self.longest);
        }
    }
}

/// The counts.
#[derive(Debug, Clone)]
pub struct GrowingCounts {
    order: usize,
    vocabulary: Vocabulary,
    /// Words are numbered here in order of appearance: no one can choose them to collide.
    grams: HashMap<Key, Seen, FixedState>,
}

impl GrowingCounts {
    /// No counts yet, of n-grams up to `order`.
    ///
    /// # Errors
    /// If `order` is not 1 to 6.
    pub fn new(order: usize) -> Result<Self, OrderError> {
        check_order(order)?;
        Ok(Self { order, vocabulary: Vocabulary::new(), grams: HashMap::default() })
    }

    /// The longest n-grams counted.
    pub fn order(&self) -> usize {
        self.order
    }

    /// The words met so far.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// How many different n-grams of all orders were counted.
    pub fn len(&self) -> usize {
        self.grams.len().saturating_sub(1)
    }

    /// Whether nothing was counted yet.
    pub fn is_empty(&self) -> bool {
        self.grams.is_empty()
    }

    /// The history at the start of a sentence.
    pub fn start(&self) -> History {
        let mut history = self.unknown();
        history.push(START);
        history
    }

    /// The history that knows nothing.
    pub fn unknown(&self) -> History {
        History { words: [NONE; MAX_ORDER - 1], length: 0, longest: (self.order - 1) as u8 }
    }

    /// Counts a finished word after `history`, learning it if it is new, and moves past it.
    pub fn learn(&mut self, history: &mut History, word: &str) -> Symbol {
        let word = self.vocabulary.learn(word);
        self.observe(history, word);
        word
    }

    /// Counts a word of the vocabulary, or [`END`], after `history`, in all orders, and moves past it.
    pub fn observe(&mut self, history: &mut History, word: Symbol) {
        for length in 0..=history.length() {
            let gram = self.grams.entry(gram_key(history, length, word)).or_default();
            gram.count = gram.count.saturating_add(1);
            let new = gram.count == 1;
            let context = self.grams.entry(context_key(history, length)).or_default();
            context.followers = context.followers.saturating_add(1);
            context.kinds += u32::from(new);
        }
        history.push(word);
    }

    /// Counts a text.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn count(&mut self, text: impl BufRead, tokenizer: Tokenizer) -> io::Result<()> {
        tokenizer.sentences(text, |words| {
            let mut history = self.start();
            for word in words {
                self.learn(&mut history, word);
            }
            self.observe(&mut history, END);
            Ok(())
        })
    }

    /// How often the last `length` words of `history` were seen, and what followed them.
    pub fn context(&self, history: &History, length: usize) -> Seen {
        self.grams.get(&context_key(history, length)).copied().unwrap_or_default()
    }

    /// How often `word` came after the last `length` words of `history`.
    pub fn count_after(&self, history: &History, length: usize, word: Symbol) -> u32 {
        self.grams.get(&gram_key(history, length, word)).map_or(0, |gram| gram.count)
    }
}

fn context_key(history: &History, length: usize) -> Key {
    let mut key = [NONE; MAX_ORDER];
    key[..length].copy_from_slice(&history.words[..length]);
    key
}

fn gram_key(history: &History, length: usize, word: Symbol) -> Key {
    let mut key = [NONE; MAX_ORDER];
    key[0] = word;
    key[1..=length].copy_from_slice(&history.words[..length]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_all_orders_as_words_are_finished() {
        let mut counts = GrowingCounts::new(3).unwrap();
        counts.count("a b a\na b b\n".as_bytes(), Tokenizer::Whitespace).unwrap();
        let (a, b) = (counts.vocabulary().id("a"), counts.vocabulary().id("b"));
        let mut history = counts.unknown();
        history.push(a);
        history.push(b);
        // After "a b": a once, b once. After "b": a, b, end. After anything: 3 a, 3 b, 2 ends.
        assert_eq!(counts.context(&history, 2), Seen { count: 2, followers: 2, kinds: 2 });
        assert_eq!(counts.context(&history, 1), Seen { count: 3, followers: 3, kinds: 3 });
        assert_eq!(counts.context(&history, 0), Seen { count: 0, followers: 8, kinds: 3 });
        assert_eq!(counts.count_after(&history, 2, END), 0);
        counts.observe(&mut history.clone(), END);
        assert_eq!(counts.count_after(&history, 2, END), 1);
        assert_eq!(counts.context(&history, 2).kinds, 3);
    }

    #[test]
    fn counts_of_words_alone_have_no_history() {
        let mut counts = GrowingCounts::new(1).unwrap();
        counts.count("a b a".as_bytes(), Tokenizer::Whitespace).unwrap();
        assert_eq!((counts.start(), counts.len()), (counts.unknown(), 3));
    }
}
