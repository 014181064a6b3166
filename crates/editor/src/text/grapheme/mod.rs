//! Grapheme boundaries in a rope, found from the text near by, whatever stands there.
//!
//! They are Unicode's, but for what no reader takes for one character. Two rules keep a letter with a million marks from
//! being one step of the cursor, and the search for its start from reading a million marks:
//!
//! - A cluster of more than [`MOST_CHARS`] chars is cut every so many chars from its start.
//! - Where `GRID` chars in a row hold no *plain* boundary (one that the chars just before it settle), the text is cut at
//!   every multiple of `GRID`, counted from the line's start, and read afresh from there. No flag is cut in two.
//!
//! What is a boundary depends only on the line and the place, so forward and backward motion, wrap and display agree. Some
//! `2 · GRID` chars are looked at, at most.

use std::borrow::Cow;

use ropey::Rope;
use unicode_segmentation::GraphemeCursor;

/// Chars of a cluster, at most: the longest that people write, flags and stacked letters included, have about ten, and
/// Unicode's stream-safe format (UAX 15) allows thirty marks in a row.
pub(crate) const MOST_CHARS: usize = 32;
/// Chars without a plain boundary, after which the text is cut.
const GRID: usize = 256;
/// Chars before a place that may be looked at to tell whether it is a plain boundary.
const CONTEXT: usize = MOST_CHARS + 2;
/// Chars of flags in a row that are paired from the first: all the world's are some five hundred.
const MOST_FLAGS: usize = 4096;

/// The first boundary behind `position`; the end of the text if there is none.
pub(crate) fn next(rope: &Rope, position: usize) -> usize {
    let end = rope.len_chars();
    if position + 1 >= end {
        return end;
    }
    let (c, after) = (rope.char(position), rope.char(position + 1));
    if are_simple(c, after) {
        return position + 1;
    }
    let line_end = line_end(rope, position);
    // No cluster is longer, so whatever the cut at the end does to the last of these, the first is whole.
    let stop = line_end.min(position + MOST_CHARS + 1);
    let near = Stretch::around(rope, position, stop);
    near.boundaries().find(|&boundary| boundary > position).unwrap_or(line_end)
}

/// The last boundary before `position`; 0 if there is none.
pub(crate) fn previous(rope: &Rope, position: usize) -> usize {
    let position = position.min(rope.len_chars());
    if position <= 1 {
        return 0;
    }
    let (before, c) = (rope.char(position - 2), rope.char(position - 1));
    if are_simple(before, c) {
        return position - 1;
    }
    let near = Stretch::around(rope, position - 1, position);
    near.boundaries()
        .take_while(|&boundary| boundary < position)
        .last()
        .unwrap_or(near.anchor.min(position - 1))
}

/// Whether a cursor may stand at `position`.
pub(crate) fn is_boundary(rope: &Rope, position: usize) -> bool {
    let end = rope.len_chars();
    if position == 0 || position >= end {
        return position == 0 || position == end;
    }
    if are_simple(rope.char(position - 1), rope.char(position)) {
        return true;
    }
    let near = Stretch::around(rope, position, position + 1);
    near.anchor == position || near.boundaries().any(|boundary| boundary == position)
}

/// `position`, or the first boundary behind it.
pub(crate) fn snap(rope: &Rope, position: usize) -> usize {
    let position = position.min(rope.len_chars());
    if is_boundary(rope, position) { position } else { next(rope, position) }
}

/// `position`, or the last boundary before it.
pub(crate) fn snap_back(rope: &Rope, position: usize) -> usize {
    let position = position.min(rope.len_chars());
    if is_boundary(rope, position) { position } else { previous(rope, position) }
}

/// Where a line that begins at `line_start` is best divided near `position`, which is within it: at the last plain boundary
/// behind a space of the chars just before (a no-break space is none), else at the last plain boundary, else right there.
/// `position` is a multiple of `GRID` chars from the line's start, so it is a cut where there is no plain boundary.
pub(super) fn division(rope: &Rope, line_start: usize, position: usize) -> usize {
    debug_assert!((position - line_start).is_multiple_of(GRID));
    let first = line_start.max(position.saturating_sub(GRID + CONTEXT));
    let text: Cow<'_, str> = rope.slice(first..=position).into();
    let (mut at, mut before, mut plain) = (position, &*text, None);
    while let Some(next) = before.chars().next_back() {
        before = &before[..before.len() - next.len_utf8()];
        if at + GRID <= position || at <= line_start {
            break;
        }
        let is_space = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}');
        let follows_space = before.chars().next_back().is_some_and(is_space);
        if (follows_space || plain.is_none()) && is_plain_boundary(before, next) {
            plain = plain.or(Some(at));
            if follows_space {
                return at;
            }
        }
        at -= 1;
    }
    plain.unwrap_or_else(|| whole_flags(rope, line_start, position))
}

/// Just before the line break behind `position`, or the end of the text.
pub(crate) fn line_end(rope: &Rope, position: usize) -> usize {
    let line = rope.char_to_line(position.min(rope.len_chars()));
    if line + 1 < rope.len_lines() { rope.line_to_char(line + 1) - 1 } else { rope.len_chars() }
}

/// The start of the line `position` is on.
pub(crate) fn line_start(rope: &Rope, position: usize) -> usize {
    rope.line_to_char(rope.char_to_line(position.min(rope.len_chars())))
}

/// A stretch of one line, to be read cluster by cluster.
pub(crate) struct Stretch<'a> {
    rope: &'a Rope,
    /// From some chars before the anchor, for context.
    text: Cow<'a, str>,
    /// The last place at or before the start from which the clusters can be found.
    anchor: usize,
    /// The byte of `text` that it is at.
    byte: usize,
    /// Chars from the line's start to it.
    column: usize,
    /// Whether it is a plain boundary, rather than a cut.
    plain: bool,
    /// The start of the stretch.
    start: usize,
}

impl<'a> Stretch<'a> {
    /// The text from `start` to `end`, both boundaries on one line.
    pub(crate) fn new(rope: &'a Rope, start: usize, end: usize) -> Self {
        Self::around(rope, start, end.max(start))
    }

    /// From the anchor of `position` to `end`, which is on the same line.
    fn around(rope: &'a Rope, position: usize, end: usize) -> Self {
        let line_start = line_start(rope, position);
        let (anchor, plain) = anchor(rope, line_start, position);
        let first = line_start.max(anchor.saturating_sub(CONTEXT));
        let text: Cow<'_, str> = rope.slice(first..end.max(anchor)).into();
        let byte = text.char_indices().nth(anchor - first).map_or(text.len(), |(byte, _)| byte);
        Self { rope, text, anchor, byte, column: anchor - line_start, plain, start: position }
    }

    /// The clusters, as they are read and drawn.
    pub(crate) fn clusters(&self) -> impl Iterator<Item = &str> {
        let mut at = self.anchor;
        self.all().skip_while(move |cluster| {
            let skipped = at < self.start;
            if skipped {
                at += cluster.chars().count();
            }
            skipped
        })
    }

    /// The ends of the clusters from the anchor on.
    fn boundaries(&self) -> impl Iterator<Item = usize> {
        let mut at = self.anchor;
        self.all().map(move |cluster| {
            at += cluster.chars().count();
            at
        })
    }

    fn all(&self) -> Clusters<'_> {
        let mut clusters = Clusters {
            rope: self.rope,
            line_start: self.anchor - self.column,
            text: &self.text,
            at: self.byte,
            end: self.byte,
            column: self.column,
            since: self.column,
            plain: self.plain,
            limit: self.text.len(),
            segmenter: None,
        };
        if !self.plain {
            clusters.cut_here();
        }
        clusters
    }
}

/// Reads clusters from an anchor on.
struct Clusters<'a> {
    rope: &'a Rope,
    line_start: usize,
    text: &'a str,
    /// The byte of the next cluster.
    at: usize,
    /// The end of the Unicode cluster it is a part of.
    end: usize,
    /// Chars from the line's start to `end`.
    column: usize,
    /// The column of the last plain boundary or cut.
    since: usize,
    /// Whether the text has been read from a plain boundary, rather than from a cut.
    plain: bool,
    /// As far as the text is read before the next cut.
    limit: usize,
    /// The segmenter, and the byte it was started at.
    segmenter: Option<(usize, GraphemeCursor)>,
}

impl<'a> Iterator for Clusters<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.at == self.text.len() {
            return None;
        }
        if self.at == self.end {
            self.advance();
        }
        let rest = &self.text[self.at..self.end];
        let length = match rest.len() {
            short if short <= MOST_CHARS => short,
            long => rest.char_indices().nth(MOST_CHARS).map_or(long, |(byte, _)| byte),
        };
        self.at += length;
        Some(&rest[..length])
    }
}

impl Clusters<'_> {
    /// Finds the end of the Unicode cluster at `at`, or the cut in it.
    fn advance(&mut self) {
        let bytes = self.text.as_bytes();
        if self.plain && bytes[self.at].is_ascii() && bytes.get(self.at + 1).is_none_or(u8::is_ascii) {
            (self.end, self.segmenter) = (self.at + 1, None);
            self.column += 1;
            self.since = self.column;
            return;
        }
        let (at, limit) = (self.at, self.limit);
        let (start, segmenter) =
            self.segmenter.get_or_insert_with(|| (at, GraphemeCursor::new(0, limit - at, true)));
        let found = segmenter.next_boundary(&self.text[*start..limit], 0);
        let end = found.ok().flatten().map_or(limit, |end| *start + end);
        let cluster = &self.text[at..end];
        let chars = cluster.chars().count();
        let cut = (self.since + GRID).next_multiple_of(GRID);
        if self.column + chars > cut {
            if whole_flags(self.rope, self.line_start, self.line_start + cut) < self.line_start + cut {
                self.end = at;
                self.cut_here();
                return self.advance();
            }
            let room = cut - self.column;
            self.end = at + cluster.char_indices().nth(room).map_or(cluster.len(), |(byte, _)| byte);
            self.column = cut;
            self.cut_here();
            return;
        }
        (self.end, self.column) = (end, self.column + chars);
        if self.ends_plainly(cluster, chars) {
            self.since = self.column;
            if !self.plain {
                (self.plain, self.segmenter, self.limit) = (true, None, self.text.len());
            }
        } else if self.column == cut {
            self.cut_here();
        }
    }

    /// Whether there is a plain boundary at the end of the cluster just read.
    fn ends_plainly(&self, cluster: &str, chars: usize) -> bool {
        let (Some(last), Some(next)) = (cluster.chars().next_back(), self.text[self.end..].chars().next())
        else {
            return true;
        };
        let short = self.plain && chars <= MOST_CHARS && !(is_regional(last) && is_regional(next));
        short || is_plain_boundary(&self.text[..self.end], next)
    }

    /// The text is read afresh from `end`, some way beyond where the next cut would be.
    fn cut_here(&mut self) {
        (self.plain, self.since, self.segmenter) = (false, self.column, None);
        let rest = &self.text[self.end..];
        self.limit = self.end + rest.char_indices().nth(2 * GRID).map_or(rest.len(), |(byte, _)| byte);
    }
}

/// The last plain boundary or cut at or before `position`, and whether it is the former.
fn anchor(rope: &Rope, line_start: usize, position: usize) -> (usize, bool) {
    let first = line_start.max(position.saturating_sub(2 * GRID + CONTEXT));
    let text: Cow<'_, str> = rope.slice(first..position).into();
    let mut next = rope.get_char(position).unwrap_or('\n');
    let (mut at, mut before) = (position, &*text);
    let mut cut = None;
    loop {
        if at == line_start || is_plain_boundary(before, next) {
            return (at, true);
        }
        match cut {
            // A plain boundary at most this far back would have moved the cut.
            Some(cut) if at + GRID == cut + 1 => return (whole_flags(rope, line_start, cut), false),
            None if (at - line_start).is_multiple_of(GRID) => cut = Some(at),
            _ => {}
        }
        let Some(last) = before.chars().next_back() else { return (at, false) };
        before = &before[..before.len() - last.len_utf8()];
        next = last;
        at -= 1;
    }
}

/// `cut`, or one less where that would be in the middle of a flag.
fn whole_flags(rope: &Rope, line_start: usize, cut: usize) -> usize {
    if !rope.get_char(cut).is_some_and(is_regional) {
        return cut;
    }
    let most = (cut - line_start).min(MOST_FLAGS);
    let before = rope.chars_at(cut).reversed().take(most).take_while(|&c| is_regional(c)).count();
    if before == MOST_FLAGS { cut } else { cut - before % 2 }
}

/// Whether there is a boundary between the end of `before` and `next` that the chars just before settle: all but those
/// between flags, and those behind more marks than [`MOST_CHARS`]. `before` begins at the line's start or [`CONTEXT`]
/// chars back.
fn is_plain_boundary(before: &str, next: char) -> bool {
    let Some(last) = before.chars().next_back() else { return true };
    if is_simple(last) && is_simple(next) {
        return true;
    }
    if is_regional(last) && is_regional(next) || !are_apart(last, next) {
        return false;
    }
    // Only a pictogram or an Indic consonant can be joined to what is before a mark.
    if !is_extending(last) || (is_simple(next) && !matches!(next, '©' | '®')) {
        return true;
    }
    let marks = before.char_indices().rev().take(CONTEXT);
    let base = marks.clone().position(|(_, c)| !is_extending(c));
    let start = match base {
        Some(base) if base > MOST_CHARS => return false,
        None if marks.clone().count() > MOST_CHARS => return false,
        Some(base) => marks.clone().nth(base).map_or(0, |(byte, _)| byte),
        None => 0,
    };
    let run = format!("{}{next}", &before[start..]);
    GraphemeCursor::new(run.len() - next.len_utf8(), run.len(), true).is_boundary(&run, 0).unwrap_or(true)
}

/// Whether two neighbours alone show that there is a boundary between them.
pub(super) fn are_simple(before: char, next: char) -> bool {
    before == '\n' || next == '\n' || (is_simple(before) && is_simple(next))
}

/// Chars between any two of which there is a boundary, whatever is around them. Not all such, but most that are written.
fn is_simple(c: char) -> bool {
    matches!(c, '\0'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{590}' | '\u{2010}'..='\u{2027}'
        | '\u{3041}'..='\u{3096}' | '\u{30a0}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

fn is_regional(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Whether there is a boundary between two chars with nothing before them.
fn are_apart(a: char, b: char) -> bool {
    let mut bytes = [0; 8];
    let first = a.encode_utf8(&mut bytes).len();
    let length = first + b.encode_utf8(&mut bytes[first..]).len();
    let pair = std::str::from_utf8(&bytes[..length]).unwrap_or_default();
    GraphemeCursor::new(first, length, true).is_boundary(pair, 0).unwrap_or(true)
}

/// Whether `c` joins the char before it, as a mark or a joiner does.
fn is_extending(c: char) -> bool {
    c >= '\u{300}' && !are_apart('x', c)
}

#[cfg(test)]
mod tests;
