//! The loop: messages in, [`update`], a frame, effects out.
//!
//! One turn takes a message and all that have queued up behind it (pasted or fast typing makes one frame, not many),
//! draws, and only then hands the request for suggestions to the predictor: the frame with the typed character is on
//! its way before any model is asked about it. The text goes to the journal before either.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::config::{Config, cores};
use crate::runtime::clipboard::Clipboard;
use crate::runtime::documents::{Interrupted, SaveQueue};
use crate::runtime::ending::{Ended, Ending, keep_text_on_panic};
use crate::runtime::input;
use crate::runtime::journal::{Journal, Kept, Orphans};
use crate::runtime::screen::Screen;
use crate::runtime::signals;
use crate::runtime::terminal::{self, Terminal};
use crate::runtime::visible;
use crate::runtime::workers::predictor::{Models, Predictor, SavedText};
use crate::runtime::workers::searcher::Searcher;
use crate::store::blocked_words::NeverList;
use crate::store::remembered::Memory;
use anyhow::Context;
use editor::effect::CursorRequest;
use editor::mark::{Mark, MarkKind};
use editor::message::Timer;
use editor::text::ContentRevision;
use editor::{Message, Settings, State, update};
use jiff::tz::TimeZone;

mod carry_out;
mod given;

pub use given::{EditorOptions, Inspect, Training};

use carry_out::{open_file, with_whole_name};

/// How long a question that comes unasked is on the screen before it takes an answer.
const ARMING: Duration = Duration::from_secs(1);

/// From one frame to the next at most this long is spent on messages that keep coming.
const MAX_TURN: Duration = Duration::from_millis(8);

/// Runs the editor until the writer quits, or it is asked to end: then the text is in the journal.
///
/// # Errors
/// When there is no terminal to run in.
pub fn run(options: EditorOptions) -> anyhow::Result<Ended> {
    let (sender, messages) = channel();
    let EditorOptions {
        files,
        paths,
        mut config,
        zone,
        incognito,
        models,
        training,
        inspector,
        never,
        memory,
        mut marks,
    } = options;
    // Nothing private is kept or read where others may write.
    let has_folders = paths.create().map_err(|error| marks.push(unprotected(&error))).is_ok();
    let (mut interrupted, mut recoveries, mut orphans) = Default::default();
    if has_folders {
        crate::store::draft::clear_own_folders(&paths);
        // Before anything looks at the files themselves.
        (interrupted, recoveries) = Interrupted::complete(&paths.saving);
        let found = Orphans::find(&paths.journal, &paths.kept);
        recoveries.extend(found.recoveries);
        orphans = found.orphans;
        if !found.problems.is_empty() {
            marks.push(Mark::new(MarkKind::Damaged, found.problems.join(" ")));
        }
    }
    let journal = has_folders.then(|| Journal::start(&paths.journal, sender.clone())).and_then(|started| {
        let place = paths.journal.display();
        started.map_err(|error| marks.push(unprotected(&format_args!("{place}: {error}")))).ok()
    });
    let ending = Ending::new(sender.clone(), journal.as_ref().map(Journal::flusher));
    let set_eagerness = config.suggestions.eagerness;
    config.suggestions.eagerness = memory.eagerness(set_eagerness);
    let folder =
        memory.training_folder.as_deref().map(Path::to_string_lossy).unwrap_or_default().into_owned();

    // Before the terminal is taken, so that no signal leaves it as it then is.
    signals::start(ending.clone())?;
    let terminal = Terminal::start()
        .context("Foreword needs a terminal to run in: standard input and output must not be redirected")?;
    keep_text_on_panic(ending.clone());
    let (width, height) = terminal::size();
    // The file is opened before anything can be typed, so that no key goes to a text about to be replaced.
    let mut first: VecDeque<_> = files.first().map(|path| open_file(path)).into_iter().collect();
    if files.len() > 1 {
        first.push_back(Message::FileFailed(
            "One file is edited at a time: the first is open. Open the others with Ctrl-O.".to_owned(),
        ));
    }
    // Behind "Opened …", which would take their place.
    first.extend(marks.into_iter().map(Message::Marked));
    first.extend(recoveries.into_iter().map(Message::RecoveryFound));

    let mut runtime = Runtime {
        state: State::new(settings(&config, zone, incognito), width, height, &folder),
        screen: terminal,
        journal,
        orphans,
        interrupted,
        kept: Kept::start(&paths.kept, sender.clone()),
        saves: SaveQueue::start(&paths, sender.clone()),
        open: None,
        clipboard: Clipboard::start(sender.clone()),
        searcher: Searcher::start(sender.clone()),
        predictor: None,
        training,
        inspector,
        memory,
        memory_file: paths.memory,
        set_eagerness,
        // The drawing thread waits for nobody.
        never: never.with_patience(Duration::from_millis(200)),
        sender: sender.clone(),
        waiting: first,
        saving: Vec::new(),
        request: None,
        reading: None,
        arming: None,
        timers: Vec::new(),
        ending: ending.clone(),
    };
    let ended = runtime.turn(&messages).and_then(|turn| {
        if turn.is_break() {
            return Ok(());
        }
        input::start(sender, ending.clone());
        runtime.start_predictor(models);
        runtime.run(&messages)
    });
    if ended.is_err() {
        // What is drawn on is gone, and the keys with it.
        ending.hang_up();
    }
    // Journal first, terminal second, all else after that; and none of it without an end.
    ending.closing();
    let kept = if ending.ended() == Ended::Left { None } else { ending.keep_text() };
    drop(runtime);
    if kept.is_some() {
        // Nobody may be there to read it.
        let _ = writeln!(
            visible::stderr(),
            "foreword was asked to end; the text is kept, and offered at the next start"
        );
    }
    Ok(ending.ended())
}

/// That there is no recovery file, and why.
fn unprotected(cause: &dyn std::fmt::Display) -> Mark {
    let cause = cause.to_string();
    let cause = cause.trim_end_matches('.');
    let said = format!(
        "A crash would lose what is not saved: no recovery file can be kept. {cause}. Save often until then."
    );
    Mark::new(MarkKind::Unprotected, said)
}

/// The settings as the editor's state has them.
fn settings(config: &Config, zone: TimeZone, incognito: bool) -> Settings {
    let Config { editor, suggestions, training } = config;
    Settings {
        tab_width: editor.tab_width,
        insert_spaces: editor.indent_with_spaces,
        suggestions: if suggestions.enabled && suggestions.strip { 5 } else { 0 },
        ghost: suggestions.enabled && suggestions.ghost,
        eagerness: suggestions.eagerness,
        training_minutes: training.minutes,
        training_threads: training.threads.map_or_else(cores, std::num::NonZero::get),
        incognito,
        zone,
    }
}

/// The loop's own things. The fields are dropped in order: the terminal is given back first, then what is still to be
/// written is written.
struct Runtime<S: Screen> {
    state: State,
    screen: S,
    saves: SaveQueue,
    journal: Option<Journal>,
    orphans: Orphans,
    interrupted: Interrupted,
    /// The file that the save queue knows to be open.
    open: Option<PathBuf>,
    kept: Kept,
    clipboard: Clipboard,
    searcher: Searcher,
    /// `None` until the first frame is drawn.
    predictor: Option<Predictor>,
    training: Box<dyn Training>,
    inspector: Box<dyn Inspect>,
    memory: Memory,
    memory_file: PathBuf,
    /// The eagerness that the settings say.
    set_eagerness: f32,
    never: NeverList,
    sender: Sender<Message>,
    /// Messages that come before those in the channel.
    waiting: VecDeque<Message>,
    /// Texts that are being written, each with its content revision.
    saving: Vec<(ContentRevision, SavedText)>,
    /// Held back until the frame is drawn.
    request: Option<CursorRequest>,
    /// Held back likewise.
    reading: Option<CursorRequest>,
    /// The question to be armed, and when, once it is on the screen.
    arming: Option<(u64, Option<Instant>)>,
    /// The timers of the editor, at most one of a kind: its number, and when it ends.
    timers: Vec<(Timer, u64, Instant)>,
    ending: Ending,
}

impl<S: Screen> Runtime<S> {
    fn start_predictor(&mut self, models: Box<dyn Models>) {
        let predictor = Predictor::start(models, self.sender.clone());
        if let Some(request) = self.request.take() {
            predictor.ask(request);
        }
        self.predictor = Some(predictor);
    }

    fn run(&mut self, messages: &Receiver<Message>) -> io::Result<()> {
        loop {
            // This struct holds a sender itself, so the channel stays open.
            let Ok(message) = self.next(messages) else { return Ok(()) };
            self.waiting.extend(message);
            self.end_times(messages);
            if self.turn(messages)?.is_break() {
                return Ok(());
            }
        }
    }

    /// The next message; nothing when a time is over before one comes.
    fn next(&self, messages: &Receiver<Message>) -> Result<Option<Message>, RecvTimeoutError> {
        let armed = self.arming.and_then(|(_, due)| due);
        let due = self.timers.iter().map(|&(_, _, due)| due).chain(armed).min();
        let Some(due) = due else {
            return messages.recv().map(Some).map_err(|_| RecvTimeoutError::Disconnected);
        };
        match messages.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Tells of the times that are over. What came before comes before.
    fn end_times(&mut self, messages: &Receiver<Message>) {
        let now = Instant::now();
        let mut over = Vec::new();
        if let Some((number, Some(due))) = self.arming
            && due <= now
        {
            self.arming = None;
            over.push(Message::QuestionArmed(number));
        }
        for (timer, number, _) in self.timers.extract_if(.., |&mut (_, _, due)| due <= now) {
            over.push(Message::TimerEnded(timer, number));
        }
        if !over.is_empty() {
            self.waiting.extend(messages.try_iter());
            self.waiting.extend(over);
        }
    }

    /// Takes what is waiting and what has queued up, then draws, then asks for suggestions.
    fn turn(&mut self, messages: &Receiver<Message>) -> io::Result<ControlFlow<()>> {
        let begun = Instant::now();
        while let Some(message) = self.waiting.pop_front().or_else(|| {
            let more = begun.elapsed() < MAX_TURN;
            if more { messages.try_recv().ok() } else { None }
        }) {
            let is_read = matches!(&message, Message::FileOpened(_));
            let saved = match &message {
                Message::FileSaved { revision, .. } => Some(*revision),
                _ => None,
            };
            if let Message::FileSaved { path, revision, .. } = &message {
                self.settle(path, *revision);
            }
            let effects = update(&mut self.state, message);
            for effect in effects {
                if self.carry_out(effect)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            let document = &self.state.document;
            if is_read || document.path != self.open {
                self.open.clone_from(&document.path);
                self.saves.opened(document.path.clone(), document.stamp);
            }
            if let (Some(revision), Some(journal)) = (saved, &self.journal) {
                let document = &self.state.document;
                journal.saved(document.id, revision, with_whole_name(document.text_file()));
            }
        }
        self.screen.draw(&self.state)?;
        if let Some((_, due @ None)) = &mut self.arming {
            *due = Some(Instant::now() + ARMING);
        }
        if let Some(predictor) = &self.predictor {
            if let Some(request) = self.request.take() {
                predictor.ask(request);
            }
            if let Some(request) = self.reading.take() {
                predictor.read(request);
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

#[cfg(test)]
mod tests;
