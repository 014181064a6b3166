//! A name in its line, and how a value is joined to it.

use std::ops::Range;

use super::labels::Label;

/// A name in its line.
pub(super) struct Place<'t> {
    pub(super) text: &'t str,
    pub(super) label: Label,
    /// The line the name ends in.
    pub(super) line: Range<usize>,
}

/// How a name and its value are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// `: `, `=`, `→`.
    Sign,
    /// ` = ` with blanks.
    SpacedEquals,
    /// `is`, `ist`, `は`.
    Said,
    /// A blank alone, or words between.
    Loose,
    /// The value stands on the next line.
    NextLine,
}
