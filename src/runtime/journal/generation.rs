//! A file of records that is being written, and a draft that will replace the log.

use std::io;

use ropey::Rope;

use super::format::{FileRecord, Record, VERSION, encode, encode_twice};
use super::store::Store;
use editor::effect::TextFile;

/// Chars in a record at most.
pub(super) const PIECE: usize = 16 << 10;
/// Pieces of a draft written before other jobs are looked for.
const PIECES_A_STEP: usize = 8;
/// Bytes of a draft that are written before the disk has to keep them: so no sync takes long.
const DRAFT_BACKLOG: u64 = 1 << 20;
/// Bytes handed to the system at once.
const WRITE: usize = 1 << 20;

/// A file that is being written, record by record.
pub(super) struct Generation<F> {
    pub(super) file: F,
    pub(super) next: u64,
    /// Not yet handed to the system.
    pub(super) pending: Vec<u8>,
    pub(super) written: u64,
}

impl<F: Clone> Generation<F> {
    pub(super) fn new(file: F) -> io::Result<Self> {
        let mut new = Self { file, next: 0, pending: Vec::new(), written: 0 };
        new.push(&Record::Head { foreword_journal: VERSION })?;
        Ok(new)
    }

    pub(super) fn push(&mut self, record: &Record<'_>) -> io::Result<()> {
        encode(self.next, record, &mut self.pending)?;
        self.next += 1;
        Ok(())
    }

    pub(super) fn begin(
        &mut self,
        document: u64,
        file: &TextFile,
        chars: usize,
        held: bool,
    ) -> io::Result<()> {
        let begin = Record::Begin { document, file: FileRecord::from(file), chars, held };
        encode_twice(self.next, &begin, &mut self.pending)?;
        self.next += 2;
        Ok(())
    }

    pub(super) fn piece(&mut self, text: &Rope, at: usize) -> io::Result<usize> {
        let end = (at + PIECE).min(text.len_chars());
        self.push(&Record::Piece { at, text: text.slice(at..end).into() })?;
        Ok(end)
    }

    pub(super) fn length(&self) -> u64 {
        self.written + self.pending.len() as u64
    }

    /// Hands all bytes to the system. After a failure the next call continues at the same byte.
    pub(super) fn write<S: Store<File = F>>(&mut self, store: &mut S) -> io::Result<()> {
        let mut done = 0;
        let result = loop {
            let rest = &self.pending[done..];
            if rest.is_empty() {
                break Ok(());
            }
            match store.append(&self.file, &rest[..rest.len().min(WRITE)]) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        self.pending.drain(..done);
        self.written += done as u64;
        result
    }
}

/// A draft under way.
pub(super) struct Rotation<F> {
    /// Distinguishes it from earlier drafts.
    pub(super) number: u64,
    pub(super) draft: Generation<F>,
    /// The text that the draft begins with.
    pub(super) text: Rope,
    /// Its chars up to here are in the draft.
    pub(super) done: usize,
    /// What came since the text was that.
    pub(super) late: Vec<Record<'static>>,
    /// Length of the draft up to which the disk keeps it.
    pub(super) synced: u64,
}

impl<F: Clone> Rotation<F> {
    pub(super) fn advance<S: Store<File = F>>(&mut self, store: &mut S) -> io::Result<()> {
        if self.draft.written - self.synced < DRAFT_BACKLOG {
            for _ in 0..PIECES_A_STEP {
                if self.done < self.text.len_chars() {
                    self.done = self.draft.piece(&self.text, self.done)?;
                }
            }
        }
        self.draft.write(store)
    }

    pub(super) fn is_written(&self) -> bool {
        self.done == self.text.len_chars() && self.draft.pending.is_empty()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_written() && self.synced == self.draft.written
    }

    pub(super) fn wants_sync(&self) -> bool {
        let unsynced = self.draft.written - self.synced;
        unsynced >= DRAFT_BACKLOG || (self.is_written() && unsynced > 0)
    }

    /// Whether there is work besides waiting for a sync.
    pub(super) fn can_go_on(&self, is_syncing: bool) -> bool {
        if is_syncing { !self.wants_sync() && !self.is_written() } else { true }
    }
}
