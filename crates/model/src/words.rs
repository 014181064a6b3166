//! The vocabulary of a network over words: which symbol is which word.
//!
//! Symbol 0 is the end of a sentence: it separates documents, as the zero byte does for bytes. Symbol 1 is any
//! word that is not listed. The others are words, the most frequent first.

use std::collections::HashMap;

use super::Symbol;
use super::ngram::Tokenizer;

/// The symbol of a sentence's end.
pub const SENTENCE_END: Symbol = 0;
/// The symbol of a word that is not listed.
pub(crate) const UNLISTED: Symbol = 1;
/// How these two are written.
const WRITTEN: [&str; 2] = ["</s>", "<unk>"];

/// Which symbol is which word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordVocabulary {
    words: Vec<String>,
    symbols: HashMap<String, Symbol>,
}

impl WordVocabulary {
    /// The sentence end, the unlisted word, and `words` in this order. One that is there already is passed over.
    pub(crate) fn of_words(words: impl IntoIterator<Item = String>) -> Self {
        let mut vocabulary = Self { words: Vec::new(), symbols: HashMap::new() };
        for word in WRITTEN.into_iter().map(str::to_owned).chain(words) {
            if !vocabulary.symbols.contains_key(&word) {
                vocabulary.symbols.insert(word.clone(), vocabulary.words.len() as Symbol);
                vocabulary.words.push(word);
            }
        }
        vocabulary
    }

    /// The words of `text`, the most frequent first.
    ///
    /// Of a text that itself writes `<unk>` every word is listed. Any other has at most `most` symbols, and no word that occurs
    /// only once is listed: from these a model learns where unknown words occur.
    pub fn of_text(text: &str, tokenizer: Tokenizer, most: usize) -> Self {
        let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
        let mut place = 0;
        sentences(text, tokenizer, |words| {
            for &word in words {
                if let Some((count, _)) = counts.get_mut(word) {
                    *count += 1;
                } else {
                    counts.insert(word.to_owned(), (1, place));
                }
                place += 1;
            }
        });
        let settled = counts.contains_key(WRITTEN[1]);
        let mut ranked: Vec<(String, (usize, usize))> = counts.into_iter().collect();
        ranked.sort_by_key(|&(_, (count, first))| (std::cmp::Reverse(count), first));
        let listed = ranked.into_iter().filter(|&(_, (count, _))| settled || count > 1);
        let room = if settled { usize::MAX } else { most.saturating_sub(WRITTEN.len()) };
        Self::of_words(listed.map(|(word, _)| word).filter(|word| !WRITTEN.contains(&&word[..])).take(room))
    }

    /// Symbols in all.
    #[allow(clippy::len_without_is_empty, reason = "never empty: two symbols are always there")]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The symbol of a word.
    pub fn symbol(&self, word: &str) -> Symbol {
        self.symbols.get(word).copied().unwrap_or(UNLISTED)
    }

    /// How a symbol is written.
    ///
    /// # Panics
    /// When there is no such symbol.
    pub fn word(&self, symbol: Symbol) -> &str {
        &self.words[symbol as usize]
    }

    /// `text` as symbols, with the end of each sentence but the last one's: that is where documents are joined.
    pub fn encode(&self, text: &str, tokenizer: Tokenizer) -> Vec<Symbol> {
        let mut symbols = encode(text, tokenizer, SENTENCE_END, |word| self.symbol(word));
        symbols.pop();
        symbols
    }

    /// As one text, a word a line: what a model file holds.
    pub(super) fn write(&self) -> String {
        self.words.join("\n")
    }

    /// Reads what [`write`](Self::write) wrote.
    pub(super) fn read(written: &str) -> Self {
        Self::of_words(written.lines().map(str::to_owned))
    }
}

/// The words of `text` as symbols, `end` after each sentence.
pub(super) fn encode(
    text: &str,
    tokenizer: Tokenizer,
    end: Symbol,
    symbol: impl Fn(&str) -> Symbol,
) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    sentences(text, tokenizer, |words| {
        symbols.extend(words.iter().map(|word| symbol(word)));
        symbols.push(end);
    });
    symbols
}

/// The sentences of a text in memory, which cannot fail to be read.
fn sentences(text: &str, tokenizer: Tokenizer, mut each: impl FnMut(&[&str])) {
    let read = tokenizer.sentences::<std::io::Error>(text.as_bytes(), |words| {
        each(words);
        Ok(())
    });
    read.expect("memory is read without errors");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frequent_come_first_and_the_single_are_unlisted() {
        let text = "a rose is a rose\nis a rose red\n";
        let words = WordVocabulary::of_text(text, Tokenizer::Whitespace, 100);
        let listed: Vec<_> = (0..words.len() as Symbol).map(|symbol| words.word(symbol)).collect();
        assert_eq!(listed, ["</s>", "<unk>", "a", "rose", "is"]);
        assert_eq!(words.encode(text, Tokenizer::Whitespace), [2, 3, 4, 2, 3, 0, 4, 2, 3, 1]);
        assert_eq!(WordVocabulary::of_text(text, Tokenizer::Whitespace, 3).len(), 3);
        assert_eq!(WordVocabulary::read(&words.write()), words);
    }

    #[test]
    fn a_text_that_writes_unk_has_its_vocabulary_settled() {
        let words = WordVocabulary::of_text("the <unk> sat\n", Tokenizer::Whitespace, 100);
        assert_eq!(words.len(), 4);
        assert_eq!(words.encode("the dog sat", Tokenizer::Whitespace), [2, 1, 3]);
    }

    #[test]
    fn texts_without_words_have_the_two_symbols() {
        for text in ["", "\n\n", "  \n"] {
            let words = WordVocabulary::of_text(text, Tokenizer::Words, 100);
            assert_eq!((words.len(), words.encode(text, Tokenizer::Words).len()), (2, 0), "{text:?}");
        }
    }
}
