//! The file is not the one the text was made from: nothing is overwritten and nothing dropped without the writer's
//! consent, and what gives way is kept for a week.

use std::path::{Path, PathBuf};

use ropey::Rope;

use super::{change, files, question};
use crate::difference::{self, Difference};
use crate::effect::{Effect, Effects, KeptText, TextFile};
use crate::message::{FileContent, FileStamp, KeptBecause};
use crate::question::{Answer, Comparison, Conflict, Keeping, Leave, Purpose, Question, Subject};
use crate::state::{Base, Overlay, PathPurpose, State};
use crate::text::ContentRevision;

/// A save met another program's version: the writer is asked as soon as nothing else has the keys, and a mark stands.
pub(super) fn found(state: &mut State, path: PathBuf) {
    let pending = state.pending_save.take_if(|pending| pending.path == path && !pending.force);
    if state.pending_save.as_ref().is_some_and(|pending| pending.path == path) {
        // One that is being overwritten was asked about already.
        return;
    }
    if pending.is_none() && state.document.path.as_ref() != Some(&path) {
        return state.complain(format!("{} was changed by another program, and not saved", path.display()));
    }
    let then = pending.and_then(|pending| pending.then);
    state.conflict = Some(Conflict { path, then, is_asked: false });
    if state.conflict_is_own() {
        // The file no longer holds this text, nor what undo leads back to.
        state.document.saved_revision = None;
    }
}

/// Ctrl-S while the mark stands asks at once.
pub(super) fn ask(state: &mut State, then: Option<Leave>) {
    if let Some(conflict) = &mut state.conflict {
        (conflict.then, conflict.is_asked) = (then, true);
    }
    question::ask(state, Subject::Conflict);
}

/// The writer answered.
pub(super) fn answered(state: &mut State, asked: Question, answer: Answer, effects: &mut Effects) {
    let Some(conflict) = state.conflict.clone() else { return };
    let purpose = match answer {
        Answer::Overwrite => Purpose::Overwrite { then: conflict.then },
        Answer::Reload => Purpose::Reload,
        Answer::Compare => Purpose::Compare(asked),
        Answer::SaveAs => return files::ask_path_then(state, PathPurpose::SaveAs, conflict.then),
        _ => {
            question::step_back(state);
            // Nothing stands against saving the text to its own file.
            if !conflict.is_own(state.document.path.as_deref()) {
                state.conflict = None;
            }
            return state.inform("Not saved");
        }
    };
    question::read_file(state, conflict.path, purpose, effects);
}

/// The file was read.
pub(super) fn file_read(
    state: &mut State,
    path: &Path,
    found: Result<FileContent, String>,
    effects: &mut Effects,
) {
    let Some(reading) = state.reading.take_if(|reading| reading.path == path) else { return };
    let content = match found {
        Ok(content) => content,
        Err(cause) => return state.complain(format!("{cause} Or save the text here under another name.")),
    };
    if !matches!(&reading.purpose, Purpose::Compare(asked) if matches!(asked.subject, Subject::Found { .. }))
        && is_same(state, &content)
    {
        return settle(state, &content, reading.purpose, effects);
    }
    match reading.purpose {
        Purpose::Compare(back) => {
            let difference = compared(state, &back.subject, &content);
            question::compare(state, Comparison { difference, scroll: 0, back });
        }
        Purpose::Overwrite { then } => overwrite(state, content, then, effects),
        Purpose::Reload if reading.revision != state.document.revision => {
            state.inform("Not read again: the text was changed meanwhile");
        }
        Purpose::Reload => reload(state, content, effects),
    }
}

/// Whether the document's own file holds the text as it is here.
fn is_same(state: &State, content: &FileContent) -> bool {
    let document = &state.document;
    content.exists
        && document.path.as_ref() == Some(&content.path)
        && document.form == content.form
        && *document.buffer.rope() == content.text
}

/// The texts are the same: nothing has to be decided.
fn settle(state: &mut State, content: &FileContent, purpose: Purpose, effects: &mut Effects) {
    state.conflict = None;
    state.document.stamp = content.stamp;
    state.document.saved_revision = Some(state.document.content_revision);
    state.inform(format!("{} holds this very text: it is saved", content.path.display()));
    change::forget_journal(state, effects);
    if let Purpose::Overwrite { then: Some(then) } = purpose {
        files::leave(state, then, effects);
    }
}

/// How a text differs from the file's.
fn compared(state: &State, subject: &Subject, content: &FileContent) -> Difference {
    let name = content.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let theirs = if content.exists { format!("{name} on disk") } else { format!("{name}, which is gone") };
    let (ours, text, form) = match subject {
        Subject::Found { chosen } => {
            let found = state.found(*chosen);
            let form = found.map_or(content.form, |found| found.form);
            ("the text found", found.map_or_else(String::new, |found| found.text.clone()), form)
        }
        _ => ("the text here", state.document.buffer.rope().to_string(), state.document.form),
    };
    let difference = Difference::between((ours, &text), (&theirs, &content.text));
    Difference { form: form != content.form, ..difference }
}

/// Keeps the other version, then writes over it: over that version, and no later one.
fn overwrite(state: &mut State, content: FileContent, then: Option<Leave>, effects: &mut Effects) {
    if !content.exists {
        return overwrite_now(state, content.path, content.stamp, then, effects);
    }
    let path = Some(content.path.clone());
    let file = TextFile { path, form: content.form, based_on: content.stamp };
    let text = Rope::from_str(&content.text);
    state.keeping = Some(Keeping::Overwrite { path: content.path, stamp: content.stamp, then });
    effects.push(Effect::KeepFirst(KeptText { because: KeptBecause::Overwrite, file, text }));
}

fn overwrite_now(
    state: &mut State,
    path: PathBuf,
    stamp: Option<FileStamp>,
    then: Option<Leave>,
    effects: &mut Effects,
) {
    let own = state.document.path.as_ref() == Some(&path);
    if own {
        state.document.stamp = stamp;
    }
    state.conflict = None;
    files::save_to(state, path, then, !own, effects);
}

/// A text that is to give way is kept by now, or cannot be.
pub(super) fn text_kept(state: &mut State, result: Result<(), String>, effects: &mut Effects) {
    match (state.keeping.take(), result) {
        (Some(Keeping::Leave { leave, revision }), result) => {
            files::kept_before_leaving(state, leave, revision, result, effects);
        }
        (Some(Keeping::Overwrite { path, stamp, then }), Ok(())) => {
            // It may have been decided otherwise meanwhile.
            if state.conflict.as_ref().is_some_and(|conflict| conflict.path == path) {
                overwrite_now(state, path, stamp, then, effects);
            }
        }
        (Some(Keeping::Overwrite { path, .. }), Err(cause)) => {
            let path = path.display();
            state.complain(format!(
                "{path} was not overwritten: what it holds could not be kept for a week ({cause}). Mend that, or \
                 save the text here under another name."
            ));
        }
        (None, _) => {}
    }
}

/// Takes the file's text in place of the one here: an edit, so that one undo leads back.
fn reload(state: &mut State, content: FileContent, effects: &mut Effects) {
    if !content.exists {
        let path = content.path.display();
        return state.inform(format!("{path} is gone: save the text to have it there again"));
    }
    change::keep(state, KeptBecause::Reload, effects);
    let document = &state.document;
    let before = Base { stamp: document.stamp, form: document.form, outdated: true };
    let after = Base { stamp: content.stamp, form: content.form, outdated: false };
    let edit = difference::edit(document.buffer.rope(), &content.text);
    let cursor = edit.map(state.cursor());
    // The journal keeps what differs from the file: nothing.
    change::rebase(state, edit, cursor, before, after, &mut Effects::new());
    state.document.read_only = content.read_only;
    state.document.saved_revision = Some(state.document.content_revision);
    change::forget_journal(state, effects);
    state.inform(format!("Read {} again; Ctrl-Z takes it back", content.path.display()));
}

/// A save went well: there is nothing to be decided any more.
pub(super) fn saved(state: &mut State, revision: ContentRevision) {
    if revision.is_of(state.document.id) {
        state.conflict = None;
        if matches!(&state.overlay, Overlay::Question(Question { subject: Subject::Conflict, .. })) {
            state.overlay = Overlay::None;
        }
    }
}
