//! Drafts: files under a temporary name, which are renamed once they are whole.
//!
//! A draft is called `.foreword-PROCESS-XXXXXX.draft` and is locked by its writer. A process that is killed leaves
//! its draft behind with the lock free. [`clear_drafts`] removes only those. Files of another name or owner stay, and
//! so does a draft that a living process may be writing.

use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use super::own_file::{is_own_regular, is_still_at, open_own};
use super::process::is_other_alive;
use crate::store::paths::Paths;

const PREFIX: &str = ".foreword-";
const SUFFIX: &str = ".draft";
/// The random part of a name.
const RANDOM: usize = 6;

/// Between making a draft and locking it there is a moment, never as long as this.
const MINUTE: Duration = Duration::from_secs(60);
/// Where the disk has no locks, a draft that was not changed for this long is taken for left behind.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A draft in the same folder, so that renaming it is one step of the file system. `private`: for its owner alone.
pub(crate) fn new_draft(folder: &Path, private: bool) -> io::Result<NamedTempFile> {
    let prefix = format!("{PREFIX}{}-", std::process::id());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM);
    #[cfg(unix)]
    if !private {
        // Less the umask, as for any new file.
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = private;
    let draft = builder.tempfile_in(folder)?;
    // Some network disks know no locks; there the process in the name has to do.
    let _ = draft.as_file().try_lock();
    Ok(draft)
}

/// The folder that a file's draft goes to.
pub(crate) fn folder_of(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a renaming last through a power cut. Not all file systems can; the file is whole either way.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) {}

/// Removes the drafts that killed processes left in `folder`.
pub fn clear_drafts(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if let Some(writer) = writer_of(&entry.file_name()) {
            // What cannot be removed now is found again the next time.
            let _ = clear(&entry.path(), writer);
        }
    }
}

/// Removes what killed processes left in our own folders: drafts, and the temporary files of earlier versions among the
/// models, unless another instance is at work there.
pub fn clear_own_folders(paths: &Paths) {
    for folder in [&paths.data, &paths.models, &paths.saving] {
        clear_drafts(folder);
    }
    // All that is written there is written under this lock.
    let lock = open_own(&paths.models.join(".lock"), false);
    if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
        clear_old_drafts(&paths.models);
    }
}

fn clear_old_drafts(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(".tmp"));
        if random.is_some_and(is_random_part) && is_own_regular(&entry.path()) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Who wrote a draft, going by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    Process(u32),
    /// An earlier version, whose drafts have no process number and no lock.
    Unknown,
}

/// Who wrote the draft of that name; `None` if it is none of ours.
fn writer_of(name: &OsStr) -> Option<Writer> {
    let middle = name.to_str()?.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    match middle.split_once('-') {
        Some((process, random)) if is_random_part(random) => process.parse().ok().map(Writer::Process),
        None if is_random_part(middle) => Some(Writer::Unknown),
        _ => None,
    }
}

fn is_random_part(text: &str) -> bool {
    text.len() == RANDOM && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn clear(path: &Path, writer: Writer) -> io::Result<()> {
    if !is_own_regular(path) {
        return Ok(());
    }
    let file = open_own(path, false)?;
    let lock = match file.try_lock() {
        Ok(()) => Lock::Free,
        Err(TryLockError::WouldBlock) => Lock::Held,
        Err(TryLockError::Error(_)) => Lock::Unknown,
    };
    let age = file.metadata()?.modified().ok().and_then(|then| SystemTime::now().duration_since(then).ok());
    let lives = matches!(writer, Writer::Process(process) if is_other_alive(process));
    if is_left_behind(lock, writer, lives, age.unwrap_or_default()) && is_still_at(&file, path) {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lock {
    Free,
    Held,
    /// The disk has no locks.
    Unknown,
}

/// Whether the writer of a draft, last written to `age` ago, is gone. A free lock alone does not prove it, for the
/// draft may just have been made. Nor does a missing process: it may run on another machine.
fn is_left_behind(lock: Lock, writer: Writer, lives: bool, age: Duration) -> bool {
    match (lock, writer) {
        (Lock::Held, _) => false,
        (Lock::Free, Writer::Process(_)) => !lives || age > MINUTE,
        (Lock::Unknown, Writer::Process(_)) => !lives && age > DAY,
        (Lock::Free | Lock::Unknown, Writer::Unknown) => age > DAY,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A process that has ended, and been waited for.
    fn dead_process() -> u32 {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        child.id()
    }

    #[test]
    fn only_names_of_ours_are_drafts() {
        for (name, expected) in [
            (".foreword-123-a1B2c3.draft", Some(Writer::Process(123))),
            (".foreword-a1B2c3.draft", Some(Writer::Unknown)),
            (".foreword-notes.draft", None),
            (".foreword-12-notes.draft", None),
            (".foreword-x-a1B2c3.draft", None),
            (".foreword-12-a1B2c3.draft.bak", None),
            ("foreword-12-a1B2c3.draft", None),
            (".foreword-12-a1B-c3.draft", None),
            (".tmpa1B2c3", None),
        ] {
            assert_eq!(writer_of(OsStr::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn a_draft_is_left_behind_only_when_nobody_can_be_writing_it() {
        let process = Writer::Process(7);
        let (new, old, ancient) = (Duration::ZERO, MINUTE * 2, DAY * 2);
        for (lock, writer, lives, age, expected) in [
            (Lock::Free, process, false, new, true),
            (Lock::Free, process, true, new, false),
            (Lock::Free, process, true, old, true),
            (Lock::Held, process, false, ancient, false),
            (Lock::Held, Writer::Unknown, false, ancient, false),
            (Lock::Unknown, process, false, old, false),
            (Lock::Unknown, process, false, ancient, true),
            (Lock::Unknown, process, true, ancient, false),
            (Lock::Free, Writer::Unknown, false, old, false),
            (Lock::Free, Writer::Unknown, false, ancient, true),
        ] {
            let found = is_left_behind(lock, writer, lives, age);
            assert_eq!(found, expected, "{lock:?} {writer:?} {lives} {age:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn drafts_of_the_dead_go_and_all_else_stays() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let dead = dead_process();
        let left = at(&format!(".foreword-{dead}-abc123.draft"));
        fs::write(&left, "half").unwrap();
        // Files that must stay: a living writer's, a locked one, other names, a link, a folder.
        let living = new_draft(root.path(), true).unwrap();
        let locked = at(&format!(".foreword-{dead}-locked.draft"));
        let held = fs::File::create(&locked).unwrap();
        held.lock().unwrap();
        let named = at(".foreword-notes.draft");
        fs::write(&named, "mine").unwrap();
        let link = at(&format!(".foreword-{dead}-linked.draft"));
        std::os::unix::fs::symlink(&named, &link).unwrap();
        let folder = at(&format!(".foreword-{dead}-folder.draft"));
        fs::create_dir(&folder).unwrap();
        clear_drafts(root.path());
        assert!(!left.exists());
        for path in [living.path(), &locked, &named, &link, &folder] {
            assert!(path.symlink_metadata().is_ok(), "{}", path.display());
        }
    }

    #[test]
    fn drafts_of_earlier_versions_go_from_among_the_models_unless_somebody_is_at_work() {
        let root = tempfile::tempdir().unwrap();
        let paths = Paths::under(root.path());
        paths.create().unwrap();
        for name in [".tmpabc123", ".tmp", ".tmpabc1234", "tmpabc123", ".lock"] {
            fs::write(paths.models.join(name), "x").unwrap();
        }
        let count = || fs::read_dir(&paths.models).unwrap().count();
        let lock = fs::File::open(paths.models.join(".lock")).unwrap();
        lock.lock().unwrap();
        clear_own_folders(&paths);
        assert_eq!(count(), 5);
        lock.unlock().unwrap();
        clear_own_folders(&paths);
        assert_eq!(count(), 4);
        assert!(!paths.models.join(".tmpabc123").exists());
    }
}
