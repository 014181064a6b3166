//! The word at the cursor, as the mixture sees it.

use crate::counts::personal::Personal;
use crate::counts::word_table::{Narrowed, WordTable};
use crate::mixture::escape::Escape;
use crate::mixture::weights::{EXPERTS, LSTM, Shares, Situation, sure, weighted};
use crate::network::tree::Node;
use crate::words::context::History;

/// How a word stood once so much of it was typed.
#[derive(Debug, Clone, Copy)]
struct Stood {
    /// Bytes typed.
    typed: usize,
    /// Cell of the escape.
    cell: usize,
    /// Ln of the chance of what is typed by the mixture, and by the LSTM.
    mixed: f64,
    lstm: f64,
}

/// What is known since the word began.
#[derive(Debug, Clone)]
pub(super) struct WordPlace {
    /// Position of the word's start in the session's context.
    pub(super) start: usize,
    pub(super) history: History,
    table: WordTable,
    pub(super) situation: Situation,
    pub(super) weights: Shares,
    /// Ln of the LSTM's chance that a word begins here at all.
    pub(super) begins: f32,
    /// Ln of the LSTM's chance of each byte typed, given that a word begins.
    steps: Vec<f64>,
    /// How the word stood after each of its letters, as far as it was asked.
    stood: Vec<Stood>,
    narrowed: Option<(String, Narrowed)>,
}

impl WordPlace {
    /// The word that begins at `start`, where the LSTM is at `node` (`None`: it is not asked).
    pub(super) fn new<S>(
        start: usize,
        history: History,
        table: WordTable,
        personal: &Personal,
        node: &Node<S>,
    ) -> Self {
        let begins = (1.0 - node.end.exp()).max(1e-6).ln();
        let likeliest = (0..=255).map(|byte| node.step(byte)).fold(f32::NEG_INFINITY, f32::max).exp();
        let mut situation = table.situation;
        situation[LSTM] = Some(sure(table.known, likeliest));
        let weights = personal.mixture.weights(&situation);
        Self {
            start,
            history,
            table,
            situation,
            weights,
            begins,
            steps: Vec::new(),
            stood: Vec::new(),
            narrowed: None,
        }
    }

    /// Bytes typed.
    pub(super) fn typed(&self) -> usize {
        self.steps.len()
    }

    /// One more byte was typed; the LSTM gave it this chance (ln).
    pub(super) fn step(&mut self, log_prob: f32) {
        let before = if self.steps.is_empty() { f64::from(self.begins) } else { 0.0 };
        let given = f64::from(log_prob) - before;
        self.steps.push(given);
    }

    /// Takes back bytes typed.
    pub(super) fn shorten(&mut self, length: usize) {
        self.steps.truncate(length);
        self.stood.retain(|stood| stood.typed <= length);
    }

    /// Ln of the LSTM's chance of what is typed.
    pub(super) fn typed_log_prob(&self) -> f64 {
        self.steps.iter().sum()
    }

    /// The counts' words that go on from `prefix`.
    pub(super) fn narrowed(&mut self, personal: &Personal, prefix: &str) -> &Narrowed {
        if self.narrowed.as_ref().is_none_or(|(narrowed, _)| narrowed != prefix) {
            self.narrowed = Some((prefix.to_owned(), self.table.narrow(personal, prefix, &self.weights)));
        }
        &self.narrowed.as_ref().expect("just made").1
    }

    /// The counts' chances of a spelling.
    pub(super) fn spelling(&self, personal: &Personal, spelling: &str) -> Shares {
        self.table.spelling(personal, spelling)
    }

    /// All experts' chances of a finished word, and ln of the mixture's; `lstm`: ln of the LSTM's.
    pub(super) fn finished(&self, personal: &Personal, word: &str, lstm: f64) -> (Shares, f64) {
        let mut chances = self.spelling(personal, word);
        let counts = f64::from(weighted(&self.weights, &chances));
        chances[LSTM] = lstm.exp() as f32;
        let by_lstm = f64::from(self.weights[LSTM]).ln() + lstm;
        let most = by_lstm.max(counts.ln());
        (chances, most + ((by_lstm - most).exp() + (counts.ln() - most).exp()).ln())
    }

    /// Ln of the mixture's chance of what is typed, by which some word began; `lstm`: ln of the LSTM's.
    pub(super) fn unfinished(&mut self, personal: &Personal, prefix: &str, lstm: f64) -> f64 {
        let masses = self.narrowed(personal, prefix).masses;
        (f64::from(self.weights[LSTM]) * lstm.exp() + self.counted(&masses)).max(f64::MIN_POSITIVE).ln()
    }

    /// What `prefix` weighs under the weights: by the LSTM alone, if it is asked, and by all.
    pub(super) fn weighed(&mut self, personal: &Personal, prefix: &str, has_lstm: bool) -> (f64, f64) {
        let typed = if has_lstm { self.typed_log_prob().exp() } else { 0.0 };
        let by_lstm = f64::from(self.weights[LSTM]) * typed;
        let Narrowed { masses, evidence, .. } = *self.narrowed(personal, prefix);
        let whole = by_lstm + self.counted(&masses);
        let is_new = self.stood.last().is_none_or(|stood| stood.typed < prefix.len());
        if has_lstm
            && is_new
            && whole > f64::MIN_POSITIVE
            && let Some(cell) = Escape::cell(prefix.chars().count(), evidence)
        {
            self.stood.push(Stood {
                typed: prefix.len(),
                cell,
                mixed: whole.ln(),
                lstm: self.typed_log_prob(),
            });
        }
        (by_lstm, whole)
    }

    /// The chance that the counts are wrong about how `prefix`, which was weighed, goes on.
    pub(super) fn escape(&self, personal: &Personal, prefix: &str, has_lstm: bool) -> f32 {
        if !has_lstm {
            return 0.0;
        }
        let stood = self.stood.iter().rfind(|stood| stood.typed == prefix.len());
        stood.map_or(0.0, |stood| personal.mixture.escape.chance(stood.cell))
    }

    /// Learns from the word how far the counts are to be believed; ln of its chances by the mixture and by the LSTM.
    pub(super) fn teach(&self, escape: &mut Escape, mixed: f64, lstm: f64) {
        for stood in &self.stood {
            escape.learn(stood.cell, mixed - stood.mixed, lstm - stood.lstm);
        }
    }

    /// The chance that a word begins where nothing is typed yet: the counts' chances are of a word, the LSTM's of a word or none.
    pub(super) fn begins(&self, prefix: &str, has_lstm: bool) -> f32 {
        if prefix.is_empty() && has_lstm { self.begins.exp() } else { 1.0 }
    }

    /// The weights' sum of the counts' chances.
    pub(super) fn counted(&self, chances: &Shares) -> f64 {
        (0..EXPERTS).filter(|&k| k != LSTM).map(|k| f64::from(self.weights[k] * chances[k])).sum()
    }
}
