//! The terminal: taken over on start, given back whatever happens.
//!
//! [`Terminal`] gives it back when dropped; [`keep_text_on_panic`] does before a panic of the UI thread is told of.
//! What has been turned on is turned off in reverse, and turning it off twice does no harm.

use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::thread::ThreadId;

use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
    KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::backend::CrosstermBackend;

use super::clipboard::osc52;
use super::journal::JournalFlush;
use super::runtime::Screen;
use super::visible::{self, Line};
use crate::app::State;
use crate::ui;

/// The real screen.
#[derive(Debug)]
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<BufWriter<Stdout>>>,
}

impl Terminal {
    /// Takes the terminal over: raw mode, the other screen, pasted text and mouse as events.
    ///
    /// # Errors
    /// When there is no terminal.
    pub fn start() -> io::Result<Self> {
        enable_raw_mode()?;
        // From here on a failure must give the terminal back; dropping `terminal` does.
        let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, stdout()));
        let terminal = Self { inner: ratatui::Terminal::new(backend).inspect_err(|_| restore())? };
        execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, EnableMouseCapture)?;
        // Unambiguous keys (Ctrl-I apart from Tab). Terminals that cannot ignore this; asking them first would hold
        // the start up by seconds where no answer comes.
        let flags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES;
        let _ = execute!(stdout(), PushKeyboardEnhancementFlags(flags));
        Ok(terminal)
    }
}

impl Screen for Terminal {
    fn draw(&mut self, state: &State) -> io::Result<()> {
        queue!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        self.inner.draw(|frame| ui::view(state, frame))?;
        execute!(self.inner.backend_mut(), EndSynchronizedUpdate)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        let Some(sequence) = osc52(text) else { return Ok(()) };
        let backend = self.inner.backend_mut();
        backend.write_all(sequence.as_bytes())?;
        Write::flush(backend)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = Write::flush(self.inner.backend_mut());
        restore();
    }
}

/// Gives the terminal back to the shell it came from.
pub fn restore() {
    // Each on its own: a step that fails must not keep the next from being taken.
    let mut out = stdout();
    let _ = execute!(out, PopKeyboardEnhancementFlags);
    let _ = execute!(out, DisableMouseCapture, DisableBracketedPaste, EndSynchronizedUpdate);
    let _ = execute!(out, LeaveAlternateScreen, cursor::Show);
    let _ = disable_raw_mode();
}

/// From now on a panic on this thread gives the terminal back, brings the text to disk and says where it is.
///
/// Panics of other threads are silent here: each worker catches its own and reports it in a message.
pub fn keep_text_on_panic(journal: Option<JournalFlush>) {
    let ui_thread: ThreadId = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() != ui_thread {
            return;
        }
        restore();
        let kept = journal.as_ref().and_then(JournalFlush::flush);
        let mut error = visible::stderr();
        let _ = writeln!(error, "Foreword has a bug and had to stop: {panic}");
        let _ = match kept {
            Some(path) => writeln!(
                error,
                "Your text is kept in {} and will be offered the next time you start foreword.",
                Line(path.display())
            ),
            None => writeln!(error, "No text was unsaved."),
        };
    }));
}
