//! The best word at each place in a word, and whether it was right: what calibration learns from.

use crate::mixture::calibration::{Calibration, Reliability};

/// A word that was the best at some place.
#[derive(Debug, Clone, PartialEq)]
struct Forecast {
    /// Bytes that were typed.
    typed: usize,
    word: String,
    /// Its probability as it was stated.
    stated: f32,
}

/// Forecasts of the word at the cursor, and the record of those before.
#[derive(Debug, Clone, Default)]
pub(super) struct Forecasts {
    open: Vec<Forecast>,
    /// How often the best word was right, by its calibrated probability.
    pub(super) reliability: [Reliability; Reliability::ROWS],
    /// If calibration data is collected: each stated probability, and whether the word was right.
    pub(super) collected: Option<Vec<(f32, bool)>>,
}

impl Forecasts {
    /// The best word after `typed` bytes.
    pub(super) fn note(&mut self, typed: usize, word: &str, stated: f32) {
        self.open.retain(|forecast| forecast.typed < typed);
        // A word that is still the best although it was typed past tells nothing new.
        if self.open.iter().all(|forecast| forecast.word != word) {
            self.open.push(Forecast { typed, word: word.to_owned(), stated });
        }
    }

    /// Forgets the word at the cursor.
    pub(super) fn clear(&mut self) {
        self.open.clear();
    }

    /// The word was finished as `spelling`. The calibration follows if it `learns`, unless data is collected to fit it.
    pub(super) fn settle(&mut self, spelling: &str, calibration: &mut Calibration, learns: bool) {
        for Forecast { word, stated, .. } in self.open.drain(..) {
            let came = word == spelling;
            Reliability::count(&mut self.reliability, calibration.apply(stated), came);
            if let Some(collected) = &mut self.collected {
                collected.push((stated, came));
            } else if learns {
                calibration.learn(stated, came);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_counts_once_from_where_it_was_first_the_best() {
        let mut forecasts = Forecasts { collected: Some(Vec::new()), ..Forecasts::default() };
        for (typed, word, stated) in
            [(0, "gate", 0.2), (1, "garden", 0.3), (2, "garden", 0.9), (3, "gate", 0.8)]
        {
            forecasts.note(typed, word, stated);
        }
        // Back to the first letter: what was forecast behind it is void.
        forecasts.note(1, "gable", 0.1);
        forecasts.settle("gate", &mut Calibration::default(), true);
        assert_eq!(forecasts.collected, Some(vec![(0.2, true), (0.1, false)]));
        assert_eq!(forecasts.reliability.iter().map(|row| row.places).sum::<usize>(), 2);
        forecasts.settle("gate", &mut Calibration::default(), true);
        assert_eq!(forecasts.collected.map(|collected| collected.len()), Some(2), "settled once");
    }
}
