//! A ghost of several words: it goes on while all of it together stays above the gate.

use super::allowed::Allowed;
use super::current_word::CurrentWord;
use super::rank::Place;
use crate::counts::distribution::Distribution;
use crate::network::lookahead::{Lookahead, Unscored};
use crate::network::search::Budget;
use crate::network::tree::ROOT;
use crate::offer::candidate::Ghost;
use crate::words::context::WordHistory;
use model::LanguageModel;

/// How much less likely than the next word its first letter may be for the LSTM, as ln.
const LETTER: f32 = 0.5;

impl<M: LanguageModel> Place<'_, M> {
    /// Extends a ghost whose first word is `first`, levelled, by the likeliest next words.
    pub(super) fn extend(&mut self, mut ghost: Ghost, first: &str) -> Ghost {
        if !self.settings.components.lstm {
            return ghost;
        }
        let gate = self.settings.gate.threshold().ln();
        let (mut history, mut spelling) = (self.word.history, first.to_owned());
        let (mut from, mut rest) = (ROOT, first[self.prefix.len()..].to_owned());
        let mut log_prob = ghost.confidence.ln();
        let mut ahead = self.document.ahead();
        for _ in 1..self.settings.phrase_words {
            let mut lookahead = Lookahead { from, ..self.cursor.lookahead(self.settings.budget) };
            let Some(end) = lookahead.end_of(rest.as_bytes()) else { break };
            let node = lookahead.tree.node(end);
            log_prob += node.step(b' ') - node.end;
            if log_prob < gate {
                break;
            }
            from = lookahead.child(end, b' ');
            // Where the LSTM has no letter in mind, no word is sure, and all the others need not be asked.
            if lookahead.tree.node(from).likeliest().ln() < gate - log_prob - LETTER {
                break;
            }
            ahead.pass_word(self.personal, &history, &spelling);
            history.pass_word(&spelling);
            let foreseen = self.settings.components.words.then(|| ahead.foresee(self.personal, &history));
            let least = (gate - log_prob).exp();
            let Some((best, probability)) =
                self.best_after(from, history, foreseen.flatten(), &spelling, least)
            else {
                break;
            };
            log_prob += probability.ln();
            if log_prob < gate {
                break;
            }
            ghost.text.push(' ');
            ghost.text.push_str(&self.document.apostrophe().spell(&best));
            ghost.confidence = log_prob.exp();
            (rest, spelling) = (best.clone(), best);
        }
        ghost
    }

    /// The likeliest word at node `from` and its probability, if that may be at least `least`. `history` and `before` lead there, and
    /// `foreseen` is what the word network gives.
    fn best_after(
        &mut self,
        from: usize,
        history: WordHistory,
        foreseen: Option<Distribution>,
        before: &str,
        least: f32,
    ) -> Option<(String, f32)> {
        let (settings, personal, document) = (self.settings, self.personal, self.document);
        let allowed = Allowed { before, line_start: None, ..self.allowed() };
        let accept = |rest: &[u8]| allowed.allows("", rest);
        let budget = Budget { best_share: 1.0, ..settings.budget };
        let mut lookahead = Lookahead { from, ..self.cursor.lookahead(budget) };
        let node = lookahead.tree.node(from);
        let mut word = CurrentWord::new(0, history, personal, document, foreseen, settings.components, node);
        let posterior = word.posterior(personal, "")?;
        let counted = word
            .starting_with(personal, "")
            .words
            .iter()
            .filter(|(word, _)| accept(word.as_bytes()))
            .map(|(word, shares)| (word.clone(), posterior.by_words(shares)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let by_words = counted.as_ref().map_or(0.0, |best| best.1);
        let floor = (posterior.parts_of(least) - by_words) / posterior.network();
        let proposed = lookahead.search("", 1, floor, &accept).into_iter().next().map(|best| {
            let by_words = posterior.by_words(&word.probabilities_of(personal, &best.completion));
            (best.completion, posterior.probability(posterior.by_network(best.probability), by_words))
        });
        let counted = counted.map(|(spelling, by_words)| {
            let unscored = [Unscored { rest: spelling.as_bytes(), by_words }];
            let score = lookahead.score(&unscored, posterior.network(), 1)[0];
            (spelling, posterior.probability(posterior.by_network(score), by_words))
        });
        [proposed, counted].into_iter().flatten().max_by(|a, b| a.1.total_cmp(&b.1))
    }
}
