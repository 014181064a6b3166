//! The linear layer `y = x Wᵀ + b`, in PyTorch's layout: `W: [out, in]`.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis};

use super::Real;
use super::gemm::matmul;

/// `y = x Wᵀ + b`; `x: [rows, in]`, `y: [rows, out]`.
pub fn forward<T: Real>(x: ArrayView2<T>, w: ArrayView2<T>, b: ArrayView1<T>, mut y: ArrayViewMut2<T>) {
    for mut row in y.rows_mut() {
        row.assign(&b);
    }
    matmul(x, w.t(), y, true);
}

/// Adds to `d_w: [out, in]` and `d_b: [out]`, and writes `d_x: [rows, in]` when asked for.
pub fn backward<T: Real>(
    x: ArrayView2<T>,
    w: ArrayView2<T>,
    d_y: ArrayView2<T>,
    d_w: ArrayViewMut2<T>,
    mut d_b: ArrayViewMut1<T>,
    d_x: Option<ArrayViewMut2<T>>,
) {
    matmul(d_y.t(), x, d_w, true);
    d_b += &d_y.sum_axis(Axis(0));
    if let Some(d_x) = d_x {
        matmul(d_y, w, d_x, false);
    }
}
