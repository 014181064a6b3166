//! Keys, mouse, pasted text and signals, as messages.

use std::io;
use std::sync::mpsc::Sender;

use crossterm::event::{self, Event, KeyEventKind};

use super::journal::JournalFlush;
use crate::app::Message;

/// Starts the thread that reads from the terminal. It ends with the process, or when the terminal goes away.
pub fn start(messages: Sender<Message>) {
    std::thread::spawn(move || {
        loop {
            let Ok(event) = event::read() else {
                // The terminal is gone: as good as a hang-up.
                let _ = messages.send(Message::Terminated);
                return;
            };
            if let Some(message) = translate(event)
                && messages.send(message).is_err()
            {
                return;
            }
        }
    });
}

/// The message an event stands for. Key releases and focus changes stand for none.
fn translate(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Message::KeyPressed(key)),
        Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
        // Terminals send pasted line ends as carriage returns.
        Event::Paste(text) => Some(Message::Pasted(text.replace("\r\n", "\n").replace('\r', "\n"))),
        Event::Mouse(mouse) => Some(Message::MouseUsed(mouse)),
        Event::Resize(width, height) => Some(Message::Resized { width, height }),
    }
}

/// Starts the thread that turns SIGTERM, SIGHUP and SIGINT to [`Message::Terminated`].
///
/// The second one does not wait for the editor any more: it brings the text to disk and ends the process.
///
/// # Errors
/// When the handlers cannot be installed.
#[cfg(unix)]
pub fn start_signals(messages: Sender<Message>, journal: Option<JournalFlush>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    std::thread::spawn(move || {
        for (count, signal) in signals.forever().enumerate() {
            if count > 0 || messages.send(Message::Terminated).is_err() {
                super::terminal::restore();
                journal.as_ref().map(JournalFlush::flush);
                std::process::exit(128 + signal);
            }
        }
    });
    Ok(())
}

/// Other systems have no such signals.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn start_signals(_messages: Sender<Message>, _journal: Option<JournalFlush>) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;

    fn key(kind: KeyEventKind) -> Event {
        Event::Key(KeyEvent::new_with_kind(KeyCode::Char('a'), KeyModifiers::NONE, kind))
    }

    #[test]
    fn presses_and_repeats_count_and_releases_do_not() {
        assert!(translate(key(KeyEventKind::Press)).is_some());
        assert!(translate(key(KeyEventKind::Repeat)).is_some());
        assert_eq!(translate(key(KeyEventKind::Release)), None);
        assert_eq!(translate(Event::FocusLost), None);
    }

    #[test]
    fn pasted_line_ends_are_those_of_the_editor() {
        let pasted = translate(Event::Paste("a\rb\r\nc\nd".to_owned()));
        assert_eq!(pasted, Some(Message::Pasted("a\nb\nc\nd".to_owned())));
    }
}
