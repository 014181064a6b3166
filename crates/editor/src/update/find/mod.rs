//! Search: incremental, all lower case matches any case, and it goes round.
//!
//! No key waits for it. What is near the cursor is searched at once, some blocks of the text at most; all blocks of a
//! longer text are counted by a thread of the shell, from the cursor outwards ([`Effect::CountMatches`]). A match that is
//! farther away is gone to when the count tells where it is.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{editor, open_overlay};
use crate::effect::{CountRequest, Effect};
use crate::keymap::{self, Action, GlobalAction};
use crate::layout;
use crate::line_input::LineInput;
use crate::search::{Step, Wanted};
use crate::state::{FindBar, Overlay, State};
use crate::text::Selection;
use crate::text::search::block_of;

/// Chars of the selection that are taken as the query, at most.
const LONGEST_QUERY: usize = 200;

/// Opens the search bar, with what is selected (on one line) as its query, or the last one. What is typed takes its place.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let start = state.selection.start();
    let selected = state.document.buffer.text(start..state.selection.end().min(start + LONGEST_QUERY));
    let one_line = !selected.is_empty() && !selected.contains('\n');
    let mut query = LineInput::new(if one_line { &selected } else { &state.last_query });
    query.select_all();
    open_overlay(state, Overlay::Find(FindBar { query: query.clone(), origin: start, ..FindBar::default() }));
    state.search.wanted = None;
    prepare(state, query.text());
    count(state, start)
}

/// A key in the search bar.
pub(super) fn key(state: &mut State, mut bar: FindBar, key: KeyEvent) -> Vec<Effect> {
    let shift = key.modifiers.contains(KeyModifiers::SHIFT);
    let mut effects = Vec::new();
    match key.code {
        KeyCode::Esc => {
            bar.query.text().clone_into(&mut state.last_query);
            state.search.wanted = None;
            return effects;
        }
        KeyCode::Enter => effects = go(state, &bar, !shift),
        KeyCode::Down => effects = go(state, &bar, true),
        KeyCode::Up => effects = go(state, &bar, false),
        _ => match (keymap::editor(key), keymap::input(key)) {
            (Some(Action::Global(GlobalAction::Find)), _) => bar.query.select_all(),
            (Some(Action::FindNext), _) => effects = go(state, &bar, true),
            (Some(Action::FindPrevious), _) => effects = go(state, &bar, false),
            (_, Some(action)) if bar.query.apply(action) => effects = search(state, &bar),
            _ => {}
        },
    }
    state.overlay = Overlay::Find(bar);
    effects
}

/// Text was pasted into the search bar.
pub(super) fn pasted(state: &mut State, bar: &mut FindBar, text: &str) -> Vec<Effect> {
    bar.query.insert(text);
    search(state, bar)
}

/// Searches anew, from where the cursor was when the bar was opened.
fn search(state: &mut State, bar: &FindBar) -> Vec<Effect> {
    prepare(state, bar.query.text());
    editor::select(state, Selection::cursor(bar.origin.min(state.document.buffer.len())));
    walk(state, Wanted { from: bar.origin, forward: true, steps: 1 });
    count(state, bar.origin)
}

fn go(state: &mut State, bar: &FindBar, forward: bool) -> Vec<Effect> {
    bar.query.text().clone_into(&mut state.last_query);
    next(state, forward)
}

/// The next or previous match of the last query, the bar closed.
pub(super) fn again(state: &mut State, forward: bool) -> Vec<Effect> {
    if state.last_query.is_empty() {
        return open(state);
    }
    let query = state.last_query.clone();
    prepare(state, &query);
    let effects = next(state, forward);
    tell(state);
    effects
}

/// Goes to the match after or before the one that is selected.
fn next(state: &mut State, forward: bool) -> Vec<Effect> {
    let start = state.selection.start();
    let wanted = match state.search.wanted {
        // The one before is still looked for: one more.
        Some(wanted) if wanted.forward == forward => wanted.and_one_more(),
        _ => {
            let leaves = forward && !state.selection.is_empty();
            Wanted { from: start + usize::from(leaves), forward, steps: 1 }
        }
    };
    walk(state, wanted);
    count(state, start)
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
        walk(state, wanted);
        if state.overlay == Overlay::None {
            tell(state);
        }
    }
}

fn prepare(state: &mut State, query: &str) {
    state.search.prepare(query, state.document.buffer.rope(), state.document.revision);
}

/// Counts what is near char `near`, and has the shell count the rest.
fn count(state: &mut State, near: usize) -> Vec<Effect> {
    let rope = state.document.buffer.rope();
    state.search.count_near(rope, near);
    if state.search.asked || state.search.total().1 {
        return Vec::new();
    }
    state.search.asked = true;
    let (search, query) = (state.search.number, state.search.query().to_owned());
    vec![Effect::CountMatches(CountRequest { search, text: rope.clone(), query, from: block_of(rope, near) })]
}

/// Called after every message: finds the matches on the screen, and begins anew where the text was replaced.
pub(super) fn follow(state: &mut State) -> Vec<Effect> {
    let Overlay::Find(bar) = &state.overlay else { return Vec::new() };
    let mut effects = Vec::new();
    if state.search.revision != state.document.revision {
        let (query, near) = (bar.query.text().to_owned(), state.cursor());
        prepare(state, &query);
        effects = count(state, near);
    }
    let seen = (state.search.number, state.viewport);
    if matches!(&state.overlay, Overlay::Find(bar) if bar.seen != Some(seen)) {
        let end = layout::visible_rows(state).last().map_or(0, |row| row.end);
        let matches = state.search.within(state.document.buffer.rope(), state.viewport.top, end);
        if let Overlay::Find(bar) = &mut state.overlay {
            (bar.matches, bar.seen) = (matches, Some(seen));
        }
    }
    effects
}

/// Takes the steps that are wanted, as far as can be told; those that are left are taken when more is counted.
fn walk(state: &mut State, mut wanted: Wanted) {
    let (mut reached, mut waits) = (None, false);
    while wanted.steps > 0 && !waits {
        match state.search.step(state.document.buffer.rope(), wanted) {
            Step::Found(found) => {
                wanted.from = found.at.0 + usize::from(wanted.forward);
                wanted.steps -= 1;
                reached = Some(found);
            }
            Step::Nowhere => break,
            Step::Unknown => waits = true,
        }
    }
    if let Some(found) = reached {
        editor::select(state, Selection::new(found.at.0, found.at.1));
        state.search.current = Some(found);
    }
    // Whatever else moves the cursor calls it off.
    state.search.wanted = waits.then_some(wanted);
}

/// Says how a search without the bar went, where the text does not show it.
fn tell(state: &mut State) {
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
