//! Why the words on offer are there: the probability of each, and what each component contributes to the chosen one's.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use crate::state::Why;
use crate::view::glyph::{fit, fit_end, width};
use crate::view::theme;
use suggest::Origin;

/// Columns of a full bar.
const BAR: usize = 10;

/// Columns from which there is room for bars and whole paths.
const WIDE: usize = 60;

/// Draws the overlay at the bottom of `area`.
pub(super) fn draw(why: &Why, frame: &mut Frame, area: Rect) {
    let height = (why.offers.len() + Origin::ALL.len() + 2).min(area.height as usize) as u16;
    let area = Rect { y: area.bottom() - height, height, ..area };
    let block = Block::bordered()
        .border_style(theme::FOCUSED)
        .title(" Why these words? ")
        .title_bottom(" ↑↓ · x forget · b never offer · Esc ");
    let inner = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines(why, inner.width as usize)), inner);
}

fn lines(why: &Why, columns: usize) -> Vec<Line<'static>> {
    let longest = why.offers.iter().map(|(candidate, _)| width(&candidate.word)).max().unwrap_or(0);
    let longest = longest.min(columns.saturating_sub(10));
    let mut lines = Vec::new();
    for (index, (candidate, _)) in why.offers.iter().enumerate() {
        let is_chosen = index == why.chosen;
        let word = fit(&candidate.word, longest);
        let gap = " ".repeat(longest.saturating_sub(width(&word)));
        lines.push(Line::from(vec![
            Span::styled(format!("{}{} ", if is_chosen { "▸" } else { " " }, index + 1), theme::KEY),
            Span::styled(format!("{word}{gap}"), if is_chosen { theme::CHOSEN } else { Style::new() }),
            Span::styled(format!(" {:>3} %", percent(candidate.probability)), theme::QUIET),
        ]));
    }
    if let Some((_, reason)) = why.offers.get(why.chosen) {
        for origin in Origin::ALL {
            let share = reason.share(origin);
            let bar_columns = if columns < WIDE { 0 } else { BAR };
            let filled = ((share * bar_columns as f32).round() as usize).min(bar_columns);
            let bar = format!("{}{}", "█".repeat(filled), "·".repeat(bar_columns - filled));
            let mut line = format!(" {:<15}{bar} {:>3} %", name(origin), percent(share));
            if origin == Origin::Personal
                && let Some(document) = &reason.document
            {
                let name = if columns < WIDE { document.rsplit(['/', '\\']).next() } else { None };
                let place = if document.is_empty() { "typed here" } else { name.unwrap_or(document) };
                let room = columns.saturating_sub(width(&line) + 2);
                line = format!("{line}  {}", fit_end(place, room));
            }
            lines.push(Line::raw(line));
        }
    }
    lines
}

fn name(origin: Origin) -> &'static str {
    match origin {
        Origin::Network => "the network",
        Origin::Background => "often said",
        Origin::Personal => "your texts",
        Origin::Document => "this document",
    }
}

fn percent(share: f32) -> u32 {
    (share * 100.0).round() as u32
}
