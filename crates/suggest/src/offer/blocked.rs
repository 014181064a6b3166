//! Words that are never offered, and the forms of them: `moist` blocks `moist's`, `moists` and `moistish`, and a swear word all that begins
//! or ends with it.
//!
//! Compounds of other words than swear words are blocked by a rule that spares longer words of the language, as *Scunthorpe*: the rest
//! of the compound must be a word or an ending itself, and the whole must be no word that the base model's counts have.

use std::collections::BTreeSet;

/// Swear words whose every form is one: a word that begins or ends with one of them is blocked as long as the word itself is. Others, such
/// as `cock`, begin and end too many innocent words; of those, only plurals and possessives are blocked.
const STEMS: [&str; 23] = [
    "arsehole",
    "asshole",
    "bastard",
    "bitch",
    "blowjob",
    "bollock",
    "bullshit",
    "cocksuck",
    "cunt",
    "dickhead",
    "dildo",
    "faggot",
    "fuck",
    "jizz",
    "motherfuck",
    "nigga",
    "nigger",
    "piss",
    "shit",
    "slut",
    "twat",
    "wank",
    "whore",
];

/// Words that begin or end with one of [`STEMS`] by chance.
const INNOCENT: [&str; 13] = [
    "kashit",
    "mishit",
    "mishits",
    "niggard",
    "niggardliness",
    "niggardly",
    "pissarro",
    "shitake",
    "shittim",
    "swank",
    "wankel",
    "wankels",
    "yoshit",
];

/// Letters of the shortest blocked word that blocks compounds, and of the shortest words before and behind it. Shorter ones are in too many
/// words by chance.
const STEM: usize = 4;
const BEFORE: usize = 3;
const BEHIND: usize = 4;

/// How often the base model's texts have a word of which compounds are made.
const COMMON: f64 = 300.0;

/// Endings that make a word out of another one.
const ENDINGS: [&str; 12] =
    ["ish", "like", "ness", "less", "ful", "esque", "dom", "hood", "ism", "ist", "y", "wise"];

/// Whether a word, folded, is a compound of one of `blocked`: `snowmoist`, `moistish`, `moistwood`, or the plural or the owner of one.
/// `met`: about how often the base model's texts have a word.
pub(crate) fn is_compound_of_blocked(
    blocked: &BTreeSet<String>,
    word: &str,
    met: impl Fn(&str) -> f64,
) -> bool {
    let owner = word.strip_suffix("'s").or_else(|| word.strip_suffix('\'')).unwrap_or(word);
    let is_word = |part: &str, least: usize| part.len() >= least && met(part) >= COMMON;
    let is_compound = |word: &str| {
        let parts = |stem: &String| {
            word.strip_suffix(stem.as_str()).is_some_and(|before| is_word(before, BEFORE))
                || word
                    .strip_prefix(stem.as_str())
                    .is_some_and(|behind| ENDINGS.contains(&behind) || is_word(behind, BEHIND))
        };
        met(word) <= 0.0
            && blocked.iter().filter(|stem| stem.len() >= STEM && stem.len() < word.len()).any(parts)
    };
    is_compound(owner) || singulars(owner).any(|singular| is_compound(&singular))
}

/// Whether a word, folded, is one of `blocked` or a form of one.
pub(crate) fn is_blocked(blocked: &BTreeSet<String>, word: &str) -> bool {
    if blocked.is_empty() {
        return false;
    }
    let is_one = |part: &str| is_form(blocked, part);
    is_one(word) || (word.contains('-') && word.split('-').any(is_one))
}

/// Whether a word is blocked, as its owner, in the plural, or as part of a compound.
fn is_form(blocked: &BTreeSet<String>, word: &str) -> bool {
    let owner = word.strip_suffix("'s").or_else(|| word.strip_suffix('\'')).unwrap_or(word);
    if blocked.contains(word) || blocked.contains(owner) {
        return true;
    }
    if singulars(owner).any(|singular| blocked.contains(&singular)) {
        return true;
    }
    !INNOCENT.contains(&owner)
        && STEMS.iter().any(|stem| {
            let is_part = owner.starts_with(stem) || owner.ends_with(stem) || ends_with_plural(owner, stem);
            let is_doing =
                || owner.strip_suffix("ing").zip(stem.strip_suffix('e')).is_some_and(|(a, b)| a == b);
            (is_part || is_doing()) && blocked.contains(*stem)
        })
}

fn ends_with_plural(word: &str, stem: &str) -> bool {
    word.strip_suffix("es").or_else(|| word.strip_suffix('s')).is_some_and(|word| word.ends_with(stem))
}

/// What a word may be the plural of.
fn singulars(word: &str) -> impl Iterator<Item = String> {
    let by_s = word.strip_suffix('s').filter(|stem| !stem.ends_with('s'));
    let hisses = |stem: &&str| ["s", "x", "z", "ch", "sh"].iter().any(|end| stem.ends_with(end));
    let by_es = word.strip_suffix("es").filter(hisses);
    let by_ies = word.strip_suffix("ies").map(|stem| format!("{stem}y"));
    [by_s, by_es].into_iter().flatten().map(str::to_owned).chain(by_ies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::background::Background;

    /// The list that is built in.
    const BUILT_IN: &str = include_str!("../../../../assets/never.txt");

    /// Words that have a blocked one in them by chance.
    const INNOCENT_WORDS: [&str; 74] = [
        "assess",
        "assessment",
        "assassin",
        "assume",
        "bass",
        "class",
        "grass",
        "pass",
        "passage",
        "cocktail",
        "cocktails",
        "cockpit",
        "cocker",
        "cocky",
        "cocked",
        "peacock",
        "hancock",
        "dickens",
        "dickinson",
        "dickey",
        "grape",
        "drape",
        "essex",
        "sussex",
        "middlesex",
        "therapist",
        "shiitake",
        "shitake",
        "analysis",
        "analyst",
        "title",
        "titled",
        "titan",
        "constitution",
        "cumin",
        "cucumber",
        "document",
        "accumulate",
        "circumstance",
        "spice",
        "spices",
        "spicy",
        "spiced",
        "despicable",
        "conspicuous",
        "raccoon",
        "cocoon",
        "tycoon",
        "pakistan",
        "retardant",
        "flame-retardant",
        "saturday",
        "sturdy",
        "prickly",
        "pricked",
        "scunthorpe",
        "penistone",
        "lightwater",
        "swank",
        "swanky",
        "mishit",
        "niggardly",
        "pussycat",
        "therapists",
        "chinking",
        "whoever",
        "shirt",
        "shift",
        "fagin",
        "turducken",
        "button",
        "buttress",
        "assassins",
        "matsushita",
    ];

    fn built_in() -> BTreeSet<String> {
        BUILT_IN.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    }

    #[test]
    fn forms_and_compounds_of_swear_words_are_blocked() {
        let blocked = built_in();
        assert!(STEMS.iter().all(|stem| blocked.contains(*stem)), "a stem blocks as long as it is blocked");
        for word in BUILT_IN.lines().filter(|line| !line.starts_with('#')) {
            for form in [word.to_owned(), format!("{word}'s"), format!("half-{word}")] {
                assert!(is_blocked(&blocked, &form), "{form}");
            }
        }
        for word in [
            "fuckery",
            "fuckwit",
            "shitshow",
            "shithead",
            "horseshit",
            "dipshits",
            "bullshitting",
            "bitchy",
            "sonofabitch",
            "whoring",
            "sluttish",
            "wanking",
            "cuntish",
            "niggers'",
            "faggotry",
            "motherfuckin",
            "pissed",
            "pissy",
            "bastardly",
            "twatty",
            "shit-faced",
            "clusterfuck",
            "clusterfucks",
            "assholery",
            "bitches'",
            "trannies",
            "dildos",
            "retard's",
            "spics'",
        ] {
            assert!(is_blocked(&blocked, word), "{word}");
        }
    }

    #[test]
    fn innocent_words_stay() {
        let blocked = built_in();
        for word in INNOCENT_WORDS {
            assert!(!is_blocked(&blocked, word), "{word}");
        }
    }

    #[test]
    fn compounds_of_a_writers_own_word_are_blocked_and_words_of_the_language_are_not() {
        let base = Background::base().unwrap();
        let is_compound = |blocked: &BTreeSet<String>, word: &str| {
            is_compound_of_blocked(blocked, word, |word| base.met_in_any_case(word))
        };
        let own: BTreeSet<String> = ["moist", "zorb", "rap", "hand", "penny"].map(str::to_owned).into();
        for (word, expected) in [
            ("snowmoist", true),
            ("snowmoists", true),
            ("snowmoist's", true),
            ("moistish", true),
            ("moistlike", true),
            ("zorbness", true),
            ("zorbhouse", true),
            ("zorbhouse's", true),
            ("handzorb", true),
            ("moisture", false),
            ("moisturize", false),
            ("moisten", false),
            ("handle", false),
            ("handsome", false),
            ("beforehand", false),
            ("shorthand", false),
            ("therapist", false),
            ("zorbing", false),
            ("xqzorb", false),
            ("wrap", false),
        ] {
            assert_eq!(is_compound(&own, word), expected, "{word}");
        }
        let built_in = built_in();
        for word in INNOCENT_WORDS {
            assert!(!is_compound(&built_in, word), "{word}");
        }
        for word in ["turdish", "dickheadlike", "hackwanker", "whiteraghead"] {
            assert!(is_compound(&built_in, word), "{word}");
        }
    }

    #[test]
    fn of_a_writers_own_word_plural_and_possessive_are_blocked() {
        let blocked: BTreeSet<String> = ["moist", "penny", "box"].map(str::to_owned).into();
        for (word, expected) in [
            ("moist", true),
            ("moists", true),
            ("moist's", true),
            ("moists'", true),
            ("half-moist", true),
            ("pennies", true),
            ("boxes", true),
            ("moisture", false),
            ("moisten", false),
            ("fucking", false),
            ("boxer", false),
            ("bo", false),
        ] {
            assert_eq!(is_blocked(&blocked, word), expected, "{word}");
        }
        assert!(!is_blocked(&BTreeSet::new(), "moist"));
    }
}
