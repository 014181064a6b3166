//! Fits the weights with which every writer begins: `fit_mixture LEARN FIT [LEARN FIT]…`.
//!
//! Of each pair of folders, the words of the first are learned, the second is typed; what each expert had foretold of
//! the words that came is what the weights are fitted to. `-` for a folder stands for nothing learned. The result goes
//! to stdout: `crates/suggest/src/mixture/fitted.json`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::path::PathBuf;

use learn::corpus::walk;
use model::base::BASE_MODEL;
use model::format::read_rnn;
use model::rnn::StreamingRnn;
use suggest::{Background, Escape, Mixture, Observed, Personal, Suggester, SuggestionSettings};

/// Bytes of each document typed, at most.
const TYPED: usize = 6_000;
const PASSES: usize = 8;

fn main() -> anyhow::Result<()> {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let (shape, parameters) = read_rnn(BASE_MODEL)?;
    let model = StreamingRnn::quantised(shape, &parameters);
    let mut all: Vec<Observed> = Vec::new();
    let mut escape = Escape::default();
    for pair in folders.chunks_exact(2) {
        let mut personal = Personal::new(Background::base());
        let mut so_far = Mixture::default();
        so_far.set_escape(escape);
        personal.set_mixture(so_far);
        if pair[0] != "-" {
            let learned = walk::read(&[PathBuf::from(&pair[0])])?.documents;
            let names: Vec<String> = learned.iter().map(|d| d.path.display().to_string()).collect();
            personal.learn_documents(names.iter().zip(&learned).map(|(n, d)| (n.as_str(), d.text.as_str())));
        }
        let typed = walk::read(&[PathBuf::from(&pair[1])])?.documents;
        let texts: Vec<&str> = typed.iter().map(|d| beginning(&d.text)).collect();
        let mut suggester = Suggester::with_personal(&model, personal, SuggestionSettings::default());
        let observed;
        (observed, escape) = suggester.collect_mixture_data(&texts);
        let mut alone = Mixture::default();
        let before = alone.bits(&observed);
        alone.fit(&observed, PASSES);
        eprintln!(
            "{}: {} words, {before:.3} bits a word, fitted alone {:.3}",
            pair[1],
            observed.len(),
            alone.bits(&observed)
        );
        all.push_interleaved(observed);
    }
    let mut mixture = Mixture::even();
    mixture.fit(&all, PASSES);
    mixture.set_escape(escape.as_prior());
    eprintln!("all: {} words, {:.3} bits a word", all.len(), mixture.bits(&all));
    println!("{}", mixture.to_json());
    Ok(())
}

/// The first bytes of a text, whole characters.
fn beginning(text: &str) -> &str {
    let end = (0..=TYPED.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

/// Many writers' words in turns, so that the last one does not leave its mark on the weights.
trait Interleave {
    fn push_interleaved(&mut self, observed: Vec<Observed>);
}

impl Interleave for Vec<Observed> {
    fn push_interleaved(&mut self, observed: Vec<Observed>) {
        let total = self.len() + observed.len();
        let mut merged = Vec::with_capacity(total);
        let (mut old, mut new) = (std::mem::take(self).into_iter(), observed.into_iter());
        let (mut from_old, mut from_new) = (0, 0);
        let (olds, news) = (old.len().max(1), new.len().max(1));
        while merged.len() < total {
            let next =
                if from_old * news <= from_new * olds { old.next().inspect(|_| from_old += 1) } else { None };
            match next.or_else(|| new.next().inspect(|_| from_new += 1)).or_else(|| old.next()) {
                Some(observed) => merged.push(observed),
                None => break,
            }
        }
        *self = merged;
    }
}
