//! Journals of sessions that did not end well: found, read, and moved to the kept texts when they are not wanted.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ropey::Rope;

use super::kept;
use super::recovery::{read_from, recovery};
use super::replay::Standing;
use super::store::{DRAFT, JournalError, LOG, check_folder, lock_if_dead, open_own};
use crate::runtime::documents;
use editor::message::{FileForm, KeptBecause, Recovery};

/// The ending of the lock files that earlier versions left behind.
const LOCK: &str = "lock";

/// A journal that was offered. Its lock keeps other instances from offering it too.
#[derive(Debug)]
struct Held {
    journal: PathBuf,
    text: u128,
    _locks: Vec<File>,
}

/// Journals of sessions that did not end well.
#[derive(Debug, Default)]
pub struct Orphans {
    held: Vec<Held>,
}

/// What was found at the start.
#[derive(Debug, Default)]
pub struct FoundJournals {
    /// The journals that are on offer.
    pub orphans: Orphans,
    /// What is in them.
    pub recoveries: Vec<Recovery>,
    /// What could not be read, for the writer to know.
    pub problems: Vec<String>,
}

impl Orphans {
    /// Finds and reads the journals in `folder` whose sessions are dead, and removes what else dead sessions have left there.
    ///
    /// A text that was discarded goes to the texts kept in `kept`. Unreadable journals stay where they are and are
    /// reported in `problems`.
    pub fn find(folder: &Path, kept: &Path) -> FoundJournals {
        let mut found = FoundJournals::default();
        let mut paths: Vec<PathBuf> = match check_folder(folder) {
            // The start of this session's own journal reports it.
            Err(_) => return found,
            Ok(()) => std::fs::read_dir(folder)
                .into_iter()
                .flatten()
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect(),
        };
        // A draft is done with before the journal whose session it belongs to.
        paths.sort();
        for path in paths {
            let ending = path.extension().and_then(|ending| ending.to_str());
            let result = match ending {
                Some(LOG) => found.journal(&path, kept),
                Some(DRAFT) => remove_if_dead(&path),
                Some(LOCK) if !path.with_extension(LOG).exists() => remove_if_dead(&path),
                _ => Ok(()),
            };
            if let Err(error) = result {
                found.problems.push(format!("A recovery file cannot be used: {error}."));
            }
        }
        found
    }

    /// Removes a journal that was offered. What it holds is kept for a week, unless `taken_over` is its text, which is safe
    /// in another place. Returns whether there was such a journal.
    pub fn discard(&mut self, journal: &Path, taken_over: Option<&Rope>, kept: &Path) -> bool {
        // Only what was found here is removed: the path comes round by way of a message.
        let Some(index) = self.held.iter().position(|held| held.journal == journal) else { return false };
        let held = self.held.swap_remove(index);
        if taken_over.is_some_and(|text| documents::hash(text, FileForm::default()) == held.text) {
            let _ = std::fs::remove_file(journal);
        } else {
            put_away(journal, kept);
        }
        let _ = std::fs::remove_file(journal.with_extension(LOCK));
        true
    }
}

impl FoundJournals {
    fn journal(&mut self, path: &Path, kept: &Path) -> Result<(), JournalError> {
        let Some((mut file, locks)) = lock_dead(path)? else { return Ok(()) };
        let Some(replayed) = read_from(&mut file, path)? else {
            let _ = std::fs::remove_file(path);
            return Ok(());
        };
        match replayed.standing {
            Standing::Settled => drop(std::fs::remove_file(path)),
            Standing::Forgotten if replayed.text.len_chars() == 0 => drop(std::fs::remove_file(path)),
            Standing::Forgotten => put_away(path, kept),
            Standing::Unsaved => {
                let text = documents::hash(&replayed.text, FileForm::default());
                let is_whole = replayed.damage.is_none();
                let bytes = documents::hash(&replayed.text, replayed.file.form);
                let recovery = recovery(replayed, path, &file, KeptBecause::Crash);
                // Killed between the saving and the noting of it: nothing is unsaved.
                if is_whole && recovery.on_disk.is_some_and(|on_disk| on_disk.hash == bytes) {
                    let _ = std::fs::remove_file(path);
                } else {
                    self.recoveries.push(recovery);
                    let held = Held { journal: path.to_path_buf(), text, _locks: locks };
                    self.orphans.held.push(held);
                    return Ok(());
                }
            }
        }
        let _ = std::fs::remove_file(path.with_extension(LOCK));
        Ok(())
    }
}

fn put_away(journal: &Path, kept: &Path) {
    // Where that cannot be, the journal stays, and is offered again.
    let _ = kept::adopt(journal, kept, KeptBecause::Discard, SystemTime::now());
}

/// Opens a journal and takes its lock; `None` if its session lives, or it has gone meanwhile.
fn lock_dead(path: &Path) -> Result<Option<(File, Vec<File>)>, JournalError> {
    let mut locks = Vec::new();
    // Earlier versions hold a lock file instead.
    let old = path.with_extension(LOCK);
    if old.symlink_metadata().is_ok() {
        let lock = open_own(&old)?;
        if lock.try_lock().is_err() {
            return Ok(None);
        }
        locks.push(lock);
    }
    let file = match open_own(path) {
        Err(JournalError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Ok(None);
        }
        file => file?,
    };
    if !lock_if_dead(&file, path) {
        return Ok(None);
    }
    locks.push(file.try_clone().map_err(JournalError::io(path))?);
    Ok(Some((file, locks)))
}

fn remove_if_dead(path: &Path) -> Result<(), JournalError> {
    let file = open_own(path)?;
    if lock_if_dead(&file, path) {
        std::fs::remove_file(path).map_err(JournalError::io(path))?;
    }
    Ok(())
}
