//! Candidates of all experts, ranked by the mixture.

use crate::network::search::Budget;
use crate::network::tree::Tree;
use model::LanguageModel;

/// What the LSTM is known to give to the rest of a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Walked {
    /// Ln of the chance of the bytes known, from where the walk began.
    pub(super) log_prob: f32,
    /// The node they lead to.
    node: usize,
    /// Bytes of the word known; the word and its end are known when these are all.
    bytes: usize,
}

/// Follows `rest` down from `from` as far as the tree goes.
pub(super) fn walk<S: Clone>(tree: &Tree<S>, from: usize, rest: &[u8]) -> Walked {
    let mut walked = Walked { log_prob: 0.0, node: from, bytes: 0 };
    for &byte in rest {
        let node = tree.node(walked.node);
        let Some(child) = node.child(byte) else { break };
        walked.log_prob += node.step(byte);
        walked.node = child;
        walked.bytes += 1;
    }
    walked
}

impl Walked {
    /// The node of the word's last byte, if the walk came so far.
    pub(super) fn end(self, rest: &[u8]) -> Option<usize> {
        (self.bytes == rest.len()).then_some(self.node)
    }

    /// The chance of the word and its end: exact if `rest` is all known, else the most it can be.
    pub(super) fn chance<S: Clone>(self, tree: &Tree<S>, rest: &[u8]) -> f32 {
        let node = tree.node(self.node);
        let next = rest.get(self.bytes).map_or(node.end, |&byte| node.step(byte));
        (self.log_prob + next).exp()
    }
}

impl Walked {
    /// The chance of the word and its end, guessed where `rest` is not all known.
    pub(super) fn estimate<S: Clone>(self, tree: &Tree<S>, rest: &[u8]) -> f32 {
        let chance = self.chance(tree, rest);
        if self.bytes == rest.len() { chance } else { 0.3 * chance }
    }
}

/// Has the LSTM read the rests of words that it did not find itself, as far as it matters to their order: a word is read on
/// while it may be among the `count` best and its share from the LSTM may be more than a little. `base` is what each word has from the counts,
/// `factor` what the LSTM's chance counts beside it. Returns the rounds and states it took.
pub(super) fn read_on<M: LanguageModel>(
    tree: &mut Tree<M::State>,
    model: &M,
    from: usize,
    words: &[(&[u8], f32)],
    factor: f32,
    count: usize,
    budget: &Budget,
) -> (usize, usize) {
    /// Below this share of a word's own chance the LSTM's is taken at its bound.
    const LITTLE: f32 = 0.05;
    let (mut rounds, mut expansions) = (0, 0);
    while expansions < budget.read_on {
        let mut ranked: Vec<(f32, usize, Walked)> = words
            .iter()
            .enumerate()
            .map(|(index, &(rest, base))| {
                let walked = walk(tree, from, rest);
                (base + factor * walked.chance(tree, rest), index, walked)
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut batch: Vec<(usize, u8)> = Vec::new();
        for &(bound, index, walked) in ranked.iter().take(count) {
            let (rest, base) = words[index];
            if walked.bytes < rest.len() && bound - base > LITTLE * bound {
                let place = (walked.node, rest[walked.bytes]);
                if !batch.contains(&place) && tree.node(place.0).step(place.1) > f32::NEG_INFINITY {
                    batch.push(place);
                }
            }
        }
        batch.truncate(budget.batch.max(1).min(budget.read_on - expansions));
        if batch.is_empty() {
            break;
        }
        tree.expand(model, &batch);
        rounds += 1;
        expansions += batch.len();
    }
    (rounds, expansions)
}
