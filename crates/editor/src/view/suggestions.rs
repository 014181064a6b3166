//! The strip: up to five words on offer, in one row, with the key that takes each and how likely it is.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::State;
use crate::layout::strip_cells;
use crate::view::theme;
use suggest::Candidate;

/// Draws the strip; an empty row when nothing is on offer. The candidate the ghost begins with is marked `▸`.
pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    for cell in strip_cells(state) {
        let in_ghost = candidate(state, cell.index).is_some_and(|candidate| {
            state.ghost_text().is_some_and(|ghost| begins_with_word(ghost, &candidate.completion))
        });
        let text = cell.text.trim();
        let (word, percent) = text.rsplit_once(' ').unwrap_or((text, ""));
        let (key, word) = word.split_once(' ').unwrap_or((word, ""));
        let line = Line::from(vec![
            Span::styled(format!("{}{key} ", if in_ghost { "▸" } else { " " }), theme::KEY),
            Span::styled(word.to_owned(), if in_ghost { theme::CHOSEN } else { Style::new() }),
            Span::styled(format!(" {percent}"), theme::QUIET),
        ]);
        frame.render_widget(line, cell.area.intersection(area));
    }
}

fn candidate(state: &State, index: usize) -> Option<&Candidate> {
    state.suggest.shown.as_ref()?.candidates.get(index)
}

/// Whether `ghost` is `completion`, or goes on with another word behind it.
fn begins_with_word(ghost: &str, completion: &str) -> bool {
    let rest = ghost.strip_prefix(completion);
    !completion.is_empty() && rest.is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace))
}
