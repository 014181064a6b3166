//! Texts that can be restored: unsaved ones of sessions that did not end well, and those kept for a week.

use super::{change, question};
use crate::difference::{self, Difference};
use crate::effect::{Effect, Effects};
use crate::message::{KeptBecause, Recovery};
use crate::question::{Answer, Comparison, Purpose, Question, Subject};
use crate::state::{Base, Document, Overlay, State};

/// Asks what is to become of them, and lists those that are kept.
pub(super) fn ask(state: &mut State, effects: &mut Effects) {
    own_first(state);
    question::ask(state, Subject::Found { chosen: 0 });
    effects.push(Effect::ListKept);
}

/// The texts of the open document come before those of other files.
pub(super) fn own_first(state: &mut State) {
    let path = &state.document.path;
    state.recoveries.sort_by_key(|found| found.path != *path);
}

/// Unsaved text of a session that did not end well was found.
pub(super) fn found(state: &mut State, recovery: Recovery) {
    let here = |found: &Recovery| found.path == state.document.path;
    let own = state.recoveries.iter().take_while(|found| here(found)).count();
    let at = if here(&recovery) { own } else { state.recoveries.len() };
    state.recoveries.insert(at, recovery);
    state.recoveries_asked = false;
    // A question that takes no answers yet is about the first of them, whichever that is.
    if let Overlay::Question(Question {
        subject: Subject::Found { chosen } | Subject::Discard { chosen },
        armed: true,
        ..
    }) = &mut state.overlay
        && *chosen >= at
    {
        *chosen += 1;
    } else if let Overlay::Question(Question { subject, armed: false, .. }) = &state.overlay {
        let first = state.first_focus(subject);
        if let Overlay::Question(question) = &mut state.overlay {
            question.focus = first;
        }
    }
}

/// The texts that are kept came. They are shown if they were asked for and nothing was typed since.
pub(super) fn listed(state: &mut State, kept: Vec<Recovery>) {
    state.kept = kept;
    state.kept.retain(|kept| state.recoveries.iter().all(|found| found.journal != kept.journal));
    let count = state.found_count();
    if let Overlay::Question(Question {
        subject: Subject::Found { chosen } | Subject::Discard { chosen },
        ..
    }) = &mut state.overlay
    {
        *chosen = (*chosen).min(count.saturating_sub(1));
        return;
    }
    let wanted = state.listing.take() == Some(state.document.revision) && state.overlay == Overlay::None;
    match (wanted, count) {
        (true, 0) => state.inform("Nothing is marked, and no discarded or replaced text is kept"),
        (true, _) => question::ask(state, Subject::Found { chosen: 0 }),
        (false, _) => {}
    }
}

/// The writer answered.
pub(super) fn answered(
    state: &mut State,
    asked: Question,
    chosen: usize,
    answer: Answer,
    effects: &mut Effects,
) {
    let Some(found) = state.found(chosen) else { return };
    match answer {
        Answer::Restore => restore(state, chosen, effects),
        Answer::Compare => {
            if let Some(path) = found.path.clone() {
                return question::read_file(state, path, Purpose::Compare(asked), effects);
            }
            let here = state.document.buffer.rope().to_string();
            let name = state.document.name();
            let difference = Difference::between(("the text found", &found.text), (&name, &here));
            question::compare(state, Comparison { difference, scroll: 0, back: asked });
        }
        Answer::Discard => question::ask(state, Subject::Discard { chosen }),
        _ => {
            if found.because == KeptBecause::Crash {
                state.inform("The unsaved text is kept: F4 offers it again, and so does the next start");
            }
        }
    }
}

/// The writer does not want it. What a crash left is kept for a week; what was kept is removed.
pub(super) fn discard(state: &mut State, chosen: usize, effects: &mut Effects) {
    let Some(found) = take(state, chosen) else { return };
    if found.because == KeptBecause::Crash {
        state.inform("Discarded; it is kept for a week: F4 lists such texts when nothing is marked");
    } else {
        state.inform("The text is gone for good");
    }
    effects.push(Effect::DiscardRecovery(found.journal));
}

fn take(state: &mut State, chosen: usize) -> Option<Recovery> {
    let crashed = state.recoveries.len();
    if chosen < crashed {
        Some(state.recoveries.remove(chosen))
    } else {
        (chosen - crashed < state.kept.len()).then(|| state.kept.remove(chosen - crashed))
    }
}

/// Brings a text back. One of another file takes the place of the open document, once its file is loaded; never that of
/// unsaved text.
fn restore(state: &mut State, chosen: usize, effects: &mut Effects) {
    let Some(found) = state.found(chosen) else { return };
    if state.is_here(found) {
        return restore_here(state, chosen, effects);
    }
    if state.document.is_modified() {
        let name = state.document.name();
        return state
            .complain(format!("Save {name} first, it holds unsaved text. What was found is kept: F4."));
    }
    if let Some(path) = found.path.clone() {
        state.restoring = Some(found.journal.clone());
        return effects.push(Effect::OpenFile(path));
    }
    change::replace_document(state, Document::default());
    restore_opened(state, chosen, effects);
}

/// The file of a text that is to be restored is open, if it could be.
pub(super) fn file_opened(state: &mut State, effects: &mut Effects) {
    let Some(journal) = state.restoring.take() else { return };
    let chosen = (0..state.found_count()).find(|&index| {
        state.found(index).is_some_and(|found| found.journal == journal && state.is_here(found))
    });
    if let Some(chosen) = chosen {
        restore_opened(state, chosen, effects);
    }
}

/// The file of a text that is to be restored cannot be opened: the text is restored all the same. What is on disk is asked
/// about on saving.
pub(super) fn file_failed(state: &mut State, effects: &mut Effects) {
    let Some(journal) = state.restoring.clone().filter(|_| !state.document.is_modified()) else {
        state.restoring = None;
        return;
    };
    let found = (0..state.found_count())
        .find_map(|index| state.found(index).filter(|found| found.journal == journal));
    let path = found.and_then(|found| found.path.clone());
    change::replace_document(state, Document { path, ..Document::default() });
    state.document.saved_revision = None;
    file_opened(state, effects);
}

/// Brings a text back in a document that was opened for it: what is restored counts as the text that was opened.
fn restore_opened(state: &mut State, chosen: usize, effects: &mut Effects) {
    restore_here(state, chosen, effects);
    state.document.opened = state.document.buffer.rope().clone();
}

/// Brings a text back as an edit of the document it belongs to, so that undo leads to what is on disk. The old journal
/// goes only behind the new one; a text that is kept stays kept.
fn restore_here(state: &mut State, chosen: usize, effects: &mut Effects) {
    let Some(found) = state.found(chosen).cloned() else { return };
    let outdated = state.is_outdated(&found);
    change::keep(state, KeptBecause::Reload, effects);
    let open = state.conflict.is_some();
    let document = &mut state.document;
    let before = Base { stamp: document.stamp, form: document.form, outdated: open };
    let stamp = if outdated { found.based_on } else { document.stamp };
    let after = Base { stamp, form: found.form, outdated: outdated || open };
    if document.stamp.is_none() {
        // No file holds what undo leads to.
        document.saved_revision = None;
    }
    let edit = difference::edit(document.buffer.rope(), &found.text);
    let mut places = edit.changes().iter();
    // Behind the last place that differs: there the writer was at work.
    let cursor = places.next().map_or(state.cursor(), |last| {
        let end = last.at + last.inserted_chars();
        let earlier: isize =
            places.map(|place| place.inserted_chars() as isize - place.removed_chars() as isize).sum();
        end.saturating_add_signed(earlier)
    });
    change::rebase(state, edit, cursor, before, after, effects);
    let (name, written) = (state.document.name(), found.written_in(&state.settings.zone));
    state.inform(if outdated && state.document.path.is_some() {
        format!("Restored the text of {written}. {name} was changed since: Ctrl-S asks first.")
    } else {
        format!("Restored the text of {written}: save it to keep it")
    });
    if found.because == KeptBecause::Crash {
        take(state, chosen);
        effects.push(Effect::DiscardRecovery(found.journal));
    }
}
