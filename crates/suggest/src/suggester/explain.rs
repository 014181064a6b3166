//! How much of each candidate's probability comes from where.

use super::current_word::CurrentWord;
use super::{Candidate, LanguageModel, Suggester};
use crate::counts::cases::uncapitalised;
use crate::counts::personal;
use crate::mixture::expert::Expert;
use crate::offer::reason::{Origin, Reason};
use crate::words::word::levelled;

impl<M: LanguageModel> Suggester<M> {
    /// The shares of each of the `candidates` that were just found to go on from `prefix`.
    pub(super) fn reasons(&mut self, prefix: &str, candidates: &[Candidate]) -> Vec<Reason> {
        let Some(word) = &mut self.word else { return Vec::new() };
        let posterior = word.posterior(&self.personal, &levelled(prefix));
        let (Some(word), Some(posterior)) = (&self.word, posterior) else { return Vec::new() };
        let reason = |candidate: &Candidate| {
            let level = levelled(&candidate.word);
            let probabilities = word.probabilities_of(&self.personal, &level);
            let mut shares = [0.0_f32; 4];
            for expert in Expert::over_words() {
                let origin = match expert {
                    Expert::Lstm | Expert::Words => Origin::Network,
                    Expert::Personal(_) => Origin::Personal,
                    Expert::Recent(_) => Origin::Document,
                    Expert::Background => Origin::Background,
                };
                let part = posterior.by_words(&probabilities.only(expert));
                shares[origin as usize] += posterior.probability(0.0, part);
            }
            let by_words: f32 = shares.iter().sum();
            // The LSTM over bytes has the rest.
            let all = candidate.probability.max(by_words).max(f32::MIN_POSITIVE);
            for share in &mut shares {
                *share /= all;
            }
            shares[Origin::Network as usize] += 1.0 - by_words / all;
            Reason { word: candidate.word.clone(), shares, document: self.document_of(word, &level) }
        };
        candidates.iter().map(reason).collect()
    }

    /// The document in which a word followed the longest part of its context.
    fn document_of(&self, current: &CurrentWord, word: &str) -> Option<String> {
        let counts = &self.personal.counts;
        let own = self.personal.lexicon.number(word);
        let small = uncapitalised(word).and_then(|small| self.personal.lexicon.number(&small));
        (1..=personal::CONTEXT).rev().find_map(|length| {
            let context = counts.context(&current.history, length)?;
            let mut followers = counts.followers(context);
            let follower = followers.find(|follower| [own, small].contains(&Some(follower.word)))?;
            self.personal.sources.get(usize::from(follower.source)).cloned()
        })
    }
}
