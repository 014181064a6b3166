//! The recovery file: what was typed and not yet saved, on disk within a fraction of a second.
//!
//! Each editing session has one file of its own, named by process and chance, next to a lock file it holds while it
//! lives. A journal whose lock is free belongs to a session that did not end well: it is offered at the next start.
//! The file is replaced whole by renaming, so a kill in the middle of writing leaves the one before.
//!
//! Writing happens on a thread, latest text wins, and *not* by waiting for a pause in typing: the first change is
//! written at once and then every [`INTERVAL`] as long as changes come. Of a document so large that writing it takes
//! long, a share of the time at most is spent on it.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use ropey::Rope;
use serde::{Deserialize, Serialize};

use super::clock;
use crate::app::Message;
use crate::app::message::{FileForm, KeptBecause, Recovery};
use crate::shell::files::stamp;

/// The least time from one writing to the next.
pub const INTERVAL: Duration = Duration::from_millis(150);

/// How long a closing or dying editor waits for the last writing.
const PATIENCE: Duration = Duration::from_secs(5);

const EXTENSION: &str = "journal";
const DRAFT: &str = "draft";

/// The first line of a journal, as JSON; the text follows.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    /// The version of this format.
    foreword_journal: u32,
    /// The file being edited. One whose name is not UTF-8 is recovered without its name.
    path: Option<PathBuf>,
    /// When it was written, for the writer to read.
    written: String,
}

/// What the journal's thread is to bring the disk to.
#[derive(Debug, Clone)]
enum Wish {
    Text { path: Option<PathBuf>, text: Rope },
    Nothing,
}

#[derive(Debug, Default)]
struct Slot {
    wish: Option<Wish>,
    /// Write now, without regard to the interval.
    urgent: bool,
    /// A wish has been taken and is not yet on disk.
    busy: bool,
    closing: bool,
}

#[derive(Debug, Default)]
struct Shared {
    slot: Mutex<Slot>,
    changed: Condvar,
}

impl Shared {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The journal of this session. Dropping it writes what is still to be written.
#[derive(Debug)]
pub struct Journal {
    file: PathBuf,
    shared: Arc<Shared>,
    worker: Option<JoinHandle<()>>,
    lock: Option<File>,
}

/// Brings the last text to disk from wherever there is time for nothing else: a panic, a second signal.
#[derive(Debug, Clone)]
pub struct JournalFlush {
    file: PathBuf,
    shared: Arc<Shared>,
}

impl Journal {
    /// Starts a session's journal in `folder`. A writing that fails is reported on `messages` once.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn start(folder: &Path, messages: Sender<Message>) -> io::Result<Self> {
        let name = format!("{}-{:08x}", std::process::id(), rand::random::<u32>());
        let file = folder.join(name).with_extension(EXTENSION);
        let lock = private_file(&lock_of(&file))?;
        lock.lock()?;
        let shared = Arc::new(Shared::default());
        let worker = std::thread::spawn({
            let (file, shared) = (file.clone(), Arc::clone(&shared));
            move || work(&file, &shared, &messages)
        });
        Ok(Self { file, shared, worker: Some(worker), lock: Some(lock) })
    }

    /// Has the text written, soon.
    pub fn write(&self, path: Option<PathBuf>, text: Rope) {
        self.wish(Wish::Text { path, text });
    }

    /// Has the journal removed: the text is safe elsewhere, or not wanted.
    pub fn forget(&self) {
        self.wish(Wish::Nothing);
    }

    /// A handle that outlives borrowings of this one.
    pub fn flusher(&self) -> JournalFlush {
        JournalFlush { file: self.file.clone(), shared: Arc::clone(&self.shared) }
    }

    fn wish(&self, wish: Wish) {
        self.shared.slot().wish = Some(wish);
        self.shared.changed.notify_all();
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.slot().closing = true;
        self.shared.changed.notify_all();
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
        // The lock goes last, and its file only when there is no journal it stands for.
        if !self.file.exists() {
            let _ = std::fs::remove_file(lock_of(&self.file));
        }
        self.lock = None;
    }
}

impl JournalFlush {
    /// Waits until all that was asked for is on disk, a few seconds at most. Returns where the text is, if it is anywhere.
    pub fn flush(&self) -> Option<PathBuf> {
        let mut slot = self.shared.slot();
        slot.urgent = true;
        self.shared.changed.notify_all();
        let (mut slot, _) = self
            .shared
            .changed
            .wait_timeout_while(slot, PATIENCE, |slot| slot.wish.is_some() || slot.busy)
            .unwrap_or_else(PoisonError::into_inner);
        slot.urgent = false;
        drop(slot);
        self.file.exists().then(|| self.file.clone())
    }
}

fn work(file: &Path, shared: &Shared, messages: &Sender<Message>) {
    let mut next = Instant::now();
    let mut reported = false;
    while let Some(wish) = await_wish(shared, next) {
        let begun = Instant::now();
        let result = carry_out(file, &wish);
        // A tenth of the time is spent on writing at most, however large the text.
        next = Instant::now() + INTERVAL.max(begun.elapsed() * 9);
        shared.slot().busy = false;
        shared.changed.notify_all();
        match result {
            Err(error) if !reported => {
                reported = true;
                let _ = messages.send(Message::FileFailed(format!(
                    "Could not write the recovery file {}: {error}. Save often, or free some space.",
                    file.display()
                )));
            }
            Ok(()) => reported = false,
            Err(_) => {}
        }
    }
}

/// The latest wish once its time has come; `None` when the session closes and nothing is left to write.
fn await_wish(shared: &Shared, next: Instant) -> Option<Wish> {
    let mut slot = shared.slot();
    loop {
        let wait = next.saturating_duration_since(Instant::now());
        if slot.wish.is_some() && (wait.is_zero() || slot.urgent || slot.closing) {
            slot.busy = true;
            return slot.wish.take();
        }
        if slot.closing {
            return None;
        }
        let waited = if slot.wish.is_some() {
            shared
                .changed
                .wait_timeout(slot, wait)
                .map(|(slot, _)| slot)
                .map_err(|error| error.into_inner().0)
        } else {
            shared.changed.wait(slot).map_err(PoisonError::into_inner)
        };
        slot = waited.unwrap_or_else(|slot| slot);
    }
}

fn carry_out(file: &Path, wish: &Wish) -> io::Result<()> {
    let Wish::Text { path, text } = wish else {
        return match std::fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    };
    let written = clock::written(SystemTime::now());
    let header = Header { foreword_journal: 1, path: path.clone(), written };
    let header = serde_json::to_string(&header)
        .or_else(|_| serde_json::to_string(&Header { path: None, ..header }))
        .map_err(io::Error::other)?;
    let draft = file.with_extension(DRAFT);
    let mut writer = BufWriter::new(private_file(&draft)?);
    writeln!(writer, "{header}")?;
    text.write_to(&mut writer)?;
    // No fsync: the page cache survives the death of the process, which is what this file is for.
    writer.into_inner()?;
    std::fs::rename(&draft, file)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn lock_of(journal: &Path) -> PathBuf {
    journal.with_extension("lock")
}

/// Journals of sessions that did not end well, and the locks that keep other instances from offering them too.
#[derive(Debug, Default)]
pub struct Orphans {
    held: Vec<(PathBuf, File)>,
}

impl Orphans {
    /// Finds and reads the journals in `folder` whose sessions are dead. Unreadable ones are left where they are.
    pub fn find(folder: &Path) -> (Self, Vec<Recovery>) {
        let mut journals: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION))
            .collect();
        journals.sort();
        let mut held = Vec::new();
        let mut found = Vec::new();
        for journal in journals {
            let Ok(lock) = private_file(&lock_of(&journal)) else { continue };
            if lock.try_lock().is_err() {
                continue;
            }
            // It may have been dropped by its session or another instance before the lock was had.
            if let Some(recovery) = read(&journal) {
                found.push(recovery);
                held.push((journal, lock));
            } else if !journal.exists() {
                let _ = std::fs::remove_file(lock_of(&journal));
            }
        }
        (Self { held }, found)
    }

    /// Removes a journal that is no longer wanted.
    pub fn discard(&mut self, journal: &Path) {
        // Only what was found here is removed: the path comes round by way of a message.
        if let Some(index) = self.held.iter().position(|(path, _)| path == journal) {
            let (path, _lock) = self.held.swap_remove(index);
            for file in [path.with_extension(DRAFT), lock_of(&path), path] {
                let _ = std::fs::remove_file(file);
            }
        }
    }
}

fn read(journal: &Path) -> Option<Recovery> {
    let content = String::from_utf8(std::fs::read(journal).ok()?).ok()?;
    let (header, text) = content.split_once('\n')?;
    let header: Header = serde_json::from_str(header).ok()?;
    let (path, text, journal) = (header.path, text.to_owned(), journal.to_path_buf());
    let (because, form) = (KeptBecause::Crash, FileForm::default());
    let on_disk = path.as_deref().and_then(stamp);
    Some(Recovery { because, path, text, form, based_on: None, on_disk, journal, written: header.written })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    fn start(folder: &Path) -> Journal {
        Journal::start(folder, channel().0).unwrap()
    }

    /// The session dies: its thread never gets to clean up, its lock is let go by the system.
    fn kill(mut journal: Journal) -> PathBuf {
        journal.flusher().flush();
        drop(journal.lock.take());
        let file = journal.file.clone();
        std::mem::forget(journal);
        file
    }

    #[test]
    fn a_dead_session_is_found_and_a_live_one_is_not() {
        let root = tempfile::tempdir().unwrap();
        let journal = start(root.path());
        let path = Some(PathBuf::from("/notes/a b.md"));
        journal.write(path.clone(), Rope::from_str("half a sen"));
        journal.flusher().flush();
        assert!(Orphans::find(root.path()).1.is_empty(), "alive");
        let file = kill(journal);
        let (_held, found) = Orphans::find(root.path());
        let [recovery] = &found[..] else { panic!("{found:?}") };
        assert_eq!((&recovery.path, &*recovery.text, &recovery.journal), (&path, "half a sen", &file));
        assert!(Orphans::find(root.path()).1.is_empty(), "offered by another instance");
    }

    #[test]
    fn a_discarded_recovery_is_gone_and_nothing_else_can_be_discarded() {
        let root = tempfile::tempdir().unwrap();
        let journal = start(root.path());
        journal.write(None, Rope::from_str("\nwith\nlines\n"));
        let file = kill(journal);
        let bystander = root.path().join("letter");
        std::fs::write(&bystander, "dear").unwrap();
        let (mut orphans, found) = Orphans::find(root.path());
        assert_eq!(found[0].text, "\nwith\nlines\n");
        orphans.discard(&bystander);
        orphans.discard(&file);
        let left: Vec<_> =
            std::fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, [bystander]);
    }

    #[test]
    fn the_last_wish_wins_and_a_good_end_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let journal = start(root.path());
        for count in 0..200 {
            journal.write(None, Rope::from_str(&"x".repeat(count)));
        }
        let kept = journal.flusher().flush().unwrap();
        assert!(std::fs::read_to_string(&kept).unwrap().ends_with(&format!("\n{}", "x".repeat(199))));
        journal.forget();
        assert_eq!(journal.flusher().flush(), None);
        drop(journal);
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_pending_is_written_on_the_way_out() {
        let root = tempfile::tempdir().unwrap();
        let journal = start(root.path());
        journal.write(None, Rope::from_str("one"));
        journal.write(None, Rope::from_str("two"));
        drop(journal);
        assert_eq!(Orphans::find(root.path()).1[0].text, "two");
    }

    #[test]
    fn broken_journals_are_left_for_their_owner() {
        let root = tempfile::tempdir().unwrap();
        let broken = root.path().join("1-2.journal");
        std::fs::write(&broken, b"no header here").unwrap();
        assert!(Orphans::find(root.path()).1.is_empty());
        assert!(broken.exists());
    }

    #[test]
    fn a_journal_that_cannot_be_written_is_reported_once() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("gone");
        std::fs::create_dir(&folder).unwrap();
        let (sender, messages) = channel();
        let journal = Journal::start(&folder, sender).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        for text in ["a", "b", "c"] {
            journal.write(None, Rope::from_str(text));
            journal.flusher().flush();
        }
        drop(journal);
        let said: Vec<Message> = messages.iter().collect();
        assert!(
            matches!(&said[..], [Message::FileFailed(text)] if text.contains("recovery file")),
            "{said:?}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn journals_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let journal = start(root.path());
        journal.write(None, Rope::from_str("secret"));
        let file = journal.flusher().flush().unwrap();
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
