//! Saving off the UI thread: a slow disk delays no keystroke.
//!
//! One thread writes all files, in the order of the requests. Of queued saves of one file, only the newest is
//! written. The thread also holds the lock of the open file, and removes the drafts that killed processes left beside
//! it.
//!
//! It is no [`Worker`](crate::runtime::workers::worker::Worker): which saves are one depends on what was written so far, and it wakes
//! up by a clock.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use super::FileError;
use super::chain::Chains;
use super::in_use::InUse;
use super::left::{Left, stamp};
use super::write::{Order, Saved, Saver, follow_links};
use crate::runtime::workers::worker::caught;
use crate::store::draft::{clear_drafts, folder_of};
use crate::store::own_file::{check_private, identity};
use crate::store::paths::{Paths, absolute};
use editor::Message;
use editor::effect::SaveRequest;
use editor::mark::{Mark, MarkKind};
use editor::message::FileStamp;

/// How often the queue checks whether the open file is still open elsewhere.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

#[derive(Debug)]
enum Work {
    Save(SaveRequest),
    Opened { path: Option<PathBuf>, stamp: Option<FileStamp>, at: SystemTime },
}

/// Writes files in the order of the requests. Dropping it waits until all are written.
#[derive(Debug)]
pub struct SaveQueue {
    work: Option<Sender<Work>>,
    worker: Option<JoinHandle<()>>,
}

impl SaveQueue {
    /// Starts the worker, which answers on `messages`.
    pub fn start(paths: &Paths, messages: Sender<Message>) -> Self {
        // A folder that others may write to is not used.
        let is_private = check_private(&paths.data).and_then(|()| check_private(&paths.open)).is_ok();
        Self::start_with(Saver::new(&paths.saving), is_private.then_some(&paths.open), messages)
    }

    /// `locks`: the folder for locks, if there is one.
    pub(super) fn start_with(saver: Saver, locks: Option<&PathBuf>, messages: Sender<Message>) -> Self {
        let (work, queue) = channel();
        let locks = locks.cloned();
        let worker = std::thread::spawn(move || {
            let (waiting, chains, in_use) =
                (VecDeque::new(), Chains::default(), InUse::new(locks.as_deref()));
            Worker { saver, queue, waiting, chains, in_use, is_marked: false, messages }.run();
        });
        Self { work: Some(work), worker: Some(worker) }
    }

    /// Puts a file in the queue; answered by `FileSaved`, `SaveFailed` or `FileChangedOnDisk`, unless a newer save of the
    /// same file is answered in its place.
    pub fn save(&self, request: SaveRequest) {
        self.send(Work::Save(request));
    }

    /// Sets the open file and the stamp of its content; answered by `Marked` if another instance has it open, too.
    pub fn opened(&self, path: Option<PathBuf>, stamp: Option<FileStamp>) {
        self.send(Work::Opened { path, stamp, at: SystemTime::now() });
    }

    fn send(&self, work: Work) {
        if let Some(queue) = &self.work {
            // The worker lives as long as this handle.
            let _ = queue.send(work);
        }
    }
}

impl Drop for SaveQueue {
    fn drop(&mut self) {
        self.work = None;
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

struct Worker {
    saver: Saver,
    queue: Receiver<Work>,
    waiting: VecDeque<Work>,
    chains: Chains,
    in_use: InUse,
    /// Whether the mark that another instance has the open file open is up.
    is_marked: bool,
    messages: Sender<Message>,
}

impl Worker {
    fn run(mut self) {
        while let Some(work) = self.next() {
            match work {
                Work::Save(request) => self.save(request),
                Work::Opened { path, stamp, at } => self.opened(path, stamp, at),
            }
        }
    }

    /// The next request. While another instance has the open file open, it checks now and then whether it still has.
    fn next(&mut self) -> Option<Work> {
        loop {
            if let Some(work) = self.waiting.pop_front() {
                return Some(work);
            }
            if !self.is_marked {
                return self.queue.recv().ok();
            }
            match self.queue.recv_timeout(LOOK_AGAIN) {
                Ok(work) => return Some(work),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.look_again(),
            }
        }
    }

    fn look_again(&mut self) {
        if let Some((path, is_elsewhere)) = self.in_use.retry()
            && !is_elsewhere
        {
            self.mark(&path, false);
        }
    }

    fn save(&mut self, request: SaveRequest) {
        let (request, asked) = self.newest(request);
        let path = absolute(&request.path);
        // Where the link cannot be followed, the save reports why.
        let target = follow_links(&path).unwrap_or_else(|_| path.clone());
        let left = self.chains.expected(&target, asked[0]);
        let SaveRequest { text, form, force, revision, .. } = &request;
        let order = Order { path: &path, text, form: *form, left: left.as_ref(), force: *force };
        // A panic in here must not stop editing and saving.
        let saved = caught(|| self.saver.save(order));
        let (path, revision) = (request.path.clone(), *revision);
        match saved {
            Ok(Ok(Saved::Written(left))) => {
                for asked in asked {
                    self.chains.written(&target, asked, left);
                }
                self.answer(Message::FileSaved { path, revision, stamp: left.stamp });
                // Under a new name it may be open elsewhere, too.
                if let Some((path, is_elsewhere)) = self.in_use.retry() {
                    self.mark(&path, is_elsewhere);
                }
            }
            Ok(Ok(Saved::ChangedOnDisk)) => self.changed(path),
            Ok(Err(error)) => {
                if let (FileError::Torn { .. }, Some(torn)) = (&error, stamp(&target)) {
                    self.chains.written(&target, asked[0], Left::stamped(torn));
                }
                self.answer(Message::SaveFailed { path, revision, cause: error.to_string() });
            }
            Err(_) => {
                let shown = path.display();
                let cause = format!(
                    "{shown} was not saved: the editor has met a fault of its own. Try again, or save under another name."
                );
                self.answer(Message::SaveFailed { path, revision, cause });
            }
        }
    }

    /// The newest of the queued saves of one file, and the stamps that all of them expect, oldest first. A forced
    /// save is written by itself.
    fn newest(&mut self, request: SaveRequest) -> (SaveRequest, Vec<Option<FileStamp>>) {
        self.waiting.extend(self.queue.try_iter());
        let (mut newest, mut asked) = (request, Vec::new());
        asked.push(expected(&newest));
        while let Some(Work::Save(next)) = self.waiting.front() {
            let target = absolute(&newest.path);
            let target = follow_links(&target).unwrap_or(target);
            let stamp = |asked| self.chains.expected(&target, asked).map(|left| left.stamp);
            let follows = next.path == newest.path && !newest.force && !next.force;
            if !follows || stamp(asked[0]) != stamp(expected(next)) {
                break;
            }
            asked.push(expected(next));
            if let Some(Work::Save(next)) = self.waiting.pop_front() {
                newest = next;
            }
        }
        (newest, asked)
    }

    /// Sends the question about a file that another program has changed. Queued saves of it belong to the question; a
    /// forced one is the answer.
    fn changed(&mut self, path: PathBuf) {
        self.waiting.extend(self.queue.try_iter());
        let is_of_path = |work: &Work, forced| matches!(work, Work::Save(request) if request.path == path && request.force == forced);
        let is_answered = self.waiting.iter().any(|work| is_of_path(work, true));
        self.waiting.retain(|work| !is_of_path(work, false));
        if !is_answered {
            self.answer(Message::FileChangedOnDisk { path });
        }
    }

    fn opened(&mut self, path: Option<PathBuf>, stamp: Option<FileStamp>, at: SystemTime) {
        let Some(path) = path else { return self.in_use.close() };
        let whole = absolute(&path);
        let target = follow_links(&whole).unwrap_or_else(|_| whole.clone());
        if let Some(stamp) = stamp {
            self.chains.opened(&target, Left::read(&target, stamp, at));
        }
        let is_elsewhere = self.in_use.open(&whole);
        self.mark(&path, is_elsewhere);
        clear_drafts(folder_of(&target));
    }

    /// Puts up the mark that another instance has the open file open, and takes it down again.
    fn mark(&mut self, path: &Path, is_elsewhere: bool) {
        if !is_elsewhere && !self.is_marked {
            return;
        }
        self.is_marked = is_elsewhere;
        self.answer(if is_elsewhere {
            let sentence = format!(
                "{} is open in another Foreword, too: what is saved last counts. Close it in one of them.",
                path.display()
            );
            Message::Marked(Mark::new(MarkKind::OpenElsewhere, sentence).about(path.to_path_buf()))
        } else {
            Message::Unmarked(MarkKind::OpenElsewhere)
        });
    }

    fn answer(&self, message: Message) {
        // The receiver is gone when the editor is closing; the file is written all the same.
        let _ = self.messages.send(message);
    }
}

/// The stamp that a save expects. Under another name of the open file it is the open file's stamp.
fn expected(request: &SaveRequest) -> Option<FileStamp> {
    let of = |path: &Path| std::fs::metadata(absolute(path)).ok().as_ref().and_then(identity);
    let is_document = || {
        let document = request.document.path.as_deref().and_then(of);
        document.is_some() && document == of(&request.path)
    };
    request.expected.or_else(|| request.document.based_on.filter(|_| is_document()))
}
