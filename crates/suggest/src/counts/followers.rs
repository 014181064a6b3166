//! Which words followed which contexts, and how often. Counts grow with every word, and shrink when one is forgotten.
//!
//! For each context (the last 1, 2, 3 … tokens): the words that followed it, each with its count and the source where it was last met.
//! They are chains in one array, the latest follower first: a context has few followers, and the common followers of a common context
//! stand near the front. For each word without context: its count, and the number of different tokens it came after, from which Kneser
//! and Ney (1995) estimate the shortest context.
//!
//! Counts are `f32`, for whole counts (exact up to 2²⁴) and for the decaying ones of `recency`.

use rustc_hash::FxHashMap;

use crate::counts::lexicon::WordNumber;
use crate::words::context::WordHistory;

/// The number of followers from which a context has an index.
const MANY: u32 = 64;

/// No follower.
const NONE: u32 = u32::MAX;

/// The counts of a context.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ContextCounts {
    /// The sum of its followers' counts.
    pub(crate) total: f32,
    /// How many different followers it has.
    pub(crate) kinds: u32,
    first: u32,
}

/// A word that followed a context.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Follower {
    pub(crate) word: WordNumber,
    /// The source where it was last met; the caller numbers sources.
    pub(crate) source: u16,
    pub(crate) count: f32,
    next: u32,
}

/// The counts of a word without context.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Alone {
    pub(crate) count: f32,
    /// How many different tokens it came after.
    pub(crate) kinds: u32,
}

impl Follower {
    /// A follower that stands in no chain yet.
    pub(crate) fn new(word: WordNumber, source: u16, count: f32) -> Self {
        Self { word, source, count, next: NONE }
    }
}

/// Contexts and their followers.
#[derive(Debug, Clone)]
pub(crate) struct FollowerCounts {
    /// Tokens of the longest context.
    longest: usize,
    /// By word, for those that were counted.
    alone: FxHashMap<WordNumber, Alone>,
    /// Sums over `alone`.
    total: f32,
    kinds: u32,
    contexts: FxHashMap<u64, ContextCounts>,
    followers: Vec<Follower>,
    /// Places in `followers` that are free again.
    free: Vec<u32>,
    /// For contexts with an index: the place of each follower, by context and word. Their chains are too long to walk.
    places: FxHashMap<u64, u32>,
}

impl FollowerCounts {
    /// Nothing counted; contexts of up to `longest` tokens.
    pub(crate) fn new(longest: usize) -> Self {
        Self {
            longest,
            alone: FxHashMap::default(),
            total: 0.0,
            kinds: 0,
            contexts: FxHashMap::default(),
            followers: Vec::new(),
            free: Vec::new(),
            places: FxHashMap::default(),
        }
    }

    /// The counts of a word without context.
    pub(crate) fn alone(&self, word: WordNumber) -> Alone {
        self.alone.get(&word).copied().unwrap_or_default()
    }

    /// All words that were counted, in no order.
    pub(crate) fn words(&self) -> impl Iterator<Item = (WordNumber, Alone)> {
        self.alone.iter().map(|(&word, &alone)| (word, alone))
    }

    /// The sum of all words' counts, and of the number of tokens each came after.
    pub(crate) fn totals(&self) -> (f32, u32) {
        (self.total, self.kinds)
    }

    /// Counts `word` after `history`, in contexts of every length.
    pub(crate) fn add(&mut self, history: &WordHistory, word: WordNumber, amount: f32, source: u16) {
        self.add_from(history, word, amount, Some(source));
    }

    /// As [`FollowerCounts::add`], so that [`FollowerCounts::subtract`] restores everything, the order of followers and their sources
    /// included.
    pub(crate) fn add_for_now(&mut self, history: &WordHistory, word: WordNumber, amount: f32) {
        self.add_from(history, word, amount, None);
    }

    fn add_from(&mut self, history: &WordHistory, word: WordNumber, amount: f32, source: Option<u16>) {
        self.add_alone(word, amount);
        for length in 1..=self.longest {
            let Some(key) = history.context(length) else { break };
            let is_new = self.add_to(key, word, amount, source);
            if is_new && length == 1 {
                self.alone.entry(word).or_default().kinds += 1;
                self.kinds += 1;
            }
        }
    }

    fn add_alone(&mut self, word: WordNumber, amount: f32) {
        self.alone.entry(word).or_default().count += amount;
        self.total += amount;
    }

    /// Counts `word` after one context; returns whether it is new there. Without a source, a follower that is there keeps its place.
    fn add_to(&mut self, key: u64, word: WordNumber, amount: f32, source: Option<u16>) -> bool {
        let context = self.contexts.entry(key).or_insert(ContextCounts { total: 0.0, kinds: 0, first: NONE });
        context.total += amount;
        if context.kinds >= MANY
            && let Some(&place) = self.places.get(&place_key(key, word))
        {
            let follower = &mut self.followers[place as usize];
            follower.count += amount;
            follower.source = source.unwrap_or(follower.source);
            return false;
        }
        let (mut before, mut at) = (NONE, if context.kinds < MANY { context.first } else { NONE });
        while at != NONE && self.followers[at as usize].word != word {
            before = at;
            at = self.followers[at as usize].next;
        }
        let is_new = at == NONE;
        if is_new {
            context.kinds += 1;
            let source = source.unwrap_or_default();
            let follower = Follower { word, source, count: amount, next: context.first };
            at = if let Some(place) = self.free.pop() {
                self.followers[place as usize] = follower;
                place
            } else {
                self.followers.push(follower);
                self.followers.len() as u32 - 1
            };
        } else {
            let follower = &mut self.followers[at as usize];
            follower.count += amount;
            follower.source = source.unwrap_or(follower.source);
            if before == NONE || source.is_none() {
                return false;
            }
            let next = std::mem::replace(&mut follower.next, context.first);
            self.followers[before as usize].next = next;
        }
        context.first = at;
        let context = *context;
        if is_new && context.kinds == MANY {
            let mut at = context.first;
            while at != NONE {
                let follower = self.followers[at as usize];
                self.places.insert(place_key(key, follower.word), at);
                at = follower.next;
            }
        } else if is_new && context.kinds > MANY {
            self.places.insert(place_key(key, word), at);
        }
        is_new
    }

    /// Undoes one [`FollowerCounts::add`] of `word` after `history`. Does nothing to what was never counted.
    pub(crate) fn subtract(&mut self, history: &WordHistory, word: WordNumber, amount: f32) {
        let Some(alone) = self.alone.get_mut(&word) else { return };
        let amount = amount.min(alone.count);
        alone.count -= amount;
        self.total -= amount;
        for length in 1..=self.longest {
            let Some(key) = history.context(length) else { break };
            let is_gone = self.subtract_from(key, word, amount);
            if is_gone && length == 1 {
                if let Some(alone) = self.alone.get_mut(&word) {
                    alone.kinds = alone.kinds.saturating_sub(1);
                }
                self.kinds = self.kinds.saturating_sub(1);
            }
        }
        if self.alone(word).count <= 0.0 {
            self.alone.remove(&word);
        }
    }

    /// Removes `word` wherever it follows anything.
    pub(crate) fn forget(&mut self, word: WordNumber) {
        let Some(alone) = self.alone.remove(&word) else { return };
        self.total -= alone.count;
        self.kinds = self.kinds.saturating_sub(alone.kinds);
        let keys: Vec<u64> = self.contexts.keys().copied().collect();
        for key in keys {
            self.subtract_from(key, word, f32::INFINITY);
        }
    }

    /// The same for one context; returns whether the word no longer follows it.
    fn subtract_from(&mut self, key: u64, word: WordNumber, amount: f32) -> bool {
        let Some(context) = self.contexts.get_mut(&key) else { return false };
        let (mut before, mut at) = (NONE, context.first);
        while at != NONE && self.followers[at as usize].word != word {
            before = at;
            at = self.followers[at as usize].next;
        }
        if at == NONE {
            return false;
        }
        let follower = &mut self.followers[at as usize];
        let amount = amount.min(follower.count);
        follower.count -= amount;
        context.total -= amount;
        if follower.count > 0.0 {
            return false;
        }
        let next = follower.next;
        if before == NONE {
            context.first = next;
        } else {
            self.followers[before as usize].next = next;
        }
        context.kinds -= 1;
        self.free.push(at);
        self.places.remove(&place_key(key, word));
        if context.kinds == 0 {
            self.contexts.remove(&key);
        }
        true
    }

    /// Multiplies every count.
    pub(crate) fn scale(&mut self, factor: f32) {
        self.total *= factor;
        for alone in self.alone.values_mut() {
            alone.count *= factor;
        }
        for context in self.contexts.values_mut() {
            context.total *= factor;
        }
        for follower in &mut self.followers {
            follower.count *= factor;
        }
    }

    /// The counts of the last `length` tokens of `history`, at least one.
    pub(crate) fn context(&self, history: &WordHistory, length: usize) -> Option<ContextCounts> {
        let key = history.context(length).filter(|_| length <= self.longest)?;
        self.contexts.get(&key).copied()
    }

    /// The followers of a context, the latest first; of a context with many, the newest.
    pub(crate) fn followers(&self, context: ContextCounts) -> impl Iterator<Item = &Follower> {
        let at = |place: u32| self.followers.get(place as usize);
        std::iter::successors(at(context.first), move |follower| at(follower.next))
    }

    /// Counts `word` after the context of this key, unless it was counted there before.
    pub(crate) fn add_typed(&mut self, key: u64, word: WordNumber, amount: f32, source: u16) {
        let is_there = self
            .contexts
            .get(&key)
            .is_some_and(|&context| self.followers(context).any(|follower| follower.word == word));
        if !is_there {
            self.add_to(key, word, amount, Some(source));
        }
    }

    /// Restores what [`FollowerCounts::alone`] returned for a word.
    pub(crate) fn restore_alone(&mut self, word: WordNumber, alone: Alone) {
        self.add_alone(word, alone.count);
        self.alone.entry(word).or_default().kinds += alone.kinds;
        self.kinds += alone.kinds;
    }

    /// Restores a context with its followers, each word once, the latest first.
    pub(crate) fn restore(&mut self, key: u64, followers: Vec<Follower>) {
        for follower in followers.into_iter().rev() {
            self.add_to(key, follower.word, follower.count, Some(follower.source));
        }
    }

    /// All contexts by key, in the order of files.
    pub(crate) fn contexts(&self) -> Vec<(u64, ContextCounts)> {
        let mut contexts: Vec<(u64, ContextCounts)> =
            self.contexts.iter().map(|(&key, &context)| (key, context)).collect();
        contexts.sort_unstable_by_key(|&(key, _)| key);
        contexts
    }
}

/// A context and a word as one number.
fn place_key(key: u64, word: WordNumber) -> u64 {
    (key ^ u64::from(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) ^ key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::counts::lexicon::Lexicon;
    use crate::words::context::words;

    type Plain = (Vec<(WordNumber, Alone)>, Vec<(u64, f32, u32, Vec<(WordNumber, f32)>)>);

    fn plain(counts: &FollowerCounts) -> Plain {
        let followers = |context| {
            let mut all: Vec<_> = counts.followers(context).map(|f| (f.word, f.count)).collect();
            all.sort_by_key(|&(word, _)| word);
            all
        };
        let context =
            |(key, context): (u64, ContextCounts)| (key, context.total, context.kinds, followers(context));
        let mut alone: Vec<_> = counts.words().collect();
        alone.sort_by_key(|&(word, _)| word);
        (alone, counts.contexts().into_iter().map(context).collect())
    }

    #[test]
    fn every_length_of_context_has_its_followers() {
        let (mut lexicon, mut counts) = (Lexicon::default(), FollowerCounts::new(2));
        for (history, word) in words("a b a c a b") {
            counts.add(&history, lexicon.learn(&word), 1.0, 7);
        }
        let (mut at_a, last) = words("x a z").nth(2).unwrap();
        assert_eq!(last, "z");
        let after_a = counts.context(&at_a, 1).unwrap();
        assert_eq!((after_a.total, after_a.kinds), (3.0, 2));
        let found: Vec<_> =
            counts.followers(after_a).map(|f| (lexicon.spelling(f.word), f.count, f.source)).collect();
        assert_eq!(found, [("b", 2.0, 7), ("c", 1.0, 7)], "the latest first");
        at_a.pass_word("never");
        assert_eq!(counts.context(&at_a, 1), None);
        assert_eq!(counts.totals(), (6.0, 5), "a after the start, b and c; b after a; c after a");
        let alone = |word| counts.alone(lexicon.number(word).unwrap());
        assert_eq!(
            (alone("a"), alone("b")),
            (Alone { count: 3.0, kinds: 3 }, Alone { count: 2.0, kinds: 1 })
        );
        assert_eq!(counts.context(&at_a, 3), None, "longer than is counted");
    }

    #[test]
    fn contexts_with_many_followers_count_as_those_with_few() {
        let (mut lexicon, mut counts) = (Lexicon::default(), FollowerCounts::new(1));
        let the = WordHistory::default();
        let names: Vec<WordNumber> = (0..4 * MANY).map(|n| lexicon.learn(&format!("w{n}"))).collect();
        // Each as often as its number says, in turns; then some are taken back across the limit, and come again.
        for round in 0..4 {
            for (n, &name) in names.iter().enumerate() {
                if n % 4 >= round {
                    counts.add(&the, name, 1.0, 0);
                }
            }
        }
        let few = MANY as usize / 2;
        for &name in &names[few..] {
            counts.subtract(&the, name, 9.0);
        }
        assert_eq!(counts.context(&the, 1).unwrap().kinds as usize, few);
        for &name in &names[few..] {
            counts.add(&the, name, 1.0, 0);
            counts.add(&the, name, 1.0, 0);
        }
        let context = counts.context(&the, 1).unwrap();
        let mut found: Vec<(WordNumber, f32)> =
            counts.followers(context).map(|f| (f.word, f.count)).collect();
        found.sort_by_key(|&(word, _)| word);
        let expected: Vec<(WordNumber, f32)> = names
            .iter()
            .enumerate()
            .map(|(n, &name)| (name, if n < few { (n % 4 + 1) as f32 } else { 2.0 }))
            .collect();
        assert_eq!(found, expected);
        assert!((context.total - found.iter().map(|f| f.1).sum::<f32>()).abs() < 1e-3);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn taking_back_is_the_inverse_of_counting(kept in "[a-d ,]{0,60}", gone in "[a-d ,]{0,60}") {
            let (mut lexicon, mut counts) = (Lexicon::default(), FollowerCounts::new(3));
            for (history, word) in words(&kept) {
                counts.add(&history, lexicon.learn(&word), 1.0, 0);
            }
            let before = plain(&counts);
            for (history, word) in words(&gone) {
                counts.add(&history, lexicon.learn(&word), 1.0, 0);
            }
            for (history, word) in words(&gone) {
                counts.subtract(&history, lexicon.learn(&word), 1.0);
            }
            prop_assert_eq!(plain(&counts), before);
        }

        #[test]
        fn what_is_taken_back_that_counted_for_now_leaves_no_trace(kept in "[a-d ,]{0,60}", gone in "[a-d ,]{0,60}") {
            let (mut lexicon, mut counts) = (Lexicon::default(), FollowerCounts::new(3));
            for (history, word) in words(&kept) {
                counts.add(&history, lexicon.learn(&word), 1.0, 5);
            }
            let trace = |counts: &FollowerCounts| {
                let followers = |context| counts.followers(context).map(|f| (f.word, f.count as u32, f.source)).collect();
                counts.contexts().into_iter().map(|(key, context)| (key, followers(context))).collect::<Vec<(u64, Vec<_>)>>()
            };
            let before = trace(&counts);
            let gone: Vec<_> = words(&gone).collect();
            for (history, word) in &gone {
                counts.add_for_now(history, lexicon.learn(word), 1.0);
            }
            for (history, word) in gone.iter().rev() {
                counts.subtract(history, lexicon.learn(word), 1.0);
            }
            prop_assert_eq!(trace(&counts), before);
        }

        #[test]
        fn a_forgotten_word_is_nowhere_and_nothing_else_is_changed(text in "[a-d ,]{0,80}") {
            let (mut lexicon, mut counts, mut without) = (Lexicon::default(), FollowerCounts::new(3), FollowerCounts::new(3));
            for (history, word) in words(&text) {
                let number = lexicon.learn(&word);
                counts.add(&history, number, 1.0, 0);
                if word != "a" {
                    without.add(&history, number, 1.0, 0);
                }
            }
            counts.forget(lexicon.learn("a"));
            prop_assert_eq!(plain(&counts), plain(&without));
        }
    }
}
