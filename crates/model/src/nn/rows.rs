//! A slice of whole rows as a matrix view.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Real;

/// The rows `m` of a product `y += x · W`, `x: [m, k]`, `y: [m, n]`; none where there is nothing to multiply.
///
/// # Panics
/// When the lengths do not fit.
pub(crate) fn of_product<T>((k, n): (usize, usize), x: &[T], y: &[T]) -> usize {
    if k == 0 || n == 0 {
        return 0;
    }
    let m = x.len() / k;
    assert_eq!(x.len(), m * k, "x is not whole rows of {k}");
    assert_eq!(y.len(), m * n, "y is not {m} rows of {n}");
    m
}

/// `values: [rows · columns]` as `[rows, columns]`.
///
/// # Panics
/// When the values are not whole rows.
pub(crate) fn view<T: Real>(values: &[T], columns: usize) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((values.len() / columns, columns), values).expect("whole rows")
}

/// `values: [rows · columns]` as `[rows, columns]`, to write.
///
/// # Panics
/// When the values are not whole rows.
pub(crate) fn view_mut<T: Real>(values: &mut [T], columns: usize) -> ArrayViewMut2<'_, T> {
    ArrayViewMut2::from_shape((values.len() / columns, columns), values).expect("whole rows")
}
