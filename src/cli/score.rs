//! `foreword score`: how surprised a model is by each line of standard input.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;
use serde_json::json;

use super::any_model;
use super::context::Context;
use super::input::read_line;
use super::report::{Printer, Report, json_option};
use super::run::Run;
use super::values::tokenizer;
use model::any::Surprise;
use model::ngram::Tokenizer;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing;

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
