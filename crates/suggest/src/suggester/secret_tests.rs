//! What is secret is neither learned nor offered, typed a letter at a time as in the editor.

use super::*;
use crate::words::toy::{Rigged, TEXT, Trigram};

/// All that may offer a word of the writer's, and learning. The toy model is not asked: it makes words up of any letters.
fn learning() -> SuggestionSettings {
    SuggestionSettings {
        gate: Gate::new(1.0),
        single_letters: true,
        components: Components { lstm: false, ..Components::ALL },
        ..SuggestionSettings::default()
    }
}

fn incognito() -> SuggestionSettings {
    SuggestionSettings { learns: false, ..learning() }
}

/// Types `text`, a letter at a time, and returns all that was ever offered while it was typed.
fn type_into<M: LanguageModel>(suggester: &mut Suggester<M>, text: &str) -> Vec<String> {
    type_on(suggester, text, 0)
}

/// Types the rest of `text`, of which the bytes before `typed` were typed already.
fn type_on<M: LanguageModel>(suggester: &mut Suggester<M>, text: &str, typed: usize) -> Vec<String> {
    let mut offered = Vec::new();
    for end in (typed..=text.len()).filter(|&end| text.is_char_boundary(end)) {
        let shown = suggester.suggest(&text[..end], "", 5);
        offered.extend(shown.candidates.into_iter().map(|candidate| candidate.word));
        offered.extend(shown.ghost.map(|ghost| format!("{}{}", shown.prefix, ghost.text)));
    }
    offered
}

fn learned<M: LanguageModel>(suggester: &Suggester<M>) -> Vec<String> {
    suggester.personal().words().into_iter().map(|learned| learned.word).collect()
}

/// Longer than any word.
const LONG: &str = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";

/// Lines with a secret, and words that give it away.
const SECRETS: [(&str, &[&str]); 12] = [
    ("password: Kettle77\n", &["Kettle77"]),
    ("Password\nKettle77\n", &["Kettle77"]),
    ("my password is Kettle77, dear\n", &["Kettle77"]),
    ("Passwort ist Teekessel\n", &["Teekessel"]),
    ("비밀번호: 주전자77\n", &["주전자77"]),
    ("the key is AKIAKETTLE77TEAPOT77 and\n", &["AKIAKETTLE77TEAPOT77"]),
    ("card 4111 1111 1111 1111 it is\n", &["4111", "1111"]),
    ("my PIN is 83025 of\n", &["83025"]),
    ("IBAN DE89 3704 0044 0532 0130 00 for\n", &["DE89", "3704", "0532"]),
    ("curl -u kim:Kettle77 there\n", &["Kettle77"]),
    ("https://quay.example/a?token=kettle77teapot and\n", &["kettle77teapot"]),
    ("Backup codes: 4821-9375 2083-5561\n", &["4821-9375", "2083-5561"]),
];

#[test]
fn secrets_that_are_typed_are_not_learned_and_never_offered() {
    for (line, words) in SECRETS {
        let mut suggester = Suggester::new(Trigram::new(TEXT), learning());
        // Twice, for a word is learned at its second place; then each of them begun again.
        let begun: Vec<String> = words.iter().map(|word| word.chars().take(3).collect()).collect();
        let begun = begun.join(" ") + " ";
        let first = format!("The garden was quiet.\n{line}");
        // A value is known to be one when it is whole.
        type_into(&mut suggester, &first);
        let all = format!("{first}{line}The garden was {begun}");
        let offered = type_on(&mut suggester, &all, first.len());
        for word in words {
            let is_in = |texts: &[String]| {
                texts.iter().any(|text| text.to_lowercase().contains(&word.to_lowercase()))
            };
            assert!(!is_in(&offered), "{word} was offered: {offered:?}");
            assert!(!is_in(&learned(&suggester)), "{word} was learned");
            let bytes = suggester.personal().to_bytes();
            // Four digits may stand in a number there.
            assert!(
                word.len() <= 4 || !bytes.windows(word.len()).any(|window| window == word.as_bytes()),
                "{word} is in the file"
            );
        }
        assert!(
            learned(&suggester).iter().any(|word| word == "garden"),
            "{line}: the text around is learned"
        );
    }
}

#[test]
fn the_open_document_alone_offers_no_secret_either() {
    let mut suggester = Suggester::new(Trigram::new(TEXT), incognito());
    for text in [
        "password: Kettle77\nKet",
        "password: Kettle77\nThe garden. K",
        "password: Ket\nK",
        "Kettle77\npassword: Kettle77\nKe",
    ] {
        let known = text.rfind('\n').unwrap();
        type_into(&mut suggester, &text[..known]);
        let offered = type_on(&mut suggester, text, known);
        assert!(offered.iter().all(|word| !word.to_lowercase().starts_with("ket")), "{text}: {offered:?}");
        suggester.restart();
        let at_once = suggester.suggest(text, "", 5);
        assert!(
            at_once.candidates.iter().all(|candidate| !candidate.word.starts_with("Ket")),
            "{text}: {at_once:?}"
        );
        assert_eq!(at_once.ghost, None, "{text}");
    }
    // Where it is no secret, the document offers it at once.
    let offered = type_into(&mut suggester, "We saw Kettle77 there. K");
    assert!(offered.iter().any(|word| word == "Kettle77"), "{offered:?}");
}

#[test]
fn what_a_word_was_learned_as_before_goes_when_it_turns_out_secret() {
    let mut suggester = Suggester::new(Trigram::new(TEXT), learning());
    type_into(&mut suggester, "We say Kettle77 and then Kettle77 again.\n");
    assert!(learned(&suggester).contains(&"Kettle77".to_owned()));
    let offered =
        type_into(&mut suggester, "We say Kettle77 and then Kettle77 again.\npassword: Kettle77\nKettle7");
    assert!(!learned(&suggester).contains(&"Kettle77".to_owned()));
    assert!(offered.last().is_none_or(|word| word != "Kettle77"), "{offered:?}");

    // Learned earlier, from wherever.
    let mut personal = Personal::default();
    personal.learn_documents([("a", "Kettle77 and Kettle77")]);
    let mut suggester = Suggester::with_personal(Trigram::new(TEXT), personal, learning());
    let offers_it =
        |shown: Suggestions| shown.candidates.iter().any(|candidate| candidate.word == "Kettle77");
    assert!(offers_it(suggester.suggest("K", "", 5)));
    type_into(&mut suggester, "password: Kettle77\nK");
    assert!(!offers_it(suggester.suggest("password: Kettle77\nK", "", 5)));
    assert!(!learned(&suggester).contains(&"Kettle77".to_owned()));
}

#[test]
fn a_model_that_would_recite_its_context_is_not_let() {
    let model = Rigged::new(&[
        ("", &[("the", 0.5), ("Kettle77", 0.5)]),
        ("the", &[("word", 0.9), ("Kettle77", 0.1)]),
        ("word", &[("Kettle77", 0.9), ("again", 0.1)]),
        ("seven", &[("quiet", 1.0)]),
        ("quiet", &[("kettles", 1.0)]),
    ]);
    let settings = SuggestionSettings { components: Components::LSTM, phrase_words: 2, ..incognito() };
    let mut suggester = Suggester::new(model, settings);
    let shown = |suggestions: Suggestions| {
        let words: Vec<String> =
            suggestions.candidates.iter().map(|candidate| candidate.word.clone()).collect();
        (words.join(" "), suggestions.ghost.map(|ghost| ghost.text))
    };
    assert_eq!(
        shown(suggester.suggest("the ", "", 5)),
        ("word Kettle77".into(), Some("word Kettle77".into()))
    );
    assert_eq!(
        shown(suggester.suggest("password: Kettle77\nthe ", "", 5)),
        ("word".into(), Some("word".into()))
    );
    assert_eq!(shown(suggester.suggest("then seven ", "", 5)).0, "quiet");
    assert_eq!(shown(suggester.suggest("passphrase: seven quiet kettles sing\nthen seven ", "", 5)).0, "");
}

#[test]
fn nothing_is_offered_where_a_secret_is_being_typed() {
    let settings = SuggestionSettings { components: Components::ALL, ..learning() };
    let mut suggester = Suggester::new(Trigram::new(TEXT), settings);
    for (before, is_silent) in [
        ("password: ", true),
        ("password: th", true),
        ("PIN: ", true),
        ("Password\n", true),
        ("the garden: th", false),
        ("password: Kettle77\nth", false),
    ] {
        let shown = suggester.suggest(before, "", 5);
        assert_eq!(shown.candidates.is_empty() && shown.ghost.is_none(), is_silent, "{before:?}");
    }
}

#[test]
fn an_address_with_a_secret_is_not_completed() {
    let mut suggester = Suggester::new(Trigram::new(TEXT), incognito());
    for address in ["https://kim:Kettle77@quay.example/boats", "https://quay.example/a?token=Kettle77teapot"]
    {
        let shown = suggester.suggest(&format!("see {address} and {}", &address[..10]), "", 5);
        assert_eq!(shown.ghost, None, "{address}");
    }
    let shown = suggester.suggest("see https://quay.example/boats and https://qu", "", 5);
    assert_eq!(shown.ghost.map(|ghost| ghost.text).as_deref(), Some("ay.example/boats"));
}

#[test]
fn a_seed_phrase_is_taken_back_when_it_is_known_to_be_one() {
    let phrase = "orange ladder pencil kitchen garden river stone window winter yellow zebra zoo";
    let mut suggester = Suggester::new(Trigram::new(TEXT), learning());
    type_into(&mut suggester, &format!("{phrase}\n{phrase}\nThe quay was quiet, the quay was open.\n"));
    let words = learned(&suggester);
    assert!(phrase.split(' ').all(|word| !words.contains(&word.to_owned())), "{words:?}");
    assert!(words.contains(&"quay".to_owned()));
}

#[test]
fn no_sentence_of_an_unspaced_script_and_no_overlong_run_is_learned() {
    for run in ["庭は静かだった", "我们昨天走到了码头", "สวนเงียบมากในตอนเช้า", LONG]
    {
        let text = format!("The garden {run}. The garden {run}.\n");
        let mut suggester = Suggester::new(Trigram::new(TEXT), learning());
        type_into(&mut suggester, &text);
        let mut read = Personal::default();
        read.learn_documents([("a", &*text)]);
        for words in [learned(&suggester), read.words().into_iter().map(|learned| learned.word).collect()] {
            assert!(words.iter().all(|word| word.is_ascii() || word.chars().count() <= 4), "{words:?}");
            assert!(
                words.iter().all(|word| word.chars().count() <= 40) && words.contains(&"garden".to_owned())
            );
        }
    }
}

#[test]
fn what_turns_out_to_be_secret_is_taken_back_in_whatever_typography() {
    for word in ["Ket’tle77", "Ket\u{ad}tle77", "Ket‑tle77", "Ünder77"] {
        let mut suggester = Suggester::new(Trigram::new(TEXT), learning());
        let text = format!("see {word} and {word} or {word} was. ");
        type_into(&mut suggester, &text);
        let level = crate::words::word::levelled(word).into_owned();
        assert!(learned(&suggester).contains(&level), "{word:?}: {:?}", learned(&suggester));
        let pasted = format!("{text}{LONG} and on it goes, so here it is: password: {word}\nAnd so on. ");
        suggester.suggest(&pasted, "", 5);
        assert!(!learned(&suggester).contains(&level), "{word:?}");
        let far = format!("{pasted}{}see K", "the boats are out. ".repeat(5));
        let offered = suggester.suggest(&far, "", 5).candidates;
        assert!(
            offered.iter().all(|candidate| crate::words::word::levelled(&candidate.word) != level),
            "{offered:?}"
        );
    }
}
