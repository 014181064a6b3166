//! From a file's bytes to prose, by kind of file.
//!
//! A format only has to give up what is not prose (markup, code, link targets). Everything that is the same for
//! all formats, before and after, is in [`read_document`].

use std::path::Path;

use super::{SourceText, clean, privacy};

mod markdown;
mod plain;

/// A kind of file that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Plain text.
    Plain,
    /// Markdown (`CommonMark` with tables, footnotes, strike-through and front matter).
    Markdown,
}

/// The reason for skipping a file of any other kind.
pub(crate) const UNKNOWN_FORMAT: &str = "not a kind of file Foreword reads (.txt, .text, .md, .markdown)";

impl Format {
    /// The format by the name's extension, in any case; `None` if it is not one that is read.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" | "text" => Some(Self::Plain),
            "md" | "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// Reads one file. A name with another extension than those of [`Format::of`] is read as plain text: the caller
/// decides which files are offered.
///
/// # Errors
///
/// Why the file is skipped, in words for the writer: binary, not UTF-8, empty, or nothing but secrets and markup.
pub(crate) fn read_document(path: &Path, bytes: &[u8]) -> Result<SourceText, String> {
    let text = clean::decode(bytes)?;
    let prose = match Format::of(path) {
        Some(Format::Markdown) => markdown::to_prose(&text),
        Some(Format::Plain) | None => plain::to_prose(&text),
    };
    let privacy::Redacted { text, count, values } = privacy::redact(&prose, &text);
    let text = clean::collapse_blank_lines(&text);
    let document = SourceText { values, ..SourceText::new(path, text, count) };
    if document.words == 0 {
        return Err(match count {
            0 => "no words in it".to_owned(),
            1 => "nothing left without the secret in it".to_owned(),
            n => format!("nothing left without the {n} secrets in it"),
        });
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_format_in_any_case() {
        let cases = [
            ("a.txt", Some(Format::Plain)),
            ("a.TEXT", Some(Format::Plain)),
            ("dir.md/a.Md", Some(Format::Markdown)),
            ("a.markdown", Some(Format::Markdown)),
            ("a.docx", None),
            ("README", None),
            (".txt", None),
        ];
        for (name, format) in cases {
            assert_eq!(Format::of(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn each_unreadable_file_gets_its_reason() {
        let cases: [(&str, &[u8], &str); 5] = [
            ("empty.txt", b"", "empty"),
            ("blank.txt", b" \n\t\n", "no words"),
            ("photo.txt", b"\x89PNG\0\0\x01", "binary"),
            ("latin1.txt", b"caf\xe9 au lait", "not UTF-8"),
            ("secret.txt", b"4111 1111 1111 1111\n", "the secret in it"),
        ];
        for (name, bytes, reason) in cases {
            let error = read_document(Path::new(name), bytes).expect_err(name);
            assert!(error.contains(reason), "{name}: {error}");
        }
    }

    #[test]
    fn a_document_is_cleaned_redacted_and_counted() {
        let bytes = b"\xef\xbb\xbfFirst line.\r\n\r\n\r\n\r\npassword: hunter2\r\nLast \x07line.";
        let document = read_document(Path::new("notes.txt"), bytes).unwrap();
        assert_eq!(document.text, "First line.\n\npassword:\nLast line.\n");
        assert_eq!((document.words, document.redacted), (5, 1));
    }

    #[test]
    fn secrets_known_by_markup_are_removed_from_prose_too() {
        let cases = [
            ("# Password\n\nmaulwurfshuegel\n\nTea.", "maulwurfshuegel", 1),
            ("Passwords:\n\n- router: Fensterglas\n- mail: Wolkenbruch\n\nTea.", "Wolkenbruch", 2),
            (
                "| host | user | password |\n|---|---|---|\n| a | quay | Fensterglas |\n\nTea by Fensterglas.",
                "Fensterglas",
                1,
            ),
            ("Tea and Fensterglas.\n\n```\npassword: Fensterglas\n```\n", "Fensterglas", 1),
        ];
        for (markdown, secret, count) in cases {
            let document = read_document(Path::new("a.md"), markdown.as_bytes()).unwrap();
            assert!(document.text.contains("Tea") && !document.text.contains(secret), "{document:?}");
            assert_eq!(document.redacted, count, "{markdown}");
        }
    }

    #[test]
    fn markdown_is_read_as_prose_and_other_names_as_they_stand() {
        let bytes = b"# Title\n\nSome *text*.\n";
        assert_eq!(read_document(Path::new("a.md"), bytes).unwrap().text, "Title\n\nSome text.\n");
        assert_eq!(read_document(Path::new("NOTES"), bytes).unwrap().text, "# Title\n\nSome *text*.\n");
    }
}
