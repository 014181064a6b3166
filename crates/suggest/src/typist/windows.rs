//! The parts of a text that are typed, where not all of it is.

use std::ops::Range;

/// Bytes of a window, where a text is typed in several.
const WINDOW: usize = 500;

/// The first `max_lines` of a text; of those, windows of about `max_bytes` in all, at even distances from its start to its end, cut
/// between words. What stands before a window is its context.
pub(super) fn windows(
    text: &str,
    max_lines: Option<usize>,
    max_bytes: Option<usize>,
) -> impl Iterator<Item = Range<usize>> {
    let end =
        max_lines.map_or(text.len(), |lines| text.split_inclusive('\n').take(lines).map(str::len).sum());
    let bytes = max_bytes.unwrap_or(end).min(end);
    let count = if bytes == end { 1 } else { (bytes / WINDOW).max(1) };
    let size = bytes / count;
    // Each window is in the middle of its share of the text.
    let share = move |window: usize| window * end / count;
    (0..count).filter_map(move |window| {
        let spare = (share(window + 1) - share(window)).saturating_sub(size);
        let start = share(window) + spare / 2;
        let start = if start == 0 { 0 } else { behind_blank(text, start) };
        let stop = if size == end { end } else { before_blank(text, share(window) + spare / 2 + size) };
        (start < stop).then_some(start..stop)
    })
}

/// Where the first word from `at` on begins.
fn behind_blank(text: &str, at: usize) -> usize {
    let at = (0..at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let blank = text[at..].find(char::is_whitespace).map_or(text.len(), |blank| at + blank);
    text[blank..].find(|c: char| !c.is_whitespace()).map_or(text.len(), |word| blank + word)
}

/// Where the last word that ends by `at` ends; `at` itself if there is none.
fn before_blank(text: &str, at: usize) -> usize {
    let at = (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    text[..at].rfind(char::is_whitespace).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, max_lines: Option<usize>, max_bytes: Option<usize>) -> Vec<&str> {
        windows(text, max_lines, max_bytes).map(|window| &text[window]).collect()
    }

    #[test]
    fn all_of_a_text_its_first_lines_or_its_middle() {
        let text = "one two\nthree four\nfive";
        for (max_lines, max_bytes, expected) in [
            (None, None, text),
            (Some(1), None, "one two\n"),
            (Some(9), None, text),
            (None, Some(99), text),
            (None, Some(15), "two\nthree four"),
            (Some(2), Some(11), "two\nthree"),
        ] {
            assert_eq!(parts(text, max_lines, max_bytes), [expected], "{max_lines:?} {max_bytes:?}");
        }
        assert_eq!(parts(text, Some(0), None), [""; 0]);
        assert_eq!(parts("ééé", None, Some(3)), [""; 0], "no whole word");
    }

    #[test]
    fn windows_stand_at_even_distances_between_words() {
        let text = "word5 ".repeat(2_000);
        let parts: Vec<_> = windows(&text, None, Some(2_000)).collect();
        assert_eq!(parts.len(), 4);
        for (window, part) in parts.iter().enumerate() {
            assert!((480..=500).contains(&part.len()), "{part:?}");
            let middle = usize::midpoint(part.start, part.end);
            assert!(middle.abs_diff((2 * window + 1) * text.len() / 8) < 12, "{part:?}");
            assert!(text[part.clone()].starts_with('w') && text[part.end..].starts_with(' '));
        }
    }
}
