//! What follows from the state: its marks, the texts that can be restored, and the choices of a question.

use super::mark::{Mark, MarkKind};
use super::message::{KeptBecause, Recovery};
use super::question::{Answer, Choice, ChoiceKey, Subject};
use super::state::State;

impl State {
    /// The marks that stand now, the gravest first. One that has a question has no sentence: the question has it.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        let conflict = self.conflict.as_ref().map(|_| {
            let kind = if self.conflict_is_own() { MarkKind::Changed } else { MarkKind::NotSaved };
            Mark::new(kind, "")
        });
        let found = (!self.recoveries.is_empty()).then(|| Mark::new(MarkKind::Found, ""));
        let open = self.document.path.as_ref();
        let set = self.marks.iter().filter(|mark| mark.file.is_none() || mark.file.as_ref() == open);
        let mut marks: Vec<Mark> = conflict.into_iter().chain(found).chain(set.cloned()).collect();
        marks.sort_by_key(|mark| mark.kind);
        marks
    }

    /// The mark that F4 shows after one of `kind`.
    pub(crate) fn mark_after(&self, kind: MarkKind) -> Option<Mark> {
        self.marks().into_iter().find(|mark| mark.kind > kind)
    }

    /// Whether there is a conflict, and it is about the document's own file.
    pub(crate) fn conflict_is_own(&self) -> bool {
        let path = self.document.path.as_deref();
        self.conflict.as_ref().is_some_and(|conflict| conflict.is_own(path))
    }

    /// A text that can be restored: those of sessions that did not end well come first.
    pub(crate) fn found(&self, index: usize) -> Option<&Recovery> {
        self.recoveries.iter().chain(&self.kept).nth(index)
    }

    /// How many texts can be restored.
    pub(crate) fn found_count(&self) -> usize {
        self.recoveries.len() + self.kept.len()
    }

    /// Whether a text that was found belongs to the open document.
    pub(crate) fn is_here(&self, found: &Recovery) -> bool {
        found.path == self.document.path
    }

    /// Whether the file of a text that was found has been changed since the text was made from it, as far as is known.
    pub(crate) fn is_outdated(&self, found: &Recovery) -> bool {
        let here = self.is_here(found).then_some(self.document.stamp).flatten();
        let differs = here.is_some_and(|now| !found.based_on.is_some_and(|then| then.same_content(&now)));
        found.is_outdated() || differs
    }

    /// The choices of a question, in their order on the screen.
    pub(crate) fn choices(&self, subject: &Subject) -> Vec<Choice> {
        match subject {
            Subject::Leave(_) => {
                vec![alt("Save", 's', Answer::Save), stay("Stay"), alt("Discard", 'd', Answer::Discard)]
            }
            Subject::Conflict => {
                let own = self.conflict_is_own();
                let mut choices = vec![stay(if own { "Keep editing" } else { "Don't save" }), COMPARE];
                choices.push(alt(if own { "Save as" } else { "Other name" }, 'a', Answer::SaveAs));
                if own {
                    choices.push(alt("Reload", 'r', Answer::Reload));
                }
                choices.push(alt("Overwrite", 'o', Answer::Overwrite));
                choices
            }
            Subject::Found { chosen } => {
                let found = self.found(*chosen);
                let crashed = found.is_some_and(|found| found.because == KeptBecause::Crash);
                let mut choices = vec![alt("Restore", 'r', Answer::Restore), COMPARE];
                choices.push(stay(if crashed { "Later" } else { "Close" }));
                choices.push(alt("Discard", 'd', Answer::Discard));
                choices
            }
            Subject::Discard { .. } => vec![stay("Keep it"), alt("Discard", 'd', Answer::Discard)],
            Subject::StopTraining => vec![stay("Go on"), alt("Stop", 's', Answer::Stop)],
            Subject::QuitTraining => vec![stay("Stay"), alt("Quit", 'q', Answer::Quit)],
            Subject::Marked(mark) => {
                let mut choices = vec![stay("Close")];
                if self.mark_after(mark.kind).is_some() {
                    choices.push(Choice { label: "Next", key: ChoiceKey::F4, answer: Answer::Next });
                }
                choices
            }
        }
    }

    /// The choice that has the focus at first: one that loses nothing, whoever presses Enter without looking.
    pub(crate) fn first_focus(&self, subject: &Subject) -> usize {
        match subject {
            // Restoring replaces what is on screen: only where that is plainly the same text, grown older.
            Subject::Found { chosen } => {
                let is_safe = |found: &Recovery| self.is_here(found) && !self.is_outdated(found);
                if self.found(*chosen).is_some_and(is_safe) { 0 } else { 2 }
            }
            _ => 0,
        }
    }
}

const fn alt(label: &'static str, key: char, answer: Answer) -> Choice {
    Choice { label, key: ChoiceKey::Alt(key), answer }
}

const fn stay(label: &'static str) -> Choice {
    Choice { label, key: ChoiceKey::Esc, answer: Answer::Stay }
}

const COMPARE: Choice = alt("Compare", 'c', Answer::Compare);
