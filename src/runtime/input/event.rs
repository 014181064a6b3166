//! One event of input: a key, the mouse, pasted text or a new size.

use crossterm::event::{KeyEvent, MouseEvent};

/// What came from the terminal.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Input {
    /// A key was pressed or repeats.
    Key(KeyEvent),
    /// The mouse was used.
    Mouse(MouseEvent),
    /// Text was pasted, whole or in pieces.
    Paste {
        /// As sent, line ends too.
        text: String,
        /// Whether it continues the piece before.
        more: bool,
    },
    /// The terminal reports a new size.
    Resized,
}
