//! Texts that are in no file any more, kept for a week: discarded ones, and ones replaced by the file on disk.
//!
//! Each is a log of its own in the folder `kept`, named by the time and the reason, so that a list costs no reading. They
//! stay for [`AGE`], and take up [`MOST_BYTES`] together at most. A thread does the writing and reading, in order.
//! It is no [`Worker`](crate::runtime::workers::worker::Worker): who drops it waits, but not without a limit.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

use ropey::Rope;

use super::format::{FileRecord, Record, VERSION, encode, encode_twice};
use super::kept_name::{name, reason, time};
use super::recovery::read;
use super::store::{JournalError, check_folder, create_own};
use crate::store::draft::sync_folder;
use crate::store::paths::private_directory;
use editor::Message;
use editor::effect::KeptText;
use editor::message::KeptBecause;

/// How long a text is kept.
pub(super) const AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How many are kept.
pub(super) const MOST_TEXTS: usize = 50;
/// How many bytes they may have together, the newest always excepted.
pub(super) const MOST_BYTES: u64 = 256 << 20;

/// Chars in a record.
const PIECE: usize = 16 << 10;
/// How long a closing editor waits for texts to be kept.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug)]
enum Order {
    Keep(Box<KeptText>),
    KeepFirst(Box<KeptText>),
    List,
    Remove(PathBuf, Option<Rope>),
}

/// The kept texts of a user. Dropping it waits until all are written, a few seconds at most.
#[derive(Debug)]
pub struct Kept {
    folder: PathBuf,
    orders: Option<Sender<Order>>,
    messages: Sender<Message>,
    ended: Receiver<()>,
}

impl Kept {
    /// Starts the thread, which first removes texts older than a week. Failures are sent on `messages`.
    pub fn start(folder: &Path, messages: Sender<Message>) -> Self {
        let (orders, received) = channel();
        let (end, ended) = channel();
        let thread = folder.to_path_buf();
        let own = messages.clone();
        std::thread::spawn(move || {
            clear_out(&thread, SystemTime::now());
            let mut waiting: Vec<Order> = Vec::new();
            while let Some(order) = waiting.pop().or_else(|| received.recv().ok()) {
                if matches!(order, Order::List) {
                    // Of several requests for a list in a row, one is answered.
                    waiting.extend(received.try_iter().find(|order| !matches!(order, Order::List)));
                }
                if let Some(message) = carry_out(&thread, order) {
                    let _ = messages.send(message);
                }
            }
            let _ = end.send(());
        });
        Self { folder: folder.to_path_buf(), orders: Some(orders), messages: own, ended }
    }

    /// Has a text kept.
    pub fn keep(&self, text: KeptText) {
        self.order(Order::Keep(Box::new(text)));
    }

    /// Keeps a text; answered by [`Message::TextKept`].
    pub fn keep_first(&self, text: KeptText) {
        let order = Order::KeepFirst(Box::new(text));
        if self.orders.as_ref().is_none_or(|orders| orders.send(order).is_err()) {
            let _ = self.messages.send(Message::TextKept(Err("nothing can be kept any more".to_owned())));
        }
    }

    /// Requests the list; answered by [`Message::KeptListed`].
    pub fn list(&self) {
        self.order(Order::List);
    }

    /// Removes a kept text for good. It stays if its text is `needed`: recovered, but stored nowhere else yet. Other
    /// files are left alone.
    pub fn remove(&self, path: &Path, needed: Option<Rope>) {
        self.order(Order::Remove(path.to_path_buf(), needed));
    }

    /// The folder they lie in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            let _ = orders.send(order);
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

fn carry_out(folder: &Path, order: Order) -> Option<Message> {
    match order {
        Order::Keep(kept) => {
            let error = keep(folder, &kept, SystemTime::now()).err()?;
            Some(Message::FileFailed(format!(
                "The text could not be kept: {error}. Free some space; undo may bring it back."
            )))
        }
        Order::KeepFirst(kept) => {
            let result = keep(folder, &kept, SystemTime::now());
            Some(Message::TextKept(result.map_err(|error| error.to_string())))
        }
        Order::List => {
            // One that cannot be read is not worth stopping the others for; it goes when its week is over.
            let texts = names(folder).into_iter().filter_map(|(path, _)| read(&path).ok().flatten());
            Some(Message::KeptListed(texts.collect()))
        }
        Order::Remove(path, needed) => {
            let is_kept_text = path.parent() == Some(folder) && reason(&path).is_some();
            let holds = |text: Rope| read(&path).ok().flatten().is_some_and(|kept| text == *kept.text);
            if is_kept_text && !needed.is_some_and(holds) {
                let _ = std::fs::remove_file(path);
            }
            None
        }
    }
}

/// Writes a text to `folder`, and makes room for it.
fn keep(folder: &Path, kept: &KeptText, now: SystemTime) -> Result<(), JournalError> {
    if kept.text.len_chars() == 0 {
        return Ok(());
    }
    make_folder(folder)?;
    let path = name(folder, kept.because, now);
    let written = write(&path, kept);
    if written.is_err() {
        let _ = std::fs::remove_file(&path);
    }
    written.map_err(JournalError::io(&path))?;
    clear_out(folder, now);
    Ok(())
}

/// Makes the log at `journal` a kept text.
pub(super) fn adopt(
    journal: &Path,
    folder: &Path,
    because: KeptBecause,
    now: SystemTime,
) -> Result<(), JournalError> {
    make_folder(folder)?;
    std::fs::rename(journal, name(folder, because, now)).map_err(JournalError::io(journal))?;
    clear_out(folder, now);
    Ok(())
}

fn make_folder(folder: &Path) -> Result<(), JournalError> {
    private_directory(folder).map_err(JournalError::io(folder))?;
    check_folder(folder)
}

fn write(path: &Path, kept: &KeptText) -> io::Result<()> {
    use std::io::Write;
    let mut out = io::BufWriter::with_capacity(1 << 20, create_own(path)?);
    let (text, chars) = (&kept.text, kept.text.len_chars());
    let mut line = Vec::new();
    encode(0, &Record::Head { foreword_journal: VERSION }, &mut line)?;
    let file = FileRecord::from(&kept.file);
    encode_twice(1, &Record::Begin { document: 0, file, chars, held: true }, &mut line)?;
    for (number, at) in (3..).zip((0..chars).step_by(PIECE)) {
        let piece = text.slice(at..(at + PIECE).min(chars));
        encode(number, &Record::Piece { at, text: piece.into() }, &mut line)?;
        out.write_all(&line)?;
        line.clear();
    }
    out.into_inner()?.sync_all()?;
    if let Some(folder) = path.parent() {
        sync_folder(folder);
    }
    Ok(())
}

/// The kept texts with their lengths, newest first.
fn names(folder: &Path) -> Vec<(PathBuf, u64)> {
    if check_folder(folder).is_err() {
        return Vec::new();
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<(PathBuf, u64)> = entries
        .filter(|entry| reason(&entry.path()).is_some() && time(&entry.path()).is_some())
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?.len())))
        .collect();
    names.sort();
    names.reverse();
    names
}

/// Removes texts older than [`AGE`], then the oldest beyond [`MOST_TEXTS`] or [`MOST_BYTES`].
fn clear_out(folder: &Path, now: SystemTime) {
    let mut bytes = 0;
    for (index, (path, length)) in names(folder).into_iter().enumerate() {
        bytes += length;
        let is_old = time(&path).is_some_and(|time| now.duration_since(time).is_ok_and(|age| age > AGE));
        if is_old || (index > 0 && (index >= MOST_TEXTS || bytes > MOST_BYTES)) {
            let _ = std::fs::remove_file(path);
        }
    }
}
