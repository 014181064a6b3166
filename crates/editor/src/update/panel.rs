//! The keys of the side panel: its tabs', and those of the Model tab, which are few.

use crossterm::event::KeyEvent;

use super::{focus, model, training};
use crate::effect::Effects;
use crate::keymap::{self, PanelAction};
use crate::panel::PanelTab;
use crate::state::State;

/// Text was pasted while the panel has the keys: it goes to the folder line, or nowhere.
pub(super) fn pasted(state: &mut State, text: &str) {
    if state.panel.editing_folder && state.panel.tab == PanelTab::Learn {
        state.panel.folder.insert(text);
    }
}

/// A key while the panel has them. Returns whether it means something here.
pub(super) fn key(state: &mut State, key: KeyEvent, effects: &mut Effects) -> bool {
    match (state.panel.tab, keymap::panel(key)) {
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
