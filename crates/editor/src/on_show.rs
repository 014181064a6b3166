//! What of the suggestions is on the screen, and what Tab takes of it: one answer for `update`, which takes it, and the
//! view, which draws and marks it. What is not drawn cannot be taken.

use std::borrow::Cow;
use std::ops::Range;

use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::layout::{areas, visible_rows, wrap};
use super::state::{Focus, Overlay, State};
use super::strip::Strip;
use crate::text::display::width;

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
    /// Whether its word goes on: then a sign in the cell behind it says so.
    pub is_stem: bool,
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
            is_stem: ghost.is_stem && text.len() == ghost.text.len(),
        };
        // Without its sign a stem would look like a word.
        let sign = usize::from(ghost.is_stem);
        let mut shown = None;
        if let Some(text) = fitting(&ghost.text, room.saturating_sub(sign)) {
            shown = Some(place(text, column, index));
        } else if below && index + 1 < usize::from(area.height) {
            let room = usize::from(area.width).saturating_sub(sign);
            shown = fitting(&ghost.text, room).map(|text| place(text, 0, index + 1));
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

/// The candidates on the screen, each in its columns; there is none where the strip ends or a message stands over it.
pub(crate) fn strip_cells(state: &State) -> Vec<StripCell> {
    let area = areas(state).strip;
    let is_covered = !state.is_bare() || state.message_top() <= area.y;
    let Some(shown) = state.suggest.shown.as_ref().filter(|_| !area.is_empty() && !is_covered) else {
        return Vec::new();
    };
    let strip = strip(state).into_owned();
    let mut cells = Vec::new();
    for (index, word) in strip.words.into_iter().enumerate().take(state.settings.suggestions) {
        let (Some(place), Some(candidate)) = (word.place, shown.candidates.get(index)) else { continue };
        let width = word.columns(place.has_percent) as u16;
        cells.push(StripCell {
            index,
            area: Rect::new(place.column as u16, area.y, width, 1),
            word: word.text,
            percent: if place.has_percent { word.percent } else { String::new() },
            is_correction: word.is_correction,
            agrees: !candidate.completion.is_empty(),
        });
    }
    cells
}

/// The strip as it was laid out for the last answer; anew for a window of another width.
pub(crate) fn strip(state: &State) -> Cow<'_, Strip> {
    let width = usize::from(areas(state).strip.width);
    let (candidates, prefix) = match &state.suggest.shown {
        Some(shown) => (&shown.candidates[..], shown.prefix.as_str()),
        None => (&[][..], ""),
    };
    if state.suggest.strip.is_of(candidates, width) {
        Cow::Borrowed(&state.suggest.strip)
    } else {
        Cow::Owned(Strip::new(candidates, prefix, width, None, false))
    }
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
