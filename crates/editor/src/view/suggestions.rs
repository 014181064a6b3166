//! The strip: up to five words on offer, in one row, with the key that takes each and how likely it is.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::State;
use crate::on_show::{first_word, strip_cells};
use crate::view::theme;

/// Draws the strip; an empty row when nothing is on offer. The word that Tab takes is marked `▸`; without a ghost, which is a
/// mark itself, it stands out as a whole. A word that no longer agrees with the text is dim, without its key.
pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let marked = state.marked_candidate();
    let ghost = state.shown_ghost();
    // A stem is the beginning of several of these words: Tab takes none of them.
    let whole = ghost.as_ref().filter(|ghost| !ghost.is_stem);
    let begun = whole.map(|ghost| ghost.text[first_word(&ghost.text).0].trim_start());
    for cell in strip_cells(state) {
        let completion =
            state.suggest.candidate(cell.index).map_or("", |candidate| candidate.completion.as_str());
        let in_ghost = !completion.is_empty() && begun == Some(completion);
        let taken = marked == Some(cell.index);
        let style = match (cell.agrees, taken) {
            (false, _) => theme::QUIET,
            (true, true) => theme::TAKEN,
            (true, false) if in_ghost => theme::CHOSEN,
            (true, false) => Style::new(),
        };
        let style = if cell.is_correction { style.patch(theme::CORRECTION) } else { style };
        let mark = if taken || in_ghost { "▸" } else { " " };
        let key = if cell.agrees { (cell.index + 1).to_string() } else { " ".to_owned() };
        let line = Line::from(vec![
            Span::styled(format!("{mark}{key} "), theme::KEY),
            Span::styled(cell.word, style),
            Span::styled(format!(" {}", cell.percent), theme::QUIET),
        ]);
        frame.render_widget(line, cell.area.intersection(area));
    }
}
