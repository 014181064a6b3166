//! Whether the text is in a language that the LSTM knows. If not, what it makes up is noise, and only words of the document and of the
//! writer are offered.
//!
//! The script, the last words (`tongue`) and `whatlang` say where a text may be foreign. Then the evidence is what the writer's texts were
//! in, and the bits that the LSTM needs for a byte. A verdict depends on the text alone, not on how the cursor came there.

use std::ops::Range;

use super::tongue::{self, Tongue};
use crate::counts::personal::Personal;
use crate::words::script::ends_outside_latin;
use crate::words::word::{levelled, words_in};

/// Bits for a byte from which on a language is unknown. The base model needs 1.5 to 2.7 for English and 3.6 for German.
const UNKNOWN: f64 = 3.0;
/// The same where the last words leave no doubt, and P(another language) by them from which on they do not.
const UNKNOWN_BY_WORDS: f64 = 2.4;
const NO_DOUBT: f64 = 0.99;
/// Bytes over which these bits are measured: the last whole block of so many.
const BLOCK: usize = 64;
/// The same where the last words tell: bytes at most, of the stretch in another language, and how far apart these measurements are.
const LAST: usize = 32;
const STEP: usize = 16;
/// So few bytes of it are measured up to the word.
const FEW: usize = 8;
/// P(another language) by the last words, from which on they tell, and below which they tell that it is English again.
const TOLD: f64 = 0.5;
const ENGLISH: f64 = 0.25;
/// Bytes of text that are looked at.
const RECENT: usize = 400;
/// Letters of Latin script that a language is told by, at least.
const LETTERS: usize = 50;
/// Words that tell whether the writer's texts were in this language.
const WORDS: usize = 12;

/// A place: an anchor, and a range of the context that begins there.
type Place = (usize, Range<usize>);

/// What is known of the language at the cursor.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Language {
    /// Whether the text up to a block's end is in another language than English, as `whatlang` says.
    judged: Option<(Place, bool)>,
    /// What the last words before a place tell; where the stretch begins, in bytes of the context.
    told: Option<(Place, Tongue)>,
    /// The bits for a byte of a range.
    measured: Option<(Place, f64)>,
}

impl Language {
    /// The text before the cursor may have changed.
    pub(super) fn leave(&mut self) {
        *self = Self::default();
    }

    /// Whether the language of the word that begins at `start` of the context, which begins at `anchor`, is unknown. `bits` measures those
    /// that the LSTM needs for a byte of a range of the context.
    pub(super) fn is_foreign(
        &mut self,
        (anchor, start): (usize, usize),
        context: &str,
        personal: &Personal,
        bits: impl FnOnce(Range<usize>) -> f64,
    ) -> bool {
        let boundary = |at: usize| (at..=start).find(|&at| context.is_char_boundary(at)).unwrap_or(start);
        let range = |from: usize, to: usize| boundary(from)..boundary(to);
        let block = range((start / BLOCK).saturating_sub(1) * BLOCK, start / BLOCK * BLOCK);
        let text = &context[..start];
        let judge = || is_other_than_english(recent(&context[..block.end]));
        let by_block = known(&mut self.judged, (anchor, block.clone()), judge);
        let tell = || {
            let Some(background) = personal.lexicon.background() else {
                return Tongue { other: 0.0, since: start };
            };
            let last = last_words(text);
            let Tongue { other, since } = tongue::at_the_end_of(last, background);
            Tongue { other, since: start - last.len() + since }
        };
        let Tongue { other, since } = known(&mut self.told, (anchor, 0..start), tell);
        let by_words = other >= TOLD;
        let by_block = by_block && (other >= ENGLISH || personal.lexicon.background().is_none());
        if !by_block && !by_words && !ends_outside_latin(context) || is_known_to(personal, recent(text)) {
            return false;
        }
        let step = start / STEP * STEP;
        let end = if step < since + FEW { start } else { step };
        let measured = if by_words { range(since.max(end.saturating_sub(LAST)), end) } else { block };
        let least = if other >= NO_DOUBT { UNKNOWN_BY_WORDS } else { UNKNOWN };
        measured.is_empty()
            || known(&mut self.measured, (anchor, measured.clone()), || bits(measured)) >= least
    }
}

/// What is kept about a place; found out if it is about another one.
fn known<T: Copy>(kept: &mut Option<(Place, T)>, place: Place, find_out: impl FnOnce() -> T) -> T {
    let found = kept.take().filter(|(of, _)| *of == place).unwrap_or_else(|| (place, find_out()));
    kept.insert(found).1
}

/// The end of a text, from the start of a word on.
fn last_words(text: &str) -> &str {
    let low = text.len().saturating_sub(RECENT);
    let blank = text.as_bytes()[low..].iter().position(u8::is_ascii_whitespace);
    if low == 0 { text } else { &text[blank.map_or(text.len(), |at| low + at)..] }
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
    use crate::counts::background::Background;

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
    fn a_few_words_make_a_language_foreign_unless_the_lstm_reads_them_well() {
        let personal = Personal::new(Background::base());
        for (text, bits, expected) in [
            ("Ich möchte ", 4.0, true),
            ("Ich möchte ", 2.0, false),
            ("Ich möchte heute nicht ", 2.5, true),
            ("I would like ", 4.0, false),
        ] {
            assert_eq!(foreign(text, &personal, bits), expected, "{text} {bits}");
        }
    }

    #[test]
    fn behind_english_only_what_is_foreign_is_measured() {
        let personal = Personal::new(Background::base());
        let english = "We met her again. She said: ";
        for foreign in ["Ich möchte ", "Ich möchte heute nicht mehr mit ihnen in die "] {
            let (text, mut measured) = (format!("{english}{foreign}"), 0..0);
            let verdict = Language::default().is_foreign((0, text.len()), &text, &personal, |range| {
                measured = range;
                4.0
            });
            assert!(
                verdict && measured.start >= english.len() && measured.len() >= FEW,
                "{foreign} {measured:?}"
            );
        }
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
