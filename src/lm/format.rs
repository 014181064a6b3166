//! Models in safetensors files, under PyTorch's names.

use half::{bf16, f16};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::rnn::{BYTES, RnnShape};
use crate::nn::Parameters;

/// Why bytes are not a model.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// Not a safetensors file, or one cut short.
    #[error(
        "this is not a whole safetensors file ({0}): it may have been cut short; copy or download it again"
    )]
    NotSafetensors(String),
    /// A parameter that an LSTM has is not in the file.
    #[error(
        "the model has no tensor `{0}`: Foreword reads byte LSTMs saved from embed, rnn (torch.nn.LSTM) and out"
    )]
    Missing(String),
    /// A parameter has a shape that does not fit the others.
    #[error(
        "tensor `{name}` has shape {found:?}, but the other tensors ask for {expected:?}: the file mixes models"
    )]
    Shape {
        /// Which.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// What it should be.
        expected: Vec<usize>,
    },
    /// The model does not read bytes.
    #[error("the model reads {0} symbols, not 256 bytes: train one over bytes")]
    NotBytes(usize),
    /// Numbers of a kind that is not read.
    #[error("tensor `{name}` holds {found}: save it as F32, F16 or BF16")]
    Dtype {
        /// Which.
        name: String,
        /// Its kind.
        found: String,
    },
    /// A value is NaN or infinite.
    #[error(
        "tensor `{0}` holds values that are not numbers: the training that made it failed; use another version"
    )]
    NotFinite(String),
}

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits: what training goes on from.
    F32,
    /// 16 bits, half the file.
    F16,
}

/// Reads an LSTM from the bytes of a safetensors file (f32, f16 or bf16).
///
/// # Errors
/// When the bytes are no whole file, a tensor is missing or misshapen, or a value is not finite.
pub fn read_rnn(bytes: &[u8]) -> Result<(RnnShape, Parameters<f32>), FormatError> {
    let file = SafeTensors::deserialize(bytes).map_err(|e| FormatError::NotSafetensors(e.to_string()))?;
    let tensor = |name: &str| file.tensor(name).map_err(|_| FormatError::Missing(name.to_owned()));
    let matrix = |name: &str| {
        let found = tensor(name)?.shape().to_vec();
        <[usize; 2]>::try_from(found).map_err(|found| FormatError::Shape {
            name: name.to_owned(),
            found,
            expected: vec![0, 0],
        })
    };
    let [vocabulary, embed] = matrix("embed.weight")?;
    let [gates, hidden] = matrix("rnn.weight_hh_l0")?;
    if gates != 4 * hidden || hidden == 0 {
        return Err(FormatError::Shape {
            name: "rnn.weight_hh_l0".into(),
            found: vec![gates, hidden],
            expected: vec![4 * hidden, hidden],
        });
    }
    if vocabulary != BYTES {
        return Err(FormatError::NotBytes(vocabulary));
    }
    let layers = (0..1024).take_while(|l| file.tensor(&format!("rnn.weight_hh_l{l}")).is_ok()).count();
    let shape = RnnShape { vocabulary, embed, hidden, layers };

    let layout = shape.layout();
    let mut values = Vec::with_capacity(layout.len());
    for entry in layout.entries() {
        let view = tensor(&entry.name)?;
        if view.shape() != entry.shape() {
            return Err(FormatError::Shape {
                name: entry.name.clone(),
                found: view.shape().to_vec(),
                expected: entry.shape(),
            });
        }
        let first = values.len();
        append_values(&mut values, &entry.name, &view)?;
        if values[first..].iter().any(|v: &f32| !v.is_finite()) {
            return Err(FormatError::NotFinite(entry.name.clone()));
        }
    }
    Ok((shape, Parameters { layout, values }))
}

fn append_values(values: &mut Vec<f32>, name: &str, view: &TensorView<'_>) -> Result<(), FormatError> {
    let (pairs, []) = view.data().as_chunks::<2>() else {
        return Err(FormatError::NotSafetensors(format!("odd length of `{name}`")));
    };
    match view.dtype() {
        Dtype::F32 => values.extend(view.data().as_chunks::<4>().0.iter().map(|&b| f32::from_le_bytes(b))),
        Dtype::F16 => values.extend(pairs.iter().map(|&b| f16::from_le_bytes(b).to_f32())),
        Dtype::BF16 => values.extend(pairs.iter().map(|&b| bf16::from_le_bytes(b).to_f32())),
        other => return Err(FormatError::Dtype { name: name.to_owned(), found: format!("{other:?}") }),
    }
    Ok(())
}

/// Writes an LSTM as the bytes of a safetensors file that PyTorch reads under the same names.
///
/// # Panics
/// Never: every view is cut from its own bytes.
pub fn write_rnn(shape: RnnShape, parameters: &Parameters<f32>, precision: Precision) -> Vec<u8> {
    let dtype = match precision {
        Precision::F32 => Dtype::F32,
        Precision::F16 => Dtype::F16,
    };
    let data: Vec<(&crate::nn::param::Entry, Vec<u8>)> = parameters
        .layout
        .entries()
        .iter()
        .map(|entry| {
            let values = &parameters.values[entry.offset..][..entry.len()];
            let bytes = match precision {
                Precision::F32 => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
                Precision::F16 => values.iter().flat_map(|&v| f16::from_f32(v).to_le_bytes()).collect(),
            };
            (entry, bytes)
        })
        .collect();
    let views = data.iter().map(|(entry, bytes)| {
        let view = TensorView::new(dtype, entry.shape(), bytes).expect("the bytes are the shape's");
        (entry.name.as_str(), view)
    });
    let metadata = [
        ("format", "pt".to_owned()),
        ("arch", "lstm".to_owned()),
        ("unit", "byte".to_owned()),
        ("vocab", shape.vocabulary.to_string()),
        ("embed", shape.embed.to_string()),
        ("hidden", shape.hidden.to_string()),
        ("layers", shape.layers.to_string()),
        ("document_separator", "0".to_owned()),
    ];
    let metadata = metadata.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    safetensors::serialize(views, Some(metadata)).expect("the views do not overlap")
}
