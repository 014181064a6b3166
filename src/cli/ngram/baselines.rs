//! `foreword ngram baselines`: simpler smoothings beside Kneser-Ney, on one text.

use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Serialize;

use super::open_text;
use model::ngram::{
    Baseline, Counter, GrowingCounts, Plan, Smoothing, Tokenizer, WordModel, estimate, perplexity,
};

const SMOOTHINGS: [(&str, Smoothing); 6] = [
    ("maximum likelihood", Smoothing::MaximumLikelihood),
    ("add 1", Smoothing::AddK(1.0)),
    ("add 0.01", Smoothing::AddK(0.01)),
    ("stupid backoff, 0.4", Smoothing::StupidBackoff(0.4)),
    ("Witten-Bell", Smoothing::WittenBell),
    ("absolute discounting, 0.75", Smoothing::AbsoluteDiscounting(0.75)),
];

/// One smoothing at one order.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct BaselineRow {
    pub(in crate::cli) smoothing: &'static str,
    pub(in crate::cli) order: usize,
    /// Of the test text. Infinite if some of its words are held impossible.
    pub(in crate::cli) perplexity: f64,
    /// Whether its probabilities sum to 1: else the perplexity compares with no other.
    pub(in crate::cli) is_distribution: bool,
}

/// Counts `train` at each order and measures `test` under each smoothing.
pub(super) fn measure(
    train: &Path,
    test: &Path,
    orders: &[usize],
    tokenizer: Tokenizer,
) -> anyhow::Result<Vec<BaselineRow>> {
    let mut rows = Vec::new();
    for &order in orders {
        let failed = || format!("{}: cannot be read to its end", train.display());
        let mut counts = GrowingCounts::new(order)?;
        counts.count(open_text(train)?, tokenizer).with_context(failed)?;
        for (name, smoothing) in SMOOTHINGS {
            let baseline = Baseline { counts: &counts, smoothing };
            let perplexity = of_text(&baseline, test, tokenizer)?;
            let is_distribution = !matches!(smoothing, Smoothing::StupidBackoff(_));
            rows.push(BaselineRow { smoothing: name, order, perplexity, is_distribution });
        }
        let mut counter = Counter::in_memory(order)?;
        counter.count(open_text(train)?, tokenizer).with_context(failed)?;
        let estimated = estimate(counter.finish()?, &Plan::default());
        let (ngrams, _) = estimated.with_context(|| train.display().to_string())?;
        let perplexity = of_text(&ngrams.to_model()?, test, tokenizer)?;
        let smoothing = "modified Kneser-Ney";
        rows.push(BaselineRow { smoothing, order, perplexity, is_distribution: true });
    }
    Ok(rows)
}

fn of_text(model: &impl WordModel, test: &Path, tokenizer: Tokenizer) -> anyhow::Result<f64> {
    let measured = perplexity(model, open_text(test)?, tokenizer)
        .with_context(|| format!("{}: cannot be read to its end", test.display()))?;
    let value = measured.perplexity();
    ensure!(value.is_some(), "{}: the text has no words; give one with at least one word", test.display());
    Ok(value.unwrap_or(f64::INFINITY))
}
