//! Writes texts as numbers of words, for `scripts/pretrain_words.py`: `word_ids TEXTS OUT`.
//!
//! TEXTS is as for `count_base`. Words and marks are those that the base model's counts have. OUT/words.txt names them, one a line: the words,
//! commonest first, then all else that may stand in a text. The number of a token is its line, from 0. For each file of TEXTS there are
//! OUT/REGISTER+SOURCE+FILE.ids and, of what is held out, `.held-out`: 16-bit numbers, little-endian.

#![allow(clippy::print_stderr, reason = "an example prints")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base_texts::{entries, parted};
use model::LanguageModel as _;
use model::base::BASE_NGRAMS;
use model::ngram::Model;
use suggest::{RARE, Token, tokens, word_token};

mod base_texts;

/// Words and other tokens that have a number.
const NUMBERS: usize = 31_744;
/// The token of a line break, in the list.
const BREAK: &str = "<break>";
/// The token before a document.
const DOCUMENT: &str = "<document>";

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (texts, out) = arguments.next().zip(arguments.next()).context("usage: word_ids TEXTS OUT")?;
    let files = files_of(&texts)?;
    let counts = Model::open(BASE_NGRAMS[0])?;
    let spellings: HashMap<String, &str> = (0..counts.vocabulary() as u32)
        .map(|number| (counts.spelling(number).to_lowercase(), counts.spelling(number)))
        .collect();

    let mut met: HashMap<&str, u64> = HashMap::new();
    for path in &files {
        for token in tokens(&parted(&read(path)?).learned) {
            if let Some(&spelling) = spellings.get(&name(&token)) {
                *met.entry(spelling).or_default() += 1;
            }
        }
    }
    let is_word = |spelling: &str| spelling != RARE && spelling.chars().any(char::is_alphabetic);
    let (mut words, others): (Vec<&str>, Vec<&str>) = met.keys().partition(|spelling| is_word(spelling));
    words.sort_by_key(|&word| (std::cmp::Reverse(met[word]), word));
    let special = [RARE, BREAK, DOCUMENT];
    let mut others: Vec<&str> = others.into_iter().filter(|other| !special.contains(other)).collect();
    others.sort_unstable();
    words.truncate(NUMBERS - others.len() - special.len());
    eprintln!("{} words and {} others", words.len(), others.len());
    let list: Vec<&str> = words.into_iter().chain(others).chain(special).collect();
    fs::write(out.join("words.txt"), list.join("\n") + "\n")?;

    let numbers: HashMap<String, u16> =
        (0..).zip(&list).map(|(number, word)| (word.to_lowercase(), number)).collect();
    for path in &files {
        let parts = parted(&read(path)?);
        let inside = path.strip_prefix(&texts)?.with_extension("");
        let stem = inside.to_string_lossy().replace('/', "+");
        for (text, ending) in [(parts.learned, "ids"), (parts.held_out, "held-out")] {
            let path = out.join(format!("{stem}.{ending}"));
            fs::write(&path, numbered(&text, &numbers)).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

/// The numbers of a text's tokens.
fn numbered(text: &str, numbers: &HashMap<String, u16>) -> Vec<u8> {
    let [rare, document_begins] = [numbers[RARE], numbers[DOCUMENT]];
    let mut bytes = Vec::new();
    for document in text.split("\n\n").filter(|document| !document.trim().is_empty()) {
        bytes.extend(document_begins.to_le_bytes());
        for token in tokens(document) {
            bytes.extend(numbers.get(&name(&token)).copied().unwrap_or(rare).to_le_bytes());
        }
    }
    bytes
}

/// The name of a token in the list, in lower case.
fn name(token: &Token) -> String {
    match token {
        Token::Word(word, _) => word_token(word),
        Token::Mark(mark) => mark.clone(),
        Token::Break => BREAK.to_owned(),
    }
}

/// All files below the registers and sources of a folder.
fn files_of(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for register in entries(folder)? {
        for source in entries(&register)? {
            files.extend(entries(&source)?);
        }
    }
    Ok(files)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}
