//! Plain text: prose as it stands, with hard-wrapped paragraphs put back on one line.
//!
//! Why un-wrap: the editor soft-wraps, so its lines are paragraphs. A model that learned from text broken at column
//! 72 would offer line breaks in mid-sentence. Why so carefully: joining the lines of a poem, a list or a table
//! destroys what the writer meant. So a text must be *clearly* hard-wrapped as a whole ([`is_hard_wrapped`]), and each
//! paragraph must look like the work of a wrapping program: no line could have held the next line's first word
//! ([`was_filled`]).

use std::ops::RangeInclusive;

/// Lengths, in characters, of a line that a program wrapped.
const WRAPPED_LENGTH: RangeInclusive<usize> = 60..=80;
/// A text with fewer lines that go on in the next one is left alone.
const LEAST_LINES: usize = 6;

/// The text with its hard-wrapped paragraphs un-wrapped, if it is clearly hard-wrapped.
pub(super) fn to_prose(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    if !is_hard_wrapped(&lines) {
        return text.to_owned();
    }
    let mut prose = String::with_capacity(text.len() + 1);
    for block in lines.chunk_by(|above, below| continues(above, below)) {
        if was_filled(block) {
            push_joined(&mut prose, block);
        } else {
            for line in block {
                prose.push_str(line);
                prose.push('\n');
            }
        }
    }
    prose
}

/// Whether most of the lines that go on in the next one have a length a wrapping program gives.
fn is_hard_wrapped(lines: &[&str]) -> bool {
    let mut going_on = 0;
    let mut of_wrapped_length = 0;
    for pair in lines.windows(2) {
        if continues(pair[0], pair[1]) {
            going_on += 1;
            of_wrapped_length += usize::from(WRAPPED_LENGTH.contains(&pair[0].trim_end().chars().count()));
        }
    }
    going_on >= LEAST_LINES && of_wrapped_length * 2 >= going_on
}

/// Whether `below` may belong to the same paragraph as `above`: neither is blank, a new list item does not start,
/// and the indent is the same (or that of a list item's text).
fn continues(above: &str, below: &str) -> bool {
    if above.trim().is_empty() || below.trim().is_empty() || marker_width(below).is_some() {
        return false;
    }
    if ["|", ">", "#", "```"].iter().any(|mark| below.trim_start().starts_with(mark)) {
        return false;
    }
    indent(below) == marker_width(above).unwrap_or_else(|| indent(above))
}

/// Whether a wrapping program made these lines: each but the last had no room for the next one's first word.
fn was_filled(block: &[&str]) -> bool {
    let Some(width) = block.iter().map(|line| line.trim_end().chars().count()).max() else { return false };
    block.len() > 1
        && *WRAPPED_LENGTH.end() >= width
        && block.windows(2).all(|pair| {
            let length = pair[0].trim_end().chars().count();
            let next_word = pair[1].split_whitespace().next().map_or(0, |word| word.chars().count());
            length * 5 >= WRAPPED_LENGTH.start() * 4 && length + 1 + next_word >= width
        })
}

fn push_joined(prose: &mut String, block: &[&str]) {
    for (index, line) in block.iter().enumerate() {
        let line = if index == 0 { line.trim_end() } else { line.trim() };
        // A program breaks after the hyphen of a compound ("well-\nknown"), so it stays and no space is due.
        let after_compound = prose.ends_with('-') && !prose.ends_with("--") && !prose.ends_with(" -");
        if index > 0 && !after_compound {
            prose.push(' ');
        }
        prose.push_str(line);
    }
    prose.push('\n');
}

/// Characters of white space before a line's text.
fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}

/// Where a list item's text starts, in characters from the line's start; `None` for a line that starts no item.
fn marker_width(line: &str) -> Option<usize> {
    let text = line.trim_start();
    let marker = text.split_whitespace().next()?;
    let is_bullet = matches!(marker, "-" | "*" | "+" | "•" | "–");
    let is_number = marker.len() <= 4
        && marker.ends_with(['.', ')'])
        && marker.trim_matches(['(', '.', ')']).chars().all(|c| c.is_ascii_digit());
    if !is_bullet && !is_number {
        return None;
    }
    let gap = text[marker.len()..].chars().take_while(|c| c.is_whitespace()).count();
    Some(indent(line) + marker.chars().count() + gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str = "The ferry left the quay before the fog had lifted, and nobody on deck could see \
        how far the other shore might be, although the captain claimed he knew it by the sound of the bells \
        that were rung there every quarter of an hour since the great storm of his grandfather's time, when \
        eleven boats had failed to come home and the whole village stood on the pier until the morning.";

    fn wrap(text: &str, width: usize, first: &str, rest: &str) -> String {
        let mut lines = vec![first.to_owned()];
        for word in text.split(' ') {
            let line = lines.last_mut().unwrap();
            let is_bare = line.trim().is_empty() || line == first;
            if !is_bare && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(format!("{rest}{word}"));
            } else {
                if !is_bare {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
        lines.join("\n") + "\n"
    }

    #[test]
    fn paragraphs_wrapped_at_any_usual_width_come_back_on_one_line() {
        for width in [66, 70, 72, 76, 79, 80] {
            let wrapped = wrap(SENTENCE, width, "", "");
            let text = format!("{wrapped}\n{wrapped}");
            assert_eq!(to_prose(&text), format!("{SENTENCE}\n\n{SENTENCE}\n"), "width {width}");
        }
    }

    #[test]
    fn list_items_keep_their_marker_and_lose_their_wrapping() {
        let item = wrap(SENTENCE, 72, "- ", "  ");
        let numbered = wrap(SENTENCE, 72, "12. ", "    ");
        let text = format!("{item}{item}{numbered}");
        assert_eq!(to_prose(&text), format!("- {SENTENCE}\n- {SENTENCE}\n12. {SENTENCE}\n"));
    }

    #[test]
    fn verse_code_tables_and_long_lines_stay_as_they_are() {
        let paragraph = wrap(SENTENCE, 72, "", "");
        let verse = "Over the hill and under the hill\nthe same three geese went by\n";
        let code = "def greet(name):\n    print(name)\n    return name\n";
        let table = "| one | two |\n| --- | --- |\n| a   | b   |\n";
        let text = format!("{paragraph}\n{paragraph}\n{verse}\n{code}\n{table}");
        assert_eq!(to_prose(&text), format!("{SENTENCE}\n\n{SENTENCE}\n\n{verse}\n{code}\n{table}"));
    }

    #[test]
    fn a_text_that_is_not_clearly_wrapped_is_left_alone() {
        let short_note = wrap(SENTENCE, 40, "", "");
        let long_lines = format!("{SENTENCE}\n{SENTENCE}\n").repeat(5);
        let one_paragraph = wrap(SENTENCE, 72, "", "").lines().take(4).collect::<Vec<_>>().join("\n");
        for text in [short_note, long_lines, one_paragraph] {
            assert_eq!(to_prose(&text), text);
        }
    }

    #[test]
    fn a_compound_broken_at_its_hyphen_is_closed_up() {
        let mut prose = String::new();
        push_joined(&mut prose, &["a well-", "known name --", "so they say -", "twice"]);
        assert_eq!(prose, "a well-known name -- so they say - twice\n");
    }

    #[test]
    fn markers_are_distinguished_from_words() {
        let cases = [
            ("- item", Some(2)),
            ("  * item", Some(4)),
            ("3.  item", Some(4)),
            ("(12) item", Some(5)),
            ("1984. A year", None),
            ("-- dash", None),
            ("word", None),
            ("", None),
        ];
        for (line, width) in cases {
            assert_eq!(marker_width(line), width, "{line:?}");
        }
    }
}
