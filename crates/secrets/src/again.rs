//! Values that are found again where they stand without their names.
//!
//! A text is read once. Where a word may begin, what follows is hashed letter by letter, up to the length of the
//! longest head, and looked up among the values. So memory is the values' own bytes, and time is linear in the text.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::is_telling;
use super::typography::{Levelled, levelled};

/// Letters of a value that are compared. A longer value, such as a key, is found by its first letters and removed
/// with the rest of its run.
const HEAD: usize = 64;
/// Letters that every value has.
const LEAST: usize = 4;
/// The most values that are searched for; a text with more is a list of secrets.
const MOST_VALUES: usize = 100_000;
/// Bytes of all heads together. With more, the longest are left out: `shapes` finds those by their form.
const MOST_BYTES: usize = 4 << 20;

/// Values to be found again elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// Heads, in one case, by their hashes.
    heads: HashMap<u64, Vec<String>>,
    /// Hashes of what heads begin with.
    begins: HashSet<u64>,
    /// Letters of the longest head.
    longest: usize,
}

impl Values {
    /// Those of `values` that can be distinguished from other words ([`is_telling`]).
    pub fn new<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        let mut heads: Vec<String> = values
            .into_iter()
            .filter(|value| is_telling(value))
            .map(|value| levelled(value).chars().take(HEAD).map(in_one_case).collect())
            .collect();
        heads.sort_unstable_by(|a: &String, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        heads.dedup();
        heads.truncate(MOST_VALUES);
        let mut kept = Self::default();
        let mut bytes = 0;
        for head in heads {
            bytes += head.len();
            if bytes > MOST_BYTES {
                break;
            }
            let mut hash = BASIS;
            let mut letters = 0;
            for c in head.chars() {
                hash = hashed(hash, c);
                letters += 1;
                if letters == LEAST {
                    kept.begins.insert(hash);
                }
            }
            kept.longest = kept.longest.max(letters);
            kept.heads.entry(hash).or_default().push(head);
        }
        kept
    }

    /// Where the longest value that begins with `rest` ends; `rest` begins where a word may.
    fn end_in(&self, rest: &str) -> Option<usize> {
        let mut read = String::new();
        let mut hash = BASIS;
        let mut found = None;
        for (letters, (at, c)) in (1..=self.longest).zip(rest.char_indices()) {
            let length = c.len_utf8();
            let c = in_one_case(c);
            hash = hashed(hash, c);
            read.push(c);
            if letters == LEAST && !self.begins.contains(&hash) {
                break;
            }
            if letters < LEAST || !self.heads.get(&hash).is_some_and(|heads| heads.contains(&read)) {
                continue;
            }
            let end = at + length;
            if letters == HEAD {
                // What follows without a blank belongs to the value.
                found = Some(rest[end..].find(char::is_whitespace).map_or(rest.len(), |more| end + more));
            } else if !rest[end..].starts_with(char::is_alphanumeric) {
                found = Some(end);
            }
        }
        found
    }
}

/// Places of `values` in a text, as whole words, in its order; none overlap. They are found in whatever typography.
pub fn find_again(text: &str, values: &Values) -> Vec<Range<usize>> {
    let Some(level) = Levelled::changed(text) else { return find_in_level(text, values) };
    find_in_level(&level.text, values).iter().map(|range| level.written(range)).collect()
}

fn find_in_level(text: &str, values: &Values) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if values.heads.is_empty() {
        return found;
    }
    let mut past = 0;
    let mut is_inside = false;
    for (at, c) in text.char_indices() {
        let may_begin = !is_inside && at >= past;
        is_inside = c.is_alphanumeric();
        if may_begin && let Some(end) = values.end_in(&text[at..]) {
            past = at + end;
            found.push(at..past);
        }
    }
    found
}

/// A letter as it is compared: small, the long `ſ` as `s`, the last `ς` as `σ`.
fn in_one_case(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let large = only(c.to_uppercase()).unwrap_or(c);
    only(large.to_lowercase()).unwrap_or(large)
}

/// The one letter, if there is but one.
fn only(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

/// Where a hash begins (FNV-1a).
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

fn hashed(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(c)).wrapping_mul(0x0000_0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again<'t>(text: &'t str, values: &[&str]) -> Vec<&'t str> {
        let values = Values::new(values.iter().copied());
        find_again(text, &values).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn values_are_found_in_any_case_and_the_longest_of_those_that_begin_alike() {
        for (text, values, expected) in [
            ("Mole9 and mole92", &["mole9"][..], &["Mole9"][..]),
            ("mole9 heath", &["mole9", "mole9 heath"], &["mole9 heath"]),
            ("mole9 heathen", &["mole9", "mole9 heath"], &["mole9"]),
            ("xmole9 mole9x (mole9)", &["mole9"], &["mole9"]),
            ("BRÜCKE7, brücke7", &["Brücke7"], &["BRÜCKE7", "brücke7"]),
            ("ΛΟΓΟΣ7 λόγος", &["λογος7"], &["ΛΟΓΟΣ7"]),
            ("$mole9$ and-mole9", &["$mole9$"], &["$mole9$"]),
            ("모래밭77 모래밭77은", &["모래밭77"], &["모래밭77"]),
            ("the tea", &["the", "tea"], &[]),
            ("", &["mole9"], &[]),
        ] {
            assert_eq!(again(text, values), expected, "{text}");
        }
    }

    #[test]
    fn a_long_value_is_known_by_its_head_and_goes_with_the_rest_of_its_run() {
        let long = "mole9".repeat(40);
        let text = format!("a {long} b {long}x c {} d", &long[..60]);
        assert_eq!(again(&text, &[&long]), [long.clone(), format!("{long}x")]);
        let key = format!("-----BEGIN PRIVATE KEY-----\n{}", "Moles\n".repeat(4_000));
        assert_eq!(again(&key, &[&key]).len(), 1);
    }

    #[test]
    fn many_values_are_all_found() {
        let values: Vec<String> = (0..30_000).map(|number| format!("Mole{number}x")).collect();
        let values = Values::new(values.iter().map(String::as_str));
        assert_eq!(find_again("mole0x mole29999x mole30000x", &values).len(), 2);
    }
}
