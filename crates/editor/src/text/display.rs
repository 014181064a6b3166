//! How a grapheme is shown: nothing that commands a terminal or hides from the reader ever reaches the screen.
//!
//! ```text
//! ESC        ␛        C0 controls and DEL have pictures of their own
//! U+009B     <9B>     C1 controls, bidi and invisible formatting are written out
//! U+0301     ◌́        a combining mark with nothing to combine with gets a ring to stand on
//! a + 20 × U+0301     the first marks, and … for those that are not drawn
//! ```

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Marks beyond this many on one base are not drawn: they are kept in the text, but no cell can show them.
const MOST_MARKS: usize = 15;
/// Stands for those that are not drawn.
const CUT: char = '…';

/// The text to draw for one grapheme. Never holds a control, bidi or lone invisible character. A tab is one space here;
/// how far it reaches depends on its column, see [`width`].
pub(crate) fn display(grapheme: &str) -> Cow<'_, str> {
    let mut chars = grapheme.chars();
    let Some(first) = chars.next() else { return Cow::Borrowed("") };
    if first == '\t' {
        return Cow::Borrowed(" ");
    }
    let marks = chars.as_str();
    let plain = !is_hidden(first) && first.width().unwrap_or(0) > 0;
    if plain && !marks.chars().any(is_unsafe) && marks.chars().nth(MOST_MARKS).is_none() {
        return Cow::Borrowed(grapheme);
    }
    let mut shown = String::new();
    for (index, c) in grapheme.chars().take(MOST_MARKS + 1).enumerate() {
        match c {
            '\0'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + c as u32)),
            '\u{7f}' => shown.push('␡'),
            _ if is_unsafe(c) || (index == 0 && is_hidden(c)) => {
                shown.push_str(&escape(c));
            }
            _ if index == 0 && c.width().unwrap_or(0) == 0 => shown.extend(['◌', c]),
            _ => shown.push(c),
        }
    }
    if shown.width() == 0 {
        shown = escape(first);
    }
    if marks.chars().nth(MOST_MARKS).is_some() {
        shown.push(CUT);
    }
    Cow::Owned(shown)
}

/// How many cells a grapheme takes at `column`, with a tab stop every `tab` cells. At least one.
pub(crate) fn width(grapheme: &str, column: usize, tab: usize) -> usize {
    match grapheme.as_bytes() {
        [b'\t'] => tab.max(1) - column % tab.max(1),
        [b' '..=b'~'] => 1,
        _ => display(grapheme).width().max(1),
    }
}

fn escape(c: char) -> String {
    format!("<{:02X}>", c as u32)
}

/// Characters that act on the terminal or on the order of the text, wherever they stand.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Characters that are right inside a grapheme (emoji, joined scripts) but cannot be seen at the start of one.
fn is_hidden(c: char) -> bool {
    is_unsafe(c)
        || matches!(c, '\u{200c}' | '\u{200d}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown() {
        for (grapheme, shown, cells) in [
            ("a", "a", 1),
            ("한", "한", 2),
            ("e\u{301}", "e\u{301}", 1),
            ("\u{301}", "◌\u{301}", 1),
            ("\u{1b}", "␛", 1),
            ("\0", "␀", 1),
            ("\u{7f}", "␡", 1),
            ("\r", "␍", 1),
            ("\u{9b}", "<9B>", 4),
            ("\u{202e}", "<202E>", 6),
            ("\u{200b}", "<200B>", 6),
            ("\u{feff}", "<FEFF>", 6),
            ("👩‍🚀", "👩‍🚀", 2),
            ("🇰🇷", "🇰🇷", 2),
        ] {
            assert_eq!(display(grapheme), shown, "{grapheme:?}");
            assert_eq!(width(grapheme, 0, 4), cells, "{grapheme:?}");
        }
        assert_eq!((width("\t", 0, 4), width("\t", 3, 4), width("\t", 5, 0)), (4, 1, 1));
    }

    #[test]
    fn a_tower_of_marks_is_cut() {
        let tower = format!("a{}", "\u{301}".repeat(5_000));
        let shown = display(&tower);
        assert_eq!((shown.chars().count(), shown.chars().next_back()), (17, Some('…')));
        assert_eq!(width(&tower, 0, 4), 2);
    }

    proptest! {
        #[test]
        fn no_control_ever_comes_out(text in "(\\PC|\\p{Cc}|\\p{Cf}|\\p{M}|[\u{1b}\u{9b}\u{202e}\u{200d}👩🇰]){0,20}") {
            for grapheme in text.graphemes(true) {
                let shown = display(grapheme);
                prop_assert!(!shown.chars().any(is_unsafe), "{grapheme:?} shows as {shown:?}");
                prop_assert!(shown.width() >= 1, "{grapheme:?} shows as {shown:?}");
            }
        }
    }
}
