//! Asking: how a question comes to the screen, and how it steps back before the writer's keys. It is answered in
//! `answer`.

use std::path::PathBuf;

use super::focus::open_overlay;
use crate::effect::{Effect, Effects};
use crate::question::{Comparison, Purpose, Question, Reading, Subject};
use crate::state::{Overlay, State};

fn open(state: &mut State, subject: Subject, armed: bool) {
    state.questions += 1;
    let focus = state.first_focus(&subject);
    let question = Question { subject, focus, armed, number: state.questions, scroll: 0 };
    open_overlay(state, Overlay::Question(question));
}

/// Asks a question that the writer's own key led to.
pub(super) fn ask(state: &mut State, subject: Subject) {
    open(state, subject, true);
}

/// Asks a question that comes by itself: it takes no answer in its first second.
pub(super) fn ask_unasked(state: &mut State, subject: Subject, effects: &mut Effects) {
    open(state, subject, false);
    effects.push(Effect::ArmQuestion(state.questions));
}

/// A question has been on the screen long enough to be seen.
pub(super) fn armed(state: &mut State, number: u64) {
    if let Overlay::Question(question) = &mut state.overlay
        && question.number == number
    {
        question.armed = true;
    }
}

/// The writer goes on writing: the question is gone from the screen. What it was about stays as a mark.
pub(super) fn step_back(state: &mut State) {
    state.overlay = Overlay::None;
    if let Some(conflict) = &mut state.conflict {
        conflict.then = None;
    }
}

/// Reads a file to look at it, for a question.
pub(super) fn read_file(state: &mut State, path: PathBuf, purpose: Purpose, effects: &mut Effects) {
    let revision = state.document.revision;
    state.reading = Some(Reading { path: path.clone(), revision, purpose });
    effects.push(Effect::ReadFile(path));
}

/// Shows how two texts differ; any way out but writing leads back to the question.
pub(super) fn compare(state: &mut State, comparison: Comparison) {
    open_overlay(state, Overlay::Comparison(Box::new(comparison)));
}
