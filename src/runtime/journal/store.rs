//! The folder of logs, which nobody else can write to, and its files, opened without following links.
//!
//! The lock of a log is on the log itself, so no lock file can be left behind or put in its place. [`Store`] is what
//! the writer of a log needs of a disk; the power-loss tests have one of their own.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::store::own_file::{NotPrivate, check_private, is_mine, is_still_at, set_flags};
use crate::store::process::is_other_alive;

/// The ending of a log.
pub(super) const LOG: &str = "journal";
/// The extension of a draft: a log that will replace another and is not whole yet.
pub(super) const DRAFT: &str = "draft";

/// Why recovery files are not kept in a folder, or one of them is not read.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Somebody could put a file of his own in the place of one of ours.
    #[error("{0}")]
    NotPrivate(#[from] NotPrivate),
    /// It is a link, or no folder.
    #[error("{} is a link or a file, not a folder. Move it away, then start again", path.display())]
    NoFolder {
        /// What.
        path: PathBuf,
    },
    /// It is no regular file of the user's.
    #[error("{} is not a file of yours but something that was put there. Look at it, and remove it", path.display())]
    NoFile {
        /// What.
        path: PathBuf,
    },
    /// A newer Foreword wrote it.
    #[error("{} was written by a newer Foreword. Start that one to have the text back", path.display())]
    Newer {
        /// Which.
        path: PathBuf,
    },
    /// Nothing in it makes sense.
    #[error(
        "{} is damaged from its beginning. It is left where it is: look into it with `less`, and remove it when you \
         do not need it", path.display()
    )]
    Damaged {
        /// Which.
        path: PathBuf,
    },
    /// The system's error.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl JournalError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        |source| Self::Io { path, source }
    }
}

/// Refuses a folder that somebody else could change: itself, and the one it lies in.
///
/// # Errors
/// When it is a link or no folder, or it or the folder around it is another user's or open to others.
pub(super) fn check_folder(folder: &Path) -> Result<(), JournalError> {
    // The data folder itself may be reached by a link, the folder of the journal may not.
    if !std::fs::symlink_metadata(folder).map_err(JournalError::io(folder))?.is_dir() {
        return Err(JournalError::NoFolder { path: folder.to_path_buf() });
    }
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        check_private(parent)?;
    }
    Ok(check_private(folder)?)
}

/// Opens a file of ours for reading. Neither a link nor a pipe in its place is followed or waited for.
///
/// # Errors
/// When it cannot be opened, or is no regular file of this user's.
pub(super) fn open_own(path: &Path) -> Result<File, JournalError> {
    let mut options = OpenOptions::new();
    options.read(true);
    set_flags(&mut options, true);
    let is_link = std::fs::symlink_metadata(path).map_err(JournalError::io(path))?.is_symlink();
    if is_link {
        return Err(JournalError::NoFile { path: path.to_path_buf() });
    }
    let file = options.open(path).map_err(JournalError::io(path))?;
    let found = file.metadata().map_err(JournalError::io(path))?;
    if !found.is_file() || !is_mine(&found) {
        return Err(JournalError::NoFile { path: path.to_path_buf() });
    }
    Ok(file)
}

/// Takes the lock of a log whose session has ended; returns whether it did. On a disk without locks, the process in
/// the log's name must have ended.
pub(super) fn lock_if_dead(file: &File, path: &Path) -> bool {
    let is_free = match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => {
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            let process = name.split_once('-').and_then(|(process, _)| process.parse().ok());
            process.is_some_and(|process| !is_other_alive(process))
        }
    };
    is_free && is_still_at(file, path)
}

/// Makes a file that was not there, readable by its owner alone, for appending.
///
/// # Errors
/// When there is anything of that name, a link included, or the system refuses.
pub(super) fn create_own(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// All bytes of an open file.
pub(super) fn read_all(file: &mut File, path: &Path) -> Result<Vec<u8>, JournalError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(JournalError::io(path))?;
    Ok(bytes)
}

/// The two files of a session: its log, and the draft that will replace it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Log,
    Draft,
}

/// What the writer of a log needs of a disk.
pub(super) trait Store {
    /// An open file.
    type File: Clone;

    /// Makes a file, in the place of one that may be there.
    fn create(&mut self, place: Place) -> io::Result<Self::File>;
    /// Writes some of `bytes` at the file's end.
    fn append(&mut self, file: &Self::File, bytes: &[u8]) -> io::Result<usize>;
    /// Whether the log's name leads to this file still.
    fn is_log(&self, file: &Self::File) -> bool;
    /// Puts the draft in the log's place.
    fn adopt(&mut self) -> io::Result<()>;
    /// Removes a file, if it is there.
    fn remove(&mut self, place: Place);
}

/// The real disk. A file is locked as long as it is open.
#[derive(Debug)]
pub(super) struct Disk {
    log: PathBuf,
    draft: PathBuf,
}

impl Disk {
    /// The disk of the session whose log is at `log`.
    pub(super) fn new(log: &Path) -> Self {
        Self { log: log.to_path_buf(), draft: log.with_extension(DRAFT) }
    }

    fn path(&self, place: Place) -> &Path {
        match place {
            Place::Log => &self.log,
            Place::Draft => &self.draft,
        }
    }
}

impl Store for Disk {
    type File = Arc<File>;

    fn create(&mut self, place: Place) -> io::Result<Arc<File>> {
        self.remove(place);
        let path = self.path(place);
        let file = create_own(path)?;
        // Between the making and the locking another Foreword may have taken it for one that was left behind.
        // Some network disks know no locks; there the process in the name has to do.
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || !is_still_at(&file, path) {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another Foreword took it for its own"));
        }
        Ok(Arc::new(file))
    }

    fn append(&mut self, file: &Arc<File>, bytes: &[u8]) -> io::Result<usize> {
        (&**file).write(bytes)
    }

    fn is_log(&self, file: &Arc<File>) -> bool {
        is_still_at(file, &self.log)
    }

    fn adopt(&mut self) -> io::Result<()> {
        std::fs::rename(&self.draft, &self.log)
    }

    fn remove(&mut self, place: Place) {
        let _ = std::fs::remove_file(self.path(place));
    }
}
