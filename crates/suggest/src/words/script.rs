//! The script of a word. What mixes Latin and Hangul, or Cyrillic and a trade mark, is noise that a model of bytes makes up.

use unicode_script::{Script, UnicodeScript as _};

/// Whether all letters of a word are of one script. Scripts that are written together count as one; what is common to all, such as
/// digits and accents, goes with any. No word has a sign such as `®`.
pub(crate) fn is_one_script(word: &str) -> bool {
    if word.is_ascii() {
        return true;
    }
    let mut scripts = word.chars().filter_map(script);
    scripts.next().is_none_or(|first| scripts.all(|other| go_together(first, other)))
}

/// Whether a text ends, marks and blanks apart, with a letter of another script than Latin.
pub(crate) fn ends_outside_latin(text: &str) -> bool {
    const NEAR: usize = 12;
    let last = text.chars().rev().take(NEAR).find_map(script);
    last.is_some_and(|script| script != Script::Latin)
}

/// The script of a letter; `None` for what goes with any.
fn script(c: char) -> Option<Script> {
    match c.script() {
        Script::Common | Script::Inherited | Script::Unknown => None,
        script => Some(script),
    }
}

/// Whether words are written in both at once.
fn go_together(a: Script, b: Script) -> bool {
    /// Those of Japanese, Chinese and Korean.
    const EASTERN: [Script; 4] = [Script::Han, Script::Hiragana, Script::Katakana, Script::Bopomofo];
    let are_in = |with: Script| [a, b].iter().all(|script| *script == with || EASTERN.contains(script));
    a == b || are_in(Script::Han) || ([a, b].contains(&Script::Han) && [a, b].contains(&Script::Hangul))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_mixed_only_where_writers_mix_them() {
        for (word, expected) in [
            ("garden", true),
            ("café's", true),
            ("v2", true),
            ("2026年", true),
            ("日本語の", true),
            ("カード", true),
            ("東京タワー", true),
            ("大韓民國은", true),
            ("Привет", true),
            ("ма\u{301}ма", true),
            ("좋d", false),
            ("좋bi", false),
            ("日本語の文章py", false),
            ("מבחןkg", false),
            ("ПриX", false),
            ("مرon", false),
            ("API는", false),
            ("λx", false),
        ] {
            assert_eq!(is_one_script(word), expected, "{word}");
        }
    }

    #[test]
    fn the_last_letter_tells_the_script_that_is_written() {
        for (text, expected) in [
            ("", false),
            ("tea ", false),
            ("При", true),
            ("오늘은 ", true),
            ("мир, 2026", true),
            ("мир tea", false),
        ] {
            assert_eq!(ends_outside_latin(text), expected, "{text}");
        }
    }
}
