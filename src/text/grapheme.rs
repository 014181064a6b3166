//! Grapheme boundaries in a rope, found from the text near by.

use ropey::Rope;
use unicode_segmentation::{GraphemeCursor, GraphemeIncomplete};

/// The first boundary behind `position`; the end of the text if there is none.
pub fn next(rope: &Rope, position: usize) -> usize {
    let end = rope.len_chars();
    if position >= end {
        return end;
    }
    if matches!(rope.char(position), '\r' | '\n') {
        return position + 1;
    }
    let limit = line_end(rope, position);
    seek(rope, position, GraphemeCursor::next_boundary)
        .unwrap_or(end)
        .clamp(position + 1, limit.max(position + 1))
}

/// The last boundary before `position`; 0 if there is none.
pub fn previous(rope: &Rope, position: usize) -> usize {
    let position = position.min(rope.len_chars());
    if position == 0 {
        return 0;
    }
    if rope.char(position - 1) == '\n' {
        return position - 1;
    }
    seek(rope, position, GraphemeCursor::prev_boundary).unwrap_or(0).min(position - 1)
}

/// Whether a cursor may stand at `position`.
pub fn is_boundary(rope: &Rope, position: usize) -> bool {
    let end = rope.len_chars();
    if position == 0 || position >= end {
        return position == 0 || position == end;
    }
    if rope.char(position) == '\n' {
        return true;
    }
    next(rope, previous(rope, position)) == position
}

/// `position`, or the first boundary behind it.
pub fn snap(rope: &Rope, position: usize) -> usize {
    let position = position.min(rope.len_chars());
    if is_boundary(rope, position) { position } else { next(rope, position) }
}

/// `position`, or the last boundary before it.
pub fn snap_back(rope: &Rope, position: usize) -> usize {
    let position = position.min(rope.len_chars());
    if is_boundary(rope, position) { position } else { previous(rope, position) }
}

/// Just before the line break behind `position`, or the end of the text.
pub fn line_end(rope: &Rope, position: usize) -> usize {
    let line = rope.char_to_line(position.min(rope.len_chars()));
    if line + 1 < rope.len_lines() { rope.line_to_char(line + 1) - 1 } else { rope.len_chars() }
}

/// The start of the line `position` is on.
pub fn line_start(rope: &Rope, position: usize) -> usize {
    rope.line_to_char(rope.char_to_line(position.min(rope.len_chars())))
}

type Step = fn(&mut GraphemeCursor, &str, usize) -> Result<Option<usize>, GraphemeIncomplete>;

/// Runs the segmenter over the rope's chunks, handing it whatever it asks for.
fn seek(rope: &Rope, position: usize, step: Step) -> Option<usize> {
    let length = rope.len_bytes();
    let byte = rope.char_to_byte(position);
    let mut cursor = GraphemeCursor::new(byte, length, true);
    let (mut chunk, mut start, _, _) = rope.chunk_at_byte(byte);
    loop {
        match step(&mut cursor, chunk, start) {
            Ok(found) => return found.map(|byte| rope.byte_to_char(byte)),
            Err(GraphemeIncomplete::NextChunk) => {
                (chunk, start, _, _) = rope.chunk_at_byte((start + chunk.len()).min(length));
            }
            Err(GraphemeIncomplete::PrevChunk) => {
                (chunk, start, _, _) = rope.chunk_at_byte(start.saturating_sub(1));
            }
            Err(GraphemeIncomplete::PreContext(end)) => {
                let (before, before_start, _, _) = rope.chunk_at_byte(end.saturating_sub(1));
                cursor.provide_context(&before[..end - before_start], before_start);
            }
            Err(GraphemeIncomplete::InvalidOffset) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    /// The boundaries of a whole text, a line at a time.
    fn boundaries(text: &str) -> Vec<usize> {
        let mut found = vec![0];
        for piece in text.split_inclusive('\n') {
            let (line, end) = piece.strip_suffix('\n').map_or((piece, 0), |line| (line, 1));
            for grapheme in line.graphemes(true) {
                found.push(found[found.len() - 1] + grapheme.chars().count());
            }
            if end == 1 {
                found.push(found[found.len() - 1] + 1);
            }
        }
        found
    }

    fn check(text: &str) {
        let rope = Rope::from_str(text);
        let expected = boundaries(text);
        for position in 0..=rope.len_chars() {
            let after = expected.iter().copied().find(|&b| b > position).unwrap_or(rope.len_chars());
            let before = expected.iter().copied().rfind(|&b| b < position).unwrap_or(0);
            assert_eq!(is_boundary(&rope, position), expected.contains(&position), "{text:?} at {position}");
            assert_eq!(next(&rope, position), after, "{text:?} after {position}");
            assert_eq!(previous(&rope, position), before, "{text:?} before {position}");
        }
    }

    #[test]
    fn boundaries_are_found_across_chunks() {
        check("");
        check("a\r\nb\r");
        check(&"👩‍🚀🇰🇷🇰🇷e\u{301}한글 \n".repeat(150));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn boundaries_equal_those_of_the_whole_text(text in "[ae\u{301}\u{200d}👩🚀🇰🇷한\r\n ]{0,30}") {
            check(&text);
        }
    }
}
