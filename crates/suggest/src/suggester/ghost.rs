//! What stands after the cursor as ghost text: the first word of the list, if it is sure enough, or else a sure beginning of it.

use super::rank::Place;
use crate::offer::candidate::{Candidate, Ghost};
use crate::offer::stem::stem;
use crate::words::address;
use model::LanguageModel;

/// Of the writers who want the ghost, so many take it for each one who types along. Those who do not want it all type past it, so its
/// odds are divided by `1 + TAKEN`.
const TAKEN: f32 = 2.0;

impl<M: LanguageModel> Place<'_, M> {
    /// The ghost beside `list`; `None` where nothing is sure, or in an address. `word_ends`: P(the word is complete already).
    pub(super) fn ghost(&mut self, list: &[Candidate], word_ends: f32) -> Option<Ghost> {
        let first = list.first()?;
        if address::typed(self.cursor.context()).is_some() {
            return None;
        }
        let calibration = self.personal.calibration;
        let confidence = calibration.apply(self.after_refusal(first));
        if self.settings.gate.shows(&first.completion, confidence, first.probability > word_ends) {
            self.word.show_ghost(&first.word);
            let text = self.document.apostrophe().spell(&first.completion);
            return Some(self.extend(Ghost { text, confidence, is_stem: false }, &first.word));
        }
        if self.prefix.is_empty() {
            return None;
        }
        let gate = self.settings.gate;
        let (allowed, prefix) = (self.allowed(), self.prefix);
        // A stem stands there like a word, so it may spell no word that must not.
        let may_stand = |stem: &str, probability: f32| {
            calibration.apply(probability) >= gate.threshold()
                && probability > word_ends
                && allowed.allows(prefix, stem.as_bytes())
        };
        let (text, probability) = stem(list, may_stand)?;
        let text = self.document.apostrophe().spell(&text);
        Some(Ghost { text, confidence: calibration.apply(probability), is_stem: true })
    }

    /// The probability of a word, given that it was not taken when it was the ghost.
    fn after_refusal(&self, candidate: &Candidate) -> f32 {
        let p = candidate.probability;
        if self.word.is_typed_past(&candidate.word) { p / (p + (1.0 + TAKEN) * (1.0 - p)) } else { p }
    }
}
