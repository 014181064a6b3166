//! Tables and lists: a value on one of their lines is judged with the header that names it.

use std::ops::Range;

/// What lines of a table or a list have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    /// Cells between bars.
    Bars,
    /// An item behind a dash or a number.
    Item,
    /// A name of a word or two, a colon, and what is behind it.
    Named,
    /// Cells parted by so many of this byte.
    Parted(u8, usize),
    /// One word.
    Word,
}

/// Lines of a table or list above the cursor that are gone through at most, and bytes of one.
const MOST_ROWS: usize = 500;
const LONGEST_ROW: usize = 400;
/// Blank lines that may part a title from what stands under it.
const BLANK_LINES: usize = 3;

fn row(line: &[u8]) -> Option<Row> {
    let line = line.trim_ascii();
    let (&first, rest) = line.split_first().filter(|_| line.len() <= LONGEST_ROW)?;
    let number = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if first == b'|' {
        return Some(Row::Bars);
    }
    let dashed = matches!(first, b'-' | b'*' | b'+') && rest.first() == Some(&b' ');
    if dashed || (number > 0 && matches!(line.get(number), Some(b'.' | b')'))) {
        return Some(Row::Item);
    }
    if let Some(colon) = line.windows(2).position(|pair| pair == b": ")
        && line[..colon].iter().filter(|byte| byte.is_ascii_whitespace()).count() <= 1
    {
        return Some(Row::Named);
    }
    for mark in [b'\t', b';', b','] {
        let count = line.split(|&byte| byte == mark).count() - 1;
        if count > 0 {
            return Some(Row::Parted(mark, count));
        }
    }
    (!line.iter().any(u8::is_ascii_whitespace)).then_some(Row::Word)
}

/// Of the table or list that goes on with the line at `from`: the line above it, if one stands there, and its first two lines, as far as
/// they stand before `from`. Empty if there is none.
pub(super) fn header(context: &[u8], from: usize) -> Range<usize> {
    let nothing = from..from;
    if from == 0 || context.get(from - 1) != Some(&b'\n') {
        return nothing;
    }
    let line_end = |start: usize| {
        context[start..].iter().position(|&byte| byte == b'\n').map_or(context.len(), |at| start + at + 1)
    };
    let line_before = |start: usize| {
        let end = start.checked_sub(1)?;
        Some(context[..end].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1))
    };
    let Some(kind) = row(&context[from..line_end(from)]) else { return nothing };
    let mut start = from;
    for _ in 0..MOST_ROWS {
        match line_before(start).filter(|&above| row(&context[above..start]) == Some(kind)) {
            Some(above) => start = above,
            None => break,
        }
    }
    // Its title, also across some blank lines.
    let mut title = start;
    for _ in 0..=BLANK_LINES {
        let Some(above) = line_before(title) else { break };
        title = above;
        if !context[above..start].iter().all(u8::is_ascii_whitespace) {
            break;
        }
    }
    title..line_end(line_end(start).min(from)).min(from)
}
