//! Words by number and by prefix.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::counts::background::Background;
use crate::counts::cases::Cases;

/// A word's number, in order of appearance.
pub(crate) type WordNumber = u32;

/// Spellings and their numbers. It only grows; counts are elsewhere.
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
    /// No word used yet; the background's words have their numbers.
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

    /// Marks a word as used and returns its number, a new one if it has none.
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

    /// The spelling of a number.
    pub(crate) fn spelling(&self, number: WordNumber) -> &str {
        match (self.background, (number as usize).checked_sub(self.first())) {
            (Some(background), None) => background.spelling(number),
            (_, own) => &self.spellings[own.unwrap_or(0)],
        }
    }

    /// The other cases a word may stand in.
    pub(crate) fn cases(&self, number: WordNumber) -> Cases {
        match (self.background, (number as usize).checked_sub(self.first())) {
            (Some(background), None) => background.cases(number),
            (_, own) => self.cases[own.unwrap_or(0)],
        }
    }

    /// How many numbers there are, those of the background included.
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
}
