//! Saving, leaving, opening.

use super::*;
use crate::state::{PathPurpose, PendingSave};
use crate::text::ContentRevision;

fn save_effect(effects: &[Effect]) -> Option<(String, ContentRevision, bool)> {
    effects.iter().find_map(|effect| match effect {
        Effect::SaveFile(asked) => {
            Some((asked.path.to_string_lossy().into_owned(), asked.revision, asked.force))
        }
        _ => None,
    })
}

fn saved(state: &mut State, effects: &[Effect]) -> Vec<Effect> {
    let (path, revision, _) = save_effect(effects).expect("a save was asked for");
    update(state, Message::FileSaved { path: path.into(), revision, stamp: STAMP })
}

fn failed(revision: ContentRevision) -> Message {
    let cause = "notes.md: the disk is full".to_owned();
    Message::SaveFailed { path: "notes.md".into(), revision, cause }
}

#[test]
fn a_save_makes_the_document_clean_and_drops_the_journal() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let effects = press(&mut state, "ctrl-s");
    assert!(state.document.is_modified());
    assert_eq!(saved(&mut state, &effects), [Effect::ForgetJournal]);
    assert!(!state.document.is_modified());
}

#[test]
fn what_was_typed_during_a_save_stays_unsaved() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let effects = press(&mut state, "ctrl-s");
    type_text(&mut state, "c");
    assert_eq!(saved(&mut state, &effects), []);
    assert!(state.document.is_modified());
}

#[test]
fn undo_back_to_the_saved_text_is_clean_again() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    assert_eq!(press(&mut state, "ctrl-z"), [Effect::ForgetJournal]);
    assert!(!state.document.is_modified());
    press(&mut state, "ctrl-y");
    assert!(state.document.is_modified());
}

#[test]
fn a_document_without_a_file_asks_where_to_go() {
    let mut state = State::new(Settings::default(), 60, 20, "");
    type_text(&mut state, "a");
    assert_eq!(press(&mut state, "ctrl-s"), []);
    assert!(matches!(state.overlay, Overlay::PathPrompt { purpose: PathPurpose::SaveAs, .. }));
    let effects = press(&mut state, "n . m d enter");
    assert_eq!(save_effect(&effects).unwrap().0, "n.md");
    saved(&mut state, &effects);
    assert_eq!(state.document.name(), "n.md");
}

#[test]
fn quitting_with_unsaved_text_asks() {
    let mut state = editor("a|");
    assert_eq!(press(&mut state, "ctrl-q"), [Effect::Quit]);
    let mut state = editor("a|");
    type_text(&mut state, "b");
    assert_eq!(press(&mut state, "ctrl-q"), []);
    assert_eq!(press(&mut state, "esc"), []);
    assert_eq!(state.overlay, Overlay::None);
    let effects = press(&mut state, "ctrl-q enter");
    assert_eq!(saved(&mut state, &effects), [Effect::ForgetJournal, Effect::Quit]);
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let effects = press(&mut state, "ctrl-q alt-d");
    let [Effect::KeepFirst(kept)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((kept.because, kept.text.to_string().as_str()), (KeptBecause::Discard, "ab"));
    let effects = update(&mut state, Message::TextKept(Ok(())));
    assert_eq!(effects, [Effect::ForgetJournal, Effect::Quit]);
}

#[test]
fn what_is_discarded_is_kept_first_and_lost_only_when_the_writer_says_so_again() {
    let full = || Message::TextKept(Err("no room".to_owned()));
    let mut state = editor("a|");
    type_text(&mut state, "b");
    press(&mut state, "ctrl-q alt-d");
    let effects = update(&mut state, full());
    assert!(matches!(&effects[..], [Effect::ArmQuestion(_)]) && !state.quitting, "{effects:?}");
    wait(&mut state);
    assert_eq!(press(&mut state, "alt-d"), [Effect::ForgetJournal, Effect::Quit]);
    // Typed on, the text that was kept is not the one that would be left.
    let mut state = editor("a|");
    type_text(&mut state, "b");
    press(&mut state, "ctrl-q alt-d c");
    assert_eq!(update(&mut state, Message::TextKept(Ok(()))), []);
    assert!(!state.quitting && shown(&state) == "abc|");
    // Another file is opened no sooner.
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let effects = press(&mut state, "ctrl-o x enter alt-d");
    assert!(matches!(&effects[..], [Effect::KeepFirst(_)]), "{effects:?}");
    let effects = update(&mut state, Message::TextKept(Ok(())));
    assert!(matches!(&effects[..], [Effect::OpenFile(_)]), "{effects:?}");
}

#[test]
fn a_name_that_cannot_be_typed_is_saved_under_as_it_is() {
    for name in ["nl\nname.txt", " spaces ", "esc\u{1b}[2J"] {
        let mut state = editor("a|");
        state.document.path = Some(name.into());
        type_text(&mut state, "b");
        let effects = press(&mut state, "f12 enter");
        assert_eq!(std::path::Path::new(&save_effect(&effects).unwrap().0), std::path::Path::new(name));
    }
}

#[test]
fn quitting_with_an_unnamed_text_saves_it_first() {
    let mut state = State::new(Settings::default(), 60, 20, "");
    type_text(&mut state, "a");
    let effects = press(&mut state, "ctrl-q alt-s x enter");
    assert!(saved(&mut state, &effects).contains(&Effect::Quit));
}

#[test]
fn a_failed_save_stays_and_says_why() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    press(&mut state, "ctrl-q alt-s");
    let revision = state.document.content_revision;
    let effects = update(&mut state, failed(revision));
    assert_eq!(effects, []);
    assert!(state.document.is_modified() && !state.quitting);
    assert!(state.status.as_ref().unwrap().text.contains("the disk is full"));
}

#[test]
fn saving_twice_is_one_save_and_its_answer_is_waited_for() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let effects = press(&mut state, "ctrl-s ctrl-s");
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::SaveFile(_))).count(), 1);
    saved(&mut state, &effects);
    assert!(!state.document.is_modified() && state.pending_save.is_none());
}

#[test]
fn what_is_being_saved_needs_no_question_when_it_is_left() {
    let other = || Effect::OpenFile("/o".into());
    // The keys, what is to happen after the save, and then if it fails.
    for (keys, after) in [
        ("ctrl-s ctrl-q", Effect::Quit),
        ("ctrl-s ctrl-o ctrl-u / o enter", other()),
        ("ctrl-q alt-s ctrl-s", Effect::Quit),
        ("ctrl-s ctrl-q ctrl-s", Effect::Quit),
        ("ctrl-s ctrl-o ctrl-u / o enter ctrl-q", Effect::Quit),
        ("ctrl-s ctrl-z ctrl-y ctrl-q", Effect::Quit),
    ] {
        for fails in [false, true] {
            let mut state = editor("a|");
            type_text(&mut state, "b");
            let effects = press(&mut state, keys);
            assert_eq!(state.overlay, Overlay::None, "{keys}");
            assert!(!effects.contains(&after) && !state.quitting, "{keys}");
            let (_, revision, _) = save_effect(&effects).unwrap();
            if fails {
                assert_eq!(update(&mut state, failed(revision)), [], "{keys}");
                assert!(state.document.is_modified() && state.pending_save.is_none());
                assert_eq!(press(&mut state, "ctrl-q"), [], "{keys}");
                assert_eq!(subject(&state), Some(Subject::Leave(Leave::Quit)), "{keys}");
            } else {
                assert_eq!(saved(&mut state, &effects), [Effect::ForgetJournal, after.clone()], "{keys}");
            }
        }
    }
}

#[test]
fn what_was_typed_since_the_save_is_asked_about() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let effects = press(&mut state, "ctrl-s");
    type_text(&mut state, "c");
    assert_eq!(press(&mut state, "ctrl-q"), []);
    assert_eq!(subject(&state), Some(Subject::Leave(Leave::Quit)));
    press(&mut state, "esc");
    // Typed behind the wish to quit: asked when the save is answered.
    let state_of = |keys: &str| {
        let mut state = editor("a|");
        type_text(&mut state, "b");
        let effects = press(&mut state, "ctrl-s ctrl-q");
        press(&mut state, keys);
        saved(&mut state, &effects);
        state
    };
    assert_eq!(subject(&state_of("c")), Some(Subject::Leave(Leave::Quit)));
    assert!(!state_of("c").quitting && state_of("left").quitting);
    saved(&mut state, &effects);
    assert!(state.document.is_modified());
}

#[test]
fn who_asks_twice_is_not_made_to_wait_for_a_slow_disk() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let effects = press(&mut state, "ctrl-s ctrl-q ctrl-q");
    assert_eq!(subject(&state), Some(Subject::Leave(Leave::Quit)));
    assert!(saved(&mut state, &effects).contains(&Effect::Quit), "it is saved: nothing is left to ask");
}

#[test]
fn answers_to_older_saves_mark_no_newer_text_and_drop_no_journal() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let first = press(&mut state, "ctrl-s");
    type_text(&mut state, "c");
    let second = press(&mut state, "ctrl-s");
    assert_eq!(saved(&mut state, &first), []);
    assert!(state.document.is_modified());
    // The newer one fails: what is not on disk is in the journal.
    let (_, revision, _) = save_effect(&second).unwrap();
    assert_eq!(update(&mut state, failed(revision)), []);
    assert!(state.document.is_modified() && state.journaled);
    let third = press(&mut state, "ctrl-s");
    assert_eq!(saved(&mut state, &third), [Effect::ForgetJournal]);
}

#[test]
fn undone_to_what_is_on_disk_the_text_stays_in_the_journal_while_another_is_being_saved() {
    for fails in [false, true] {
        let mut state = editor("a|");
        type_text(&mut state, "b");
        let effects = press(&mut state, "ctrl-s");
        let undone = press(&mut state, "ctrl-z");
        assert!(matches!(&undone[..], [Effect::Journal(entry)] if entry.text == "a"));
        assert!(!state.document.is_modified());
        assert_eq!(press(&mut state, "ctrl-q"), [], "what is on disk will be another text");
        let (_, revision, _) = save_effect(&effects).unwrap();
        if fails {
            assert_eq!(update(&mut state, failed(revision)), [Effect::ForgetJournal]);
        } else {
            assert!(!saved(&mut state, &effects).contains(&Effect::Quit));
            assert!(state.document.is_modified() && state.journaled);
            assert_eq!(subject(&state), Some(Subject::Leave(Leave::Quit)));
        }
    }
}

#[test]
fn a_save_behind_one_under_another_name_goes_to_that_name() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let first = press(&mut state, "ctrl-s");
    let renamed = press(&mut state, "f12 ctrl-u n enter");
    type_text(&mut state, "c");
    let last = press(&mut state, "ctrl-s");
    let path = |effects: &[Effect]| save_effect(effects).unwrap().0;
    assert_eq!([path(&first), path(&renamed), path(&last)], ["notes.md", "n", "n"]);
    for effects in [&first, &renamed] {
        assert_eq!(saved(&mut state, effects), []);
    }
    assert_eq!(saved(&mut state, &last), [Effect::ForgetJournal]);
    assert_eq!(state.document.name(), "n");
}

#[test]
fn a_name_that_is_not_given_quits_nothing_later() {
    let mut state = State::new(Settings::default(), 60, 20, "");
    type_text(&mut state, "a");
    press(&mut state, "ctrl-q alt-s esc");
    let effects = press(&mut state, "ctrl-s x enter");
    assert!(!saved(&mut state, &effects).contains(&Effect::Quit));
}

#[test]
fn what_is_being_overwritten_is_not_asked_about_again() {
    let mut state = editor("a|");
    type_text(&mut state, "b");
    let effects = press(&mut state, "ctrl-s");
    update(&mut state, Message::FileChangedOnDisk { path: "notes.md".into() });
    let pending = PendingSave {
        path: "notes.md".into(),
        revision: save_effect(&effects).unwrap().1,
        force: true,
        then: None,
    };
    (state.overlay, state.pending_save) = (Overlay::None, Some(pending.clone()));
    update(&mut state, Message::FileChangedOnDisk { path: "notes.md".into() });
    assert_eq!((&state.overlay, &state.pending_save), (&Overlay::None, &Some(pending)));
}

#[test]
fn a_file_that_arrives_late_does_not_replace_unsaved_text() {
    let mut state = State::new(Settings::default(), 60, 20, "");
    type_text(&mut state, "mine");
    update(&mut state, Message::FileOpened(file("notes.md", "theirs")));
    assert_eq!(shown(&state), "mine|");
    assert_eq!(subject(&state), Some(Subject::Leave(Leave::Open("notes.md".into()))));
}

#[test]
fn the_end_of_the_process_keeps_the_text() {
    let mut state = editor("a|");
    assert_eq!(update(&mut state, Message::Terminated), [Effect::Quit]);
    let mut state = editor("a|");
    let effects = type_text(&mut state, "b");
    let journaled = |effect: &Effect| matches!(effect, Effect::Journal(entry) if entry.text == "ab");
    assert!(effects.iter().any(journaled));
    assert_eq!(update(&mut state, Message::Terminated), [Effect::Quit], "nothing drops the journal");
}
