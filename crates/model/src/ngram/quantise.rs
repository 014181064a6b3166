//! Many numbers stored as few: codebooks. Each code begins with about the same number of values; then the centres move to where
//! the values are (Lloyd's algorithm), so that rare values far out are not lost.

/// How often the centres move.
const ROUNDS: usize = 30;

/// The codes' values, ascending: exactly `1 << bits` of them.
pub(crate) struct Codebook {
    pub(crate) centres: Vec<f32>,
}

impl Codebook {
    /// The codebook of `values`. Zero keeps a code of its own: a backoff weight of exactly 1 is common and must stay so.
    /// Where there are no more distinct values than codes, every value stays exact.
    pub(crate) fn train(values: impl Iterator<Item = f32>, bits: u32) -> Self {
        let codes = 1_usize << bits;
        let mut sorted: Vec<f32> = values.collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let mut distinct = sorted.clone();
        distinct.dedup();
        let mut centres = if distinct.len() <= codes {
            distinct
        } else {
            sorted.retain(|&value| value != 0.0);
            let mut centres = lloyd(&sorted, codes - 1);
            centres.push(0.0);
            centres
        };
        centres.sort_unstable_by(f32::total_cmp);
        let last = centres.last().copied().unwrap_or(0.0);
        centres.resize(codes, last);
        Self { centres }
    }

    /// The code whose value is nearest.
    pub(crate) fn code(&self, value: f32) -> u32 {
        let above = self.centres.partition_point(|&centre| centre < value).min(self.centres.len() - 1);
        let below = above.saturating_sub(1);
        let nearer_below = value - self.centres[below] < self.centres[above] - value;
        (if nearer_below { below } else { above }) as u32
    }
}

/// At most `bins` centres for sorted values.
fn lloyd(sorted: &[f32], bins: usize) -> Vec<f32> {
    let mut sums = Vec::with_capacity(sorted.len() + 1);
    sums.push(0.0_f64);
    for &value in sorted {
        sums.push(sums[sums.len() - 1] + f64::from(value));
    }
    let mut edges: Vec<usize> =
        (0..=bins).map(|bin| (bin as u128 * sorted.len() as u128 / bins as u128) as usize).collect();
    let mut centres = Vec::new();
    for _ in 0..ROUNDS {
        edges.dedup();
        centres.clear();
        centres.extend(
            edges.windows(2).map(|bin| ((sums[bin[1]] - sums[bin[0]]) / (bin[1] - bin[0]) as f64) as f32),
        );
        let between = |pair: &[f32]| sorted.partition_point(|&value| value < f32::midpoint(pair[0], pair[1]));
        edges = std::iter::once(0).chain(centres.windows(2).map(between)).chain([sorted.len()]).collect();
    }
    centres
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_stay_exact() {
        let values = [-1.5_f32, 0.0, -0.25, -1.5];
        let book = Codebook::train(values.into_iter(), 2);
        for value in values {
            assert!((book.centres[book.code(value) as usize] - value).abs() < f32::EPSILON);
        }
    }

    #[test]
    fn many_values_come_near_and_zero_stays() {
        let values = || (0..1000).map(|index| -(index as f32) / 250.0);
        let book = Codebook::train(values(), 6);
        assert_eq!(book.centres.len(), 64);
        assert!(book.centres[book.code(0.0) as usize].abs() < f32::EPSILON);
        for value in values() {
            assert!((book.centres[book.code(value) as usize] - value).abs() < 0.04, "{value}");
        }
    }
}
