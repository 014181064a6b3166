//! Effects, carried out: each is handed to whoever does it.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Runtime, Screen};
use crate::runtime::documents;
use crate::runtime::journal::Journal;
use crate::runtime::signals;
use crate::runtime::workers::predictor::{Load, SavedText, SuggesterChange};
use crate::store::blocked_words::NeverError;
use crate::store::paths::absolute;
use crate::store::remembered::Eagerness;
use editor::effect::{JournalEntry, KeptText, SaveRequest, TextFile};
use editor::message::{FileContent, Timer};
use editor::text::ContentRevision;
use editor::{Effect, Message};
use learn::train::TrainingPlan;
use suggest::word::levelled;

/// How long a Tab waits for the answer under way.
const HELD_TAB: Duration = Duration::from_millis(50);
/// How long no key comes before the writer is taken to pause.
const PAUSE: Duration = Duration::from_millis(400);

impl<S: Screen> Runtime<S> {
    /// Carries out one effect; breaks when the program is to end.
    pub(super) fn carry_out(&mut self, effect: Effect) -> io::Result<ControlFlow<()>> {
        match effect {
            // Both are handed over once the frame is drawn.
            Effect::Predict(request) => self.request = Some(request),
            Effect::ReadHiddenState(request) => self.reading = Some(request),
            Effect::InspectModel(request) => self.inspector.inspect(request, &self.sender),
            Effect::CountMatches(request) => self.searcher.count(request),
            Effect::StartTimer(timer, number) => self.start_timer(timer, number),
            Effect::SetEagerness(eagerness) => self.set_eagerness(eagerness),
            Effect::BlockWord(word) => self.block(&word),
            Effect::UnblockWord(word) => self.unblock(&word),
            Effect::ForgetWord(word) => self.change(SuggesterChange::Forget(word)),
            Effect::Journal(entry) => self.journal(entry),
            Effect::ForgetJournal => self.forget_journal(),
            Effect::KeepText(text) => self.kept.keep(whole_named(text)),
            Effect::KeepFirst(text) => self.kept.keep_first(whole_named(text)),
            Effect::ListKept => self.kept.list(),
            Effect::DiscardRecovery(path) => self.discard(&path),
            Effect::OpenFile(path) => self.waiting.push_back(open_file(&path)),
            Effect::ReadFile(path) => self.waiting.push_back(read_file(path)),
            Effect::SaveFile(request) => self.save(request),
            Effect::ArmQuestion(number) => self.arming = Some((number, None)),
            Effect::WriteClipboard(text) => self.copy(text)?,
            Effect::ReadClipboard => self.clipboard.read(),
            Effect::PreviewDataset(folders) => self.training.preview(all_absolute(&folders), &self.sender),
            Effect::StartTraining(plan) => self.training.start(with_whole_names(plan), &self.sender),
            Effect::PauseTraining => self.training.pause(),
            Effect::ResumeTraining => self.training.resume(),
            Effect::CancelTraining => self.training.cancel(),
            Effect::FinishTraining => self.training.finish(),
            Effect::RollbackModel => self.load(Load::Previous),
            Effect::LoadModel => self.load(Load::Active),
            Effect::RememberFolder(folder) => self.remember(folder),
            Effect::Suspend { job } => self.suspend(job),
            Effect::TakeTerminal => self.screen.take()?,
            Effect::Quit => return Ok(ControlFlow::Break(())),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn start_timer(&mut self, timer: Timer, number: u64) {
        let length = match timer {
            Timer::Tab => HELD_TAB,
            Timer::Pause => PAUSE,
        };
        self.timers.retain(|&(other, ..)| other != timer);
        self.timers.push((timer, number, Instant::now() + length));
    }

    fn set_eagerness(&mut self, eagerness: f32) {
        self.change(SuggesterChange::Eagerness(eagerness));
        self.memory.eagerness = Some(Eagerness { chosen: eagerness, set: self.set_eagerness });
        // Forgetting it is no harm worth a message.
        let _ = self.memory.store(&self.memory_file);
    }

    fn block(&mut self, word: &str) {
        let changed = self.never.block([&*levelled(word)]);
        self.blocked(changed.err());
    }

    fn unblock(&mut self, word: &str) {
        let changed = self.never.unblock([&*levelled(word)]).map(|_| ());
        self.blocked(changed.err());
    }

    /// The list of blocked words has changed, or could not be written.
    fn blocked(&mut self, error: Option<NeverError>) {
        if let Some(error) = error {
            self.waiting.push_back(Message::FileFailed(error.to_string()));
        }
        // Also those that were blocked elsewhere meanwhile.
        self.change(SuggesterChange::Block(self.never.words().clone()));
    }

    fn journal(&self, entry: JournalEntry) {
        if let Some(journal) = &self.journal {
            journal.write(JournalEntry { file: with_whole_name(entry.file), ..entry });
        }
    }

    fn forget_journal(&self) {
        if let Some(journal) = &self.journal {
            let document = &self.state.document;
            let (file, text) = (with_whole_name(document.text_file()), document.buffer.rope().clone());
            journal.forget(document.id, file, text, !document.is_modified());
        }
    }

    /// Saves a text. Until it is on disk, its words wait in `saving`.
    fn save(&mut self, request: SaveRequest) {
        let document = &self.state.document;
        let saved = SavedText {
            document: document.id,
            file: request.path.clone(),
            text: request.text.clone(),
            revision: document.revision,
        };
        if let Some(journal) = &self.journal {
            journal.saving(saved.document, request.revision, saved.text.clone());
        }
        self.saving.push((request.revision, saved));
        self.saves.save(request);
    }

    /// The text is on disk: its typed words may be kept. Those of saves before it were kept already, or never will be.
    pub(super) fn settle(&mut self, path: &Path, revision: ContentRevision) {
        let written = |(of, saved): &(ContentRevision, SavedText)| *of == revision && saved.file == path;
        if let Some(at) = self.saving.iter().position(written) {
            let (_, saved) = self.saving.drain(..=at).next_back().expect("the one just found");
            self.change(SuggesterChange::Saved(saved));
        }
    }

    fn copy(&mut self, text: String) -> io::Result<()> {
        self.screen.copy(&text)?;
        self.clipboard.write(text);
        Ok(())
    }

    /// An old journal goes only once the text taken over from it is on disk in this session's own. What was not taken over
    /// is kept for a week.
    fn discard(&mut self, path: &Path) {
        let is_safe = self.journal.as_ref().is_some_and(Journal::sync);
        let text = self.state.document.buffer.rope();
        if !self.orphans.discard(path, is_safe.then_some(text), self.kept.folder()) {
            self.kept.remove(path, (!is_safe).then(|| text.clone()));
        }
        self.interrupted.discard(path);
    }

    /// Stops the process until the shell continues it, which [`Message::Continued`] reports.
    fn suspend(&mut self, job: bool) {
        let stopped = if signals::has_job_control() {
            self.ending.keep_text();
            self.screen.give_back();
            self.ending.stop(job).or_else(|_| self.screen.take())
        } else if job {
            Err(io::ErrorKind::Unsupported.into())
        } else {
            Ok(())
        };
        if stopped.is_err() {
            self.waiting.push_back(Message::NotStopped);
        }
    }

    fn change(&self, change: SuggesterChange) {
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

pub(super) fn open_file(path: &Path) -> Message {
    documents::open(&absolute(path))
        .map_or_else(|error| Message::FileFailed(error.to_string()), Message::FileOpened)
}

/// Reads a file; the answer names it as the request did.
fn read_file(path: PathBuf) -> Message {
    let found = documents::open(&absolute(&path)).map_err(|error| error.to_string());
    let found = found.map(|content| FileContent { path: path.clone(), ..content });
    Message::FileRead { path, found }
}

pub(super) fn with_whole_name(file: TextFile) -> TextFile {
    TextFile { path: file.path.as_deref().map(absolute), ..file }
}

fn whole_named(text: KeptText) -> KeptText {
    KeptText { file: with_whole_name(text.file), ..text }
}

fn all_absolute(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().map(|path| absolute(path)).collect()
}

fn with_whole_names(plan: TrainingPlan) -> TrainingPlan {
    TrainingPlan { folders: all_absolute(&plan.folders), ..plan }
}
