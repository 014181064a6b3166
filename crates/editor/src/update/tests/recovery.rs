//! What becomes of texts that can be had back.

use jiff::tz::{Offset, TimeZone};

use super::*;
use crate::effect::{KeptText, OpenDocument};

const OLDER: FileStamp = FileStamp { modified_ns: 1, length: 3, hash: 3 };
const CRLF: FileForm = FileForm { crlf: true, bom: true };

/// Text of `notes.md` that was made from what [`editor`] opens.
fn recovery() -> Recovery {
    Recovery {
        because: KeptBecause::Crash,
        form: FileForm::default(),
        based_on: Some(STAMP),
        on_disk: Some(STAMP),
        path: Some("notes.md".into()),
        text: "old and new".to_owned(),
        journal: "journal-1".into(),
        written: "2026-11-24T02:11:00Z".parse().unwrap(),
        damage: None,
    }
}

fn with(recovery: Recovery) -> State {
    let mut state = editor("old|");
    update(&mut state, Message::RecoveryFound(recovery));
    assert_eq!(subject(&state), Some(Subject::Found { chosen: 0 }));
    state
}

fn offered() -> State {
    let mut state = with(recovery());
    wait(&mut state);
    state
}

fn has(effects: &[Effect], wanted: impl Fn(&Effect) -> bool) -> Option<usize> {
    effects.iter().position(wanted)
}

fn discarded(effects: &[Effect]) -> Option<usize> {
    has(effects, |effect| matches!(effect, Effect::DiscardRecovery(_)))
}

fn kept(effects: &[Effect], text: &str) -> Option<usize> {
    has(effects, |effect| matches!(effect, Effect::KeepText(KeptText { text: kept, .. }) if kept == text))
}

#[test]
fn recovered_text_of_a_killed_session_is_offered() {
    for keys in ["enter", "alt-r", "alt-R", "tab shift-tab enter", "right right right right enter"] {
        let mut state = offered();
        let effects = press(&mut state, keys);
        assert!(
            matches!(&effects[..], [Effect::Journal(JournalEntry { text, .. }), Effect::DiscardRecovery(journal)]
            if text == "old and new" && journal.as_os_str() == "journal-1"),
            "{keys} {effects:?}"
        );
        assert_eq!(shown(&state), "old and new|");
        assert!(state.document.is_modified());
        press(&mut state, "ctrl-z");
        assert_eq!(shown(&state), "old|");
        assert!(!state.document.is_modified(), "undo leads to what is on disk");
        assert!(state.marks().is_empty());
    }
}

#[test]
fn a_restored_text_is_named_by_the_writers_clock_and_its_damage() {
    for (damage, written) in [(None, "2026-11-24 03:11"), (Some("cut short"), "2026-11-24 03:11 (cut short)")]
    {
        let mut state = with(Recovery { damage: damage.map(str::to_owned), ..recovery() });
        state.settings.zone = TimeZone::fixed(Offset::from_seconds(3600).unwrap());
        wait(&mut state);
        press(&mut state, "alt-r");
        let said = state.status.map(|status| status.text);
        assert_eq!(said, Some(format!("Restored the text of {written}: save it to keep it")));
    }
}

#[test]
fn only_the_second_question_discards_and_the_text_is_kept_for_a_week() {
    for (keys, asked, gone) in [
        ("alt-d", Some(Subject::Discard { chosen: 0 }), false),
        ("alt-d enter", Some(Subject::Found { chosen: 0 }), false),
        ("alt-d esc", Some(Subject::Found { chosen: 0 }), false),
        ("alt-d esc alt-d alt-d", None, true),
        ("alt-d right enter", None, true),
        ("right right right enter right enter", None, true),
        ("alt-d d", None, false),
        ("esc", None, false),
        ("right right enter", None, false),
    ] {
        let mut state = offered();
        let effects = press(&mut state, keys);
        assert_eq!(subject(&state), asked, "{keys}");
        assert_eq!(state.recoveries.is_empty(), gone, "{keys}");
        // The shell puts the journal itself away for a week.
        assert_eq!(kept(&effects, "old and new"), None, "{keys}");
        assert_eq!(discarded(&effects).is_some(), gone, "{keys}");
    }
}

#[test]
fn what_is_not_decided_stands_as_a_mark_and_f4_asks_again() {
    for keys in ["esc", "x", "alt-d x", "left left enter", "ctrl-q", "f1 esc"] {
        let mut state = offered();
        press(&mut state, keys);
        let marks: Vec<_> = state.marks().iter().map(|mark| mark.kind).collect();
        assert_eq!(marks, [MarkKind::Found], "{keys}");
        assert_eq!(press(&mut state, "a b ctrl-z f4").last(), Some(&Effect::ListKept), "{keys}");
        assert_eq!(subject(&state), Some(Subject::Found { chosen: 0 }), "{keys}");
    }
}

#[test]
fn a_request_names_the_document_and_the_text_it_was_opened_with() {
    let mut state = offered();
    press(&mut state, "enter");
    let effects = type_text(&mut state, "!");
    let Some(Effect::Predict(request)) = effects.last() else { panic!("{effects:?}") };
    let file = Some("notes.md".into());
    let document = OpenDocument { id: state.document.id, file, opened: "old".into() };
    assert_eq!((request.text.to_string().as_str(), &request.document), ("old and new!", &document));
}

/// The file was edited elsewhere after the crash.
#[test]
fn an_older_text_is_not_saved_over_a_newer_file_without_asking() {
    let mut state = with(Recovery { based_on: Some(OLDER), ..recovery() });
    wait(&mut state);
    let keys = "enter";
    press(&mut state, keys);
    assert_eq!(
        (subject(&state), shown(&state).as_str()),
        (None, "old|"),
        "Enter alone restores no older text"
    );
    let effects = press(&mut state, "f4 alt-r");
    let [Effect::ListKept, Effect::Journal(entry), Effect::DiscardRecovery(_)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(entry.file.based_on, Some(OLDER), "after another crash it is still known to be older");
    assert_eq!((shown(&state).as_str(), state.document.stamp), ("old and new|", Some(OLDER)));
    assert_eq!(state.marks()[0].kind, MarkKind::Changed);
    assert_eq!(press(&mut state, "ctrl-s"), []);
    assert_eq!(subject(&state), Some(Subject::Conflict));
    // Undo leads back to the file as it is: then there is nothing to ask.
    press(&mut state, "esc ctrl-z");
    assert!(!state.document.is_modified() && state.marks().is_empty());
    assert_eq!(state.document.stamp, Some(STAMP));
    press(&mut state, "ctrl-y");
    assert_eq!((state.document.stamp, state.marks()[0].kind), (Some(OLDER), MarkKind::Changed));
}

/// `foreword` alone: the file of the text is not open.
#[test]
fn a_text_of_another_file_comes_with_its_file_its_line_ends_and_its_byte_order_mark() {
    let mut state = State::new(Settings::default(), 60, 20, "");
    update(&mut state, Message::RecoveryFound(Recovery { form: CRLF, ..recovery() }));
    wait(&mut state);
    assert_eq!(press(&mut state, "alt-r"), [Effect::OpenFile("notes.md".into())]);
    let opened = FileContent { form: CRLF, ..file("notes.md", "old") };
    let effects = update(&mut state, Message::FileOpened(opened));
    let [Effect::Journal(entry), Effect::DiscardRecovery(_)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((entry.file.form, &entry.file.path), (CRLF, &Some("notes.md".into())));
    assert_eq!((shown(&state).as_str(), state.document.form), ("old and new|", CRLF));
    assert_eq!(state.document.path, Some("notes.md".into()));
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state).replace('|', ""), "old");
    assert!(!state.document.is_modified());
}

#[test]
fn undo_never_leads_to_a_text_that_counts_as_saved_and_is_in_no_file() {
    let missing = || FileContent { exists: false, stamp: None, ..file("notes.md", "") };
    let gone = Recovery { based_on: None, on_disk: None, form: CRLF, ..recovery() };
    let unnamed = Recovery { path: None, ..gone.clone() };
    let cases: [(&str, Recovery, Vec<Message>); 4] = [
        ("no file yet", gone.clone(), vec![Message::FileOpened(missing())]),
        ("unnamed", unnamed, Vec::new()),
        ("its file is gone", Recovery { based_on: Some(OLDER), ..gone.clone() }, vec![]),
        ("its file cannot be read", Recovery { on_disk: Some(STAMP), ..gone }, vec![]),
    ];
    for (name, recovery, messages) in cases {
        let mut state = State::new(Settings::default(), 60, 20, "");
        for message in messages {
            update(&mut state, message);
        }
        update(&mut state, Message::RecoveryFound(recovery));
        wait(&mut state);
        match &press(&mut state, "alt-r")[..] {
            [Effect::OpenFile(_)] if name.contains("read") => {
                update(&mut state, Message::FileFailed("notes.md is not UTF-8".to_owned()));
            }
            [Effect::OpenFile(_)] => {
                update(&mut state, Message::FileOpened(missing()));
            }
            _ => {}
        }
        assert_eq!((shown(&state).as_str(), state.document.form), ("old and new|", CRLF), "{name}");
        press(&mut state, "ctrl-z");
        assert_eq!(shown(&state), "|", "{name}");
        assert!(state.document.is_modified(), "{name}");
        assert_eq!(press(&mut state, "ctrl-q"), [], "{name}");
        assert_eq!(subject(&state), Some(Subject::Leave(Leave::Quit)), "{name}");
    }
}

#[test]
fn restoring_never_loses_what_is_not_saved_here() {
    // Another file's text: first this one is to be saved.
    let mut state = with(Recovery { path: Some("other.md".into()), ..recovery() });
    type_text(&mut state, "er");
    assert_eq!(press(&mut state, "f4 alt-r"), [Effect::ListKept]);
    assert_eq!((shown(&state).as_str(), state.recoveries.len()), ("older|", 1));
    // Typed while the file is on its way.
    let mut state = with(Recovery { path: Some("other.md".into()), ..recovery() });
    wait(&mut state);
    press(&mut state, "alt-r x");
    update(&mut state, Message::FileOpened(file("other.md", "theirs")));
    assert_eq!((shown(&state).as_str(), state.recoveries.len()), ("oldx|", 1));
    // This file's text: what is here is kept, and can be had by undo.
    let mut state = with(recovery());
    type_text(&mut state, "er");
    let effects = press(&mut state, "f4 alt-r");
    assert!(kept(&effects, "older").is_some(), "{effects:?}");
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "older|");
}

#[test]
fn enter_restores_only_what_is_plainly_the_same_text_grown_older() {
    for (name, recovery, focus) in [
        ("the same", recovery(), 0),
        ("another file's", Recovery { path: Some("other.md".into()), ..recovery() }, 2),
        ("unnamed", Recovery { path: None, ..recovery() }, 2),
        ("older", Recovery { based_on: Some(OLDER), ..recovery() }, 2),
        ("older by what is open", Recovery { on_disk: Some(OLDER), based_on: Some(OLDER), ..recovery() }, 2),
    ] {
        let state = with(recovery);
        assert!(matches!(&state.overlay, Overlay::Question(question) if question.focus == focus), "{name}");
    }
}

#[test]
fn with_nothing_marked_f4_lists_what_is_kept() {
    let gone = |because, journal: &str| Recovery { because, journal: journal.into(), ..recovery() };
    let all = vec![gone(KeptBecause::Discard, "k1"), gone(KeptBecause::Overwrite, "k2")];
    let mut state = editor("old|");
    assert_eq!(press(&mut state, "f4"), [Effect::ListKept]);
    update(&mut state, Message::KeptListed(all.clone()));
    press(&mut state, "down down");
    assert_eq!(subject(&state), Some(Subject::Found { chosen: 1 }));
    // Restored, it stays kept: the week is not over.
    let effects = press(&mut state, "alt-r");
    assert!(matches!(&effects[..], [Effect::Journal(_)]), "{effects:?}");
    assert_eq!(shown(&state), "old and new|");
    // Discarded, it is gone.
    let mut state = editor("old|");
    press(&mut state, "f4");
    update(&mut state, Message::KeptListed(all.clone()));
    assert_eq!(press(&mut state, "alt-d alt-d"), [Effect::DiscardRecovery("k1".into())]);
    // Nothing is kept, or the writer has gone on.
    for (keys, listed) in [("f4", Vec::new()), ("f4 x", all.clone()), ("", all)] {
        let mut state = editor("old|");
        press(&mut state, keys);
        update(&mut state, Message::KeptListed(listed));
        assert_eq!(state.overlay, Overlay::None, "{keys}");
    }
}

#[test]
fn a_text_found_is_compared_with_its_file_and_the_question_comes_back() {
    let mut state = offered();
    assert_eq!(press(&mut state, "right enter"), [Effect::ReadFile("notes.md".into())]);
    update(&mut state, Message::FileRead { path: "notes.md".into(), found: Ok(file("notes.md", "older")) });
    let Overlay::Comparison(shown) = &state.overlay else { panic!("{:?}", state.overlay) };
    assert!(!shown.difference.is_empty());
    press(&mut state, "down end pageup esc");
    assert_eq!(subject(&state), Some(Subject::Found { chosen: 0 }));
}

#[test]
fn a_file_opened_meanwhile_does_not_lose_the_question() {
    for (keys, asked) in [("", Subject::Found { chosen: 0 }), ("alt-d", Subject::Discard { chosen: 0 })] {
        let mut state = offered();
        press(&mut state, keys);
        update(&mut state, Message::FileOpened(file("other.md", "text")));
        assert_eq!(subject(&state), Some(asked), "{keys}");
    }
}

#[test]
fn the_texts_of_the_open_file_are_offered_before_those_of_others() {
    let of = |path: &str| Recovery { path: Some(path.into()), journal: path.into(), ..recovery() };
    let mut state = editor("old|");
    for path in ["aa.md", "notes.md", "bb.md", "notes.md"] {
        update(&mut state, Message::RecoveryFound(of(path)));
    }
    let order = |state: &State| {
        state.recoveries.iter().map(|found| found.journal.display().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(order(&state), ["notes.md", "notes.md", "aa.md", "bb.md"]);
    assert_eq!(subject(&state), Some(Subject::Found { chosen: 0 }));
    // One that is looked at stays in view when another comes before it.
    wait(&mut state);
    press(&mut state, "down down");
    assert_eq!(subject(&state), Some(Subject::Found { chosen: 2 }));
    update(&mut state, Message::RecoveryFound(of("notes.md")));
    assert_eq!(subject(&state), Some(Subject::Found { chosen: 3 }));
    assert_eq!(state.found(3).map(|found| found.journal.as_path()), Some(std::path::Path::new("aa.md")));
}
