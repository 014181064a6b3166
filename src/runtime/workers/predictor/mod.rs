//! The thread that makes suggestions. The latest request wins: one that was not begun when the next came is dropped.
//! It also reads out the hidden state, after the suggestions for the same place.
//!
//! Models are loaded here too, so neither the first frame nor a keystroke waits for one. A panic in the engine is
//! caught: the engine, whose state may be broken, is dropped and made anew; if that keeps failing there are no suggestions in
//! that text. Typing goes on in each case.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::Instant;

use ropey::Rope;

use crate::runtime::workers::worker::{AtEnd, Waiting, Wanted, Worker, caught};
use editor::Message;
use editor::effect::{CursorRequest, OpenDocument};
use editor::mark::{Mark, MarkKind};
use editor::message::ModelVersion;
use editor::message::ThreadKind;
use editor::text::{DocumentId, Revision};
use suggest::{Suggestions, Typed};

/// An engine that answers requests for suggestions.
pub trait Suggest: Send {
    /// Suggestions for a text with the cursor at a place.
    fn suggest(&mut self, request: &CursorRequest) -> Suggestions;

    /// Applies a change.
    ///
    /// # Errors
    /// A sentence for the writer, when that cannot be kept for the next start.
    fn change(&mut self, change: &SuggesterChange) -> Result<(), String>;

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

/// A change of what the engine does.
#[derive(Debug, Clone, PartialEq)]
pub enum SuggesterChange {
    /// Ghosts from another probability on: 0 is quiet, 1 is eager.
    Eagerness(f32),
    /// A word forgotten, in any case, as far as it was learned.
    Forget(String),
    /// Words never offered any more, in lower case; they are left out in any case.
    Block(BTreeSet<String>),
    /// The document was saved: the learned words that its text still has are kept.
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
    /// The parts of it that could not be loaded, and what is used in their place.
    pub marks: Vec<Mark>,
    /// The engine that answers.
    pub engine: Box<dyn Suggest>,
}

/// Where models come from.
pub trait Models: Send {
    /// Loads one.
    ///
    /// # Errors
    /// A sentence for the writer: path, cause, remedy. The engine in use stays in use.
    fn load(&mut self, which: &Load) -> Result<Loaded, String>;

    /// Applies a change to the models loaded from now on.
    fn change(&mut self, _change: &SuggesterChange) {}
}

/// No model at all: the editor works without.
#[derive(Debug, Clone, Copy)]
pub struct Silence;

impl Suggest for Silence {
    fn suggest(&mut self, _request: &CursorRequest) -> Suggestions {
        Suggestions::default()
    }

    fn change(&mut self, _change: &SuggesterChange) -> Result<(), String> {
        Ok(())
    }
}

/// Panics in a row after which the engine is not made anew any more.
const MAX_FAILURES: u32 = 3;

#[derive(Default)]
struct Slot {
    request: Option<(CursorRequest, Instant)>,
    /// In the order they came; none is dropped.
    changes: VecDeque<SuggesterChange>,
    reading: Option<CursorRequest>,
    load: Option<Load>,
}

impl Waiting for Slot {
    type Job = Job;

    fn put(&mut self, job: Job) {
        match job {
            Job::Load(which) => self.load = Some(which),
            Job::SuggesterChange(change, _) => self.changes.push_back(change),
            Job::Suggest(request, asked) => self.request = Some((request, asked)),
            Job::Read(request) => self.reading = Some(request),
        }
    }

    /// A model comes before suggestions, and they before a look inside. When closing, what is to be kept still is.
    fn take(&mut self, is_closing: bool) -> Option<Job> {
        if let Some(which) = self.load.take_if(|_| !is_closing) {
            return Some(Job::Load(which));
        }
        if let Some(change) = self.changes.pop_front() {
            // The words typed right before a save are learned before those that the saved text still has are kept.
            let saved = if let SuggesterChange::Saved(saved) = &change { Some(saved.document) } else { None };
            let request = self.request.take_if(|(request, _)| Some(request.document.id) == saved);
            return Some(Job::SuggesterChange(change, request));
        }
        if is_closing {
            return None;
        }
        let suggest = self.request.take().map(|(request, asked)| Job::Suggest(request, asked));
        suggest.or_else(|| self.reading.take().map(Job::Read))
    }

    fn is_empty(&self) -> bool {
        let Self { request, changes, reading, load } = self;
        request.is_none() && changes.is_empty() && reading.is_none() && load.is_none()
    }
}

enum Job {
    Load(Load),
    /// After an answer to the request, if there is one.
    SuggesterChange(SuggesterChange, Option<(CursorRequest, Instant)>),
    Suggest(CursorRequest, Instant),
    Read(CursorRequest),
}

/// A handle on the thread; dropping it ends the thread, after the request in hand.
pub struct Predictor {
    worker: Worker<Slot>,
}

impl Predictor {
    /// Starts the thread and has it load the active model. Answers come on `messages`.
    pub fn start(models: Box<dyn Models>, messages: Sender<Message>) -> Self {
        let mut thread = Thread {
            models,
            engine: Box::new(Silence),
            messages: messages.clone(),
            last: None,
            failures: 0,
            silent_in: None,
            marked: Vec::new(),
        };
        let failures = messages.clone();
        let work = move |job: &Job, _: &Wanted<Slot>| thread.carry_out(job);
        let fail = move |_: &Job, _: &Wanted<Slot>, cause: &str| {
            let _ = failures.send(failed(cause.to_owned()));
        };
        let worker = Worker::new("predictor", AtEnd::Join, work, fail);
        if let Err(cause) = worker.put(Job::Load(Load::Active)) {
            let _ = messages.send(failed(format!("no thread could be started: {cause}")));
        }
        Self { worker }
    }

    /// Asks for suggestions in place of any asked for before and not yet begun.
    pub fn ask(&self, request: CursorRequest) {
        self.put(Job::Suggest(request, Instant::now()));
    }

    /// Has the engine apply a change before the next request is begun.
    pub fn change(&self, change: SuggesterChange) {
        self.put(Job::SuggesterChange(change, None));
    }

    /// Asks for the hidden state in place of any asked for before and not yet begun.
    pub fn read(&self, request: CursorRequest) {
        self.put(Job::Read(request));
    }

    /// Asks for another model.
    pub fn load(&self, which: Load) {
        self.put(Job::Load(which));
    }

    fn put(&self, job: Job) {
        // Without a thread there are no suggestions, as has been reported.
        let _ = self.worker.put(job);
    }
}

/// What the thread works with.
struct Thread {
    models: Box<dyn Models>,
    engine: Box<dyn Suggest>,
    messages: Sender<Message>,
    /// The last request answered. A new model answers it again, so that its words show without a keystroke.
    last: Option<CursorRequest>,
    failures: u32,
    /// The document in which the engine failed again and again.
    silent_in: Option<DocumentId>,
    /// The kinds of the marks that are shown.
    marked: Vec<MarkKind>,
}

impl Thread {
    fn carry_out(&mut self, job: &Job) {
        match job {
            Job::Load(which) => self.load(which),
            Job::SuggesterChange(change, request) => {
                if let Some((request, asked)) = request {
                    self.suggest(request.clone(), *asked);
                }
                self.change(change);
            }
            Job::Suggest(request, asked) => self.suggest(request.clone(), *asked),
            Job::Read(request) => self.read(request),
        }
    }

    fn load(&mut self, which: &Load) {
        match caught(|| self.models.load(which)) {
            Ok(Ok(Loaded { name, versions, marks, mut engine })) => {
                let hand_over = caught(|| {
                    if let Some(handed) = self.engine.hand_over() {
                        engine.take_over(handed);
                    }
                });
                if let Err(cause) = hand_over {
                    self.tell(failed(cause));
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
            Err(cause) => self.tell(failed(cause)),
        }
    }

    /// Shows the marks of the model just loaded, and takes back those that no longer hold.
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

    fn change(&mut self, change: &SuggesterChange) {
        self.models.change(change);
        match caught(|| self.engine.change(change)) {
            Ok(Ok(())) => {}
            Ok(Err(said)) => self.tell(Message::ModelFailed(said)),
            Err(cause) => {
                self.tell(failed(cause));
                self.engine = Box::new(Silence);
            }
        }
    }

    fn suggest(&mut self, request: CursorRequest, asked: Instant) {
        // It may not fail on another text.
        if self.silent_in.is_some_and(|document| document != request.document.id) {
            self.last = Some(request);
            return self.load(&Load::Active);
        }
        match caught(|| self.answer(&request)) {
            Ok(suggestions) => {
                self.failures = 0;
                let latency_ms = asked.elapsed().as_secs_f64() * 1e3;
                let (revision, cursor) = (request.revision, request.cursor);
                self.tell(Message::Predicted { revision, cursor, suggestions, latency_ms });
                self.last = Some(request);
            }
            Err(cause) => self.give_up_on(cause, &request),
        }
    }

    fn answer(&mut self, request: &CursorRequest) -> Suggestions {
        self.engine.suggest(request)
    }

    fn read(&mut self, request: &CursorRequest) {
        match caught(|| self.engine.hidden(&request.text, request.cursor)) {
            Ok(values) => {
                let CursorRequest { revision, cursor, .. } = *request;
                self.tell(Message::HiddenStateRead { revision, cursor, values });
            }
            Err(cause) => self.give_up_on(cause, request),
        }
    }

    /// The engine panicked: another takes its place. The request is not repeated: the engine may fail on it again.
    fn give_up_on(&mut self, cause: String, request: &CursorRequest) {
        self.failures += 1;
        self.tell(failed(cause));
        self.last = None;
        let fresh = caught(|| self.models.load(&Load::Active).ok()).ok().flatten();
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

fn failed(cause: String) -> Message {
    Message::WorkerFailed { worker: ThreadKind::Predictor, cause }
}

#[cfg(test)]
mod tests;
