//! Contractions without their apostrophe, and words run together: what is meant, by the odds.
//!
//! The base model's counts have these slips, too, so P(typed | h) is partly theirs. For a slip that is no word, as `im`, it is what exceeds the
//! average share of slips: `as is his wont` is likelier than any `won't` there. For a word, as `its`, it is all of P(typed | h).

use super::allowed::Allowed;
use super::corrections::{RIGHT, SURE, cased, met};
use super::rank::Place;
use crate::offer::candidate::Candidate;
use crate::words::case::Casing;
use crate::words::{common_names, contractions, misspellings};
use model::LanguageModel;

/// P(the apostrophe is left out) of a contraction that is a word without it; and its bounds for the others.
const LEFT_OUT: f64 = 0.05;
const RARELY: f64 = 2e-3;
const OFTEN: f64 = 0.3;

impl<M: LanguageModel> Place<'_, M> {
    /// What is meant by a prefix that is a contraction without its apostrophe, or words run together; none if it is likelier right. `None` if it
    /// is neither. `small`: the prefix in lower case; `casing`: its case.
    pub(super) fn apart(&mut self, small: &str, casing: Option<Casing>) -> Option<Vec<Candidate>> {
        if casing == Some(Casing::Capitals) {
            return None;
        }
        if let Some(meant) = contractions::parted(small) {
            let background = self.personal.lexicon.background();
            let begun =
                background.map_or(0.0, |known| f64::from(known.evidence(&known.beginning_with(small)).met));
            let slips = met(self.personal, small).max(1.0);
            let probability = (1.0 - RIGHT) * slips / begun.max(slips);
            return Some(self.offered(cased(meant, casing), probability));
        }
        let meant = contractions::meant_by(small).or_else(|| listed(small))?;
        let name = common_names::spelling(meant);
        let counted_as = cased(name.unwrap_or(meant), casing);
        let (prefix, personal) = (self.prefix, self.personal);
        let word = &mut *self.word;
        let as_meant = word.counted(personal, &counted_as);
        let as_typed = word.counted(personal, prefix);
        let goes_on = (word.counted_beginning(personal, prefix) - as_typed).max(0.0);
        let is_word = contractions::is_word(small);
        let rate = if is_word {
            LEFT_OUT
        } else {
            (met(personal, small) / met(personal, meant).max(1.0)).clamp(RARELY, OFTEN)
        };
        let slip = rate * as_meant;
        let right = if is_word { as_typed } else { (as_typed - slip).max(0.0) } + goes_on;
        let probability = if slip > 0.0 { (1.0 - RIGHT) * slip / (slip + right) } else { 0.0 };
        let is_small = casing.is_none() && self.document.leaves_out_capitals();
        Some(self.offered(if is_small { meant.to_owned() } else { counted_as }, probability))
    }

    /// A correction, if it is likely enough and its words may be offered.
    fn offered(&self, meant: String, probability: f64) -> Vec<Candidate> {
        let allowed: Allowed = self.allowed();
        let is_offered =
            probability >= SURE && meant.split(' ').all(|word| allowed.allows("", word.as_bytes()));
        let candidate =
            || Candidate { completion: meant.clone(), word: meant.clone(), probability: probability as f32 };
        is_offered.then(candidate).into_iter().collect()
    }
}

/// The contraction that a listed misspelling stands for.
fn listed(small: &str) -> Option<&'static str> {
    let is_it = |meant: &&str| meant.contains('\'') && meant.replace('\'', "") == small;
    misspellings::find(small)?.meant().find(is_it)
}
