//! A weight matrix of 8-bit integers, multiplied by a few rows at a time: the product of streaming where the processor multiplies bytes fast.
//!
//! Weights are rounded to `w ≈ s_j q`, `q` in −127 … 127, with one scale `s_j` for each output; each row of inputs to `x ≈ s_x p`
//! with one scale for the row. So an output is `s_j s_x Σ p q`, and the sum is one of integers: it is exact, in whatever order. All
//! the kernels, and any number of rows beside each other, therefore give the same bits.
//!
//! (Vanhoucke, Senior & Mao 2011, "Improving the speed of neural networks on CPUs"; scales for each output as Wu et al. 2016, "Google's
//! neural machine translation system", equation 9 and on.)

mod kernels;

use ndarray::ArrayView2;

use super::isa::Isa;
use super::rows;

/// Outputs a panel holds.
const PANEL: usize = 64;
/// Inputs that one instruction multiplies for each output.
const GROUP: usize = 4;
/// The greatest integer that a weight or an input is rounded to.
const GREATEST: f32 = 127.0;

/// A matrix packed for `y += x · W`, `x: [m, k]`, `y: [m, n]`, `m` small, in 8-bit integers.
#[derive(Debug, Clone)]
pub struct Int8Matrix {
    /// Rows of `x`'s width.
    k: usize,
    /// Columns of `y`.
    n: usize,
    /// `[panel][⌈k / GROUP⌉][PANEL][GROUP]`, zero past `k` and `n`, each with the kernel's offset added.
    panels: Vec<u8>,
    /// What a unit of each output's integers is worth: `[n]`.
    scales: Vec<f32>,
    isa: Isa,
}

/// Rows of inputs as integers.
struct Rows {
    /// `[m][⌈k / GROUP⌉]`, zero past `k`.
    values: Vec<[i8; GROUP]>,
    /// The same in 16 bits, for the kernel that multiplies these; else empty.
    wide: Vec<[i16; GROUP]>,
    /// What a unit of each row's integers is worth: `[m]`.
    scales: Vec<f32>,
    /// What the weights' offset adds to each of a row's sums: `[m]`.
    surplus: Vec<i32>,
}

impl Int8Matrix {
    /// Rounds and packs `w: [k, n]` (any strides: pass `weight.t()` for PyTorch's `[out, in]`), for the widest kernel of this processor
    /// that is allowed ([`Isa::current`]).
    pub fn new(w: ArrayView2<f32>) -> Self {
        Self::for_isa(w, Isa::current())
    }

    /// Packs columns that were rounded before: `columns: [n][k]`, and what a unit of each is worth, `scales: [n]`.
    ///
    /// # Panics
    /// When the lengths do not fit.
    pub fn of_rounded(columns: &[i8], scales: Vec<f32>) -> Self {
        let n = scales.len();
        assert!(n > 0 && columns.len().is_multiple_of(n), "one scale for each column");
        let mut packed = Self::empty((columns.len() / n, n), Isa::current());
        for (j, column) in columns.chunks_exact(packed.k).enumerate() {
            packed.set_column(j, column);
        }
        Self { scales, ..packed }
    }

    fn for_isa(w: ArrayView2<f32>, isa: Isa) -> Self {
        let (k, n) = w.dim();
        let mut packed = Self::empty((k, n), isa);
        let (mut column, mut rounded) = (vec![0.0; k], vec![0; k]);
        for (j, weights) in w.columns().into_iter().enumerate() {
            column.iter_mut().zip(weights).for_each(|(value, &weight)| *value = weight);
            packed.scales.push(round(&column, &mut rounded));
            packed.set_column(j, &rounded);
        }
        packed
    }

    fn empty((k, n): (usize, usize), isa: Isa) -> Self {
        let panels = vec![kernels::offset(isa); n.div_ceil(PANEL) * k.div_ceil(GROUP) * PANEL * GROUP];
        Self { k, n, panels, scales: Vec::with_capacity(n), isa }
    }

    /// Where the values of a column stand.
    fn places(&self, j: usize) -> impl Iterator<Item = usize> + use<> {
        let panel = j / PANEL * self.k.div_ceil(GROUP) * PANEL * GROUP;
        (0..self.k).map(move |i| panel + (i / GROUP * PANEL + j % PANEL) * GROUP + i % GROUP)
    }

    fn set_column(&mut self, j: usize, values: &[i8]) {
        let offset = kernels::offset(self.isa);
        for (at, &value) in self.places(j).zip(values) {
            self.panels[at] = value.cast_unsigned().wrapping_add(offset);
        }
    }

    /// Writes what one column of `W` was rounded to: `[k]`.
    ///
    /// # Panics
    /// When there is no such column.
    pub fn read_column(&self, j: usize, column: &mut [f32]) {
        let (offset, scale) = (kernels::offset(self.isa), self.scales[j]);
        for (value, at) in column.iter_mut().zip(self.places(j)) {
            *value = f32::from(self.panels[at].wrapping_sub(offset).cast_signed()) * scale;
        }
    }

    /// Rows of `W`.
    pub fn inputs(&self) -> usize {
        self.k
    }

    /// Columns of `W`.
    pub fn outputs(&self) -> usize {
        self.n
    }

    /// `y += x · W` for `m` rows: `x: [m, k]`, `y: [m, n]`, both contiguous.
    ///
    /// # Panics
    /// When the lengths do not fit.
    pub fn multiply_add(&self, x: &[f32], y: &mut [f32]) {
        if rows::of_product((self.k, self.n), x, y) > 0 {
            kernels::multiply_add(self, x, y);
        }
    }

    /// Rounds rows of inputs.
    #[inline(always)]
    fn round_rows(&self, x: &[f32]) -> Rows {
        let (m, groups) = (x.len() / self.k, self.k.div_ceil(GROUP));
        let offset = i32::from(kernels::offset(self.isa));
        let mut rows = Rows {
            values: vec![[0; GROUP]; m * groups],
            wide: Vec::new(),
            scales: Vec::with_capacity(m),
            surplus: Vec::with_capacity(m),
        };
        for (x, values) in x.chunks_exact(self.k).zip(rows.values.chunks_exact_mut(groups)) {
            let values = &mut values.as_flattened_mut()[..self.k];
            rows.scales.push(round(x, values));
            rows.surplus.push(offset * values.iter().map(|&value| i32::from(value)).sum::<i32>());
        }
        if kernels::widens(self.isa) {
            rows.wide = rows.values.iter().map(|group| group.map(i16::from)).collect();
        }
        rows
    }

    /// Adds what the integers of one row and one panel stand for to `y`: at most [`PANEL`] outputs of that panel.
    #[inline(always)]
    fn add_panel(&self, panel: usize, sums: &[i32; PANEL], (scale, surplus): (f32, i32), y: &mut [f32]) {
        for ((y, &sum), &weight) in y.iter_mut().zip(sums).zip(&self.scales[panel * PANEL..]) {
            *y += (sum - surplus) as f32 * (weight * scale);
        }
    }
}

/// Rounds `x` to multiples of its greatest absolute value over 127, and returns that unit. What is not finite makes the unit so.
#[inline(always)]
fn round(x: &[f32], values: &mut [i8]) -> f32 {
    // The bits of absolute values are in their order, with infinity and NaN last.
    let greatest = f32::from_bits(x.iter().fold(0, |bits, value| bits.max(value.abs().to_bits())));
    if greatest < f32::MIN_POSITIVE {
        values.fill(0);
        return 0.0;
    }
    let inverse = GREATEST / greatest;
    for (value, &x) in values.iter_mut().zip(x) {
        // Adding 1.5·2²³ rounds to an integer, and leaves it in the low bits of the mantissa.
        *value = (x * inverse + 12_582_912.0).to_bits() as i8;
    }
    greatest / GREATEST
}

#[cfg(test)]
mod tests;
