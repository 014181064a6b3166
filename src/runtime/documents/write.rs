//! Writing a writer's text.
//!
//! A draft is written beside the file and renamed, so that at every moment the whole old or the whole new file is
//! there. Where that would cost a link, an attribute or an owner, or is refused, the file is written in place
//! (`in_place`).

use std::fs::{File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ropey::Rope;

use super::attributes;
use super::form::for_each_part;
use super::left::{Hashing, Left, SystemStamp, is_as_left};
use super::{FileError, check_regular, read::may_write, stamp_of};
use crate::store::draft::{folder_of, new_draft, sync_folder};
use editor::message::FileForm;

/// How a save that did not fail went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// The text is on disk.
    Written(Left),
    /// Nothing was written: the file on disk is not the expected one.
    ChangedOnDisk,
}

/// A text to write, and its path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a Rope,
    pub(super) form: FileForm,
    /// What is expected there; `None` if nothing is.
    pub(super) left: Option<&'a Left>,
    /// Overwrite whatever is there.
    pub(super) force: bool,
}

/// What a save is about to do. Tests hold it up there, have it fail, or look at what a kill would leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SaveStep {
    /// Make the draft.
    Draft,
    /// Give the draft, which is written, the file's attributes.
    Attributes,
    /// Give the draft the file's name.
    Rename,
    /// Bring the renaming to disk.
    Named,
    /// Write the copies to fall back on.
    Copies,
    /// Write what goes behind the old end of the file.
    Tail,
    /// Write over the next part of the old bytes.
    Over,
    /// Say that it is done.
    Done,
}

type Steps = Box<dyn Fn(SaveStep) -> io::Result<()> + Send>;

/// Saves the writer's files.
pub struct Saver {
    /// The folder for copies to fall back on.
    pub(super) copies: PathBuf,
    pub(super) step: Steps,
}

/// Why a file did not get a new one in its place.
enum Refused {
    Changed,
    Failed(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Saver {
    /// Saves files; copies to fall back on are kept in the folder `copies` meanwhile.
    pub fn new(copies: &Path) -> Self {
        Self::watched(copies, Box::new(|_| Ok(())))
    }

    pub(super) fn watched(copies: &Path, step: Steps) -> Self {
        Self { copies: copies.to_path_buf(), step }
    }

    /// Writes a text if the file on disk is the expected one, or with `force`. Symbolic links are followed.
    ///
    /// # Errors
    /// When the file is write-protected or special, or cannot be written; the file is then as it was.
    pub(super) fn save(&self, order: Order) -> Result<Saved, FileError> {
        let target = follow_links(order.path);
        let target = target.map_err(|source| FileError::from_io("write", order.path, source))?;
        let failed = |source| FileError::from_io("write", &target, source);
        let replaced = match std::fs::metadata(&target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            other => Some(other.map_err(failed)?),
        };
        if let Some(metadata) = &replaced {
            check_regular(order.path, metadata)?;
            if metadata.permissions().readonly() || !may_write(&target) {
                return Err(FileError::ReadOnly { path: order.path.to_path_buf() });
            }
            let unreadable = |source| FileError::from_io("read", order.path, source);
            if !order.force && !is_as_left(&target, order.left).map_err(unreadable)? {
                return Ok(Saved::ChangedOnDisk);
            }
            if attributes::has_other_names(metadata) {
                return self.save_in_place(order, &target);
            }
        }
        match self.replace(order, &target, replaced.as_ref()) {
            Ok(left) => Ok(Saved::Written(left)),
            Err(Refused::Changed) => Ok(Saved::ChangedOnDisk),
            Err(Refused::Failed(error)) if replaced.is_some() && in_place_may_help(&error) => {
                self.save_in_place(order, &target)
            }
            Err(Refused::Failed(error)) => Err(failed(error)),
        }
    }

    /// Puts a new file in the place of the old one, all or nothing, with all that it has besides its bytes.
    fn replace(&self, order: Order, target: &Path, replaced: Option<&Metadata>) -> Result<Left, Refused> {
        (self.step)(SaveStep::Draft)?;
        let folder = folder_of(target);
        let mut draft = new_draft(folder, replaced.is_some())?;
        let hash = order.write_to(draft.as_file_mut())?;
        (self.step)(SaveStep::Attributes)?;
        if let Some(metadata) = replaced {
            // For any error: a file without the attributes must not replace one that has them.
            attributes::keep(draft.as_file(), target, metadata)
                .map_err(|error| io::Error::new(io::ErrorKind::Unsupported, error))?;
        }
        draft.as_file().sync_all()?;
        let stamp = stamp_of(&draft.as_file().metadata()?, hash);
        // Writing may have taken long: somebody may have written meanwhile.
        if !order.force && !is_as_before(order, target, replaced)? {
            return Err(Refused::Changed);
        }
        (self.step)(SaveStep::Rename)?;
        draft.persist(target).map_err(|error| error.error)?;
        // The text is in its place; an error here changes nothing.
        let _ = (self.step)(SaveStep::Named);
        sync_folder(folder);
        // The next save reads the file again: another program may be writing to it now.
        Ok(Left::stamped(stamp))
    }
}

/// Whether nobody wrote to the file since it had the metadata `before` and was as expected.
fn is_as_before(order: Order, target: &Path, before: Option<&Metadata>) -> io::Result<bool> {
    let mark = before.and_then(SystemStamp::of);
    let now = std::fs::metadata(target).ok().and_then(|metadata| SystemStamp::of(&metadata));
    Ok((mark.is_some() && mark == now) || is_as_left(target, order.left)?)
}

/// Whether a file that cannot be replaced may yet be written in place. Its folder may refuse drafts, the disk may
/// have no room for two files, the file may be a mount point, or its owner or attributes cannot be copied.
fn in_place_may_help(error: &io::Error) -> bool {
    use io::ErrorKind::{
        CrossesDevices, InvalidFilename, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, ResourceBusy,
        StorageFull, Unsupported,
    };
    matches!(
        error.kind(),
        CrossesDevices
            | InvalidFilename
            | PermissionDenied
            | QuotaExceeded
            | ReadOnlyFilesystem
            | ResourceBusy
            | StorageFull
            | Unsupported
    )
}

impl Order<'_> {
    /// Writes the text in its form and returns the hash of the bytes.
    pub(super) fn write_to(&self, file: &mut File) -> io::Result<u128> {
        let mut writer = BufWriter::with_capacity(1 << 16, Hashing::new(file));
        for_each_part(self.text, self.form, |bytes| writer.write_all(bytes))?;
        writer.flush()?;
        Ok(writer.get_ref().digest())
    }
}

/// How many links are followed before a chain of them is called a loop, as on Linux.
const MAX_LINKS: usize = 40;

/// The file a chain of symbolic links ends in, whether that exists or not.
pub(super) fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match std::fs::read_link(&target) {
            Ok(next) => target = target.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("its symbolic links lead in a circle"))
}
