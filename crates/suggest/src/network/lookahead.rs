//! A place in the LSTM's tree, and what may be spent there: finds the likeliest words, and scores words that are given.

use crate::network::search::{Budget, search};
use crate::network::tree::Tree;
use model::LanguageModel;

/// Below this share of a word's own probability, the LSTM's part is taken at its bound.
const NEGLIGIBLE: f32 = 0.05;

/// Where a word's spelling is known in part, its probability is taken to be this share of the bound.
const OF_BOUND: f32 = 0.3;

/// What an answer cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Bytes read one by one, to bring the state to the cursor.
    pub steps: usize,
    /// Calls of the model for many states at once.
    pub rounds: usize,
    /// States advanced in those.
    pub expansions: usize,
}

/// What the LSTM proposes to go on with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Proposal {
    /// The rest of the word.
    pub(crate) completion: String,
    /// P(the rest and the word's end).
    pub(crate) probability: f32,
}

/// A word from elsewhere that the LSTM is to score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unscored<'w> {
    /// The rest of its spelling.
    pub(crate) rest: &'w [u8],
    /// What it has without the LSTM.
    pub(crate) by_words: f32,
}

/// A node of a tree, and what may be spent below it.
pub(crate) struct Lookahead<'a, M: LanguageModel> {
    pub(crate) model: &'a M,
    pub(crate) tree: &'a mut Tree<M::State>,
    /// The node from which words are read.
    pub(crate) from: usize,
    pub(crate) budget: Budget,
    pub(crate) work: &'a mut Work,
}

/// How far a spelling is known in the tree.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Walked {
    /// Ln P of the known bytes.
    log_prob: f32,
    /// The node they lead to.
    node: usize,
    /// How many they are; the word and its end are known when these are all.
    bytes: usize,
}

impl<M: LanguageModel> Lookahead<'_, M> {
    /// The `count` likeliest words that `accept` lets pass, of at least `floor`. `typed`: the word's part before this
    /// place.
    pub(crate) fn search(
        &mut self,
        typed: &str,
        count: usize,
        floor: f32,
        accept: &dyn Fn(&[u8]) -> bool,
    ) -> Vec<Proposal> {
        let budget = Budget { floor: floor.max(self.budget.floor), ..self.budget };
        let outcome = search(self.tree, self.model, self.from, typed, count, &budget, accept);
        self.work.rounds += outcome.rounds;
        self.work.expansions += outcome.expansions;
        let proposal = |&(node, log_prob): &(usize, f32)| Proposal {
            completion: String::from_utf8_lossy(&self.tree.path(self.from, node)).into_owned(),
            probability: log_prob.exp(),
        };
        outcome.found.iter().map(|found| proposal(&(found.node, found.log_prob))).collect()
    }

    /// P(the rest and the word's end) of each of `words`. A word is read on only while its order may depend on it: while it may be among
    /// the `count` best, and the LSTM's part (`factor` times P) may be more than negligible. Else its value is an estimate.
    pub(crate) fn score(&mut self, words: &[Unscored], factor: f32, count: usize) -> Vec<f32> {
        let mut spent = 0;
        while spent < self.budget.read_on {
            let mut ranked: Vec<(f32, usize, Walked)> = words
                .iter()
                .enumerate()
                .map(|(index, word)| {
                    let walked = self.walk(word.rest);
                    (word.by_words + factor * self.bound(walked, word.rest), index, walked)
                })
                .collect();
            ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let mut batch: Vec<(usize, u8)> = Vec::new();
            for &(bound, index, walked) in ranked.iter().take(count) {
                let Unscored { rest, by_words } = words[index];
                if walked.bytes < rest.len() && bound - by_words > NEGLIGIBLE * bound {
                    let next = (walked.node, rest[walked.bytes]);
                    if !batch.contains(&next) && self.tree.node(next.0).step(next.1) > f32::NEG_INFINITY {
                        batch.push(next);
                    }
                }
            }
            batch.truncate(self.budget.batch.max(1).min(self.budget.read_on - spent));
            if batch.is_empty() {
                break;
            }
            self.expand(&batch);
            spent += batch.len();
        }
        words.iter().map(|word| self.estimate(word.rest)).collect()
    }

    /// The node after `rest`, if the tree goes so far.
    pub(crate) fn end_of(&self, rest: &[u8]) -> Option<usize> {
        let walked = self.walk(rest);
        (walked.bytes == rest.len()).then_some(walked.node)
    }

    /// The node that `byte` leads to from `node`, made if need be.
    pub(crate) fn child(&mut self, node: usize, byte: u8) -> usize {
        self.tree.child(node, byte).unwrap_or_else(|| self.expand(&[(node, byte)])[0])
    }

    /// Marks children of the tree as seen by this answer, and returns their indices. Those that are not kept are made.
    fn expand(&mut self, batch: &[(usize, u8)]) -> Vec<usize> {
        let kept = self.tree.len();
        let children = self.tree.expand(self.model, batch);
        let made = self.tree.len() - kept;
        self.work.rounds += usize::from(made > 0);
        self.work.expansions += made;
        children
    }

    /// Follows `rest` as far as the tree goes.
    fn walk(&self, rest: &[u8]) -> Walked {
        let mut walked = Walked { log_prob: 0.0, node: self.from, bytes: 0 };
        for &byte in rest {
            let Some(child) = self.tree.child(walked.node, byte) else { break };
            walked.log_prob += self.tree.node(walked.node).step(byte);
            walked.node = child;
            walked.bytes += 1;
        }
        walked
    }

    /// The most that P(the rest and the word's end) can be; exact if all of `rest` is known.
    fn bound(&self, walked: Walked, rest: &[u8]) -> f32 {
        let node = self.tree.node(walked.node);
        let next = rest.get(walked.bytes).map_or(node.end, |&byte| node.step(byte));
        (walked.log_prob + next).exp()
    }

    /// P(the rest and the word's end); a share of the bound if not all of `rest` is known.
    fn estimate(&self, rest: &[u8]) -> f32 {
        let walked = self.walk(rest);
        let bound = self.bound(walked, rest);
        if walked.bytes == rest.len() { bound } else { OF_BOUND * bound }
    }
}
