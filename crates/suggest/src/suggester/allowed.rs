//! Which words may be offered at all.

use std::borrow::Cow;

use super::SuggestionSettings;
use crate::counts::personal::Personal;
use crate::guard::Guard;
use crate::words::word::{folded, is_word, levelled};

/// What may be offered behind one word.
pub(super) struct Allowed<'a> {
    pub(super) settings: &'a SuggestionSettings,
    pub(super) guard: &'a Guard,
    pub(super) personal: &'a Personal,
    /// The word before.
    pub(super) before: &'a str,
}

impl Allowed<'_> {
    /// Whether the word made of `typed` and `rest` may be offered: the settings have it, and it gives no secret away.
    pub(super) fn allows(&self, typed: &str, rest: &[u8]) -> bool {
        let Ok(rest) = std::str::from_utf8(rest) else { return false };
        let word = format!("{typed}{rest}");
        self.settings.allow(typed, rest, &word)
            && !self.guard.refuses(self.before, &word, |word| self.personal.knows(word))
    }
}

impl SuggestionSettings {
    /// Whether a word may be offered: it is one, and not among those never to be.
    fn allow(&self, typed: &str, rest: &str, word: &str) -> bool {
        let is_last_letter = !typed.is_empty() && rest.chars().nth(1).is_none();
        // A words file of an older version may hold `don’t` beside `don't`: only the levelled one is offered.
        is_word(word)
            && matches!(levelled(rest), Cow::Borrowed(_))
            && (self.single_letters || !is_last_letter)
            && (self.never_offer.is_empty() || !self.never_offer.contains(&folded(word)))
    }
}
