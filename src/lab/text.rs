//! Three texts (training, validation, test) as symbols that all models share.

use clap::ValueEnum;

use model::Symbol;
use model::ngram::Tokenizer;
use model::rnn::BYTES;
use model::words::{SENTENCE_END, WordVocabulary};

/// What the models read and predict one of. The comments of the units are the help of `foreword compare`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// Words and sentence ends.
    Word,
    /// Bytes.
    Byte,
}

/// Symbols of a word vocabulary at most, unless the text itself marks unlisted words by `<unk>`.
const MOST_WORDS: usize = 10_000;

/// Cuts a text into symbols.
type Encode = dyn Fn(&str) -> Vec<Symbol>;

/// The texts as symbols.
#[derive(Debug, Clone)]
pub struct Texts {
    /// What a symbol is.
    pub unit: Unit,
    /// The words, when symbols are words.
    pub words: Option<WordVocabulary>,
    /// The training text.
    pub train: Vec<Symbol>,
    /// The validation text.
    pub valid: Vec<Symbol>,
    /// The test text.
    pub test: Vec<Symbol>,
    /// Bytes of the test text.
    pub test_bytes: usize,
}

/// Why models cannot be compared on these texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A text without symbols.
    #[error("the {0} text has no {1}s in it: give a text with at least one line of them")]
    Empty(&'static str, &'static str),
    /// Nothing to learn a word from.
    #[error(
        "no word of the training text comes twice, so there is nothing to learn a word by: give a longer text, or \
         compare over bytes"
    )]
    NoVocabulary,
}

impl Texts {
    /// Cuts the texts into symbols; the words are those of the training text.
    ///
    /// A text that writes `<unk>` is taken to be cut into words already, at white space; any other is cut by Unicode's rules.
    ///
    /// # Errors
    /// When a text is empty, or the training text has no word twice.
    pub fn new(unit: Unit, train: &str, valid: &str, test: &str) -> Result<Self, TextError> {
        let (words, encode): (_, Box<Encode>) = match unit {
            Unit::Byte => (None, Box::new(|text: &str| text.bytes().map(Symbol::from).collect())),
            Unit::Word => {
                let cut_already = train.split_ascii_whitespace().any(|word| word == "<unk>");
                let tokenizer = if cut_already { Tokenizer::Whitespace } else { Tokenizer::Words };
                let words = WordVocabulary::of_text(train, tokenizer, MOST_WORDS);
                let encode = {
                    let words = words.clone();
                    move |text: &str| {
                        let mut symbols = words.encode(text, tokenizer);
                        if !symbols.is_empty() {
                            symbols.push(SENTENCE_END);
                        }
                        symbols
                    }
                };
                (Some(words), Box::new(encode))
            }
        };
        let text = Self {
            unit,
            train: encode(train),
            valid: encode(valid),
            test: encode(test),
            test_bytes: test.len(),
            words,
        };
        let name = if unit == Unit::Word { "word" } else { "byte" };
        for (which, symbols) in [("training", &text.train), ("validation", &text.valid), ("test", &text.test)]
        {
            if symbols.is_empty() {
                return Err(TextError::Empty(which, name));
            }
        }
        if text.words.as_ref().is_some_and(|words| words.len() <= 2) {
            return Err(TextError::NoVocabulary);
        }
        Ok(text)
    }

    /// Symbols that a model of this text reads and predicts.
    pub fn vocabulary(&self) -> usize {
        self.words.as_ref().map_or(BYTES, WordVocabulary::len)
    }

    /// A symbol as the n-gram counts it.
    pub(super) fn spelled(&self, symbol: Symbol) -> std::borrow::Cow<'_, str> {
        match &self.words {
            Some(words) => words.word(symbol).into(),
            None => format!("{symbol:02x}").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_words_and_sentence_ends() {
        let text = Texts::new(Unit::Word, "so so\nit it\n", "it so what\n", "so").unwrap();
        assert_eq!(text.train, [2, 2, 0, 3, 3, 0]);
        assert_eq!((text.valid, text.test), (vec![3, 2, 1, 0], vec![2, 0]));
    }

    #[test]
    fn bytes_are_themselves() {
        let text = Texts::new(Unit::Byte, "é\n", "a", "b").unwrap();
        assert_eq!(text.train, [0xc3, 0xa9, 10]);
        assert_eq!((text.vocabulary(), text.test_bytes), (256, 1));
        assert_eq!(text.spelled(10), "0a");
    }

    #[test]
    fn bad_texts_are_named_for_what_they_are() {
        let new = |train, valid, test| Texts::new(Unit::Word, train, valid, test).unwrap_err();
        assert_eq!(new("", "a", "a"), TextError::Empty("training", "word"));
        assert_eq!(new("a a", " \n", "a"), TextError::Empty("validation", "word"));
        assert_eq!(new("a a", "a", ""), TextError::Empty("test", "word"));
        assert_eq!(new("each word once", "a", "a"), TextError::NoVocabulary);
    }

    #[test]
    fn unknown_words_alone_are_a_text_all_the_same() {
        let text = Texts::new(Unit::Word, "so so\n", "who knows", "not me").unwrap();
        assert_eq!(text.valid, [1, 1, 0]);
    }
}
