//! The file is not the one the text was made from: nothing is overwritten and nothing dropped without the writer's word,
//! and what gives way is kept for a week.

use std::path::{Path, PathBuf};

use super::{editor, files, question};
use crate::difference::{self, Difference};
use crate::effect::{Effect, KeptText, TextFile};
use crate::message::{FileContent, FileStamp, KeptBecause};
use crate::question::{Answer, Comparison, Conflict, Keeping, Purpose, Question, Reading, Subject};
use crate::state::{Base, Leave, Overlay, PathPurpose, Rebase, State};
use crate::text::{ContentRevision, Edit, EditKind};
use ropey::Rope;

/// A save met another program's version: the writer is asked as soon as nothing else has the keys, and a mark stands.
pub(super) fn found(state: &mut State, path: PathBuf) -> Vec<Effect> {
    let pending = state.pending_save.take_if(|pending| pending.path == path && !pending.force);
    if state.pending_save.as_ref().is_some_and(|pending| pending.path == path) {
        // One that is being overwritten was asked about already.
        return Vec::new();
    }
    if pending.is_none() && state.document.path.as_ref() != Some(&path) {
        state.complain(format!("{} was changed by another program, and not saved", path.display()));
        return Vec::new();
    }
    let then = pending.and_then(|pending| pending.then);
    state.conflict = Some(Conflict { path, then, told: false });
    Vec::new()
}

/// Ctrl-S while the mark stands asks at once.
pub(super) fn ask(state: &mut State, then: Option<Leave>) -> Vec<Effect> {
    if let Some(conflict) = &mut state.conflict {
        (conflict.then, conflict.told) = (then, true);
    }
    question::ask(state, Subject::Conflict);
    Vec::new()
}

/// The writer answered.
pub(super) fn answered(state: &mut State, asked: Question, answer: Answer) -> Vec<Effect> {
    let Some(conflict) = state.conflict.clone() else { return Vec::new() };
    let purpose = match answer {
        Answer::Overwrite => Purpose::Overwrite { then: conflict.then },
        Answer::Reload => Purpose::Reload,
        Answer::Compare => Purpose::Compare(asked),
        Answer::SaveAs => {
            let then = conflict.then;
            files::ask_path_then(state, PathPurpose::SaveAs, then);
            return Vec::new();
        }
        _ => {
            question::step_back(state);
            // Another file's being there is no matter of the text's own.
            state.conflict.take_if(|_| !conflict.is_own_path(state.document.path.as_deref()));
            state.inform("Not saved");
            return Vec::new();
        }
    };
    read(state, conflict.path, purpose)
}

impl Conflict {
    fn is_own_path(&self, path: Option<&Path>) -> bool {
        path == Some(self.path.as_path())
    }
}

/// Has a file read to look at it.
pub(super) fn read(state: &mut State, path: PathBuf, purpose: Purpose) -> Vec<Effect> {
    let revision = state.document.revision;
    state.reading = Some(Reading { path: path.clone(), revision, purpose });
    vec![Effect::ReadFile(path)]
}

/// The file was read.
pub(super) fn file_read(state: &mut State, path: &Path, found: Result<FileContent, String>) -> Vec<Effect> {
    let Some(reading) = state.reading.take_if(|reading| reading.path == path) else { return Vec::new() };
    let content = match found {
        Ok(content) => content,
        Err(cause) => {
            state.complain(format!("{cause} Or save the text here under another name."));
            return Vec::new();
        }
    };
    if !matches!(&reading.purpose, Purpose::Compare(asked) if matches!(asked.subject, Subject::Found { .. }))
        && is_same(state, &content)
    {
        return settle(state, &content, reading.purpose);
    }
    match reading.purpose {
        Purpose::Compare(back) => {
            let difference = compared(state, &back.subject, &content);
            question::compare(state, Comparison { difference, scroll: 0, back });
            Vec::new()
        }
        Purpose::Overwrite { then } => overwrite(state, content, then),
        Purpose::Reload if reading.revision != state.document.revision => {
            state.inform("Not read again: the text was changed meanwhile");
            Vec::new()
        }
        Purpose::Reload => reload(state, content),
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

/// There is nothing to decide.
fn settle(state: &mut State, content: &FileContent, purpose: Purpose) -> Vec<Effect> {
    state.conflict = None;
    state.document.stamp = content.stamp;
    state.document.saved_revision = Some(state.document.content_revision);
    state.inform(format!("{} holds this very text: it is saved", content.path.display()));
    let mut effects: Vec<Effect> = editor::forget_journal(state).into_iter().collect();
    if let Purpose::Overwrite { then: Some(then) } = purpose {
        effects.extend(files::leave(state, then));
    }
    effects
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
fn overwrite(state: &mut State, content: FileContent, then: Option<Leave>) -> Vec<Effect> {
    if !content.exists {
        return overwrite_now(state, content.path, content.stamp, then);
    }
    let path = Some(content.path.clone());
    let file = TextFile { path, form: content.form, based_on: content.stamp };
    let text = Rope::from_str(&content.text);
    state.keeping = Some(Keeping::Overwrite { path: content.path, stamp: content.stamp, then });
    vec![Effect::KeepFirst(KeptText { because: KeptBecause::Overwrite, file, text })]
}

fn overwrite_now(
    state: &mut State,
    path: PathBuf,
    stamp: Option<FileStamp>,
    then: Option<Leave>,
) -> Vec<Effect> {
    let own = state.document.path.as_ref() == Some(&path);
    if own {
        state.document.stamp = stamp;
    }
    state.conflict = None;
    files::overwrite(state, path, then, !own)
}

/// A text that is to give way is kept by now, or cannot be.
pub(super) fn text_kept(state: &mut State, result: Result<(), String>) -> Vec<Effect> {
    match (state.keeping.take(), result) {
        (Some(Keeping::Leave { leave, revision }), result) => {
            files::kept_before_leaving(state, leave, revision, result)
        }
        (Some(Keeping::Overwrite { path, stamp, then }), Ok(())) => {
            // It may have been decided otherwise meanwhile.
            let stands = state.conflict.as_ref().is_some_and(|conflict| conflict.path == path);
            if stands { overwrite_now(state, path, stamp, then) } else { Vec::new() }
        }
        (Some(Keeping::Overwrite { path, .. }), Err(cause)) => {
            let path = path.display();
            state.complain(format!(
                "{path} was not overwritten: what it holds could not be kept for a week ({cause}). Mend that, or \
                 save the text here under another name."
            ));
            Vec::new()
        }
        (None, _) => Vec::new(),
    }
}

/// Takes the file's text in place of the one here: an edit, so that one undo leads back.
fn reload(state: &mut State, content: FileContent) -> Vec<Effect> {
    if !content.exists {
        state.inform(format!("{} is gone: save the text to have it there again", content.path.display()));
        return Vec::new();
    }
    let mut effects: Vec<Effect> = keep(state, KeptBecause::Reload).into_iter().collect();
    let document = &state.document;
    let before = Base { stamp: document.stamp, form: document.form, outdated: true };
    let after = Base { stamp: content.stamp, form: content.form, outdated: false };
    let change = difference::edit(document.buffer.rope(), &content.text);
    let cursor = change.map(state.cursor());
    // What goes to the journal is what differs from the file: nothing.
    rebase(state, change, cursor, before, after);
    state.document.read_only = content.read_only;
    state.document.saved_revision = Some(state.document.content_revision);
    effects.extend(editor::forget_journal(state));
    state.inform(format!("Read {} again; Ctrl-Z takes it back", content.path.display()));
    effects
}

/// Keeps the text here for a week, if it is in no file.
pub(super) fn keep(state: &State, because: KeptBecause) -> Option<Effect> {
    unsaved(state, because).map(Effect::KeepText)
}

/// The text here, if it is in no file.
pub(super) fn unsaved(state: &State, because: KeptBecause) -> Option<KeptText> {
    let document = &state.document;
    let (file, text) = (document.text_file(), document.buffer.rope().clone());
    document.is_modified().then_some(KeptText { because, file, text })
}

/// An edit that makes the document a text of another version of its file, as one step of its own.
pub(super) fn rebase(
    state: &mut State,
    change: Edit,
    cursor: usize,
    before: Base,
    after: Base,
) -> Vec<Effect> {
    // First, for the journal tells what the text is made from.
    take_base(state, after);
    if change.is_empty() {
        return Vec::new();
    }
    let effects = editor::edit(state, change, EditKind::Other, cursor);
    state.history.seal();
    state.document.rebase = Some(Rebase { content: state.document.content_revision, before, after });
    effects
}

/// Undo or redo led from the content `from` to the one there is: over the edit that changed what the text is made from,
/// that changes back. Not if it was saved since: then the file is the writer's own.
pub(super) fn travelled(state: &mut State, from: ContentRevision) {
    let document = &state.document;
    let Some(Rebase { content, before, after }) = document.rebase else { return };
    let to = document.content_revision;
    if from == content && to < content && document.stamp == after.stamp {
        take_base(state, before);
    } else if to == content && from < content && document.stamp == before.stamp {
        take_base(state, after);
    }
}

fn take_base(state: &mut State, base: Base) {
    (state.document.stamp, state.document.form) = (base.stamp, base.form);
    let path = state.document.path.clone().filter(|_| base.outdated);
    state.conflict = path.map(|path| Conflict { path, then: None, told: true });
}

/// A save went well: what was to be decided is.
pub(super) fn saved(state: &mut State, revision: ContentRevision) {
    if revision.is_of(state.document.id) {
        state.conflict = None;
        if matches!(&state.overlay, Overlay::Question(Question { subject: Subject::Conflict, .. })) {
            state.overlay = Overlay::None;
        }
    }
}
