//! Soft wrap: which part of the text stands on which row, and in which cells.
//!
//! A row ends at the last place that fits and where the Unicode line breaking algorithm (UAX 14) lets a line break: behind a
//! space or a hyphen, between ideographs, but not before their full stop. A word wider than the screen is broken inside. One
//! space may hang over the edge, so callers keep a spare column for it and for the cursor.
//!
//! Rows are found from the text near by, never by wrapping the document. Where a single line is very long it is cut into
//! segments of about [`SEGMENT`] chars, each wrapped on its own; where a cut falls depends only on the text around it, so
//! there is nothing to cache and nothing to invalidate.

use ropey::Rope;
use unicode_linebreak::{BreakClass, break_property, linebreaks};

use super::display;
use super::grapheme::{self, Stretch};

/// Chars after which a very long line is wrapped afresh.
pub(super) const SEGMENT: usize = 2048;

/// One row of soft-wrapped text; char indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The first char on it.
    pub start: usize,
    /// Just behind its last char; a line break is no part of any row.
    pub end: usize,
    /// Cells it takes, a hanging space included.
    pub cells: usize,
    /// Whether a line of the document ends here, rather than only this row of it.
    pub ends_line: bool,
}

impl Row {
    /// Whether a cursor at `position` stands on this row: at a soft break it stands at the start of the next one.
    pub(crate) fn holds(&self, position: usize) -> bool {
        position >= self.start && (position < self.end || (self.ends_line && position == self.end))
    }

    /// The last cursor position on it.
    pub(crate) fn last_position(&self, rope: &Rope) -> usize {
        if self.ends_line { self.end } else { grapheme::previous(rope, self.end).max(self.start) }
    }
}

/// One grapheme on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlacedGrapheme {
    /// Its first char in the document.
    pub start: usize,
    /// Just behind its last char.
    pub end: usize,
    /// The column of its first cell.
    pub column: usize,
    /// How many cells it takes.
    pub width: usize,
    /// What to draw: no control characters. Narrower than `width` for a tab: the rest is blank.
    pub text: String,
}

/// The rows of one line of `graphemes`: char indices within it. `width` is at least 2.
pub(super) fn rows(graphemes: &[&str], width: usize, tab: usize) -> Vec<Row> {
    let width = width.max(2);
    let may_end = row_ends(graphemes);
    let mut rows = Vec::new();
    let (mut first, mut start) = (0, 0);
    loop {
        let (count, cells) = fit(&graphemes[first..], &may_end[first..], width, tab);
        let end =
            start + graphemes[first..first + count].iter().map(|text| text.chars().count()).sum::<usize>();
        first += count;
        let ends_line = first == graphemes.len();
        rows.push(Row { start, end, cells, ends_line });
        if ends_line {
            return rows;
        }
        start = end;
    }
}

/// For each grapheme, whether a row may end behind it.
///
/// Two rules are not those of UAX 14. Hangul counts as letters, so that Korean is broken at its spaces: the standard leaves the
/// choice, and this style goes with a ragged margin. Between two blanks a row may always end, for only one can hang over the
/// edge.
fn row_ends(graphemes: &[&str]) -> Vec<bool> {
    let text: String = graphemes.iter().flat_map(|grapheme| grapheme.chars()).map(as_letter).collect();
    let mut breaks = linebreaks(&text).map(|(byte, _)| byte).peekable();
    let mut end = 0;
    let ends = graphemes.iter().enumerate().map(|(index, grapheme)| {
        end += grapheme.len();
        while breaks.next_if(|&at| at < end).is_some() {}
        let next = graphemes.get(index + 1).and_then(|next| next.chars().next());
        breaks.peek() == Some(&end) || (is_blank(grapheme) && next.is_some_and(is_blank_char))
    });
    ends.collect()
}

/// Hangul as a letter of as many bytes; any other char as it is.
fn as_letter(c: char) -> char {
    const LETTER: char = 'ᐁ';
    let class = break_property(u32::from(c));
    let is_hangul = matches!(
        class,
        BreakClass::HangulLvSyllable
            | BreakClass::HangulLvtSyllable
            | BreakClass::HangulLJamo
            | BreakClass::HangulVJamo
            | BreakClass::HangulTJamo
    );
    if is_hangul && c.len_utf8() == LETTER.len_utf8() { LETTER } else { c }
}

/// How many of `graphemes` go on one row, and the cells they take. `may_end`: where the row may end, one for each.
fn fit(graphemes: &[&str], may_end: &[bool], width: usize, tab: usize) -> (usize, usize) {
    let (mut cells, mut last_end) = (0, None);
    for (index, grapheme) in graphemes.iter().enumerate() {
        let wide = display::width(grapheme, cells, tab);
        if cells + wide > width && index > 0 {
            let hangs = is_blank(grapheme) && cells <= width;
            return match last_end {
                Some(end) if !(hangs && may_end[index]) => end,
                _ if hangs => (index + 1, width + 1),
                _ => (index, cells),
            };
        }
        cells += wide;
        if is_blank(grapheme) {
            cells = cells.min(width + 1);
        }
        if may_end[index] {
            last_end = Some((index + 1, cells));
        }
    }
    (graphemes.len(), cells)
}

/// White space that is drawn as such, and may hang over the edge.
fn is_blank(grapheme: &str) -> bool {
    grapheme.chars().all(is_blank_char)
}

fn is_blank_char(c: char) -> bool {
    let is_drawn =
        matches!(c, '\u{a0}' | '\u{202f}' | '\u{2028}' | '\u{2029}') || (c.is_control() && c != '\t');
    c.is_whitespace() && !is_drawn
}

/// How wide rows are and how far tabs reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrap {
    /// Cells to a row, the spare column not counted.
    pub width: usize,
    /// Cells between tab stops.
    pub tab: usize,
}

impl Wrap {
    /// The row a cursor at `position` stands on.
    pub(crate) fn row_at(&self, rope: &Rope, position: usize) -> Row {
        let position = position.min(rope.len_chars());
        let rows = self.segment_rows(rope, position);
        let found = rows.iter().find(|row| row.holds(position)).or(rows.last()).copied();
        found.unwrap_or(Row { start: position, end: position, cells: 0, ends_line: true })
    }

    /// Up to `count` rows from the one that holds `position` on.
    pub(crate) fn rows_from(&self, rope: &Rope, position: usize, count: usize) -> Vec<Row> {
        let mut found: Vec<Row> = Vec::new();
        let mut from = position.min(rope.len_chars());
        while found.len() < count {
            let rows = self.segment_rows(rope, from);
            found.extend(rows.iter().skip_while(|row| !row.holds(from)));
            let Some(last) = rows.last() else { break };
            if last.ends_line && last.end == rope.len_chars() {
                break;
            }
            from = last.end + usize::from(last.ends_line);
        }
        found.truncate(count);
        found
    }

    /// Up to `count` rows before the one that holds `position`, top one first.
    pub(crate) fn rows_before(&self, rope: &Rope, position: usize, count: usize) -> Vec<Row> {
        let mut found: Vec<Row> = Vec::new();
        let mut before = self.row_at(rope, position).start;
        let mut segment = self.segment_rows(rope, before);
        loop {
            found.extend(segment.iter().rev().filter(|row| row.start < before));
            before = segment.first().map_or(0, |row| row.start);
            if found.len() >= count || before == 0 {
                break;
            }
            segment = self.segment_rows(rope, before - 1);
        }
        found.truncate(count);
        found.reverse();
        found
    }

    /// The graphemes of a row, with their cells.
    pub(crate) fn cells(&self, rope: &Rope, row: &Row) -> Vec<PlacedGrapheme> {
        let stretch = Stretch::new(rope, row.start, row.end);
        let mut cells = Vec::new();
        let (mut column, mut start) = (0, row.start);
        let limit = self.width.max(2);
        for grapheme in stretch.clusters() {
            let end = start + grapheme.chars().count();
            let mut width = display::width(grapheme, column, self.tab);
            let mut text = display::display(grapheme).into_owned();
            let room = if column < limit { limit + 1 - column } else { 1 };
            if is_blank(grapheme) && width > room {
                width = room;
                " ".clone_into(&mut text);
            }
            cells.push(PlacedGrapheme { start, end, column, width, text });
            column += width;
            start = end;
        }
        cells
    }

    /// The column of a cursor at `position`, which stands on `row`.
    pub(crate) fn column_of(&self, rope: &Rope, row: &Row, position: usize) -> usize {
        let cells = self.cells(rope, row);
        let before = cells.iter().find(|cell| cell.end > position).map(|cell| cell.column);
        before.unwrap_or_else(|| cells.last().map_or(0, |cell| cell.column + cell.width))
    }

    /// The cursor position on `row` nearest to `column` from the left; on a soft-broken row never behind its last grapheme.
    pub(crate) fn position_at(&self, rope: &Rope, row: &Row, column: usize) -> usize {
        let cells = self.cells(rope, row);
        match cells.iter().find(|cell| cell.column + cell.width > column) {
            Some(cell) => cell.start,
            None => row.last_position(rope),
        }
    }

    /// The rows of the segment of a line that holds `position`.
    fn segment_rows(&self, rope: &Rope, position: usize) -> Vec<Row> {
        let (start, end, line_end) = segment(rope, position);
        let stretch = Stretch::new(rope, start, end);
        let graphemes: Vec<&str> = stretch.clusters().collect();
        let mut rows = rows(&graphemes, self.width, self.tab);
        for row in &mut rows {
            row.start += start;
            row.end += start;
            row.ends_line &= end == line_end;
        }
        rows
    }
}

/// Start and end of the segment that holds `position`, and the end of its line.
fn segment(rope: &Rope, position: usize) -> (usize, usize, usize) {
    let line_start = grapheme::line_start(rope, position);
    let line_end = grapheme::line_end(rope, position);
    if line_end - line_start <= 2 * SEGMENT {
        return (line_start, line_end, line_end);
    }
    let mut index = (position - line_start) / SEGMENT;
    loop {
        let end = cut(rope, line_start, line_end, index + 1);
        if position < end || end == line_end {
            return (cut(rope, line_start, line_end, index), end, line_end);
        }
        index += 1;
    }
}

/// Where segment `index` of a long line starts: behind a space if there is one near by.
fn cut(rope: &Rope, line_start: usize, line_end: usize, index: usize) -> usize {
    let nominal = line_start + index * SEGMENT;
    if index == 0 || nominal >= line_end {
        return nominal.min(line_end);
    }
    grapheme::division(rope, line_start, nominal)
}

#[cfg(test)]
mod tests;
