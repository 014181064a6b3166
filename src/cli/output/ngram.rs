//! Results of `foreword ngram`.

use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use super::Printer;
use crate::cli::ngram::{BaselineRow, BuildReport};
use crate::runtime::visible::{Line, Visible};
use model::ngram::Measured;

impl<W: Write> Printer<W> {
    /// The writer, for what is printed as it comes.
    pub(in crate::cli) fn out(&mut self) -> &mut Visible<W> {
        &mut self.out
    }

    /// What was built.
    pub(in crate::cli) fn ngram_built(&mut self, report: &BuildReport) -> io::Result<()> {
        if self.is_json {
            return self.json(report);
        }
        let out = &mut self.out;
        writeln!(
            out,
            "{} words in {} sentences, {} different (control words included)",
            report.words, report.sentences, report.vocabulary
        )?;
        writeln!(out, "order {:>12} {:>12}   {:9} {:9} {:9}", "n-grams", "kept", "D1", "D2", "D3+")?;
        for row in &report.orders {
            let [one, two, three] = row.discounts;
            write!(
                out,
                "{:>5} {:>12} {:>12}   {one:<9.6} {two:<9.6} {three:<9.6}",
                row.order, row.counted, row.kept
            )?;
            match &row.fallback {
                Some(reason) => writeln!(out, " not estimated: {reason}")?,
                None => writeln!(out)?,
            }
        }
        writeln!(out, "{}: {} bytes, {:.1} s", Line(report.file.display()), report.bytes, report.seconds)
    }

    /// A text measured.
    pub(in crate::cli) fn measured(&mut self, measured: &Measured) -> io::Result<()> {
        if self.is_json {
            return self.json(&json!({
                "sentences": measured.sentences,
                "words": measured.words,
                "unknown": measured.unknown,
                "log10": measured.log10,
                "perplexity": measured.perplexity(),
                "perplexity_known": measured.perplexity_known(),
            }));
        }
        let out = &mut self.out;
        for (label, value) in [
            ("perplexity, unknown words included", measured.perplexity()),
            ("perplexity, unknown words left out", measured.perplexity_known()),
        ] {
            writeln!(out, "{label} {:>14}", figure(value))?;
        }
        writeln!(
            out,
            "{} sentences, {} words with sentence ends, {} unknown, log10 {:.4}",
            measured.sentences, measured.words, measured.unknown, measured.log10
        )
    }

    /// A model written in another form.
    pub(in crate::cli) fn ngram_converted(
        &mut self,
        file: &Path,
        bytes: u64,
        ngrams: &[usize],
    ) -> io::Result<()> {
        if self.is_json {
            return self.json(&json!({ "file": file.to_string_lossy(), "bytes": bytes, "ngrams": ngrams }));
        }
        let counts: Vec<String> = ngrams.iter().map(usize::to_string).collect();
        writeln!(self.out, "{}: {bytes} bytes, n-grams by order: {}", Line(file.display()), counts.join(", "))
    }

    /// Simple smoothings measured: a column for each order.
    pub(in crate::cli) fn baselines(&mut self, orders: &[usize], rows: &[BaselineRow]) -> io::Result<()> {
        if self.is_json {
            return self.json(&json!({ "rows": rows }));
        }
        let out = &mut self.out;
        write!(out, "{:28}", "test perplexity by order")?;
        orders.iter().try_for_each(|order| write!(out, "{order:>12}"))?;
        writeln!(out)?;
        let kinds = rows.len() / orders.len().max(1);
        for kind in 0..kinds {
            let of_kind: Vec<&BaselineRow> = rows.iter().skip(kind).step_by(kinds).collect();
            write!(out, "{:28}", of_kind[0].smoothing)?;
            for row in of_kind {
                let value = figure(Some(row.perplexity));
                let value = if row.is_distribution { value } else { format!("({value})") };
                write!(out, "{value:>12}")?;
            }
            writeln!(out)?;
        }
        writeln!(out, "In brackets: scores that do not sum to 1, so that the figure compares with no other.")
    }
}

fn figure(perplexity: Option<f64>) -> String {
    match perplexity {
        None => "-".to_owned(),
        Some(value) if value.is_infinite() => "infinite".to_owned(),
        Some(value) => format!("{value:.4}"),
    }
}
