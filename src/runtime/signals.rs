//! Signals, and the end of the process: journal first, terminal second, exit code 128 + n, and no wait without a limit.
//!
//! The first SIGTERM, SIGHUP, SIGINT or SIGQUIT asks the editor to end. A second one, or an editor that still runs
//! `PATIENCE` after the first, is not waited for: the text is brought to disk and the process ended from here, without
//! any lock that another thread may hold.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

// Its process numbers may be 0, which stands for a process outside this container; rustix panics at that.
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, getpgid, getpgrp, getppid, getsid};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use crate::runtime::journal::JournalFlush;
use crate::runtime::terminal;
use crate::runtime::visible;
use editor::Message;

/// How long an editor that was asked to end may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long an editor that was left by the writer may take to end: a slow disk is still written to.
const CLOSING_PATIENCE: Duration = Duration::from_secs(10);

/// How the editor ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The writer left it.
    Left,
    /// It was asked to end, by a signal or a terminal that went away; the exit code.
    Asked(u8),
}

/// Asks the editor to end, and sees to it that it does.
#[derive(Debug, Clone)]
pub struct Ending {
    /// The exit code; 0 as long as nobody asked.
    code: Arc<AtomicU8>,
    /// The next SIGTSTP is the one that this process sent to its own job.
    own_stop: Arc<AtomicBool>,
    messages: Sender<Message>,
    journal: Option<JournalFlush>,
}

impl Ending {
    /// Asks on `messages`; `journal` is brought to disk when the editor does not end by itself.
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

    /// The terminal is gone.
    pub fn hang_up(&self) {
        self.ask(SIGHUP);
    }

    /// Asks the editor to end; says whether it is the first time.
    fn ask(&self, signal: i32) -> bool {
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

    /// The editor is on its way out: what keeps it longer than some seconds is left as it is.
    pub fn closing(&self) {
        if self.ended() == Ended::Left {
            let said = "foreword: the disk or another program did not answer in 10 s and was not waited for any longer.";
            self.end_within(CLOSING_PATIENCE, 1, Some(said));
        }
    }

    /// Brings the text to disk, a few seconds at most, and says where it is.
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

    /// Ends the process from whatever thread.
    fn end(&self, code: u8, said: Option<&str>) -> ! {
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

/// The exit code that says that a process was ended by a signal.
fn exit_code(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// Starts the thread that waits for signals.
///
/// # Errors
/// When the handlers cannot be installed.
pub fn start(ending: Ending) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    std::thread::spawn(move || {
        let mut asked = false;
        for signal in signals.forever() {
            let message = match signal {
                SIGWINCH => terminal::resized(),
                SIGCONT => {
                    // In the background no change of the size is told.
                    let _ = ending.messages.send(Message::Continued);
                    terminal::resized()
                }
                SIGTSTP if ending.own_stop.swap(false, Ordering::SeqCst) => continue,
                SIGTSTP => Message::StopAsked,
                _ => {
                    // A terminal that went away asks, too; the signal that tells of it is not a second one.
                    if !ending.ask(signal) && asked {
                        ending.end(exit_code(signal), None);
                    }
                    asked = true;
                    continue;
                }
            };
            let _ = ending.messages.send(message);
        }
    });
    Ok(())
}

/// Whether a shell would see that this process stops, and could continue it.
pub fn has_job_control() -> bool {
    let Ok(session) = getsid(None) else { return false };
    let parents = std::iter::successors(Some(getppid()), |process| parent_of(*process));
    is_continued_by(
        getpgrp(),
        session,
        parents.map(|parent| Some((getpgid(Some(parent)).ok()?, getsid(Some(parent)).ok()?))),
    )
}

/// What the system asks before it stops a process group: whether the parent of a member is in the same session and in
/// another group. `parents`: group and session of the parent, of its parent, and so on; none where they cannot be told.
/// A session whose leader is outside this container has the number 0: no shell in here would continue it.
fn is_continued_by(group: Pid, session: Pid, parents: impl Iterator<Item = Option<(Pid, Pid)>>) -> bool {
    const OUTSIDE: Pid = Pid::from_raw(0);
    for parent in parents {
        match parent {
            Some((_, of)) if of != session || of == OUTSIDE => return false,
            Some((of, _)) if of == group => {}
            Some(_) => return true,
            None => return false,
        }
    }
    false
}

/// The parent of another process, where the system tells it in a file.
fn parent_of(process: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold anything.
    let (_, behind) = stat.rsplit_once(')')?;
    let parent = behind.split_whitespace().nth(1)?.parse().ok()?;
    (parent != 0).then(|| Pid::from_raw(parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_parent_of_another_group_in_the_same_session_continues_a_stopped_job() {
        let [ours, session, other] = [10, 5, 7].map(Pid::from_raw);
        let outside = Pid::from_raw(0);
        let ask =
            |session, parents: &[Option<(Pid, Pid)>]| is_continued_by(ours, session, parents.iter().copied());
        assert!(ask(session, &[Some((session, session))]), "a shell");
        assert!(ask(session, &[Some((ours, session)), Some((session, session))]), "git, and its shell");
        assert!(!ask(session, &[]), "the first process of a container");
        assert!(!ask(session, &[Some((ours, session))]), "git, without a shell");
        assert!(!ask(session, &[Some((other, other))]), "a terminal");
        assert!(!ask(session, &[Some((ours, session)), None]), "a parent that cannot be asked");
        assert!(
            !ask(session, &[Some((outside, outside))]),
            "a parent whose session began outside the container"
        );
        assert!(!ask(outside, &[Some((other, outside))]), "a session that began outside the container");
    }
}
