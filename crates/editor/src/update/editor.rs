//! Editing: every change of the text goes through [`edit`], so undo, journal and revisions cannot be forgotten.

use super::{changed, suggest};
use crate::effect::{Effect, JournalEntry};
use crate::layout;
use crate::state::{SmartSpace, State};
use ropey::Rope;

use crate::text::history::{Step, Travel};
use crate::text::motion::{self, Motion};
use crate::text::{Edit, EditKind, Selection, grapheme};

/// The effect that keeps a change, which led from the text `before` to the one as it is now, safe from a crash.
fn journal(state: &mut State, before: Rope, edit: Edit) -> Effect {
    state.journaled = true;
    let document = &state.document;
    Effect::Journal(JournalEntry {
        file: document.text_file(),
        document: document.id,
        before,
        edit,
        text: document.buffer.rope().clone(),
    })
}

/// Drops the journal, if this document has one.
pub(super) fn forget_journal(state: &mut State) -> Option<Effect> {
    std::mem::take(&mut state.journaled).then_some(Effect::ForgetJournal)
}

/// Applies `edit`, records it, and leaves the cursor at `cursor`. Whatever was suggested is gone.
pub(super) fn edit(state: &mut State, edit: Edit, kind: EditKind, cursor: usize) -> Vec<Effect> {
    suggest::clear(state);
    if edit.is_empty() {
        return Vec::new();
    }
    let before = (state.selection, state.document.content_revision);
    let text_before = state.document.buffer.rope().clone();
    apply(state, &edit, Selection::cursor(cursor));
    state.document.content_revision = state.document.revision.content();
    let after = (state.selection, state.document.content_revision);
    let effect = journal(state, text_before, edit.clone());
    state.history.record(Step { edit, kind, before, after });
    vec![effect]
}

fn apply(state: &mut State, edit: &Edit, selection: Selection) {
    state.document.buffer.apply(edit);
    state.document.revision = state.document.revision.next();
    state.search.wanted = None;
    let rope = state.document.buffer.rope();
    state.selection =
        Selection::new(grapheme::snap(rope, selection.anchor), grapheme::snap(rope, selection.head));
    // What is put in at the very start is to be seen: there the screen does not move on with the text.
    if state.viewport.top > 0 {
        state.viewport.top = edit.map(state.viewport.top).min(rope.len_chars());
    }
    state.goal_column = None;
}

fn replace_selection(state: &mut State, text: &str, kind: EditKind) -> Vec<Effect> {
    let range = state.selection.range();
    let change = Edit::replace(state.document.buffer.rope(), range.start, range.end, text);
    edit(state, change, kind, range.start + text.chars().count())
}

fn remove(state: &mut State, start: usize, end: usize, kind: EditKind) -> Vec<Effect> {
    let change = Edit::replace(state.document.buffer.rope(), start, end, "");
    edit(state, change, kind, start)
}

/// Types a character. It types itself, always; the one liberty is a completion's own space, which closes up.
pub(super) fn type_char(state: &mut State, c: char) -> Vec<Effect> {
    state.counters.keystrokes += 1;
    let smart = state.suggest.smart_space.take().filter(|_| state.selection.is_empty());
    let cursor = state.cursor();
    if smart.is_some() && c == ' ' {
        return Vec::new();
    }
    if !suggest::is_word_char(c) {
        state.suggest.silenced = false;
    }
    let rope = state.document.buffer.rope();
    let mut effects = match smart {
        Some(space) if suggest::closes_up(c) => {
            let end = if space == SmartSpace::Inserted { cursor } else { cursor - 1 };
            let change = Edit::replace(rope, cursor - 1, end, c.encode_utf8(&mut [0; 4]));
            edit(state, change, EditKind::Typing, cursor)
        }
        _ => {
            let carried = suggest::carried(state, c);
            let effects = replace_selection(state, c.encode_utf8(&mut [0; 4]), EditKind::Typing);
            (state.suggest.shown, state.suggest.ghost) = carried;
            effects
        }
    };
    effects.extend(suggest::request(state));
    effects
}

/// Starts a new line.
pub(super) fn newline(state: &mut State) -> Vec<Effect> {
    state.counters.keystrokes += 1;
    state.suggest.silenced = false;
    let smart = state.suggest.smart_space.take().filter(|_| state.selection.is_empty());
    let mut effects = if smart == Some(SmartSpace::Inserted) {
        let cursor = state.cursor();
        let change = Edit::replace(state.document.buffer.rope(), cursor - 1, cursor, "\n");
        edit(state, change, EditKind::Typing, cursor)
    } else {
        replace_selection(state, "\n", EditKind::Typing)
    };
    effects.extend(suggest::request(state));
    effects
}

/// Deletes the selection or the grapheme before the cursor.
pub(super) fn backspace(state: &mut State) -> Vec<Effect> {
    if !state.selection.is_empty() {
        return replace_selection(state, "", EditKind::Other);
    }
    let (cursor, rope) = (state.cursor(), state.document.buffer.rope());
    let start = grapheme::previous(rope, cursor);
    remove(state, start, cursor, EditKind::Deleting)
}

/// Deletes the selection or the grapheme after the cursor.
pub(super) fn delete(state: &mut State) -> Vec<Effect> {
    if !state.selection.is_empty() {
        return replace_selection(state, "", EditKind::Other);
    }
    let (cursor, rope) = (state.cursor(), state.document.buffer.rope());
    let end = grapheme::next(rope, cursor);
    remove(state, cursor, end, EditKind::Deleting)
}

/// Deletes back to the start of the word.
pub(super) fn delete_word_left(state: &mut State) -> Vec<Effect> {
    if !state.selection.is_empty() {
        return replace_selection(state, "", EditKind::Other);
    }
    let cursor = state.cursor();
    let start = motion::word_left(state.document.buffer.rope(), cursor);
    remove(state, start, cursor, EditKind::Other)
}

/// Deletes on to the end of the word.
pub(super) fn delete_word_right(state: &mut State) -> Vec<Effect> {
    if !state.selection.is_empty() {
        return replace_selection(state, "", EditKind::Other);
    }
    let cursor = state.cursor();
    let end = motion::word_right(state.document.buffer.rope(), cursor);
    remove(state, cursor, end, EditKind::Other)
}

/// Moves the cursor. At the end of a line, → takes a ghost of several words; Ctrl-→ takes one word of any ghost.
pub(super) fn motion(state: &mut State, motion: Motion, extend: bool) -> Vec<Effect> {
    if !extend && state.suggest.ghost.is_some() {
        if motion == Motion::WordRight {
            return suggest::accept_ghost_word(state);
        }
        let next = state.document.buffer.char_at(state.cursor());
        let at_line_end = next.is_none_or(|c| c == '\n');
        if motion == Motion::Right && at_line_end && suggest::ghost_is_phrase(state) {
            return suggest::accept_ghost(state);
        }
    }
    let collapsed = match motion {
        Motion::Left if !extend && !state.selection.is_empty() => Some(state.selection.start()),
        Motion::Right if !extend && !state.selection.is_empty() => Some(state.selection.end()),
        _ => None,
    };
    let head = if let Some(head) = collapsed {
        state.goal_column = None;
        head
    } else {
        let page = usize::from(layout::areas(state).text.height).saturating_sub(2);
        let wrap = layout::wrap(state);
        let rope = state.document.buffer.rope();
        motion::target(rope, &wrap, state.selection, motion, &mut state.goal_column, page)
    };
    let goal = state.goal_column;
    select(state, state.selection.moved(head, extend));
    state.goal_column = goal;
    Vec::new()
}

/// Sets the selection: a new undo step begins, and nothing is suggested until typing goes on.
pub(super) fn select(state: &mut State, selection: Selection) {
    suggest::clear(state);
    state.history.seal();
    state.goal_column = None;
    state.search.wanted = None;
    let rope = state.document.buffer.rope();
    state.selection =
        Selection::new(grapheme::snap(rope, selection.anchor), grapheme::snap(rope, selection.head));
}

/// Selects everything.
pub(super) fn select_all(state: &mut State) -> Vec<Effect> {
    let end = state.document.buffer.len();
    select(state, Selection::new(0, end));
    Vec::new()
}

/// Copies the selection.
pub(super) fn copy(state: &mut State) -> Vec<Effect> {
    if state.selection.is_empty() {
        state.inform("Nothing is selected: select with Shift and the arrow keys");
        return Vec::new();
    }
    state.clipboard = state.document.buffer.text(state.selection.range());
    vec![Effect::WriteClipboard(state.clipboard.clone())]
}

/// Cuts the selection.
pub(super) fn cut(state: &mut State) -> Vec<Effect> {
    let mut effects = copy(state);
    if !state.selection.is_empty() {
        effects.extend(replace_selection(state, "", EditKind::Paste));
    }
    effects
}

/// Inserts pasted text as one step (with what it goes on from, for [`EditKind::PasteMore`]); its line breaks become `\n`.
/// An empty clipboard gives what was cut here last.
pub(super) fn paste(state: &mut State, text: &str, kind: EditKind) -> Vec<Effect> {
    let text = if text.is_empty() { std::mem::take(&mut state.clipboard) } else { text.to_owned() };
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
    if state.clipboard.is_empty() {
        state.clipboard.clone_from(&text);
    }
    replace_selection(state, &text, kind)
}

/// Indents the selected lines, or moves on to the next tab stop.
pub(super) fn indent(state: &mut State) -> Vec<Effect> {
    let tab = state.settings.tab_width.clamp(1, 16);
    if !state.selection.is_empty() {
        let unit = if state.settings.insert_spaces { " ".repeat(tab) } else { "\t".to_owned() };
        return each_line(state, |line| (0, if line.trim().is_empty() { "" } else { &unit }));
    }
    if !state.settings.insert_spaces {
        return replace_selection(state, "\t", EditKind::Other);
    }
    let (rope, wrap) = (state.document.buffer.rope(), layout::wrap(state));
    let column = wrap.column_of(rope, &wrap.row_at(rope, state.cursor()), state.cursor());
    replace_selection(state, &" ".repeat(tab - column % tab), EditKind::Other)
}

/// Takes one level of indentation from the selected lines, or from the cursor's.
pub(super) fn outdent(state: &mut State) -> Vec<Effect> {
    let tab = state.settings.tab_width.clamp(1, 16);
    each_line(state, |line| {
        let spaces = line.chars().take(tab).take_while(|&c| c == ' ').count();
        (if line.starts_with('\t') { 1 } else { spaces }, "")
    })
}

/// Chars of the last line, which may be very long, that are looked at to indent it.
const HEAD: usize = 64;

/// Replaces the start of each selected line: `change` says how many chars, each of one byte, go and what comes. One change
/// of all these lines, for there may be millions.
fn each_line<'a>(state: &mut State, change: impl Fn(&str) -> (usize, &'a str)) -> Vec<Effect> {
    let rope = state.document.buffer.rope();
    let (selection, top) = (state.selection, state.viewport.top);
    let (start, end) = (selection.start(), selection.end());
    let last_char = if selection.is_empty() { end } else { end - 1 };
    let from = grapheme::line_start(rope, start);
    let top_line = rope.char_to_line(top.min(rope.len_chars()));
    let top_column = top - rope.line_to_char(top_line);
    let mut lines = LineChanges { positions: [start, end], moved: [start, end], at: from, by: 0 };
    let last_line = grapheme::line_start(rope, last_char);
    let head_end = (last_line + HEAD).min(grapheme::line_end(rope, last_char));
    let old = rope.slice(from..head_end).to_string();
    let mut text = String::with_capacity(old.len());
    for (index, line) in old.split('\n').enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let (removed, inserted) = change(line);
        text.push_str(inserted);
        text.push_str(&line[removed..]);
        lines.change(line.chars().count(), removed, inserted.chars().count());
    }
    if text == old {
        return Vec::new();
    }
    let edited = Edit::replace(rope, from, from + old.chars().count(), &text);
    let moved = if selection.head == start {
        Selection::new(lines.moved[1], lines.moved[0])
    } else {
        Selection::new(lines.moved[0], lines.moved[1])
    };
    let effects = edit(state, edited, EditKind::Other, moved.head);
    if !selection.is_empty() {
        select(state, moved);
    }
    // No line came or went: the same one stays on top.
    let rope = state.document.buffer.rope();
    let line = rope.line_to_char(top_line.min(rope.len_lines() - 1));
    state.viewport.top = (line + top_column).min(grapheme::line_end(rope, line));
    effects
}

/// Where positions go while the starts of lines are replaced, one line after the other.
struct LineChanges {
    positions: [usize; 2],
    moved: [usize; 2],
    /// The start of the next line, before the changes.
    at: usize,
    /// How much longer the lines have become.
    by: isize,
}

impl LineChanges {
    fn change(&mut self, length: usize, removed: usize, inserted: usize) {
        let to = |position: usize, by: isize| position.saturating_add_signed(by);
        let by = self.by + inserted as isize - removed as isize;
        for (position, moved) in self.positions.iter().zip(&mut self.moved) {
            if *position >= self.at {
                let behind = *position >= self.at + removed;
                *moved = if behind { to(*position, by) } else { to(self.at, self.by) };
            }
        }
        (self.at, self.by) = (self.at + length + 1, by);
    }
}

/// Takes the last step back.
pub(super) fn undo(state: &mut State) -> Vec<Effect> {
    match state.history.undo() {
        Some(travel) => travel_to(state, &travel),
        None => nothing(state, "Nothing to undo"),
    }
}

/// Does the last undone step again.
pub(super) fn redo(state: &mut State) -> Vec<Effect> {
    match state.history.redo() {
        Some(travel) => travel_to(state, &travel),
        None => nothing(state, "Nothing to redo"),
    }
}

fn nothing(state: &mut State, text: &str) -> Vec<Effect> {
    suggest::clear(state);
    state.inform(text);
    Vec::new()
}

fn travel_to(state: &mut State, travel: &Travel) -> Vec<Effect> {
    suggest::clear(state);
    let before = state.document.buffer.rope().clone();
    apply(state, &travel.edit, travel.selection);
    let from = std::mem::replace(&mut state.document.content_revision, travel.content);
    changed::travelled(state, from);
    // A save under way brings another text to disk.
    if state.document.is_modified() || state.pending_save.is_some() {
        vec![journal(state, before, travel.edit.clone())]
    } else {
        forget_journal(state).into_iter().collect()
    }
}
