//! Two texts compared. A sign and a colour show which text has a line; the words that differ are reversed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use crate::State;
use crate::difference::{DifferenceRow, Side};
use crate::layout;
use crate::question::Comparison;
use crate::view::glyph::{fit, fold, printable, width};
use crate::view::theme;

/// Draws the comparison over `above`.
pub(super) fn draw(state: &State, shown: &Comparison, frame: &mut Frame, above: Rect) {
    frame.render_widget(Clear, above);
    let columns = above.width as usize;
    let difference = &shown.difference;
    let body = layout::comparison(state).intersection(above);
    let rows = difference.rows(columns);
    let height = usize::from(body.height);
    let scroll = shown.scroll.min(rows.len().saturating_sub(height));
    let below = rows.len().saturating_sub(scroll + height);
    let names = [(" − ", &difference.ours, theme::OURS), ("  + ", &difference.theirs, theme::THEIRS)];
    let room = (columns / 2).saturating_sub(4);
    let names = names.map(|(sign, name, style)| Span::styled(format!("{sign}{}", fit(name, room)), style));
    frame.render_widget(Line::from_iter(names), Rect { height: above.height.min(1), ..above });
    let lines: Vec<Line> = if difference.is_empty() {
        let said = if difference.form {
            " The words are the same. The line ends or the byte order mark differ."
        } else {
            " There is no difference."
        };
        fold(said, columns).into_iter().map(Line::raw).collect()
    } else {
        rows.into_iter().skip(scroll).take(height).map(line).collect()
    };
    frame.render_widget(Paragraph::new(lines), body);
    let foot = Rect { y: above.bottom().saturating_sub(1), height: above.height.min(1), ..above };
    let keys = if below > 0 { format!(" Esc back · ↓ {below} more rows") } else { " Esc back".to_owned() };
    if above.height > 1 {
        frame.render_widget(Line::styled(fit(&keys, columns.max(width(" "))), theme::KEY), foot);
    }
}

fn line(row: DifferenceRow) -> Line<'static> {
    let style = match row.side {
        None | Some(Side::Both) => theme::QUIET,
        Some(Side::Ours) => theme::OURS,
        Some(Side::Theirs) => theme::THEIRS,
    };
    let piece = |(text, differs): (String, bool)| {
        let style: Style = if differs { style.add_modifier(theme::DIFFERS) } else { style };
        Span::styled(printable(&text), style)
    };
    let mut spans = vec![Span::styled(format!("{} ", row.sign), style)];
    spans.extend(row.pieces.into_iter().map(piece));
    Line::from(spans)
}
