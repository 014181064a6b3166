use ndarray::{Array2, s};

use crate::nn::noise::noise;

use super::{DEPTH, PANEL, Panels, ROWS, TILE, matmul, pair, rounded};

/// The values as 16-bit floats.
fn halves(of: &Array2<f32>) -> Array2<f32> {
    of.mapv(|value| half::bf16::from_f32(value).to_f32())
}

const SHAPES: [(usize, usize, usize); 8] = [
    (1, 1, 1),
    (2, 3, 5),
    (TILE + 1, 64, PANEL),
    (13, 31, 2 * PANEL + 2),
    (ROWS + 5, 8, 256),
    (5, DEPTH + 70, 70),
    (3, 2 * DEPTH + 1, 3),
    (33, 20, 64),
];

#[test]
fn values_are_rounded_to_the_nearest_even_half() {
    let special =
        [0.0, -0.0, 1.0, 1.003_906_2, 1.011_718_8, f32::MAX, f32::INFINITY, f32::NEG_INFINITY, 1e-40];
    for value in special.into_iter().chain(noise(1, 1000, 3)) {
        let expected = half::bf16::from_f32(value).to_bits();
        assert_eq!(rounded(value) >> 16, u32::from(expected), "{value}");
        assert_eq!(pair(value, -value), u32::from(expected ^ 0x8000) << 16 | u32::from(expected));
    }
    for nan in [f32::NAN, f32::from_bits(0x7fff_ffff), f32::from_bits(0xffff_ffff)] {
        assert!(f32::from_bits(rounded(nan) & 0xffff_0000).is_nan());
    }
}

#[test]
fn agrees_with_the_product_of_what_was_rounded_for_every_layout() {
    for (m, k, n) in SHAPES {
        let (a, b) = (noise(m, k, 1), noise(k, n, 2));
        let expected = halves(&a).dot(&halves(&b)) + 0.25;
        let (at, bt) = (a.t().as_standard_layout().into_owned(), b.t().as_standard_layout().into_owned());
        for (a, b) in [(a.view(), b.view()), (at.t(), b.view()), (a.view(), bt.t()), (at.t(), bt.t())] {
            let mut c = Array2::from_elem((m, n), 0.25);
            matmul(a, b, c.view_mut());
            for (found, expected) in c.iter().zip(&expected) {
                let bound = 2e-6 * k as f32 + 1e-6;
                assert!((found - expected).abs() < bound, "[{m}, {k}] · [{k}, {n}]: {found} for {expected}");
            }
        }
    }
}

#[test]
fn a_row_has_the_same_bits_in_any_batch() {
    let (x, w) = (noise(2 * ROWS + 3, 150, 5), noise(150, 70, 6));
    let mut panels = Panels::default();
    panels.pack(w.view());
    let product = |rows: ndarray::ArrayView2<f32>| {
        let mut y = vec![0.5; rows.nrows() * 70];
        panels.multiply_add(rows.as_slice().unwrap(), &mut y);
        y
    };
    let all = product(x.view());
    for (at, row) in x.rows().into_iter().enumerate() {
        let alone = product(row.insert_axis(ndarray::Axis(0)));
        assert_eq!(alone, all[at * 70..][..70], "row {at}");
    }
    let mut whole = Array2::from_elem((x.nrows(), 70), 0.5);
    matmul(x.view(), w.view(), whole.view_mut());
    assert_eq!(whole.as_slice().unwrap(), all, "packed once or for one call");
}

#[test]
fn what_is_not_finite_shows() {
    let w = noise(4, 3, 7);
    for value in [f32::NAN, f32::INFINITY] {
        let mut x = noise(2, 4, 8);
        x[[1, 2]] = value;
        let mut c = Array2::zeros((2, 3));
        matmul(x.view(), w.view(), c.view_mut());
        assert!(c.slice(s![0, ..]).iter().all(|sum| sum.is_finite()));
        assert!(c.slice(s![1, ..]).iter().all(|sum| !sum.is_finite()));
    }
}
