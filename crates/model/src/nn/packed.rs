//! A weight matrix packed once and multiplied by a few rows at a time: the product of streaming and of a recurrence.
//!
//! A general matrix product re-packs its right side at every call, which costs as much as the product when only a few rows
//! are multiplied. Here `Wᵀ` is packed into panels of `PANEL` outputs, `[panel][k][PANEL]`, so that the kernel reads it
//! once, in order, and keeps its sums in registers.
//!
//! **Same bits for any batch**: each output is one chain of fused multiply-adds over `k` in order, started from what `y`
//! held, whatever other rows are multiplied in the same call.
//!
//! With one row or a few, the time is that of reading the weights. [`PackedMatrix::compact`] keeps them as 16-bit floats where that
//! loses nothing, and widens them on the way into the registers.

use half::f16;
use half::slice::HalfFloatSliceExt as _;
use half::vec::HalfFloatVecExt as _;
use ndarray::ArrayView2;
use pulp::{Simd, WithSimd};

use super::bf16::{self, Rounding};
use super::{Isa, Real, rows};

/// Outputs a panel holds.
const PANEL: usize = 64;

/// Inputs that are multiplied before the next rows are taken: a panel's part of 256 KiB stays in the second cache.
const DEPTH: usize = 1024;

/// A matrix packed for `y += x · W`, `x: [m, k]`, `y: [m, n]`, `m` small.
///
/// `f32` has the vector kernel; `f64`, used only to check gradients, a plain loop over the same panels.
#[derive(Debug, Clone)]
pub struct PackedMatrix<T> {
    /// Rows of `x`'s width.
    k: usize,
    /// Columns of `y`.
    n: usize,
    /// `[panel][k][PANEL]`, zero past `n`. Empty if they are in `halves`.
    panels: Vec<T>,
    /// The same as bits of 16-bit floats.
    halves: Vec<u16>,
    /// Rounded, in their place.
    rounded: Option<bf16::Panels>,
}

impl<T: Real> PackedMatrix<T> {
    /// Packs `w: [k, n]` (any strides: pass `weight.t()` for PyTorch's `[out, in]`).
    pub fn new(w: ArrayView2<T>) -> Self {
        let (k, n) = w.dim();
        let panels = vec![T::zero(); n.div_ceil(PANEL) * k * PANEL];
        let mut packed = Self { k, n, panels, halves: Vec::new(), rounded: None };
        packed.repack(w);
        packed
    }

    /// As [`PackedMatrix::new`]; both factors of its products are rounded so. `f32` alone is.
    pub fn rounded(w: ArrayView2<T>, rounding: Rounding) -> Self {
        match T::as_f32(w).filter(|_| rounding == Rounding::Bf16) {
            None => Self::new(w),
            Some(floats) => {
                let mut panels = bf16::Panels::default();
                panels.pack(floats);
                let (k, n) = w.dim();
                Self { k, n, panels: Vec::new(), halves: Vec::new(), rounded: Some(panels) }
            }
        }
    }

    /// Packs new values of the same shape into the same memory.
    ///
    /// # Panics
    /// When the shape is another, or the weights are compact.
    pub fn repack(&mut self, w: ArrayView2<T>) {
        assert_eq!(w.dim(), (self.k, self.n), "repacking needs the same shape");
        assert!(self.halves.is_empty(), "compact weights stay as they are");
        if let Some((panels, floats)) = self.rounded.as_mut().zip(T::as_f32(w)) {
            panels.pack(floats);
            return;
        }
        let k = self.k;
        for (p, panel) in self.panels.chunks_exact_mut((k * PANEL).max(1)).enumerate() {
            let columns = PANEL.min(self.n - p * PANEL);
            if w.strides()[0] == 1 {
                // `w` is a transposed view: its columns are contiguous, so read along them.
                for j in 0..columns {
                    for (i, &value) in w.column(p * PANEL + j).iter().enumerate() {
                        panel[i * PANEL + j] = value;
                    }
                }
            } else {
                for (i, row) in panel.chunks_exact_mut(PANEL).enumerate() {
                    for (j, slot) in row[..columns].iter_mut().enumerate() {
                        *slot = w[[i, p * PANEL + j]];
                    }
                }
            }
        }
    }

    /// Width of the rows it multiplies.
    pub fn inputs(&self) -> usize {
        self.k
    }

    /// Width of the rows it makes.
    pub fn outputs(&self) -> usize {
        self.n
    }

    /// `y += x · W` for `m` rows: `x: [m, k]`, `y: [m, n]`, both contiguous.
    ///
    /// # Panics
    /// When the lengths do not fit.
    pub fn multiply_add(&self, x: &[T], y: &mut [T]) {
        if rows::of_product((self.k, self.n), x, y) > 0 {
            T::multiply_panels(self, x, y);
        }
    }
}

impl PackedMatrix<f32> {
    /// As [`PackedMatrix::new`], in half the memory if all weights are 16-bit floats and this processor widens those fast
    /// (AVX-512). It multiplies to the same bits, and cannot be repacked.
    pub fn compact(w: ArrayView2<f32>) -> Self {
        let mut packed = Self::new(w);
        if widens_fast() {
            let halves = Vec::<f16>::from_f32_slice(&packed.panels);
            let mut widened = [0.0; PANEL];
            let is_exact =
                halves.chunks_exact(PANEL).zip(packed.panels.chunks_exact(PANEL)).all(|(half, full)| {
                    half.convert_to_f32_slice(&mut widened);
                    widened.iter().zip(full).all(|(widened, full)| widened.to_bits() == full.to_bits())
                });
            if is_exact {
                packed.halves = halves.reinterpret_into();
                packed.panels = Vec::new();
            }
        }
        packed
    }
}

/// The vector kernel: `y += x · W`, lengths as [`PackedMatrix::multiply_add`] has checked.
pub(super) fn multiply_vectors(matrix: &PackedMatrix<f32>, x: &[f32], y: &mut [f32]) {
    let (k, n, m) = (matrix.k, matrix.n, x.len() / matrix.k);
    if let Some(panels) = &matrix.rounded {
        panels.multiply_add(x, y);
    } else if matrix.halves.is_empty() {
        Isa::vectors().dispatch(Multiply { panels: &matrix.panels[..], x, y, k, n, m });
    } else {
        multiply_halves(Multiply { panels: &matrix.halves[..], x, y, k, n, m });
    }
}

#[cfg(target_arch = "x86_64")]
fn widens_fast() -> bool {
    Isa::current() >= Isa::Avx512
}

#[cfg(not(target_arch = "x86_64"))]
fn widens_fast() -> bool {
    false
}

/// # Panics
/// Where [`widens_fast`] is false: nothing is packed so there.
#[cfg(target_arch = "x86_64")]
fn multiply_halves(multiply: Multiply<u16>) {
    struct Run<'a>(pulp::x86::V4, Multiply<'a, u16>);
    impl pulp::NullaryFnOnce for Run<'_> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            self.1.run(self.0);
        }
    }
    let simd = pulp::x86::V4::try_new().expect("packed where it is there");
    simd.vectorize(Run(simd, multiply));
}

#[cfg(not(target_arch = "x86_64"))]
fn multiply_halves(multiply: Multiply<u16>) {
    let Multiply { .. } = multiply;
    unreachable!("nothing is packed so here")
}

/// How weights are kept, and widened to four vectors of `f32`.
trait Stored<S: Simd>: Copy {
    /// The first four vectors of `stored`.
    fn widen(simd: S, stored: &[Self]) -> [S::f32s; 4];
}

impl<S: Simd> Stored<S> for f32 {
    #[inline(always)]
    fn widen(_: S, stored: &[Self]) -> [S::f32s; 4] {
        let (w, _) = S::as_simd_f32s(stored);
        [w[0], w[1], w[2], w[3]]
    }
}

#[cfg(target_arch = "x86_64")]
impl Stored<pulp::x86::V4> for u16 {
    #[inline(always)]
    fn widen(simd: pulp::x86::V4, stored: &[Self]) -> [pulp::f32x16; 4] {
        let (halves, _) = stored.as_chunks::<16>();
        let widen = |halves: [u16; 16]| pulp::cast(simd.avx512f._mm512_cvtph_ps(pulp::cast(halves)));
        [widen(halves[0]), widen(halves[1]), widen(halves[2]), widen(halves[3])]
    }
}

/// The plain loop, in the same order of summation.
pub(super) fn multiply_plainly<T: Real>(matrix: &PackedMatrix<T>, x: &[T], y: &mut [T]) {
    let (k, n) = (matrix.k, matrix.n);
    for (x, y) in x.chunks_exact(k).zip(y.chunks_exact_mut(n)) {
        for (panel, y) in matrix.panels.chunks_exact(k * PANEL).zip(y.chunks_mut(PANEL)) {
            for (&x, weights) in x.iter().zip(panel.chunks_exact(PANEL)) {
                for (y, &w) in y.iter_mut().zip(weights) {
                    *y = x.mul_add(w, *y);
                }
            }
        }
    }
}

/// The kernel's arguments, for dispatch to the widest vectors of this processor.
struct Multiply<'a, W> {
    panels: &'a [W],
    x: &'a [f32],
    y: &'a mut [f32],
    k: usize,
    n: usize,
    m: usize,
}

impl WithSimd for Multiply<'_, f32> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.run(simd);
    }
}

impl<W> Multiply<'_, W> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S)
    where
        W: Stored<S>,
    {
        let Self { panels, x, y, k, n, m } = self;
        // Four vectors of sums for each row stay in registers, beside the weights if there are enough of them.
        let most = if S::REGISTER_COUNT >= 32 { 7 } else { 3 };
        for (p, panel) in panels.chunks_exact(k * PANEL).enumerate() {
            let columns = PANEL.min(n - p * PANEL);
            for (d, part) in panel.chunks(DEPTH * PANEL).enumerate() {
                let mut row = 0;
                while row < m {
                    // Tiles of even height: the last one would else be too low to hide the multiply-add's latency.
                    let rows = (m - row).div_ceil((m - row).div_ceil(most));
                    let x = &x[row * k + d * DEPTH..];
                    let y = &mut y[row * n + p * PANEL..];
                    match rows {
                        7 => tile::<S, W, 7>(simd, part, columns, x, y, k, n),
                        6 => tile::<S, W, 6>(simd, part, columns, x, y, k, n),
                        5 => tile::<S, W, 5>(simd, part, columns, x, y, k, n),
                        4 => tile::<S, W, 4>(simd, part, columns, x, y, k, n),
                        3 => tile::<S, W, 3>(simd, part, columns, x, y, k, n),
                        2 => tile::<S, W, 2>(simd, part, columns, x, y, k, n),
                        _ => tile::<S, W, 1>(simd, part, columns, x, y, k, n),
                    }
                    row += rows;
                }
            }
        }
    }
}

/// `M` rows of one panel's part; `x` begins at the first row's value for the part, `y` at its sum for the panel.
#[inline(always)]
fn tile<S: Simd, W: Stored<S>, const M: usize>(
    simd: S,
    part: &[W],
    columns: usize,
    x: &[f32],
    y: &mut [f32],
    k: usize,
    n: usize,
) {
    let depth = part.len() / PANEL;
    let x: [&[f32]; M] = std::array::from_fn(|r| &x[r * k..][..depth]);
    let width = 4 * S::F32_LANES;
    for column in (0..columns).step_by(width) {
        let filled = width.min(columns - column);
        let mut acc = [[simd.splat_f32s(0.0); 4]; M];
        for (r, acc) in acc.iter_mut().enumerate() {
            let y = &y[r * n + column..][..filled];
            if filled == width {
                acc.copy_from_slice(S::as_simd_f32s(y).0);
            } else {
                let mut edge = [0.0; PANEL];
                edge[..filled].copy_from_slice(y);
                acc.copy_from_slice(&S::as_simd_f32s(&edge).0[..4]);
            }
        }
        for (i, weights) in part.chunks_exact(PANEL).enumerate().take(depth) {
            let w = W::widen(simd, &weights[column..column + width]);
            for (acc, x) in acc.iter_mut().zip(&x) {
                let x = simd.splat_f32s(x[i]);
                for (acc, &w) in acc.iter_mut().zip(&w) {
                    *acc = simd.mul_add_e_f32s(x, w, *acc);
                }
            }
        }
        for (r, acc) in acc.iter().enumerate() {
            let y = &mut y[r * n + column..][..filled];
            if filled == width {
                S::as_mut_simd_f32s(y).0.copy_from_slice(acc);
            } else {
                let mut edge = [0.0; PANEL];
                S::as_mut_simd_f32s(&mut edge).0[..4].copy_from_slice(acc);
                y.copy_from_slice(&edge[..filled]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PackedMatrix;
    use crate::nn::noise::noise;
    use ndarray::{Array2, ArrayView2};

    #[test]
    fn agrees_with_ndarray_for_odd_shapes() {
        for (m, k, n) in [(1, 1, 1), (2, 3, 5), (7, 64, 64), (13, 31, 130), (16, 8, 256), (4, 2100, 20)] {
            let (x, w) = (noise(m, k, 1), noise(k, n, 2));
            let mut y = noise(m, n, 3);
            let expected = &y + &x.dot(&w);
            let packed = PackedMatrix::new(w.view());
            packed.multiply_add(x.as_slice().unwrap(), y.as_slice_mut().unwrap());
            let worst = (&y - &expected).iter().fold(0.0_f32, |a, d| a.max(d.abs()));
            assert!(worst < 1e-6 * k as f32 + 1e-5, "[{m}, {k}] · [{k}, {n}]: {worst}");
        }
    }

    #[test]
    fn compact_weights_multiply_to_the_same_bits() {
        for (m, k, n) in [(1, 3, 5), (3, 64, 64), (9, 31, 130), (16, 2100, 20)] {
            let (x, mut w) = (noise(m, k, 1), noise(k, n, 2));
            w.mapv_inplace(|value| half::f16::from_f32(value * value * value).to_f32());
            (w[[0, 0]], w[[0, 1]]) = (half::f16::from_bits(1).to_f32(), -0.0);
            let (mut y, mut compact_y) = (noise(m, n, 3), noise(m, n, 3));
            let compact = PackedMatrix::compact(w.view());
            assert_eq!(compact.panels.is_empty(), super::widens_fast());
            PackedMatrix::new(w.view()).multiply_add(x.as_slice().unwrap(), y.as_slice_mut().unwrap());
            compact.multiply_add(x.as_slice().unwrap(), compact_y.as_slice_mut().unwrap());
            let bits = |y: &Array2<f32>| y.iter().map(|f| f.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&y), bits(&compact_y), "[{m}, {k}] · [{k}, {n}]");
            w[[k - 1, n - 1]] = 0.1;
            assert!(!PackedMatrix::compact(w.view()).panels.is_empty(), "0.1 is no 16-bit float");
        }
    }

    #[test]
    fn a_transposed_view_packs_alike() {
        let w = noise(37, 70, 4);
        let transposed = w.t().as_standard_layout().into_owned();
        assert_eq!(PackedMatrix::new(w.view()).panels, PackedMatrix::new(transposed.t()).panels);
    }

    #[test]
    fn a_row_has_the_same_bits_in_any_batch() {
        for (m, k, n) in [(11, 40, 100), (23, 40, 100), (8, 2 * super::DEPTH + 3, 70)] {
            let (x, packed) = (noise(m, k, 5), PackedMatrix::new(noise(k, n, 6).view()));
            let mut together = vec![0.25; m * n];
            packed.multiply_add(x.as_slice().unwrap(), &mut together);
            for (r, row) in x.outer_iter().enumerate() {
                let mut alone = vec![0.25; n];
                packed.multiply_add(row.as_slice().unwrap(), &mut alone);
                let bits = |v: &[f32]| v.iter().map(|f| f.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&alone), bits(&together[r * n..][..n]), "row {r} of {m}");
            }
        }
    }

    #[test]
    fn empty_shapes_are_no_work() {
        let empty = ArrayView2::from_shape((0, 3), &[]).unwrap();
        let mut y = [1.0; 3];
        PackedMatrix::<f32>::new(empty).multiply_add(&[], &mut y);
        assert_eq!(y, [1.0; 3]);
    }
}
