//! What the base model offers at places that writers noticed. One model is read for all of them.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::LazyLock;

use model::base::base_model;
use model::rnn::StreamingRnn;
use suggest::{Background, Personal, Suggester, SuggestionSettings, Suggestions};

static MODEL: LazyLock<StreamingRnn> = LazyLock::new(|| {
    let (shape, parameters) = base_model().unwrap();
    StreamingRnn::quantised(shape, &parameters)
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
        ("He left. THere", "There"),
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

#[test]
fn names_of_the_training_texts_do_not_come_from_nothing() {
    for before in ["Ask T", "ask T", "I told M", "He asked M", "He lives in B", "we met in P", "Tell S"] {
        let suggestions = offered(before);
        assert_eq!(suggestions.ghost, None, "{before}: {suggestions:?}");
        assert!(suggestions.candidates.iter().all(|candidate| candidate.probability < 0.5), "{before}");
    }
    for (before, name) in [
        ("iko", "ikonia"),
        ("thank you, iko", "ikonia"),
        ("Acti", "ActionParsnip"),
        ("We asked Mumf", "Mumford"),
    ] {
        let suggestions = offered(before);
        assert!(!words(&suggestions).contains(&name), "{before}: {suggestions:?}");
    }
    for (before, name) in [
        ("Let me see ikonia. Ask iko", "ikonia"),
        ("Tom sat down. I like Tom. Ask T", "Tom"),
        ("We fly to Lon", "London"),
        ("on Mond", "Monday"),
        ("in the United S", "States"),
    ] {
        assert_eq!(words(&offered(before)).first(), Some(&name), "{before}");
    }
}

#[test]
fn another_language_shows_from_its_first_words() {
    for before in [
        "Ich möchte be",
        "Ich ",
        "Wir gehen morgen in die Sch",
        "Je voudrais un",
        "Nous sommes arrivés hier b",
        "Quiero ir a",
        "¿Dónde está la co",
        "Vorrei un c",
        "Eu quero f",
        "Ik wil graag m",
        "Jag vill ha en k",
        "Chciałbym kupić b",
        "We wrote to her. Ich habe heute keine Z",
    ] {
        assert_eq!(words(&offered(before)), [""; 0], "{before}");
    }
    assert_eq!(words(&offered("Quiero pan. Quiero p")), ["pan"], "the text has it");
    for (before, word) in [
        ("Wait, th", "the"),
        ("No. Not yet. I wi", "will"),
        ("El Paso is hot, and th", "the"),
        ("We like naïve art, and th", "the"),
        ("Ms. de la Cruz came, and th", "the"),
        ("NumPy and SciPy use th", "the"),
    ] {
        assert!(words(&offered(before)).contains(&word), "{before}: {:?}", offered(before));
    }
}

#[test]
fn another_language_behind_english_is_silent_from_where_it_begins() {
    let english = "We had a long talk about it yesterday, and nobody was late. Then she wrote: ";
    for foreign in [
        "Ich möchte be",
        "ich habe keine Zei",
        "je ne voudrais pas par",
        "No puedo ir a la escue",
        "Wir habe",
        "Wir haben noch ein",
        "Das habe ich damals ",
        "Meine Oma sagt",
        "Mon voisi",
    ] {
        assert_eq!(words(&offered(&format!("{english}{foreign}"))), [""; 0], "{foreign}");
    }
    let back = "Wir haben gestern lange über das Haus gesprochen, und niemand war froh. I think sh";
    assert!(words(&offered(&format!("{english}{back}"))).contains(&"she"), "English goes on");
    for name in ["We saw La Traviata i", "I read Le Monde every mor", "He works for Der Spiegel and he wri"] {
        assert!(!words(&offered(name)).is_empty(), "{name}");
    }
}

#[test]
fn a_missing_apostrophe_or_blank_is_put_in_where_it_is_missing() {
    for (before, meant) in [
        ("Im", "I'm"),
        ("I think im", "I'm"),
        ("hes", "he's"),
        ("I think shes", "she's"),
        ("whats", "what's"),
        ("I cant", "can't"),
        ("they wont", "won't"),
        ("Ive", "I've"),
        ("we couldnt", "couldn't"),
        ("there are alot", "a lot"),
        ("Alot", "A lot"),
        ("and infact", "in fact"),
        ("Noone", "No one"),
        ("I think ive", "I've"),
    ] {
        let suggestions = offered(before);
        assert_eq!(words(&suggestions).first(), Some(&meant), "{before}: {suggestions:?}");
        assert_eq!(suggestions.ghost, None, "{before}");
    }
    for before in [
        "as is his wont",
        "all is well",
        "they were",
        "the dog and its",
        "he is ill",
        "her id",
        "it is hell",
        "IM",
    ] {
        let suggestions = offered(before);
        let is_right = |word: &&str| word.starts_with(&suggestions.prefix);
        assert!(words(&suggestions).iter().all(is_right), "{before}: {suggestions:?}");
    }
}

#[test]
fn a_name_has_its_capital_unless_the_writer_leaves_it_out() {
    for (before, name) in [
        ("see you on mond", "Monday"),
        ("We meet on monday", "Monday"),
        ("It was in febru", "February"),
        ("She speaks germ", "German"),
        ("She speaks engl", "English"),
        ("We went to spai", "Spain"),
        ("and then i", "I"),
    ] {
        let suggestions = offered(before);
        assert_eq!(words(&suggestions).first(), Some(&name), "{before}: {suggestions:?}");
        assert_eq!(suggestions.candidates[0].completion, name, "{before}: all of it is put in");
    }
    for (before, word) in [
        ("we met on monday. see you on mond", "monday"),
        ("hi there. see you then. ok. it is on mond", "monday"),
        ("They marched in a mar", "march"),
    ] {
        let suggestions = offered(before);
        assert!(
            words(&suggestions).iter().all(|other| !other.starts_with(char::is_uppercase)),
            "{before}, {word}: {suggestions:?}"
        );
    }
    let mut personal = Personal::new(Background::base());
    personal.learn_documents([("a", "The list of monday, and then that of monday.")]);
    assert_eq!(words(&offered_after(personal, "We meet on mond"))[0], "monday", "learned from the writer");
}

#[test]
fn a_rare_word_is_not_offered_for_being_the_beginning_of_others() {
    for before in ["envir", "The envir", "about the envi"] {
        assert!(!words(&offered(before)).contains(&"environ"), "{before}");
        assert!(words(&offered(before)).contains(&"environment"), "{before}");
    }
    assert!(words(&offered("Call environ here. Call envir")).contains(&"environ"), "the text has it");
}

#[test]
fn compounds_of_blocked_words_are_not_offered() {
    let text = "A snowmoist, moistish, moist-like, moistish path. A snowmoist path. The ";
    let blocked = SuggestionSettings {
        learns: false,
        never_offer: ["moist".to_owned()].into(),
        ..SuggestionSettings::default()
    };
    for (typed, word) in [("snowm", "snowmoist"), ("moisti", "moistish"), ("moist-l", "moist-like")] {
        let before = format!("{text}{typed}");
        assert!(words(&offered(&before)).contains(&word), "{before}");
        let personal = Personal::new(Background::base());
        let suggestions =
            Suggester::with_personal(&*MODEL, personal, blocked.clone()).suggest(&before, "", 5);
        assert!(!words(&suggestions).contains(&word), "{before}: {suggestions:?}");
    }
    let personal = Personal::new(Background::base());
    let suggestions =
        Suggester::with_personal(&*MODEL, personal, blocked).suggest("The air has moist", "", 5);
    assert!(words(&suggestions).contains(&"moisture"), "a word of its own: {suggestions:?}");
}

/// Whether the first place of a list has the likeliest word, or the one that stood there before.
fn first_is_right(list: &Suggestions, before: Option<&Suggestions>) -> bool {
    let Some(first) = list.candidates.first() else { return true };
    let stays = before.and_then(|before| before.candidates.first()).is_some_and(|was| was.word == first.word);
    stays || list.candidates.iter().all(|other| other.probability <= first.probability)
}

#[test]
fn the_first_place_is_the_likeliest_words_or_the_one_that_stood_there_however_the_cursor_came() {
    for text in
        ["We would like to go there", "It was in february, and then i left", "Ask the environmental people"]
    {
        let settings = SuggestionSettings { learns: false, ..SuggestionSettings::default() };
        let mut typing = Suggester::with_personal(&*MODEL, Personal::new(Background::base()), settings);
        let mut last: Option<Suggestions> = None;
        for end in 0..=text.len() {
            let before = &text[..end];
            let list = typing.suggest(before, "", 5);
            let goes_on = last.as_ref().filter(|_| !list.prefix.is_empty());
            assert!(first_is_right(&list, goes_on), "typed: {before}: {list:?}");
            assert_eq!(words(&offered(before)), words(&list), "pasted: {before}");
            let mut other = typing.clone();
            other.suggest(&format!("{before}xq"), "", 5);
            assert_eq!(words(&other.suggest(before, "", 5)), words(&list), "Backspace: {before}");
            if let Some(taken) = list.candidates.first() {
                let kept = &before[..before.len() - list.prefix.len()];
                let accepted = format!("{kept}{} ", taken.word);
                let next = other.suggest(&accepted, "", 5);
                assert!(first_is_right(&next, None), "taken: {accepted}: {next:?}");
                assert_eq!(words(&next), words(&offered(&accepted)), "taken: {accepted}");
            }
            last = Some(list);
        }
    }
}
