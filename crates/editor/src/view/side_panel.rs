//! The side panel's frame: its border, the names of its tabs, and the tab that is open.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use super::{hidden_map, learn_tab, model_tab};
use crate::view::theme;
use crate::{Focus, PanelTab, State};

/// Draws the panel. Returns where the cursor stands in it, if it does.
pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) -> Option<Position> {
    let focused = state.focus == Focus::Panel;
    let (border, mark) = if focused { (theme::FOCUSED, "▸ ") } else { (theme::QUIET, "") };
    let tab = state.panel.tab;
    // The key that leads to the other tab stands with its name.
    let other = if focused {
        Line::from(vec![Span::styled(" [Tab]", theme::KEY), Span::raw(format!(" {} ", name(tab.other())))])
    } else {
        Line::styled(format!(" {} ", name(tab.other())), theme::QUIET)
    };
    let mut block = Block::bordered()
        .border_style(border)
        .title(Line::styled(format!(" {mark}{} ", name(tab)), theme::CHOSEN))
        .title(other.right_aligned());
    if tab == PanelTab::Model {
        let roomy = usize::from(area.height) >= model_tab::ROOMY + 2;
        let keys = match (focused, roomy) {
            (false, _) => " [F2] to the panel ",
            (true, true) => " [m] measure again  [Esc] text ",
            (true, false) => " [m] again  [Esc] text ",
        };
        block = block.title_bottom(Line::styled(keys, theme::KEY));
        if !roomy {
            block = block.title_bottom(Line::raw(format!(" {} ", hidden_map::SHORT_LEGEND)).right_aligned());
        }
    }
    let inner = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    match tab {
        PanelTab::Learn => learn_tab::draw(state, frame, inner),
        PanelTab::Model => {
            model_tab::draw(state, frame, inner);
            None
        }
    }
}

fn name(tab: PanelTab) -> &'static str {
    match tab {
        PanelTab::Learn => "Learn",
        PanelTab::Model => "Model",
    }
}
