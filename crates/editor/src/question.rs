//! Questions: a text, and a row of choices of which one has the focus.
//!
//! ```text
//! ← → Tab Shift-Tab    another choice has the focus        Enter     takes it        ↑ ↓   another text, or more of it
//! Alt-letter, Esc      takes the choice that names the key  a click   likewise
//! any key of the editor    the question leaves the screen, and the key does what it always does
//! ```
//!
//! No key that types takes an answer. A question that came by itself takes none in its first second, until
//! [`Message::QuestionArmed`](super::Message::QuestionArmed): till then every key is the editor's. The choice that has the
//! focus at first loses nothing.

use std::path::{Path, PathBuf};

use super::difference::Difference;
use super::mark::Mark;
use super::message::FileStamp;
use crate::text::Revision;

/// What leaving the document is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Leave {
    /// To end the program.
    Quit,
    /// To open another file.
    Open(PathBuf),
}

/// A question that has the keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What is asked.
    pub subject: Subject,
    /// Which choice has the focus.
    pub focus: usize,
    /// Whether it takes answers.
    pub armed: bool,
    /// Tells it from questions before it.
    pub number: u64,
    /// Rows its text is scrolled down, where there is no room for all.
    pub scroll: usize,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The document is to be left, and its text is not saved.
    Leave(Leave),
    /// The text could not be saved, for the file is not the one it was made from: see
    /// [`State::conflict`](crate::State::conflict).
    Conflict,
    /// Texts that can be had back: those of [`State::recoveries`](crate::State::recoveries), then those of
    /// [`State::kept`](crate::State::kept).
    Found {
        /// Which of them is looked at.
        chosen: usize,
    },
    /// One of them is to go.
    Discard {
        /// Which.
        chosen: usize,
    },
    /// A mark, shown whole.
    Marked(Mark),
    /// A training is to stop, and nothing of it to be kept.
    StopTraining,
    /// The program is to end while a training is under way.
    QuitTraining,
}

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Save the text, then leave.
    Save,
    /// Do nothing.
    Stay,
    /// Leave without the text; or throw away the text that was found.
    Discard,
    /// Show how the two texts differ.
    Compare,
    /// Save under another name.
    SaveAs,
    /// Take the file's text in place of the one here.
    Reload,
    /// Write the text over the other one.
    Overwrite,
    /// Have the text back.
    Restore,
    /// Show the next mark.
    Next,
    /// Stop the training.
    Stop,
    /// End the program.
    Quit,
}

/// The key beside the arrows that takes a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChoiceKey {
    /// Alt with a letter.
    Alt(char),
    /// Esc.
    Esc,
    /// F4, the key of marks.
    F4,
}

/// One choice: a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Its label.
    pub label: &'static str,
    /// Its key.
    pub key: ChoiceKey,
    /// What it does.
    pub answer: Answer,
}

/// The text could not be saved: another program's version is where it was to go.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The file.
    pub path: PathBuf,
    /// What was to happen after the save.
    pub then: Option<Leave>,
    /// Whether the writer has been asked.
    pub is_asked: bool,
}

impl Conflict {
    /// Whether it is about the file at `path`, the document's own. Otherwise the text was to be saved over another file.
    pub(crate) fn is_own(&self, path: Option<&Path>) -> bool {
        path == Some(&self.path)
    }
}

/// What is done once a text is kept that then gives way.
#[derive(Debug, Clone, PartialEq)]
pub enum Keeping {
    /// The text is to be written over a file's other version.
    Overwrite {
        /// The file.
        path: PathBuf,
        /// That version.
        stamp: Option<FileStamp>,
        /// What is to happen then.
        then: Option<Leave>,
    },
    /// The text is to be left unsaved.
    Leave {
        /// What for.
        leave: Leave,
        /// The text's revision.
        revision: Revision,
    },
}

/// A file that is being read to look at it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The file.
    pub path: PathBuf,
    /// The text's revision when the reading began.
    pub revision: Revision,
    /// What for.
    pub purpose: Purpose,
}

/// What a file is read for.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    /// To be kept, then overwritten.
    Overwrite {
        /// What is to happen then.
        then: Option<Leave>,
    },
    /// To take the place of the text.
    Reload,
    /// To be compared with the text; after that the question comes back.
    Compare(Question),
}

/// The difference of two texts, looked at in the middle of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How they differ.
    pub difference: Difference,
    /// Rows scrolled down.
    pub scroll: usize,
    /// The question it leads back to.
    pub back: Question,
}
