//! Signals of the process, as messages to the editor or as its [end](super::ending).

use std::io;

// Its process numbers may be 0, which stands for a process outside this container; rustix panics at that.
use nix::unistd::{Pid, getpgid, getpgrp, getppid, getsid};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use crate::runtime::ending::{Ending, exit_code};
use crate::runtime::terminal;
use editor::Message;

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
                    // A process in the background gets no SIGWINCH.
                    ending.send(Message::Continued);
                    terminal::resized()
                }
                SIGTSTP if ending.is_own_stop() => continue,
                SIGTSTP => Message::StopAsked,
                _ => {
                    // A lost terminal is a request to end, too; the SIGHUP that follows it is not a second one.
                    if !ending.ask(signal) && asked {
                        ending.end(exit_code(signal), None);
                    }
                    asked = true;
                    continue;
                }
            };
            ending.send(message);
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

/// The system's rule for stopping a process group: the parent of a member is in the same session and in another
/// group. `parents`: group and session of the parent, of its parent, and so on; `None` where they are unknown. A
/// session whose leader is outside this container has the number 0; no shell in here would continue it.
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

/// The parent of another process, from `/proc`.
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
