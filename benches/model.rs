//! The base model's costs: a streamed byte, sixteen at once, the suggestions after a keystroke, a training step.
//!
//! `cargo bench --bench model`. Quote ratios within one run, not times.

use criterion::{Criterion, criterion_group, criterion_main};
use learn::train::{Trainer, TrainerOptions, streams, trainer};
use model::base::base_model;
use model::nn::Parameters;
use model::rnn::{RnnNetwork, RnnShape, StreamingRnn};
use model::{LanguageModel, Symbol, Trainable, Window};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use suggest::{Suggester, SuggestionSettings};

const TEXT: &str = "On Thursday I will take the early train, so please do not wait for me with dinner. ";

fn streaming(criterion: &mut Criterion) {
    let (shape, parameters) = base_model().expect("the asset is whole");
    let model = StreamingRnn::quantised(shape, &parameters);
    // Each to the distribution of the next byte, as `foreword bench` and scripts/step_speed.py count a step.
    for (name, count) in [("one byte", 1), ("a byte into sixteen states", 16)] {
        let (mut states, symbols) = (vec![model.start(); count], vec![Symbol::from(b'e'); count]);
        let mut log_probs = vec![0.0; count * 256];
        criterion.bench_function(name, |b| {
            b.iter(|| {
                model.advance_batch(&mut states, &symbols);
                model.log_probs_batch(&states, &mut log_probs);
            });
        });
    }

    let mut suggester = Suggester::new(model, SuggestionSettings::default());
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
    let symbols: Vec<Symbol> = TEXT.bytes().cycle().take(batch * time).map(Symbol::from).collect();
    let window = Window { batch, inputs: &symbols, targets: &symbols };
    let mut shard = network.shard(batch, time);
    let mut gradient = Parameters::zeros(shape.layout());
    let mut group = criterion.benchmark_group("training");
    group.sample_size(10);
    group.bench_function("gradient of 16 x 64 bytes, one thread", |b| {
        b.iter(|| network.loss_and_gradient(&mut shard, window, 1e-3, 0, &mut gradient));
    });
    // Whole steps on all cores, of the shapes that scripts/train_speed.py sets beside PyTorch's.
    for (layers, hidden) in [(2, 512), (1, 1024)] {
        let (shape, batch, time) = (RnnShape { layers, hidden, ..RnnShape::BASE }, 64, 64);
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let text = streams::symbols(TEXT.repeat(20 * batch * time / TEXT.len()).as_bytes());
        let network = RnnNetwork::new(shape, shape.random_parameters(&mut StdRng::seed_from_u64(1)));
        let options = TrainerOptions { batch, time, threads, ..trainer::options(true) };
        let mut trainer = Trainer::new(network, vec![text], Vec::new(), options);
        group.throughput(criterion::Throughput::Bytes((batch * time) as u64));
        group.bench_function(format!("a step of {layers}x{hidden} b{batch} t{time}, all cores"), |b| {
            b.iter(|| trainer.step(0.0));
        });
    }
}

criterion_group!(benches, streaming, training);
criterion_main!(benches);
