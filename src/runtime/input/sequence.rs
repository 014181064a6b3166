//! What the terminal's control sequences mean: keys in all their encodings, and the mouse.
//!
//! Encodings: xterm's and VT220's numbers (<https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>), rxvt's, the Linux
//! console's, xterm's `modifyOtherKeys`, and the kitty keyboard protocol (<https://sw.kovidgoyal.net/kitty/keyboard-protocol/>).
//! What is none of these (reports of the cursor, of colours, modes, attributes) gives nothing.

use crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use super::event::Input;

/// The numbers of a sequence: fields parted by `;`, in each the parts parted by `:`. What is left out is 0.
struct Fields(Vec<Vec<u32>>);

impl Fields {
    fn parse(bytes: &[u8]) -> Self {
        let number = |digits: &[u8]| {
            std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0)
        };
        let field = |field: &[u8]| field.split(|&byte| byte == b':').map(number).collect();
        Self(bytes.split(|&byte| byte == b';').map(field).collect())
    }

    fn get(&self, field: usize, part: usize) -> u32 {
        self.0.get(field).and_then(|parts| parts.get(part)).copied().unwrap_or(0)
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

/// Whether `ESC [ last`, with nothing between, is anything that a terminal sends: a key, or the focus.
pub(super) fn is_plain(last: u8) -> bool {
    matches!(last, b'A'..=b'F' | b'H' | b'I' | b'M' | b'O'..=b'S' | b'Z' | b'[' | b'a'..=b'd')
}

/// Reads `ESC [ bytes last`; `alt`: another Esc stood before it.
pub(super) fn csi(bytes: &[u8], last: u8, alt: bool, found: &mut Vec<Input>) {
    if bytes.first() == Some(&b'<') {
        if matches!(last, b'M' | b'm') {
            found.extend(sgr_mouse(&Fields::parse(&bytes[1..]), last == b'm').map(Input::Mouse));
        }
        return;
    }
    // Private marks and intermediate bytes are in no key: a report.
    if !bytes.iter().all(|byte| matches!(byte, b'0'..=b';')) {
        return;
    }
    let fields = Fields::parse(bytes);
    let plain = bytes.is_empty();
    let key = Held::new(fields.get(1, 0), fields.get(1, 1), alt);
    match last {
        b'M' => found.extend(
            narrow(&fields)
                .and_then(|[button, column, row]| mouse(button.checked_sub(32)?, column, row, false))
                .map(Input::Mouse),
        ),
        b't' if fields.get(0, 0) == 48 => found.push(Input::Resized),
        // With numbers it is the report of the cursor's place.
        b'R' if !plain => {}
        b'A'..=b'F' | b'H' | b'P'..=b'S' if plain || (fields.get(0, 0) <= 1 && fields.len() <= 2) => {
            key.press(final_key(last), found);
        }
        b'Z' => key.with(KeyModifiers::SHIFT).press(Some(KeyCode::BackTab), found),
        b'a'..=b'd' if plain => {
            key.with(KeyModifiers::SHIFT).press(final_key(last.to_ascii_uppercase()), found);
        }
        b'~' if fields.get(0, 0) == 27 && fields.len() == 3 => {
            key.character([fields.get(2, 0), 0, 0], &[], found);
        }
        b'~' if fields.len() <= 3 => key.press(numbered_key(fields.get(0, 0)), found),
        b'^' if fields.len() == 1 => {
            key.with(KeyModifiers::CONTROL).press(numbered_key(fields.get(0, 0)), found);
        }
        b'@' if fields.len() == 1 => {
            let held = KeyModifiers::CONTROL | KeyModifiers::SHIFT;
            key.with(held).press(numbered_key(fields.get(0, 0)), found);
        }
        b'u' if !plain => {
            let code = [fields.get(0, 0), fields.get(0, 1), fields.get(0, 2)];
            let text = fields.0.get(2).map_or(&[][..], Vec::as_slice);
            key.character(code, text, found);
        }
        _ => {}
    }
}

/// Reads `ESC O bytes last`.
pub(super) fn ss3(bytes: &[u8], last: u8, alt: bool, found: &mut Vec<Input>) {
    let fields = Fields::parse(bytes);
    let held = Held::new(fields.get(fields.len() - 1, 0), 0, alt);
    match last {
        // As rxvt sends the arrows with Ctrl.
        b'a'..=b'd' => held.with(KeyModifiers::CONTROL).press(final_key(last.to_ascii_uppercase()), found),
        _ => held.press(final_key(last), found),
    }
}

/// What is held down with a key, and whether it goes down.
#[derive(Clone, Copy)]
struct Held {
    modifiers: KeyModifiers,
    kind: KeyEventKind,
}

impl Held {
    /// `modifiers` is one more than their bits; `event` 2 is a repeat, 3 a release.
    fn new(modifiers: u32, event: u32, alt: bool) -> Self {
        let bits = modifiers.saturating_sub(1);
        let mut held = if alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
        for (bit, modifier) in [
            (1, KeyModifiers::SHIFT),
            (2, KeyModifiers::ALT),
            (4, KeyModifiers::CONTROL),
            (8, KeyModifiers::SUPER),
            (16, KeyModifiers::HYPER),
            (32, KeyModifiers::META),
        ] {
            if bits & bit != 0 {
                held |= modifier;
            }
        }
        let kind = match event {
            2 => KeyEventKind::Repeat,
            3 => KeyEventKind::Release,
            _ => KeyEventKind::Press,
        };
        Self { modifiers: held, kind }
    }

    fn with(self, modifiers: KeyModifiers) -> Self {
        Self { modifiers: self.modifiers | modifiers, ..self }
    }

    fn press(self, code: Option<KeyCode>, found: &mut Vec<Input>) {
        if let Some(code) = code
            && self.kind != KeyEventKind::Release
        {
            found.push(Input::Key(KeyEvent::new_with_kind(code, self.modifiers, self.kind)));
        }
    }

    /// A key by the number of its character; `code`: as it is, with Shift, and where a US keyboard has the key.
    fn character(self, code: [u32; 3], text: &[u32], found: &mut Vec<Input>) {
        let [plain, shifted, base] = code;
        let shift = self.modifiers.contains(KeyModifiers::SHIFT);
        let code = match plain {
            9 if shift => Some(KeyCode::BackTab),
            9 => Some(KeyCode::Tab),
            13 => Some(KeyCode::Enter),
            27 => Some(KeyCode::Esc),
            8 | 127 => Some(KeyCode::Backspace),
            57344..=63743 => functional_key(plain),
            _ => {
                let types = (self.modifiers - KeyModifiers::SHIFT).is_empty();
                let said: Vec<char> = text.iter().filter_map(|&code| printable(code)).collect();
                if types && !said.is_empty() {
                    for c in said {
                        self.press(Some(KeyCode::Char(c)), found);
                    }
                    return;
                }
                let typed = if shift && shifted != 0 { shifted } else { plain };
                let c = match printable(base) {
                    // A shortcut is where it is on the keyboard it was made for, whatever letter is printed there.
                    Some(base) if !types && base.is_ascii() && typed > 127 => Some(base),
                    _ => printable(typed),
                };
                c.map(|c| {
                    let mut upper = c.to_uppercase();
                    let upper = upper.next().filter(|_| shift && upper.next().is_none());
                    KeyCode::Char(upper.unwrap_or(c))
                })
            }
        };
        self.press(code, found);
    }
}

fn printable(code: u32) -> Option<char> {
    char::from_u32(code).filter(|c| !c.is_control())
}

/// Keys named by the last byte of their sequence.
fn final_key(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(1 + last - b'P'),
        _ => return None,
    })
}

/// Keys named by a number before `~`.
fn numbered_key(number: u32) -> Option<KeyCode> {
    let function = |number: u32| u8::try_from(number).ok().map(KeyCode::F);
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(number - 10),
        17..=21 => function(number - 11),
        23..=26 => function(number - 12),
        28..=29 => function(number - 13),
        31..=34 => function(number - 14),
        _ => None,
    }
}

/// Keys the kitty protocol has numbers of its own for. Modifiers alone and media keys are none of ours.
fn functional_key(code: u32) -> Option<KeyCode> {
    Some(match code {
        57361 => KeyCode::PrintScreen,
        57362 => KeyCode::Pause,
        57363 => KeyCode::Menu,
        57376..=57398 => KeyCode::F(u8::try_from(code - 57376 + 13).ok()?),
        57399..=57408 => KeyCode::Char(char::from_digit(code - 57399, 10)?),
        57409 => KeyCode::Char('.'),
        57410 => KeyCode::Char('/'),
        57411 => KeyCode::Char('*'),
        57412 => KeyCode::Char('-'),
        57413 => KeyCode::Char('+'),
        57414 => KeyCode::Enter,
        57415 => KeyCode::Char('='),
        57416 => KeyCode::Char(','),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        57427 => KeyCode::KeypadBegin,
        _ => return None,
    })
}

fn narrow(fields: &Fields) -> Option<[u16; 3]> {
    let number = |field| u16::try_from(fields.get(field, 0)).ok();
    if fields.len() == 3 { Some([number(0)?, number(1)?, number(2)?]) } else { None }
}

fn sgr_mouse(fields: &Fields, released: bool) -> Option<MouseEvent> {
    let [button, column, row] = narrow(fields)?;
    mouse(button, column, row, released)
}

/// Three bytes, each 32 more than its value.
pub(super) fn old_mouse(button: u8, column: u8, row: u8) -> Option<MouseEvent> {
    let number = |byte: u8| byte.checked_sub(32).map(u16::from);
    mouse(number(button)?, number(column)?, number(row)?, false)
}

/// Columns and rows count from 1.
fn mouse(button: u16, column: u16, row: u16, released: bool) -> Option<MouseEvent> {
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)] {
        if button & bit != 0 {
            modifiers |= modifier;
        }
    }
    let which = match button & 3 {
        0 => MouseButton::Left,
        1 => MouseButton::Middle,
        _ => MouseButton::Right,
    };
    let (moves, number) = (button & 32 != 0, (button & 3) | ((button & 0xc0) >> 4));
    let kind = match (number, moves) {
        (0..=2, true) => MouseEventKind::Drag(which),
        (_, true) => MouseEventKind::Moved,
        (0..=2, false) if released => MouseEventKind::Up(which),
        (0..=2, false) => MouseEventKind::Down(which),
        // The old reports do not name the button.
        (3, false) => MouseEventKind::Up(MouseButton::Left),
        (4, false) => MouseEventKind::ScrollUp,
        (5, false) => MouseEventKind::ScrollDown,
        (6, false) => MouseEventKind::ScrollLeft,
        (7, false) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    Some(MouseEvent { kind, column: column.checked_sub(1)?, row: row.checked_sub(1)?, modifiers })
}
