//! The terminal's input: keys, mouse and pasted text, as messages.
//!
//! One thread waits for the terminal to have something to read and takes all there is. `parser` makes keys of the bytes,
//! `sequence` knows what the terminal's sequences mean. Nothing else in the program reads from the terminal.

mod event;
mod parser;
mod sequence;

use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use rustix::stdio::stdin;

use self::event::Input;
use self::parser::Parser;
use crate::runtime::ending::Ending;
use crate::runtime::terminal;
use editor::{Message, keymap};

/// Bytes taken in at once; endless input is handed on in such portions.
const PORTION: usize = 1 << 20;
/// So many plain characters at once are text pasted by a terminal that does not mark pastes.
const BURST: usize = 256;
/// Text that comes this soon after the last of a burst belongs to it.
const BURST_GAP: Duration = Duration::from_millis(50);
/// A sequence that is not finished after this time is given up although bytes keep coming.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Starts the thread that reads from the terminal. It ends with the process, or when the terminal goes away, which is
/// as good as a hang-up.
pub fn start(messages: Sender<Message>, ending: Ending) {
    std::thread::spawn(move || {
        if Reader::new(messages).run().is_err() {
            ending.hang_up();
        }
    });
}

struct Reader {
    parser: Parser,
    messages: Sender<Message>,
    /// When the last character of a burst came.
    burst: Option<Instant>,
}

impl Reader {
    fn new(messages: Sender<Message>) -> Self {
        let has_meaning = |key: KeyEvent| keymap::editor(key).is_some();
        Self { parser: Parser::new(terminal::erase_character(), has_meaning), messages, burst: None }
    }

    /// # Errors
    /// When the terminal is gone. `Ok`: the receiver is gone.
    fn run(mut self) -> Result<(), Errno> {
        let mut bytes = Vec::new();
        let mut unfinished_since = None;
        loop {
            let waited_enough = unfinished_since.is_some_and(|since: Instant| since.elapsed() > LONGEST_WAIT);
            bytes.clear();
            if waited_enough || !self.wait()? {
                self.parser.silence();
                unfinished_since = None;
            } else {
                take_all(&mut bytes)?;
                self.parser.feed(&bytes);
            }
            let inputs = self.parser.take();
            if self.parser.patience().is_none() || self.parser.is_pasting() {
                unfinished_since = None;
            } else if unfinished_since.is_none() || !inputs.is_empty() {
                unfinished_since = Some(Instant::now());
            }
            for message in messages(inputs, &mut self.burst) {
                if self.messages.send(message).is_err() {
                    return Ok(());
                }
            }
        }
    }

    /// Waits until there is something to read; `false` if the parser's patience ended first.
    fn wait(&self) -> Result<bool, Errno> {
        wait_for_input(self.parser.patience())
    }
}

/// Waits for input. That the terminal hung up is seen by reading.
fn wait_for_input(patience: Option<Duration>) -> Result<bool, Errno> {
    let until = patience.map(|patience| Instant::now() + patience);
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.map(|left| Timespec {
            tv_sec: left.as_secs().cast_signed(),
            tv_nsec: left.subsec_nanos().into(),
        });
        match poll(&mut [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)], left.as_ref()) {
            Ok(ready) => return Ok(ready > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads all there is, up to a portion. There is something.
fn take_all(bytes: &mut Vec<u8>) -> Result<(), Errno> {
    // A terminal hands out 4 KB at most.
    let mut buffer = [0; 1 << 12];
    loop {
        match read(stdin(), &mut buffer) {
            // The end of input, which a terminal does not have as long as it lives.
            Ok(0) => return Err(Errno::IO),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error),
        }
        if bytes.len() >= PORTION || !wait_for_input(Some(Duration::ZERO))? {
            return Ok(());
        }
    }
}

/// The messages that inputs stand for. `burst`: when the last character of a burst came, if nothing else has come since.
fn messages(inputs: Vec<Input>, burst: &mut Option<Instant>) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut inputs = inputs.into_iter().peekable();
    let mut plain = String::new();
    while let Some(input) = inputs.next() {
        if let Some(c) = plain_character(&input) {
            plain.push(c);
            if inputs.peek().is_some_and(|next| plain_character(next).is_some()) {
                continue;
            }
            flush_plain(&mut plain, burst, &mut messages);
            continue;
        }
        *burst = None;
        match input {
            Input::Key(key) => messages.push(Message::KeyPressed(key)),
            // Nothing on screen follows the pointer.
            Input::Mouse(MouseEvent { kind: MouseEventKind::Moved, .. }) => {}
            Input::Mouse(mouse) => messages.push(Message::MouseUsed(mouse)),
            Input::Paste { text, more: false } => messages.push(Message::Pasted(lines(&text))),
            Input::Paste { text, more: true } => messages.push(Message::PasteWentOn(lines(&text))),
            Input::Resized => messages.push(terminal::resized()),
        }
    }
    messages
}

/// Hands on a run of plain characters: as keys, or as pasted text if they are many.
fn flush_plain(plain: &mut String, burst: &mut Option<Instant>, messages: &mut Vec<Message>) {
    let text = std::mem::take(plain);
    let goes_on = burst.is_some_and(|last| last.elapsed() < BURST_GAP);
    if goes_on || text.chars().nth(BURST - 1).is_some() {
        let text = lines(&text);
        messages.push(if goes_on { Message::PasteWentOn(text) } else { Message::Pasted(text) });
        *burst = Some(Instant::now());
        return;
    }
    *burst = None;
    messages.extend(text.chars().map(|c| {
        Message::KeyPressed(match c {
            '\r' => KeyCode::Enter.into(),
            '\t' => KeyCode::Tab.into(),
            '\n' => KeyEvent::new(KeyCode::Char('j'), KeyModifiers::CONTROL),
            c => KeyCode::Char(c).into(),
        })
    }));
}

/// The character that a key without Ctrl and Alt types, as it stands in a text.
fn plain_character(input: &Input) -> Option<char> {
    let Input::Key(key) = input else { return None };
    match (key.code, key.modifiers) {
        (KeyCode::Char(c), KeyModifiers::NONE) => Some(c),
        (KeyCode::Enter, KeyModifiers::NONE) => Some('\r'),
        (KeyCode::Tab, KeyModifiers::NONE) => Some('\t'),
        (KeyCode::Char('j'), KeyModifiers::CONTROL) => Some('\n'),
        _ => None,
    }
}

/// Terminals send pasted line ends as carriage returns.
fn lines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

#[cfg(test)]
mod tests;
