//! Text from outside made fit for the screen: no control characters, no hidden direction changes, no more than fits.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::text::display::display;

/// What stands where something was cut off.
pub(super) const ELLIPSIS: &str = "…";

/// `text` with nothing in it that would act on the terminal or hide, as the document's own text is shown.
pub(super) fn printable(text: &str) -> String {
    text.graphemes(true).map(display).collect()
}

/// Cells `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The start of `text`, printable, in at most `cells` cells; `…` stands for what was cut off.
pub(super) fn fit(text: &str, cells: usize) -> String {
    let text = printable(text);
    if width(&text) <= cells {
        return text;
    }
    let (mut kept, mut used) = (String::new(), 0);
    for grapheme in text.graphemes(true) {
        used += width(grapheme);
        if used + 1 > cells {
            break;
        }
        kept.push_str(grapheme);
    }
    if cells > 0 {
        kept.push_str(ELLIPSIS);
    }
    kept
}

/// The end of `text`, otherwise like [`fit`]: for paths, of which the end is the most important.
pub(super) fn fit_end(text: &str, cells: usize) -> String {
    let text = printable(text);
    if width(&text) <= cells {
        return text;
    }
    let (mut start, mut used) = (text.len(), 0);
    for (index, grapheme) in text.grapheme_indices(true).rev() {
        used += width(grapheme);
        if used + 1 > cells {
            break;
        }
        start = index;
    }
    if cells == 0 { String::new() } else { format!("{ELLIPSIS}{}", &text[start..]) }
}

/// `text`, printable, broken at spaces into lines of at most `cells` cells; words longer than a line are cut.
pub(super) fn fold(text: &str, cells: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in printable(text).split_inclusive(' ') {
        let line = lines.last().map_or(0, |line| width(line));
        if line + width(word.trim_end()) <= cells {
            if let Some(last) = lines.last_mut() {
                last.push_str(word);
            }
            continue;
        }
        lines.push(String::new());
        for grapheme in word.graphemes(true) {
            // One character can be wider than a very narrow line.
            let grapheme = if width(grapheme) > cells { ELLIPSIS } else { grapheme };
            if let Some(last) = lines.last()
                && width(last) + width(grapheme) > cells
            {
                lines.push(String::new());
            }
            if let Some(last) = lines.last_mut() {
                last.push_str(grapheme);
            }
        }
    }
    lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_that_acts_on_the_terminal_is_left() {
        assert_eq!(
            printable("\u{1b}[31m\u{7}\u{7f}\u{9b}2J\u{202e}cod\u{feff}"),
            "␛[31m␇␡<9B>2J<202E>cod<FEFF>"
        );
        assert_eq!(printable("한글 e\u{301} 👩\u{200d}💻"), "한글 e\u{301} 👩\u{200d}💻");
    }

    #[test]
    fn cut_texts_say_so() {
        for (text, cells, start, end) in [
            ("notes.md", 8, "notes.md", "notes.md"),
            ("notes.md", 5, "note…", "…s.md"),
            ("한글입니다", 6, "한글…", "…니다"),
            ("ab", 1, "…", "…"),
            ("ab", 0, "", ""),
        ] {
            assert_eq!((fit(text, cells).as_str(), fit_end(text, cells).as_str()), (start, end));
        }
    }

    #[test]
    fn long_sentences_are_folded_at_spaces() {
        assert_eq!(fold("Could not write /a/b: no.", 12), ["Could not", "write /a/b:", "no."]);
        assert_eq!(fold("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(fold("🟰\u{b02}", 2), ["…"], "wider than the line");
        assert_eq!(fold("files (.txt, .md) only", 9), ["files", "(.txt,", ".md) only"]);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_it_may_be(text in "\\PC{0,40}", cells in 2usize..20) {
            prop_assert!(width(&fit(&text, cells)) <= cells);
            prop_assert!(width(&fit_end(&text, cells)) <= cells);
            for line in fold(&text, cells) {
                prop_assert!(width(&line) <= cells, "{line:?}");
            }
        }
    }
}
