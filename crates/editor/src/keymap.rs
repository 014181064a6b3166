//! Which key does what, per mode.
//!
//! In the editor a key that produces a character types that character, always. What a completion needs is on keys that
//! produce none: Tab, arrows, Esc, Alt with a digit.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::line_input::InputAction;
use crate::text::Motion;

/// What a key means in the editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Types a character.
    Type(char),
    /// Starts a new line.
    Newline,
    /// Takes the ghost, or indents.
    Tab,
    /// Takes a ghost of several words, or outdents.
    BackTab,
    /// Deletes the selection or the grapheme before the cursor.
    Backspace,
    /// Deletes the selection or the grapheme after the cursor.
    Delete,
    /// Deletes the word before the cursor.
    DeleteWordLeft,
    /// Deletes the word after the cursor.
    DeleteWordRight,
    /// Moves the cursor; selects when the flag is set.
    Move(Motion, bool),
    /// Selects everything.
    SelectAll,
    /// Copies the selection.
    Copy,
    /// Cuts the selection.
    Cut,
    /// Pastes.
    Paste,
    /// Takes the last step back.
    Undo,
    /// Does it again.
    Redo,
    /// Takes candidate `n`, from 0.
    Pick(usize),
    /// Shows why the words on offer are there, and has them forgotten or blocked.
    Why,
    /// Shows ghosts more readily (or less).
    Eagerness {
        /// More readily, or less.
        more: bool,
    },
    /// Silences suggestions until the next word.
    Silence,
    /// To the next match of the last search.
    FindNext,
    /// To the one before.
    FindPrevious,
    /// What works wherever the focus is.
    Global(GlobalAction),
}

/// What works in the editor and in the panel alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlobalAction {
    /// Saves the document.
    Save,
    /// Saves it elsewhere.
    SaveAs,
    /// Opens another file.
    Open,
    /// Opens the search bar.
    Find,
    /// Ends the program.
    Quit,
    /// Stops the program until the shell continues it.
    Suspend,
    /// Opens the help screen.
    Help,
    /// Opens, focuses or closes the side panel.
    TogglePanel,
    /// Shows the first mark whole; with none, lists the texts that are kept.
    Marks,
}

/// What a key means in the side panel when no folder is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PanelAction {
    /// The obvious next step: look through the folder, start, go on.
    Proceed,
    /// Starts the training.
    Start,
    /// Holds the training, or lets it go on.
    Pause,
    /// Stops and keeps nothing.
    Cancel,
    /// Stops and judges what there is.
    Finish,
    /// Goes back to the version before.
    Rollback,
    /// Edits the folder line.
    EditFolder,
    /// Scrolls the list by some rows.
    Scroll(isize),
    /// Inspects the model again, on the text as it is.
    Inspect,
    /// Shows the other tab.
    SwitchTab,
    /// Gives the keys back to the editor.
    Leave,
}

fn letter(key: KeyEvent) -> Option<char> {
    match key.code {
        KeyCode::Char(c) => Some(c.to_ascii_lowercase()),
        _ => None,
    }
}

fn control(key: KeyEvent) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && !key.modifiers.contains(KeyModifiers::ALT)
}

/// The character a key types. Ctrl and Alt together are `AltGr`, which makes characters on many keyboards.
pub(crate) fn typed(key: KeyEvent) -> Option<char> {
    let KeyCode::Char(c) = key.code else { return None };
    let held = key.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT);
    let plain = held.is_empty() || held == KeyModifiers::CONTROL | KeyModifiers::ALT;
    let other = KeyModifiers::SUPER | KeyModifiers::META | KeyModifiers::HYPER;
    (plain && !key.modifiers.intersects(other) && !c.is_control()).then_some(c)
}

/// Keys that work wherever the focus is.
pub(crate) fn global(key: KeyEvent) -> Option<GlobalAction> {
    let shift = key.modifiers.contains(KeyModifiers::SHIFT) || matches!(key.code, KeyCode::Char('A'..='Z'));
    match key.code {
        KeyCode::F(1) => Some(GlobalAction::Help),
        KeyCode::F(2) => Some(GlobalAction::TogglePanel),
        KeyCode::F(4) => Some(GlobalAction::Marks),
        KeyCode::F(12) => Some(GlobalAction::SaveAs),
        _ if control(key) => match letter(key)? {
            's' if shift => Some(GlobalAction::SaveAs),
            's' => Some(GlobalAction::Save),
            'o' => Some(GlobalAction::Open),
            'f' => Some(GlobalAction::Find),
            'q' => Some(GlobalAction::Quit),
            '\\' => Some(GlobalAction::Suspend),
            _ => None,
        },
        _ => None,
    }
}

fn motion(code: KeyCode, word: bool) -> Option<Motion> {
    Some(match code {
        KeyCode::Left if word => Motion::WordLeft,
        KeyCode::Right if word => Motion::WordRight,
        KeyCode::Home if word => Motion::DocumentStart,
        KeyCode::End if word => Motion::DocumentEnd,
        KeyCode::Left => Motion::Left,
        KeyCode::Right => Motion::Right,
        KeyCode::Up => Motion::Up,
        KeyCode::Down => Motion::Down,
        KeyCode::Home => Motion::LineStart,
        KeyCode::End => Motion::LineEnd,
        KeyCode::PageUp => Motion::PageUp,
        KeyCode::PageDown => Motion::PageDown,
        _ => return None,
    })
}

/// What a key does in the editor.
pub fn editor(key: KeyEvent) -> Option<Action> {
    if let Some(action) = global(key) {
        return Some(Action::Global(action));
    }
    if let Some(c) = typed(key) {
        return Some(Action::Type(c));
    }
    let held = key.modifiers;
    let (shift, alt) = (held.contains(KeyModifiers::SHIFT), held.contains(KeyModifiers::ALT));
    let word = control(key) || alt;
    match key.code {
        KeyCode::Up if control(key) && !shift => return Some(Action::Eagerness { more: true }),
        KeyCode::Down if control(key) && !shift => return Some(Action::Eagerness { more: false }),
        _ => {}
    }
    if let Some(motion) = motion(key.code, word) {
        return Some(Action::Move(motion, shift));
    }
    match key.code {
        KeyCode::Enter => Some(Action::Newline),
        KeyCode::Tab if shift => Some(Action::BackTab),
        KeyCode::BackTab => Some(Action::BackTab),
        KeyCode::Tab => Some(Action::Tab),
        KeyCode::Esc => Some(Action::Silence),
        KeyCode::Backspace if word => Some(Action::DeleteWordLeft),
        KeyCode::Backspace => Some(Action::Backspace),
        KeyCode::Delete if word => Some(Action::DeleteWordRight),
        KeyCode::Delete => Some(Action::Delete),
        KeyCode::F(3) => Some(Action::Why),
        KeyCode::Char('x' | 'X') if alt => Some(Action::Why),
        KeyCode::Char(digit @ '1'..='5') if alt => Some(Action::Pick(digit as usize - '1' as usize)),
        KeyCode::Char(c) if control(key) => match c.to_ascii_lowercase() {
            // Many terminals send Ctrl-H for Ctrl-Backspace.
            'w' | 'h' => Some(Action::DeleteWordLeft),
            'a' => Some(Action::SelectAll),
            'c' => Some(Action::Copy),
            'x' => Some(Action::Cut),
            'v' => Some(Action::Paste),
            'z' if shift || c == 'Z' => Some(Action::Redo),
            'z' => Some(Action::Undo),
            'y' => Some(Action::Redo),
            'g' if shift || c == 'G' => Some(Action::FindPrevious),
            'g' => Some(Action::FindNext),
            'j' | 'm' => Some(Action::Newline),
            _ => None,
        },
        _ => None,
    }
}

/// What a key does in a line of input.
pub(crate) fn input(key: KeyEvent) -> Option<InputAction> {
    if let Some(c) = typed(key) {
        return Some(InputAction::Type(c));
    }
    let word = control(key) || key.modifiers.contains(KeyModifiers::ALT);
    match key.code {
        KeyCode::Backspace if word => Some(InputAction::DeleteWord),
        KeyCode::Backspace => Some(InputAction::Backspace),
        KeyCode::Delete => Some(InputAction::Delete),
        KeyCode::Left => Some(InputAction::Left),
        KeyCode::Right => Some(InputAction::Right),
        KeyCode::Home => Some(InputAction::Start),
        KeyCode::End => Some(InputAction::End),
        KeyCode::Char('w' | 'h') if control(key) => Some(InputAction::DeleteWord),
        KeyCode::Char('u') if control(key) => Some(InputAction::Clear),
        _ => None,
    }
}

/// What a key does in the side panel.
pub(crate) fn panel(key: KeyEvent) -> Option<PanelAction> {
    match key.code {
        KeyCode::Tab | KeyCode::BackTab => return Some(PanelAction::SwitchTab),
        KeyCode::Enter => return Some(PanelAction::Proceed),
        KeyCode::Esc => return Some(PanelAction::Leave),
        KeyCode::Up => return Some(PanelAction::Scroll(-1)),
        KeyCode::Down => return Some(PanelAction::Scroll(1)),
        KeyCode::PageUp => return Some(PanelAction::Scroll(-10)),
        KeyCode::PageDown => return Some(PanelAction::Scroll(10)),
        _ => {}
    }
    match typed(key)?.to_ascii_lowercase() {
        's' => Some(PanelAction::Start),
        'p' => Some(PanelAction::Pause),
        'c' => Some(PanelAction::Cancel),
        'k' => Some(PanelAction::Finish),
        'r' => Some(PanelAction::Rollback),
        'e' => Some(PanelAction::EditFolder),
        'm' => Some(PanelAction::Inspect),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_key_types_itself() {
        for c in (' '..='~').chain("é한😀\u{301}".chars()) {
            for held in [KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL | KeyModifiers::ALT] {
                assert_eq!(
                    editor(KeyEvent::new(KeyCode::Char(c), held)),
                    Some(Action::Type(c)),
                    "{c:?} {held:?}"
                );
            }
        }
    }

    #[test]
    fn ctrl_backspace_is_known_in_all_its_forms() {
        for (code, held) in [
            (KeyCode::Backspace, KeyModifiers::CONTROL),
            (KeyCode::Backspace, KeyModifiers::ALT),
            (KeyCode::Char('h'), KeyModifiers::CONTROL),
            (KeyCode::Char('w'), KeyModifiers::CONTROL),
        ] {
            assert_eq!(editor(KeyEvent::new(code, held)), Some(Action::DeleteWordLeft));
            assert_eq!(input(KeyEvent::new(code, held)), Some(InputAction::DeleteWord));
        }
    }

    #[test]
    fn shifted_control_keys_are_known_in_either_case() {
        for c in ['z', 'Z'] {
            let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL | KeyModifiers::SHIFT);
            assert_eq!(editor(key), Some(Action::Redo));
        }
        let key = KeyEvent::new(KeyCode::Char('S'), KeyModifiers::CONTROL | KeyModifiers::SHIFT);
        assert_eq!(global(key), Some(GlobalAction::SaveAs));
    }
}
