//! What counts as a word: a maximal run of letters, digits, `'`, `-` and non-ASCII characters.
//!
//! The rule can be told from single bytes, so the search over bytes and the simulated typist agree on it by construction.

use unicode_script::{Script, UnicodeScript as _};
use unicode_segmentation::UnicodeSegmentation as _;

/// Characters of the longest word that is learned: what is longer is no word of a language, but a link, a key or a row of dashes.
const LONGEST: usize = 40;
/// The same where words stand without blanks and the word bounds do not part them either.
const LONGEST_UNSPACED: usize = 12;

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
/// use suggest::word::prefix;
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

/// Whether a character that is not ASCII stands between words: a blank, a dash, a quotation mark, a symbol. Apostrophes and hyphens
/// are parts of words, and so is what joins or marks letters.
fn is_between_words(c: char) -> bool {
    !c.is_ascii()
        && !c.is_alphanumeric()
        && !matches!(c, '\u{2018}' | '\u{2019}' | '\u{2010}' | '\u{2011}' | '\u{2bc}')
        && c.script() == Script::Common
}

/// What is learned of a run of word characters: the run itself; where dashes, quotation marks and the like part words, what is between
/// them; where words stand without blanks, the parts by the Unicode standard's word bounds (UAX 29). So no sentence counts as a word.
/// Nothing is learned of a run that is too long for a word.
pub(crate) fn parts(run: &str) -> impl Iterator<Item = &str> {
    let length = run.len();
    let is_whole = move |piece: &str| piece.len() == length || piece.chars().any(char::is_alphanumeric);
    run.split(is_between_words).filter(move |piece| !piece.is_empty() && is_whole(piece)).flat_map(|piece| {
        let is_short = piece.len() <= LONGEST || piece.chars().nth(LONGEST).is_none();
        let is_split = !piece.is_ascii() && piece.chars().any(is_unspaced);
        let whole = (is_short && !is_split).then_some(piece);
        let parts = if is_split { piece } else { "" };
        let is_word = |part: &&str| {
            part.chars().any(char::is_alphanumeric) && part.chars().nth(LONGEST_UNSPACED).is_none()
        };
        whole.into_iter().chain(parts.split_word_bounds().filter(is_word))
    })
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
            (
                "the\u{a0}harbour\u{3000}is\u{2009}calm\u{200b}now",
                vec!["the", "harbour", "is", "calm", "now"],
            ),
            ("harbour—garden–window…Mara", vec!["harbour", "garden", "window", "Mara"]),
            ("“harbour”", vec!["harbour"]),
            ("don’t", vec!["don’t"]),
            ("well‑known", vec!["well‑known"]),
            ("tea😀👍🏽cake", vec!["tea", "cake"]),
            ("नमस्ते", vec!["नमस्ते"]),
            ("می‌روم", vec!["می‌روم"]),
            ("—", vec![]),
            ("--", vec!["--"]),
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
    fn bytes_and_characters_agree() {
        for c in ('\0'..='\u{2fff}').chain(['😀', '\u{10ffff}']) {
            let mut buffer = [0; 4];
            for &byte in c.encode_utf8(&mut buffer).as_bytes() {
                assert_eq!(is_word_byte(byte), is_word_char(c), "{c:?}");
            }
        }
    }
}
