use super::*;
use crate::network::tree::ROOT;
use crate::words::toy::{Rigged, TEXT, Trigram};
use crate::words::word::{is_word, prefix};

const EXACT: Budget = Budget { batch: 8, expansions: 100_000, floor: 1e-6, best_share: 1.0, read_on: 0 };

fn any(_: &[u8]) -> bool {
    true
}

fn tree_after<M: LanguageModel>(model: &M, text: &str) -> Tree<M::State> {
    let mut state = model.start();
    for byte in text.bytes() {
        model.advance(&mut state, byte.into());
    }
    Tree::new(model, state)
}

/// Every word above a probability, by walking all strings; and the sum of P over all words and all strings not followed.
fn exhaustive<S: Clone, M: LanguageModel<State = S>>(
    model: &M,
    text: &str,
    floor: f32,
) -> (Vec<(Vec<u8>, f32)>, f64) {
    let mut tree = tree_after(model, text);
    let mut words = Vec::new();
    let mut total = f64::from(tree.node(ROOT).end.exp());
    let mut stack = vec![(ROOT, 0.0_f32)];
    while let Some((index, log_prob)) = stack.pop() {
        if index != ROOT && tree.node(index).is_boundary() {
            let log_prob = log_prob + tree.node(index).end;
            words.push((tree.path(ROOT, index), log_prob));
            total += f64::from(log_prob.exp());
        }
        for byte in (0..=255).filter(|&byte| is_word_byte(byte)) {
            let log_prob = log_prob + tree.node(index).step(byte);
            if log_prob > floor.ln() {
                stack.push((tree.expand(model, &[(index, byte)])[0], log_prob));
            } else {
                total += f64::from(log_prob.exp());
            }
        }
    }
    words.sort_by(|a, b| b.1.total_cmp(&a.1));
    (words, total)
}

fn words<S: Clone>(tree: &Tree<S>, outcome: &Searched) -> Vec<(String, f32)> {
    let word = |found: &Found| {
        let path = tree.path(ROOT, found.node);
        (String::from_utf8(path).expect("valid text"), found.log_prob)
    };
    outcome.found.iter().map(word).collect()
}

#[test]
fn all_words_and_no_word_sum_to_one() {
    let model = Trigram::new(TEXT);
    for text in ["", "the", "th", "Then the ", "정", "정원은 "] {
        let (_, total) = exhaustive(&model, text, 1e-5);
        assert!((total - 1.0).abs() < 1e-3, "{text:?}: {total}");
    }
}

#[test]
fn finds_just_the_best_words_whatever_the_batch() {
    let model = Trigram::new(TEXT);
    for text in ["", "t", "th", "the", "Then the ", "gard", "über ", "정", "정원은 "] {
        let (mut expected, _) = exhaustive(&model, text, 1e-5);
        expected.retain(|(rest, _)| is_word(&format!("{}{}", prefix(text), String::from_utf8_lossy(rest))));
        for batch in [1, 3, 16] {
            let mut tree = tree_after(&model, text);
            let outcome = search(&mut tree, &model, ROOT, prefix(text), 5, &Budget { batch, ..EXACT }, &any);
            let found = words(&tree, &outcome);
            assert_eq!(found.len(), 5, "{text:?}");
            for ((word, log_prob), (bytes, exact)) in found.iter().zip(&expected) {
                assert!((log_prob - exact).abs() < 1e-4, "{text:?} {word:?}: {log_prob}, {bytes:?}: {exact}");
            }
        }
    }
}

#[test]
fn what_is_left_of_the_last_search_changes_nothing_but_the_cost() {
    // The second budget ends most searches early: then all the more depends on what is taken as known.
    for budget in [EXACT, Budget { expansions: 12, best_share: 0.2, ..EXACT }] {
        what_is_left_changes_nothing(&budget);
    }
}

fn what_is_left_changes_nothing(budget: &Budget) {
    let model = Trigram::new(TEXT);
    let mut kept = tree_after(&model, "Then ");
    search(&mut kept, &model, ROOT, "", 5, budget, &any);
    let mut saved = 0;
    let mut typed = String::from("Then ");
    for byte in *b"the" {
        typed.push(char::from(byte));
        kept = kept.descend(byte).expect("a likely byte was followed");
        let mut fresh = tree_after(&model, &typed);
        kept.begin();
        let reused = search(&mut kept, &model, ROOT, prefix(&typed), 5, budget, &any);
        let anew = search(&mut fresh, &model, ROOT, prefix(&typed), 5, budget, &any);
        assert_eq!(words(&kept, &reused), words(&fresh, &anew), "{typed:?}");
        assert!(
            reused.expansions <= anew.expansions,
            "{typed:?}: {} of {}",
            reused.expansions,
            anew.expansions
        );
        saved += anew.expansions - reused.expansions;
    }
    assert!(saved > 5, "{saved}");
}

#[test]
fn a_budget_bounds_the_cost() {
    let model = Trigram::new(TEXT);
    for expansions in [0, 1, 7, 24] {
        let mut tree = tree_after(&model, "");
        let budget = Budget { batch: 5, expansions, ..EXACT };
        let outcome = search(&mut tree, &model, ROOT, "", 5, &budget, &any);
        assert!(outcome.expansions <= expansions, "{expansions}");
        assert_eq!(tree.len(), outcome.expansions + 1);
        assert!(outcome.rounds <= expansions.div_ceil(5).max(outcome.expansions));
    }
    let mut tree = tree_after(&model, "");
    assert_eq!(search(&mut tree, &model, ROOT, "", 0, &EXACT, &any), Searched::default());
}

#[test]
fn words_that_are_not_accepted_make_room_for_the_next() {
    let model = Rigged::new(&[("", &[("one", 0.5), ("two", 0.3), ("three", 0.2)])]);
    let mut tree = tree_after(&model, "");
    let outcome = search(&mut tree, &model, ROOT, "", 2, &EXACT, &|word| word != b"one");
    let found = words(&tree, &outcome);
    assert_eq!(found[0].0, "two");
    assert_eq!(found[1].0, "three");
    assert!((found[0].1.exp() - 0.3).abs() < 1e-5 && (found[1].1.exp() - 0.2).abs() < 1e-5, "{found:?}");
}
