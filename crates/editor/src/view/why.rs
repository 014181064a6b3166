//! Why the words on offer are there: the probability of each, and what each component contributes to the chosen one's.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use crate::state::{Offer, OfferKey, Why};
use crate::view::glyph::{fit, fit_end, width};
use crate::view::theme;
use suggest::{Origin, Reason};

/// Columns of a full bar.
const BAR: usize = 10;

/// Columns from which there is room for bars and whole paths.
const WIDE: usize = 60;

/// Draws the overlay at the bottom of `area`.
pub(super) fn draw(why: &Why, frame: &mut Frame, area: Rect) {
    let height = (why.offers.len() + Origin::ALL.len() + 2).min(area.height as usize) as u16;
    let area = Rect { y: area.bottom() - height, height, ..area };
    let columns = usize::from(area.width).saturating_sub(2);
    let block = Block::bordered()
        .border_style(theme::FOCUSED)
        .title(" Why these words? ")
        .title_bottom(Line::from(fit(&keys(why, columns), columns)));
    let inner = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines(why, inner.width as usize)), inner);
}

/// What the keys do to the chosen word, as things stand.
fn keys(why: &Why, columns: usize) -> String {
    let chosen = &why.offers[why.chosen];
    if why.asks_to_forget {
        return format!(" Alt-X again forgets {} for good ", chosen.word);
    }
    let block = if chosen.is_blocked { "offer again" } else { "never offer" };
    if columns < WIDE {
        format!(" ↑↓ Alt-X forget Alt-B {block} ")
    } else {
        format!(" ↑↓ · Alt-X forget · Alt-B {block} · Esc ")
    }
}

fn lines(why: &Why, columns: usize) -> Vec<Line<'static>> {
    let longest = why.offers.iter().map(|offer| width(&offer.text)).max().unwrap_or(0);
    let longest = longest.min(columns.saturating_sub(14));
    let mut lines = Vec::new();
    for (index, offer) in why.offers.iter().enumerate() {
        let is_chosen = index == why.chosen;
        let text = fit(&offer.text, longest);
        let gap = " ".repeat(longest.saturating_sub(width(&text)));
        let key = match offer.key {
            OfferKey::Tab => "Tab".to_owned(),
            OfferKey::Alt(place) => format!("{:>3}", place + 1),
        };
        lines.push(Line::from(vec![
            Span::styled(format!("{}{key} ", if is_chosen { "▸" } else { " " }), theme::KEY),
            Span::styled(format!("{text}{gap}"), if is_chosen { theme::CHOSEN } else { Style::new() }),
            Span::styled(
                fit(&format!(" {}", standing(offer)), columns.saturating_sub(longest + 5)),
                theme::QUIET,
            ),
        ]));
    }
    match why.offers.get(why.chosen).map(|offer| &offer.reason) {
        Some(Some(reason)) => lines.extend(Origin::ALL.map(|origin| share(reason, origin, columns))),
        _ => lines.push(Line::raw(" Where it comes from is not known.")),
    }
    lines
}

/// How likely an offer is, or what became of it.
fn standing(offer: &Offer) -> String {
    let became = match (offer.is_blocked, offer.is_forgotten) {
        (true, true) => "forgotten, never offered",
        (true, false) => "never offered",
        (false, true) => "forgotten",
        (false, false) => return format!("{:>3} %", percent(offer.probability)),
    };
    // Of a phrase it is the first word.
    if offer.text == offer.word { became.to_owned() } else { format!("{}: {became}", offer.word) }
}

/// What one origin contributes.
fn share(reason: &Reason, origin: Origin, columns: usize) -> Line<'static> {
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
    Line::raw(line)
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
