use std::sync::{Arc, Mutex};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::runtime::workers::predictor::{Load, Loaded, Suggest, SuggesterChange};
use crate::store::paths::Paths;
use editor::Effect;
use editor::effect::InspectionRequest;
use learn::train::TrainingPlan;
use suggest::Suggestions;

#[derive(Debug, Clone, PartialEq)]
enum Event {
    Drawn(String),
    Asked(String),
}

type Log = Arc<Mutex<Vec<Event>>>;

struct Record(Log);

impl Screen for Record {
    fn draw(&mut self, state: &State) -> io::Result<()> {
        self.0.lock().unwrap().push(Event::Drawn(state.document.buffer.rope().to_string()));
        Ok(())
    }
    fn copy(&mut self, _text: &str) -> io::Result<()> {
        Ok(())
    }
}

/// An engine that writes down what it is asked, and then waits for as long as its test holds the other end.
struct Slow {
    log: Log,
    leave: Arc<Mutex<Receiver<()>>>,
}

impl Suggest for Slow {
    fn suggest(&mut self, request: &CursorRequest) -> Suggestions {
        self.log.lock().unwrap().push(Event::Asked(request.text.to_string()));
        let _ = self.leave.lock().unwrap().recv();
        Suggestions::default()
    }

    fn change(&mut self, _change: &SuggesterChange) -> Result<(), String> {
        Ok(())
    }
}

impl Models for Slow {
    fn load(&mut self, _which: &Load) -> Result<Loaded, String> {
        let engine = Slow { log: Arc::clone(&self.log), leave: Arc::clone(&self.leave) };
        Ok(Loaded {
            name: "slow".to_owned(),
            versions: Vec::new(),
            marks: Vec::new(),
            engine: Box::new(engine),
        })
    }
}

struct NoTraining;

impl Training for NoTraining {
    fn preview(&mut self, _folders: Vec<PathBuf>, _messages: &Sender<Message>) {}
    fn start(&mut self, _plan: TrainingPlan, _messages: &Sender<Message>) {}
    fn pause(&mut self) {}
    fn resume(&mut self) {}
    fn cancel(&mut self) {}
    fn finish(&mut self) {}
}

struct NoInspector;

impl Inspect for NoInspector {
    fn inspect(&mut self, _request: InspectionRequest, _messages: &Sender<Message>) {}
}

struct Bench {
    /// Dropped first: the engine stops waiting before its thread is joined.
    leave: Option<Sender<()>>,
    runtime: Runtime<Record>,
    messages: Receiver<Message>,
    log: Log,
    root: tempfile::TempDir,
}

fn bench() -> Bench {
    let root = tempfile::tempdir().unwrap();
    let paths = Paths::under(root.path());
    paths.create().unwrap();
    let (sender, messages) = channel();
    let (leave, leave_receiver) = channel();
    let log = Log::default();
    let models = Slow { log: Arc::clone(&log), leave: Arc::new(Mutex::new(leave_receiver)) };
    let mut runtime = Runtime {
        state: State::new(Settings::default(), 80, 24, ""),
        screen: Record(Arc::clone(&log)),
        saves: SaveQueue::start(&paths, sender.clone()),
        open: None,
        interrupted: Interrupted::default(),
        journal: Some(Journal::start(&paths.journal, sender.clone()).unwrap()),
        orphans: Orphans::default(),
        kept: Kept::start(&paths.kept, sender.clone()),
        clipboard: Clipboard::start(sender.clone()),
        searcher: Searcher::start(sender.clone()),
        predictor: None,
        training: Box::new(NoTraining),
        inspector: Box::new(NoInspector),
        memory: Memory::default(),
        memory_file: paths.memory,
        set_eagerness: 0.5,
        never: NeverList::load(&paths.never).unwrap(),
        ending: Ending::new(sender.clone(), None),
        sender,
        waiting: VecDeque::new(),
        saving: Vec::new(),
        request: None,
        reading: None,
        arming: None,
        timers: Vec::new(),
    };
    runtime.start_predictor(Box::new(models));
    Bench { leave: Some(leave), runtime, messages, log, root }
}

impl Bench {
    fn press(&self, c: char) {
        let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        self.runtime.sender.send(Message::KeyPressed(key)).unwrap();
    }

    fn turn(&mut self) -> ControlFlow<()> {
        let first = self.messages.recv().unwrap();
        self.runtime.waiting.push_back(first);
        self.runtime.turn(&self.messages).unwrap()
    }

    fn log(&self) -> Vec<Event> {
        self.log.lock().unwrap().clone()
    }
}

#[test]
fn the_typed_character_is_drawn_before_the_model_starts_and_while_it_computes() {
    let mut bench = bench();
    let mut typed = String::new();
    for c in "hello".chars() {
        bench.press(c);
        typed.push(c);
        while !bench.log().contains(&Event::Drawn(typed.clone())) {
            assert!(bench.turn().is_continue());
        }
    }
    // The engine is still busy with the first request it took; now it may answer all.
    bench.leave = None;
    while !bench.log().contains(&Event::Asked(typed.clone())) {
        assert!(bench.turn().is_continue());
    }
    let log = bench.log();
    for (index, event) in log.iter().enumerate() {
        if let Event::Asked(text) = event {
            assert!(
                log[..index].contains(&Event::Drawn(text.clone())),
                "{text:?} was asked about unseen: {log:?}"
            );
        }
    }
}

#[test]
fn what_has_queued_up_makes_one_frame() {
    let mut bench = bench();
    assert!(bench.turn().is_continue());
    let before = bench.log().iter().filter(|event| matches!(event, Event::Drawn(_))).count();
    for _ in 0..50 {
        bench.press('x');
    }
    let mut turns = 0;
    while !bench.log().contains(&Event::Drawn("x".repeat(50))) {
        assert!(bench.turn().is_continue());
        turns += 1;
    }
    let frames = bench.log().iter().filter(|event| matches!(event, Event::Drawn(_))).count() - before;
    assert_eq!(frames, turns);
    assert!(frames < 50, "a frame for each key");
}

#[test]
fn a_signal_ends_the_loop_and_leaves_the_text_in_the_journal() {
    let mut bench = bench();
    bench.press('a');
    bench.press('b');
    bench.runtime.sender.send(Message::Terminated).unwrap();
    while bench.turn().is_continue() {}
    let Bench { runtime, leave, root, .. } = bench;
    drop(leave);
    drop(runtime);
    let found = Orphans::find(&root.path().join("journal"), &root.path().join("kept"));
    assert_eq!(found.recoveries.iter().map(|recovery| recovery.text.as_str()).collect::<Vec<_>>(), ["ab"]);
}

#[test]
fn a_file_asked_for_is_opened_by_its_whole_name() {
    let mut bench = bench();
    let file = bench.root.path().join("note.md");
    std::fs::write(&file, "text").unwrap();
    assert!(bench.runtime.carry_out(Effect::OpenFile(file.clone())).unwrap().is_continue());
    let opened = bench.runtime.waiting.pop_front();
    assert!(
        matches!(opened, Some(Message::FileOpened(content)) if content.path == file && content.text == "text")
    );
    let remembered = bench.runtime.carry_out(Effect::RememberFolder(PathBuf::from("~/letters"))).unwrap();
    assert!(remembered.is_continue());
    let memory = Memory::load(&bench.root.path().join("memory.json"));
    assert_eq!(memory.training_folder, Some(PathBuf::from("~/letters")));
}

#[test]
fn a_tab_that_no_answer_comes_for_is_over_in_time_and_the_keys_behind_it_follow() {
    let mut bench = bench();
    bench.press('x');
    let tab = KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE);
    bench.runtime.sender.send(Message::KeyPressed(tab)).unwrap();
    bench.press('y');
    // The engine never answers.
    while !bench.log().contains(&Event::Drawn("xy".to_owned())) {
        let message = bench.runtime.next(&bench.messages).unwrap();
        bench.runtime.waiting.extend(message);
        bench.runtime.end_times(&bench.messages);
        assert!(bench.runtime.turn(&bench.messages).unwrap().is_continue());
    }
    assert!(bench.log().contains(&Event::Drawn("x".to_owned())), "drawn while the Tab waits");
    assert_eq!(bench.runtime.timers, []);
}
