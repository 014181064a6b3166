//! What can happen: every input to [`update`](super::update()), as plain data.

use std::path::PathBuf;

use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::inspection::Inspection;
use super::mark::{Mark, MarkKind};
use crate::text::{ContentRevision, Revision};
use crate::time::local;
use learn::train::{DatasetPreview, StepReport, TrainingSummary};
use suggest::Suggestions;

/// What a text is on disk besides its characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileForm {
    /// Whether its lines end in `\r\n`.
    pub crlf: bool,
    /// Whether it begins with a byte order mark.
    pub bom: bool,
}

/// How a file was found on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct FileContent {
    /// Where it is.
    pub path: PathBuf,
    /// Its text, line endings normalised to `\n`; empty for a file that does not exist yet.
    pub text: String,
    /// Whether it existed.
    pub exists: bool,
    /// How it is written.
    pub form: FileForm,
    /// Whether it can be written.
    pub read_only: bool,
    /// Identifies the content on disk, to notice changes by others.
    pub stamp: Option<FileStamp>,
}

/// Identifies a file's content on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    /// Modification time, nanoseconds since the epoch.
    pub modified_ns: u128,
    /// Length in bytes.
    pub length: u64,
    /// XXH3, 128 bits, of the bytes on disk.
    pub hash: u128,
}

impl FileStamp {
    /// Whether the bytes are the same, whenever they were written.
    pub fn same_content(&self, other: &Self) -> bool {
        (self.length, self.hash) == (other.length, other.hash)
    }

    /// When the file was last written; `None` for a time that no calendar reaches.
    pub fn modified(&self) -> Option<Timestamp> {
        Timestamp::from_nanosecond(i128::try_from(self.modified_ns).ok()?).ok()
    }
}

/// Why a text is kept although it is in no file of the writer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptBecause {
    /// Its session did not end well.
    Crash,
    /// The writer discarded the changes.
    Discard,
    /// The file was read again in its place.
    Reload,
    /// It was another program's version of a file, which the writer overwrote.
    Overwrite,
}

/// Text that is kept and can be had back.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovery {
    /// Why it was kept.
    pub because: KeptBecause,
    /// The file that was being edited; `None` for an unnamed buffer.
    pub path: Option<PathBuf>,
    /// The text.
    pub text: String,
    /// How the file was written.
    pub form: FileForm,
    /// The file the text was made from; `None` if there was none.
    pub based_on: Option<FileStamp>,
    /// The file as it is now; `None` if there is none.
    pub on_disk: Option<FileStamp>,
    /// The program's own file that holds it.
    pub journal: PathBuf,
    /// When it was written.
    pub written: Timestamp,
    /// What of it could not be read, if anything: a phrase for the writer.
    pub damage: Option<String>,
}

impl Recovery {
    /// When it was written by the clocks of `zone`, and its damage if it has any.
    pub(crate) fn written_in(&self, zone: &TimeZone) -> String {
        let written = local(self.written, zone);
        self.damage.as_ref().map_or(written.clone(), |damage| format!("{written} ({damage})"))
    }

    /// Whether the file was changed by somebody else since this text was made from it.
    pub fn is_outdated(&self) -> bool {
        match (&self.based_on, &self.on_disk) {
            (Some(then), Some(now)) => !then.same_content(now),
            (None, Some(_)) => true,
            (_, None) => false,
        }
    }
}

/// What a time is waited for. The core has no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// A Tab waits for the answer under way, 50 ms.
    Tab,
    /// The writer pauses, 400 ms.
    Pause,
}

/// A thread beside the editor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadKind {
    /// Finds words.
    Predictor,
    /// Learns from a folder.
    Trainer,
    /// Counts matches.
    Searcher,
}

impl ThreadKind {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Predictor => "predictor",
            Self::Trainer => "trainer",
            Self::Searcher => "search",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A key was pressed (or repeats).
    KeyPressed(KeyEvent),
    /// Text arrived by bracketed paste.
    Pasted(String),
    /// More of the text that was pasted last: one step with it.
    PasteWentOn(String),
    /// The mouse was used.
    MouseUsed(MouseEvent),
    /// The terminal has a new size, in cells.
    Resized {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// A file was opened.
    FileOpened(FileContent),
    /// A file could not be opened, or one of the program's own not written: path, cause, remedy.
    FileFailed(String),
    /// The file on disk is not the one that was opened: ask before overwriting.
    FileChangedOnDisk {
        /// Where it is.
        path: PathBuf,
    },
    /// The text as of `revision` is on disk.
    FileSaved {
        /// Where.
        path: PathBuf,
        /// Which text was saved.
        revision: ContentRevision,
        /// The new content's stamp.
        stamp: FileStamp,
    },
    /// The text as of `revision` could not be saved.
    SaveFailed {
        /// Where it should have gone.
        path: PathBuf,
        /// Which text it was.
        revision: ContentRevision,
        /// Path, cause, remedy.
        cause: String,
    },
    /// A file was read to look at it: answers [`Effect::ReadFile`](super::Effect::ReadFile).
    FileRead {
        /// Which.
        path: PathBuf,
        /// What it holds; or path, cause, remedy.
        found: Result<FileContent, String>,
    },
    /// A mark stands from now on, in place of one of its kind.
    Marked(Mark),
    /// The mark of this kind stands no longer.
    Unmarked(MarkKind),
    /// A question has been on the screen for a second: answers [`Effect::ArmQuestion`](super::Effect::ArmQuestion).
    QuestionArmed(u64),
    /// Unsaved text of an earlier session was found.
    RecoveryFound(Recovery),
    /// The texts that are kept, newest first: answers [`Effect::ListKept`](super::Effect::ListKept).
    KeptListed(Vec<Recovery>),
    /// A text is kept, or cannot be (path, cause): answers [`Effect::KeepFirst`](super::Effect::KeepFirst).
    TextKept(Result<(), String>),
    /// Matches were counted: answers [`Effect::CountMatches`](super::Effect::CountMatches).
    MatchesCounted {
        /// Which search they are of.
        search: u64,
        /// Blocks of the text, and how many matches begin in each.
        counts: Vec<(usize, u32)>,
    },
    /// The clipboard's text: answers [`Effect::ReadClipboard`](super::Effect::ReadClipboard).
    ClipboardRead(String),
    /// Suggestions for the text as of `revision`.
    Predicted {
        /// The revision they were made for.
        revision: Revision,
        /// The cursor they were made for, as a char index.
        cursor: usize,
        /// The answer.
        suggestions: Suggestions,
        /// Request to answer, milliseconds.
        latency_ms: f64,
    },
    /// A timer of that number has ended: answers [`Effect::StartTimer`](super::Effect::StartTimer).
    TimerEnded(Timer, u64),
    /// The model's hidden state at the cursor: answers
    /// [`Effect::ReadHiddenState`](super::Effect::ReadHiddenState).
    HiddenStateRead {
        /// The revision of the request.
        revision: Revision,
        /// The cursor of the request, as a char index.
        cursor: usize,
        /// The top layer's hidden values; none where there is no model.
        values: Vec<f32>,
    },
    /// A model was inspected: answers [`Effect::InspectModel`](super::Effect::InspectModel).
    ModelInspected {
        /// The number of the request.
        inspection: u64,
        /// What was found, or why nothing was.
        found: Result<Inspection, String>,
    },
    /// A model is in use from now on.
    ModelLoaded {
        /// Its name (`base` for the embedded one).
        name: String,
        /// All versions, oldest first.
        versions: Vec<ModelVersion>,
    },
    /// A model could not be loaded; the editor goes on without or with the old one.
    ModelFailed(String),
    /// What the chosen folder holds.
    DatasetPreviewed(Result<DatasetPreview, String>),
    /// Training goes on.
    TrainingStepped(StepReport),
    /// Training ended; the version named in it is in use.
    TrainingFinished(Box<TrainingSummary>),
    /// Training was cancelled by the writer; nothing was kept.
    TrainingCancelled,
    /// Training failed; the old model stays.
    TrainingFailed(String),
    /// A worker thread died; typing goes on.
    WorkerFailed {
        /// Which.
        worker: ThreadKind,
        /// Why.
        cause: String,
    },
    /// A signal ends the process (SIGTERM, SIGHUP): keep the text, then quit.
    Terminated,
    /// A signal stops the process (SIGTSTP).
    StopAsked,
    /// The process goes on after having been stopped (SIGCONT).
    Continued,
    /// There is no shell that could continue a stopped process.
    NotStopped,
}

/// One version of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelVersion {
    /// Its name.
    pub name: String,
    /// When it was made: a time in UTC as the store has it, or `built in`.
    pub created: String,
    /// Bits per byte on the documents held out when it was made.
    pub bits_per_byte: Option<f64>,
    /// KSR@5 on them, percent.
    pub ksr5: Option<f64>,
    /// Whether it is in use.
    pub active: bool,
}
