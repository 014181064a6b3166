//! A model of any kind, and the text that its symbols stand for.
//!
//! What a file holds is known only when it is open: a network over bytes, a network over words, an n-gram model. All are
//! one [`LanguageModel`] here, so that what scores text or writes on need not know which it has.

use std::io;

use super::LanguageModel;
use super::format::{FormatError, NetworkShape, read_network};
use super::ngram::{self, Tokenizer};
use super::rnn::{BYTES, RnnState, StreamingRnn};
use super::soundness::check_sound;
use super::window::StreamingWindow;
use super::words::{SENTENCE_END, UNLISTED, WordVocabulary};

/// A model of any kind. `B` is what holds the bytes of an n-gram file.
#[derive(Debug, Clone)]
pub enum AnyModel<B> {
    /// A recurrent network.
    Recurrent(StreamingRnn, Symbols),
    /// A network with a fixed window.
    Window(StreamingWindow, Symbols),
    /// An n-gram model, over words.
    Ngram(ngram::Model<B>),
}

/// What a network's symbols stand for.
#[derive(Debug, Clone)]
pub enum Symbols {
    /// Bytes.
    Bytes,
    /// Words.
    Words(WordVocabulary),
}

/// The state of a model of any kind.
#[derive(Debug, Clone)]
pub enum AnyState {
    /// Of a recurrent network.
    Recurrent(RnnState),
    /// Of a network with a fixed window.
    Window(<StreamingWindow as LanguageModel>::State),
    /// Of an n-gram model.
    Ngram(ngram::State),
}

/// How surprised a model is by one document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surprise {
    /// −log₂ of the document's probability. Infinite if the model holds it impossible.
    pub bits: f64,
    /// Bytes of the document.
    pub bytes: usize,
}

impl Surprise {
    /// Bits for each byte; `None` of an empty document.
    pub fn bits_per_byte(self) -> Option<f64> {
        (self.bytes > 0).then(|| self.bits / self.bytes as f64)
    }
}

impl<B> AnyModel<B> {
    /// The network in the bytes of a safetensors file.
    ///
    /// # Errors
    /// As [`read_network`]; when its symbols are neither bytes nor words that the file names; and when it makes no
    /// probabilities of a short text.
    pub fn read_network(bytes: &[u8]) -> Result<Self, FormatError> {
        let stored = read_network(bytes)?;
        let symbols = |vocabulary: usize, words: Option<WordVocabulary>| match words {
            Some(words) => Ok(Symbols::Words(words)),
            None if vocabulary == BYTES => Ok(Symbols::Bytes),
            None => Err(FormatError::NotBytes(vocabulary)),
        };
        match stored.shape {
            NetworkShape::Rnn(shape) => {
                let network = StreamingRnn::new(shape, &stored.parameters);
                check_sound(&network)?;
                Ok(Self::Recurrent(network, symbols(shape.vocabulary, stored.words)?))
            }
            NetworkShape::Window(shape) => {
                let network = StreamingWindow::new(shape, &stored.parameters);
                check_sound(&network)?;
                Ok(Self::Window(network, symbols(shape.vocabulary, stored.words)?))
            }
        }
    }

    /// The symbols of a network; an n-gram model has its own.
    fn symbols(&self) -> Option<&Symbols> {
        match self {
            Self::Recurrent(_, symbols) | Self::Window(_, symbols) => Some(symbols),
            Self::Ngram(_) => None,
        }
    }

    /// Whether its symbols are bytes; else they are words.
    pub(crate) fn is_over_bytes(&self) -> bool {
        matches!(self.symbols(), Some(Symbols::Bytes))
    }

    /// The symbol of a sentence's end; models over bytes have none.
    pub fn sentence_end(&self) -> Option<usize> {
        match self.symbols() {
            Some(Symbols::Bytes) => None,
            Some(Symbols::Words(_)) => Some(SENTENCE_END as usize),
            None => Some(ngram::END as usize),
        }
    }
}

impl<B: AsRef<[u8]>> AnyModel<B> {
    /// How a symbol is written; `None` for a byte, and for symbols that stand for no word of their own: the ends of
    /// sentences and unknown words.
    pub fn word(&self, symbol: usize) -> Option<&str> {
        match self {
            Self::Ngram(model) => {
                let is_word = symbol < model.vocabulary_len() && symbol > ngram::END as usize;
                is_word.then(|| ngram::vocabulary::text_word(model.spelling(symbol as u32)))
            }
            Self::Recurrent(_, Symbols::Words(words)) | Self::Window(_, Symbols::Words(words)) => {
                let is_word = symbol < words.len() && symbol > UNLISTED as usize;
                is_word.then(|| words.word(symbol))
            }
            Self::Recurrent(_, Symbols::Bytes) | Self::Window(_, Symbols::Bytes) => None,
        }
    }

    /// `text` as symbols: its bytes, or its words with the end of each sentence. `tokenizer` cuts the words.
    ///
    /// # Panics
    /// Never: memory is read without errors.
    pub fn encode(&self, text: &str, tokenizer: Tokenizer) -> Vec<usize> {
        match self {
            Self::Ngram(model) => {
                words_of(text, tokenizer, ngram::END, |word| ngram::WordScorer::word_id(model, word))
            }
            Self::Recurrent(_, Symbols::Words(words)) | Self::Window(_, Symbols::Words(words)) => {
                words_of(text, tokenizer, SENTENCE_END, |word| words.symbol(word))
            }
            Self::Recurrent(_, Symbols::Bytes) | Self::Window(_, Symbols::Bytes) => {
                text.bytes().map(usize::from).collect()
            }
        }
    }

    /// `text` as symbols to go on from: as [`encode`](Self::encode), but its last sentence stays open unless a line break ends it.
    pub fn encode_prompt(&self, text: &str, tokenizer: Tokenizer) -> Vec<usize> {
        let mut symbols = self.encode(text, tokenizer);
        if self.sentence_end().is_some() && !text.ends_with('\n') {
            symbols.pop();
        }
        symbols
    }

    /// Natural-log probability of `symbol` after `state`. `log_probs: [vocabulary]` is room to work in.
    pub fn log_prob(&self, state: &AnyState, symbol: usize, log_probs: &mut [f32]) -> f64 {
        if let (Self::Ngram(model), AnyState::Ngram(state)) = (self, state) {
            let scored = ngram::WordScorer::score(model, state, symbol as u32);
            return f64::from(scored.log10) * std::f64::consts::LN_10;
        }
        self.log_probs(state, log_probs);
        f64::from(log_probs[symbol])
    }

    /// How surprised the model is by `text` as a document from its start: by its bytes, or by its words and sentence ends.
    pub fn surprise(&self, text: &str, tokenizer: Tokenizer) -> Surprise {
        let mut state = self.start();
        let mut log_probs = vec![0.0; self.vocabulary()];
        let mut nats = 0.0;
        for symbol in self.encode(text, tokenizer) {
            nats -= self.log_prob(&state, symbol, &mut log_probs);
            self.advance(&mut state, symbol);
        }
        Surprise { bits: nats / std::f64::consts::LN_2, bytes: text.len() }
    }
}

/// The words of `text` as symbols, `end` after each sentence.
fn words_of(text: &str, tokenizer: Tokenizer, end: u32, symbol: impl Fn(&str) -> u32) -> Vec<usize> {
    let mut symbols = Vec::new();
    let read = tokenizer.sentences::<io::Error>(text.as_bytes(), |words| {
        symbols.extend(words.iter().map(|word| symbol(word) as usize));
        symbols.push(end as usize);
        Ok(())
    });
    read.expect("memory is read without errors");
    symbols
}

/// Why a state does not fit.
const ANOTHERS: &str = "the state is of another model";

impl<B: AsRef<[u8]>> LanguageModel for AnyModel<B> {
    type State = AnyState;

    fn vocabulary(&self) -> usize {
        match self {
            Self::Recurrent(model, _) => model.vocabulary(),
            Self::Window(model, _) => model.vocabulary(),
            Self::Ngram(model) => model.vocabulary(),
        }
    }

    fn start(&self) -> AnyState {
        match self {
            Self::Recurrent(model, _) => AnyState::Recurrent(model.start()),
            Self::Window(model, _) => AnyState::Window(model.start()),
            Self::Ngram(model) => AnyState::Ngram(model.start()),
        }
    }

    /// # Panics
    /// When the state is another model's.
    fn advance(&self, state: &mut AnyState, symbol: usize) {
        match (self, state) {
            (Self::Recurrent(model, _), AnyState::Recurrent(state)) => model.advance(state, symbol),
            (Self::Window(model, _), AnyState::Window(state)) => model.advance(state, symbol),
            (Self::Ngram(model), AnyState::Ngram(state)) => model.advance(state, symbol),
            _ => unreachable!("{ANOTHERS}"),
        }
    }

    /// # Panics
    /// When the state is another model's.
    fn log_probs(&self, state: &AnyState, log_probs: &mut [f32]) {
        match (self, state) {
            (Self::Recurrent(model, _), AnyState::Recurrent(state)) => model.log_probs(state, log_probs),
            (Self::Window(model, _), AnyState::Window(state)) => model.log_probs(state, log_probs),
            (Self::Ngram(model), AnyState::Ngram(state)) => model.log_probs(state, log_probs),
            _ => unreachable!("{ANOTHERS}"),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::format::{Precision, write_network};
    use crate::ngram::{Counter, Plan, estimate, perplexity};
    use crate::nn::Cell;
    use crate::rnn::RnnShape;
    use crate::window::WindowShape;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    const TEXT: &str = "the tide was out\nthe boats lay in the mud\nthe tide came in\n";

    /// A model of every kind, each by its name.
    pub(crate) fn every_kind() -> Vec<(&'static str, AnyModel<Vec<u8>>)> {
        let mut generator = StdRng::seed_from_u64(5);
        let words = WordVocabulary::of_words(["the", "tide", "boats", "\u{1b}[2J"].map(str::to_owned));
        let mut network = |window: bool, words: Option<&WordVocabulary>| {
            let vocabulary = words.map_or(BYTES, WordVocabulary::len);
            let (shape, parameters) = if window {
                let shape = WindowShape { vocabulary, context: 3, embed: 4, hidden: 5, tied: false };
                (NetworkShape::Window(shape), shape.random_parameters(&mut generator))
            } else {
                let shape = RnnShape { vocabulary, embed: 4, hidden: 6, layers: 1, ..RnnShape::BASE };
                let shape = RnnShape { cell: Cell::Lstm, ..shape };
                (NetworkShape::Rnn(shape), shape.random_parameters(&mut generator))
            };
            let bytes = write_network(shape, &parameters, words, Precision::F32);
            AnyModel::read_network(&bytes).unwrap()
        };
        let mut counter = Counter::in_memory(3).unwrap();
        counter.count(TEXT.as_bytes(), Tokenizer::Whitespace).unwrap();
        let (ngrams, _) = estimate(counter.finish().unwrap(), &Plan::default()).unwrap();
        vec![
            ("recurrent, bytes", network(false, None)),
            ("window, bytes", network(true, None)),
            ("recurrent, words", network(false, Some(&words))),
            ("window, words", network(true, Some(&words))),
            ("n-gram", AnyModel::Ngram(ngrams.to_model().unwrap())),
        ]
    }

    #[test]
    fn every_kind_is_a_distribution_and_scores_by_it() {
        for (name, model) in every_kind() {
            let mut log_probs = vec![0.0; model.vocabulary()];
            let mut state = model.start();
            let mut nats = 0.0;
            for symbol in model.encode(TEXT, Tokenizer::Whitespace) {
                model.log_probs(&state, &mut log_probs);
                let sum: f64 = log_probs.iter().map(|&value| f64::from(value).exp()).sum();
                assert!((sum - 1.0).abs() < 1e-5, "{name}: {sum}");
                nats -= f64::from(log_probs[symbol]);
                model.advance(&mut state, symbol);
            }
            let surprise = model.surprise(TEXT, Tokenizer::Whitespace);
            assert!((surprise.bits * std::f64::consts::LN_2 - nats).abs() < 1e-3, "{name}");
            assert_eq!(surprise.bytes, TEXT.len());
            let empty = model.surprise("", Tokenizer::Whitespace);
            assert_eq!((empty.bits, empty.bits_per_byte()), (0.0, None), "{name}");
        }
    }

    #[test]
    fn an_n_gram_is_as_surprised_here_as_by_its_own_measure() {
        let (_, model) = every_kind().pop().unwrap();
        let text = "the boats came in\nthe crane was out\n";
        let AnyModel::Ngram(ngram) = &model else { panic!("the last is the n-gram") };
        let measured = perplexity(ngram, text.as_bytes(), Tokenizer::Whitespace).unwrap();
        let bits = -measured.log10 / 2.0_f64.log10();
        assert_eq!(measured.unknown, 1);
        assert!((model.surprise(text, Tokenizer::Whitespace).bits - bits).abs() < 1e-6);
    }

    #[test]
    fn unknown_words_count_and_are_never_written() {
        for (name, model) in every_kind() {
            let Some(end) = model.sentence_end() else { continue };
            let symbols = model.encode("the zeppelin", Tokenizer::Whitespace);
            assert_eq!(symbols.len(), 3, "{name}");
            assert_eq!((model.word(symbols[0]), symbols[2]), (Some("the"), end), "{name}");
            assert_eq!((model.word(symbols[1]), model.word(end)), (None, None), "{name}");
            assert_eq!(model.word(usize::MAX), None, "{name}");
        }
    }

    #[test]
    fn a_network_whose_symbols_have_no_names_is_refused() {
        let shape = RnnShape { vocabulary: 9, embed: 2, hidden: 3, layers: 1, ..RnnShape::BASE };
        let parameters = shape.random_parameters(&mut StdRng::seed_from_u64(1));
        let bytes = write_network(NetworkShape::Rnn(shape), &parameters, None, Precision::F32);
        assert!(matches!(AnyModel::<Vec<u8>>::read_network(&bytes), Err(FormatError::NotBytes(9))));
    }
}
