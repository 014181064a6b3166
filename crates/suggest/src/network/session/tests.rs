use proptest::prelude::*;

use super::*;
use crate::words::toy::{TEXT, Trigram, TrigramState};

/// Small enough that a few edits reach every limit.
const TIGHT: Limits = Limits { max_steps: 48, recent: 6, words: 3, strides: 3, stride: 8 };

fn reading(model: &Trigram, text: &str) -> TrigramState {
    let mut state = model.start();
    for byte in levelled(text).bytes() {
        model.advance(&mut state, byte.into());
    }
    state
}

fn assert_invariants(session: &Session<&Trigram>, model: &Trigram, document: &str, cursor: usize) {
    assert_eq!(*session.state(), reading(model, session.context()), "the state is that of its context");
    assert_eq!(session.context(), &document[session.anchor()..cursor], "the context is the document's");
    let limits = session.limits;
    assert!(session.snapshots() <= limits.recent + limits.words + limits.strides, "memory is bounded");
    for kept in [&session.recent, &session.words, &session.strides] {
        for snapshot in kept {
            let read = reading(model, &session.context()[..snapshot.position]);
            assert_eq!(snapshot.state, read, "what is kept at {}", snapshot.position);
        }
    }
}

/// One thing a writer does; places are shares of the document, so they always fit.
#[derive(Debug, Clone)]
enum Act {
    Type(String),
    Delete(usize),
    Jump(f64),
    Undo,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => "[a-d é한’…\\n]{1,12}".prop_map(Act::Type),
        1 => "[a-d \\n]{30,120}".prop_map(Act::Type),
        3 => (1usize..15).prop_map(Act::Delete),
        2 => (0.0..=1.0).prop_map(Act::Jump),
        1 => Just(Act::Undo),
    ]
}

fn boundary(text: &str, share: f64) -> usize {
    text.floor_char_boundary((share * text.len() as f64) as usize)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn after_any_edits_the_state_equals_a_full_recomputation(acts in prop::collection::vec(act(), 1..60)) {
        let model = &Trigram::new(TEXT);
        let mut session = Session::new(&model, TIGHT);
        let (mut document, mut cursor) = (String::new(), 0);
        let mut history = Vec::new();
        for act in acts {
            match act {
                Act::Type(text) => {
                    history.push((document.clone(), cursor));
                    document.insert_str(cursor, &text);
                    cursor += text.len();
                }
                Act::Delete(count) => {
                    history.push((document.clone(), cursor));
                    let from = document[..cursor].char_indices().rev().nth(count - 1).map_or(0, |(at, _)| at);
                    document.replace_range(from..cursor, "");
                    cursor = from;
                }
                Act::Jump(share) => cursor = boundary(&document, share),
                Act::Undo => if let Some(before) = history.pop() {
                    (document, cursor) = before;
                },
            }
            let read = session.set_context(&model, &document[..cursor], 0);
            prop_assert!(read <= TIGHT.max_steps);
            assert_invariants(&session, model, &document, cursor);
        }
    }

    #[test]
    fn a_window_serves_as_well_as_the_whole_text(
        steps in prop::collection::vec((0.0..=1.0, 0usize..40), 1..40),
    ) {
        let model = &Trigram::new(TEXT);
        let mut session = Session::new(&model, TIGHT);
        for (share, typed) in steps {
            let start = boundary(TEXT, share);
            for cursor in (start..=(start + typed).min(TEXT.len())).filter(|&at| TEXT.is_char_boundary(at)) {
                let offset = TEXT.floor_char_boundary(cursor.saturating_sub(64));
                session.set_context(&model, &TEXT[offset..cursor], offset);
                assert_invariants(&session, model, TEXT, cursor);
            }
        }
    }
}

#[test]
fn typing_on_costs_one_step_a_byte_and_never_moves_the_anchor() {
    let model = &Trigram::new(TEXT);
    let mut session = Session::new(&model, TIGHT);
    for cursor in 1..=TEXT.len() {
        if TEXT.is_char_boundary(cursor) {
            let read = session.set_context(&model, &TEXT[..cursor], 0);
            assert!(read <= 4, "one character");
        }
    }
    assert_eq!(session.anchor(), 0);
    assert_eq!(session.context(), TEXT);
}

#[test]
fn backspace_and_small_jumps_cost_next_to_nothing() {
    let model = &Trigram::new(TEXT);
    let limits = Limits::default();
    let mut session = Session::new(&model, limits);
    let text = "words and more words ".repeat(20);
    for cursor in 1..=text.len() {
        session.set_context(&model, &text[..cursor], 0);
    }
    let end = text.len();
    assert_eq!(session.set_context(&model, &text[..end - 1], 0), 0, "backspace");
    assert_eq!(session.set_context(&model, &text[..end - 40], 0), 0, "within the last few bytes");
    assert!(session.set_context(&model, &text[..end - 200], 0) <= 6, "from the start of a word");
    assert_eq!(session.set_context(&model, &text[..end - 200], 0), 0, "nothing changed");
}

#[test]
fn a_jump_in_a_long_document_begins_anew_at_the_best_boundary_in_reach() {
    let model = &Trigram::new(TEXT);
    // 40 bytes before the cursor at most, 20 at least.
    let limits = Limits { max_steps: 40, ..TIGHT };
    for (case, text, expected) in [
        ("short", "all of it", "all of it"),
        (
            "paragraph",
            "xxxxxxxxxx\nlast one\n\nnew one begins here and goes on",
            "new one begins here and goes on",
        ),
        (
            "line",
            "xxxxxxxxxx xx\nxxxxx xxxxx\nbut it goes on and on here",
            "xxxxx xxxxx\nbut it goes on and on here",
        ),
        ("word", "xxxxxxxxxxxxxxxxxx xxxxxxxx xxxxxxxxxxxxxxxxx xxx", "xxxxxxxx xxxxxxxxxxxxxxxxx xxx"),
        ("character", "éééééééééééééééééééééééééééééé", "éééééééééééééééééééé"),
    ] {
        let mut session = Session::new(&model, limits);
        session.set_context(&model, text, 0);
        assert_eq!(session.context(), expected, "{case}");
    }
}

#[test]
fn a_cursor_just_after_the_anchor_looks_further_back() {
    let model = &Trigram::new(TEXT);
    let mut session = Session::new(&model, TIGHT);
    session.set_context(&model, TEXT, 0);
    let anchor = session.anchor();
    assert!(anchor > 0);
    let near = TEXT.ceil_char_boundary(anchor + 1);
    session.set_context(&model, &TEXT[..near], 0);
    assert!(session.anchor() < anchor, "one character is little to go by");
    assert!(session.context().len() >= TIGHT.max_steps / 2);
}
