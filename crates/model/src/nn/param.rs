//! All parameters of a network in one flat vector, with names and shapes beside it.
//!
//! One vector makes the sum over threads, the global norm, clipping and Adam plain loops, and a checkpoint one slice. The
//! layers see matrices: [`Parameters::matrix`] is a view, not a copy.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};

use super::Real;

/// One named parameter's place in the flat vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// PyTorch's name, such as `rnn.weight_ih_l0`.
    pub name: String,
    /// Rows; 1 for a vector.
    pub rows: usize,
    /// Columns, or the length of a vector.
    pub columns: usize,
    /// Whether it is a vector (a bias).
    pub vector: bool,
    /// Where it begins.
    pub offset: usize,
}

impl Entry {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.rows * self.columns
    }

    /// Whether it holds no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Shape as a tensor file states it.
    pub fn shape(&self) -> Vec<usize> {
        if self.vector { vec![self.columns] } else { vec![self.rows, self.columns] }
    }
}

/// Names, shapes and places of a network's parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    entries: Vec<Entry>,
}

impl Layout {
    /// Adds a matrix; returns its index.
    pub fn matrix(&mut self, name: impl Into<String>, rows: usize, columns: usize) -> usize {
        self.push(name.into(), rows, columns, false)
    }

    /// Adds a vector; returns its index.
    pub fn vector(&mut self, name: impl Into<String>, length: usize) -> usize {
        self.push(name.into(), 1, length, true)
    }

    fn push(&mut self, name: String, rows: usize, columns: usize, vector: bool) -> usize {
        self.entries.push(Entry { name, rows, columns, vector, offset: self.len() });
        self.entries.len() - 1
    }

    /// Number of values in all.
    pub fn len(&self) -> usize {
        self.entries.last().map_or(0, |e| e.offset + e.len())
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The parameters in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// Values (or gradients) of every parameter of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters<T> {
    /// Names and shapes.
    pub layout: Layout,
    /// `[layout.len()]`
    pub values: Vec<T>,
}

impl<T: Real> Parameters<T> {
    /// All zero.
    pub fn zeros(layout: Layout) -> Self {
        let values = vec![T::zero(); layout.len()];
        Self { layout, values }
    }

    /// Parameter `index` as a matrix `[rows, columns]` (a vector is one row).
    ///
    /// # Panics
    /// When there is no such parameter.
    pub fn matrix(&self, index: usize) -> ArrayView2<'_, T> {
        let e = &self.layout.entries[index];
        ArrayView2::from_shape((e.rows, e.columns), &self.values[e.offset..][..e.len()])
            .expect("shape is the entry's")
    }

    /// Parameter `index` as a vector.
    ///
    /// # Panics
    /// When there is no such parameter.
    pub fn vector(&self, index: usize) -> ArrayView1<'_, T> {
        let e = &self.layout.entries[index];
        ArrayView1::from(&self.values[e.offset..][..e.len()])
    }

    /// Parameter `index` as a matrix to write.
    ///
    /// # Panics
    /// When there is no such parameter.
    pub(crate) fn matrix_mut(&mut self, index: usize) -> ArrayViewMut2<'_, T> {
        let e = &self.layout.entries[index];
        ArrayViewMut2::from_shape((e.rows, e.columns), &mut self.values[e.offset..][..e.len()])
            .expect("shape is the entry's")
    }

    /// Parameter `index` as a vector to write.
    ///
    /// # Panics
    /// When there is no such parameter.
    pub(crate) fn vector_mut(&mut self, index: usize) -> ArrayViewMut1<'_, T> {
        let e = &self.layout.entries[index];
        ArrayViewMut1::from(&mut self.values[e.offset..][..e.len()])
    }

    /// Sets every value to zero.
    pub fn clear(&mut self) {
        self.values.fill(T::zero());
    }

    /// The same parameters in another float.
    pub fn cast<U: Real>(&self) -> Parameters<U> {
        Parameters {
            layout: self.layout.clone(),
            values: self.values.iter().map(|v| U::from_f64(v.into_f64())).collect(),
        }
    }
}
