//! The side panel's frame: its border, the names of its tabs, and the tab that is open.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::{hidden_map, learn_tab, model_tab, small_learn_tab};
use crate::layout;
use crate::view::glyph::{fit, width};
use crate::view::status::INCOGNITO;
use crate::view::theme;
use crate::{Focus, PanelTab, State};

/// Draws the panel. Returns where the cursor stands in it, if it does.
pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) -> Option<Position> {
    if layout::is_panel_small(state) {
        return draw_small(state, frame, area);
    }
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
    if tab == PanelTab::Learn && state.settings.incognito {
        let room = usize::from(area.width).saturating_sub(2);
        let said = INCOGNITO.into_iter().find(|said| width(said) <= room).unwrap_or_default();
        block = block.title_bottom(Line::styled(said, theme::QUESTION));
    }
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

/// The panel where there is hardly any room: the names of the tabs, and below them all rows as one list that can be scrolled.
fn draw_small(state: &State, frame: &mut Frame, area: Rect) -> Option<Position> {
    let columns = usize::from(area.width);
    let tab = state.panel.tab;
    let (mut lines, cursor) = match tab {
        PanelTab::Learn => small_learn_tab::lines(state, columns),
        PanelTab::Model => (model_tab::small_lines(state, columns), None),
    };
    let title = Line::from(vec![
        Span::styled(format!("▸{} ", name(tab)), theme::CHOSEN),
        Span::styled(" [Tab]", theme::KEY),
        Span::raw(format!(" {}", name(tab.other()))),
    ]);
    let rows = usize::from(area.height).saturating_sub(1);
    let all = lines.len();
    let mut scroll = 0;
    if all > rows && rows > 1 {
        let shown = rows - 1;
        scroll = state.panel.scroll.min(all - shown);
        lines.drain(..scroll);
        let below = lines.len() - shown;
        lines.truncate(shown);
        let more = if below > 0 { format!("↓ {below} more") } else { "↑ more".to_owned() };
        lines.push(Line::styled(fit(&more, columns), theme::FOCUSED));
    }
    lines.insert(0, title);
    lines.truncate(usize::from(area.height));
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines), area);
    cursor.filter(|_| scroll == 0).map(|column| Position::new(area.x + column as u16, area.y + 1))
}

fn name(tab: PanelTab) -> &'static str {
    match tab {
        PanelTab::Learn => "Learn",
        PanelTab::Model => "Model",
    }
}
