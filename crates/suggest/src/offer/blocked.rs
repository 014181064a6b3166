//! Words that are never offered, and the forms of them: `moist` blocks `moist's` and `moists`, and a swear word its compounds.

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

    /// The list that is built in.
    const BUILT_IN: &str = include_str!("../../../../assets/never.txt");

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
        for word in [
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
        ] {
            assert!(!is_blocked(&blocked, word), "{word}");
        }
    }

    #[test]
    fn of_a_writers_own_word_plural_and_possessive_are_blocked_and_no_more() {
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
