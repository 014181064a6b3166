use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::effect::JournalEntry;
use crate::mark::MarkKind;
use crate::message::{FileContent, FileForm, FileStamp, KeptBecause, Recovery};
use crate::on_show::strip_cells;
use crate::question::{Question, Subject};
use crate::state::{Settings, StatusKind};
use crate::text::Selection;
use ::suggest::{Candidate, Ghost, Reason, Suggestions};

mod files;
mod model;
mod offer;
mod questions;
mod random;
mod recovery;
mod training;
mod ways;
mod why;

/// An editor with `text`, in which `|` is the cursor and a `[` the selection's other end.
pub(super) fn editor(text: &str) -> State {
    let mut state = State::new(Settings::default(), 60, 20, "");
    let bare = text.replace(['|', '['], "");
    update(&mut state, Message::FileOpened(file("notes.md", &bare)));
    let marks: Vec<char> = text.chars().filter(|c| matches!(c, '|' | '[')).collect();
    let position = |mark: char| {
        let before = text.split(mark).next().unwrap();
        before.chars().filter(|c| !matches!(c, '|' | '[')).count()
    };
    let head = if marks.contains(&'|') { position('|') } else { 0 };
    let anchor = if marks.contains(&'[') { position('[') } else { head };
    state.selection = Selection::new(anchor, head);
    state.status = None;
    state
}

pub(super) fn file(path: &str, text: &str) -> FileContent {
    FileContent {
        path: path.into(),
        text: text.to_owned(),
        exists: true,
        form: FileForm::default(),
        read_only: false,
        stamp: Some(STAMP),
    }
}

pub(super) const STAMP: FileStamp = FileStamp { modified_ns: 7, length: 7, hash: 7 };

pub(super) fn shown(state: &State) -> String {
    let mut rope = state.document.buffer.rope().clone();
    rope.insert_char(state.cursor(), '|');
    if !state.selection.is_empty() {
        let behind = usize::from(state.selection.anchor > state.cursor());
        rope.insert_char(state.selection.anchor + behind, '[');
    }
    rope.to_string()
}

/// `ctrl-shift-left`, `tab`, `x`, `f2` …
pub(super) fn key(name: &str) -> KeyEvent {
    let (mut held, mut rest) = (KeyModifiers::NONE, name);
    for (prefix, modifier) in
        [("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)]
    {
        if let Some(stripped) = rest.strip_prefix(prefix).filter(|stripped| !stripped.is_empty()) {
            (held, rest) = (held | modifier, stripped);
        }
    }
    let code = match rest {
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        "enter" => KeyCode::Enter,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "tab" if held.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        "tab" => KeyCode::Tab,
        "esc" => KeyCode::Esc,
        "space" => KeyCode::Char(' '),
        "f1" => KeyCode::F(1),
        "f2" => KeyCode::F(2),
        "f3" => KeyCode::F(3),
        "f4" => KeyCode::F(4),
        "f12" => KeyCode::F(12),
        one => {
            let mut chars = one.chars();
            let c = chars.next().unwrap();
            assert!(chars.next().is_none(), "no key is called {name:?}");
            KeyCode::Char(c)
        }
    };
    KeyEvent::new(code, held)
}

pub(super) fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    keys.split_whitespace().flat_map(|name| update(state, Message::KeyPressed(key(name)))).collect()
}

pub(super) fn type_text(state: &mut State, text: &str) -> Vec<Effect> {
    let keys = text.chars().map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
    keys.flat_map(|key| update(state, Message::KeyPressed(key))).collect()
}

/// The answer to the request under way: a ghost, and words completing `prefix`.
pub(super) fn answer_with(state: &mut State, prefix: &str, words: &[&str], ghost: &str) {
    let candidate = |word: &&str| Candidate {
        word: (*word).to_owned(),
        completion: word.strip_prefix(prefix).unwrap_or(word).to_owned(),
        probability: 0.3,
    };
    let reason =
        |word: &&str| Reason { word: (*word).to_owned(), shares: [0.5, 0.25, 0.25, 0.0], document: None };
    let suggestions = Suggestions {
        complete: 0.0,
        prefix: prefix.to_owned(),
        candidates: words.iter().map(candidate).collect(),
        reasons: words.iter().map(reason).collect(),
        ghost: (!ghost.is_empty()).then(|| Ghost { text: ghost.to_owned(), confidence: 0.8, is_stem: false }),
    };
    let revision = state.document.revision;
    let cursor = state.cursor();
    update(state, Message::Predicted { revision, cursor, suggestions, latency_ms: 4.0 });
}

/// What the question on the screen is about, if there is one.
pub(super) fn subject(state: &State) -> Option<Subject> {
    match &state.overlay {
        Overlay::Question(question) => Some(question.subject.clone()),
        _ => None,
    }
}

/// The second of a question that came unasked is over.
pub(super) fn wait(state: &mut State) {
    let number = state.questions;
    update(state, Message::QuestionArmed(number));
}

/// The time of a Tab that waits for an answer is over.
pub(super) fn end_wait(state: &mut State) -> Vec<Effect> {
    let timer = state.suggest.held_tab.as_ref().map(|held| held.timer);
    timer.map_or_else(Vec::new, |timer| update(state, Message::TimerEnded(Timer::Tab, timer)))
}

/// No key comes for a while.
pub(super) fn pause(state: &mut State) -> Vec<Effect> {
    let timer = state.suggest.pause;
    timer.map_or_else(Vec::new, |timer| update(state, Message::TimerEnded(Timer::Pause, timer)))
}

pub(super) fn asks(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Predict(_)))
}

pub(super) fn nothing_on_show(state: &State) -> bool {
    (0..5).all(|index| state.suggest.candidate(index).is_none()) && state.suggest.ghost.is_none()
}

#[track_caller]
fn check(before: &str, keys: &str, after: &str) {
    let mut state = editor(before);
    press(&mut state, keys);
    assert_eq!(shown(&state), after, "{before:?} {keys}");
}

#[test]
fn keys_edit_the_text() {
    for (before, keys, after) in [
        ("he|llo", "ctrl-w", "|llo"),
        ("he|llo", "backspace", "h|llo"),
        ("he|llo", "delete", "he|lo"),
        ("he|llo", "x", "hex|llo"),
        ("one two|", "ctrl-h", "one |"),
        ("one| two", "ctrl-delete", "one|"),
        ("a|", "enter b", "a\nb|"),
        ("e\u{301}|", "backspace", "|"),
        ("👩‍🚀|", "backspace", "|"),
        ("|", "한 글", "한글|"),
        ("|", "backspace delete ctrl-w ctrl-delete", "|"),
        ("ab|cd", "shift-right shift-right", "ab[cd|"),
        ("ab|cd", "shift-left x", "ax|cd"),
        ("[ab|cd", "left", "|abcd"),
        ("[ab|cd", "right", "ab|cd"),
        ("ab|cd", "ctrl-a backspace", "|"),
        ("one |two", "ctrl-left", "|one two"),
        ("one |two", "ctrl-right", "one two|"),
        ("one |two", "ctrl-shift-right", "one [two|"),
        ("a|\nb", "ctrl-end", "a\nb|"),
        ("a\nb|", "ctrl-home", "|a\nb"),
        ("one two|", "ctrl-w ctrl-z", "one two|"),
        ("|", "a b ctrl-z", "|"),
        ("|", "a b ctrl-z ctrl-y", "ab|"),
        ("|", "a b ctrl-z ctrl-shift-z", "ab|"),
        ("|", "a left b ctrl-z", "|a"),
        ("|", "a backspace ctrl-z", "a|"),
        ("[ab|", "x ctrl-z", "[ab|"),
        ("|", "tab", "    |"),
        ("one\n  |two", "tab", "one\n    |two"),
        ("a|", "tab", "a|"),
        ("a word |", "tab", "a word |"),
        ("[one\ntwo|", "tab", "    [one\n    two|"),
        ("    one|", "shift-tab", "one|"),
        ("[  one\n    two|", "shift-tab", "[one\ntwo|"),
        ("one| two one", "ctrl-f o n e enter", "one two |one"),
        ("one| two one", "ctrl-f o n e down enter", "|one two one"),
        ("|one One", "ctrl-f O enter x", "one x|One"),
        ("|one One", "ctrl-f o n e down enter ctrl-g", "|one One"),
        ("|a b a", "ctrl-f a enter ctrl-g ctrl-shift-g", "|a b a"),
        ("one| two one", "ctrl-f o n e esc", "one| two one"),
        ("one [two| one", "ctrl-f o n e down esc x", "one twox| one"),
    ] {
        check(before, keys, after);
    }
}

#[test]
fn tab_can_insert_a_tab() {
    let mut state = editor("|");
    state.settings.insert_spaces = false;
    press(&mut state, "tab x");
    assert_eq!(shown(&state), "\tx|");
}

#[test]
fn a_paste_is_one_step_with_plain_line_breaks() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    update(&mut state, Message::Pasted("one\r\ntwo\rthree\u{1b}".to_owned()));
    assert_eq!(shown(&state), "abone\ntwo\nthree\u{1b}|");
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "ab|");
}

#[test]
fn a_paste_in_pieces_is_one_step_and_keys_between_them_part_it() {
    let mut state = editor("a[b|c");
    for (piece, expected) in [("one\n", "aone\n|c"), ("two ", "aone\ntwo |c"), ("three", "aone\ntwo three|c")]
    {
        let text = piece.to_owned();
        let first = piece == "one\n";
        update(&mut state, if first { Message::Pasted(text) } else { Message::PasteWentOn(text) });
        assert_eq!(shown(&state), expected);
    }
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "a[b|c");
    press(&mut state, "ctrl-y left");
    update(&mut state, Message::PasteWentOn("-".to_owned()));
    assert_eq!(shown(&state), "aone\ntwo thre-|ec");
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "aone\ntwo thre|ec");
}

#[test]
fn stopping_and_going_on_are_effects_and_a_missing_shell_is_said() {
    let mut state = editor("a|");
    let key = KeyEvent::new(KeyCode::Char('\\'), KeyModifiers::CONTROL);
    assert_eq!(update(&mut state, Message::KeyPressed(key)), [Effect::Suspend { job: true }]);
    press(&mut state, "f1");
    assert_eq!(
        update(&mut state, Message::KeyPressed(key)),
        [Effect::Suspend { job: true }],
        "under a screen, too"
    );
    press(&mut state, "esc");
    assert_eq!(update(&mut state, Message::StopAsked), [Effect::Suspend { job: false }]);
    assert_eq!(update(&mut state, Message::Continued), [Effect::TakeTerminal]);
    update(&mut state, Message::NotStopped);
    assert!(state.status.as_ref().is_some_and(|status| status.text.contains("No shell")));
    assert_eq!(shown(&state), "a|");
}

#[test]
fn what_is_pasted_at_the_start_is_on_screen() {
    let mut state = editor("|behind");
    update(&mut state, Message::Pasted("one\ntwo\nthree\n".into()));
    assert_eq!((shown(&state).as_str(), state.viewport.top), ("one\ntwo\nthree\n|behind", 0));
}

#[test]
fn cut_text_comes_back_even_without_a_system_clipboard() {
    let mut state = editor("[one| two");
    let effects = press(&mut state, "ctrl-x");
    assert_eq!(effects[0], Effect::WriteClipboard("one".to_owned()));
    press(&mut state, "end");
    assert_eq!(press(&mut state, "ctrl-v"), [Effect::ReadClipboard]);
    for _ in 0..2 {
        update(&mut state, Message::ClipboardRead(String::new()));
    }
    assert_eq!(shown(&state), " twooneone|");
}

#[test]
fn the_mouse_moves_selects_and_picks() {
    let mut state = editor("one two three\nfour|");
    let used = |state: &mut State, kind, column, row| {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        update(state, Message::MouseUsed(event));
    };
    let left = MouseButton::Left;
    used(&mut state, MouseEventKind::Down(left), 5, 0);
    assert_eq!(shown(&state), "one |two three\nfour");
    used(&mut state, MouseEventKind::Drag(left), 2, 1);
    assert_eq!(shown(&state), "one [two three\nf|our");
    used(&mut state, MouseEventKind::Up(left), 2, 1);
    for _ in 0..2 {
        used(&mut state, MouseEventKind::Down(left), 6, 0);
        used(&mut state, MouseEventKind::Up(left), 6, 0);
    }
    assert_eq!(shown(&state), "one [two| three\nfour");
    used(&mut state, MouseEventKind::Down(left), 50, 9);
    type_text(&mut state, " f");
    answer_with(&mut state, "f", &["five", "for"], "");
    let cell = strip_cells(&state).pop().unwrap();
    used(&mut state, MouseEventKind::Down(left), cell.area.x + 1, cell.area.y);
    assert_eq!(shown(&state), "one two three\nfour for |");
}

#[test]
fn scrolling_leaves_the_cursor_and_typing_comes_back_to_it() {
    let mut state = editor(&format!("{}|", "line\n".repeat(100)));
    press(&mut state, "ctrl-end");
    let bottom = state.viewport.top;
    let event =
        MouseEvent { kind: MouseEventKind::ScrollUp, column: 1, row: 1, modifiers: KeyModifiers::NONE };
    for _ in 0..9 {
        update(&mut state, Message::MouseUsed(event));
    }
    assert_eq!(layout::cursor_cell(&state), None);
    assert_eq!(bottom - state.viewport.top, 27 * 5);
    type_text(&mut state, "x");
    assert_eq!(state.viewport.top, bottom);
    assert!(layout::cursor_cell(&state).is_some());
}

#[test]
fn the_cursor_is_on_screen_after_every_resize() {
    let mut state = editor(&format!("{}|", "some words in a long line ".repeat(100)));
    for (width, height) in [(40, 12), (200, 60), (10, 3), (1, 1), (0, 0), (80, 24)] {
        update(&mut state, Message::Resized { width, height });
        press(&mut state, "end");
        assert!(height < 3 || layout::cursor_cell(&state).is_some(), "{width}×{height}");
    }
}

#[test]
fn a_failed_thread_is_reported_and_typing_goes_on() {
    let mut state = editor("|");
    type_text(&mut state, "a");
    update(
        &mut state,
        Message::WorkerFailed {
            worker: crate::message::ThreadKind::Predictor,
            cause: "it panicked".to_owned(),
        },
    );
    assert_eq!(state.status.as_ref().unwrap().kind, StatusKind::Error);
    type_text(&mut state, "b");
    assert_eq!(shown(&state), "ab|");
}

#[test]
fn help_opens_scrolls_and_closes() {
    let mut state = editor("a|");
    press(&mut state, "f1 down down");
    assert_eq!(state.overlay, Overlay::Help { scroll: 2 });
    press(&mut state, "left tab backspace");
    assert_eq!((shown(&state).as_str(), &state.overlay), ("a|", &Overlay::Help { scroll: 2 }));
    press(&mut state, "esc x");
    assert_eq!(shown(&state), "ax|");
    assert_eq!(state.overlay, Overlay::None);
}

#[test]
fn under_the_help_screen_every_printable_key_types_itself() {
    for c in (' '..='~').chain("é한".chars()) {
        for before in ["f1", "f1 down", "f2 f1"] {
            let mut state = editor("a|");
            press(&mut state, before);
            type_text(&mut state, &c.to_string());
            assert_eq!((shown(&state), &state.overlay), (format!("a{c}|"), &Overlay::None), "{before} {c:?}");
        }
    }
    let mut state = editor("a|");
    press(&mut state, "f1");
    update(&mut state, Message::Pasted("bc".to_owned()));
    assert_eq!((shown(&state).as_str(), &state.overlay), ("abc|", &Overlay::None));
    press(&mut state, "f1");
    assert!(
        matches!(press(&mut state, "ctrl-s")[..], [Effect::SaveFile(_)]),
        "what works everywhere works here"
    );
}
