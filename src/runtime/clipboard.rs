//! The clipboard, three ways at once: the desktop's, the terminal's (OSC 52), and a memory of our own.
//!
//! The desktop's may be missing (no display) or slow (another program holds the text), so it has a thread of its own.
//! It is only ever this machine's own desktop: see [`display`]. Over SSH only OSC 52 reaches the writer's machine;
//! terminals do not say whether they took it. Reading goes to the desktop and falls back on what was last copied
//! here.

use std::collections::VecDeque;
use std::sync::mpsc::Sender;

use crossterm::clipboard::CopyToClipboard;

use crate::runtime::display;
use crate::runtime::workers::worker::{AtEnd, Waiting, Wanted, Worker};
use editor::Message;

/// The longest text sent by OSC 52, in bytes: terminals drop longer sequences, some of them by hanging.
const MAX_OSC52_BYTES: usize = 74_994;

#[derive(Debug, PartialEq)]
enum Job {
    Write(String),
    /// Reads once, and answers every request that came meanwhile.
    Read(usize),
}

/// Jobs in order. While another program is slow to answer, a key held down adds no more of them than one.
#[derive(Debug, Default)]
struct Jobs(VecDeque<Job>);

impl Waiting for Jobs {
    type Job = Job;

    fn put(&mut self, job: Job) {
        match (self.0.back_mut(), job) {
            (Some(Job::Write(waiting)), Job::Write(text)) => *waiting = text,
            (Some(Job::Read(waiting)), Job::Read(times)) => *waiting += times,
            (_, job) => self.0.push_back(job),
        }
    }

    /// When closing, too: what was copied is still handed to the desktop.
    fn take(&mut self, _is_closing: bool) -> Option<Job> {
        self.0.pop_front()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A handle on the clipboard's thread, which ends with it.
#[derive(Debug)]
pub struct Clipboard {
    worker: Worker<Jobs>,
}

impl Clipboard {
    /// What is read comes on `messages`.
    pub fn start(messages: Sender<Message>) -> Self {
        let mut texts = Texts { desktop: None, is_tried: false, own: String::new() };
        let work = move |job: &Job, _: &Wanted<Jobs>| texts.carry_out(job, &messages);
        // What a panic is in is the library's: the next job may go well.
        Self { worker: Worker::new("clipboard", AtEnd::Leave, work, |_, _, _| {}) }
    }

    /// Copies. The terminal's part is the caller's, who owns the terminal: see [`to_terminal`].
    pub fn write(&self, text: String) {
        self.put(Job::Write(text));
    }

    /// Requests the text; answered by [`Message::ClipboardRead`].
    pub fn read(&self) {
        self.put(Job::Read(1));
    }

    fn put(&self, job: Job) {
        // Without a thread there is no clipboard but the terminal's.
        let _ = self.worker.put(job);
    }
}

/// The desktop's clipboard and the memory of our own.
struct Texts {
    /// Kept alive: the program that copied has to serve the text, on X11 and under Wayland. `None` without a display, and with one
    /// that is not of this machine: no connection is ever made.
    desktop: Option<arboard::Clipboard>,
    is_tried: bool,
    /// What was last copied here.
    own: String,
}

impl Texts {
    fn carry_out(&mut self, job: &Job, messages: &Sender<Message>) {
        if !std::mem::replace(&mut self.is_tried, true) {
            self.desktop = if display::is_local() { arboard::Clipboard::new().ok() } else { None };
        }
        match job {
            Job::Write(text) => {
                if let Some(desktop) = &mut self.desktop {
                    let _ = desktop.set_text(text.as_str());
                }
                self.own.clone_from(text);
            }
            Job::Read(times) => {
                let text = self.desktop.as_mut().and_then(|desktop| desktop.get_text().ok());
                let text = text.filter(|text| !text.is_empty()).unwrap_or_else(|| self.own.clone());
                for _ in 0..*times {
                    let _ = messages.send(Message::ClipboardRead(text.clone()));
                }
            }
        }
    }
}

/// The command that has the terminal copy `text`; `None` for a text longer than terminals take.
pub fn to_terminal(text: &str) -> Option<CopyToClipboard<&str>> {
    (text.len() <= MAX_OSC52_BYTES).then(|| CopyToClipboard::to_clipboard_from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_one_write_or_one_read_and_their_order_stays() {
        let mut jobs = Jobs::default();
        let write = |text: &str| Job::Write(text.to_owned());
        for job in
            [write("a"), write("b"), Job::Read(1), Job::Read(1), Job::Read(1), write("c"), Job::Read(1)]
        {
            jobs.put(job);
        }
        assert_eq!(jobs.0, [write("b"), Job::Read(3), write("c"), Job::Read(1)]);
    }

    #[test]
    fn long_texts_are_not_sent_to_the_terminal() {
        use crossterm::Command as _;

        let mut sequence = String::new();
        to_terminal("foo").unwrap().write_ansi(&mut sequence).unwrap();
        assert_eq!(sequence, "\x1b]52;c;Zm9v\x1b\\");
        assert!(to_terminal(&"x".repeat(MAX_OSC52_BYTES)).is_some());
        assert!(to_terminal(&"x".repeat(MAX_OSC52_BYTES + 1)).is_none());
    }
}
