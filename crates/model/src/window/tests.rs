//! The window against finite differences, against itself read symbol by symbol, and against what it cannot see.

use super::*;
use crate::format::{NetworkShape, Precision, read_network, write_network};
use crate::nn::gradcheck;

const SHAPE: WindowShape = WindowShape { vocabulary: 30, context: 3, embed: 5, hidden: 6, tied: false };
const TIED: WindowShape = WindowShape { hidden: 5, tied: true, ..SHAPE };

fn random(shape: WindowShape) -> Parameters<f32> {
    shape.random_parameters(&mut StdRng::seed_from_u64(4))
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let (inputs, targets) = ([3, 20, 7, 3, 9, 25, 0, 29], [7, 3, 9, 25, 0, 29, 8, 9]);
    let window = Window { batch: 2, inputs: &inputs, targets: &targets };
    for shape in [SHAPE, TIED] {
        for dropout in [Dropout::NONE, Dropout { input: 0.2, between: 0.0, output: 0.4 }] {
            let parameters = random(shape).cast::<f64>();
            let run = |values: &[f64], gradient: &mut Parameters<f64>| {
                let parameters = Parameters { layout: shape.layout(), values: values.to_vec() };
                let network = WindowNetwork::new(shape, parameters).with_dropout(dropout);
                let mut shard = network.shard(2, 4);
                network.set_state(&mut shard, &[5.0, 6.0, 7.0, 8.0]);
                network.loss_and_gradient(&mut shard, window, 0.125, 7, gradient) * 0.125
            };
            let mut gradient = Parameters::zeros(shape.layout());
            run(&parameters.values, &mut gradient);
            let mut scratch = Parameters::zeros(shape.layout());
            gradcheck::check(&parameters.values, &gradient.values, 200, |values| run(values, &mut scratch));
        }
    }
}

#[test]
fn training_and_streaming_are_the_same_model_over_any_windows() {
    let text: Vec<Symbol> = (0..26).map(|i| (i * 11) % 30).collect();
    for shape in [SHAPE, TIED] {
        let network = WindowNetwork::new(shape, random(shape));
        let mut shard = network.shard(1, 7);
        let mut trained = 0.0;
        for (from, to) in [(0, 7), (7, 8), (8, 25)] {
            let window = Window { batch: 1, inputs: &text[from..to], targets: &text[from + 1..=to] };
            trained += network.loss(&mut shard, window);
        }
        let model = StreamingWindow::new(shape, network.parameters());
        let (mut state, mut log_probs, mut streamed) = (model.start(), vec![0.0; 30], 0.0);
        for pair in text.windows(2) {
            model.advance(&mut state, pair[0]);
            model.log_probs(&state, &mut log_probs);
            streamed -= f64::from(log_probs[pair[1] as usize]);
        }
        assert!((trained - streamed).abs() < 1e-3, "{trained} {streamed}");
    }
}

#[test]
fn what_stands_before_the_window_cannot_matter() {
    let model = StreamingWindow::new(SHAPE, &random(SHAPE));
    let answer = |text: &[Symbol]| {
        let (mut state, mut log_probs) = (model.start(), vec![0.0; 30]);
        for &symbol in text {
            model.advance(&mut state, symbol);
        }
        model.log_probs(&state, &mut log_probs);
        log_probs
    };
    assert_eq!(answer(&[1, 2, 9, 8, 7]), answer(&[4, 9, 8, 7]));
    assert_ne!(answer(&[2, 8, 7]), answer(&[9, 8, 7]));
    assert_ne!(answer(&[9, 7, 8]), answer(&[9, 8, 7]), "order within the window does");
}

#[test]
fn a_new_document_is_seen_from_its_start() {
    let network = WindowNetwork::new(SHAPE, random(SHAPE));
    let window = Window { batch: 1, inputs: &[0, 4], targets: &[4, 5] };
    let mut fresh = network.shard(1, 2);
    let expected = network.loss(&mut fresh, window);
    let mut used = network.shard(1, 2);
    network.loss(&mut used, Window { batch: 1, inputs: &[9, 8], targets: &[8, 7] });
    assert_ne!(network.loss(&mut used.clone(), window), expected);
    network.reset(&mut used, 0);
    assert_eq!(network.loss(&mut used, window), expected);
}

#[test]
fn a_file_is_read_back_as_it_was_written() {
    for shape in [SHAPE, TIED] {
        let parameters = random(shape);
        let bytes = write_network(NetworkShape::Window(shape), &parameters, None, Precision::F32);
        let read = read_network(&bytes).unwrap();
        assert_eq!((read.shape, read.parameters), (NetworkShape::Window(shape), parameters));
    }
}
