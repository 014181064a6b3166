//! Opening, saving, leaving: the text is never dropped without the writer's word.

use std::path::{Path, PathBuf};

use super::{changed, editor, open_overlay, question, recovery, suggest};
use crate::effect::{Effect, SaveRequest};
use crate::line_input::LineInput;
use crate::message::{FileContent, FileStamp, KeptBecause};
use crate::question::{Keeping, Question, Subject};
use crate::state::{Document, Leave, Overlay, PathPurpose, PendingSave, State};
use crate::text::{Buffer, ContentRevision, History, Revision, Selection};

/// Asks for a path.
pub(super) fn ask_path(state: &mut State, purpose: PathPurpose) {
    let path = shown_path(state);
    let text = match purpose {
        PathPurpose::SaveAs => path,
        PathPurpose::Open => path.rfind('/').map(|end| path[..=end].to_owned()).unwrap_or_default(),
    };
    state.after_naming = None;
    open_overlay(state, Overlay::PathPrompt { purpose, input: LineInput::new(&text) });
}

/// The document's path as it can be typed: what a name holds besides text is not all in it.
fn shown_path(state: &State) -> String {
    state.document.path.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A path was typed and confirmed.
pub(super) fn path_chosen(state: &mut State, purpose: PathPurpose, typed: &str) -> Vec<Effect> {
    let own = LineInput::new(&shown_path(state)).text() == typed;
    let path = state.document.path.clone().filter(|_| own).unwrap_or_else(|| typed.trim().into());
    match purpose {
        PathPurpose::Open => ask_leave(state, Leave::Open(path)),
        PathPurpose::SaveAs => {
            let then = state.after_naming.take();
            save_to(state, path, then, false)
        }
    }
}

/// Saves the document, then does what it was saved for. Asks for a path where there is none that can be written.
pub(super) fn save(state: &mut State, then: Option<Leave>) -> Vec<Effect> {
    // The document takes the name that it is being saved under.
    if let Some(path) = state.pending_save.as_ref().map(|pending| pending.path.clone()) {
        return save_to(state, path, then, false);
    }
    match state.document.path.clone() {
        Some(path) if !state.document.read_only => save_to(state, path, then, false),
        path => {
            if let Some(path) = path {
                state.complain(format!("{} cannot be written: save the text elsewhere", path.display()));
            }
            ask_path(state, PathPurpose::SaveAs);
            state.after_naming = then;
            Vec::new()
        }
    }
}

fn save_to(state: &mut State, path: PathBuf, then: Option<Leave>, force: bool) -> Vec<Effect> {
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
        return Vec::new();
    }
    let expected = document.stamp.filter(|_| document.path.as_ref() == Some(&path));
    state.pending_save = Some(PendingSave { path: path.clone(), revision, force, then });
    vec![Effect::SaveFile(SaveRequest {
        path,
        text: document.buffer.rope().clone(),
        revision,
        form: document.form,
        expected,
        force,
        document: document.text_file(),
    })]
}

/// The text as of `revision` is on disk.
pub(super) fn saved(
    state: &mut State,
    path: PathBuf,
    revision: ContentRevision,
    stamp: FileStamp,
) -> Vec<Effect> {
    state.inform(format!("Saved {}", path.display()));
    if !revision.is_of(state.document.id) {
        return Vec::new();
    }
    let mine = take_pending(state, &path, revision);
    let document = &mut state.document;
    (document.path, document.stamp, document.read_only) = (Some(path), Some(stamp), false);
    document.saved_revision = Some(revision);
    let mut effects = Vec::new();
    // While another save is under way, what is on disk is not yet what will be there.
    if !state.document.is_modified() && state.pending_save.is_none() {
        effects.extend(editor::forget_journal(state));
    }
    if let Some(then) = mine.and_then(|pending| pending.then) {
        effects.extend(leave(state, then));
    }
    effects
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
) -> Vec<Effect> {
    take_pending(state, path, revision);
    state.complain(cause);
    let is_safe = !state.document.is_modified() && state.pending_save.is_none();
    if is_safe { editor::forget_journal(state).into_iter().collect() } else { Vec::new() }
}

/// A file could not be read: say so, and stay.
pub(super) fn failed(state: &mut State, cause: String) -> Vec<Effect> {
    state.open_consent = None;
    let effects = recovery::file_failed(state);
    state.complain(cause);
    effects
}

/// Leaves the document, unless it holds unsaved changes: then the writer, who wanted to, is asked.
pub(super) fn ask_leave(state: &mut State, leave: Leave) -> Vec<Effect> {
    if waits_for_save(state, &leave) {
        return Vec::new();
    }
    if state.document.is_modified() {
        question::ask(state, Subject::Leave(leave));
        return Vec::new();
    }
    go(state, leave)
}

/// The same, when the writer may be at something else by now.
pub(super) fn leave(state: &mut State, leave: Leave) -> Vec<Effect> {
    if waits_for_save(state, &leave) {
        return Vec::new();
    }
    if state.document.is_modified() {
        return question::ask_unasked(state, Subject::Leave(leave));
    }
    go(state, leave)
}

/// Whether a save under way covers what is unsaved: the document is left when it is answered. Who asks a second time is not
/// made to wait.
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

fn go(state: &mut State, leave: Leave) -> Vec<Effect> {
    match leave {
        Leave::Quit => {
            state.quitting = true;
            vec![Effect::Quit]
        }
        Leave::Open(path) => {
            state.open_consent = Some(state.document.revision);
            vec![Effect::OpenFile(path)]
        }
    }
}

/// Leaves once the text is saved.
pub(super) fn save_and(state: &mut State, leave: Leave) -> Vec<Effect> {
    if state.conflict.is_some() { changed::ask(state, Some(leave)) } else { save(state, Some(leave)) }
}

/// Leaves without saving, once the text is kept for a week. One that cannot be kept is asked about again, and then lost.
pub(super) fn discard_and(state: &mut State, leave: Leave) -> Vec<Effect> {
    if state.cannot_keep.take().is_none()
        && let Some(kept) = changed::unsaved(state, KeptBecause::Discard)
    {
        state.keeping = Some(Keeping::Leave { leave, revision: state.document.revision });
        return vec![Effect::KeepFirst(kept)];
    }
    discarded(state, leave)
}

/// The unsaved text was kept, or not, before it is left.
pub(super) fn kept_before_leaving(
    state: &mut State,
    leave: Leave,
    revision: Revision,
    result: Result<(), String>,
) -> Vec<Effect> {
    if revision != state.document.revision {
        state.inform("Still here: the text was changed meanwhile");
        return Vec::new();
    }
    match result {
        Ok(()) => discarded(state, leave),
        Err(cause) => {
            state.cannot_keep = Some(cause);
            question::ask_unasked(state, Subject::Leave(leave))
        }
    }
}

fn discarded(state: &mut State, leave: Leave) -> Vec<Effect> {
    let forget = (leave == Leave::Quit).then(|| editor::forget_journal(state)).flatten();
    forget.into_iter().chain(go(state, leave)).collect()
}

/// Writes the text over another version of the file, which is kept by now.
pub(super) fn overwrite(state: &mut State, path: PathBuf, then: Option<Leave>, force: bool) -> Vec<Effect> {
    save_to(state, path, then, force)
}

/// Asks for a path; what was to happen after a save happens after this one.
pub(super) fn ask_path_then(state: &mut State, purpose: PathPurpose, then: Option<Leave>) {
    ask_path(state, purpose);
    state.after_naming = then;
}

/// A file was read: it takes the place of the document. Unsaved text that nobody agreed to lose stays, and the writer is
/// asked.
pub(super) fn opened(state: &mut State, content: FileContent) -> Vec<Effect> {
    let consent = state.open_consent.take() == Some(state.document.revision);
    if state.document.is_modified() && !consent {
        state.restoring = None;
        return leave(state, Leave::Open(content.path));
    }
    let mut effects: Vec<Effect> = editor::forget_journal(state).into_iter().collect();
    let message = match (content.exists, content.read_only) {
        (false, _) => format!("New file {}", content.path.display()),
        (true, true) => {
            format!("{} cannot be written: changes can only be saved elsewhere", content.path.display())
        }
        (true, false) => format!("Opened {}", content.path.display()),
    };
    state.inform(message);
    let buffer = Buffer::new(&content.text);
    replace_document(
        state,
        Document {
            buffer,
            path: Some(content.path),
            form: content.form,
            stamp: content.stamp,
            read_only: content.read_only,
            ..Document::default()
        },
    );
    effects.extend(recovery::file_opened(state));
    effects
}

pub(super) fn replace_document(state: &mut State, document: Document) {
    suggest::clear(state);
    state.suggest.silenced = false;
    let revision = state.document.revision.next();
    let opened = document.buffer.rope().clone();
    state.document = Document {
        opened,
        revision,
        content_revision: revision.content(),
        saved_revision: Some(revision.content()),
        id: revision.document(),
        ..document
    };
    state.selection = Selection::default();
    state.goal_column = None;
    state.history = History::default();
    state.viewport.top = 0;
    state.pending_save = None;
    (state.conflict, state.reading) = (None, None);
    (state.keeping, state.cannot_keep) = (None, None);
    let about_it = |question: &Question| matches!(question.subject, Subject::Conflict | Subject::Leave(_));
    match &state.overlay {
        Overlay::Question(question) if about_it(question) => state.overlay = Overlay::None,
        Overlay::Comparison(shown) if about_it(&shown.back) => state.overlay = Overlay::None,
        _ => {}
    }
}
