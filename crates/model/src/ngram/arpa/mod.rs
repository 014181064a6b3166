//! The ARPA text format, which every n-gram tool reads and writes.
//!
//! Sections of lines `log10 P <tab> words <tab> log10 backoff`, announced with their sizes under `\data\` and closed by
//! `\end\`. Numbers are written with as many digits as give the same number back.

use std::io::{self, BufRead, Write};

use super::counts::Gram;
use super::model::Model;
use super::table::{Level, Ngrams};
use super::vocabulary::{CONTROL_WORDS, START, Vocabulary};
use super::{MAX_ORDER, OrderError, check_order};
use crate::Symbol;

/// The probability given to `<unk>` where a file has none, as `KenLM` does.
const MISSING_UNKNOWN: f32 = -100.0;

/// Why an ARPA file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ArpaError {
    /// The file ends before `\end\`.
    #[error("the ARPA file is cut short: it ends at line {line}, in {part}, before \\end\\; get it again")]
    CutShort {
        /// The last line.
        line: usize,
        /// The section it breaks off in.
        part: String,
    },
    /// A section has another size than announced.
    #[error("the ARPA file promises {promised} {order}-grams and has {found}; get it again")]
    Count {
        /// The order.
        order: usize,
        /// Announced under `\data\`.
        promised: usize,
        /// In the section.
        found: usize,
    },
    /// A line that cannot be understood.
    #[error("line {line} of the ARPA file: {problem}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// N-grams that lean on others that are not there.
    #[error("the ARPA file is incomplete: it has {} but not {}", quoted(ngram), quoted(missing))]
    Hole {
        /// The n-gram.
        ngram: String,
        /// Its beginning or its ending.
        missing: String,
    },
    /// The same n-gram twice.
    #[error("the ARPA file has {} twice", quoted(.0))]
    Twice(String),
    /// An order beyond what is supported.
    #[error("the ARPA file cannot be used: {0}")]
    Order(#[from] OrderError),
    /// The reader failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Characters of a file's own that an error repeats: enough to find the place by.
const QUOTED: usize = 80;

/// A piece of the file, quoted in an error: its beginning if it is long.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("\"{}…\"", &text[..end]),
        None => format!("\"{text}\""),
    }
}

/// Writes a model.
///
/// # Errors
/// Those of the writer.
pub fn write<B: AsRef<[u8]>>(model: &Model<B>, out: &mut impl Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    writeln!(out, "\\data\\")?;
    for (index, count) in model.counts().into_iter().enumerate() {
        writeln!(out, "ngram {}={count}", index + 1)?;
    }
    for order in 1..=model.order() {
        writeln!(out, "\n\\{order}-grams:")?;
        model.visit(order, |words, log10, backoff| {
            write!(out, "{log10}\t")?;
            for (index, &word) in words.iter().enumerate() {
                let gap = if index == 0 { "" } else { " " };
                write!(out, "{gap}{}", model.spelling(word))?;
            }
            if order < model.order() { writeln!(out, "\t{backoff}") } else { writeln!(out) }
        })?;
    }
    writeln!(out, "\n\\end\\")?;
    out.flush()
}

/// Reads a model.
///
/// # Errors
/// See [`ArpaError`].
pub fn read(text: impl BufRead) -> Result<Ngrams, ArpaError> {
    let mut lines = Lines { text, line: String::new(), number: 0, part: "the part before \\data\\".into() };
    while lines.next()? != "\\data\\" {}
    lines.part = "\\data\\".into();
    let promised = sizes(&mut lines)?;
    check_order(promised.len())?;

    let mut vocabulary = Vocabulary::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut contexts: Vec<Gram> = Vec::new();
    for (index, &size) in promised.iter().enumerate() {
        let order = index + 1;
        let header = format!("\\{order}-grams:");
        if lines.line != header {
            return Err(lines.problem(format!("expected {header}, found {}", quoted(&lines.line))));
        }
        lines.part = header;
        let entries = section(&mut lines, order, &mut vocabulary)?;
        if entries.len() != size {
            return Err(ArpaError::Count { order, promised: size, found: entries.len() });
        }
        if order == 1 {
            levels.push(unigrams(&entries, &vocabulary)?);
        } else {
            let (level, grams) = level(entries, order, &contexts, &vocabulary)?;
            levels.push(level);
            contexts = grams;
        }
    }
    if lines.line == "\\end\\" {
        Ok(Ngrams { vocabulary, levels })
    } else {
        Err(lines.problem(format!("expected \\end\\, found {}", quoted(&lines.line))))
    }
}

/// One line of a section: words, oldest first, log10 probability, backoff weight.
type Entry = (Gram, f32, f32);

/// Lines without their ends, white space around them, and blank ones.
struct Lines<T> {
    text: T,
    line: String,
    number: usize,
    part: String,
}

impl<T: BufRead> Lines<T> {
    /// The next line that is not blank; an error at the end of the file.
    fn next(&mut self) -> Result<&str, ArpaError> {
        loop {
            self.line.clear();
            self.number += 1;
            match self.text.read_line(&mut self.line) {
                Ok(0) => {
                    return Err(ArpaError::CutShort { line: self.number - 1, part: self.part.clone() });
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    return Err(self.problem("it is no UTF-8 text: convert it, or give an ARPA file".into()));
                }
                Err(error) => return Err(error.into()),
            }
            let ascii: &[_] = &[' ', '\t', '\r', '\n'];
            self.line.truncate(self.line.trim_end_matches(ascii).len());
            if !self.line.is_empty() {
                return Ok(&self.line);
            }
        }
    }

    fn problem(&self, problem: String) -> ArpaError {
        ArpaError::Line { line: self.number, problem }
    }
}

/// The announced sizes. Leaves the line after them current.
fn sizes<T: BufRead>(lines: &mut Lines<T>) -> Result<Vec<usize>, ArpaError> {
    let mut promised = Vec::new();
    loop {
        let line = lines.next()?;
        let Some(size) = line.strip_prefix("ngram ") else { break };
        let parsed = size
            .split_once('=')
            .and_then(|(order, size)| Some((order.trim().parse::<usize>().ok()?, size.trim().parse().ok()?)));
        match parsed {
            Some((order, size)) if order == promised.len() + 1 => promised.push(size),
            _ => {
                let expected = promised.len() + 1;
                let problem = format!("expected \"ngram {expected}=SIZE\", found {}", quoted(line));
                return Err(lines.problem(problem));
            }
        }
    }
    Ok(promised)
}

/// The lines of a section. Leaves the line after them current.
fn section<T: BufRead>(
    lines: &mut Lines<T>,
    order: usize,
    vocabulary: &mut Vocabulary,
) -> Result<Vec<Entry>, ArpaError> {
    let mut entries = Vec::new();
    loop {
        let line = lines.next()?;
        if line.starts_with('\\') {
            return Ok(entries);
        }
        let parsed = entry(line, order, vocabulary);
        entries.push(parsed.map_err(|problem| lines.problem(problem))?);
    }
}

fn entry(line: &str, order: usize, vocabulary: &mut Vocabulary) -> Result<Entry, String> {
    let mut fields = line.split_ascii_whitespace();
    let number = |field: Option<&str>, what: &str| match field.map(str::parse::<f32>) {
        Some(Ok(value)) if !value.is_nan() && value < f32::INFINITY => Ok(value),
        _ => Err(format!("{} is no {what}", quoted(field.unwrap_or_default()))),
    };
    let log_prob = number(fields.next(), "log-probability")?;
    if log_prob > 0.0 {
        return Err(format!("the log-probability {log_prob} is above 0"));
    }
    let mut gram: Gram = [0; MAX_ORDER];
    for place in &mut gram[..order] {
        let Some(spelling) = fields.next() else {
            return Err(format!("a {order}-gram of fewer than {order} words"));
        };
        *place = match vocabulary.id_of_spelling(spelling) {
            Some(id) => id,
            None if order == 1 => vocabulary.insert_spelling(spelling),
            None => return Err(format!("{} is not among the 1-grams", quoted(spelling))),
        };
    }
    let backoff = match fields.next() {
        None => 0.0,
        field => number(field, "backoff weight")?,
    };
    match fields.next() {
        None => Ok((gram, log_prob, backoff)),
        Some(_) => Err(format!("a {order}-gram of more than {order} words")),
    }
}

/// Order 1, put in order of number.
fn unigrams(entries: &[Entry], vocabulary: &Vocabulary) -> Result<Level, ArpaError> {
    let mut level = Level {
        words: (0..vocabulary.len() as Symbol).collect(),
        parents: Vec::new(),
        log_probs: vec![f32::NAN; vocabulary.len()],
        backoffs: vec![0.0; vocabulary.len()],
    };
    for &(gram, log_prob, backoff) in entries {
        let word = gram[0] as usize;
        if !level.log_probs[word].is_nan() {
            return Err(ArpaError::Twice(vocabulary.spelling(gram[0]).to_owned()));
        }
        level.log_probs[word] = log_prob;
        level.backoffs[word] = backoff;
    }
    if level.log_probs[0].is_nan() {
        level.log_probs[0] = MISSING_UNKNOWN;
    }
    match (1..CONTROL_WORDS.len()).find(|&word| level.log_probs[word].is_nan()) {
        None => Ok(level),
        Some(word) => {
            Err(ArpaError::Hole { ngram: "\\1-grams:".into(), missing: CONTROL_WORDS[word].to_owned() })
        }
    }
}

/// An order above 1, sorted; checks that each n-gram's beginning and ending are in `contexts` (for order 2 all words are).
fn level(
    mut entries: Vec<Entry>,
    order: usize,
    contexts: &[Gram],
    vocabulary: &Vocabulary,
) -> Result<(Level, Vec<Gram>), ArpaError> {
    entries.sort_unstable_by_key(|entry| entry.0);
    let spell = |words: &[Symbol]| {
        let words: Vec<&str> = words.iter().map(|&word| vocabulary.spelling(word)).collect();
        words.join(" ")
    };
    let find = |words: &[Symbol]| {
        if words.len() == 1 {
            return Some(words[0]);
        }
        let mut key: Gram = [0; MAX_ORDER];
        key[..words.len()].copy_from_slice(words);
        contexts.binary_search(&key).ok().map(|place| place as u32)
    };
    let mut level = Level::default();
    let mut grams: Vec<Gram> = Vec::with_capacity(entries.len());
    for (gram, log_prob, backoff) in entries {
        let words = &gram[..order];
        if grams.last() == Some(&gram) {
            return Err(ArpaError::Twice(spell(words)));
        }
        let hole = |missing| ArpaError::Hole { ngram: spell(words), missing: spell(missing) };
        let (beginning, ending) = (&words[..order - 1], &words[1..]);
        let parent = find(beginning).ok_or_else(|| hole(beginning))?;
        if words[order - 1] != START && find(ending).is_none() {
            return Err(hole(ending));
        }
        level.push(parent, words[order - 1], log_prob);
        if let Some(last) = level.backoffs.last_mut() {
            *last = backoff;
        }
        grams.push(gram);
    }
    Ok((level, grams))
}

#[cfg(test)]
mod tests;
