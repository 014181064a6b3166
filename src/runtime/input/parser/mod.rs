//! From the terminal's bytes to keys, mouse and pasted text: a state machine that is fed reads of any size.
//!
//! Replies of the terminal and garbage give nothing: they are never typed into the text. [`Parser::silence`] gives up
//! an unfinished sequence; the reader calls it after [`Parser::patience`]. So no byte can block the keys that follow.
//! How the bytes are cut into reads changes nothing.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::event::Input;
use super::sequence;
use paste::{Stalled, end_mark_begun};

mod paste;

/// How long an unfinished sequence is waited for: a lone Esc is the key Esc after this time.
const SEQUENCE_PATIENCE: Duration = Duration::from_millis(50);
/// How long the end of a paste is waited for after its last byte.
const PASTE_PATIENCE: Duration = Duration::from_millis(500);
/// Longer sequences are no keys; their end is still found.
const LONGEST_SEQUENCE: usize = 128;

const ESC: u8 = 0x1b;
const DEL: u8 = 0x7f;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Ground,
    /// Inside a character; `alt`: behind an Esc.
    Utf8 {
        alt: bool,
    },
    /// Behind an Esc; `twice`: behind two.
    Escape {
        twice: bool,
    },
    /// Behind Esc and a character: Alt with it, or Esc and then text.
    Alt(char),
    /// Behind `ESC [`.
    Csi,
    /// Behind `ESC [ [`: a function key of the Linux console.
    Console,
    /// Behind `ESC [ M`: three bytes of an old mouse report.
    OldMouse,
    /// Behind `ESC O`.
    Ss3,
    /// In a string of the terminal (OSC, DCS, APC), up to BEL or `ESC \`. No terminal sends PM or SOS.
    String {
        /// The byte behind the Esc that began it.
        begun_by: u8,
        empty: bool,
        /// Its last byte was an Esc.
        ending: bool,
    },
    Paste,
}

/// The state between two reads.
#[derive(Debug)]
pub(super) struct Parser {
    mode: Mode,
    /// The bytes of the character, sequence or paste under way.
    pending: Vec<u8>,
    /// The sequence began with two Esc: Alt is held.
    alt: bool,
    /// A piece of the paste under way has been handed on.
    piece_gone: bool,
    /// A paste was given up, and its end mark is still to come.
    stalled: Option<Stalled>,
    /// What Backspace sends besides DEL.
    erase: Option<u8>,
    /// Whether Alt with a character means something; else it may be Esc and text sent at once.
    has_meaning: fn(KeyEvent) -> bool,
    found: Vec<Input>,
}

impl Parser {
    /// `erase`: the terminal's erase character, what `stty erase` sets.
    pub(super) fn new(erase: Option<u8>, has_meaning: fn(KeyEvent) -> bool) -> Self {
        // Only a byte that types nothing and has no meaning of its own can stand for Backspace.
        let erase = erase.filter(|byte| matches!(byte, 1..=0x1f) && !b"\t\n\r\x1b".contains(byte));
        Self {
            mode: Mode::Ground,
            pending: Vec::new(),
            alt: false,
            piece_gone: false,
            stalled: None,
            erase,
            has_meaning,
            found: Vec::new(),
        }
    }

    /// The input found since the last call.
    pub(super) fn take(&mut self) -> Vec<Input> {
        std::mem::take(&mut self.found)
    }

    /// How long to wait for more before a call of [`silence`](Self::silence); `None` if nothing is unfinished.
    pub(super) fn patience(&self) -> Option<Duration> {
        match self.mode {
            // A character that has begun is nothing else: the rest of it comes, however late, or another key does.
            Mode::Ground | Mode::Utf8 { .. } => None,
            Mode::Paste => Some(PASTE_PATIENCE),
            _ => Some(SEQUENCE_PATIENCE),
        }
    }

    /// Whether a paste is under way.
    pub(super) fn is_pasting(&self) -> bool {
        self.mode == Mode::Paste
    }

    /// Takes in some bytes: all that came at once.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        match self.stalled.take() {
            Some(stalled) if self.mode == Mode::Ground => self.feed_after_stall(stalled, bytes),
            stalled => {
                self.stalled = stalled;
                self.feed_all(bytes);
            }
        }
    }

    fn feed_all(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.mode == Mode::Paste {
                bytes = self.paste(bytes);
            } else {
                self.step(bytes[0]);
                bytes = &bytes[1..];
            }
        }
    }

    /// Ends what is unfinished, for nothing more came: it becomes a key or text, or is dropped.
    pub(super) fn silence(&mut self) {
        let mode = std::mem::replace(&mut self.mode, Mode::Ground);
        let bare = self.pending.is_empty();
        if self.alt && bare {
            self.escape_key();
        }
        match mode {
            Mode::Escape { twice } => {
                self.escape_key();
                if twice {
                    self.escape_key();
                }
            }
            Mode::Alt(c) => self.key(KeyCode::Char(c), KeyModifiers::ALT),
            Mode::Csi if bare => self.key(KeyCode::Char('['), KeyModifiers::ALT),
            Mode::Ss3 if bare => self.key(KeyCode::Char('O'), KeyModifiers::ALT),
            Mode::String { begun_by, empty: true, .. } => {
                self.key(KeyCode::Char(begun_by.into()), KeyModifiers::ALT);
            }
            // A window's title has an end; `] like this` has none.
            Mode::String { begun_by: b']', .. }
                if self.pending.first().is_some_and(u8::is_ascii_alphabetic) =>
            {
                let text = std::mem::take(&mut self.pending);
                self.as_text(b"]", text[0]);
                self.feed_all(&text[1..]);
                if self.mode != Mode::Ground {
                    return self.silence();
                }
            }
            Mode::Paste => {
                let text = self.pending.len() - end_mark_begun(&self.pending);
                let begun = self.pending.split_off(text);
                self.piece(text);
                self.stalled = Some(Stalled { held: begun, is_key: false });
            }
            _ => {}
        }
        self.reset();
    }

    fn reset(&mut self) {
        self.mode = Mode::Ground;
        self.pending.clear();
        self.alt = false;
        self.piece_gone = false;
    }

    fn key(&mut self, code: KeyCode, held: KeyModifiers) {
        self.found.push(Input::Key(KeyEvent::new(code, held)));
    }

    fn escape_key(&mut self) {
        self.key(KeyCode::Esc, KeyModifiers::NONE);
    }

    fn step(&mut self, byte: u8) {
        match self.mode {
            Mode::Ground => self.ground(byte, false),
            Mode::Utf8 { alt } => self.utf8(byte, alt),
            Mode::Escape { twice } => self.escape(byte, twice),
            Mode::Alt(c) => {
                self.mode = Mode::Ground;
                if byte >= b' ' && byte != DEL {
                    self.escape_key();
                    self.key(KeyCode::Char(c), KeyModifiers::NONE);
                } else {
                    self.key(KeyCode::Char(c), KeyModifiers::ALT);
                }
                self.ground(byte, false);
            }
            Mode::Csi => self.csi(byte),
            Mode::Console => match byte {
                b'A'..=b'E' => {
                    self.key(KeyCode::F(1 + byte - b'A'), KeyModifiers::NONE);
                    self.reset();
                }
                _ => self.abandon(byte),
            },
            Mode::OldMouse if byte >= b' ' => {
                self.pending.push(byte);
                if let [button, column, row] = self.pending[..] {
                    self.found.extend(sequence::old_mouse(button, column, row).map(Input::Mouse));
                    self.reset();
                }
            }
            Mode::OldMouse => self.abandon(byte),
            Mode::Ss3 => self.ss3(byte),
            Mode::String { begun_by, empty: true, .. } if !may_begin_string(begun_by, byte) => {
                self.as_text(&[begun_by], byte);
            }
            Mode::String { begun_by, ending, .. } => match byte {
                // BEL, CAN, SUB, the string terminator of eight bits, or the second byte of `ESC \`.
                0x07 | 0x18 | 0x1a | 0x9c => self.reset(),
                b'\\' if ending => self.reset(),
                _ if ending => {
                    self.reset();
                    self.escape(byte, false);
                }
                _ => {
                    if self.pending.len() < LONGEST_SEQUENCE {
                        self.pending.push(byte);
                    }
                    self.mode = Mode::String { begun_by, empty: false, ending: byte == ESC };
                }
            },
            // `feed` hands a paste on whole.
            Mode::Paste => {}
        }
    }

    /// The sequence under way is broken off by a byte that cannot be in it.
    fn abandon(&mut self, byte: u8) {
        self.reset();
        // CAN and SUB do nothing but break off.
        if !matches!(byte, 0x18 | 0x1a) {
            self.ground(byte, false);
        }
    }

    /// What looked like the beginning of a sequence was the key Esc, and text sent at once with it.
    fn as_text(&mut self, text: &[u8], byte: u8) {
        if self.alt {
            self.escape_key();
        }
        self.reset();
        self.escape_key();
        for &byte in text {
            self.ground(byte, false);
        }
        self.step(byte);
    }

    fn ground(&mut self, byte: u8, alt: bool) {
        self.mode = Mode::Ground;
        let held = if alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
        match byte {
            ESC => self.mode = Mode::Escape { twice: false },
            DEL => self.key(KeyCode::Backspace, held),
            _ if Some(byte) == self.erase => self.key(KeyCode::Backspace, held),
            ..b' ' => {
                if alt {
                    self.escape_key();
                }
                let (code, held) = control(byte);
                self.key(code, held);
            }
            b' '..DEL if alt => self.alt_char(byte.into()),
            b' '..DEL => self.key(KeyCode::Char(byte.into()), held),
            0xc2..=0xf4 => {
                self.pending.clear();
                self.pending.push(byte);
                self.mode = Mode::Utf8 { alt };
            }
            // Outside UTF-8, one byte may stand for Esc and the byte after it.
            0x90 | 0x9b | 0x9d | 0x9f => self.escape(byte - 0x40, false),
            _ => {}
        }
    }

    fn utf8(&mut self, byte: u8, alt: bool) {
        if byte & 0xc0 != 0x80 {
            self.reset();
            return self.ground(byte, false);
        }
        self.pending.push(byte);
        let length = match self.pending[0] {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        if self.pending.len() < length {
            return;
        }
        let c = std::str::from_utf8(&self.pending).ok().and_then(|text| text.chars().next());
        self.reset();
        match c {
            Some(c) if c.is_control() => {}
            Some(c) if alt => self.alt_char(c),
            Some(c) => self.key(KeyCode::Char(c), KeyModifiers::NONE),
            None => {}
        }
    }

    fn alt_char(&mut self, c: char) {
        let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT);
        if (self.has_meaning)(key) {
            self.found.push(Input::Key(key));
        } else {
            self.mode = Mode::Alt(c);
        }
    }

    fn escape(&mut self, byte: u8, twice: bool) {
        self.reset();
        // Two Esc before a key are Alt with it; before all else the first one is the key Esc.
        self.alt = twice && matches!(byte, b'[' | b'O');
        if twice && !self.alt {
            self.escape_key();
        }
        match byte {
            b'[' => self.mode = Mode::Csi,
            b'O' => self.mode = Mode::Ss3,
            b']' | b'P' | b'_' => {
                self.mode = Mode::String { begun_by: byte, empty: true, ending: false };
            }
            // The end of a string that was given up before.
            b'\\' => {}
            ESC => self.mode = Mode::Escape { twice: true },
            _ => self.ground(byte, true),
        }
    }

    fn csi(&mut self, byte: u8) {
        match byte {
            // `[ ] to do`, `[link](x)`, `[1]`: no terminal sends such a sequence.
            b' '..=b'/' if self.pending.is_empty() => self.as_text(b"[", byte),
            b'@'..=b'~' if self.pending.is_empty() && !sequence::is_plain(byte) => self.as_text(b"[", byte),
            b']' if self.pending.iter().all(u8::is_ascii_digit) => {
                let text = [b"[", &self.pending[..]].concat();
                self.as_text(&text, byte);
            }
            b' '..=b'?' => {
                if self.pending.len() < LONGEST_SEQUENCE {
                    self.pending.push(byte);
                }
            }
            b'[' if self.pending.is_empty() => self.mode = Mode::Console,
            b'M' if self.pending.is_empty() => self.mode = Mode::OldMouse,
            b'@'..=b'~' if self.pending.len() == LONGEST_SEQUENCE => self.reset(),
            b'~' if self.pending == b"200" => {
                self.reset();
                self.mode = Mode::Paste;
            }
            b'@'..=b'~' => {
                sequence::csi(&self.pending, byte, self.alt, &mut self.found);
                self.reset();
            }
            _ => self.abandon(byte),
        }
    }

    fn ss3(&mut self, byte: u8) {
        match byte {
            // Some terminals put the modifier in between.
            b'0'..=b'9' | b';' if self.pending.len() < LONGEST_SEQUENCE => self.pending.push(byte),
            b' ' | b'e'..=b'z' if self.pending.is_empty() => self.as_text(b"O", byte),
            b'@'..=b'~' => {
                sequence::ss3(&self.pending, byte, self.alt, &mut self.found);
                self.reset();
            }
            _ => self.abandon(byte),
        }
    }
}

/// Whether a terminal's string may begin so: the number of an OSC, a DCS, kitty's APC.
fn may_begin_string(begun_by: u8, byte: u8) -> bool {
    let is_control = !(b' '..DEL).contains(&byte);
    is_control
        || match begun_by {
            // The number of a report; or a title.
            b']' => byte.is_ascii_digit() || b"lLI".contains(&byte),
            b'P' => byte.is_ascii_digit() || b">!$+=?|".contains(&byte),
            _ => byte == b'G',
        }
}

/// The key of a control byte.
fn control(byte: u8) -> (KeyCode, KeyModifiers) {
    let key = |c: u8| (KeyCode::Char(c.into()), KeyModifiers::CONTROL);
    match byte {
        b'\r' => (KeyCode::Enter, KeyModifiers::NONE),
        b'\t' => (KeyCode::Tab, KeyModifiers::NONE),
        0 => key(b' '),
        1..=26 => key(byte - 1 + b'a'),
        _ => key(byte + b'@'),
    }
}

#[cfg(test)]
use paste::{PASTE_END, PIECE};

#[cfg(test)]
mod tests;
