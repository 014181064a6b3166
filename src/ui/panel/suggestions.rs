//! The strip: up to five words on offer, in one row, with the key that takes each and how likely it is.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::State;
use crate::ui::glyph::{fit, width};
use crate::ui::theme;

/// Draws the strip; an empty row when nothing is on offer.
pub fn draw(state: &State, frame: &mut Frame, area: Rect) {
    frame.render_widget(line(state, area.width as usize), area);
}

/// As many candidates as fit, best first. The one the ghost begins with is marked `▸`.
fn line(state: &State, columns: usize) -> Line<'static> {
    let mut line = Line::default();
    let Some(suggestions) = &state.suggest.shown else { return line };
    let mut used = 0;
    for (index, candidate) in
        suggestions.candidates.iter().take(state.settings.suggestions.min(5)).enumerate()
    {
        let in_ghost = state.ghost_text().is_some_and(|ghost| begins_with_word(ghost, &candidate.completion));
        let mark = if in_ghost { "▸" } else { " " };
        let key = format!("{mark}{} ", index + 1);
        let chance = format!(" {:.0}%", f64::from(candidate.probability) * 100.0);
        let room = columns.saturating_sub(used + width(&key) + width(&chance) + 1);
        // A word of which nothing could be told is left out; the best one is cut rather than left out.
        if room < width(&candidate.word) && (index > 0 || room < 4) {
            break;
        }
        let word = fit(&candidate.word, room);
        used += width(&key) + width(&word) + width(&chance) + 1;
        line.push_span(Span::styled(key, theme::KEY));
        line.push_span(Span::styled(
            word,
            if in_ghost { theme::CHOSEN } else { ratatui::style::Style::new() },
        ));
        line.push_span(Span::styled(chance, theme::QUIET));
        line.push_span(Span::raw(" "));
    }
    line
}

/// Whether `ghost` is `completion`, or goes on with another word behind it.
fn begins_with_word(ghost: &str, completion: &str) -> bool {
    let rest = ghost.strip_prefix(completion);
    !completion.is_empty() && rest.is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace))
}
