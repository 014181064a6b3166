//! Text that a model wrote, and lines it scored.

use std::io::{self, Write};

use serde_json::json;

use super::Printer;
use model::any::Surprise;

impl<W: Write> Printer<W> {
    /// A piece of a text that is being written, on the screen at once.
    pub(in crate::cli) fn piece(&mut self, piece: &str) -> io::Result<()> {
        self.out.write_all(piece.as_bytes())?;
        self.out.flush()
    }

    /// What the columns of scores are.
    pub(in crate::cli) fn score_header(&mut self) -> io::Result<()> {
        if self.is_json {
            return Ok(());
        }
        writeln!(self.out, "{:>12}  {:>13}  text", "bits", "bits per byte")
    }

    /// A line with its score: as JSON one object a line, whose figures are null where there is none.
    pub(in crate::cli) fn score(&mut self, text: &str, surprise: Surprise) -> io::Result<()> {
        let (bits, bits_per_byte) = (surprise.bits, surprise.bits_per_byte());
        if self.is_json {
            return self.json(&json!({ "text": text, "bits": bits, "bits_per_byte": bits_per_byte }));
        }
        let bits_per_byte = bits_per_byte.map_or_else(|| "-".to_owned(), |bits| format!("{bits:.4}"));
        writeln!(self.out, "{bits:>12.4}  {bits_per_byte:>13}  {text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(is_json: bool, text: &str, bits: f64) -> String {
        let mut out = Vec::new();
        Printer::new(&mut out, is_json).score(text, Surprise { bits, bytes: text.len() }).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_score_is_a_row_or_an_object() {
        assert_eq!(scored(false, "tea\u{1b}[2J", 14.0), "     14.0000         2.0000  tea\\u{1b}[2J\n");
        assert_eq!(scored(false, "", 0.0), "      0.0000              -  \n");
        for (text, bits, expected) in [
            ("a\tb", 6.0, json!({ "text": "a\tb", "bits": 6.0, "bits_per_byte": 2.0 })),
            ("", 0.0, json!({ "text": "", "bits": 0.0, "bits_per_byte": null })),
            ("x", f64::INFINITY, json!({ "text": "x", "bits": null, "bits_per_byte": null })),
        ] {
            let found: serde_json::Value = serde_json::from_str(&scored(true, text, bits)).unwrap();
            assert_eq!(found, expected);
        }
    }
}
