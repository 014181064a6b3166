//! Never in the way: one test per rule.

use super::*;

/// Types `text` at the cursor and has the rest of a word offered.
fn offered(before: &str, typed: &str, ghost: &str) -> State {
    let mut state = editor(before);
    assert!(asks(&type_text(&mut state, typed)), "nothing was asked for after {typed:?} in {before:?}");
    let prefix: String = typed.chars().rev().take_while(|c| c.is_alphanumeric()).collect();
    let prefix: String = prefix.chars().rev().collect();
    let first = ghost.split(' ').next().unwrap();
    let word = format!("{prefix}{first}");
    answer_with(&mut state, &prefix, &[&word, &format!("{prefix}xyz")], ghost);
    assert_eq!(state.ghost_text(), Some(ghost));
    state
}

#[test]
fn tab_takes_the_ghost_with_its_space_and_one_undo_takes_it_back() {
    let mut state = offered("|", "he", "llo");
    assert!(asks(&press(&mut state, "tab")));
    assert_eq!(shown(&state), "hello |");
    assert_eq!((state.counters.keystrokes, state.counters.saved, state.counters.accepted), (3, 3, 1));
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "he|");
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "|");
}

#[test]
fn the_smart_space_closes_up() {
    for (typed, after) in [
        (".", "hello.|"),
        (", ", "hello, |"),
        (")", "hello)|"),
        ("'s", "hello's|"),
        ("’s", "hello’s|"),
        ("-based", "hello-based|"),
        ("—", "hello—|"),
        ("/", "hello/|"),
        ("\"", "hello \"|"),
        ("*", "hello *|"),
        ("`", "hello `|"),
        ("…", "hello…|"),
        (" ", "hello |"),
        ("  ", "hello  |"),
        (" .", "hello .|"),
        ("x", "hello x|"),
        ("(", "hello (|"),
        ("한", "hello 한|"),
    ] {
        let mut state = offered("|", "he", "llo");
        press(&mut state, "tab");
        type_text(&mut state, typed);
        assert_eq!(shown(&state), after, "{typed:?}");
    }
    let mut state = offered("|", "he", "llo");
    press(&mut state, "tab enter");
    assert_eq!(shown(&state), "hello\n|");
    let mut state = offered("|", "he", "llo");
    press(&mut state, "tab left right .");
    assert_eq!(shown(&state), "hello .|", "a space that was visited is the writer's own");
}

#[test]
fn a_space_that_is_there_is_stepped_over() {
    let mut state = offered("say | now", "he", "llo");
    press(&mut state, "tab");
    assert_eq!(shown(&state), "say hello |now");
    type_text(&mut state, ",");
    assert_eq!(shown(&state), "say hello,| now");
    let mut state = offered("(|)", "he", "llo");
    press(&mut state, "tab");
    assert_eq!(shown(&state), "(hello|)");
}

#[test]
fn ctrl_right_takes_a_word_and_the_rest_stays_on_offer() {
    let mut state = offered("|", "he", "llo big world");
    press(&mut state, "ctrl-right");
    assert_eq!((shown(&state).as_str(), state.ghost_text()), ("hello |", Some("big world")));
    press(&mut state, "ctrl-right ctrl-right");
    assert_eq!((shown(&state).as_str(), state.ghost_text()), ("hello big world |", None));
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "hello big |");
}

#[test]
fn right_and_shift_tab_take_a_phrase_but_not_a_word() {
    for taking in ["right", "shift-tab"] {
        let mut state = offered("|", "he", "llo world");
        press(&mut state, taking);
        assert_eq!(shown(&state), "hello world |", "{taking}");
    }
    let mut state = offered("|", "he", "llo world");
    press(&mut state, "tab");
    assert_eq!((shown(&state).as_str(), state.ghost_text()), ("hello |", Some("world")), "Tab takes a word");
    press(&mut state, "tab");
    assert_eq!(shown(&state), "hello world |");
    let mut state = offered("|", "he", "llo");
    press(&mut state, "right");
    assert_eq!((shown(&state).as_str(), nothing_on_show(&state)), ("he|", true));
}

#[test]
fn a_word_of_an_address_brings_no_space_and_the_rest_of_one_does() {
    let mut state = editor("|");
    type_text(&mut state, "see https://qu");
    answer_with(&mut state, "qu", &["quay"], "ay.example/boats");
    press(&mut state, "alt-1");
    assert_eq!(shown(&state), "see https://quay|");
    let mut state = editor("|");
    type_text(&mut state, "see https://qu");
    answer_with(&mut state, "qu", &["quay"], "ay.example/boats");
    press(&mut state, "tab");
    assert_eq!(shown(&state), "see https://quay.example/boats |");
}

#[test]
fn korean_brings_no_space_for_a_particle_may_follow() {
    let mut state = editor("|");
    type_text(&mut state, "정");
    answer_with(&mut state, "정", &["정원"], "원");
    press(&mut state, "tab");
    assert_eq!(shown(&state), "정원|");
    type_text(&mut state, "은 ");
    assert_eq!(shown(&state), "정원은 |");
}

#[test]
fn a_candidate_is_picked_by_number_in_its_own_case() {
    let mut state = editor("|");
    type_text(&mut state, "pa");
    answer_with(&mut state, "pa", &["party", "Paris"], "");
    press(&mut state, "alt-2");
    assert_eq!(shown(&state), "Paris |");
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "pa|");
    press(&mut state, "alt-1 alt-5");
    assert_eq!(shown(&state), "pa|");
}

#[test]
fn typing_along_with_the_ghost_keeps_its_rest_and_anything_else_drops_it() {
    let mut state = offered("|", "he", "llo");
    type_text(&mut state, "l");
    assert_eq!(state.ghost_text(), Some("lo"));
    assert_eq!(state.suggest.shown.as_ref().unwrap().prefix, "hel");
    assert!(state.suggest.candidate(1).is_none(), "it keeps its place, and cannot be taken");
    press(&mut state, "alt-2");
    assert_eq!(shown(&state), "hel|");
    press(&mut state, "alt-1");
    assert_eq!(shown(&state), "hello |");
    let mut state = offered("|", "he", "llo");
    type_text(&mut state, "a");
    assert!(nothing_on_show(&state));
}

#[test]
fn stale_answers_are_never_shown() {
    let mut state = editor("|");
    type_text(&mut state, "he");
    let late = state.document.revision;
    type_text(&mut state, "a");
    let suggestions = Suggestions {
        ghost: Some(Ghost { text: "llo".to_owned(), confidence: 0.9, is_stem: false }),
        ..Suggestions::default()
    };
    let cursor = state.cursor();
    update(&mut state, Message::Predicted { revision: late, cursor, suggestions, latency_ms: 1.0 });
    assert!(nothing_on_show(&state));
}

#[test]
fn nothing_after_delete_undo_redo_paste_cut_motion_selection_or_indent() {
    for keys in [
        "backspace",
        "delete",
        "ctrl-w",
        "ctrl-delete",
        "ctrl-z",
        "ctrl-z ctrl-y",
        "ctrl-a ctrl-x",
        "left",
        "up",
        "end",
        "ctrl-home",
        "shift-left",
        "ctrl-a",
        "ctrl-f",
        "f1",
        "f2",
        "ctrl-o",
        "f12",
        "ctrl-q",
        "esc",
        "esc tab",
    ] {
        let mut state = offered("a b |", "he", "llo");
        let effects = press(&mut state, keys);
        assert!(!asks(&effects), "{keys} asks for suggestions");
        assert!(nothing_on_show(&state), "{keys} leaves a suggestion on show");
        answer_with(&mut state, "he", &["hello"], "llo");
        assert!(nothing_on_show(&state), "{keys} lets a late answer in");
    }
    let mut state = offered("|", "he", "llo");
    let effects = update(&mut state, Message::Pasted("y".to_owned()));
    answer_with(&mut state, "hey", &["heyday"], "day");
    assert!(!asks(&effects) && nothing_on_show(&state));
}

#[test]
fn nothing_inside_a_word() {
    let mut state = editor("he|llo");
    assert!(!asks(&type_text(&mut state, "a")));
    answer_with(&mut state, "hea", &["heat"], "t");
    assert!(nothing_on_show(&state));
    for after in [" x", "\n", ")", ".", "”", "\""] {
        let mut state = editor(&format!("h|{after}"));
        assert!(asks(&type_text(&mut state, "e")), "before {after:?}");
    }
}

#[test]
fn esc_silences_until_the_next_word() {
    let mut state = offered("|", "he", "llo");
    press(&mut state, "esc");
    assert!(!asks(&type_text(&mut state, "ll")));
    assert!(asks(&type_text(&mut state, " ")));
    assert!(asks(&type_text(&mut state, "w")));
}

#[test]
fn every_printable_key_types_itself_with_a_ghost_on_show() {
    for c in ('!'..='~').chain("éß한あ😀".chars()) {
        let mut state = offered("|", "he", "llo world");
        type_text(&mut state, &c.to_string());
        assert_eq!(shown(&state), format!("he{c}|"));
    }
}

#[test]
fn a_ghost_never_moves_the_cursor_or_the_rows() {
    let mut state = editor("some words and more |\nbelow");
    type_text(&mut state, "h");
    let (cell, rows) = (layout::cursor_cell(&state), layout::visible_rows(&state));
    answer_with(&mut state, "h", &["hello"], "ello and a phrase so long that it would not fit the line");
    assert_eq!((layout::cursor_cell(&state), layout::visible_rows(&state)), (cell, rows));
}

#[test]
fn an_answer_that_holds_control_characters_is_not_offered() {
    let mut state = editor("|");
    type_text(&mut state, "h");
    answer_with(&mut state, "h", &["h\u{1b}[2J", ""], "i\n");
    assert!(nothing_on_show(&state));
}

#[test]
fn switched_off_means_off() {
    let mut state = editor("|");
    state.settings.ghost = false;
    type_text(&mut state, "h");
    answer_with(&mut state, "h", &["hello"], "ello");
    assert!(state.suggest.ghost.is_none() && state.suggest.shown.is_some());
    state.settings.suggestions = 0;
    assert!(!asks(&type_text(&mut state, "e")));
    assert!(nothing_on_show(&state));
}

#[test]
fn eagerness_moves_in_steps_between_its_ends() {
    let mut state = editor("|");
    let mut last = state.settings.eagerness;
    for _ in 0..12 {
        let effects = press(&mut state, "ctrl-up");
        assert!(
            state.settings.eagerness >= last && effects == [Effect::SetEagerness(state.settings.eagerness)]
        );
        last = state.settings.eagerness;
    }
    assert!((last - 1.0).abs() < 1e-6);
    type_text(&mut state, "h");
    answer_with(&mut state, "h", &["hello"], "ello");
    assert!(asks(&press(&mut state, "ctrl-down")), "what is on show is asked for anew");
    assert!((state.settings.eagerness - 0.9).abs() < 1e-6);
}
