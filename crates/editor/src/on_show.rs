//! What of the suggestions is on the screen, and what Tab takes of it: one answer for `update`, which takes it, and the
//! view, which draws and marks it. What is not drawn cannot be taken.

use std::ops::Range;

use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::layout::{areas, visible_rows, wrap};
use super::state::{Focus, Overlay, State};
use crate::text::display::{display, width};
use suggest::Candidate;

/// Most words in the strip.
const MOST_CELLS: usize = 5;
/// Columns that a cell of the strip has at least, where there is more than one or two.
const LEAST_CELL: usize = 12;
/// Columns of each of two cells in a narrow window.
const LEAST_OF_TWO: usize = 10;
/// Columns that a cell has at most.
const WIDEST_CELL: usize = 20;
/// Columns before the word in a cell: the mark, the digit, a blank.
const BEFORE_WORD: usize = 3;
/// Rows that a message of more than one row may rise to.
pub(crate) const MESSAGE_ROWS: u16 = 5;

/// What Tab does as things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TabTarget {
    /// Takes the ghost's first word.
    Ghost,
    /// Takes that candidate of the strip, from 0.
    Candidate(usize),
    /// Indents.
    Indent,
    /// Waits for the answer under way; once, however often the key repeats.
    Wait,
    /// Nothing: nothing is marked.
    Nothing,
}

/// The part of the ghost that is on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownGhost {
    /// Its words that have room, at least one.
    pub text: String,
    /// The column of its first cell.
    pub x: u16,
    /// Its row: the cursor's, or the one below.
    pub y: u16,
}

/// One candidate in the strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StripCell {
    /// Which candidate, from 0.
    pub index: usize,
    /// Where it stands; a click here takes it.
    pub area: Rect,
    /// The word, printable.
    pub word: String,
    /// How likely it is; empty where there is no room.
    pub percent: String,
    /// Whether it takes the place of what is typed.
    pub is_correction: bool,
    /// Whether it agrees with the text, and can be taken.
    pub agrees: bool,
}

impl State {
    /// What Tab does as things stand.
    pub fn tab_target(&self) -> TabTarget {
        if !self.selection.is_empty() {
            return TabTarget::Indent;
        }
        if self.shown_ghost().is_some() {
            return TabTarget::Ghost;
        }
        if let Some(index) = self.marked_candidate() {
            return TabTarget::Candidate(index);
        }
        if !self.is_in_word() && self.indents_here() {
            TabTarget::Indent
        } else if self.suggest.awaiting.is_some()
            && self.suggest.waited_at != Some((self.document.revision, self.cursor()))
        {
            TabTarget::Wait
        } else {
            TabTarget::Nothing
        }
    }

    /// The candidate that Tab takes: the strip's first word, if a word is being typed, there is no ghost, and it is likelier than that the
    /// word is complete.
    pub(crate) fn marked_candidate(&self) -> Option<usize> {
        if !self.selection.is_empty() || !self.is_in_word() || self.shown_ghost().is_some() {
            return None;
        }
        let shown = self.suggest.shown.as_ref()?;
        let first = strip_cells(self).into_iter().next().filter(|cell| cell.agrees)?;
        let candidate = shown.candidates.get(first.index)?;
        (first.is_correction || candidate.probability > shown.complete).then_some(first.index)
    }

    /// The ghost on the screen: at the end of a line, as many of its words as have room on the row; or all of it on the row
    /// below, where nothing stands.
    pub fn shown_ghost(&self) -> Option<ShownGhost> {
        let ghost = self.suggest.ghost.as_ref()?;
        let buffer = &self.document.buffer;
        if !self.is_bare() || buffer.char_at(self.cursor()).is_some_and(|c| c != '\n') {
            return None;
        }
        let area = areas(self).text;
        let rows = visible_rows(self);
        let index = rows.iter().position(|row| row.holds(self.cursor()))?;
        let column = wrap(self).column_of(buffer.rope(), &rows[index], self.cursor());
        let room = usize::from(area.width).saturating_sub(column);
        let below = rows.get(index + 1).is_none_or(|row| row.start == row.end);
        let place = |text: &str, column: usize, index: usize| ShownGhost {
            text: text.to_owned(),
            x: area.x + column as u16,
            y: area.y + index as u16,
        };
        let mut shown = None;
        if let Some(text) = fitting(&ghost.text, room) {
            shown = Some(place(text, column, index));
        } else if below && index + 1 < usize::from(area.height) {
            shown = fitting(&ghost.text, usize::from(area.width)).map(|text| place(text, 0, index + 1));
        }
        shown.filter(|shown| shown.y < area.bottom().min(self.message_top()))
    }

    /// Whether nothing stands over the text and it has the keys.
    fn is_bare(&self) -> bool {
        self.overlay == Overlay::None && self.focus == Focus::Editor
    }

    /// The row from which on a message covers the screen, at most: the row of the status line where there is none.
    fn message_top(&self) -> u16 {
        let status = areas(self).status;
        let rows = self.status.as_ref().map_or(0, |message| {
            // Two columns of margin, and a `! ` before a failure.
            let fits = message.text.width() + 4 <= usize::from(status.width);
            if fits { 1 } else { MESSAGE_ROWS }
        });
        status.y.saturating_sub(rows)
    }
}

/// As many words of `text`, from its start, as have room in `cells` cells.
fn fitting(text: &str, cells: usize) -> Option<&str> {
    let mut end = None;
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        if grapheme.starts_with(char::is_whitespace) && !text[..at].trim_start().is_empty() {
            end = Some(at);
        }
        used += width(grapheme, 0, 1);
        if used > cells {
            return end.map(|end| &text[..end]);
        }
    }
    Some(text)
}

/// The first word of a ghost, with the blanks before it; and where the rest begins.
pub(crate) fn first_word(ghost: &str) -> (Range<usize>, usize) {
    let letters = ghost.len() - ghost.trim_start().len();
    let end = ghost[letters..].find(char::is_whitespace).map_or(ghost.len(), |index| letters + index);
    (0..end, ghost.len() - ghost[end..].trim_start().len())
}

/// The candidates on the screen, in cells of one width. A word that is wider than its cell has the next one's, too; there is
/// none where the strip ends or a message stands over it.
pub(crate) fn strip_cells(state: &State) -> Vec<StripCell> {
    let strip = areas(state).strip;
    let is_covered = !state.is_bare() || state.message_top() <= strip.y;
    let most = state.settings.suggestions.min(MOST_CELLS);
    let Some(shown) = state.suggest.shown.as_ref().filter(|_| !strip.is_empty() && !is_covered && most > 0)
    else {
        return Vec::new();
    };
    let columns = usize::from(strip.width);
    let count = (columns / LEAST_CELL).max((columns / LEAST_OF_TWO).min(2)).clamp(1, most);
    let cell_width = (columns / count).min(WIDEST_CELL);
    let mut cells = Vec::new();
    let mut next = 0;
    for (index, candidate) in shown.candidates.iter().take(most).enumerate() {
        let is_correction = is_correction(candidate, &shown.prefix);
        let mark = if is_correction { "→" } else { "" };
        let word: String = candidate.word.graphemes(true).map(display).collect();
        let word = format!("{mark}{word}");
        let percent = format!("{}%", (candidate.probability.clamp(0.0, 1.0) * 100.0).round());
        let needed = BEFORE_WORD + word.width();
        let taken = (needed + 1).div_ceil(cell_width);
        let (x, width) = (next * cell_width, taken * cell_width);
        if next + taken > count {
            continue;
        }
        let percent = if needed + percent.len() + 2 <= width { percent } else { String::new() };
        cells.push(StripCell {
            index,
            area: Rect::new(x as u16, strip.y, width as u16, 1),
            word,
            percent,
            is_correction,
            agrees: !candidate.completion.is_empty(),
        });
        next += taken;
    }
    cells
}

/// Whether `candidate` takes the place of the `prefix` that is typed.
pub(crate) fn is_correction(candidate: &Candidate, prefix: &str) -> bool {
    !prefix.is_empty() && candidate.completion == candidate.word && !candidate.word.starts_with(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ghost_is_cut_between_words_only() {
        for (text, cells, expected) in [
            ("ou soon", 7, Some("ou soon")),
            ("ou soon", 6, Some("ou")),
            ("ou soon", 2, Some("ou")),
            ("ou soon", 1, None),
            (" the day", 5, Some(" the")),
            (" the day", 3, None),
            ("한국", 3, None),
        ] {
            assert_eq!(fitting(text, cells), expected, "{text:?} in {cells}");
        }
    }
}
