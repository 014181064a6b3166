//! The search for the likeliest words: best first, many at a time.
//!
//! A word is a string of word bytes followed by a byte that is none, so
//! `P(word) = P(its bytes) · P(the next byte is no word byte)`: over all words, the empty one included, that sums to 1.
//! A string's probability bounds that of every word that begins with it. So the frontier is opened in order of probability, up to
//! [`Budget::batch`] nodes in one call of the model. Once its best is worse than the n-th best finished word, the n best are exact.
//!
//! An exact search is expensive where the model is unsure, above all at the start of a word: dozens of short strings are each likelier
//! than any word, though none leads to a word that could win. So, by default, a string is ranked by what its best word is likely to
//! have: a share of its probability that grows with its length ([`Budget::best_share`]). [`Budget::expansions`] ends the search in
//! any case.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::network::tree::Tree;
use crate::words::word::{WordPosition, is_letter_byte, is_word_byte};
use model::LanguageModel;

/// What one search may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// States advanced in one call of the model, at most.
    pub batch: usize,
    /// States opened in all, at most; those kept from the answer before count, too.
    pub expansions: usize,
    /// A string below this probability is not followed.
    pub floor: f32,
    /// The share of its probability that the empty string is taken to leave to its best word; the difference to 1 shrinks by a quarter
    /// with each letter. 1 makes the search exact; less makes it go deep sooner, and stop sooner.
    pub best_share: f32,
    /// States advanced, at most, to score words that the search did not find.
    pub read_on: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { batch: 6, expansions: 64, floor: 1e-4, best_share: 0.2, read_on: 24 }
    }
}

/// A word that was found: the path to its last byte.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    /// Ln P of its bytes and its end, from where the search began.
    pub(crate) log_prob: f32,
    /// The node of its last byte.
    pub(crate) node: usize,
}

/// What a search found and what it cost.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Searched {
    /// Best first.
    pub(crate) found: Vec<Found>,
    /// Calls of the model.
    pub(crate) rounds: usize,
    /// States that were made.
    pub(crate) expansions: usize,
}

/// A string that may be followed: a byte after a node.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Open {
    /// Ln P that its best word is taken to have.
    promise: f32,
    log_prob: f32,
    parent: usize,
    byte: u8,
    depth: usize,
    /// Where its last whole character stands.
    place: WordPosition,
}

/// A node on the way.
#[derive(Debug, Clone, Copy)]
struct Step {
    index: usize,
    /// Ln P of the bytes that lead to it.
    log_prob: f32,
    /// How many these are, those typed before included.
    depth: usize,
    /// Where the last whole character before it stands.
    place: WordPosition,
}

impl Eq for Open {}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_place = (other.parent, other.byte).cmp(&(self.parent, self.byte));
        self.promise.total_cmp(&other.promise).then(by_place)
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// One search from one node.
struct Search<'a> {
    from: usize,
    best_share: f32,
    count: usize,
    floor: f32,
    accept: &'a dyn Fn(&[u8]) -> bool,
    found: Vec<Found>,
    frontier: BinaryHeap<Open>,
}

/// The `count` likeliest words that begin at node `from` and that `accept` lets pass. Nodes that the tree keeps cost no call of the model,
/// but count against the budget; new ones stay in it. `typed` is the word's part before `from`.
pub(crate) fn search<M: LanguageModel>(
    tree: &mut Tree<M::State>,
    model: &M,
    from: usize,
    typed: &str,
    count: usize,
    budget: &Budget,
    accept: &dyn Fn(&[u8]) -> bool,
) -> Searched {
    if count == 0 {
        return Searched::default();
    }
    let floor = budget.floor.ln();
    let (best_share, frontier) = (budget.best_share, BinaryHeap::new());
    let mut search = Search { from, best_share, count, floor, accept, found: Vec::new(), frontier };
    search.visit(
        tree,
        Step {
            index: from,
            log_prob: 0.0,
            depth: typed.len(),
            place: typed.chars().fold(WordPosition::Outside, WordPosition::after),
        },
    );
    let (mut rounds, mut opened) = (0, 0);
    let kept = tree.len();
    loop {
        let room = budget.batch.max(1).min(budget.expansions - opened);
        let batch = search.next_batch(room);
        if batch.is_empty() {
            break;
        }
        let places: Vec<(usize, u8)> = batch.iter().map(|open| (open.parent, open.byte)).collect();
        let made = tree.len();
        for (index, open) in tree.expand(model, &places).into_iter().zip(&batch) {
            let Open { log_prob, depth, place, .. } = *open;
            search.visit(tree, Step { index, log_prob, depth, place });
        }
        rounds += usize::from(tree.len() > made);
        opened += batch.len();
    }
    Searched { found: search.found, rounds, expansions: tree.len() - kept }
}

impl Search<'_> {
    /// Ln P that a word must exceed to be among the best.
    fn bar(&self) -> f32 {
        match self.found.get(self.count - 1) {
            Some(last) => last.log_prob.max(self.floor),
            None => self.floor,
        }
    }

    /// Counts the word that ends at a node, opens the bytes after it, and goes on to the children that this answer has seen.
    fn visit<S: Clone>(&mut self, tree: &Tree<S>, from: Step) {
        let mut stack = vec![from];
        while let Some(Step { index, log_prob, depth, mut place }) = stack.pop() {
            let depth = depth + 1;
            let best_share = (1.0 - (1.0 - self.best_share) * 0.75_f32.powi(depth.min(64) as i32)).ln();
            let node = tree.node(index);
            if index != self.from && node.is_boundary() {
                place = tree.character(index).map_or(WordPosition::Outside, |c| place.after(c));
                match place {
                    WordPosition::Inside => {
                        self.finish(tree, Found { log_prob: log_prob + node.end, node: index });
                    }
                    WordPosition::Joined => {}
                    WordPosition::Outside => continue,
                }
            }
            let bar = self.bar();
            // A word begins with a letter, and goes on with one behind what joins it.
            let may_follow = if place == WordPosition::Inside { is_word_byte } else { is_letter_byte };
            for byte in (0..=255).filter(|&byte| may_follow(byte)) {
                let log_prob = log_prob + node.step(byte);
                if log_prob < bar {
                    continue;
                }
                if let Some(child) = tree.child(index, byte) {
                    stack.push(Step { index: child, log_prob, depth, place });
                } else {
                    let promise = log_prob + best_share;
                    self.frontier.push(Open { promise, log_prob, parent: index, byte, depth, place });
                }
            }
        }
    }

    fn finish<S: Clone>(&mut self, tree: &Tree<S>, word: Found) {
        if word.log_prob < self.bar() {
            return;
        }
        let path = tree.path(self.from, word.node);
        if (self.accept)(&path) {
            // Among equals by spelling, so that the answer does not depend on the order of the search.
            let at = self.found.partition_point(|other| match other.log_prob.total_cmp(&word.log_prob) {
                Ordering::Greater => true,
                Ordering::Equal => tree.path(self.from, other.node) < path,
                Ordering::Less => false,
            });
            self.found.insert(at, word);
            self.found.truncate(self.count);
        }
    }

    fn next_batch(&mut self, room: usize) -> Vec<Open> {
        let bar = self.bar();
        let mut batch = Vec::with_capacity(room);
        while batch.len() < room
            && let Some(best) = self.frontier.peek()
            && best.promise >= bar
        {
            batch.extend(self.frontier.pop());
        }
        batch
    }
}

#[cfg(test)]
mod tests;
