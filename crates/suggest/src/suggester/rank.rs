//! The words of one place, ranked: the counts' and the LSTM's in one list.

use super::SuggestionSettings;
use super::allowed::Allowed;
use super::current_word::CurrentWord;
use super::surroundings::Surroundings;
use crate::counts::document_words::DocumentWords;
use crate::counts::personal::Personal;
use crate::guard::Guard;
use crate::mixture::posterior::Posterior;
use crate::network::blend::blend;
use crate::network::cursor::Cursor;
use crate::network::lookahead::{Proposal, Unscored};
use crate::offer::candidate::Candidate;
use crate::offer::places::arrange;
use crate::words::case::{self, Casing};
use model::LanguageModel;

/// Where the best word as typed is at least this likely, capitals are not looked up in lower case, too.
const SURE: f32 = 0.4;

/// A word that nothing has counted is mostly made up by the LSTM. It is offered from these probabilities on: where its parts are known, where
/// no counted word goes on from the prefix, and else.
const KNOWN_PARTS: f32 = 0.05;
const ALONE: f32 = 0.4;
const MADE_UP: f32 = 0.7;

/// A word is offered twice in a row, as in `very very`, or where it is begun again, from this probability on.
const ECHO: f32 = 0.4;

/// A rare word below this probability is not offered beside a likelier one that begins with it: `environ` is a piece of code.
const BEGINNING: f32 = 0.1;

/// All that ranks the words of one place, borrowed for one answer.
pub(super) struct Place<'a, M: LanguageModel> {
    pub(super) settings: &'a SuggestionSettings,
    pub(super) cursor: &'a mut Cursor<M>,
    pub(super) word: &'a mut CurrentWord,
    pub(super) personal: &'a Personal,
    pub(super) document: &'a DocumentWords,
    pub(super) guard: &'a Guard,
    /// The typed part of the word, levelled.
    pub(super) prefix: &'a str,
    /// The word before, levelled.
    pub(super) before: &'a str,
    pub(super) surroundings: &'a Surroundings,
}

/// A counted word, on the way to a candidate.
#[derive(Debug, Clone, PartialEq)]
struct Counted {
    word: String,
    /// The part of the experts over words of its probability.
    by_words: f32,
}

impl<'a, M: LanguageModel> Place<'a, M> {
    /// The list of at most `count` words, from what was on show before the last letter and the words `ranked` now.
    pub(super) fn list(&mut self, ranked: &[Candidate], count: usize) -> Vec<Candidate> {
        let before =
            self.word.typed_before().and_then(|typed| self.word.list(typed, count)).unwrap_or_default();
        let list = arrange(before, ranked, count);
        self.word.show(count, list.iter().map(|candidate| candidate.word.clone()).collect());
        list
    }

    /// The `count` likeliest words that go on from the prefix, besides those that were on show before the last letter; and the probability
    /// that the word ends with the prefix.
    pub(super) fn rank(&mut self, count: usize) -> (Vec<Candidate>, f32) {
        let Some(posterior) = self.word.posterior(self.personal, self.prefix) else {
            return (Vec::new(), 1.0);
        };
        let mut counted = self.counted(&posterior);
        // A word that only the LSTM has must beat the last of the list.
        let bar = counted.get(count.saturating_sub(1)).map_or(0.0, |last| last.by_words);
        let (allowed, prefix) = (self.allowed(), self.prefix);
        let mut shown = self.word.shown_before(prefix);
        shown.retain(|word| allowed.allows(prefix, &word.as_bytes()[prefix.len()..]));
        for word in &shown {
            if counted.iter().all(|other| other.word != *word) {
                let by_words = posterior.by_words(&self.word.probabilities_of(self.personal, word));
                counted.push(Counted { word: word.clone(), by_words });
            }
        }
        let proposed = self.proposed(&posterior, count, bar);
        let mut candidates = self.candidates(&posterior, proposed, &mut counted);
        candidates.extend(self.scored(&posterior, counted, count));
        candidates.retain(|candidate| candidate.probability >= ECHO || !allowed.is_echo(&candidate.word));
        for candidate in &mut candidates {
            candidate.probability = allowed.tempered(prefix, &candidate.word, candidate.probability);
        }
        candidates.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.word.cmp(&b.word)));
        drop_beginnings(&mut candidates, |word| allowed.is_rare(word));
        let mut rank = 0;
        candidates.retain(|candidate| {
            rank += 1;
            rank <= count || shown.contains(&candidate.word)
        });
        (candidates, self.word_ends(&posterior))
    }

    /// What may be offered here.
    pub(super) fn allowed(&self) -> Allowed<'a> {
        Allowed {
            settings: self.settings,
            guard: self.guard,
            personal: self.personal,
            document: self.document,
            surroundings: self.surroundings,
            line_start: self.surroundings.line_start.as_ref(),
            before: self.before,
        }
    }

    /// The counted words that go on from the prefix, best first.
    fn counted(&mut self, posterior: &Posterior) -> Vec<Counted> {
        let (allowed, prefix) = (self.allowed(), self.prefix);
        let words = &self.word.starting_with(self.personal, prefix).words;
        let mut counted: Vec<Counted> = words
            .iter()
            .filter(|(word, _)| allowed.allows(prefix, &word.as_bytes()[prefix.len()..]))
            .map(|(word, shares)| Counted { word: word.clone(), by_words: posterior.by_words(shares) })
            .collect();
        counted.sort_by(|a, b| b.by_words.total_cmp(&a.by_words).then_with(|| a.word.cmp(&b.word)));
        counted
    }

    /// The LSTM's likeliest words whose part of the probability is at least `bar`.
    fn proposed(&mut self, posterior: &Posterior, count: usize, bar: f32) -> Vec<Proposal> {
        if posterior.network() <= 0.0 || !self.surroundings.has_prose() {
            return Vec::new();
        }
        let (allowed, prefix, budget) = (self.allowed(), self.prefix, self.settings.budget);
        let floor = bar / posterior.network();
        let accept = |rest: &[u8]| allowed.allows(prefix, rest);
        let typed = self.cursor.lookahead(budget).search(prefix, count, floor, &accept);
        if typed.first().is_some_and(|best| best.probability >= SURE) {
            return typed;
        }
        let Some((casing, small)) = Casing::of(prefix).zip(case::fold(prefix)) else { return typed };
        let accept = |rest: &[u8]| allowed.allows(&small, rest);
        let mut lookahead = self.cursor.lookahead_folded(self.word.start, &small, budget);
        let mut blended = blend(casing, typed, lookahead.search(&small, count, floor, &accept), count);
        // In lower case a name is none.
        blended.retain(|proposal| allowed.allows(prefix, proposal.completion.as_bytes()));
        blended
    }

    /// The proposed words with the part of the experts over words of their probability. Those that are counted, too, are taken out of `counted`.
    fn candidates(
        &mut self,
        posterior: &Posterior,
        proposed: Vec<Proposal>,
        counted: &mut Vec<Counted>,
    ) -> Vec<Candidate> {
        let goes_on = !self.word.starting_with(self.personal, self.prefix).words.is_empty();
        let alone = if goes_on || !counted.is_empty() { MADE_UP } else { ALONE };
        let candidate = |Proposal { completion, probability }: Proposal| {
            let word = format!("{}{completion}", self.prefix);
            let by_words = match counted.iter().position(|other| other.word == word) {
                Some(at) => counted.swap_remove(at).by_words,
                None => posterior.by_words(&self.word.probabilities_of(self.personal, &word)),
            };
            let probability = posterior.probability(posterior.by_network(probability), by_words);
            let is_made_up = by_words <= 0.0 && probability < self.least_uncounted(&word, alone);
            (!is_made_up).then_some(Candidate { word, completion, probability })
        };
        proposed.into_iter().filter_map(candidate).collect()
    }

    /// The least probability of a word that nothing has counted; `alone` is that of a word without known parts. The background knows the words
    /// of English; of words with letters beyond ASCII it knows too little.
    fn least_uncounted(&self, word: &str, alone: f32) -> f32 {
        let has_background =
            self.settings.components.background && self.personal.lexicon.background().is_some();
        if !has_background || !word.is_ascii() {
            return 0.0;
        }
        let whole = word.strip_suffix("'s").unwrap_or(word);
        let has_parts = whole.len() < word.len() || whole.contains('-');
        let knows_parts = has_parts && whole.split('-').all(|part| self.personal.knows(part));
        if knows_parts { KNOWN_PARTS } else { alone }
    }

    /// The counted words that the LSTM did not propose, scored by it.
    fn scored(&mut self, posterior: &Posterior, counted: Vec<Counted>, count: usize) -> Vec<Candidate> {
        let length = self.prefix.len();
        let words: Vec<Unscored> = counted
            .iter()
            .map(|Counted { word, by_words }| Unscored {
                rest: &word.as_bytes()[length..],
                by_words: *by_words,
            })
            .collect();
        let scores = if posterior.network() > 0.0 {
            self.cursor.lookahead(self.settings.budget).score(&words, posterior.network(), count)
        } else {
            vec![0.0; words.len()]
        };
        let candidate = |(Counted { word, by_words }, score): (Counted, f32)| Candidate {
            completion: word[length..].to_owned(),
            probability: posterior.probability(posterior.by_network(score), by_words),
            word,
        };
        counted.into_iter().zip(scores).map(candidate).collect()
    }

    /// P(the word ends with the prefix).
    fn word_ends(&mut self, posterior: &Posterior) -> f32 {
        let end = self.cursor.here().end.exp();
        if self.prefix.is_empty() {
            return end;
        }
        let by_words = posterior.by_words(&self.word.probabilities_of(self.personal, self.prefix));
        posterior.by_network(end) + by_words
    }
}

/// Drops rare words with which a likelier one begins. `candidates`: likeliest first.
fn drop_beginnings(candidates: &mut Vec<Candidate>, is_rare: impl Fn(&str) -> bool) {
    let is_beginning = |at: usize| {
        let Candidate { word, probability, .. } = &candidates[at];
        let longer =
            |other: &Candidate| other.word.len() > word.len() && other.word.starts_with(word.as_str());
        *probability < BEGINNING && candidates[..at].iter().any(longer) && is_rare(word)
    };
    let dropped: Vec<bool> = (0..candidates.len()).map(is_beginning).collect();
    let mut dropped = dropped.into_iter();
    candidates.retain(|_| !dropped.next().unwrap_or(false));
}
