//! Text into sentences of words, a line at a time.

use std::io::{self, BufRead};

use unicode_segmentation::UnicodeSegmentation;

/// A line longer than this is cut (at a space if there is one), so that a text of no line breaks needs no more memory.
const LONGEST_LINE: usize = 1 << 20;

/// How a line becomes sentences and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokenizer {
    /// A line is a sentence, and ASCII white space separates words: for texts already cut into words, as in `KenLM`.
    Whitespace,
    /// Sentences and words as Unicode (UAX #29) bounds them; punctuation marks are words, white space is none.
    Words,
}

impl Tokenizer {
    /// Hands every sentence to `each`. Sentences without words are left out; bytes that are no UTF-8
    /// become U+FFFD, a byte order mark at the start goes.
    ///
    /// # Errors
    /// Those of the reader and of `each`.
    pub fn sentences<E: From<io::Error>>(
        self,
        reader: impl BufRead,
        mut each: impl FnMut(&[&str]) -> Result<(), E>,
    ) -> Result<(), E> {
        lines(reader, LONGEST_LINE, |line| self.line(line, &mut each))
    }

    /// The sentences of one line.
    fn line<E>(self, line: &str, each: &mut impl FnMut(&[&str]) -> Result<(), E>) -> Result<(), E> {
        match self {
            Self::Whitespace => {
                let words: Vec<&str> = line.split_ascii_whitespace().collect();
                if words.is_empty() { Ok(()) } else { each(&words) }
            }
            Self::Words => line.split_sentence_bounds().try_for_each(|sentence| {
                let words: Vec<&str> =
                    sentence.split_word_bounds().filter(|word| !word.trim().is_empty()).collect();
                if words.is_empty() { Ok(()) } else { each(&words) }
            }),
        }
    }
}

/// Hands every line to `each`, without its end; longer ones in pieces of about `longest` bytes.
fn lines<E: From<io::Error>>(
    mut reader: impl BufRead,
    longest: usize,
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut line: Vec<u8> = Vec::new();
    let mut first = true;
    let mut emit = |bytes: &[u8]| {
        let bytes = if first { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
        first = false;
        each(&String::from_utf8_lossy(bytes))
    };
    loop {
        let available = match reader.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        if available.is_empty() {
            return if line.is_empty() { Ok(()) } else { emit(&line) };
        }
        let room = &available[..available.len().min(longest)];
        if let Some(end) = room.iter().position(|&byte| byte == b'\n') {
            if line.is_empty() {
                emit(&room[..end])?;
            } else {
                line.extend_from_slice(&room[..end]);
                emit(&line)?;
                line.clear();
            }
            reader.consume(end + 1);
        } else {
            let taken = room.len();
            line.extend_from_slice(room);
            reader.consume(taken);
            if line.len() > longest {
                let cut = cut_point(&line);
                emit(&line[..cut])?;
                line.drain(..cut);
            }
        }
    }
}

/// Where to cut a line that is too long: after its last white space, else before its last character.
fn cut_point(line: &[u8]) -> usize {
    if let Some(space) = line.iter().rposition(u8::is_ascii_whitespace) {
        return space + 1;
    }
    let last = line.iter().rposition(|&byte| byte & 0xc0 != 0x80).unwrap_or(0);
    if last == 0 { line.len() } else { last }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(tokenizer: Tokenizer, text: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        tokenizer
            .sentences(text, |words| {
                found.push(words.join("|"));
                Ok::<_, io::Error>(())
            })
            .unwrap();
        found
    }

    #[test]
    fn sentences_and_words() {
        for (tokenizer, text, expected) in [
            (Tokenizer::Whitespace, "a  b.\r\n\n \t\nc", vec!["a|b.", "c"]),
            (Tokenizer::Whitespace, "", vec![]),
            (Tokenizer::Whitespace, "no\u{a0}break", vec!["no\u{a0}break"]),
            (Tokenizer::Words, "It's late. Go home!\r\n\nOk", vec!["It's|late|.", "Go|home|!", "Ok"]),
            (Tokenizer::Words, "größer 3.5 日本", vec!["größer|3.5|日|本"]),
            (Tokenizer::Words, "\u{feff}one", vec!["one"]),
        ] {
            assert_eq!(cut(tokenizer, text.as_bytes()), expected, "{text:?}");
        }
        assert_eq!(cut(Tokenizer::Whitespace, b"a \xff b"), ["a|\u{fffd}|b"]);
    }

    #[test]
    fn long_lines_come_in_pieces_and_nothing_is_lost() {
        for (text, expected) in
            [("one two three", vec!["one ", "two ", "three"]), ("äöüßé\nx", vec!["äö", "üßé", "x"])]
        {
            let mut pieces = Vec::new();
            let reader = io::BufReader::with_capacity(3, text.as_bytes());
            lines(reader, 5, |line| {
                pieces.push(line.to_owned());
                Ok::<_, io::Error>(())
            })
            .unwrap();
            assert_eq!(pieces, expected);
        }
    }
}
