//! The cursor and what is selected with it.

use std::ops::Range;

/// A selection: from `anchor`, where it began, to `head`, where the cursor is. Char indices; equal when nothing is selected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Selection {
    /// Where it began.
    pub anchor: usize,
    /// Where the cursor is.
    pub head: usize,
}

impl Selection {
    /// A bare cursor.
    pub fn cursor(head: usize) -> Self {
        Self { anchor: head, head }
    }

    /// From `anchor` to `head`.
    pub fn new(anchor: usize, head: usize) -> Self {
        Self { anchor, head }
    }

    /// Whether nothing is selected.
    pub(crate) fn is_empty(self) -> bool {
        self.anchor == self.head
    }

    /// The selected chars, in order.
    pub(crate) fn range(self) -> Range<usize> {
        self.start()..self.end()
    }

    /// The first selected char.
    pub(crate) fn start(self) -> usize {
        self.anchor.min(self.head)
    }

    /// Just behind the last selected char.
    pub(crate) fn end(self) -> usize {
        self.anchor.max(self.head)
    }

    /// The cursor moved to `head`: the selection is extended to it, or collapsed to it without `extend`.
    #[must_use]
    pub(crate) fn moved(self, head: usize, extend: bool) -> Self {
        Self { anchor: if extend { self.anchor } else { head }, head }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backward_selection_has_its_range_in_order() {
        let selection = Selection::new(7, 3);
        assert_eq!(selection.range(), 3..7);
        assert_eq!(selection.moved(9, true).range(), 7..9);
        assert!(selection.moved(9, false).is_empty());
    }
}
