//! Counts the base model's words: `count_base TEXTS OUT`.
//!
//! TEXTS has a folder for each register of English, and in it a folder for each source, with its texts: a paragraph a line, a blank line
//! between documents. Of each register an n-gram file is written, `OUT/REGISTER.ngram`. All number the same words.
//!
//! A word is counted under the spelling that it mostly has within sentences. Those met fewer than [`LEAST`] times are counted as one, and
//! so are those that belong to one source: a chat's nicknames, a novel's persons. Every hundredth document is left out, to fit the
//! mixture's weights on; of a file with few documents, every hundredth paragraph.

#![allow(clippy::print_stderr, reason = "an example prints")]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base_texts::{entries, parted};
use model::ngram::file::Encoding;
use model::ngram::{Counter, Plan, estimate};
use suggest::{RARE, Token, tokens, word_token};

/// How often a word or mark must occur to be counted by itself.
const LEAST: u32 = 8;
/// How often a word must occur beyond the source that has it most.
const LEAST_BEYOND: u32 = 2;
/// For a name, also the share of its occurrences.
const SHARE_BEYOND: f64 = 0.05;
/// Pairs and triples of words are dropped that are met so often or less: the first of these by which the file fits in a crate.
const PRUNING: [[u64; 3]; 4] = [[0, 1, 1], [0, 1, 2], [0, 2, 2], [0, 2, 3]];
/// The most bytes of a file: a registry takes 10 MiB in one crate.
const LARGEST: usize = (10 << 20) - 4096;
/// Bits of a probability.
const BITS: u8 = 6;
const ORDER: usize = 3;

mod base_texts;

/// Words that stand in the list of misspellings as what is meant are in general use.
const MISSPELLINGS: &str = include_str!("../crates/suggest/assets/misspellings.txt");

/// Texts by register, and by source.
type Texts = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Where a word was met.
#[derive(Default)]
struct Met {
    /// How often in each spelling: within sentences, and where one opens.
    spellings: HashMap<String, (u32, u32)>,
    sources: HashMap<usize, u32>,
}

impl Met {
    fn count(&self) -> u32 {
        self.sources.values().sum()
    }

    fn usual(&self) -> &str {
        let usual =
            self.spellings.iter().max_by_key(|&(spelling, &(within, opening))| (within, opening, spelling));
        usual.map_or("", |(spelling, _)| spelling)
    }

    /// The spelling under which the word is counted by itself; `None` if it is rare, or belongs to one source.
    fn counted<'a>(&'a self, folded: &'a str, common: &HashSet<&str>) -> Option<&'a str> {
        // What is folded into one token by more than its case has no usual spelling: all numbers.
        let usual = Some(self.usual()).filter(|usual| usual.to_lowercase() == *folded).unwrap_or(folded);
        let beyond = self.count() - self.sources.values().max().unwrap_or(&0);
        let is_name = usual.starts_with(char::is_uppercase);
        let needed = if is_name { SHARE_BEYOND * f64::from(self.count()) } else { 0.0 };
        let is_general = beyond >= LEAST_BEYOND && f64::from(beyond) >= needed;
        (self.count() >= LEAST && (is_general || common.contains(folded))).then_some(usual)
    }
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (texts, out) = arguments.next().zip(arguments.next()).context("usage: count_base TEXTS OUT")?;
    let texts = read(&texts)?;

    let mut words: HashMap<String, Met> = HashMap::new();
    let mut marks: HashMap<String, u32> = HashMap::new();
    for (source, texts) in texts.values().flat_map(BTreeMap::values).enumerate() {
        for token in texts.iter().flat_map(|text| tokens(text)) {
            match token {
                Token::Word(word, opens) => {
                    let met = words.entry(word_token(&word)).or_default();
                    *met.sources.entry(source).or_default() += 1;
                    let (within, opening) = met.spellings.entry(word).or_default();
                    *(if opens { opening } else { within }) += 1;
                }
                Token::Mark(mark) => *marks.entry(mark).or_default() += 1,
                Token::Break => {}
            }
        }
    }
    let entries = MISSPELLINGS.lines().filter(|line| !line.starts_with('#'));
    let common: HashSet<&str> = entries.flat_map(|line| line.split(' ').skip(1)).collect();
    let known: HashMap<&str, &str> = words
        .iter()
        .filter_map(|(folded, met)| Some((folded.as_str(), met.counted(folded, &common)?)))
        .collect();
    marks.retain(|_, count| *count >= LEAST);
    eprintln!("{} of {} words and {} marks are counted by themselves", known.len(), words.len(), marks.len());
    let spellings: BTreeSet<&str> =
        known.values().copied().chain(marks.keys().map(String::as_str)).chain([RARE]).collect();

    for (register, sources) in &texts {
        let sentences = || sources.values().flatten().flat_map(|text| sentences(text, &known, &marks));
        let bytes = smallest(&spellings, sentences, register)?;
        let path = out.join(format!("{register}.ngram"));
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The n-gram file of these sentences, pruned as little as it may be.
fn smallest<'a, S: Iterator<Item = Vec<&'a str>>>(
    spellings: &BTreeSet<&str>,
    sentences: impl Fn() -> S,
    register: &str,
) -> anyhow::Result<Vec<u8>> {
    for pruning in PRUNING {
        let mut counter = Counter::in_memory(ORDER)?.with_words(spellings.iter().copied());
        for sentence in sentences() {
            counter.add_sentence(&sentence)?;
        }
        let plan = Plan { pruning: pruning.to_vec(), ..Plan::default() };
        let (ngrams, _) = estimate(counter.finish()?, &plan)?;
        let bytes = ngrams.to_bytes(Encoding::Quantised(BITS))?;
        eprintln!("{register}: pruned {pruning:?}, kept {:?}, {} bytes", ngrams.counts(), bytes.len());
        if bytes.len() <= LARGEST {
            return Ok(bytes);
        }
    }
    anyhow::bail!("{register} has too much text for a crate: make two registers of it")
}

/// The lines of a text, as they are counted.
fn sentences<'a>(
    text: &str,
    known: &HashMap<&str, &'a str>,
    marks: &'a HashMap<String, u32>,
) -> Vec<Vec<&'a str>> {
    let mut sentences = vec![Vec::new()];
    for token in tokens(text) {
        let counted = match token {
            Token::Word(word, _) => known.get(word_token(&word).as_str()).copied(),
            Token::Mark(mark) => marks.get_key_value(&mark).map(|(mark, _)| mark.as_str()),
            Token::Break => {
                sentences.push(Vec::new());
                continue;
            }
        };
        if let Some(sentence) = sentences.last_mut() {
            sentence.push(counted.unwrap_or(RARE));
        }
    }
    sentences
}

/// Reads the texts, without what is held out.
fn read(folder: &Path) -> anyhow::Result<Texts> {
    let mut texts = Texts::new();
    for register in entries(folder)? {
        for source in entries(&register)? {
            let read = |path: PathBuf| -> anyhow::Result<String> {
                let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                Ok(parted(&text).learned)
            };
            let read = entries(&source)?.into_iter().map(read).collect::<anyhow::Result<_>>()?;
            texts.entry(name(&register)).or_default().insert(name(&source), read);
        }
    }
    Ok(texts)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
