//! The kernels of integer products, one for each set of instructions.
//!
//! Unsafe code stands here because instructions that not every processor has may only be reached behind a check. Nothing else is unsafe:
//! vectors are loaded and stored as arrays.
#![allow(unsafe_code, reason = "instructions that were checked for; each call says where")]

use super::{GROUP, Int8Matrix, PANEL, Rows};
use crate::nn::isa::Isa;

/// One group of inputs' weights for a panel: `[PANEL][GROUP]`.
const STRIDE: usize = PANEL * GROUP;

/// What is added to each weight: some instructions multiply unsigned bytes by signed ones.
pub(super) fn offset(isa: Isa) -> u8 {
    match isa {
        Isa::Avx2 | Isa::AvxVnni | Isa::Avx512 | Isa::Avx512Vnni | Isa::Avx512Bf16 => 128,
        Isa::Scalar | Isa::NeonDot => 0,
    }
}

/// Whether the kernel multiplies 16-bit integers.
pub(super) fn widens(isa: Isa) -> bool {
    matches!(isa, Isa::Avx2 | Isa::Avx512)
}

/// `y += x · W`, lengths as [`Int8Matrix::multiply_add`] has checked, by the kernel that the matrix is packed for.
pub(super) fn multiply_add(matrix: &Int8Matrix, x: &[f32], y: &mut [f32]) {
    match matrix.isa {
        // SAFETY: a matrix is made for an `Isa` that is present: `Isa::widest` sees to it, and the tests do.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => unsafe { x86::avx2(matrix, x, y) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::AvxVnni => unsafe { x86::avx_vnni(matrix, x, y) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512Vnni | Isa::Avx512Bf16 => unsafe { x86::avx512_vnni(matrix, x, y) },
        // SAFETY: as above.
        #[cfg(target_arch = "aarch64")]
        Isa::NeonDot => unsafe { arm::neon_dot(matrix, x, y) },
        _ => plainly(matrix, x, y),
    }
}

/// Takes a panel after the other, and in each as many rows at a time as `$tile` can: `MOST`, or the same number in each of fewer.
///
/// `$tile::<M>(panel, rows)` gives the sums of `M` rows. A macro, for a function that is generic over the tile would be compiled without its
/// instructions.
macro_rules! by_tiles {
    ($matrix:expr, $x:expr, $y:expr, $tile:ident, $most:expr, [$($height:literal),+]) => {{
        let (matrix, y): (&Int8Matrix, &mut [f32]) = ($matrix, $y);
        let (n, groups) = (matrix.n, matrix.k.div_ceil(GROUP));
        let rows = matrix.round_rows($x);
        let m = rows.scales.len();
        for (p, panel) in matrix.panels.chunks_exact(groups * STRIDE).enumerate() {
            let columns = PANEL.min(n - p * PANEL);
            let mut first = 0;
            while first < m {
                let height = (m - first).div_ceil((m - first).div_ceil($most));
                match height {
                    $($height => {
                        let sums = $tile::<$height>(panel, &rows, first);
                        for (r, sums) in sums.iter().enumerate() {
                            let row = first + r;
                            let y = &mut y[row * n + p * PANEL..][..columns];
                            matrix.add_panel(p, sums, (rows.scales[row], rows.surplus[row]), y);
                        }
                    })+
                    _ => unreachable!("a tile has at most {} rows", $most),
                }
                first += height;
            }
        }
    }};
}

impl Rows {
    /// The integers of `M` rows from `first` on, out of all of them.
    #[inline(always)]
    fn of<'a, T, const M: usize>(&self, all: &'a [T], first: usize) -> [&'a [T]; M] {
        let groups = all.len() / self.scales.len();
        std::array::from_fn(|r| &all[(first + r) * groups..][..groups])
    }
}

/// The plain loop.
fn plainly(matrix: &Int8Matrix, x: &[f32], y: &mut [f32]) {
    fn tile<const M: usize>(panel: &[u8], rows: &Rows, first: usize) -> [[i32; PANEL]; M] {
        rows.of::<_, M>(&rows.values, first).map(|row| {
            let mut sums = [0; PANEL];
            for (weights, x) in panel.as_chunks::<STRIDE>().0.iter().zip(row) {
                for (sum, weights) in sums.iter_mut().zip(weights.as_chunks::<GROUP>().0) {
                    let products =
                        weights.iter().zip(x).map(|(&w, &x)| i32::from(w.cast_signed()) * i32::from(x));
                    *sum += products.sum::<i32>();
                }
            }
            sums
        })
    }
    by_tiles!(matrix, x, y, tile, 1, [1]);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, __m512i, _mm256_add_epi32, _mm256_cvtepu8_epi16, _mm256_dpbusd_avx_epi32, _mm256_madd_epi16,
        _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setzero_si256, _mm512_dpbusd_epi32, _mm512_set1_epi32,
        _mm512_setzero_si512,
    };

    use super::{GROUP, Int8Matrix, PANEL, Rows, STRIDE};
    use pulp::cast;

    /// `vpdpbusd` on 512 bits: 16 outputs, four inputs each.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    pub(super) fn avx512_vnni(matrix: &Int8Matrix, x: &[f32], y: &mut [f32]) {
        #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
        fn tile<const M: usize>(panel: &[u8], rows: &Rows, first: usize) -> [[i32; PANEL]; M] {
            let x = rows.of::<_, M>(&rows.values, first);
            let mut sums = [[_mm512_setzero_si512(); 4]; M];
            for (group, weights) in panel.as_chunks::<STRIDE>().0.iter().enumerate() {
                let weights = cast::<[u8; STRIDE], [__m512i; 4]>(*weights);
                for (sums, x) in sums.iter_mut().zip(x) {
                    let x = _mm512_set1_epi32(cast(x[group]));
                    for (sum, weights) in sums.iter_mut().zip(weights) {
                        *sum = _mm512_dpbusd_epi32(*sum, weights, x);
                    }
                }
            }
            sums.map(cast)
        }
        // Six rows of four sums fit into 32 registers beside the weights.
        by_tiles!(matrix, x, y, tile, 6, [1, 2, 3, 4, 5, 6]);
    }

    /// `vpdpbusd` on 256 bits: 8 outputs, four inputs each.
    #[target_feature(enable = "avx2,avxvnni")]
    pub(super) fn avx_vnni(matrix: &Int8Matrix, x: &[f32], y: &mut [f32]) {
        #[target_feature(enable = "avx2,avxvnni")]
        fn tile<const M: usize>(panel: &[u8], rows: &Rows, first: usize) -> [[i32; PANEL]; M] {
            const PART: usize = 4;
            let x = rows.of::<_, M>(&rows.values, first);
            let mut all = [[0; PANEL]; M];
            for part in 0..PANEL / (8 * PART) {
                let mut sums = [[_mm256_setzero_si256(); PART]; M];
                for (group, weights) in panel.as_chunks::<STRIDE>().0.iter().enumerate() {
                    let weights: [__m256i; PART] = cast(weights.as_chunks::<{ 32 * PART }>().0[part]);
                    for (sums, x) in sums.iter_mut().zip(x) {
                        let x = _mm256_set1_epi32(cast(x[group]));
                        for (sum, weights) in sums.iter_mut().zip(weights) {
                            *sum = _mm256_dpbusd_avx_epi32(*sum, weights, x);
                        }
                    }
                }
                for (all, sums) in all.iter_mut().zip(sums) {
                    all.as_chunks_mut::<{ 8 * PART }>().0[part] = cast(sums);
                }
            }
            all
        }
        by_tiles!(matrix, x, y, tile, 2, [1, 2]);
    }

    /// Bytes widened to 16 bits, and `vpmaddwd`: 4 outputs, four inputs each, in two sums for each output. (`vpmaddubsw` would saturate.)
    #[target_feature(enable = "avx2")]
    pub(super) fn avx2(matrix: &Int8Matrix, x: &[f32], y: &mut [f32]) {
        #[target_feature(enable = "avx2")]
        fn tile<const M: usize>(panel: &[u8], rows: &Rows, first: usize) -> [[i32; PANEL]; M] {
            match M {
                1 => parts::<M, 8>(panel, rows, first),
                2 => parts::<M, 4>(panel, rows, first),
                _ => parts::<M, 2>(panel, rows, first),
            }
        }

        /// `PART` vectors of weights at a time.
        #[target_feature(enable = "avx2")]
        fn parts<const M: usize, const PART: usize>(
            panel: &[u8],
            rows: &Rows,
            first: usize,
        ) -> [[i32; PANEL]; M] {
            let x = rows.of::<_, M>(&rows.wide, first);
            let mut all = [[0; PANEL]; M];
            for part in 0..PANEL / (4 * PART) {
                let mut sums = [[_mm256_setzero_si256(); PART]; M];
                for (group, weights) in panel.as_chunks::<STRIDE>().0.iter().enumerate() {
                    let weights = weights.as_chunks::<16>().0[part * PART..].first_chunk::<PART>();
                    let weights =
                        weights.expect("a panel is whole parts").map(|w| _mm256_cvtepu8_epi16(cast(w)));
                    for (sums, x) in sums.iter_mut().zip(x) {
                        let x = _mm256_set1_epi64x(cast(x[group]));
                        for (sum, weights) in sums.iter_mut().zip(weights) {
                            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(weights, x));
                        }
                    }
                }
                for (all, sums) in all.iter_mut().zip(sums) {
                    let outputs = &mut all.as_chunks_mut::<GROUP>().0[part * PART..];
                    for (outputs, sums) in outputs.iter_mut().zip(sums) {
                        let sums: [[i32; 2]; GROUP] = cast(sums);
                        *outputs = sums.map(|[even, odd]| even + odd);
                    }
                }
            }
            all
        }
        by_tiles!(matrix, x, y, tile, 4, [1, 2, 3, 4]);
    }
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use std::arch::aarch64::{int8x16_t, int32x4_t};
    use std::arch::asm;

    use super::{GROUP, Int8Matrix, PANEL, Rows, STRIDE};
    use pulp::cast;

    /// `sdot`: 4 outputs, four inputs each. The standard library's function of it is not stable yet.
    #[target_feature(enable = "neon,dotprod")]
    pub(super) fn neon_dot(matrix: &Int8Matrix, x: &[f32], y: &mut [f32]) {
        #[target_feature(enable = "neon,dotprod")]
        fn dot(mut sum: int32x4_t, weights: int8x16_t, x: int8x16_t) -> int32x4_t {
            // SAFETY: it reads and writes registers alone.
            unsafe {
                asm!(
                    "sdot {sum:v}.4s, {weights:v}.16b, {x:v}.16b",
                    sum = inout(vreg) sum, weights = in(vreg) weights, x = in(vreg) x,
                    options(pure, nomem, nostack, preserves_flags),
                );
            }
            sum
        }

        #[target_feature(enable = "neon,dotprod")]
        fn tile<const M: usize>(panel: &[u8], rows: &Rows, first: usize) -> [[i32; PANEL]; M] {
            const PART: usize = 4;
            let x = rows.of::<_, M>(&rows.values, first);
            let mut all = [[0; PANEL]; M];
            for part in 0..PANEL / (4 * PART) {
                let mut sums = [[cast::<[i32; 4], int32x4_t>([0; 4]); PART]; M];
                for (group, weights) in panel.as_chunks::<STRIDE>().0.iter().enumerate() {
                    let weights: [int8x16_t; PART] = cast(weights.as_chunks::<{ 16 * PART }>().0[part]);
                    for (sums, x) in sums.iter_mut().zip(x) {
                        let x: int8x16_t = cast([x[group]; 4]);
                        for (sum, weights) in sums.iter_mut().zip(weights) {
                            *sum = dot(*sum, weights, x);
                        }
                    }
                }
                for (all, sums) in all.iter_mut().zip(sums) {
                    all.as_chunks_mut::<{ 4 * PART }>().0[part] = cast(sums);
                }
            }
            all
        }
        by_tiles!(matrix, x, y, tile, 4, [1, 2, 3, 4]);
    }
}
