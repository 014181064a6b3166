//! The question whether unsaved text of an earlier session is wanted back, with the end of that text to judge by.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use crate::app::message::Recovery;
use crate::ui::glyph::{fit, fit_end, fold};
use crate::ui::panel::status::counted;
use crate::ui::theme;

/// Draws the question over `area`: what is to become of the text, or whether it is really to be discarded.
pub fn draw(recovery: &Recovery, discarding: bool, frame: &mut Frame, area: Rect) {
    let columns = (area.width as usize).saturating_sub(4);
    let name = recovery.path.as_ref().map_or("an unnamed text".into(), |path| path.to_string_lossy());
    let mut lines: Vec<Line> = fold("Foreword did not end well. It kept what was not saved:", columns)
        .into_iter()
        .map(Line::raw)
        .collect();
    lines.push(Line::styled(fit_end(&name, columns), theme::CHOSEN));
    let found = format!("{}, {}", recovery.written, counted(words(&recovery.text), "word"));
    lines.push(Line::styled(fit(&found, columns), theme::QUIET));
    let question = if discarding {
        "Throw it away for good? [D] with Shift: yes  [any other key] no"
    } else {
        "[r] restore  [d] discard  [Esc] later"
    };
    // Up to the border: at 40 columns the keys fit one row just so.
    let keys = fold(question, columns + 2);
    let room = (area.height as usize).saturating_sub(lines.len() + keys.len() + 3);
    let tail: Vec<&str> = recovery.text.lines().filter(|line| !line.trim().is_empty()).collect();
    let shown = tail.len().saturating_sub(room.min(6));
    if room > 0 {
        lines.push(Line::raw(""));
        lines.extend(
            tail[shown..]
                .iter()
                .map(|line| Line::raw(format!("│ {}", fit_end(line, columns.saturating_sub(2))))),
        );
    }
    lines.extend(keys.into_iter().map(|keys| Line::styled(keys, theme::QUESTION)));
    let height = (lines.len() as u16 + 2).min(area.height);
    let area = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    frame.render_widget(Clear, area);
    let block = Block::bordered().border_style(theme::FOCUSED).title(" Your text is safe ");
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}
