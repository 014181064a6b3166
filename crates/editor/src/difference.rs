//! How two texts differ: for the eye, and as an edit that leads from one to the other.
//!
//! Lines are compared first, by histogram difference, whose cost is bounded whatever the texts are. Then the words of the
//! lines that differ are compared. What is the same on both sides is left out but for the words around a change: a
//! paragraph is one line here.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};
use ropey::Rope;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::text::Edit;
use crate::text::display::display;

/// Longer stretches, both sides together in bytes, are not compared line by line.
const MOST_BYTES: usize = 8 << 20;
/// Longer stretches of lines that differ, likewise, are not compared word by word.
const MOST_WORD_BYTES: usize = 64 << 10;
/// More stretches than this are taken as one by [`edit`].
const MOST_CHANGES: usize = 200;
/// More lines than this are not shown.
const MOST_LINES: usize = 400;
/// Graphemes shown of what is the same beside a change.
const AROUND: usize = 40;
/// Graphemes shown of one change.
const MOST_CHANGED: usize = 1_000;

/// How two texts differ, to be looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// The name of the first text.
    pub ours: String,
    /// The name of the second text.
    pub theirs: String,
    /// The lines, in order.
    pub lines: Vec<DifferenceLine>,
    /// Whether line ends or the byte order mark differ, which no line shows.
    pub form: bool,
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq)]
pub enum DifferenceLine {
    /// So many lines are the same.
    Same(usize),
    /// A line of one text, or of both.
    Text {
        /// Which text has it.
        side: Side,
        /// Its text in pieces, and whether the piece differs.
        pieces: Vec<(String, bool)>,
    },
    /// So many places more differ.
    More(usize),
}

/// Which text has a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Both texts have it.
    Both,
    /// Only the first.
    Ours,
    /// Only the second.
    Theirs,
}

/// A row of the screen: what stands before it, and its pieces.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DifferenceRow {
    /// `−`, `+` or a space; the rows that go on with a line have a space, too.
    pub sign: char,
    /// Which text has the line; `None` for a row in place of lines that are left out.
    pub side: Option<Side>,
    /// Text that fits, and whether it differs.
    pub pieces: Vec<(String, bool)>,
}

type Hunk = (Range<usize>, Range<usize>);

/// Where two texts differ, as byte ranges of whole lines in each.
fn hunks(ours: &str, theirs: &str) -> Vec<Hunk> {
    let front = common(ours.split_inclusive('\n'), theirs.split_inclusive('\n'));
    let (rest, other) = (&ours[front..], &theirs[front..]);
    let back = common(rest.split_inclusive('\n').rev(), other.split_inclusive('\n').rev());
    let (rest, other) = (&rest[..rest.len() - back], &other[..other.len() - back]);
    if rest.is_empty() && other.is_empty() {
        return Vec::new();
    }
    if rest.len() + other.len() > MOST_BYTES {
        return vec![(front..front + rest.len(), front..front + other.len())];
    }
    let input = InternedInput::new(rest, other);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let (starts, others) = (starts(rest, front), starts(other, front));
    let range =
        |starts: &[usize], lines: Range<u32>| starts[lines.start as usize]..starts[lines.end as usize];
    diff.hunks().map(|hunk| (range(&starts, hunk.before), range(&others, hunk.after))).collect()
}

/// Bytes of the lines that two texts begin with alike.
fn common<'a>(ours: impl Iterator<Item = &'a str>, theirs: impl Iterator<Item = &'a str>) -> usize {
    ours.zip(theirs).take_while(|(ours, theirs)| ours == theirs).map(|(line, _)| line.len()).sum()
}

/// Where each line begins, and where the last one ends, counted from `offset`.
fn starts(text: &str, offset: usize) -> Vec<usize> {
    let ends = text.split_inclusive('\n').scan(offset, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(offset).chain(ends).collect()
}

/// The edit that makes `theirs` of `ours`, change by change, so that a cursor stays at its words. The last place comes
/// first.
pub(crate) fn edit(ours: &Rope, theirs: &str) -> Edit {
    let text = ours.to_string();
    let mut hunks = hunks(&text, theirs);
    if hunks.len() > MOST_CHANGES
        && let (Some(first), Some(last)) = (hunks.first().cloned(), hunks.last().cloned())
    {
        hunks = vec![(first.0.start..last.0.end, first.1.start..last.1.end)];
    }
    let mut all = Edit::default();
    for (here, there) in hunks.into_iter().rev() {
        let (old, new) = (&text[here.clone()], &theirs[there]);
        let front = common(chars(old), chars(new));
        let back = common(chars(&old[front..]).rev(), chars(&new[front..]).rev());
        let start = ours.byte_to_char(here.start + front);
        let end = ours.byte_to_char(here.end - back);
        all.compose(Edit::replace(ours, start, end, &new[front..new.len() - back]));
    }
    all
}

fn chars(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()])
}

impl Difference {
    /// Compares two texts, each with its name.
    pub(crate) fn between(ours: (&str, &str), theirs: (&str, &str)) -> Self {
        let mut lines = Vec::new();
        let (mut before, mut left) = (0, 0);
        for (here, there) in hunks(ours.1, theirs.1) {
            if lines.len() > MOST_LINES {
                left += 1;
                continue;
            }
            same(&mut lines, &ours.1[before..here.start], before > 0, true);
            before = here.end;
            changed(&mut lines, &ours.1[here], &theirs.1[there]);
        }
        if left > 0 {
            lines.push(DifferenceLine::More(left));
        } else if !lines.is_empty() {
            same(&mut lines, &ours.1[before..], true, false);
        }
        Self { ours: ours.0.to_owned(), theirs: theirs.0.to_owned(), lines, form: false }
    }

    /// Whether the texts are the same.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The rows it takes on a screen of `columns` columns.
    pub(crate) fn rows(&self, columns: usize) -> Vec<DifferenceRow> {
        let width = columns.saturating_sub(2).max(2);
        let mut rows = Vec::new();
        for line in &self.lines {
            let (sign, side, pieces) = match line {
                DifferenceLine::Same(count) => (' ', None, vec![(format!("… {count} the same …"), false)]),
                DifferenceLine::More(count) => {
                    (' ', None, vec![(format!("… and {count} places more …"), false)])
                }
                DifferenceLine::Text { side, pieces } => {
                    let sign = match side {
                        Side::Both => ' ',
                        Side::Ours => '−',
                        Side::Theirs => '+',
                    };
                    (sign, Some(*side), pieces.clone())
                }
            };
            for (index, pieces) in wrapped(&pieces, width).into_iter().enumerate() {
                rows.push(DifferenceRow { sign: if index == 0 { sign } else { ' ' }, side, pieces });
            }
        }
        rows
    }
}

/// Lines that are the same: the one next to a change, and how many others.
fn same(lines: &mut Vec<DifferenceLine>, text: &str, behind: bool, ahead: bool) {
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let (first, last) = (usize::from(behind), usize::from(ahead));
    let show = |line: &&str| DifferenceLine::Text { side: Side::Both, pieces: shortened(&[(*line, false)]) };
    if all.len() <= first + last {
        lines.extend(all.iter().map(show));
        return;
    }
    lines.extend(all[..first].iter().map(show));
    lines.push(DifferenceLine::Same(all.len() - first - last));
    lines.extend(all[all.len() - last..].iter().map(show));
}

/// Lines that differ, word by word where they are not too long for that.
fn changed(lines: &mut Vec<DifferenceLine>, ours: &str, theirs: &str) {
    let (mut here, mut there) = (vec![(ours, true)], vec![(theirs, true)]);
    if ours.len() + theirs.len() <= MOST_WORD_BYTES {
        let words: (Vec<&str>, Vec<&str>) =
            (ours.split_word_bounds().collect(), theirs.split_word_bounds().collect());
        let mut input = InternedInput::default();
        input.update_before(words.0.iter().copied());
        input.update_after(words.1.iter().copied());
        let mut diff = Diff::compute(Algorithm::Myers, &input);
        diff.postprocess_no_heuristic(&input);
        here = words.0.iter().zip(0..).map(|(&word, at)| (word, diff.is_removed(at))).collect();
        there = words.1.iter().zip(0..).map(|(&word, at)| (word, diff.is_added(at))).collect();
    }
    for (side, pieces) in [(Side::Ours, here), (Side::Theirs, there)] {
        for pieces in split_lines(&pieces) {
            if lines.len() > MOST_LINES {
                return;
            }
            lines.push(DifferenceLine::Text { side, pieces: shortened(&pieces) });
        }
    }
}

/// The pieces of each line; pieces that go on alike become one.
fn split_lines<'a>(pieces: &[(&'a str, bool)]) -> Vec<Vec<(&'a str, bool)>> {
    let mut lines = vec![Vec::new()];
    for &(piece, differs) in pieces {
        for part in piece.split_inclusive('\n') {
            if let Some(line) = lines.last_mut() {
                line.push((part, differs));
            }
            if part.ends_with('\n') {
                lines.push(Vec::new());
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The pieces as they are shown: neighbours joined, long ones cut in their middle, a line end that differs made visible.
fn shortened(pieces: &[(&str, bool)]) -> Vec<(String, bool)> {
    let mut joined: Vec<(String, bool)> = Vec::new();
    for (piece, differs) in pieces {
        let end = if *differs && piece.ends_with('\n') { "¶" } else { "" };
        let text = format!("{}{end}", piece.strip_suffix('\n').unwrap_or(piece));
        match joined.last_mut() {
            Some((last, alike)) if alike == differs => last.push_str(&text),
            _ => joined.push((text, *differs)),
        }
    }
    let last = joined.len().saturating_sub(1);
    for (index, (text, differs)) in joined.iter_mut().enumerate() {
        let (front, back) = match (*differs, index) {
            (true, _) => (MOST_CHANGED / 2, MOST_CHANGED / 2),
            (false, 0) if last == 0 => (AROUND, 0),
            (false, 0) => (0, AROUND),
            (false, index) if index == last => (AROUND, 0),
            (false, _) => (AROUND / 2, AROUND / 2),
        };
        cut_middle(text, front, back);
    }
    joined.retain(|(text, _)| !text.is_empty());
    joined
}

fn cut_middle(text: &mut String, front: usize, back: usize) {
    let ends: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
    if ends.len() > front + back + 1 {
        let behind = ends.get(ends.len() - back).copied().unwrap_or(text.len());
        *text = format!("{}…{}", &text[..ends[front]], &text[behind..]);
    }
}

/// Pieces broken into rows of at most `width` cells, between words where there is room for one.
fn wrapped(pieces: &[(String, bool)], width: usize) -> Vec<Vec<(String, bool)>> {
    let (mut rows, mut used) = (vec![Vec::new()], 0);
    for (piece, differs) in pieces {
        for word in piece.split_word_bounds() {
            let shown: String = word.graphemes(true).map(display).collect();
            if used > 0 && used + shown.width() > width && shown.width() <= width {
                rows.push(Vec::new());
                used = 0;
            }
            for grapheme in shown.graphemes(true) {
                if used + grapheme.width() > width {
                    rows.push(Vec::new());
                    used = 0;
                }
                used += grapheme.width();
                if let Some(row) = rows.last_mut() {
                    put(row, grapheme, *differs);
                }
            }
        }
    }
    rows
}

fn put(row: &mut Vec<(String, bool)>, text: &str, differs: bool) {
    match row.last_mut() {
        Some((last, alike)) if *alike == differs => last.push_str(text),
        _ => row.push((text.to_owned(), differs)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(ours: &str, theirs: &str) -> Vec<String> {
        let rows = Difference::between(("a", ours), ("b", theirs)).rows(60);
        let shown = |row: DifferenceRow| {
            let pieces = row
                .pieces
                .iter()
                .map(|(text, differs)| if *differs { format!("[{text}]") } else { text.clone() });
            format!("{} {}", row.sign, pieces.collect::<String>())
        };
        rows.into_iter().map(shown).collect()
    }

    #[test]
    fn words_that_differ_are_shown_line_by_line() {
        for (ours, theirs, expected) in [
            ("same\n", "same\n", vec![]),
            ("one two three\n", "one 2 three\n", vec!["− one [two] three", "+ one [2] three"]),
            ("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\ne\nF\n", vec!["  … 4 the same …", "  e", "− [f]", "+ [F]"]),
            ("a\n", "a\nb\n", vec!["  a", "+ [b¶]"]),
            ("a\nb\n", "b\n", vec!["− [a¶]", "  b"]),
            ("", "new", vec!["+ [new]"]),
            ("end\n", "end", vec!["− end[¶]", "+ end"]),
        ] {
            assert_eq!(shown(ours, theirs), expected, "{ours:?} {theirs:?}");
        }
    }

    #[test]
    fn a_word_in_a_long_paragraph_is_shown_with_the_words_around_it() {
        let words = "and so on it goes ".repeat(50);
        let rows = shown(&format!("{words}here {words}"), &format!("{words}there {words}"));
        assert_eq!(rows.len(), 4, "{rows:?}");
        assert!(rows[0].starts_with("− …") && rows[0].contains("[here]"), "{rows:?}");
        assert!(rows[2].starts_with("+ …") && rows[2].contains("[there]"), "{rows:?}");
    }

    #[test]
    fn what_is_shown_is_bounded() {
        let text = |other: &str| {
            let ends = ["", other].into_iter().cycle().take(20_000);
            ends.enumerate().fold(String::new(), |text, (n, end)| text + &n.to_string() + end + "\n")
        };
        let (ours, theirs) = (text(""), text("!"));
        let difference = Difference::between(("a", &ours), ("b", &theirs));
        assert!(difference.lines.len() < MOST_LINES + 10, "{}", difference.lines.len());
        assert!(matches!(difference.lines.last(), Some(DifferenceLine::More(_))));
        let long = "x".repeat(9 << 20);
        let rows = Difference::between(("a", &long), ("b", "y")).rows(40);
        assert!(rows.len() < 100, "{}", rows.len());
    }

    proptest! {
        #[test]
        fn the_edit_leads_from_one_text_to_the_other_and_back(
            ours in "[ab \n한]{0,40}", theirs in "[ab \n한]{0,40}"
        ) {
            let mut rope = Rope::from_str(&ours);
            let edit = edit(&rope, &theirs);
            edit.apply(&mut rope);
            prop_assert_eq!(rope.to_string(), theirs.clone());
            edit.inverted().apply(&mut rope);
            prop_assert_eq!(rope.to_string(), ours.clone());
            prop_assert_eq!(edit.is_empty(), ours == theirs);
            let difference = Difference::between(("", &ours), ("", &theirs));
            prop_assert_eq!(difference.is_empty(), ours == theirs);
            for row in difference.rows(12) {
                let width: usize = row.pieces.iter().map(|(text, _)| text.width()).sum();
                prop_assert!(width <= 10, "{row:?}");
            }
        }
    }
}
