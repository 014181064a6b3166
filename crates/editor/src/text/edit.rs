//! Edits as values: they can be applied, inverted and composed, and they map positions.
//!
//! An [`Edit`] is a sequence of [`Change`]s, each against the text the one before it left. It remembers what it removes,
//! so undo needs nothing but the edit itself, and `apply` then `apply(invert)` is the identity.

use ropey::Rope;

/// At char `at`, `inserted` takes the place of `removed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Char index of the first removed or inserted char.
    pub at: usize,
    /// What was there.
    pub removed: String,
    /// What is there now.
    pub inserted: String,
}

impl Change {
    /// Chars removed.
    pub fn removed_chars(&self) -> usize {
        self.removed.chars().count()
    }

    /// Chars inserted.
    pub(crate) fn inserted_chars(&self) -> usize {
        self.inserted.chars().count()
    }

    fn inverted(&self) -> Self {
        Self { at: self.at, removed: self.inserted.clone(), inserted: self.removed.clone() }
    }

    fn map(&self, position: usize) -> usize {
        let removed = self.removed_chars();
        if position < self.at {
            position
        } else if position >= self.at + removed {
            position - removed + self.inserted_chars()
        } else {
            self.at
        }
    }
}

/// A sequence of changes, done and undone as one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    changes: Vec<Change>,
}

impl Edit {
    /// Replaces chars `start..end` of `rope` by `inserted`. A range beyond the text is cut to it.
    pub fn replace(rope: &Rope, start: usize, end: usize, inserted: &str) -> Self {
        let end = end.min(rope.len_chars());
        let start = start.min(end);
        let removed = rope.slice(start..end).to_string();
        if removed.is_empty() && inserted.is_empty() {
            return Self::default();
        }
        Self { changes: vec![Change { at: start, removed, inserted: inserted.to_owned() }] }
    }

    /// The changes, in the order they are applied.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether it changes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The edit that takes this one back.
    #[must_use]
    pub(crate) fn inverted(&self) -> Self {
        Self { changes: self.changes.iter().rev().map(Change::inverted).collect() }
    }

    /// This edit, then `next`, as one. Typing run together stays one change.
    pub fn compose(&mut self, next: Self) {
        for change in next.changes {
            match self.changes.last_mut() {
                Some(last) if change.removed.is_empty() && change.at == last.at + last.inserted_chars() => {
                    last.inserted.push_str(&change.inserted);
                }
                _ => self.changes.push(change),
            }
        }
    }

    /// Where a position goes. One inside removed text goes to where that text was; one at an insertion goes behind it.
    pub(crate) fn map(&self, position: usize) -> usize {
        self.changes.iter().fold(position, |position, change| change.map(position))
    }

    /// Applies it to a bare rope. Positions beyond the text are cut to it.
    pub fn apply(&self, rope: &mut Rope) {
        for change in &self.changes {
            let start = change.at.min(rope.len_chars());
            let end = (start + change.removed_chars()).min(rope.len_chars());
            if start < end {
                rope.remove(start..end);
            }
            if !change.inserted.is_empty() {
                rope.insert(start, &change.inserted);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(text: &str, start: usize, end: usize, inserted: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let end = end.min(chars.len());
        let start = start.min(end);
        chars[..start].iter().copied().chain(inserted.chars()).chain(chars[end..].iter().copied()).collect()
    }

    #[test]
    fn positions_follow_the_text_around_them() {
        let edit = Edit::replace(&Rope::from_str("abcdef"), 2, 4, "XYZ");
        let mapped: Vec<usize> = (0..=6).map(|position| edit.map(position)).collect();
        assert_eq!(mapped, [0, 1, 2, 2, 5, 6, 7]);
    }

    #[test]
    fn typing_run_together_is_one_change() {
        let mut edit = Edit::replace(&Rope::from_str(""), 0, 0, "a");
        edit.compose(Edit::replace(&Rope::from_str("a"), 1, 1, "b"));
        assert_eq!(edit.changes().len(), 1);
        assert_eq!(edit.changes()[0].inserted, "ab");
    }

    proptest! {
        #[test]
        fn apply_equals_a_naive_string_and_its_inverse_takes_it_back(
            text in "\\PC{0,40}", steps in prop::collection::vec((0usize..50, 0usize..50, "\\PC{0,6}"), 0..8)
        ) {
            let mut rope = Rope::from_str(&text);
            let mut expected = text.clone();
            let mut all = Edit::default();
            for (a, b, inserted) in steps {
                let (start, end) = (a.min(b), a.max(b));
                let edit = Edit::replace(&rope, start, end, &inserted);
                expected = naive(&expected, start, end, &inserted);
                edit.apply(&mut rope);
                prop_assert_eq!(rope.to_string(), expected.clone());
                all.compose(edit);
            }
            let mut composed = Rope::from_str(&text);
            all.apply(&mut composed);
            prop_assert_eq!(composed.to_string(), expected);
            all.inverted().apply(&mut composed);
            prop_assert_eq!(composed.to_string(), text);
        }

        #[test]
        fn a_mapped_position_keeps_the_text_behind_it(
            text in "[a-z]{0,20}", a in 0usize..20, b in 0usize..20, inserted in "[A-Z]{0,5}"
        ) {
            let rope = Rope::from_str(&text);
            let edit = Edit::replace(&rope, a.min(b), a.max(b), &inserted);
            let mut after = rope.clone();
            edit.apply(&mut after);
            let end = a.max(b).min(rope.len_chars());
            for position in end..=rope.len_chars() {
                prop_assert_eq!(after.slice(edit.map(position)..).to_string(), rope.slice(position..).to_string());
            }
        }
    }
}
