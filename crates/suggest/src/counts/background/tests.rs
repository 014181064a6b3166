use std::collections::BTreeSet;

use super::*;
use crate::counts::cases::{Case, CaseShares};
use crate::words::context::{Token, tokens};
use model::ngram::file::Encoding;
use model::ngram::{Counter, Plan, estimate};

const TEXT: &str = "The gate stood open.\nWe saw the garden, and the gate.\nThe gate of the garden in 1998\n";
const OTHER: &str = "A tide of salt ran by the quay.\nThe tide ran in, and by the tide the quay.\n";

/// A background of `text`, made as `examples/count_base.rs` makes that of the base model; of words in lower case but for the names given.
pub(crate) fn counted(text: &str, names: &[&str]) -> Background {
    counted_by_register(&[text], names)
}

/// The same of several texts, each of them a register.
fn counted_by_register(texts: &[&str], names: &[&str]) -> Background {
    let spelled = |word: &str| {
        let folded = word.to_lowercase();
        names.iter().find(|name| name.to_lowercase() == folded).map_or(folded, |&name| name.to_owned())
    };
    let sentences = |text: &&str| {
        let mut sentences: Vec<Vec<String>> = vec![Vec::new()];
        for token in tokens(text) {
            let last = sentences.len() - 1;
            match token {
                Token::Word(word, _) => sentences[last].push(spelled(&word)),
                Token::Mark(mark) => sentences[last].push(mark),
                Token::Break => sentences.push(Vec::new()),
            }
        }
        sentences
    };
    let registers: Vec<Vec<Vec<String>>> = texts.iter().map(sentences).collect();
    let words = registers.iter().flatten().flatten().map(String::as_str);
    let words: BTreeSet<&str> = words.chain([RARE]).collect();
    let file = |sentences: &Vec<Vec<String>>| -> &'static [u8] {
        let mut counter = Counter::in_memory(3).unwrap().with_words(words.iter().copied());
        for sentence in sentences {
            let words: Vec<&str> = sentence.iter().map(String::as_str).collect();
            counter.add_sentence(&words).unwrap();
        }
        let (ngrams, _) = estimate(counter.finish().unwrap(), &Plan::default()).unwrap();
        ngrams.to_bytes(Encoding::Exact).unwrap().leak()
    };
    Background::open(&registers.iter().map(file).collect::<Vec<_>>()).unwrap()
}

fn place(background: &Background, text: &str) -> (Distribution, usize) {
    let (mut history, mut registers) = (WordHistory::default(), DocumentRegisters::default());
    for (before, word) in context::words(&format!("{text}x")) {
        background.credit(&mut registers, &before, &word);
        history = before;
    }
    background.place(&history, &registers)
}

#[test]
fn at_every_place_the_probabilities_of_the_words_sum_to_one() {
    for background in
        [counted(TEXT, &[]), counted_by_register(&[TEXT, OTHER, "See the salt garden"], &["Salt"])]
    {
        for text in ["", "the ", "saw the ", "nothing known ", "garden, ", "garden, and "] {
            let (place, _) = place(&background, text);
            let sum: f32 = (0..background.len() as Symbol).map(|number| place.probability(number)).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{text:?}: {sum}");
            let sums = place.sums(&background.beginning_with(""), background.all_cases());
            let none = CaseShares { capitalised: 0.0, capitals: 0.0 };
            assert!((sums.in_case(Case::Own, none) - 1.0).abs() < 1e-4, "{text:?}");
        }
    }
}

#[test]
fn the_register_that_a_document_resembles_has_the_say() {
    let background = counted_by_register(&[TEXT, OTHER], &[]);
    let after = |text: &str| {
        let (place, _) = place(&background, &format!("{text} the "));
        ["gate", "tide"].map(|word| place.probability(background.number(word).unwrap()))
    };
    let [gate, tide] = after(&"The gate of the garden stood open. ".repeat(8));
    assert!(gate > 2.0 * tide, "{gate} {tide}");
    let [gate, tide] = after(&"A tide of salt ran by the quay. ".repeat(8));
    assert!(tide > 2.0 * gate, "{gate} {tide}");
}

#[test]
fn registers_of_other_words_do_not_go_together() {
    let file = |text| counted(text, &[]).registers[0].model.clone().bytes().to_vec();
    let files: Vec<&'static [u8]> =
        [TEXT, "one two three"].map(|text| -> &'static [u8] { file(text).leak() }).into();
    assert!(Background::open(&files).is_err() && Background::open(&[]).is_err());
    assert!(Background::open(&files[..1]).is_ok() && Background::open(&[files[0]; 7]).is_err());
}

#[test]
fn what_followed_is_likelier_than_what_did_not() {
    let background = counted(TEXT, &[]);
    let probability = |text, word| place(&background, text).0.probability(background.number(word).unwrap());
    assert!(
        probability("the ", "gate") > probability("the ", "open")
            && probability("the ", "gate") > probability("", "gate")
    );
    assert!(probability("saw the ", "garden") > probability("the ", "garden"));
    assert_eq!(place(&background, "saw the ").1, 2);
    assert_eq!(place(&background, "never met ").1, 0);
}

#[test]
fn words_of_a_beginning_are_a_range_and_weigh_what_they_sum_to() {
    let background = counted(TEXT, &["Garden"]);
    let spelled =
        |prefix| background.beginning_with(prefix).map(|n| background.spelling(n)).collect::<Vec<_>>();
    assert_eq!(spelled("g"), ["gate"]);
    assert_eq!(spelled("G"), ["Garden"]);
    assert_eq!(spelled("zz"), [""; 0]);
    let (place, _) = place(&background, "saw the ");
    for prefix in ["", "g", "G", "s"] {
        let range = background.beginning_with(prefix);
        let sums = place.sums(&range, background.all_cases());
        let mut own = 0.0;
        for number in range {
            let probability = place.probability(number);
            own += probability * if background.cases(number).capitalised { 1.0 - 0.3 - 0.1 } else { 1.0 };
        }
        assert!(
            (sums.in_case(Case::Own, CaseShares { capitalised: 0.3, capitals: 0.1 }) - own).abs() < 1e-5,
            "{prefix}"
        );
    }
}

#[test]
fn a_name_that_followed_often_by_chance_is_not_certain() {
    let (base, two) = (Background::base().unwrap(), "the convention met in ");
    let number = base.number("Philadelphia").unwrap();
    assert!(place(base, two).0.probability(number) < 0.02);
    let states = base.number("States").unwrap();
    assert!(place(base, "in the United ").0.probability(states) > 0.1, "the last word names it, too");
}

#[test]
fn a_word_is_known_in_any_case_and_numbered_in_its_own() {
    let background = counted(TEXT, &["Garden"]);
    assert!(background.knows("GARDEN") && background.knows("Gate") && !background.knows("moor"));
    assert_eq!((background.number("garden"), background.number("Gate")), (None, None));
    assert!(background.number("Garden").is_some());
    for no_word in [",", "1998", "0", RARE, "</s>"] {
        assert!(!background.knows(no_word), "{no_word}");
    }
}

#[test]
fn the_base_models_counts_know_what_is_often_said() {
    let background = Background::base().unwrap();
    let best = |text| {
        let (place, _) = place(background, text);
        let by_probability =
            |a: &&Symbol, b: &&Symbol| place.probability(**a).total_cmp(&place.probability(**b));
        let best = *place.best().iter().max_by(by_probability).unwrap();
        background.spelling(best)
    };
    assert_eq!((best("on the other "), best("thank ")), ("hand", "you"));
    assert_eq!(background.number("Monday").map(|number| background.spelling(number)), Some("Monday"));
}
