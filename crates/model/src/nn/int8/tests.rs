use ndarray::{Array2, ArrayView2};

use super::{Int8Matrix, Isa};
use crate::nn::noise::noise;

fn present() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().filter(|isa| isa.is_present())
}

fn product(matrix: &Int8Matrix, x: ArrayView2<f32>) -> Vec<f32> {
    let mut y = vec![0.25; x.nrows() * matrix.n];
    matrix.multiply_add(x.as_slice().unwrap(), &mut y);
    y
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

const SHAPES: [(usize, usize, usize); 7] =
    [(1, 1, 1), (2, 3, 5), (7, 64, 64), (13, 31, 130), (16, 8, 256), (5, 512, 70), (33, 20, 64)];

#[test]
fn agrees_with_the_product_of_what_was_rounded() {
    for (m, k, n) in SHAPES {
        let (x, w) = (noise(m, k, 1), noise(k, n, 2));
        let expected = x.dot(&w) + 0.25;
        // Each factor is off by half a unit at most: 1/254 of its row's greatest value.
        let bound = k as f32 * 2.2 / 254.0;
        let found = product(&Int8Matrix::for_isa(w.view(), Isa::Scalar), x.view());
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < bound, "[{m}, {k}] · [{k}, {n}]: {found} for {expected}");
        }
    }
}

#[test]
fn whole_numbers_up_to_127_are_multiplied_exactly() {
    let x = noise(5, 37, 3).mapv(|value| (value * 126.0).round());
    let w = noise(37, 70, 4).mapv(|value| (value * 126.0).round());
    let with_greatest = |mut a: Array2<f32>, axis| {
        a.lanes_mut(ndarray::Axis(axis)).into_iter().for_each(|mut lane| lane[0] = -127.0);
        a
    };
    let (x, w) = (with_greatest(x, 1), with_greatest(w, 0));
    let expected: Vec<f32> = (x.dot(&w) + 0.25).into_iter().collect();
    for isa in present() {
        assert_eq!(product(&Int8Matrix::for_isa(w.view(), isa), x.view()), expected, "{isa:?}");
    }
}

#[test]
fn every_set_of_instructions_gives_the_same_bits() {
    for (m, k, n) in SHAPES {
        let (x, w) = (noise(m, k, 5), noise(k, n, 6));
        let expected = bits(&product(&Int8Matrix::for_isa(w.view(), Isa::Scalar), x.view()));
        for isa in present() {
            let found = bits(&product(&Int8Matrix::for_isa(w.view(), isa), x.view()));
            assert_eq!(found, expected, "{isa:?}: [{m}, {k}] · [{k}, {n}]");
        }
    }
}

#[test]
fn the_greatest_sums_do_not_overflow() {
    let (x, w) = (Array2::from_elem((3, 2048), -1.0), Array2::from_elem((2048, 64), -1.0));
    for isa in present() {
        let found = product(&Int8Matrix::for_isa(w.view(), isa), x.view());
        assert!(found.iter().all(|&y| (y - 2048.25).abs() < 0.01), "{isa:?}: {}", found[0]);
    }
}

#[test]
fn a_row_has_the_same_bits_in_any_batch() {
    let (x, w) = (noise(23, 40, 7), noise(40, 100, 8));
    for isa in present() {
        let matrix = Int8Matrix::for_isa(w.view(), isa);
        let together = product(&matrix, x.view());
        for (row, together) in x.outer_iter().zip(together.chunks_exact(100)) {
            let alone = product(&matrix, row.insert_axis(ndarray::Axis(0)));
            assert_eq!(bits(&alone), bits(together), "{isa:?}");
        }
    }
}

#[test]
fn rows_of_zeros_add_nothing_and_what_is_not_finite_shows() {
    for isa in present() {
        let matrix = Int8Matrix::for_isa(noise(9, 3, 9).view(), isa);
        assert_eq!(product(&matrix, Array2::zeros((2, 9)).view()), [0.25; 6], "{isa:?}");
        for value in [f32::NAN, f32::INFINITY] {
            let mut x = noise(1, 9, 10);
            x[[0, 4]] = value;
            assert!(product(&matrix, x.view()).iter().all(|y| !y.is_finite()), "{isa:?} {value}");
            let mut w = noise(9, 3, 11);
            w[[2, 1]] = value;
            let found = product(&Int8Matrix::for_isa(w.view(), isa), noise(1, 9, 12).view());
            assert!(found[0].is_finite() && !found[1].is_finite(), "{isa:?} {value}: {found:?}");
        }
    }
}

#[test]
fn empty_shapes_are_no_work() {
    let mut y = [1.0; 3];
    Int8Matrix::new(ArrayView2::from_shape((0, 3), &[]).unwrap()).multiply_add(&[], &mut y);
    assert_eq!(y, [1.0; 3]);
}

#[test]
fn columns_that_were_rounded_before_are_packed_and_read_as_they_are() {
    let columns: Vec<i8> =
        (0..70 * 37).map(|at| (at * 31 % 255) as i8).map(|value| value.max(-127)).collect();
    let scales: Vec<f32> = (1..=70).map(|j| j as f32 / 8.0).collect();
    let packed = Int8Matrix::of_rounded(&columns, scales.clone());
    let mut column = [0.0; 37];
    for (j, (expected, scale)) in columns.chunks_exact(37).zip(scales).enumerate() {
        packed.read_column(j, &mut column);
        let expected: Vec<f32> = expected.iter().map(|&value| f32::from(value) * scale).collect();
        assert_eq!(column.as_slice(), expected, "column {j}");
    }
}
