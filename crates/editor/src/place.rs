//! What kind of place the cursor is at: in a word, at a line's start, behind a list's bullet, in code.
//!
//! Only the text near by is read, for this is looked at with every key.

use super::state::State;
use suggest::verbatim;
use suggest::word::{CharClass, class, prefix};

/// Chars of the cursor's line that are read before it.
const LINE: usize = 512;
/// Chars before the cursor in which the word at the cursor is looked for.
const WORD: usize = 64;
/// Chars before the cursor in which code is looked for: more than are followed there.
const CODE: usize = 33_000;
/// Endings of files that hold prose. A file without an ending does, too.
const PROSE: [&str; 14] = [
    "md", "markdown", "mkd", "mdx", "txt", "text", "rst", "org", "adoc", "asciidoc", "tex", "typ",
    "fountain", "eml",
];

impl State {
    /// The text before the cursor, at most `chars` of it.
    pub(crate) fn text_before(&self, chars: usize) -> String {
        let cursor = self.cursor();
        self.document.buffer.text(cursor.saturating_sub(chars)..cursor)
    }

    /// The cursor's line up to the cursor; `None` where its start is far away.
    pub(crate) fn line_before(&self) -> Option<String> {
        let before = self.text_before(LINE);
        match before.rfind('\n') {
            Some(at) => Some(before[at + 1..].to_owned()),
            None => (self.cursor() <= LINE).then_some(before),
        }
    }

    /// Whether a word stands right before the cursor.
    pub(crate) fn is_in_word(&self) -> bool {
        !prefix(&self.text_before(WORD)).is_empty()
    }

    /// Whether a word stands right behind the cursor, or goes on there.
    pub(crate) fn is_before_word(&self) -> bool {
        let buffer = &self.document.buffer;
        let at = |position| buffer.char_at(position).map(class);
        match at(self.cursor()) {
            Some(CharClass::Letter | CharClass::Mark) => true,
            Some(CharClass::Joiner) => self.is_in_word() && at(self.cursor() + 1) == Some(CharClass::Letter),
            _ => false,
        }
    }

    /// Whether a word may be put in at the cursor: it is not inside a word, but for letters that were typed right before one.
    pub(crate) fn is_free_for_word(&self) -> bool {
        !self.is_in_word() || !self.is_before_word() || self.suggest.typed_before_word.is_some()
    }

    /// Whether Tab indents here where it takes nothing: at a line's start, behind a list's bullet, in a block of code.
    pub(crate) fn indents_here(&self) -> bool {
        let line = self.line_before();
        line.is_some_and(|line| line.trim().is_empty() || is_bullet(&line))
            || self.is_file_of_code()
            || self.is_in_code_block()
    }

    /// Whether only a list's bullet stands before the cursor on its line.
    pub(crate) fn is_behind_bullet(&self) -> bool {
        self.line_before().is_some_and(|line| is_bullet(&line))
    }

    /// Whether the cursor is in code: a file of code, or a block or a span of it in Markdown.
    pub(crate) fn is_code(&self) -> bool {
        self.is_file_of_code() || verbatim::is_code(&self.text_before(CODE), self.cursor() > CODE)
    }

    fn is_file_of_code(&self) -> bool {
        let ending = self.document.path.as_ref().and_then(|path| path.extension());
        ending.is_some_and(|ending| !PROSE.iter().any(|prose| ending.eq_ignore_ascii_case(prose)))
    }

    /// Whether the cursor is in a block of code, as the suggestions know it.
    fn is_in_code_block(&self) -> bool {
        verbatim::is_code_block(&self.text_before(CODE), self.cursor() > CODE)
    }
}

/// Whether `line` is a list's bullet (`- `, `* `, `12. `, `- [ ] `) and nothing behind it.
fn is_bullet(line: &str) -> bool {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if number.len() < line.len() {
        number.strip_prefix(['.', ')'])
    } else {
        line.strip_prefix(['-', '*', '+', '•', '–'])
    };
    let Some(rest) = rest.filter(|rest| rest.starts_with([' ', '\t'])) else { return false };
    let rest = rest.trim();
    matches!(rest, "" | "[ ]" | "[x]" | "[X]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bullet_is_one_alone_on_its_line() {
        for (line, expected) in [
            ("- ", true),
            ("  * ", true),
            ("12. ", true),
            ("3) ", true),
            ("- [ ] ", true),
            ("-", false),
            ("- word ", false),
            ("12 ", false),
            ("", false),
            ("3.5 ", false),
        ] {
            assert_eq!(is_bullet(line), expected, "{line:?}");
        }
    }
}
