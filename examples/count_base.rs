//! Counts the base model's words: `count_base TEXT… > assets/counts/base.ngram`.
//!
//! Texts have a paragraph a line. A word is counted under the spelling that it mostly has within sentences; those met fewer than
//! [`LEAST`] times are counted as one. What is kept of the trigrams is set by [`PRUNING`] and [`BITS`]: it has to fit
//! beside the base LSTM.

#![allow(clippy::print_stderr, reason = "an example prints")]

use std::collections::{BTreeSet, HashMap};

use anyhow::Context as _;
use model::ngram::file::{Encoding, write};
use model::ngram::{Counter, Plan, estimate};
use suggest::{RARE, Token, tokens, word_token};

/// How often a word or mark must occur to be counted by itself.
const LEAST: u32 = 8;
/// Words of two and three are dropped that are met so often or less.
const PRUNING: [u64; 3] = [0, 2, 3];
/// Bits of a probability.
const BITS: u8 = 7;
const ORDER: usize = 3;

/// How often each spelling of a word was met: within sentences, and where one opens.
#[derive(Default)]
struct Spellings(HashMap<String, (u32, u32)>);

impl Spellings {
    fn count(&self) -> u32 {
        self.0.values().map(|(within, opening)| within + opening).sum()
    }

    fn usual(&self) -> &str {
        let usual = self.0.iter().max_by_key(|&(spelling, &(within, opening))| (within, opening, spelling));
        usual.map_or("", |(spelling, _)| spelling)
    }
}

fn main() -> anyhow::Result<()> {
    let mut texts = Vec::new();
    for path in std::env::args().skip(1) {
        texts.push(std::fs::read_to_string(&path).with_context(|| path)?);
    }
    let mut words: HashMap<String, Spellings> = HashMap::new();
    let mut marks: HashMap<String, u32> = HashMap::new();
    for token in texts.iter().flat_map(|text| tokens(text)) {
        match token {
            Token::Word(word, opens) => {
                let spellings = words.entry(word_token(&word)).or_default();
                let (within, opening) = spellings.0.entry(word).or_default();
                *(if opens { opening } else { within }) += 1;
            }
            Token::Mark(mark) => *marks.entry(mark).or_default() += 1,
            Token::Break => {}
        }
    }
    let known: HashMap<&str, &str> = words
        .iter()
        .filter(|(_, spellings)| spellings.count() >= LEAST)
        .map(|(folded, spellings)| {
            // What is folded into one token by more than its case has no usual spelling: all numbers.
            let usual = spellings.usual();
            (folded.as_str(), if usual.to_lowercase() == *folded { usual } else { folded })
        })
        .collect();
    marks.retain(|_, count| *count >= LEAST);
    let spellings: BTreeSet<&str> =
        known.values().copied().chain(marks.keys().map(String::as_str)).chain([RARE]).collect();
    eprintln!("{} of {} words and {} marks are counted by themselves", known.len(), words.len(), marks.len());

    let mut counter = Counter::in_memory(ORDER)?.with_words(spellings);
    for text in &texts {
        let mut sentence: Vec<&str> = Vec::new();
        for token in tokens(text).chain([Token::Break]) {
            match token {
                Token::Word(word, _) => {
                    sentence.push(known.get(word_token(&word).as_str()).copied().unwrap_or(RARE));
                }
                Token::Mark(mark) => {
                    sentence.push(marks.get_key_value(&mark).map_or(RARE, |(mark, _)| mark.as_str()));
                }
                Token::Break => {
                    counter.add_sentence(&sentence)?;
                    sentence.clear();
                }
            }
        }
    }
    let (ngrams, _) = estimate(counter.finish()?, &Plan { pruning: PRUNING.to_vec(), ..Plan::default() })?;
    eprintln!("n-grams kept: {:?}", ngrams.counts());
    write(&ngrams, Encoding::Quantised(BITS), &mut std::io::stdout().lock())?;
    Ok(())
}
