//! What the text around the cursor says about the words that may stand there.

use std::collections::BTreeSet;

use crate::words::line::LineStart;
use crate::words::verbatim;
use crate::words::word::prefix;

/// What is known of a place before its words are ranked.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Surroundings {
    /// Where no prose is written (code, an address, a name behind `@`): the words of such places before, the only ones to be offered.
    pub(super) verbatim: Option<BTreeSet<String>>,
    /// Where a line begins, what began the lines before.
    pub(super) line_start: Option<LineStart>,
    /// Whether the text is in a language that the LSTM does not know.
    pub(super) is_foreign: bool,
    /// Whether the word before opens a sentence, so that a capital of it says nothing.
    pub(super) follows_opening: bool,
}

impl Surroundings {
    /// Of the word that begins at `start` of `text`, which ends at the cursor. `is_cut`: the text begins within a document.
    pub(super) fn of(text: &str, start: usize, is_cut: bool, is_foreign: bool) -> Self {
        Self {
            verbatim: verbatim::words_of_place(text, start, is_cut),
            line_start: LineStart::of(&text[..start]),
            is_foreign,
            follows_opening: follows_opening(&text[..start]),
        }
    }

    /// Whether words of the LSTM may stand here that are no words of the document.
    pub(super) fn has_prose(&self) -> bool {
        self.verbatim.is_none() && !self.is_foreign
    }
}

/// Whether the last word of `before` opens a sentence.
fn follows_opening(before: &str) -> bool {
    let to_word = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    let before = to_word[..to_word.len() - prefix(to_word).len()]
        .trim_end_matches([' ', '"', '(', '\u{201c}', '\u{2018}']);
    before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n', '-', '*', '#', '>'])
}
