//! The loss of each symbol of a text under each model; what follows from it.

use std::io;

use super::recipe::Network;
use super::text::{Texts, Unit};
use model::ngram::{Counter, EstimateError, Estimation, Model, Ngrams, Plan, estimate};
use model::words::SENTENCE_END;
use model::{LanguageModel as _, Symbol, Trainable, Window};

/// The loss of every symbol of a text in order, in nats. Models measured on the same text have as many.
#[derive(Debug, Clone, PartialEq)]
pub struct Losses(pub Vec<f64>);

impl Losses {
    /// e to the mean loss. Infinite if a symbol had probability 0.
    pub fn perplexity(&self) -> f64 {
        (self.0.iter().sum::<f64>() / self.0.len() as f64).exp()
    }

    /// The whole loss, in bits, for each byte of the text.
    pub fn bits_per_byte(&self, bytes: usize) -> f64 {
        self.0.iter().sum::<f64>() / std::f64::consts::LN_2 / bytes as f64
    }

    /// The losses of the mixture in which this model has `weight` and the other the rest.
    ///
    /// # Panics
    /// When the other's are of another text.
    #[must_use]
    pub fn mixed(&self, other: &Self, weight: f64) -> Self {
        assert_eq!(self.0.len(), other.0.len(), "losses of two texts cannot be mixed");
        let mix = |(a, b): (&f64, &f64)| -(weight * (-a).exp() + (1.0 - weight) * (-b).exp()).ln();
        Self(self.0.iter().zip(&other.0).map(mix).collect())
    }
}

/// The weight of the first model under which the mixture of two gives the text the highest probability, by expectation maximisation
/// (Dempster et al. 1977; for mixtures of language models, Jelinek & Mercer 1980).
pub fn mixture_weight(first: &Losses, second: &Losses) -> f64 {
    let mut weight = 0.5;
    for _ in 0..200 {
        let shares = first.0.iter().zip(&second.0).map(|(a, b)| {
            let (a, b) = (weight * (-a).exp(), (1.0 - weight) * (-b).exp());
            if a + b > 0.0 { a / (a + b) } else { weight }
        });
        let next = shares.sum::<f64>() / first.0.len() as f64;
        if (next - weight).abs() < 1e-9 {
            return next;
        }
        weight = next;
    }
    weight
}

impl Network {
    /// The losses of `symbols`, read from a zero state in one stream, without dropout.
    pub fn losses(&self, symbols: &[Symbol]) -> Losses {
        match self {
            Self::Rnn(network) => losses(network, symbols),
            Self::Window(network) => losses(network, symbols),
        }
    }
}

fn losses<M: Trainable<f32>>(model: &M, symbols: &[Symbol]) -> Losses {
    const TIME: usize = 256;
    let mut shard = model.shard(1, TIME);
    let mut losses = Vec::with_capacity(symbols.len());
    let mut before = SENTENCE_END;
    for piece in symbols.chunks(TIME) {
        let last = piece.len() - 1;
        let inputs = [&[before], &piece[..last]].concat();
        before = piece[last];
        let window = Window { batch: 1, inputs: &inputs, targets: piece };
        model.losses(&mut shard, window, &mut |_, loss| losses.push(loss));
    }
    Losses(losses)
}

/// Counts the training text and estimates a modified Kneser-Ney model of it.
///
/// Over words a sentence is one of the text's; over bytes all of the text is one.
///
/// # Errors
/// When `order` is out of range, or the text has no words.
pub fn estimate_ngram(text: &Texts, order: usize) -> Result<(Ngrams, Estimation), EstimateError> {
    let mut counter = Counter::in_memory(order).map_err(|e| io::Error::other(e.to_string()))?;
    for sentence in sentences(text, &text.train) {
        let spelled: Vec<_> = sentence.iter().map(|&symbol| text.spelled(symbol)).collect();
        counter.add_sentence(&spelled.iter().map(|word| &word[..]).collect::<Vec<_>>())?;
    }
    estimate(counter.finish()?, &Plan::default())
}

/// The losses of `symbols` under an n-gram model of the training text.
pub fn ngram_losses<B: AsRef<[u8]>>(model: &Model<B>, text: &Texts, symbols: &[Symbol]) -> Losses {
    let ids: Vec<_> = (0..text.vocabulary() as Symbol).map(|s| model.word_id(&text.spelled(s))).collect();
    let mut losses = Vec::with_capacity(symbols.len());
    for sentence in sentences(text, symbols) {
        let mut state = model.start();
        let ends = (text.unit == Unit::Word).then_some(model::ngram::END);
        for id in sentence.iter().map(|&symbol| ids[symbol as usize]).chain(ends) {
            losses.push(-model.step(&mut state, id).ln());
        }
    }
    Losses(losses)
}

/// The sentences of a text in symbols, without their ends.
fn sentences<'a>(text: &Texts, symbols: &'a [Symbol]) -> Box<dyn Iterator<Item = &'a [Symbol]> + 'a> {
    match text.unit {
        Unit::Byte => Box::new(std::iter::once(symbols)),
        Unit::Word => {
            let whole = symbols.strip_suffix(&[SENTENCE_END]).unwrap_or(symbols);
            Box::new(whole.split(|&symbol| symbol == SENTENCE_END))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::recipe::{ModelKind, Recipe};

    fn text(unit: Unit) -> Texts {
        let train = "the cat sat\nthe cat ran\nthe dog sat\n".repeat(3);
        Texts::new(unit, &train, "the dog ran\n", "the cat sat\nthe dog\n").unwrap()
    }

    #[test]
    fn every_model_predicts_the_same_number_of_symbols() {
        for unit in [Unit::Word, Unit::Byte] {
            let text = text(unit);
            let (ngrams, _) = estimate_ngram(&text, 3).unwrap();
            let model = ngrams.to_model().unwrap();
            let counted = ngram_losses(&model, &text, &text.test);
            assert_eq!(counted.0.len(), text.test.len());
            for kind in [ModelKind::Window, ModelKind::Rnn, ModelKind::Gru, ModelKind::Lstm] {
                let network = Recipe::of(kind, &text, 1, 1).unwrap().network();
                assert_eq!(network.losses(&text.test).0.len(), text.test.len(), "{kind:?}");
            }
        }
    }

    #[test]
    fn the_perplexity_of_an_untrained_network_is_about_the_vocabulary() {
        let text = text(Unit::Word);
        let network = Recipe::of(ModelKind::Lstm, &text, 1, 1).unwrap().network();
        let perplexity = network.losses(&text.test).perplexity();
        assert!((perplexity / text.vocabulary() as f64 - 1.0).abs() < 0.1, "{perplexity}");
    }

    #[test]
    fn the_ngram_is_the_one_its_own_module_measures() {
        let text = text(Unit::Word);
        let (ngrams, _) = estimate_ngram(&text, 3).unwrap();
        let model = ngrams.to_model().unwrap();
        let measured = model::ngram::perplexity(
            &model,
            "the cat sat\nthe dog\n".as_bytes(),
            model::ngram::Tokenizer::Whitespace,
        )
        .unwrap();
        let found = ngram_losses(&model, &text, &text.test).perplexity();
        assert!((found - measured.perplexity().unwrap()).abs() < 1e-4, "{found}");
    }

    #[test]
    fn the_weight_is_the_likeliest() {
        let (a, b) = (Losses(vec![0.1, 3.0, 2.0, 0.5]), Losses(vec![2.0, 0.3, 1.0, 1.5]));
        let weight = mixture_weight(&a, &b);
        let at = |w: f64| a.mixed(&b, w).perplexity();
        assert!(at(weight) <= at(weight + 1e-3) && at(weight) <= at(weight - 1e-3), "{weight}");
        assert!(at(weight) < a.perplexity().min(b.perplexity()));
        let never = Losses(vec![f64::INFINITY; 4]);
        assert!(mixture_weight(&a, &never) > 0.999_999);
        assert!((a.mixed(&never, 1.0).perplexity() - a.perplexity()).abs() < 1e-12);
    }
}
