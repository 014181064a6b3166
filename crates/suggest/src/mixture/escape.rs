//! The chance that the counts are wrong about how a word goes on.
//!
//! Counts know the words they have met and no others. Where few begin as typed, those few share all that the counts have to
//! give, however likely a form is that was never met: one `garden` would make `gardener` impossible. PPM (Cleary and Witten 1984) keeps a share
//! for what is new, the *escape*, by how much was met. So does this: with a prefix p typed,
//! `P(w | p) = (1 − ε) P_mix(w | p) + ε P_LSTM(w | p)`, where ε depends on how many letters are typed, and on how many
//! words, met how often, go on so. It is learned: of the chance that a word had which came, the part that is the second term's is what
//! EM calls its responsibility, and ε is the mean of those.

use serde::{Deserialize, Serialize};

/// Steps of letters typed, of how often words that go on so were met, and of how many they are.
const TYPED: usize = 5;
const MET: usize = 6;
const KINDS: usize = 2;
const CELLS: usize = TYPED * MET * KINDS;

/// What a cell begins with is worth so many words at most.
const PRIOR: f32 = 20.0;

/// And what it has learned so many: it goes on following the writer.
const LONGEST: f32 = 500.0;

/// What the counts know of the words that begin as typed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Evidence {
    /// How often they were met.
    pub(crate) met: f32,
    /// How many they are.
    pub(crate) kinds: usize,
}

impl Evidence {
    /// With that of other words.
    pub(crate) fn add(&mut self, other: Self) {
        self.met += other.met;
        self.kinds += other.kinds;
    }
}

/// ε by evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Cells", into = "Cells")]
pub struct Escape {
    /// Of each cell the chance, and how many words it is the mean of.
    cells: Vec<(f32, f32)>,
}

/// As it is written.
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
        let is_sound = |&(chance, words): &(f32, f32)| (0.0..=1.0).contains(&chance) && words >= 0.0;
        if cells.len() == CELLS && cells.iter().all(is_sound) {
            Ok(Self { cells })
        } else {
            Err(format!("an escape has {CELLS} chances, each with the words it was learned from"))
        }
    }
}

impl Default for Escape {
    /// As if what was met once were as likely to come as something new.
    fn default() -> Self {
        let met = [1.0, 2.0, 5.0, 16.0, 200.0, 10_000.0];
        let cell = |at: usize| (0.5 / met[at / KINDS % MET], 2.0);
        Self { cells: (0..CELLS).map(cell).collect() }
    }
}

impl Escape {
    /// Which cell it is, after so many letters; `None` where the counts know nothing that goes on so, and nothing is to be escaped from.
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
    pub(crate) fn chance(&self, cell: usize) -> f32 {
        self.cells.get(cell).map_or(0.0, |&(chance, _)| chance.clamp(0.0, 1.0))
    }

    /// Learns from a word that came: ln of the chances that the mixture and the LSTM gave it, once so much of it was typed.
    pub(crate) fn learn(&mut self, cell: usize, mixed: f64, lstm: f64) {
        let Some((chance, words)) = self.cells.get_mut(cell) else { return };
        let odds = f64::from(*chance).max(1e-6) / (1.0 - f64::from(*chance)).max(1e-6) * (lstm - mixed).exp();
        if odds.is_nan() {
            return;
        }
        let responsible = if odds.is_finite() { (odds / (1.0 + odds)) as f32 } else { 1.0 };
        *chance += (responsible - *chance) / (*words + 1.0);
        *words = (*words + 1.0).min(LONGEST);
    }

    /// To begin with: what was learned so far is a hint, and soon gives way to what comes.
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
        let chances: Vec<f32> = [1.0, 2.0, 6.0, 20.0, 100.0, 1e4].map(|met| escape.chance(cell(met))).into();
        assert!(chances.windows(2).all(|pair| pair[0] > pair[1]), "{chances:?}");
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
    fn it_comes_to_the_share_of_words_that_the_counts_did_not_foresee() {
        let mut escape = Escape::default().as_prior();
        let (cell, other) = (7, 8);
        let before = escape.chance(other);
        // Three words in ten are new: next to impossible by the mixture. The others are all but sure by it.
        for round in 0..3_000 {
            let (mixed, lstm): (f64, f64) = if round % 10 < 3 { (-20.0, -1.0) } else { (-0.1, -9.0) };
            escape.learn(cell, mixed, lstm);
        }
        assert!((escape.chance(cell) - 0.3).abs() < 0.02, "{}", escape.chance(cell));
        assert!((escape.chance(other) - before).abs() < 1e-9);
        escape.learn(cell, f64::NEG_INFINITY, -1.0);
        escape.learn(cell, -1.0, f64::NEG_INFINITY);
        escape.learn(cell, f64::NEG_INFINITY, f64::NEG_INFINITY);
        assert!((0.0..=1.0).contains(&escape.chance(cell)));
    }
}
