//! The screen that the event loop draws on, as a trait: a test needs no terminal.

use std::io;

use editor::State;

/// The screen: the terminal, or a test's record.
pub trait Screen {
    /// Draws a frame.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn draw(&mut self, state: &State) -> io::Result<()>;

    /// Has the terminal copy a text to its own clipboard, if it can.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn copy(&mut self, text: &str) -> io::Result<()>;

    /// Takes the terminal over (again); the next frame is drawn whole.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn take(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Gives the terminal back to the shell; nothing is drawn until it is taken again.
    fn give_back(&mut self) {}
}
