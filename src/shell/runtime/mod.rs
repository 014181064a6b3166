//! The loop: messages in, [`update`], a frame, effects out.
//!
//! One turn takes a message and all that have queued up behind it (pasted or fast typing makes one frame, not many),
//! draws, and only then hands the request for suggestions to the predictor: the frame with the typed character is on
//! its way before any model is asked about it. The text goes to the journal before either.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::Context;
use ropey::Rope;

use super::clipboard::Clipboard;
use super::files::{self, SaveQueue, SaveRequest};
use super::input;
use super::journal::{Journal, Orphans};
use super::memory::{Eagerness, Memory};
use super::never::NeverList;
use super::paths::{Paths, absolute};
use super::predictor::{Change, Load, Models, Predictor, Request};
use super::searcher::{CountRequest, Searcher};
use super::terminal::{Terminal, keep_text_on_panic};
use crate::app::{Effect, Message, Settings, State, update};
use crate::config::Config;
use crate::train::TrainingPlan;

/// What is drawn on: the terminal, or a test's record.
pub trait Screen {
    /// Draws a frame.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn draw(&mut self, state: &State) -> io::Result<()>;

    /// Has the terminal copy a text to its own clipboard, if it can.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn copy(&mut self, text: &str) -> io::Result<()>;
}

/// The training thread, as the loop sees it. Every call returns at once; answers come as messages.
pub trait Training: Send {
    /// Walks folders; answered by [`Message::DatasetPreviewed`].
    fn preview(&mut self, folders: Vec<PathBuf>, messages: &Sender<Message>);
    /// Starts a retraining; answered by [`Message::TrainingStepped`] and at last one of the other `Training…` messages.
    fn start(&mut self, plan: TrainingPlan, messages: &Sender<Message>);
    /// Holds it between two steps.
    fn pause(&mut self);
    /// Goes on.
    fn resume(&mut self);
    /// Stops and keeps nothing.
    fn cancel(&mut self);
    /// Stops taking steps and judges what there is.
    fn finish(&mut self);
}

/// What looks into models, as the loop sees it.
pub trait Inspect: Send {
    /// Looks into version `request.model`; returns at once, answered by [`Message::ModelInspected`].
    fn inspect(&mut self, request: InspectionRequest, messages: &Sender<Message>);
}

/// What is to be looked into.
#[derive(Debug, Clone)]
pub struct InspectionRequest {
    /// Sent back with the answer.
    pub inspection: u64,
    /// The version.
    pub model: String,
    /// Another version to compare it with.
    pub before: Option<String>,
    /// The text to measure on, if it is long enough.
    pub text: Rope,
}

/// What the editor starts with.
pub struct EditorOptions {
    /// Files to open.
    pub files: Vec<PathBuf>,
    /// Where things are kept.
    pub paths: Paths,
    /// The settings.
    pub config: Config,
    /// Where models come from.
    pub models: Box<dyn Models>,
    /// What retrains them.
    pub training: Box<dyn Training>,
    /// What looks into them.
    pub inspector: Box<dyn Inspect>,
    /// The words that are never offered.
    pub never: NeverList,
    /// What is remembered of the starts before.
    pub memory: Memory,
}

/// From one frame to the next at most this long is spent on messages that keep coming.
const MAX_TURN: Duration = Duration::from_millis(8);

/// Runs the editor until the writer quits.
///
/// # Errors
/// When there is no terminal to run in, or it goes away. The text is then in the journal.
pub fn run(options: EditorOptions) -> anyhow::Result<()> {
    let (sender, messages) = channel();
    let EditorOptions { files, paths, mut config, models, training, inspector, never, memory } = options;
    let mut first = VecDeque::new();
    if let Err(error) = paths.create() {
        first.push_back(Message::FileFailed(error.to_string()));
    }
    let (orphans, recoveries) = Orphans::find(&paths.journal);
    let journal = Journal::start(&paths.journal, sender.clone())
        .map_err(|error| {
            first.push_back(Message::FileFailed(format!(
                "No recovery file can be kept in {}: {error}. Save often, or choose another place with --data-dir.",
                paths.journal.display()
            )));
        })
        .ok();
    let flusher = journal.as_ref().map(Journal::flusher);
    let set_eagerness = config.suggestions.eagerness;
    config.suggestions.eagerness = memory.eagerness(set_eagerness);
    let folder =
        memory.training_folder.as_deref().map(Path::to_string_lossy).unwrap_or_default().into_owned();

    let terminal = Terminal::start()
        .context("Foreword needs a terminal to run in: standard input and output must not be redirected")?;
    keep_text_on_panic(flusher.clone());
    input::start_signals(sender.clone(), flusher)?;
    let (width, height) = crossterm::terminal::size()?;
    // The file is opened before anything can be typed, so that no key goes to a text about to be replaced.
    first.extend(files.first().map(|path| open_file(path)));
    if files.len() > 1 {
        first.push_back(Message::FileFailed(
            "One file is edited at a time: the first is open. Open the others with Ctrl-O.".to_owned(),
        ));
    }
    first.extend(recoveries.into_iter().map(Message::RecoveryFound));

    let mut runtime = Runtime {
        state: State::new(settings(&config), width, height, &folder),
        screen: terminal,
        journal,
        orphans,
        saves: SaveQueue::start(sender.clone()),
        clipboard: Clipboard::start(sender.clone()),
        searcher: Searcher::start(sender.clone()),
        predictor: None,
        training,
        inspector,
        memory,
        memory_file: paths.memory,
        set_eagerness,
        never,
        sender: sender.clone(),
        waiting: first,
        request: None,
        reading: None,
    };
    if runtime.turn(&messages)?.is_break() {
        return Ok(());
    }
    input::start(sender.clone());
    runtime.start_predictor(models);
    runtime.run(&messages)?;
    Ok(())
}

/// The settings as the editor's state has them.
fn settings(config: &Config) -> Settings {
    let Config { editor, suggestions, training } = config;
    let threads = training.threads.or_else(|| std::thread::available_parallelism().ok());
    Settings {
        tab_width: editor.tab_width,
        insert_spaces: editor.indent_with_spaces,
        suggestions: if suggestions.enabled && suggestions.strip { 5 } else { 0 },
        ghost: suggestions.enabled && suggestions.ghost,
        eagerness: suggestions.eagerness,
        training_minutes: training.minutes,
        training_threads: threads.map_or(1, std::num::NonZero::get),
    }
}

fn open_file(path: &Path) -> Message {
    files::open(&absolute(path))
        .map_or_else(|error| Message::FileFailed(error.to_string()), Message::FileOpened)
}

fn all_absolute(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().map(|path| absolute(path)).collect()
}

/// The loop's own things. The fields are dropped in order: the terminal is given back first, then what is still to be
/// written is written.
struct Runtime<S: Screen> {
    state: State,
    screen: S,
    saves: SaveQueue,
    journal: Option<Journal>,
    orphans: Orphans,
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
    /// Held back until the frame is drawn.
    request: Option<Request>,
    /// Held back likewise.
    reading: Option<Request>,
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
            let Ok(message) = messages.recv() else { return Ok(()) };
            self.waiting.push_back(message);
            if self.turn(messages)?.is_break() {
                return Ok(());
            }
        }
    }

    /// Takes what is waiting and what has queued up, then draws, then asks for suggestions.
    fn turn(&mut self, messages: &Receiver<Message>) -> io::Result<ControlFlow<()>> {
        let begun = Instant::now();
        while let Some(message) = self.waiting.pop_front().or_else(|| {
            let more = begun.elapsed() < MAX_TURN;
            if more { messages.try_recv().ok() } else { None }
        }) {
            let adopted = matches!(&message, Message::TrainingFinished(summary) if summary.promoted);
            if adopted {
                self.load(Load::Active);
            }
            for effect in update(&mut self.state, message) {
                if self.carry_out(effect)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        self.screen.draw(&self.state)?;
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

    fn carry_out(&mut self, effect: Effect) -> io::Result<ControlFlow<()>> {
        match effect {
            Effect::Predict { revision, text, cursor } => {
                let file = self.state.document.path.clone();
                self.request = Some(Request { revision, text, cursor, file });
            }
            Effect::SetEagerness(eagerness) => {
                self.change(Change::Eagerness(eagerness));
                self.memory.eagerness = Some(Eagerness { chosen: eagerness, set: self.set_eagerness });
                // Forgetting it is no harm worth a message.
                let _ = self.memory.store(&self.memory_file);
            }
            Effect::BlockWord(word) => {
                if let Err(error) = self.never.block([word.as_str()]) {
                    self.waiting.push_back(Message::FileFailed(error.to_string()));
                }
                // Also those that were blocked elsewhere meanwhile.
                self.change(Change::Block(self.never.words().clone()));
            }
            Effect::ForgetWord(word) => self.change(Change::Forget(word)),
            Effect::ReadHiddenState { revision, text, cursor } => {
                self.reading = Some(Request { revision, text, cursor, file: None });
            }
            Effect::InspectModel { inspection, model, before, text } => {
                let request = InspectionRequest { inspection, model, before, text };
                self.inspector.inspect(request, &self.sender);
            }
            Effect::Journal(entry) => {
                if let Some(journal) = &self.journal {
                    journal.write(entry.file.path.as_deref().map(absolute), entry.text);
                }
            }
            Effect::KeepText(_) | Effect::ListKept => {}
            Effect::ForgetJournal => {
                if let Some(journal) = &self.journal {
                    journal.forget();
                }
            }
            Effect::DiscardRecovery(path) => self.discard(&path),
            Effect::OpenFile(path) => self.waiting.push_back(open_file(&path)),
            Effect::SaveFile { path, text, revision, form, expected, force } => {
                self.saves.save(SaveRequest { path, text, revision, form, expected, force });
            }
            Effect::WriteClipboard(text) => {
                self.screen.copy(&text)?;
                self.clipboard.write(text);
            }
            Effect::CountMatches { search, text, query, from } => {
                self.searcher.count(CountRequest { search, text, query, from });
            }
            Effect::ReadClipboard => self.clipboard.read(),
            Effect::PreviewDataset(folders) => self.training.preview(all_absolute(&folders), &self.sender),
            Effect::StartTraining(mut plan) => {
                plan.folders = all_absolute(&plan.folders);
                self.training.start(plan, &self.sender);
            }
            Effect::PauseTraining => self.training.pause(),
            Effect::ResumeTraining => self.training.resume(),
            Effect::CancelTraining => self.training.cancel(),
            Effect::FinishTraining => self.training.finish(),
            Effect::RollbackModel => self.load(Load::Previous),
            Effect::UseModel(name) => self.load(Load::Named(name)),
            Effect::RememberFolder(folder) => self.remember(folder),
            Effect::Quit => return Ok(ControlFlow::Break(())),
        }
        Ok(ControlFlow::Continue(()))
    }

    /// An old journal goes only once the text taken over from it is on disk in this session's own.
    fn discard(&mut self, path: &Path) {
        if let Some(journal) = &self.journal {
            journal.flusher().flush();
        }
        self.orphans.discard(path);
    }

    fn change(&self, change: Change) {
        if let Some(predictor) = &self.predictor {
            predictor.change(change);
        }
    }

    fn load(&self, which: Load) {
        if let Some(predictor) = &self.predictor {
            predictor.load(which);
        }
    }

    fn remember(&mut self, folder: PathBuf) {
        // As typed where it means the same from anywhere, so that the writer knows it again.
        self.memory.training_folder = Some(if folder.starts_with("~") { folder } else { absolute(&folder) });
        // Forgetting the folder is no harm worth a message.
        let _ = self.memory.store(&self.memory_file);
    }
}

#[cfg(test)]
mod tests;
