//! Taking what is offered: the ghost, its first word, or a candidate of the strip. Each is an ordinary edit. Only what is on
//! the screen is taken.

use unicode_segmentation::UnicodeSegmentation;

use super::suggest::Next;
use super::{change, spacing};
use crate::effect::Effects;
use crate::on_show::{first_word, strip_cells};
use crate::state::{SmartSpace, State};
use crate::text::{Edit, EditKind};
use suggest::word::takes_space;
use suggest::{Ghost, address};

/// Characters before the cursor in which an address is looked for.
const ADDRESS: usize = 200;

/// Takes all that is shown of the ghost; whether there was any.
pub(super) fn ghost(state: &mut State, effects: &mut Effects) -> bool {
    let Some(shown) = state.shown_ghost() else { return false };
    take(state, shown.text.len(), effects);
    true
}

/// Takes the ghost's first word; the rest stays on offer. Whether there was any.
pub(super) fn ghost_word(state: &mut State, effects: &mut Effects) -> bool {
    let Some(shown) = state.shown_ghost() else { return false };
    take(state, first_word(&shown.text).0.end, effects);
    true
}

/// Takes the ghost's first `length` bytes.
fn take(state: &mut State, length: usize, effects: &mut Effects) {
    let Some(ghost) = state.suggest.ghost.take() else { return };
    let (taken, rest) = ghost.text.split_at(length);
    let rest = rest.trim_start();
    let rest = (!rest.is_empty()).then(|| Ghost { text: rest.to_owned(), ..ghost.clone() });
    // A word goes on behind the beginning that several have in common.
    let goes_on = ghost.is_stem && rest.is_none();
    accept(state, state.cursor(), taken, goes_on, rest, effects);
}

/// Takes candidate `index` of the strip, if it is on the screen and agrees with the text.
pub(super) fn pick(state: &mut State, index: usize, effects: &mut Effects) {
    if !strip_cells(state).iter().any(|cell| cell.index == index) {
        return;
    }
    let Some(candidate) = state.suggest.candidate(index).cloned() else { return };
    let prefix = state.suggest.shown.as_ref().map(|shown| shown.prefix.clone()).unwrap_or_default();
    let cursor = state.cursor();
    let start = cursor.saturating_sub(prefix.chars().count());
    let prefix_stands = state.document.buffer.text(start..cursor) == prefix;
    if prefix_stands && !candidate.word.starts_with(&prefix) {
        accept(state, start, &candidate.word, false, None, effects);
    } else {
        let space = if spacing::needs_space_before(state, &candidate.completion) { " " } else { "" };
        accept(state, cursor, &format!("{space}{}", candidate.completion), false, None, effects);
    }
}

/// Puts `text` in the place of what stands between `start` and the cursor, with a space behind it where there is none, unless
/// its word goes on. `rest` stays on offer.
fn accept(
    state: &mut State,
    start: usize,
    text: &str,
    goes_on: bool,
    rest: Option<Ghost>,
    effects: &mut Effects,
) {
    let cursor = state.cursor();
    let mut inserted = text.to_owned();
    let space = if goes_on { None } else { space_behind(state, start, text) };
    let is_put_in = space.is_some() && state.document.buffer.char_at(cursor) != Some(' ');
    if is_put_in {
        inserted.push(' ');
    }
    let typed = text.graphemes(true).count() + usize::from(space.is_some());
    let saved = typed.saturating_sub(cursor - start).saturating_sub(1);
    state.counters.keystrokes += 1;
    state.counters.accepted += 1;
    state.counters.saved += saved as u64;
    state.suggest.silenced = false;
    state.suggest.strip_only &= goes_on;
    let end = start + inserted.chars().count() + usize::from(space.is_some() && !is_put_in);
    let edit = Edit::replace(state.document.buffer.rope(), start, cursor, &inserted);
    change::edit(state, edit, EditKind::Accept, end, Next::Accepted { space, rest, end }, effects);
}

/// The space that comes with `text`, put at `start`: one at the end of a line or before a word, or the one that is there.
fn space_behind(state: &State, start: usize, text: &str) -> Option<SmartSpace> {
    // An address goes on after one of its words; what ends one is the ghost that is all the rest of it.
    let before = state.document.buffer.text(start.saturating_sub(ADDRESS)..start);
    let goes_on = address::is_open(&before)
        && state.suggest.shown.as_ref().is_some_and(|shown| {
            shown
                .candidates
                .iter()
                .any(|candidate| [candidate.word.as_str(), candidate.completion.as_str()].contains(&text))
        });
    match state.document.buffer.char_at(state.cursor()) {
        _ if goes_on => None,
        Some(' ') => Some(SmartSpace::SteppedOver),
        _ if !takes_space(text) => None,
        None | Some('\n') => Some(SmartSpace::Inserted),
        Some(_) if state.is_before_word() => Some(SmartSpace::SteppedOver),
        Some(_) => None,
    }
}
