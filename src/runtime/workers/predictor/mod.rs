//! The thread that makes suggestions. The latest request wins: one that was not begun when the next came is dropped.
//! It also reads out the hidden state for who watches it, after the suggestions for the same place.
//!
//! Models are loaded here too, so neither the first frame nor a keystroke waits for one. A panic in the engine is
//! caught: the engine, whose state may be broken, is thrown away and made anew; if that keeps failing the thread
//! falls silent. Typing goes on in each case.

use std::any::Any;
use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use ropey::Rope;

use editor::Message;
use editor::effect::{CursorRequest, OpenDocument};
use editor::mark::{Mark, MarkKind};
use editor::message::ModelVersion;
use editor::message::Worker as ThreadKind;
use editor::text::{DocumentId, Revision};
use suggest::{Suggestions, Typed};

/// What answers requests for suggestions.
pub trait Suggest: Send {
    /// Suggestions for a text with the cursor at a place.
    fn suggest(&mut self, request: &CursorRequest) -> Suggestions;

    /// Goes on as the writer wants it.
    ///
    /// # Errors
    /// A sentence for the writer, when that cannot be kept for the next start.
    fn change(&mut self, change: &Change) -> Result<(), String>;

    /// The model's hidden values before char `cursor` of `text`; none where there is no model to look into.
    fn hidden(&mut self, text: &Rope, cursor: usize) -> Vec<f32> {
        let _ = (text, cursor);
        Vec::new()
    }

    /// What was typed and is not kept yet, for the engine that takes this one's place.
    fn hand_over(&mut self) -> Option<HandedOver> {
        None
    }

    /// Goes on with what the engine before handed over.
    fn take_over(&mut self, _handed: HandedOver) {}
}

/// What an engine knows of the open document and another cannot.
#[derive(Debug, Clone)]
pub struct HandedOver {
    /// The document.
    pub document: OpenDocument,
    /// What was typed into it and is not kept yet.
    pub typed: Typed,
}

/// A text that is on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedText {
    /// The document's [`OpenDocument::id`].
    pub document: DocumentId,
    /// The file.
    pub file: PathBuf,
    /// The text.
    pub text: Rope,
    /// Its revision, as requests have it.
    pub revision: Revision,
}

/// What the writer wants otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Ghosts from another chance on: 0 is quiet, 1 is eager.
    Eagerness(f32),
    /// A word forgotten, in any case, as far as it was learned.
    Forget(String),
    /// Words never offered any more, in lower case; they are left out in any case.
    Block(BTreeSet<String>),
    /// The document was saved: what of its words stands in it is kept.
    Saved(SavedText),
}

/// Which model to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// The version in use.
    Active,
    /// A version by name, which is in use from then on.
    Named(String),
    /// The version before the one in use, which is in use from then on.
    Previous,
}

/// A model, ready.
pub struct Loaded {
    /// Its name.
    pub name: String,
    /// All versions, oldest first.
    pub versions: Vec<ModelVersion>,
    /// What of it could not be had, and what stands in.
    pub marks: Vec<Mark>,
    /// What it answers with.
    pub engine: Box<dyn Suggest>,
}

/// Where models come from.
pub trait Models: Send {
    /// Loads one.
    ///
    /// # Errors
    /// A sentence for the writer: path, cause, remedy. The engine in use stays in use.
    fn load(&mut self, which: &Load) -> Result<Loaded, String>;

    /// Models loaded from now on are to go on as the writer wants it.
    fn change(&mut self, _change: &Change) {}
}

/// No model at all: the editor works without.
#[derive(Debug, Clone, Copy)]
pub struct Silence;

impl Suggest for Silence {
    fn suggest(&mut self, _request: &CursorRequest) -> Suggestions {
        Suggestions::default()
    }

    fn change(&mut self, _change: &Change) -> Result<(), String> {
        Ok(())
    }
}

/// Panics in a row after which the engine is not made anew any more.
const MAX_FAILURES: u32 = 3;

#[derive(Default)]
struct Slot {
    request: Option<(CursorRequest, Instant)>,
    /// In the order they came; none is dropped.
    changes: VecDeque<Change>,
    reading: Option<CursorRequest>,
    load: Option<Load>,
    closing: bool,
}

#[derive(Default)]
struct Mailbox {
    slot: Mutex<Slot>,
    changed: Condvar,
}

impl Mailbox {
    fn put(&self, change: impl FnOnce(&mut Slot)) {
        change(&mut self.slot());
        self.changed.notify_one();
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next thing to do; a model comes before suggestions, and they before a look inside. When closing, what is to be kept still
    /// is; then `None`.
    fn take(&self) -> Option<Job> {
        let mut slot = self.slot();
        loop {
            let closing = slot.closing;
            if let Some(which) = slot.load.take_if(|_| !closing) {
                return Some(Job::Load(which));
            }
            if let Some(change) = slot.changes.pop_front() {
                // The words typed right before a save are learned before it is settled what of them stands.
                let saved = if let Change::Saved(saved) = &change { Some(saved.document) } else { None };
                let request = slot.request.take_if(|(request, _)| Some(request.document.id) == saved);
                return Some(Job::Change(change, request));
            }
            if closing {
                return None;
            }
            if let Some((request, asked)) = slot.request.take() {
                return Some(Job::Suggest(request, asked));
            }
            if let Some(request) = slot.reading.take() {
                return Some(Job::Read(request));
            }
            slot = self.changed.wait(slot).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

enum Job {
    Load(Load),
    /// After an answer to the request, if there is one.
    Change(Change, Option<(CursorRequest, Instant)>),
    Suggest(CursorRequest, Instant),
    Read(CursorRequest),
}

/// A handle on the thread; dropping it ends the thread, after the request in hand.
pub struct Predictor {
    mailbox: Arc<Mailbox>,
    worker: Option<JoinHandle<()>>,
}

impl Predictor {
    /// Starts the thread and has it load the active model. Answers come on `messages`.
    pub fn start(models: Box<dyn Models>, messages: Sender<Message>) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        mailbox.put(|slot| slot.load = Some(Load::Active));
        let worker = Worker {
            mailbox: Arc::clone(&mailbox),
            models,
            engine: Box::new(Silence),
            messages,
            last: None,
            failures: 0,
            silent_in: None,
            marked: Vec::new(),
        };
        let worker = std::thread::spawn(move || worker.run());
        Self { mailbox, worker: Some(worker) }
    }

    /// Asks for suggestions in place of any asked for before and not yet begun.
    pub fn ask(&self, request: CursorRequest) {
        self.mailbox.put(|slot| slot.request = Some((request, Instant::now())));
    }

    /// Has the engine go on otherwise, before the next request is begun.
    pub fn change(&self, change: Change) {
        self.mailbox.put(|slot| slot.changes.push_back(change));
    }

    /// Asks for the hidden state in place of any asked for before and not yet begun.
    pub fn read(&self, request: CursorRequest) {
        self.mailbox.put(|slot| slot.reading = Some(request));
    }

    /// Asks for another model.
    pub fn load(&self, which: Load) {
        self.mailbox.put(|slot| slot.load = Some(which));
    }
}

impl Drop for Predictor {
    fn drop(&mut self) {
        self.mailbox.put(|slot| slot.closing = true);
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

struct Worker {
    mailbox: Arc<Mailbox>,
    models: Box<dyn Models>,
    engine: Box<dyn Suggest>,
    messages: Sender<Message>,
    /// The last request answered: asked again of a new model, so that its words show without a keystroke.
    last: Option<CursorRequest>,
    failures: u32,
    /// The document in which the engine failed again and again.
    silent_in: Option<DocumentId>,
    /// Of what could not be had, what was said.
    marked: Vec<MarkKind>,
}

impl Worker {
    fn run(mut self) {
        while let Some(job) = self.mailbox.take() {
            match job {
                Job::Load(which) => self.load(&which),
                Job::Change(change, request) => {
                    if let Some((request, asked)) = request {
                        self.suggest(request, asked);
                    }
                    self.change(&change);
                }
                Job::Suggest(request, asked) => self.suggest(request, asked),
                Job::Read(request) => self.read(&request),
            }
        }
    }

    fn load(&mut self, which: &Load) {
        match catch_unwind(AssertUnwindSafe(|| self.models.load(which))) {
            Ok(Ok(Loaded { name, versions, marks, mut engine })) => {
                let hand_over = AssertUnwindSafe(|| {
                    if let Some(handed) = self.engine.hand_over() {
                        engine.take_over(handed);
                    }
                });
                if let Err(panic) = catch_unwind(hand_over) {
                    self.tell(failed(&*panic));
                }
                self.engine = engine;
                self.failures = 0;
                self.speak_again();
                self.tell(Message::ModelLoaded { name, versions });
                self.mark(marks);
                if let Some(request) = self.last.take() {
                    self.suggest(request, Instant::now());
                }
            }
            Ok(Err(said)) => self.tell(Message::ModelFailed(said)),
            Err(panic) => self.tell(failed(&*panic)),
        }
    }

    /// What stands now of what could not be had.
    fn mark(&mut self, marks: Vec<Mark>) {
        let now: Vec<MarkKind> = marks.iter().map(|mark| mark.kind).collect();
        for gone in std::mem::replace(&mut self.marked, now.clone()) {
            if !now.contains(&gone) {
                self.tell(Message::Unmarked(gone));
            }
        }
        for mark in marks {
            self.tell(Message::Marked(mark));
        }
    }

    fn change(&mut self, change: &Change) {
        self.models.change(change);
        match catch_unwind(AssertUnwindSafe(|| self.engine.change(change))) {
            Ok(Ok(())) => {}
            Ok(Err(said)) => self.tell(Message::ModelFailed(said)),
            Err(panic) => {
                self.tell(failed(&*panic));
                self.engine = Box::new(Silence);
            }
        }
    }

    fn suggest(&mut self, request: CursorRequest, asked: Instant) {
        // Another text may not be one that it fails on.
        if self.silent_in.is_some_and(|document| document != request.document.id) {
            self.last = Some(request);
            return self.load(&Load::Active);
        }
        match catch_unwind(AssertUnwindSafe(|| self.answer(&request))) {
            Ok(suggestions) => {
                self.failures = 0;
                let latency_ms = asked.elapsed().as_secs_f64() * 1e3;
                self.tell(Message::Predicted { revision: request.revision, suggestions, latency_ms });
                self.last = Some(request);
            }
            Err(panic) => self.give_up_on(&*panic, &request),
        }
    }

    fn answer(&mut self, request: &CursorRequest) -> Suggestions {
        self.engine.suggest(request)
    }

    fn read(&mut self, request: &CursorRequest) {
        match catch_unwind(AssertUnwindSafe(|| self.engine.hidden(&request.text, request.cursor))) {
            Ok(values) => {
                let CursorRequest { revision, cursor, .. } = *request;
                self.tell(Message::HiddenStateRead { revision, cursor, values });
            }
            Err(panic) => self.give_up_on(&*panic, request),
        }
    }

    /// The engine panicked: another takes its place. What it was asked is not asked again: it may be what it fails on.
    fn give_up_on(&mut self, panic: &(dyn Any + Send), request: &CursorRequest) {
        self.failures += 1;
        self.tell(failed(panic));
        self.last = None;
        let fresh = catch_unwind(AssertUnwindSafe(|| self.models.load(&Load::Active).ok())).ok().flatten();
        self.engine = match fresh {
            Some(loaded) if self.failures < MAX_FAILURES => loaded.engine,
            _ => {
                self.silent_in = Some(request.document.id);
                let sentence = "Finding words has failed again and again in this text: there are no suggestions in it, and nothing \
                                is learned from it. Your text is safe. Another text has suggestions again.";
                self.tell(Message::Marked(Mark::new(MarkKind::Silent, sentence.to_owned())));
                Box::new(Silence)
            }
        };
    }

    fn speak_again(&mut self) {
        if self.silent_in.take().is_some() {
            self.tell(Message::Unmarked(MarkKind::Silent));
        }
    }

    fn tell(&self, message: Message) {
        let _ = self.messages.send(message);
    }
}

fn failed(panic: &(dyn Any + Send)) -> Message {
    let cause = panic
        .downcast_ref::<&str>()
        .map(|said| (*said).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned());
    Message::WorkerFailed { worker: ThreadKind::Predictor, cause }
}

#[cfg(test)]
mod tests;
