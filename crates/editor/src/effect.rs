//! Every output of [`update`](super::update()), as plain data. The program (called the shell here) carries it out.

use std::path::PathBuf;

use ropey::Rope;

use super::message::{FileForm, FileStamp, KeptBecause, Timer};
use crate::text::{ContentRevision, DocumentId, Edit, Revision};
use learn::train::TrainingPlan;

/// The file a text belongs to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TextFile {
    /// Its path; `None` for a text that was never saved.
    pub path: Option<PathBuf>,
    /// How it is written.
    pub form: FileForm,
    /// What was on disk when it was last read or written; `None` if there was no file.
    pub based_on: Option<FileStamp>,
}

/// One change of the text, for the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalEntry {
    /// The file the text belongs to.
    pub file: TextFile,
    /// The document.
    pub document: DocumentId,
    /// The text before the change. The rope is a cheap snapshot.
    pub before: Rope,
    /// The change.
    pub edit: Edit,
    /// The text after it.
    pub text: Rope,
}

/// A text to be kept for a week.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptText {
    /// Why.
    pub because: KeptBecause,
    /// The file it belongs to.
    pub file: TextFile,
    /// The text.
    pub text: Rope,
}

/// The document being written, as the predictor knows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OpenDocument {
    /// Tells one document from the next.
    pub id: DocumentId,
    /// Its file, if it has a name. Whether typed words are learned depends on it.
    pub file: Option<PathBuf>,
    /// The text as it was opened.
    pub opened: Rope,
}

/// A request to the predictor about a cursor in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct CursorRequest {
    /// Sent back with the answer.
    pub revision: Revision,
    /// The text. The rope is a cheap snapshot.
    pub text: Rope,
    /// Char index of the cursor.
    pub cursor: usize,
    /// The document the text belongs to.
    pub document: OpenDocument,
}

/// A request to inspect a version of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct InspectionRequest {
    /// Sent back with the answer.
    pub inspection: u64,
    /// The version.
    pub model: String,
    /// Another version, whose gradient is compared with.
    pub before: Option<String>,
    /// The text the gradient is measured on, if it is long enough.
    pub text: Rope,
}

/// A request to count the matches of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct CountRequest {
    /// Sent back with the answers.
    pub search: u64,
    /// The text. The rope is a cheap snapshot.
    pub text: Rope,
    /// The query.
    pub query: String,
    /// The block to begin at.
    pub from: usize,
}

/// A request to write a text to a file.
#[derive(Debug, Clone, PartialEq)]
pub struct SaveRequest {
    /// The file.
    pub path: PathBuf,
    /// The text; its lines end in `\n`.
    pub text: Rope,
    /// Sent back with the answer.
    pub revision: ContentRevision,
    /// How to write it.
    pub form: FileForm,
    /// What was on disk when the save was requested, as far as known; `None` when no file was. What earlier saves that
    /// are still under way leave there is expected, too.
    pub expected: Option<FileStamp>,
    /// Overwrite whatever is there.
    pub force: bool,
    /// The file that is open: `path` may be another name of it.
    pub document: TextFile,
}

/// The effects of one message, in the order they are carried out.
pub(crate) type Effects = Vec<Effect>;

/// Something to be done outside the editor.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Request suggestions from the predictor; answered by `Predicted`.
    Predict(CursorRequest),
    /// Start a timer under a number, in place of the one of its kind; answered by `TimerEnded` with that number.
    StartTimer(Timer, u64),
    /// Show ghosts from another probability on: 0 is quiet, 1 is eager.
    SetEagerness(f32),
    /// Forget a word, in any case, as far as it was learned.
    ForgetWord(String),
    /// Never offer a word again, in any case.
    BlockWord(String),
    /// Offer a word again that was blocked.
    UnblockWord(String),
    /// Read the model's hidden state at the cursor; answered by `HiddenStateRead`.
    ReadHiddenState(CursorRequest),
    /// Inspect a version of the model, beside the typing; answered by `ModelInspected`.
    InspectModel(InspectionRequest),
    /// Write a change to the journal (throttled by the shell), so that a crash loses nothing.
    Journal(JournalEntry),
    /// The text on disk is the text on screen: drop the journal.
    ForgetJournal,
    /// Drop the journal of an earlier session: the writer does not want its text, or has restored it. For a restored text
    /// an [`Effect::Journal`] comes before this one, and must be on disk before the old journal goes.
    DiscardRecovery(PathBuf),
    /// Keep a text for a week that is in no file: it was discarded, or another text takes its place.
    KeepText(KeptText),
    /// The same, for a text that stays where it is until it is kept; answered by
    /// [`Message::TextKept`](super::Message::TextKept).
    KeepFirst(KeptText),
    /// List the texts that are kept; answered by `KeptListed`.
    ListKept,
    /// Read a file; answered by `FileOpened` or `FileFailed`.
    OpenFile(PathBuf),
    /// Read a file to look at it, without opening it; answered by `FileRead`.
    ReadFile(PathBuf),
    /// Wait until the question of this number has been on the screen for a second; answered by `QuestionArmed`.
    ArmQuestion(u64),
    /// Write the text atomically, keeping permissions; answered by `FileSaved`, `SaveFailed` or `FileChangedOnDisk`. Saves of one
    /// file that queue up are answered once, for the newest.
    SaveFile(SaveRequest),
    /// Count the matches of a search, block by block (see [`crate::text::search`]) from one block outwards, in place of any
    /// count under way; answered by `MatchesCounted`.
    CountMatches(CountRequest),
    /// Copy to the system clipboard (and OSC 52).
    WriteClipboard(String),
    /// Read the clipboard; answered by `ClipboardRead`.
    ReadClipboard,
    /// List what would be learned from folders; answered by `DatasetPreviewed`.
    PreviewDataset(Vec<PathBuf>),
    /// Retrain; answered by `TrainingStepped`… then `TrainingFinished`, `TrainingCancelled` or `TrainingFailed`.
    StartTraining(TrainingPlan),
    /// Hold the training between two steps.
    PauseTraining,
    /// Go on.
    ResumeTraining,
    /// Stop and write nothing.
    CancelTraining,
    /// Stop taking steps, and judge what there is.
    FinishTraining,
    /// Go back to the version before the active one; answered by `ModelLoaded` or `ModelFailed`.
    RollbackModel,
    /// Load the version in use, which has changed; answered by `ModelLoaded` or `ModelFailed`.
    LoadModel,
    /// Remember the folder for the next start.
    RememberFolder(PathBuf),
    /// Give the terminal back and stop the process until the user's shell continues it (`Continued`). Answered by
    /// `NotStopped` where there is no such shell.
    Suspend {
        /// Whether all that the shell started together with it stops, too.
        job: bool,
    },
    /// Take the terminal over again.
    TakeTerminal,
    /// End the program.
    Quit,
}
