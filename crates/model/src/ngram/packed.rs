//! Numbers of any width up to 32 bits, packed without gaps, lowest bit first.

use std::io::{self, Write};

/// Bytes after the packed numbers, so that each can be read as part of eight whole bytes.
pub(crate) const PADDING: usize = 8;

/// The bits that `values` different numbers need.
pub(crate) fn width(values: usize) -> u32 {
    if values <= 1 { 0 } else { usize::BITS - (values - 1).leading_zeros() }
}

/// Bytes taken by `bits`, padding included.
pub(crate) fn bytes(bits: usize) -> usize {
    bits.div_ceil(8) + PADDING
}

/// Packs numbers into a writer.
pub(crate) struct BitWriter<W> {
    out: W,
    pending: u64,
    filled: u32,
}

impl<W: Write> BitWriter<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, pending: 0, filled: 0 }
    }

    /// Appends the low `bits` of `value`; the others must be 0.
    pub(crate) fn push(&mut self, value: u32, bits: u32) -> io::Result<()> {
        self.pending |= u64::from(value) << self.filled;
        self.filled += bits;
        if self.filled >= 32 {
            self.out.write_all(&(self.pending as u32).to_le_bytes())?;
            self.pending >>= 32;
            self.filled -= 32;
        }
        Ok(())
    }

    /// Writes what is left, and the padding.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let left = self.filled.div_ceil(8) as usize;
        self.out.write_all(&self.pending.to_le_bytes()[..left])?;
        self.out.write_all(&[0; PADDING])
    }
}

/// Reads `bits` (up to 32) at bit position `at`; 0 beyond the end.
#[inline]
pub(crate) fn read(packed: &[u8], at: usize, bits: u32) -> u32 {
    let byte = at / 8;
    match packed.get(byte..byte + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()) {
        Some(eight) => ((u64::from_le_bytes(eight) >> (at % 8)) & ((1 << bits) - 1)) as u32,
        None => 0,
    }
}

/// Reads a whole little-endian number at byte `at`; 0 beyond the end.
#[inline]
pub(crate) fn read_u32(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()) {
        Some(four) => u32::from_le_bytes(four),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn widths() {
        for (values, expected) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1 << 20, 20)] {
            assert_eq!(width(values), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_can_be_read(numbers in prop::collection::vec((any::<u32>(), 0u32..=32), 0..60)) {
            let masked = |(value, bits): (u32, u32)| (u64::from(value) & ((1 << bits) - 1)) as u32;
            let mut packed = Vec::new();
            let mut writer = BitWriter::new(&mut packed);
            for &(value, bits) in &numbers {
                writer.push(masked((value, bits)), bits).unwrap();
            }
            writer.finish().unwrap();
            let mut at = 0;
            for &(value, bits) in &numbers {
                prop_assert_eq!(read(&packed, at, bits), masked((value, bits)));
                at += bits as usize;
            }
            prop_assert_eq!(packed.len(), bytes(at));
        }
    }
}
