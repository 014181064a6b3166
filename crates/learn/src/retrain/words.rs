//! The words of a folder, and how much they count beside the network.

use super::budget::beginning;
use crate::corpus::{SourceText, Split};
use model::rnn::StreamingRnn;
use suggest::{Background, Personal, Suggester, SuggestionSettings};

/// Bytes of validation text that the mixture's weights are fitted to, and the passes over it.
const FITTED_BYTES: usize = 24_000;
const FITTED_PASSES: usize = 3;
/// Bytes of it that the calibration is fitted to, so that a stated 70 % is right in 70 of 100 cases.
const CALIBRATED_BYTES: usize = 3_000;

/// The words of the learning share, with the mixture's weights and the calibration.
///
/// Both are fitted on the validation documents before their words are counted, for words already counted would look too good.
pub fn learn_words(model: &StreamingRnn, split: &Split) -> Personal {
    learn_words_within(model, split, 1.0)
}

/// As [`learn_words`], fitted to only a `share` of the text, where there is little time.
pub(super) fn learn_words_within(model: &StreamingRnn, split: &Split, share: f64) -> Personal {
    let mut personal = Personal::new(Background::base());
    count(&mut personal, &split.train);
    let documents = split.validation.len().max(1);
    let beginnings = |bytes: usize| -> Vec<&str> {
        let each = (bytes as f64 * share) as usize / documents;
        split.validation.iter().map(|document| beginning(&document.text, each)).collect()
    };
    let suggester = |personal: &Personal| {
        Suggester::with_personal(model, personal.clone(), SuggestionSettings::default())
    };
    let (observed, escape) = suggester(&personal).collect_mixture_data(&beginnings(FITTED_BYTES));
    let mut mixture = personal.mixture().clone();
    mixture.fit(&observed, FITTED_PASSES);
    mixture.set_escape(escape);
    personal.set_mixture(mixture);
    let calibration = suggester(&personal).collect_calibration_data(&beginnings(CALIBRATED_BYTES));
    personal.set_calibration(calibration);
    count(&mut personal, &split.validation);
    personal
}

/// Counts the words of documents, each under its name.
fn count(personal: &mut Personal, documents: &[SourceText]) {
    personal.learn_documents(documents.iter().map(|d| (d.name.as_str(), d.text.as_str())));
}
