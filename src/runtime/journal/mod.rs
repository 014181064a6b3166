//! The journal: what was typed and not yet saved, on disk within a fraction of a second.
//!
//! Each editing session has one log, named by process and a random number, to which changes are appended (`log`, in
//! the `format` of one record a line). The cost follows the change, not the document. The log is locked while its
//! session lives. One whose lock is free belongs to a session that did not end well, and is offered at the next start
//! (`orphans`, `recovery`, `replay`).
//!
//! A change is handed to the system at once, so it survives the death of the process. Half a second later it is
//! synced, so it survives a power cut. Both are done on threads of their own (`worker`), and nobody waits for them
//! without a limit. Texts that were discarded stay a week in a folder beside (`kept`).

mod difference;
mod format;
mod generation;
mod kept;
mod kept_name;
mod log;
mod orphans;
mod recovery;
mod replay;
mod store;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use ropey::Rope;

pub use kept::Kept;
pub use orphans::{FoundJournals, Orphans};
pub use recovery::read;
pub use store::JournalError;

use editor::Message;
use editor::effect::{JournalEntry, TextFile};
use editor::text::{ContentRevision, DocumentId};
use log::{Job, Log, Settled};
use store::{Disk, LOG, check_folder};
use worker::{Mailbox, Until};

/// How long a dying or closing editor waits for the last writing.
const PATIENCE: Duration = Duration::from_secs(3);

/// How many names are tried before giving up.
const NAMES: usize = 10;

/// The journal of this session. Dropping it finishes the writing, and removes the log if nothing is unsaved.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    mailbox: Arc<Mailbox>,
}

/// Brings the last text to disk from anywhere in the process: from a panic or a second signal.
#[derive(Debug, Clone)]
pub struct JournalFlush {
    path: PathBuf,
    mailbox: Arc<Mailbox>,
}

impl Journal {
    /// Starts a session's journal in `folder`. A writing that fails is reported on `messages` once.
    ///
    /// # Errors
    /// When others could change what lies in the folder, or the log cannot be made.
    pub fn start(folder: &Path, messages: Sender<Message>) -> Result<Self, JournalError> {
        check_folder(folder)?;
        let mut tries = 0;
        loop {
            let name = format!("{}-{:08x}", std::process::id(), rand::random::<u32>());
            let path = folder.join(name).with_extension(LOG);
            match Log::create(Disk::new(&path)) {
                Ok(log) => {
                    let mailbox = Arc::new(Mailbox::default());
                    worker::start(&path, log, &mailbox, messages);
                    return Ok(Self { path, mailbox });
                }
                Err(_) if tries < NAMES => tries += 1,
                Err(source) => return Err(JournalError::Io { path, source }),
            }
        }
    }

    /// Appends a change to the log, at once.
    pub fn write(&self, entry: JournalEntry) {
        self.mailbox.push(Job::Change(entry));
    }

    /// Records that a save of this document's text, with its content revision, has begun.
    pub fn saving(&self, document: DocumentId, save: ContentRevision, text: Rope) {
        self.mailbox.push(Job::Saving { document: document.0, save: save.0, text });
    }

    /// Records that the save is done, and the file as it is now.
    pub fn saved(&self, document: DocumentId, save: ContentRevision, file: TextFile) {
        self.mailbox.push(Job::Saved { document: document.0, save: save.0, file });
    }

    /// Records that nothing of this document is unsaved: the file holds the text (`is_saved`), or the writer
    /// discarded it.
    pub fn forget(&self, document: DocumentId, file: TextFile, text: Rope, is_saved: bool) {
        self.mailbox.push(Job::Settle(Settled { document: document.0, file, text, is_saved }));
    }

    /// Waits until all jobs are written and synced, 3 s at most. Returns whether they are.
    pub fn sync(&self) -> bool {
        self.mailbox.wait(Until::Synced, PATIENCE)
    }

    /// A handle that outlives borrowings of this one.
    pub fn flusher(&self) -> JournalFlush {
        JournalFlush { path: self.path.clone(), mailbox: Arc::clone(&self.mailbox) }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.mailbox.wait(Until::Ended, PATIENCE);
    }
}

impl JournalFlush {
    /// Waits until all jobs are written, 3 s at most. Returns the path of the log if it holds unsaved text.
    pub fn flush(&self) -> Option<PathBuf> {
        self.mailbox.wait(Until::Written, PATIENCE);
        self.mailbox.is_unsaved().then(|| self.path.clone())
    }
}

#[cfg(test)]
mod tests;
