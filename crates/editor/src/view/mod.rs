//! The editor as a picture: `view(&State, &mut Frame)`. One file for each part of the screen.
//!
//! Drawing changes nothing and knows nothing that is not in the state. Text is laid out by
//! `text::wrap`, the same as the cursor moves by, and only as much of it as is on the screen.
//! [`layout`](crate::layout) computes where things stand, for a click has to find them again.
//!
//! Whatever comes from outside (documents, file names, models) passes `text::display` on its way to a cell.

mod comparison;
mod glyph;
mod help;
mod hidden_map;
mod learn_tab;
mod model_tab;
mod question;
mod recovery;
mod side_panel;
mod small_learn_tab;
mod status;
mod suggestions;
mod text;
mod theme;
mod why;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::layout::areas;
use crate::{Focus, Overlay, State};

/// Draws the whole screen.
pub fn view(state: &State, frame: &mut Frame) {
    let whole = frame.area();
    let areas = areas(state);
    // The terminal may have shrunk since the last `Resized`.
    let [text, strip, status] = [areas.text, areas.strip, areas.status].map(|area| area.intersection(whole));
    let mut cursor = text::draw(state, frame, text);
    suggestions::draw(state, frame, strip);
    status::draw(state, frame, status);
    if let Some(area) = areas.panel.map(|area| area.intersection(whole)) {
        let panel_cursor = side_panel::draw(state, frame, area);
        if state.focus == Focus::Panel || area.intersects(text) {
            cursor = panel_cursor;
        }
    }
    // Messages and prompts stand where the strip is and rise over the text.
    let above = Rect { height: status.y.saturating_sub(whole.y), ..whole };
    let prompt_cursor = status::draw_above(state, frame, above);
    match &state.overlay {
        Overlay::None => {}
        Overlay::Help { scroll } => {
            help::draw(state, *scroll, frame, above);
            cursor = None;
        }
        Overlay::Why(why) => {
            why::draw(why, frame, above);
            cursor = None;
        }
        Overlay::Question(question) => {
            question::draw(state, question, frame, above);
            cursor = None;
        }
        Overlay::Comparison(shown) => {
            comparison::draw(state, shown, frame, above);
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
