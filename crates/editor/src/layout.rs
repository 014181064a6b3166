//! Where things are on the screen: shared by `update`, which needs it for the mouse and for moving by rows, and the view.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::difference::Difference;
use super::panel::PanelTab;
use super::question::{Choice, ChoiceKey};
use super::state::{Focus, Overlay, State};
use crate::text::{Row, Wrap};

/// From this width on the panel stands beside the text; on a narrower screen it covers it.
pub(crate) const SIDE_BY_SIDE: u16 = 80;
/// Rows and columns from which a panel that covers the text has a frame, and its parts a place each.
const LEAST_FRAMED: u16 = 8;
const LEAST_FRAMED_COLUMNS: u16 = 30;
/// From this many rows on, strip and status line not counted, the Model tab stands below the text where it cannot stand
/// beside it: it is there to be watched while typing.
const ONE_BELOW_THE_OTHER: u16 = 8;

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas {
    /// Everything the document may use, margins included.
    pub editor: Rect,
    /// The text itself; its last column is kept free for the cursor and a hanging space.
    pub text: Rect,
    /// The row of candidates; the search bar and prompts stand here too.
    pub strip: Rect,
    /// The status line.
    pub status: Rect,
    /// The side panel, when it is open.
    pub panel: Option<Rect>,
}

/// The parts of the screen as `state` has them.
pub(crate) fn areas(state: &State) -> Areas {
    let (width, height) = (state.viewport.width, state.viewport.height);
    let status_rows = u16::from(height >= 2);
    let strip_rows = u16::from(height >= 3);
    let body = height - status_rows - strip_rows;
    let side_by_side = width >= SIDE_BY_SIDE;
    let panel = match (state.panel.open, side_by_side) {
        (false, _) => None,
        (true, true) => {
            let panel_width = (width * 2 / 5).clamp(38, 60);
            Some(Rect::new(width - panel_width, 0, panel_width, body))
        }
        (true, false) if state.focus == Focus::Editor && panel_leaves_room(state) => {
            Some(Rect::new(0, body - body / 2, width, body / 2))
        }
        // In a low window every row counts, the strip's too.
        (true, false) if body < LEAST_FRAMED => Some(Rect::new(0, 0, width, body + strip_rows)),
        (true, false) => Some(Rect::new(0, 0, width, body)),
    };
    let editor = match panel {
        Some(panel) if side_by_side => Rect::new(0, 0, width - panel.width, body),
        Some(panel) if panel.y > 0 => Rect::new(0, 0, width, panel.y),
        _ => Rect::new(0, 0, width, body),
    };
    let margin = u16::from(editor.width >= 48);
    Areas {
        editor,
        text: Rect::new(margin, 0, editor.width - 2 * margin, editor.height),
        strip: Rect::new(0, body, width, strip_rows),
        status: Rect::new(0, body + strip_rows, width, status_rows),
        panel,
    }
}

/// Whether the panel has the keys and so little room that its rows are scrolled as one list.
pub(crate) fn is_panel_small(state: &State) -> bool {
    let is_small = |panel: Rect| panel.height < LEAST_FRAMED || panel.width < LEAST_FRAMED_COLUMNS;
    state.focus == Focus::Panel && areas(state).panel.is_some_and(is_small)
}

/// Whether the open panel can stay on screen while the text has the keys.
pub(super) fn panel_leaves_room(state: &State) -> bool {
    let body = state.viewport.height.saturating_sub(2);
    let below = state.panel.tab == PanelTab::Model && body >= ONE_BELOW_THE_OTHER;
    state.viewport.width >= SIDE_BY_SIDE || below
}

/// How the text wraps on this screen.
pub(crate) fn wrap(state: &State) -> Wrap {
    let width = usize::from(areas(state).text.width).saturating_sub(1).max(2);
    Wrap { width, tab: state.settings.tab_width.clamp(1, 16) }
}

/// The rows of text on the screen, top one first.
pub(crate) fn visible_rows(state: &State) -> Vec<Row> {
    let rope = state.document.buffer.rope();
    wrap(state).rows_from(rope, state.viewport.top, usize::from(areas(state).text.height))
}

/// Column and row of the cursor on the screen, unless it is scrolled out of sight.
#[cfg(test)]
pub(crate) fn cursor_cell(state: &State) -> Option<(u16, u16)> {
    let area = areas(state).text;
    let (rope, wrap) = (state.document.buffer.rope(), wrap(state));
    let rows = visible_rows(state);
    let (index, row) = rows.iter().enumerate().find(|(_, row)| row.holds(state.cursor()))?;
    let column = wrap.column_of(rope, row, state.cursor()).min(usize::from(area.width.saturating_sub(1)));
    Some((area.x + column as u16, area.y + index as u16))
}

/// The cursor position nearest to a cell of the text area; below the text, its end.
pub(crate) fn position_at_cell(state: &State, column: u16, row: u16) -> usize {
    let area = areas(state).text;
    let (rope, wrap) = (state.document.buffer.rope(), wrap(state));
    let index = usize::from(row.saturating_sub(area.y));
    match visible_rows(state).get(index) {
        Some(row) => wrap.position_at(rope, row, usize::from(column.saturating_sub(area.x))),
        None => rope.len_chars(),
    }
}

/// A button of the question that has the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Which choice.
    pub index: usize,
    /// Where it stands; a click here takes it.
    pub area: Rect,
    /// What to draw.
    pub text: String,
}

/// The rows above the status line, over which questions rise.
pub(crate) fn above(state: &State) -> Rect {
    Rect::new(0, 0, state.viewport.width, areas(state).status.y)
}

/// The buttons of the question that has the keys, on the lowest rows above the status line. Where there is little room
/// they go without the names of their keys; where there is hardly any, only the one with the focus is shown.
pub fn buttons(state: &State) -> Vec<Button> {
    let Overlay::Question(question) = &state.overlay else { return Vec::new() };
    let above = above(state);
    let (columns, rows) = (usize::from(above.width), usize::from(above.height));
    let choices = state.choices(&question.subject);
    let texts = |keys: bool| -> Vec<String> {
        let text = |(index, choice): (usize, &Choice)| {
            let mark = if question.armed && index == question.focus { '▸' } else { ' ' };
            let key = match choice.key {
                _ if !keys => String::new(),
                ChoiceKey::Alt(c) => format!(" Alt-{}", c.to_ascii_uppercase()),
                ChoiceKey::Esc => " Esc".to_owned(),
                ChoiceKey::F4 => " F4".to_owned(),
            };
            format!("[{mark}{}{key}]", choice.label)
        };
        choices.iter().enumerate().map(text).collect()
    };
    for (keys, most) in [(true, (rows / 3).min(2)), (false, (rows / 3).max(1))] {
        let placed = placed(texts(keys), columns);
        let used = placed.last().map_or(0, |button| usize::from(button.area.y) + 1);
        if used <= most.min(rows) {
            let lift = |button: Button| {
                let area = Rect { y: button.area.y + above.bottom() - used as u16, ..button.area };
                Button { area, ..button }
            };
            return placed.into_iter().map(lift).collect();
        }
    }
    let text = texts(false).into_iter().nth(question.focus).unwrap_or_default();
    let text: String = format!("‹{text}›").chars().take(columns).collect();
    let area = Rect::new(0, above.bottom().saturating_sub(1), text.width() as u16, above.height.min(1));
    vec![Button { index: question.focus, area, text }]
}

/// Texts side by side, in as many rows as it takes.
fn placed(texts: Vec<String>, columns: usize) -> Vec<Button> {
    let (mut x, mut y) = (1, 0);
    let mut buttons = Vec::new();
    for (index, text) in texts.into_iter().enumerate() {
        let width = text.width();
        if x > 1 && x + width > columns {
            (x, y) = (1, y + 1);
        }
        let wide = if x + width > columns { u16::MAX / 2 } else { y };
        buttons.push(Button { index, area: Rect::new(x as u16, wide, width as u16, 1), text });
        x += width + 1;
    }
    buttons
}

/// The part of the screen a comparison's rows stand in: a row of names above them, one of keys below.
pub(crate) fn comparison(state: &State) -> Rect {
    let above = above(state);
    Rect { y: above.y + 1.min(above.height), height: above.height.saturating_sub(2), ..above }
}

/// How far a comparison can be scrolled.
pub(super) fn most_scroll(state: &State, difference: &Difference) -> usize {
    let area = comparison(state);
    difference.rows(usize::from(area.width)).len().saturating_sub(usize::from(area.height).max(1))
}

/// Scrolls as little as it takes to have the cursor on the screen.
pub(super) fn scroll_to_cursor(state: &mut State) {
    let height = usize::from(areas(state).text.height).max(1);
    let (rope, wrap) = (state.document.buffer.rope(), wrap(state));
    let cursor = state.selection.head;
    let top = wrap.row_at(rope, state.viewport.top).start;
    state.viewport.top = if cursor < top {
        wrap.row_at(rope, cursor).start
    } else if wrap.rows_from(rope, top, height).iter().any(|row| row.holds(cursor)) {
        top
    } else {
        let above = wrap.rows_before(rope, cursor, height - 1);
        above.first().map_or_else(|| wrap.row_at(rope, cursor).start, |row| row.start)
    };
}

/// Scrolls by some rows, up when negative; the cursor stays where it is.
pub(super) fn scroll_by(state: &mut State, rows: isize) {
    let (rope, wrap) = (state.document.buffer.rope(), wrap(state));
    let count = rows.unsigned_abs();
    let reached = if rows < 0 {
        wrap.rows_before(rope, state.viewport.top, count).first().copied()
    } else {
        wrap.rows_from(rope, state.viewport.top, count + 1).last().copied()
    };
    if let Some(row) = reached {
        state.viewport.top = row.start;
    }
}
