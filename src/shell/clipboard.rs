//! The clipboard, three ways at once: the desktop's, the terminal's (OSC 52), and a memory of our own.
//!
//! The desktop's may be missing (no display) or slow (another program holds the text), so a thread of its own talks
//! to it. Over SSH only OSC 52 reaches the writer's machine; terminals do not say whether they took it. Reading goes
//! to the desktop and falls back on what was last copied here.

use std::sync::mpsc::{Receiver, Sender, channel};

use crate::app::Message;

/// The longest text sent by OSC 52, in bytes: terminals drop longer sequences, some of them by hanging.
const MAX_OSC52_BYTES: usize = 74_994;

enum Job {
    Write(String),
    Read,
}

/// A handle on the clipboard's thread, which ends with it.
#[derive(Debug)]
pub struct Clipboard {
    jobs: Sender<Job>,
}

impl Clipboard {
    /// Starts the thread; what is read comes on `messages`.
    pub fn start(messages: Sender<Message>) -> Self {
        let (jobs, queue) = channel();
        std::thread::spawn(move || work(&queue, &messages));
        Self { jobs }
    }

    /// Copies. The terminal's part is the caller's, who owns the terminal: see [`osc52`].
    pub fn write(&self, text: String) {
        let _ = self.jobs.send(Job::Write(text));
    }

    /// Asks for the text; answered by [`Message::ClipboardRead`].
    pub fn read(&self) {
        let _ = self.jobs.send(Job::Read);
    }
}

fn work(queue: &Receiver<Job>, messages: &Sender<Message>) {
    // Kept alive: on X11 the program that copied has to serve the text. `None` without a display.
    let mut desktop: Option<arboard::Clipboard> = None;
    let mut tried = false;
    let mut own = String::new();
    while let Ok(job) = queue.recv() {
        if !tried {
            tried = true;
            desktop = arboard::Clipboard::new().ok();
        }
        match job {
            Job::Write(text) => {
                if let Some(desktop) = &mut desktop {
                    let _ = desktop.set_text(text.as_str());
                }
                own = text;
            }
            Job::Read => {
                let text = desktop.as_mut().and_then(|desktop| desktop.get_text().ok());
                let text = text.filter(|text| !text.is_empty()).unwrap_or_else(|| own.clone());
                let _ = messages.send(Message::ClipboardRead(text));
            }
        }
    }
}

/// The sequence that has the terminal copy `text`; `None` for a text longer than terminals take.
pub fn osc52(text: &str) -> Option<String> {
    (text.len() <= MAX_OSC52_BYTES).then(|| format!("\x1b]52;c;{}\x07", base64(text.as_bytes())))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word =
            group.iter().fold(0u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = ALPHABET[(word >> (18 - 6 * place) & 63) as usize];
            encoded.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("\u{1b}é한", "G8Op7ZWc"),
        ] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn long_texts_are_not_sent_to_the_terminal() {
        assert_eq!(osc52("foo").as_deref(), Some("\x1b]52;c;Zm9v\x07"));
        assert!(osc52(&"x".repeat(MAX_OSC52_BYTES)).is_some());
        assert!(osc52(&"x".repeat(MAX_OSC52_BYTES + 1)).is_none());
    }
}
