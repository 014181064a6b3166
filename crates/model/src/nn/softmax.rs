//! Softmax and cross-entropy.

use ndarray::ArrayViewMut2;

use super::Real;
use crate::Symbol;

/// Turns logits into natural-log probabilities, in place.
pub(crate) fn log_softmax<T: Real>(logits: &mut [T]) {
    let top = greatest(logits);
    let mut exponentials = logits.to_vec();
    T::exp_each(&mut exponentials, top);
    let total = sum(&exponentials).ln();
    for x in logits {
        // In this order, for a large `top` would swallow the other.
        *x = (*x - top) - total;
    }
}

/// Turns logits into probabilities, in place.
pub(crate) fn softmax<T: Real>(logits: &mut [T]) {
    T::exp_each(logits, greatest(logits));
    let factor = T::one() / sum(logits);
    for x in logits {
        *x *= factor;
    }
}

fn greatest<T: Real>(values: &[T]) -> T {
    values.iter().fold(T::neg_infinity(), |a, &b| if b > a { b } else { a })
}

/// Sixteen sums side by side: a fixed order of summation that still fills a vector.
fn sum<T: Real>(values: &[T]) -> T {
    let mut sums = [T::zero(); 16];
    let chunks = values.chunks_exact(16);
    let rest: T = chunks.remainder().iter().copied().sum();
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, &x)| *sum += x);
    }
    sums.iter().fold(rest, |a, &b| a + b)
}

/// Cross-entropy of `logits: [rows, classes]` against `targets: [rows]`, summed over rows, in nats.
///
/// Leaves the gradient of `scale ·` that sum in `logits`: `scale · (softmax − one-hot)`.
///
/// # Panics
/// When a target is not a class.
pub(crate) fn cross_entropy_backward<T: Real>(
    mut logits: ArrayViewMut2<T>,
    targets: &[Symbol],
    scale: T,
) -> f64 {
    let mut loss = 0.0;
    for (mut row, &target) in logits.rows_mut().into_iter().zip(targets) {
        let row = row.as_slice_mut().expect("logits are contiguous");
        let (top, of_target) = (greatest(row), row[target as usize]);
        T::exp_each(row, top);
        let total = sum(row);
        loss += (total.ln() + top - of_target).into_f64();
        let factor = scale / total;
        for x in row.iter_mut() {
            *x *= factor;
        }
        row[target as usize] -= scale;
    }
    loss
}

/// Cross-entropy of one row of logits, in nats. Leaves e^(logit − greatest) in `logits`.
///
/// # Panics
/// When the target is not a class.
pub(crate) fn cross_entropy<T: Real>(logits: &mut [T], target: Symbol) -> f64 {
    let (top, of_target) = (greatest(logits), logits[target as usize]);
    T::exp_each(logits, top);
    (sum(logits).ln() + top - of_target).into_f64()
}

/// [`cross_entropy`] of each row of `logits: [targets, classes]`, handed over with the row's number.
///
/// # Panics
/// When a target is not a class, or the logits are not whole rows.
pub(crate) fn cross_entropy_each<T: Real>(
    logits: &mut [T],
    targets: &[Symbol],
    each: &mut dyn FnMut(usize, f64),
) {
    if targets.is_empty() {
        return;
    }
    assert_eq!(logits.len() % targets.len(), 0, "one row of logits for each target");
    let classes = logits.len() / targets.len();
    for (at, (row, &target)) in logits.chunks_exact_mut(classes).zip(targets).enumerate() {
        each(at, cross_entropy(row, target));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn log_probabilities_sum_to_one() {
        let mut x: Vec<f32> = (0..256).map(|i| ((i * 37) % 101) as f32 / 5.0 - 10.0).collect();
        log_softmax(&mut x);
        let total: f64 = x.iter().map(|&l| f64::from(l).exp()).sum();
        assert!((total - 1.0).abs() < 1e-5, "{total}");
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let logits = Array2::from_shape_fn((3, 19), |(i, j)| ((i * 5 + j * 3) % 7) as f64 * 0.4 - 1.0);
        let targets = [2, 18, 0];
        let mut gradient = logits.clone();
        cross_entropy_backward(gradient.view_mut(), &targets, 0.5);
        let loss = |x: &Array2<f64>| 0.5 * cross_entropy_backward(x.clone().view_mut(), &targets, 1.0);
        for at in [(0, 2), (0, 0), (1, 18), (2, 7)] {
            let (mut up, mut down) = (logits.clone(), logits.clone());
            up[at] += 1e-6;
            down[at] -= 1e-6;
            let numeric = (loss(&up) - loss(&down)) / 2e-6;
            assert!((numeric - gradient[at]).abs() < 1e-8, "{at:?}: {numeric} {}", gradient[at]);
        }
    }
}
