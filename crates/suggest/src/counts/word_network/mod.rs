//! The network over words, in the numbers of the background's words: P(word) from all of the last few dozen words, where counts have two.

mod trail;

use crate::counts::distribution::Distribution;
use crate::words::context;
use model::format::FormatError;
use model::word_rnn::WordState;
use model::{LanguageModel as _, Symbol, WordRnn};

pub(crate) use trail::Trail;

/// The tokens of the network for all words that have none of their own, and for a line break.
const RARE: &str = "<rare>";
const BREAK: &str = "<break>";

/// Number of a token that the background does not know.
const NONE: Symbol = Symbol::MAX;

/// A token of the network.
pub(crate) type Token = u16;

/// The network, and which of its tokens is which word of the background.
#[derive(Debug)]
pub(crate) struct WordNetwork {
    model: WordRnn,
    /// The background's number of each token.
    numbers: Vec<Symbol>,
    /// The token of each of the background's numbers.
    tokens: Vec<Token>,
    rare: Token,
    line_break: Token,
}

impl WordNetwork {
    /// Reads a network's file. The background has `vocabulary` words and marks; `number_of` finds the number of one.
    ///
    /// # Errors
    /// As [`WordRnn::open`], and if the network has not the tokens that any text may need.
    pub(crate) fn open(
        bytes: &[u8],
        vocabulary: usize,
        number_of: impl Fn(&str) -> Option<Symbol>,
    ) -> Result<Self, FormatError> {
        let model = WordRnn::open(bytes)?;
        let names = model.tokens();
        let token_of = |name: &str| {
            let at = names.iter().rposition(|token| token == name).and_then(|at| Token::try_from(at).ok());
            at.ok_or(FormatError::Words { symbols: names.len(), words: names.len() })
        };
        let (rare, line_break) = (token_of(RARE)?, token_of(BREAK)?);
        let name_there = |name: &str| if name == BREAK { context::BREAK } else { name }.to_owned();
        let numbers: Vec<Symbol> =
            names.iter().map(|name| number_of(&name_there(name)).unwrap_or(NONE)).collect();
        let mut tokens = vec![rare; vocabulary];
        for (token, &number) in (0..).zip(&numbers) {
            if let Some(known) = tokens.get_mut(number as usize) {
                *known = token;
            }
        }
        Ok(Self { model, numbers, tokens, rare, line_break })
    }

    /// The token of a number of the background.
    pub(crate) fn token(&self, number: Symbol) -> Token {
        self.tokens.get(number as usize).copied().unwrap_or(self.rare)
    }

    /// The token of a line break.
    pub(crate) fn line_break(&self) -> Token {
        self.line_break
    }

    /// The state after `tokens`, from `state` on, or from a document's start.
    fn read(&self, state: Option<WordState>, tokens: &[Token]) -> WordState {
        let mut state = state.unwrap_or_else(|| self.model.start());
        for &token in tokens {
            self.model.advance(&mut state, token.into());
        }
        state
    }

    /// The distribution over the background's words in a state.
    fn place(&self, state: &WordState) -> Distribution {
        let mut probabilities = vec![0.0; self.tokens.len()];
        for (&number, by_network) in self.numbers.iter().zip(self.model.probabilities(state)) {
            if let Some(probability) = probabilities.get_mut(number as usize) {
                *probability = by_network;
            }
        }
        Distribution::new(probabilities)
    }
}
