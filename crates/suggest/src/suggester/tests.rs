use proptest::prelude::*;

use super::*;
use crate::mixture::escape::{Escape, Evidence};
use crate::offer::reason::Origin;
use crate::words::toy::{Rigged, TEXT, Trigram};

fn settings() -> SuggestionSettings {
    SuggestionSettings {
        budget: Budget { expansions: 10_000, best_share: 1.0, ..Budget::default() },
        components: Components::LSTM,
        learns: false,
        ..SuggestionSettings::default()
    }
}

fn words(suggestions: &Suggestions) -> Vec<&str> {
    suggestions.candidates.iter().map(|candidate| candidate.word.as_str()).collect()
}

fn greetings() -> Rigged {
    Rigged::new(&[
        ("", &[("hello", 0.6), ("help", 0.2), ("he", 0.1), ("other", 0.1)]),
        ("hello", &[("world", 0.9), ("there", 0.1)]),
        ("world", &[("again", 0.9), ("anew", 0.1)]),
        ("again", &[("and", 0.2), ("or", 0.2), ("but", 0.6)]),
    ])
}

/// `hello` is the ghost from `hel` on, not before.
fn late_greetings() -> Rigged {
    Rigged::new(&[
        ("", &[("hello", 0.45), ("help", 0.15), ("hero", 0.4)]),
        ("hello", &[("world", 0.9), ("there", 0.1)]),
        ("world", &[("again", 0.9), ("too", 0.1)]),
        ("again", &[("but", 0.6), ("and", 0.4)]),
    ])
}

#[test]
fn words_from_the_first_letter_on_and_in_mid_word() {
    let mut suggester = Suggester::new(greetings(), settings());
    for (before, expected) in [
        ("", vec!["hello", "help", "he", "other"]),
        ("h", vec!["hello", "help", "he"]),
        ("he", vec!["hello", "help"]),
        ("help", vec![]),
        ("hello ", vec!["world", "there"]),
        ("hello w", vec!["world"]),
        ("hello", vec![]),
        ("hel", vec!["hello", "help"]),
    ] {
        let suggestions = suggester.suggest(before, "", 5);
        assert_eq!(words(&suggestions), expected, "{before:?}");
        assert_eq!(suggestions.prefix, crate::words::word::prefix(before));
        for candidate in &suggestions.candidates {
            assert_eq!(candidate.word, format!("{}{}", suggestions.prefix, candidate.completion));
        }
    }
    let first = &suggester.suggest("he", "", 1).candidates;
    assert_eq!(first.len(), 1, "no more than asked for");
    assert!((first[0].probability - 0.6 / 0.9).abs() < 1e-4, "{first:?}");
}

#[test]
fn nothing_is_offered_inside_a_word() {
    let mut suggester = Suggester::new(late_greetings(), settings());
    assert_eq!(
        suggester.suggest("hel", "lo", 5),
        Suggestions { prefix: "hel".to_owned(), ..Suggestions::default() }
    );
    assert!(suggester.suggest("hel", " lo", 5).ghost.is_some());
    assert!(suggester.suggest("hel", ", lo", 5).ghost.is_some());
    assert!(suggester.suggest("hel", "\nlo", 5).ghost.is_some());
}

#[test]
fn the_ghost_goes_on_while_all_of_it_stays_above_the_gate() {
    let ghost = |phrase_words, eagerness, before: &str| {
        let settings = SuggestionSettings { phrase_words, gate: Gate::new(eagerness), ..settings() };
        Suggester::new(late_greetings(), settings).suggest(before, "", 5).ghost
    };
    for (phrase_words, eagerness, before, expected) in [
        (4, 0.6, "hell", None),
        // Shown before and typed past, it is less likely.
        (4, 0.9, "hel", Some(("lo world again", 0.5 * 0.81))),
        (4, 0.9, "hello ", Some(("world again but", 0.81 * 0.6))),
        (4, 0.6, "hel", Some(("lo world again", 0.75 * 0.81))),
        (3, 0.6, "hel", Some(("lo world again", 0.75 * 0.81))),
        (2, 0.6, "hel", Some(("lo world", 0.75 * 0.9))),
        (1, 0.6, "hel", Some(("lo", 0.75))),
        (1, 0.0, "hel", None),
        (4, 0.6, "hello ", Some(("world again", 0.81))),
    ] {
        let found = ghost(phrase_words, eagerness, before);
        let case = format!("{before:?} {phrase_words} {eagerness}: {found:?}");
        match expected {
            None => assert!(found.is_none(), "{case}"),
            Some((text, confidence)) => {
                let found = found.expect(&case);
                assert_eq!(found.text, text, "{case}");
                assert!((found.confidence - confidence).abs() < 1e-3, "{case}");
            }
        }
    }
}

#[test]
fn no_ghost_where_the_word_is_more_likely_done() {
    let model = Rigged::new(&[("", &[("he", 0.6), ("hello", 0.4)])]);
    let suggestions = Suggester::new(model, settings()).suggest("he", "", 5);
    assert_eq!(words(&suggestions), ["hello"]);
    assert_eq!(suggestions.ghost, None);
}

#[test]
fn capitals_follow_what_is_typed() {
    let model = Rigged::new(&[("", &[("hello", 0.6), ("help", 0.3), ("Henry", 0.1)])]);
    let mut suggester = Suggester::new(model, settings());
    for (before, expected) in [
        ("he", vec!["hello", "help"]),
        ("HE", vec!["HELLO", "HELP"]),
        ("HEL", vec!["HELLO", "HELP"]),
        ("HELL", vec!["HELLO"]),
        ("He", vec!["Henry"]),
        ("Hel", vec!["Hello", "Help"]),
        ("HEL", vec!["HELLO", "HELP"]),
        ("hE", vec![]),
    ] {
        assert_eq!(words(&suggester.suggest(before, "", 5)), expected, "{before}");
    }
}

#[test]
fn words_never_to_be_offered_are_left_out_in_any_case() {
    let mut suggester = Suggester::new(greetings(), settings());
    suggester.settings_mut().never_offer.insert("hello".to_owned());
    assert_eq!(words(&suggester.suggest("", "", 5)), ["help", "he", "other"]);
    assert_eq!(words(&suggester.suggest("HE", "", 5)), ["HELP"]);
    suggester.settings_mut().never_offer.clear();
    assert_eq!(words(&suggester.suggest("HE", "", 5)), ["HELLO", "HELP"]);
}

#[test]
fn in_an_address_the_ghost_is_the_rest_of_an_earlier_one_or_silent() {
    let mut suggester = Suggester::new(greetings(), settings());
    let ghost = |suggestions: Suggestions| suggestions.ghost.map(|ghost| ghost.text);
    assert!(ghost(suggester.suggest("(h", "", 5)).is_some_and(|text| text.starts_with("ello")));
    assert_eq!(ghost(suggester.suggest("https://h", "", 5)), None);
    let before = "https://quay.example/hello https://q";
    assert_eq!(ghost(suggester.suggest(before, "", 5)), Some("uay.example/hello".to_owned()));
}

#[test]
fn a_last_letter_is_offered_only_if_wanted() {
    let mut suggester = Suggester::new(greetings(), settings());
    assert_eq!(words(&suggester.suggest("hel", "", 5)), ["hello", "help"]);
    suggester.settings_mut().single_letters = false;
    assert_eq!(words(&suggester.suggest("hel", "", 5)), ["hello"]);
}

#[test]
fn reasons_name_who_speaks_for_a_word_and_the_document() {
    let mut personal = Personal::default();
    personal.learn_documents([("letters/kim.md", "hello world, hello world, hello there")]);
    let all = SuggestionSettings { components: Components::ALL, learns: false, ..settings() };
    let mut suggester = Suggester::with_personal(greetings(), personal, all);
    for before in ["hello ", "hello w"] {
        let suggestions = suggester.suggest(before, "", 5);
        assert_eq!(suggestions.reasons.len(), suggestions.candidates.len());
        for (reason, candidate) in suggestions.reasons.iter().zip(&suggestions.candidates) {
            assert_eq!(reason.word, candidate.word);
            let sum: f32 = reason.shares.iter().sum();
            assert!(
                (sum - 1.0).abs() < 1e-4 && reason.shares.iter().all(|&share| share >= 0.0),
                "{reason:?}"
            );
        }
        let world = suggestions.reasons.iter().find(|reason| reason.word == "world").unwrap();
        assert_eq!(world.document.as_deref(), Some("letters/kim.md"));
        assert!(world.share(Origin::Personal) > 0.005 && world.share(Origin::Network) > 0.1, "{world:?}");
        assert!(world.share(Origin::Background) == 0.0, "there is none here");
    }
    suggester.settings_mut().components = Components::LSTM;
    let alone = suggester.suggest("hello ", "", 5);
    assert!(alone.reasons.iter().all(|reason| reason.share(Origin::Network) > 0.999), "{:?}", alone.reasons);
}

#[test]
fn nothing_below_one_percent_is_offered() {
    let model = Rigged::new(&[("", &[("garden", 0.997), ("gardink", 0.002), ("gorse", 0.001)])]);
    let offered = |learned: &str, before: &str| {
        let mut personal = Personal::default();
        personal.learn_documents([("a", learned)]);
        let all = SuggestionSettings { components: Components::ALL, learns: false, ..settings() };
        let suggestions = Suggester::with_personal(&model, personal, all).suggest(before, "", 5);
        words(&suggestions).join(" ")
    };
    assert_eq!(offered("garden", "gard"), "garden");
    assert_eq!(offered("garden gardink", "gard"), "garden", "though it was met once");
    assert_eq!(offered("garden", "go"), "gorse");
}

#[test]
fn a_form_that_was_never_counted_stays_possible_inside_a_word() {
    let model = Rigged::new(&[("", &[("garden", 0.0005), ("gardener", 0.0015), ("other", 0.998)])]);
    let mut personal = Personal::default();
    personal.learn_documents([("a", "garden")]);
    let all = SuggestionSettings { components: Components::ALL, learns: false, ..settings() };
    let probabilities = |personal: &Personal| {
        let mut suggester = Suggester::with_personal(&model, personal.clone(), all.clone());
        let suggestions = suggester.suggest("gard", "", 5);
        assert!((suggestions.candidates.iter().map(|c| c.probability).sum::<f32>() - 1.0).abs() < 1e-3);
        let probability =
            |word| suggestions.candidates.iter().find(|c| c.word == word).map(|c| c.probability);
        ["garden", "gardener"].map(|word| probability(word).unwrap_or(0.0))
    };
    let [counted, new] = probabilities(&personal);
    let cell = Escape::cell(4, Evidence { met: 1.0, kinds: 1 }).unwrap();
    let escape = personal.mixture.escape.probability(cell);
    assert!(escape > 0.0 && new >= 0.75 * escape && counted > 0.0, "{counted} {new} {escape}");

    // Who keeps writing of gardeners is believed.
    let mut suggester =
        Suggester::with_personal(&model, personal, SuggestionSettings { learns: true, ..all.clone() });
    let text = "other gardener ".repeat(30);
    suggester.settings_mut().components.recency = false;
    let mut before = 0.0;
    for end in 1..=text.len() {
        let shown = suggester.suggest(&text[..end], "", 5);
        if shown.prefix == "gard" {
            before = shown.candidates.iter().find(|c| c.word == "gardener").map_or(0.0, |c| c.probability);
        }
    }
    assert!(before > new, "{before} {new}");
}

#[test]
fn typing_what_was_foreseen_costs_little() {
    let mut suggester = Suggester::new(Trigram::new(TEXT), SuggestionSettings::default());
    suggester.suggest("Then the", "", 5);
    let first = suggester.work();
    suggester.suggest("Then the ", "", 5);
    suggester.suggest("Then the g", "", 5);
    assert_eq!(suggester.work().steps, 0, "the state is taken over from the search");
    suggester.suggest("Then the g", "", 5);
    assert_eq!(suggester.work(), Work::default(), "the same question again is free");
    assert!(first.steps == 8 && first.expansions > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever was asked before, the answer is that of a suggester that was never asked anything.
    #[test]
    fn answers_do_not_depend_on_what_was_asked_before(
        cursors in prop::collection::vec((0.0..=1.0, 1usize..12), 1..12),
        upper in any::<bool>(),
    ) {
        let text = if upper { TEXT.to_uppercase() } else { TEXT.to_owned() };
        let model = &Trigram::new(TEXT);
        // Long enough reach that no order of jumps moves the anchor.
        let settings = SuggestionSettings { limits: Limits { max_steps: 10_000, ..Limits::default() }, ..settings() };
        let mut suggester = Suggester::new(model, settings.clone());
        for (share, typed) in cursors {
            let start = (share * text.len() as f64) as usize;
            for cursor in (start..(start + typed).min(text.len())).filter(|&at| text.is_char_boundary(at)) {
                let answer = suggester.suggest(&text[..cursor], "", 5);
                let expected = Suggester::new(model, settings.clone()).suggest(&text[..cursor], "", 5);
                prop_assert_eq!(&answer, &expected);
                let sum: f32 = answer.candidates.iter().map(|candidate| candidate.probability).sum();
                prop_assert!(sum <= 1.0 + 1e-4);
                let mut spellings = words(&answer);
                spellings.sort_unstable();
                spellings.dedup();
                prop_assert_eq!(spellings.len(), answer.candidates.len());
            }
        }
    }
}

#[test]
fn typography_changes_no_suggestion_but_the_apostrophe() {
    let plain = "\"Don't wait,\" we thought -- the thrushes didn't. 'They're gone...' We don't think th";
    let curly = "“Don’t wait,” we thought — the thrushes didn’t. ‘They’re gone…’ We don’t think th";
    let mut personal = Personal::default();
    personal
        .learn_documents([("a", "They don't think so. The thrushes didn't wait, they're gone. Don't wait.")]);
    let settings = SuggestionSettings { components: Components::ALL, learns: true, ..settings() };
    let suggester = || Suggester::with_personal(Trigram::new(TEXT), personal.clone(), settings.clone());
    let (mut of_plain, mut of_curly) = (suggester(), suggester());
    let mut has_apostrophe = false;
    for (at, c) in curly.char_indices() {
        let end = at + c.len_utf8();
        let typed = crate::words::word::levelled(&curly[..end]);
        assert!(plain.starts_with(&*typed));
        let expected = of_plain.suggest(&typed, "", 5);
        let found = of_curly.suggest(&curly[..end], "", 5);
        assert_eq!(crate::words::word::levelled(&found.prefix), expected.prefix);
        for (found, expected) in found.candidates.iter().zip(&expected.candidates) {
            assert_eq!(crate::words::word::levelled(&found.word), expected.word, "{typed:?}");
            assert_eq!(found.probability, expected.probability, "{typed:?}");
            let is_curly = end > "“Don’".len();
            assert!(!is_curly || !found.word.contains('\''), "{typed:?} {}", found.word);
            has_apostrophe |= found.word.contains('’');
        }
        assert_eq!(found.candidates.len(), expected.candidates.len(), "{typed:?}");
        assert_eq!(found.ghost.is_some(), expected.ghost.is_some(), "{typed:?}");
    }
    assert!(has_apostrophe);
}

#[test]
fn what_stands_before_a_word_is_no_part_of_it() {
    let mut personal = Personal::default();
    personal.learn_documents([("a", "don't help. We help people, the people don't.")]);
    let settings = SuggestionSettings { components: Components::ALL, ..settings() };
    let mut suggester = Suggester::with_personal(greetings(), personal, settings);
    for (before, prefix, word) in [
        ("we don’", "don’", "don’t"),
        ("we don'", "don'", "don't"),
        ("“hel", "hel", "help"),
        ("‘hel", "hel", "help"),
        ("—hel", "hel", "help"),
        ("help—peopl", "peopl", "people"),
        ("help--peopl", "peopl", "people"),
        ("the\u{a0}peopl", "peopl", "people"),
        ("😀peopl", "peopl", "people"),
    ] {
        let suggestions = suggester.suggest(before, "", 5);
        assert_eq!(suggestions.prefix, prefix, "{before}");
        let candidate = suggestions.candidates.iter().find(|candidate| candidate.word == word);
        let candidate = candidate.unwrap_or_else(|| panic!("{before}: {:?}", suggestions.candidates));
        assert_eq!(format!("{prefix}{}", candidate.completion), word, "{before}");
    }
    for before in ["Wait…", "we wait—", "the dogs' "] {
        assert_eq!(suggester.suggest(before, "", 5).prefix, "", "{before}");
    }
    let ends =
        |words: &[&str]| suggester.personal().words().iter().all(|learned| !words.contains(&&*learned.word));
    assert!(ends(&["“hel", "—hel", "help—people"]));
}

#[test]
fn words_are_learned_without_what_stands_around_them() {
    let settings = SuggestionSettings { components: Components::ALL, learns: true, ..settings() };
    let mut suggester = Suggester::new(Trigram::new(TEXT), settings);
    let text = "“Hello”—I’m the dogs’ friend… ‘Hello’, the friend—I’m “the dogs” now. ";
    for (at, c) in text.char_indices() {
        suggester.suggest(&text[..at + c.len_utf8()], "", 3);
    }
    let learned: BTreeSet<String> =
        suggester.personal().words().into_iter().map(|learned| learned.word).collect();
    let expected = ["Hello", "I'm", "dogs", "friend", "the"].map(str::to_owned);
    assert_eq!(learned, BTreeSet::from(expected));
}

#[test]
fn a_word_is_forgotten_and_blocked_in_whatever_typography() {
    let text = "we don’t go, we don’t go, we don’t go, we don";
    let all = SuggestionSettings { components: Components::ALL, learns: true, ..settings() };
    let mut suggester = Suggester::new(Trigram::new(TEXT), all);
    for (at, c) in text.char_indices() {
        suggester.suggest(&text[..at + c.len_utf8()], "", 3);
    }
    let offered = |suggester: &mut Suggester<Trigram>| {
        let suggestions = suggester.suggest(text, "", 5);
        words(&suggestions).contains(&"don’t")
    };
    assert!(offered(&mut suggester));
    suggester.settings_mut().never_offer.insert(crate::words::word::folded("DON’T"));
    assert!(!offered(&mut suggester));
    suggester.settings_mut().never_offer.clear();
    let learned = |suggester: &Suggester<Trigram>| {
        suggester.personal().words().iter().any(|learned| learned.word == "don't")
    };
    assert!(learned(&suggester));
    suggester.forget_here("don’t");
    assert!(!learned(&suggester));
}

#[test]
fn the_apostrophe_is_that_of_the_last_word_that_has_one_else_of_the_quotes() {
    let mut personal = Personal::default();
    personal.learn_documents([("a", "we don't know, we don't go, they don't")]);
    let all = SuggestionSettings { components: Components::ALL, ..settings() };
    let offer = |befores: &[&str]| {
        let mut suggester = Suggester::with_personal(Trigram::new(TEXT), personal.clone(), all.clone());
        let suggestions = befores.iter().map(|before| suggester.suggest(before, "", 5)).last().unwrap();
        words(&suggestions)
            .iter()
            .find(|word| word.starts_with("don") && word.ends_with('t'))
            .map(|word| (*word).to_owned())
    };
    for (befores, expected) in [
        (&["we don"][..], "don't"),
        (&["“We don"], "don’t"),
        (&["\"We don"], "don't"),
        (&["“We don't go” they don"], "don't"),
        (&["we don’t go, we don", "we don’t go, we don'", "we don’t go, we don"], "don’t"),
        (&["the dogs' bed, they don’t go, they don"], "don’t"),
    ] {
        assert_eq!(offer(befores).as_deref(), Some(expected), "{befores:?}");
    }
}

#[test]
fn no_two_ends_of_a_word_share_a_probability() {
    let mut personal = Personal::default();
    personal.learn_documents([("a", "the garden, the garden. the garden's gate")]);
    let all = SuggestionSettings { components: Components::ALL, learns: false, ..settings() };
    let model = Trigram::new("the garden。the garden、the garden! the garden ");
    let mut suggester = Suggester::with_personal(&model, personal, all);
    for c in "garden。the garden! the garden".chars() {
        suggester.read(c);
    }
    let ends = ('\0'..='\u{7f}').chain(['。', '、', '—', '…', '’', '«', '😀']);
    // ’ and its like are read as what they are in plain ASCII.
    let ends = ends.filter(|&c| !c.is_ascii_alphanumeric() && !matches!(c, '\'' | '-' | '—' | '…' | '’'));
    let sum: f64 = ends.map(|c| suggester.clone().read(c).exp()).sum();
    assert!(sum <= 1.0 + 1e-6, "{sum}");
}
