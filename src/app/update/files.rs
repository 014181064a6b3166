//! Opening, saving, leaving, recovering: the text is never dropped without the writer's word.

use std::path::{Path, PathBuf};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{answer, editor, open_overlay, suggest};
use crate::app::effect::Effect;
use crate::app::input::LineInput;
use crate::app::message::{FileContent, FileStamp, Recovery};
use crate::app::state::{Document, Leave, Overlay, PathPurpose, PendingSave, State};
use crate::text::{Buffer, Edit, EditKind, History, Selection};

/// Asks for a path.
pub(super) fn ask_path(state: &mut State, purpose: PathPurpose) {
    let path =
        state.document.path.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    let text = match purpose {
        PathPurpose::SaveAs => path,
        PathPurpose::Open => path.rfind('/').map(|end| path[..=end].to_owned()).unwrap_or_default(),
    };
    state.after_naming = None;
    open_overlay(state, Overlay::PathPrompt { purpose, input: LineInput::new(&text) });
}

/// A path was typed and confirmed.
pub(super) fn path_chosen(state: &mut State, purpose: PathPurpose, path: PathBuf) -> Vec<Effect> {
    match purpose {
        PathPurpose::Open => leave(state, Leave::Open(path)),
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
    let (text, form) = (document.buffer.rope().clone(), document.form);
    state.pending_save = Some(PendingSave { path: path.clone(), revision, force, then });
    vec![Effect::SaveFile { path, text, revision, form, expected, force }]
}

/// The text as of `revision` is on disk.
pub(super) fn saved(state: &mut State, path: PathBuf, revision: u64, stamp: FileStamp) -> Vec<Effect> {
    state.inform(format!("Saved {}", path.display()));
    if revision < state.document.opened_revision {
        return Vec::new();
    }
    let mine = take_pending(state, &path, revision);
    let document = &mut state.document;
    (document.path, document.stamp, document.read_only) = (Some(path), Some(stamp), false);
    document.saved_revision = revision;
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
fn take_pending(state: &mut State, path: &Path, revision: u64) -> Option<PendingSave> {
    state.pending_save.take_if(|pending| pending.revision == revision && pending.path == path)
}

/// The text as of `revision` is not on disk: say so, and stay.
pub(super) fn save_failed(state: &mut State, path: &Path, revision: u64, cause: String) -> Vec<Effect> {
    take_pending(state, path, revision);
    state.complain(cause);
    let is_safe = !state.document.is_modified() && state.pending_save.is_none();
    if is_safe { editor::forget_journal(state).into_iter().collect() } else { Vec::new() }
}

/// A file could not be read: say so, and stay.
pub(super) fn failed(state: &mut State, cause: String) -> Vec<Effect> {
    state.open_consent = None;
    state.complain(cause);
    Vec::new()
}

/// Somebody else changed the file: ask before overwriting. One that is being overwritten was asked about already.
pub(super) fn changed_on_disk(state: &mut State, path: PathBuf) -> Vec<Effect> {
    let pending = state.pending_save.take_if(|pending| pending.path == path && !pending.force);
    if state.pending_save.as_ref().is_some_and(|pending| pending.path == path) {
        return Vec::new();
    }
    let then = pending.and_then(|pending| pending.then);
    if let Overlay::Recover(recovery) | Overlay::ConfirmDiscard(recovery) = std::mem::take(&mut state.overlay)
    {
        state.recoveries.push_front(recovery);
    }
    open_overlay(state, Overlay::ConfirmOverwrite { path, then });
    Vec::new()
}

/// The answer to “overwrite, reload or cancel?”.
pub(super) fn overwrite_key(
    state: &mut State,
    path: PathBuf,
    then: Option<Leave>,
    key: KeyEvent,
) -> Vec<Effect> {
    match answer(key) {
        Some('o') => save_to(state, path, then, true),
        Some('r') => {
            state.open_consent = Some(state.document.revision);
            vec![Effect::OpenFile(path)]
        }
        Some('\u{1b}' | 'c') => {
            state.inform("Not saved");
            Vec::new()
        }
        _ => {
            state.overlay = Overlay::ConfirmOverwrite { path, then };
            Vec::new()
        }
    }
}

/// Leaves the document, unless it holds unsaved changes: then the writer is asked. A save under way that covers them is
/// waited for; who asks a second time is not made to wait.
pub(super) fn leave(state: &mut State, leave: Leave) -> Vec<Effect> {
    let (revision, is_modified) = (state.document.content_revision, state.document.is_modified());
    if let Some(pending) = &mut state.pending_save
        && (pending.revision == revision || !is_modified)
        && pending.then.as_ref() != Some(&leave)
    {
        let text = format!("Saving {} …", pending.path.display());
        pending.then = Some(leave);
        state.inform(text);
        return Vec::new();
    }
    if state.document.is_modified() {
        open_overlay(state, Overlay::ConfirmLeave(leave));
        return Vec::new();
    }
    go(state, leave)
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

/// The answer to “save, discard or cancel?”.
pub(super) fn leave_key(state: &mut State, leave: Leave, key: KeyEvent) -> Vec<Effect> {
    match answer(key) {
        Some('s' | '\n') => save(state, Some(leave)),
        Some('d') => {
            let mut effects = Vec::new();
            if leave == Leave::Quit {
                effects.extend(editor::forget_journal(state));
            }
            effects.extend(go(state, leave));
            effects
        }
        Some('\u{1b}' | 'c') => Vec::new(),
        _ => {
            state.overlay = Overlay::ConfirmLeave(leave);
            Vec::new()
        }
    }
}

/// A file was read: it takes the place of the document. Unsaved text that nobody agreed to lose stays, and the writer is
/// asked.
pub(super) fn opened(state: &mut State, content: FileContent) -> Vec<Effect> {
    let consent = state.open_consent.take() == Some(state.document.revision);
    if state.document.is_modified() && !consent {
        return leave(state, Leave::Open(content.path));
    }
    if let Overlay::Recover(recovery) | Overlay::ConfirmDiscard(recovery) = std::mem::take(&mut state.overlay)
    {
        state.recoveries.push_front(recovery);
    }
    let effects = editor::forget_journal(state).into_iter().collect();
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
    effects
}

fn replace_document(state: &mut State, document: Document) {
    suggest::clear(state);
    state.suggest.silenced = false;
    let revision = state.document.revision + 1;
    state.document = Document {
        revision,
        content_revision: revision,
        saved_revision: revision,
        opened_revision: revision,
        ..document
    };
    state.selection = Selection::default();
    state.goal_column = None;
    state.history = History::default();
    state.viewport.top = 0;
    state.pending_save = None;
}

/// The answer to “restore, keep for later or discard?”. The question may stand there while somebody types without
/// looking: no key loses text, `d` only leads to the next question. A capital does not, or Caps Lock would turn "add"
/// into both answers.
pub(super) fn recovery_key(state: &mut State, recovery: Recovery, key: KeyEvent) -> Vec<Effect> {
    match answer(key) {
        Some('r' | '\n') => restore(state, recovery),
        Some('d') if !is_capital(key) => {
            state.overlay = Overlay::ConfirmDiscard(recovery);
            Vec::new()
        }
        Some('k' | '\u{1b}') => {
            state.inform("The unsaved text is kept, and offered again at the next start");
            Vec::new()
        }
        _ => {
            state.overlay = Overlay::Recover(recovery);
            Vec::new()
        }
    }
}

/// The answer to “throw it away for good?”: a capital `D`. Every other key leads back to the question before.
pub(super) fn discard_key(state: &mut State, recovery: Recovery, key: KeyEvent) -> Vec<Effect> {
    if answer(key) == Some('d') && is_capital(key) {
        state.inform("The unsaved text is thrown away");
        return vec![Effect::DiscardRecovery(recovery.journal)];
    }
    state.overlay = Overlay::Recover(recovery);
    Vec::new()
}

/// Whether a letter was typed with Shift, in either way terminals tell it.
fn is_capital(key: KeyEvent) -> bool {
    match key.code {
        KeyCode::Char(c) => c.is_uppercase() || key.modifiers.contains(KeyModifiers::SHIFT),
        _ => false,
    }
}

/// Brings recovered text back as an edit, so that undo leads to what is on disk. The old journal goes only behind the
/// new one.
fn restore(state: &mut State, recovery: Recovery) -> Vec<Effect> {
    if state.document.path != recovery.path {
        if state.document.is_modified() {
            state.complain(
                "Save this document first: the unsaved text of the other one is kept for the next start",
            );
            return Vec::new();
        }
        let (path, form) = (recovery.path, recovery.form);
        replace_document(state, Document { path, form, stamp: recovery.on_disk, ..Document::default() });
    }
    let end = state.document.buffer.len();
    let change = Edit::replace(state.document.buffer.rope(), 0, end, &recovery.text);
    let cursor = recovery.text.chars().count();
    let mut effects = editor::edit(state, change, EditKind::Other, cursor);
    effects.push(Effect::DiscardRecovery(recovery.journal));
    state.inform(format!("Restored the text of {}: save it to keep it", recovery.written));
    effects
}
