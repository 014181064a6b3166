//! Taking what is offered: the ghost, its first word, or a candidate of the strip. Each is an ordinary edit.

use unicode_segmentation::UnicodeSegmentation;

use super::change;
use super::suggest::Next;
use crate::effect::Effects;
use crate::state::{SmartSpace, State};
use crate::text::{Edit, EditKind};
use suggest::word::takes_space;
use suggest::{Ghost, address};

/// Characters before the cursor in which an address is looked for.
const ADDRESS: usize = 200;

/// Takes the whole ghost.
pub(super) fn ghost(state: &mut State, effects: &mut Effects) {
    if let Some(ghost) = state.suggest.ghost.take() {
        accept(state, state.cursor(), &ghost.text, None, effects);
    }
}

/// Takes the ghost's first word; the rest stays on offer.
pub(super) fn ghost_word(state: &mut State, effects: &mut Effects) {
    let Some(ghost) = state.suggest.ghost.take() else { return };
    let letters = ghost.text.len() - ghost.text.trim_start().len();
    let end =
        ghost.text[letters..].find(char::is_whitespace).map_or(ghost.text.len(), |index| letters + index);
    let (word, rest) = ghost.text.split_at(end);
    let rest = rest.trim_start();
    let rest = (!rest.is_empty()).then(|| Ghost { text: rest.to_owned(), ..ghost.clone() });
    accept(state, state.cursor(), word, rest, effects);
}

/// Takes candidate `index` of the strip.
pub(super) fn pick(state: &mut State, index: usize, effects: &mut Effects) {
    let Some(shown) = &state.suggest.shown else { return };
    let Some(candidate) = shown.candidates.get(index).cloned() else { return };
    let cursor = state.cursor();
    let start = cursor.saturating_sub(shown.prefix.chars().count());
    let prefix_stands = state.document.buffer.text(start..cursor) == shown.prefix;
    if prefix_stands && !candidate.word.starts_with(&shown.prefix) {
        accept(state, start, &candidate.word, None, effects);
    } else {
        accept(state, cursor, &candidate.completion, None, effects);
    }
}

/// Puts `text` in the place of what stands between `start` and the cursor, with a space behind it where there is none.
/// `rest` stays on offer.
fn accept(state: &mut State, start: usize, text: &str, rest: Option<Ghost>, effects: &mut Effects) {
    let cursor = state.cursor();
    let mut inserted = text.to_owned();
    let space = space_behind(state, start, text);
    if space == Some(SmartSpace::Inserted) {
        inserted.push(' ');
    }
    let typed = text.graphemes(true).count() + usize::from(space.is_some());
    let saved = typed.saturating_sub(cursor - start).saturating_sub(1);
    state.counters.keystrokes += 1;
    state.counters.accepted += 1;
    state.counters.saved += saved as u64;
    state.suggest.silenced = false;
    let end = start + inserted.chars().count() + usize::from(space == Some(SmartSpace::SteppedOver));
    let edit = Edit::replace(state.document.buffer.rope(), start, cursor, &inserted);
    change::edit(state, edit, EditKind::Accept, end, Next::Accepted { space, rest, end }, effects);
}

/// The space that comes with `text`, put at `start`: one at the end of a line, or the one that is there.
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
        None | Some('\n') if !takes_space(text) => None,
        Some(' ') => Some(SmartSpace::SteppedOver),
        None | Some('\n') => Some(SmartSpace::Inserted),
        Some(_) => None,
    }
}
