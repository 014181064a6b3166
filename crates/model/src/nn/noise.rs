//! Numbers to multiply in tests.

use ndarray::Array2;

/// A matrix of numbers between −1 and 1; another for each seed.
pub(crate) fn noise(rows: usize, columns: usize, seed: u32) -> Array2<f32> {
    let mut x = seed;
    Array2::from_shape_simple_fn((rows, columns), || {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (x >> 8) as f32 / 8_388_608.0 - 1.0
    })
}
