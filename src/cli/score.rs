//! `foreword score`: how surprised a model is by each line of standard input.

use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use serde::Serialize;
use serde_json::json;

use super::any_model;
use super::context::Context;
use super::report::{Printer, Report, json_option};
use super::run::Run;
use super::values::tokenizer;
use model::any::Surprise;
use model::ngram::Tokenizer;

/// The longest line that is taken, in bytes: a line is one candidate, not a library.
const LONGEST_LINE: u64 = 1 << 20;

/// Score lines of standard input: how surprised a model is by each, as a text of its own.
///
/// One line for each line: bits, bits per byte, text. With --json each is a JSON object with these keys. Sort n-best lists
/// by `bits`; compare authors' models by `bits_per_byte`.
#[derive(Debug, clap::Args)]
#[command(arg = json_option().help("Print one JSON object a line"))]
pub(super) struct Score {
    /// `base`, `personal`, a version's name, or the path of a model file [default: the one in use].
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// How a model over words cuts text into words.
    #[arg(long, value_name = "UNIT", value_parser = tokenizer(), default_value = "words")]
    unit: Tokenizer,
}

impl Run for Score {
    /// Scores the lines of standard input, each as a document from its start, and prints each as soon as it is scored.
    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let model = any_model::open(context, self.model.as_deref())?;
        let mut input = io::stdin().lock();
        for number in 1.. {
            let Some(line) = read_line(&mut input, number)? else { break };
            if number == 1
                && let Some(out) = printer.writer()
            {
                writeln!(out, "{:>12}  {:>13}  text", "bits", "bits per byte")?;
            }
            printer.print(&Scored { text: &line, surprise: model.surprise(&line, self.unit) })?;
        }
        Ok(())
    }
}

/// A line with its score.
struct Scored<'a> {
    text: &'a str,
    surprise: Surprise,
}

impl Report for Scored<'_> {
    /// A figure is null where there is none.
    fn json(&self) -> impl Serialize {
        let Surprise { bits, .. } = self.surprise;
        json!({ "text": self.text, "bits": bits, "bits_per_byte": self.surprise.bits_per_byte() })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Surprise { bits, .. } = self.surprise;
        let per_byte =
            self.surprise.bits_per_byte().map_or_else(|| "-".to_owned(), |bits| format!("{bits:.4}"));
        writeln!(out, "{bits:>12.4}  {per_byte:>13}  {}", self.text)
    }
}

/// The next line without its end; `None` at the end of the input.
fn read_line(input: &mut impl BufRead, number: u64) -> anyhow::Result<Option<String>> {
    let mut line = Vec::new();
    input
        .by_ref()
        .take(LONGEST_LINE + 2)
        .read_until(b'\n', &mut line)
        .with_context(|| format!("standard input cannot be read (line {number})"))?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
    }
    ensure!(
        line.len() as u64 <= LONGEST_LINE,
        "line {number} of standard input is longer than {LONGEST_LINE} bytes; give one candidate a line, or measure \
         a whole text with `foreword eval`"
    );
    match String::from_utf8(line) {
        Ok(line) => Ok(Some(line)),
        Err(error) => bail!(
            "line {number} of standard input is not UTF-8 text (byte {} is not); convert it first, for instance with \
             `iconv -f ISO-8859-1 -t UTF-8`",
            error.utf8_error().valid_up_to()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing;

    fn lines(mut input: &[u8]) -> anyhow::Result<Vec<String>> {
        (1..).map_while(|number| read_line(&mut input, number).transpose()).collect()
    }

    #[test]
    fn every_line_is_one_and_the_last_needs_no_end() {
        assert_eq!(lines(b"a\r\n\nb\r\rc\n d").unwrap(), ["a", "", "b\r\rc", " d"]);
        assert!(lines(b"").unwrap().is_empty());
        let longest = "x".repeat(LONGEST_LINE as usize);
        assert_eq!(lines(format!("{longest}\r\ny").as_bytes()).unwrap(), [longest.as_str(), "y"]);
    }

    #[test]
    fn lines_that_cannot_be_scored_are_named() {
        let too_long = "x".repeat(LONGEST_LINE as usize + 1);
        let endless = std::io::repeat(b'x').take(1 << 40);
        let said = read_line(&mut std::io::BufReader::new(endless), 7).unwrap_err().to_string();
        assert!(said.contains("line 7") && said.contains("1048576"), "{said}");
        for (input, cause) in
            [(format!("a\n{too_long}\n").into_bytes(), "longer than"), (b"a\nb\xff".into(), "byte 1")]
        {
            let said = lines(&input).unwrap_err().to_string();
            assert!(said.contains("line 2") && said.contains(cause), "{said}");
        }
    }

    #[test]
    fn a_score_is_a_row_or_an_object() {
        let scored = |text, bits| Scored { text, surprise: Surprise { bits, bytes: str::len(text) } };
        assert_eq!(
            testing::text(&scored("tea\u{1b}[2J", 14.0)),
            "     14.0000         2.0000  tea\\u{1b}[2J\n"
        );
        assert_eq!(testing::text(&scored("", 0.0)), "      0.0000              -  \n");
        for (text, bits, expected) in [
            ("a\tb", 6.0, json!({ "text": "a\tb", "bits": 6.0, "bits_per_byte": 2.0 })),
            ("", 0.0, json!({ "text": "", "bits": 0.0, "bits_per_byte": null })),
            ("x", f64::INFINITY, json!({ "text": "x", "bits": null, "bits_per_byte": null })),
        ] {
            assert_eq!(testing::json(&scored(text, bits)), expected);
        }
    }
}
