//! Words by number, and by how they begin.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::counts::background::Background;

/// A word's number, in order of appearance.
pub(crate) type WordNumber = u32;

/// In which other cases a word may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cases {
    /// With a capital first: it begins with a small letter.
    pub(crate) capitalised: bool,
    /// All in capitals: it has letters, and none of them is a capital.
    pub(crate) capitals: bool,
}

/// Spellings and their numbers. It only ever grows; what is known *about* a word is counted elsewhere.
///
/// The words of the [`Background`] have the first numbers, whether the writer used them or not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexicon {
    background: Option<&'static Background>,
    /// Spellings of the numbers after those of the background.
    spellings: Vec<Arc<str>>,
    cases: Vec<Cases>,
    /// The words used, by spelling.
    used: BTreeMap<Arc<str>, WordNumber>,
}

impl Lexicon {
    /// No word used, those of the background known.
    pub(crate) fn new(background: Option<&'static Background>) -> Self {
        Self { background, ..Self::default() }
    }

    /// The background, if there is one.
    pub(crate) fn background(&self) -> Option<&'static Background> {
        self.background
    }

    fn first(&self) -> usize {
        self.background.map_or(0, Background::len)
    }

    /// The number of a word that is used; a new one if it has none.
    pub(crate) fn learn(&mut self, word: &str) -> WordNumber {
        if let Some(&number) = self.used.get(word) {
            return number;
        }
        let spelling: Arc<str> = word.into();
        let number = self.background.and_then(|background| background.number(word)).unwrap_or_else(|| {
            self.spellings.push(Arc::clone(&spelling));
            self.cases.push(Cases::of(word));
            (self.first() + self.spellings.len() - 1) as WordNumber
        });
        self.used.insert(spelling, number);
        number
    }

    /// The word's number, if it has one.
    pub(crate) fn number(&self, word: &str) -> Option<WordNumber> {
        let used = self.used.get(word).copied();
        used.or_else(|| self.background.and_then(|background| background.number(word)))
    }

    /// The spelling of a number that was given out here.
    pub(crate) fn spelling(&self, number: WordNumber) -> &str {
        match (self.background, (number as usize).checked_sub(self.first())) {
            (Some(background), None) => background.spelling(number),
            (_, own) => &self.spellings[own.unwrap_or(0)],
        }
    }

    /// In which other cases a word may stand.
    pub(crate) fn cases(&self, number: WordNumber) -> Cases {
        match (self.background, (number as usize).checked_sub(self.first())) {
            (Some(background), None) => background.cases(number),
            (_, own) => self.cases[own.unwrap_or(0)],
        }
    }

    /// Numbers given out, those of the background included.
    pub(crate) fn len(&self) -> usize {
        self.first() + self.spellings.len()
    }

    /// All words used, by spelling.
    pub(crate) fn used(&self) -> impl Iterator<Item = (&str, WordNumber)> {
        self.used.iter().map(|(spelling, &number)| (&**spelling, number))
    }

    /// The words used that begin with `prefix`, by spelling.
    pub(crate) fn beginning_with(&self, prefix: &str) -> impl Iterator<Item = (&str, WordNumber)> {
        let from = (std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded);
        let prefix = prefix.to_owned();
        self.used
            .range::<str, _>(from)
            .map(|(spelling, &number)| (&**spelling, number))
            .take_while(move |(spelling, _)| spelling.starts_with(&prefix))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_number_and_is_found_by_how_it_begins() {
        let mut lexicon = Lexicon::default();
        let numbers: Vec<WordNumber> =
            ["moor", "moon", "mop", "모임", "moon"].iter().map(|word| lexicon.learn(word)).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 1]);
        let found = |prefix| lexicon.beginning_with(prefix).map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(found("moo"), ["moon", "moor"]);
        assert_eq!(found("모"), ["모임"]);
        assert_eq!(found("").len(), lexicon.len());
        assert_eq!((lexicon.number("mop"), lexicon.number("mo")), (Some(2), None));
        assert_eq!(lexicon.spelling(2), "mop");
    }

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
        assert_eq!(super::capitalised("éa").as_deref(), Some("Éa"));
        assert_eq!(super::uncapitalised("Éa").as_deref(), Some("éa"));
        assert_eq!(super::uncapitalised("a"), None);
    }
}
