//! Seed phrases: runs of the 2,048 words of BIP 39, from which a wallet is restored.
//!
//! The list is that of the proposal (English; public domain as the crate `bip39` publishes it). Its words are ordinary ones, so a run
//! without a label has to be as long as the shortest phrase: twelve.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{Kind, Secret};

/// Words of the shortest phrase.
const SHORTEST: usize = 12;

static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("bip39-english.txt").lines().collect());

/// Letters of the longest word.
const LONGEST: usize = 8;

/// Whether a word is one of the list, in any case.
pub(super) fn is_seed_word(word: &str) -> bool {
    let mut small = [0; LONGEST];
    let Some(small) = small.get_mut(..word.len()) else { return false };
    small.copy_from_slice(word.as_bytes());
    small.make_ascii_lowercase();
    std::str::from_utf8(small).is_ok_and(|small| WORDS.contains(small))
}

/// Finds runs of at least [`SHORTEST`] words.
pub(super) fn find(text: &str, found: &mut Vec<Secret>) {
    let mut at = 0;
    while let Some(run) = next_run(text, at) {
        if run.words >= SHORTEST {
            found.push(Secret::new(run.start..run.end, Kind::SeedPhrase));
        }
        at = run.end;
    }
}

/// The end of a run of at least `least` words that begins at byte `at`, if there is one.
pub(super) fn run_from(text: &str, at: usize, least: usize) -> Option<usize> {
    let near = &text[..super::floor(text, (at + super::NEAR).min(text.len()))];
    let run = next_run(near, at)?;
    let is_first = text[at..run.start].chars().all(|c| !c.is_alphabetic());
    (is_first && run.words >= least).then_some(run.end)
}

struct Run {
    start: usize,
    end: usize,
    words: usize,
}

/// The first run of words of the list from byte `at` on. Between two of them stand white space, commas, and numbers with a stop
/// (`3. witch`), no other words and no other marks.
fn next_run(text: &str, at: usize) -> Option<Run> {
    let mut run: Option<Run> = None;
    let mut rest = at;
    for (start, word) in words(&text[at..]).map(|(start, word)| (at + start, word)) {
        let is_seed = is_seed_word(word);
        let gap = &text[rest..start];
        // A stop behind a word ends a sentence; behind a number it counts.
        let is_near = !gap.starts_with('.')
            && gap.chars().all(|c| {
                c.is_whitespace()
                    || c.is_ascii_digit()
                    || matches!(c, ',' | '.' | ')' | '-' | '*' | '|' | '"' | '\'')
            });
        rest = start + word.len();
        match &mut run {
            Some(run) if is_seed && is_near => {
                run.end = rest;
                run.words += 1;
            }
            Some(_) => break,
            None if is_seed => run = Some(Run { start, end: rest, words: 1 }),
            None => {}
        }
    }
    run
}

/// Words of letters with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(char::is_alphabetic)?;
        let end = text[start..].find(|c: char| !c.is_alphabetic()).map_or(text.len(), |end| start + end);
        at = end;
        Some((start, &text[start..end]))
    })
}
