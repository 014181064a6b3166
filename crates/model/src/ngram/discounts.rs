//! How much of each count modified Kneser-Ney sets aside.
//!
//! Chen & Goodman 1999, equation 26, with n₁ the number of n-grams counted once, and so on:
//!
//! ```text
//! Y = n₁ / (n₁ + 2 n₂)    D₁ = 1 − 2 Y n₂/n₁    D₂ = 2 − 3 Y n₃/n₂    D₃ = 3 − 4 Y n₄/n₃  (three and more)
//! ```

/// Discounts used when a text is too small to estimate any: half of each count's step, as `lmplz
/// --discount_fallback` has them.
pub const FALLBACK: Discounts = Discounts([0.5, 1.0, 1.5]);

/// The discounts of counts of one, two, and three or more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discounts(pub [f64; 3]);

/// Why an order's discounts cannot be estimated.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum DiscountError {
    /// n₁ … n₄ must all be positive.
    #[error("no n-gram was counted exactly {0} times: the text is too small or its lines repeat")]
    NoSuchCount(usize),
    /// A discount must lie between 0 and its count.
    #[error(
        "the discount for count {count} came out as {discount}: the counts are not those of natural text"
    )]
    OutOfRange {
        /// 1, 2 or 3.
        count: usize,
        /// The estimate.
        discount: f64,
    },
}

impl Discounts {
    /// From `counts_of_counts[k]`, the number of n-grams counted `k` times (index 0 is not used).
    ///
    /// # Errors
    /// If n₁ … n₄ do not give discounts between 0 and the count.
    pub fn estimate(counts_of_counts: [u64; 5]) -> Result<Self, DiscountError> {
        if let Some(zero) = (1..5).find(|&k| counts_of_counts[k] == 0) {
            return Err(DiscountError::NoSuchCount(zero));
        }
        let n = counts_of_counts.map(|count| count as f64);
        let y = n[1] / (n[1] + 2.0 * n[2]);
        let mut discounts = [0.0; 3];
        for (index, discount) in discounts.iter_mut().enumerate() {
            let k = index + 1;
            *discount = k as f64 - (k + 1) as f64 * y * n[k + 1] / n[k];
            if *discount < 0.0 || *discount > k as f64 {
                return Err(DiscountError::OutOfRange { count: k, discount: *discount });
            }
        }
        Ok(Self(discounts))
    }

    /// The discount of an n-gram counted `count` times.
    pub fn of(&self, count: u64) -> f64 {
        if count == 0 { 0.0 } else { self.0[count.min(3) as usize - 1] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // Y = 10 / (10 + 2·5) = 1/2; D1 = 1 − 2·½·5/10, D2 = 2 − 3·½·2/5, D3 = 3 − 4·½·1/2.
        let Discounts(d) = Discounts::estimate([0, 10, 5, 2, 1]).unwrap();
        for (found, expected) in d.into_iter().zip([0.5, 1.4, 2.0]) {
            assert!((found - expected).abs() < 1e-12, "{d:?}");
        }
        let of: Vec<f64> = [0, 1, 2, 3, 99].map(|count| Discounts(d).of(count)).into();
        assert_eq!(of, [0.0, d[0], d[1], d[2], d[2]]);
    }

    #[test]
    fn refuses_what_cannot_be_estimated() {
        assert_eq!(Discounts::estimate([0, 3, 2, 0, 1]), Err(DiscountError::NoSuchCount(3)));
        assert!(matches!(
            Discounts::estimate([0, 10, 1, 50, 1]),
            Err(DiscountError::OutOfRange { count: 2, .. })
        ));
    }
}
