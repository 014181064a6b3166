//! The writer of a log, as a state machine without threads or clock: changes and the time are its arguments.
//!
//! Changes are appended, so the cost follows the change. A log begins with the text that the changes apply to. A
//! large text is written beside the log, piece by piece, as a *draft*, which replaces the log once it is whole and
//! synced. Until then the file that the text was read from stands for it. A log that has grown long is replaced in
//! the same way. At each moment one of the two files has everything.

use std::io;
use std::time::Duration;

use ropey::Rope;

use super::difference::difference;
use super::format::{FileRecord, Record};
use super::generation::{Generation, PIECE, Rotation};
use super::store::{Place, Store};
use editor::effect::{JournalEntry, TextFile};
use editor::text::DocumentId;

/// The longest time from a change to its sync, after which it survives a power cut.
pub(super) const SYNC_AFTER: Duration = Duration::from_millis(500);
/// How long after a failure the next try is.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// The same for a draft, which is the larger try.
const RETRY_DRAFT_AFTER: Duration = Duration::from_secs(30);
/// A text up to this many bytes is written into the log together with its first change.
const INLINE: usize = 256 << 10;
/// Changes take up this many bytes, or half the text if that is more, before the log gives way to a new one.
const LONGEST: u64 = 1 << 20;

/// A job of the journal.
#[derive(Debug, Clone)]
pub(super) enum Job {
    /// The text changed.
    Change(JournalEntry),
    /// The text of this document is being saved, under a number.
    Saving { document: u64, save: u64, text: Rope },
    /// That has been done: the file is this now.
    Saved { document: u64, save: u64, file: TextFile },
    /// Nothing is unsaved.
    Settle(Settled),
}

/// A text that needs no journal any more.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    /// The document, as in [`JournalEntry`].
    pub(super) document: u64,
    /// Its file.
    pub(super) file: TextFile,
    /// Its text.
    pub(super) text: Rope,
    /// Whether the file holds the text. Otherwise the writer does not want it.
    pub(super) is_saved: bool,
}

/// The text as the log has it.
struct Known {
    document: u64,
    file: TextFile,
    text: Rope,
}

/// Bytes to be synced, so that they survive a power cut.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sync<F> {
    pub(super) file: F,
    /// The folder too, for names in it are new.
    pub(super) folder: bool,
    /// Which draft; `None` for the log.
    draft: Option<u64>,
    length: u64,
}

/// The log of a session.
pub(super) struct Log<S: Store> {
    store: S,
    current: Generation<S::File>,
    known: Option<Known>,
    /// The last record after which nothing was unsaved.
    settled: Record<'static>,
    rotation: Option<Rotation<S::File>>,
    /// A new log is due.
    wants_rotation: bool,
    /// Bytes of the log that are the text it begins with.
    base: u64,
    /// When the first byte was written that the disk need not keep yet.
    unsynced: Option<Duration>,
    folder_unsynced: bool,
    is_syncing: bool,
    retry: Duration,
    retry_draft: Duration,
    drafts: u64,
    is_unsaved: bool,
}

impl<S: Store> Log<S> {
    /// Makes the log.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn create(mut store: S) -> io::Result<Self> {
        let file = store.create(Place::Log)?;
        Ok(Self {
            store,
            current: Generation::new(file)?,
            known: None,
            settled: Record::Forgotten,
            rotation: None,
            wants_rotation: false,
            base: 0,
            unsynced: None,
            folder_unsynced: true,
            is_syncing: false,
            retry: Duration::ZERO,
            retry_draft: Duration::ZERO,
            drafts: 0,
            is_unsaved: false,
        })
    }

    /// Whether the log holds text that is in no file.
    pub(super) fn is_unsaved(&self) -> bool {
        self.is_unsaved
    }

    /// Whether all jobs are written and synced, so that they survive a power cut.
    pub(super) fn is_synced(&self) -> bool {
        self.is_written() && self.unsynced.is_none() && !self.is_syncing
    }

    /// Whether all jobs are handed to the system, so that they survive the end of the process.
    pub(super) fn is_written(&self) -> bool {
        self.current.pending.is_empty()
    }

    /// Whether an answer to a [`Sync`] is waited for.
    pub(super) fn is_syncing(&self) -> bool {
        self.is_syncing
    }

    /// Takes a job. It is on its way after the next [`advance`](Self::advance).
    pub(super) fn take(&mut self, job: Job) -> io::Result<()> {
        match job {
            Job::Change(entry) => self.change(entry),
            Job::Saving { document, save, text } => self.saving(document, save, &text),
            Job::Saved { document, save, file } => self.saved(document, save, &file),
            Job::Settle(settled) => self.settle(settled),
        }
    }

    fn change(&mut self, entry: JournalEntry) -> io::Result<()> {
        let JournalEntry { file, document: DocumentId(document), before, edit, text } = entry;
        self.reach(document, &file, &before)?;
        let mut of = before.len_chars();
        for change in edit.changes() {
            of = self.edit(of, change.at, change.removed_chars(), &change.inserted)?;
        }
        self.is_unsaved = true;
        if let Some(known) = &mut self.known {
            known.text = text;
        }
        Ok(())
    }

    fn saving(&mut self, document: u64, save: u64, text: &Rope) -> io::Result<()> {
        let Some(file) = self.file_of(document) else { return Ok(()) };
        self.reach(document, &file, text)?;
        self.push(Record::Saving { save, chars: text.len_chars() })
    }

    fn saved(&mut self, document: u64, save: u64, file: &TextFile) -> io::Result<()> {
        if self.file_of(document).is_none() {
            return Ok(());
        }
        if let Some(known) = &mut self.known {
            known.file = file.clone();
        }
        self.push(Record::Saved { save, file: FileRecord::from(file) })
    }

    /// The file of a document, if the log is about that one.
    fn file_of(&self, document: u64) -> Option<TextFile> {
        self.known.as_ref().filter(|known| known.document == document).map(|known| known.file.clone())
    }

    fn settle(&mut self, settled: Settled) -> io::Result<()> {
        let Settled { document, file, text, is_saved } = settled;
        self.is_unsaved = false;
        if self.known.as_ref().is_none_or(|known| known.document != document) {
            // Another document has taken its place: that one has no change yet.
            self.drop_draft();
            return if self.known.take().is_some() { self.push(Record::Forgotten) } else { Ok(()) };
        }
        self.reach(document, &file, &text)?;
        self.settled = if is_saved {
            Record::Clean { file: FileRecord::from(&file), chars: text.len_chars() }
        } else {
            Record::Forgotten
        };
        self.push(self.settled.clone())
    }

    /// The record of whether the text of a new log is saved: it is unsaved if it has a change.
    fn standing(&self, chars: usize) -> Record<'static> {
        if self.is_unsaved {
            Record::Edit { of: chars, at: 0, cut: 0, add: "".into() }
        } else {
            self.settled.clone()
        }
    }

    /// Brings the log to where this text of this document is the last one.
    fn reach(&mut self, document: u64, file: &TextFile, text: &Rope) -> io::Result<()> {
        let Some(known) = self.known.as_mut().filter(|known| known.document == document) else {
            return self.begin(document, file, text);
        };
        let had = std::mem::replace(&mut known.text, text.clone());
        let is_renamed = known.file != *file;
        if is_renamed {
            known.file = file.clone();
            self.push(Record::File(FileRecord::from(file)))?;
        }
        // A change without an edit, such as undoing all, is found by comparing the texts.
        if !had.is_instance(text)
            && let Some((at, cut, add)) = difference(&had, text)
        {
            self.edit(had.len_chars(), at, cut, &add)?;
        }
        Ok(())
    }

    fn begin(&mut self, document: u64, file: &TextFile, text: &Rope) -> io::Result<()> {
        // A draft of what came before is of no use any more.
        self.drop_draft();
        self.known = Some(Known { document, file: file.clone(), text: text.clone() });
        // Where no file can stand for the text it must be here before the first change.
        let held = text.len_bytes() <= INLINE || file.path.is_none() || file.based_on.is_none();
        self.wants_rotation = !held;
        let before = self.current.length();
        self.current.begin(document, file, text.len_chars(), held)?;
        let mut at = 0;
        while held && at < text.len_chars() {
            at = self.current.piece(text, at)?;
        }
        self.base = self.current.length() - before;
        Ok(())
    }

    /// Records a change of a text of `of` chars; returns its new length in chars. A long change takes several
    /// records.
    fn edit(&mut self, of: usize, at: usize, cut: usize, add: &str) -> io::Result<usize> {
        let (mut of, mut at, mut cut, mut rest) = (of, at, cut, add);
        loop {
            let end = rest.char_indices().nth(PIECE).map_or(rest.len(), |(end, _)| end);
            let (add, left) = rest.split_at(end);
            self.push(Record::Edit { of, at, cut, add: add.to_owned().into() })?;
            let added = add.chars().count();
            (of, at, cut, rest) = (of + added - cut.min(of), at + added, 0, left);
            if rest.is_empty() {
                return Ok(of);
            }
        }
    }

    fn push(&mut self, record: Record<'static>) -> io::Result<()> {
        self.current.push(&record)?;
        if let Some(rotation) = &mut self.rotation {
            rotation.late.push(record);
        }
        Ok(())
    }

    /// Writes the jobs taken so far, and returns what must be synced. Call it after every job, and at the time of
    /// [`wake`](Self::wake).
    ///
    /// # Errors
    /// When the disk refuses. Nothing is lost by that: it is tried again.
    pub(super) fn advance(&mut self, now: Duration, hurry: bool) -> io::Result<Option<Sync<S::File>>> {
        let result = self.write(now).and_then(|()| self.rotate(now));
        if result.is_err() {
            self.retry = now + RETRY_AFTER;
        }
        result?;
        if self.is_syncing {
            return Ok(None);
        }
        let is_due = self.unsynced.is_some_and(|since| hurry || now >= since + SYNC_AFTER);
        let sync = if is_due {
            self.unsynced = None;
            let (file, length) = (self.current.file.clone(), self.current.written);
            Some(Sync { file, folder: std::mem::take(&mut self.folder_unsynced), draft: None, length })
        } else {
            self.rotation.as_ref().filter(|rotation| rotation.wants_sync()).map(|rotation| {
                let (file, length) = (rotation.draft.file.clone(), rotation.draft.written);
                Sync { file, folder: false, draft: Some(rotation.number), length }
            })
        };
        self.is_syncing = sync.is_some();
        Ok(sync)
    }

    fn write(&mut self, now: Duration) -> io::Result<()> {
        if self.current.pending.is_empty() {
            return Ok(());
        }
        if !self.store.is_log(&self.current.file) {
            self.rebuild()?;
        }
        self.unsynced.get_or_insert(now);
        self.current.write(&mut self.store)
    }

    /// The log was taken away: everything that is known goes to a new one.
    fn rebuild(&mut self) -> io::Result<()> {
        self.drop_draft();
        let mut new = Generation::new(self.store.create(Place::Log)?)?;
        if let Some(Known { document, file, text }) = &self.known {
            new.begin(*document, file, text.len_chars(), true)?;
            let mut at = 0;
            while at < text.len_chars() {
                at = new.piece(text, at)?;
            }
            new.push(&self.standing(text.len_chars()))?;
        }
        (self.base, self.wants_rotation, self.folder_unsynced) = (new.length(), false, true);
        self.current = new;
        Ok(())
    }

    /// Writes a few pieces of the draft, or begins one if it is due.
    fn rotate(&mut self, now: Duration) -> io::Result<()> {
        let begins = now >= self.retry_draft && self.is_rotation_due();
        let result = match &mut self.rotation {
            None if begins => self.begin_draft(),
            None => Ok(()),
            Some(rotation) => match rotation.advance(&mut self.store) {
                Ok(()) if rotation.is_whole() => self.adopt(),
                result => result,
            },
        };
        if result.is_err() {
            self.drop_draft();
            (self.wants_rotation, self.retry_draft) = (true, now + RETRY_DRAFT_AFTER);
        }
        result
    }

    fn is_rotation_due(&self) -> bool {
        self.known.as_ref().is_some_and(|known| {
            let longest = LONGEST.max(known.text.len_bytes() as u64 / 2);
            self.wants_rotation || self.current.length() - self.base > longest
        })
    }

    fn begin_draft(&mut self) -> io::Result<()> {
        let Some(Known { document, file, text }) = &self.known else { return Ok(()) };
        let mut draft = Generation::new(self.store.create(Place::Draft)?)?;
        draft.begin(*document, file, text.len_chars(), true)?;
        let (text, late) = (text.clone(), vec![self.standing(text.len_chars())]);
        self.drafts += 1;
        self.rotation = Some(Rotation { number: self.drafts, draft, text, done: 0, late, synced: 0 });
        self.wants_rotation = false;
        Ok(())
    }

    /// The draft is whole and the disk keeps it: it takes the log's place.
    fn adopt(&mut self) -> io::Result<()> {
        let Some(mut rotation) = self.rotation.take() else { return Ok(()) };
        let base = rotation.draft.length();
        let late = std::mem::take(&mut rotation.late);
        let adopted = late.iter().try_for_each(|record| rotation.draft.push(record));
        let adopted = adopted.and_then(|()| rotation.draft.write(&mut self.store));
        if let Err(error) = adopted.and_then(|()| self.store.adopt()) {
            self.store.remove(Place::Draft);
            return Err(error);
        }
        (self.current, self.base, self.folder_unsynced) = (rotation.draft, base, true);
        // What came while the draft was synced is due at once.
        self.unsynced = Some(Duration::ZERO);
        Ok(())
    }

    fn drop_draft(&mut self) {
        if self.rotation.take().is_some() {
            self.store.remove(Place::Draft);
        }
    }

    /// A sync has ended.
    pub(super) fn synced(&mut self, sync: &Sync<S::File>, result: &io::Result<()>, now: Duration) {
        self.is_syncing = false;
        if result.is_err() {
            // What the disk could not keep it may have dropped: all of it is written anew.
            self.drop_draft();
            (self.wants_rotation, self.retry) = (true, now + RETRY_AFTER);
            self.unsynced.get_or_insert(now);
        } else if let Some(rotation) = self.rotation.as_mut().filter(|it| Some(it.number) == sync.draft) {
            rotation.synced = sync.length;
        }
    }

    /// When to call [`advance`](Self::advance) next, if no job comes before.
    pub(super) fn wake(&self) -> Option<Duration> {
        let sync = self.unsynced.filter(|_| !self.is_syncing).map(|since| since + SYNC_AFTER);
        let draft = self.rotation.as_ref().filter(|rotation| rotation.can_go_on(self.is_syncing));
        let work = draft.is_some() || !self.current.pending.is_empty();
        let work = work.then_some(Duration::ZERO);
        let begin = (self.rotation.is_none() && self.is_rotation_due()).then_some(self.retry_draft);
        [sync, work, begin].into_iter().flatten().min().map(|due| due.max(self.retry))
    }

    /// The session ends well: only unsaved text is left behind.
    pub(super) fn close(mut self) {
        self.drop_draft();
        if !self.is_unsaved {
            self.store.remove(Place::Log);
        }
    }
}
