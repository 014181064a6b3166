//! The one way to print: control characters in foreign text are escaped, never sent.
//!
//! A file's name, a line of a model file, an argument, a word may hold escape sequences that paint over the terminal, set its title
//! or make a line say what it does not. [`stdout`] and [`stderr`] let no such character through, whoever writes to them; [`Line`] also
//! shows line breaks, for what has to stay on one line. `tests/architecture.rs` holds that nothing else prints; the editor's screen
//! (`terminal.rs`) has a filter of its own, in the widgets that show text.

use std::fmt::{self, Display, Write as _};
use std::io::{self, IsTerminal as _, Stderr, Stdout, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

/// The most characters of an error that are shown: its cause may repeat a whole file.
const LONGEST_ERROR: usize = 4_000;

/// Whether a character acts on the terminal, or on the order of the text around it, instead of being shown.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Marks, embeddings, overrides and isolates of writing direction; line and paragraph separators.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            // Interlinear annotation, and tags, which nothing shows.
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Something shown on one line: no character of it acts, line breaks and tabs included.
#[derive(Debug, Clone, Copy)]
pub struct Line<T>(pub T);

impl<T: Display> Display for Line<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl fmt::Write for Escaping<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                escape(text, acts, |piece| self.0.write_str(piece))
            }
        }
        write!(Escaping(f), "{}", self.0)
    }
}

/// An error as it is printed: on one line, shortened in the middle to 4,000 characters. Its end stays, for the remedy
/// stands there.
pub fn shortened(error: &impl Display) -> String {
    let text = Line(error).to_string();
    let length = text.chars().count();
    if length <= LONGEST_ERROR {
        return text;
    }
    let half = LONGEST_ERROR / 2;
    let head: String = text.chars().take(half).collect();
    let tail: String = text.chars().skip(length - half).collect();
    format!("{head} […] {tail}")
}

/// Hands on `text` with the characters that `hides` names written as escapes.
fn escape<E>(
    text: &str,
    hides: impl Fn(char) -> bool,
    mut hand_on: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|&(_, c)| hides(c)) {
        hand_on(&rest[..at])?;
        hand_on(&c.escape_default().to_string())?;
        rest = &rest[at + c.len_utf8()..];
    }
    hand_on(rest)
}

/// A writer of text that escapes characters that act, except line feeds and tabs. Bytes that are not UTF-8 become
/// U+FFFD.
#[derive(Debug)]
pub struct Visible<W: Write> {
    out: W,
    /// The beginning of a character whose end was not written yet.
    begun: Vec<u8>,
}

impl<W: Write> Visible<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, begun: Vec::new() }
    }
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let joined = [std::mem::take(&mut self.begun).as_slice(), bytes].concat();
        let mut end = joined.len();
        if let Some(last) = joined.utf8_chunks().last()
            && let Err(error) = std::str::from_utf8(last.invalid())
            && error.error_len().is_none()
        {
            end -= last.invalid().len();
        }
        for chunk in joined[..end].utf8_chunks() {
            let hides = |c| acts(c) && !matches!(c, '\n' | '\t');
            escape(chunk.valid(), hides, |piece| self.out.write_all(piece.as_bytes()))?;
            if !chunk.invalid().is_empty() {
                self.out.write_all("\u{fffd}".as_bytes())?;
            }
        }
        self.begun = joined[end..].to_vec();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.begun).is_empty() {
            self.out.write_all("\u{fffd}".as_bytes())?;
        }
        self.out.flush()
    }
}

/// Standard output, for text. It is not locked between two writes: another thread may have to print before it ends
/// the process.
pub fn stdout() -> Visible<Stdout> {
    Visible::new(io::stdout())
}

/// Standard error, for text.
pub fn stderr() -> Visible<Stderr> {
    Visible::new(io::stderr())
}

/// Whether standard output is a terminal.
pub fn prints_to_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes `value` as JSON in which characters that act are escapes: the same value, and fit for a terminal.
///
/// # Errors
/// When it has no JSON form, or cannot be written.
pub fn write_json<T: Serialize>(out: &mut impl Write, value: &T) -> io::Result<()> {
    struct Escaping(CompactFormatter);
    impl Formatter for Escaping {
        fn write_string_fragment<W: ?Sized + Write>(
            &mut self,
            out: &mut W,
            fragment: &str,
        ) -> io::Result<()> {
            let mut rest = fragment;
            while let Some((at, c)) = rest.char_indices().find(|&(_, c)| acts(c)) {
                self.0.write_string_fragment(out, &rest[..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
                rest = &rest[at + c.len_utf8()..];
            }
            self.0.write_string_fragment(out, rest)
        }
    }
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Escaping(CompactFormatter)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal would act on, and how it is shown.
    const HOSTILE: [(&str, &str); 8] = [
        ("a\u{1b}]0;owned\u{7}", "a\\u{1b}]0;owned\\u{7}"),
        ("\u{9b}2J", "\\u{9b}2J"),
        ("\u{7f}\u{8}", "\\u{7f}\\u{8}"),
        ("ab\rc", "ab\\rc"),
        ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
        ("\u{2067}x\u{2069}\u{61c}", "\\u{2067}x\\u{2069}\\u{61c}"),
        ("\u{2028}", "\\u{2028}"),
        ("\u{e0041}", "\\u{e0041}"),
    ];
    const HARMLESS: &str = "Ärger 한글 \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f469}\u{200d}\u{1f680} \\ \"";

    #[test]
    fn what_acts_is_shown_and_all_else_stays() {
        for (text, shown) in HOSTILE.into_iter().chain([(HARMLESS, HARMLESS)]) {
            assert_eq!(Line(text).to_string(), shown);
            let mut out = Visible::new(Vec::new());
            writeln!(out, "{text}\t|").unwrap();
            assert_eq!(String::from_utf8(out.out).unwrap(), format!("{shown}\t|\n"));
            let mut json = Vec::new();
            write_json(&mut json, &[text]).unwrap();
            let json = String::from_utf8(json).unwrap();
            assert!(!json.contains(acts), "{json:?}");
            assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), [text]);
        }
        assert_eq!(Line("one\ntwo\t").to_string(), "one\\ntwo\\t");
    }

    #[test]
    fn however_bytes_are_cut_the_same_is_printed() {
        let bytes = ["é\u{9b}한".as_bytes(), b"\xff\xe2\x28", "\u{1f680}\n".as_bytes()].concat();
        let whole = "é\\u{9b}한\u{fffd}\u{fffd}(\u{1f680}\n";
        for cut in 0..=bytes.len() {
            let mut out = Visible::new(Vec::new());
            out.write_all(&bytes[..cut]).unwrap();
            out.write_all(&bytes[cut..]).unwrap();
            out.flush().unwrap();
            assert_eq!(String::from_utf8(out.out).unwrap(), whole, "{cut}");
        }
        let mut out = Visible::new(Vec::new());
        out.write_all(b"ab\xe2\x82").unwrap();
        out.flush().unwrap();
        assert_eq!(String::from_utf8(out.out).unwrap(), "ab\u{fffd}");
    }

    #[test]
    fn an_error_keeps_its_beginning_and_its_remedy() {
        let error = format!("a.arpa: line 7 is {}; get it again", "x".repeat(3_000_000));
        let shortened = shortened(&error);
        assert!(
            shortened.len() < 4_100 && shortened.starts_with("a.arpa") && shortened.ends_with("get it again")
        );
        assert_eq!(super::shortened(&"one\nline"), "one\\nline");
    }
}
