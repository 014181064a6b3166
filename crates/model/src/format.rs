//! Models in safetensors files, under PyTorch's names.

use std::collections::HashMap;

use half::{bf16, f16};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::rnn::{BYTES, RnnShape, StreamingRnn};
use super::soundness::{Unsound, check_sound};
use super::window::WindowShape;
use super::words::WordVocabulary;
use crate::nn::{Cell, Layout, Parameters};

/// Why bytes are not a model.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// Not a safetensors file, or one cut short.
    #[error(
        "this is not a whole safetensors file ({0}): it may have been cut short; copy or download it again"
    )]
    NotSafetensors(String),
    /// A parameter that such a network has is not in the file.
    #[error(
        "the model has no tensor `{0}`: Foreword reads networks saved from embed, rnn (torch.nn.RNN, LSTM or GRU) and out, \
         or embed, hidden and out"
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
    /// The model is no recurrent network.
    #[error("the model is a fixed-window network, which makes no suggestions: name a recurrent one")]
    NotRecurrent,
    /// The words of a word model do not fit it.
    #[error(
        "the model reads {symbols} symbols but names {words} words: the file is broken or not Foreword's"
    )]
    Words {
        /// Symbols it reads.
        symbols: usize,
        /// Words it names.
        words: usize,
    },
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
    /// A value is so large that sums of such values may be infinite.
    #[error(
        "tensor `{0}` holds values beyond any that training makes: the file is broken or made to break; use another version"
    )]
    TooGreat(String),
    /// It would take more memory than any model that is of use here.
    #[error(
        "the model has {vocabulary} symbols and {hidden} hidden units, which together take more than 4 GiB: use a smaller one"
    )]
    TooLarge {
        /// Symbols it reads.
        vocabulary: usize,
        /// Width of its hidden state.
        hidden: usize,
    },
    /// Its numbers are sound, and what it makes of them is not.
    #[error(transparent)]
    Unsound(#[from] Unsound),
}

/// No weight of a trained network comes near it. Below it no sum of products can become infinite.
const GREATEST: f32 = 1e12;
/// Most values of the table that has a row of input products for each symbol (4 GiB).
const MOST_TABLED: usize = 1 << 30;

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits: what training goes on from.
    F32,
    /// 16 bits, half the file.
    F16,
}

/// A network as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredNetwork {
    /// What kind, and how large.
    pub shape: NetworkShape,
    /// Its parameters.
    pub parameters: Parameters<f32>,
    /// The words that its symbols are; `None` for bytes.
    pub words: Option<WordVocabulary>,
}

/// The shape of any network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkShape {
    /// Recurrent.
    Rnn(RnnShape),
    /// With a fixed window.
    Window(WindowShape),
}

impl NetworkShape {
    /// Every parameter's name and shape.
    pub fn layout(self) -> Layout {
        match self {
            Self::Rnn(shape) => shape.layout(),
            Self::Window(shape) => shape.layout(),
        }
    }

    /// Symbols it reads and predicts.
    pub fn vocabulary(self) -> usize {
        match self {
            Self::Rnn(shape) => shape.vocabulary,
            Self::Window(shape) => shape.vocabulary,
        }
    }
}

/// Reads a recurrent network over bytes: what makes suggestions.
///
/// # Errors
/// As [`read_network`]; and when it has a fixed window or does not read bytes.
pub fn read_rnn(bytes: &[u8]) -> Result<(RnnShape, Parameters<f32>), FormatError> {
    let network = read_network(bytes)?;
    match network.shape {
        NetworkShape::Rnn(shape) if shape.vocabulary == BYTES && network.words.is_none() => {
            Ok((shape, network.parameters))
        }
        NetworkShape::Rnn(shape) => Err(FormatError::NotBytes(shape.vocabulary)),
        NetworkShape::Window(_) => Err(FormatError::NotRecurrent),
    }
}

/// Reads a network from the bytes of a safetensors file (f32, f16 or bf16).
///
/// The kind follows from the tensors' names and shapes. The logistic cell has the tanh cell's shapes: it follows from the metadata.
///
/// # Errors
/// When the bytes are no whole file, a tensor is missing or misshapen, or a value is not finite.
pub fn read_network(bytes: &[u8]) -> Result<StoredNetwork, FormatError> {
    let not_whole = |e: safetensors::SafeTensorError| FormatError::NotSafetensors(e.to_string());
    let file = SafeTensors::deserialize(bytes).map_err(not_whole)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(not_whole)?;
    let metadata = |key: &str| header.metadata().as_ref().and_then(|m| m.get(key)).map(String::as_str);
    let shape = if file.tensor("hidden.weight").is_ok() {
        NetworkShape::Window(window_shape(&file)?)
    } else {
        NetworkShape::Rnn(rnn_shape(&file, metadata("arch"))?)
    };
    let words = metadata("words").map(WordVocabulary::read);
    if let Some(words) = words.as_ref().filter(|words| words.len() != shape.vocabulary()) {
        return Err(FormatError::Words { symbols: shape.vocabulary(), words: words.len() });
    }
    if let NetworkShape::Rnn(RnnShape { cell, vocabulary, hidden, .. }) = shape
        && vocabulary.saturating_mul(cell.gates()).saturating_mul(hidden) > MOST_TABLED
    {
        return Err(FormatError::TooLarge { vocabulary, hidden });
    }
    let layout = shape.layout();
    // Before any room is made for them: a tensor that is as it should be has its bytes in the file, and so all of them
    // together are no longer than the file.
    for entry in layout.entries() {
        let view = tensor(&file, &entry.name)?;
        if view.shape() != entry.shape() {
            return Err(misshapen(&entry.name, view.shape(), entry.shape()));
        }
    }
    let mut values = Vec::with_capacity(layout.len());
    for entry in layout.entries() {
        let first = values.len();
        append_values(&mut values, &entry.name, &tensor(&file, &entry.name)?)?;
        let read: &[f32] = &values[first..];
        if read.iter().any(|v| !v.is_finite()) {
            return Err(FormatError::NotFinite(entry.name.clone()));
        }
        if read.iter().any(|v| v.abs() > GREATEST) {
            return Err(FormatError::TooGreat(entry.name.clone()));
        }
    }
    Ok(StoredNetwork { shape, parameters: Parameters { layout, values }, words })
}

fn tensor<'a>(file: &SafeTensors<'a>, name: &str) -> Result<TensorView<'a>, FormatError> {
    file.tensor(name).map_err(|_| FormatError::Missing(name.to_owned()))
}

fn matrix(file: &SafeTensors<'_>, name: &str) -> Result<[usize; 2], FormatError> {
    let found = tensor(file, name)?.shape().to_vec();
    match <[usize; 2]>::try_from(found) {
        Ok(shape) if shape.iter().all(|&side| side > 0) => Ok(shape),
        Ok(shape) => Err(misshapen(name, &shape, vec![1, 1])),
        Err(found) => Err(misshapen(name, &found, vec![0, 0])),
    }
}

fn misshapen(name: &str, found: &[usize], expected: Vec<usize>) -> FormatError {
    FormatError::Shape { name: name.to_owned(), found: found.to_vec(), expected }
}

fn rnn_shape(file: &SafeTensors<'_>, arch: Option<&str>) -> Result<RnnShape, FormatError> {
    let [vocabulary, embed] = matrix(file, "embed.weight")?;
    let [gates, hidden] = matrix(file, "rnn.weight_hh_l0")?;
    let named = |cell: &Cell| Some(cell.name()) == arch && cell.gates() * hidden == gates;
    let shaped = |cell: &Cell| cell.gates() * hidden == gates;
    let cell = Cell::ALL.into_iter().find(named).or_else(|| Cell::ALL.into_iter().find(shaped));
    let cell =
        cell.ok_or_else(|| misshapen("rnn.weight_hh_l0", &[gates, hidden], vec![4 * hidden, hidden]))?;
    let layers = (0..1024).take_while(|l| file.tensor(&format!("rnn.weight_hh_l{l}")).is_ok()).count();
    let tied = file.tensor("out.weight").is_err() && embed == hidden;
    Ok(RnnShape { cell, vocabulary, embed, hidden, layers, tied })
}

fn window_shape(file: &SafeTensors<'_>) -> Result<WindowShape, FormatError> {
    let [vocabulary, embed] = matrix(file, "embed.weight")?;
    let [hidden, seen] = matrix(file, "hidden.weight")?;
    if !seen.is_multiple_of(embed) {
        return Err(misshapen("hidden.weight", &[hidden, seen], vec![hidden, seen.next_multiple_of(embed)]));
    }
    let tied = file.tensor("out.weight").is_err() && embed == hidden;
    Ok(WindowShape { vocabulary, context: seen / embed, embed, hidden, tied })
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

/// Writes a byte network as the bytes of a safetensors file that PyTorch reads under the same names.
pub fn write_rnn(shape: RnnShape, parameters: &Parameters<f32>, precision: Precision) -> Vec<u8> {
    write_network(NetworkShape::Rnn(shape), parameters, None, precision)
}

/// Writes a network as the bytes of a safetensors file that PyTorch reads under the same names.
///
/// # Panics
/// Never: every view is cut from its own bytes.
pub fn write_network(
    shape: NetworkShape,
    parameters: &Parameters<f32>,
    words: Option<&WordVocabulary>,
    precision: Precision,
) -> Vec<u8> {
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
    safetensors::serialize(views, Some(metadata(shape, words))).expect("the views do not overlap")
}

fn metadata(shape: NetworkShape, words: Option<&WordVocabulary>) -> HashMap<String, String> {
    let mut metadata = HashMap::new();
    let mut say = |key: &str, value: String| metadata.insert(key.to_owned(), value);
    say("format", "pt".to_owned());
    say("unit", if words.is_some() { "word" } else { "byte" }.to_owned());
    say("vocab", shape.vocabulary().to_string());
    say("document_separator", "0".to_owned());
    match shape {
        NetworkShape::Rnn(shape) => {
            say("arch", shape.cell.name().to_owned());
            say("embed", shape.embed.to_string());
            say("hidden", shape.hidden.to_string());
            say("layers", shape.layers.to_string());
            say("tied", shape.tied.to_string());
        }
        NetworkShape::Window(shape) => {
            say("arch", "window".to_owned());
            say("embed", shape.embed.to_string());
            say("hidden", shape.hidden.to_string());
            say("context", shape.context.to_string());
            say("tied", shape.tied.to_string());
        }
    }
    if let Some(words) = words {
        say("words", words.write());
    }
    metadata
}

/// Reads a recurrent network over bytes, and checks that it gives probabilities.
///
/// # Errors
/// As [`read_rnn`]; and when it makes none.
pub fn read_sound(bytes: &[u8]) -> Result<(RnnShape, Parameters<f32>, StreamingRnn), FormatError> {
    let (shape, parameters) = read_rnn(bytes)?;
    let model = StreamingRnn::quantised(shape, &parameters);
    check_sound(&model)?;
    Ok((shape, parameters, model))
}
