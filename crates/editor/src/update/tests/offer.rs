//! What Tab takes, what closes up, and where help comes back: a table for each.

use super::*;
use crate::on_show::TabTarget;

/// An editor with `text` (`|` is the cursor), where `typed` was typed and `words` and `ghost` came for it.
fn offered(text: &str, typed: &str, words: &[&str], ghost: &str) -> State {
    let mut state = editor(text);
    assert!(asks(&type_text(&mut state, typed)), "{text:?} {typed:?}");
    let before = state.document.buffer.text(0..state.cursor());
    answer_with(&mut state, ::suggest::word::prefix(&before), words, ghost);
    state
}

/// Where the rest of the document's name is `ending`.
fn in_file(ending: &str, text: &str) -> State {
    let mut state = editor(text);
    state.document.path = Some(format!("notes.{ending}").into());
    state
}

#[test]
fn tab_takes_what_is_marked() {
    let first = TabTarget::Candidate(0);
    for (text, typed, words, ghost, target, after) in [
        ("|", "he", &["hello", "help"][..], "llo", TabTarget::Ghost, "hello |"),
        ("|", "he", &["hello", "help"], "", first, "hello |"),
        ("|", "he", &[], "", TabTarget::Nothing, "he|"),
        // In the middle of a line no ghost is drawn.
        ("say | now", "he", &["help", "hello"], "llo", first, "say help |now"),
        ("say | now", "he", &[], "llo", TabTarget::Nothing, "say he| now"),
        ("to |", "x ", &["the"], "", TabTarget::Nothing, "to x |"),
        ("to |", "x ", &["the"], "the", TabTarget::Ghost, "to x the |"),
        ("|", "- ", &["the"], "", TabTarget::Indent, "    - |"),
        ("    x = 1;|", " ", &["the"], "", TabTarget::Indent, "    x = 1;  |"),
        ("    prose|", " ", &["the"], "", TabTarget::Nothing, "    prose |"),
        ("```rust\nlet|\n```", " ", &["x"], "", TabTarget::Indent, "```rust\nlet     |\n```"),
        ("```\nlet\n```\nprose|", " ", &["x"], "", TabTarget::Nothing, "```\nlet\n```\nprose |"),
        ("|", "recieve", &["receive"], "", first, "receive |"),
        ("|", "*he", &["hello"], "", first, "*hello |"),
        ("**|**", "he", &["hello"], "", first, "**hello|**"),
    ] {
        let mut state = offered(text, typed, words, ghost);
        assert_eq!(state.tab_target(), target, "{text:?} {typed:?} {words:?}");
        press(&mut state, "tab");
        assert_eq!(shown(&state), after, "{text:?} {typed:?} {words:?}");
        assert_eq!(state.status.is_some(), target == TabTarget::Nothing, "{text:?} {typed:?}");
    }
}

#[test]
fn tab_indents_in_a_file_of_code_and_at_the_start_of_a_line() {
    for (ending, text, after) in [
        ("rs", "let x |", "let x   |"),
        ("md", "let x |", "let x |"),
        ("md", "|word", "    |word"),
        ("md", "  1. |", "      1. |"),
        ("md", "- [ ] |", "    - [ ] |"),
        ("rs", "word|", "word|"),
    ] {
        let mut state = in_file(ending, text);
        press(&mut state, "tab");
        assert_eq!(shown(&state), after, "{ending} {text:?}");
    }
}

#[test]
fn tab_indents_in_a_block_of_code_as_the_suggestions_know_it() {
    let long = format!("```\n{}```\nThe |", "boat = load(quay)\n".repeat(3_000));
    for (text, indents) in [
        ("```\nlet |", true),
        ("```\nlet\n```\nThe |", false),
        ("~~~\nlet |", true),
        ("~~~\n```\nlet |", true),
        ("~~~\n```\n~~~\nThe |", false),
        ("```\n~~~\n```\nThe |", false),
        ("```\n~~~\nlet |", true),
        ("````\n```\nlet\n```\nlet |", true),
        ("````\n```\nlet\n```\n````\nThe |", false),
        ("```\nlet\n````\nThe |", false),
        ("```rust\nlet\n```\n\n```\nlet |", true),
        ("So:\n\n    x = load();\n    and |", true),
        ("- an item\n\n    that goes on |", false),
        ("call `load |", false),
        ("```rust |", false),
        ("~~~rust |", false),
        (&long, false),
    ] {
        let expected = if indents { TabTarget::Indent } else { TabTarget::Nothing };
        assert_eq!(editor(text).tab_target(), expected, "{}", text.get(..60).unwrap_or(text));
    }
    let mut state = offered("call `|", "quay.", &["load"], "");
    press(&mut state, "alt-1");
    assert_eq!(shown(&state), "call `quay.load |", "no blank is put into code");
}

#[test]
fn a_tab_waits_for_the_answer_under_way_and_what_comes_behind_it_stays_behind() {
    let mut state = editor("|");
    let effects = press(&mut state, "h e tab , space x");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::StartTimer(Timer::Tab, _))), "{effects:?}");
    assert_eq!(shown(&state), "he|");
    answer_with(&mut state, "he", &["hello"], "");
    assert_eq!(shown(&state), "hello, x|");
    press(&mut state, "ctrl-z ctrl-z");
    assert_eq!(shown(&state), "hello |", "taken as if the answer had been there");

    let mut state = editor("|");
    press(&mut state, "h e tab tab x tab");
    assert!(asks(&end_wait(&mut state)));
    assert_eq!(shown(&state), "hex|", "the second one was at the same place");
    assert!(state.suggest.held_tab.is_some(), "the third one is at another");
    end_wait(&mut state);
    assert_eq!((shown(&state).as_str(), &state.suggest.held_tab), ("hex|", &None));
}

#[test]
fn a_tab_that_repeats_waits_once_for_an_answer() {
    let mut state = editor("|");
    press(&mut state, "h e");
    press(&mut state, &"tab ".repeat(60));
    press(&mut state, "x y");
    assert_eq!(shown(&state), "he|");
    assert!(asks(&end_wait(&mut state)));
    assert_eq!((shown(&state).as_str(), &state.suggest.held_tab), ("hexy|", &None));

    // The answer, a change of the text and another request end that.
    for (keys, waits) in
        [("tab", false), ("tab x tab", true), ("backspace o tab", true), ("left right tab", false)]
    {
        let mut state = editor("|");
        press(&mut state, "h e tab");
        end_wait(&mut state);
        press(&mut state, keys);
        assert_eq!(state.suggest.held_tab.is_some(), waits, "{keys}");
    }
    let mut state = editor("|");
    press(&mut state, "h e tab");
    end_wait(&mut state);
    answer_with(&mut state, "he", &["hello"], "");
    // The first one takes the message away that covers the word.
    press(&mut state, "tab tab");
    assert_eq!(shown(&state), "hello |");
}

#[test]
fn what_cannot_wait_ends_the_wait_and_nothing_is_lost() {
    for message in [Message::Terminated, Message::ClipboardRead("end".to_owned())] {
        let mut state = editor("|");
        press(&mut state, "h e tab x y");
        update(&mut state, message.clone());
        assert!(shown(&state).starts_with("hexy"), "{message:?} {}", shown(&state));
        assert_eq!(state.suggest.held_tab, None);
    }
    let mut state = editor("|");
    press(&mut state, "h e tab");
    update(&mut state, Message::Pasted("one".to_owned()));
    press(&mut state, "backspace");
    answer_with(&mut state, "he", &["hello"], "llo");
    assert_eq!(shown(&state), "hello on|");
}

#[test]
fn a_word_that_a_message_covers_is_not_taken() {
    let mut state = offered("|", "he", &["hello"], "");
    state.inform("Saved");
    press(&mut state, "tab");
    assert_eq!((shown(&state).as_str(), state.tab_target()), ("he|", TabTarget::Candidate(0)));
    press(&mut state, "tab");
    assert_eq!(shown(&state), "hello |");
}

#[test]
fn a_message_that_came_while_a_tab_waited_stays() {
    let mut state = editor("|");
    press(&mut state, "h e tab");
    update(&mut state, Message::ModelFailed("no model".to_owned()));
    end_wait(&mut state);
    assert_eq!(state.status.as_ref().map(|status| status.text.as_str()), Some("no model"));
    assert_eq!((shown(&state).as_str(), &state.suggest.held_tab), ("he|", &None));
}

#[test]
fn the_strip_stays_in_its_places_until_the_answer_comes() {
    let mut state = offered("|", "h", &["help", "hello", "house"], "");
    let places = |state: &State| -> Vec<_> {
        strip_cells(state).into_iter().map(|cell| (cell.area, cell.word, cell.agrees)).collect()
    };
    let before = places(&state);
    type_text(&mut state, "e");
    let mut expected = before.clone();
    expected[2].2 = false;
    assert_eq!(places(&state), expected);
    type_text(&mut state, " ");
    assert!(places(&state).iter().all(|(.., agrees)| !agrees) && places(&state).len() == 3);
    for keys in ["alt-1", "alt-3"] {
        press(&mut state, keys);
        assert_eq!(shown(&state), "he |", "{keys}");
    }
    answer_with(&mut state, "", &["was"], "");
    assert_eq!(places(&state).len(), 1);
}

#[test]
fn what_closes_up_over_the_space_of_a_completion() {
    for (before, typed, after) in [
        ("", "'s", "hello's|"),
        ("", "’s", "hello’s|"),
        ("'so' ", "'", "'so' hello '|"),
        ("", "-based", "hello-based|"),
        // A blank behind a dash that closed up: it stands between two.
        ("", "- ", "hello - |"),
        ("", "-- ", "hello -- |"),
        ("", "— ", "hello — |"),
        ("so - and ", "-b ", "so - and hello-b |"),
        ("pre- and post-", "- ", "pre- and post-hello- |"),
        ("a North–South, ", "– ", "a North–South, hello – |"),
        ("", "/ ", "hello/ |"),
        ("", "— x ", "hello — x |"),
        ("", "—x ", "hello—x |"),
        ("", "—", "hello—|"),
        // Where the text does not tell, an en dash stands between blanks.
        ("", "–", "hello –|"),
        ("", "– ", "hello – |"),
        ("pages 3–7, ", "–", "pages 3–7, hello –|"),
        ("a North–South, ", "–", "a North–South, hello–|"),
        ("so – it was – ", "–", "so – it was – hello –|"),
        ("", "/", "hello/|"),
        ("", "\"", "hello \"|"),
        ("\"so ", "\"", "\"so hello\"|"),
        ("\"so\n\n", "\"", "\"so\n\nhello \"|"),
        ("**so ", "**", "**so hello**|"),
        ("* so ", "*", "* so hello *|"),
        ("_so ", "_", "_so hello_|"),
        ("~~so ", "~~", "~~so hello~~|"),
        ("", "‑based", "hello‑based|"),
        ("", "_", "hello _|"),
        ("`so ", "`", "`so hello`|"),
        ("", "`", "hello `|"),
        ("", "?", "hello?|"),
        ("Je ne sais pas que ", "?", "Je ne sais pas que hello ?|"),
        ("She did not say ", "?", "She did not say hello?|"),
        ("Quoi ? Rien ! ", "?", "Quoi ? Rien ! hello ?|"),
        ("Quoi\u{a0}? « so ", "»", "Quoi\u{a0}? « so hello »|"),
        ("Quoi ? Rien ! ", ".", "Quoi ? Rien ! hello.|"),
    ] {
        let mut state = offered(&format!("{before}|"), "he", &["hello"], "llo");
        press(&mut state, "tab");
        type_text(&mut state, typed);
        assert_eq!(shown(&state), after, "{before:?} {typed:?}");
    }
}

#[test]
fn a_dash_before_a_space_that_was_there_stands_between_blanks_and_other_keys_end_that() {
    for (text, keys, after) in [
        ("|", "- space", "hello - |"),
        ("| world", "- space", "hello - |world"),
        ("| world", "-", "hello-| world"),
        ("|", "- left right space", "hello- |"),
        ("|", "- x backspace space", "hello- |"),
        ("|", "- space ctrl-z", "hello |"),
    ] {
        let mut state = offered(text, "he", &["hello"], "");
        press(&mut state, "tab");
        press(&mut state, keys);
        assert_eq!(shown(&state), after, "{text:?} {keys}");
    }
    let mut state = offered("|", "in 19", &["1990"], "");
    press(&mut state, "tab");
    type_text(&mut state, "–");
    assert_eq!(shown(&state), "in 1990–|", "a range of numbers");
}

#[test]
fn a_word_taken_right_behind_a_mark_has_a_blank_before_it_where_prose_has_one() {
    for (typed, after) in [
        ("however,", "however, the |"),
        ("end.", "end. the |"),
        ("“so,”", "“so,” the |"),
        ("why?", "why? the |"),
        ("3.", "3.the |"),
        ("12:", "12:the |"),
        ("e.g.", "e.g.the |"),
        ("so (", "so (the |"),
        ("and ", "and the |"),
        ("see https://quay.", "see https://quay.the|"),
    ] {
        let mut state = offered("|", typed, &["the"], "");
        press(&mut state, "alt-1");
        assert_eq!(shown(&state), after, "{typed:?}");
    }
    let mut state = offered("|", "however,", &[], "the day");
    assert_eq!(state.shown_ghost().unwrap().text, " the day", "it is drawn as it is taken");
    press(&mut state, "tab tab");
    assert_eq!(shown(&state), "however, the day |");
}

#[test]
fn help_comes_wherever_a_word_is_written() {
    for (text, typed, pick, after) in [
        ("the |house", "bi", "alt-1", "the big |house"),
        ("|house", "bi", "alt-1", "big |house"),
        ("**|**", "bi", "alt-1", "**big|**"),
        ("_|_", "bi", "alt-1", "_big|_"),
        ("(|)", "bi", "alt-1", "(big|)"),
        ("\"|\"", "bi", "alt-1", "\"big|\""),
        ("'|'", "bi", "alt-1", "'big|'"),
        ("`|`", "bi", "alt-1", "`big|`"),
        ("say |, then", "bi", "alt-1", "say big|, then"),
    ] {
        let mut state = offered(text, typed, &["big"], "");
        press(&mut state, pick);
        assert_eq!(shown(&state), after, "{text:?}");
    }
    // The space that parts it from the next word stays behind what closes up.
    let mut state = offered("the |house", "bi", &["big"], "");
    assert!(asks(&press(&mut state, "tab")), "the word before the house is asked for, too");
    type_text(&mut state, ",");
    assert_eq!(shown(&state), "the big,| house");
    for text in ["ho|use", "do|n't"] {
        let mut state = editor(text);
        assert!(!asks(&type_text(&mut state, "x")) && pause(&mut state).is_empty(), "{text}: inside a word");
    }
}

#[test]
fn after_a_pause_the_strip_comes_back_without_the_ghost() {
    for (text, keys, prefix, comes) in [
        ("hell|", "backspace", "hel", true),
        ("one two|", "ctrl-w", "", true),
        ("hel x|", "left left", "hel", true),
        ("hel\nx|", "up", "h", false),
        ("hello |", "left right", "", false),
        ("he|llo", "backspace", "h", false),
        ("[hel|", "backspace", "", true),
        ("hel|", "ctrl-z", "hel", false),
    ] {
        let mut state = editor(text);
        assert!(!asks(&press(&mut state, keys)), "{text:?} {keys}");
        assert_eq!(asks(&pause(&mut state)), comes, "{text:?} {keys}");
        answer_with(&mut state, prefix, &["hello"], "lo");
        assert_eq!(state.suggest.candidate(0).is_some(), comes, "{text:?} {keys}");
        assert_eq!(state.suggest.ghost, None, "{text:?} {keys}");
    }
    let mut state = editor("hell|");
    press(&mut state, "backspace l");
    answer_with(&mut state, "hell", &["hello"], "o");
    assert!(state.suggest.candidate(0).is_some() && state.suggest.ghost.is_none(), "with a letter, likewise");
    type_text(&mut state, " w");
    answer_with(&mut state, "w", &["world"], "orld");
    assert!(state.suggest.ghost.is_some(), "the next word has its ghost");
    let mut state = editor("hell|");
    press(&mut state, "backspace");
    let timer = state.suggest.pause.unwrap();
    press(&mut state, "left");
    assert!(!asks(&update(&mut state, Message::TimerEnded(Timer::Pause, timer))), "a key came meanwhile");
}

#[test]
fn an_answer_for_another_place_of_the_same_text_is_not_shown() {
    let mut state = editor("hel wor|");
    press(&mut state, "end");
    pause(&mut state);
    let (revision, cursor) = (state.document.revision, state.cursor());
    press(&mut state, "ctrl-left left");
    pause(&mut state);
    let suggestions = Suggestions {
        complete: 0.0,
        prefix: "wor".to_owned(),
        candidates: vec![Candidate {
            word: "world".to_owned(),
            completion: "ld".to_owned(),
            probability: 0.5,
        }],
        ..Suggestions::default()
    };
    update(&mut state, Message::Predicted { revision, cursor, suggestions, latency_ms: 1.0 });
    assert!(nothing_on_show(&state));
}

#[test]
fn a_stem_goes_on_and_a_correction_takes_the_place_of_what_is_typed() {
    let mut state = offered("|", "inter", &["internal", "international"], "na");
    state.suggest.ghost.as_mut().unwrap().is_stem = true;
    assert!(asks(&press(&mut state, "tab")), "the words behind it follow at once");
    assert_eq!(shown(&state), "interna|");
    let mut state = offered("|", "recieve", &["received"], "");
    let shown_words = state.suggest.shown.as_mut().unwrap();
    (shown_words.candidates[0].word, shown_words.candidates[0].completion) =
        ("receive".into(), "receive".into());
    let cell = strip_cells(&state).remove(0);
    assert_eq!((cell.word.as_str(), cell.is_correction), ("→receive", true));
    press(&mut state, "alt-1");
    assert_eq!(shown(&state), "receive |");
    press(&mut state, "ctrl-z");
    assert_eq!(shown(&state), "recieve|");
}

#[test]
fn a_ghost_is_whole_or_on_the_row_below_or_not_there() {
    let row = "x".repeat(50) + " ";
    for (text, ghost, target) in [
        (format!("{row}|"), "llo", Some("llo")),
        (format!("{row}|"), "llo and more", Some("llo")),
        (format!("{row}|"), "llowing and", Some("llowing and")),
        (format!("{row}|\nbelow"), "llowing and", None),
        (format!("{row}|\n\nbelow"), "llowing and", Some("llowing and")),
    ] {
        let state = offered(&text, "he", &["hello"], ghost);
        let found = state.shown_ghost();
        assert_eq!(found.as_ref().map(|ghost| ghost.text.as_str()), target, "{text:?} {ghost}");
        let expected = if target.is_some() { TabTarget::Ghost } else { TabTarget::Candidate(0) };
        assert_eq!(state.tab_target(), expected, "{text:?} {ghost}");
    }
}

#[test]
fn a_click_behind_a_half_typed_word_brings_the_strip_with_a_pause() {
    for (column, comes) in [(4, true), (1, false), (5, false)] {
        let mut state = editor("hel x y|");
        let kind = MouseEventKind::Down(MouseButton::Left);
        let event = MouseEvent { kind, column, row: 0, modifiers: KeyModifiers::NONE };
        assert!(!asks(&update(&mut state, Message::MouseUsed(event))));
        assert_eq!(asks(&pause(&mut state)), comes, "column {column}, {}", shown(&state));
    }
}

#[test]
fn tab_does_not_take_what_is_less_likely_than_that_the_word_is_complete() {
    for (word, complete, target) in [
        ("bolder", 0.29, TabTarget::Candidate(0)),
        ("bolder", 0.31, TabTarget::Nothing),
        ("bald", 0.31, TabTarget::Candidate(0)),
    ] {
        let mut state = offered("I feel |", "bold", &[word], "");
        if let Some(shown) = &mut state.suggest.shown {
            shown.complete = complete;
        }
        assert_eq!(state.tab_target(), target, "{word} {complete}");
    }
}

#[test]
fn after_a_paste_the_strip_comes_with_a_pause() {
    let mut state = editor("|");
    let effects = update(&mut state, Message::Pasted("Then I sa".to_owned()));
    let timer = effects.iter().find_map(|effect| match effect {
        Effect::StartTimer(Timer::Pause, timer) => Some(*timer),
        _ => None,
    });
    assert!(!asks(&effects), "a key may come");
    assert!(asks(&update(&mut state, Message::TimerEnded(Timer::Pause, timer.unwrap()))));
}

#[test]
fn after_a_look_at_the_help_or_the_panel_the_strip_comes_back_with_a_pause() {
    for (open, close) in [("f1", "esc"), ("f1", "f1"), ("f2", "f2")] {
        let mut state = offered("|", "on the st", &["street", "station"], "reet");
        press(&mut state, open);
        assert_eq!(state.suggest.candidate(0), None, "{open}: under it nothing is on offer");
        assert!(!asks(&press(&mut state, close)), "{open} {close}");
        assert!(asks(&pause(&mut state)), "{open} {close}");
        answer_with(&mut state, "st", &["street", "station"], "reet");
        assert!(state.suggest.candidate(0).is_some(), "{open} {close}");
    }
}
