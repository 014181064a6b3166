//! Why the words on offer are there: the probability of each, and what each component contributes to the chosen one's.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use crate::state::{Offer, OfferKey, Why};
use crate::view::glyph::{fit, fit_end, fold, width};
use crate::view::theme;
use suggest::{Origin, Reason};

/// Columns of a full bar.
const BAR: usize = 10;

/// Columns from which there is room for bars and whole paths.
const WIDE: usize = 60;

/// What is said of an offer without reasons.
const UNKNOWN: &str = "Where it comes from is not known.";

/// Columns from which the frame has room for what the keys do.
const FRAMED: usize = 40;

/// Draws the overlay at the bottom of `area`. Where there is no room for all of it, one offer is shown, and `PgDn` leads through
/// what there is to it.
pub(super) fn draw(why: &Why, frame: &mut Frame, area: Rect) {
    let rows = why.offers.len() + Origin::ALL.len() + 2;
    if usize::from(area.height) < rows || usize::from(area.width) < FRAMED {
        return draw_small(why, frame, area);
    }
    let height = rows as u16;
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

/// The chosen offer alone, in a small window.
fn draw_small(why: &Why, frame: &mut Frame, area: Rect) {
    let columns = usize::from(area.width);
    let mut lines = small_lines(why, columns);
    let rows = usize::from(area.height);
    if lines.len() > rows && rows > 1 {
        let shown = rows - 1;
        lines.drain(..why.scroll.min(lines.len() - shown));
        let below = lines.len() - shown;
        lines.truncate(shown);
        let more = if below > 0 { format!(" PgDn: {below} more") } else { " PgUp".to_owned() };
        lines.push(Line::styled(fit(&more, columns), theme::FOCUSED));
    }
    lines.truncate(rows);
    let height = lines.len() as u16;
    let area = Rect { y: area.bottom() - height, height, ..area };
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines), area);
}

fn small_lines(why: &Why, columns: usize) -> Vec<Line<'static>> {
    let chosen = &why.offers[why.chosen];
    let place = if why.offers.len() > 1 {
        format!(" {}/{} ↑↓", why.chosen + 1, why.offers.len())
    } else {
        String::new()
    };
    let text = format!("▸{} {}", key(chosen), chosen.text);
    let text = fit(&text, columns.saturating_sub(width(&place)));
    let gap = " ".repeat(columns.saturating_sub(width(&text) + width(&place)));
    let mut lines = vec![Line::from(vec![
        Span::styled(text, theme::CHOSEN),
        Span::styled(format!("{gap}{place}"), theme::QUIET),
    ])];
    lines.push(Line::styled(
        fit(&format!(" {}", standing(chosen, columns).trim_start()), columns),
        theme::QUIET,
    ));
    match &chosen.reason {
        Some(reason) => {
            let origins = Origin::ALL.into_iter().filter(|&origin| percent(reason.share(origin)) > 0);
            for origin in origins {
                let line = format!(" {} {} %", name(origin), percent(reason.share(origin)));
                lines.push(Line::raw(fit(&line, columns)));
                if let Some(place) = document(reason, origin, false) {
                    lines.push(Line::raw(format!("  {}", fit_end(place, columns.saturating_sub(2)))));
                }
            }
        }
        None => lines.extend(
            fold(UNKNOWN, columns.saturating_sub(1)).into_iter().map(|line| Line::raw(format!(" {line}"))),
        ),
    }
    let (forget, block) = actions(chosen);
    let keys = [format!(" Alt-X {forget}"), format!(" Alt-B {block}"), " Esc text".to_owned()];
    lines.extend(keys.map(|key| Line::styled(fit(&key, columns), theme::KEY)));
    lines
}

/// What the keys do to the chosen word, as things stand.
fn keys(why: &Why, columns: usize) -> String {
    let (forget, block) = actions(&why.offers[why.chosen]);
    if columns < WIDE {
        format!(" ↑↓ Alt-X {forget} Alt-B {block} ")
    } else {
        format!(" ↑↓ · Alt-X {forget} · Alt-B {block} · Esc ")
    }
}

/// What Alt-X and Alt-B do to an offer.
fn actions(offer: &Offer) -> (&'static str, &'static str) {
    let forget = if offer.is_forgotten { "have back" } else { "forget" };
    (forget, if offer.is_blocked { "offer again" } else { "never offer" })
}

/// The key that takes an offer.
fn key(offer: &Offer) -> String {
    match offer.key {
        OfferKey::Tab => "Tab".to_owned(),
        OfferKey::Alt(place) => format!("{:>3}", place + 1),
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
        let key = key(offer);
        lines.push(Line::from(vec![
            Span::styled(format!("{}{key} ", if is_chosen { "▸" } else { " " }), theme::KEY),
            Span::styled(format!("{text}{gap}"), if is_chosen { theme::CHOSEN } else { Style::new() }),
            Span::styled(
                fit(&format!(" {}", standing(offer, columns)), columns.saturating_sub(longest + 5)),
                theme::QUIET,
            ),
        ]));
    }
    match why.offers.get(why.chosen).map(|offer| &offer.reason) {
        Some(Some(reason)) => lines.extend(Origin::ALL.map(|origin| share(reason, origin, columns))),
        _ => lines.push(Line::raw(format!(" {UNKNOWN}"))),
    }
    lines
}

/// How likely an offer is, or what becomes of it.
fn standing(offer: &Offer, columns: usize) -> String {
    let mut becomes = Vec::new();
    if offer.is_forgotten {
        becomes.push(if columns < WIDE { "forgotten" } else { "forgotten when this closes" });
    }
    if offer.is_blocked {
        becomes.push("never offered");
    }
    if becomes.is_empty() {
        return format!("{:>3} %", percent(offer.probability));
    }
    let becomes = becomes.join(", ");
    // Of a phrase it is the first word.
    if offer.text == offer.word { becomes } else { format!("{}: {becomes}", offer.word) }
}

/// Where what `origin` contributes was met: a document's name, with its folder where it `is_whole`.
fn document(reason: &Reason, origin: Origin, is_whole: bool) -> Option<&str> {
    let document = reason.document.as_deref().filter(|_| origin == Origin::Personal)?;
    let name = document.rsplit(['/', '\\']).next().filter(|_| !is_whole);
    Some(if document.is_empty() { "typed here" } else { name.unwrap_or(document) })
}

/// What one origin contributes.
fn share(reason: &Reason, origin: Origin, columns: usize) -> Line<'static> {
    let share = reason.share(origin);
    let bar_columns = if columns < WIDE { 0 } else { BAR };
    let filled = ((share * bar_columns as f32).round() as usize).min(bar_columns);
    let bar = format!("{}{}", "█".repeat(filled), "·".repeat(bar_columns - filled));
    let mut line = format!(" {:<15}{bar} {:>3} %", name(origin), percent(share));
    if let Some(place) = document(reason, origin, columns >= WIDE) {
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
