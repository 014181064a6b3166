//! The language of a text by its last words: English, or one of those whose function words are known.
//!
//! A hidden Markov model (Rabiner 1989) with a state for each language. A word's P in English is that of the background; another language
//! has its function words, and words that English does not know. So a first sentence already shows its language.

use crate::counts::background::Background;
use crate::words::function_words::{COUNT, languages_of};
use crate::words::misspellings;
use crate::words::word::{levelled, words_in};

/// P(a text begins in another language than English), and P(the language changes) from one word to the next.
const BEGINS: f64 = 0.03;
const CHANGES: f64 = 0.01;
/// The same where a sentence opens.
const CHANGES_AT_OPENING: f64 = 0.06;
/// P(one of its function words) in a language.
const FUNCTION_WORD: f64 = 0.01;
/// The most that a word tells for another language and against it, as ln of the odds.
const FOR: f64 = 7.0;
const AGAINST: f64 = -3.0;
/// What a word tells that is unknown in English: one with letters beyond ASCII, one as `l'ami`, and any other.
const ACCENTED: f64 = 4.0;
const ELIDED: f64 = 4.0;
const UNKNOWN: f64 = 2.0;
/// The most that a function word tells which stands before a name.
const BEFORE_NAME: f64 = 1.0;
/// A word that has at least the first of these P in English, without context, speaks against other languages; at least the second, half as
/// much.
const COMMON: f64 = 1e-5;
const SELDOM: f64 = 1e-6;
/// Words that are looked at.
const WORDS: usize = 24;

/// What the last words of a text tell of its language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tongue {
    /// P(the end of the text is in another language than English).
    pub(super) other: f64,
    /// Where the stretch in the likeliest of the other languages begins, in bytes.
    pub(super) since: usize,
}

/// The language of the end of `text`, by its words.
pub(super) fn at_the_end_of(text: &str, background: &Background) -> Tongue {
    let told = told_by_words(text, background);
    let last = &told[told.len().saturating_sub(WORDS)..];
    let (mut english, mut others) = (1.0 - BEGINS, [BEGINS / COUNT as f64; COUNT]);
    for word in last {
        let other: f64 = others.iter().sum();
        let changes = if word.opens { CHANGES_AT_OPENING } else { CHANGES };
        let arrives = english * changes / COUNT as f64;
        english = english * (1.0 - changes) + other * changes;
        for (language, probability) in others.iter_mut().enumerate() {
            *probability = (*probability * (1.0 - changes) + arrives) * word.odds(language).exp();
        }
        let sum = english + others.iter().sum::<f64>();
        english /= sum;
        for probability in &mut others {
            *probability /= sum;
        }
    }
    let likeliest = (0..COUNT).max_by(|&a, &b| others[a].total_cmp(&others[b])).unwrap_or(0);
    Tongue { other: 1.0 - english, since: since(last, likeliest).unwrap_or(text.len()) }
}

/// Where the words turn to a language: from there on they tell most for it.
fn since(told: &[Told], language: usize) -> Option<usize> {
    let (mut sum, mut most, mut since) = (0.0, f64::MIN, None);
    for word in told.iter().rev() {
        sum += word.odds(language);
        if sum > most {
            (most, since) = (sum, Some(word.start));
        }
    }
    since
}

/// What a word tells, each as ln of the odds for another language.
#[derive(Debug, Clone, Copy)]
struct Told {
    /// Where the word begins, in bytes.
    start: usize,
    length: usize,
    /// Whether a sentence opens with it.
    opens: bool,
    /// The languages that have it as a function word.
    languages: u16,
    /// In these languages.
    function_word: f64,
    /// In any other.
    any_word: f64,
}

/// What each word of a text tells. Names, numbers and code tell nothing, and little what stands before a name: `La Scala`.
fn told_by_words(text: &str, background: &Background) -> Vec<Told> {
    let mut end = 0;
    let mut told: Vec<Told> = Vec::new();
    for word in words_in(text) {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let gap = &text[end..start];
        let before = end;
        let opens = end == 0 || gap.contains(['.', '!', '?', ':', '\n', '"', '¿', '¡', '“', '„', '«']);
        end = start + word.len();
        let small = levelled(word).to_lowercase();
        let is_plain = small.chars().all(|c| c.is_alphabetic() || c == '\'');
        let is_small = !word.chars().skip(usize::from(opens)).any(char::is_uppercase);
        if is_plain && is_small {
            told.push(Told { opens, ..Told::by(start, &small, background.frequency(&small)) });
        } else if gap == " "
            && let Some(article) = told.last_mut().filter(|article| article.start + article.length == before)
        {
            article.function_word = article.function_word.min(BEFORE_NAME);
        }
    }
    told
}

impl Told {
    /// By a word in lower case, which has the P `frequency` in English.
    fn by(start: usize, small: &str, frequency: f64) -> Self {
        let any_word = if frequency >= COMMON {
            AGAINST
        } else if frequency >= SELDOM {
            AGAINST / 2.0
        } else if frequency > 0.0 || misspellings::is_listed(small) {
            0.0
        } else if !small.is_ascii() {
            ACCENTED
        } else if is_elided(small) {
            ELIDED
        } else {
            UNKNOWN
        };
        let function_word = (FUNCTION_WORD / frequency.max(f64::MIN_POSITIVE)).ln().clamp(AGAINST, FOR);
        Self {
            start,
            length: small.len(),
            opens: false,
            languages: languages_of(small),
            function_word,
            any_word,
        }
    }

    fn odds(&self, language: usize) -> f64 {
        if self.languages & (1 << language) != 0 { self.function_word } else { self.any_word }
    }
}

/// Whether a word begins with one that has lost its vowel, as in French and Italian: `l'ami`, `dell'anno`.
fn is_elided(small: &str) -> bool {
    small.split_once('\'').is_some_and(|(first, rest)| {
        ["l", "d", "j", "n", "m", "t", "s", "c", "qu", "un", "all", "dell", "nell", "dall", "sull"]
            .contains(&first)
            && rest.starts_with(['a', 'e', 'i', 'o', 'u', 'y', 'h', 'é', 'è', 'ê', 'à', 'â'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(text: &str) -> f64 {
        at_the_end_of(text, Background::base().unwrap()).other
    }

    #[test]
    fn a_few_words_tell_a_language() {
        for text in [
            "Ich ",
            "Ich möchte ",
            "Je voudrais ",
            "Quiero ir ",
            "Ik wil ",
            "L'amie de mon frère ",
            "We met. She said: wir gehen jetzt nach Hause ",
        ] {
            assert!(other(text) > 0.5, "{text}: {}", other(text));
        }
        for text in [
            "",
            "The ",
            "We die in an inn on a hat ",
            "Los Angeles and El Paso ",
            "fooBar baz_qux x1 y2 ",
            "Naïve café owners and their fiancées ",
            "recieve teh ",
            "La Traviata ",
            "Le Monde and Der Spiegel ",
        ] {
            assert!(other(text) < 0.5, "{text}: {}", other(text));
        }
    }

    #[test]
    fn it_finds_where_a_text_turns() {
        let english = "We had been there before. Then he told us: ";
        for foreign in
            ["Ich möchte ", "je ne sais pas où ", "Los niños no quieren ", "wir haben keine Zeit und "]
        {
            let text = format!("{english}{foreign}");
            let found = at_the_end_of(&text, Background::base().unwrap());
            assert!(found.other > 0.5, "{text}: {found:?}");
            assert_eq!(found.since, english.len(), "{text}");
        }
    }

    #[test]
    fn it_follows_a_text_that_goes_on_in_english() {
        let german = "Wir haben heute nicht so viel Zeit. ";
        assert!(other(german) > 0.9);
        assert!(other(&format!("{german}Then we all went home. ")) < 0.1);
    }
}
