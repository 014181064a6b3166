use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::*;

/// Answers with the text before the cursor; waits for leave before each answer; panics at a `!`.
struct Echo {
    begun: Sender<()>,
    leave: Arc<Mutex<Receiver<()>>>,
}

impl Suggest for Echo {
    fn suggest(&mut self, request: &CursorRequest) -> Suggestions {
        let _ = self.begun.send(());
        let _ = self.leave.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let prefix = request.text.slice(..request.cursor).to_string();
        assert!(!prefix.ends_with('!'), "out of words");
        Suggestions { prefix, ..Suggestions::default() }
    }

    fn change(&mut self, _change: &SuggesterChange) -> Result<(), String> {
        Ok(())
    }

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
        Ok(Loaded { name, versions: Vec::new(), marks: Vec::new(), engine: Box::new(engine) })
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
        self.predictor.ask(CursorRequest {
            revision: Revision(revision),
            text,
            cursor,
            document: OpenDocument::default(),
        });
    }

    fn answer(&self) -> (u64, String) {
        match self.messages.recv().unwrap() {
            Message::Predicted { revision, suggestions, .. } => (revision.0, suggestions.prefix),
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
fn a_panic_is_reported_and_the_next_request_is_answered() {
    let bench = bench();
    for _ in 0..2 {
        bench.leave.send(()).unwrap();
    }
    bench.ask(1, "oh!");
    let cause = "out of words".to_owned();
    assert_eq!(bench.messages.recv(), Ok(Message::WorkerFailed { worker: ThreadKind::Predictor, cause }));
    bench.ask(2, "well");
    assert_eq!(bench.answer(), (2, "well".to_owned()));
}

#[test]
fn the_hidden_state_is_read_after_the_suggestions_and_only_on_request() {
    let bench = bench();
    let request = |text: &str| CursorRequest {
        revision: Revision(4),
        text: Rope::from_str(text),
        cursor: text.chars().count(),
        document: OpenDocument::default(),
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
    let read = Message::HiddenStateRead { revision: Revision(4), cursor: 3, values: vec![3.0; 3] };
    assert_eq!(bench.messages.recv(), Ok(read));
    bench.predictor.read(request("oh!"));
    let cause = "nothing to look at".to_owned();
    assert_eq!(bench.messages.recv(), Ok(Message::WorkerFailed { worker: ThreadKind::Predictor, cause }));
    bench.leave.send(()).unwrap();
    bench.ask(3, "well");
    assert_eq!(bench.answer(), (3, "well".to_owned()));
    assert!(bench.messages.try_recv().is_err());
}

#[test]
fn an_engine_that_keeps_failing_is_silent_in_that_text_and_reported() {
    let bench = bench();
    for revision in 0..u64::from(MAX_FAILURES) {
        bench.leave.send(()).unwrap();
        bench.ask(revision, "!");
        assert!(matches!(bench.messages.recv(), Ok(Message::WorkerFailed { .. })));
    }
    let Ok(Message::Marked(mark)) = bench.messages.recv() else { panic!("it is not said") };
    assert_eq!(mark.kind, MarkKind::Silent);
    bench.ask(9, "!");
    assert_eq!(bench.answer(), (9, String::new()));
    // Another text is tried.
    bench.leave.send(()).unwrap();
    let document = OpenDocument { id: DocumentId(1), ..OpenDocument::default() };
    bench.predictor.ask(CursorRequest {
        revision: Revision(10),
        text: Rope::from_str("well"),
        cursor: 4,
        document,
    });
    assert_eq!(bench.messages.recv(), Ok(Message::Unmarked(MarkKind::Silent)));
    assert!(matches!(bench.messages.recv(), Ok(Message::ModelLoaded { .. })));
    assert_eq!(bench.answer(), (10, "well".to_owned()));
}
