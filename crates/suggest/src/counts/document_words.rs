//! The words of the open document up to the cursor: where they begin, which were used, and how sentences open.

use crate::counts::cases::CaseShares;
use crate::counts::personal::Personal;
use crate::counts::recency::Recency;
use crate::words::context::{Reader, WordHistory};

/// The words of a document up to the cursor.
#[derive(Debug, Clone, Default)]
pub(crate) struct DocumentWords {
    reader: Reader,
    recency: Recency,
    /// Sentences seen to open, and those of them with a capital.
    openings: (f32, f32),
}

impl DocumentWords {
    /// Reads one byte, and takes in the words it finishes unless the run they are of is secret.
    pub(crate) fn read(&mut self, personal: &mut Personal, byte: u8, is_secret: impl FnOnce(&str) -> bool) {
        for (history, word) in self.reader.read_unless(byte, is_secret) {
            if history.opens_sentence() && word.starts_with(char::is_alphabetic) {
                self.openings.0 += 1.0;
                self.openings.1 += f32::from(word.starts_with(char::is_uppercase));
            }
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

    /// The typed part of the word at the cursor.
    pub(crate) fn word(&self) -> &[u8] {
        self.reader.word()
    }

    /// Takes back the last bytes of the word at the cursor, so that `length` are left; not all of it.
    pub(crate) fn shorten(&mut self, length: usize) {
        self.reader.shorten(length);
    }

    /// The words used.
    pub(crate) fn recency(&self) -> &Recency {
        &self.recency
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
