//! The keys of the side panel: its tabs', and those of the Model tab, which are few.

use crossterm::event::KeyEvent;

use super::{focus, model, training};
use crate::effect::Effects;
use crate::keymap::{self, PanelAction};
use crate::layout;
use crate::panel::{Learning, PanelTab};
use crate::state::State;

/// Rows that a small panel has at most, the files of a folder not counted.
const MOST_ROWS: usize = 40;

/// Text was pasted while the panel has the keys: it goes to the folder line, or nowhere.
pub(super) fn pasted(state: &mut State, text: &str) {
    if state.panel.editing_folder && state.panel.tab == PanelTab::Learn {
        state.panel.folder.insert(text);
    }
}

/// Scrolls the rows of a small panel.
fn scroll(state: &mut State, rows: isize) {
    let files = match &state.panel.learning {
        Learning::Ready(preview) => preview.files(),
        _ => 0,
    };
    state.panel.scroll = state.panel.scroll.saturating_add_signed(rows).min(MOST_ROWS + files);
}

/// A key while the panel has them. Returns whether it means something here.
pub(super) fn key(state: &mut State, key: KeyEvent, effects: &mut Effects) -> bool {
    let action = keymap::panel(key);
    if layout::is_panel_small(state) {
        if let Some(PanelAction::Scroll(rows)) = action {
            scroll(state, rows);
            return true;
        }
        // Another thing is on the screen then, from its start.
        state.panel.scroll = 0;
    }
    match (state.panel.tab, action) {
        (tab, Some(PanelAction::SwitchTab)) => {
            state.panel.tab = tab.other();
            state.status = None;
        }
        (PanelTab::Learn, _) => return training::key(state, key, effects),
        (PanelTab::Model, Some(PanelAction::Leave)) => focus::leave_panel(state),
        (PanelTab::Model, Some(PanelAction::Inspect)) if !state.model.name.is_empty() => {
            model::inspect(state, effects);
        }
        (PanelTab::Model, _) => return false,
    }
    true
}
