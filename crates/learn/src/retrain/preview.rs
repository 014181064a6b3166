//! What folders hold, before anything is learned from them.

use std::path::PathBuf;

use crate::corpus::{Corpus, ReadError, split, walk};
use crate::train::DatasetPreview;
use crate::train::report::{DocumentPreview, SkippedFile};

/// What folders hold.
///
/// # Errors
/// When there is nothing to learn from; the message has path, cause and remedy.
pub fn preview(folders: &[PathBuf]) -> Result<DatasetPreview, ReadError> {
    let corpus = walk::read(folders)?;
    let documents: Vec<_> = corpus
        .documents
        .iter()
        .map(|d| DocumentPreview { path: d.path.clone(), bytes: d.text.len(), words: d.words })
        .collect();
    let held_out = split::held_out_count(documents.len());
    Ok(DatasetPreview { documents, skipped: skipped(&corpus), held_out })
}

/// The files that are not learned from, and those that lost a secret.
pub(super) fn skipped(corpus: &Corpus) -> Vec<SkippedFile> {
    let files = corpus.skipped.iter().map(|s| SkippedFile { path: s.path.clone(), reason: s.reason.clone() });
    let redacted = corpus.documents.iter().filter(|d| d.redacted > 0).map(|d| SkippedFile {
        path: d.path.clone(),
        reason: match d.redacted {
            1 => "1 secret left out; the rest is read".to_owned(),
            n => format!("{n} secrets left out; the rest is read"),
        },
    });
    files.chain(redacted).collect()
}
