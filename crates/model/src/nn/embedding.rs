//! The embedding: a row of a table for each symbol.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Real;
use crate::Symbol;

/// `out[i] = table[symbols[i]]`; `table: [vocabulary, width]`, `out: [symbols, width]`.
///
/// # Panics
/// When a symbol is outside the table.
pub(crate) fn forward<T: Real>(table: ArrayView2<T>, symbols: &[Symbol], mut out: ArrayViewMut2<T>) {
    for (mut row, &symbol) in out.rows_mut().into_iter().zip(symbols) {
        row.assign(&table.row(symbol as usize));
    }
}

/// Adds `d_out: [symbols, width]` to the rows it came from: `d_table: [vocabulary, width]`.
///
/// # Panics
/// When a symbol is outside the table.
pub(crate) fn backward<T: Real>(d_out: ArrayView2<T>, symbols: &[Symbol], mut d_table: ArrayViewMut2<T>) {
    for (row, &symbol) in d_out.rows().into_iter().zip(symbols) {
        let mut target = d_table.row_mut(symbol as usize);
        target += &row;
    }
}
