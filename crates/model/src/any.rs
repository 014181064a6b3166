//! A model of any kind, and the text that its symbols stand for.
//!
//! What a file holds is known only when it is open: a network over bytes, a network over words, an n-gram model. All are
//! one [`LanguageModel`] here, so that what scores text or writes on need not know which it has.

use std::io;

use super::LanguageModel;
use super::format::{FormatError, NetworkShape, read_network};
use super::ngram::{self, Tokenizer, WordModel as _};
use super::rnn::{BYTES, RnnState, StreamingRnn};
use super::soundness::check_sound;
use super::window::StreamingWindow;
use super::words::{SENTENCE_END, UNLISTED, WordVocabulary};

/// A network of any kind.
#[derive(Debug, Clone)]
pub enum AnyNetwork {
    /// Recurrent.
    Recurrent(StreamingRnn),
    /// With a fixed window.
    Window(StreamingWindow),
}

/// A model of any kind. `B` is what holds the bytes of an n-gram file.
#[derive(Debug, Clone)]
pub enum AnyModel<B> {
    /// A network over bytes.
    Bytes(AnyNetwork),
    /// A network over words.
    Words {
        /// The network.
        network: AnyNetwork,
        /// Which symbol is which word.
        words: WordVocabulary,
    },
    /// An n-gram model, over words.
    Ngram(ngram::Model<B>),
}

/// What a model of any kind remembers.
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

impl AnyNetwork {
    fn start(&self) -> AnyState {
        match self {
            Self::Recurrent(network) => AnyState::Recurrent(network.start()),
            Self::Window(network) => AnyState::Window(network.start()),
        }
    }

    fn vocabulary(&self) -> usize {
        match self {
            Self::Recurrent(network) => network.vocabulary(),
            Self::Window(network) => network.vocabulary(),
        }
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
            NetworkShape::Rnn(shape) => AnyNetwork::Recurrent(StreamingRnn::new(shape, &stored.parameters)),
            NetworkShape::Window(shape) => {
                AnyNetwork::Window(StreamingWindow::new(shape, &stored.parameters))
            }
        };
        match &network {
            AnyNetwork::Recurrent(network) => check_sound(network)?,
            AnyNetwork::Window(network) => check_sound(network)?,
        }
        match stored.words {
            Some(words) => Ok(Self::Words { network, words }),
            None if network.vocabulary() == BYTES => Ok(Self::Bytes(network)),
            None => Err(FormatError::NotBytes(network.vocabulary())),
        }
    }

    /// Whether its symbols are bytes; else they are words.
    pub(crate) fn is_over_bytes(&self) -> bool {
        matches!(self, Self::Bytes(_))
    }

    /// The symbol of a sentence's end; models over bytes have none.
    pub fn sentence_end(&self) -> Option<usize> {
        match self {
            Self::Bytes(_) => None,
            Self::Words { .. } => Some(SENTENCE_END as usize),
            Self::Ngram(_) => Some(ngram::END as usize),
        }
    }
}

impl<B: AsRef<[u8]>> AnyModel<B> {
    /// How a symbol is written; `None` for a byte, and for symbols that stand for no word of their own: the ends of
    /// sentences and unknown words.
    pub fn word(&self, symbol: usize) -> Option<&str> {
        match self {
            Self::Bytes(_) => None,
            Self::Words { words, .. } => {
                let is_word = symbol < words.len() && symbol > UNLISTED as usize;
                is_word.then(|| words.word(symbol))
            }
            Self::Ngram(model) => {
                let is_word = symbol < model.vocabulary_len() && symbol > ngram::END as usize;
                is_word.then(|| ngram::vocabulary::text_word(model.spelling(symbol as u32)))
            }
        }
    }

    /// `text` as symbols: its bytes, or its words with the end of each sentence. `tokenizer` cuts the words.
    ///
    /// # Panics
    /// Never: memory is read without errors.
    pub fn encode(&self, text: &str, tokenizer: Tokenizer) -> Vec<usize> {
        let Some(end) = self.sentence_end() else {
            return text.bytes().map(usize::from).collect();
        };
        let mut symbols = Vec::new();
        let read = tokenizer.sentences::<io::Error>(text.as_bytes(), |words| {
            symbols.extend(words.iter().map(|word| match self {
                Self::Bytes(_) => unreachable!("bytes have no sentence ends"),
                Self::Words { words, .. } => words.symbol(word) as usize,
                Self::Ngram(model) => model.word_id(word) as usize,
            }));
            symbols.push(end);
            Ok(())
        });
        read.expect("memory is read without errors");
        symbols
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
            return f64::from(model.score(state, symbol as u32).log10) * std::f64::consts::LN_10;
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

impl<B: AsRef<[u8]>> LanguageModel for AnyModel<B> {
    type State = AnyState;

    fn vocabulary(&self) -> usize {
        match self {
            Self::Bytes(network) | Self::Words { network, .. } => network.vocabulary(),
            Self::Ngram(model) => model.vocabulary_len(),
        }
    }

    fn start(&self) -> AnyState {
        match self {
            Self::Bytes(network) | Self::Words { network, .. } => network.start(),
            Self::Ngram(model) => AnyState::Ngram(model.start()),
        }
    }

    /// # Panics
    /// When the state is another model's.
    fn advance(&self, state: &mut AnyState, symbol: usize) {
        match (self, state) {
            (Self::Ngram(model), AnyState::Ngram(state)) if symbol == ngram::END as usize => {
                *state = model.start();
            }
            (Self::Ngram(model), AnyState::Ngram(state)) => {
                model.advance(state, symbol as u32);
            }
            (Self::Bytes(network) | Self::Words { network, .. }, state) => match (network, state) {
                (AnyNetwork::Recurrent(network), AnyState::Recurrent(state)) => {
                    network.advance(state, symbol);
                }
                (AnyNetwork::Window(network), AnyState::Window(state)) => network.advance(state, symbol),
                _ => unreachable!("a state is its own model's"),
            },
            _ => unreachable!("a state is its own model's"),
        }
    }

    /// # Panics
    /// When the state is another model's.
    fn log_probs(&self, state: &AnyState, log_probs: &mut [f32]) {
        match (self, state) {
            (Self::Ngram(model), AnyState::Ngram(state)) => {
                model.distribution(state, log_probs);
                for value in log_probs {
                    *value *= std::f32::consts::LN_10;
                }
            }
            (Self::Bytes(network) | Self::Words { network, .. }, state) => match (network, state) {
                (AnyNetwork::Recurrent(network), AnyState::Recurrent(state)) => {
                    network.log_probs(state, log_probs);
                }
                (AnyNetwork::Window(network), AnyState::Window(state)) => network.log_probs(state, log_probs),
                _ => unreachable!("a state is its own model's"),
            },
            _ => unreachable!("a state is its own model's"),
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
