//! Products of 16-bit floats with sums of 32 bits: what training multiplies by where the processor does so faster.
//!
//! A *bfloat16* is the upper half of an `f32`: its range, and 8 bits of precision. Only the two factors of a product are rounded; weights,
//! states, gradients and the optimiser's memory stay 32-bit floats (Micikevicius et al. 2018, "Mixed precision training"; Kalamkar et al.
//! 2019, "A study of BFLOAT16 for deep learning training"). It is what PyTorch's autocast does.
//!
//! Factors are packed in *pairs*, two neighbours of the inner width in one number, for an instruction multiplies two at once.

mod kernels;

use ndarray::{ArrayView2, ArrayViewMut2, Axis, s};

use super::Isa;
use super::rows::view;

/// Outputs a panel of the right factor holds.
const PANEL: usize = 64;
/// Rows a tile of the left factor holds: their sums stay in registers.
const TILE: usize = 6;
/// Inner width that is multiplied at a time: a panel's part of 64 KiB stays in the second cache.
const DEPTH: usize = 512;
/// Rows that are packed at a time.
const ROWS: usize = 16 * TILE;

/// How the factors of a product are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rounding {
    /// Not at all.
    #[default]
    None,
    /// To 16-bit floats.
    Bf16,
}

impl Rounding {
    /// The one with which this processor multiplies fastest.
    pub fn fastest() -> Self {
        if Isa::current() == Isa::Avx512Bf16 { Self::Bf16 } else { Self::None }
    }
}

/// A right factor `[k, n]`, packed: `[panel][⌈k / 2⌉][PANEL]` pairs, zero past `k` and `n`.
#[derive(Debug, Clone, Default)]
pub(super) struct Panels {
    k: usize,
    n: usize,
    pairs: Vec<u32>,
}

impl Panels {
    /// Packs values of any strides into the memory there is.
    pub(super) fn pack(&mut self, w: ArrayView2<f32>) {
        let (k, n) = w.dim();
        (self.k, self.n) = (k, n);
        let depth = k.div_ceil(2);
        self.pairs.clear();
        self.pairs.resize(n.div_ceil(PANEL) * depth * PANEL, 0);
        for (p, panel) in self.pairs.chunks_exact_mut((depth * PANEL).max(1)).enumerate() {
            let columns = PANEL.min(n - p * PANEL);
            pack(w.slice(s![.., p * PANEL..p * PANEL + columns]).t(), panel, (1, PANEL));
        }
    }

    /// `y += x · W` for rows `x: [m, k]` and `y: [m, n]`, both contiguous.
    pub(super) fn multiply_add(&self, x: &[f32], y: &mut [f32]) {
        self.add_product(view(x, self.k), y, &mut Tiles::default());
    }

    /// The same for rows of any strides, packed into `tiles`.
    fn add_product(&self, x: ArrayView2<f32>, y: &mut [f32], tiles: &mut Tiles) {
        for (x, y) in x.axis_chunks_iter(Axis(0), ROWS).zip(y.chunks_mut(ROWS * self.n)) {
            tiles.pack(x);
            kernels::multiply_add(tiles, self, y);
        }
    }
}

/// A left factor `[m, k]`, packed: `[m][⌈k / 2⌉]` pairs, zero past `k`, and up to whole tiles of rows.
#[derive(Debug, Default)]
struct Tiles {
    m: usize,
    pairs: Vec<u32>,
}

impl Tiles {
    fn pack(&mut self, x: ArrayView2<f32>) {
        let (m, k) = x.dim();
        self.m = m;
        let depth = k.div_ceil(2);
        self.pairs.clear();
        self.pairs.resize(m.next_multiple_of(TILE) * depth, 0);
        pack(x, &mut self.pairs, (depth, 1));
    }
}

/// `c += a · b` with rounded factors. Shapes `[m, k] · [k, n]`, as the caller has checked; `c` is contiguous.
pub(super) fn matmul(a: ArrayView2<f32>, b: ArrayView2<f32>, mut c: ArrayViewMut2<f32>) {
    let c = c.as_slice_mut().expect("c is contiguous");
    let (mut tiles, mut panels) = (Tiles::default(), Panels::default());
    for (a, b) in a.axis_chunks_iter(Axis(1), DEPTH).zip(b.axis_chunks_iter(Axis(0), DEPTH)) {
        panels.pack(b);
        panels.add_product(a, c, &mut tiles);
    }
}

/// Packs `x: [rows, k]` as pairs along `k`: that of row `i` at `g` stands at `i` times the first stride plus `g` times the second, one of
/// which is 1.
fn pack(x: ArrayView2<f32>, pairs: &mut [u32], (of_rows, of_pairs): (usize, usize)) {
    let (rows, k) = x.dim();
    let depth = k.div_ceil(2);
    let mut line = vec![0; rows.max(depth)];
    let copy = |line: &[u32], pairs: &mut [u32], stride: usize| match stride {
        1 => pairs[..line.len()].copy_from_slice(line),
        _ => pairs.iter_mut().step_by(stride).zip(line).for_each(|(slot, &pair)| *slot = pair),
    };
    if x.strides()[1] == 1 {
        // Each row lies in one piece.
        for (i, row) in x.rows().into_iter().enumerate() {
            kernels::pair_up(row.to_slice().expect("a row in one piece"), &mut line[..depth]);
            copy(&line[..depth], &mut pairs[i * of_rows..], of_pairs);
        }
        return;
    }
    let zeros = vec![0.0; rows];
    for g in 0..depth {
        // Two neighbours of all rows, which mostly lie in one piece each.
        let at = |at: usize| if at < k { x.slice_move(s![.., at]).to_slice() } else { Some(&zeros[..]) };
        let (first, second) = (at(2 * g), at(2 * g + 1));
        if let Some((first, second)) = first.zip(second) {
            kernels::pair_across(first, second, &mut line[..rows]);
        } else {
            let value = |i: usize, at: usize| if at < k { x[[i, at]] } else { 0.0 };
            line[..rows]
                .iter_mut()
                .enumerate()
                .for_each(|(i, slot)| *slot = pair(value(i, 2 * g), value(i, 2 * g + 1)));
        }
        copy(&line[..rows], &mut pairs[g * of_pairs..], of_rows);
    }
}

/// Two values as a pair: the first in the lower half.
#[inline(always)]
fn pair(first: f32, second: f32) -> u32 {
    rounded(first) >> 16 | rounded(second) & 0xffff_0000
}

/// The bits of a value whose upper half is the nearest 16-bit float, ties to even. What is not a number stays so.
#[inline(always)]
fn rounded(value: f32) -> u32 {
    let bits = value.to_bits();
    let up = bits.wrapping_add(0x7fff + (bits >> 16 & 1));
    if value.is_nan() { bits | 0x0040_0000 } else { up }
}

#[cfg(test)]
mod tests;
