//! The figures of a simulated typist: keystrokes saved, hits, bits, latency.

use serde::{Deserialize, Serialize};

use crate::mixture::calibration::Reliability;

/// A figure for one, three and five suggestions on show, in percent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ByCount {
    /// With one suggestion on show.
    #[serde(rename = "1")]
    pub one: f64,
    /// With three.
    #[serde(rename = "3")]
    pub three: f64,
    /// With five.
    #[serde(rename = "5")]
    pub five: f64,
}

/// How the ghost alone does, gate on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct GhostScore {
    /// Share of positions in words at which a ghost is shown, 0 to 1.
    pub shown: f64,
    /// Share of shown ghosts that are the word typed, 0 to 1.
    pub precision: f64,
    /// Keystrokes saved by a typist who takes right ghosts and nothing else, percent.
    pub ksr: f64,
}

/// Keystroke to suggestions, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
    /// The slowest.
    pub max: f64,
}

/// What typing some text with a model's suggestions would have cost.
///
/// All savings are *potential*: those of a typist who reads every suggestion.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Bytes of text streamed, typography levelled, the line breaks between lines included: they are predicted as any other byte.
    pub bytes: usize,
    /// Characters of text, line breaks left out.
    pub characters: usize,
    /// Words typed.
    pub words: usize,
    /// Mean -log2 P(byte) under the model, over all of `bytes`.
    pub bits_per_byte: f64,
    /// Keystroke savings rate, percent.
    pub ksr: ByCount,
    /// Words among the suggestions before their first character is typed, percent.
    pub hit: ByCount,
    /// Keystroke savings rate where the ghost may offer several words, percent.
    pub ksr_phrase: ByCount,
    /// The ghost alone.
    pub ghost: GhostScore,
    /// How often the best word was right, by its calibrated probability, in tenths.
    #[serde(default)]
    pub reliability: [Reliability; Reliability::ROWS],
    /// Filled in by the caller that owns a clock.
    pub latency_ms: Latency,
}
