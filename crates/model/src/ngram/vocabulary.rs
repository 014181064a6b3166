//! Words and their numbers.
//!
//! Numbers 0, 1 and 2 are the control words `<unk>`, `<s>` and `</s>`; the rest follow in order of first
//! appearance, as `KenLM` numbers them. A text that spells a control word (the Penn Treebank writes `<unk>` for
//! its rare words) means an ordinary word: it is kept under its spelling with a backslash in front, so
//! that no text can forge a sentence start.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::Symbol;

/// Any word outside the vocabulary.
pub const UNKNOWN: Symbol = 0;
/// The start of a sentence: only ever context, never predicted.
pub const START: Symbol = 1;
/// The end of a sentence.
pub const END: Symbol = 2;

/// How the control words are spelled, in the order of their numbers.
pub(crate) const CONTROL_WORDS: [&str; 3] = ["<unk>", "<s>", "</s>"];

/// The spelling under which a word of a text is kept.
///
/// It is the word itself, but for control words (with any number of backslashes before), which gain a backslash.
pub fn spelling(text_word: &str) -> Cow<'_, str> {
    if text_word.ends_with('>') && CONTROL_WORDS.contains(&text_word.trim_start_matches('\\')) {
        Cow::Owned(format!("\\{text_word}"))
    } else {
        Cow::Borrowed(text_word)
    }
}

/// The word of a text that is kept under `spelling`: the inverse of [`spelling`]. Control words stay.
pub(crate) fn text_word(spelling: &str) -> &str {
    match spelling.strip_prefix('\\') {
        Some(rest) if CONTROL_WORDS.contains(&rest.trim_start_matches('\\')) => rest,
        _ => spelling,
    }
}

/// A growing list of distinct words.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    spellings: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, Symbol>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        let mut vocabulary = Self { spellings: Vec::new(), ids: HashMap::new() };
        for word in CONTROL_WORDS {
            vocabulary.insert_spelling(word);
        }
        vocabulary
    }
}

impl Vocabulary {
    /// Only the control words.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many words, control words included: never under 3.
    #[expect(clippy::len_without_is_empty, reason = "a vocabulary always holds its control words")]
    pub fn len(&self) -> usize {
        self.spellings.len()
    }

    /// The number of a word of a text, given out now if it is new.
    pub fn learn(&mut self, text_word: &str) -> Symbol {
        let key = spelling(text_word);
        match self.ids.get(&*key) {
            Some(&id) => id,
            None => self.insert_spelling(&key),
        }
    }

    /// The number of a word of a text, [`UNKNOWN`] if it is not here.
    pub fn id(&self, text_word: &str) -> Symbol {
        self.ids.get(&*spelling(text_word)).copied().unwrap_or(UNKNOWN)
    }

    /// The number of a spelling, control words included.
    pub(crate) fn id_of_spelling(&self, spelling: &str) -> Option<Symbol> {
        self.ids.get(spelling).copied()
    }

    /// The spelling of a number; that of [`UNKNOWN`] for numbers beyond the vocabulary.
    pub fn spelling(&self, id: Symbol) -> &str {
        self.spellings.get(id as usize).map_or(CONTROL_WORDS[0], |word| word)
    }

    /// Spellings in order of number.
    pub fn spellings(&self) -> impl ExactSizeIterator<Item = &str> {
        self.spellings.iter().map(|word| &**word)
    }

    /// Appends a spelling that is known to be new.
    pub(crate) fn insert_spelling(&mut self, spelling: &str) -> Symbol {
        let id = self.spellings.len() as Symbol;
        let shared: Arc<str> = Arc::from(spelling);
        self.spellings.push(Arc::clone(&shared));
        self.ids.insert(shared, id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_first_appearance_after_the_control_words() {
        let mut vocabulary = Vocabulary::new();
        let ids: Vec<_> = ["rain", "or", "rain"].map(|word| vocabulary.learn(word)).into();
        assert_eq!(ids, [3, 4, 3]);
        assert_eq!((vocabulary.len(), vocabulary.spelling(4), vocabulary.id("snow")), (5, "or", UNKNOWN));
    }

    #[test]
    fn control_words_in_a_text_are_ordinary_words() {
        let mut vocabulary = Vocabulary::new();
        for (word, kept) in [
            ("<unk>", "\\<unk>"),
            ("<s>", "\\<s>"),
            ("\\</s>", "\\\\</s>"),
            ("<b>", "<b>"),
            ("\\alpha", "\\alpha"),
        ] {
            let id = vocabulary.learn(word);
            assert!(id > END);
            assert_eq!(vocabulary.spelling(id), kept);
            assert_eq!(text_word(kept), word);
            assert_eq!(vocabulary.id(word), id);
        }
        assert_eq!(text_word("<s>"), "<s>");
    }
}
