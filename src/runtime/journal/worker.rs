//! The threads behind a journal: one writes the log, one waits for the disk.
//!
//! They are two, so that a disk that answers late or never blocks no writing: what the system has taken survives the
//! death of the process. Nobody waits for either without a limit.
//!
//! They are no [`Worker`](crate::runtime::workers::worker::Worker): they share one mailbox, wake up by a clock, and others wait
//! until they have reached a state.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::log::{Job, Log, Sync};
use super::store::Disk;
use crate::runtime::workers::worker::caught;
use crate::store::draft::sync_folder;
use editor::Message;
use editor::mark::{Mark, MarkKind};

type FileSync = Sync<Arc<File>>;

/// What the threads and their owner share.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    slot: Mutex<Slot>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Slot {
    jobs: Vec<Job>,
    /// Jobs have been taken that are not written yet.
    is_busy: bool,
    /// What was written is not safe from a power cut yet.
    is_unsynced: bool,
    /// Somebody waits: sync now.
    hurry: bool,
    /// The last try to write went wrong.
    is_failing: bool,
    /// The log holds text that is in no file.
    is_unsaved: bool,
    is_closing: bool,
    has_ended: bool,
    sync: Option<FileSync>,
    synced: Option<(FileSync, io::Result<()>)>,
}

/// A state that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// The system has it: it survives the end of the process.
    Written,
    /// The disk has it: it survives a power cut.
    Synced,
    /// The thread has ended.
    Ended,
}

impl Mailbox {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a job for the writer.
    pub(super) fn push(&self, job: Job) {
        let mut slot = self.slot();
        let rest = match slot.jobs.last_mut() {
            Some(last) => join(last, job),
            None => Some(job),
        };
        slot.jobs.extend(rest);
        drop(slot);
        self.changed.notify_all();
    }

    /// Waits, `patience` at most; returns whether it came to be.
    pub(super) fn wait(&self, until: Until, patience: Duration) -> bool {
        let is_reached = |slot: &Slot| match until {
            Until::Written => slot.jobs.is_empty() && !slot.is_busy,
            Until::Synced => slot.jobs.is_empty() && !slot.is_busy && !slot.is_unsynced,
            Until::Ended => slot.has_ended,
        };
        let waiting = |slot: &mut Slot| {
            let is_hopeless = slot.has_ended || (slot.is_failing && until != Until::Ended);
            !is_reached(slot) && !is_hopeless
        };
        let mut slot = self.slot();
        slot.hurry |= until == Until::Synced;
        slot.is_closing |= until == Until::Ended;
        self.changed.notify_all();
        let waited = self.changed.wait_timeout_while(slot, patience, waiting);
        let (slot, _) = waited.unwrap_or_else(PoisonError::into_inner);
        is_reached(&slot)
    }

    /// Whether text is in the log, or on its way there, that is in no file.
    pub(super) fn is_unsaved(&self) -> bool {
        let slot = self.slot();
        let coming = slot.jobs.iter().rev().find_map(|job| match job {
            Job::Change(_) => Some(true),
            Job::Settle(_) => Some(false),
            Job::Saving { .. } | Job::Saved { .. } => None,
        });
        coming.unwrap_or(slot.is_unsaved)
    }
}

/// Makes one job of two, if they are changes that follow each other: so a disk that hangs fills no memory with them.
/// Returns the later job where that cannot be.
fn join(last: &mut Job, job: Job) -> Option<Job> {
    match (last, job) {
        (Job::Change(last), Job::Change(next))
            if last.document == next.document
                && last.file == next.file
                && next.before.is_instance(&last.text) =>
        {
            last.edit.compose(next.edit);
            last.text = next.text;
            None
        }
        (_, job) => Some(job),
    }
}

/// A mark for as long as the text is not protected.
fn unprotected(said: String) -> Message {
    Message::Marked(Mark::new(MarkKind::Unprotected, said))
}

/// Starts the threads. A failure is reported on `messages`, once until writing succeeds again.
pub(super) fn start(path: &Path, log: Log<Disk>, mailbox: &Arc<Mailbox>, messages: Sender<Message>) {
    let folder = path.parent().unwrap_or(Path::new(".")).to_path_buf();
    std::thread::spawn({
        let mailbox = Arc::clone(mailbox);
        move || sync_all(&folder, &mailbox)
    });
    let (mailbox, path) = (Arc::clone(mailbox), path.to_path_buf());
    std::thread::spawn(move || {
        let worked = caught(|| write_all(&path, log, &mailbox, &messages));
        if worked.is_err() {
            let _ = messages.send(unprotected(format!(
                "The recovery file {} is no longer written: Foreword has a bug. Save your text, then start again.",
                path.display()
            )));
        }
        let mut slot = mailbox.slot();
        (slot.has_ended, slot.is_closing) = (true, true);
        drop(slot);
        mailbox.changed.notify_all();
    });
}

fn write_all(path: &Path, mut log: Log<Disk>, mailbox: &Mailbox, messages: &Sender<Message>) {
    let begun = Instant::now();
    let (mut hurry, mut has_complained) = (false, false);
    loop {
        let news = next(mailbox, begun, log.wake(), log.is_syncing());
        hurry |= news.hurry;
        let mut result = Ok(());
        if let Some((sync, done)) = news.synced {
            log.synced(&sync, &done, begun.elapsed());
            result = done;
        }
        for job in news.jobs {
            result = result.and(log.take(job));
        }
        let (sync, advanced) = match log.advance(begun.elapsed(), hurry) {
            Ok(sync) => (sync, Ok(())),
            Err(error) => (None, Err(error)),
        };
        let has_failed = advanced.is_err();
        hurry &= !has_failed && !log.is_synced();
        let mut slot = mailbox.slot();
        (slot.is_busy, slot.is_unsynced) = (!log.is_written(), !log.is_synced());
        (slot.is_unsaved, slot.is_failing) = (log.is_unsaved(), has_failed);
        slot.sync = sync.or(slot.sync.take());
        let is_safe = !log.is_unsaved() || log.is_synced() || has_failed;
        let is_done = news.is_closing && slot.jobs.is_empty() && is_safe;
        drop(slot);
        mailbox.changed.notify_all();
        match result.and(advanced) {
            Ok(()) if has_complained && log.is_written() => {
                has_complained = false;
                let _ = messages.send(Message::Unmarked(MarkKind::Unprotected));
            }
            Err(error) if !has_complained => {
                has_complained = true;
                let _ = messages.send(unprotected(format!(
                    "Could not write the recovery file {}: {error}. Save often, or free some space.",
                    path.display()
                )));
            }
            Ok(()) | Err(_) => {}
        }
        if is_done {
            log.close();
            return;
        }
    }
}

/// What has come in for the writing thread.
struct News {
    jobs: Vec<Job>,
    synced: Option<(FileSync, io::Result<()>)>,
    hurry: bool,
    is_closing: bool,
}

/// Waits until there is something to do.
fn next(mailbox: &Mailbox, begun: Instant, wake: Option<Duration>, is_syncing: bool) -> News {
    let mut slot = mailbox.slot();
    loop {
        let left = wake.map(|wake| wake.saturating_sub(begun.elapsed()));
        let is_due = left.is_some_and(|left| left.is_zero());
        // Closing, too, waits for the sync under way.
        let is_closing = slot.is_closing && !is_syncing;
        if !slot.jobs.is_empty() || slot.synced.is_some() || is_due || slot.hurry || is_closing {
            let jobs = std::mem::take(&mut slot.jobs);
            slot.is_busy |= !jobs.is_empty();
            let hurry = std::mem::take(&mut slot.hurry) || slot.is_closing;
            return News { jobs, synced: slot.synced.take(), hurry, is_closing: slot.is_closing };
        }
        slot = match left {
            Some(left) => {
                let waited = mailbox.changed.wait_timeout(slot, left);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => mailbox.changed.wait(slot).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

/// Waits for the disk, again and again.
fn sync_all(folder: &Path, mailbox: &Mailbox) {
    let mut slot = mailbox.slot();
    loop {
        if slot.has_ended {
            return;
        }
        let Some(sync) = slot.sync.take() else {
            slot = mailbox.changed.wait(slot).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        drop(slot);
        let result = sync.file.sync_data();
        if sync.folder {
            sync_folder(folder);
        }
        slot = mailbox.slot();
        slot.synced = Some((sync, result));
        mailbox.changed.notify_all();
    }
}
