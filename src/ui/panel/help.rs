//! The help screen: every key, scrollable where the screen is small.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use crate::ui::glyph::{fold, width};
use crate::ui::theme;

/// Headings (no key) and keys with what they do.
const KEYS: &[(&str, &str)] = &[
    ("", "The next word"),
    ("Tab", "take the dim text after the cursor, with a space; indent when there is none"),
    ("Ctrl-→", "take one word of it; move a word on when there is none"),
    ("Alt-1 … 5", "take that word of the row below the text"),
    ("Esc", "no suggestions until the next word"),
    ("Ctrl-Z", "takes a completion back whole"),
    ("", "Editing"),
    ("Ctrl-Z, Ctrl-Y", "undo, redo"),
    ("Ctrl-X, C, V", "cut, copy, paste"),
    ("Ctrl-A", "select all; Shift with any movement selects"),
    ("Ctrl-←, Ctrl-→", "a word back, a word on"),
    ("Ctrl-W", "delete the word before the cursor"),
    ("Home, End", "start and end of the line; with Ctrl, of the text"),
    ("Ctrl-F, F3", "find; find the next, with Shift the one before"),
    ("", "Files"),
    ("Ctrl-S, F12", "save; save under another name"),
    ("Ctrl-O", "open another file"),
    ("Ctrl-Q", "quit"),
    ("", "Learning from your texts"),
    ("F2", "the side panel: choose a folder, start, see what it brought; again to go back to the text"),
    ("s, p, k, c", "there: start, pause, stop and keep, cancel"),
    ("r, e", "there: back to the model before, choose another folder"),
    ("", "This screen"),
    ("F1, Esc", "close it; ↑ ↓ PgUp PgDn scroll"),
];

/// Draws the help screen, scrolled down `scroll` rows or as far as there is anything to see.
pub fn draw(scroll: usize, frame: &mut Frame, area: Rect) {
    let block = Block::bordered().border_style(theme::FOCUSED).title(" Keys ");
    let inner = block.inner(area);
    let lines = lines((inner.width as usize).saturating_sub(1));
    let rows = inner.height as usize;
    let scroll = scroll.min(lines.len().saturating_sub(rows));
    let below = lines.len().saturating_sub(scroll + rows);
    let foot =
        if below > 0 { format!(" ↓ {below} more rows · Esc closes ") } else { " Esc closes ".to_owned() };
    frame.render_widget(Clear, area);
    frame.render_widget(block.title_bottom(foot), area);
    frame.render_widget(Paragraph::new(lines.into_iter().skip(scroll).take(rows).collect::<Vec<_>>()), inner);
}

/// How many rows there are to scroll over at a screen of `columns` columns.
fn lines(columns: usize) -> Vec<Line<'static>> {
    let keys = KEYS.iter().map(|(key, _)| width(key)).max().unwrap_or(0) + 2;
    let mut lines = Vec::new();
    for (key, does) in KEYS {
        if key.is_empty() {
            if !lines.is_empty() {
                lines.push(Line::raw(""));
            }
            lines.push(Line::styled((*does).to_owned(), theme::CHOSEN));
            continue;
        }
        for (row, part) in fold(does, columns.saturating_sub(keys + 1).max(12)).into_iter().enumerate() {
            let key = if row == 0 { *key } else { "" };
            let gap = " ".repeat(keys.saturating_sub(width(key)));
            lines.push(Line::from(vec![Span::styled(format!(" {key}{gap}"), theme::KEY), Span::raw(part)]));
        }
    }
    lines
}
