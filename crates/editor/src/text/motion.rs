//! Where the cursor goes: by grapheme, word, row, line, page, document.

use ropey::Rope;
use unicode_segmentation::UnicodeSegmentation;

use super::wrap::Wrap;
use super::{Selection, grapheme};

/// A way for the cursor to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// One grapheme back.
    Left,
    /// One grapheme on.
    Right,
    /// To the start of the word, or of the one before.
    WordLeft,
    /// To the end of the word, or of the next.
    WordRight,
    /// One row up, keeping the column.
    Up,
    /// One row down, keeping the column.
    Down,
    /// To the row's start; from there to the line's first letter, then to the line's start.
    LineStart,
    /// To the row's end; from there to the line's end.
    LineEnd,
    /// Some rows up.
    PageUp,
    /// Some rows down.
    PageDown,
    /// To the very start.
    DocumentStart,
    /// To the very end.
    DocumentEnd,
}

/// Where `motion` takes the cursor. `goal` is the column that vertical motions keep, `page` the rows of a page.
pub(crate) fn target(
    rope: &Rope,
    wrap: &Wrap,
    selection: Selection,
    motion: Motion,
    goal: &mut Option<usize>,
    page: usize,
) -> usize {
    let head = selection.head;
    let rows = match motion {
        Motion::Up => -1,
        Motion::Down => 1,
        Motion::PageUp => -(page.max(1) as isize),
        Motion::PageDown => page.max(1) as isize,
        _ => 0,
    };
    if rows != 0 {
        return vertical(rope, wrap, head, rows, goal);
    }
    *goal = None;
    match motion {
        Motion::Left => grapheme::previous(rope, head),
        Motion::Right => grapheme::next(rope, head),
        Motion::WordLeft => word_left(rope, head),
        Motion::WordRight => word_right(rope, head),
        Motion::LineStart => line_start(rope, wrap, head),
        Motion::LineEnd => {
            let row = wrap.row_at(rope, head);
            let end = row.last_position(rope);
            if head == end { grapheme::line_end(rope, head) } else { end }
        }
        Motion::DocumentStart => 0,
        Motion::DocumentEnd => rope.len_chars(),
        Motion::Up | Motion::Down | Motion::PageUp | Motion::PageDown => head,
    }
}

fn vertical(rope: &Rope, wrap: &Wrap, head: usize, rows: isize, goal: &mut Option<usize>) -> usize {
    let row = wrap.row_at(rope, head);
    let column = *goal.get_or_insert_with(|| wrap.column_of(rope, &row, head));
    let count = rows.unsigned_abs();
    let reached = if rows < 0 {
        wrap.rows_before(rope, head, count).first().copied()
    } else {
        wrap.rows_from(rope, row.start, count + 1).last().copied().filter(|reached| *reached != row)
    };
    match reached {
        Some(reached) => wrap.position_at(rope, &reached, column),
        None if rows < 0 => 0,
        None => rope.len_chars(),
    }
}

fn line_start(rope: &Rope, wrap: &Wrap, head: usize) -> usize {
    let row = wrap.row_at(rope, head);
    let line = grapheme::line_start(rope, head);
    if row.start > line && head != row.start {
        return row.start;
    }
    let indent = rope.chars_at(line).take(MOST_CHARS).take_while(|c| matches!(c, ' ' | '\t')).count();
    let first = grapheme::snap_back(rope, line + indent);
    if head == first { line } else { first }
}

/// Chars that one motion by word crosses, at most, and that are looked through for a line's first letter.
const MOST_CHARS: usize = 4096;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Word,
    Other,
}

fn class(segment: &str) -> Class {
    if segment.chars().all(char::is_whitespace) {
        Class::Space
    } else if segment.chars().any(|c| c.is_alphanumeric() || c == '_') {
        Class::Word
    } else {
        Class::Other
    }
}

/// The end of the word (or run of punctuation) at or behind `position`; a line break is a stop of its own, and so are some
/// thousand chars without an end.
pub(crate) fn word_right(rope: &Rope, position: usize) -> usize {
    let (line_end, end) = (grapheme::line_end(rope, position), rope.len_chars());
    if position >= line_end {
        return (position + 1).min(end);
    }
    let mut reach = 64;
    loop {
        let stop = grapheme::snap(rope, line_end.min(position + reach));
        let text = rope.slice(position..stop).to_string();
        let moved = run(text.split_word_bounds());
        if moved < stop - position || stop == line_end || reach >= MOST_CHARS {
            return grapheme::snap(rope, position + moved);
        }
        reach *= 4;
    }
}

/// The start of the word (or run of punctuation) at or before `position`; a line break is a stop of its own, and so are
/// some thousand chars without a start.
pub(crate) fn word_left(rope: &Rope, position: usize) -> usize {
    let line_start = grapheme::line_start(rope, position);
    if position <= line_start {
        return position.saturating_sub(1);
    }
    let mut reach = 64;
    loop {
        let stop = grapheme::snap_back(rope, position.saturating_sub(reach).max(line_start));
        let text = rope.slice(stop..position).to_string();
        // Backwards the segmenter takes the square of a run of flags.
        let segments: Vec<&str> = text.split_word_bounds().collect();
        let moved = run(segments.into_iter().rev());
        if moved < position - stop || stop == line_start || reach >= MOST_CHARS {
            return grapheme::snap_back(rope, position - moved);
        }
        reach *= 4;
    }
}

/// Chars of leading space and the one word, or run of punctuation, behind it.
fn run<'a>(segments: impl Iterator<Item = &'a str>) -> usize {
    let mut moved = 0;
    let mut seen = Class::Space;
    for segment in segments {
        let class = class(segment);
        if seen == Class::Word || (seen == Class::Other && class != Class::Other) {
            break;
        }
        moved += segment.chars().count();
        seen = class;
    }
    moved
}

/// The word around `position`, for a double click: the segment of text it stands in.
pub(crate) fn word_around(rope: &Rope, position: usize) -> Selection {
    let position = position.min(rope.len_chars());
    let start = position.saturating_sub(256).max(grapheme::line_start(rope, position));
    let end = (position + 256).min(grapheme::line_end(rope, position));
    let (start, end) = (grapheme::snap_back(rope, start), grapheme::snap(rope, end));
    let text = rope.slice(start..end).to_string();
    let mut at = start;
    for segment in text.split_word_bounds() {
        let next = at + segment.chars().count();
        if position < next {
            return Selection::new(grapheme::snap_back(rope, at), grapheme::snap(rope, next));
        }
        at = next;
    }
    Selection::cursor(grapheme::snap(rope, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, motions: &[Motion], after: &str) {
        let head = before.chars().take_while(|&c| c != '|').count();
        let rope = Rope::from_str(&before.replacen('|', "", 1));
        let wrap = Wrap { width: 8, tab: 4 };
        let (mut selection, mut goal) = (Selection::cursor(head), None);
        for &motion in motions {
            selection = Selection::cursor(target(&rope, &wrap, selection, motion, &mut goal, 3));
        }
        let mut shown = rope.clone();
        shown.insert_char(selection.head, '|');
        assert_eq!(shown.to_string(), after, "{before:?} {motions:?}");
    }

    #[test]
    fn the_cursor_goes_where_it_is_sent() {
        use Motion::{
            DocumentEnd, DocumentStart, Down, Left, LineEnd, LineStart, PageDown, PageUp, Right, Up,
            WordLeft, WordRight,
        };
        let cases: [(&str, &[Motion], &str); 28] = [
            ("he|llo", &[Left], "h|ello"),
            ("|", &[Left, Right, Up, Down], "|"),
            ("a|e\u{301}b", &[Right], "ae\u{301}|b"),
            ("👩‍🚀|", &[Left], "|👩‍🚀"),
            ("a\n|b", &[Left], "a|\nb"),
            ("one tw|o", &[WordLeft], "one |two"),
            ("one |two", &[WordLeft], "|one two"),
            ("wait...|", &[WordLeft], "wait|..."),
            ("don't| go", &[WordLeft], "|don't go"),
            ("a\n|b", &[WordLeft], "a|\nb"),
            ("|one two", &[WordRight], "one| two"),
            ("one| two", &[WordRight], "one two|"),
            ("|, then", &[WordRight], ",| then"),
            ("a|\nb", &[WordRight], "a\n|b"),
            ("abc|d\nab\nabcd", &[Down], "abcd\nab|\nabcd"),
            ("abc|d\nab\nabcd", &[Down, Down], "abcd\nab\nabc|d"),
            ("abcd\nab\nabc|d", &[Up, Up], "abc|d\nab\nabcd"),
            ("a|b", &[Up], "|ab"),
            ("a|b", &[Down], "ab|"),
            ("one two| three", &[Down], "one two three|"),
            ("one two thr|ee", &[Up], "one| two three"),
            ("  a|b", &[LineStart], "  |ab"),
            ("  a|b", &[LineStart, LineStart], "|  ab"),
            ("one two th|ree", &[LineStart], "one two |three"),
            ("o|ne two three", &[LineEnd], "one two| three"),
            ("o|ne two three", &[LineEnd, LineEnd], "one two three|"),
            ("a\nb\nc\nd\n|e", &[PageUp], "a\n|b\nc\nd\ne"),
            ("|a\nb\nc\nd\ne", &[PageDown, DocumentStart, DocumentEnd], "a\nb\nc\nd\ne|"),
        ];
        for (before, motions, after) in cases {
            check(before, motions, after);
        }
    }

    #[test]
    fn a_word_longer_than_the_window_is_crossed_whole() {
        let rope = Rope::from_str(&format!("go {} on", "x".repeat(3_000)));
        assert_eq!(word_right(&rope, 3), 3_003);
        assert_eq!(word_left(&rope, 3_003), 3);
        let endless = Rope::from_str(&"x".repeat(100_000));
        assert_eq!((word_right(&endless, 50_000), word_left(&endless, 50_000)), (54_096, 45_904));
    }

    #[test]
    fn a_double_click_takes_the_word() {
        let rope = Rope::from_str("one don't three");
        assert_eq!(word_around(&rope, 6).range(), 4..9);
        assert!(word_around(&rope, 15).is_empty());
    }
}
