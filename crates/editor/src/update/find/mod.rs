//! Search: incremental, all lower case matches any case, and it goes round.
//!
//! No key waits for it. What is near the cursor is searched at once, some blocks of the text at most. Another thread
//! counts the matches of a longer text, from the cursor outwards ([`Effect::CountMatches`]). A step to a match that is
//! farther away waits for that count.
//!
//! While the bar is open the match is selected, for the keys are the bar's. Without the bar nothing is: the cursor stands at the
//! start of the match, which is marked until the next key, and what is typed replaces nothing.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{change, focus};
use crate::effect::{CountRequest, Effect, Effects};
use crate::keymap::{self, Action, GlobalAction};
use crate::layout;
use crate::line_input::LineInput;
use crate::search::{MatchStep, Search, Wanted};
use crate::state::{FindBar, Overlay, State};
use crate::text::Selection;
use crate::text::search::block_of;

/// Chars of the selection that are taken as the query, at most.
const LONGEST_QUERY: usize = 200;

/// Opens the search bar, with what is selected (on one line) as its query, or the last one. What is typed takes its place.
pub(super) fn open(state: &mut State, effects: &mut Effects) {
    let start = state.selection.start();
    let selected = state.document.buffer.text(start..state.selection.end().min(start + LONGEST_QUERY));
    let one_line = !selected.is_empty() && !selected.contains('\n');
    let mut query = LineInput::new(if one_line { &selected } else { &state.last_query });
    query.select_all();
    let back = (state.cursor(), state.viewport.top);
    let bar = FindBar { query: query.clone(), origin: start, back, ..FindBar::default() };
    focus::open_overlay(state, Overlay::Find(bar));
    state.search.wanted = None;
    prepare(state, query.text());
    count(state, start, effects);
}

/// A key in the search bar.
pub(super) fn key(state: &mut State, mut bar: FindBar, key: KeyEvent, effects: &mut Effects) {
    let shift = key.modifiers.contains(KeyModifiers::SHIFT);
    match key.code {
        KeyCode::Esc => {
            bar.query.text().clone_into(&mut state.last_query);
            state.search.wanted = None;
            return go_back(state, &bar);
        }
        KeyCode::Enter if shift => go(state, &bar, false, effects),
        KeyCode::Enter => return stay(state, &bar, effects),
        KeyCode::Down => go(state, &bar, true, effects),
        KeyCode::Up => go(state, &bar, false, effects),
        _ => match (keymap::editor(key), keymap::input(key)) {
            (Some(Action::Global(GlobalAction::Find)), _) => bar.query.select_all(),
            (Some(Action::FindNext), _) => go(state, &bar, true, effects),
            (Some(Action::FindPrevious), _) => go(state, &bar, false, effects),
            (_, Some(action)) if bar.query.apply(action) => search(state, &bar, effects),
            _ => {}
        },
    }
    state.overlay = Overlay::Find(bar);
}

/// Esc: the cursor is where it was, and so is the text on the screen.
fn go_back(state: &mut State, bar: &FindBar) {
    let (cursor, top) = bar.back;
    let length = state.document.buffer.len();
    change::select(state, Selection::cursor(cursor.min(length)));
    state.viewport.top = top.min(length);
}

/// Enter: the bar closes, and the cursor stands at the match; at the first one behind it, if none was gone to yet.
fn stay(state: &mut State, bar: &FindBar, effects: &mut Effects) {
    let is_at_match = |state: &State| {
        state.search.current.is_some_and(|current| state.selection.range() == (current.at.0..current.at.1))
    };
    if !is_at_match(state) && state.search.wanted.is_none() {
        go(state, bar, true, effects);
    }
    bar.query.text().clone_into(&mut state.last_query);
    if is_at_match(state) {
        put_cursor(state);
    } else {
        let wanted = state.search.wanted;
        go_back(state, bar);
        state.search.wanted = wanted;
    }
    if !state.last_query.is_empty() {
        report(state);
    }
}

/// The cursor stands at the start of the current match, which is marked.
fn put_cursor(state: &mut State) {
    if let Search { current: Some(current), wanted, .. } = state.search {
        change::select(state, Selection::cursor(current.at.0));
        (state.search.wanted, state.search.shows_match) = (wanted, true);
    }
}

/// Text was pasted into the search bar.
pub(super) fn pasted(state: &mut State, bar: &mut FindBar, text: &str, effects: &mut Effects) {
    bar.query.insert(text);
    search(state, bar, effects);
}

/// Searches anew, from where the cursor was when the bar was opened.
fn search(state: &mut State, bar: &FindBar, effects: &mut Effects) {
    prepare(state, bar.query.text());
    change::select(state, Selection::cursor(bar.origin.min(state.document.buffer.len())));
    walk(state, Wanted { from: bar.origin, forward: true, steps: 1 });
    count(state, bar.origin, effects);
}

fn go(state: &mut State, bar: &FindBar, forward: bool, effects: &mut Effects) {
    bar.query.text().clone_into(&mut state.last_query);
    next(state, forward, effects);
}

/// The next or previous match of the last query, the bar closed.
pub(super) fn again(state: &mut State, forward: bool, effects: &mut Effects) {
    if state.last_query.is_empty() {
        return open(state, effects);
    }
    let query = state.last_query.clone();
    prepare(state, &query);
    if next(state, forward, effects) {
        put_cursor(state);
    }
    report(state);
}

/// Goes to the match after or before the one where the cursor is. Returns whether it went to one.
fn next(state: &mut State, forward: bool, effects: &mut Effects) -> bool {
    let start = state.selection.start();
    let is_at_match = state.search.current.is_some_and(|current| current.at.0 == start);
    let wanted = match state.search.wanted {
        // The one before is still looked for: one more.
        Some(wanted) if wanted.forward == forward => wanted.and_one_more(),
        _ => {
            let leaves = forward && (is_at_match || !state.selection.is_empty());
            Wanted { from: start + usize::from(leaves), forward, steps: 1 }
        }
    };
    let is_found = walk(state, wanted);
    count(state, start, effects);
    is_found
}

/// Blocks were counted.
pub(super) fn counted(state: &mut State, search: u64, counts: &[(usize, u32)]) {
    if search != state.search.number || state.search.revision != state.document.revision {
        return;
    }
    for &(block, count) in counts {
        state.search.note(block, count);
    }
    if let Some(wanted) = state.search.wanted
        && matches!(state.overlay, Overlay::None | Overlay::Find(_))
    {
        let is_found = walk(state, wanted);
        if state.overlay == Overlay::None {
            if is_found {
                put_cursor(state);
            }
            report(state);
        }
    }
}

fn prepare(state: &mut State, query: &str) {
    state.search.prepare(query, state.document.buffer.rope(), state.document.revision);
}

/// Counts what is near char `near`, and requests the count of the rest.
fn count(state: &mut State, near: usize, effects: &mut Effects) {
    let rope = state.document.buffer.rope();
    state.search.count_near(rope, near);
    if state.search.asked || state.search.total().1 {
        return;
    }
    state.search.asked = true;
    let (search, query) = (state.search.number, state.search.query().to_owned());
    let request = CountRequest { search, text: rope.clone(), query, from: block_of(rope, near) };
    effects.push(Effect::CountMatches(request));
}

/// Called after every message: finds the matches on the screen, and begins anew where the text was replaced.
pub(super) fn follow(state: &mut State, effects: &mut Effects) {
    let Overlay::Find(bar) = &state.overlay else { return };
    if state.search.revision != state.document.revision {
        let (query, near) = (bar.query.text().to_owned(), state.cursor());
        prepare(state, &query);
        count(state, near, effects);
    }
    let seen = (state.search.number, state.viewport);
    if matches!(&state.overlay, Overlay::Find(bar) if bar.seen != Some(seen)) {
        let end = layout::visible_rows(state).last().map_or(0, |row| row.end);
        let matches = state.search.within(state.document.buffer.rope(), state.viewport.top, end);
        if let Overlay::Find(bar) = &mut state.overlay {
            (bar.matches, bar.seen) = (matches, Some(seen));
        }
    }
}

/// Takes the steps that are wanted, as far as the count allows. The rest is taken when more is counted. Returns whether that led to a
/// match, which is then selected.
fn walk(state: &mut State, mut wanted: Wanted) -> bool {
    let (mut reached, mut waits) = (None, false);
    while wanted.steps > 0 && !waits {
        match state.search.step(state.document.buffer.rope(), wanted) {
            MatchStep::Found(found) => {
                wanted.from = found.at.0 + usize::from(wanted.forward);
                wanted.steps -= 1;
                reached = Some(found);
            }
            MatchStep::Nowhere => break,
            MatchStep::Unknown => waits = true,
        }
    }
    if let Some(found) = reached {
        change::select(state, Selection::new(found.at.0, found.at.1));
        state.search.current = Some(found);
    }
    // Whatever else moves the cursor calls it off.
    state.search.wanted = waits.then_some(wanted);
    reached.is_some()
}

/// Reports how a search without the bar went, where the text does not show it.
fn report(state: &mut State) {
    let query = state.search.query().to_owned();
    if state.search.wanted.is_some() {
        state.inform(format!("Searching for “{query}” …"));
    } else if state.search.total() == (0, true) {
        let case = if state.search.restricts_case() { " (capitals match capitals only)" } else { "" };
        state.inform(format!("No match for “{query}”{case}"));
    } else {
        state.status = None;
    }
}

#[cfg(test)]
mod tests;
