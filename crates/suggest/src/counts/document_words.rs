//! The words of the open document up to the cursor: where they begin, which were used, and how sentences open.

use crate::counts::cases::CaseShares;
use crate::counts::distribution::Distribution;
use crate::counts::personal::Personal;
use crate::counts::recency::Recency;
use crate::counts::registers::DocumentRegisters;
use crate::counts::word_network::Trail;
use crate::words::context::{Reader, WordHistory};
use crate::words::word::end_of_word;

/// Sentences that tell whether the writer uses capitals, and the share that may have one all the same.
const SENTENCES: f32 = 3.0;
const SOME: f32 = 0.2;

/// The words of a document up to the cursor.
#[derive(Debug, Clone, Default)]
pub(crate) struct DocumentWords {
    reader: Reader,
    recency: Recency,
    registers: DocumentRegisters,
    ahead: Ahead,
    /// Sentences seen to open, and those of them with a capital.
    openings: (f32, f32),
    /// The apostrophe of the last word that has one.
    apostrophe: Option<Apostrophe>,
    has_curly_quotes: bool,
}

/// What the word network has read of a text, and what it foresees.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ahead(Trail);

impl Ahead {
    /// Reads `word`, which has come after `history`.
    pub(crate) fn pass_word(&mut self, personal: &Personal, history: &WordHistory, word: &str) {
        if let Some(background) = personal.lexicon.background() {
            background.pass_word(&mut self.0, history, word);
        }
    }

    /// The distribution over the words that may come after `history`.
    pub(crate) fn foresee(&mut self, personal: &Personal, history: &WordHistory) -> Option<Distribution> {
        personal.lexicon.background()?.foresee(&mut self.0, history)
    }
}

/// How a writer types the apostrophe within words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Apostrophe {
    /// `'`
    Straight,
    /// `’`
    Curly,
}

impl Apostrophe {
    /// The one that a character is.
    fn of(c: char) -> Option<Self> {
        match c {
            '\'' => Some(Self::Straight),
            '\u{2019}' => Some(Self::Curly),
            _ => None,
        }
    }

    /// A levelled word as this writer types it.
    pub(crate) fn spell(self, word: &str) -> String {
        match self {
            Self::Straight => word.to_owned(),
            Self::Curly => word.replace('\'', "\u{2019}"),
        }
    }
}

impl DocumentWords {
    /// Reads one character, and counts the word it finishes unless that is secret; `is_secret` is as for [`Reader::read_unless`].
    pub(crate) fn read(
        &mut self,
        personal: &mut Personal,
        c: char,
        is_secret: impl FnOnce(&str, &str) -> bool,
    ) {
        if !self.reader.extends(c) {
            let open = self.reader.word();
            let word = &open[..end_of_word(open)];
            self.apostrophe = word.chars().rev().find_map(Apostrophe::of).or(self.apostrophe);
            if matches!(c, '\u{201c}' | '\u{201d}' | '\u{201e}') {
                self.has_curly_quotes = true;
            }
        }
        for (history, word) in self.reader.read_unless(c, is_secret) {
            if history.opens_sentence() && word.starts_with(char::is_alphabetic) {
                self.openings.0 += 1.0;
                self.openings.1 += f32::from(word.starts_with(char::is_uppercase));
            }
            if let Some(background) = personal.lexicon.background() {
                background.credit(&mut self.registers, &history, &word);
            }
            self.ahead.pass_word(personal, &history, &word);
            let number = personal.number_of(&history, &word);
            self.recency.add(&history, number);
        }
    }

    /// Forgets a word, in any case, until it is used again.
    pub(crate) fn forget(&mut self, personal: &Personal, word: &str) {
        for number in personal.spellings(word) {
            self.recency.forget(number);
        }
    }

    /// The history before the word at the cursor.
    pub(crate) fn here(&self) -> WordHistory {
        self.reader.here()
    }

    /// The typed part of the word at the cursor, as it is written.
    pub(crate) fn word(&self) -> &str {
        self.reader.word()
    }

    /// Whether one more character would go on with the word at the cursor, or begin one.
    pub(crate) fn extends(&self, c: char) -> bool {
        self.reader.extends(c)
    }

    /// How apostrophes are typed here: as in the last word that has one, the one at the cursor included; else as quotation marks are.
    pub(crate) fn apostrophe(&self) -> Apostrophe {
        let here = self.reader.word().chars().rev().find_map(Apostrophe::of);
        let by_quotes = if self.has_curly_quotes { Apostrophe::Curly } else { Apostrophe::Straight };
        here.or(self.apostrophe).unwrap_or(by_quotes)
    }

    /// Whether sentences open in lower case here, as far as some are there to tell.
    pub(crate) fn leaves_out_capitals(&self) -> bool {
        let (openings, capitals) = self.openings;
        openings >= SENTENCES && capitals <= SOME * openings
    }

    /// Takes back the last characters of the word at the cursor, so that `length` bytes are left; not all of it.
    pub(crate) fn shorten(&mut self, length: usize) {
        self.reader.shorten(length);
    }

    /// How often a word was used in this spelling, late uses counting most.
    pub(crate) fn count(&self, personal: &Personal, word: &str) -> f32 {
        let number = personal.lexicon.number(word);
        number.map_or(0.0, |number| self.recency.counts().alone(number).count / self.recency.unit())
    }

    /// The words used.
    pub(crate) fn recency(&self) -> &Recency {
        &self.recency
    }

    /// The registers of English that the document resembles.
    pub(crate) fn registers(&self) -> &DocumentRegisters {
        &self.registers
    }

    /// The word network's distribution over the word at the cursor.
    pub(crate) fn foresee(&mut self, personal: &Personal) -> Option<Distribution> {
        let history = self.here();
        self.ahead.foresee(personal, &history)
    }

    /// The word network's state at the cursor, to be read on from.
    pub(crate) fn ahead(&self) -> Ahead {
        self.ahead.clone()
    }

    /// The share of a word's probability that goes to other cases than the one it is counted in. Whether sentences open with a capital
    /// is estimated from the document.
    pub(crate) fn case_shares(&self, history: &WordHistory) -> CaseShares {
        if history.opens_sentence() {
            let (openings, capitals) = self.openings;
            CaseShares { capitalised: (capitals + 3.6) / (openings + 4.0) * 0.99, capitals: 0.002 }
        } else {
            CaseShares { capitalised: 0.01, capitals: 0.002 }
        }
    }
}
