//! Finding and reading files: the one file of [`corpus`](super) that touches the disk.
//!
//! What a writer chose is read, and no more: hidden files, what `.gitignore` or `.forewordignore` name (those inside
//! the folder; the machine's own settings do not count), and links inside the folder are passed by, so a link to `/`
//! or to its own parent leads nowhere. Pipes, devices and sockets are never opened, whatever their name, no read waits for another
//! program, and no file is read past [`LARGEST_FILE`], so a file without an end cannot hold the program up.
#![expect(
    clippy::disallowed_types,
    reason = "the folder has to be read by someone; the rest of corpus takes bytes"
)]

use std::fs::{File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::format::{self, Format};
use super::{Corpus, Skipped, SourceText};

mod ignored;

use ignored::{Folder, Rules, all_rules};

/// Longer files are skipped: 32 MiB is more than a writer types in a lifetime, so such a file is a log or a dump.
pub const LARGEST_FILE: u64 = 32 << 20;

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No folder or file was named.
    #[error("no folder was named; name one that holds .txt or .md files")]
    NothingNamed,
    /// There is nothing at the path.
    #[error("{}: there is no such folder or file; check the spelling", .0.display())]
    Missing(PathBuf),
    /// The path cannot be looked at.
    #[error("{}: cannot be read ({cause}); check its permissions", path.display())]
    Unreadable {
        /// What was named.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// The folder holds no files.
    #[error(
        "{}: the folder holds no files (hidden and ignored ones do not count); name one that holds .txt or .md files",
        .0.display()
    )]
    Empty(PathBuf),
    /// There are files, but none that can be learned from.
    #[error(
        "{}: nothing to learn from: {count} skipped, the first is {} ({}); name a folder that holds .txt or .md files \
         in UTF-8",
        path.display(), first.path.display(), first.reason
    )]
    NothingToLearn {
        /// What was named.
        path: PathBuf,
        /// How many files were skipped.
        count: usize,
        /// The first of them.
        first: Skipped,
    },
}

/// Reads folders and single files: every document in name order, and what was skipped and why.
///
/// A file that is named itself is read whatever its extension; in a folder only those of `Format::of` are.
///
/// # Errors
///
/// [`ReadError`] if a path does not exist or cannot be read, or if there is nothing to learn from in all of them.
pub fn read(paths: &[PathBuf]) -> Result<Corpus, ReadError> {
    let first_path = paths.first().ok_or(ReadError::NothingNamed)?;
    let mut documents = Vec::new();
    let mut skipped = Vec::new();
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => ReadError::Missing(path.clone()),
            _ => ReadError::Unreadable { path: path.clone(), cause },
        })?;
        if metadata.is_dir() {
            // Walking would only report what cannot be opened as one more skipped entry.
            std::fs::read_dir(path).map_err(|cause| ReadError::Unreadable { path: path.clone(), cause })?;
            read_folder(path, &mut documents, &mut skipped);
        } else {
            sort_out(path, read_file(path), &mut documents, &mut skipped);
        }
    }
    documents.sort_by(|a, b| a.path.cmp(&b.path));
    documents.dedup_by(|a, b| a.path == b.path);
    let corpus = Corpus::from_documents(documents, skipped);
    match (corpus.documents.is_empty(), corpus.skipped.first()) {
        (false, _) => Ok(corpus),
        (true, None) => Err(ReadError::Empty(first_path.clone())),
        (true, Some(first)) => Err(ReadError::NothingToLearn {
            path: first_path.clone(),
            count: corpus.skipped.len(),
            first: first.clone(),
        }),
    }
}

fn read_folder(folder: &Path, documents: &mut Vec<SourceText>, skipped: &mut Vec<Skipped>) {
    let mut rules_left = all_rules();
    let mut left = vec![Folder { path: folder.to_owned(), above: None }];
    while let Some(Folder { path: folder, above }) = left.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(cause) => {
                skipped.push(unreadable(&folder, &cause));
                continue;
            }
        };
        let Some(rules) = Rules::read(&folder, above.as_ref(), &mut rules_left, skipped) else { continue };
        for entry in entries {
            let kind = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
            match kind {
                Ok((path, kind)) if rules.pass_by(&path, kind.is_dir()) => {}
                Ok((path, kind)) if kind.is_dir() => {
                    left.push(Folder { path, above: Some(Rc::clone(&rules)) });
                }
                Ok((path, kind)) => sort_out(&path, read_entry(&path, kind), documents, skipped),
                Err(cause) => skipped.push(unreadable(&folder, &cause)),
            }
        }
    }
}

fn unreadable(path: &Path, cause: &io::Error) -> Skipped {
    Skipped { path: path.to_owned(), reason: format!("cannot be read ({cause})") }
}

fn read_entry(path: &Path, kind: FileType) -> Result<SourceText, String> {
    if kind.is_symlink() {
        return Err("a link; name what it points to, to learn from it".to_owned());
    }
    if Format::of(path).is_none() {
        return Err(format::UNKNOWN_FORMAT.to_owned());
    }
    read_file(path)
}

/// The reason for skipping what is no ordinary file.
const NO_FILE: &str = "not an ordinary file (a pipe, a device or a socket)";

/// Opens a file for reading; never waits for another program to write into it.
fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        (rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY).bits().cast_signed(),
    );
    options.open(path)
}

fn read_file(path: &Path) -> Result<SourceText, String> {
    let unreadable = |cause: io::Error| format!("cannot be read ({cause}); check its permissions");
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(NO_FILE.to_owned());
    }
    let too_large = || format!("larger than {} MiB; split it to learn from it", LARGEST_FILE >> 20);
    if metadata.len() > LARGEST_FILE {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // The length a file claims is not always its length: it may be growing, or be made up by the system.
    let file = open_at_once(path).map_err(unreadable)?;
    // Between the two it may have become another.
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(NO_FILE.to_owned());
    }
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(too_large());
    }
    let document = format::read_document(path, &bytes)?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Ok(SourceText { name: absolute.display().to_string(), ..document })
}

fn sort_out(
    path: &Path,
    outcome: Result<SourceText, String>,
    documents: &mut Vec<SourceText>,
    skipped: &mut Vec<Skipped>,
) {
    match outcome {
        Ok(document) => documents.push(document),
        Err(reason) => skipped.push(Skipped { path: path.to_owned(), reason }),
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests prepare folders")]
mod tests;
