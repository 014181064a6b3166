//! Blanks about a word that was taken: what closes up over the space behind it, and where one is put before it.
//!
//! Where languages and writers differ, the text near the cursor decides: whoever writes `mot ?` or ` – ` goes on to.

use std::ops::Range;

use crate::state::State;
use suggest::address;
use suggest::word::{is_word_char, takes_space};

/// Chars before the cursor in which a writer's habits are looked for.
const NEAR: usize = 4_000;
/// Chars behind it, likewise: at the start of a document.
const BEHIND: usize = 1_000;
/// Chars of the run before the cursor that tells an address or an abbreviation.
const RUN: usize = 200;

/// Short words that are frequent in French, and hardly in English, Spanish or Italian.
const FRENCH: [&str; 26] = [
    "les", "des", "du", "au", "aux", "est", "sont", "et", "une", "ce", "cette", "dans", "avec", "pas", "ne",
    "que", "qui", "qu", "je", "vous", "nous", "elle", "ils", "mais", "sur", "où",
];

/// Whether `c`, typed behind a completion's space, takes that space's place.
pub(super) fn closes_up(state: &State, c: char) -> bool {
    match c {
        ';' | ':' | '!' | '?' | '»' => !is_spaced_before_marks(&near(state)),
        '\'' => !opens_single_quotes(&near(state)),
        // A hyphen joins words in every text; where a blank comes behind it, `spaced_dash` parts them.
        '-' | '‐' | '‑' => true,
        '–' => is_behind_digit(state) || is_spaced(&near(state), c) == Some(false),
        '—' | '/' => is_spaced(&near(state), c) != Some(true),
        '"' => is_odd(paragraph(state).matches('"').count()),
        '`' => is_odd(line(state).matches('`').count()),
        '*' | '_' | '~' => has_open_emphasis(&line(state), c),
        _ => is_closing(c),
    }
}

/// Where a dash stands that has closed up and may still turn out to be one between blanks, when `c` is typed: over a space at
/// `gave_way`, or behind the same mark (`--`).
pub(super) fn closed_up(state: &State, c: char, gave_way: Option<usize>) -> Option<usize> {
    let same = |at: &usize| state.document.buffer.char_at(*at) == Some(c);
    let start = gave_way.or_else(|| state.suggest.closed_up.filter(same));
    start.filter(|_| "-–—".contains(c))
}

/// What takes the place of a dash that has closed up when a blank follows it: the dash between two blanks. `None` where `c` is
/// none, and in a text that writes `pre- and post-war`.
pub(super) fn spaced_dash(state: &State, c: char) -> Option<(Range<usize>, String)> {
    let start = state.suggest.closed_up.filter(|_| c == ' ')?;
    let (buffer, cursor) = (&state.document.buffer, state.cursor());
    let dash = buffer.text(start..cursor);
    if dash == "-" && has_open_hyphens(&buffer.text(start.saturating_sub(NEAR)..start)) {
        return None;
    }
    let end = cursor + usize::from(buffer.char_at(cursor) == Some(' '));
    Some((start..end, format!(" {dash} ")))
}

/// Whether a digit stands before the completion's space.
fn is_behind_digit(state: &State) -> bool {
    state.text_before(RUN).trim_end().ends_with(char::is_numeric)
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

/// Whether the writer puts a blank before `;:!?»`, as French does. Where no mark tells, the words do.
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
    if spaced + opening == close { is_french(text) } else { spaced + opening > close }
}

/// Whether a text is in French, by its short words: those that its neighbours do not have as often.
fn is_french(text: &str) -> bool {
    let (mut french, mut all) = (0, 0);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        french += usize::from(FRENCH.iter().any(|other| word.eq_ignore_ascii_case(other)));
        all += 1;
    }
    french >= 2 && french * 6 > all
}

/// Whether the writer puts blanks about `mark` more often than none; `None` where the text does not tell. Between digits it
/// tells nothing.
fn is_spaced(text: &str, mark: char) -> Option<bool> {
    let chars: Vec<char> = text.chars().collect();
    let (mut spaced, mut close) = (0, 0);
    for part in chars.windows(3).filter(|part| part[1] == mark) {
        let is_range = part[0].is_numeric() && part[2].is_numeric();
        spaced += usize::from(part[0] == ' ' && part[2] == ' ');
        close += usize::from(part[0].is_alphanumeric() && part[2].is_alphanumeric() && !is_range);
    }
    (spaced != close).then_some(spaced > close)
}

/// Whether hyphens with a blank behind them only (`pre- and post-war`) are more frequent than those with one on both sides.
fn has_open_hyphens(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let (mut open, mut spaced) = (0, 0);
    for part in chars.windows(3).filter(|part| part[1] == '-' && part[2] == ' ') {
        open += usize::from(part[0].is_alphabetic());
        spaced += usize::from(part[0] == ' ');
    }
    open > spaced
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
        for (text, french) in [
            ("Je ne sais pas ce que vous voulez", true),
            ("Où est la gare", true),
            ("The boats are on the quay, and the poste restante est pour vous", false),
            ("Non so che cosa sia e non voglio che venga qui", false),
            ("No sé lo que quiere la casa de los barcos", false),
            ("Das ist nicht der Weg, den sie nimmt", false),
        ] {
            assert_eq!(is_spaced_before_marks(text), french, "{text:?}");
        }
        for (text, mark, spaced) in [
            ("so – he said – it", '–', Some(true)),
            ("so—he said—it", '—', Some(false)),
            ("a North–South line", '–', Some(false)),
            ("pages 3–7 and 12–15", '–', None),
            ("– one\n– two", '–', None),
            ("", '–', None),
        ] {
            assert_eq!(is_spaced(text, mark), spaced, "{text:?}");
        }
        assert!(has_open_hyphens("pre- and post-war") && !has_open_hyphens("well-known - so\n- item"));
        assert!(opens_single_quotes("she said 'yes' and") && !opens_single_quotes("the dogs' don't"));
    }
}
