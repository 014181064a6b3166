//! `foreword ngram query`: a text measured.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use serde::Serialize;
use serde_json::json;

use super::values;
use crate::cli::context::Context;
use crate::cli::report::{Printer, Report, counted};
use crate::cli::run::Run;
use crate::cli::values::tokenizer;
use crate::runtime::visible::Line;
use crate::store::model_file;
use model::ngram::{END, Measured, Tokenizer, UNKNOWN, perplexity_with};

/// Measure a text from standard input: perplexity, with unknown words and without.
#[derive(Debug, clap::Args)]
pub(super) struct Query {
    /// An n-gram file or an ARPA file.
    #[arg(value_name = "FILE")]
    model: PathBuf,
    /// Print every word as `word=number order log10`, a line a sentence, as KenLM's `query -v word` does.
    #[arg(long, conflicts_with = "json")]
    words: bool,
    /// How the text is cut into words; as when the model was built.
    #[arg(long, value_name = "UNIT", value_parser = tokenizer(), default_value = "words")]
    unit: Tokenizer,
}

impl Run for Query {
    /// Refuses what `conflicts_with` does not see: a `--json` that stands before the action.
    fn check(&self, json: bool) -> Result<(), String> {
        if self.words && json {
            return Err("the argument '--words' cannot be used with '--json'".to_owned());
        }
        Ok(())
    }

    fn run(&self, _: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let model = model_file::open_ngram(&self.model)?;
        let mut input = io::stdin().lock();
        let measured = if self.words
            && let Some(out) = printer.writer()
        {
            let mut out = BufWriter::new(out);
            let (mut total, mut unknown) = (0.0, 0);
            let measured = perplexity_with(&model, &mut input, self.unit, |word, id, scored| {
                total += scored.log10;
                unknown += u32::from(id == UNKNOWN);
                write!(out, "{}={id} {} {}\t", Line(word), scored.order, scored.log10)?;
                if id == END {
                    writeln!(out, "Total: {total} OOV: {unknown}")?;
                    (total, unknown) = (0.0, 0);
                }
                Ok(())
            })?;
            out.flush()?;
            measured
        } else {
            perplexity_with(&model, &mut input, self.unit, |_, _, _| Ok(()))
                .context("standard input cannot be read")?
        };
        ensure!(measured.words > 0, "standard input has no words to measure; give a text: `< text.txt`");
        Ok(printer.print(&measured)?)
    }
}

impl Report for Measured {
    fn json(&self) -> impl Serialize {
        json!({
            "sentences": self.sentences,
            "words": self.words,
            "unknown": self.unknown,
            "log10": self.log10,
            "perplexity": self.perplexity(),
            "perplexity_known": self.perplexity_known(),
        })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        for (label, value) in [
            ("perplexity, unknown words included", self.perplexity()),
            ("perplexity, unknown words left out", self.perplexity_known()),
        ] {
            writeln!(out, "{label} {:>14}", values::perplexity(value))?;
        }
        writeln!(
            out,
            "{}, {} with sentence ends, {} unknown, log10 {:.4}",
            counted(self.sentences, "sentence"),
            counted(self.words, "word"),
            self.unknown,
            self.log10
        )
    }
}
