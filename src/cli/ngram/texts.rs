//! Texts that are read, and what may be written beside them.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::ensure;

/// A text to count or measure; `-` is standard input.
pub(super) fn open_text(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
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
pub(super) fn ensure_other(read: &Path, written: &Path) -> anyhow::Result<()> {
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
