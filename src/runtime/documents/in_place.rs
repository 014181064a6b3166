//! Saving a file without replacing it: where it has other names, or takes no new file in its place.
//!
//! The file is touched only once copies of its old and new bytes are on disk in the data directory, so neither text
//! can be lost. The bytes behind the old end are written first: if the disk is full, the file is cut back to its old
//! length. An interrupted save is completed at the next start (`interrupted`).

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::copies::{Copies, Note, Piece};
use super::left::Left;
use super::write::{Order, SaveStep, Saved, Saver};
use super::{FileError, stamp_of};

/// Bytes written from one [`SaveStep::Over`] to the next.
pub(super) const PART: usize = 1 << 16;

impl Saver {
    /// Writes a text over the file at `target`, which exists.
    pub(super) fn save_in_place(&self, order: Order, target: &Path) -> Result<Saved, FileError> {
        let failed = |source| FileError::from_io("write", order.path, source);
        let mut file = OpenOptions::new().write(true).open(target).map_err(failed)?;
        let copies = match self.keep_copies(order, target) {
            Ok(Some(copies)) => copies,
            Ok(None) => return Ok(Saved::ChangedOnDisk),
            Err(source) => {
                let (path, copies) = (order.path.to_path_buf(), self.copies.clone());
                return Err(FileError::NoCopy { path, copies, source });
            }
        };
        match write_over(&mut file, &copies, &self.step) {
            Ok(()) => {}
            Err(Broken::Untouched(error)) => return Err(failed(error)),
            Err(Broken::Torn(error)) => {
                return Err(match put_back(&mut file, &copies) {
                    Ok(()) => failed(error),
                    Err(_) => FileError::Torn {
                        path: order.path.to_path_buf(),
                        copies: copies.leave(),
                        source: error,
                    },
                });
            }
        }
        let metadata = file.metadata().map_err(failed)?;
        let left = Left::stamped(stamp_of(&metadata, copies.note().new.hash));
        Ok(Saved::Written(left))
    }

    /// Copies of the old bytes and the new ones, on disk; `None` if the old ones are not what is expected.
    fn keep_copies(&self, order: Order, target: &Path) -> io::Result<Option<Copies>> {
        (self.step)(SaveStep::Copies)?;
        let mut copies = Copies::begin(&self.copies)?;
        let old = copies.keep_old(&mut File::open(target)?)?;
        let expected = order.left.map(|left| Piece { length: left.stamp.length, hash: left.stamp.hash });
        if !order.force && expected != Some(old) {
            return Ok(None);
        }
        let new = copies.keep_new(|file| order.write_to(file))?;
        copies.write_note(Note::new(target, order.form, old, new))?;
        Ok(Some(copies))
    }
}

/// A file could not be written over.
pub(super) enum Broken {
    /// It is as it was.
    Untouched(io::Error),
    /// It holds parts of both texts.
    Torn(io::Error),
}

/// Makes `file` hold the new bytes. What it holds now may be a mixture already.
pub(super) fn write_over(
    file: &mut File,
    copies: &Copies,
    step: &dyn Fn(SaveStep) -> io::Result<()>,
) -> Result<(), Broken> {
    let new = copies.note().new.length;
    let old = file.metadata().map_err(Broken::Untouched)?.len();
    let mut source = copies.open_new().map_err(Broken::Untouched)?;
    if new > old {
        let tail = step(SaveStep::Tail).and_then(|()| {
            copy(&mut source, file, old, new, &|| Ok(()))?;
            // Some disks say only now that they are full.
            file.sync_all()
        });
        if let Err(error) = tail {
            return Err(match file.set_len(old).and_then(|()| file.sync_all()) {
                Ok(()) => Broken::Untouched(error),
                Err(_) => Broken::Torn(error),
            });
        }
    }
    copy(&mut source, file, 0, old.min(new), &|| step(SaveStep::Over)).map_err(Broken::Torn)?;
    file.set_len(new).and_then(|()| file.sync_all()).and_then(|()| step(SaveStep::Done)).map_err(Broken::Torn)
}

/// Makes `file` hold the old bytes again.
fn put_back(file: &mut File, copies: &Copies) -> io::Result<()> {
    let old = copies.note().old.length;
    copy(&mut copies.open_old()?, file, 0, old, &|| Ok(()))?;
    file.set_len(old)?;
    file.sync_all()
}

fn copy(
    source: &mut File,
    file: &mut File,
    from: u64,
    to: u64,
    part: &dyn Fn() -> io::Result<()>,
) -> io::Result<()> {
    let (mut at, mut buffer) = (from, vec![0; PART]);
    source.seek(SeekFrom::Start(from))?;
    file.seek(SeekFrom::Start(from))?;
    while at < to {
        part()?;
        let length = PART.min((to - at) as usize);
        source.read_exact(&mut buffer[..length])?;
        file.write_all(&buffer[..length])?;
        at += length as u64;
    }
    Ok(())
}
