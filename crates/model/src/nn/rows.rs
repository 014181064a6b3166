//! A slice of whole rows as a matrix view.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Real;

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
