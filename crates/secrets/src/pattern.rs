//! Patterns of regular expressions, and the blanks that may stand in them.

use regex::Regex;

/// A blank in a line, or a sign that is not seen.
pub(super) fn is_blank(c: char) -> bool {
    (c.is_whitespace() && !matches!(c, '\n' | '\r')) || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// The characters of [`is_blank`], for a class of a pattern.
const BLANKS: &str = r"\p{Zs}\t\x{200b}\x{2060}\x{feff}";

/// A pattern, in which `␠` inside a class stands for all blanks.
pub(super) fn compile(pattern: &str) -> Regex {
    // The tests use each of them.
    Regex::new(&pattern.replace('␠', BLANKS)).unwrap_or_else(|error| unreachable!("{error}"))
}
