//! Opening, saving, leaving: the text is never dropped without the writer's consent.

use std::path::{Path, PathBuf};

use super::{change, focus, question, recovery, training};
use crate::effect::{Effect, Effects, SaveRequest};
use crate::line_input::LineInput;
use crate::message::{FileContent, FileStamp, KeptBecause};
use crate::panel::{Learning, RunState};
use crate::question::{Keeping, Leave, Subject};
use crate::state::{Document, Overlay, PathPurpose, PendingSave, State};
use crate::text::{Buffer, ContentRevision, Revision};

/// Asks for a path.
pub(super) fn ask_path(state: &mut State, purpose: PathPurpose) {
    ask_path_then(state, purpose, None);
}

/// Asks for a path; `then` happens once the text is saved there.
pub(super) fn ask_path_then(state: &mut State, purpose: PathPurpose, then: Option<Leave>) {
    let path = shown_path(state);
    let text = match purpose {
        PathPurpose::SaveAs => path,
        PathPurpose::Open => path.rfind('/').map(|end| path[..=end].to_owned()).unwrap_or_default(),
    };
    state.after_naming = then;
    focus::open_overlay(state, Overlay::PathPrompt { purpose, input: LineInput::new(&text) });
}

/// The document's path as it can be typed: what a name holds besides text is not all in it.
fn shown_path(state: &State) -> String {
    state.document.path.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A path was typed and confirmed.
pub(super) fn path_chosen(state: &mut State, purpose: PathPurpose, typed: &str, effects: &mut Effects) {
    let own = LineInput::new(&shown_path(state)).text() == typed;
    let path = state.document.path.clone().filter(|_| own).unwrap_or_else(|| typed.trim().into());
    match purpose {
        PathPurpose::Open => ask_leave(state, Leave::Open(path), effects),
        PathPurpose::SaveAs => {
            let then = state.after_naming.take();
            save_to(state, path, then, false, effects);
        }
    }
}

/// Saves the document; `then` happens once it is saved. Asks for a path where there is none that can be written.
pub(super) fn save(state: &mut State, then: Option<Leave>, effects: &mut Effects) {
    // The document takes the name that it is being saved under.
    if let Some(path) = state.pending_save.as_ref().map(|pending| pending.path.clone()) {
        return save_to(state, path, then, false, effects);
    }
    match state.document.path.clone() {
        Some(path) if !state.document.read_only => save_to(state, path, then, false, effects),
        path => {
            if let Some(path) = path {
                state.complain(format!("{} cannot be written: save the text elsewhere", path.display()));
            }
            ask_path_then(state, PathPurpose::SaveAs, then);
        }
    }
}

/// Saves the document to `path`: with `force` over whatever is there, otherwise only over what is known to be there.
pub(super) fn save_to(
    state: &mut State,
    path: PathBuf,
    then: Option<Leave>,
    force: bool,
    effects: &mut Effects,
) {
    let document = &state.document;
    let revision = document.content_revision;
    let before = state.pending_save.take();
    let is_under_way = before.as_ref().is_some_and(|before| {
        (&before.path, before.revision) == (&path, revision) && (before.force || !force)
    });
    // What was to happen after the save under way is to happen after this one.
    let then = then.or(before.as_ref().and_then(|before| before.then.clone()));
    if let Some(before) = before.filter(|_| is_under_way) {
        state.pending_save = Some(PendingSave { then, ..before });
        return;
    }
    state.pending_save = Some(PendingSave { path: path.clone(), revision, force, then });
    effects.push(Effect::SaveFile(SaveRequest {
        expected: document.stamp.filter(|_| document.path.as_ref() == Some(&path)),
        path,
        text: document.buffer.rope().clone(),
        revision,
        form: document.form,
        force,
        document: document.text_file(),
    }));
}

/// The text as of `revision` is on disk.
pub(super) fn saved(
    state: &mut State,
    path: PathBuf,
    revision: ContentRevision,
    stamp: FileStamp,
    effects: &mut Effects,
) {
    state.inform(format!("Saved {}", path.display()));
    if !revision.is_of(state.document.id) {
        return;
    }
    let mine = take_pending(state, &path, revision);
    let document = &mut state.document;
    (document.path, document.stamp, document.read_only) = (Some(path), Some(stamp), false);
    document.saved_revision = Some(revision);
    // While another save is under way, what is on disk is not yet what will be there.
    if !state.document.is_modified() && state.pending_save.is_none() {
        change::forget_journal(state, effects);
    }
    if let Some(then) = mine.and_then(|pending| pending.then) {
        leave(state, then, effects);
    }
}

/// The save that an answer about `revision` is the answer to, unless a newer one is under way.
fn take_pending(state: &mut State, path: &Path, revision: ContentRevision) -> Option<PendingSave> {
    state.pending_save.take_if(|pending| pending.revision == revision && pending.path == path)
}

/// The text as of `revision` is not on disk: say so, and stay.
pub(super) fn save_failed(
    state: &mut State,
    path: &Path,
    revision: ContentRevision,
    cause: String,
    effects: &mut Effects,
) {
    take_pending(state, path, revision);
    state.complain(cause);
    if !state.document.is_modified() && state.pending_save.is_none() {
        change::forget_journal(state, effects);
    }
}

/// A file could not be read: say so, and stay.
pub(super) fn failed(state: &mut State, cause: String, effects: &mut Effects) {
    state.open_consent = None;
    recovery::file_failed(state, effects);
    state.complain(cause);
}

/// Leaves the document, at the writer's key. A training that would end with the program is asked about first, then unsaved changes.
pub(super) fn ask_leave(state: &mut State, leave: Leave, effects: &mut Effects) {
    if leave == Leave::Quit && is_learning(state) {
        question::ask(state, Subject::QuitTraining);
    } else {
        ask_about_text(state, leave, effects);
    }
}

/// Whether a training would be lost with the end of the program.
fn is_learning(state: &State) -> bool {
    matches!(&state.panel.learning, Learning::Running { run, .. } if *run != RunState::Cancelling)
}

/// The same, the training apart.
pub(super) fn ask_about_text(state: &mut State, leave: Leave, effects: &mut Effects) {
    if waits_for_save(state, &leave) {
        return;
    }
    if state.document.is_modified() {
        question::ask(state, Subject::Leave(leave));
    } else {
        go(state, leave, effects);
    }
}

/// The same, at a time when the writer may be at something else.
pub(super) fn leave(state: &mut State, leave: Leave, effects: &mut Effects) {
    if waits_for_save(state, &leave) {
        return;
    }
    if state.document.is_modified() {
        question::ask_unasked(state, Subject::Leave(leave), effects);
    } else {
        go(state, leave, effects);
    }
}

/// Whether a save under way covers what is unsaved: then the document is left when it is answered. A second key does not
/// wait for it.
fn waits_for_save(state: &mut State, leave: &Leave) -> bool {
    let (revision, is_modified) = (state.document.content_revision, state.document.is_modified());
    let Some(pending) = &mut state.pending_save else { return false };
    let covers = pending.revision == revision || !is_modified;
    if !covers || pending.then.as_ref() == Some(leave) {
        return false;
    }
    let text = format!("Saving {} …", pending.path.display());
    pending.then = Some(leave.clone());
    state.inform(text);
    true
}

fn go(state: &mut State, leave: Leave, effects: &mut Effects) {
    match leave {
        Leave::Quit => {
            if is_learning(state) {
                training::stop(state, effects);
            }
            state.quitting = true;
            effects.push(Effect::Quit);
        }
        Leave::Open(path) => {
            state.open_consent = Some(state.document.revision);
            effects.push(Effect::OpenFile(path));
        }
    }
}

/// Leaves without saving, once the text is kept for a week. One that cannot be kept is asked about again, and then lost.
pub(super) fn discard_and(state: &mut State, leave: Leave, effects: &mut Effects) {
    if state.cannot_keep.take().is_none()
        && let Some(kept) = change::unsaved(state, KeptBecause::Discard)
    {
        state.keeping = Some(Keeping::Leave { leave, revision: state.document.revision });
        return effects.push(Effect::KeepFirst(kept));
    }
    discarded(state, leave, effects);
}

/// The unsaved text was kept, or not, before it is left.
pub(super) fn kept_before_leaving(
    state: &mut State,
    leave: Leave,
    revision: Revision,
    result: Result<(), String>,
    effects: &mut Effects,
) {
    if revision != state.document.revision {
        return state.inform("Still here: the text was changed meanwhile");
    }
    match result {
        Ok(()) => discarded(state, leave, effects),
        Err(cause) => {
            state.cannot_keep = Some(cause);
            question::ask_unasked(state, Subject::Leave(leave), effects);
        }
    }
}

fn discarded(state: &mut State, leave: Leave, effects: &mut Effects) {
    if leave == Leave::Quit {
        change::forget_journal(state, effects);
    }
    go(state, leave, effects);
}

/// A file was read: it takes the place of the document. Unsaved text that nobody agreed to lose stays, and the writer is
/// asked.
pub(super) fn opened(state: &mut State, content: FileContent, effects: &mut Effects) {
    let consent = state.open_consent.take() == Some(state.document.revision);
    if state.document.is_modified() && !consent {
        state.restoring = None;
        return leave(state, Leave::Open(content.path), effects);
    }
    change::forget_journal(state, effects);
    let path = content.path.display();
    state.inform(match (content.exists, content.read_only) {
        (false, _) => format!("New file {path}"),
        (true, true) => format!("{path} cannot be written: changes can only be saved elsewhere"),
        (true, false) => format!("Opened {path}"),
    });
    let document = Document {
        buffer: Buffer::new(&content.text),
        path: Some(content.path),
        form: content.form,
        stamp: content.stamp,
        read_only: content.read_only,
        ..Document::default()
    };
    change::replace_document(state, document);
    recovery::file_opened(state, effects);
}
