//! The mouse: click, drag, double click, wheel, and clicks on the strip.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{accept, answer, change, suggest, training};
use crate::effect::Effects;
use crate::layout;
use crate::on_show::strip_cells;
use crate::state::{Focus, Overlay, State};
use crate::text::motion;

/// Rows a notch of the wheel scrolls.
const NOTCH: isize = 3;

/// The mouse was used. Under an overlay it does nothing but press a question's buttons and scroll a comparison.
pub(super) fn used(state: &mut State, event: MouseEvent, effects: &mut Effects) {
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) if matches!(state.overlay, Overlay::Question(_)) => {
            return answer::clicked(state, event.column, event.row, effects);
        }
        MouseEventKind::ScrollUp => answer::scrolled(state, -NOTCH),
        MouseEventKind::ScrollDown => answer::scrolled(state, NOTCH),
        _ => {}
    }
    if state.overlay != Overlay::None {
        return;
    }
    let at = Position::new(event.column, event.row);
    let areas = layout::areas(state);
    let on_panel = areas.panel.is_some_and(|panel| panel.contains(at));
    match event.kind {
        MouseEventKind::ScrollUp if on_panel => training::scroll(state, -NOTCH),
        MouseEventKind::ScrollDown if on_panel => training::scroll(state, NOTCH),
        MouseEventKind::ScrollUp => layout::scroll_by(state, -NOTCH),
        MouseEventKind::ScrollDown => layout::scroll_by(state, NOTCH),
        MouseEventKind::Down(MouseButton::Left) if on_panel => {
            state.suggest.clear();
            state.focus = Focus::Panel;
            if areas.panel.is_some_and(|panel| panel.y == at.y) {
                // The upper border, where the tabs are named.
                state.panel.tab = state.panel.tab.other();
            }
        }
        MouseEventKind::Down(MouseButton::Left) if areas.strip.contains(at) => {
            if let Some(cell) = strip_cells(state).into_iter().find(|cell| cell.area.contains(at)) {
                accept::pick(state, cell.index, effects);
            }
        }
        MouseEventKind::Down(MouseButton::Left) if areas.editor.contains(at) => {
            clicked(state, event, effects);
        }
        MouseEventKind::Drag(MouseButton::Left) if state.last_click.is_some() && !on_panel => {
            let head = layout::position_at_cell(state, event.column, event.row);
            change::select(state, state.selection.moved(head, true));
        }
        MouseEventKind::Up(_) if state.selection.is_empty() => {}
        MouseEventKind::Up(_) => state.last_click = None,
        _ => {}
    }
}

fn clicked(state: &mut State, event: MouseEvent, effects: &mut Effects) {
    state.focus = Focus::Editor;
    state.search.shows_match = false;
    // A message stands where the strip is to be.
    state.status = None;
    let position = layout::position_at_cell(state, event.column, event.row);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let again = state.last_click == Some((event.column, event.row, 1)) && state.selection.is_empty();
    let selection = if again && position == state.cursor() {
        motion::word_around(state.document.buffer.rope(), position)
    } else {
        state.selection.moved(position, shift)
    };
    change::select(state, selection);
    state.last_click = Some((event.column, event.row, if again { 2 } else { 1 }));
    suggest::moved(state, effects);
}
