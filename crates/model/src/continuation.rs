//! Writing on from a text, symbol by symbol, so that all that comes out is text fit for a terminal.
//!
//! Of bytes only those are drawn that lead to valid UTF-8, and a character is begun only if there is room to end it. Control
//! characters other than line break and tab are never drawn, nor are words with any in them, nor unknown words.

use rand::Rng;

use super::any::Reading;
use super::utf8::Utf8;
use super::{AnyModel, Sampling, Symbol};

/// A text that a model goes on with.
#[derive(Debug)]
pub struct Continuation<'m, B> {
    model: &'m AnyModel<B>,
    sampling: Sampling,
    reading: Reading<'m, B>,
    /// Symbols still to draw.
    left: usize,
    /// Room for a distribution.
    log_probs: Vec<f32>,
    unit: Unit,
}

/// What is drawn.
#[derive(Debug)]
enum Unit {
    /// Bytes; `begun` are those of an unfinished character.
    Bytes { at: Utf8, begun: Vec<u8> },
    /// Words.
    Words { writable: Vec<bool>, at_sentence_start: bool },
}

impl<'m, B: AsRef<[u8]>> Continuation<'m, B> {
    /// Begins a document of which `length` symbols are to be drawn.
    pub fn new(model: &'m AnyModel<B>, sampling: Sampling, length: usize) -> Self {
        let unit = if model.is_over_bytes() {
            Unit::Bytes { at: Utf8::BOUNDARY, begun: Vec::new() }
        } else {
            let end = model.sentence_end();
            let writable = |symbol| match model.word(symbol) {
                Some(word) => !word.is_empty() && !word.contains(char::is_control),
                None => Some(symbol) == end,
            };
            Unit::Words {
                writable: (0..model.vocabulary() as Symbol).map(writable).collect(),
                at_sentence_start: true,
            }
        };
        let log_probs = vec![0.0; model.vocabulary()];
        Self { model, sampling, reading: model.start(), left: length, log_probs, unit }
    }

    /// Reads a symbol of the text to go on from. Whole texts are read, so that no character stays begun.
    pub fn read(&mut self, symbol: Symbol) {
        self.reading.advance(symbol);
        if let Unit::Words { at_sentence_start, .. } = &mut self.unit {
            *at_sentence_start = Some(symbol) == self.model.sentence_end();
        }
    }

    /// Whether all symbols are drawn.
    pub fn is_done(&self) -> bool {
        self.left == 0
    }

    /// Draws the next piece of text: a character; or a word, with the space before it, or the line break of a
    /// sentence's end. `None` at the end, and if nothing can come next: [`is_done`](Self::is_done) is false then.
    pub fn next(&mut self, generator: &mut impl Rng) -> Option<String> {
        while self.left > 0 {
            self.reading.log_probs(&mut self.log_probs);
            self.mask();
            let symbol = self.sampling.draw(&self.log_probs, generator)?;
            self.left -= 1;
            self.reading.advance(symbol);
            if let Some(piece) = self.spell(symbol) {
                return Some(piece);
            }
        }
        None
    }

    /// Rules out what must not be drawn.
    fn mask(&mut self) {
        match &self.unit {
            Unit::Bytes { at, begun } => {
                for (byte, log_prob) in (0..=u8::MAX).zip(&mut self.log_probs) {
                    let fits = at.next(byte).is_some_and(|next| next.remaining() < self.left);
                    if !fits || is_control(begun, byte) {
                        *log_prob = f32::NEG_INFINITY;
                    }
                }
            }
            Unit::Words { writable, at_sentence_start } => {
                let no_end = self.model.sentence_end().filter(|_| *at_sentence_start);
                for (symbol, (log_prob, &writable)) in (0..).zip(self.log_probs.iter_mut().zip(writable)) {
                    if !writable || Some(symbol) == no_end {
                        *log_prob = f32::NEG_INFINITY;
                    }
                }
            }
        }
    }

    /// The text that a drawn symbol completes.
    fn spell(&mut self, symbol: Symbol) -> Option<String> {
        match &mut self.unit {
            Unit::Bytes { at, begun } => {
                begun.push(symbol as u8);
                *at = at.next(symbol as u8)?;
                at.is_boundary().then(|| String::from_utf8_lossy(&std::mem::take(begun)).into_owned())
            }
            Unit::Words { at_sentence_start, .. } => {
                let gap = if *at_sentence_start { "" } else { " " };
                let word = self.model.word(symbol);
                *at_sentence_start = word.is_none();
                Some(word.map_or_else(|| "\n".to_owned(), |word| format!("{gap}{word}")))
            }
        }
    }
}

/// Whether `byte` makes a control character of the bytes begun: all of these have one byte, or two of which the first is 0xc2.
fn is_control(begun: &[u8], byte: u8) -> bool {
    match begun {
        [] => byte.is_ascii_control() && !matches!(byte, b'\n' | b'\t'),
        [0xc2] => byte < 0xa0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::any::tests::every_kind;
    use crate::ngram::Tokenizer;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    /// What a model of random weights, or of three sentences, writes.
    fn text_of(model: &AnyModel<Vec<u8>>, prompt: &str, length: usize, seed: u64) -> String {
        let mut generator = StdRng::seed_from_u64(seed);
        let mut continuation = Continuation::new(model, Sampling::default(), length);
        for symbol in model.encode_prompt(prompt, Tokenizer::Whitespace) {
            continuation.read(symbol);
        }
        let text = std::iter::from_fn(|| continuation.next(&mut generator)).collect();
        assert!(continuation.is_done());
        text
    }

    #[test]
    fn whatever_the_model_what_comes_is_text() {
        for (name, model) in every_kind() {
            for seed in 0..60 {
                // Random networks draw all bytes alike: half of them would begin what cannot be ended.
                let text = text_of(&model, "the tide", 40, seed);
                let wrong = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
                assert!(!text.contains(wrong) && !text.contains("<unk>"), "{name}: {text:?}");
                if model.is_over_bytes() {
                    assert_eq!(text.len(), 40, "{name}: {text:?}");
                } else {
                    let ends = text.matches('\n').count();
                    assert_eq!(text.split_whitespace().count() + ends, 40, "{name}: {text:?}");
                    assert!(!text.contains("\n\n") && !text.contains("\n "), "{name}: {text:?}");
                }
                assert_eq!(text, text_of(&model, "the tide", 40, seed), "{name}");
            }
            assert_ne!(text_of(&model, "", 40, 1), text_of(&model, "", 40, 2), "{name}");
        }
    }

    #[test]
    fn bytes_of_control_characters_are_told_from_others() {
        for c in ('\0'..='\u{2ff}').chain(['\u{9f0}', '€', '𝄞']) {
            let mut buffer = [0; 4];
            let (&last, begun) = c.encode_utf8(&mut buffer).as_bytes().split_last().unwrap();
            assert_eq!(is_control(begun, last), c.is_control() && !matches!(c, '\n' | '\t'), "{c:?}");
        }
    }

    #[test]
    fn a_sentence_is_gone_on_with_or_begun() {
        let (_, model) = every_kind().pop().unwrap();
        let greedy = Sampling { temperature: 0.0, ..Sampling::default() };
        let mut generator = StdRng::seed_from_u64(1);
        for (prompt, expected) in [
            ("the boats", " lay in the mud\nthe tide"),
            ("the boats lay in the mud\n", "the tide"),
            ("", "the tide"),
        ] {
            let length = expected.split_whitespace().count() + expected.matches('\n').count();
            let mut continuation = Continuation::new(&model, greedy, length);
            for symbol in model.encode_prompt(prompt, Tokenizer::Whitespace) {
                continuation.read(symbol);
            }
            let text: String = std::iter::from_fn(|| continuation.next(&mut generator)).collect();
            assert_eq!(text, expected, "{prompt}");
        }
    }
}
