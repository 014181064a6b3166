//! Saving off the UI thread: a slow disk never holds a keystroke up.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use ropey::Rope;

use super::write::{Saved, save};
use crate::app::Message;
use crate::app::message::{FileForm, FileStamp};
use crate::shell::paths::absolute;

/// One file to be written; the fields are those of [`Effect::SaveFile`](crate::app::Effect::SaveFile).
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// Where to.
    pub path: PathBuf,
    /// The text.
    pub text: Rope,
    /// Sent back with the answer.
    pub revision: u64,
    /// How to write it.
    pub form: FileForm,
    /// What was on disk when it was opened.
    pub expected: Option<FileStamp>,
    /// Overwrite whatever is there.
    pub force: bool,
}

/// Writes files in the order asked for. Dropping it waits until all are written.
#[derive(Debug)]
pub struct SaveQueue {
    requests: Option<Sender<SaveRequest>>,
    worker: Option<JoinHandle<()>>,
}

impl SaveQueue {
    /// Starts the worker, which answers on `messages`.
    pub fn start(messages: Sender<Message>) -> Self {
        let (requests, queue) = channel();
        let worker = std::thread::spawn(move || work(&queue, &messages));
        Self { requests: Some(requests), worker: Some(worker) }
    }

    /// Puts a file in the queue.
    pub fn save(&self, request: SaveRequest) {
        if let Some(requests) = &self.requests {
            // The worker lives as long as this handle.
            let _ = requests.send(request);
        }
    }
}

impl Drop for SaveQueue {
    fn drop(&mut self) {
        self.requests = None;
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

fn work(queue: &Receiver<SaveRequest>, messages: &Sender<Message>) {
    while let Ok(SaveRequest { path, text, revision, form, expected, force }) = queue.recv() {
        let answer = match save(&absolute(&path), &text, form, expected, force) {
            Ok(Saved::Written(stamp)) => Message::FileSaved { path, revision, stamp },
            Ok(Saved::ChangedOnDisk) => Message::FileChangedOnDisk { path },
            Err(error) => Message::FileFailed(error.to_string()),
        };
        // Nobody listens any more when the editor is closing; the file is written all the same.
        let _ = messages.send(answer);
    }
}
