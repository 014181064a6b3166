//! Estimation against a slow, independent implementation straight from the definition, and the properties every model must have.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Write as _};

use proptest::prelude::*;

use super::discounts::{DiscountError, FALLBACK};
use super::file::Encoding;
use super::*;
use crate::{LanguageModel as _, Symbol};

fn counts(order: usize, text: &str) -> Counts {
    let mut counter = Counter::in_memory(order).unwrap();
    counter.count(text.as_bytes(), Tokenizer::Whitespace).unwrap();
    counter.finish().unwrap()
}

fn model(order: usize, text: &str, plan: &Plan) -> Model<Vec<u8>> {
    estimate(counts(order, text), plan).unwrap().0.to_model().unwrap()
}

fn probability(model: &Model<Vec<u8>>, context: &[Symbol], word: Symbol) -> f64 {
    10_f64.powf(f64::from(model.score(&model.state_after(context), word).log10))
}

/// A text with the look of language: words of very different frequency that like some neighbours more.
fn generated(sentences: usize) -> String {
    let mut text = Vec::new();
    let mut seed = 7_u64;
    let mut below = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    for _ in 0..sentences {
        let mut word = below(40);
        for _ in 0..2 + below(9) {
            write!(text, "w{word} ").unwrap();
            let rank = below(300);
            let frequent = below(1 + rank);
            word = if below(3) > 0 { below(1 + frequent) } else { (word * 7 + below(3)) % 300 };
        }
        text.push(b'\n');
    }
    String::from_utf8(text).unwrap()
}

/// Kneser-Ney from the definition: every probability on its own, from sets of strings.
struct BruteForce {
    order: usize,
    /// Every n-gram of the text, sentence start included, with its number of occurrences.
    occurrences: HashMap<Vec<String>, u64>,
    /// The different words before each n-gram.
    before: HashMap<Vec<String>, HashSet<String>>,
    /// The n-grams that go on from each context.
    after: HashMap<Vec<String>, HashSet<Vec<String>>>,
    words: HashSet<String>,
    /// The last n-gram with its newest word compared first, then the one before: words in order of appearance.
    last: Vec<String>,
    discounts: Vec<[f64; 3]>,
}

impl BruteForce {
    fn new(order: usize, text: &str) -> Self {
        let mut new = Self {
            order,
            occurrences: HashMap::new(),
            before: HashMap::new(),
            after: HashMap::new(),
            words: HashSet::from(["<unk>".to_owned()]),
            last: Vec::new(),
            discounts: Vec::new(),
        };
        for line in text.lines() {
            let sentence: Vec<String> =
                format!("<s> {line} </s>").split_whitespace().map(str::to_owned).collect();
            new.words.extend(sentence[1..].iter().cloned());
            for end in 1..sentence.len() {
                for start in (0..=end).rev().take(order) {
                    let gram = &sentence[start..=end];
                    *new.occurrences.entry(gram.to_vec()).or_default() += 1;
                    new.after.entry(gram[..gram.len() - 1].to_vec()).or_default().insert(gram.to_vec());
                    if start > 0 {
                        new.before.entry(gram.to_vec()).or_default().insert(sentence[start - 1].clone());
                    }
                }
            }
        }
        let mut ranks = HashMap::from([("<s>".to_owned(), 1), ("</s>".to_owned(), 2)]);
        for word in text.split_whitespace() {
            let next = ranks.len() + 1;
            ranks.entry(word.to_owned()).or_insert(next);
        }
        let whole = new.occurrences.keys().filter(|gram| gram.len() == order || gram[0] == "<s>");
        let newest_first = |gram: &&Vec<String>| {
            let ranks = gram.iter().rev().map(|word| ranks[word]);
            ranks.chain(std::iter::repeat(1)).take(order).collect::<Vec<usize>>()
        };
        new.last = whole.max_by_key(newest_first).unwrap().clone();
        for length in 1..=order {
            let grams: Vec<_> = new.occurrences.keys().filter(|gram| gram.len() == length).collect();
            let with = |count: u64| grams.iter().filter(|gram| new.counted(gram) == count).count() as f64;
            let y = with(1) / (with(1) + 2.0 * with(2));
            let estimated = [1_u8, 2, 3]
                .map(|k| f64::from(k) - f64::from(k + 1) * y * with(u64::from(k) + 1) / with(u64::from(k)));
            let usable = (1..5).all(|k| with(k) > 0.0)
                && estimated.iter().zip([1.0, 2.0, 3.0]).all(|(&d, k)| (0.0..=k).contains(&d));
            new.discounts.push(if usable { estimated } else { [0.5, 1.0, 1.5] });
        }
        new
    }

    fn adjusted(&self, gram: &[String]) -> u64 {
        if gram.len() == self.order || gram[0] == "<s>" {
            self.occurrences.get(gram).copied().unwrap_or(0)
        } else {
            self.before.get(gram).map_or(0, |words| words.len() as u64)
        }
    }

    /// The count that enters the counts of counts: see the estimation's second pass.
    fn counted(&self, gram: &[String]) -> u64 {
        if self.last.ends_with(gram) { self.occurrences[gram] } else { self.adjusted(gram) }
    }

    fn discount(&self, length: usize, count: u64) -> f64 {
        if count == 0 { 0.0 } else { self.discounts[length - 1][count.min(3) as usize - 1] }
    }

    fn probability(&self, context: &[String], word: &str) -> f64 {
        let context = &context[context.len().saturating_sub(self.order - 1)..];
        let lower = if context.is_empty() {
            1.0 / self.words.len() as f64
        } else {
            self.probability(&context[1..], word)
        };
        let Some(after) = self.after.get(context) else { return lower };
        let length = context.len() + 1;
        let all: Vec<u64> = after.iter().map(|gram| self.adjusted(gram)).collect();
        let total = all.iter().sum::<u64>() as f64;
        let set_aside: f64 = all.iter().map(|&count| self.discount(length, count)).sum();
        let count = self.adjusted(&[context, &[word.to_owned()]].concat());
        (count as f64 - self.discount(length, count)) / total + set_aside / total * lower
    }
}

fn assert_agrees(order: usize, text: &str) {
    let slow = BruteForce::new(order, text);
    let (ngrams, report) = estimate(counts(order, text), &Plan::default()).unwrap();
    for (found, expected) in report.orders.iter().zip(&slow.discounts) {
        for (found, expected) in found.discounts.0.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{:?} {expected:?}", report.orders);
        }
    }
    let model = ngrams.to_model().unwrap();
    for line in text.lines().take(25).chain(["w1 nowhere w2 w2 w2 w3", "w39 w38 w37 w36 w35"]) {
        let mut state = model.start();
        let mut context = vec!["<s>".to_owned()];
        for word in line.split_whitespace().chain(["</s>"]) {
            let id = if word == "</s>" { END } else { model.word_id(word) };
            let found = model.step(&mut state, id);
            let expected = slow.probability(&context, word).log10();
            assert!(
                (f64::from(found.log10) - expected).abs() < 1e-5,
                "{context:?} {word}: {found:?} {expected}"
            );
            let longest = (0..=context.len().min(order - 1))
                .rev()
                .find(|&length| {
                    let gram = [&context[context.len() - length..], &[word.to_owned()]].concat();
                    slow.occurrences.contains_key(&gram)
                })
                .unwrap_or(0);
            assert_eq!(usize::from(found.order), longest + 1, "{context:?} {word}");
            context.push(word.to_owned());
        }
    }
}

#[test]
fn worked_by_hand() {
    // Bigrams of "a b" and "a", discounts ½ and 1 for counts 1 and 2.
    // Adjusted unigrams: a 1 (after <s>), b 1 (after a), </s> 2 (after a, b); 4 in all, 2 set aside, uniform ¼:
    // P(a) = ½/4 + ½·¼ = ¼ = P(b), P(</s>) = 1/4 + ⅛ = ⅜, P(<unk>) = ⅛.
    // <s> a 2 times of 2: (2 − 1)/2 + ½·¼ = ⅝. a b and a </s> once of 2: ¼ + ½·¼ = ⅜ and ¼ + ½·⅜ = 7/16.
    let model = model(2, "a b\na\n", &Plan::default());
    let [a, b] = ["a", "b"].map(|word| model.word_id(word));
    for (context, word, expected) in [
        (vec![], a, 0.25),
        (vec![], END, 0.375),
        (vec![], UNKNOWN, 0.125),
        (vec![START], a, 0.625),
        (vec![a], b, 0.375),
        (vec![a], END, 0.4375),
        (vec![b], END, 0.6875),
        (vec![b], a, 0.5 * 0.25),
        (vec![UNKNOWN], a, 0.25),
    ] {
        let found = probability(&model, &context, word);
        assert!((found - expected).abs() < 1e-6, "{context:?} {word}: {found}");
    }
    assert_eq!(model.counts(), [5, 4]);
}

#[test]
fn agrees_with_the_definition() {
    let text = generated(400);
    for order in 1..=6 {
        assert_agrees(order, &text);
    }
    let estimated = estimate(counts(3, &text), &Plan { fallback: None, ..Plan::default() });
    assert!(estimated.is_ok(), "the text is large enough to need no fallback: {estimated:?}");
}

#[test]
fn tiny_texts() {
    for text in ["word", "word word", "one line of no breaks", "a\na\na\n", "a b c\n\n\n", "<s> </s> <unk>"] {
        for order in 1..=6 {
            let (ngrams, report) = estimate(counts(order, text), &Plan::default()).unwrap();
            assert!(
                report.orders.iter().all(|order| order.fallback.is_some() && order.discounts == FALLBACK)
            );
            let model = ngrams.to_model().unwrap();
            let measured = perplexity(&model, text.as_bytes(), Tokenizer::Whitespace).unwrap();
            assert!(measured.perplexity().unwrap().is_finite() && measured.unknown == 0, "{text:?}");
        }
    }
}

#[test]
fn a_text_of_unknown_words_only_is_measured() {
    let model = model(3, "a b c\na b\n", &Plan::default());
    let measured = perplexity(&model, "x y\nz\n".as_bytes(), Tokenizer::Whitespace).unwrap();
    assert_eq!((measured.words, measured.unknown), (5, 3));
    assert!(measured.perplexity().unwrap() > measured.perplexity_known().unwrap());
}

#[test]
fn what_cannot_be_estimated_is_an_error() {
    let plan = Plan::default();
    for text in ["", "\n \n"] {
        assert!(matches!(estimate(counts(2, text), &plan), Err(EstimateError::Empty)));
    }
    let strict = Plan { fallback: None, ..Plan::default() };
    let error = estimate(counts(2, "a b"), &strict).unwrap_err();
    assert!(
        matches!(error, EstimateError::Discounts { order: 1, source: DiscountError::NoSuchCount(2) }),
        "{error}"
    );
    for pruning in [vec![], vec![1], vec![0, 2, 1]] {
        let plan = Plan { pruning, ..Plan::default() };
        assert!(matches!(estimate(counts(2, "a b"), &plan), Err(EstimateError::Pruning(_))));
    }
    assert_eq!(Counter::in_memory(0).unwrap_err(), OrderError(0));
    assert_eq!(Counter::in_memory(7).unwrap_err(), OrderError(7));
}

#[test]
fn pruning_drops_rare_ngrams_and_reports_it() {
    let text = generated(300);
    let (full, _) = estimate(counts(3, &text), &Plan::default()).unwrap();
    let plan = Plan { pruning: vec![0, 0, 1], ..Plan::default() };
    let (pruned, report) = estimate(counts(3, &text), &plan).unwrap();
    assert_eq!(full.counts()[..2], pruned.counts()[..2]);
    let brute = BruteForce::new(3, &text);
    let often = brute.occurrences.iter().filter(|(gram, count)| gram.len() == 3 && **count > 1).count();
    assert_eq!((pruned.counts()[2], report.orders[2].kept), (often, often));
    assert_eq!(report.orders[2].counted, full.counts()[2]);
}

#[test]
fn a_text_through_spill_streams_gives_the_same_file() {
    let text = generated(300);
    let mut counter = Counter::new(4, 4096, || Ok(Cursor::new(Vec::new()))).unwrap();
    counter.count(text.as_bytes(), Tokenizer::Whitespace).unwrap();
    let spilled = counter.finish().unwrap();
    assert!(spilled.spilled > 1000);
    let bytes = |ngrams: Ngrams| ngrams.to_bytes(Encoding::Exact).unwrap();
    let plan = Plan::default();
    let (through, _) = estimate(spilled, &plan).unwrap();
    let (direct, _) = estimate(counts(4, &text), &plan).unwrap();
    assert!(bytes(through) == bytes(direct));
}

#[test]
fn arpa_keeps_every_bit() {
    let text = generated(200);
    let plan = Plan { pruning: vec![0, 0, 1], ..Plan::default() };
    let first = model(4, &text, &plan);
    let mut written = Vec::new();
    arpa::write(&first, &mut written).unwrap();
    let second = arpa::read(written.as_slice()).unwrap().to_model().unwrap();
    assert!(first.bytes() == second.bytes());
}

#[test]
fn an_unpacked_model_packs_to_the_same_file() {
    let plan = Plan { pruning: vec![0, 0, 1], ..Plan::default() };
    for order in [1, 2, 4] {
        let first = model(order, &generated(200), &plan);
        assert!(first.unpack().to_bytes(Encoding::Exact).unwrap() == first.bytes(), "order {order}");
    }
}

#[test]
fn quantised_models_are_smaller_and_near() {
    let text = generated(300);
    let (ngrams, _) = estimate(counts(3, &text), &Plan::default()).unwrap();
    let measure = |bytes: Vec<u8>| {
        let model = Model::open(bytes).unwrap();
        model.verify().unwrap();
        perplexity(&model, text.as_bytes(), Tokenizer::Whitespace).unwrap().perplexity().unwrap()
    };
    let exact = ngrams.to_bytes(Encoding::Exact).unwrap();
    let quantised = ngrams.to_bytes(Encoding::Quantised(8)).unwrap();
    assert!(quantised.len() < exact.len());
    let (exact, quantised) = (measure(exact), measure(quantised));
    assert!((quantised / exact - 1.0).abs() < 0.01, "{exact} {quantised}");
    for bits in [0, 1, 17] {
        assert!(matches!(ngrams.to_bytes(Encoding::Quantised(bits)), Err(NgramFileError::Bits(_))));
    }
}

#[test]
fn files_cut_short_or_foreign_are_refused() {
    let bytes = model(3, "a b c\nb a\n", &Plan::default()).bytes().to_vec();
    for length in 0..bytes.len() {
        let error = Model::open(&bytes[..length]).unwrap_err();
        assert!(matches!(error, NgramFileError::Foreign | NgramFileError::Size { .. }), "{length}: {error}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(Model::open(longer), Err(NgramFileError::Size { .. })));
    assert!(matches!(Model::open(b"GGUF and more"), Err(NgramFileError::Foreign)));
}

#[test]
fn words_are_found_by_name() {
    let model = model(2, "tea teak team ten <unk> <tea>\n", &Plan::default());
    for word in ["tea", "teak", "team", "ten", "<tea>"] {
        assert_eq!(model.spelling(model.word_id(word)), word);
    }
    assert_eq!(model.spelling(model.word_id("<unk>")), "\\<unk>");
    assert_eq!((model.word_id("te"), model.word_id("</s>")), (UNKNOWN, UNKNOWN));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn probabilities_sum_to_one(
        sentences in prop::collection::vec("[a-f]( [a-f]){0,7}", 1..30),
        order in 1usize..=6,
        prune in 0u64..3,
        context in prop::collection::vec(0u32..9, 0..7),
    ) {
        let plan = Plan { pruning: vec![0, 0, prune], ..Plan::default() };
        let model = model(order, &sentences.join("\n"), &plan);
        let state = model.state_after(&context);
        let mut log10 = vec![0.0; model.vocabulary()];
        model.distribution(&state, &mut log10);
        let sum: f64 = log10.iter().map(|&value| 10_f64.powf(f64::from(value))).sum();
        prop_assert!((sum - 1.0).abs() < 1e-5, "{}", sum);
        for (word, log10) in (0..).zip(log10).filter(|&(word, _)| word != START) {
            prop_assert!((model.score(&state, word).log10 - log10).abs() < 1e-5);
        }
    }

    #[test]
    fn small_texts_agree_with_the_definition(
        sentences in prop::collection::vec("w[1-5]( w[1-5]){0,7}", 1..20),
        order in 1usize..=6,
    ) {
        assert_agrees(order, &sentences.join("\n"));
    }

    #[test]
    fn damaged_bytes_are_noticed_and_never_a_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..8),
        quantised in any::<bool>(),
    ) {
        let (ngrams, _) = estimate(counts(3, "a b c d\nb a c\nc c a\n"), &Plan::default()).unwrap();
        let encoding = if quantised { Encoding::Quantised(3) } else { Encoding::Exact };
        let mut bytes = ngrams.to_bytes(encoding).unwrap();
        let original = bytes.clone();
        for (place, bits) in damage {
            let place = place.index(bytes.len());
            bytes[place] ^= bits;
        }
        prop_assume!(bytes != original);
        if let Ok(model) = Model::open(bytes) {
            prop_assert!(matches!(model.verify(), Err(NgramFileError::Checksum)));
            let mut state = model.start();
            for word in ["a", "b", "c", "zebra", "d"] {
                model.step(&mut state, model.word_id(word));
                model.distribution(&state, &mut vec![0.0; model.vocabulary()]);
            }
            for word in 0..=model.vocabulary() as Symbol {
                model.word_id(model.spelling(word));
            }
            let mut out = Vec::new();
            arpa::write(&model, &mut out).unwrap();
            model.unpack();
        }
    }
}
