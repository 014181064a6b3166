//! The base model's costs: a streamed byte, sixteen at once, the suggestions after a keystroke, a training step.
//!
//! `cargo bench --bench model`. Quote ratios within one run, not times.

use criterion::{Criterion, criterion_group, criterion_main};
use foreword::lm::base::base_model;
use foreword::lm::rnn::{RnnNetwork, StreamingRnn};
use foreword::lm::{LanguageModel, Trainable, Window};
use foreword::nn::Parameters;
use foreword::suggest::{Settings, Suggester};

const TEXT: &str = "On Thursday I will take the early train, so please do not wait for me with dinner. ";

fn streaming(criterion: &mut Criterion) {
    let (shape, parameters) = base_model().expect("the asset is whole");
    let model = StreamingRnn::new(shape, &parameters);
    let mut state = model.start();
    criterion.bench_function("one byte", |b| b.iter(|| model.advance(&mut state, b'e'.into())));
    let mut states = vec![model.start(); 16];
    criterion.bench_function("sixteen states", |b| {
        b.iter(|| model.advance_batch(&mut states, &[usize::from(b'e'); 16]))
    });

    let mut suggester = Suggester::new(model, Settings::default());
    let mut end = 0;
    criterion.bench_function("suggestions after a keystroke", |b| {
        b.iter(|| {
            end = if end < TEXT.len() { end + 1 } else { 1 };
            suggester.suggest(&TEXT[..end], "", 5)
        });
    });
}

fn training(criterion: &mut Criterion) {
    let (shape, parameters) = base_model().expect("the asset is whole");
    let network = RnnNetwork::new(shape, parameters);
    let (batch, time) = (16, 64);
    let symbols: Vec<usize> = TEXT.bytes().cycle().take(batch * time).map(usize::from).collect();
    let window = Window { batch, inputs: &symbols, targets: &symbols };
    let mut shard = network.shard(batch, time);
    let mut gradient = Parameters::zeros(shape.layout());
    let mut group = criterion.benchmark_group("training");
    group.sample_size(10);
    group.bench_function("gradient of 16 x 64 bytes, one thread", |b| {
        b.iter(|| network.loss_and_gradient(&mut shard, window, 1e-3, 0, &mut gradient));
    });
}

criterion_group!(benches, streaming, training);
criterion_main!(benches);
