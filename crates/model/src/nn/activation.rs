//! Sigmoid, tanh and exp over slices, in vectors as wide as the processor has.
//!
//! The exponential is 2ⁿ · p(r) with |r| ≤ ln 2 / 2 and a polynomial of degree 6 (the method of Cephes' `expf`): relative
//! error below 3·10⁻⁷. Every element goes through the same operations wherever it stands in the slice, so a row has the
//! same bits in any batch.

use pulp::{Simd, WithSimd};

use super::Isa;

/// Which function.
#[derive(Clone, Copy)]
enum Function {
    Sigmoid,
    Tanh,
    /// e^(x − shift)
    Exp {
        shift: f32,
    },
}

/// x ← 1 / (1 + e^−x)
pub(super) fn sigmoid(values: &mut [f32]) {
    Isa::vectors().dispatch(Map { values, function: Function::Sigmoid });
}

/// x ← tanh x
pub(super) fn tanh(values: &mut [f32]) {
    Isa::vectors().dispatch(Map { values, function: Function::Tanh });
}

/// x ← e^(x − shift)
pub(super) fn exp(values: &mut [f32], shift: f32) {
    Isa::vectors().dispatch(Map { values, function: Function::Exp { shift } });
}

struct Map<'a> {
    values: &'a mut [f32],
    function: Function,
}

impl WithSimd for Map<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (vectors, rest) = S::as_mut_simd_f32s(self.values);
        let function = self.function;
        // No closure here: one that is not inlined would be compiled without this processor's vectors.
        for x in vectors {
            *x = apply(simd, function, *x);
        }
        if !rest.is_empty() {
            let x = apply(simd, function, simd.partial_load_f32s(rest));
            simd.partial_store_f32s(rest, x);
        }
    }
}

#[inline(always)]
fn apply<S: Simd>(simd: S, function: Function, x: S::f32s) -> S::f32s {
    match function {
        Function::Sigmoid => sigmoid_vector(simd, x),
        Function::Tanh => tanh_vector(simd, x),
        Function::Exp { shift } => exp_vector(simd, simd.sub_f32s(x, simd.splat_f32s(shift))),
    }
}

#[inline(always)]
fn sigmoid_vector<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let one = simd.splat_f32s(1.0);
    simd.div_f32s(one, simd.add_f32s(one, exp_vector(simd, simd.neg_f32s(x))))
}

#[inline(always)]
fn tanh_vector<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let (one, two) = (simd.splat_f32s(1.0), simd.splat_f32s(2.0));
    let e = exp_vector(simd, simd.add_f32s(x, x));
    simd.sub_f32s(one, simd.div_f32s(two, simd.add_f32s(e, one)))
}

#[inline(always)]
fn exp_vector<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let splat = |v| simd.splat_f32s(v);
    // Adding 1.5·2²³ rounds to an integer n, and leaves n in the low bits of the mantissa.
    let rounder = splat(12_582_912.0);
    let x = simd.max_f32s(splat(-87.0), simd.min_f32s(splat(88.0), x));
    let shifted = simd.mul_add_e_f32s(x, splat(std::f32::consts::LOG2_E), rounder);
    let n = simd.sub_f32s(shifted, rounder);
    // ln 2 in two parts, so that r is exact.
    let r = simd.mul_add_e_f32s(n, splat(-0.693_359_4), x);
    let r = simd.mul_add_e_f32s(n, splat(2.121_944_4e-4), r);
    let mut p = splat(1.0 / 720.0);
    for coefficient in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = simd.mul_add_e_f32s(r, p, splat(coefficient));
    }
    // Doubled n times by adding n to the exponent; n is the low bits, less the rounder's own.
    let n = simd.wrapping_dyn_shl_u32s(simd.transmute_u32s_f32s(shifted), simd.splat_u32s(23));
    simd.transmute_f32s_u32s(simd.add_u32s(simd.transmute_u32s_f32s(p), n))
}

#[cfg(test)]
mod tests {
    #[test]
    fn agree_with_the_standard_library() {
        let x: Vec<f32> = (-8000..=8000).map(|i| i as f32 / 100.0).collect();
        let (mut e, mut s, mut t) = (x.clone(), x.clone(), x.clone());
        super::exp(&mut e, 0.0);
        super::sigmoid(&mut s);
        super::tanh(&mut t);
        for (((&x, &e), &s), &t) in x.iter().zip(&e).zip(&s).zip(&t) {
            let wide = f64::from(x);
            let relative = (f64::from(e) - wide.exp()).abs() / wide.exp();
            assert!(relative < 3e-7, "exp({x}) is off by {relative}");
            assert!((f64::from(s) - 1.0 / (1.0 + (-wide).exp())).abs() < 2e-7, "sigmoid({x})");
            assert!((f64::from(t) - wide.tanh()).abs() < 3e-7, "tanh({x})");
        }
    }

    #[test]
    fn saturate_without_overflow() {
        let mut x = [1000.0, -1000.0, f32::INFINITY, f32::NEG_INFINITY];
        super::tanh(&mut x);
        assert_eq!(x, [1.0, -1.0, 1.0, -1.0]);
        let mut x = [1000.0, -1000.0];
        super::sigmoid(&mut x);
        assert_eq!(x[0], 1.0);
        assert!(x[1] < 1e-30);
    }

    #[test]
    fn give_an_element_the_same_bits_wherever_it_stands() {
        let x: Vec<f32> = (0..37).map(|i| i as f32 * 0.173 - 3.0).collect();
        let mut together = x.clone();
        super::tanh(&mut together);
        for (&x, &expected) in x.iter().zip(&together) {
            let mut alone = [x];
            super::tanh(&mut alone);
            assert_eq!(alone[0].to_bits(), expected.to_bits());
        }
    }
}
