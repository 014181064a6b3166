//! A line of input: the search bar's query, a path, the panel's folder.

use unicode_segmentation::UnicodeSegmentation;

/// What a key does to a line of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputAction {
    /// Types a character.
    Type(char),
    /// Deletes the grapheme before the cursor.
    Backspace,
    /// Deletes the grapheme after the cursor.
    Delete,
    /// Deletes the word (or path component) before the cursor.
    DeleteWord,
    /// Deletes everything.
    Clear,
    /// One grapheme to the left.
    Left,
    /// One grapheme to the right.
    Right,
    /// To the start.
    Start,
    /// To the end.
    End,
}

/// Bytes that a line holds, at most: as many as a path may have.
const LONGEST: usize = 4096;

/// One line of text with a cursor. Holds no control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineInput {
    text: String,
    cursor: usize,
    selected: bool,
}

impl LineInput {
    /// A line holding `text`, the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut line = Self::default();
        line.insert(text);
        line
    }

    /// What is typed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Byte index of the cursor; always on a grapheme boundary.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The text before the cursor and after it.
    pub(crate) fn parts(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// Selects all of it: what comes next takes its place.
    pub(crate) fn select_all(&mut self) {
        (self.cursor, self.selected) = (self.text.len(), !self.text.is_empty());
    }

    /// Whether all of it is selected.
    pub(crate) fn is_selected(&self) -> bool {
        self.selected
    }

    fn clear(&mut self) {
        self.text.clear();
        (self.cursor, self.selected) = (0, false);
    }

    /// Inserts the first line of `text` without its control characters, as much of it as there is room for.
    pub(crate) fn insert(&mut self, text: &str) {
        if self.selected {
            self.clear();
        }
        let mut room = LONGEST.saturating_sub(self.text.len());
        let line = text.chars().take_while(|&c| c != '\n').filter(|c| !c.is_control());
        let fits = |c: &char| {
            let fits = c.len_utf8() <= room;
            room = room.saturating_sub(c.len_utf8());
            fits
        };
        let line: String = line.take_while(fits).collect();
        self.text.insert_str(self.cursor, &line);
        self.cursor = self.boundary_from(self.cursor + line.len());
    }

    /// Does what a key means. Returns whether the text changed.
    pub fn apply(&mut self, action: InputAction) -> bool {
        let length = self.text.len();
        let deletes =
            matches!(action, InputAction::Backspace | InputAction::Delete | InputAction::DeleteWord);
        if self.selected && deletes {
            self.clear();
            return true;
        }
        if let InputAction::Type(c) = action {
            let before = std::mem::take(&mut self.selected).then(|| std::mem::take(&mut self.text));
            self.cursor = self.cursor.min(self.text.len());
            self.insert(c.encode_utf8(&mut [0; 4]));
            return before.map_or(self.text.len() != length, |before| before != self.text);
        }
        self.selected = false;
        match action {
            InputAction::Type(_) => {}
            InputAction::Backspace => self.delete_from(self.left()),
            InputAction::Delete => {
                self.text.replace_range(self.cursor..self.right(), "");
                self.cursor = self.boundary_from(self.cursor);
            }
            InputAction::DeleteWord => self.delete_from(self.word_left()),
            InputAction::Clear => self.clear(),
            InputAction::Left => self.cursor = self.left(),
            InputAction::Right => self.cursor = self.right(),
            InputAction::Start => self.cursor = 0,
            InputAction::End => self.cursor = length,
        }
        self.text.len() != length
    }

    fn delete_from(&mut self, start: usize) {
        self.text.replace_range(start..self.cursor, "");
        self.cursor = self.boundary_from(start);
    }

    fn left(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(index, _)| index)
    }

    fn right(&self) -> usize {
        self.text[self.cursor..].graphemes(true).next().map_or(self.cursor, |first| self.cursor + first.len())
    }

    fn word_left(&self) -> usize {
        let before = self.text[..self.cursor].trim_end_matches(|c: char| !c.is_alphanumeric());
        before
            .char_indices()
            .rev()
            .find(|(_, c)| !c.is_alphanumeric())
            .map_or(0, |(index, c)| index + c.len_utf8())
    }

    /// The first grapheme boundary at or behind `index`: what is inserted or deleted may join its neighbours.
    fn boundary_from(&self, index: usize) -> usize {
        let mut boundaries = self.text.grapheme_indices(true).map(|(boundary, _)| boundary);
        boundaries.find(|&boundary| boundary >= index).unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_word_back_in_a_path_is_a_component() {
        let mut line = LineInput::new("~/notes/2026");
        assert!(line.apply(InputAction::DeleteWord));
        assert_eq!(line.text(), "~/notes/");
        assert!(!line.apply(InputAction::Left));
        line.apply(InputAction::Type('x'));
        assert_eq!(line.parts(), ("~/notesx", "/"));
    }

    #[test]
    fn what_is_selected_gives_way_to_what_is_typed() {
        use InputAction::{Backspace, Delete, End, Left, Type};
        for (action, text) in [(Type('x'), "x"), (Backspace, ""), (Delete, ""), (Left, "old"), (End, "old")] {
            let mut line = LineInput::new("old");
            line.select_all();
            assert!(line.is_selected());
            assert_eq!(line.apply(action), text != "old");
            assert_eq!((line.text(), line.is_selected()), (text, false), "{action:?}");
        }
        let mut line = LineInput::new("x");
        line.select_all();
        assert!(!line.apply(Type('x')), "the same again");
        line.select_all();
        line.insert("new");
        assert_eq!(line.parts(), ("new", ""));
        line.clear();
        line.select_all();
        assert!(!line.is_selected());
    }

    #[test]
    fn a_line_has_an_end() {
        let mut line = LineInput::new(&"é".repeat(1_000_000));
        assert_eq!(line.text().len(), LONGEST);
        assert!(!line.apply(InputAction::Type('x')));
    }

    #[test]
    fn a_pasted_line_break_ends_it() {
        assert_eq!(LineInput::new("/home/\u{1b}me\nrm").text(), "/home/me");
    }

    proptest! {
        #[test]
        fn the_cursor_stays_on_a_boundary(keys in prop::collection::vec((0u8..9, any::<char>()), 0..40)) {
            use InputAction::{Backspace, Clear, Delete, DeleteWord, End, Left, Right, Start, Type};
            let mut line = LineInput::default();
            for (key, c) in keys {
                let marks = ['e', '\u{301}', '👩', '\u{200d}', '🇰', ' ', '/'];
                let c = if key % 2 == 0 { c } else { marks[c as usize % marks.len()] };
                let actions = [Type(c), Type(c), Backspace, Delete, DeleteWord, Left, Right, Start, End];
                line.apply(if c == '\u{7f}' { Clear } else { actions[key as usize] });
                let mut boundaries = line.text().grapheme_indices(true).map(|(index, _)| index);
                let on_boundary = line.cursor() == line.text().len() || boundaries.any(|index| index == line.cursor());
                prop_assert!(on_boundary);
            }
        }
    }
}
