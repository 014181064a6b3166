//! Which files are open: each has a lock in the data directory while an instance has it open. The system releases the
//! lock when the process ends. An editor with another data directory does not see it.
//!
//! The lock is named by the file's whole path, links followed; a file with other names has a second lock, named by
//! device and number. It contains the path of the file, beside which a killed process may have left a draft.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_128;

use super::attributes::has_other_names;
use super::write::follow_links;
use crate::store::draft::{clear_drafts, folder_of};
use crate::store::own_file::{identity, is_own_regular, is_still_at, open_own};

const LOCK: &str = "lock";
/// Bytes of the longest path that is read from one.
const LONGEST_PATH: u64 = 1 << 16;
/// How often a lock is tried that somebody removes under our hands.
const TRIES: usize = 8;

/// The locks of the file that is open here.
#[derive(Debug)]
pub(super) struct InUse {
    folder: Option<PathBuf>,
    open: Option<PathBuf>,
    held: Vec<(PathBuf, File)>,
}

impl InUse {
    /// With locks in `folder`, if there is one; those that killed processes left there are removed, and drafts beside the files that they
    /// had open.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        for entry in folder.map(std::fs::read_dir).into_iter().flatten().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == LOCK)
                && is_own_regular(&path)
                && let Ok(Some(mut file)) = lock(&path, false)
            {
                if let Some(open) = noted(&mut file) {
                    clear_drafts(folder_of(&open));
                }
                release(&path, file);
            }
        }
        Self { folder: folder.map(Path::to_path_buf), open: None, held: Vec::new() }
    }

    /// Takes the locks of the file at `path`, which is open here from now on. Returns whether it is open elsewhere,
    /// too.
    pub(super) fn open(&mut self, path: &Path) -> bool {
        self.open = Some(path.to_path_buf());
        let wanted = self.locks(path);
        let (kept, gone) =
            std::mem::take(&mut self.held).into_iter().partition(|(path, _)| wanted.contains(path));
        self.held = kept;
        let gone: Vec<(PathBuf, File)> = gone;
        for (path, file) in gone {
            release(&path, file);
        }
        let mut elsewhere = false;
        for path in wanted {
            if self.held.iter().any(|(held, _)| *held == path) {
                continue;
            }
            match lock(&path, true) {
                Ok(Some(mut file)) => {
                    note(&mut file, self.open.as_deref());
                    self.held.push((path, file));
                }
                Ok(None) => elsewhere = true,
                // Without locks there is no warning; the file can be edited all the same.
                Err(_) => {}
            }
        }
        elsewhere
    }

    /// Tries again for the locks that another instance had. Returns the open file, and whether it is still open elsewhere.
    pub(super) fn retry(&mut self) -> Option<(PathBuf, bool)> {
        let path = self.open.take()?;
        let is_elsewhere = self.open(&path);
        Some((path, is_elsewhere))
    }

    /// No file is open here any more.
    pub(super) fn close(&mut self) {
        self.open = None;
        for (path, file) in self.held.drain(..) {
            release(&path, file);
        }
    }

    /// The locks of a file.
    fn locks(&self, path: &Path) -> Vec<PathBuf> {
        let Some(folder) = &self.folder else { return Vec::new() };
        let target = follow_links(path).unwrap_or_else(|_| path.to_path_buf());
        let whole =
            std::fs::canonicalize(&target).or_else(|error| match (target.parent(), target.file_name()) {
                (Some(folder), Some(name)) => Ok(std::fs::canonicalize(folder)?.join(name)),
                _ => Err(error),
            });
        let name = xxh3_128(whole.unwrap_or(target.clone()).as_os_str().as_encoded_bytes());
        let mut locks = vec![folder.join(format!("{name:032x}.{LOCK}"))];
        let metadata = std::fs::metadata(&target).ok().filter(has_other_names);
        if let Some((device, number)) = metadata.as_ref().and_then(identity) {
            locks.push(folder.join(format!("{device:x}-{number:x}.{LOCK}")));
        }
        locks
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.close();
    }
}

/// Notes in a lock which file it is of. Without the note there is the lock all the same.
fn note(file: &mut File, path: Option<&Path>) {
    let target = path.map(|path| follow_links(path).unwrap_or_else(|_| path.to_path_buf()));
    if let Some(bytes) = target.as_deref().and_then(path_bytes)
        && file.set_len(0).is_ok()
    {
        let _ = file.write_all(bytes);
    }
}

/// The file that a lock is of, if it was noted.
fn noted(file: &mut File) -> Option<PathBuf> {
    let mut bytes = Vec::new();
    file.take(LONGEST_PATH).read_to_end(&mut bytes).ok()?;
    path_of(bytes).filter(|path| path.is_absolute())
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a path may be no bytes")]
fn path_bytes(path: &Path) -> Option<&[u8]> {
    Some(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()))
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere bytes may be no path")]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    Some(PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes)))
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Option<&[u8]> {
    path.to_str().map(str::as_bytes)
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

/// Takes a lock; `None` if somebody else has it.
fn lock(path: &Path, create: bool) -> io::Result<Option<File>> {
    for _ in 0..TRIES {
        let file = open_own(path, create)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
            // Its holder before may have removed it just now: then it is nobody's lock.
            Ok(()) if is_still_at(&file, path) => return Ok(Some(file)),
            Ok(()) => {}
        }
    }
    Err(io::Error::other("its lock comes and goes"))
}

/// Removes a lock while it is held, so that nobody else has it then.
fn release(path: &Path, file: File) {
    let _ = std::fs::remove_file(path);
    drop(file);
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_second_editor_on_a_file_is_noticed_as_long_as_the_first_has_it_open() {
        let root = tempfile::tempdir().unwrap();
        let locks = root.path().join("open");
        fs::create_dir(&locks).unwrap();
        let (note, other) = (root.path().join("note"), root.path().join("other"));
        fs::write(&note, "x").unwrap();
        let (mut first, mut second) = (InUse::new(Some(&locks)), InUse::new(Some(&locks)));
        assert!(!first.open(&note) && !first.open(&note), "its own lock is no second editor");
        assert!(second.open(&note));
        assert!(!second.open(&other));
        assert!(first.open(&other) && !second.open(&note), "the lock goes with the file that is open");
        drop(second);
        assert!(!first.open(&note));
        drop(first);
        assert_eq!(fs::read_dir(&locks).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_the_same_under_all_its_names() {
        let root = tempfile::tempdir().unwrap();
        let locks = root.path().join("open");
        fs::create_dir(&locks).unwrap();
        let at = |name: &str| root.path().join(name);
        fs::write(at("note"), "x").unwrap();
        fs::hard_link(at("note"), at("hard")).unwrap();
        std::os::unix::fs::symlink("note", at("soft")).unwrap();
        std::os::unix::fs::symlink(root.path(), at("folder")).unwrap();
        std::os::unix::fs::symlink("new", at("dangling")).unwrap();
        for (opened, named, expected) in [
            ("note", "soft", true),
            ("note", "hard", true),
            ("soft", "hard", true),
            ("note", "folder/note", true),
            ("dangling", "new", true),
            ("new", "folder/new", true),
            ("note", "new", false),
        ] {
            let (mut first, mut second) = (InUse::new(Some(&locks)), InUse::new(Some(&locks)));
            assert!(!first.open(&at(opened)));
            assert_eq!(second.open(&at(named)), expected, "{opened} {named}");
        }
    }

    #[test]
    fn locks_that_the_killed_left_are_removed_and_others_are_not() {
        let root = tempfile::tempdir().unwrap();
        let mut living = InUse::new(Some(root.path()));
        assert!(!living.open(&root.path().join("note")));
        fs::write(root.path().join("0123.lock"), "").unwrap();
        fs::write(root.path().join("mine.txt"), "").unwrap();
        let mut started = InUse::new(Some(root.path()));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
        assert!(started.open(&root.path().join("note")));
    }

    #[test]
    fn the_next_start_finds_the_drafts_beside_what_a_killed_one_had_open() {
        let root = tempfile::tempdir().unwrap();
        let (documents, locks) = (root.path().join("documents"), root.path().join("open"));
        for folder in [&documents, &locks] {
            fs::create_dir(folder).unwrap();
        }
        let draft = documents.join(format!(".foreword-{}-abc123.draft", u32::MAX));
        fs::write(&draft, "half").unwrap();
        // Killed: the locks are free, and still there.
        let mut killed = InUse::new(Some(&locks));
        killed.open(&documents.join("note"));
        killed.held.iter().for_each(|(_, file)| file.unlock().unwrap());
        drop(InUse::new(Some(&locks)));
        assert!(!draft.exists());
        assert_eq!(fs::read_dir(&locks).unwrap().count(), 0);
    }

    #[test]
    fn without_a_folder_for_locks_a_file_can_be_opened() {
        let root = tempfile::tempdir().unwrap();
        assert!(!InUse::new(Some(&root.path().join("none"))).open(&root.path().join("note")));
    }
}
