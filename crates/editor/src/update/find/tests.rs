use super::*;
use crate::Message;
use crate::text::search::{BLOCK, Pattern, blocks};
use crate::text::{Edit, EditKind};
use crate::update::suggest::Next;
use crate::update::tests::{editor, file, press, shown, type_text};
use crate::update::update;

/// What the shell's count answers, block by block.
fn counts(effects: &[Effect]) -> Vec<Message> {
    let counted = effects.iter().filter_map(|effect| match effect {
        Effect::CountMatches(CountRequest { search, text, query, .. }) => {
            let pattern = Pattern::new(query).unwrap();
            let count = |block| vec![(block, pattern.matches(text, block).len() as u32)];
            let counts = (0..blocks(text)).map(count);
            Some(counts.map(|counts| Message::MatchesCounted { search: *search, counts }).collect::<Vec<_>>())
        }
        _ => None,
    });
    counted.flatten().collect()
}

fn answer(state: &mut State, effects: &[Effect]) {
    for message in counts(effects) {
        assert!(update(state, message).is_empty());
    }
}

/// A text of some blocks: `word` at its start, in its middle and at its end, and dots between.
fn long(word: &str) -> State {
    let dots = ".".repeat(BLOCK * 20);
    let mut state = editor("");
    update(
        &mut state,
        Message::FileOpened(file("long.md", &format!("{word}\n{dots}\n{word}\n{dots}\n{word}"))),
    );
    state
}

#[test]
fn matches_are_gone_to_and_counted() {
    for (before, keys, after, found) in [
        ("|the cat, The hat", "ctrl-f t h e", "[the| cat, The hat", (Some(1), 2)),
        ("|the cat, The hat", "ctrl-f t h e down", "the cat, [The| hat", (Some(2), 2)),
        ("|the cat, The hat", "ctrl-f t h e down down", "[the| cat, The hat", (Some(1), 2)),
        ("|the cat, The hat", "ctrl-f t h e up", "the cat, [The| hat", (Some(2), 2)),
        ("|the cat, The hat", "ctrl-f T h", "the cat, [Th|e hat", (Some(1), 1)),
        ("a |cat, a hat", "ctrl-f a t", "a c[at|, a hat", (Some(1), 2)),
        ("|one", "ctrl-f x", "|one", (None, 0)),
        ("aa|aa", "ctrl-f a a", "aa[aa|", (Some(2), 2)),
        ("|aaaa", "ctrl-f a a down down", "[aa|aa", (Some(1), 2)),
        ("|a b a", "ctrl-f a enter ctrl-g", "a b |a", (Some(2), 2)),
        ("|a b a", "ctrl-f a enter", "|a b a", (Some(1), 2)),
        ("|a b a", "ctrl-f a enter ctrl-f enter", "a b |a", (Some(2), 2)),
        ("a |b a", "ctrl-f a esc", "a |b a", (Some(2), 2)),
        ("a |b a", "ctrl-f a esc ctrl-g", "a b |a", (Some(2), 2)),
        ("|a b a", "ctrl-f a enter ctrl-g ctrl-g", "|a b a", (Some(1), 2)),
        ("|a b a", "ctrl-f a ctrl-g", "a b [a|", (Some(2), 2)),
        ("a b |a", "ctrl-f b ctrl-shift-g", "a [b| a", (Some(1), 1)),
    ] {
        let mut state = editor(before);
        press(&mut state, keys);
        assert_eq!(shown(&state), after, "{before:?} {keys}");
        assert_eq!((state.search.index(), state.search.total().0), found, "{before:?} {keys}");
    }
}

#[test]
fn what_is_typed_takes_the_place_of_the_last_query() {
    for (keys, query) in [
        ("ctrl-f t w o esc ctrl-f o n e", "one"),
        ("ctrl-f t w o esc ctrl-f right s", "twos"),
        ("ctrl-f t w o ctrl-f o", "o"),
        ("ctrl-f t w o esc ctrl-f backspace", ""),
    ] {
        let mut state = editor("|one two one");
        press(&mut state, keys);
        let Overlay::Find(bar) = &state.overlay else { panic!("{keys}") };
        assert_eq!((bar.query.text(), state.search.query()), (query, query), "{keys}");
    }
    let mut state = editor("one [two| two");
    press(&mut state, "ctrl-f");
    update(&mut state, Message::Pasted("one".to_owned()));
    assert_eq!(shown(&state), "[one| two two");
}

#[test]
fn a_far_match_is_gone_to_when_it_is_found() {
    let mut state = long("needle");
    press(&mut state, "end");
    let start = state.cursor();
    let effects = [press(&mut state, "ctrl-f"), type_text(&mut state, "needle")].concat();
    assert!(state.search.wanted.is_some() && state.cursor() == start);
    assert!(!state.search.total().1);
    let asked = effects.iter().filter(|effect| matches!(effect, Effect::CountMatches(_))).count();
    assert_eq!(asked, 6, "one for each query");
    // A burst: two more.
    assert!(press(&mut state, "down down").is_empty());
    answer(&mut state, &effects);
    assert_eq!((state.search.index(), state.search.total()), (Some(1), (3, true)));
    assert_eq!(state.selection.range(), 0..6);
    assert!(state.search.wanted.is_none());
    press(&mut state, "up");
    assert_eq!(state.selection.end(), state.document.buffer.len());
}

#[test]
fn moving_on_calls_the_far_match_off() {
    for keys in ["right", "x", "ctrl-f"] {
        let mut state = long("needle");
        state.last_query = "needle".to_owned();
        press(&mut state, "end");
        let effects = press(&mut state, "ctrl-g");
        assert!(state.status.as_ref().unwrap().text.contains("Searching"));
        press(&mut state, keys);
        let before = state.selection;
        answer(&mut state, &effects);
        assert_eq!(state.selection, before, "{keys}");
    }
    let mut state = long("needle");
    state.last_query = "needle".to_owned();
    let effects = press(&mut state, "end ctrl-shift-g ctrl-shift-g");
    answer(&mut state, &effects);
    let last = state.document.buffer.len() - "needle".len();
    assert_eq!(state.selection, Selection::cursor(last));
    assert_eq!(state.status, None);
}

#[test]
fn an_edit_makes_the_count_anew() {
    let mut state = editor("|a b a");
    press(&mut state, "ctrl-f a esc end space a ctrl-g");
    assert_eq!((state.search.index(), state.search.total()), (Some(1), (3, true)));
    let mut state = long("needle");
    let effects = [press(&mut state, "ctrl-f"), type_text(&mut state, "needle")].concat();
    press(&mut state, "esc end x");
    answer(&mut state, &effects);
    assert!(!state.search.total().1, "a count of the text before");
}

#[test]
fn a_text_that_changes_under_the_bar_is_searched_anew() {
    let mut state = editor("|a b a");
    press(&mut state, "ctrl-f a");
    let reloaded = Edit::replace(state.document.buffer.rope(), 0, 5, "b a a a");
    crate::update::change::edit(&mut state, reloaded, EditKind::Other, 0, Next::Nothing, &mut Effects::new());
    update(&mut state, Message::Continued);
    let Overlay::Find(bar) = &state.overlay else { panic!("{:?}", state.overlay) };
    assert_eq!(bar.matches, [(2, 3), (4, 5), (6, 7)]);
    assert_eq!(state.search.total(), (3, true));
}

#[test]
fn up_from_the_first_match_leads_to_the_last() {
    let mut state = editor("");
    update(&mut state, Message::FileOpened(file("many.md", &"e ".repeat(30_000))));
    press(&mut state, "ctrl-f e up");
    assert_eq!(state.selection.start(), 59_998);
    assert_eq!((state.search.index(), state.search.total()), (Some(30_000), (30_000, true)));
}

#[test]
fn no_match_is_said() {
    let mut state = editor("|the cat");
    press(&mut state, "ctrl-f C A T esc ctrl-g");
    let said = &state.status.as_ref().unwrap().text;
    assert!(said.contains("CAT") && said.contains("capitals"), "{said}");
}

#[test]
fn a_far_match_is_waited_for_when_the_bar_is_closed_at_once() {
    let mut state = long("needle");
    press(&mut state, "end");
    let start = state.cursor();
    let effects =
        [press(&mut state, "ctrl-f"), type_text(&mut state, "needle"), press(&mut state, "enter")].concat();
    assert_eq!((state.selection, &state.overlay), (Selection::cursor(start), &Overlay::None));
    answer(&mut state, &effects);
    assert!(state.selection.is_empty() && state.cursor() > BLOCK);
    assert_eq!(state.document.buffer.text(state.cursor()..state.cursor() + 6), "needle");
}

#[test]
fn the_match_is_marked_until_the_next_key_and_the_way_back_leads_to_the_same_screen() {
    let mut state = editor("");
    update(&mut state, Message::FileOpened(file("many.md", &format!("{}needle\n", "line\n".repeat(200)))));
    press(&mut state, "pagedown pagedown");
    let before = (state.cursor(), state.viewport);
    press(&mut state, "ctrl-f n e e");
    assert_ne!(state.viewport, before.1);
    press(&mut state, "esc");
    assert_eq!((state.cursor(), state.viewport), before);
    let marked = |state: &State| state.search.shown_match(state.document.revision);
    assert_eq!(marked(&state), None);
    press(&mut state, "ctrl-g");
    assert_eq!(marked(&state), Some((1000, 1003)));
    for key in ["right", "x", "f1"] {
        let mut next = state.clone();
        press(&mut next, key);
        assert_eq!(marked(&next), None, "{key}");
    }
}
