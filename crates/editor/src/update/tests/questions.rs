//! Questions: no prose answers them, every choice can be taken, and what is not decided stands as a mark.

use super::*;
use crate::effect::SaveRequest;
use crate::mark::Mark;
use crate::question::{Answer, ChoiceKey};

const THEIRS: FileStamp = FileStamp { modified_ns: 9, length: 9, hash: 9 };

/// `notes.md` holds "old", here it is "old mine|"; another program wrote "their old" to it.
fn changed() -> State {
    let mut state = editor("old|");
    type_text(&mut state, " mine");
    press(&mut state, "ctrl-s");
    let effects = update(&mut state, Message::FileChangedOnDisk { path: "notes.md".into() });
    assert_eq!(effects, [Effect::ArmQuestion(state.questions)]);
    state
}

fn theirs() -> Message {
    let content = FileContent { stamp: Some(THEIRS), ..file("notes.md", "their old") };
    Message::FileRead { path: "notes.md".into(), found: Ok(content) }
}

fn armed() -> State {
    let mut state = changed();
    wait(&mut state);
    state
}

fn found() -> State {
    let mut state = editor("old|");
    type_text(&mut state, " mine");
    update(
        &mut state,
        Message::RecoveryFound(Recovery {
            because: KeptBecause::Crash,
            path: Some("notes.md".into()),
            text: "found".to_owned(),
            form: FileForm::default(),
            based_on: None,
            on_disk: Some(STAMP),
            journal: "j".into(),
            written: "2026-11-24T02:11:00Z".parse().unwrap(),
            damage: None,
        }),
    );
    state
}

fn marked() -> State {
    let mut state = editor("old|");
    type_text(&mut state, " mine");
    update(&mut state, Message::Marked(Mark::new(MarkKind::Unprotected, "no room in /data: free some")));
    press(&mut state, "f4");
    state
}

/// Every question, as it stands when it has just come, and when its first second is over.
fn all() -> Vec<(&'static str, State)> {
    let after = |mut state: State, keys: &str| {
        wait(&mut state);
        press(&mut state, keys);
        state
    };
    let mut leaving = editor("old|");
    type_text(&mut leaving, " mine");
    let mut late = leaving.clone();
    update(&mut late, Message::FileOpened(file("other.md", "theirs")));
    press(&mut leaving, "ctrl-q");
    let mut taken = editor("old|");
    type_text(&mut taken, " mine");
    press(&mut taken, "f12 x enter");
    update(&mut taken, Message::FileChangedOnDisk { path: "notes.mdx".into() });
    let mut compared = after(changed(), "alt-c");
    update(&mut compared, theirs());
    assert!(matches!(compared.overlay, Overlay::Comparison(_)));
    vec![
        ("changed", changed()),
        ("changed, armed", after(changed(), "")),
        ("changed, asked for", after(changed(), "esc ctrl-s")),
        ("changed, by its mark", after(changed(), "esc f4")),
        ("taken", taken.clone()),
        ("taken, armed", after(taken, "")),
        ("leave", leaving),
        ("leave, unasked", late.clone()),
        ("leave, unasked, armed", after(late, "")),
        ("found", found()),
        ("found, armed", after(found(), "")),
        ("found, to discard", after(found(), "alt-d")),
        ("marked", marked()),
        ("compared", compared),
    ]
}

/// Whether an effect takes text from somewhere, or puts it where it was not.
fn decides(effect: &Effect) -> bool {
    let is_quiet =
        matches!(effect, Effect::Journal(_) | Effect::Predict(_) | Effect::ListKept | Effect::StartTimer(..));
    !is_quiet && !matches!(effect, Effect::ArmQuestion(_))
}

#[test]
fn nothing_typed_without_looking_answers_and_no_letter_is_lost() {
    for text in [
        "and the rest",
        "did you see the address?",
        "DID YOU SEE IT?",
        "reload, overwrite, discard. ",
        "one.\nTwo.\n\nthree\n",
        " spaces first",
        "s",
        "ö한글👩",
    ] {
        for (name, mut state) in all() {
            let keys = text.chars().map(|c| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) });
            let effects: Vec<Effect> = keys
                .flat_map(|code| {
                    update(&mut state, Message::KeyPressed(KeyEvent::new(code, KeyModifiers::NONE)))
                })
                .collect();
            assert_eq!(shown(&state), format!("old mine{text}|"), "{name}");
            assert_eq!(state.overlay, Overlay::None, "{name}");
            let decided = effects.iter().find(|effect| decides(effect));
            assert_eq!(decided, None, "{name} {text:?}");
        }
    }
}

#[test]
fn in_its_first_second_an_unasked_question_leaves_every_key_to_the_editor() {
    for (keys, after) in [
        ("enter", "old mine\n|"),
        ("tab x", "old minex|"),
        ("left x", "old minx|e"),
        ("backspace", "old min|"),
        ("ctrl-z", "old |"),
        ("esc x", "old minex|"),
        ("alt-x x", "old minex|"),
    ] {
        for mut state in [changed(), found()] {
            let effects = press(&mut state, keys);
            assert_eq!(shown(&state), after, "{keys}");
            assert_eq!(state.overlay, Overlay::None, "{keys}");
            assert!(!effects.iter().any(decides), "{keys}");
            assert_eq!(state.marks().len(), 1, "{keys}");
        }
    }
    // One of its own keys is no answer yet, and no reason to go; a click on a button neither.
    for (mut state, keys) in [(changed(), "alt-o alt-r alt-a"), (found(), "alt-r alt-d")] {
        let overlay = state.overlay.clone();
        assert_eq!(press(&mut state, keys), [], "{keys}");
        assert_eq!((shown(&state), &state.overlay), ("old mine|".to_owned(), &overlay), "{keys}");
    }
    let mut state = changed();
    let overlay = state.overlay.clone();
    for button in layout::buttons(&state) {
        click(&mut state, &button);
    }
    assert_eq!(state.overlay, overlay);
    // An older question's second says nothing of this one.
    let number = state.questions - 1;
    update(&mut state, Message::QuestionArmed(number));
    assert_eq!(state.overlay, overlay);
}

fn click(state: &mut State, button: &layout::Button) -> Vec<Effect> {
    let kind = MouseEventKind::Down(MouseButton::Left);
    let (column, row) = (button.area.x + 1, button.area.y);
    update(state, Message::MouseUsed(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

#[test]
fn a_paste_goes_into_the_text() {
    for (name, mut state) in all() {
        update(&mut state, Message::Pasted("ro\rsd\r".to_owned()));
        assert_eq!(shown(&state), "old minero\nsd\n|", "{name}");
        assert_eq!(state.overlay, Overlay::None, "{name}");
    }
}

#[test]
fn the_choice_with_the_focus_at_first_loses_nothing() {
    for (name, mut state) in all() {
        wait(&mut state);
        if let Overlay::Question(Question { focus, subject, .. }) = &state.overlay {
            let choice = state.choices(subject)[*focus];
            assert!(matches!(choice.answer, Answer::Stay | Answer::Save), "{name} {choice:?}");
        }
    }
}

/// By the arrows, by Tab, by its own key, by the mouse: the same state, the same effects.
#[test]
fn every_choice_can_be_taken_in_every_way() {
    let mut taken = 0;
    for (name, mut state) in all() {
        wait(&mut state);
        let Overlay::Question(Question { focus, subject, .. }) = state.overlay.clone() else { continue };
        let choices = state.choices(&subject);
        for (index, choice) in choices.iter().enumerate() {
            let steps = (index + choices.len() - focus) % choices.len();
            let own = match choice.key {
                ChoiceKey::Alt(c) => format!("alt-{c}"),
                ChoiceKey::Esc => "esc".to_owned(),
                ChoiceKey::F4 => "f4".to_owned(),
            };
            let ways = [
                format!("{} enter", "right ".repeat(steps)),
                format!("{} enter", "left ".repeat(choices.len() - steps)),
                format!("{} enter", "tab ".repeat(steps)),
                format!("{} enter", "shift-tab ".repeat(choices.len() - steps)),
                own,
            ];
            let mut clicked = state.clone();
            let buttons = layout::buttons(&clicked);
            let effects = click(&mut clicked, &buttons[index]);
            for keys in ways {
                let mut pressed = state.clone();
                let found = press(&mut pressed, &keys);
                assert_eq!((&found, &pressed.overlay), (&effects, &clicked.overlay), "{name} {keys}");
                assert_eq!(shown(&pressed), shown(&clicked), "{name} {keys}");
                taken += 1;
            }
        }
    }
    assert!(taken > 150, "{taken}");
}

#[test]
fn a_file_changed_by_others_is_overwritten_only_when_what_it_held_is_kept() {
    let mut state = armed();
    assert_eq!(press(&mut state, "alt-o"), [Effect::ReadFile("notes.md".into())]);
    let effects = update(&mut state, theirs());
    let [Effect::KeepFirst(kept)] = &effects[..] else { panic!("{effects:?}") };
    let mut full = state.clone();
    assert_eq!(update(&mut full, Message::TextKept(Err("no room".to_owned()))), []);
    assert!(full.document.is_modified() && full.marks()[0].kind == MarkKind::Changed);
    assert!(full.status.as_ref().unwrap().text.contains("was not overwritten"));
    let saved = update(&mut state, Message::TextKept(Ok(())));
    let [Effect::SaveFile(SaveRequest { text, expected, .. })] = &saved[..] else { panic!("{saved:?}") };
    assert_eq!((kept.because, kept.text.to_string().as_str()), (KeptBecause::Overwrite, "their old"));
    assert_eq!(
        (kept.file.based_on, *expected),
        (Some(THEIRS), Some(THEIRS)),
        "over that version and no later one"
    );
    assert_eq!(text.to_string(), "old mine");
    let revision = state.document.content_revision;
    update(&mut state, Message::FileSaved { path: "notes.md".into(), revision, stamp: STAMP });
    assert!(!state.document.is_modified() && state.marks().is_empty());
}

#[test]
fn what_cannot_be_read_is_not_overwritten() {
    let mut state = armed();
    press(&mut state, "alt-o");
    let found = Err("notes.md is not UTF-8 text.".to_owned());
    assert_eq!(update(&mut state, Message::FileRead { path: "notes.md".into(), found }), []);
    assert_eq!(state.marks()[0].kind, MarkKind::Changed);
    assert!(state.status.as_ref().unwrap().text.contains("another name"));
}

#[test]
fn a_reload_is_one_undoable_edit_and_what_it_replaces_is_kept() {
    let mut state = editor("one\ntwo\nthree|\n");
    type_text(&mut state, "!");
    press(&mut state, "ctrl-s");
    update(&mut state, Message::FileChangedOnDisk { path: "notes.md".into() });
    wait(&mut state);
    assert_eq!(press(&mut state, "alt-r"), [Effect::ReadFile("notes.md".into())]);
    let form = FileForm { crlf: true, bom: false };
    let text = "zero\none\n2\nthree!\nfour\n";
    let content = FileContent { stamp: Some(THEIRS), form, ..file("notes.md", text) };
    let effects = update(&mut state, Message::FileRead { path: "notes.md".into(), found: Ok(content) });
    let [Effect::KeepText(kept), Effect::ForgetJournal] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((kept.because, kept.text.to_string().as_str()), (KeptBecause::Reload, "one\ntwo\nthree!\n"));
    assert_eq!(shown(&state), "zero\none\n2\nthree!|\nfour\n", "the cursor stays at its words");
    assert!(!state.document.is_modified() && state.marks().is_empty());
    assert_eq!((state.document.stamp, state.document.form), (Some(THEIRS), form));
    // Undone, it is the writer's text again, which the file has never held: saving it asks.
    let effects = press(&mut state, "ctrl-z");
    assert!(
        matches!(&effects[..], [Effect::Journal(entry)] if entry.file.based_on == Some(STAMP)),
        "{effects:?}"
    );
    assert_eq!(shown(&state), "one\ntwo\nthree!|\n");
    assert!(state.document.is_modified());
    assert_eq!((state.marks()[0].kind, state.document.form), (MarkKind::Changed, FileForm::default()));
    assert_eq!(press(&mut state, "ctrl-s"), []);
    assert_eq!(subject(&state), Some(Subject::Conflict));
    press(&mut state, "esc ctrl-z");
    assert_eq!(shown(&state), "one\ntwo\nthree|\n", "what was done before can be undone, too");
    press(&mut state, "ctrl-y ctrl-y");
    assert!(!state.document.is_modified() && state.marks().is_empty());
    assert_eq!((state.document.stamp, state.document.form), (Some(THEIRS), form));
}

#[test]
fn a_reload_that_was_saved_and_then_undone_is_the_writers_own() {
    let mut state = armed();
    press(&mut state, "alt-r");
    update(&mut state, theirs());
    type_text(&mut state, "x");
    let revision = state.document.content_revision;
    update(&mut state, Message::FileSaved { path: "notes.md".into(), revision, stamp: STAMP });
    press(&mut state, "ctrl-z ctrl-z");
    assert_eq!((shown(&state).as_str(), state.marks().len()), ("old mine|", 0));
    assert!(matches!(
        &press(&mut state, "ctrl-s")[..],
        [Effect::SaveFile(SaveRequest { expected: Some(STAMP), .. })]
    ));
}

#[test]
fn what_is_typed_while_the_file_is_read_is_not_replaced() {
    let mut state = armed();
    press(&mut state, "alt-r");
    type_text(&mut state, "!");
    update(&mut state, theirs());
    assert_eq!((shown(&state).as_str(), state.marks().len()), ("old mine!|", 1));
}

#[test]
fn a_file_that_holds_the_same_text_leaves_nothing_to_decide() {
    for keys in ["alt-c", "alt-r", "alt-o"] {
        let mut state = armed();
        press(&mut state, keys);
        let content = FileContent { stamp: Some(THEIRS), ..file("notes.md", "old mine") };
        let effects = update(&mut state, Message::FileRead { path: "notes.md".into(), found: Ok(content) });
        assert_eq!(effects, [Effect::ForgetJournal], "{keys}");
        assert!(!state.document.is_modified() && state.marks().is_empty(), "{keys}");
        assert_eq!(state.document.stamp, Some(THEIRS), "{keys}");
    }
}

#[test]
fn leaving_goes_on_behind_the_question_but_not_once_the_writer_writes_on() {
    let conflict_while_leaving = || {
        let mut state = editor("old|");
        type_text(&mut state, " mine");
        press(&mut state, "ctrl-q enter");
        update(&mut state, Message::FileChangedOnDisk { path: "notes.md".into() });
        wait(&mut state);
        state
    };
    let overwrite = |state: &mut State, keys: &str| {
        press(state, keys);
        update(state, theirs());
        update(state, Message::TextKept(Ok(())));
        let revision = state.document.content_revision;
        update(state, Message::FileSaved { path: "notes.md".into(), revision, stamp: STAMP })
    };
    assert!(overwrite(&mut conflict_while_leaving(), "alt-o").contains(&Effect::Quit));
    assert!(!overwrite(&mut conflict_while_leaving(), "x f4 alt-o").contains(&Effect::Quit));
    // Ctrl-Q while the mark stands asks both questions.
    let mut state = armed();
    press(&mut state, "esc ctrl-q enter");
    assert_eq!(subject(&state), Some(Subject::Conflict));
    assert!(overwrite(&mut state, "alt-o").contains(&Effect::Quit));
    let mut state = armed();
    press(&mut state, "alt-a x enter");
    let revision = state.document.content_revision;
    update(&mut state, Message::FileSaved { path: "notes.mdx".into(), revision, stamp: STAMP });
    assert!(state.marks().is_empty() && !state.document.is_modified());
}

#[test]
fn a_question_waits_until_nothing_else_has_the_keys() {
    for (keys, typed, end) in [("f12", "x", "esc"), ("ctrl-f", "x", "esc"), ("f1", "", "esc")] {
        let mut state = editor("old|");
        type_text(&mut state, " mine");
        press(&mut state, "ctrl-s");
        press(&mut state, keys);
        update(&mut state, Message::FileChangedOnDisk { path: "notes.md".into() });
        assert_eq!((subject(&state), state.marks().len()), (None, 1), "{keys}");
        type_text(&mut state, typed);
        let effects = press(&mut state, end);
        assert_eq!(effects.last(), Some(&Effect::ArmQuestion(state.questions)), "{keys}");
        assert_eq!(subject(&state), Some(Subject::Conflict), "{keys}");
    }
}

#[test]
fn an_answer_about_a_document_that_was_left_concerns_no_other() {
    let mut state = editor("old|");
    type_text(&mut state, " mine");
    press(&mut state, "ctrl-s");
    // What is typed since, the save does not cover.
    type_text(&mut state, "!");
    let effects = press(&mut state, "ctrl-o o enter alt-d");
    assert!(matches!(&effects[..], [Effect::KeepFirst(kept)] if kept.text == "old mine!"), "{effects:?}");
    update(&mut state, Message::TextKept(Ok(())));
    update(&mut state, Message::FileOpened(file("o", "other")));
    update(&mut state, Message::FileChangedOnDisk { path: "notes.md".into() });
    assert_eq!((subject(&state), state.conflict.clone()), (None, None));
}

#[test]
fn marks_stay_whatever_is_typed_and_f4_shows_them_one_by_one() {
    let mut state = changed();
    for (kind, sentence) in [
        (MarkKind::Model, "x.safetensors is damaged: the base model is used"),
        (MarkKind::Unprotected, "no room in /data: free some"),
        (MarkKind::Unprotected, "/data is read-only: choose another"),
    ] {
        update(&mut state, Message::Marked(Mark::new(kind, sentence)));
    }
    let elsewhere = Mark::new(MarkKind::OpenElsewhere, "process 12 has notes.md open");
    update(&mut state, Message::Marked(elsewhere.about("notes.md".into())));
    let kinds = |state: &State| state.marks().iter().map(|mark| mark.kind).collect::<Vec<_>>();
    let all = [MarkKind::Changed, MarkKind::Unprotected, MarkKind::OpenElsewhere, MarkKind::Model];
    press(&mut state, "x enter ctrl-z esc f1 esc f2 esc left");
    update(&mut state, Message::FileFailed("it failed".to_owned()));
    update(&mut state, Message::Unmarked(MarkKind::Settings));
    assert_eq!(kinds(&state), all);
    press(&mut state, "f4");
    assert_eq!(subject(&state), Some(Subject::Conflict));
    let mut sentences = Vec::new();
    for _ in 1..all.len() {
        press(&mut state, "f4");
        let Some(Subject::Marked(mark)) = subject(&state) else { panic!("{:?}", state.overlay) };
        sentences.push(mark.sentence);
    }
    assert_eq!(sentences[0], "/data is read-only: choose another", "the last word of a kind counts");
    assert_eq!(sentences.len(), 3);
    press(&mut state, "f4");
    assert_eq!(state.overlay, Overlay::None);
    update(&mut state, Message::Unmarked(MarkKind::Unprotected));
    assert_eq!(kinds(&state), [MarkKind::Changed, MarkKind::OpenElsewhere, MarkKind::Model]);
    // What concerns a file is not said of another.
    press(&mut state, "ctrl-o o enter alt-d");
    update(&mut state, Message::TextKept(Ok(())));
    update(&mut state, Message::FileOpened(file("o", "other")));
    assert_eq!(kinds(&state), [MarkKind::Model]);
}

#[test]
fn a_text_that_the_file_no_longer_holds_is_not_left_without_a_question() {
    let mut state = editor("one|\n");
    type_text(&mut state, "!");
    press(&mut state, "ctrl-s");
    update(&mut state, Message::FileChangedOnDisk { path: "notes.md".into() });
    press(&mut state, "esc ctrl-z");
    assert_eq!(shown(&state), "one|\n");
    assert!(state.document.is_modified(), "another program has overwritten it");
    assert_eq!(press(&mut state, "ctrl-q"), []);
    assert_eq!(subject(&state), Some(Subject::Leave(Leave::Quit)));
}
