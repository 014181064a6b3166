//! The document's text: a rope, and a word count kept up edit by edit.

use ropey::Rope;

use super::edit::{Change, Edit};

/// The text. It changes only by [`Edit`]s, so everything derived from it can be kept up instead of recomputed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Buffer {
    rope: Rope,
    words: usize,
}

impl Buffer {
    /// A buffer holding `text`, as it is.
    pub fn new(text: &str) -> Self {
        let rope = Rope::from_str(text);
        let words = word_starts(&rope, 0, rope.len_chars());
        Self { rope, words }
    }

    /// The text as a rope; cloning it is a cheap snapshot.
    pub fn rope(&self) -> &Rope {
        &self.rope
    }

    /// Length in chars.
    pub fn len(&self) -> usize {
        self.rope.len_chars()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.rope.len_chars() == 0
    }

    /// The number of words: runs without white space, each ideograph or kana counted as one.
    pub(crate) fn words(&self) -> usize {
        self.words
    }

    /// The char at `position`, if there is one.
    pub(crate) fn char_at(&self, position: usize) -> Option<char> {
        self.rope.get_char(position)
    }

    /// The char before `position`, if there is one.
    pub(crate) fn char_before(&self, position: usize) -> Option<char> {
        position.checked_sub(1).and_then(|before| self.rope.get_char(before))
    }

    /// The text of a range of chars, cut to the document.
    pub fn text(&self, range: std::ops::Range<usize>) -> String {
        let end = range.end.min(self.len());
        self.rope.slice(range.start.min(end)..end).to_string()
    }

    /// Applies an edit. Costs what the edit costs, however long the document.
    pub fn apply(&mut self, edit: &Edit) {
        for change in edit.changes() {
            self.apply_change(change);
        }
    }

    fn apply_change(&mut self, change: &Change) {
        let start = change.at.min(self.len());
        let end = (start + change.removed_chars()).min(self.len());
        let before = word_starts(&self.rope, start, end + 1);
        if start < end {
            self.rope.remove(start..end);
        }
        if !change.inserted.is_empty() {
            self.rope.insert(start, &change.inserted);
        }
        let after = word_starts(&self.rope, start, start + change.inserted_chars() + 1);
        self.words = (self.words + after).saturating_sub(before);
    }
}

/// How many words begin within `start..end` (cut to the text). Whether one does depends on one char before it only.
fn word_starts(rope: &Rope, start: usize, end: usize) -> usize {
    let end = end.min(rope.len_chars());
    let mut before = start.checked_sub(1).map_or(' ', |position| rope.char(position));
    let mut count = 0;
    for c in rope.slice(start.min(end)..end).chunks().flat_map(str::chars) {
        if is_ideograph(c) || (!c.is_whitespace() && (before.is_whitespace() || is_ideograph(before))) {
            count += 1;
        }
        before = c;
    }
    count
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_counted_in_any_script() {
        for (text, words) in [
            ("", 0),
            ("  \n", 0),
            ("one two", 2),
            ("don't—stop\nnow ", 2),
            ("안녕하세요 여러분", 2),
            ("日本語 ok", 4),
        ] {
            assert_eq!(Buffer::new(text).words(), words, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_kept_up_word_count_equals_a_fresh_one(
            text in "[a 語\n]{0,30}", steps in prop::collection::vec((0usize..40, 0usize..40, "[b 本\n]{0,5}"), 0..10)
        ) {
            let mut buffer = Buffer::new(&text);
            for (a, b, inserted) in steps {
                let edit = Edit::replace(buffer.rope(), a.min(b), a.max(b), &inserted);
                buffer.apply(&edit);
                prop_assert_eq!(&buffer, &Buffer::new(&buffer.rope().to_string()));
            }
        }
    }
}
