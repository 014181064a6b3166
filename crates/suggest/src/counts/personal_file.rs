//! What was learned from a writer, as bytes.
//!
//! ```text
//! magic      "FWwords" 3
//! changes    of the file so far; the one that last took all words away; count of those that forgot a word, then each: one of
//!            256 groups of words (1 byte), the change
//! sources    count, then each: length, UTF-8
//! words      count, then each: length, UTF-8, how often it was counted, after how many tokens it came
//! contexts   count, then each: its hash (8 bytes), followers, then each: word, count, source
//! weights    length, JSON: those of the mixture and of the calibration
//! checksum   FNV-1a of all before (8 bytes)
//! ```
//!
//! Numbers are LEB128; what has 8 bytes is little-endian. Layout 2, without the changes, is still read. Contexts are hashes of the words
//! before so that they can be looked up, not so that they are hidden: with the list of words beside them they are soon tried out, and
//! phrases of up to five words read back. The file holds the writer's phrases and is to be treated as the writer's texts.

use crate::counts::background::Background;
use crate::counts::followers::{Alone, Follower, FollowerCounts};
use crate::counts::forgotten::Forgotten;
use crate::counts::lexicon::Lexicon;
use crate::counts::personal::{self, Personal};
use crate::mixture::calibration::Calibration;
use crate::mixture::weights::Mixture;
use model::hash::Fnv1a;

const MAGIC: &[u8; 8] = b"FWwords\x03";
/// That of the layout before, which has no changes.
const OLDER: &[u8; 8] = b"FWwords\x02";

/// Why bytes are not what was learned from a writer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonalError {
    /// Another kind of file, or one of another version.
    #[error("these are not words that this version of Foreword has learned")]
    Foreign,
    /// Cut short or changed.
    #[error("the file is damaged at byte {0}")]
    Damaged(usize),
}

impl Personal {
    /// Bytes of the beginning of a file that tell its generation.
    pub const HEAD: usize = MAGIC.len() + 10;

    /// The changes made to a file of words so far, as its beginning tells; `None` if it is none, or of the layout that had no changes.
    pub fn generation_of(head: &[u8]) -> Option<u64> {
        let mut reader = Bytes { bytes: head, at: MAGIC.len() };
        head.starts_with(MAGIC).then(|| reader.number().ok()).flatten()
    }

    /// All that was learned, as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let Forgotten { generation, cleared, groups } = &self.forgotten;
        for value in [*generation, *cleared, groups.len() as u64] {
            number(&mut out, value);
        }
        for (&group, &change) in groups {
            out.push(group);
            number(&mut out, change);
        }
        number(&mut out, self.sources.len() as u64);
        for source in &self.sources {
            text(&mut out, source);
        }
        let mut renumbered = vec![u64::MAX; self.lexicon.len()];
        let mut counted: Vec<_> = self.counts.words().collect();
        counted.sort_unstable_by_key(|&(number, _)| number);
        number(&mut out, counted.len() as u64);
        for (new, (old, alone)) in (0..).zip(counted) {
            renumbered[old as usize] = new;
            text(&mut out, self.lexicon.spelling(old));
            number(&mut out, alone.count.round() as u64);
            number(&mut out, u64::from(alone.kinds));
        }
        let contexts = self.counts.contexts();
        number(&mut out, contexts.len() as u64);
        for (key, context) in contexts {
            out.extend(key.to_le_bytes());
            number(&mut out, u64::from(context.kinds));
            for follower in self.counts.followers(context) {
                number(&mut out, renumbered[follower.word as usize]);
                number(&mut out, follower.count.round() as u64);
                number(&mut out, u64::from(follower.source));
            }
        }
        text(&mut out, &weights(self));
        let sum = Fnv1a::of(&out);
        out.extend(sum.to_le_bytes());
        out
    }

    /// Reads what [`Personal::to_bytes`] wrote, whatever background there was.
    ///
    /// # Errors
    /// If these are other bytes, or damaged ones.
    pub fn from_bytes(bytes: &[u8], background: Option<&'static Background>) -> Result<Self, PersonalError> {
        let mut personal = Self::new(background);
        personal.reread(bytes)?;
        Ok(personal)
    }

    /// Has what was learned as `bytes` say, in place of what it was; numbers of words stay what they are. On an error all stays.
    pub(crate) fn reread(&mut self, bytes: &[u8]) -> Result<(), PersonalError> {
        let parts = Parts::read(bytes, &mut self.lexicon)?;
        self.counts = parts.counts;
        self.sources = parts.sources;
        (self.mixture, self.calibration) = parts.weights;
        self.forgotten = parts.forgotten;
        self.pending.clear();
        Ok(())
    }
}

/// What stands in a file.
struct Parts {
    forgotten: Forgotten,
    sources: Vec<String>,
    counts: FollowerCounts,
    weights: (Mixture, Calibration),
}

impl Parts {
    fn read(bytes: &[u8], lexicon: &mut Lexicon) -> Result<Self, PersonalError> {
        if !bytes.starts_with(MAGIC) && !bytes.starts_with(OLDER) {
            return Err(PersonalError::Foreign);
        }
        let end = bytes.len().checked_sub(8).filter(|&end| end >= MAGIC.len());
        let end = end.ok_or(PersonalError::Damaged(bytes.len()))?;
        if Fnv1a::of(&bytes[..end]).to_le_bytes() != bytes[end..] {
            return Err(PersonalError::Damaged(end));
        }
        let mut reader = Bytes { bytes: &bytes[..end], at: MAGIC.len() };
        let mut forgotten = Forgotten::default();
        if bytes.starts_with(MAGIC) {
            (forgotten.generation, forgotten.cleared) = (reader.number()?, reader.number()?);
            for _ in 0..reader.count()? {
                let group = reader.take(1)?[0];
                forgotten.groups.insert(group, reader.number()?);
            }
        }
        let mut sources = (0..reader.count()?).map(|_| reader.text()).collect::<Result<Vec<_>, _>>()?;
        if sources.is_empty() {
            sources.push(String::new());
        }
        let mut counts = FollowerCounts::new(personal::CONTEXT);
        let mut numbers = Vec::new();
        for _ in 0..reader.count()? {
            let word = reader.text()?;
            let alone = Alone { count: reader.number()? as f32, kinds: reader.number()? as u32 };
            let number = lexicon.learn(&word);
            counts.restore_alone(number, alone);
            numbers.push(number);
        }
        for _ in 0..reader.count()? {
            let key = reader.eight()?;
            let followers = (0..reader.count()?)
                .map(|_| {
                    let at = reader.at;
                    let (word, count, source) = (reader.number()?, reader.number()?, reader.number()?);
                    let word = numbers.get(word as usize).ok_or(PersonalError::Damaged(at))?;
                    Ok(Follower::new(*word, source as u16, count as f32))
                })
                .collect::<Result<Vec<_>, _>>()?;
            counts.restore(key, followers);
        }
        let at = reader.at;
        let weights = serde_json::from_str(&reader.text()?).map_err(|_| PersonalError::Damaged(at))?;
        Ok(Self { forgotten, sources, counts, weights })
    }
}

/// # Panics
/// Never: numbers always have a form as text.
fn weights(personal: &Personal) -> String {
    serde_json::to_string(&(&personal.mixture, &personal.calibration)).expect("numbers have a form as text")
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn text(out: &mut Vec<u8>, value: &str) {
    number(out, value.len() as u64);
    out.extend(value.as_bytes());
}

/// Bytes read one value after the other.
struct Bytes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bytes<'_> {
    fn take(&mut self, length: usize) -> Result<&[u8], PersonalError> {
        let end = self.at.checked_add(length).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or(PersonalError::Damaged(self.at))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn eight(&mut self) -> Result<u64, PersonalError> {
        let at = self.at;
        let bytes = self.take(8)?.try_into().map_err(|_| PersonalError::Damaged(at))?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn number(&mut self) -> Result<u64, PersonalError> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(PersonalError::Damaged(self.at))
    }

    /// A number of things to come, each of at least a byte.
    fn count(&mut self) -> Result<usize, PersonalError> {
        let at = self.at;
        let count = self.number()? as usize;
        if count > self.bytes.len() - self.at { Err(PersonalError::Damaged(at)) } else { Ok(count) }
    }

    fn text(&mut self) -> Result<String, PersonalError> {
        let at = self.at;
        let length = self.number()? as usize;
        String::from_utf8(self.take(length)?.to_vec()).map_err(|_| PersonalError::Damaged(at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn learned() -> Personal {
        let mut personal = Personal::default();
        personal.learn_documents([
            ("a.md", "the gate stood open, the garden was quiet"),
            ("b.md", "정원은 조용했다. the gate"),
        ]);
        personal
    }

    #[test]
    fn what_was_learned_survives_being_written() {
        let personal = learned();
        let bytes = personal.to_bytes();
        let read = Personal::from_bytes(&bytes, None).unwrap();
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(
            (read.sources, read.counts.totals()),
            (personal.sources.clone(), personal.counts.totals())
        );
        assert_eq!(read.mixture, personal.mixture);
    }

    #[test]
    fn a_forgotten_word_is_not_written() {
        let mut personal = learned();
        personal.forget("garden");
        let bytes = personal.to_bytes();
        assert!(!bytes.windows(6).any(|six| six == b"garden"));
        assert!(Personal::from_bytes(&bytes, None).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn damage_is_told(at in 0.0..1.0, bit in 0u8..8, cut in any::<bool>()) {
            let mut bytes = learned().to_bytes();
            let at = (at * bytes.len() as f64) as usize;
            if cut { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
            prop_assert!(Personal::from_bytes(&bytes, None).is_err());
        }
    }
}
