//! The n-gram model on a generated text the size of the Penn Treebank: count, estimate and write; then query.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::LanguageModel as _;
use model::ngram::file::Encoding;
use model::ngram::{Counter, Model, Plan, Tokenizer, estimate};

const SENTENCES: usize = 42_000;
const WORDS_A_SENTENCE: u64 = 21;
const VOCABULARY: f64 = 10_000.0;
const ORDER: usize = 5;

/// Words by Zipf's law, two in three drawn from a few followers of the word before.
fn generated() -> String {
    let mut text = String::new();
    let mut seed = 1_u64;
    let mut below_one = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    for _ in 0..SENTENCES {
        let mut word = 0_u64;
        for _ in 0..WORDS_A_SENTENCE {
            let rank = if below_one() < 0.33 {
                below_one()
            } else {
                let follower = word * 31 + (below_one() * 8.0) as u64;
                (follower.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) as f64 / (1_u64 << 53) as f64
            };
            word = VOCABULARY.powf(rank) as u64;
            write!(text, "w{word} ").expect("a string takes all that memory holds");
        }
        text.push('\n');
    }
    text
}

fn build(text: &str) -> Vec<u8> {
    let mut counter = Counter::in_memory(ORDER).expect("the order is in range");
    counter.count(text.as_bytes(), Tokenizer::Whitespace).expect("memory does not fail");
    let counts = counter.finish().expect("memory does not fail");
    let (ngrams, _) = estimate(counts, &Plan::default()).expect("the text has words");
    ngrams.to_bytes(Encoding::Exact).expect("the model fits the file")
}

fn ngram(criterion: &mut Criterion) {
    let text = generated();
    let mut group = criterion.benchmark_group("ngram");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("estimate and write", |bencher| bencher.iter(|| build(black_box(&text))));

    let model = Model::open(build(&text)).expect("just written");
    let words: Vec<u32> =
        text.split_ascii_whitespace().take(100_000).map(|word| model.word_id(word)).collect();
    group.throughput(Throughput::Elements(words.len() as u64));
    group.bench_function("query", |bencher| {
        bencher.iter(|| {
            let mut state = model.start();
            words.iter().map(|&word| model.step(&mut state, word).log10).sum::<f32>()
        });
    });
    group.finish();
}

criterion_group!(benches, ngram);
criterion_main!(benches);
