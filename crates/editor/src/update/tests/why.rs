//! F3: what is on offer, explained, forgotten, blocked and unblocked.

use super::*;
use crate::state::{OfferKey, Why};

fn opened(keys: &str) -> State {
    let mut state = editor("|");
    type_text(&mut state, "pa");
    answer_with(&mut state, "pa", &["party", "Paris"], "");
    press(&mut state, keys);
    state
}

fn why(state: &State) -> &Why {
    match &state.overlay {
        Overlay::Why(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_ghost_comes_first_with_its_phrase_and_its_reason() {
    let mut state = editor("|");
    type_text(&mut state, "syno");
    answer_with(&mut state, "syno", &["synod", "synonym"], "logy drive");
    let mut shown = state.suggest.shown.take().unwrap();
    let document = Some("notes/drives.md".to_owned());
    shown.reasons.push(Reason { word: "synology".to_owned(), shares: [0.1, 0.0, 0.9, 0.0], document });
    state.suggest.shown = Some(shown);
    press(&mut state, "f3");
    let offers: Vec<_> = why(&state).offers.iter().map(|offer| (offer.text.as_str(), offer.key)).collect();
    let expected =
        [("synology drive", OfferKey::Tab), ("synod", OfferKey::Alt(0)), ("synonym", OfferKey::Alt(1))];
    assert_eq!(offers, expected);
    let reason = why(&state).offers[0].reason.as_ref().unwrap();
    assert_eq!((reason.word.as_str(), reason.document.as_deref()), ("synology", Some("notes/drives.md")));
    let mut state = editor("|");
    type_text(&mut state, "he");
    answer_with(&mut state, "he", &["hello", "help"], "llo");
    press(&mut state, "f3");
    assert_eq!(why(&state).offers.len(), 2, "the strip's word that the ghost is stands once");
}

#[test]
fn a_word_is_blocked_and_unblocked_by_the_same_key() {
    let mut state = opened("f3 down down up down");
    assert_eq!((why(&state).offers.len(), why(&state).chosen), (2, 1));
    assert_eq!(press(&mut state, "alt-b"), [Effect::BlockWord("Paris".into())]);
    assert!(why(&state).offers[1].is_blocked);
    assert_eq!(press(&mut state, "alt-b"), [Effect::UnblockWord("Paris".into())]);
    assert!(!why(&state).offers[1].is_blocked);
    assert!(asks(&press(&mut state, "esc")), "the words come back");
    let mut nothing = editor("|");
    press(&mut nothing, "f3");
    assert_eq!(nothing.overlay, Overlay::None);
}

#[test]
fn a_word_is_forgotten_when_it_closes_and_can_be_had_back_until_then() {
    let forgets = |effects: &[Effect]| -> Vec<String> {
        let words = effects.iter().filter_map(|effect| match effect {
            Effect::ForgetWord(word) => Some(word.clone()),
            _ => None,
        });
        words.collect()
    };
    for (keys, expected) in [
        ("f3 alt-x esc", &["party"][..]),
        ("alt-x alt-x esc", &["party"]),
        ("f3 alt-x down alt-x enter", &["party", "Paris"]),
        ("f3 alt-x alt-x esc", &[]),
        ("f3 alt-x down alt-x up alt-x f3", &["Paris"]),
        ("f3 alt-x alt-b r", &["party"]),
        ("f3 alt-x ctrl-q", &["party"]),
        ("alt-x esc", &[]),
    ] {
        let mut state = opened("");
        let (last, before) = keys.split_whitespace().next_back().zip(keys.rsplit_once(' ')).unwrap();
        assert!(forgets(&press(&mut state, before.0)).is_empty(), "{keys}: too early");
        assert_eq!(forgets(&press(&mut state, last)), expected, "{keys}");
        assert!(forgets(&press(&mut state, "left")).is_empty(), "{keys}: twice");
    }
    let mut state = opened("f3 alt-x");
    assert!(why(&state).offers[0].is_forgotten);
    assert_eq!(update(&mut state, Message::Pasted("st".into()))[0], Effect::ForgetWord("party".into()));
    let mut state = opened("f3 alt-x");
    assert_eq!(
        update(&mut state, Message::Terminated),
        [Effect::ForgetWord("party".into()), Effect::Quit],
        "before the end"
    );
    assert!(press(&mut editor("|"), "alt-x").is_empty(), "nothing is on show");
}

#[test]
fn what_makes_prose_closes_it_and_is_typed() {
    for c in "bxuq1 ,é".chars() {
        let mut state = opened("f3");
        let effects = type_text(&mut state, &c.to_string());
        assert_eq!((shown(&state), &state.overlay), (format!("pa{c}|"), &Overlay::None));
        let acts = |effect: &Effect| matches!(effect, Effect::BlockWord(_) | Effect::ForgetWord(_));
        assert!(!effects.iter().any(acts), "{c:?}");
    }
    let mut state = opened("f3");
    update(&mut state, Message::Pasted("ste".to_owned()));
    assert_eq!(shown(&state), "paste|");
}
