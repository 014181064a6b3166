//! Case follows what is typed.
//!
//! The model spells case itself and mostly knows best: after `I met Mr. Sm` it has `Smith`. But it has read little in
//! CAPITALS, and few capitalised forms of plain words. So where what is typed has capitals, the same words are also
//! looked for as if it were in lower case, and are offered in the case of what is typed. Both answers are one
//! mixture: a spelling's chance is the sum of its chances in both, weighted, so no spelling is offered twice.

use crate::offer::candidate::Candidate;

/// How the typed part of a word uses capitals, where that differs from plain lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Casing {
    /// `Th`: a capital first, the rest lower case.
    Capitalised,
    /// `TH`: two letters or more, all capital.
    Capitals,
}

impl Casing {
    /// The casing of what is typed; `None` where it is lower case, or mixed in a way only the model can go on with.
    pub(crate) fn of(prefix: &str) -> Option<Self> {
        let mut letters = prefix.chars().filter(|c| c.is_alphabetic());
        if !letters.next()?.is_uppercase() {
            return None;
        }
        let rest: Vec<bool> = letters.map(char::is_uppercase).collect();
        match (rest.contains(&true), rest.contains(&false)) {
            (false, _) => Some(Self::Capitalised),
            (true, false) => Some(Self::Capitals),
            (true, true) => None,
        }
    }

    /// The share of the mixture that the words looked for in lower case get.
    pub(crate) fn weight(self) -> f32 {
        match self {
            Self::Capitalised => 0.2,
            Self::Capitals => 0.6,
        }
    }

    /// What is still to be typed of a word found in lower case, in this casing.
    fn apply(self, completion: &str) -> String {
        match self {
            Self::Capitalised => completion.to_owned(),
            Self::Capitals => completion.to_uppercase(),
        }
    }
}

/// What is typed, in lower case; `None` if its letters do not pair off one to one.
pub(crate) fn fold(prefix: &str) -> Option<String> {
    let folded = prefix.to_lowercase();
    (folded.chars().count() == prefix.chars().count()).then_some(folded)
}

/// One list of `count` words from those found as typed and those found in lower case (completions of the latter are
/// in lower case still), best first.
pub(crate) fn mix(
    casing: Casing,
    typed: Vec<Candidate>,
    folded: Vec<Candidate>,
    prefix: &str,
    count: usize,
) -> Vec<Candidate> {
    let weight = casing.weight();
    let mut mixed = typed;
    for candidate in &mut mixed {
        candidate.probability *= 1.0 - weight;
    }
    for candidate in folded {
        let completion = casing.apply(&candidate.completion);
        let probability = candidate.probability * weight;
        match mixed.iter_mut().find(|other| other.completion == completion) {
            Some(other) => other.probability += probability,
            None => mixed.push(Candidate { word: format!("{prefix}{completion}"), completion, probability }),
        }
    }
    mixed.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    mixed.truncate(count);
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casing_is_told_from_the_letters_typed() {
        for (prefix, expected) in [
            ("", None),
            ("the", None),
            ("T", Some(Casing::Capitalised)),
            ("The", Some(Casing::Capitalised)),
            ("TH", Some(Casing::Capitals)),
            ("É", Some(Casing::Capitalised)),
            ("ÜBE", Some(Casing::Capitals)),
            ("DON'T", Some(Casing::Capitals)),
            ("iPh", None),
            ("McD", None),
            ("42", None),
            ("정원", None),
        ] {
            assert_eq!(Casing::of(prefix), expected, "{prefix}");
        }
    }

    fn candidate(prefix: &str, completion: &str, probability: f32) -> Candidate {
        Candidate { word: format!("{prefix}{completion}"), completion: completion.to_owned(), probability }
    }

    #[test]
    fn one_spelling_is_offered_once_with_both_chances() {
        let typed = vec![candidate("TH", "E", 0.5), candidate("TH", "at", 0.25)];
        let folded = vec![candidate("th", "e", 0.5), candidate("th", "at", 0.25)];
        let mixed = mix(Casing::Capitals, typed, folded, "TH", 5);
        let words: Vec<&str> = mixed.iter().map(|candidate| candidate.word.as_str()).collect();
        assert_eq!(words, ["THE", "THAT", "THat"]);
        assert!((mixed[0].probability - 0.5).abs() < 1e-6, "{mixed:?}");
        assert!((mixed[1].probability - 0.15).abs() < 1e-6, "{mixed:?}");
    }

    #[test]
    fn letters_without_a_single_lower_case_form_are_left_alone() {
        assert_eq!(fold("THÉ").as_deref(), Some("thé"));
        assert_eq!(fold("İS"), None);
    }
}
