//! What the text around the cursor says about the words that may stand there.

use std::collections::BTreeSet;

use crate::words::line::LineStart;
use crate::words::verbatim;

/// What is known of a place before its words are ranked.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Surroundings {
    /// Where no prose is written (code, an address, a name behind `@`): the words of such places before, the only ones to be offered.
    pub(super) verbatim: Option<BTreeSet<String>>,
    /// Where a line begins, what began the lines before.
    pub(super) line_start: Option<LineStart>,
    /// Whether the text is in a language that the LSTM does not know.
    pub(super) is_foreign: bool,
}

impl Surroundings {
    /// Of the word that begins at `start` of `text`, which ends at the cursor. `is_cut`: the text begins within a document.
    pub(super) fn of(text: &str, start: usize, is_cut: bool, is_foreign: bool) -> Self {
        Self {
            verbatim: verbatim::words_of_place(text, start, is_cut),
            line_start: LineStart::of(&text[..start]),
            is_foreign,
        }
    }

    /// Whether words of the LSTM may stand here that are no words of the document.
    pub(super) fn has_prose(&self) -> bool {
        self.verbatim.is_none() && !self.is_foreign
    }
}
