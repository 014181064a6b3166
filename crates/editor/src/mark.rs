//! Lasting marks: what stands in the status line for as long as it is so, whatever is typed.
//!
//! The shell sets one with [`Message::Marked`](super::Message::Marked) and takes it back with
//! [`Message::Unmarked`](super::Message::Unmarked); those about the file and about texts that were found follow from the
//! state. F4 shows the whole sentence of the first, or asks what is to be done about it.

use std::path::PathBuf;

/// What a mark is about. There is at most one mark of a kind; F4 shows them in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// Another program changed the file.
    Changed,
    /// The text was to be saved where another file is, and was not.
    NotSaved,
    /// The journal cannot be written: a crash would lose what is not saved.
    Unprotected,
    /// A recovery file is damaged.
    Damaged,
    /// Another Foreword has the file open.
    OpenElsewhere,
    /// Unsaved text of an earlier session waits.
    Found,
    /// The settings could not be read; the defaults are used.
    Settings,
    /// The words that are never offered could not be read.
    NeverList,
    /// A model could not be loaded; another is used.
    Model,
    /// The words learned could not be read.
    Words,
    /// There are no suggestions: finding them fails.
    Silent,
}

impl MarkKind {
    /// Its name in the status line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed on disk",
            Self::NotSaved => "not saved",
            Self::Unprotected => "no crash protection",
            Self::Damaged => "recovery file damaged",
            Self::OpenElsewhere => "open elsewhere too",
            Self::Found => "unsaved text found",
            Self::Settings => "settings set aside",
            Self::NeverList => "blocked words set aside",
            Self::Model => "model set aside",
            Self::Words => "learned words set aside",
            Self::Silent => "no suggestions",
        }
    }

    /// Its name in a narrow one.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::NotSaved => "not saved",
            Self::Unprotected => "no journal",
            Self::Damaged => "damaged",
            Self::OpenElsewhere => "open twice",
            Self::Found => "text found",
            Self::Settings => "settings",
            Self::NeverList => "blocked",
            Self::Model => "model",
            Self::Words => "words",
            Self::Silent => "no words",
        }
    }
}

/// Something that stands in the status line as long as it is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What it is about.
    pub kind: MarkKind,
    /// All of it: path, cause, remedy.
    pub sentence: String,
    /// The file it is about; then it is seen only while that file is open.
    pub file: Option<PathBuf>,
}

impl Mark {
    /// A mark with a sentence, seen whatever file is open.
    pub fn new(kind: MarkKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into(), file: None }
    }

    /// The same, seen only while `file` is open.
    #[must_use]
    pub fn about(self, file: PathBuf) -> Self {
        Self { file: Some(file), ..self }
    }
}
