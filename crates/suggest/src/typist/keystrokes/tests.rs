use super::*;
use crate::offer::candidate::{Candidate, Ghost};

/// What is on show before the character at an index: words, best first, and the ghost.
type Show<'a> = (usize, &'a [&'a str], Option<&'a str>);

fn typed(line: &str, shows: &[Show]) -> Keystrokes {
    let line: Vec<char> = line.chars().collect();
    let mut tally = Keystrokes::new(5);
    tally.type_line(&line, |at| {
        let Some((_, words, ghost)) = shows.iter().find(|show| show.0 == at) else {
            return Shown::default();
        };
        let candidate =
            |word: &&str| Candidate { word: (*word).to_owned(), completion: String::new(), probability: 0.1 };
        let suggestions = Suggestions {
            prefix: String::new(),
            candidates: words.iter().map(candidate).collect(),
            reasons: Vec::new(),
            ghost: ghost.map(|text| Ghost { text: text.to_owned(), confidence: 0.5, is_stem: false }),
        };
        std::array::from_fn(|_| suggestions.clone())
    });
    tally
}

fn keystrokes(tally: &Keystrokes) -> [usize; 7] {
    std::array::from_fn(|typist| tally.typists[typist].keystrokes)
}

#[test]
fn keystrokes_of_those_who_take_words() {
    let cases: &[(&str, &str, &[Show], [usize; 3])] = &[
        ("nothing offered", "the cat.", &[], [8, 8, 8]),
        ("the space comes with it", "the cat.", &[(0, &["the"], None)], [5, 5, 5]),
        ("punctuation is typed", "cat.", &[(0, &["cat"], None)], [2, 2, 2]),
        ("at the line's end", "cat", &[(0, &["cat"], None)], [1, 1, 1]),
        ("only one space comes", "a  b", &[(0, &["a"], None)], [3, 3, 3]),
        ("one letter left, then a space", "cat dog", &[(2, &["cat"], None)], [6, 6, 6]),
        ("one letter left at the end", "cat", &[(2, &["cat"], None)], [3, 3, 3]),
        ("the case counts", "The", &[(0, &["the"], None)], [3, 3, 3]),
        ("in order", "dog", &[(0, &["a", "b", "dog"], None), (1, &["dog"], None)], [2, 1, 1]),
        ("fifth", "dog", &[(0, &["a", "b", "c", "d", "dog"], None)], [3, 3, 1]),
        ("characters, not bytes", "für é", &[(0, &["für"], None)], [2, 2, 2]),
        ("no line", "", &[], [0, 0, 0]),
    ];
    for (case, line, shows, expected) in cases {
        let tally = typed(line, shows);
        assert_eq!(keystrokes(&tally)[..3], *expected, "{case}");
        assert_eq!(keystrokes(&tally)[3..6], *expected, "{case}, no phrases");
    }
}

#[test]
fn keystrokes_of_those_who_take_phrases() {
    let line = "on the way home";
    for (case, ghost, words, phrases) in [
        ("all of it right", "on the way", 13, 5),
        ("to the end of the line", "on the way home", 13, 1),
        ("its last word wrong", "on the bus", 13, 13),
        ("its last word longer in the text", "on the wa", 13, 13),
        ("longer than the line", "on the way home now", 13, 13),
        ("one word", "on", 13, 13),
    ] {
        let tally = typed(line, &[(0, &["on"], Some(ghost))]);
        let all = keystrokes(&tally);
        assert_eq!(all[..3], [words; 3], "{case}");
        assert_eq!(all[3..6], [phrases; 3], "{case}");
        assert_eq!(all[6], 13, "{case}: the ghost alone counts its first word");
    }
    // Inside the word; those who see five took the word before the phrase was offered.
    let tally =
        typed("ring the bell", &[(0, &["a", "b", "c", "ring"], None), (2, &["ring"], Some("ng the"))]);
    assert_eq!(keystrokes(&tally), [11, 11, 9, 7, 7, 9, 11]);
}

#[test]
fn the_ghost_is_judged_where_it_is_shown_to_one_who_takes_it() {
    // c: none; a: wrong; t: right and taken; then d, o, g: one wrong.
    let tally = typed("cat dog", &[(1, &[], Some("r")), (2, &[], Some("t")), (4, &[], Some("ay"))]);
    let ghost = tally.ghost();
    assert!((ghost.shown - 3.0 / 6.0).abs() < 1e-12);
    assert!((ghost.precision - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(keystrokes(&tally)[6], 6);
    assert!((ghost.ksr - 100.0 / 7.0).abs() < 1e-9);
}

#[test]
fn hits_and_savings_are_shares_in_percent() {
    let tally = typed("the cat", &[(0, &["a", "the"], None), (4, &["cat"], None)]);
    assert_eq!(tally.words(), 2);
    assert_eq!(tally.characters(), 7);
    assert_eq!(tally.hit(), ByCount { one: 50.0, three: 100.0, five: 100.0 });
    assert!((tally.ksr().one - 100.0 * (1.0 - 5.0 / 7.0)).abs() < 1e-9);
    assert!((tally.ksr().five - 100.0 * (1.0 - 2.0 / 7.0)).abs() < 1e-9);
    let nothing = Keystrokes::new(5);
    assert_eq!((nothing.ksr(), nothing.hit(), nothing.ghost()), Default::default());
}
