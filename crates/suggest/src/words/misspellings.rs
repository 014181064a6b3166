//! Words that are nearly always slips, and what is meant by each: a sorted list of `crates/suggest/assets/misspellings.txt`, read as it lies.
//!
//! Texts that models learn from are full of slips, so counts and LSTM both know them. A list tells them from words.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::words::word::levelled;

/// A misspelling a line, then the words that may be meant, likeliest first; lower case, in the order of bytes. Remarks begin with `#`.
const LIST: &str = include_str!("../../assets/misspellings.txt");

/// A line of the list: a misspelling, and what may be meant by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misspelling {
    /// In lower case.
    pub(crate) word: &'static str,
    meant: &'static str,
}

impl Misspelling {
    /// The words that may be meant, in lower case.
    pub(crate) fn meant(self) -> impl Iterator<Item = &'static str> {
        self.meant.split(' ')
    }
}

/// Where the lines stand whose misspelling begins with the same three bytes.
static PLACES: LazyLock<FxHashMap<[u8; KEY], Range<usize>>> = LazyLock::new(|| {
    let mut places: FxHashMap<[u8; KEY], Range<usize>> = FxHashMap::default();
    let mut start = 0;
    for line in LIST.split_inclusive('\n') {
        let end = start + line.len();
        if let Some(&key) = line.as_bytes().first_chunk() {
            places.entry(key).or_insert(start..end).end = end;
        }
        start = end;
    }
    places
});

/// Bytes that lines are found by: no misspelling has less.
const KEY: usize = 3;

/// The line of a word in lower case.
pub(crate) fn find(word: &str) -> Option<Misspelling> {
    beginning_with(word).next().filter(|line| line.word == word)
}

/// The lines whose misspelling begins with `prefix`, which is in lower case; none if it has less than three letters.
pub(crate) fn beginning_with(prefix: &str) -> impl Iterator<Item = Misspelling> {
    let place = prefix.as_bytes().first_chunk().and_then(|key| PLACES.get(key));
    let lines = place.map_or("", |place| from(&LIST[place.clone()], prefix));
    let lines = lines.lines().take_while(move |line| line.starts_with(prefix));
    lines.filter_map(|line| line.split_once(' ')).map(|(word, meant)| Misspelling { word, meant })
}

/// Whether a word is listed, in whatever case: the whole, one of its parts between hyphens, or the owner in `goverment's`.
pub(crate) fn is_listed(word: &str) -> bool {
    if !word.is_ascii() {
        // Typography apart, all that is listed is ASCII.
        return levelled(word).is_ascii() && is_listed(&levelled(word));
    }
    let word = word.to_ascii_lowercase();
    let is_one = |part: &str| find(part).is_some();
    is_one(&word)
        || word.strip_suffix("'s").is_some_and(is_one)
        || (word.contains('-') && word.split('-').any(is_one))
}

/// The lines of `lines`, which are sorted, from the first that is not before `prefix`.
fn from<'l>(lines: &'l str, prefix: &str) -> &'l str {
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = lines.as_bytes()[..middle].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let length = lines.as_bytes()[start..].iter().position(|&byte| byte == b'\n');
        let end = length.map_or(lines.len(), |length| start + length + 1);
        let word = lines[start..end].split([' ', '\n']).next().unwrap_or_default();
        if word < prefix { low = end } else { high = start }
    }
    &lines[low..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_whole() {
        let lines: Vec<&str> = LIST.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.len() > 50_000);
        let word = |line: &&str| line.split(' ').next().unwrap_or_default().to_owned();
        let words: Vec<String> = lines.iter().map(word).collect();
        assert!(words.is_sorted_by(|a, b| a < b));
        assert!(words.iter().step_by(97).all(|word| find(word).is_some_and(|line| line.word == word)));
        assert!(lines.iter().all(|line| line.split(' ').count() > 1), "each has a correction");
    }

    #[test]
    fn slips_are_listed_and_words_are_not() {
        for (word, meant) in [
            ("recieve", "receive"),
            ("teh", "the"),
            ("definately", "definitely"),
            ("untill", "until"),
            ("thier", "their"),
            ("dont", "don't"),
            ("youre", "you're"),
            ("seperate", "separate"),
        ] {
            assert_eq!(find(word).and_then(|line| line.meant().next()), Some(meant), "{word}");
        }
        for word in ["receive", "the", "form", "on", "its", "were", "quitted", "goin", "Handel", "", "a"] {
            assert!(!is_listed(word), "{word}");
        }
        assert!(["Recieve", "RECIEVE", "goverment's", "well-recieved"].into_iter().all(is_listed));
        assert!(beginning_with("recie").any(|line| line.word == "recieved"));
        assert_eq!(beginning_with("zzzz").count(), 0);
    }
}
