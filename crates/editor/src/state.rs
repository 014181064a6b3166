//! Everything the editor knows: what [`update`](super::update()) changes and the view draws.
//!
//! Plain data throughout, so a test can build any situation and compare any outcome.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use ropey::Rope;

use super::effect::{CursorRequest, OpenDocument, TextFile};
use super::line_input::LineInput;
use super::mark::Mark;
use super::message::{FileForm, FileStamp, ModelVersion, Recovery};
use super::panel::Panel;
use super::question::{Comparison, Conflict, Keeping, Leave, Question, Reading};
use super::search::Search;
pub(crate) use super::suggest_state::{HeldTab, SmartSpace, SuggestState};
use crate::text::{Buffer, ContentRevision, DocumentId, History, Revision, Selection};
use suggest::Reason;

/// The settings `update` and the view go by.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Cells between tab stops.
    pub tab_width: usize,
    /// Whether Tab indents with spaces rather than a tab.
    pub insert_spaces: bool,
    /// How many candidates the strip shows, 0 to 5.
    pub suggestions: usize,
    /// Whether ghost text is shown.
    pub ghost: bool,
    /// How readily ghosts are shown: 0 is quiet, 1 is eager.
    pub eagerness: f32,
    /// How long a retraining takes at most, minutes.
    pub training_minutes: f64,
    /// Worker threads of a retraining.
    pub training_threads: usize,
    /// Whether nothing that is typed is learned. The status line says so.
    pub incognito: bool,
    /// The writer's time zone, in which all times are shown.
    pub zone: TimeZone,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tab_width: 4,
            insert_spaces: true,
            suggestions: 5,
            ghost: true,
            eagerness: 0.5,
            training_minutes: 5.0,
            training_threads: 2,
            incognito: false,
            zone: TimeZone::UTC,
        }
    }
}

/// The text being edited, and the file it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The text.
    pub buffer: Buffer,
    /// Its file; `None` until it is saved for the first time.
    pub path: Option<PathBuf>,
    /// How it is written on disk.
    pub form: FileForm,
    /// What was on disk when it was last read or written.
    pub stamp: Option<FileStamp>,
    /// Whether the file cannot be written. Editing and saving elsewhere are still possible.
    pub read_only: bool,
    /// Tells it from the documents before it.
    pub id: DocumentId,
    /// Counts the changes of the text.
    pub revision: Revision,
    /// The text on the screen.
    pub content_revision: ContentRevision,
    /// The text on disk; `None` where no file holds any text that was on the screen.
    pub saved_revision: Option<ContentRevision>,
    /// The text as it was opened. In a document that was opened to restore a text, the restored text.
    pub opened: Rope,
    /// The last edit that made it a text of another version of its file.
    pub rebase: Option<Rebase>,
}

/// An edit that brought a text of another version of the file: the file was read again, or a text restored. Undo leads
/// back to the version before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rebase {
    /// The content revision it led to.
    pub content: ContentRevision,
    /// What the text before it was made from.
    pub before: Base,
    /// What the text after it was made from.
    pub after: Base,
}

/// What a text was made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Base {
    /// The file then.
    pub stamp: Option<FileStamp>,
    /// How it was written.
    pub form: FileForm,
    /// Whether another program is known to have changed it since.
    pub outdated: bool,
}

impl Default for Document {
    /// An empty text without a file, of which nothing is unsaved.
    fn default() -> Self {
        Self {
            buffer: Buffer::default(),
            path: None,
            form: FileForm::default(),
            stamp: None,
            read_only: false,
            id: DocumentId::default(),
            revision: Revision::default(),
            content_revision: ContentRevision::default(),
            saved_revision: Some(ContentRevision::default()),
            opened: Rope::new(),
            rebase: None,
        }
    }
}

impl Document {
    /// Whether the text on screen differs from the one on disk.
    pub fn is_modified(&self) -> bool {
        self.saved_revision != Some(self.content_revision)
    }

    /// The file it belongs to, as the journal and the kept texts know it.
    pub fn text_file(&self) -> TextFile {
        TextFile { path: self.path.clone(), form: self.form, based_on: self.stamp }
    }

    /// The document as the predictor knows it.
    pub(crate) fn open_document(&self) -> OpenDocument {
        OpenDocument { id: self.id, file: self.path.clone(), opened: self.opened.clone() }
    }

    /// The file's name, or a stand-in for a document that has none yet.
    pub fn name(&self) -> String {
        let name = self.path.as_ref().and_then(|path| path.file_name());
        name.map_or_else(|| "untitled".to_owned(), |name| name.to_string_lossy().into_owned())
    }
}

/// The screen, and which part of the document is on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewport {
    /// Columns of the whole terminal.
    pub width: u16,
    /// Rows of the whole terminal.
    pub height: u16,
    /// Char index at which the first visible row of text starts. An anchor in the text rather than a row number:
    /// numbering rows would mean wrapping everything above.
    pub top: usize,
}

/// What is on offer, with its reasons, and the one looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The ghost first, then the strip's other words; at least one.
    pub offers: Vec<Offer>,
    /// Which of them.
    pub chosen: usize,
    /// Rows scrolled down, in a window that is too small for all.
    pub scroll: usize,
}

/// One word or phrase on offer, with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The word; of a phrase the first.
    pub word: String,
    /// All of it.
    pub text: String,
    /// The key that takes it.
    pub key: OfferKey,
    /// How likely it is, 0 to 1.
    pub probability: f32,
    /// Where that comes from; `None` where it is not known.
    pub reason: Option<Reason>,
    /// Whether it was blocked here.
    pub is_blocked: bool,
    /// Whether it is forgotten once the overlay closes. Until then nothing of what was learned has changed.
    pub is_forgotten: bool,
}

/// The key that takes an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferKey {
    /// Tab: the ghost.
    Tab,
    /// Alt with the digit of this place in the strip, from 0.
    Alt(usize),
}

/// The search bar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FindBar {
    /// What is looked for. All lower case matches any case.
    pub query: LineInput,
    /// Where the search begins: where the cursor was when the bar was opened, or what was selected then began.
    pub origin: usize,
    /// The cursor then, and the first char on the screen: Esc leads back there.
    pub back: (usize, usize),
    /// The matches on the screen as (start, end) char indices, in order.
    pub matches: Vec<(usize, usize)>,
    /// The search and the screen that they are of.
    pub seen: Option<(u64, Viewport)>,
}

/// What a path is typed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathPurpose {
    /// To open that file.
    Open,
    /// To save the document there.
    SaveAs,
}

/// What stands over the editor and has the keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Overlay {
    /// Nothing: keys go to the editor or the panel.
    #[default]
    None,
    /// The help screen, scrolled down by some rows.
    Help {
        /// Rows scrolled.
        scroll: usize,
    },
    /// Why the words on offer are there.
    Why(Why),
    /// The search bar.
    Find(FindBar),
    /// A path is being typed.
    PathPrompt {
        /// What for.
        purpose: PathPurpose,
        /// What is typed so far.
        input: LineInput,
    },
    /// A question.
    Question(Question),
    /// How two texts differ, in the middle of a question.
    Comparison(Box<Comparison>),
}

/// How grave a status message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    /// Good to know.
    Info,
    /// Something did not work.
    Error,
}

/// A sentence for the status line; it stays until the next key that does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How grave it is.
    pub kind: StatusKind,
    /// The sentence.
    pub text: String,
}

/// Who has the keys when no overlay does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Focus {
    /// The text.
    #[default]
    Editor,
    /// The training panel.
    Panel,
}

/// How many keystrokes were typed and saved so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Keys pressed to produce text: typed characters, and completions taken.
    pub keystrokes: u64,
    /// Keystrokes that accepted completions made unnecessary.
    pub saved: u64,
    /// Completions taken.
    pub accepted: u64,
    /// Answers that put something on screen.
    pub shown: u64,
}

impl Counters {
    /// Share of the characters produced that did not have to be typed, 0 to 1.
    pub(crate) fn savings_rate(&self) -> f64 {
        let characters = self.keystrokes + self.saved;
        if characters == 0 { 0.0 } else { self.saved as f64 / characters as f64 }
    }
}

/// The model in use and its versions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelState {
    /// Its name; empty until one is loaded.
    pub name: String,
    /// All versions, oldest first.
    pub versions: Vec<ModelVersion>,
}

/// The newest save under way. It is answered last.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingSave {
    /// Where to.
    pub path: PathBuf,
    /// The text being written.
    pub revision: ContentRevision,
    /// Whether it overwrites whatever is there.
    pub force: bool,
    /// What is to happen when it is done.
    pub then: Option<Leave>,
}

/// Everything the editor knows.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The text and its file.
    pub document: Document,
    /// The cursor and what is selected.
    pub selection: Selection,
    /// The column that up and down try to keep.
    pub goal_column: Option<usize>,
    /// What can be undone.
    pub history: History,
    /// The screen.
    pub viewport: Viewport,
    /// What the model offers.
    pub suggest: SuggestState,
    /// What stands over the editor.
    pub overlay: Overlay,
    /// Who has the keys otherwise.
    pub focus: Focus,
    /// The sentence in the status line.
    pub status: Option<Status>,
    /// The training panel.
    pub panel: Panel,
    /// The keystrokes typed and saved so far.
    pub counters: Counters,
    /// The model in use.
    pub model: ModelState,
    /// The settings.
    pub settings: Settings,
    /// Unsaved texts of sessions that did not end well.
    pub recoveries: Vec<Recovery>,
    /// Whether the writer has been asked about them.
    pub recoveries_asked: bool,
    /// The texts that are kept for a week, when last looked at.
    pub kept: Vec<Recovery>,
    /// The text's revision when F4 listed them, until the list comes.
    pub listing: Option<Revision>,
    /// The marks that the shell has set.
    pub marks: Vec<Mark>,
    /// The file is not the one the text was made from.
    pub conflict: Option<Conflict>,
    /// The file that is being read to look at it.
    pub reading: Option<Reading>,
    /// What is done once a text is kept.
    pub keeping: Option<Keeping>,
    /// Why the text could not be kept when it was to be left unsaved. Discarding it now loses it.
    pub cannot_keep: Option<String>,
    /// The text to be restored once its file is open: the file that holds it.
    pub restoring: Option<PathBuf>,
    /// How many questions have been asked.
    pub questions: u64,
    /// The save under way.
    pub pending_save: Option<PendingSave>,
    /// What is to happen once the text is saved under the name that is being typed.
    pub after_naming: Option<Leave>,
    /// The last query, for Ctrl-G.
    pub last_query: String,
    /// What is known of its matches.
    pub search: Search,
    /// What was cut or copied last, for terminals whose clipboard cannot be read.
    pub clipboard: String,
    /// Whether the journal holds text of this document.
    pub journaled: bool,
    /// The revision that the writer agreed to lose by opening another file.
    pub open_consent: Option<Revision>,
    /// Whether the program is about to end.
    pub quitting: bool,
    /// The last click (column, row, clicks in a row), to tell double clicks.
    pub last_click: Option<(u16, u16, u8)>,
}

impl State {
    /// An empty, unnamed document on a screen of `width` × `height` cells; `folder` is the folder to learn from that was
    /// remembered from last time (or is offered as a default).
    pub fn new(settings: Settings, width: u16, height: u16, folder: &str) -> Self {
        Self {
            document: Document::default(),
            selection: Selection::default(),
            goal_column: None,
            history: History::default(),
            viewport: Viewport { width, height, top: 0 },
            suggest: SuggestState::default(),
            overlay: Overlay::None,
            focus: Focus::Editor,
            status: None,
            panel: Panel::new(folder),
            counters: Counters::default(),
            model: ModelState::default(),
            settings,
            recoveries: Vec::new(),
            recoveries_asked: false,
            kept: Vec::new(),
            listing: None,
            marks: Vec::new(),
            conflict: None,
            reading: None,
            keeping: None,
            cannot_keep: None,
            restoring: None,
            questions: 0,
            pending_save: None,
            after_naming: None,
            last_query: String::new(),
            search: Search::default(),
            clipboard: String::new(),
            journaled: false,
            open_consent: None,
            quitting: false,
            last_click: None,
        }
    }

    /// Where the cursor is, as a char index.
    pub fn cursor(&self) -> usize {
        self.selection.head
    }

    /// A request to the predictor about the cursor.
    pub(crate) fn cursor_request(&self) -> CursorRequest {
        CursorRequest {
            revision: self.document.revision,
            text: self.document.buffer.rope().clone(),
            cursor: self.cursor(),
            document: self.document.open_document(),
        }
    }

    /// The word count of the document.
    pub(crate) fn words(&self) -> usize {
        self.document.buffer.words()
    }

    /// The ghost text, wherever the cursor is.
    #[cfg(test)]
    pub(crate) fn ghost_text(&self) -> Option<&str> {
        self.suggest.ghost.as_ref().map(|ghost| ghost.text.as_str())
    }

    /// Puts a sentence into the status line.
    pub(crate) fn inform(&mut self, text: impl Into<String>) {
        self.status = Some(Status { kind: StatusKind::Info, text: text.into() });
    }

    /// Puts a failure into the status line.
    pub(crate) fn complain(&mut self, text: impl Into<String>) {
        self.status = Some(Status { kind: StatusKind::Error, text: text.into() });
    }
}
