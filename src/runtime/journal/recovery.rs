//! A log or a kept text, read as what the editor offers to bring back.

use std::fs::File;
use std::path::Path;
use std::time::SystemTime;

use super::kept_name::reason;
use super::replay::{Replayed, Unreadable, replay};
use super::store::{JournalError, open_own, read_all};
use crate::runtime::documents;
use crate::store::clock;
use editor::message::{FileStamp, KeptBecause, Recovery};

/// The content of the log or kept text at `path`, even if another process has it open.
///
/// # Errors
/// When it is no file of ours, or none that can be read.
pub fn read(path: &Path) -> Result<Option<Recovery>, JournalError> {
    let mut file = open_own(path)?;
    let replayed = read_from(&mut file, path)?;
    let because = reason(path).unwrap_or(KeptBecause::Crash);
    Ok(replayed.map(|replayed| recovery(replayed, path, &file, because)))
}

/// What is in the open log `file`; `None` if it holds no text.
pub(super) fn read_from(file: &mut File, path: &Path) -> Result<Option<Replayed>, JournalError> {
    let bytes = read_all(file, path)?;
    replay(&bytes, |path| documents::open(path).ok().filter(|content| content.exists)).map_err(|why| {
        let path = path.to_path_buf();
        match why {
            Unreadable::Newer => JournalError::Newer { path },
            Unreadable::Damaged => JournalError::Damaged { path },
        }
    })
}

/// What the log `file` at `journal` offers the writer.
pub(super) fn recovery(replayed: Replayed, journal: &Path, file: &File, because: KeptBecause) -> Recovery {
    let Replayed { file: belongs_to, text, damage, .. } = replayed;
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    let on_disk: Option<FileStamp> = belongs_to.path.as_deref().and_then(documents::stamp);
    Recovery {
        because,
        path: belongs_to.path,
        text: text.into(),
        form: belongs_to.form,
        based_on: belongs_to.based_on,
        on_disk,
        journal: journal.to_path_buf(),
        written: clock::of_file(modified.unwrap_or_else(|_| SystemTime::now())),
        damage,
    }
}
