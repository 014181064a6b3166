//! Hashes that are written to files or decide weights: the same on every machine, and never to be changed.

/// The hash of Fowler, Noll and Vo, variant 1a, 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fnv1a(u64);

impl Default for Fnv1a {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv1a {
    /// Adds one part: a byte, as the hash is defined, or a whole number in its place.
    pub fn add(&mut self, part: u64) {
        self.0 = (self.0 ^ part).wrapping_mul(0x0100_0000_01b3);
    }

    /// Adds bytes one by one.
    pub fn add_bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.add(u64::from(byte));
        }
    }

    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> u64 {
        let mut hash = Self::default();
        hash.add_bytes(bytes);
        hash.0
    }

    /// The hash of all that was added.
    pub fn value(self) -> u64 {
        self.0
    }
}

/// The step and the finaliser of `SplitMix64` (Steele et al. 2014): every bit of `value` changes half the bits of the result.
pub fn splitmix64(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of FNV's authors, and the first outputs of `SplitMix64` from seed 0.
    #[test]
    fn the_hashes_are_those_of_their_authors() {
        for (text, hash) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
        {
            let mut fnv = Fnv1a::default();
            fnv.add_bytes(text.as_bytes());
            assert_eq!(fnv.value(), hash, "{text}");
        }
        assert_eq!(splitmix64(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(splitmix64(0x9e37_79b9_7f4a_7c15), 0x6e78_9e6a_a1b9_65f4);
    }
}
