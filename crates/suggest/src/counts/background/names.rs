//! Which words of the texts are names, and which of them are in general use.

use rustc_hash::FxHashSet;

use super::Background;
use super::register::Register;
use model::Symbol;
use model::ngram::START;

/// A word that was met less often than about this is rare, and one below the other hardly more than the word of one text.
const SELDOM: f64 = 500.0;
const ONE_TEXT: f64 = 200.0;

/// A rare word that is so many times likelier where a line begins is mostly a name by which somebody is addressed in a chat.
const ADDRESSED: f32 = 3.0;

impl Background {
    /// Whether a word is spelled with a capital first within sentences.
    pub(super) fn is_name(&self, number: Symbol) -> bool {
        self.spelling(number).chars().nth(1).is_some()
            && self.spelling(number).starts_with(char::is_uppercase)
    }

    /// Whether a word is spelled with a capital first within sentences, and is no contraction of *I*.
    pub(crate) fn names(&self, word: &str) -> bool {
        !word.starts_with("I'") && self.number(word).is_some_and(|number| self.is_name(number))
    }

    /// P(word) without context, in whatever case but capitals; 0 if it is unknown.
    pub(crate) fn frequency(&self, word: &str) -> f64 {
        let number = self.in_any_case(word).filter(|&number| !is_abbreviation(self.spelling(number)));
        number.map_or(0.0, |number| f64::from(self.alone(number)))
    }

    /// About how often a word was met, in whatever case.
    pub(crate) fn met_in_any_case(&self, word: &str) -> f64 {
        self.in_any_case(word).map_or(0.0, |number| self.met(number))
    }

    /// Whether a word in just this spelling is rare.
    pub(crate) fn is_rare(&self, word: &str) -> bool {
        self.number(word).is_some_and(|number| self.met(number) < SELDOM)
    }

    /// Whether a word is a rare name: of a person in one book, or by which somebody was addressed in a chat.
    pub(crate) fn is_of_one_text(&self, word: &str) -> bool {
        self.number(word).is_some_and(|number| {
            let is_nickname = self.addressed.contains(&number) || has_inner_capital(word);
            self.is_name(number) && self.met(number) < ONE_TEXT || is_nickname && self.met(number) < SELDOM
        })
    }
}

/// The words that mostly open a line in one of the registers, adverbs and contractions apart.
pub(super) fn addressed(registers: &[Register]) -> FxHashSet<Symbol> {
    let mut addressed = FxHashSet::default();
    for Register { model, alone, .. } in registers {
        let (openings, _) = model.seen_after(&model.state_after(&[START]));
        let is_addressed = |&(number, probability): &(Symbol, f32)| {
            let spelling = model.spelling(number);
            let alone = alone.get(number as usize).copied().unwrap_or_default();
            probability >= ADDRESSED * alone && !spelling.contains('\'') && !spelling.ends_with("ly")
        };
        addressed.extend(openings.iter().filter(|opening| is_addressed(opening)).map(|&(number, _)| number));
    }
    addressed
}

/// Whether a word is an abbreviation of two capitals or more.
fn is_abbreviation(word: &str) -> bool {
    word.chars().nth(1).is_some() && word.chars().all(char::is_uppercase)
}

/// Whether a word has a capital behind a small letter, as `GitHub`; not behind `Mc`.
fn has_inner_capital(word: &str) -> bool {
    let rest = word.strip_prefix("Mc").or_else(|| word.strip_prefix("Mac")).unwrap_or(word);
    let mut letters = rest.chars().skip_while(|c| !c.is_lowercase());
    letters.any(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::Background;

    #[test]
    fn words_of_one_text_are_told_from_those_in_general_use() {
        let base = Background::base().unwrap();
        // What only one source has is no word of the base at all.
        for (word, expected) in [
            ("ikonia", true),
            ("ActionParsnip", true),
            ("Juley", true),
            ("London", false),
            ("Monday", false),
            ("John", false),
            ("interestingly", false),
            ("moistened", false),
            ("GitHub", false),
            ("McCarthy", false),
        ] {
            assert_eq!(!base.knows(word) || base.is_of_one_text(word), expected, "{word}");
        }
        assert!(base.names("London") && !base.names("I'm") && !base.names("table"));
        assert!(base.frequency("the") > base.frequency("table") && base.frequency("xqzt") <= 0.0);
    }
}
