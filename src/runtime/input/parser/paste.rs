//! Pastes that the terminal marks: handed on in pieces, and still text when they stall.

use super::Parser;
use crate::runtime::input::event::Input;

/// A longer paste is handed on in pieces of this many bytes.
pub(super) const PIECE: usize = 8 << 20;
/// After a paste that stalled, so many bytes at once belong to it: nobody types that fast.
const MORE_OF_PASTE: usize = 32;

/// Whether text that came at once after a stalled paste belongs to it: it has text behind a control character, or it
/// is long. Keys that act come alone, first or last.
fn is_more(bytes: &[u8]) -> bool {
    let is_blank = |byte: u8| matches!(byte, b'\t' | b'\r' | b'\n');
    let is_text = |byte: u8| byte >= b' ' && byte != 0x7f;
    let control = bytes.iter().position(|&byte| !is_text(byte));
    let begins_as_text = bytes.first().is_some_and(|&byte| is_text(byte) || is_blank(byte));
    let goes_on = control.is_some_and(|at| bytes[at..].iter().any(|&byte| is_text(byte)));
    bytes.len() >= MORE_OF_PASTE || (begins_as_text && goes_on)
}

/// Whether bytes begin with the whole sequence of a key.
fn begins_with_key(bytes: &[u8]) -> bool {
    let Some((kind, rest)) = bytes.strip_prefix(b"\x1b").and_then(<[u8]>::split_first) else { return false };
    match kind {
        b'[' => rest
            .iter()
            .find(|byte| !(b' '..=b'?').contains(byte))
            .is_some_and(|byte| (b'@'..=b'~').contains(byte)),
        b'O' => !rest.is_empty(),
        _ => false,
    }
}

const PASTE_BEGIN: &[u8] = b"\x1b[200~";
pub(super) const PASTE_END: &[u8] = b"\x1b[201~";

/// A paste that was given up.
#[derive(Debug)]
pub(super) struct Stalled {
    /// Bytes that may be the beginning of its end mark.
    pub(super) held: Vec<u8>,
    /// Whether that may be the beginning of a key instead: it came after the silence.
    pub(super) is_key: bool,
}

impl Parser {
    /// What came after a paste that stalled. Up to the end mark it is pasted text, and so is what nobody can have typed.
    pub(super) fn feed_after_stall(&mut self, Stalled { mut held, is_key }: Stalled, bytes: &[u8]) {
        let known = held.len();
        held.extend_from_slice(bytes);
        let end = find(&held, PASTE_END);
        if let Some(end) = end.filter(|&end| find(&held[..end], PASTE_BEGIN).is_none()) {
            self.more_of_paste(&held[..end]);
            self.feed_all(&held[end + PASTE_END.len()..]);
            return;
        }
        // Bytes that do not continue as the end mark may be the beginning of a key.
        let goes_on = PASTE_END.starts_with(&held) || (is_key && begins_with_key(&held));
        let from = if goes_on { 0 } else { known };
        let kept = end_mark_begun(&held[from..]);
        let now = &held[from..held.len() - kept];
        if end.is_some() || find(now, PASTE_BEGIN).is_some() {
            // Another paste: this one's end is not waited for any longer.
            self.feed_all(&held[from..]);
            return;
        }
        // Terminals take Esc out of what they paste: with one that ends no paste, keys begin.
        let text = &now[..now.iter().position(|&byte| byte == 0x1b).unwrap_or(now.len())];
        let is_more = is_more(text);
        if is_more {
            self.more_of_paste(text);
        }
        // A lone Esc is the key, but behind a piece of the paste.
        let held_back = if kept > 1 || (is_more && text.len() == now.len()) { kept } else { 0 };
        self.stalled = Some(Stalled { held: held[held.len() - held_back..].to_vec(), is_key: true });
        let keys = from + if is_more { text.len() } else { 0 };
        self.feed_all(&held[keys..held.len() - held_back]);
    }

    fn more_of_paste(&mut self, bytes: &[u8]) {
        self.pending = bytes.to_vec();
        self.piece_gone = true;
        self.piece(bytes.len());
        self.reset();
    }

    /// Takes in bytes of a paste and returns those behind its end.
    pub(super) fn paste<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let known = self.pending.len();
        let taken = bytes.len().min(PIECE);
        self.pending.extend_from_slice(&bytes[..taken]);
        // The end may have begun in the read before.
        let from = known.saturating_sub(PASTE_END.len() - 1);
        let end = find(&self.pending[from..], PASTE_END);
        if let Some(at) = end {
            let end = from + at;
            let behind = end + PASTE_END.len() - known;
            self.pending.truncate(end);
            self.piece(end);
            self.reset();
            return &bytes[behind..];
        }
        if self.pending.len() >= PIECE {
            let cut = piece_end(&self.pending);
            self.piece(cut);
        }
        &bytes[taken..]
    }

    /// Hands on the first `length` bytes of the paste under way.
    pub(super) fn piece(&mut self, length: usize) {
        let rest = self.pending.split_off(length);
        let piece = std::mem::replace(&mut self.pending, rest);
        if piece.is_empty() {
            return;
        }
        let text = String::from_utf8(piece)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        self.found.push(Input::Paste { text, more: self.piece_gone });
        self.piece_gone = true;
    }
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

/// How many bytes at the end may be the beginning of the mark that ends a paste.
pub(super) fn end_mark_begun(bytes: &[u8]) -> usize {
    (1..PASTE_END.len()).rev().find(|&length| bytes.ends_with(&PASTE_END[..length])).unwrap_or(0)
}

/// Where a paste can be cut: not in a character, a line end, or what may be its end mark.
fn piece_end(bytes: &[u8]) -> usize {
    let mut end = bytes.len() - (PASTE_END.len() - 1);
    for _ in 0..3 {
        if bytes[end] & 0xc0 == 0x80 {
            end -= 1;
        }
    }
    if bytes[end - 1] == b'\r' { end - 1 } else { end }
}
