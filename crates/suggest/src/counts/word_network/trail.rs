//! The tokens of the open document up to the cursor, and the word network's state behind them.
//!
//! A state depends on the text alone, not on how the cursor came there: it begins at a line, or at a whole number of tokens within a long
//! one, some way back.

use super::{Token, WordNetwork};
use crate::counts::distribution::Distribution;
use crate::words::context::WordHistory;
use model::word_rnn::WordState;

/// Tokens that a state has read at least, where there are so many.
const LEAST: usize = 64;
/// Tokens after which a state may begin within a line.
const STRIDE: usize = 64;

/// The tokens so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail {
    tokens: Vec<Token>,
    /// Where a state may begin.
    starts: Vec<usize>,
    /// The hash of the last word.
    last_word: Option<u64>,
    /// The last state asked for: where it begins, how many tokens it has read, and itself.
    kept: Option<(usize, usize, WordState)>,
}

impl Trail {
    /// A word has come after `history`; `hash` is that of its token. `token_of` gives a token by its hash.
    pub(crate) fn pass_word(
        &mut self,
        network: &WordNetwork,
        history: &WordHistory,
        hash: u64,
        token_of: impl Fn(u64) -> Token,
    ) {
        if let Some(mark) = self.mark_before(history) {
            self.push(token_of(mark), network);
        }
        self.push(token_of(hash), network);
        self.last_word = Some(hash);
    }

    /// What stands between the last word and a place, if it is a token.
    fn mark_before(&self, history: &WordHistory) -> Option<u64> {
        // At the start of a document stands a line break that is in no text.
        self.last_word.and_then(|last| history.tokens().first().copied().filter(|&newest| newest != last))
    }

    fn push(&mut self, token: Token, network: &WordNetwork) {
        let since = self.starts.last().copied().unwrap_or(0);
        if token == network.line_break() || self.tokens.len() - since == STRIDE {
            self.starts.push(self.tokens.len());
        }
        self.tokens.push(token);
    }

    /// The distribution over the words that may come after `history`, the one at the end of the text so far.
    pub(crate) fn place(
        &mut self,
        network: &WordNetwork,
        history: &WordHistory,
        token_of: impl Fn(u64) -> Token,
    ) -> Distribution {
        let length = self.tokens.len();
        let start = self.starts.iter().rev().copied().find(|&start| start + LEAST <= length).unwrap_or(0);
        let kept = self.kept.take().filter(|&(from, read, _)| from == start && read <= length);
        let (read, state) = kept.map_or((start, None), |(_, read, state)| (read, Some(state)));
        let state = network.read(state, &self.tokens[read..]);
        let here: Vec<Token> = self.mark_before(history).map(token_of).into_iter().collect();
        let place = network.place(&network.read(Some(state.clone()), &here));
        self.kept = Some((start, length, state));
        place
    }
}

#[cfg(test)]
mod tests {
    use crate::counts::background::Background;
    use crate::counts::document_words::DocumentWords;
    use crate::counts::personal::Personal;

    /// P of `word` at the end of a text, by the base model's network, asked for at each of these places on the way.
    fn probability(text: &str, places: impl Fn(usize) -> bool, word: &str) -> f32 {
        let mut personal = Personal::new(Background::base());
        let mut document = DocumentWords::default();
        for (at, c) in text.char_indices() {
            if places(at) {
                document.foresee(&personal);
            }
            document.read(&mut personal, c, |_, _| false);
        }
        let number = Background::base().unwrap().number(word).unwrap();
        document.foresee(&personal).unwrap().probability(number)
    }

    #[test]
    fn what_is_foreseen_depends_on_the_text_alone() {
        let line = "We walked down to the harbour, and the boats were still there. ";
        for text in ["", "Then we ", &line.repeat(9), &format!("{}\n{}and ", line.repeat(2), line.repeat(4))]
        {
            let expected = probability(text, |_| false, "the");
            assert!(expected > 0.0 && expected < 1.0);
            assert_eq!(probability(text, |_| true, "the"), expected, "{text}");
            assert_eq!(probability(text, |at| at % 97 == 0, "the"), expected, "{text}");
        }
    }

    #[test]
    fn the_marks_before_a_word_count() {
        let after = |text: &str| probability(text, |_| false, "and");
        assert_ne!(after("It was late "), after("It was late, "));
        assert_ne!(after("It was late. "), after("It was late.\n"));
        assert_eq!(after("It was late, "), after("IT was  late,  "));
    }

    #[test]
    fn what_stands_far_above_does_not_count() {
        let far = "The sea was calm. ".repeat(20);
        let near =
            "\nWe had bread and cheese for supper, and went to bed early because of the long day. ".repeat(6);
        let after = |above: &str| probability(&format!("{above}{near}"), |_| false, "and");
        assert_eq!(after(&far), after(""), "a state begins some lines above");
    }
}
