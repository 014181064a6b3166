use super::*;
use crate::offer::candidate::Ghost;
use crate::typist::sums::{ATTENTIVE, GLANCING};

/// What is on show before the character at an index: words, best first, and the ghost. A ghost that ends in `~` is a stem.
type Show<'a> = (usize, &'a [&'a str], Option<&'a str>);

fn typed(line: &str, shows: &[Show]) -> Sums {
    let line: Vec<char> = line.chars().collect();
    type_line(&line, [1, 3, 5], |at| {
        let Some((_, words, ghost)) = shows.iter().find(|show| show.0 == at) else {
            return Shown::default();
        };
        let candidate =
            |word: &&str| Candidate { word: (*word).to_owned(), completion: String::new(), probability: 0.1 };
        let suggestions = Suggestions {
            complete: 0.0,
            prefix: String::new(),
            candidates: words.iter().map(candidate).collect(),
            reasons: Vec::new(),
            ghost: ghost.map(|text| Ghost {
                text: text.trim_end_matches('~').to_owned(),
                confidence: 0.5,
                is_stem: text.ends_with('~'),
            }),
        };
        std::array::from_fn(|_| suggestions.clone())
    })
}

#[test]
fn keystrokes_of_those_who_take_words() {
    let cases: &[(&str, &str, &[Show], [f64; 3])] = &[
        ("nothing offered", "the cat.", &[], [8.0, 8.0, 8.0]),
        ("the space comes with it", "the cat.", &[(0, &["the"], None)], [5.0, 5.0, 5.0]),
        ("punctuation is typed", "cat.", &[(0, &["cat"], None)], [2.0, 2.0, 2.0]),
        ("at the line's end", "cat", &[(0, &["cat"], None)], [1.0, 1.0, 1.0]),
        ("only one space comes", "a  b", &[(0, &["a"], None)], [3.0, 3.0, 3.0]),
        ("one letter left, then a space", "cat dog", &[(2, &["cat"], None)], [6.0, 6.0, 6.0]),
        ("one letter left at the end", "cat", &[(2, &["cat"], None)], [3.0, 3.0, 3.0]),
        ("the case counts", "The", &[(0, &["the"], None)], [3.0, 3.0, 3.0]),
        ("in order", "dog", &[(0, &["a", "b", "dog"], None), (1, &["dog"], None)], [2.0, 1.0, 1.0]),
        ("fifth", "dog", &[(0, &["a", "b", "c", "d", "dog"], None)], [3.0, 3.0, 1.0]),
        ("characters, not bytes", "für é", &[(0, &["für"], None)], [2.0, 2.0, 2.0]),
        ("no space comes where none is inserted", "정원 안", &[(0, &["정원"], None)], [3.0, 3.0, 3.0]),
        ("the ghost is on show to all", "dog", &[(0, &["a", "b"], Some("dog"))], [1.0, 1.0, 1.0]),
        ("a stem of three letters", "government", &[(0, &[], Some("gov~"))], [8.0, 8.0, 8.0]),
        ("a stem that saves one key is typed", "government", &[(0, &[], Some("go~"))], [10.0, 10.0, 10.0]),
        ("a stem is not the word", "gov", &[(0, &["gove"], Some("gove~"))], [3.0, 3.0, 3.0]),
        ("no line", "", &[], [0.0, 0.0, 0.0]),
    ];
    for (case, line, shows, expected) in cases {
        let sums = typed(line, shows);
        assert_eq!(sums.words_typed[ATTENTIVE], *expected, "{case}");
        assert_eq!(sums.phrases_typed, *expected, "{case}, no phrases");
    }
}

#[test]
fn a_glancing_typist_misses_half_of_what_is_on_show() {
    // At "og" 1 + ½ · 0 + ½ · 1 keystrokes, so at "dog" 1 + ½ · 0 + ½ · 1.5.
    let sums = typed("dog", &[(0, &["dog"], None), (1, &["dog"], None)]);
    assert_eq!(sums.words_typed[GLANCING], [1.75; 3]);
    assert_eq!(sums.words_typed[ATTENTIVE], [1.0; 3]);
    // Missed, it costs two letters and the space more.
    assert_eq!(typed("dog ", &[(0, &["dog"], None)]).words_typed[GLANCING], [2.5; 3]);
    assert_eq!(typed("dog", &[(1, &[], Some("og"))]).ghost_typed, [2.0, 2.5]);
}

#[test]
fn keystrokes_of_those_who_take_phrases() {
    let line = "on the way home";
    for (case, ghost, words, phrases) in [
        ("all of it right", "on the way", 13.0, 5.0),
        ("to the end of the line", "on the way home", 13.0, 1.0),
        ("its last word wrong", "on the bus", 13.0, 13.0),
        ("its last word longer in the text", "on the wa", 13.0, 13.0),
        ("longer than the line", "on the way home now", 13.0, 13.0),
        ("one word", "on", 13.0, 13.0),
    ] {
        let sums = typed(line, &[(0, &["on"], Some(ghost))]);
        assert_eq!(sums.words_typed[ATTENTIVE], [words; 3], "{case}");
        assert_eq!(sums.phrases_typed, [phrases; 3], "{case}");
        assert_eq!(sums.ghost_typed[ATTENTIVE], 13.0, "{case}: the ghost alone counts its first word");
    }
}

#[test]
fn the_ghost_is_judged_at_each_position() {
    // c: none; a: wrong; t: right; then d, o, g: one wrong.
    let sums = typed("cat dog", &[(1, &[], Some("r")), (2, &[], Some("t")), (4, &[], Some("ay"))]);
    assert_eq!((sums.positions, sums.ghosts, sums.right_ghosts), (6.0, 3.0, 1.0));
    assert_eq!((sums.first_ghosts, sums.right_first_ghosts), (2.0, 0.0));
    assert_eq!(sums.ghost_typed[ATTENTIVE], 6.0);
    let stem = typed("government", &[(2, &[], Some("vern~")), (6, &[], Some("ing~"))]);
    assert_eq!((stem.positions, stem.ghosts, stem.right_ghosts), (10.0, 2.0, 1.0));
    assert_eq!((stem.first_ghosts, stem.right_first_ghosts), (1.0, 1.0));
    assert_eq!(stem.ghost_typed[ATTENTIVE], 7.0);
}

#[test]
fn hits_and_words_on_show_after_two_letters() {
    let sums = typed(
        "the cats saw",
        &[
            (0, &["a", "the"], None),
            (4, &["cats"], None),
            (6, &["x", "y", "cats"], None),
            (11, &["saw"], None),
        ],
    );
    assert_eq!((sums.words, sums.characters, sums.hits), (3.0, 12.0, [1.0, 2.0, 2.0]));
    assert_eq!((sums.long_words, sums.after_two), (1.0, 1.0));
}

#[test]
fn a_steady_list_keeps_what_the_letters_allow_at_its_place() {
    let steady = typed("said", &[(0, &["said", "sat", "the"], None), (1, &["said", "sat", "so"], None)]);
    assert_eq!((steady.to_keep, steady.kept, steady.staying, steady.moved), (4.0, 2.0, 2.0, 0.0));
    assert_eq!((steady.entries, steady.faint), (6.0, 0.0));
    // "the" does not agree with the s; "said" was among the first three and is gone; "so" and "sat" have changed places.
    let restless = typed("si", &[(0, &["said", "sat", "the", "so"], None), (1, &["so", "sat"], None)]);
    assert_eq!((restless.to_keep, restless.kept), (2.0, 1.0));
    assert_eq!((restless.staying, restless.moved), (2.0, 1.0));
}
