//! The floats a network can be made of.
//!
//! `f32` has vector kernels; `f64`, used where gradients are checked, has plain loops over the standard library.

use ndarray::{ArrayView2, ArrayViewMut2, NdFloat};

use super::activation;
use super::packed::{self, PackedMatrix};

/// A float that networks can be made of: `f32` to train and stream, `f64` to check gradients.
pub trait Real: NdFloat + Default + std::iter::Sum + sealed::Sealed {
    /// x ← 1 / (1 + e^−x), for each.
    fn sigmoid_each(values: &mut [Self]);

    /// x ← tanh x, for each.
    fn tanh_each(values: &mut [Self]);

    /// x ← e^(x − shift), for each.
    fn exp_each(values: &mut [Self], shift: Self);

    /// `y += x · W` over packed panels; use [`PackedMatrix::multiply_add`], which checks the lengths.
    fn multiply_panels(matrix: &PackedMatrix<Self>, x: &[Self], y: &mut [Self]);

    /// As `f32`, if it is.
    fn as_f32(of: ArrayView2<'_, Self>) -> Option<ArrayView2<'_, f32>>;

    /// As `f32`, to write, if it is.
    fn as_f32_mut(of: ArrayViewMut2<'_, Self>) -> Option<ArrayViewMut2<'_, f32>>;

    /// From `f64`, rounded.
    fn from_f64(value: f64) -> Self;

    /// To `f64`.
    fn into_f64(self) -> f64;
}

/// The matrix product's crate knows these two floats and no other.
mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

impl Real for f32 {
    fn sigmoid_each(values: &mut [Self]) {
        activation::sigmoid(values);
    }

    fn tanh_each(values: &mut [Self]) {
        activation::tanh(values);
    }

    fn exp_each(values: &mut [Self], shift: Self) {
        activation::exp(values, shift);
    }

    fn multiply_panels(matrix: &PackedMatrix<Self>, x: &[Self], y: &mut [Self]) {
        packed::multiply_vectors(matrix, x, y);
    }

    fn as_f32(of: ArrayView2<'_, Self>) -> Option<ArrayView2<'_, f32>> {
        Some(of)
    }

    fn as_f32_mut(of: ArrayViewMut2<'_, Self>) -> Option<ArrayViewMut2<'_, f32>> {
        Some(of)
    }

    fn from_f64(value: f64) -> Self {
        value as f32
    }

    fn into_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    fn sigmoid_each(values: &mut [Self]) {
        for x in values {
            *x = 1.0 / (1.0 + (-*x).exp());
        }
    }

    fn tanh_each(values: &mut [Self]) {
        for x in values {
            *x = f64::tanh(*x);
        }
    }

    fn exp_each(values: &mut [Self], shift: Self) {
        for x in values {
            *x = (*x - shift).exp();
        }
    }

    fn multiply_panels(matrix: &PackedMatrix<Self>, x: &[Self], y: &mut [Self]) {
        packed::multiply_plainly(matrix, x, y);
    }

    fn as_f32(_: ArrayView2<'_, Self>) -> Option<ArrayView2<'_, f32>> {
        None
    }

    fn as_f32_mut(_: ArrayViewMut2<'_, Self>) -> Option<ArrayViewMut2<'_, f32>> {
        None
    }

    fn from_f64(value: f64) -> Self {
        value
    }

    fn into_f64(self) -> f64 {
        self
    }
}
