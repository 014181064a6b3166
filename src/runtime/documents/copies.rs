//! Copies to fall back on while a file is written in place: its old bytes, its new bytes, and a note that names the
//! file. The note comes last, so that copies with a note are whole.
//!
//! ```text
//! saving/1234-0a1b2c3d.note   JSON; locked as long as the save goes on
//! saving/1234-0a1b2c3d.old
//! saving/1234-0a1b2c3d.new
//! ```

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::left::Hashing;
use crate::store::clock;
use crate::store::draft::sync_folder;
use crate::store::own_file::{is_own_regular, open_own};
use crate::store::process::is_other_alive;
use editor::message::FileForm;

const NOTE: &str = "note";
const OLD: &str = "old";
const NEW: &str = "new";

/// Bytes, by length and XXH3 hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Piece {
    pub(super) length: u64,
    #[serde(with = "hexadecimal")]
    pub(super) hash: u128,
}

/// What the copies are for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Note {
    /// The version of this format.
    foreword_saving: u32,
    /// The bytes of the file's path: not every name is UTF-8.
    path: Vec<u8>,
    crlf: bool,
    bom: bool,
    pub(super) old: Piece,
    pub(super) new: Piece,
    /// When it was written, as [`clock::stored`] has it.
    written: String,
}

impl Note {
    pub(super) fn new(target: &Path, form: FileForm, old: Piece, new: Piece) -> Self {
        let written = clock::stored(Timestamp::now());
        let path = target.as_os_str().as_encoded_bytes().to_vec();
        Self { foreword_saving: 1, path, crlf: form.crlf, bom: form.bom, old, new, written }
    }

    /// When it was written; `None` if the note does not say so.
    pub(super) fn written(&self) -> Option<Timestamp> {
        clock::parsed(&self.written)
    }

    /// The file.
    #[cfg(unix)]
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(self.path.clone()))
    }

    #[cfg(not(unix))]
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(String::from_utf8_lossy(&self.path).into_owned())
    }

    pub(super) fn form(&self) -> FileForm {
        FileForm { crlf: self.crlf, bom: self.bom }
    }
}

/// Copies of one save. Dropping them removes them, unless they are left.
#[derive(Debug)]
pub(super) struct Copies {
    note_file: PathBuf,
    lock: File,
    note: Note,
    left: bool,
}

impl Copies {
    /// Begins an entry of its own in `folder`.
    pub(super) fn begin(folder: &Path) -> io::Result<Self> {
        let name = format!("{}-{:08x}.{NOTE}", std::process::id(), rand::random::<u32>());
        let note_file = folder.join(name);
        let lock = open_own(&note_file, true)?;
        // The process in the name has to do where there are no locks.
        let _ = lock.try_lock();
        let none = Piece { length: 0, hash: 0 };
        let note = Note::new(Path::new(""), FileForm::default(), none, none);
        Ok(Self { note_file, lock, note, left: false })
    }

    /// What the copies are for.
    pub(super) fn note(&self) -> &Note {
        &self.note
    }

    pub(super) fn note_file(&self) -> &Path {
        &self.note_file
    }

    pub(super) fn keep_old(&self, source: &mut File) -> io::Result<Piece> {
        self.keep(OLD, |file| {
            let mut hashing = Hashing::new(file);
            io::copy(source, &mut hashing)?;
            Ok(hashing.digest())
        })
    }

    pub(super) fn keep_new(&self, write: impl FnOnce(&mut File) -> io::Result<u128>) -> io::Result<Piece> {
        self.keep(NEW, write)
    }

    fn keep(&self, kind: &str, write: impl FnOnce(&mut File) -> io::Result<u128>) -> io::Result<Piece> {
        let mut file = open_own(&self.note_file.with_extension(kind), true)?;
        let hash = write(&mut file)?;
        file.sync_all()?;
        Ok(Piece { length: file.metadata()?.len(), hash })
    }

    /// Writes the note: from now on the copies count.
    pub(super) fn write_note(&mut self, note: Note) -> io::Result<()> {
        self.note = note;
        let bytes = serde_json::to_vec(&self.note).map_err(io::Error::other)?;
        self.lock.write_all(&bytes)?;
        self.lock.sync_all()?;
        self.note_file.parent().map(sync_folder);
        Ok(())
    }

    pub(super) fn open_old(&self) -> io::Result<File> {
        File::open(self.note_file.with_extension(OLD))
    }

    pub(super) fn open_new(&self) -> io::Result<File> {
        File::open(self.new_file())
    }

    pub(super) fn new_file(&self) -> PathBuf {
        self.note_file.with_extension(NEW)
    }

    /// Leaves the copies for the next start; returns the path of the new text.
    pub(super) fn leave(mut self) -> PathBuf {
        self.left = true;
        self.new_file()
    }

    /// The copies that killed processes left in `folder`. Those without a note are removed: their file was not touched.
    pub(super) fn find(folder: &Path) -> Vec<Self> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if !is_own_regular(&path) => {}
                Some(NOTE) => found.extend(Self::take_over(path)),
                Some(OLD | NEW) if !path.with_extension(NOTE).exists() => remove(&path),
                _ => {}
            }
        }
        found.sort_by(|a, b| a.note.written.cmp(&b.note.written));
        found
    }

    fn take_over(note_file: PathBuf) -> Option<Self> {
        let writer = note_file.file_stem()?.to_str()?.split_once('-')?.0.parse().ok()?;
        let mut lock = open_own(&note_file, false).ok()?;
        if is_other_alive(writer) || lock.try_lock().is_err() {
            return None;
        }
        let mut text = String::new();
        let read = io::Read::read_to_string(&mut lock, &mut text);
        let note = read.ok().and_then(|_| serde_json::from_str::<Note>(&text).ok());
        if let Some(note) = note {
            return Some(Self { note_file, lock, note, left: true });
        }
        remove(&note_file);
        None
    }

    /// Removes them when they are dropped, after all.
    pub(super) fn release(&mut self) {
        self.left = false;
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        if !self.left {
            remove(&self.note_file);
        }
    }
}

/// The note goes first: copies without one count for nothing.
fn remove(note_file: &Path) {
    for kind in [NOTE, OLD, NEW] {
        // What cannot be removed now is found again at the next start.
        let _ = std::fs::remove_file(note_file.with_extension(kind));
    }
}

/// A hash in JSON, whose numbers are not long enough for it.
mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(hash: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{hash:032x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        let text = String::deserialize(deserializer)?;
        u128::from_str_radix(&text, 16).map_err(serde::de::Error::custom)
    }
}
