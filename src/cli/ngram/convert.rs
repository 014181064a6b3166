//! `foreword ngram convert`: a model written in another form.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use super::texts::ensure_other;
use super::values::{check_quantise, encoding};
use crate::cli::context::Context;
use crate::cli::report::{Printer, Report};
use crate::cli::run::Run;
use crate::runtime::visible::Line;
use crate::store::model_file;

/// Write a model in another form: ARPA text if the second name ends in .arpa, else an n-gram file.
#[derive(Debug, clap::Args)]
pub(super) struct Convert {
    /// The model there is.
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// The file to write.
    #[arg(value_name = "TO")]
    to: PathBuf,
    /// Keep probabilities as codes of so many bits, 2 to 16.
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u8).range(2..=16))]
    quantise: Option<u8>,
}

impl Run for Convert {
    fn check(&self, _: bool) -> Result<(), String> {
        check_quantise(&self.to, self.quantise)
    }

    fn run(&self, _: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        ensure_other(&self.from, &self.to)?;
        let ngrams = model_file::open_ngram(&self.from)?.unpack();
        let bytes = model_file::write_ngram(&self.to, &ngrams, encoding(self.quantise))?;
        Ok(printer.print(&Converted { file: &self.to, bytes, ngrams: ngrams.counts() })?)
    }
}

/// What was written.
struct Converted<'a> {
    file: &'a Path,
    /// Of the file.
    bytes: u64,
    /// By order.
    ngrams: Vec<usize>,
}

impl Report for Converted<'_> {
    fn json(&self) -> impl Serialize {
        json!({ "file": self.file.to_string_lossy(), "bytes": self.bytes, "ngrams": self.ngrams })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let counts: Vec<String> = self.ngrams.iter().map(usize::to_string).collect();
        let (file, counts) = (Line(self.file.display()), counts.join(", "));
        writeln!(out, "{file}: {} bytes, n-grams by order: {counts}", self.bytes)
    }
}
