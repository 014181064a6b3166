//! The strip and the ghost: what Tab takes is marked, and the words keep their places.

use super::*;

fn strip(
    width: u16,
    height: u16,
    typed: &str,
    prefix: &str,
    words: &[(&str, f32)],
    ghost: Option<&str>,
) -> State {
    let mut state = letter(width, height);
    type_text(&mut state, typed);
    offer(&mut state, prefix, words, ghost);
    state
}

const WORDS: [(&str, f32); 5] =
    [("you", 0.46), ("your", 0.21), ("yesterday", 0.05), ("young", 0.02), ("yet", 0.01)];

fn in_word(width: u16, height: u16) -> State {
    strip(width, height, "see y", "y", &WORDS, None)
}

pub(super) fn outdated(width: u16, height: u16) -> State {
    let mut state = in_word(width, height);
    type_text(&mut state, "o");
    state
}

/// The cells of the strip's row that are drawn in reverse.
fn reversed(state: &State) -> String {
    let drawn = draw(state);
    let y = drawn.buffer.area.height - 2;
    let cells = (0..drawn.buffer.area.width).map(|x| &drawn.buffer[(x, y)]);
    cells
        .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
        .map(|cell| cell.symbol().to_owned())
        .collect()
}

#[test]
fn the_word_that_tab_takes_is_marked_and_between_words_none_is() {
    snapshots_at(&ALL_SIZES, "strip_in_word", in_word);
    snapshots_at(&ALL_SIZES, "strip_between_words", |width, height| {
        let words = [("you", 0.09), ("the", 0.04), ("a", 0.03), ("it", 0.02), ("me", 0.01)];
        strip(width, height, "see ", "", &words, None)
    });
    assert_eq!(reversed(&in_word(80, 24)), "you");
    assert_eq!(reversed(&with_ghost(80, 24)), "", "the ghost is the mark");
}

#[test]
fn a_correction_looks_unlike_a_word_that_goes_on() {
    let make = |width, height| {
        strip(width, height, "I recieve", "recieve", &[("receive", 0.8), ("recieved", 0.1)], None)
    };
    snapshots_at(&ALL_SIZES, "strip_correction", make);
    assert_eq!(reversed(&make(80, 24)), "→receive");
}

#[test]
fn words_keep_their_places_until_the_answer_comes_and_long_ones_have_two() {
    snapshots_at(&ALL_SIZES, "strip_outdated", outdated);
    snapshots_at(&ALL_SIZES, "strip_long", |width, height| {
        let words = [
            ("in", 0.4),
            ("internationalisation", 0.3),
            ("internal", 0.1),
            ("international", 0.1),
            ("interest", 0.1),
        ];
        strip(width, height, "see i", "i", &words, None)
    });
    for (width, height) in ALL_SIZES {
        let (before, after) = (draw(&in_word(width, height)).rows(), draw(&outdated(width, height)).rows());
        let row = usize::from(height) - 2;
        let digits =
            |row: &str| row.replace(|c: char| c.is_ascii_digit() && c != '0' || c == '%' || c == '▸', " ");
        let places = |row: &str| -> Vec<_> {
            WORDS.iter().filter_map(|(word, _)| row.find(&format!(" {word} "))).collect()
        };
        let rows = [&before[row], &after[row]].map(|row| places(&format!("{} ", digits(row))));
        assert_eq!(rows[0], rows[1], "{before:?} {after:?}");
        assert!(!rows[0].is_empty());
    }
}

#[test]
fn a_ghost_without_room_is_whole_on_the_row_below_or_not_there() {
    let text = "xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxx";
    for (below, drawn) in [("", true), ("\n\nmore", true), ("\nmore", false)] {
        let mut state = empty(40, 12);
        open(&mut state, "a.md", below);
        type_text(&mut state, text);
        offer(&mut state, "xxxx", &[("xxxxabcdefghijkl", 0.9)], Some("abcdefghijkl"));
        let rows = draw(&state).rows();
        assert_eq!(rows[0], text);
        assert_eq!(rows[1], if drawn { "abcdefghijkl" } else { "more" }, "{below:?}");
        assert_eq!(reversed(&state), if drawn { "" } else { "xxxxabcdefghijkl" });
    }
}

fn stem(width: u16, height: u16, typed: &str) -> State {
    let mut state = empty(width, height);
    open(&mut state, "a.md", "");
    type_text(&mut state, typed);
    let ghost = Ghost { text: "ent".to_owned(), confidence: 0.9, is_stem: true };
    let words = [("document", 0.5), ("documents", 0.3), ("documentation", 0.2)];
    offer_with(&mut state, "docum", &words, Some(ghost));
    state
}

#[test]
fn a_beginning_that_several_words_share_says_that_it_goes_on() {
    snapshots_at(&ALL_SIZES, "stem", |width, height| stem(width, height, "a docum"));
    for (width, height) in ALL_SIZES {
        let state = stem(width, height, "a docum");
        let drawn = draw(&state);
        assert!(drawn.rows()[0].ends_with("a document…"), "{:?}", drawn.rows());
        let sign = &drawn.buffer[(drawn.cursor.x + 3, drawn.cursor.y)];
        assert_eq!(sign.symbol(), "…");
        assert!(!sign.modifier.contains(Modifier::ITALIC), "no part of the text: {sign:?}");
        assert!(!drawn.text().contains('▸'), "Tab takes none of the strip's words: {}", drawn.text());
        let mut taken = state.clone();
        key(&mut taken, KeyCode::Tab);
        assert_eq!(draw(&taken).rows()[0].trim_end(), drawn.rows()[0].trim_end_matches('…'));
        let mut typed = state;
        type_text(&mut typed, "e");
        assert!(draw(&typed).rows()[0].ends_with("a document…"), "while the answer is under way");
    }
    // With its sign it has no room behind the cursor; without, it would.
    for (letters, row) in [(11, 0), (12, 1)] {
        let state = stem(20, 6, &format!("{}docum", "x".repeat(letters - 1) + " "));
        assert!(draw(&state).rows()[row].ends_with("ent…"), "{:?}", draw(&state).rows());
    }
}

#[test]
fn the_ghost_moves_nothing_and_looks_unlike_text() {
    for (width, height) in SIZES {
        let mut without = letter(width, height);
        type_text(&mut without, "see y");
        let (without, with) = (draw(&without), draw(&with_ghost(width, height)));
        assert_eq!(without.cursor, with.cursor);
        let Position { x, y } = with.cursor;
        let ghost = &with.buffer[(x, y)];
        assert_eq!(ghost.symbol(), "o");
        assert!(ghost.modifier.contains(Modifier::DIM | Modifier::ITALIC), "{ghost:?}");
        let (rows, bare) = (with.rows(), without.rows());
        for row in 0..height as usize - 2 {
            assert!(rows[row].starts_with(&bare[row]), "{:?} became {:?}", bare[row], rows[row]);
            assert!(row == y as usize || rows[row] == bare[row], "{:?} became {:?}", bare[row], rows[row]);
        }
    }
}
