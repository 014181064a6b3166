//! The word at the cursor: what is typed of it, and the mixture's distribution over how it goes on.

use crate::counts::distribution::Distribution;
use crate::counts::document_words::DocumentWords;
use crate::counts::personal::Personal;
use crate::counts::word_table::{StartingWith, WordTable};
use crate::mixture::escape::Escape;
use crate::mixture::expert::{Components, Expert, Shares};
use crate::mixture::posterior::{Posterior, Prefix};
use crate::mixture::weights::{Observed, Situation, confidence_situation};
use crate::network::tree::Node;
use crate::words::context::WordHistory;

/// The least that P(a word begins) is taken to be.
const LEAST_BEGINNING: f32 = 1e-6;

/// A prefix of the word whose escape learns from the word, once it is finished.
#[derive(Debug, Clone, Copy)]
struct EscapePoint {
    /// Bytes of the prefix.
    typed: usize,
    /// Cell of the escape.
    cell: usize,
    /// Ln P(prefix) by the mixture.
    by_mixture: f64,
    /// Ln P(prefix) by the LSTM.
    by_lstm: f64,
}

/// What is known since the word began.
#[derive(Debug, Clone)]
pub(super) struct CurrentWord {
    /// Position of the word's start in the session's context.
    pub(super) start: usize,
    pub(super) history: WordHistory,
    components: Components,
    table: WordTable,
    situation: Situation,
    weights: Shares,
    /// Ln P(a word begins here) by the LSTM.
    begins: f32,
    /// Each typed character: how many bytes of the word stand with it, and its ln P by the LSTM, given that a word begins.
    steps: Vec<(usize, f64)>,
    escape_points: Vec<EscapePoint>,
    /// The counted words that begin with the prefix that was last looked up.
    starting: Option<(String, StartingWith)>,
    /// The lists on show for the word so far.
    lists: Vec<ShownList>,
    /// The words that stood as ghost text, and after how many bytes.
    ghosts: Vec<(usize, String)>,
}

/// The words of a list after some bytes of the word were typed.
#[derive(Debug, Clone)]
struct ShownList {
    typed: usize,
    /// How many words it has at most.
    count: usize,
    words: Vec<String>,
}

impl CurrentWord {
    /// A word that begins at `start` of the context, after `history`; the LSTM's state there is `node`, and `foreseen` is what the word network
    /// gives there.
    pub(super) fn new<S>(
        start: usize,
        history: WordHistory,
        personal: &Personal,
        document: &DocumentWords,
        foreseen: Option<Distribution>,
        components: Components,
        node: &Node<S>,
    ) -> Self {
        let table = WordTable::new(personal, document, foreseen, &history, components);
        let mut situation = table.situation;
        situation[Expert::Lstm] = Some(confidence_situation(table.known, node.likeliest()));
        Self {
            start,
            history,
            components,
            situation,
            weights: personal.mixture.weights(&situation),
            table,
            begins: node.begins.max(LEAST_BEGINNING.ln()),
            steps: Vec::new(),
            escape_points: Vec::new(),
            starting: None,
            lists: Vec::new(),
            ghosts: Vec::new(),
        }
    }

    /// Bytes typed.
    pub(super) fn typed(&self) -> usize {
        self.steps.last().map_or(0, |&(typed, _)| typed)
    }

    /// One more character was typed, to which the LSTM gave ln P = `log_prob`.
    pub(super) fn step(&mut self, c: char, log_prob: f32) {
        let begins = if self.steps.is_empty() { f64::from(self.begins) } else { 0.0 };
        self.steps.push((self.typed() + c.len_utf8(), f64::from(log_prob) - begins));
    }

    /// Takes back bytes, so that `length` are left.
    pub(super) fn shorten(&mut self, length: usize) {
        self.steps.retain(|&(typed, _)| typed <= length);
        self.escape_points.retain(|point| point.typed <= length);
        self.lists.retain(|list| list.typed <= length);
        self.ghosts.retain(|&(typed, _)| typed <= length);
    }

    /// The words of the list of `count` words at most after `typed` bytes, if it was on show.
    pub(super) fn list(&self, typed: usize, count: usize) -> Option<&[String]> {
        let list = self.lists.iter().find(|list| (list.typed, list.count) == (typed, count));
        list.map(|list| list.words.as_slice())
    }

    /// Remembers the list of `count` words at most that is on show now.
    pub(super) fn show(&mut self, count: usize, words: Vec<String>) {
        let typed = self.typed();
        self.lists.retain(|list| (list.typed, list.count) != (typed, count));
        self.lists.push(ShownList { typed, count, words });
    }

    /// Whether a word stood as ghost text earlier in this word, so that it was typed past.
    pub(super) fn is_typed_past(&self, word: &str) -> bool {
        let typed = self.typed();
        self.ghosts.iter().any(|(at, ghost)| *at < typed && ghost == word)
    }

    /// Remembers the word that stands as ghost text now.
    pub(super) fn show_ghost(&mut self, word: &str) {
        let typed = self.typed();
        self.ghosts.retain(|&(at, _)| at != typed);
        self.ghosts.push((typed, word.to_owned()));
    }

    /// Bytes typed before the last character; `None` if nothing is typed.
    pub(super) fn typed_before(&self) -> Option<usize> {
        let before = self.steps.len().checked_sub(1)?;
        Some(before.checked_sub(1).map_or(0, |at| self.steps[at].0))
    }

    /// The words that were on show before the last letter and agree with `prefix`.
    pub(super) fn shown_before(&self, prefix: &str) -> Vec<String> {
        let Some(typed) = self.typed_before() else { return Vec::new() };
        let mut words: Vec<String> = self
            .lists
            .iter()
            .filter(|list| list.typed == typed)
            .flat_map(|list| {
                list.words.iter().filter(|word| word.len() > prefix.len() && word.starts_with(prefix))
            })
            .cloned()
            .collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// Ln P(a word begins here) by the LSTM; 0 if it is not mixed.
    pub(super) fn begins(&self) -> f64 {
        if self.components.lstm { f64::from(self.begins) } else { 0.0 }
    }

    /// Ln P₀(p) of the typed part p by the LSTM, given that a word begins.
    pub(super) fn typed_log_prob(&self) -> f64 {
        self.steps.iter().map(|&(_, log_prob)| log_prob).sum()
    }

    /// Ln λ₀ P₀(p) of the typed part p.
    pub(super) fn lstm_log_prob(&self) -> f64 {
        f64::from(self.weights[Expert::Lstm]).ln() + self.typed_log_prob()
    }

    /// The distribution over the words that go on from `prefix`, what is typed of the word, levelled; `None` if nothing foresaw it and the LSTM is not mixed.
    pub(super) fn posterior(&mut self, personal: &Personal, prefix: &str) -> Option<Posterior> {
        let by_network = self.components.lstm.then(|| self.typed_log_prob().exp());
        let weights = self.weights;
        let starting = self.starting_with(personal, prefix);
        let evidence = starting.evidence;
        let sums = Prefix::new(&weights, by_network, &starting.prefix);
        let typed = self.typed();
        let is_new = self.escape_points.last().is_none_or(|point| point.typed < typed);
        if self.components.lstm
            && is_new
            && !sums.is_unforeseen()
            && let Some(cell) = Escape::cell(prefix.chars().count(), evidence)
        {
            let (by_mixture, by_lstm) = (sums.total.ln(), self.typed_log_prob());
            self.escape_points.push(EscapePoint { typed, cell, by_mixture, by_lstm });
        }
        let point = self.escape_points.iter().rfind(|point| point.typed == typed);
        let escape = point.map_or(0.0, |point| personal.mixture.escape.probability(point.cell));
        let begins = if prefix.is_empty() && self.components.lstm { self.begins.exp() } else { 1.0 };
        Posterior::new(weights, sums, escape, begins)
    }

    /// The counted words that go on from `prefix`.
    pub(super) fn starting_with(&mut self, personal: &Personal, prefix: &str) -> &StartingWith {
        let Self { table, weights, starting, .. } = self;
        let kept = starting.take().filter(|(of, _)| of == prefix);
        let look_up = || (prefix.to_owned(), table.beside(personal).starting_with(prefix, weights));
        &starting.insert(kept.unwrap_or_else(look_up)).1
    }

    /// P of a spelling under each expert that counts.
    pub(super) fn probabilities_of(&self, personal: &Personal, spelling: &str) -> Shares {
        self.table.beside(personal).probabilities_of(spelling)
    }

    /// P(a word begins with `prefix`, what is typed of it) by the mixture: Z of equation (2).
    pub(super) fn foreseen(&mut self, personal: &Personal, prefix: &str) -> f64 {
        let by_network = if self.components.lstm { self.typed_log_prob() } else { f64::NEG_INFINITY };
        self.unfinished(personal, prefix, by_network).exp()
    }

    /// The part of the experts over words of P(a word begins with `prefix`).
    pub(super) fn counted_beginning(&mut self, personal: &Personal, prefix: &str) -> f64 {
        let weights = self.weights;
        weights.weigh_words(&self.starting_with(personal, prefix).prefix)
    }

    /// The part of the experts over words of P(word).
    pub(super) fn counted(&self, personal: &Personal, spelling: &str) -> f64 {
        self.weights.weigh_words(&self.probabilities_of(personal, spelling))
    }

    /// The best counted words that begin with `beginning`, which need not be typed, each with the part of the experts over words of its probability.
    pub(super) fn counted_words(&self, personal: &Personal, beginning: &str) -> Vec<(String, f64)> {
        let found = self.table.beside(personal).starting_with(beginning, &self.weights);
        found.words.into_iter().map(|(word, shares)| (word, self.weights.weigh_words(&shares))).collect()
    }

    /// What the experts gave to the finished word, and ln P(word) by the mixture, equation (1). `by_lstm`: ln P₀(word).
    pub(super) fn finish(&self, personal: &Personal, word: &str, by_lstm: f64) -> (Observed, f64) {
        let mut probabilities = self.probabilities_of(personal, word);
        let counts = f64::from(self.weights.weigh(&probabilities)).ln();
        probabilities[Expert::Lstm] = by_lstm.exp() as f32;
        let network = f64::from(self.weights[Expert::Lstm]).ln() + by_lstm;
        // ln (e^network + e^counts) without underflow: a long word is below what a float holds.
        let most = network.max(counts);
        let log_prob = most + ((network - most).exp() + (counts - most).exp()).ln();
        (Observed { situation: self.situation, probabilities }, log_prob)
    }

    /// Ln P(some word begins with `prefix`) by the mixture. `by_lstm`: ln P₀(prefix).
    pub(super) fn unfinished(&mut self, personal: &Personal, prefix: &str, by_lstm: f64) -> f64 {
        let weights = self.weights;
        let counts = weights.weigh_words(&self.starting_with(personal, prefix).prefix);
        (f64::from(weights[Expert::Lstm]) * by_lstm.exp() + counts).max(f64::MIN_POSITIVE).ln()
    }

    /// Has the escape learn from the finished word: ln P(word) by the mixture and by the LSTM.
    pub(super) fn update_escape(&self, escape: &mut Escape, by_mixture: f64, by_lstm: f64) {
        for point in &self.escape_points {
            escape.learn(point.cell, by_mixture - point.by_mixture, by_lstm - point.by_lstm);
        }
    }
}
