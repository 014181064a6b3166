//! Saves in place that did not come to their end: completed at the next start, or else offered.
//!
//! A file with the old bytes, or a mixture of old and new, was left so by the save: it gets the new bytes. A file
//! that another program has changed since is left alone, and the text is offered.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::copies::{Copies, Piece};
use super::in_place::{PART, write_over};
use super::{open, stamp};
use editor::message::{FileForm, FileStamp, KeptBecause, Recovery};

/// The saves that could not be completed, held so that no other instance offers them too.
#[derive(Debug, Default)]
pub struct Interrupted {
    held: Vec<Copies>,
}

impl Interrupted {
    /// Completes what can be completed of the saves whose copies are in `folder`, and offers the texts of the others.
    pub fn complete(folder: &Path) -> (Self, Vec<Recovery>) {
        let (mut held, mut offered) = (Vec::new(), Vec::new());
        for mut copies in Copies::find(folder) {
            if complete(&copies) {
                copies.release();
            } else if let Some(recovery) = offer(&copies) {
                offered.push(recovery);
                held.push(copies);
            }
        }
        (Self { held }, offered)
    }

    /// Removes the copies of a text that is no longer wanted, or safe elsewhere. Other paths than those offered are ignored.
    pub fn discard(&mut self, copies: &Path) {
        if let Some(index) = self.held.iter().position(|held| held.note_file() == copies) {
            self.held.swap_remove(index).release();
        }
    }
}

/// Whether the file has the new bytes, now at least.
fn complete(copies: &Copies) -> bool {
    let (note, path) = (copies.note(), copies.note().path());
    let Some(now) = stamp(&path) else { return false };
    if is(note.new, now) {
        return true;
    }
    if !stamp(&copies.new_file()).is_some_and(|kept| is(note.new, kept)) {
        return false;
    }
    let may_be_completed = is(note.old, now) || is_mixture(&path, copies).unwrap_or(false);
    may_be_completed
        && OpenOptions::new()
            .write(true)
            .open(&path)
            .is_ok_and(|mut file| write_over(&mut file, copies, &|_| Ok(())).is_ok())
}

fn is(piece: Piece, stamp: FileStamp) -> bool {
    (piece.length, piece.hash) == (stamp.length, stamp.hash)
}

/// Whether every byte of the file is that of the old or the new text at its place, as a save leaves it that was
/// stopped midway. Bytes allocated but not written are zero.
fn is_mixture(path: &Path, copies: &Copies) -> io::Result<bool> {
    let (file, old, new) = (File::open(path)?, copies.open_old()?, copies.open_new()?);
    let length = file.metadata()?.len();
    let (old_length, new_length) = (old.metadata()?.len(), new.metadata()?.len());
    if old_length != copies.note().old.length
        || !(old_length.min(new_length)..=old_length.max(new_length)).contains(&length)
    {
        return Ok(false);
    }
    let [mut file, mut old, mut new] = [file, old, new].map(|file| BufReader::with_capacity(PART, file));
    let (mut now, mut then, mut wanted) = (vec![0; PART], vec![0; PART], vec![0; PART]);
    let mut at = 0;
    while at < length {
        let part = PART.min((length - at) as usize);
        file.read_exact(&mut now[..part])?;
        // Behind the end of either text stand zeros.
        for (text, bytes) in [(&mut old, &mut then), (&mut new, &mut wanted)] {
            bytes.fill(0);
            text.by_ref().take(part as u64).read_exact_or_end(&mut bytes[..part])?;
        }
        if !(0..part).all(|index| now[index] == then[index] || now[index] == wanted[index]) {
            return Ok(false);
        }
        at += part as u64;
    }
    Ok(true)
}

trait ReadOrEnd: Read {
    /// Fills the buffer as far as there is anything to read.
    fn read_exact_or_end(&mut self, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.read(buffer)? {
                0 => break,
                read => buffer = &mut buffer[read..],
            }
        }
        Ok(())
    }
}

impl<R: Read> ReadOrEnd for R {}

/// The new text, offered for recovery; `None` if its copy is damaged.
fn offer(copies: &Copies) -> Option<Recovery> {
    let note = copies.note();
    let content = open(&copies.new_file()).ok()?;
    let kept = content.stamp.filter(|kept| is(note.new, *kept))?;
    let path = note.path();
    let crlf = content.form.crlf || (note.form().crlf && !content.text.contains('\n'));
    let based_on = Some(FileStamp { modified_ns: 0, length: note.old.length, hash: note.old.hash });
    Some(Recovery {
        because: KeptBecause::Crash,
        on_disk: stamp(&path),
        path: Some(path),
        text: content.text,
        form: FileForm { crlf, bom: content.form.bom },
        based_on,
        journal: copies.note_file().to_path_buf(),
        written: note.written().or(kept.modified()).unwrap_or_default(),
        damage: None,
    })
}
