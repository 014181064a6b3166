//! What the base model offers at places that writers noticed. One model is read for all of them.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::LazyLock;

use model::base::base_model;
use model::rnn::StreamingRnn;
use suggest::{Background, Personal, Suggester, SuggestionSettings, Suggestions};

static MODEL: LazyLock<StreamingRnn> = LazyLock::new(|| {
    let (shape, parameters) = base_model().unwrap();
    StreamingRnn::new(shape, &parameters)
});

fn offered_after(personal: Personal, before: &str) -> Suggestions {
    let settings = SuggestionSettings { learns: false, ..SuggestionSettings::default() };
    Suggester::with_personal(&*MODEL, personal, settings).suggest(before, "", 5)
}

fn offered(before: &str) -> Suggestions {
    offered_after(Personal::new(Background::base()), before)
}

fn words(suggestions: &Suggestions) -> Vec<&str> {
    suggestions.candidates.iter().map(|candidate| candidate.word.as_str()).collect()
}

/// German of our own.
const GERMAN: &str = "Wir haben gestern lange über das neue Haus gesprochen, und meine Schwester sagte, dass der Garten viel \
    schöner sei als der alte. Am Abend gingen wir noch einmal durch die Zimmer und waren froh. ";

#[test]
fn a_slip_is_not_completed_but_replaced() {
    for (before, meant) in [
        ("I did recie", "receive"),
        ("I did recieve", "receive"),
        ("We will definately", "definitely"),
        ("We will definatly", "definitely"),
        ("It was teh", "the"),
        ("hte", "the"),
        ("We dont", "don't"),
        ("“We dont", "don’t"),
        ("Wait untill", "until"),
        ("She saw thier", "their"),
        ("It was wierd", "weird"),
        ("We did it tomrrow", "tomorrow"),
        ("the goverment", "government"),
        ("Recie", "Receive"),
        ("THe", "The"),
        ("freind", "friend"),
        ("It happend", "happened"),
        ("an occassion", "occasion"),
        ("Ive", "I've"),
        ("and weve", "we've"),
        ("THere", "There"),
    ] {
        let suggestions = offered(before);
        let first = suggestions.candidates.first();
        assert_eq!(first.map(|first| first.word.as_str()), Some(meant), "{before}: {suggestions:?}");
        assert_eq!(
            first.map(|first| first.completion.as_str()),
            Some(meant),
            "{before}: all of it is put in"
        );
        assert!(first.is_some_and(|first| first.probability < 0.99), "{before}");
        assert_eq!(suggestions.ghost, None, "{before}: never as ghost text");
        let corrections = suggestions.candidates.iter().filter(|c| !c.word.starts_with(&suggestions.prefix));
        assert!(corrections.count() <= 2, "{before}");
    }
}

#[test]
fn what_is_no_slip_is_not_replaced() {
    for before in [
        "We did it tomorr",
        "The enviro",
        "a ther",
        "They hav",
        "He looked at Kowal",
        "I am sur",
        "the form",
        "so TV",
        "in th",
    ] {
        let suggestions = offered(before);
        assert!(
            suggestions.candidates.iter().all(|candidate| candidate.word.starts_with(&suggestions.prefix)),
            "{before}: {suggestions:?}"
        );
    }
    for (before, word) in [
        ("I recieve it and recieve it and reci", "recieve"),
        ("I will recieve it and recieved it; recie", "recieved"),
    ] {
        let own = words(&offered(before)).contains(&word);
        assert_eq!(own, word == "recieve", "used twice, it is the writer's own: {before}");
    }
    let mut personal = Personal::new(Background::base());
    personal.learn_documents([("a", "a recieve node; the recieve node"), ("b", "each recieve node")]);
    assert!(words(&offered_after(personal, "the recie")).contains(&"recieve"));
}

#[test]
fn words_that_the_lstm_made_up_are_not_offered() {
    for (before, made_up) in [
        ("It is necess", "necessionary"),
        ("We took him to hospi", "hospite"),
        ("They collect shell", "shello"),
        ("Please inform", "informately"),
        ("the envir", "enviranted"),
        ("self-", "self-night"),
        ("(i.e. ", "g"),
        ("(e.g. ", "e"),
    ] {
        assert!(!words(&offered(before)).contains(&made_up), "{before}: {:?}", offered(before));
    }
    assert_eq!(words(&offered("It is necess"))[0], "necessary");
    assert!(words(&offered("The boats of the harb")).contains(&"harbour"));
}

#[test]
fn a_candidate_is_of_one_script() {
    for before in ["오늘은 날씨가 좋", "При", "日本語の文章", "זה מבחן", "مر", "Ελλ"]
    {
        assert_eq!(words(&offered(before)), [""; 0], "{before}");
    }
    let before = "API는 길다. 그 API는 짧다. API";
    assert_eq!(words(&offered(before))[0], "API는", "what the writer writes himself");
}

#[test]
fn in_a_language_that_no_model_knows_only_the_writers_words_are_offered() {
    for (before, expected) in [
        (format!("{GERMAN}Heute ist das Wetter viel bess"), vec![]),
        (format!("{GERMAN}Die Schw"), vec!["Schwester"]),
        (format!("{GERMAN}Der Gar"), vec!["Garten"]),
    ] {
        assert_eq!(words(&offered(&before)), expected, "{before}");
    }
    let mut personal = Personal::new(Background::base());
    personal.learn_documents([("a", "Das Wetter wird besser. Es war besser, und es wird viel besser.")]);
    let before = format!("{GERMAN}Heute ist das Wetter viel bess");
    assert_eq!(words(&offered_after(personal, &before))[0], "besser", "learned from the writer");
    assert!(words(&offered("Yesterday the weather was much bet")).contains(&"better"));
}

#[test]
fn no_word_is_an_echo_of_what_stands_before_it() {
    for (before, echo) in [
        ("The meeting is at 3 p.m. ", "M"),
        ("Bring fruit (e.g. ", "G"),
        ("He moved to the U.S. ", "S"),
        ("I wrote to Mr. ", "Mr"),
        ("Dear John,\n\n", "Dear"),
        ("Hello.\n", "Hello"),
        ("We saw the garden. ", "Garden"),
        ("We saw the ", "the"),
        ("I said that ", "that"),
    ] {
        let suggestions = offered(before);
        assert!(!suggestions.candidates.is_empty(), "{before:?}");
        assert!(
            words(&suggestions).iter().all(|word| !word.eq_ignore_ascii_case(echo)),
            "{before:?}: {suggestions:?}"
        );
    }
    // What follows initials may be too unlikely to be offered at all.
    assert!(words(&offered("He read J. R. R. ")).iter().all(|&word| word != "R"));
    for (before, again) in [
        ("It was very, very ve", "very"),
        ("It begged the question\nquesti", "question"),
        ("double doub", "double"),
    ] {
        assert_eq!(words(&offered(before))[0], again, "begun again, and likely: {before}");
    }
}

#[test]
fn behind_an_abbreviation_no_sentence_opens() {
    let capitals = |before: &str| {
        let suggestions = offered(before);
        suggestions
            .candidates
            .iter()
            .filter(|c| c.word.starts_with(char::is_uppercase) && c.word != "I")
            .count()
    };
    for before in ["The meeting is at 3 p.m. ", "Bring fruit (e.g. ", "apples, pears, etc. ", "cats vs. "] {
        assert!(capitals(before) <= 1, "{before}: {:?}", offered(before));
    }
    assert!(capitals("The meeting is over. ") >= 3);
}

#[test]
fn a_list_goes_on_with_its_next_number() {
    for (before, expected) in [
        ("1. First\n2. Second\n", Some("3")),
        ("Plan:\n\n  9) sow\n  10) reap\n  ", Some("11")),
        ("9. sow\n10. reap\n1", Some("11")),
        ("1. First\n2. Second\n3", None),
        ("We met.\nWe ate.\n", None),
    ] {
        let suggestions = offered(before);
        let numbers: Vec<&str> = words(&suggestions)
            .into_iter()
            .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .collect();
        assert_eq!(numbers, expected.into_iter().collect::<Vec<_>>(), "{before:?}");
    }
    assert_eq!(words(&offered("1. First\n2. Second\n"))[0], "3");
}

#[test]
fn where_no_prose_is_written_only_words_of_such_places_are_offered() {
    for (before, expected) in [
        ("Use this:\n\n```python\ndef load(path):\n    th", vec![]),
        ("Use this:\n\n```python\ndef load(quayside):\n    open(qu", vec!["quayside"]),
        ("The quayside. Call `qu", vec![]),
        ("Call `quayside` and then `qu", vec!["quayside"]),
        ("Ask @t", vec![]),
        ("Ask @tomkin first, then @t", vec!["tomkin"]),
        ("see https://example.com/th", vec![]),
        ("write to kim@t", vec![]),
        ("So:\n\n    let count = 1;\n    th", vec![]),
    ] {
        assert_eq!(words(&offered(before)), expected, "{before:?}");
    }
    for before in [
        "```\nload()\n```\nThen th",
        "Call `load` and th",
        "- an item\n\n    and th",
        "\tIt was early, and th",
    ] {
        assert!(words(&offered(before)).contains(&"the"), "{before:?}");
    }
}

#[test]
fn no_name_is_certain_because_one_text_had_it() {
    for before in ["we met in P", "We ate in P"] {
        let suggestions = offered(before);
        assert!(
            suggestions.candidates.iter().all(|candidate| candidate.probability < 0.5),
            "{suggestions:?}"
        );
        assert_eq!(suggestions.ghost, None, "{before}");
    }
    for (before, name) in
        [("He asked M", "Mumford"), ("I spoke to J", "Juley"), ("thank you, A", "ActionParsnip")]
    {
        assert!(!words(&offered(before)).contains(&name), "{before}");
    }
    assert_eq!(words(&offered("Mr. Mumford came. We asked Mumf"))[0], "Mumford", "the text has it");
    assert_eq!(words(&offered("in the United S"))[0], "States");
}
