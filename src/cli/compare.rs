//! `foreword compare`: the ladder of language models, trained and measured on one text.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::ensure;

use super::file::read_file;
use super::output::Printer;
use super::progress::Progress;
use crate::lab::compare::{ComparePlan, compare};
use crate::lab::{Texts, Unit};

/// What to compare on what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CompareRequest {
    pub(super) train: PathBuf,
    pub(super) valid: PathBuf,
    pub(super) test: PathBuf,
    pub(super) unit: Unit,
    pub(super) plan: ComparePlan,
}

/// Trains, measures and prints the table.
pub(super) fn run<W: Write>(request: &CompareRequest, printer: &mut Printer<W>) -> anyhow::Result<()> {
    let [train, valid, test] = [&request.train, &request.valid, &request.test];
    let text = Texts::new(request.unit, &read(train)?, &read(valid)?, &read(test)?)?;
    let mut progress = Progress::new();
    let rows = compare(&text, &request.plan, &mut |share, status| progress.show(share, status))?;
    progress.finish();
    printer.comparison(&rows)?;
    Ok(())
}

/// A text to compare on.
fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let bytes = read_file(path)?;
    ensure!(!bytes.is_empty(), "{name}: is empty; name a file with text in it");
    String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{name}: is not UTF-8; save it as UTF-8 text"))
}
