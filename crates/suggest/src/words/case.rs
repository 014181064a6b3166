//! The case of the typed part of a word.
//!
//! The LSTM spells case itself, and mostly right: after `I met Mr. Sm` it has `Smith`. But it has read little in CAPITALS and few
//! capitalised forms of plain words. So where the typed part has capitals, the same words are also looked for in lower case, and
//! offered in the case of the typed part (`network::blend`).

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

    /// The weight of the words that were looked for in lower case.
    pub(crate) fn weight(self) -> f32 {
        match self {
            Self::Capitalised => 0.2,
            Self::Capitals => 0.6,
        }
    }

    /// What is still to be typed of a word found in lower case, in this casing.
    pub(crate) fn apply(self, completion: &str) -> String {
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

/// Whether a word looks as if Shift was held too long: two capitals, then small letters alone.
pub(crate) fn is_shift_slip(word: &str) -> bool {
    let mut letters = word.chars();
    let has_capitals = letters.by_ref().take(2).filter(|c| c.is_uppercase()).count() == 2;
    let mut rest = letters.filter(|c| c.is_alphabetic()).peekable();
    has_capitals && rest.peek().is_some() && rest.all(char::is_lowercase)
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

    #[test]
    fn two_capitals_and_then_small_letters_are_a_slip_of_shift() {
        for (word, expected) in [
            ("THe", true),
            ("THey", true),
            ("TH", false),
            ("The", false),
            ("THE", false),
            ("McDo", false),
            ("ÜBer", true),
        ] {
            assert_eq!(is_shift_slip(word), expected, "{word}");
        }
    }

    #[test]
    fn letters_without_a_single_lower_case_form_are_left_alone() {
        assert_eq!(fold("THÉ").as_deref(), Some("thé"));
        assert_eq!(fold("İS"), None);
    }
}
