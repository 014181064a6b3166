//! The end of the process: journal first, terminal second, exit code 128 + n, and no wait without a limit.
//!
//! The first SIGTERM, SIGHUP, SIGINT or SIGQUIT requests it ([`Ending`]). After a second one, or after `PATIENCE`, the text is
//! brought to disk and the process ended from here, without any lock that another thread may hold.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::Sender;
use std::thread::ThreadId;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::getpgrp;
use signal_hook::consts::{SIGHUP, SIGSTOP};

use crate::runtime::journal::JournalFlush;
use crate::runtime::terminal;
use crate::runtime::visible::{self, Line};
use editor::Message;

/// How long the editor may take to end after a request.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it may take after the writer left it: a slow disk is still written to.
const CLOSING_PATIENCE: Duration = Duration::from_secs(10);

/// How the editor ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The writer left it.
    Left,
    /// A signal or the loss of the terminal ended it; the exit code.
    Asked(u8),
}

/// Requests the end of the editor, and ends the process if the editor does not.
#[derive(Debug, Clone)]
pub struct Ending {
    /// The exit code; 0 before any request.
    code: Arc<AtomicU8>,
    /// The next SIGTSTP is the one that this process sent to its own job.
    own_stop: Arc<AtomicBool>,
    messages: Sender<Message>,
    journal: Option<JournalFlush>,
}

impl Ending {
    /// Sends requests on `messages`. `journal` is flushed when the editor does not end by itself.
    pub fn new(messages: Sender<Message>, journal: Option<JournalFlush>) -> Self {
        Self { code: Arc::default(), own_stop: Arc::default(), messages, journal }
    }

    /// How the editor ended, if it ended now.
    pub fn ended(&self) -> Ended {
        match self.code.load(Ordering::SeqCst) {
            0 => Ended::Left,
            code => Ended::Asked(code),
        }
    }

    /// Sends a message to the editor, unless it has ended.
    pub(super) fn send(&self, message: Message) {
        let _ = self.messages.send(message);
    }

    /// Whether the SIGTSTP just received is the one that [`Ending::stop`] sent; the next one is not.
    pub(super) fn is_own_stop(&self) -> bool {
        self.own_stop.swap(false, Ordering::SeqCst)
    }

    /// The terminal is gone.
    pub fn hang_up(&self) {
        self.ask(SIGHUP);
    }

    /// Requests the end of the editor; returns whether it is the first request.
    pub(super) fn ask(&self, signal: i32) -> bool {
        let code = exit_code(signal);
        if self.code.compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst).is_err() {
            return false;
        }
        self.end_within(PATIENCE, code, None);
        if self.messages.send(Message::Terminated).is_err() {
            self.end(code, None);
        }
        true
    }

    /// Ends the process if the editor, which is closing, takes longer than 10 s.
    pub fn closing(&self) {
        if self.ended() == Ended::Left {
            let said = "foreword: the disk or another program did not answer in 10 s and was not waited for any longer.";
            self.end_within(CLOSING_PATIENCE, 1, Some(said));
        }
    }

    /// Brings the text to disk, within a few seconds, and returns the path of the journal that holds it.
    pub fn keep_text(&self) -> Option<std::path::PathBuf> {
        self.journal.as_ref().and_then(JournalFlush::flush)
    }

    fn end_within(&self, patience: Duration, code: u8, said: Option<&'static str>) {
        let ending = self.clone();
        std::thread::spawn(move || {
            std::thread::sleep(patience);
            ending.end(code, said);
        });
    }

    /// Ends the process from any thread.
    pub(super) fn end(&self, code: u8, said: Option<&str>) -> ! {
        self.keep_text();
        terminal::restore();
        if let Some(said) = said {
            let _ = writeln!(visible::stderr(), "{said}");
        }
        signal_hook::low_level::exit(code.into())
    }

    /// Stops this process, until it is continued; `job`: and all that the shell started with it (`git commit`, which
    /// waits for its editor). The terminal must have been given back.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn stop(&self, job: bool) -> io::Result<()> {
        if job {
            self.own_stop.store(true, Ordering::SeqCst);
            killpg(getpgrp(), Signal::SIGTSTP)
                .inspect_err(|_| self.own_stop.store(false, Ordering::SeqCst))?;
        }
        signal_hook::low_level::raise(SIGSTOP)
    }
}

/// The exit code of a process that a signal ended: 128 + its number.
pub(super) fn exit_code(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// Installs a panic hook: a panic on this thread brings the text to disk, gives the terminal back and prints where
/// the text is.
///
/// Panics of other threads are silent here: each worker catches its own and reports it in a message.
pub fn keep_text_on_panic(ending: Ending) {
    let ui_thread: ThreadId = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() != ui_thread {
            return;
        }
        let kept = ending.keep_text();
        terminal::restore();
        ending.closing();
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
