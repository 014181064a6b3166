//! The floats a network can be made of, and their activations.
//!
//! `f32` has polynomial activations that a compiler can turn into vector code; `f64`, used where gradients are checked,
//! has the standard library's.

use ndarray::NdFloat;

use super::packed::{self, PackedMatrix};

/// A float that networks can be made of: `f32` to train and stream, `f64` to check gradients.
pub trait Real: NdFloat + Default + std::iter::Sum + gemm_scalar::Scalar {
    /// e^x.
    fn fast_exp(self) -> Self;

    /// The logistic function 1 / (1 + e^−x).
    #[inline(always)]
    fn sigmoid(self) -> Self {
        Self::one() / (Self::one() + (-self).fast_exp())
    }

    /// The hyperbolic tangent, as 1 − 2 / (e^2x + 1).
    #[inline(always)]
    fn fast_tanh(self) -> Self {
        let one = Self::one();
        let two = one + one;
        one - two / ((two * self).fast_exp() + one)
    }

    /// `y += x · W` over packed panels; use [`PackedMatrix::multiply_add`], which checks the lengths.
    fn multiply_panels(matrix: &PackedMatrix<Self>, x: &[Self], y: &mut [Self]);

    /// From `f64`, rounded.
    fn from_f64(value: f64) -> Self;

    /// To `f64`.
    fn into_f64(self) -> f64;
}

/// Seals [`Real`] to the floats that the matrix product knows.
pub(crate) mod gemm_scalar {
    /// A float that the matrix product knows.
    pub trait Scalar: 'static {}
    impl Scalar for f32 {}
    impl Scalar for f64 {}
}

impl Real for f32 {
    /// Cephes-style: 2^n · p(r) with |r| ≤ ln 2 / 2 and a degree-6 polynomial; relative error below 2·10⁻⁷.
    #[inline(always)]
    fn fast_exp(self) -> Self {
        // Adding 1.5·2²³ rounds to an integer and leaves it in the low mantissa bits: no cast, so the loop vectorises.
        const ROUNDER: f32 = 12_582_912.0;
        const LN2_HIGH: f32 = 0.693_359_4;
        const LN2_LOW: f32 = -2.121_944_4e-4;
        let x = self.clamp(-87.0, 88.0);
        let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUNDER);
        let n = shifted - ROUNDER;
        let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, x));
        let p = 1.0 / 720.0;
        let p = r.mul_add(p, 1.0 / 120.0);
        let p = r.mul_add(p, 1.0 / 24.0);
        let p = r.mul_add(p, 1.0 / 6.0);
        let p = r.mul_add(p, 0.5);
        let p = r.mul_add(p, 1.0);
        let p = r.mul_add(p, 1.0);
        let scale = f32::from_bits((shifted.to_bits().wrapping_add(127)) << 23);
        p * scale
    }

    fn multiply_panels(matrix: &PackedMatrix<Self>, x: &[Self], y: &mut [Self]) {
        packed::multiply_vectors(matrix, x, y);
    }

    fn from_f64(value: f64) -> Self {
        value as f32
    }

    fn into_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    #[inline(always)]
    fn fast_exp(self) -> Self {
        self.exp()
    }

    fn multiply_panels(matrix: &PackedMatrix<Self>, x: &[Self], y: &mut [Self]) {
        packed::multiply_plainly(matrix, x, y);
    }

    fn from_f64(value: f64) -> Self {
        value
    }

    fn into_f64(self) -> f64 {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Real;

    #[test]
    fn activations_agree_with_the_standard_library() {
        for i in -8000..=8000_i16 {
            let x = f32::from(i) / 100.0;
            let wide = f64::from(x);
            let relative = (f64::from(x.fast_exp()) - wide.exp()).abs() / wide.exp();
            assert!(relative < 3e-7, "exp({x}) is off by {relative}");
            assert!((f64::from(x.fast_tanh()) - wide.tanh()).abs() < 3e-7, "tanh({x})");
            assert!((f64::from(x.sigmoid()) - 1.0 / (1.0 + (-wide).exp())).abs() < 2e-7, "sigmoid({x})");
        }
    }

    #[test]
    fn activations_saturate_without_overflow() {
        assert_eq!(1000.0_f32.fast_tanh(), 1.0);
        assert_eq!((-1000.0_f32).fast_tanh(), -1.0);
        assert_eq!(1000.0_f32.sigmoid(), 1.0);
        assert!((-1000.0_f32).sigmoid() < 1e-30);
    }
}
