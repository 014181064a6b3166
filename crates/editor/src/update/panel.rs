//! The side panel as a whole: opening and closing it, and its tabs.

use crossterm::event::KeyEvent;

use super::{key_pressed, model, suggest, training};
use crate::effect::Effect;
use crate::keymap::{self, PanelAction};
use crate::layout;
use crate::panel::PanelTab;
use crate::state::{Focus, State};

/// F2: opens the panel and gives it the keys; gives it the keys; closes it.
pub(super) fn toggle(state: &mut State) {
    suggest::clear(state);
    if state.panel.open && state.focus == Focus::Panel {
        state.panel.open = false;
        state.focus = Focus::Editor;
    } else {
        state.panel.open = true;
        state.focus = Focus::Panel;
    }
}

/// Gives the keys back to the text. Where there is no room for both, the panel goes.
pub(super) fn leave(state: &mut State) {
    state.focus = Focus::Editor;
    if !layout::panel_leaves_room(state) {
        state.panel.open = false;
    }
}

/// A key while the panel has the focus.
pub(super) fn key(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    let action = keymap::panel(key);
    match (state.panel.tab, action) {
        (_, Some(PanelAction::SwitchTab)) => {
            state.panel.tab = state.panel.tab.other();
            state.status = None;
        }
        (PanelTab::Learn, _) => return training::key(state, key),
        (PanelTab::Model, Some(PanelAction::Leave)) => leave(state),
        (PanelTab::Model, Some(PanelAction::Inspect)) if !state.model.name.is_empty() => {
            return vec![model::inspect(state)];
        }
        (PanelTab::Model, _) => return write_on(state, key),
    }
    Vec::new()
}

/// A letter that is no command here: the writer goes on writing, and the text has the keys again.
pub(super) fn write_on(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    if keymap::typed(key).is_none() {
        return Vec::new();
    }
    leave(state);
    key_pressed(state, key)
}
