//! Reading and writing the writer's files, so that nothing is ever lost on the way.
//!
//! [`open`] refuses files that are no text. [`Saver`] writes beside the file and renames, so that at every moment the
//! whole old or the whole new file is there. Where a rename would break something it writes in place, with copies to
//! fall back on. [`SaveQueue`] saves off the UI thread, in order, and detects files that other instances have open.

mod attributes;
mod chain;
mod copies;
mod form;
mod in_place;
mod in_use;
mod interrupted;
mod left;
mod queue;
mod read;
mod write;

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use thiserror::Error;

pub use form::hash;
pub use interrupted::Interrupted;
pub use left::{Left, stamp};
pub use queue::SaveQueue;
pub use read::{MAX_BYTES, open};
pub use write::{Saved, Saver};

use editor::message::FileStamp;

/// Why a file was not read or written. Each message names the path, the cause and the remedy; no text is lost in any
/// of them.
#[derive(Debug, Error)]
pub enum FileError {
    /// It is a folder.
    #[error("{} is a folder. Name a file in it.", path.display())]
    Folder {
        /// Where.
        path: PathBuf,
    },
    /// It is a pipe, a device or the like, which may have no end.
    #[error("{} is not a regular file but a {kind}. Copy its content to a file and open that.", path.display())]
    Special {
        /// Where.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// It is larger than the editor takes.
    #[error(
        "{} has {} MiB, more than the {} MiB this editor opens. Split it first, for instance with `split -C 100M`.",
        path.display(), length >> 20, MAX_BYTES >> 20
    )]
    TooLarge {
        /// Where.
        path: PathBuf,
        /// Its length in bytes.
        length: u64,
    },
    /// It is no UTF-8 text.
    #[error(
        "{} is not UTF-8 text (byte {at} is not): it was left alone. \
         Convert it first, for instance with `iconv -f {guess} -t UTF-8`.", path.display()
    )]
    NotUtf8 {
        /// Where.
        path: PathBuf,
        /// Offset of the first byte that does not fit.
        at: usize,
        /// What it may be, as `iconv` calls it.
        guess: &'static str,
    },
    /// It may not be written.
    #[error("{} is write-protected: not saved. Allow it with `chmod u+w`, or save under another name.", path.display())]
    ReadOnly {
        /// Where.
        path: PathBuf,
    },
    /// The folder it should go to does not exist.
    #[error("The folder of {} does not exist: not saved. Make it, or save under another name.", path.display())]
    NoFolder {
        /// Where the file should have gone.
        path: PathBuf,
    },
    /// No room.
    #[error(
        "No room on the disk to save {}: the file there is as it was, the new text is still here. \
         Free some space, or save elsewhere.", path.display()
    )]
    DiskFull {
        /// Where.
        path: PathBuf,
    },
    /// Not allowed.
    #[error("No permission to {doing} {}. Ask for it, or choose another place.", path.display())]
    Denied {
        /// `read` or `write`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
    },
    /// It can only be written in place, and there is no copy to fall back on.
    #[error(
        "{} can only be written in place, but no copy to fall back on could be kept in {}: {source}. Not saved. \
         Free some space there, choose another place with --data-dir, or save under another name.",
        path.display(), copies.display()
    )]
    NoCopy {
        /// Where.
        path: PathBuf,
        /// The folder for copies.
        copies: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// It was written in place, and neither that nor the way back came to an end.
    #[error(
        "{} is half written ({source}). All of the new text is in {} and is written at the next start; or save under \
         another name.", path.display(), copies.display()
    )]
    Torn {
        /// Where.
        path: PathBuf,
        /// The file with the new text.
        copies: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Any other error of the system.
    #[error("Could not {doing} {}: {source}. The text in the editor is untouched; try again or choose another place.", path.display())]
    Other {
        /// `read` or `write`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl FileError {
    /// Classifies the system's error on reading or writing `path`.
    fn from_io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            io::ErrorKind::PermissionDenied => Self::Denied { doing, path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::IsADirectory => Self::Folder { path },
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                if doing == "write" && !crate::store::draft::folder_of(&path).is_dir() =>
            {
                Self::NoFolder { path }
            }
            _ => Self::Other { doing, path, source },
        }
    }
}

/// Identifies the content that `metadata` describes and whose bytes have the XXH3 `hash`.
fn stamp_of(metadata: &std::fs::Metadata, hash: u128) -> FileStamp {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    FileStamp { modified_ns: modified.map_or(0, |passed| passed.as_nanos()), length: metadata.len(), hash }
}

/// Refuses a file that is not regular; the error names its kind.
fn check_regular(path: &Path, metadata: &std::fs::Metadata) -> Result<(), FileError> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let path = path.to_path_buf();
    if kind.is_dir() {
        Err(FileError::Folder { path })
    } else {
        Err(FileError::Special { path, kind: special(kind) })
    }
}

#[cfg(unix)]
fn special(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match () {
        () if kind.is_fifo() => "pipe",
        () if kind.is_socket() => "socket",
        () if kind.is_char_device() || kind.is_block_device() => "device",
        () => "special file",
    }
}

#[cfg(not(unix))]
fn special(_kind: std::fs::FileType) -> &'static str {
    "special file"
}

#[cfg(test)]
mod chain_tests;
#[cfg(test)]
mod in_place_tests;
#[cfg(test)]
mod tests;
