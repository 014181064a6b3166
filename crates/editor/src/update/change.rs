//! The one door through which the text is changed.
//!
//! Behind it revision, undo, journal and suggestions follow, so no change can forget them. A change is an [`edit`], a
//! way through the history ([`undo`], [`redo`]), a [`rebase`] on another version of the file, or another document
//! ([`replace_document`]).

use ropey::Rope;

use super::suggest::{self, Next};
use crate::effect::{Effect, Effects, JournalEntry, KeptText};
use crate::message::KeptBecause;
use crate::question::{Conflict, Question, Subject};
use crate::state::{Base, Document, Overlay, Rebase, State};
use crate::text::history::{Travel, UndoStep};
use crate::text::{ContentRevision, Edit, EditKind, History, Selection, grapheme};

/// Applies `edit`, records it for undo and leaves the cursor at `cursor`. `next` is what becomes of the suggestions.
pub(super) fn edit(
    state: &mut State,
    edit: Edit,
    kind: EditKind,
    cursor: usize,
    next: Next,
    effects: &mut Effects,
) {
    if !edit.is_empty() {
        let before = (state.selection, state.document.content_revision);
        let text_before = state.document.buffer.rope().clone();
        apply(state, &edit, Selection::cursor(cursor));
        state.document.content_revision = state.document.revision.content();
        let after = (state.selection, state.document.content_revision);
        journal(state, text_before, edit.clone(), effects);
        state.history.record(UndoStep { edit, kind, before, after });
    }
    suggest::text_changed(state, next, effects);
}

fn apply(state: &mut State, edit: &Edit, selection: Selection) {
    state.document.buffer.apply(edit);
    state.document.revision = state.document.revision.next();
    state.search.wanted = None;
    let rope = state.document.buffer.rope();
    state.selection =
        Selection::new(grapheme::snap(rope, selection.anchor), grapheme::snap(rope, selection.head));
    // What is inserted at the very start must be seen: there the screen does not move on with the text.
    if state.viewport.top > 0 {
        state.viewport.top = edit.map(state.viewport.top).min(rope.len_chars());
    }
    state.goal_column = None;
}

/// Writes a change to the journal: it led from the text `before` to the one on the screen.
fn journal(state: &mut State, before: Rope, edit: Edit, effects: &mut Effects) {
    state.journaled = true;
    let document = &state.document;
    effects.push(Effect::Journal(JournalEntry {
        file: document.text_file(),
        document: document.id,
        before,
        edit,
        text: document.buffer.rope().clone(),
    }));
}

/// Drops the journal, if this document has one.
pub(super) fn forget_journal(state: &mut State, effects: &mut Effects) {
    if std::mem::take(&mut state.journaled) {
        effects.push(Effect::ForgetJournal);
    }
}

/// Sets the selection: a new undo step begins, and nothing is suggested until typing goes on.
pub(super) fn select(state: &mut State, selection: Selection) {
    state.suggest.clear();
    state.history.seal();
    state.goal_column = None;
    state.search.wanted = None;
    let rope = state.document.buffer.rope();
    state.selection =
        Selection::new(grapheme::snap(rope, selection.anchor), grapheme::snap(rope, selection.head));
}

/// Takes the last step back.
pub(super) fn undo(state: &mut State, effects: &mut Effects) {
    match state.history.undo() {
        Some(travel) => travel_by(state, travel, effects),
        None => stay(state, "Nothing to undo"),
    }
}

/// Does the last undone step again.
pub(super) fn redo(state: &mut State, effects: &mut Effects) {
    match state.history.redo() {
        Some(travel) => travel_by(state, travel, effects),
        None => stay(state, "Nothing to redo"),
    }
}

fn stay(state: &mut State, text: &str) {
    state.suggest.clear();
    state.inform(text);
}

fn travel_by(state: &mut State, travel: Travel, effects: &mut Effects) {
    let before = state.document.buffer.rope().clone();
    apply(state, &travel.edit, travel.selection);
    let from = std::mem::replace(&mut state.document.content_revision, travel.content);
    travel_base(state, from);
    // A save under way brings another text to disk.
    if state.document.is_modified() || state.pending_save.is_some() {
        journal(state, before, travel.edit, effects);
    } else {
        forget_journal(state, effects);
    }
    suggest::text_changed(state, Next::Nothing, effects);
}

/// An edit that makes the document a text of another version of its file, as one step of its own.
pub(super) fn rebase(
    state: &mut State,
    change: Edit,
    cursor: usize,
    before: Base,
    after: Base,
    effects: &mut Effects,
) {
    // First, for the journal records what the text is made from.
    take_base(state, after);
    if change.is_empty() {
        return;
    }
    edit(state, change, EditKind::Other, cursor, Next::Nothing, effects);
    state.history.seal();
    state.document.rebase = Some(Rebase { content: state.document.content_revision, before, after });
}

/// Undo or redo led from the content `from` to the one there is. Over a [`rebase`] the base changes back, too; but not
/// if the text was saved since, for then the file is the writer's own.
fn travel_base(state: &mut State, from: ContentRevision) {
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
    state.conflict = path.map(|path| Conflict { path, then: None, is_asked: true });
}

/// Keeps the text for a week, if it is in no file.
pub(super) fn keep(state: &State, because: KeptBecause, effects: &mut Effects) {
    effects.extend(unsaved(state, because).map(Effect::KeepText));
}

/// The text, if it is in no file.
pub(super) fn unsaved(state: &State, because: KeptBecause) -> Option<KeptText> {
    let document = &state.document;
    let (file, text) = (document.text_file(), document.buffer.rope().clone());
    document.is_modified().then_some(KeptText { because, file, text })
}

/// Puts another document in the place of this one. Questions about this one are gone.
pub(super) fn replace_document(state: &mut State, document: Document) {
    state.suggest.clear();
    (state.suggest.silenced, state.suggest.strip_only) = (false, false);
    let revision = state.document.revision.next();
    let opened = document.buffer.rope().clone();
    state.document = Document {
        opened,
        id: revision.document(),
        revision,
        content_revision: revision.content(),
        saved_revision: Some(revision.content()),
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
