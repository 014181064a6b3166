//! A counted word has one spelling and may stand in other cases: with a capital where a sentence opens, in capitals where everything is.

/// The case in which a counted word is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Case {
    /// Its own, less the shares of the other cases.
    Own,
    /// With a capital first.
    Capitalised,
    /// In capitals.
    Capitals,
}

/// The other cases a word may stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cases {
    /// With a capital first: it begins with a small letter.
    pub(crate) capitalised: bool,
    /// All in capitals: it has letters, and none of them is a capital.
    pub(crate) capitals: bool,
}

/// The share of a word's probability that goes to its other cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CaseShares {
    /// With a capital first.
    pub(crate) capitalised: f32,
    /// In capitals.
    pub(crate) capitals: f32,
}

impl Cases {
    pub(crate) fn of(word: &str) -> Self {
        let is_small = !word.chars().any(char::is_uppercase);
        let capitalised = is_small && capitalised(word).is_some();
        Self { capitalised, capitals: is_small && word.chars().any(char::is_lowercase) }
    }
}

/// The word with a capital first; `None` if its first letter has no single other form.
pub(crate) fn capitalised(word: &str) -> Option<String> {
    with_first(word, char::to_uppercase)
}

/// The word with its first letter small; `None` if that has no single other form.
pub(crate) fn uncapitalised(word: &str) -> Option<String> {
    with_first(word, char::to_lowercase)
}

fn with_first<I: Iterator<Item = char>>(word: &str, form: impl Fn(char) -> I) -> Option<String> {
    let mut letters = word.chars();
    let first = letters.next()?;
    let mut formed = form(first);
    let other = formed.next().filter(|&other| other != first && formed.next().is_none())?;
    Some(std::iter::once(other).chain(letters).collect())
}

impl CaseShares {
    /// The share of a word's probability that goes to one case of it.
    pub(crate) fn of(self, case: Case, cases: Cases) -> f32 {
        let taken = |may: bool, share: f32| if may { share } else { 0.0 };
        let capitalised = taken(cases.capitalised, self.capitalised);
        let capitals = taken(cases.capitals, self.capitals);
        match case {
            Case::Own => 1.0 - capitalised - capitals,
            Case::Capitalised => capitalised,
            Case::Capitals => capitals,
        }
    }
}

impl Case {
    /// The word in this case; `None` if it has no single such form.
    pub(crate) fn apply(self, word: &str) -> Option<String> {
        match self {
            Self::Own => Some(word.to_owned()),
            Self::Capitalised => capitalised(word),
            Self::Capitals => Some(word.to_uppercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_may_stand_in_capitals() {
        for (word, capitalised, capitals) in [
            ("the", true, true),
            ("Guido", false, false),
            ("iOS", false, false),
            ("'tis", false, true),
            ("42", false, false),
            ("정원", false, false),
            ("ßa", false, true),
        ] {
            assert_eq!(Cases::of(word), Cases { capitalised, capitals }, "{word}");
        }
        assert_eq!(capitalised("éa").as_deref(), Some("Éa"));
        assert_eq!(uncapitalised("Éa").as_deref(), Some("éa"));
        assert_eq!(uncapitalised("a"), None);
    }
}
