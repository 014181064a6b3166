//! Which words may be offered at all.

use std::borrow::Cow;

use super::SuggestionSettings;
use super::surroundings::Surroundings;
use crate::counts::background::Background;
use crate::counts::cases::uncapitalised;
use crate::counts::document_words::DocumentWords;
use crate::counts::personal::Personal;
use crate::guard::Guard;
use crate::offer::blocked::{is_blocked, is_compound_of_blocked};
use crate::words::case::is_shift_slip;
use crate::words::common_names;
use crate::words::line::LineStart;
use crate::words::misspellings;
use crate::words::word::{folded, is_one_script, is_word, levelled};

/// Words that are written twice in a row on purpose, or end one sentence and begin the next.
const DOUBLED: &[&str] = &[
    "blah", "bye", "far", "ha", "had", "he", "i", "it", "knock", "long", "many", "much", "no", "really",
    "she", "so", "that", "they", "very", "we", "well", "yes", "you",
];

/// Letters from which on a rare name may be meant.
const NAMED: usize = 3;

/// The odds of a name that is not the writer's own are divided by this, and its P is this at most, while hardly a letter is typed.
const OTHERS: f32 = 8.0;
const MOST_OF_NAME: f32 = 0.4;

/// P(word) in English from which on a word is common there.
const COMMON: f64 = 1e-4;

/// How often a misspelling must have been used to be the writer's own word: two times, the first a while ago.
const OWN: f32 = 1.5;

/// What may be offered behind one word.
#[derive(Clone, Copy)]
pub(super) struct Allowed<'a> {
    pub(super) settings: &'a SuggestionSettings,
    pub(super) guard: &'a Guard,
    pub(super) personal: &'a Personal,
    pub(super) document: &'a DocumentWords,
    pub(super) surroundings: &'a Surroundings,
    /// Where a line begins.
    pub(super) line_start: Option<&'a LineStart>,
    /// The word before.
    pub(super) before: &'a str,
}

impl Allowed<'_> {
    /// Whether the word made of `typed` and `rest` may be offered: the settings have it, it gives no secret away, and it fits the place.
    pub(super) fn allows(&self, typed: &str, rest: &[u8]) -> bool {
        let Ok(rest) = std::str::from_utf8(rest) else { return false };
        let word = format!("{typed}{rest}");
        self.settings.allow(typed, rest, &word)
            && !self.guard.refuses(self.before, &word, |word| self.personal.knows(word))
            && self.fits(typed, &word)
            && !self.is_a_strangers_name(typed, &word)
            && !self.is_blocked(&word)
    }

    /// Whether a word fits the place: no prose in code, no echo, no slip, one script, a language that is known.
    fn fits(&self, typed: &str, word: &str) -> bool {
        if let Some(known) = &self.surroundings.verbatim {
            return known.contains(word);
        }
        if word.starts_with(|c: char| c.is_ascii_digit())
            && self.line_start.is_some_and(|line| line.next_item.is_some())
        {
            return false;
        }
        if typed.is_empty() && is_lone_letter(word) {
            return false;
        }
        // Who has begun to type a word again may mean it: then its probability decides (`rank`).
        if typed.is_empty() && self.is_echo(word) && !DOUBLED.contains(&word.to_lowercase().as_str()) {
            return false;
        }
        if misspellings::is_listed(word) {
            return self.is_habit(word);
        }
        if self.surroundings.is_foreign && self.is_common_english(word) {
            return false;
        }
        let is_doubtful = self.surroundings.is_foreign || !is_one_script(word) || self.is_shift_slip(word);
        !is_doubtful || self.is_own(word)
    }

    /// Whether a word is a name that the base model's texts hardly have beyond one of them, or have rarely while hardly a letter of it is
    /// typed. The writer's own names are none of these; nor are rare ones behind another name.
    fn is_a_strangers_name(&self, typed: &str, word: &str) -> bool {
        let Some(background) = self.personal.lexicon.background() else { return false };
        let word = word.strip_suffix("'s").unwrap_or(word);
        let is_hardly_typed = typed.chars().nth(NAMED - 1).is_none();
        let is_rare =
            is_hardly_typed && !self.follows_a_name() && background.names(word) && background.is_rare(word);
        (is_rare || background.is_of_one_text(word)) && !common_names::is_known(word) && !self.is_own(word)
    }

    /// P of a word that has `probability` by the mixture. A name out of the base model's texts has less than that while hardly a letter of it is
    /// typed: the writer knows other people and places, and they may begin so, too.
    pub(super) fn tempered(&self, typed: &str, word: &str, probability: f32) -> f32 {
        let is_begun = typed.chars().nth(NAMED).is_none();
        let is_name = |background: &Background| background.names(word);
        if !is_begun
            || !self.personal.lexicon.background().is_some_and(is_name)
            || self.follows_a_name()
            || self.is_own(word)
        {
            return probability;
        }
        if common_names::is_place(word) {
            return probability.min(MOST_OF_NAME);
        }
        if common_names::is_known(word) {
            return probability;
        }
        (probability / (probability + OTHERS * (1.0 - probability))).min(MOST_OF_NAME)
    }

    /// Whether a word is one that any English text has: where another language is written, the document's own English is no help.
    fn is_common_english(&self, word: &str) -> bool {
        self.personal.lexicon.background().is_some_and(|background| background.frequency(word) >= COMMON)
    }

    /// Whether a word is rare in the base model's texts, and none of the writer's.
    pub(super) fn is_rare(&self, word: &str) -> bool {
        self.personal.lexicon.background().is_some_and(|background| background.is_rare(word))
            && !self.is_own(word)
    }

    /// Whether the word before is a name, and no word with the capital of a sentence's opening.
    fn follows_a_name(&self) -> bool {
        let is_name =
            || self.personal.lexicon.background().is_some_and(|background| background.names(self.before));
        self.before.starts_with(char::is_uppercase)
            && self.before.chars().nth(1).is_some()
            && (!self.surroundings.follows_opening || is_name())
    }

    /// Whether the settings block a word, or a compound of blocked words.
    fn is_blocked(&self, word: &str) -> bool {
        let background = self.personal.lexicon.background();
        let met = |word: &str| background.map_or(0.0, |background| background.met_in_any_case(word));
        is_compound_of_blocked(&self.settings.never_offer, &folded(word), met)
    }

    /// Whether a word only repeats the word before it, or the one that began the line before.
    pub(super) fn is_echo(&self, word: &str) -> bool {
        let is_it = |other: &str| other.len() == word.len() && other.to_lowercase() == word.to_lowercase();
        !is_number(word)
            && (is_it(self.before)
                || self.line_start.and_then(|line| line.opener.as_deref()).is_some_and(is_it))
    }

    /// Whether a word has a capital too many, as `THey`; not `TVs`, which the counts have.
    fn is_shift_slip(&self, word: &str) -> bool {
        is_shift_slip(word) && self.personal.lexicon.number(word).is_none()
    }

    /// Whether a word, in this case or in lower case, stands in the document or was learned from the writer.
    pub(super) fn is_own(&self, word: &str) -> bool {
        let has = |word: &str| self.is_written(word);
        has(word) || uncapitalised(word).is_some_and(|small| has(&small)) || has(&word.to_lowercase())
    }

    /// Whether a word stands in the document or was learned from the writer in just this spelling.
    pub(super) fn is_written(&self, word: &str) -> bool {
        self.document.count(self.personal, word) > 0.0 || self.personal.is_learned(word)
    }

    /// Whether the writer uses a word again and again.
    pub(super) fn is_habit(&self, word: &str) -> bool {
        let uses = |word: &str| self.document.count(self.personal, word).max(self.personal.count(word));
        uses(word) >= OWN || uses(&word.to_lowercase()) >= OWN
    }
}

/// Whether a word is a single letter that is no word of English: the rest of an abbreviation, an initial. Typing it costs no more than taking it.
fn is_lone_letter(word: &str) -> bool {
    word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic()) && !["a", "A", "I"].contains(&word)
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

impl SuggestionSettings {
    /// Whether a word may be offered: it is one, and not among those never to be.
    pub(super) fn allow(&self, typed: &str, rest: &str, word: &str) -> bool {
        let is_last_letter = !typed.is_empty() && rest.chars().nth(1).is_none();
        // A words file of an older version may hold `don’t` beside `don't`: only the levelled one is offered.
        is_word(word)
            && matches!(levelled(rest), Cow::Borrowed(_))
            && (self.single_letters || !is_last_letter)
            && !is_blocked(&self.never_offer, &folded(word))
    }
}
