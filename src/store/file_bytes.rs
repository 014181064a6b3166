//! A file's bytes: read into memory, or mapped there if the file is large. So an n-gram model of gigabytes is ready
//! at once, and processes share its memory.
//!
//! ARCHITECTURE.md names the other files in which unsafe code is allowed.
#![allow(
    unsafe_code,
    reason = "a mapped file is only as constant as its owner leaves it; the call says why that is borne"
)]

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use memmap2::Mmap;

/// Smaller files are read: that costs little, and what happens to the file afterwards does not matter.
const MAPPED_FROM: u64 = 256 << 20;

/// The bytes of a file.
#[derive(Debug)]
pub enum FileBytes {
    /// A copy of them.
    Read(Vec<u8>),
    /// The file itself, as memory.
    Mapped(Mmap),
}

impl AsRef<[u8]> for FileBytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Mapped(bytes) => bytes,
        }
    }
}

impl FileBytes {
    /// The bytes of the file at `path`, in memory if they are few.
    ///
    /// # Errors
    /// When it cannot be read, or is no ordinary file: a device may have no end.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::open_mapping_from(path, MAPPED_FROM)
    }

    fn open_mapping_from(path: &Path, mapped_from: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("not an ordinary file"));
        }
        if metadata.len() < mapped_from {
            let mut bytes = Vec::with_capacity(metadata.len() as usize);
            file.read_to_end(&mut bytes)?;
            return Ok(Self::Read(bytes));
        }
        // SAFETY: the file must not change while it is mapped. Foreword never writes into a file: it writes another beside it
        // and renames, which leaves the mapped one as it was. Should another program write into it, readers of n-gram files
        // take no byte for granted: every place is checked against the length and every spelling for UTF-8 each time
        // it is read (a property test damages files at random), so answers are wrong but nothing else is. Should it be cut
        // short, the system ends this process, which only reads, with SIGBUS.
        let bytes = unsafe { Mmap::map(&file)? };
        Ok(Self::Mapped(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_or_mapped_the_bytes_are_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        std::fs::write(&path, "a model").unwrap();
        let read = FileBytes::open_mapping_from(&path, 8).unwrap();
        let mapped = FileBytes::open_mapping_from(&path, 7).unwrap();
        assert!(matches!(read, FileBytes::Read(_)) && matches!(mapped, FileBytes::Mapped(_)));
        assert_eq!((read.as_ref(), mapped.as_ref()), (&b"a model"[..], &b"a model"[..]));
        // Replaced as Foreword replaces files, the mapped bytes stay what they were.
        crate::store::atomic::write_private(&path, b"another one").unwrap();
        assert_eq!(mapped.as_ref(), b"a model");
        assert!(FileBytes::open(folder.path()).is_err());
        assert!(FileBytes::open(&folder.path().join("missing")).is_err());
    }
}
