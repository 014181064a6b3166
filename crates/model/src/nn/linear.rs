//! The linear layer `y = x Wᵀ + b`, in PyTorch's layout: `W: [out, in]`.
//!
//! Its gradients are two products and a sum, written where they are used: the network's parameters are one vector, so only one
//! of them can be borrowed to be written at a time.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};

use super::Real;
use super::bf16::Rounding;
use super::gemm::matmul_rounded;

/// `y = x Wᵀ + b`; `x: [rows, in]`, `y: [rows, out]`.
pub(crate) fn forward<T: Real>(
    rounding: Rounding,
    x: ArrayView2<T>,
    w: ArrayView2<T>,
    b: ArrayView1<T>,
    mut y: ArrayViewMut2<T>,
) {
    for mut row in y.rows_mut() {
        row.assign(&b);
    }
    matmul_rounded(rounding, x, w.t(), y, true);
}
