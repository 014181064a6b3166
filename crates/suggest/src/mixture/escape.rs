//! The escape ε: the share that the LSTM keeps inside a word for spellings that nothing has counted.
//!
//! Counts know the words they have met. Where few words begin with the prefix p, those few share all of the counts' probability: one
//! `garden` would make `gardener` impossible. PPM (Cleary & Witten 1984) keeps a share for what is new, its escape. So does the
//! mixture, by equation (3) of docs/mixture.md: `P(w | p) = (1 − ε) P_mix(w | p) + ε P_LSTM(w | p)`. ε depends on the letters typed and
//! on the evidence: how many words begin with p, and how often they were met. It is the mean responsibility, in EM's sense, of the
//! second term for the words that were typed.

use serde::{Deserialize, Serialize};

/// Steps of the letters typed, of how often words that begin so were met, and of how many such words there are.
const TYPED: usize = 5;
const MET: usize = 6;
const KINDS: usize = 2;
const CELLS: usize = TYPED * MET * KINDS;

/// The most words that a cell's first value is worth.
const PRIOR: f32 = 20.0;

/// The most words that a cell's learned value is worth, so that it goes on following the writer.
const LONGEST: f32 = 500.0;

/// How much the counts know of the words that begin with the prefix.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Evidence {
    /// How often they were met.
    pub(crate) met: f32,
    /// How many they are.
    pub(crate) kinds: usize,
}

impl Evidence {
    /// Adds the evidence of other words.
    pub(crate) fn add(&mut self, other: Self) {
        self.met += other.met;
        self.kinds += other.kinds;
    }
}

/// ε by evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Cells", into = "Cells")]
pub struct Escape {
    /// For each cell: ε, and the number of words that it is the mean of.
    cells: Vec<(f32, f32)>,
}

/// The escape as it is stored.
#[derive(Serialize, Deserialize)]
struct Cells {
    cells: Vec<(f32, f32)>,
}

impl From<Escape> for Cells {
    fn from(escape: Escape) -> Self {
        Self { cells: escape.cells }
    }
}

impl TryFrom<Cells> for Escape {
    type Error = String;

    fn try_from(Cells { cells }: Cells) -> Result<Self, String> {
        let is_sound = |&(escape, words): &(f32, f32)| (0.0..=1.0).contains(&escape) && words >= 0.0;
        if cells.len() == CELLS && cells.iter().all(is_sound) {
            Ok(Self { cells })
        } else {
            Err(format!("an escape has {CELLS} probabilities, each with the words it was learned from"))
        }
    }
}

impl Default for Escape {
    /// As if a word that was met once were as likely as a new one.
    fn default() -> Self {
        let met = [1.0, 2.0, 5.0, 16.0, 200.0, 10_000.0];
        let cell = |at: usize| (0.5 / met[at / KINDS % MET], 2.0);
        Self { cells: (0..CELLS).map(cell).collect() }
    }
}

impl Escape {
    /// The cell for a prefix of so many letters; `None` if it is empty, or if the counts know no word that begins so.
    pub(crate) fn cell(letters: usize, evidence: Evidence) -> Option<usize> {
        let typed = match letters {
            0 => return None,
            1..=3 => letters - 1,
            4..=5 => 3,
            _ => 4,
        };
        let met = match evidence.met {
            ..=0.0 => return None,
            ..1.5 => 0,
            ..3.5 => 1,
            ..8.5 => 2,
            ..32.5 => 3,
            ..1000.0 => 4,
            _ => 5,
        };
        Some((typed * MET + met) * KINDS + usize::from(evidence.kinds > 1))
    }

    /// ε of a cell.
    pub(crate) fn probability(&self, cell: usize) -> f32 {
        self.cells.get(cell).map_or(0.0, |&(escape, _)| escape.clamp(0.0, 1.0))
    }

    /// Learns from a word that was typed: ln P(w | p) by the mixture and by the LSTM, where p was its prefix.
    pub(crate) fn learn(&mut self, cell: usize, by_mixture: f64, by_lstm: f64) {
        let Some((escape, words)) = self.cells.get_mut(cell) else { return };
        let prior = f64::from(*escape);
        let odds = prior.max(1e-6) / (1.0 - prior).max(1e-6) * (by_lstm - by_mixture).exp();
        if odds.is_nan() {
            return;
        }
        let responsible = if odds.is_finite() { (odds / (1.0 + odds)) as f32 } else { 1.0 };
        *escape += (responsible - *escape) / (*words + 1.0);
        *words = (*words + 1.0).min(LONGEST);
    }

    /// As the first values of a new writer: worth few words, so that they soon give way.
    #[must_use]
    pub fn as_prior(mut self) -> Self {
        for (_, words) in &mut self.cells {
            *words = words.min(PRIOR);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_was_met_the_less_is_left_for_what_is_new() {
        let escape = Escape::default();
        let cell = |met: f32| Escape::cell(2, Evidence { met, kinds: 1 }).unwrap();
        let shares: Vec<f32> =
            [1.0, 2.0, 6.0, 20.0, 100.0, 1e4].map(|met| escape.probability(cell(met))).into();
        assert!(shares.windows(2).all(|pair| pair[0] > pair[1]), "{shares:?}");
        assert_eq!(Escape::cell(0, Evidence { met: 3.0, kinds: 2 }), None, "nothing typed");
        assert_eq!(Escape::cell(3, Evidence::default()), None, "nothing known");
    }

    #[test]
    fn only_a_sound_table_is_read() {
        let written = serde_json::to_string(&Escape::default()).unwrap();
        assert_eq!(serde_json::from_str::<Escape>(&written).unwrap(), Escape::default());
        let short = written.replacen("[0.5,2.0],", "", 1);
        for broken in
            [short, written.replacen("[0.5,2.0]", "[1.5,2.0]", 1), written.replacen("2.0]", "-1.0]", 1)]
        {
            assert!(broken != written && serde_json::from_str::<Escape>(&broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn every_cell_has_its_own_place() {
        let mut cells: Vec<usize> = Vec::new();
        for letters in [1, 2, 3, 5, 9] {
            for met in [1.0, 3.0, 8.0, 30.0, 900.0, 1e6] {
                cells.extend([1, 7].map(|kinds| Escape::cell(letters, Evidence { met, kinds }).unwrap()));
            }
        }
        cells.sort_unstable();
        assert_eq!(cells, (0..CELLS).collect::<Vec<_>>());
    }

    #[test]
    fn it_converges_to_the_share_of_words_that_the_counts_did_not_foresee() {
        let mut escape = Escape::default().as_prior();
        let (cell, other) = (7, 8);
        let before = escape.probability(other);
        // Three words in ten are new: next to impossible by the mixture. The others are all but sure by it.
        for round in 0..3_000 {
            let (by_mixture, by_lstm): (f64, f64) = if round % 10 < 3 { (-20.0, -1.0) } else { (-0.1, -9.0) };
            escape.learn(cell, by_mixture, by_lstm);
        }
        assert!((escape.probability(cell) - 0.3).abs() < 0.02, "{}", escape.probability(cell));
        assert!((escape.probability(other) - before).abs() < 1e-9);
        escape.learn(cell, f64::NEG_INFINITY, -1.0);
        escape.learn(cell, -1.0, f64::NEG_INFINITY);
        escape.learn(cell, f64::NEG_INFINITY, f64::NEG_INFINITY);
        assert!((0.0..=1.0).contains(&escape.probability(cell)));
    }
}
