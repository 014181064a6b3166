//! `foreword ngram`: the n-gram models of the ladder's first rung, from text to file to perplexity.

pub(super) mod arguments;

mod baselines;
mod build;

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, ensure};

use super::output::Printer;
use crate::runtime::visible::Line;
use crate::store::model_file;
use arguments::NgramAction;
use model::ngram::{END, Measured, Tokenizer, UNKNOWN, perplexity_with};

pub(super) use baselines::BaselineRow;
pub(super) use build::BuildReport;

/// Carries out the action.
pub(super) fn run<W: io::Write>(action: &NgramAction, printer: &mut Printer<W>) -> anyhow::Result<()> {
    match action {
        NgramAction::Build(args) => printer.ngram_built(&build::build(args)?)?,
        NgramAction::Query { model, words, unit } => {
            let measured = query(model, (*unit).into(), *words, &mut io::stdin().lock(), printer)?;
            printer.measured(&measured)?;
        }
        NgramAction::Convert { from, to, quantise } => {
            ensure_other(from, to)?;
            let ngrams = model_file::open_ngram(from)?.unpack();
            let bytes = model_file::write_ngram(to, &ngrams, arguments::encoding(*quantise))?;
            printer.ngram_converted(to, bytes, &ngrams.counts())?;
        }
        NgramAction::Baselines { train, test, order, unit } => {
            let rows = baselines::measure(train, test, order, (*unit).into())?;
            printer.baselines(order, &rows)?;
        }
    }
    Ok(())
}

/// Measures standard input, and prints every word if wanted.
fn query<W: io::Write>(
    path: &Path,
    tokenizer: Tokenizer,
    with_words: bool,
    input: &mut impl BufRead,
    printer: &mut Printer<W>,
) -> anyhow::Result<Measured> {
    let model = model_file::open_ngram(path)?;
    let measured = if with_words {
        let mut out = BufWriter::new(printer.out());
        let (mut total, mut unknown) = (0.0, 0);
        let measured = perplexity_with(&model, input, tokenizer, |word, id, scored| {
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
        perplexity_with(&model, input, tokenizer, |_, _, _| Ok(()))
            .context("standard input cannot be read")?
    };
    ensure!(measured.words > 0, "standard input has no words to measure; give a text: `< text.txt`");
    Ok(measured)
}

/// A text to count or measure; `-` is standard input.
fn open_text(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let failed = |cause: io::Error| {
        anyhow::anyhow!("{}: cannot be read ({cause}); check the path and its permissions", path.display())
    };
    let file = File::open(path).map_err(failed)?;
    let is_folder = file.metadata().is_ok_and(|metadata| metadata.is_dir());
    ensure!(!is_folder, "{}: a folder; name the text files in it", path.display());
    Ok(Box::new(BufReader::with_capacity(1 << 16, file)))
}

/// Refuses to write over what is read.
fn ensure_other(read: &Path, written: &Path) -> anyhow::Result<()> {
    let same = match (read.canonicalize(), written.canonicalize()) {
        (Ok(read), Ok(written)) => read == written,
        _ => false,
    };
    ensure!(
        !same,
        "{}: would be written over while it is read; name another file to write",
        written.display()
    );
    Ok(())
}
