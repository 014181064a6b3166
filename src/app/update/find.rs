//! Search: incremental, all lower case matches any case, and it goes round.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ropey::Rope;

use super::{editor, open_overlay};
use crate::app::effect::Effect;
use crate::app::input::LineInput;
use crate::app::keymap;
use crate::app::state::{FindBar, Overlay, State};
use crate::text::{Selection, grapheme};

/// More matches than this are neither counted nor gone to.
const MOST_MATCHES: usize = 10_000;

/// Opens the search bar, with what is selected (on one line) as its query.
pub(super) fn open(state: &mut State) {
    let selected = state
        .document
        .buffer
        .text(state.selection.start()..state.selection.end().min(state.selection.start() + 200));
    let one_line = !selected.is_empty() && !selected.contains('\n');
    let query = LineInput::new(if one_line { &selected } else { &state.last_query });
    let mut bar = FindBar { query, origin: state.selection.start(), ..FindBar::default() };
    bar.matches = matches(state.document.buffer.rope(), bar.query.text());
    open_overlay(state, Overlay::Find(bar));
}

/// A key in the search bar.
pub(super) fn key(state: &mut State, mut bar: FindBar, key: KeyEvent) -> Vec<Effect> {
    let shift = key.modifiers.contains(KeyModifiers::SHIFT);
    match key.code {
        KeyCode::Esc => {
            state.last_query = bar.query.text().to_owned();
            return Vec::new();
        }
        KeyCode::Enter => go(state, &mut bar, !shift),
        KeyCode::Down => go(state, &mut bar, true),
        KeyCode::Up => go(state, &mut bar, false),
        _ => {
            if let Some(action) = keymap::input(key)
                && bar.query.apply(action)
            {
                search(state, &mut bar);
            }
        }
    }
    state.overlay = Overlay::Find(bar);
    Vec::new()
}

/// Searches anew, from where the cursor was when the bar was opened.
pub(super) fn search(state: &mut State, bar: &mut FindBar) {
    bar.matches = matches(state.document.buffer.rope(), bar.query.text());
    let ahead = bar.matches.partition_point(|found| found.0 < bar.origin);
    bar.current = (!bar.matches.is_empty()).then(|| ahead % bar.matches.len());
    let selection = bar.current.map_or(Selection::cursor(bar.origin), |index| selected(bar, index));
    editor::select(state, selection);
}

fn selected(bar: &FindBar, index: usize) -> Selection {
    let (start, end) = bar.matches[index];
    Selection::new(start, end)
}

fn go(state: &mut State, bar: &mut FindBar, forward: bool) {
    bar.query.text().clone_into(&mut state.last_query);
    let count = bar.matches.len();
    if count == 0 {
        return;
    }
    let at = state.selection.start();
    let next = match bar.current {
        Some(index) if forward => (index + 1) % count,
        Some(index) => (index + count - 1) % count,
        None if forward => bar.matches.partition_point(|found| found.0 < at) % count,
        None => (bar.matches.partition_point(|found| found.0 < at) + count - 1) % count,
    };
    bar.current = Some(next);
    editor::select(state, selected(bar, next));
}

/// The next or previous match of the last query, the bar closed.
pub(super) fn again(state: &mut State, forward: bool) -> Vec<Effect> {
    if state.last_query.is_empty() {
        open(state);
        return Vec::new();
    }
    let found = matches(state.document.buffer.rope(), &state.last_query);
    let (start, count) = (state.selection.start(), found.len());
    if count == 0 {
        state.inform(format!("No match for “{}”", state.last_query));
        return Vec::new();
    }
    let index = if forward {
        let from = if state.selection.is_empty() { start } else { start + 1 };
        found.partition_point(|found| found.0 < from) % count
    } else {
        (found.partition_point(|found| found.0 < start) + count - 1) % count
    };
    editor::select(state, Selection::new(found[index].0, found[index].1));
    Vec::new()
}

/// Every match of `query`, as char ranges that begin and end on grapheme boundaries.
fn matches(rope: &Rope, query: &str) -> Vec<(usize, usize)> {
    let fold = |c: char| c.to_lowercase().next().unwrap_or(c);
    let any_case = !query.chars().any(char::is_uppercase);
    let needle: Vec<char> = query.chars().collect();
    let Some(&first) = needle.first() else { return Vec::new() };
    let text: Vec<char> = if any_case { rope.chars().map(fold).collect() } else { rope.chars().collect() };
    let mut found = Vec::new();
    let mut at = 0;
    while at + needle.len() <= text.len() && found.len() < MOST_MATCHES {
        let end = at + needle.len();
        let hit = text[at] == first && text[at..end] == needle[..];
        if hit && grapheme::is_boundary(rope, at) && grapheme::is_boundary(rope, end) {
            found.push((at, end));
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_matches_any_case_and_marks_are_not_split() {
        let rope = Rope::from_str("The the THE e e\u{301}");
        assert_eq!(matches(&rope, "the"), [(0, 3), (4, 7), (8, 11)]);
        assert_eq!(matches(&rope, "The"), [(0, 3)]);
        assert_eq!(matches(&rope, " e"), [(11, 13)]);
        assert!(matches(&rope, "").is_empty());
    }
}
