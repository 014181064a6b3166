//! Questions: a text, and a row of choices of which one has the focus.
//!
//! ```text
//! ← → Tab Shift-Tab    another choice has the focus        Enter     takes it        ↑ ↓   another text, or more of it
//! Alt-letter, Esc      takes the choice that names the key  a click   likewise
//! any key of the editor: the writer goes on writing. The question steps back, the key does what it always does
//! ```
//!
//! No key that makes prose takes an answer. A question that came unasked is not armed in its first second: till
//! [`Message::QuestionArmed`](super::Message::QuestionArmed) every key is the editor's. The choice with the focus at first
//! loses nothing.

use std::path::PathBuf;

use super::difference::Difference;
use super::mark::Mark;
use super::message::{FileStamp, KeptBecause, Recovery};
use super::state::{Leave, State};
use crate::text::Revision;

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
    /// The text is not saved, and was to be left.
    Leave(Leave),
    /// The text was not saved, for the file is not the one it was made from: see [`State::conflict`].
    Conflict,
    /// Texts that can be had back: those of [`State::recoveries`], then those of [`State::kept`].
    Found {
        /// Which of them is looked at.
        chosen: usize,
    },
    /// One of them is to go.
    Discard {
        /// Which.
        chosen: usize,
    },
    /// A lasting mark, told whole.
    Marked(Mark),
    /// A training is to stop, and nothing of it to be kept.
    StopTraining,
}

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
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
    /// Tell the next mark.
    Next,
    /// Stop the training.
    Stop,
}

/// The key beside the arrows that takes a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceKey {
    /// Alt with a letter.
    Alt(char),
    /// Esc.
    Esc,
    /// F4, the key of marks.
    F4,
}

/// One choice: a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What it says.
    pub label: &'static str,
    /// Its key.
    pub key: ChoiceKey,
    /// What it does.
    pub answer: Answer,
}

const fn alt(label: &'static str, key: char, answer: Answer) -> Choice {
    Choice { label, key: ChoiceKey::Alt(key), answer }
}

const fn stay(label: &'static str) -> Choice {
    Choice { label, key: ChoiceKey::Esc, answer: Answer::Stay }
}

const COMPARE: Choice = alt("Compare", 'c', Answer::Compare);

/// The choices of a question as things stand, in their order on the screen.
pub fn choices(state: &State, subject: &Subject) -> Vec<Choice> {
    match subject {
        Subject::Leave(_) => {
            vec![alt("Save", 's', Answer::Save), stay("Stay"), alt("Discard", 'd', Answer::Discard)]
        }
        Subject::Conflict => {
            let own = state.conflict.as_ref().is_some_and(|conflict| conflict.is_own(state));
            let mut choices = vec![stay(if own { "Keep editing" } else { "Don't save" }), COMPARE];
            choices.push(alt(if own { "Save as" } else { "Other name" }, 'a', Answer::SaveAs));
            if own {
                choices.push(alt("Reload", 'r', Answer::Reload));
            }
            choices.push(alt("Overwrite", 'o', Answer::Overwrite));
            choices
        }
        Subject::Found { chosen } => {
            let found = state.found(*chosen);
            let crashed = found.is_some_and(|found| found.because == KeptBecause::Crash);
            let mut choices = vec![alt("Restore", 'r', Answer::Restore), COMPARE];
            choices.push(stay(if crashed { "Later" } else { "Close" }));
            choices.push(alt("Discard", 'd', Answer::Discard));
            choices
        }
        Subject::Discard { .. } => vec![stay("Keep it"), alt("Discard", 'd', Answer::Discard)],
        Subject::StopTraining => vec![stay("Go on"), alt("Stop", 's', Answer::Stop)],
        Subject::Marked(mark) => {
            let mut choices = vec![stay("Close")];
            if state.mark_after(mark.kind).is_some() {
                choices.push(Choice { label: "Next", key: ChoiceKey::F4, answer: Answer::Next });
            }
            choices
        }
    }
}

/// The choice that has the focus at first: one that loses nothing, whoever presses Enter without looking.
pub fn first_focus(state: &State, subject: &Subject) -> usize {
    match subject {
        // Restoring replaces what is on screen: only where that is plainly the same text, grown older.
        Subject::Found { chosen } => {
            let safe =
                state.found(*chosen).is_some_and(|found| is_here(state, found) && !is_outdated(state, found));
            if safe { 0 } else { 2 }
        }
        _ => 0,
    }
}

/// Whether a text that was found belongs to the open document.
pub fn is_here(state: &State, found: &Recovery) -> bool {
    found.path == state.document.path
}

/// Whether the file of a text that was found has been changed since it was made from it, as far as is known here.
pub fn is_outdated(state: &State, found: &Recovery) -> bool {
    let here = is_here(state, found).then_some(state.document.stamp).flatten();
    let differs = here.is_some_and(|now| !found.based_on.is_some_and(|then| then.same_content(&now)));
    found.is_outdated() || differs
}

impl State {
    /// A text that can be had back: those of sessions that did not end well come first.
    pub fn found(&self, index: usize) -> Option<&Recovery> {
        self.recoveries.iter().chain(&self.kept).nth(index)
    }

    /// How many texts can be had back.
    pub fn found_count(&self) -> usize {
        self.recoveries.len() + self.kept.len()
    }
}

/// Why the text was not saved to where it was to go: another program's version is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The file.
    pub path: PathBuf,
    /// What was to happen after the save.
    pub then: Option<Leave>,
    /// Whether the writer has been asked.
    pub told: bool,
}

impl Conflict {
    /// Whether it is about the document's own file, not one it was to be saved over.
    pub fn is_own(&self, state: &State) -> bool {
        state.document.path.as_ref() == Some(&self.path)
    }
}

/// What waits for a text to be kept that then gives way.
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
    /// The text's revision when it was asked for.
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
    /// To be compared; then the question comes back.
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
