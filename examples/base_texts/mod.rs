//! The base model's texts: a paragraph a line, a blank line between documents.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// One document, or paragraph, of so many is left out.
const HELD_OUT: usize = 100;
/// A file with fewer documents leaves out paragraphs.
const FEW: usize = 125;

/// A text in two.
pub(crate) struct Parted {
    /// What is learned from.
    pub(crate) learned: String,
    /// What is left out, to fit the mixture's weights and to measure on.
    #[allow(dead_code, reason = "not every example measures")]
    pub(crate) held_out: String,
}

/// Every hundredth document is left out; of a file with few documents, every hundredth paragraph.
pub(crate) fn parted(text: &str) -> Parted {
    let documents: Vec<&str> = text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).collect();
    let (parts, between): (Vec<&str>, _) = if documents.len() < FEW {
        (text.lines().filter(|line| !line.is_empty()).collect(), "\n")
    } else {
        (documents, "\n\n")
    };
    let mut learned = Vec::with_capacity(parts.len());
    let mut held_out = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        (if at % HELD_OUT == HELD_OUT - 1 { &mut held_out } else { &mut learned }).push(part);
    }
    Parted { learned: learned.join(between), held_out: held_out.join(between) }
}

/// What a folder holds, in the order of names.
pub(crate) fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
