//! What a word is: the one definition for counting, searching, offering and keystrokes saved.
//!
//! A word is a run of letters and digits, with the marks on them, and with single apostrophes and hyphens between them: the word bounds of
//! Unicode (UAX 29), but that a hyphen joins, too. Nothing else belongs to a word: no quotation mark, dash, blank or emoji.

use unicode_script::{Script, UnicodeScript as _};
use unicode_segmentation::UnicodeSegmentation as _;

pub(crate) use crate::words::script::is_one_script;
pub use secrets::levelled;

/// Characters of the longest word that is learned. What is longer is a link, a key or a row of letters.
const LONGEST: usize = 40;
/// The same where words stand without blanks and the word bounds do not part them either.
const LONGEST_UNSPACED: usize = 12;

/// What a character is to words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CharClass {
    /// A letter or digit: part of a word.
    Letter,
    /// What changes the letter before it: an accent, a vowel sign, an invisible joiner.
    Mark,
    /// An apostrophe or hyphen: part of a word between two letters.
    Joiner,
    /// Everything that stands between words.
    Between,
}

/// Catalan's middle dot, as in `col·lecció`.
const CATALAN: char = '\u{b7}';
/// Hebrew's marks of abbreviation, as in `צה״ל`.
const GERESH: char = '\u{5f3}';
const GERSHAYIM: char = '\u{5f4}';

/// The class of a character.
///
/// ```
/// use suggest::word::{CharClass, class};
/// assert_eq!("né’—".chars().map(class).collect::<Vec<_>>(), [CharClass::Letter, CharClass::Letter, CharClass::Joiner, CharClass::Between]);
/// ```
pub fn class(c: char) -> CharClass {
    match c {
        '\'' | '-' | '\u{2018}' | '\u{2019}' | '\u{2010}' | '\u{2011}' | CATALAN | GERESH | GERSHAYIM => {
            CharClass::Joiner
        }
        c if c.is_alphanumeric() => CharClass::Letter,
        c if !c.is_ascii() && is_mark(c) => CharClass::Mark,
        _ => CharClass::Between,
    }
}

/// Whether Unicode's word bounds (UAX 29) keep a character with the letter before it.
fn is_mark(c: char) -> bool {
    let mut buffer = [b'a'; 5];
    let length = c.encode_utf8(&mut buffer[1..]).len();
    let pair = std::str::from_utf8(&buffer[..=length]).unwrap_or_default();
    pair.split_word_bounds().nth(1).is_none()
}

/// Whether a character may be part of a word.
pub fn is_word_char(c: char) -> bool {
    class(c) != CharClass::Between
}

/// Whether a byte of levelled text may be part of a word: ASCII letters and digits, `'`, `-`, and every byte of a longer character, whose
/// class shows when it is whole.
pub(crate) fn is_word_byte(byte: u8) -> bool {
    is_letter_byte(byte) || byte == b'\'' || byte == b'-'
}

/// Whether a word may begin with a byte of levelled text.
pub(crate) fn is_letter_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Where a text stands between one character and the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum WordPosition {
    /// Between words.
    #[default]
    Outside,
    /// In a word, behind a letter.
    Inside,
    /// Behind an apostrophe or hyphen, which joins the word to a letter if one comes next.
    Joined,
}

impl WordPosition {
    /// The place behind one more character.
    pub(crate) fn after(self, c: char) -> Self {
        match (self, class(c)) {
            (_, CharClass::Letter) | (Self::Inside, CharClass::Mark) => Self::Inside,
            (Self::Inside, CharClass::Joiner) => Self::Joined,
            _ => Self::Outside,
        }
    }
}

/// Whether a text is one word.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty() && word_length(text.chars()) == text.chars().count()
}

/// The part of the current word that stands at the end of `before`; empty between words. An apostrophe or hyphen at the very end belongs
/// to it, for a letter may follow.
///
/// ```
/// use suggest::word::prefix;
/// assert_eq!(prefix("they don’t kn"), "kn");
/// assert_eq!(prefix("they don’"), "don’");
/// assert_eq!(prefix("“Wait—they"), "they");
/// assert_eq!(prefix("they don't "), "");
/// ```
pub fn prefix(before: &str) -> &str {
    let gap = before.char_indices().rev().find(|&(_, c)| !is_word_char(c));
    let run = gap.map_or(0, |(at, c)| at + c.len_utf8());
    let (mut place, mut start) = (WordPosition::default(), before.len());
    for (at, c) in before[run..].char_indices() {
        let after = place.after(c);
        if place == WordPosition::Outside && after == WordPosition::Inside {
            start = run + at;
        } else if after == WordPosition::Outside {
            start = before.len();
        }
        place = after;
    }
    &before[start..]
}

/// Where an open word ends: before an apostrophe or hyphen that joins it to nothing.
pub(crate) fn end_of_word(open: &str) -> usize {
    match open.chars().next_back() {
        Some(last) if class(last) == CharClass::Joiner => open.len() - last.len_utf8(),
        _ => open.len(),
    }
}

/// The words of a text, as they are written.
pub(crate) fn words_in(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(|c| class(c) == CharClass::Letter)?;
        let word = &rest[start..];
        let length = word_length(word.chars());
        let end = word.char_indices().nth(length).map_or(word.len(), |(at, _)| at);
        rest = &word[end..];
        Some(&word[..end])
    })
}

/// The length of the word at the start of `text`, in characters; 0 if none starts there.
pub(crate) fn word_length(text: impl Iterator<Item = char>) -> usize {
    let (mut place, mut length) = (WordPosition::default(), 0);
    for (at, c) in text.enumerate() {
        place = place.after(c);
        match place {
            WordPosition::Inside => length = at + 1,
            WordPosition::Joined => {}
            WordPosition::Outside => break,
        }
    }
    length
}

/// Whether a space may be assumed after a word. Not where words stand without spaces (Chinese, Japanese, Thai …), nor in
/// Korean, where a particle may still follow its noun, and after a particle the sentence may end.
///
/// ```
/// use suggest::word::takes_space;
/// assert!(takes_space("word") && takes_space("слово"));
/// assert!(!takes_space("문서") && !takes_space("言葉"));
/// ```
pub fn takes_space(word: &str) -> bool {
    let last = word
        .chars()
        .rev()
        .map(|c| c.script())
        .find(|script| !matches!(script, Script::Common | Script::Inherited));
    !matches!(
        last,
        Some(
            Script::Hangul
                | Script::Han
                | Script::Hiragana
                | Script::Katakana
                | Script::Bopomofo
                | Script::Thai
                | Script::Lao
                | Script::Khmer
                | Script::Myanmar
                | Script::Tibetan
        )
    )
}

/// Whether words stand without blanks in a character's script.
fn is_unspaced(c: char) -> bool {
    !c.is_ascii()
        && matches!(
            c.script(),
            Script::Javanese
                | Script::Balinese
                | Script::Yi
                | Script::Tai_Le
                | Script::New_Tai_Lue
                | Script::Tai_Tham
                | Script::Tai_Viet
                | Script::Han
                | Script::Hiragana
                | Script::Katakana
                | Script::Bopomofo
                | Script::Thai
                | Script::Lao
                | Script::Khmer
                | Script::Myanmar
                | Script::Tibetan
        )
}

/// A word as it is compared where neither its case nor its typography counts.
///
/// ```
/// use suggest::word::folded;
/// assert_eq!(folded("Don’t"), "don't");
/// ```
pub fn folded(word: &str) -> String {
    levelled(word).to_lowercase()
}

/// What is learned of a word: the word itself; where words stand without blanks, its parts by Unicode's word bounds (UAX 29), so that no
/// sentence counts as a word. Nothing is learned of what is too long for a word.
pub(crate) fn parts(word: &str) -> impl Iterator<Item = &str> {
    let is_short = word.len() <= LONGEST || word.chars().nth(LONGEST).is_none();
    let is_split = !word.is_ascii() && word.chars().any(is_unspaced);
    let whole = (is_short && !is_split).then_some(word);
    let parts = if is_split { word } else { "" };
    let is_part =
        |part: &&str| part.chars().any(char::is_alphanumeric) && part.chars().nth(LONGEST_UNSPACED).is_none();
    whole.into_iter().chain(parts.split_word_bounds().filter(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_the_open_word_at_the_end() {
        for (before, expected) in [
            ("", ""),
            ("word", "word"),
            ("two words", "words"),
            ("end.", ""),
            ("line\n", ""),
            ("don't", "don't"),
            ("well-kno", "well-kno"),
            ("(naïve", "naïve"),
            ("a_b", "b"),
            ("한국어 문", "문"),
            ("v2", "v2"),
            ("don’", "don’"),
            ("“Hel", "Hel"),
            ("‘Hel", "Hel"),
            ("'tis", "tis"),
            ("dogs' ", ""),
            ("Wait…", ""),
            ("waited—peopl", "peopl"),
            ("waited--peopl", "peopl"),
            ("1990–19", "19"),
            ("tea\u{a0}cak", "cak"),
            ("tea\u{200b}cak", "cak"),
            ("ሰላም።", ""),
            ("שלום׃", ""),
            ("500৳", ""),
            ("צה״ל", "צה״ל"),
            ("col·lecc", "col·lecc"),
            ("a\u{200e}b", "a\u{200e}b"),
            ("so\u{ad}ft", "so\u{ad}ft"),
            ("tea😀cak", "cak"),
            ("👩‍👩‍👧x", "x"),
            ("❤\u{fe0f}", ""),
            ("cafe\u{301}s", "cafe\u{301}s"),
            ("\u{301}s", "s"),
            ("«Bonj", "Bonj"),
            ("静か。庭", "庭"),
            ("می‌رو", "می‌رو"),
            ("नमस्ते", "नमस्ते"),
            ("well-", "well-"),
            ("well--", ""),
            ("-x", "x"),
            ("O'H", "O'H"),
        ] {
            assert_eq!(prefix(before), expected, "{before:?}");
        }
    }

    #[test]
    fn no_sentence_and_no_overlong_run_is_a_word() {
        let (long, longer) = ("n".repeat(LONGEST), "n".repeat(LONGEST + 1));
        for (run, expected) in [
            ("well-known", vec!["well-known"]),
            ("don't", vec!["don't"]),
            ("naïve", vec!["naïve"]),
            ("정원은", vec!["정원은"]),
            ("庭は静か", vec!["庭", "は", "静", "か"]),
            ("コーヒーを", vec!["コーヒー", "を"]),
            ("我们走了", vec!["我", "们", "走", "了"]),
            ("don’t", vec!["don’t"]),
            ("well‑known", vec!["well‑known"]),
            ("नमस्ते", vec!["नमस्ते"]),
            ("می‌روم", vec!["می‌روم"]),
            ("ꦲꦏ꧀ꦱꦫꦗꦮꦲꦏ꧀ꦱꦫꦗꦮ", vec![]),
            (long.as_str(), vec![long.as_str()]),
            (longer.as_str(), vec![]),
        ] {
            assert_eq!(parts(run).collect::<Vec<_>>(), expected, "{run}");
        }
        let thai = "สวนเงียบมากในตอนเช้า";
        assert!(parts(thai).all(|part| part.chars().count() < 4) && parts(thai).count() > 4);
    }

    #[test]
    fn a_space_is_assumed_only_where_words_are_parted_by_spaces_alone() {
        for (word, expected) in [
            ("don't", true),
            ("2026", true),
            ("naïve", true),
            ("κόσμος", true),
            ("정원은", false),
            ("庭", false),
            ("にわ", false),
            ("カード2", false),
            ("สวน", false),
            ("한국 garden", true),
        ] {
            assert_eq!(takes_space(word), expected, "{word}");
        }
    }

    #[test]
    fn the_bytes_of_a_word_are_word_bytes() {
        for c in ('\0'..='\u{2fff}').chain(['😀', '\u{10ffff}']) {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            if c.is_ascii() {
                assert_eq!(is_word_byte(bytes[0]), is_word_char(c), "{c:?}");
                assert_eq!(is_letter_byte(bytes[0]), class(c) == CharClass::Letter, "{c:?}");
            } else {
                assert!(bytes.iter().all(|&byte| is_word_byte(byte) && is_letter_byte(byte)), "{c:?}");
            }
        }
    }

    #[test]
    fn a_word_begins_and_ends_with_a_letter_and_has_single_joiners() {
        for (text, expected) in [
            ("word", true),
            ("don't", true),
            ("don’t", true),
            ("well-known", true),
            ("2026", true),
            ("cafe\u{301}", true),
            ("", false),
            ("-", false),
            ("'tis", false),
            ("dogs'", false),
            ("a--b", false),
            ("two words", false),
            ("“word", false),
            ("word…", false),
        ] {
            assert_eq!(is_word(text), expected, "{text:?}");
        }
        assert_eq!(
            words_in("‘Don’t--wait’ (café's) 😀—3.5").collect::<Vec<_>>(),
            ["Don’t", "wait", "café's", "3", "5"]
        );
        for (text, expected) in [("don't go", 5), ("dogs' end", 4), (" x", 0), ("well--x", 4), ("", 0)] {
            assert_eq!(word_length(text.chars()), expected, "{text:?}");
        }
    }
}
