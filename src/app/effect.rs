//! What is to be done: every output of [`update`](super::update()), as plain data for the shell to carry out.

use std::path::PathBuf;

use ropey::Rope;

use super::message::FileStamp;
use crate::train::TrainingPlan;

/// Something the shell is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask the predictor for suggestions at `cursor`. The rope is a cheap snapshot.
    Predict {
        /// Sent back with the answer.
        revision: u64,
        /// The text.
        text: Rope,
        /// Char index of the cursor.
        cursor: usize,
    },
    /// Show ghosts from another chance on: 0 is quiet, 1 is eager.
    SetEagerness(f32),
    /// Forget a word, in any case, as far as it was learned.
    ForgetWord(String),
    /// Never offer a word again, in any case.
    BlockWord(String),
    /// Ask the predictor what the model remembers at `cursor`; answered by `HiddenStateRead`.
    ReadHiddenState {
        /// Sent back with the answer.
        revision: u64,
        /// The text.
        text: Rope,
        /// Char index of the cursor; sent back with the answer.
        cursor: usize,
    },
    /// Look into a version of the model, beside the typing; answered by `ModelInspected`.
    InspectModel {
        /// Sent back with the answer.
        inspection: u64,
        /// The version.
        model: String,
        /// Another version to compare its gradient with.
        before: Option<String>,
        /// The text the gradient is measured on, if it is long enough.
        text: Rope,
    },
    /// Write the text to the journal (throttled by the shell), so that a crash loses nothing.
    Journal {
        /// The file being edited.
        path: Option<PathBuf>,
        /// The text.
        text: Rope,
    },
    /// The text on disk is the text on screen: drop the journal.
    ForgetJournal,
    /// Drop the journal of an earlier session that the writer does not want back (or has taken over: then a
    /// [`Effect::Journal`] stands before this one, and must be on disk before the old journal goes).
    DiscardRecovery(PathBuf),
    /// Read a file; answered by `FileOpened` or `FileFailed`.
    OpenFile(PathBuf),
    /// Write the text atomically, keeping permissions; answered by `FileSaved`, `FileFailed` or `FileChangedOnDisk`.
    SaveFile {
        /// Where to.
        path: PathBuf,
        /// The text, lines ending in `\n`.
        text: Rope,
        /// Sent back with the answer.
        revision: u64,
        /// Write `\r\n`.
        crlf: bool,
        /// Begin with a byte order mark.
        bom: bool,
        /// What was on disk when it was opened; `None` when no file was there.
        expected: Option<FileStamp>,
        /// Overwrite whatever is there.
        force: bool,
    },
    /// Copy to the system clipboard (and OSC 52).
    WriteClipboard(String),
    /// Ask for the clipboard; answered by `ClipboardRead`.
    ReadClipboard,
    /// Walk a folder and say what would be learned; answered by `DatasetPreviewed`.
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
    /// Use a version by name.
    UseModel(String),
    /// Remember the folder for the next start.
    RememberFolder(PathBuf),
    /// End the program.
    Quit,
}
