//! Blanks about a word that was taken: what closes up over the space behind it, and where one is put before it.
//!
//! Where languages and writers differ, the text near the cursor decides: whoever writes `mot ?` or ` – ` goes on to.

use crate::state::State;
use suggest::address;
use suggest::word::{is_word_char, takes_space};

/// Chars before the cursor in which a writer's habits are looked for.
const NEAR: usize = 4_000;
/// Chars behind it, likewise: at the start of a document.
const BEHIND: usize = 1_000;
/// Chars of the run before the cursor that tells an address or an abbreviation.
const RUN: usize = 200;

/// Whether `c`, typed behind a completion's space, takes that space's place.
pub(super) fn closes_up(state: &State, c: char) -> bool {
    match c {
        ';' | ':' | '!' | '?' | '»' => !is_spaced_before_marks(&near(state)),
        '\'' => !opens_single_quotes(&near(state)),
        '-' | '‐' | '‑' | '–' | '—' | '/' => !is_spaced(&near(state), c),
        '"' => is_odd(paragraph(state).matches('"').count()),
        '`' => is_odd(line(state).matches('`').count()),
        '*' | '_' | '~' => has_open_emphasis(&line(state), c),
        _ => is_closing(c),
    }
}

/// Punctuation that stands right behind a word in every language.
fn is_closing(c: char) -> bool {
    ".,)]}’”›%…‥。、，．！？；：）」』】》〉".contains(c)
}

/// Whether a blank comes before `word`, taken at the cursor: right behind a mark that ends a part of a sentence.
pub(super) fn needs_space_before(state: &State, word: &str) -> bool {
    let before = state.text_before(RUN);
    let run = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let Some(mark) = run.chars().next_back().filter(|c| ",.;:!?…”»)".contains(*c)) else { return false };
    let stem = run.trim_end_matches(['”', '»', ')', '"']);
    let stem = stem.strip_suffix([',', '.', ';', ':', '!', '?', '…']).unwrap_or(stem);
    let is_number = stem.ends_with(|c: char| c.is_ascii_digit());
    // `e.g.`, `i.`: the letters go on.
    let letters = stem.chars().rev().take_while(|c| c.is_alphabetic()).count();
    let is_abbreviation = mark == '.' && (letters < 2 || stem.contains('.'));
    word.starts_with(char::is_alphanumeric)
        && takes_space(word)
        && letters > 0
        && !is_number
        && !is_abbreviation
        && !address::is_open(&before)
        && !state.is_code()
}

/// The text near the cursor.
fn near(state: &State) -> String {
    let (cursor, length) = (state.cursor(), state.document.buffer.len());
    let range = cursor.saturating_sub(NEAR)..(cursor + BEHIND).min(length);
    state.document.buffer.text(range)
}

/// The paragraph up to the cursor: to the blank line before it.
fn paragraph(state: &State) -> String {
    let before = state.text_before(NEAR);
    let start = before.rfind("\n\n").map_or(0, |at| at + 2);
    before[start..].to_owned()
}

/// The line up to the cursor.
fn line(state: &State) -> String {
    let before = state.text_before(NEAR);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    before[start..].to_owned()
}

fn is_odd(count: usize) -> bool {
    !count.is_multiple_of(2)
}

/// Whether the writer puts a blank before `;:!?»`, as French does.
fn is_spaced_before_marks(text: &str) -> bool {
    let (mut spaced, mut close) = (0, 0);
    let mut last = ['\n'; 2];
    for c in text.chars() {
        if ";:!?»".contains(c) {
            let is_blank = matches!(last[1], ' ' | '\u{a0}' | '\u{202f}');
            spaced += usize::from(is_blank && last[0].is_alphanumeric());
            close += usize::from(last[1].is_alphabetic());
        }
        last = [last[1], c];
    }
    let opening =
        ["« ", "«\u{a0}", "«\u{202f}"].iter().map(|quote| text.matches(quote).count()).sum::<usize>();
    spaced + opening > close
}

/// Whether the writer puts blanks about `mark`, more often than none.
fn is_spaced(text: &str, mark: char) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let (mut spaced, mut close) = (0, 0);
    for part in chars.windows(3).filter(|part| part[1] == mark) {
        spaced += usize::from(part[0] == ' ' && part[2] == ' ');
        close += usize::from(part[0].is_alphanumeric() && part[2].is_alphanumeric());
    }
    // A hyphen joins words in every text.
    spaced > if matches!(mark, '-' | '‐' | '‑') { 0 } else { close }
}

/// Whether `'` opens quotations in this text.
fn opens_single_quotes(text: &str) -> bool {
    let mut last = '\n';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let opens = c == '\'' && (last.is_whitespace() || last == '(');
        if opens && chars.peek().is_some_and(|next| next.is_alphabetic()) {
            return true;
        }
        last = c;
    }
    false
}

/// Whether emphasis by `mark` is open at the end of `line`: runs of it, but for bullets and for those inside a word.
fn has_open_emphasis(line: &str, mark: char) -> bool {
    let mut open = false;
    let mut before = ' ';
    let mut rest = line;
    while let Some(at) = rest.find(mark) {
        before = rest[..at].chars().next_back().unwrap_or(before);
        let run = rest[at..].len() - rest[at..].trim_start_matches(mark).len();
        rest = &rest[at + run..];
        let behind = rest.chars().next().unwrap_or(' ');
        let inside = mark == '_' && is_word_char(before) && is_word_char(behind);
        if open && !before.is_whitespace() && !inside {
            open = false;
        } else if !open && !behind.is_whitespace() && !inside {
            open = true;
        }
        before = mark;
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emphasis_is_open_from_its_first_marks_to_the_next() {
        for (line, mark, open) in [
            ("a **bold ", '*', true),
            ("a **bold** word ", '*', false),
            ("* an item ", '*', false),
            ("* an *item ", '*', true),
            ("2 * 3 ", '*', false),
            ("_so ", '_', true),
            ("a snake_case word ", '_', false),
            ("plain ", '_', false),
        ] {
            assert_eq!(has_open_emphasis(line, mark), open, "{line:?}");
        }
    }

    #[test]
    fn the_text_tells_its_habits() {
        assert!(is_spaced_before_marks("Quoi ? Rien !"));
        assert!(is_spaced_before_marks("il dit « oui"));
        assert!(is_spaced_before_marks("Quoi\u{202f}?"));
        assert!(!is_spaced_before_marks("What? Nothing! Done: all."));
        assert!(!is_spaced_before_marks(""));
        assert!(is_spaced("so – he said – it", '–') && !is_spaced("so—he said—it", '—'));
        assert!(is_spaced("it was well-known - to all", '-') && !is_spaced("well-known\n- item", '-'));
        assert!(opens_single_quotes("she said 'yes' and") && !opens_single_quotes("the dogs' don't"));
    }
}
