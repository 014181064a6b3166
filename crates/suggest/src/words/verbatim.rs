//! Text that is no prose: code, addresses and names behind an `@`. There a writer goes on with what stands in the document, or with
//! something new.

use std::collections::BTreeSet;

use crate::words::address;
use crate::words::word::{levelled, words_in};

/// Bytes of the text in which code is followed, at most. Where the text begins within a document, an unnamed first fence closes a block.
const WITHIN: usize = 32_768;

/// Columns of indentation that make a line code in Markdown.
const INDENTED: usize = 4;

/// What a line of code has and prose hardly ever.
const CODE_MARKS: [&str; 11] = ["();", ");", "()", " = ", "::", "->", "=>", "{", "}", "</", "$ "];

/// If the word that begins at `start` of the context is no prose: the words, levelled, of places like this one before it. `is_cut`: the
/// context begins within a document.
pub(crate) fn words_of_place(context: &str, start: usize, is_cut: bool) -> Option<BTreeSet<String>> {
    let from = window(context, start);
    let before = &context[from..start];
    let levelled_words =
        |text: &str| words_in(text).map(|word| levelled(word).into_owned()).collect::<Vec<_>>();
    if let Some(address) = address::typed(context) {
        let tokens = context[..context.len() - address.len()].split(|c: char| c.is_ascii_whitespace());
        return Some(tokens.filter(|token| address::is_open(token)).flat_map(levelled_words).collect());
    }
    if is_handle(before) {
        let tokens =
            before.split(|c: char| c.is_ascii_whitespace()).map(|token| token.trim_start_matches(OPENING));
        let handles = tokens.filter_map(|token| token.strip_prefix('@'));
        return Some(handles.filter_map(|handle| levelled_words(handle).into_iter().next()).collect());
    }
    let may_have_code = before.contains(['`', '~'])
        || before.contains("\n    ")
        || before.contains('\t')
        || before.starts_with("    ");
    if !may_have_code {
        return None;
    }
    let code = Code::read(before, is_cut || from > 0);
    code.is_open.then(|| code.spans.into_iter().flat_map(levelled_words).collect())
}

/// What may stand before a name behind an `@`.
const OPENING: [char; 4] = ['(', '[', '"', '\''];

/// Whether `before` ends with the `@` of a name.
fn is_handle(before: &str) -> bool {
    let Some(before) = before.strip_suffix('@') else { return false };
    before.chars().next_back().is_none_or(|c| c.is_whitespace() || OPENING.contains(&c))
}

/// The start of the window that ends at `end`: a whole line.
fn window(context: &str, end: usize) -> usize {
    let low = end.saturating_sub(WITHIN);
    if low == 0 {
        return 0;
    }
    let line = context.as_bytes()[low..end].iter().position(|&byte| byte == b'\n');
    line.map_or(end, |at| low + at + 1)
}

/// The code of a text in Markdown.
#[derive(Debug, Default, PartialEq)]
struct Code<'t> {
    spans: Vec<&'t str>,
    /// Whether the text ends within the last of them.
    is_open: bool,
}

impl<'t> Code<'t> {
    fn read(text: &'t str, is_cut: bool) -> Self {
        let mut code = Self::default();
        // The mark of an open fence and its length. In a text that is cut, the first fence without a language closes a block.
        let mut fence: Option<(u8, usize)> = is_cut.then(|| closing_first(text)).flatten();
        let mut indented = Indented::default();
        for line in text.split_inclusive('\n') {
            let is_last = !line.ends_with('\n');
            let mark = fence_mark(line);
            match (fence, mark) {
                (Some((open, length)), Some((close, found)))
                    if close == open && found >= length && !is_last =>
                {
                    fence = None;
                }
                (Some(_), _) => code.spans.push(line),
                (None, Some(opened)) => {
                    fence = Some(opened);
                    // The language behind the mark is no code, nor prose.
                    code.is_open = is_last;
                }
                (None, None) if indented.reads(line) => {
                    code.spans.push(line);
                    code.is_open = is_last;
                }
                (None, None) => code.read_inline(line, is_last),
            }
        }
        code.is_open |= fence.is_some();
        code
    }

    /// Code between back-ticks within one line.
    fn read_inline(&mut self, line: &'t str, is_last: bool) {
        let mut rest = line;
        while let Some(at) = rest.find('`') {
            let run = rest[at..].bytes().take_while(|&byte| byte == b'`').count();
            let inside = &rest[at + run..];
            let Some(end) = inside.find(&rest[at..at + run]) else {
                if is_last && !inside.starts_with(char::is_whitespace) {
                    self.spans.push(inside);
                    self.is_open = true;
                }
                return;
            };
            self.spans.push(&inside[..end]);
            rest = &inside[end + run..];
        }
    }
}

/// The mark of the first fence, if it has no language and so may close a block that begins before the text.
fn closing_first(text: &str) -> Option<(u8, usize)> {
    let (line, mark) = text.split_inclusive('\n').find_map(|line| Some((line, fence_mark(line)?)))?;
    let is_unnamed = line.ends_with('\n') && line.trim().len() == mark.1;
    is_unnamed.then_some(mark)
}

/// The mark of a line that opens or closes a fence, and how long it is.
fn fence_mark(line: &str) -> Option<(u8, usize)> {
    let text = line.trim_start_matches(' ');
    let mark = text.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = text.bytes().take_while(|&byte| byte == mark).count();
    let is_inline = mark == b'`' && text[length..].contains('`');
    (length >= 3 && line.len() - text.len() < INDENTED && !is_inline).then_some((mark, length))
}

/// Follows indented lines. Writers indent paragraphs and lists, too, so a block is code only if it looks so.
#[derive(Debug, Default)]
struct Indented {
    /// Whether the lines before are indented and have a mark of code.
    is_code: bool,
}

impl Indented {
    /// Reads a line. Returns whether it is code.
    fn reads(&mut self, line: &str) -> bool {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        let is_indented = blank >= INDENTED || line.starts_with('\t');
        let text = line.trim_start_matches([' ', '\t']);
        if text.trim().is_empty() && line.ends_with('\n') {
            return false;
        }
        let is_item = text.starts_with(['-', '*', '+']) || text.starts_with(|c: char| c.is_ascii_digit());
        self.is_code =
            is_indented && (self.is_code || (!is_item && CODE_MARKS.iter().any(|mark| text.contains(mark))));
        self.is_code
    }
}

/// Whether a text in Markdown ends within code: a block, or a span between back-ticks. `is_cut`: it begins within a document.
pub fn is_code(before: &str, is_cut: bool) -> bool {
    let from = window(before, before.len());
    Code::read(&before[from..], is_cut || from > 0).is_open
}

/// Whether it ends within a block of code: behind a fence's line, or on an indented line that looks so. `is_cut` as above.
pub fn is_code_block(before: &str, is_cut: bool) -> bool {
    let (lines, line) = before.split_at(before.rfind('\n').map_or(0, |at| at + 1));
    let may_be_indented = !line.contains('`') && fence_mark(line).is_none();
    is_code(lines, is_cut) || (may_be_indented && is_code(before, is_cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Option<Vec<String>> {
        let start = text.len() - crate::words::word::prefix(text).len();
        words_of_place(text, start, false).map(|words| words.into_iter().collect())
    }

    #[test]
    fn in_a_text_that_is_cut_the_first_fence_may_close_a_block() {
        let is_code = |text: &str| words_of_place(text, text.len(), true).is_some();
        for (text, expected) in [
            ("load(path)\n```\nThe ", false),
            ("load(path)\n```\nThe\n```\nlo", true),
            ("The\n```rust\nlo", true),
            ("The\n```rust\nload\n```\nThe ", false),
            ("The ", false),
        ] {
            assert_eq!(is_code(text), expected, "{text:?}");
        }
    }

    #[test]
    fn code_addresses_and_names_are_told_from_prose() {
        for (text, expected) in [
            ("We load th", None),
            ("```\nload(path)\nlo", Some(vec!["load", "path"])),
            ("~~~rust\nfn quay() {}\n~~~\nThe th", None),
            ("~~~rust\nfn quay() {}\n```\nq", Some(vec!["fn", "quay"])),
            ("a ```` b\nthe th", None),
            ("```pyth", Some(vec![])),
            ("call `quay_load` with `qu", Some(vec!["quay", "load"])),
            ("call `quay` th", None),
            ("a lone ` is th", None),
            ("a lone `tick\nis th", None),
            ("So:\n\n    let quay = 1;\n    let bo", Some(vec!["1", "let", "quay"])),
            ("- an item\n\n    that goes on th", None),
            ("\tA first line that is indented th", None),
            (
                "see https://quay.example/boats then https://qu",
                Some(vec!["https", "quay", "example", "boats"]),
            ),
            ("mail kim@quay.example or kim@q", Some(vec!["kim", "quay", "example"])),
            ("@artsy said, (@kim) too; ask @a", Some(vec!["artsy", "kim"])),
            ("at 3 p.m. @", Some(vec![])),
            ("a @ th", None),
        ] {
            let expected = expected.map(|words: Vec<&str>| {
                let words: BTreeSet<String> = words.into_iter().map(str::to_owned).collect();
                words.into_iter().collect::<Vec<_>>()
            });
            assert_eq!(words(text), expected, "{text:?}");
        }
    }
}
