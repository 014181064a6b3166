//! The figures of a simulated typist: keystrokes saved, hits, stability, bits, latency.

use serde::{Deserialize, Serialize};

use crate::mixture::calibration::Reliability;
use crate::typist::sums::{ATTENTIVE, GLANCING, Sums};

/// A figure for one, three and five suggestions on show; those of this crate are in percent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ByCount<T = f64> {
    /// With one suggestion on show.
    #[serde(rename = "1")]
    pub one: T,
    /// With three.
    #[serde(rename = "3")]
    pub three: T,
    /// With five.
    #[serde(rename = "5")]
    pub five: T,
}

/// How the ghost alone does, gate on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct GhostScore<T = f64> {
    /// Share of positions in words at which a ghost is shown, 0 to 1.
    pub shown: T,
    /// Share of those ghosts that are the word typed, or its beginning, 0 to 1.
    pub precision: T,
    /// Share of the words with a ghost whose first ghost is right, 0 to 1.
    pub first_precision: T,
    /// Keystrokes saved by an attentive typist who takes right ghosts and nothing else, percent.
    pub ksr: T,
    /// The same for a typist who notices half of them, percent.
    pub ksr_half: T,
    /// Positions with a wrong ghost, for each 100 characters.
    pub wrong_per_100: T,
}

/// A figure for five suggestions on show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct WithFive<T = f64> {
    /// With five suggestions on show.
    #[serde(rename = "5")]
    pub five: T,
}

/// How steady the five suggestions are from one letter to the next, percent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Stability<T = f64> {
    /// Of the words among the first three that agree with the next letter typed, those still on show after it.
    pub kept: T,
    /// Entries whose probability is below 1 %, of all.
    pub under_1_percent: T,
    /// Entries that stand at another place than before the last letter, of those on show before and after it.
    pub moved: T,
}

/// What typing a text with suggestions comes to, each figure a `T`: a number, or an interval.
///
/// All savings are *potential*. The attentive typist notices every suggestion, the glancing one each with probability ½.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Figures<T = f64> {
    /// Mean -log2 P(byte) under the model, over all bytes.
    pub bits_per_byte: T,
    /// Keystroke savings rate of the attentive typist, percent.
    pub ksr: ByCount<T>,
    /// Keystroke savings rate of the glancing typist, percent.
    pub ksr_half: ByCount<T>,
    /// Words among the suggestions before their first character is typed, percent.
    pub hit: ByCount<T>,
    /// Words of four letters or more that are on show after two letters typed, percent.
    pub after2: WithFive<T>,
    /// Keystroke savings rate of the attentive typist where the ghost may offer several words, percent.
    pub ksr_phrase: ByCount<T>,
    /// The ghost alone.
    pub ghost: GhostScore<T>,
    /// How steady the suggestions are.
    pub stability: Stability<T>,
}

impl<T> Figures<T> {
    /// Each figure as `figure` makes it of its formula.
    pub(super) fn of(mut figure: impl FnMut(fn(&Sums) -> f64) -> T) -> Self {
        Self {
            bits_per_byte: figure(|sums| share(sums.bits, sums.bytes)),
            ksr: ByCount {
                one: figure(|sums| sums.saved(sums.words_typed[ATTENTIVE][0])),
                three: figure(|sums| sums.saved(sums.words_typed[ATTENTIVE][1])),
                five: figure(|sums| sums.saved(sums.words_typed[ATTENTIVE][2])),
            },
            ksr_half: ByCount {
                one: figure(|sums| sums.saved(sums.words_typed[GLANCING][0])),
                three: figure(|sums| sums.saved(sums.words_typed[GLANCING][1])),
                five: figure(|sums| sums.saved(sums.words_typed[GLANCING][2])),
            },
            hit: ByCount {
                one: figure(|sums| percent(sums.hits[0], sums.words)),
                three: figure(|sums| percent(sums.hits[1], sums.words)),
                five: figure(|sums| percent(sums.hits[2], sums.words)),
            },
            after2: WithFive { five: figure(|sums| percent(sums.after_two, sums.long_words)) },
            ksr_phrase: ByCount {
                one: figure(|sums| sums.saved(sums.phrases_typed[0])),
                three: figure(|sums| sums.saved(sums.phrases_typed[1])),
                five: figure(|sums| sums.saved(sums.phrases_typed[2])),
            },
            ghost: GhostScore {
                shown: figure(|sums| share(sums.ghosts, sums.positions)),
                precision: figure(|sums| share(sums.right_ghosts, sums.ghosts)),
                first_precision: figure(|sums| share(sums.right_first_ghosts, sums.first_ghosts)),
                ksr: figure(|sums| sums.saved(sums.ghost_typed[ATTENTIVE])),
                ksr_half: figure(|sums| sums.saved(sums.ghost_typed[GLANCING])),
                wrong_per_100: figure(|sums| percent(sums.ghosts - sums.right_ghosts, sums.characters)),
            },
            stability: Stability {
                kept: figure(|sums| percent(sums.kept, sums.to_keep)),
                under_1_percent: figure(|sums| percent(sums.faint, sums.entries)),
                moved: figure(|sums| percent(sums.moved, sums.staying)),
            },
        }
    }
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Bytes of text streamed, typography levelled, the line breaks between lines included: they are predicted as any other byte.
    pub bytes: usize,
    /// Characters of text, line breaks left out.
    pub characters: usize,
    /// Words typed.
    pub words: usize,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// The 95 % interval of each: low, high (percentile bootstrap over lines).
    #[serde(default)]
    pub intervals: Figures<[f64; 2]>,
    /// How often the best word was right, by its calibrated probability, in tenths.
    #[serde(default)]
    pub reliability: [Reliability; Reliability::ROWS],
    /// Filled in by the caller that owns a clock.
    pub latency_ms: Latency,
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn percent(part: f64, whole: f64) -> f64 {
    100.0 * share(part, whole)
}
