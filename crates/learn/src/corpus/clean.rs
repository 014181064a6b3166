//! What editors and systems differ in, levelled: encoding, line ends, control characters, blank lines.
//!
//! A model must not spend its few parameters on whether a text came from Windows. And byte 0 separates documents in
//! training, so it must never come from inside one.

/// Decodes a file's bytes as UTF-8: byte order mark and control characters dropped, line ends as `\n`.
///
/// # Errors
///
/// Why the file cannot be text, in words for the writer.
pub fn decode(bytes: &[u8]) -> Result<String, String> {
    if bytes.is_empty() {
        return Err("empty (0 bytes)".to_owned());
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("UTF-16 text; save it as UTF-8 to learn from it".to_owned());
    }
    if bytes.contains(&0) {
        return Err("binary (it holds zero bytes)".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        format!("not UTF-8 (from byte {}); save it as UTF-8 to learn from it", error.valid_up_to())
    })?;
    Ok(level(text))
}

/// The text with `\n` line ends and without byte order marks, soft hyphens and control characters.
fn level(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\n' | '\t' => clean.push(c),
            // A page break, a next-line and Unicode's own separators end a line.
            '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            '\u{feff}' | '\u{ad}' => {}
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

/// Runs of blank lines become one, lines lose the white space at their end, and the text ends in one line feed
/// (or is empty).
pub(crate) fn collapse_blank_lines(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len() + 1);
    let mut is_blank_due = false;
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            is_blank_due = !collapsed.is_empty();
            continue;
        }
        if std::mem::take(&mut is_blank_due) {
            collapsed.push('\n');
        }
        collapsed.push_str(line);
        collapsed.push('\n');
    }
    collapsed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn line_ends_marks_and_control_characters_are_levelled() {
        let cases = [
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("\u{feff}a\u{feff}b", "ab"),
            ("a\x1b[31mred\x07\x7f", "a[31mred"),
            ("tab\tstays", "tab\tstays"),
            ("page\u{c}next\u{2028}line", "page\nnext\nline"),
            ("soft\u{ad}hyphen c1\u{9b}x", "softhyphen c1x"),
            ("👩‍👩‍👧 e\u{301} 안녕\u{a0}!", "👩‍👩‍👧 e\u{301} 안녕\u{a0}!"),
        ];
        for (raw, clean) in cases {
            assert_eq!(decode(raw.as_bytes()).as_deref(), Ok(clean), "{raw:?}");
        }
    }

    #[test]
    fn what_cannot_be_text_says_why() {
        let cases: [(&[u8], &str); 6] = [
            (b"", "0 bytes"),
            (b"a\0b", "binary"),
            (b"\xff\xfea\0", "UTF-16"),
            (b"\xfe\xff\0a", "UTF-16"),
            (b"abc\xe9", "from byte 3"),
            (b"cut off \xec\x95", "from byte 8"),
        ];
        for (bytes, reason) in cases {
            let error = decode(bytes).expect_err(reason);
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn blank_lines_collapse_to_one() {
        let cases = [
            ("", ""),
            ("\n \n", ""),
            ("\n\na  \n\n \n\nb", "a\n\nb\n"),
            ("a\nb\n\n", "a\nb\n"),
            ("  indented", "  indented\n"),
        ];
        for (text, collapsed) in cases {
            assert_eq!(collapse_blank_lines(text), collapsed, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn cleaning_twice_changes_nothing(text in "[a-zé한 \\r\\n\\t\\x01\\u{feff}]{0,80}") {
            if let Ok(once) = decode(text.as_bytes()) {
                prop_assert!(!once.contains(['\r', '\x01']), "{once:?}");
                prop_assert_eq!(&level(&once), &once);
                let collapsed = collapse_blank_lines(&once);
                prop_assert_eq!(&collapse_blank_lines(&collapsed), &collapsed);
                prop_assert!(!collapsed.contains("\n\n\n"));
            }
        }
    }
}
