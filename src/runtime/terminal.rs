//! The terminal: taken over on start, given back at the end and while the process is stopped.
//!
//! [`Terminal`] gives it back when dropped. [`restore`] works from every thread: it takes no lock, and waits half a
//! second at most for a terminal that takes no bytes.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::mem::ManuallyDrop;
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use nix::unistd::{getpgrp, tcgetpgrp};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{TerminalOptions, Viewport};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::stdio::{stdin, stdout};
use rustix::termios::{
    OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr, ttyname,
};

use crate::runtime::clipboard::to_terminal;
use crate::runtime::screen::Screen;
use editor::view;
use editor::{Message, State};

/// The other screen; a keypad that types digits; pasted text marked as such; mouse clicks, drags and the wheel, with
/// numbers for all columns; and the kitty protocol's unambiguous keys with their place on a US keyboard, which terminals
/// that cannot do it pass over.
const TAKE: &[u8] = b"\x1b[?1049h\x1b>\x1b[?2004h\x1b[?1000h\x1b[?1002h\x1b[?1015h\x1b[?1006h\x1b[>5u";
/// The same in reverse. An end to any unfinished sequence comes first.
const GIVE_BACK: &[u8] =
    b"\x1b\\\x1b[?2026l\x1b[<1u\x1b[?1006l\x1b[?1015l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[?1049l\x1b[0m\x1b[?25h";

/// How long a terminal that takes no bytes is waited for when it is given back.
const PATIENCE: Duration = Duration::from_millis(500);

/// The largest screen that is drawn on; a window may claim to have 65,535 columns.
const LARGEST: (u16, u16) = (1_000, 500);

/// The terminal as it was found.
struct Found {
    modes: Termios,
    /// The terminal opened once more, so that writing never waits; `None` where that is not allowed.
    unhurried: Option<File>,
}

static FOUND: OnceLock<Found> = OnceLock::new();
static TAKEN: AtomicBool = AtomicBool::new(false);

fn found() -> io::Result<&'static Found> {
    if FOUND.get().is_none() {
        let modes = tcgetattr(stdin())?;
        let name = ttyname(stdout(), Vec::new()).ok();
        let unhurried = name.and_then(|name| {
            let path = std::ffi::OsStr::from_bytes(name.as_bytes());
            let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            rustix::fs::open(path, flags, Mode::empty()).ok().map(File::from)
        });
        let _ = FOUND.set(Found { modes, unhurried });
    }
    FOUND.get().ok_or_else(|| io::Error::other("the terminal cannot be asked"))
}

/// The real screen.
#[derive(Debug)]
pub struct Terminal {
    /// Never dropped: it would show the cursor, which [`restore`] does, and complain on a terminal that has gone.
    inner: ManuallyDrop<ratatui::Terminal<CrosstermBackend<BufWriter<File>>>>,
    area: Rect,
}

impl Terminal {
    /// Takes the terminal over: raw mode, the other screen, pasted text and mouse as events.
    ///
    /// # Errors
    /// When there is no terminal.
    pub fn start() -> io::Result<Self> {
        found()?;
        let (width, height) = size();
        let area = Rect::new(0, 0, width, height);
        let out = File::from(rustix::io::fcntl_dupfd_cloexec(stdout(), 3)?);
        let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, out));
        // A fixed viewport: its size comes from the state, and no query goes to the terminal.
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let mut terminal =
            Self { inner: ManuallyDrop::new(ratatui::Terminal::with_options(backend, options)?), area };
        terminal.take()?;
        Ok(terminal)
    }
}

impl Screen for Terminal {
    fn draw(&mut self, state: &State) -> io::Result<()> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        let area = Rect::new(0, 0, state.viewport.width, state.viewport.height);
        queue!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        if area != self.area {
            self.inner.resize(area)?;
            self.area = area;
        }
        self.inner.draw(|frame| view::view(state, frame))?;
        queue!(self.inner.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.inner.backend_mut())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        match to_terminal(text) {
            Some(copy) => execute!(self.inner.backend_mut(), copy),
            None => Ok(()),
        }
    }

    fn take(&mut self) -> io::Result<()> {
        let mut modes = found()?.modes.clone();
        modes.make_raw();
        // In the background this stops the process until the shell brings it to the front.
        tcsetattr(stdin(), OptionalActions::Now, &modes)?;
        let backend = self.inner.backend_mut();
        if TAKEN.swap(true, Ordering::SeqCst) {
            // After a SIGSTOP the modes are still on: they are turned off first, so that none is on twice.
            backend.write_all(GIVE_BACK)?;
        }
        backend.write_all(TAKE)?;
        Write::flush(backend)?;
        // Whatever is on the screen now is drawn over.
        self.inner.resize(self.area)
    }

    fn give_back(&mut self) {
        let _ = Write::flush(self.inner.backend_mut());
        restore();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Gives the terminal back to the shell it came from, if it was taken and is this process's to give.
pub fn restore() {
    let Some(found) = FOUND.get() else { return };
    if !TAKEN.swap(false, Ordering::SeqCst) || tcgetpgrp(stdin()).is_ok_and(|front| front != getpgrp()) {
        return;
    }
    let until = Instant::now() + PATIENCE;
    let mut bytes = GIVE_BACK;
    while !bytes.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec { tv_sec: 0, tv_nsec: left.subsec_nanos().into() };
        let ready = poll(&mut [PollFd::from_borrowed_fd(stdout(), PollFlags::OUT)], Some(&left));
        let written = match (&found.unhurried, ready) {
            (_, Ok(0)) => break,
            (Some(file), _) => rustix::io::write(file, bytes),
            (None, _) => rustix::io::write(stdout(), bytes),
        };
        match written {
            Ok(count) => bytes = &bytes[count..],
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) if Instant::now() < until => {
                std::thread::yield_now();
            }
            Err(_) => break,
        }
    }
    let _ = tcsetattr(stdin(), OptionalActions::Now, &found.modes);
}

/// Columns and rows of the terminal; 80 × 24 where it reports none.
pub fn size() -> (u16, u16) {
    let (columns, rows) = tcgetwinsize(stdout()).map_or((0, 0), |size| (size.ws_col, size.ws_row));
    let or = |said: u16, otherwise, largest| if said == 0 { otherwise } else { said.min(largest) };
    (or(columns, 80, LARGEST.0), or(rows, 24, LARGEST.1))
}

/// The size as a message.
pub fn resized() -> Message {
    let (width, height) = size();
    Message::Resized { width, height }
}

/// What `stty erase` was set to when the terminal was taken over.
pub fn erase_character() -> Option<u8> {
    FOUND.get().map(|found| found.modes.special_codes[SpecialCodeIndex::VERASE])
}
