//! The editor as a picture: `view(&State, &mut Frame)`.
//!
//! Drawing changes nothing and knows nothing that is not in the state. Text is laid out by
//! [`text::wrap`](crate::text::wrap), the same as the cursor moves by, and only as much of it as is on the screen.
//! Where things stand is [`app::layout`](crate::app::layout)'s to say, as a click has to find them again.
//!
//! Whatever comes from outside (documents, file names, models) passes `text::display` on its way to a cell.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod glyph;
pub mod panel;
pub mod theme;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::layout::areas;
use crate::app::{Focus, Overlay, State};

/// Draws the whole screen.
pub fn view(state: &State, frame: &mut Frame) {
    let whole = frame.area();
    let areas = areas(state);
    // The terminal may have shrunk since the state was told its size.
    let [text, strip, status] = [areas.text, areas.strip, areas.status].map(|area| area.intersection(whole));
    let mut cursor = panel::editor::draw(state, frame, text);
    panel::suggestions::draw(state, frame, strip);
    panel::status::draw(state, frame, status);
    if let Some(area) = areas.panel.map(|area| area.intersection(whole)) {
        let panel_cursor = panel::side::draw(state, frame, area);
        if state.focus == Focus::Panel || area.intersects(text) {
            cursor = panel_cursor;
        }
    }
    // Messages and prompts stand where the strip is and rise over the text.
    let above = Rect { height: status.y.saturating_sub(whole.y), ..whole };
    let prompt_cursor = panel::status::draw_above(state, frame, above);
    match &state.overlay {
        Overlay::None => {}
        Overlay::Help { scroll } => {
            panel::help::draw(*scroll, frame, above);
            cursor = None;
        }
        Overlay::Why(why) => {
            panel::why::draw(why, frame, above);
            cursor = None;
        }
        Overlay::Question(question) => {
            panel::question::draw(state, question, frame, above);
            cursor = None;
        }
        Overlay::Comparison(shown) => {
            panel::comparison::draw(state, shown, frame, above);
            cursor = None;
        }
        Overlay::Find(_) | Overlay::PathPrompt { .. } => cursor = prompt_cursor,
    }
    if let Some(cursor) = cursor
        && whole.contains(cursor)
    {
        frame.set_cursor_position(cursor);
    }
}
