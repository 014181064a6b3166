//! Results on stdout: text to read, or JSON with the keys others rely on.

use std::io::{self, Write};

use clap::{Arg, ArgAction};
use serde::Serialize;

use crate::runtime::visible::{Visible, write_json};

/// What came of a command.
pub(super) trait Report {
    /// The report as one JSON object.
    fn json(&self) -> impl Serialize;

    /// Writes the report as text, most often a table.
    fn text(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// Writes reports, as text or as JSON; no character of theirs acts on a terminal.
pub(super) struct Printer<'a> {
    out: Box<dyn Write + 'a>,
    is_json: bool,
}

impl<'a> Printer<'a> {
    /// Writes to `out`.
    pub(super) fn new(out: Visible<impl Write + 'a>, is_json: bool) -> Self {
        Self { out: Box::new(out), is_json }
    }

    /// Prints a report; as JSON, on a line.
    pub(super) fn print(&mut self, report: &impl Report) -> io::Result<()> {
        if !self.is_json {
            return report.text(&mut self.out);
        }
        write_json(&mut self.out, &report.json())?;
        writeln!(self.out)
    }

    /// The writer of text that is printed as it comes; `None` if JSON alone is wanted.
    pub(super) fn writer(&mut self) -> Option<&mut (dyn Write + 'a)> {
        (!self.is_json).then_some(&mut *self.out)
    }
}

/// A number and its noun: `1 word`, `12 words`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The option `--json` of a command whose help differs from that of the global option, in whose place it stands.
pub(super) fn json_option() -> Arg {
    Arg::new("json").long("json").action(ArgAction::SetTrue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "word")), ["0 words", "1 word", "2 words"]);
    }
}
