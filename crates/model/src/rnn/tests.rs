//! Held against PyTorch: `tests/oracle/lstm-small.py` made the numbers.

use super::*;
use crate::format::{
    NetworkShape, Precision, StoredNetwork, read_network, read_rnn, write_network, write_rnn,
};
use crate::nn::dropout::Dropout;
use crate::nn::{Cell, Rounding, gradcheck};
use crate::trainable::{Trainable, Window};
use crate::words::WordVocabulary;
use crate::{FormatError, LanguageModel, Symbol};
use std::collections::BTreeMap;

use rand::SeedableRng;
use serde::Deserialize;

const WEIGHTS: &[u8] = include_bytes!("../../tests/oracle/lstm-small.safetensors");
const GRADIENTS: &[u8] = include_bytes!("../../tests/oracle/lstm-small-grad.safetensors");
const NUMBERS: &str = include_str!("../../tests/oracle/lstm-small.json");

#[derive(Deserialize)]
struct Oracle {
    texts: Vec<String>,
    target_log_probs: Vec<Vec<f64>>,
    last_log_probs_text0: Vec<f64>,
    loss: f64,
    global_grad_norm: f64,
}

fn oracle() -> Oracle {
    serde_json::from_str(NUMBERS).unwrap()
}

/// The oracle's two texts as one time-major window.
fn window(texts: &[String]) -> (Vec<Symbol>, Vec<Symbol>) {
    let time = texts[0].len() - 1;
    let at = |t: usize, b: usize| Symbol::from(texts[b].as_bytes()[t]);
    let pick = |shift: usize| (0..time).flat_map(|t| (0..2).map(move |b| at(t + shift, b))).collect();
    (pick(0), pick(1))
}

fn random(shape: RnnShape) -> Parameters<f32> {
    shape.random_parameters(&mut rand::rngs::StdRng::seed_from_u64(3))
}

const TINY: RnnShape = RnnShape { embed: 5, hidden: 7, ..RnnShape::BASE };

#[test]
fn streams_as_pytorch_does() {
    let (shape, parameters) = read_rnn(WEIGHTS).unwrap();
    assert_eq!(shape, RnnShape { embed: 8, hidden: 16, ..RnnShape::BASE });
    let (model, oracle) = (StreamingRnn::new(shape, &parameters), oracle());
    let mut log_probs = [0.0; 256];
    for (text, expected) in oracle.texts.iter().zip(&oracle.target_log_probs) {
        let mut state = model.zero_state();
        for (pair, expected) in text.as_bytes().windows(2).zip(expected) {
            model.advance(&mut state, pair[0].into());
            model.log_probs(&state, &mut log_probs);
            let found = f64::from(log_probs[usize::from(pair[1])]);
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        }
        if *text == oracle.texts[0] {
            for (found, expected) in log_probs.iter().zip(&oracle.last_log_probs_text0) {
                assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} {expected}");
            }
        }
    }
}

#[test]
fn loss_and_every_gradient_are_pytorchs() {
    let (shape, parameters) = read_rnn(WEIGHTS).unwrap();
    let (_, expected) = read_rnn(GRADIENTS).unwrap();
    let oracle = oracle();
    let (inputs, targets) = window(&oracle.texts);
    let network = RnnNetwork::new(shape, parameters.cast::<f64>());
    let mut shard = network.shard(2, inputs.len() / 2);
    let mut gradient = Parameters::zeros(shape.layout());
    let scale = 1.0 / inputs.len() as f64;
    let window = Window { batch: 2, inputs: &inputs, targets: &targets };
    let loss = network.loss_and_gradient(&mut shard, window, scale, 0, &mut gradient) * scale;
    assert!((loss - oracle.loss).abs() < 1e-6, "{loss} {}", oracle.loss);
    let norm = gradient.values.iter().map(|g| g * g).sum::<f64>().sqrt();
    assert!((norm / oracle.global_grad_norm - 1.0).abs() < 1e-5, "{norm} {}", oracle.global_grad_norm);
    for (at, entry) in gradient.layout.entries().iter().enumerate() {
        let (found, expected) = (gradient.matrix(at), expected.matrix(at));
        let difference = (&found - &expected.mapv(f64::from)).mapv(|d| d * d).sum().sqrt();
        let size = found.mapv(|d| d * d).sum().sqrt();
        assert!(difference < 1e-5 * size, "{}: {difference} of {size}", entry.name);
    }
}

#[derive(Deserialize)]
struct Cells {
    symbols: Vec<[Symbol; 2]>,
    models: BTreeMap<String, CellOracle>,
}

#[derive(Deserialize)]
struct CellOracle {
    loss: f64,
    weights: BTreeMap<String, Vec<f64>>,
    gradients: BTreeMap<String, Vec<f64>>,
}

/// `tests/oracle/cells-small.py` made the numbers.
#[test]
fn the_other_cells_losses_and_gradients_are_pytorchs_too() {
    let oracle: Cells = serde_json::from_str(include_str!("../../tests/oracle/cells-small.json")).unwrap();
    let symbols = oracle.symbols.concat();
    let (inputs, targets) = (&symbols[..symbols.len() - 2], &symbols[2..]);
    for cell in [Cell::Tanh, Cell::Gru] {
        let expected = &oracle.models[cell.name()];
        let shape = RnnShape { cell, vocabulary: 12, embed: 4, hidden: 5, layers: 2, tied: false };
        let flat = |of: &BTreeMap<String, Vec<f64>>| -> Vec<f64> {
            shape.layout().entries().iter().flat_map(|entry| of[&entry.name].clone()).collect()
        };
        let parameters = Parameters { layout: shape.layout(), values: flat(&expected.weights) };
        let network = RnnNetwork::new(shape, parameters);
        let mut gradient = Parameters::zeros(shape.layout());
        let scale = 1.0 / targets.len() as f64;
        let window = Window { batch: 2, inputs, targets };
        let mut shard = network.shard(2, inputs.len() / 2);
        let loss = network.loss_and_gradient(&mut shard, window, scale, 0, &mut gradient) * scale;
        assert!((loss - expected.loss).abs() < 1e-12, "{cell:?}: {loss} {}", expected.loss);
        for (found, expected) in gradient.values.iter().zip(flat(&expected.gradients)) {
            assert!((found - expected).abs() < 1e-12, "{cell:?}: {found} {expected}");
        }
    }
}

/// Shapes of every cell, deep, tied and not.
fn shapes() -> Vec<RnnShape> {
    let of = |cell| RnnShape { cell, vocabulary: 40, ..TINY };
    let tied = RnnShape { embed: 7, tied: true, ..of(Cell::Lstm) };
    Cell::ALL.into_iter().map(of).chain([tied]).collect()
}

#[test]
fn gradients_are_those_of_finite_differences_through_carried_state_and_dropout() {
    let (inputs, targets) = ([3, 20, 7, 3, 9, 25, 0, 39], [7, 3, 9, 25, 0, 39, 8, 9]);
    let window = Window { batch: 2, inputs: &inputs, targets: &targets };
    let dropout = Dropout { input: 0.2, between: 0.3, output: 0.4 };
    for shape in shapes() {
        let parameters = random(shape).cast::<f64>();
        for dropout in [Dropout::NONE, dropout] {
            // A state that is not zero, so that the gates before the window matter.
            let run = |values: &[f64], gradient: &mut Parameters<f64>| {
                let parameters = Parameters { layout: shape.layout(), values: values.to_vec() };
                let network = RnnNetwork::new(shape, parameters).with_dropout(dropout);
                let mut shard = network.shard(2, 4);
                let state: Vec<f64> =
                    (0..network.state(&shard).len()).map(|i| (i as f64).sin() * 0.3).collect();
                network.set_state(&mut shard, &state);
                network.loss_and_gradient(&mut shard, window, 0.125, 77, gradient) * 0.125
            };
            let mut gradient = Parameters::zeros(shape.layout());
            run(&parameters.values, &mut gradient);
            let mut scratch = Parameters::zeros(shape.layout());
            gradcheck::check(&parameters.values, &gradient.values, 150, |values| run(values, &mut scratch));
        }
    }
}

#[test]
fn dropout_is_of_training_alone_and_follows_its_noise() {
    let shape = RnnShape { vocabulary: 40, ..TINY };
    let dropout = Dropout { input: 0.5, between: 0.5, output: 0.5 };
    let (with, without) =
        (RnnNetwork::new(shape, random(shape)).with_dropout(dropout), RnnNetwork::new(shape, random(shape)));
    let (inputs, targets) = ([3, 20, 7, 3], [7, 3, 9, 25]);
    let window = Window { batch: 1, inputs: &inputs, targets: &targets };
    let loss = |network: &RnnNetwork<f32>| network.loss(&mut network.shard(1, 4), window);
    assert_eq!(loss(&with), loss(&without));
    let mut scratch = Parameters::zeros(shape.layout());
    let mut noisy =
        |noise: u64| with.loss_and_gradient(&mut with.shard(1, 4), window, 1.0, noise, &mut scratch);
    assert_eq!(noisy(1), noisy(1));
    assert_ne!(noisy(1), noisy(2));
}

#[test]
fn windows_carry_the_state_as_one_long_window_would() {
    let network = RnnNetwork::new(TINY, random(TINY).cast::<f64>());
    let text: Vec<Symbol> = (0..25).map(|i| (i * 31) % 256).collect();
    let long = {
        let mut shard = network.shard(1, 24);
        network.loss(&mut shard, Window { batch: 1, inputs: &text[..24], targets: &text[1..] })
    };
    let mut shard = network.shard(1, 7);
    let mut short = 0.0;
    for (from, to) in [(0, 7), (7, 14), (14, 15), (15, 24)] {
        let window = Window { batch: 1, inputs: &text[from..to], targets: &text[from + 1..=to] };
        short += network.loss(&mut shard, window);
    }
    assert!((long - short).abs() < 1e-10, "{long} {short}");
}

#[test]
fn training_and_streaming_are_the_same_model() {
    for shape in shapes() {
        same_model(shape);
    }
}

fn same_model(shape: RnnShape) {
    let parameters = random(shape);
    let symbols: Vec<Symbol> = b"the same model, read twice".iter().map(|&b| Symbol::from(b % 40)).collect();
    let network = RnnNetwork::new(shape, parameters.clone());
    let mut shard = network.shard(1, symbols.len() - 1);
    let (last, first) = (symbols.len() - 1, 1);
    let window = Window { batch: 1, inputs: &symbols[..last], targets: &symbols[first..] };
    let trained = network.loss(&mut shard, window);

    let model = StreamingRnn::new(shape, &parameters);
    let (mut state, mut log_probs, mut streamed) = (model.zero_state(), vec![0.0; shape.vocabulary], 0.0);
    for pair in symbols.windows(2) {
        model.advance(&mut state, pair[0]);
        model.log_probs(&state, &mut log_probs);
        streamed -= f64::from(log_probs[pair[1] as usize]);
    }
    assert!((trained - streamed).abs() < 1e-3, "{shape:?}: {trained} {streamed}");
}

#[test]
fn a_batch_has_the_bits_of_each_alone_and_pieces_those_of_the_whole() {
    for shape in shapes() {
        pieces_and_batches_are_the_same(&StreamingRnn::new(shape, &random(shape)));
        pieces_and_batches_are_the_same(&StreamingRnn::quantised(shape, &random(shape)));
    }
}

fn pieces_and_batches_are_the_same(model: &StreamingRnn) {
    let shape = model.shape();
    let texts: Vec<Vec<Symbol>> = (0..9).map(|t| (0..12).map(|i| (t * 29 + i * 7) % 40).collect()).collect();
    let mut together = vec![model.start(); texts.len()];
    for i in 0..12 {
        let symbols: Vec<Symbol> = texts.iter().map(|t| t[i]).collect();
        model.advance_batch(&mut together, &symbols);
    }
    let vocabulary = model.vocabulary();
    let mut all = vec![0.0; together.len() * vocabulary];
    model.log_probs_batch(&together, &mut all);
    for ((text, batched), log_probs) in texts.iter().zip(&together).zip(all.chunks_exact(vocabulary)) {
        let mut one = vec![0.0; vocabulary];
        model.log_probs(batched, &mut one);
        assert_eq!(one, log_probs, "{shape:?}");
        let mut alone = model.start();
        text[..5].iter().for_each(|&s| model.advance(&mut alone, s));
        let mut resumed = alone.clone();
        text[5..].iter().for_each(|&s| model.advance(&mut resumed, s));
        assert_eq!(&resumed, batched, "{shape:?}");
        let through = model.advance_through(&model.start(), text);
        assert_eq!((&through[4], &through[11]), (&alone, batched), "{shape:?}");
        assert_eq!(model.advance_through(&alone, &text[5..]), through[5..], "{shape:?}");
        assert!(model.advance_through(&alone, &[]).is_empty());
    }
}

/// Every cell with one to three layers, through the trait that knows only a language model.
#[test]
fn every_cell_and_depth_streams_and_shows_its_top_layer() {
    fn through<M: LanguageModel>(model: &M, text: &[Symbol]) -> (Vec<f32>, Vec<f32>) {
        let mut states = vec![model.start(); 2];
        let mut alone = model.start();
        for &symbol in text {
            model.advance_batch(&mut states, &[symbol, 3]);
            model.advance(&mut alone, symbol);
        }
        assert_eq!(model.hidden(&alone), model.hidden(&states[0]));
        let mut log_probs = vec![0.0; 2 * model.vocabulary()];
        model.log_probs_batch(&states, &mut log_probs);
        (model.hidden(&alone).to_vec(), log_probs[..model.vocabulary()].to_vec())
    }
    let text = [5, 9, 31, 2, 2, 17];
    for cell in Cell::ALL {
        for layers in 1..=3 {
            let shape = RnnShape { cell, layers, vocabulary: 40, ..TINY };
            let parameters = random(shape);
            let (hidden, log_probs) = through(&StreamingRnn::new(shape, &parameters), &text);
            assert_eq!(hidden.len(), shape.hidden, "{shape:?}");
            assert!(hidden.iter().all(|value| value.abs() <= 1.0), "{shape:?}: {hidden:?}");
            // The top layer is the one that the next symbol is predicted from.
            let (weights, bias) =
                (parameters.matrix(shape.out_weight()), parameters.vector(shape.out_bias()));
            let mut logits: Vec<f32> = (weights.dot(&ndarray::aview1(&hidden)) + bias).to_vec();
            crate::nn::softmax::log_softmax(&mut logits);
            for (found, expected) in log_probs.iter().zip(&logits) {
                assert!((found - expected).abs() < 1e-5, "{shape:?}: {found} {expected}");
            }
            same_model(shape);
        }
    }
}

#[test]
fn probabilities_sum_to_one() {
    let model = StreamingRnn::new(TINY, &random(TINY));
    let (mut state, mut log_probs) = (model.start(), [0.0; 256]);
    for byte in 0..256 {
        model.advance(&mut state, byte);
        model.log_probs(&state, &mut log_probs);
        let total: f64 = log_probs.iter().map(|&l| f64::from(l).exp()).sum();
        assert!((total - 1.0).abs() < 1e-5, "{total} after {byte}");
    }
}

#[test]
fn a_file_of_any_cell_is_read_back_as_it_was_written() {
    for shape in shapes() {
        let (parameters, shape) = (random(shape), NetworkShape::Rnn(shape));
        let words = WordVocabulary::of_words((2..40).map(|i| format!("w{i}")));
        let bytes = write_network(shape, &parameters, Some(&words), Precision::F32);
        let read = read_network(&bytes).unwrap();
        assert_eq!(read, StoredNetwork { shape, parameters, words: Some(words) });
        assert!(matches!(read_rnn(&bytes), Err(FormatError::NotBytes(40))));
    }
}

#[test]
fn a_byte_model_is_read_back_as_it_was_written() {
    let parameters = random(TINY);
    let bytes = write_rnn(TINY, &parameters, Precision::F32);
    assert_eq!(read_rnn(&bytes).unwrap(), (TINY, parameters.clone()));
    let (_, rounded) = read_rnn(&write_rnn(TINY, &parameters, Precision::F16)).unwrap();
    for (a, b) in parameters.values.iter().zip(&rounded.values) {
        assert!((a - b).abs() <= a.abs() / 1024.0 + 1e-6, "{a} {b}");
    }
}

#[test]
fn a_bad_file_is_named_for_what_it_is() {
    let parameters = random(TINY);
    let bytes = write_rnn(TINY, &parameters, Precision::F32);
    for cut in [0, 7, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        assert!(matches!(read_rnn(&bytes[..cut]), Err(FormatError::NotSafetensors(_))), "cut at {cut}");
    }
    let mut broken = parameters.clone();
    broken.values[300] = f32::NAN;
    let error = read_rnn(&write_rnn(TINY, &broken, Precision::F32)).unwrap_err();
    assert!(matches!(error, FormatError::NotFinite(name) if name == "embed.weight"));

    let other = RnnShape { layers: 1, ..TINY };
    let mut mixed = Layout::default();
    for entry in other.layout().entries() {
        let rows = if entry.name == "out.weight" { 255 } else { entry.rows };
        if entry.vector {
            mixed.vector(entry.name.clone(), entry.columns);
        } else {
            mixed.matrix(entry.name.clone(), rows, entry.columns);
        }
    }
    let error = read_rnn(&write_rnn(other, &Parameters::zeros(mixed), Precision::F32)).unwrap_err();
    assert!(matches!(error, FormatError::Shape { name, .. } if name == "out.weight"));

    let mut nameless = Layout::default();
    nameless.matrix("embed.weight", 256, 5);
    let error = read_rnn(&write_rnn(other, &Parameters::zeros(nameless), Precision::F32)).unwrap_err();
    assert!(matches!(error, FormatError::Missing(name) if name == "rnn.weight_hh_l0"));
}

#[test]
fn rounded_factors_leave_the_loss_and_the_gradients_close() {
    for cell in Cell::ALL {
        let shape = RnnShape { cell, embed: 24, hidden: 40, ..RnnShape::BASE };
        let text: Vec<Symbol> = (0..65 * 8).map(|at: u32| (at * at * 7 + at / 3) % 256).collect();
        let window = Window { batch: 8, inputs: &text[..64 * 8], targets: &text[8..] };
        let run = |rounding| {
            let network = RnnNetwork::new(shape, random(shape)).with_rounding(rounding);
            let mut shard = network.shard(8, 64);
            let mut gradient = Parameters::zeros(shape.layout());
            let loss = network.loss_and_gradient(&mut shard, window, 1.0 / 512.0, 0, &mut gradient);
            (loss, gradient.values)
        };
        let ((loss, gradient), (rounded_loss, rounded)) = (run(Rounding::None), run(Rounding::Bf16));
        assert!((rounded_loss / loss - 1.0).abs() < 1e-3, "{cell:?}: {loss} {rounded_loss}");
        assert_ne!(rounded_loss, loss, "{cell:?}: something is rounded");
        let norm =
            |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt();
        let off = norm(&mut gradient.iter().zip(&rounded).map(|(a, b)| a - b));
        let whole = norm(&mut gradient.iter().copied());
        assert!(off < 0.02 * whole, "{cell:?}: {off} of {whole}");
    }
}
