//! A model of any kind, and the text that its symbols stand for.
//!
//! What a file holds is known only when it is open: a network over bytes, a network over words, an n-gram model. What scores text or
//! writes on uses a [`Reading`], and need not know which it is.

use super::format::{FormatError, NetworkShape, read_network};
use super::ngram::{self, Tokenizer};
use super::rnn::{BYTES, RnnState, StreamingRnn};
use super::soundness::check_sound;
use super::window::StreamingWindow;
use super::words::{SENTENCE_END, UNLISTED, WordVocabulary, encode};
use super::{LanguageModel, Symbol};

/// A model of any kind. `B` is what holds the bytes of an n-gram file.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one model is open at a time")]
pub enum AnyModel<B> {
    /// A network, and what its symbols stand for.
    Network(AnyNetwork, Symbols),
    /// An n-gram model, over words.
    Ngram(ngram::Model<B>),
}

/// A network of any kind.
#[derive(Debug, Clone)]
pub enum AnyNetwork {
    /// A recurrent one.
    Recurrent(StreamingRnn),
    /// One with a fixed window.
    Window(StreamingWindow),
}

/// What a network's symbols stand for.
#[derive(Debug, Clone)]
pub enum Symbols {
    /// Bytes.
    Bytes,
    /// Words.
    Words(WordVocabulary),
}

/// A document as a model of any kind has read it so far: the model and its state.
#[derive(Debug, Clone)]
pub enum Reading<'m, B> {
    /// By a recurrent network.
    Recurrent(&'m StreamingRnn, RnnState),
    /// By a network with a fixed window.
    Window(&'m StreamingWindow, <StreamingWindow as LanguageModel>::State),
    /// By an n-gram model.
    Ngram(&'m ngram::Model<B>, ngram::State),
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
        let network = match stored.shape {
            NetworkShape::Rnn(shape) => {
                let network = StreamingRnn::new(shape, &stored.parameters);
                check_sound(&network)?;
                AnyNetwork::Recurrent(network)
            }
            NetworkShape::Window(shape) => {
                let network = StreamingWindow::new(shape, &stored.parameters);
                check_sound(&network)?;
                AnyNetwork::Window(network)
            }
        };
        let symbols = match stored.words {
            Some(words) => Symbols::Words(words),
            None if stored.shape.vocabulary() == BYTES => Symbols::Bytes,
            None => return Err(FormatError::NotBytes(stored.shape.vocabulary())),
        };
        Ok(Self::Network(network, symbols))
    }

    /// Whether its symbols are bytes; else they are words.
    pub(crate) fn is_over_bytes(&self) -> bool {
        matches!(self, Self::Network(_, Symbols::Bytes))
    }

    /// The symbol of a sentence's end; models over bytes have none.
    pub fn sentence_end(&self) -> Option<Symbol> {
        match self {
            Self::Network(_, Symbols::Bytes) => None,
            Self::Network(_, Symbols::Words(_)) => Some(SENTENCE_END),
            Self::Ngram(_) => Some(ngram::END),
        }
    }
}

impl<B: AsRef<[u8]>> AnyModel<B> {
    /// Symbols it reads and predicts.
    pub fn vocabulary(&self) -> usize {
        match self {
            Self::Network(AnyNetwork::Recurrent(model), _) => model.vocabulary(),
            Self::Network(AnyNetwork::Window(model), _) => model.vocabulary(),
            Self::Ngram(model) => model.vocabulary(),
        }
    }

    /// A document's start.
    pub fn start(&self) -> Reading<'_, B> {
        match self {
            Self::Network(AnyNetwork::Recurrent(model), _) => Reading::Recurrent(model, model.start()),
            Self::Network(AnyNetwork::Window(model), _) => Reading::Window(model, model.start()),
            Self::Ngram(model) => Reading::Ngram(model, model.start()),
        }
    }

    /// How a symbol is written; `None` for a byte, and for symbols that stand for no word of their own: the ends of
    /// sentences and unknown words.
    pub fn word(&self, symbol: Symbol) -> Option<&str> {
        let is_word = |last_mark| symbol > last_mark && (symbol as usize) < self.vocabulary();
        match self {
            Self::Network(_, Symbols::Bytes) => None,
            Self::Network(_, Symbols::Words(words)) => is_word(UNLISTED).then(|| words.word(symbol)),
            Self::Ngram(model) => {
                is_word(ngram::END).then(|| ngram::vocabulary::text_word(model.spelling(symbol)))
            }
        }
    }

    /// `text` as symbols: its bytes, or its words with the end of each sentence. `tokenizer` cuts the words.
    pub fn encode(&self, text: &str, tokenizer: Tokenizer) -> Vec<Symbol> {
        match self {
            Self::Network(_, Symbols::Bytes) => text.bytes().map(Symbol::from).collect(),
            Self::Network(_, Symbols::Words(words)) => {
                encode(text, tokenizer, SENTENCE_END, |word| words.symbol(word))
            }
            Self::Ngram(model) => encode(text, tokenizer, ngram::END, |word| model.word_id(word)),
        }
    }

    /// `text` as symbols to go on from: as [`encode`](Self::encode), but its last sentence stays open unless a line break ends it.
    pub fn encode_prompt(&self, text: &str, tokenizer: Tokenizer) -> Vec<Symbol> {
        let mut symbols = self.encode(text, tokenizer);
        if self.sentence_end().is_some() && !text.ends_with('\n') {
            symbols.pop();
        }
        symbols
    }

    /// How surprised the model is by `text` as a document from its start: by its bytes, or by its words and sentence ends.
    pub fn surprise(&self, text: &str, tokenizer: Tokenizer) -> Surprise {
        let mut reading = self.start();
        let mut nats = 0.0;
        for symbol in self.encode(text, tokenizer) {
            nats -= reading.log_prob(symbol);
            reading.advance(symbol);
        }
        Surprise { bits: nats / std::f64::consts::LN_2, bytes: text.len() }
    }
}

impl<B: AsRef<[u8]>> Reading<'_, B> {
    /// As [`LanguageModel::advance`].
    pub fn advance(&mut self, symbol: Symbol) {
        match self {
            Self::Recurrent(model, state) => model.advance(state, symbol),
            Self::Window(model, state) => model.advance(state, symbol),
            Self::Ngram(model, state) => model.advance(state, symbol),
        }
    }

    /// As [`LanguageModel::log_prob`].
    pub fn log_prob(&self, symbol: Symbol) -> f64 {
        match self {
            Self::Recurrent(model, state) => model.log_prob(state, symbol),
            Self::Window(model, state) => model.log_prob(state, symbol),
            Self::Ngram(model, state) => model.log_prob(state, symbol),
        }
    }

    /// As [`LanguageModel::log_probs`].
    pub fn log_probs(&self, log_probs: &mut [f32]) {
        match self {
            Self::Recurrent(model, state) => model.log_probs(state, log_probs),
            Self::Window(model, state) => model.log_probs(state, log_probs),
            Self::Ngram(model, state) => model.log_probs(state, log_probs),
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
            let mut reading = model.start();
            let mut nats = 0.0;
            for symbol in model.encode(TEXT, Tokenizer::Whitespace) {
                reading.log_probs(&mut log_probs);
                let sum: f64 = log_probs.iter().map(|&value| f64::from(value).exp()).sum();
                assert!((sum - 1.0).abs() < 1e-5, "{name}: {sum}");
                for (symbol, &log_prob) in (0..).zip(&log_probs) {
                    let (alone, log_prob) = (reading.log_prob(symbol), f64::from(log_prob));
                    assert!(
                        alone == log_prob || (alone - log_prob).abs() < 1e-5,
                        "{name}: {alone} {log_prob}"
                    );
                }
                nats -= f64::from(log_probs[symbol as usize]);
                reading.advance(symbol);
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
            assert_eq!(model.word(Symbol::MAX), None, "{name}");
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
