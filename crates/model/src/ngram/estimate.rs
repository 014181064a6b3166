//! Interpolated modified Kneser-Ney from counts, in named passes: adjust counts, discount, normalise, interpolate.
//!
//! Equation numbers are those of `docs/kneser-ney.md`. Conventions are those of `KenLM`'s `lmplz`, so that numbers can be compared:
//! n-grams that begin with `<s>` keep their raw counts, `<unk>` has count 0 and lives on the
//! uniform distribution over all words but `<s>`, and pruned n-grams leave their mass to the backoff weight.
//!
//! The distinct n-grams are held in memory here; only counting is bounded.

use std::io::{self, Read};

use super::MAX_ORDER;
use super::counts::{Counts, Gram};
use super::discounts::{DiscountError, Discounts, FALLBACK};
use super::table::{Level, Ngrams};
use super::vocabulary::{START, Vocabulary};
use crate::Symbol;

/// The choices an estimation leaves open.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// For each order from 1: n-grams counted this often or less are dropped. The last one goes for all higher orders.
    /// Never decreasing, and 0 for order 1.
    pub pruning: Vec<u64>,
    /// Discounts for orders whose own cannot be estimated; `None` makes that an error.
    pub fallback: Option<Discounts>,
}

impl Default for Plan {
    /// Nothing pruned, and fallback discounts for tiny texts.
    fn default() -> Self {
        Self { pruning: vec![0], fallback: Some(FALLBACK) }
    }
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum EstimateError {
    /// Nothing was counted.
    #[error("the text has no words: give a text with at least one word")]
    Empty,
    /// An order's discounts could not be estimated and no fallback was allowed.
    #[error("order {order}: {source}; use more text, or allow fallback discounts")]
    Discounts {
        /// The order.
        order: usize,
        /// What is wrong with its counts.
        source: DiscountError,
    },
    /// Pruning thresholds that would tear holes into the model.
    #[error("pruning thresholds must begin with 0 and never decrease, not {0:?}")]
    Pruning(Vec<u64>),
    /// More n-grams than a 32-bit index can tell apart.
    #[error("more than 4 billion n-grams of order {0}: lower the order or use less text")]
    TooMany(usize),
    /// A spill stream failed.
    #[error("a temporary stream of n-gram counts failed: {0}")]
    Io(#[from] io::Error),
}

/// The report on one order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderReport {
    /// Distinct n-grams counted.
    pub counted: usize,
    /// N-grams left after pruning.
    pub kept: usize,
    /// The discounts used.
    pub discounts: Discounts,
    /// Why those are the fallback, if they are.
    pub fallback: Option<DiscountError>,
}

/// What an estimation did, by order from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimation {
    /// One report an order.
    pub orders: Vec<OrderReport>,
}

/// The n-grams of one order in suffix order (sorted by their words, newest first), with adjusted counts.
#[derive(Default)]
struct Adjusted {
    /// Words of all n-grams, newest first, one after the other; empty at order 1, where the index is the word.
    words: Vec<Symbol>,
    /// Adjusted counts.
    counts: Vec<u64>,
    /// How often each n-gram occurs in the text; empty where nothing is pruned.
    occurrences: Vec<u64>,
    /// The index of the n-gram without its oldest word, in the order below.
    endings: Vec<u32>,
}

/// Estimates a model.
///
/// # Errors
/// See [`EstimateError`].
pub fn estimate<R: Read>(counts: Counts<R>, plan: &Plan) -> Result<(Ngrams, Estimation), EstimateError> {
    let order = counts.order;
    let thresholds = thresholds(&plan.pruning, order)?;
    if counts.words == 0 {
        return Err(EstimateError::Empty);
    }
    let prunes = thresholds[order - 1] > 0;
    let (vocabulary, adjusted, last) = adjust_counts(counts, prunes)?;
    let mut reports = discounts(&adjusted, &last, plan.fallback)?;

    let (unigrams, mut lower) = unigrams(&vocabulary, &adjusted[0], &reports[0].discounts);
    let mut contexts: Vec<Gram> = Vec::new();
    let mut levels = vec![unigrams];
    for (index, grams) in adjusted.into_iter().enumerate().skip(1) {
        let groups = Groups::new(grams, index + 1, thresholds[index]);
        let discounts = reports[index].discounts;
        let (level, probabilities) =
            groups.interpolate(&discounts, &mut levels[index - 1], &contexts, &lower);
        reports[index].kept = level.words.len();
        levels.push(level);
        if index + 1 < order {
            contexts = groups.into_kept();
        }
        lower = probabilities;
    }
    Ok((Ngrams { vocabulary, levels }, Estimation { orders: reports }))
}

/// The pruning threshold of every order.
fn thresholds(pruning: &[u64], order: usize) -> Result<Vec<u64>, EstimateError> {
    if pruning.first() != Some(&0) || !pruning.is_sorted() {
        return Err(EstimateError::Pruning(pruning.to_vec()));
    }
    let last = pruning.len() - 1;
    Ok((0..order).map(|index| pruning[index.min(last)]).collect())
}

/// The n-gram of an order that comes last in suffix order, if it ends the last n-gram of the highest order.
struct Last {
    index: usize,
    /// How often it occurs in the text.
    occurrences: u64,
}

/// Pass 1: from the n-grams of the highest order to adjusted counts of all orders (equation 2).
///
/// In suffix order all n-grams with one ending are neighbours, so each ending is met once, and the number of different words
/// before it is the number of times it changes one place further on. Also gives the last n-grams, by order below the highest.
fn adjust_counts<R: Read>(
    counts: Counts<R>,
    prunes: bool,
) -> Result<(Vocabulary, Vec<Adjusted>, Vec<Last>), EstimateError> {
    let order = counts.order;
    let words = counts.vocabulary.len();
    let mut orders: Vec<Adjusted> = (0..order).map(|_| Adjusted::default()).collect();
    orders[0].counts = vec![0; words];
    let mut previous: Gram = [u32::MAX; MAX_ORDER];
    let mut current = [0_u32; MAX_ORDER];
    let mut occurrences = [0_u64; MAX_ORDER];
    let mut last_length = 0;

    let vocabulary = counts.visit(|gram, count| -> Result<(), EstimateError> {
        let length = gram[..order].iter().position(|&word| word == START).map_or(order, |start| start + 1);
        let same = (0..length).take_while(|&place| gram[place] == previous[place]).count();
        if same > 0 {
            orders[same - 1].counts[current[same - 1] as usize] += 1;
        }
        for place in same..length {
            let adjusted = if place + 1 == length { count } else { 1 };
            let ending = if place == 0 { 0 } else { current[place - 1] };
            let grams = &mut orders[place];
            if place == 0 {
                current[0] = gram[0];
                grams.counts[gram[0] as usize] = adjusted;
            } else {
                current[place] =
                    u32::try_from(grams.counts.len()).map_err(|_| EstimateError::TooMany(place + 1))?;
                grams.words.extend_from_slice(&gram[..=place]);
                grams.counts.push(adjusted);
                grams.endings.push(ending);
                if prunes {
                    grams.occurrences.push(0);
                }
            }
        }
        occurrences[same..].fill(0);
        for place in 0..length {
            occurrences[place] += count;
            if prunes && place > 0 {
                orders[place].occurrences[current[place] as usize] = occurrences[place];
            }
        }
        previous = gram;
        last_length = length;
        Ok(())
    })?;
    let last = (0..last_length.min(order - 1))
        .map(|place| Last { index: current[place] as usize, occurrences: occurrences[place] })
        .collect();
    Ok((vocabulary, orders, last))
}

/// Pass 2: discounts of every order from its counts of counts.
///
/// As in `lmplz`, the very last n-gram of each lower order enters the counts of counts with its occurrences
/// in the text in place of its adjusted count. It is one n-gram of many; matching it keeps discounts comparable to all digits.
fn discounts(
    orders: &[Adjusted],
    last: &[Last],
    fallback: Option<Discounts>,
) -> Result<Vec<OrderReport>, EstimateError> {
    let report = |(index, grams): (usize, &Adjusted)| {
        let mut counts_of_counts = [0_u64; 5];
        for &count in grams.counts.iter().filter(|&&count| count < 5) {
            counts_of_counts[count as usize] += 1;
        }
        if let Some(last) = last.get(index) {
            for (count, change) in [(grams.counts[last.index], -1), (last.occurrences, 1)] {
                if let Some(number) = counts_of_counts.get_mut(count as usize) {
                    *number = number.saturating_add_signed(change);
                }
            }
        }
        let (discounts, reason) = match (Discounts::estimate(counts_of_counts), fallback) {
            (Ok(discounts), _) => (discounts, None),
            (Err(reason), Some(fallback)) => (fallback, Some(reason)),
            (Err(source), None) => return Err(EstimateError::Discounts { order: index + 1, source }),
        };
        let counted = grams.counts.len();
        Ok(OrderReport { counted, kept: counted, discounts, fallback: reason })
    };
    orders.iter().enumerate().map(report).collect()
}

/// Order 1 of passes 3 and 4: unigrams interpolated with the uniform distribution (equation 5).
fn unigrams(vocabulary: &Vocabulary, grams: &Adjusted, discounts: &Discounts) -> (Level, Vec<f64>) {
    let total = grams.counts.iter().sum::<u64>() as f64;
    let set_aside: f64 = grams.counts.iter().map(|&count| discounts.of(count)).sum();
    let uniform = 1.0 / (vocabulary.len() - 1) as f64;
    let mut level = Level::default();
    let mut probabilities = Vec::with_capacity(grams.counts.len());
    for (word, &count) in (0..).zip(&grams.counts) {
        let p = (count as f64 - discounts.of(count)) / total + set_aside / total * uniform;
        // `<s>` is never predicted; lmplz writes log10 P = 0 for it.
        let p = if word == START { 1.0 } else { p };
        level.words.push(word);
        level.log_probs.push(log10(p));
        level.backoffs.push(0.0);
        probabilities.push(p);
    }
    (level, probabilities)
}

/// The n-grams of one order grouped by context.
struct Groups {
    /// In suffix order.
    counts: Vec<u64>,
    /// In suffix order.
    endings: Vec<u32>,
    /// Oldest word first, beside the index in suffix order and whether it is pruned; sorted.
    sorted: Vec<(Gram, u32, bool)>,
    order: usize,
}

impl Groups {
    fn new(grams: Adjusted, order: usize, threshold: u64) -> Self {
        let mut sorted: Vec<(Gram, u32, bool)> = grams
            .words
            .chunks_exact(order)
            .enumerate()
            .map(|(index, newest_first)| {
                let mut gram: Gram = [0; MAX_ORDER];
                for (place, &word) in gram.iter_mut().zip(newest_first.iter().rev()) {
                    *place = word;
                }
                let pruned = threshold > 0 && grams.occurrences[index] <= threshold;
                (gram, index as u32, pruned)
            })
            .collect();
        sorted.sort_unstable_by_key(|entry| entry.0);
        Self { counts: grams.counts, endings: grams.endings, sorted, order }
    }

    /// Passes 3 and 4: normalise within each context (equations 3 and 4), then interpolate with the order below.
    ///
    /// `below` gets its backoff weights; `contexts` are its n-grams (unless it is order 1), `lower` its
    /// probabilities in suffix order. Gives this order's level, and its probabilities in suffix order.
    fn interpolate(
        &self,
        discounts: &Discounts,
        below: &mut Level,
        contexts: &[Gram],
        lower: &[f64],
    ) -> (Level, Vec<f64>) {
        let mut level = Level::default();
        let mut probabilities = vec![0.0; self.sorted.len()];
        let mut context = 0;
        let length = self.order - 1;
        for group in self.sorted.chunk_by(|a, b| a.0[..length] == b.0[..length]) {
            if group.iter().all(|entry| entry.2) {
                // All mass goes down: the backoff weight stays 1, if the context itself is still there.
                continue;
            }
            let words = &group[0].0[..length];
            if length == 1 {
                context = words[0] as usize;
            } else {
                while contexts[context][..length] != *words {
                    context += 1;
                }
            }
            let total: u64 = group.iter().map(|entry| self.counts[entry.1 as usize]).sum();
            let set_aside = |&(_, index, pruned): &(Gram, u32, bool)| {
                let count = self.counts[index as usize];
                if pruned { count as f64 } else { discounts.of(count) }
            };
            let gamma = group.iter().map(set_aside).sum::<f64>() / total as f64;
            below.backoffs[context] = log10(gamma);
            for &(gram, index, _) in group.iter().filter(|entry| !entry.2) {
                let count = self.counts[index as usize];
                let alone = (count as f64 - discounts.of(count)) / total as f64;
                let p = alone + gamma * lower[self.endings[index as usize] as usize];
                probabilities[index as usize] = p;
                level.push(context as u32, gram[length], log10(p));
            }
        }
        (level, probabilities)
    }

    /// The n-grams left after pruning, sorted.
    fn into_kept(self) -> Vec<Gram> {
        self.sorted.into_iter().filter(|entry| !entry.2).map(|entry| entry.0).collect()
    }
}

/// log10, with what underflows at the floor other tools use.
fn log10(p: f64) -> f32 {
    p.log10().max(-99.0) as f32
}
