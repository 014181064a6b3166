//! Whatever happens, in whatever order: no panic, and the invariants hold.

use std::collections::VecDeque;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::mark::Mark;
use crate::question::Keeping;
use crate::text::{Buffer, ContentRevision, Revision, grapheme};
use learn::train::DatasetPreview;

fn any_key() -> impl Strategy<Value = Message> {
    let names = [
        "left",
        "right",
        "up",
        "down",
        "home",
        "end",
        "pageup",
        "pagedown",
        "enter",
        "backspace",
        "delete",
        "tab",
        "esc",
        "f1",
        "f2",
        "f3",
        "f4",
        "f12",
        "space",
        "1",
        "2",
        "a",
        "s",
        "r",
        "d",
        "o",
        "k",
        "c",
        "p",
        "e",
        "z",
        "y",
        "w",
        "h",
        "f",
        "x",
        "v",
        "q",
        ".",
        ",",
        "한",
        "\u{301}",
        "👩",
        "\u{200d}",
        "🇰",
        "é",
    ];
    let holds = prop::sample::select(vec!["", "", "", "", "ctrl-", "shift-", "alt-", "ctrl-shift-"]);
    (holds, prop::sample::select(names.to_vec()))
        .prop_map(|(held, name)| Message::KeyPressed(key(&format!("{held}{name}"))))
}

fn any_mouse() -> impl Strategy<Value = Message> {
    let left = MouseButton::Left;
    let kinds = vec![
        MouseEventKind::Down(left),
        MouseEventKind::Drag(left),
        MouseEventKind::Up(left),
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
    ];
    (prop::sample::select(kinds), 0u16..90, 0u16..30).prop_map(|(kind, column, row)| {
        Message::MouseUsed(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
    })
}

fn any_answer() -> impl Strategy<Value = Message> {
    (0u64..60, "[a-z 한]{0,8}", "[a-zA ]{0,6}").prop_map(|(revision, ghost, completion)| Message::Predicted {
        revision: Revision(revision),
        cursor: 0,
        suggestions: Suggestions {
            complete: 0.0,
            prefix: String::new(),
            candidates: vec![Candidate { word: completion.clone(), completion, probability: 0.5 }],
            reasons: Vec::new(),
            ghost: Some(Ghost { text: ghost, confidence: 0.5, is_stem: false }),
        },
        latency_ms: 1.0,
    })
}

fn any_name() -> impl Strategy<Value = Option<PathBuf>> {
    prop::sample::select(vec![None, Some("notes.md".into()), Some("other.md".into())])
}

fn recovery(text: String, path: Option<PathBuf>) -> Recovery {
    Recovery {
        because: KeptBecause::Crash,
        form: FileForm::default(),
        based_on: None,
        on_disk: None,
        journal: format!("journal of {text}").into(),
        path,
        text,
        written: "2026-11-24T02:11:00Z".parse().unwrap(),
        damage: None,
    }
}

/// What the shell answers: files that another program writes to, and a text that is kept.
fn answer(effect: &Effect) -> Option<Message> {
    Some(match effect {
        Effect::ReadFile(path) => {
            let content = FileContent { path: path.clone(), ..file("", "read a한\nline") };
            Message::FileRead { path: path.clone(), found: Ok(content) }
        }
        Effect::OpenFile(path) => {
            Message::FileOpened(FileContent { path: path.clone(), ..file("", "opened\n") })
        }
        Effect::ListKept => {
            let kept = recovery("kept".to_owned(), Some("notes.md".into()));
            Message::KeptListed(vec![Recovery { because: KeptBecause::Discard, ..kept }])
        }
        Effect::KeepFirst(_) => Message::TextKept(Ok(())),
        _ => return None,
    })
}

fn is_prose(message: &Message) -> bool {
    let typed = |key: &KeyEvent| matches!(key.code, KeyCode::Char(_)) && key.modifiers.is_empty();
    matches!(message, Message::KeyPressed(key) if typed(key))
        || matches!(message, Message::Pasted(text) if !text.is_empty())
}

/// Nothing is lost, and nothing is decided, that the writer has not chosen.
fn assert_nothing_is_lost(before: &State, message: &Message, after: &State, effects: &[Effect]) {
    let asked = matches!(before.overlay, Overlay::Question(_) | Overlay::Comparison(_));
    // What was to be left waited until it was kept, and is what was kept.
    let first = match (&before.keeping, message) {
        (Some(Keeping::Leave { revision, .. }), Message::TextKept(Ok(()))) => {
            *revision == before.document.revision
        }
        _ => before.open_consent == Some(before.document.revision),
    };
    let kept = |text: &ropey::Rope| {
        first || effects.iter().any(|effect| matches!(effect, Effect::KeepText(kept) if kept.text == *text))
    };
    let here = before.document.buffer.rope();
    if asked && is_prose(message) && before.focus == Focus::Editor {
        assert!(after.document.revision > before.document.revision, "{message:?} was lost");
        let taken = |effect: &&Effect| {
            matches!(
                effect,
                Effect::DiscardRecovery(_) | Effect::SaveFile(_) | Effect::Quit | Effect::ReadFile(_)
            )
        };
        assert_eq!(effects.iter().find(taken), None, "{message:?} answered");
    }
    let replaced = after.document.id != before.document.id;
    if replaced && before.document.is_modified() {
        assert!(kept(here), "{message:?} lost the text");
    }
    if let Message::FileRead { .. } = message
        && here != after.document.buffer.rope()
    {
        assert!(after.history.can_undo() && (kept(here) || !before.document.is_modified()));
    }
    let gone = before.recoveries.iter().find(|found| !after.recoveries.contains(found));
    if let Some(gone) = gone {
        let safe = effects.iter().any(|effect| match effect {
            Effect::DiscardRecovery(journal) => *journal == gone.journal,
            Effect::Journal(entry) => entry.text == gone.text,
            _ => false,
        });
        assert!(safe || *after.document.buffer.rope() == gone.text, "{message:?} lost what was found");
    }
    if effects.contains(&Effect::Quit) && before.document.is_modified() && *message != Message::Terminated {
        assert!(kept(here), "{message:?} left without the text");
    }
    let waiting = !after.recoveries.is_empty();
    assert_eq!(waiting, after.marks().iter().any(|mark| mark.kind == MarkKind::Found));
}

fn any_message() -> impl Strategy<Value = Message> {
    let text = "[ae한 \n\r\t\u{301}\u{1b}👩\u{200d}🇰]{0,20}";
    let rare = prop_oneof![
        (text, prop::sample::select(vec!["notes.md", "other.md"]))
            .prop_map(|(text, name)| Message::FileOpened(file(name, &text))),
        Just(Message::FileChangedOnDisk { path: "other.md".into() }),
        Just(Message::FileFailed("it failed".to_owned())),
        Just(Message::FileChangedOnDisk { path: "notes.md".into() }),
        (0u64..40).prop_map(|revision| Message::FileSaved {
            path: "notes.md".into(),
            revision: ContentRevision(revision),
            stamp: STAMP
        }),
        (text, any_name()).prop_map(|(text, path)| Message::RecoveryFound(recovery(text, path))),
        Just(Message::Marked(Mark::new(MarkKind::Unprotected, "it is so"))),
        Just(Message::Unmarked(MarkKind::Unprotected)),
        Just(Message::DatasetPreviewed(Ok(DatasetPreview::default()))),
        Just(Message::TrainingCancelled),
        Just(Message::TrainingFailed("it failed".to_owned())),
        Just(Message::Terminated),
        Just(Message::Unmarked(MarkKind::Settings)),
    ];
    prop_oneof![
        12 => any_key(),
        2 => any_mouse(),
        3 => any_answer(),
        1 => text.prop_map(Message::Pasted),
        1 => text.prop_map(Message::ClipboardRead),
        1 => (0u16..100, 0u16..40).prop_map(|(width, height)| Message::Resized { width, height }),
        2 => rare,
    ]
}

fn assert_sound(state: &State) {
    let buffer = &state.document.buffer;
    let rope = buffer.rope();
    for position in [state.selection.anchor, state.selection.head] {
        assert!(position <= rope.len_chars(), "the cursor is out of the text");
        assert!(grapheme::is_boundary(rope, position), "the cursor is inside a grapheme");
    }
    assert!(state.viewport.top <= rope.len_chars());
    assert_eq!(buffer.words(), Buffer::new(&rope.to_string()).words());
    let on_show = state.suggest.shown.is_some() || state.suggest.ghost.is_some();
    let bare = state.overlay == Overlay::None && state.focus == Focus::Editor;
    assert!(!on_show || (bare && state.selection.is_empty() && !state.suggest.silenced));
    assert!(state.suggest.awaiting.is_none_or(|revision| revision == state.document.revision));
    let areas = layout::areas(state);
    let height = usize::from(areas.text.height);
    assert!(layout::visible_rows(state).len() <= height);
    if let Some((x, y)) = layout::cursor_cell(state) {
        assert!(x < state.viewport.width.max(1) && usize::from(y) < height);
    }
    for cell in strip_cells(state) {
        assert!(cell.area.right() <= state.viewport.width);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn any_messages_in_any_order_leave_a_sound_state(messages in prop::collection::vec(any_message(), 1..60)) {
        let mut state = editor("some text|");
        let mut messages = VecDeque::from(messages);
        while let Some(mut message) = messages.pop_front() {
            let before = state.clone();
            if message == Message::Unmarked(MarkKind::Settings) {
                message = Message::QuestionArmed(state.questions);
            }
            if let Message::Predicted { revision, cursor, .. } = &mut message
                && revision.0 % 2 == 0
            {
                (*revision, *cursor) = (state.document.revision, state.cursor());
            }
            let stale = matches!(&message, Message::Predicted { revision, .. } if *revision != state.document.revision);
            let effects = update(&mut state, message.clone());
            assert_sound(&state);
            assert_nothing_is_lost(&before, &message, &state, &effects);
            for message in effects.iter().filter_map(answer).collect::<Vec<_>>().into_iter().rev() {
                messages.push_front(message);
            }
            prop_assert!(state.document.revision >= before.document.revision);
            let same_text = state.document.buffer.rope() == before.document.buffer.rope();
            prop_assert!(same_text || state.document.revision > before.document.revision);
            if stale {
                prop_assert_eq!(&state.suggest.ghost, &before.suggest.ghost);
            }
            for effect in effects {
                if let Effect::Predict(asked) = effect {
                    prop_assert_eq!((asked.revision, asked.cursor), (state.document.revision, state.cursor()));
                }
            }
        }
    }

    #[test]
    fn undoing_everything_leads_back_to_the_start(
        text in "[ae한 \n\u{301}👩]{0,20}", keys in prop::collection::vec(any_key(), 0..30)
    ) {
        let mut state = editor(&text.replace(['|', '['], ""));
        let start = state.document.buffer.rope().to_string();
        for message in keys {
            update(&mut state, message);
            end_wait(&mut state);
            state.overlay = Overlay::None;
            state.focus = Focus::Editor;
        }
        end_wait(&mut state);
        while state.history.can_undo() {
            press(&mut state, "ctrl-z");
        }
        prop_assert_eq!(state.document.buffer.rope().to_string(), start);
        prop_assert!(!state.document.is_modified());
    }
}
