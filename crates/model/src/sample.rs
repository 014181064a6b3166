//! Drawing the next symbol from a distribution: temperature, top-k, top-p.
//!
//! In this order: log-probabilities are divided by the temperature, the k likeliest are kept, and of these the smallest set
//! whose probabilities sum to p (the nucleus of Holtzman et al. 2020). One of these is drawn in proportion to its probability.

use std::cmp::Ordering;
use std::num::NonZeroUsize;

use rand::{Rng, RngExt as _};

use super::Symbol;

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// 1 is the model's own distribution, less sharpens it, 0 always takes the likeliest symbol. Not negative.
    pub temperature: f64,
    /// Only this many of the likeliest symbols.
    pub top_k: Option<NonZeroUsize>,
    /// Only the likeliest symbols that together have this probability; above 0, at most 1.
    pub top_p: f64,
}

impl Default for Sampling {
    /// The model's own distribution.
    fn default() -> Self {
        Self { temperature: 1.0, top_k: None, top_p: 1.0 }
    }
}

impl Sampling {
    /// The symbols that may be drawn, each with its probability; these sum to 1. Symbols of log-probability minus infinity (or
    /// NaN) may not. Empty if there are no others.
    ///
    /// `log_probs` are natural logarithms by symbol, and need not sum to 1 in probability. Of equally likely symbols the
    /// first counts as the likelier.
    pub fn candidates(&self, log_probs: &[f32]) -> Vec<(Symbol, f64)> {
        let possible = |&(_, log_prob): &(Symbol, f64)| log_prob > f64::NEG_INFINITY;
        let mut kept: Vec<(Symbol, f64)> =
            (0..).zip(log_probs.iter().copied().map(f64::from)).filter(possible).collect();
        let Some(&likeliest) = kept.iter().min_by(|a, b| likelier_first(a, b)) else { return kept };
        if self.temperature == 0.0 {
            return vec![(likeliest.0, 1.0)];
        }
        for (_, value) in &mut kept {
            // The weight of the likeliest is 1, so nothing overflows, however low the temperature.
            *value = ((*value - likeliest.1) / self.temperature).exp();
        }
        if let Some(k) = self.top_k.map(NonZeroUsize::get).filter(|&k| k < kept.len()) {
            kept.select_nth_unstable_by(k - 1, likelier_first);
            kept.truncate(k);
        }
        if self.top_k.is_some() || self.top_p < 1.0 {
            kept.sort_unstable_by(likelier_first);
        }
        if self.top_p < 1.0 {
            let enough = self.top_p * total(&kept);
            let mut sum = 0.0;
            let nucleus = kept.iter().take_while(|(_, weight)| {
                let open = sum < enough;
                sum += weight;
                open
            });
            let length = nucleus.count();
            kept.truncate(length);
        }
        let total = total(&kept);
        for (_, weight) in &mut kept {
            *weight /= total;
        }
        kept
    }

    /// Draws a symbol; `None` if none is possible. Takes one number of the generator, whatever it draws.
    pub fn draw(&self, log_probs: &[f32], generator: &mut impl Rng) -> Option<Symbol> {
        let mut left: f64 = generator.random();
        let candidates = self.candidates(log_probs);
        let hit = candidates.iter().find(|(_, probability)| {
            left -= probability;
            left < 0.0
        });
        // Rounding may leave a rest after the last one.
        let last_possible = || candidates.iter().rfind(|(_, probability)| *probability > 0.0);
        hit.or_else(last_possible).map(|&(symbol, _)| symbol)
    }
}

fn likelier_first(a: &(Symbol, f64), b: &(Symbol, f64)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

fn total(weights: &[(Symbol, f64)]) -> f64 {
    weights.iter().map(|(_, weight)| weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    fn log_probs(weights: &[f32]) -> Vec<f32> {
        let total: f32 = weights.iter().sum();
        weights.iter().map(|weight| (weight / total).ln()).collect()
    }

    fn symbols(candidates: &[(Symbol, f64)]) -> Vec<Symbol> {
        candidates.iter().map(|&(symbol, _)| symbol).collect()
    }

    #[test]
    fn worked_by_hand() {
        let distribution = log_probs(&[1.0, 4.0, 3.0, 2.0]);
        let all = Sampling::default();
        let k = NonZeroUsize::new;
        for (sampling, kept, first) in [
            (all, vec![0, 1, 2, 3], 0.1),
            (Sampling { top_k: k(2), ..all }, vec![1, 2], 4.0 / 7.0),
            (Sampling { top_k: k(9), ..all }, vec![1, 2, 3, 0], 0.4),
            (Sampling { top_p: 0.41, ..all }, vec![1, 2], 4.0 / 7.0),
            (Sampling { top_p: 0.05, ..all }, vec![1], 1.0),
            // Of the three kept first, 4/9 + 3/9 is the first sum to reach 0.75.
            (Sampling { top_k: k(3), top_p: 0.75, ..all }, vec![1, 2], 4.0 / 7.0),
            (Sampling { temperature: 0.0, ..all }, vec![1], 1.0),
            // 16/30 at half the temperature: weights are squared.
            (Sampling { temperature: 0.5, top_k: k(4), ..all }, vec![1, 2, 3, 0], 16.0 / 30.0),
        ] {
            let found = sampling.candidates(&distribution);
            assert_eq!(symbols(&found), kept, "{sampling:?}");
            assert!((found[0].1 - first).abs() < 1e-6, "{sampling:?}: {found:?}");
        }
    }

    #[test]
    fn the_impossible_is_never_drawn() {
        let mut generator = StdRng::seed_from_u64(3);
        let distribution = [f32::NEG_INFINITY, -1.0, f32::NAN, -1e30];
        for temperature in [0.0, 1e-300, 1.0, 1e300] {
            let sampling = Sampling { temperature, ..Sampling::default() };
            for _ in 0..100 {
                let drawn = sampling.draw(&distribution, &mut generator);
                assert!(
                    drawn == Some(1) || drawn == Some(3) && temperature > 1.0,
                    "{temperature}: {drawn:?}"
                );
            }
        }
        assert_eq!(Sampling::default().draw(&[f32::NEG_INFINITY; 3], &mut generator), None);
        assert_eq!(Sampling::default().draw(&[], &mut generator), None);
    }

    /// Pearson's χ² of draws against the probabilities promised. With a fixed seed this holds or it does not; for a
    /// right sampler with 9 degrees of freedom 27.9 is passed once in a thousand seeds.
    #[test]
    fn frequencies_follow_the_probabilities() {
        let distribution = log_probs(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
        for (seed, sampling) in [
            Sampling::default(),
            Sampling { temperature: 0.7, ..Sampling::default() },
            Sampling { temperature: 1.5, top_k: NonZeroUsize::new(6), ..Sampling::default() },
            Sampling { top_p: 0.8, ..Sampling::default() },
        ]
        .into_iter()
        .enumerate()
        {
            let mut generator = StdRng::seed_from_u64(seed as u64);
            let mut counts = [0.0_f64; 10];
            let draws = 20_000;
            for _ in 0..draws {
                counts[sampling.draw(&distribution, &mut generator).unwrap() as usize] += 1.0;
            }
            let candidates = sampling.candidates(&distribution);
            let drawn: f64 = candidates.iter().map(|&(symbol, _)| counts[symbol as usize]).sum();
            assert_eq!(drawn, f64::from(draws), "{sampling:?}: something else was drawn");
            let chi_squared: f64 = candidates
                .iter()
                .map(|&(symbol, probability)| {
                    let expected = probability * f64::from(draws);
                    (counts[symbol as usize] - expected).powi(2) / expected
                })
                .sum();
            assert!(chi_squared < 27.9, "{sampling:?}: {chi_squared}");
        }
    }

    proptest! {
        #[test]
        fn the_likeliest_are_kept_and_no_more_than_asked(
            weights in prop::collection::vec(0.01f32..10.0, 1..40),
            k in 1usize..50,
            top_p in 0.01f64..1.0,
            temperature in 0.05f64..5.0,
        ) {
            let distribution = log_probs(&weights);
            let all = Sampling { temperature, ..Sampling::default() };
            let mut everything = all.candidates(&distribution);
            prop_assert!((total(&everything) - 1.0).abs() < 1e-9);
            everything.sort_by(likelier_first);

            let few = Sampling { top_k: NonZeroUsize::new(k), ..all }.candidates(&distribution);
            prop_assert_eq!(few.len(), k.min(weights.len()));
            prop_assert_eq!(symbols(&few), symbols(&everything[..few.len()]));
            prop_assert!((total(&few) - 1.0).abs() < 1e-9);

            let nucleus = Sampling { top_p, ..all }.candidates(&distribution);
            prop_assert_eq!(symbols(&nucleus), symbols(&everything[..nucleus.len()]));
            prop_assert!(total(&everything[..nucleus.len()]) >= top_p - 1e-9, "too small");
            prop_assert!(total(&everything[..nucleus.len() - 1]) < top_p + 1e-9, "one too many");
            prop_assert!((total(&nucleus) - 1.0).abs() < 1e-9);
        }

        #[test]
        fn a_low_temperature_comes_to_the_likeliest(
            mut weights in prop::collection::vec(0.01f32..10.0, 2..40),
            best in any::<prop::sample::Index>(),
            seed in any::<u64>(),
        ) {
            let best = best.index(weights.len());
            weights[best] = 20.0;
            let distribution = log_probs(&weights);
            let mut generator = StdRng::seed_from_u64(seed);
            for temperature in [0.0, 1e-3] {
                let sampling = Sampling { temperature, ..Sampling::default() };
                prop_assert_eq!(sampling.draw(&distribution, &mut generator), Some(best as Symbol));
            }
        }
    }
}
