//! Questions about what stands as a mark: they come by themselves when nothing else has the keys, or by F4.

use super::{question, recovery};
use crate::effect::{Effect, Effects};
use crate::mark::{Mark, MarkKind};
use crate::question::Subject;
use crate::state::{Overlay, State};

/// Asks the question that waits, when nothing else has the keys.
pub(super) fn ask_what_waits(state: &mut State, effects: &mut Effects) {
    if state.overlay != Overlay::None || state.quitting || state.reading.is_some() {
        return;
    }
    if let Some(conflict) = state.conflict.as_mut().filter(|conflict| !conflict.is_asked) {
        conflict.is_asked = true;
        return question::ask_unasked(state, Subject::Conflict, effects);
    }
    if !state.recoveries_asked && !state.recoveries.is_empty() {
        state.recoveries_asked = true;
        recovery::own_first(state);
        question::ask_unasked(state, Subject::Found { chosen: 0 }, effects);
        effects.push(Effect::ListKept);
    }
}

/// F4: asks about the first mark, or shows it whole; with none, lists the texts that are kept.
pub(super) fn show_first(state: &mut State, effects: &mut Effects) {
    if let Some(mark) = state.marks().into_iter().next() {
        show(state, mark, effects);
    } else {
        state.listing = Some(state.document.revision);
        effects.push(Effect::ListKept);
    }
}

/// The mark after the one that `subject` is about, if there is one. The question steps back for it.
pub(super) fn show_next(state: &mut State, subject: &Subject, effects: &mut Effects) {
    let next = mark_of(state, subject).and_then(|kind| state.mark_after(kind));
    question::step_back(state);
    if let Some(mark) = next {
        show(state, mark, effects);
    }
}

fn show(state: &mut State, mark: Mark, effects: &mut Effects) {
    match mark.kind {
        MarkKind::Changed | MarkKind::NotSaved => question::ask(state, Subject::Conflict),
        MarkKind::Found => recovery::ask(state, effects),
        _ => question::ask(state, Subject::Marked(mark)),
    }
}

/// The mark that a question belongs to.
fn mark_of(state: &State, subject: &Subject) -> Option<MarkKind> {
    match subject {
        Subject::Marked(mark) => Some(mark.kind),
        Subject::Conflict => state.marks().first().map(|mark| mark.kind),
        Subject::Found { .. } | Subject::Discard { .. } => Some(MarkKind::Found),
        Subject::Leave(_) | Subject::StopTraining | Subject::QuitTraining => None,
    }
}
