//! The thread that makes suggestions. The latest request wins: one that was not begun when the next came is dropped.
//! It also reads out the hidden state for who watches it, after the suggestions for the same place.
//!
//! Models are loaded here too, so neither the first frame nor a keystroke waits for one. A panic in the engine is
//! caught: the engine, whose state may be broken, is thrown away and made anew; if that keeps failing the thread
//! falls silent. Typing goes on in each case.

use std::any::Any;
use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use ropey::Rope;

use crate::app::Message;
use crate::app::message::ModelVersion;
use crate::suggest::Suggestions;

/// What answers requests for suggestions.
pub trait Suggest: Send {
    /// Suggestions for `text` with the cursor before its char `cursor`. `file` is the file being written, if it has a name.
    fn suggest(&mut self, text: &Rope, cursor: usize, file: Option<&Path>) -> Suggestions;

    /// Goes on as the writer wants it.
    fn change(&mut self, change: &Change);

    /// The model's hidden values before char `cursor` of `text`; none where there is no model to look into.
    fn hidden(&mut self, text: &Rope, cursor: usize) -> Vec<f32> {
        let _ = (text, cursor);
        Vec::new()
    }
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
    /// What of it could not be had, and what stands in: sentences with path, cause, remedy.
    pub warnings: Vec<String>,
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
    fn suggest(&mut self, _text: &Rope, _cursor: usize, _file: Option<&Path>) -> Suggestions {
        Suggestions::default()
    }

    fn change(&mut self, _change: &Change) {}
}

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Sent back with the answer.
    pub revision: u64,
    /// The text.
    pub text: Rope,
    /// Char index of the cursor.
    pub cursor: usize,
    /// The file being written: it tells whether what is typed is learned.
    pub file: Option<PathBuf>,
}

/// Panics in a row after which the engine is not made anew any more.
const MAX_FAILURES: u32 = 3;

#[derive(Default)]
struct Slot {
    request: Option<(Request, Instant)>,
    /// In the order they came; none is dropped.
    changes: VecDeque<Change>,
    reading: Option<Request>,
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

    /// The next thing to do; a model comes before suggestions, and they before a look inside. `None` when closing.
    fn take(&self) -> Option<Job> {
        let mut slot = self.slot();
        loop {
            if slot.closing {
                return None;
            }
            if let Some(which) = slot.load.take() {
                return Some(Job::Load(which));
            }
            if let Some(change) = slot.changes.pop_front() {
                return Some(Job::Change(change));
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
    Change(Change),
    Suggest(Request, Instant),
    Read(Request),
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
        };
        let worker = std::thread::spawn(move || worker.run());
        Self { mailbox, worker: Some(worker) }
    }

    /// Asks for suggestions in place of any asked for before and not yet begun.
    pub fn ask(&self, request: Request) {
        self.mailbox.put(|slot| slot.request = Some((request, Instant::now())));
    }

    /// Has the engine go on otherwise, before the next request is begun.
    pub fn change(&self, change: Change) {
        self.mailbox.put(|slot| slot.changes.push_back(change));
    }

    /// Asks for the hidden state in place of any asked for before and not yet begun.
    pub fn read(&self, request: Request) {
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
    last: Option<Request>,
    failures: u32,
}

impl Worker {
    fn run(mut self) {
        while let Some(job) = self.mailbox.take() {
            match job {
                Job::Load(which) => self.load(&which),
                Job::Change(change) => self.change(&change),
                Job::Suggest(request, asked) => self.suggest(request, asked),
                Job::Read(request) => self.read(&request),
            }
        }
    }

    fn load(&mut self, which: &Load) {
        match catch_unwind(AssertUnwindSafe(|| self.models.load(which))) {
            Ok(Ok(Loaded { name, versions, warnings, engine })) => {
                self.engine = engine;
                self.failures = 0;
                self.tell(Message::ModelLoaded { name, versions });
                for warning in warnings {
                    self.tell(Message::ModelFailed(warning));
                }
                if let Some(request) = self.last.take() {
                    self.suggest(request, Instant::now());
                }
            }
            Ok(Err(said)) => self.tell(Message::ModelFailed(said)),
            Err(panic) => self.tell(failed(&*panic)),
        }
    }

    fn change(&mut self, change: &Change) {
        self.models.change(change);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.engine.change(change))) {
            self.tell(failed(&*panic));
            self.engine = Box::new(Silence);
        }
    }

    fn suggest(&mut self, request: Request, asked: Instant) {
        match catch_unwind(AssertUnwindSafe(|| self.answer(&request))) {
            Ok(suggestions) => {
                self.failures = 0;
                let latency_ms = asked.elapsed().as_secs_f64() * 1e3;
                self.tell(Message::Predicted { revision: request.revision, suggestions, latency_ms });
                self.last = Some(request);
            }
            Err(panic) => self.give_up_on(&*panic),
        }
    }

    fn answer(&mut self, request: &Request) -> Suggestions {
        self.engine.suggest(&request.text, request.cursor, request.file.as_deref())
    }

    fn read(&mut self, request: &Request) {
        match catch_unwind(AssertUnwindSafe(|| self.engine.hidden(&request.text, request.cursor))) {
            Ok(values) => {
                let Request { revision, cursor, .. } = *request;
                self.tell(Message::HiddenStateRead { revision, cursor, values });
            }
            Err(panic) => self.give_up_on(&*panic),
        }
    }

    /// The engine panicked: another takes its place. What it was asked is not asked again: it may be what it fails on.
    fn give_up_on(&mut self, panic: &(dyn Any + Send)) {
        self.failures += 1;
        self.tell(failed(panic));
        self.last = None;
        let fresh = catch_unwind(AssertUnwindSafe(|| self.models.load(&Load::Active).ok())).ok().flatten();
        self.engine = match fresh {
            Some(loaded) if self.failures < MAX_FAILURES => loaded.engine,
            _ => Box::new(Silence),
        };
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
    Message::WorkerFailed { worker: "predictor", cause }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// Answers with the text before the cursor; waits for leave before each answer; panics at a `!`.
    struct Echo {
        begun: Sender<()>,
        leave: Arc<Mutex<Receiver<()>>>,
    }

    impl Suggest for Echo {
        fn suggest(&mut self, text: &Rope, cursor: usize, _file: Option<&Path>) -> Suggestions {
            let _ = self.begun.send(());
            let _ = self.leave.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let prefix = text.slice(..cursor).to_string();
            assert!(!prefix.ends_with('!'), "out of words");
            Suggestions { prefix, ..Suggestions::default() }
        }

        fn change(&mut self, _change: &Change) {}

        fn hidden(&mut self, text: &Rope, cursor: usize) -> Vec<f32> {
            assert!(!text.slice(..cursor).to_string().ends_with('!'), "nothing to look at");
            vec![cursor as f32; 3]
        }
    }

    struct Echoes {
        begun: Sender<()>,
        leave: Arc<Mutex<Receiver<()>>>,
    }

    impl Models for Echoes {
        fn load(&mut self, which: &Load) -> Result<Loaded, String> {
            let name = match which {
                Load::Named(name) if name == "broken" => return Err("broken is broken".to_owned()),
                Load::Named(name) => name.clone(),
                Load::Active => "base".to_owned(),
                Load::Previous => "older".to_owned(),
            };
            let engine = Echo { begun: self.begun.clone(), leave: Arc::clone(&self.leave) };
            Ok(Loaded { name, versions: Vec::new(), warnings: Vec::new(), engine: Box::new(engine) })
        }
    }

    struct Bench {
        predictor: Predictor,
        messages: Receiver<Message>,
        begun: Receiver<()>,
        leave: Sender<()>,
    }

    fn bench() -> Bench {
        let (sender, messages) = channel();
        let (begun_sender, begun) = channel();
        let (leave, leave_receiver) = channel();
        let echoes = Echoes { begun: begun_sender, leave: Arc::new(Mutex::new(leave_receiver)) };
        let predictor = Predictor::start(Box::new(echoes), sender);
        let bench = Bench { predictor, messages, begun, leave };
        assert!(matches!(bench.messages.recv(), Ok(Message::ModelLoaded { name, .. }) if name == "base"));
        bench
    }

    impl Bench {
        fn ask(&self, revision: u64, text: &str) {
            let text = Rope::from_str(text);
            let cursor = text.len_chars();
            self.predictor.ask(Request { revision, text, cursor, file: None });
        }

        fn answer(&self) -> (u64, String) {
            match self.messages.recv().unwrap() {
                Message::Predicted { revision, suggestions, .. } => (revision, suggestions.prefix),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_latest_request_wins() {
        let bench = bench();
        bench.ask(1, "a");
        bench.begun.recv().unwrap();
        bench.ask(2, "ab");
        bench.ask(3, "abc");
        bench.leave.send(()).unwrap();
        bench.leave.send(()).unwrap();
        assert_eq!(bench.answer(), (1, "a".to_owned()));
        assert_eq!(bench.answer(), (3, "abc".to_owned()));
    }

    #[test]
    fn a_new_model_answers_the_last_request_again_and_a_broken_one_changes_nothing() {
        let bench = bench();
        bench.leave.send(()).unwrap();
        bench.leave.send(()).unwrap();
        bench.ask(7, "x");
        bench.answer();
        bench.predictor.load(Load::Previous);
        assert!(matches!(bench.messages.recv(), Ok(Message::ModelLoaded { name, .. }) if name == "older"));
        assert_eq!(bench.answer(), (7, "x".to_owned()));
        bench.predictor.load(Load::Named("broken".to_owned()));
        assert_eq!(bench.messages.recv(), Ok(Message::ModelFailed("broken is broken".to_owned())));
    }

    #[test]
    fn a_panic_is_told_and_the_next_request_is_answered() {
        let bench = bench();
        for _ in 0..2 {
            bench.leave.send(()).unwrap();
        }
        bench.ask(1, "oh!");
        let cause = "out of words".to_owned();
        assert_eq!(bench.messages.recv(), Ok(Message::WorkerFailed { worker: "predictor", cause }));
        bench.ask(2, "well");
        assert_eq!(bench.answer(), (2, "well".to_owned()));
    }

    #[test]
    fn the_hidden_state_is_read_after_the_suggestions_and_only_when_asked_for() {
        let bench = bench();
        let request = |text: &str| Request {
            revision: 4,
            text: Rope::from_str(text),
            cursor: text.chars().count(),
            file: None,
        };
        bench.ask(1, "a");
        bench.begun.recv().unwrap();
        bench.predictor.read(request("ab"));
        bench.predictor.read(request("abc"));
        bench.ask(2, "abc");
        for _ in 0..2 {
            bench.leave.send(()).unwrap();
        }
        assert_eq!((bench.answer().0, bench.answer().0), (1, 2));
        let read = Message::HiddenStateRead { revision: 4, cursor: 3, values: vec![3.0; 3] };
        assert_eq!(bench.messages.recv(), Ok(read));
        bench.predictor.read(request("oh!"));
        let cause = "nothing to look at".to_owned();
        assert_eq!(bench.messages.recv(), Ok(Message::WorkerFailed { worker: "predictor", cause }));
        bench.leave.send(()).unwrap();
        bench.ask(3, "well");
        assert_eq!(bench.answer(), (3, "well".to_owned()));
        assert!(bench.messages.try_recv().is_err());
    }

    #[test]
    fn an_engine_that_fails_again_and_again_is_silenced() {
        let bench = bench();
        for revision in 0..u64::from(MAX_FAILURES) {
            bench.leave.send(()).unwrap();
            bench.ask(revision, "!");
            assert!(matches!(bench.messages.recv(), Ok(Message::WorkerFailed { .. })));
        }
        bench.ask(9, "!");
        assert_eq!(bench.answer(), (9, String::new()));
    }
}
