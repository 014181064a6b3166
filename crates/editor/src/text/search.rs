//! Search in pieces: a text is divided into blocks of [`BLOCK`] bytes, and the matches that begin in a block are found
//! from the block alone. So going to a match reads nothing far from it, and matches are counted from the screen outwards.
//! Any thread finds the same matches.
//!
//! The engine is `regex-automata`, over a copy of each block, which takes microseconds. `regex-cursor`, a fork of it that
//! reads the rope's own chunks, is as fast (29 MB in 10 to 130 ms, either way), but one more crate with fewer keepers.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind};
use ropey::Rope;

use super::grapheme::{self, Stretch};

/// Bytes of a block.
pub const BLOCK: usize = 1 << 15;
/// Chars whose boundaries are found at once.
const SWEEP: usize = 4096;

/// What is found in a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockMatches {
    /// The matches, as char ranges, in order.
    pub matches: Vec<(usize, usize)>,
    /// How many candidates there were: the matches, and those whose ends are inside a grapheme.
    pub candidates: usize,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Pattern {
    query: String,
    regex: Regex,
    /// Bytes that a match can have at most.
    longest: usize,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.query == other.query
    }
}

impl Pattern {
    /// Looks for `query`, a text on one line. All lower case matches any case; a straight quote matches a curly one, a
    /// space one that does not break. `None` for an empty query, or one too long to be looked for.
    pub fn new(query: &str) -> Option<Self> {
        if query.is_empty() {
            return None;
        }
        let mut pattern = String::new();
        for c in query.chars() {
            match c {
                '\'' => pattern.push_str("['‘’]"),
                '"' => pattern.push_str("[\"“”„]"),
                ' ' => pattern.push_str("[ \u{a0}\u{202f}]"),
                c if r"\.+*?()|[]{}^$#&-~".contains(c) => pattern.extend(['\\', c]),
                c => pattern.push(c),
            }
        }
        let syntax = syntax::Config::new().case_insensitive(!restricts_case(query));
        let config = Regex::config().match_kind(MatchKind::LeftmostFirst);
        let regex = Regex::builder().configure(config).syntax(syntax).build(&pattern).ok()?;
        Some(Self { query: query.to_owned(), regex, longest: 4 * query.chars().count() })
    }

    /// The matches that begin in a block, as char ranges, in order. They begin and end where a cursor may stand, and do
    /// not overlap.
    pub fn matches(&self, rope: &Rope, block: usize) -> Vec<(usize, usize)> {
        self.find(rope, block).matches
    }

    /// The matches that begin in a block, and what it took to find them.
    pub(crate) fn find(&self, rope: &Rope, block: usize) -> BlockMatches {
        let (first, last) = (block_start(rope, block), block_start(rope, block + 1));
        let start = rope.char_to_byte(first);
        let stop = rope.char_to_byte(last) + self.longest;
        let stop = rope.char_to_byte(rope.byte_to_char(stop.min(rope.len_bytes())));
        let text: Cow<'_, str> = rope.byte_slice(start..stop).into();
        let mut sweep = Sweep::default();
        let mut found = BlockMatches::default();
        // How far the text is read: bytes, and chars of the document.
        let (mut at, mut counted, mut position) = (0, 0, first);
        while let Some(hit) = self.regex.find(Input::new(&*text).range(at..)) {
            position += text[counted..hit.start()].chars().count();
            counted = hit.start();
            if position >= last {
                break;
            }
            let matched = &text[hit.range()];
            let end = position + matched.chars().count();
            found.candidates += 1;
            if sweep.holds(rope, &text, hit.start(), position) && sweep.holds(rope, &text, hit.end(), end) {
                found.matches.push((position, end));
                at = hit.end();
            } else {
                at = hit.start() + matched.chars().next().map_or(1, char::len_utf8);
            }
        }
        found
    }
}

/// Whether a query has capitals, and so matches only what is written just like it.
pub(crate) fn restricts_case(query: &str) -> bool {
    query.chars().any(char::is_uppercase)
}

/// How many blocks a text has.
pub fn blocks(rope: &Rope) -> usize {
    rope.len_bytes().div_ceil(BLOCK)
}

/// The block that char `position` is in.
pub(crate) fn block_of(rope: &Rope, position: usize) -> usize {
    let block = rope.char_to_byte(position.min(rope.len_chars())) / BLOCK;
    let block = block + usize::from(position >= block_start(rope, block + 1));
    block.min(blocks(rope).saturating_sub(1))
}

/// The blocks from `first` outwards: the next, the one before, the next but one …
pub fn outwards(first: usize, blocks: usize) -> impl Iterator<Item = usize> {
    let both = (0..blocks).flat_map(move |far| {
        let before = first.checked_sub(far).filter(|_| far > 0);
        [Some(first + far).filter(|block| *block < blocks), before]
    });
    both.flatten()
}

/// The first char of a block; the text's end for a block behind the last.
fn block_start(rope: &Rope, block: usize) -> usize {
    let byte = block.saturating_mul(BLOCK);
    if byte >= rope.len_bytes() { rope.len_chars() } else { rope.byte_to_char(byte) }
}

/// Decides whether places, given in order, are grapheme boundaries, and reads each part of the text once.
#[derive(Default)]
struct Sweep {
    read: Option<RangeInclusive<usize>>,
    boundaries: Vec<usize>,
}

impl Sweep {
    /// Whether a cursor may stand at `position`, which is at `byte` of `text`.
    fn holds(&mut self, rope: &Rope, text: &str, byte: usize, position: usize) -> bool {
        if let (Some(before), Some(next)) = (text[..byte].chars().next_back(), text[byte..].chars().next())
            && grapheme::are_simple(before, next)
        {
            return true;
        }
        if !self.read.as_ref().is_some_and(|read| read.contains(&position)) {
            let start = grapheme::snap_back(rope, position);
            let end = grapheme::snap(rope, grapheme::line_end(rope, position).min(start + SWEEP));
            self.boundaries.clear();
            self.boundaries.push(start);
            let mut at = start;
            self.boundaries.extend(Stretch::new(rope, start, end).clusters().map(|cluster| {
                at += cluster.chars().count();
                at
            }));
            self.read = Some(start..=end);
        }
        self.boundaries.binary_search(&position).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str, query: &str) -> Vec<(usize, usize)> {
        let rope = Rope::from_str(text);
        let pattern = Pattern::new(query).unwrap();
        (0..blocks(&rope)).flat_map(|block| pattern.matches(&rope, block)).collect()
    }

    #[test]
    fn what_is_asked_for_is_found() {
        for (text, query, found) in [
            ("The the THE e e\u{301}", "the", vec![(0, 3), (4, 7), (8, 11)]),
            ("The the THE", "The", vec![(0, 3)]),
            ("The e e\u{301}", " e", vec![(3, 5)]),
            ("", "a", vec![]),
            ("aaaaa", "aa", vec![(0, 2), (2, 4)]),
            ("STRASSE Ärger ärger", "är", vec![(8, 10), (14, 16)]),
            ("don’t don't", "don't", vec![(0, 5), (6, 11)]),
            ("don’t don't", "don’t", vec![(0, 5)]),
            ("„so“ \"so\"", "\"so", vec![(0, 3), (5, 8)]),
            ("10\u{a0}km 10 km", "10 km", vec![(0, 5), (6, 11)]),
            ("a.b a+b [a]", ".", vec![(1, 2)]),
            ("a.b a+b [a]", "[a]", vec![(8, 11)]),
            ("a\\d 7", "\\d", vec![(1, 3)]),
            ("🇰🇷🇰🇷", "🇷🇰", vec![]),
            ("🇰🇷🇰🇷", "🇰🇷", vec![(0, 2), (2, 4)]),
            ("one\ntwo", "one two", vec![]),
            ("<b> #&-~ ^$", "<b> #&-~ ^$", vec![(0, 11)]),
        ] {
            assert_eq!(all(text, query), found, "{query:?} in {text:?}");
        }
        assert_eq!(Pattern::new(""), None);
    }

    #[test]
    fn blocks_tile_the_text_and_matches_cross_them() {
        let text = "한 글 and ".repeat(20_000);
        let rope = Rope::from_str(&text);
        let mut at = 0;
        for block in 0..blocks(&rope) {
            assert_eq!(block_start(&rope, block), at);
            assert_eq!(block_of(&rope, at), block);
            at = block_start(&rope, block + 1);
            assert_eq!(block_of(&rope, at - 1), block);
        }
        assert_eq!(at, rope.len_chars());
        assert_eq!(all(&text, "글 and").len(), 20_000);
    }

    #[test]
    fn blocks_are_visited_from_the_first_outwards() {
        assert_eq!(outwards(1, 5).collect::<Vec<_>>(), [1, 2, 0, 3, 4]);
        assert_eq!(outwards(4, 5).collect::<Vec<_>>(), [4, 3, 2, 1, 0]);
        assert_eq!(outwards(0, 0).count(), 0);
    }

    proptest! {
        #[test]
        fn matches_equal_those_found_the_slow_way(text in "[aAbe \u{301}\n]{0,40}", query in "[ab\u{301}]{1,3}") {
            let rope = Rope::from_str(&text);
            let lower: Vec<char> = text.to_lowercase().chars().collect();
            let needle: Vec<char> = query.chars().collect();
            let (mut expected, mut at) = (Vec::new(), 0);
            while at + needle.len() <= lower.len() {
                let end = at + needle.len();
                let whole = grapheme::is_boundary(&rope, at) && grapheme::is_boundary(&rope, end);
                let hit = whole && lower[at..end] == needle[..];
                expected.extend(hit.then_some((at, end)));
                at = if hit { end } else { at + 1 };
            }
            prop_assert_eq!(all(&text, &query), expected);
        }
    }
}
