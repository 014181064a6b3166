//! The start of a line: what began the lines before it.

/// Lines that are looked back at.
const BACK: usize = 12;

/// The number that a line alone may have to be an item: beyond it may stand a year.
const LONGEST_LIST: u64 = 100;

/// What is known where a line begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LineStart {
    /// The word that began the last line, if that is short as a salutation and no other line near began so.
    pub(crate) opener: Option<String>,
    /// The next number, if there is one item before, or two that follow each other.
    pub(crate) next_item: Option<u64>,
}

impl LineStart {
    /// Of the line on which a word begins where `before` ends; `None` if something else stands before it on that line.
    pub(crate) fn of(before: &str) -> Option<Self> {
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let indent = &before[line..];
        if !indent.chars().all(|c| c == ' ' || c == '\t') {
            return None;
        }
        let lines = || before[..line].lines().rev().take(BACK);
        let first = |line: &str| line.split_whitespace().next().unwrap_or_default().to_lowercase();
        let mut filled = lines().filter(|line| !line.trim().is_empty());
        let opener = filled.next().filter(|line| is_salutation(line)).map(first);
        let opener = opener.filter(|word| filled.all(|line| first(line) != *word));
        let opener = opener.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned());
        // Blank lines and lines that are indented deeper belong to the items.
        let mut items = lines().filter(|line| !is_within(line, indent)).map(|line| number(line, indent));
        let next_item = match (items.next().flatten(), items.next().flatten()) {
            (Some(last), Some(before)) if before.checked_add(1) == Some(last) => last.checked_add(1),
            (Some(only), None) if only < LONGEST_LIST => Some(only + 1),
            _ => None,
        };
        Some(Self { opener: opener.filter(|word| !word.is_empty()), next_item })
    }
}

/// Whether a line is blank, or indented deeper than by `indent`.
fn is_within(line: &str, indent: &str) -> bool {
    let rest = line.strip_prefix(indent).unwrap_or(line);
    line.trim().is_empty() || rest.starts_with([' ', '\t'])
}

/// Whether a line may be a salutation: a few words and a mark behind them.
fn is_salutation(line: &str) -> bool {
    const WORDS: usize = 4;
    line.split_whitespace().nth(WORDS).is_none() && line.trim_end().ends_with(['.', ',', '!', ':'])
}

/// The number of a line that is an item at this indentation.
fn number(line: &str, indent: &str) -> Option<u64> {
    let text = line.strip_prefix(indent)?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text[digits..];
    let is_item = rest.starts_with(". ") || rest.starts_with(") ");
    is_item.then(|| text[..digits].parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_lines_have_a_next_number() {
        for (before, expected) in [
            ("1. First\n2. Second\n", Some(3)),
            ("9) nine\n10) ten\n", Some(11)),
            ("  1. First\n  2. Second\n  ", Some(3)),
            ("1. First\n", Some(2)),
            ("1. First\n   - within it\n", Some(2)),
            ("1. First\n\n2. Second\n\n", Some(3)),
            ("9. Ninth\n", Some(10)),
            ("1889. A year\n", None),
            ("1. First\n2. Second\nand so on\n", None),
            ("1. First\n3. Third\n", None),
            ("2024 was dry.\n2025 was wet.\n", None),
            ("", None),
        ] {
            assert_eq!(LineStart::of(before).and_then(|start| start.next_item), expected, "{before:?}");
        }
        assert_eq!(LineStart::of("1. First\n2. Second\n3. "), None, "within a line");
    }

    #[test]
    fn the_opener_of_the_last_line_is_known_unless_lines_repeat_it() {
        for (before, expected) in [
            ("Dear John,\n\n", Some("dear")),
            ("Hello.\n", Some("hello")),
            ("And so it went.\nAnd so it ended.\n", None),
            ("the sea is calm\n", None),
            ("The sea was calm on that day.\n", None),
            ("- one\n", None),
            ("", None),
        ] {
            let opener = LineStart::of(before).and_then(|start| start.opener);
            assert_eq!(opener.as_deref(), expected, "{before:?}");
        }
    }
}
