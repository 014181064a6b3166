//! One ranked list from all who are asked.

use super::current_word::WordPlace;
use super::score_words::{read_on, walk};
use super::{Budget, Candidate, Ghost, LanguageModel, ROOT, Suggester, Tree, WordTable, search};
use crate::mixture::weights::{LSTM, Shares};
use crate::words::case::{self, Casing};

/// With the best word at least this likely as typed, capitals need no second look in lower case.
const SURE: f32 = 0.4;

/// Where words are known that go on as typed, one that nobody has counted and that is less likely than this is mostly no word, but a
/// spelling that the LSTM made up.
const INVENTED: f32 = 0.005;

/// A word from the counts, on the way to a candidate.
#[derive(Debug, Clone)]
struct Counted {
    word: String,
    /// Its share of the mixture that comes from the counts.
    base: f32,
    /// The LSTM's chance of what is still to be typed of it.
    by_lstm: Option<f32>,
}

impl<M: LanguageModel> Suggester<M> {
    /// The `count` likeliest words that go on from `prefix`, and the chance that the word ends with it.
    pub(super) fn mixed(
        &mut self,
        tree: &mut Tree<M::State>,
        word: &mut WordPlace,
        prefix: &str,
        count: usize,
    ) -> (Vec<Candidate>, f32) {
        let has_lstm = self.settings.components.lstm;
        let (by_lstm, whole) = word.weighed(&self.personal, prefix, has_lstm);
        let narrowed = word.narrowed(&self.personal, prefix).clone();
        // What is typed may be beyond all experts: then the LSTM goes on alone.
        let is_beyond = whole <= f64::MIN_POSITIVE;
        let begins = word.begins(prefix, has_lstm);
        let (factor, whole) = match (is_beyond, has_lstm) {
            (false, _) => ((by_lstm / whole) as f32, whole),
            (true, true) => (1.0, f64::INFINITY),
            (true, false) => return (Vec::new(), 1.0),
        };
        // Nothing typed: the LSTM's chances are of a word or none, the counts' of a word.
        let factor = if prefix.is_empty() { factor / begins } else { factor };
        let escape = word.escape(&self.personal, prefix, has_lstm);
        let factor = (1.0 - escape) * factor + escape;
        let kept = f64::from(1.0 - escape) / whole;
        let base = |word: &WordPlace, chances: &Shares| (word.counted(chances) * kept) as f32;

        let before = self.word_before(prefix.len());
        let mut counted: Vec<Counted> = narrowed
            .words
            .iter()
            .filter(|(spelling, _)| self.offers(&before, prefix, &spelling.as_bytes()[prefix.len()..]))
            .map(|(spelling, chances)| Counted {
                word: spelling.clone(),
                base: base(word, chances),
                by_lstm: None,
            })
            .collect();
        counted.sort_by(|a, b| b.base.total_cmp(&a.base).then_with(|| a.word.cmp(&b.word)));

        // A word of the LSTM's own has to beat the last of the list.
        let bar = counted.get(count.saturating_sub(1)).map_or(0.0, |last| last.base);
        let found = if has_lstm && factor > 0.0 {
            self.by_lstm(tree, word, prefix, count, bar / factor)
        } else {
            Vec::new()
        };
        let are_some_counted = !counted.is_empty();
        let mut candidates: Vec<Candidate> = Vec::with_capacity(found.len() + counted.len());
        for candidate in found {
            let share = match counted.iter().position(|other| other.word == candidate.word) {
                Some(at) => counted.swap_remove(at).base,
                None => base(word, &word.spelling(&self.personal, &candidate.word)),
            };
            let probability = factor * candidate.probability + share;
            if share > 0.0 || !are_some_counted || probability * begins >= INVENTED {
                candidates.push(Candidate { probability, ..candidate });
            }
        }
        if has_lstm && factor > 0.0 {
            self.judge(tree, prefix, &mut counted, factor, count);
        }
        candidates.extend(counted.into_iter().map(|counted| Candidate {
            completion: counted.word[prefix.len()..].to_owned(),
            probability: counted.base + factor * counted.by_lstm.unwrap_or(0.0),
            word: counted.word,
        }));
        for candidate in &mut candidates {
            candidate.probability = (candidate.probability * begins).min(1.0);
        }
        candidates.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.word.cmp(&b.word)));
        candidates.truncate(count);
        let word_ends = if prefix.is_empty() {
            tree.node(ROOT).end.exp()
        } else {
            let ends = if has_lstm { tree.node(ROOT).end.exp() } else { 0.0 };
            factor * ends + base(word, &word.spelling(&self.personal, prefix))
        };
        (candidates, word_ends)
    }

    /// The likeliest words of the LSTM alone, those in another case mixed in. Words below `floor` are of no use.
    fn by_lstm(
        &mut self,
        tree: &mut Tree<M::State>,
        word: &WordPlace,
        prefix: &str,
        count: usize,
        floor: f32,
    ) -> Vec<Candidate> {
        let typed = self.look_up(tree, prefix, prefix, count, floor);
        let sure = typed.first().is_some_and(|best| best.probability >= SURE);
        match Casing::of(prefix) {
            Some(casing) if !sure => match self.folded_candidates(word.start, prefix, count, floor) {
                Some(folded) => case::mix(casing, typed, folded, prefix, count),
                None => typed,
            },
            _ => typed,
        }
    }

    /// Has the LSTM judge words that the counts have found.
    fn judge(
        &mut self,
        tree: &mut Tree<M::State>,
        prefix: &str,
        counted: &mut [Counted],
        factor: f32,
        count: usize,
    ) {
        let words: Vec<(&[u8], f32)> =
            counted.iter().map(|counted| (&counted.word.as_bytes()[prefix.len()..], counted.base)).collect();
        let (rounds, expansions) =
            read_on(tree, &self.model, ROOT, &words, factor, count, &self.settings.budget);
        self.work.rounds += rounds;
        self.work.expansions += expansions;
        let chances: Vec<f32> =
            words.iter().map(|(rest, _)| walk(tree, ROOT, rest).estimate(tree, rest)).collect();
        for (counted, chance) in counted.iter_mut().zip(chances) {
            counted.by_lstm = Some(chance);
        }
    }

    /// Lets a ghost go on over the next words while all of it together stays above the gate.
    pub(super) fn extend(
        &mut self,
        tree: &mut Tree<M::State>,
        mut ghost: Ghost,
        word: &WordPlace,
        first: &str,
    ) -> Ghost {
        let gate = self.settings.gate.threshold().ln();
        if !self.settings.components.lstm {
            return ghost;
        }
        let (mut history, mut spelling) = (word.history, first.to_owned());
        let (mut from, mut rest) = (ROOT, ghost.text.clone());
        let mut so_far = ghost.confidence.ln();
        for _ in 1..self.settings.phrase_words {
            let Some(node) = walk(tree, from, rest.as_bytes()).end(rest.as_bytes()) else { break };
            so_far += tree.node(node).step(b' ') - tree.node(node).end;
            if so_far < gate {
                break;
            }
            let space = tree.node(node).child(b' ').unwrap_or_else(|| {
                self.work.rounds += 1;
                self.work.expansions += 1;
                tree.expand(&self.model, &[(node, b' ')])
            });
            history.pass_word(&spelling);
            let case = self.document.case_chances(&history);
            let asked = self.settings.components;
            let table = WordTable::new(&self.personal, self.document.recency(), &history, case, asked);
            let mut next = WordPlace::new(0, history, table, &self.personal, tree.node(space));
            let Some((best, chance)) = self.best_at(tree, space, &mut next, &spelling, (gate - so_far).exp())
            else {
                break;
            };
            so_far += chance.ln();
            if so_far < gate {
                break;
            }
            ghost.text.push(' ');
            ghost.text.push_str(&best);
            ghost.confidence = so_far.exp();
            (from, rest, spelling) = (space, best.clone(), best);
        }
        ghost
    }

    /// The likeliest word after `node`, which `before` leads to, and its chance, if it may be at least `least`.
    fn best_at(
        &mut self,
        tree: &mut Tree<M::State>,
        node: usize,
        word: &mut WordPlace,
        before: &str,
        least: f32,
    ) -> Option<(String, f32)> {
        let narrowed = word.narrowed(&self.personal, "").clone();
        let whole = f64::from(word.weights[LSTM]) + word.counted(&narrowed.masses);
        let begins = word.begins.exp();
        let factor = (f64::from(word.weights[LSTM]) / whole) as f32;
        let base = |chances: &Shares| (word.counted(chances) / whole) as f32 * begins;
        let accept = |rest: &[u8]| self.offers(before, "", rest);
        let counted = narrowed
            .words
            .iter()
            .filter(|(word, _)| accept(word.as_bytes()))
            .map(|(word, chances)| (word, base(chances)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let floor =
            ((least - counted.as_ref().map_or(0.0, |best| best.1)) / factor).max(self.settings.budget.floor);
        let budget = Budget { floor: floor * 0.999, best_share: 1.0, ..self.settings.budget };
        let outcome = search(tree, &self.model, node, 0, 1, &budget, &accept);
        self.work.rounds += outcome.rounds;
        self.work.expansions += outcome.expansions;
        let found = outcome.found.first().map(|found| {
            let spelling = String::from_utf8_lossy(&tree.path(node, found.node)).into_owned();
            let chance = factor * found.log_prob.exp() + base(&word.spelling(&self.personal, &spelling));
            (spelling, chance)
        });
        let counted = counted.map(|(spelling, base)| {
            let (rounds, expansions) = read_on(
                tree,
                &self.model,
                node,
                &[(spelling.as_bytes(), base)],
                factor,
                1,
                &self.settings.budget,
            );
            self.work.rounds += rounds;
            self.work.expansions += expansions;
            let chance =
                base + factor * walk(tree, node, spelling.as_bytes()).estimate(tree, spelling.as_bytes());
            (spelling.clone(), chance)
        });
        [found, counted].into_iter().flatten().max_by(|a, b| a.1.total_cmp(&b.1))
    }
}
