//! When words were forgotten, so that an editor that still has them in memory does not store them again.
//!
//! Every change of a words file has a number, its generation. A word typed before it was forgotten is void; typed afterwards it is
//! learned anew. The file must not reveal which word was forgotten, so it stores only one of 256 groups. The price: a few other words of
//! that group, typed elsewhere before that time, are not learned either.

use std::collections::BTreeMap;

use crate::words::context::hash;
use crate::words::word::folded;

/// Changes of a words file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Forgotten {
    /// Changes so far.
    pub(crate) generation: u64,
    /// The change that last removed all words.
    pub(crate) cleared: u64,
    /// By group of words, the change that last forgot one of them.
    pub(crate) groups: BTreeMap<u8, u64>,
}

impl Forgotten {
    /// The group of a word, in whatever case.
    fn group(word: &str) -> u8 {
        (hash(&folded(word)) >> 56) as u8
    }

    /// Notes that the change under way forgets a word.
    pub(crate) fn forget(&mut self, word: &str) {
        self.groups.insert(Self::group(word), self.generation);
    }

    /// Notes that the change under way removes all words.
    pub(crate) fn clear(&mut self) {
        self.cleared = self.generation;
        self.groups.clear();
    }

    /// Whether all words were removed since `generation`.
    pub(crate) fn was_cleared_since(&self, generation: u64) -> bool {
        self.cleared > generation || self.generation < generation
    }

    /// Whether a word typed at `generation` must not be learned any more.
    pub(crate) fn voids(&self, word: &str, generation: u64) -> bool {
        self.was_cleared_since(generation)
            || self.groups.get(&Self::group(word)).is_some_and(|&forgotten| forgotten > generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_before_is_void_and_what_is_typed_after_is_not() {
        let mut forgotten = Forgotten { generation: 7, ..Forgotten::default() };
        forgotten.forget("Harbour");
        assert!(forgotten.voids("harbour", 6) && !forgotten.voids("harbour", 7));
        assert!(!forgotten.voids("moor", 6));
        forgotten.generation = 8;
        forgotten.clear();
        assert!(forgotten.voids("moor", 7) && !forgotten.voids("moor", 8) && !forgotten.voids("harbour", 8));
        assert!(forgotten.voids("moor", 9), "a file that has fewer changes than it had is another one");
    }
}
