//! The kernels of products of 16-bit floats.
//!
//! Unsafe code stands here because instructions that not every processor has may only be reached behind a check, and their vectors are
//! a type of their own.
#![allow(
    unsafe_code,
    reason = "instructions that were checked for; each place says where, or why the bits fit"
)]

use super::{DEPTH, PANEL, Panels, TILE, Tiles, pair};
use crate::nn::Isa;

/// `y += x · W` for all rows of `x`.
pub(super) fn multiply_add(x: &Tiles, w: &Panels, y: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if Isa::Avx512Bf16.is_present() {
        // SAFETY: the instructions are present.
        unsafe { x86::multiply_add(x, w, y) };
        return;
    }
    plainly(x, w, y);
}

/// The values of a row as pairs of neighbours: `pairs` has one for each two, the last perhaps with a zero.
pub(super) fn pair_up(row: &[f32], pairs: &mut [u32]) {
    #[cfg(target_arch = "x86_64")]
    if Isa::Avx512Bf16.is_present() {
        // SAFETY: the instructions are present.
        unsafe { x86::pair_up(row, pairs) };
        return;
    }
    pair_up_plainly(row, pairs);
}

/// The values of two rows as pairs of those that stand at the same place.
pub(super) fn pair_across(first: &[f32], second: &[f32], pairs: &mut [u32]) {
    #[cfg(target_arch = "x86_64")]
    if Isa::Avx512Bf16.is_present() {
        // SAFETY: the instructions are present.
        unsafe { x86::pair_across(first, second, pairs) };
        return;
    }
    pair_across_plainly(first, second, pairs);
}

#[inline(always)]
fn pair_up_plainly(row: &[f32], pairs: &mut [u32]) {
    let (twos, rest) = row.as_chunks::<2>();
    pairs.iter_mut().zip(twos).for_each(|(slot, two)| *slot = pair(two[0], two[1]));
    if let ([last], Some(slot)) = (rest, pairs.last_mut()) {
        *slot = pair(*last, 0.0);
    }
}

#[inline(always)]
fn pair_across_plainly(first: &[f32], second: &[f32], pairs: &mut [u32]) {
    let both = first.iter().zip(second);
    pairs.iter_mut().zip(both).for_each(|(slot, (&first, &second))| *slot = pair(first, second));
}

/// Calls `$tile` for each tile of `x` and each panel of `w`, and adds its sums to `y`. A macro, for a function that is generic over the tile
/// would be compiled without its instructions.
macro_rules! by_tiles {
    ($x:expr, $w:expr, $y:expr, $tile:ident) => {{
        let (x, w, y): (&Tiles, &Panels, &mut [f32]) = ($x, $w, $y);
        let depth = w.k.div_ceil(2);
        for (p, panel) in w.pairs.chunks_exact(depth * PANEL).enumerate() {
            let columns = PANEL.min(w.n - p * PANEL);
            // A part of the panel stays in the second cache for all rows.
            for (d, part) in panel.chunks(DEPTH / 2 * PANEL).enumerate() {
                for (t, rows) in x.pairs.chunks_exact(depth * TILE).enumerate() {
                    let rows: [&[u32]; TILE] =
                        std::array::from_fn(|r| &rows[r * depth + d * DEPTH / 2..][..part.len() / PANEL]);
                    let sums: [[f32; PANEL]; TILE] = $tile(part, rows);
                    let first = t * TILE;
                    for (r, sums) in sums[..TILE.min(x.m - first)].iter().enumerate() {
                        let y = &mut y[(first + r) * w.n + p * PANEL..][..columns];
                        y.iter_mut().zip(sums).for_each(|(y, sum)| *y += sum);
                    }
                }
            }
        }
    }};
}

/// The plain loop.
fn plainly(x: &Tiles, w: &Panels, y: &mut [f32]) {
    fn tile(panel: &[u32], x: [&[u32]; TILE]) -> [[f32; PANEL]; TILE] {
        let halves = |pair: u32| [f32::from_bits(pair << 16), f32::from_bits(pair & 0xffff_0000)];
        let mut sums = [[0.0; PANEL]; TILE];
        for (g, weights) in panel.as_chunks::<PANEL>().0.iter().enumerate() {
            for (sums, x) in sums.iter_mut().zip(x) {
                let [x0, x1] = halves(x[g]);
                for (sum, &pair) in sums.iter_mut().zip(weights) {
                    let [w0, w1] = halves(pair);
                    *sum += x0 * w0 + x1 * w1;
                }
            }
        }
        sums
    }
    by_tiles!(x, w, y, tile);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m512, __m512bh, __m512i, _mm512_cvtne2ps_pbh, _mm512_dpbf16_ps, _mm512_set1_epi32,
        _mm512_setzero_ps,
    };
    use std::mem::transmute;

    use super::{DEPTH, PANEL, Panels, TILE, Tiles};
    use pulp::cast;

    /// `vcvtne2ps2bf16`: 32 values, in their order.
    #[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
    pub(super) fn pair_up(row: &[f32], pairs: &mut [u32]) {
        let (chunks, rest) = row.as_chunks::<32>();
        let (whole, last) = pairs.split_at_mut(16 * chunks.len());
        for (slots, chunk) in whole.as_chunks_mut::<16>().0.iter_mut().zip(chunks) {
            let [lower, upper] = cast::<[f32; 32], [__m512; 2]>(*chunk);
            // SAFETY: both types are 512 bits, and all bits are values of either.
            *slots = unsafe { transmute::<__m512bh, [u32; 16]>(_mm512_cvtne2ps_pbh(upper, lower)) };
        }
        super::pair_up_plainly(rest, last);
    }

    /// The plain loop in wide vectors.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(super) fn pair_across(first: &[f32], second: &[f32], pairs: &mut [u32]) {
        super::pair_across_plainly(first, second, pairs);
    }

    /// `vdpbf16ps`: 16 outputs, two inputs each.
    #[target_feature(enable = "avx512f,avx512bf16")]
    pub(super) fn multiply_add(x: &Tiles, w: &Panels, y: &mut [f32]) {
        #[target_feature(enable = "avx512f,avx512bf16")]
        fn tile(panel: &[u32], x: [&[u32]; TILE]) -> [[f32; PANEL]; TILE] {
            let mut sums = [[_mm512_setzero_ps(); 4]; TILE];
            for (g, weights) in panel.as_chunks::<PANEL>().0.iter().enumerate() {
                let weights = cast::<[u32; PANEL], [__m512i; 4]>(*weights);
                // SAFETY: both types are 512 bits, and all bits are values of either.
                let weights = unsafe { transmute::<[__m512i; 4], [__m512bh; 4]>(weights) };
                for (sums, x) in sums.iter_mut().zip(x) {
                    let x = _mm512_set1_epi32(x[g].cast_signed());
                    // SAFETY: as above.
                    let x = unsafe { transmute::<__m512i, __m512bh>(x) };
                    for (sum, weights) in sums.iter_mut().zip(weights) {
                        *sum = _mm512_dpbf16_ps(*sum, weights, x);
                    }
                }
            }
            sums.map(cast::<[__m512; 4], [f32; PANEL]>)
        }
        by_tiles!(x, w, y, tile);
    }
}
