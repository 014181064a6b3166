//! What counts as a word: a maximal run of letters, digits, `'`, `-` and non-ASCII characters.
//!
//! The rule can be told from single bytes, so the search over bytes and the simulated typist agree on it by construction.

use unicode_script::{Script, UnicodeScript as _};

/// Whether a byte is part of a word: ASCII letters and digits, `'`, `-`, and every byte of a non-ASCII character.
pub fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'\'' || byte == b'-' || byte >= 0x80
}

/// Whether a character is part of a word.
pub fn is_word_char(c: char) -> bool {
    !c.is_ascii() || is_word_byte(c as u8)
}

/// The part of the current word that stands at the end of `before`; empty between words.
///
/// ```
/// use foreword::suggest::word::prefix;
/// assert_eq!(prefix("they don't kn"), "kn");
/// assert_eq!(prefix("they don't "), "");
/// ```
pub fn prefix(before: &str) -> &str {
    let start = before.bytes().rposition(|byte| !is_word_byte(byte)).map_or(0, |at| at + 1);
    &before[start..]
}

/// Whether a space may be assumed after a word. Not where words stand without spaces (Chinese, Japanese, Thai …), nor in
/// Korean, where a particle may still follow its noun, and after a particle the sentence may end.
///
/// ```
/// use foreword::suggest::word::takes_space;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_the_run_of_word_characters_at_the_end() {
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
        ] {
            assert_eq!(prefix(before), expected, "{before:?}");
        }
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
    fn bytes_and_characters_agree() {
        for c in ('\0'..='\u{2fff}').chain(['😀', '\u{10ffff}']) {
            let mut buffer = [0; 4];
            for &byte in c.encode_utf8(&mut buffer).as_bytes() {
                assert_eq!(is_word_byte(byte), is_word_char(c), "{c:?}");
            }
        }
    }
}
