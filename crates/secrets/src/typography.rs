//! Typography levelled: text as it is typed in plain ASCII, so that `don’t` and `don't`, `078‑05‑1120` and `078-05-1120` are the same.
//!
//! It stands here, below all that reads text, for a secret must be found in whatever typography.

use std::borrow::Cow;
use std::ops::Range;

/// A character in plain ASCII: quotation marks, apostrophes, dashes, dots and blanks. Invisible characters are dropped. `None` if it stays
/// as it is.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}'..='\u{201b}' | '\u{2032}' => "'",
        '\u{201c}'..='\u{201f}' | '\u{2033}' => "\"",
        '\u{2010}'..='\u{2013}' | '\u{2212}' => "-",
        '\u{2014}' | '\u{2015}' => "--",
        '\u{2026}' => "...",
        '\u{a0}' | '\u{2000}'..='\u{200b}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        // Soft hyphens, word joiners, byte order marks; marks of direction.
        '\u{ad}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => "",
        _ => return None,
    })
}

/// A text with its typography levelled.
///
/// ```
/// assert_eq!(secrets::levelled("“Don’t wait…”"), "\"Don't wait...\"");
/// ```
pub fn levelled(text: &str) -> Cow<'_, str> {
    if is_level(text) {
        return Cow::Borrowed(text);
    }
    let mut level = String::with_capacity(text.len());
    text.chars().for_each(|c| push(&mut level, c));
    Cow::Owned(level)
}

/// Whether levelling changes nothing.
fn is_level(text: &str) -> bool {
    text.is_ascii() || !text.chars().any(|c| plain(c).is_some())
}

fn push(level: &mut String, c: char) {
    match plain(c) {
        Some(plain) => level.push_str(plain),
        None => level.push(c),
    }
}

/// A levelled text, and where its bytes come from.
pub(crate) struct Levelled {
    pub(crate) text: String,
    /// For each byte of the text, and for its end, the place in the text as it is written.
    places: Vec<usize>,
}

impl Levelled {
    /// Levels a text; `None` if that changes nothing.
    pub(crate) fn changed(text: &str) -> Option<Self> {
        if is_level(text) {
            return None;
        }
        let (mut level, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
        for (at, c) in text.char_indices() {
            push(&mut level, c);
            places.resize(level.len(), at);
        }
        places.push(text.len());
        Some(Self { text: level, places })
    }

    /// A range of the levelled text in the text as it is written.
    pub(crate) fn written(&self, range: &Range<usize>) -> Range<usize> {
        self.places[range.start]..self.places[range.end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levelling_leaves_plain_text_and_letters_alone_and_is_done_once() {
        for text in ["plain 'text' -- so...", "naïve 정원은 « » 庭。", ""] {
            assert!(matches!(levelled(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
        let typographic = "‘It’s’ “so”… 1990–95 — x\u{a0}y \u{2011} so\u{ad}ft";
        let level = levelled(typographic).into_owned();
        assert_eq!(level, "'It's' \"so\"... 1990-95 -- x y - soft");
        assert_eq!(levelled(&level), level);
    }

    #[test]
    fn a_place_in_levelled_text_is_one_in_the_text_as_written() {
        let text = "a…b\u{ad}c—d ‘é’";
        let level = Levelled::changed(text).unwrap();
        assert_eq!(level.text, "a...bc--d 'é'");
        for (part, written) in [("...", "…"), ("b", "b\u{ad}"), ("c", "c"), ("--d", "—d"), ("'é'", "‘é’")]
        {
            let at = level.text.find(part).unwrap();
            assert_eq!(&text[level.written(&(at..at + part.len()))], written, "{part}");
        }
        assert!(Levelled::changed("plain é").is_none());
    }
}
