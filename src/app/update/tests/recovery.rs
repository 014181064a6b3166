//! What becomes of the unsaved text of an earlier session.

use super::*;

fn recovery() -> Recovery {
    Recovery {
        because: KeptBecause::Crash,
        form: FileForm::default(),
        based_on: None,
        on_disk: None,
        path: Some("notes.md".into()),
        text: "old and new".to_owned(),
        journal: "journal-1".into(),
        written: "2026-11-24 02:11".to_owned(),
    }
}

fn offered() -> State {
    let mut state = editor("old|");
    update(&mut state, Message::RecoveryFound(recovery()));
    assert_eq!(state.overlay, Overlay::Recover(recovery()));
    state
}

fn discards(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::DiscardRecovery(_)))
}

#[test]
fn recovered_text_of_a_killed_session_is_offered() {
    let mut state = offered();
    let effects = press(&mut state, "x r");
    assert!(
        matches!(&effects[..], [Effect::Journal(JournalEntry { text, .. }), Effect::DiscardRecovery(journal)]
        if text == "old and new" && journal.as_os_str() == "journal-1")
    );
    assert!(state.document.is_modified());
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "old|");
}

#[test]
fn text_is_thrown_away_by_d_and_then_a_capital_d_alone() {
    for (keys, kept) in [
        ("d", Some(Overlay::ConfirmDiscard(recovery()))),
        ("d d", Some(Overlay::Recover(recovery()))),
        ("d D", None),
        ("d shift-d", None),
        ("x d D", None),
        ("D D", Some(Overlay::Recover(recovery()))),
        ("d enter", Some(Overlay::Recover(recovery()))),
        ("d r", Some(Overlay::Recover(recovery()))),
        ("d esc", Some(Overlay::Recover(recovery()))),
        ("d esc D", Some(Overlay::Recover(recovery()))),
        ("d ctrl-d", Some(Overlay::Recover(recovery()))),
        ("d alt-D", Some(Overlay::Recover(recovery()))),
    ] {
        let mut state = offered();
        let effects = press(&mut state, keys);
        assert_eq!(state.overlay, kept.clone().unwrap_or_default(), "{keys}");
        assert_eq!(discards(&effects), kept.is_none(), "{keys}");
        assert_eq!(shown(&state), "old|", "{keys}");
    }
}

#[test]
fn nothing_typed_without_looking_loses_text() {
    for text in ["did you see the address?", "DID YOU SEE THE ADDRESS?", "odd, D said", "Dad did add. ddd"] {
        let effects = type_text(&mut offered(), text);
        let discarded = effects.iter().position(|effect| matches!(effect, Effect::DiscardRecovery(_)));
        let kept = effects.iter().position(
            |effect| matches!(effect, Effect::Journal(JournalEntry { text, .. }) if text == "old and new"),
        );
        // Restored text goes to the new journal before the old one goes.
        assert!(discarded.is_none_or(|discarded| kept.is_some_and(|kept| kept < discarded)), "{text}");
    }
}

#[test]
fn a_file_opened_meanwhile_does_not_lose_the_question() {
    for keys in ["", "d"] {
        let mut state = offered();
        press(&mut state, keys);
        update(&mut state, Message::FileOpened(file("other.md", "text")));
        assert_eq!(state.overlay, Overlay::Recover(recovery()), "{keys}");
    }
}
