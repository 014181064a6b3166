//! Whether the text is in a language that the LSTM knows. If not, what it makes up is noise, and only words of the document and of the
//! writer are offered.
//!
//! `whatlang` and the script say where a text may be foreign. Then the evidence is what the writer's texts were in, and the bits that the
//! LSTM needs for a byte. A verdict depends on the text alone, not on how the cursor came there.

use std::ops::Range;

use crate::counts::personal::Personal;
use crate::words::script::ends_outside_latin;
use crate::words::word::{levelled, words_in};

/// Bits for a byte from which on a language is unknown. The base model needs 1.5 to 2.7 for English and 3.6 for German.
const UNKNOWN: f64 = 3.0;
/// Bytes over which these bits are measured: the last whole block of so many.
const BLOCK: usize = 64;
/// Bytes of text that are looked at.
const RECENT: usize = 400;
/// Letters of Latin script that a language is told by, at least.
const LETTERS: usize = 50;
/// Words that tell whether the writer's texts were in this language.
const WORDS: usize = 12;

/// What is known of the language at the cursor.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Language {
    /// Whether the text up to a place is in another language than English. The place, an anchor and a position, ends a block.
    judged: Option<((usize, usize), bool)>,
    /// The bits for a byte of the block that ends at a place.
    measured: Option<((usize, usize), f64)>,
}

impl Language {
    /// The text before the cursor may have changed.
    pub(super) fn leave(&mut self) {
        *self = Self::default();
    }

    /// Whether the language of the word that begins at `start` of the context, which begins at `anchor`, is unknown; judged at every block. `bits` measures those
    /// that the LSTM needs for a byte of a range of the context.
    pub(super) fn is_foreign(
        &mut self,
        (anchor, start): (usize, usize),
        context: &str,
        personal: &Personal,
        bits: impl FnOnce(Range<usize>) -> f64,
    ) -> bool {
        let boundary = |at: usize| (at..=start).find(|&at| context.is_char_boundary(at)).unwrap_or(start);
        let block = boundary((start / BLOCK).saturating_sub(1) * BLOCK)..boundary(start / BLOCK * BLOCK);
        let place = (anchor, block.end);
        let kept = self.judged.filter(|(of, _)| *of == place);
        let judge = || (place, is_other_than_english(recent(&context[..block.end])));
        let (_, is_other) = *self.judged.insert(kept.unwrap_or_else(judge));
        if !is_other && !ends_outside_latin(context) || is_known_to(personal, recent(&context[..start])) {
            return false;
        }
        let kept = self.measured.filter(|(of, _)| *of == place);
        let measured = kept.or_else(|| (!block.is_empty()).then(|| (place, bits(block))));
        self.measured = measured;
        measured.is_none_or(|(_, bits)| bits >= UNKNOWN)
    }
}

/// Whether most of the last words of a text were in the documents that the writer's model was trained on.
fn is_known_to(personal: &Personal, text: &str) -> bool {
    if personal.documents().is_empty() {
        return false;
    }
    let words: Vec<&str> = words_in(text).collect();
    let last = &words[words.len().saturating_sub(WORDS)..];
    let is_learned = |word: &&&str| {
        let word = levelled(word);
        personal.is_learned(&word) || personal.is_learned(&word.to_lowercase())
    };
    2 * last.iter().filter(is_learned).count() > last.len()
}

/// The end of a context: its last paragraph if that is long enough.
fn recent(context: &str) -> &str {
    let low = context.len().saturating_sub(RECENT);
    let low = (low..=context.len()).find(|&at| context.is_char_boundary(at)).unwrap_or(0);
    let text = &context[low..];
    let paragraph = text.trim_end().rfind('\n').map_or(text, |at| &text[at + 1..]);
    if letters(paragraph) >= LETTERS { paragraph } else { text }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// Whether a text is written in another language than English, as far as can be told.
fn is_other_than_english(text: &str) -> bool {
    ends_outside_latin(text)
        || (letters(text) >= LETTERS
            && whatlang::detect(text)
                .is_some_and(|found| found.lang() != whatlang::Lang::Eng && found.is_reliable()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: &str = "Wir haben gestern lange über das neue Haus gesprochen, und meine Schwester sagte, dass der Garten schöner sei.";
    const ENGLISH: &str = "Yesterday we talked for a long time about the new house, and my sister said that the garden was nicer.";

    fn foreign(text: &str, personal: &Personal, bits: f64) -> bool {
        Language::default().is_foreign((0, text.len()), text, personal, |_| bits)
    }

    #[test]
    fn a_language_is_foreign_by_its_words_or_script_unless_the_lstm_reads_it_well() {
        for (text, bits, expected) in [
            (GERMAN, 4.0, true),
            (GERMAN, 2.0, false),
            (ENGLISH, 4.0, false),
            (ENGLISH, 1.5, false),
            ("При", 4.0, true),
            ("При", 1.0, true),
            (&GERMAN[..70], 4.0, true),
            ("오늘은 날씨가 정말 좋아서 산책을 했다. 내일은", 15.0, true),
            ("오늘은 날씨가 정말 좋아서 산책을 했다. 내일은", 1.0, false),
            ("bess", 4.0, false),
            ("", 4.0, false),
        ] {
            assert_eq!(foreign(text, &Personal::default(), bits), expected, "{text} {bits}");
        }
    }

    #[test]
    fn a_language_of_the_writers_texts_is_known() {
        let mut personal = Personal::default();
        assert!(foreign(GERMAN, &personal, 4.0));
        personal.learn_documents([("haus", GERMAN)]);
        assert!(!foreign(GERMAN, &personal, 4.0));
        assert!(foreign("오늘은 날씨가 정말 좋아서 산책을 했다. 내일은", &personal, 15.0));
    }

    #[test]
    fn a_block_is_measured_once_and_ends_at_whole_characters() {
        let text = "я".repeat(100);
        let mut language = Language::default();
        let mut measure = |start: usize| {
            let mut range = None;
            language.is_foreign((0, start), &text[..start], &Personal::default(), |of| {
                range = Some(of);
                9.0
            });
            range
        };
        assert_eq!(measure(62), None);
        assert_eq!(measure(130), Some(64..128));
        assert_eq!(measure(150), None, "known");
        assert_eq!(measure(192), Some(128..192));
    }
}
