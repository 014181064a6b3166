//! What is known of the matches of a search: how many begin in each block of the text, and where to go from one to the next.

use ropey::Rope;

use crate::text::Revision;
use crate::text::search::{self, Pattern, block_of, blocks, outwards, restricts_case};

/// Blocks that one key searches at most. The rest is left to the count.
const AT_ONCE: usize = 16;
/// After this many places that may be matches one key searches no further.
const ENOUGH: usize = 10_000;
/// Steps that can wait for the count, at most.
const MOST_STEPS: usize = 100;

/// A match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Its chars.
    pub at: (usize, usize),
    /// The block it begins in.
    pub block: usize,
    /// How many begin before it in that block.
    pub index: usize,
}

/// A way through the matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The char to begin at.
    pub from: usize,
    /// To the first match that begins there or behind it, rather than to the last one before it.
    pub forward: bool,
    /// How many matches on.
    pub steps: usize,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchStep {
    /// To a match.
    Found(Match),
    /// There is none in the whole text.
    Nowhere,
    /// It is farther away than one key searches: more has to be counted.
    Unknown,
}

/// The search under way, or the last one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Search {
    /// Tells this search from those before it.
    pub number: u64,
    /// The revision of the text that is searched.
    pub revision: Revision,
    /// The way that waits for the count.
    pub wanted: Option<Wanted>,
    /// The match gone to last.
    pub current: Option<Match>,
    /// Whether the count was requested.
    pub asked: bool,
    /// Whether the current match is shown although nothing is selected: the last key led to it.
    pub shows_match: bool,
    query: String,
    pattern: Option<Pattern>,
    /// Matches that begin in each block, as far as they are counted.
    counts: Vec<Option<u32>>,
}

impl Search {
    /// Begins anew, unless this is the search already.
    pub(crate) fn prepare(&mut self, query: &str, rope: &Rope, revision: Revision) {
        if self.query == query && self.revision == revision {
            return;
        }
        let old = std::mem::take(self);
        let same = old.query == query;
        *self = Self {
            number: old.number + 1,
            revision,
            query: query.to_owned(),
            pattern: if same { old.pattern } else { Pattern::new(query) },
            counts: vec![None; blocks(rope)],
            ..Self::default()
        };
        if self.pattern.is_none() {
            self.counts.fill(Some(0));
        }
    }

    /// The match at which the last key put the cursor, while it is shown.
    pub(crate) fn shown_match(&self, revision: Revision) -> Option<(usize, usize)> {
        self.current.filter(|_| self.shows_match && self.revision == revision).map(|current| current.at)
    }

    /// What is looked for.
    pub(crate) fn query(&self) -> &str {
        &self.query
    }

    /// Whether only what is written with the query's capitals matches.
    pub(crate) fn restricts_case(&self) -> bool {
        restricts_case(&self.query)
    }

    /// How many matches are counted, and whether these are all.
    pub(crate) fn total(&self) -> (usize, bool) {
        let known = self.counts.iter().flatten().map(|&count| count as usize).sum();
        (known, self.counts.iter().all(Option::is_some))
    }

    /// Which match is the current one, from 1, if that is known yet.
    pub(crate) fn index(&self) -> Option<usize> {
        let current = self.current?;
        let before: Option<usize> =
            self.counts[..current.block].iter().map(|count| count.map(|n| n as usize)).sum();
        before.map(|before| before + current.index + 1)
    }

    /// A block was counted.
    pub(crate) fn note(&mut self, block: usize, count: u32) {
        if let Some(known) = self.counts.get_mut(block) {
            *known = Some(count);
        }
    }

    /// What begins in a block.
    fn read(&mut self, rope: &Rope, block: usize) -> search::BlockMatches {
        let found = self.pattern.as_ref().map(|pattern| pattern.find(rope, block)).unwrap_or_default();
        self.note(block, found.matches.len() as u32);
        found
    }

    /// Counts the blocks around char `near`, as many as one key may.
    pub(crate) fn count_near(&mut self, rope: &Rope, near: usize) {
        let mut seen = 0;
        for block in outwards(block_of(rope, near), self.counts.len()).take(AT_ONCE) {
            if self.counts[block].is_none() {
                seen += self.read(rope, block).candidates;
            }
            if seen > ENOUGH {
                return;
            }
        }
    }

    /// The matches that have a char in `start..end`.
    pub(crate) fn within(&mut self, rope: &Rope, start: usize, end: usize) -> Vec<(usize, usize)> {
        if self.pattern.is_none() || self.counts.is_empty() {
            return Vec::new();
        }
        let first = block_of(rope, start.saturating_sub(self.query.chars().count()));
        let found = (first..=block_of(rope, end)).flat_map(|block| {
            if self.counts[block] == Some(0) { Vec::new() } else { self.read(rope, block).matches }
        });
        found.filter(|found| found.1 > start && found.0 < end).collect()
    }

    /// One step of `wanted`, round the end of the text if need be.
    pub(crate) fn step(&mut self, rope: &Rope, wanted: Wanted) -> MatchStep {
        let blocks = self.counts.len();
        if blocks == 0 {
            return MatchStep::Nowhere;
        }
        let first = block_of(rope, wanted.from);
        let (mut read, mut seen) = (0, 0);
        // The first block comes twice: first what is ahead in it, at last what is behind.
        for far in 0..=blocks {
            let ahead = if wanted.forward { far } else { blocks - far };
            let block = (first + ahead) % blocks;
            match self.counts[block] {
                Some(0) => continue,
                None if read >= AT_ONCE || seen > ENOUGH => return MatchStep::Unknown,
                _ => read += 1,
            }
            let found = self.read(rope, block);
            seen += found.candidates;
            let found = found.matches;
            let before = found.partition_point(|found| found.0 < wanted.from);
            let index = match (wanted.forward, far) {
                (true, 0) => Some(before),
                (true, _) => Some(0),
                (false, 0) => before.checked_sub(1),
                (false, _) => found.len().checked_sub(1),
            };
            if let Some((index, at)) = index.and_then(|index| Some((index, *found.get(index)?))) {
                return MatchStep::Found(Match { at, block, index });
            }
        }
        MatchStep::Nowhere
    }
}

impl Wanted {
    /// One step more.
    #[must_use]
    pub(crate) fn and_one_more(self) -> Self {
        Self { steps: (self.steps + 1).min(MOST_STEPS), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A search in a text of some blocks, with a match at every place given.
    fn search(places: &[usize]) -> (Search, Rope) {
        let mut text = vec![b'.'; 100_000 + 40 * crate::text::search::BLOCK];
        for &place in places {
            text[place] = b'x';
        }
        let rope = Rope::from_str(std::str::from_utf8(&text).unwrap());
        let mut search = Search::default();
        search.prepare("x", &rope, Revision(1));
        (search, rope)
    }

    fn go(search: &mut Search, rope: &Rope, from: usize, forward: bool) -> Option<usize> {
        match search.step(rope, Wanted { from, forward, steps: 1 }) {
            MatchStep::Found(found) => {
                search.current = Some(found);
                Some(found.at.0)
            }
            MatchStep::Nowhere => None,
            MatchStep::Unknown => {
                // The shell counts, and the step is taken again.
                let pattern = Pattern::new("x").unwrap();
                for block in 0..blocks(rope) {
                    search.note(block, pattern.matches(rope, block).len() as u32);
                }
                let step = search.step(rope, Wanted { from, forward, steps: 1 });
                let MatchStep::Found(found) = step else { panic!("{step:?}") };
                search.current = Some(found);
                Some(found.at.0)
            }
        }
    }

    #[test]
    fn behind_the_last_match_comes_the_first() {
        let (last, far) = (1_400_000, 900_000);
        let places = [5, 70_000, 70_001, far, last];
        for (from, forward, to, index) in [
            (0, true, 5, 1),
            (5, true, 5, 1),
            (6, true, 70_000, 2),
            (70_001, true, 70_001, 3),
            (70_002, true, far, 4),
            (last + 1, true, 5, 1),
            (5, false, last, 5),
            (6, false, 5, 1),
            (last, false, far, 4),
            (far, false, 70_001, 3),
        ] {
            let (mut search, rope) = search(&places);
            assert_eq!(go(&mut search, &rope, from, forward), Some(to), "from {from}");
            let mut counted = search;
            let pattern = Pattern::new("x").unwrap();
            (0..blocks(&rope))
                .for_each(|block| counted.note(block, pattern.matches(&rope, block).len() as u32));
            assert_eq!((counted.index(), counted.total()), (Some(index), (5, true)), "from {from}");
        }
    }

    #[test]
    fn a_key_reads_some_blocks_and_no_more() {
        let (mut search, rope) = search(&[1_400_000]);
        assert_eq!(search.step(&rope, Wanted { from: 0, forward: true, steps: 1 }), MatchStep::Unknown);
        search.count_near(&rope, 0);
        assert_eq!(search.counts.iter().flatten().count(), AT_ONCE);
        assert_eq!(search.total(), (0, false));
    }

    #[test]
    fn a_single_match_leads_to_itself() {
        let (mut search, rope) = search(&[70_000]);
        for (from, forward) in [(70_001, true), (70_000, false), (70_000, true)] {
            assert_eq!(go(&mut search, &rope, from, forward), Some(70_000), "{from} {forward}");
        }
        search.prepare("y", &rope, Revision(1));
        search.counts.fill(Some(0));
        assert_eq!(go(&mut search, &rope, 0, true), None);
    }
}
