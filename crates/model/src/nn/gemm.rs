//! The matrix product, by the `gemm` crate, over `ndarray` views.
//!
//! `ndarray`'s own `dot` reaches a third of the speed for the shapes trained here, so the arrays stay `ndarray`'s and the
//! product is another crate's. ARCHITECTURE.md names the other files in which unsafe code is allowed.
#![allow(unsafe_code, reason = "the kernel crate takes raw pointers; each call states why they are valid")]

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Real;
use super::bf16::{self, Rounding};

/// As [`matmul`], with factors rounded: `f32` alone is.
///
/// # Panics
/// When the shapes do not fit.
pub fn matmul_rounded<T: Real>(
    rounding: Rounding,
    a: ArrayView2<T>,
    b: ArrayView2<T>,
    mut c: ArrayViewMut2<T>,
    accumulate: bool,
) {
    let fits = a.ncols() == b.nrows() && c.dim() == (a.nrows(), b.ncols());
    let halves = (rounding == Rounding::Bf16 && fits && c.is_standard_layout())
        .then(|| Some((T::as_f32(a)?, T::as_f32(b)?, T::as_f32_mut(c.view_mut())?)));
    match halves.flatten() {
        Some((a, b, mut c)) => {
            if !accumulate {
                c.fill(0.0);
            }
            bf16::matmul(a, b, c);
        }
        None => matmul(a, b, c, accumulate),
    }
}

/// `c = a · b`, or `c += a · b` when `accumulate`. Shapes `[m, k] · [k, n] -> [m, n]`; any strides, so `.t()` costs nothing.
///
/// # Panics
/// When the shapes do not fit.
pub fn matmul<T: Real>(a: ArrayView2<T>, b: ArrayView2<T>, mut c: ArrayViewMut2<T>, accumulate: bool) {
    let (m, k) = a.dim();
    let (k_of_b, n) = b.dim();
    assert_eq!(k, k_of_b, "inner widths differ: [{m}, {k}] · [{k_of_b}, {n}]");
    assert_eq!(c.dim(), (m, n), "the result of [{m}, {k}] · [{k_of_b}, {n}] does not fit");
    if m == 0 || n == 0 {
        return;
    }
    let (c_row, c_column) = (c.strides()[0], c.strides()[1]);
    let (a_row, a_column) = (a.strides()[0], a.strides()[1]);
    let (b_row, b_column) = (b.strides()[0], b.strides()[1]);
    // SAFETY: each pointer comes from an ndarray view that is alive for the call, with that view's own strides and with
    // the dimensions asserted above, so every element touched lies inside its view; `c` is borrowed mutably and so does
    // not overlap `a` or `b`. `Real` is sealed to f32 and f64, both of which the crate implements.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            c_column,
            c_row,
            accumulate,
            a.as_ptr(),
            a_column,
            a_row,
            b.as_ptr(),
            b_column,
            b_row,
            T::one(),
            T::one(),
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::matmul;
    use ndarray::Array2;

    fn counted(rows: usize, columns: usize) -> Array2<f64> {
        Array2::from_shape_fn((rows, columns), |(i, j)| ((i * 7 + j * 3) % 11) as f64 - 5.0)
    }

    #[test]
    fn agrees_with_ndarray_for_every_layout() {
        for (m, k, n) in [(1, 1, 1), (3, 5, 2), (8, 16, 33), (0, 4, 4), (2, 0, 3)] {
            let (a, b) = (counted(m, k), counted(k, n));
            let mut c = Array2::ones((m, n));
            matmul(a.view(), b.view(), c.view_mut(), true);
            assert_eq!(c, a.dot(&b) + 1.0, "{m} {k} {n}");

            let (at, bt) = (a.t().as_standard_layout().into_owned(), b.t().as_standard_layout().into_owned());
            let mut c = Array2::from_elem((m, n), f64::NAN);
            matmul(at.t(), bt.t(), c.view_mut(), false);
            assert_eq!(c, a.dot(&b), "{m} {k} {n} transposed, overwriting");
        }
    }

    #[test]
    #[should_panic(expected = "inner widths differ")]
    fn refuses_shapes_that_do_not_fit() {
        matmul(counted(2, 3).view(), counted(4, 2).view(), counted(2, 2).view_mut(), false);
    }
}
