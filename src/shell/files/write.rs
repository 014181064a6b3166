//! Saving a text file.

use std::fs::{File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ropey::Rope;
use xxhash_rust::xxh3::Xxh3;

use super::draft::{folder_of, new_draft, sync_folder};
use super::{FileError, check_regular, read::may_write, stamp_of};
use crate::app::message::{FileForm, FileStamp};

/// How a save that did not fail went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// The text is on disk.
    Written(FileStamp),
    /// Nothing was written: what is on disk is not what was expected there.
    ChangedOnDisk,
}

/// How many links are followed before a chain of them is called a loop, as on Linux.
const MAX_LINKS: usize = 40;

/// Writes `text` to `path` unless the file there changed since `expected` was read off it (or `force`).
///
/// # Errors
/// When the file is write-protected or special, or cannot be written; the file is then as it was.
pub fn save(
    path: &Path,
    text: &Rope,
    form: FileForm,
    expected: Option<FileStamp>,
    force: bool,
) -> Result<Saved, FileError> {
    // A file that somebody removed meanwhile is written anew: there is nothing to lose.
    if !force && let Some(found) = stamp(path) {
        let is_expected = expected.is_some_and(|expected| expected.same_content(&found));
        if !is_expected {
            return Ok(Saved::ChangedOnDisk);
        }
    }
    let mut hash = Xxh3::new();
    let metadata = write_atomic(path, |file| {
        let mut writer = BufWriter::new(Hashing { file, hash: &mut hash });
        if form.bom {
            writer.write_all("\u{feff}".as_bytes())?;
        }
        for chunk in text.chunks() {
            if form.crlf {
                write_with_crlf(&mut writer, chunk)?;
            } else {
                writer.write_all(chunk.as_bytes())?;
            }
        }
        writer.flush()
    })?;
    Ok(Saved::Written(stamp_of(&metadata, hash.digest128())))
}

/// Identifies what is on disk now; `None` if there is no regular file that can be read.
pub fn stamp(path: &Path) -> Option<FileStamp> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let mut hash = Xxh3::new();
    let mut file = File::open(path).ok()?;
    io::copy(&mut file, &mut Hashing { file: &mut io::sink(), hash: &mut hash }).ok()?;
    Some(stamp_of(&metadata, hash.digest128()))
}

/// A writer whose bytes are hashed on their way.
struct Hashing<'a, W> {
    file: &'a mut W,
    hash: &'a mut Xxh3,
}

impl<W: Write> Write for Hashing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn write_with_crlf(writer: &mut impl Write, chunk: &str) -> io::Result<()> {
    for (index, line) in chunk.split('\n').enumerate() {
        if index > 0 {
            writer.write_all(b"\r\n")?;
        }
        writer.write_all(line.as_bytes())?;
    }
    Ok(())
}

/// Replaces a file by what `write` writes, all or nothing; symbolic links are followed, mode and owner kept. Returns what
/// the system says of the new file.
///
/// # Errors
/// When the file is write-protected or special, or `write` or the system fails; the file is then as it was.
pub fn write_atomic(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<Metadata, FileError> {
    let failed = |source| FileError::from_io("write", path, source);
    let target = follow_links(path).map_err(failed)?;
    let replaced = std::fs::metadata(&target).ok();
    if let Some(metadata) = &replaced {
        check_regular(path, metadata)?;
        if metadata.permissions().readonly() || !may_write(&target) {
            return Err(FileError::ReadOnly { path: path.to_path_buf() });
        }
    }
    let folder = folder_of(&target);
    let mut draft = new_draft(folder, replaced.is_some()).map_err(failed)?;
    write(draft.as_file_mut()).map_err(failed)?;
    if let Some(metadata) = &replaced {
        keep_owner(draft.as_file(), metadata);
        draft.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    }
    draft.as_file().sync_all().map_err(failed)?;
    let written = draft.as_file().metadata().map_err(failed)?;
    draft.persist(&target).map_err(|error| failed(error.error))?;
    sync_folder(folder);
    Ok(written)
}

/// Writes a file of Foreword's own, readable by its owner alone, all or nothing.
///
/// # Errors
/// When it cannot be written; a file that was there is then as it was.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let written = write_private_with(path, |file| file.write_all(bytes));
    written.map_err(|source| FileError::from_io("write", path, source))
}

/// As [`write_private`], but never in place of another file.
///
/// # Errors
/// When there is one ([`io::ErrorKind::AlreadyExists`]), or it cannot be written.
pub fn write_private_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let mut draft = new_draft(folder, true)?;
    draft.write_all(bytes)?;
    draft.as_file().sync_all()?;
    draft.persist_noclobber(path).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// As [`write_private`], of what `write` writes.
///
/// # Errors
/// When `write` or the system fails; a file that was there is then as it was.
pub fn write_private_with<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let folder = folder_of(path);
    // A temporary file is made with mode 0600, and keeps it.
    let mut draft = new_draft(folder, true)?;
    write(draft.as_file_mut())?;
    draft.as_file().sync_all()?;
    draft.persist(path).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// The file a chain of symbolic links ends in, whether that exists or not.
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match std::fs::read_link(&target) {
            Ok(next) => target = target.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("its symbolic links lead in a circle"))
}

/// Gives the draft the old file's owner and group where the system allows it.
#[cfg(unix)]
fn keep_owner(draft: &File, replaced: &std::fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Ok(own) = draft.metadata() else { return };
    if (own.uid(), own.gid()) != (replaced.uid(), replaced.gid()) {
        // Only root may give files away; then the group alone, and failing that the file is the saver's.
        let _ = fchown(draft, Some(replaced.uid()), Some(replaced.gid()))
            .or_else(|_| fchown(draft, None, Some(replaced.gid())));
    }
}

#[cfg(not(unix))]
fn keep_owner(_draft: &File, _replaced: &std::fs::Metadata) {}
