//! Whose chances speak for the words on offer.

use super::current_word::WordPlace;
use super::{Candidate, LanguageModel, Suggester};
use crate::counts::lexicon::uncapitalised;
use crate::counts::personal;
use crate::mixture::weights::{BACKGROUND, EXPERTS, LSTM, PERSONAL, RECENT};
use crate::offer::reason::{Origin, Reason};

impl<M: LanguageModel> Suggester<M> {
    /// Of each of the `candidates` just found to go on from `prefix`, what its chance is made of.
    pub(super) fn reasons(&mut self, prefix: &str, candidates: &[Candidate]) -> Vec<Reason> {
        let Some(mut word) = self.word.take() else { return Vec::new() };
        let has_lstm = self.settings.components.lstm;
        let (_, whole) = word.weighed(&self.personal, prefix, has_lstm);
        let believed =
            f64::from((1.0 - word.escape(&self.personal, prefix, has_lstm)) * word.begins(prefix, has_lstm));
        let reason = |candidate: &Candidate| {
            let chances = word.spelling(&self.personal, &candidate.word);
            let mut shares = [0.0_f32; 4];
            for k in (0..EXPERTS).filter(|&k| k != LSTM && whole > 0.0) {
                let origin = match k {
                    BACKGROUND => Origin::Background,
                    PERSONAL..RECENT => Origin::Personal,
                    _ => Origin::Document,
                };
                let part = f64::from(word.weights[k] * chances[k]) * believed / whole;
                shares[origin as usize] += part as f32;
            }
            let counted: f32 = shares.iter().sum();
            // What the counts do not say is said by the network.
            let all = candidate.probability.max(counted).max(f32::MIN_POSITIVE);
            for share in &mut shares {
                *share /= all;
            }
            shares[Origin::Network as usize] = 1.0 - counted / all;
            let document = self.document_of(&word, &candidate.word);
            Reason { word: candidate.word.clone(), shares, document }
        };
        let reasons = candidates.iter().map(reason).collect();
        self.word = Some(word);
        reasons
    }

    /// The document where a word followed as many of the words before as it ever did.
    fn document_of(&self, place: &WordPlace, word: &str) -> Option<String> {
        let counts = &self.personal.counts;
        let own = self.personal.lexicon.number(word);
        let small = uncapitalised(word).and_then(|small| self.personal.lexicon.number(&small));
        (1..=personal::CONTEXT).rev().find_map(|length| {
            let context = counts.context(&place.history, length)?;
            let mut followers = counts.followers(context);
            let follower = followers.find(|follower| [own, small].contains(&Some(follower.word)))?;
            self.personal.sources.get(usize::from(follower.source)).cloned()
        })
    }
}
