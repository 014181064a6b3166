//! Files of Foreword's own, written all or nothing: beside the old file, brought to disk, then renamed.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::draft::{folder_of, new_draft, sync_folder};

/// Writes a file of Foreword's own as a whole or not at all, with mode 0600.
///
/// # Errors
/// When it cannot be written; a file that was there is then as it was.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_private_with(path, |file| file.write_all(bytes))
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn own_files_are_private() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("secret");
        write_private(&path, b"a").unwrap();
        write_private(&path, b"b").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"b");
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777,
            0o600
        );
    }
}
