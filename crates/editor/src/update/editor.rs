//! What a key of the editor means: each is an edit handed to [`change`], or a move of the cursor.

use std::ops::Range;

use ropey::Rope;

use super::suggest::{self, Next};
use super::{accept, change, held_tab, spacing};
use crate::effect::{Effect, Effects};
use crate::layout;
use crate::on_show::TabTarget;
use crate::state::{SmartSpace, State};
use crate::text::motion::{self, Motion};
use crate::text::{Edit, EditKind, Selection, grapheme};
use ::suggest::word::is_word_char;

/// What Tab tells where it takes nothing.
const NOTHING_MARKED: &str = "Nothing is marked for Tab here. Alt-1 … 5 take a word of this row.";

/// Types a character. It types itself, always; the one liberty is a completion's own space, which closes up.
pub(super) fn type_char(state: &mut State, c: char, effects: &mut Effects) {
    state.counters.keystrokes += 1;
    let smart = state.suggest.smart_space.take().filter(|_| state.selection.is_empty());
    if smart.is_some() && c == ' ' {
        return;
    }
    if !is_word_char(c) {
        (state.suggest.silenced, state.suggest.strip_only) = (false, false);
    }
    if let Some((range, text)) = spacing::spaced_dash(state, c) {
        return replace(state, range, &text, EditKind::Typing, Next::Request, effects);
    }
    let closing = smart.filter(|_| spacing::closes_up(state, c));
    let is_typing_on = closing.is_none() && state.selection.is_empty();
    let range = closing.map_or_else(|| state.selection.range(), |space| given_way(space, state.cursor()));
    let next = if is_typing_on { Next::Typed(c) } else { Next::Request };
    let closed_up = spacing::closed_up(state, c, closing.map(|_| range.start));
    replace(state, range, c.encode_utf8(&mut [0; 4]), EditKind::Typing, next, effects);
    state.suggest.closed_up = closed_up;
}

/// Starts a new line.
pub(super) fn newline(state: &mut State, effects: &mut Effects) {
    state.counters.keystrokes += 1;
    (state.suggest.silenced, state.suggest.strip_only) = (false, false);
    let smart = state.suggest.smart_space.take().filter(|_| state.selection.is_empty());
    let closing = smart.filter(|&space| space == SmartSpace::Inserted);
    let range = closing.map_or_else(|| state.selection.range(), |space| given_way(space, state.cursor()));
    replace(state, range, "\n", EditKind::Typing, Next::Request, effects);
}

/// The part of the text that gives way to what closes up behind a completion: its own space, or the place before a space that was
/// there.
fn given_way(space: SmartSpace, cursor: usize) -> Range<usize> {
    match space {
        SmartSpace::Inserted => cursor - 1..cursor,
        SmartSpace::SteppedOver => cursor - 1..cursor - 1,
    }
}

fn replace_selection(state: &mut State, text: &str, kind: EditKind, next: Next, effects: &mut Effects) {
    replace(state, state.selection.range(), text, kind, next, effects);
}

/// Puts `text` in place of a range, with the cursor behind it.
fn replace(
    state: &mut State,
    range: Range<usize>,
    text: &str,
    kind: EditKind,
    next: Next,
    effects: &mut Effects,
) {
    let edit = Edit::replace(state.document.buffer.rope(), range.start, range.end, text);
    change::edit(state, edit, kind, range.start + text.chars().count(), next, effects);
}

/// Tab, by what [`State::tab_target`] was before the key: takes what is marked, indents, waits for the answer under way, or
/// tells that nothing is marked.
pub(super) fn tab(state: &mut State, target: TabTarget, effects: &mut Effects) {
    match target {
        TabTarget::Ghost => drop(accept::ghost_word(state, effects)),
        TabTarget::Candidate(index) => accept::pick(state, index, effects),
        TabTarget::Indent => indent(state, effects),
        TabTarget::Wait => held_tab::hold(state, effects),
        // A message that came while the Tab waited stays.
        TabTarget::Nothing if state.status.is_some() => {}
        TabTarget::Nothing => state.inform(NOTHING_MARKED),
    }
}

/// Shift-Tab: takes a ghost of several words; outdents where there is none.
pub(super) fn back_tab(state: &mut State, effects: &mut Effects) {
    if !(shows_phrase(state) && accept::ghost(state, effects)) {
        outdent(state, effects);
    }
}

/// Whether several words of the ghost are on the screen.
fn shows_phrase(state: &State) -> bool {
    state.shown_ghost().is_some_and(|ghost| ghost.text.split_whitespace().nth(1).is_some())
}

/// Deletes the selection or the grapheme before the cursor.
pub(super) fn backspace(state: &mut State, effects: &mut Effects) {
    delete_to(state, grapheme::previous, EditKind::Deleting, effects);
}

/// Deletes the selection or the grapheme after the cursor.
pub(super) fn delete(state: &mut State, effects: &mut Effects) {
    delete_to(state, grapheme::next, EditKind::Deleting, effects);
}

/// Deletes the selection, or back to the start of the word.
pub(super) fn delete_word_left(state: &mut State, effects: &mut Effects) {
    delete_to(state, motion::word_left, EditKind::Other, effects);
}

/// Deletes the selection, or on to the end of the word.
pub(super) fn delete_word_right(state: &mut State, effects: &mut Effects) {
    delete_to(state, motion::word_right, EditKind::Other, effects);
}

/// Deletes the selection, or what stands between the cursor and `target` of it.
fn delete_to(state: &mut State, target: fn(&Rope, usize) -> usize, kind: EditKind, effects: &mut Effects) {
    if !state.selection.is_empty() {
        return replace_selection(state, "", EditKind::Other, Next::Paused, effects);
    }
    let (cursor, rope) = (state.cursor(), state.document.buffer.rope());
    let target = target(rope, cursor);
    let start = cursor.min(target);
    let edit = Edit::replace(rope, start, cursor.max(target), "");
    change::edit(state, edit, kind, start, Next::Paused, effects);
}

/// Moves the cursor. At the end of a line, → takes a ghost of several words; Ctrl-→ takes one word of any ghost.
pub(super) fn motion(state: &mut State, motion: Motion, extend: bool, effects: &mut Effects) {
    if !extend && motion == Motion::WordRight && accept::ghost_word(state, effects) {
        return;
    }
    if !extend && motion == Motion::Right && shows_phrase(state) && accept::ghost(state, effects) {
        return;
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
    change::select(state, state.selection.moved(head, extend));
    state.goal_column = goal;
    suggest::moved(state, effects);
}

/// Selects everything.
pub(super) fn select_all(state: &mut State) {
    let end = state.document.buffer.len();
    change::select(state, Selection::new(0, end));
}

/// Copies the selection.
pub(super) fn copy(state: &mut State, effects: &mut Effects) {
    if state.selection.is_empty() {
        return state.inform("Nothing is selected: select with Shift and the arrow keys");
    }
    state.clipboard = state.document.buffer.text(state.selection.range());
    effects.push(Effect::WriteClipboard(state.clipboard.clone()));
}

/// Cuts the selection.
pub(super) fn cut(state: &mut State, effects: &mut Effects) {
    copy(state, effects);
    if !state.selection.is_empty() {
        replace_selection(state, "", EditKind::Paste, Next::Nothing, effects);
    }
}

/// Inserts pasted text as one step (with what it goes on from, for [`EditKind::PasteMore`]); its line breaks become `\n`.
/// An empty clipboard gives what was cut here last.
pub(super) fn paste(state: &mut State, text: &str, kind: EditKind, effects: &mut Effects) {
    let text = if text.is_empty() { std::mem::take(&mut state.clipboard) } else { text.to_owned() };
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
    if state.clipboard.is_empty() {
        state.clipboard.clone_from(&text);
    }
    replace_selection(state, &text, kind, Next::Paused, effects);
}

/// Indents the selected lines, or the item of a list whose bullet is right before the cursor; else moves on to the next tab
/// stop.
fn indent(state: &mut State, effects: &mut Effects) {
    let tab = state.settings.tab_width.clamp(1, 16);
    if !state.selection.is_empty() || state.is_behind_bullet() {
        let unit = if state.settings.insert_spaces { " ".repeat(tab) } else { "\t".to_owned() };
        return each_line(state, |line| (0, if line.trim().is_empty() { "" } else { &unit }), effects);
    }
    if !state.settings.insert_spaces {
        return replace_selection(state, "\t", EditKind::Other, Next::Nothing, effects);
    }
    let (rope, wrap) = (state.document.buffer.rope(), layout::wrap(state));
    let column = wrap.column_of(rope, &wrap.row_at(rope, state.cursor()), state.cursor());
    replace_selection(state, &" ".repeat(tab - column % tab), EditKind::Other, Next::Nothing, effects);
}

/// Takes one level of indentation from the selected lines, or from the cursor's.
fn outdent(state: &mut State, effects: &mut Effects) {
    let tab = state.settings.tab_width.clamp(1, 16);
    let level = |line: &str| {
        let spaces = line.chars().take(tab).take_while(|&c| c == ' ').count();
        (if line.starts_with('\t') { 1 } else { spaces }, "")
    };
    each_line(state, level, effects);
}

/// Chars of the last line, which may be very long, that are looked at to indent it.
const HEAD: usize = 64;

/// Replaces the start of each selected line: `start` says how many chars, each of one byte, go and what comes. One edit
/// of all these lines, for there may be millions.
fn each_line<'a>(state: &mut State, start: impl Fn(&str) -> (usize, &'a str), effects: &mut Effects) {
    let rope = state.document.buffer.rope();
    let (selection, top) = (state.selection, state.viewport.top);
    let (first, end) = (selection.start(), selection.end());
    let last_char = if selection.is_empty() { end } else { end - 1 };
    let from = grapheme::line_start(rope, first);
    let top_line = rope.char_to_line(top.min(rope.len_chars()));
    let top_column = top - rope.line_to_char(top_line);
    let mut lines = LineChanges { positions: [first, end], moved: [first, end], at: from, by: 0 };
    let last_line = grapheme::line_start(rope, last_char);
    let head_end = (last_line + HEAD).min(grapheme::line_end(rope, last_char));
    let old = rope.slice(from..head_end).to_string();
    let mut text = String::with_capacity(old.len());
    for (index, line) in old.split('\n').enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let (removed, inserted) = start(line);
        text.push_str(inserted);
        text.push_str(&line[removed..]);
        lines.change(line.chars().count(), removed, inserted.chars().count());
    }
    if text == old {
        return;
    }
    let edited = Edit::replace(rope, from, from + old.chars().count(), &text);
    let moved = if selection.head == first {
        Selection::new(lines.moved[1], lines.moved[0])
    } else {
        Selection::new(lines.moved[0], lines.moved[1])
    };
    change::edit(state, edited, EditKind::Other, moved.head, Next::Nothing, effects);
    if !selection.is_empty() {
        change::select(state, moved);
    }
    // No line came or went: the same one stays on top.
    let rope = state.document.buffer.rope();
    let line = rope.line_to_char(top_line.min(rope.len_lines() - 1));
    state.viewport.top = (line + top_column).min(grapheme::line_end(rope, line));
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
