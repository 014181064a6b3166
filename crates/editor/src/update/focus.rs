//! Who has the keys: the text, the side panel, or an overlay.

use crate::layout;
use crate::state::{Focus, Overlay, State};

/// Puts an overlay on the screen; nothing is suggested under it.
pub(super) fn open_overlay(state: &mut State, overlay: Overlay) {
    state.suggest.clear();
    state.overlay = overlay;
}

/// F2: opens the panel and gives it the keys; gives it the keys; closes it.
pub(super) fn toggle_panel(state: &mut State) {
    state.suggest.clear();
    state.panel.scroll = 0;
    if state.panel.open && state.focus == Focus::Panel {
        state.panel.open = false;
        state.focus = Focus::Editor;
    } else {
        state.panel.open = true;
        state.focus = Focus::Panel;
    }
}

/// Gives the keys back to the text. Where there is no room for both, the panel goes.
pub(super) fn leave_panel(state: &mut State) {
    state.focus = Focus::Editor;
    if !layout::panel_leaves_room(state) {
        state.panel.open = false;
    }
}
