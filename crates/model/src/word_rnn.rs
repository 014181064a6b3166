//! A recurrent network over words: one step a word, not a letter.
//!
//! ```text
//! x = E_t                          the token's embedding
//! h, c = LSTM(x, h, c)
//! P(w) = softmax(E_w · (W h + b) + b_w)      over the words alone
//! ```
//!
//! It reads words and the marks between them, and gives P(word | a word comes): marks have no probability. The embedding of a word is also its row
//! of the output (Press & Wolf 2017, "Using the output embedding to improve language models"). Its weights are 8-bit integers, which are
//! multiplied by 8-bit states: see [`Int8Matrix`]. `scripts/pretrain_words.py` makes the file.

use safetensors::tensor::{Dtype, SafeTensors};

use super::format::FormatError;
use super::{LanguageModel, Symbol};
use crate::nn::softmax::{log_softmax, softmax};
use crate::nn::{Int8Matrix, lstm_cell};

/// The token that a document begins with.
const DOCUMENT: &str = "<document>";

/// A recurrent network over words, ready to stream.
#[derive(Debug, Clone)]
pub struct WordRnn {
    /// What each token is: the words, commonest first, then marks and the rest.
    tokens: Vec<String>,
    /// How many of them are words.
    words: usize,
    document: Symbol,
    /// `Eᵀ: [embed, tokens]`.
    embed: Int8Matrix,
    /// `b_w: [words]`.
    bias: Vec<f32>,
    /// `[embed, 4 · hidden]`, and the sum of both biases.
    input: Int8Matrix,
    input_bias: Vec<f32>,
    /// `[hidden, 4 · hidden]`.
    recurrent: Int8Matrix,
    /// `[hidden, embed]` and its bias.
    project: Int8Matrix,
    project_bias: Vec<f32>,
}

/// The state: `h` and `c`, `[hidden]` each.
#[derive(Debug, Clone, PartialEq)]
pub struct WordState {
    h: Vec<f32>,
    c: Vec<f32>,
}

impl WordRnn {
    /// Reads the bytes of a safetensors file.
    ///
    /// # Errors
    /// If they are no such file, or a tensor is missing, misshapen or not finite.
    pub fn open(bytes: &[u8]) -> Result<Self, FormatError> {
        let file = SafeTensors::deserialize(bytes).map_err(|e| FormatError::NotSafetensors(e.to_string()))?;
        let file = File(file);
        let names = String::from_utf8_lossy(file.bytes("words", Dtype::U8)?.1).into_owned();
        let tokens: Vec<String> = names.lines().map(str::to_owned).collect();
        let embed = file.matrix("embed", None)?;
        let bias = file.floats("bias", None)?;
        let input_bias = file.floats("rnn.bias", None)?;
        let (width, hidden) = (embed.inputs(), input_bias.len() / 4);
        let document = tokens.iter().position(|token| token == DOCUMENT);
        let document = document.filter(|_| tokens.len() == embed.outputs() && bias.len() <= tokens.len());
        let document =
            document.ok_or(FormatError::Words { symbols: embed.outputs(), words: tokens.len() })?;
        Ok(Self {
            words: bias.len(),
            document: document as Symbol,
            input: file.matrix("rnn.input", Some((width, 4 * hidden)))?,
            recurrent: file.matrix("rnn.recurrent", Some((hidden, 4 * hidden)))?,
            project: file.matrix("project", Some((hidden, width)))?,
            project_bias: file.floats("project.bias", Some(width))?,
            tokens,
            embed,
            bias,
            input_bias,
        })
    }

    /// What each token is: the words first, then marks and the rest.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// How many of the tokens are words.
    pub fn words(&self) -> usize {
        self.words
    }

    fn hidden_units(&self) -> usize {
        self.recurrent.inputs()
    }

    /// The scores of the words, before the softmax: `[words]`; behind them stands what is no word.
    fn scores(&self, state: &WordState) -> Vec<f32> {
        let mut vector = self.project_bias.clone();
        self.project.multiply_add(&state.h, &mut vector);
        let mut scores = vec![0.0; self.tokens.len()];
        scores[..self.words].copy_from_slice(&self.bias);
        self.embed.multiply_add(&vector, &mut scores);
        scores
    }

    /// The probabilities of the words: `[words]`.
    pub fn probabilities(&self, state: &WordState) -> Vec<f32> {
        let mut scores = self.scores(state);
        scores.truncate(self.words);
        softmax(&mut scores);
        scores
    }
}

impl LanguageModel for WordRnn {
    type State = WordState;

    fn vocabulary(&self) -> usize {
        self.tokens.len()
    }

    fn start(&self) -> WordState {
        let zero = vec![0.0; self.hidden_units()];
        let mut state = WordState { h: zero.clone(), c: zero };
        self.advance(&mut state, self.document);
        state
    }

    fn advance(&self, state: &mut WordState, symbol: Symbol) {
        let hidden = self.hidden_units();
        let mut x = vec![0.0; self.embed.inputs()];
        self.embed.read_column(symbol as usize, &mut x);
        let mut gates = self.input_bias.clone();
        self.input.multiply_add(&x, &mut gates);
        self.recurrent.multiply_add(&state.h, &mut gates);
        let (before, mut tanh_c) = (state.c.clone(), vec![0.0; hidden]);
        lstm_cell::activate(&mut gates, &before, &mut state.c, &mut tanh_c, &mut state.h);
    }

    /// What is no word has ln P = −∞.
    fn log_probs(&self, state: &WordState, log_probs: &mut [f32]) {
        log_probs.copy_from_slice(&self.scores(state));
        let (words, others) = log_probs.split_at_mut(self.words);
        log_softmax(words);
        others.fill(f32::NEG_INFINITY);
    }

    fn hidden<'a>(&self, state: &'a WordState) -> &'a [f32] {
        &state.h
    }
}

/// The tensors of a file.
struct File<'a>(SafeTensors<'a>);

impl<'a> File<'a> {
    fn bytes(&self, name: &str, dtype: Dtype) -> Result<(Vec<usize>, &'a [u8]), FormatError> {
        let view = self.0.tensor(name).map_err(|_| FormatError::Missing(name.to_owned()))?;
        if view.dtype() != dtype {
            return Err(FormatError::Dtype { name: name.to_owned(), found: format!("{:?}", view.dtype()) });
        }
        Ok((view.shape().to_vec(), view.data()))
    }

    /// A vector, of this many values if that is known.
    fn floats(&self, name: &str, expected: Option<usize>) -> Result<Vec<f32>, FormatError> {
        let (shape, bytes) = self.bytes(name, Dtype::F32)?;
        if let Some(length) = expected.filter(|&length| shape != [length]) {
            return Err(misshapen(name, &shape, &[length]));
        }
        let values: Vec<f32> =
            bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect();
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(FormatError::NotFinite(name.to_owned()))
        }
    }

    /// A matrix that PyTorch has as `[outputs, inputs]`, of this many inputs and outputs if they are known.
    fn matrix(&self, name: &str, expected: Option<(usize, usize)>) -> Result<Int8Matrix, FormatError> {
        let weight = format!("{name}.weight");
        let (shape, bytes) = self.bytes(&weight, Dtype::I8)?;
        let scales = self.floats(&format!("{name}.scale"), None)?;
        let (inputs, outputs) = expected.unwrap_or((shape.get(1).copied().unwrap_or(0), scales.len()));
        if inputs == 0 || shape != [outputs, inputs] || scales.len() != outputs {
            return Err(misshapen(&weight, &shape, &[outputs, inputs]));
        }
        let values: Vec<i8> = bytes.iter().map(|byte| byte.cast_signed()).collect();
        Ok(Int8Matrix::of_rounded(&values, scales))
    }
}

fn misshapen(name: &str, found: &[usize], expected: &[usize]) -> FormatError {
    FormatError::Shape { name: name.to_owned(), found: found.to_vec(), expected: expected.to_vec() }
}

#[cfg(test)]
mod tests {
    use safetensors::tensor::TensorView;

    use super::*;
    use crate::nn;

    const WORDS: usize = 5;
    const TOKENS: usize = 8;
    const EMBED: usize = 6;
    const HIDDEN: usize = 4;

    /// Numbers between −1 and 1.
    fn noise(count: usize, seed: u32) -> Vec<f32> {
        nn::noise::noise(1, count, seed).into_iter().collect()
    }

    /// A network's tensors as they are in a file: by name, shape and bytes.
    fn tensors() -> Vec<(String, Dtype, Vec<usize>, Vec<u8>)> {
        let mut tensors = Vec::new();
        let sides = [
            ("embed", TOKENS, EMBED),
            ("rnn.input", 4 * HIDDEN, EMBED),
            ("rnn.recurrent", 4 * HIDDEN, HIDDEN),
            ("project", EMBED, HIDDEN),
        ];
        for (seed, (name, outputs, inputs)) in (1..).zip(sides) {
            let values =
                noise(outputs * inputs, seed).iter().map(|value| (value * 127.0) as i8 as u8).collect();
            tensors.push((format!("{name}.weight"), Dtype::I8, vec![outputs, inputs], values));
            let scales = vec![1.0 / 64.0_f32; outputs];
            tensors.push((format!("{name}.scale"), Dtype::F32, vec![outputs], bytes(&scales)));
        }
        for (seed, (name, length)) in
            (5..).zip([("bias", WORDS), ("rnn.bias", 4 * HIDDEN), ("project.bias", EMBED)])
        {
            tensors.push((name.to_owned(), Dtype::F32, vec![length], bytes(&noise(length, seed))));
        }
        let names = "the\nsea\nwas\nvery\ncalm\n.\n<rare>\n<document>\n".as_bytes().to_vec();
        tensors.push(("words".to_owned(), Dtype::U8, vec![names.len()], names));
        tensors
    }

    fn bytes(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn file(tensors: &[(String, Dtype, Vec<usize>, Vec<u8>)]) -> Vec<u8> {
        let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
            (name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).unwrap())
        });
        safetensors::serialize(views, None).unwrap()
    }

    fn sigmoid(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    /// The equations, written out in floats.
    fn expected(reads: &[usize]) -> Vec<f64> {
        let weights = |seed: u32, outputs: usize, inputs: usize| -> Vec<f64> {
            noise(outputs * inputs, seed)
                .iter()
                .map(|value| f64::from((value * 127.0) as i8) / 64.0)
                .collect()
        };
        let floats =
            |seed: u32, count: usize| noise(count, seed).into_iter().map(f64::from).collect::<Vec<_>>();
        let product = |w: &[f64], x: &[f64], at: usize| -> f64 {
            w[at * x.len()..][..x.len()].iter().zip(x).map(|(w, x)| w * x).sum()
        };
        let embed = weights(1, TOKENS, EMBED);
        let (input, recurrent) = (weights(2, 4 * HIDDEN, EMBED), weights(3, 4 * HIDDEN, HIDDEN));
        let project = weights(4, EMBED, HIDDEN);
        let (bias, rnn_bias, project_bias) = (floats(5, WORDS), floats(6, 4 * HIDDEN), floats(7, EMBED));
        let (mut h, mut c) = (vec![0.0; HIDDEN], vec![0.0; HIDDEN]);
        for &token in [TOKENS - 1].iter().chain(reads) {
            let x = &embed[token * EMBED..][..EMBED];
            let gates: Vec<f64> = (0..4 * HIDDEN)
                .map(|at| rnn_bias[at] + product(&input, x, at) + product(&recurrent, &h, at))
                .collect();
            for unit in 0..HIDDEN {
                let gate = |which: usize| gates[which * HIDDEN + unit];
                c[unit] = sigmoid(gate(1)) * c[unit] + sigmoid(gate(0)) * gate(2).tanh();
                h[unit] = sigmoid(gate(3)) * c[unit].tanh();
            }
        }
        let vector: Vec<f64> = (0..EMBED).map(|at| project_bias[at] + product(&project, &h, at)).collect();
        let scores: Vec<f64> =
            (0..WORDS).map(|word| (bias[word] + product(&embed, &vector, word)).exp()).collect();
        let sum: f64 = scores.iter().sum();
        scores.into_iter().map(|score| score / sum).collect()
    }

    #[test]
    fn it_gives_the_words_what_the_equations_say_and_marks_nothing() {
        let model = WordRnn::open(&file(&tensors())).unwrap();
        let mut state = model.start();
        let reads = [0, 1, 5, 2, 6, 3];
        for token in reads {
            model.advance(&mut state, token);
        }
        let mut log_probs = vec![0.0; model.vocabulary()];
        model.log_probs(&state, &mut log_probs);
        let expected = expected(&reads.map(|token| token as usize));
        for (found, expected) in log_probs.iter().zip(&expected) {
            // States are rounded to 1/127 of their greatest value.
            assert!((f64::from(found.exp()) - expected).abs() < 0.01, "{} for {expected}", found.exp());
        }
        for (one, other) in model.probabilities(&state).iter().zip(&log_probs) {
            assert!((one - other.exp()).abs() < 1e-6);
        }
        assert!(log_probs[WORDS..].iter().all(|&other| other == f32::NEG_INFINITY));
        let sum: f32 = log_probs.iter().map(|value| value.exp()).sum();
        assert!((sum - 1.0).abs() < 1e-5);
        let steps = model.advance_through(&model.start(), &reads);
        assert_eq!(steps.last(), Some(&state), "through many at once as one by one");
        assert_eq!((model.words(), model.tokens()[5].as_str()), (WORDS, "."));
    }

    #[test]
    fn a_file_that_does_not_fit_is_refused() {
        for at in 0..tensors().len() {
            let mut without = tensors();
            let (name, ..) = without.remove(at);
            let refused = WordRnn::open(&file(&without)).unwrap_err();
            assert!(
                matches!(&refused, FormatError::Missing(missing) if *missing == name),
                "{name}: {refused}"
            );
        }
        let refused = |name: &str, length: usize| {
            let mut tensors = tensors();
            let (_, dtype, shape, bytes) = tensors.iter_mut().find(|tensor| tensor.0 == name).unwrap();
            shape[0] = length;
            bytes.resize(shape.iter().product::<usize>() * if *dtype == Dtype::F32 { 4 } else { 1 }, 0);
            WordRnn::open(&file(&tensors)).unwrap_err().to_string()
        };
        for (name, length) in [
            ("embed.weight", 7),
            ("rnn.input.weight", 15),
            ("rnn.bias", 20),
            ("project.weight", 5),
            ("project.bias", 7),
            ("bias", 9),
            ("words", 10),
        ] {
            assert!(!refused(name, length).is_empty());
        }
        assert!(matches!(WordRnn::open(b"no file"), Err(FormatError::NotSafetensors(_))));
    }
}
