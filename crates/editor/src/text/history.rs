//! Undo and redo, in the steps a writer means.
//!
//! A run of typing is one step until a new word begins, the kind of edit changes or the cursor moves; a completion that
//! was taken, a paste and the like are each a step of their own.

use super::edit::Edit;
use super::revision::ContentRevision;
use super::selection::Selection;

/// What kind of edit it was, as far as undo distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditKind {
    /// A character was typed.
    Typing,
    /// A character was deleted.
    Deleting,
    /// A completion was taken, with its space.
    Accept,
    /// Text was pasted or cut.
    Paste,
    /// More of the text that was pasted last.
    PasteMore,
    /// Anything else: indenting, deleting a word, a restored text.
    Other,
}

/// One recorded step: the edit, and how the document stood on either side of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UndoStep {
    /// What was done.
    pub edit: Edit,
    /// What it was.
    pub kind: EditKind,
    /// The selection before, and the content revision it was made on.
    pub before: (Selection, ContentRevision),
    /// The selection after, and the content revision it led to.
    pub after: (Selection, ContentRevision),
}

/// What to do to go back or forth one step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Travel {
    /// To be applied to the text.
    pub edit: Edit,
    /// The selection to restore.
    pub selection: Selection,
    /// The content revision this leads back to.
    pub content: ContentRevision,
}

/// The steps that can be undone and redone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    undo: Vec<UndoStep>,
    redo: Vec<UndoStep>,
    sealed: bool,
}

impl History {
    /// Records a step that was just applied; what could be redone is gone.
    pub(crate) fn record(&mut self, step: UndoStep) {
        self.redo.clear();
        let sealed = std::mem::take(&mut self.sealed);
        match self.undo.last_mut() {
            Some(last) if !sealed && continues(last, &step) => {
                last.edit.compose(step.edit);
                last.after = step.after;
            }
            _ => self.undo.push(step),
        }
    }

    /// Ends the current run: the next edit is a new step.
    pub(crate) fn seal(&mut self) {
        self.sealed = true;
    }

    /// The way back one step, if there is one. The caller applies it.
    pub(crate) fn undo(&mut self) -> Option<Travel> {
        let step = self.undo.pop()?;
        let travel = Travel { edit: step.edit.inverted(), selection: step.before.0, content: step.before.1 };
        self.redo.push(step);
        self.sealed = true;
        Some(travel)
    }

    /// The way forth one step, if there is one. The caller applies it.
    pub(crate) fn redo(&mut self) -> Option<Travel> {
        let step = self.redo.pop()?;
        let travel = Travel { edit: step.edit.clone(), selection: step.after.0, content: step.after.1 };
        self.undo.push(step);
        self.sealed = true;
        Some(travel)
    }

    /// Whether there is a step to undo.
    #[cfg(test)]
    pub(crate) fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether there is a step to redo.
    #[cfg(test)]
    pub(crate) fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }
}

fn continues(last: &UndoStep, next: &UndoStep) -> bool {
    let pasting = next.kind == EditKind::PasteMore && last.kind == EditKind::Paste;
    if (last.kind != next.kind && !pasting) || last.after != next.before || !next.before.0.is_empty() {
        return false;
    }
    match next.kind {
        EditKind::Typing => {
            let ended_in_space = last.edit.changes().last().and_then(|change| change.inserted.chars().last());
            let begins = next.edit.changes().first().and_then(|change| change.inserted.chars().next());
            match (ended_in_space, begins) {
                (Some(end), Some(begin)) => begin != '\n' && (!end.is_whitespace() || begin.is_whitespace()),
                _ => false,
            }
        }
        EditKind::Deleting | EditKind::PasteMore => true,
        EditKind::Accept | EditKind::Paste | EditKind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use ropey::Rope;

    use super::*;

    fn type_all(text: &str) -> (Rope, History) {
        let (mut rope, mut history) = (Rope::new(), History::default());
        for (at, typed) in text.chars().enumerate() {
            let edit = Edit::replace(&rope, at, at, &typed.to_string());
            edit.apply(&mut rope);
            let before = (Selection::cursor(at), ContentRevision(at as u64));
            let after = (Selection::cursor(at + 1), ContentRevision(at as u64 + 1));
            history.record(UndoStep { edit, kind: EditKind::Typing, before, after });
        }
        (rope, history)
    }

    #[test]
    fn a_run_of_typing_is_undone_word_by_word_and_redone() {
        let (mut rope, mut history) = type_all("one two\nsix");
        let mut seen = Vec::new();
        while let Some(travel) = history.undo() {
            travel.edit.apply(&mut rope);
            seen.push((rope.to_string(), travel.content.0));
        }
        let expected = [("one two\n", 8), ("one two", 7), ("one ", 4), ("", 0)];
        assert_eq!(seen, expected.map(|(text, content)| (text.to_owned(), content)));
        while let Some(travel) = history.redo() {
            travel.edit.apply(&mut rope);
        }
        assert_eq!(rope.to_string(), "one two\nsix");
    }

    #[test]
    fn a_sealed_run_ends() {
        let (mut rope, mut history) = type_all("ab");
        history.seal();
        let edit = Edit::replace(&rope, 2, 2, "c");
        edit.apply(&mut rope);
        let step = UndoStep {
            edit,
            kind: EditKind::Typing,
            before: (Selection::cursor(2), ContentRevision(2)),
            after: (Selection::cursor(3), ContentRevision(3)),
        };
        history.record(step);
        history.undo().unwrap().edit.apply(&mut rope);
        assert_eq!(rope.to_string(), "ab");
        assert!(history.can_redo() && history.can_undo());
    }
}
