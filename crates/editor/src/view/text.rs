//! The text: the rows on screen, what is selected or found in them, and the ghost behind the cursor.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use unicode_segmentation::UnicodeSegmentation;

use crate::layout::wrap;
use crate::on_show::ShownGhost;
use crate::text::display::display;
use crate::view::glyph::{ELLIPSIS, fit, width};
use crate::view::theme;
use crate::{Overlay, State};

/// What an empty page says.
const FIRST_STEPS: &str = "F1 keys · F2 learn from your texts · Ctrl-S save · Ctrl-Q quit";

/// Draws the text, and returns where the cursor stands if that is on screen.
pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    if state.document.buffer.is_empty() && area.height > 1 {
        let lowest = Rect { y: area.bottom() - 1, height: 1, ..area };
        frame.render_widget(Line::styled(fit(FIRST_STEPS, area.width as usize), theme::QUIET), lowest);
    }
    let rope = state.document.buffer.rope();
    let wrap = wrap(state);
    let cursor = state.cursor();
    let mut position = None;
    for (y, row) in
        (area.y..area.bottom()).zip(wrap.rows_from(rope, state.viewport.top, area.height as usize))
    {
        let cells = wrap.cells(rope, &row);
        for cell in &cells {
            let style = style_of(state, cell.start, cell.text != rope.slice(cell.start..cell.end));
            put(frame.buffer_mut(), area, area.x + cell.column as u16, y, &cell.text, cell.width, style);
        }
        if row.holds(cursor) {
            let column = wrap.column_of(rope, &row, cursor);
            let x = (area.x + column as u16).min(area.right() - 1);
            position = Some(Position::new(x, y));
        }
    }
    if let Some(ghost) = state.shown_ghost() {
        draw_ghost(&ghost, frame.buffer_mut(), area);
    }
    position
}

/// The ghost, in cells that nothing else has, so no text moves for it. A beginning that several words share has a sign behind it.
fn draw_ghost(ghost: &ShownGhost, buffer: &mut Buffer, area: Rect) {
    let mut x = ghost.x;
    for text in ghost.text.graphemes(true).map(display) {
        let cells = width(&text);
        put(buffer, area, x, ghost.y, &text, cells, theme::GHOST);
        x = x.saturating_add(cells as u16);
    }
    if ghost.is_stem {
        put(buffer, area, x, ghost.y, ELLIPSIS, 1, theme::GOES_ON);
    }
}

/// How the grapheme at char `position` looks.
fn style_of(state: &State, position: usize, stand_in: bool) -> Style {
    let mut style = if stand_in { theme::STAND_IN } else { Style::new() };
    if let Overlay::Find(bar) = &state.overlay {
        // Matches are in order: the last that begins at or before the position is the one that may hold it.
        let next = bar.matches.partition_point(|&(start, _)| start <= position);
        if next > 0 && position < bar.matches[next - 1].1 {
            style = style.patch(theme::MATCH);
        }
    }
    let shown = state.search.shown_match(state.document.revision);
    if shown.is_some_and(|(start, end)| (start..end).contains(&position)) {
        style = style.patch(theme::MATCH);
    }
    if state.selection.range().contains(&position) {
        style = style.patch(theme::SELECTION);
    }
    style
}

/// Puts a grapheme (or its stand-in of several characters) into its cells, as far as they lie in `area`.
fn put(buffer: &mut Buffer, area: Rect, x: u16, y: u16, text: &str, cells: usize, style: Style) {
    let room = area.right().saturating_sub(x) as usize;
    if room == 0 {
        return;
    }
    let cells = cells.min(room);
    buffer.set_style(Rect { x, y, width: cells as u16, height: 1 }, style);
    buffer.set_stringn(x, y, text, cells, style);
}
