//! How far into a UTF-8 sequence some bytes lead, so that search and sampling give valid text.
//!
//! Overlong forms, surrogates and values above U+10FFFF are ruled out by narrowing the range of the byte after the
//! lead byte (Unicode Standard, table 3-7).

/// How far into a character a path of bytes has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utf8 {
    /// Continuation bytes still to come.
    remaining: u8,
    /// Least value of the next one.
    low: u8,
    /// Greatest value of the next one.
    high: u8,
}

impl Utf8 {
    /// Between two characters.
    pub const BOUNDARY: Self = Self { remaining: 0, low: 0x80, high: 0xbf };

    /// Whether no character is begun and unfinished.
    pub fn is_boundary(self) -> bool {
        self.remaining == 0
    }

    /// Bytes that the character begun still needs.
    pub(crate) fn remaining(self) -> usize {
        self.remaining.into()
    }

    /// The place after one more byte; `None` if valid text cannot go on so.
    pub fn next(self, byte: u8) -> Option<Self> {
        if self.remaining > 0 {
            let fits = (self.low..=self.high).contains(&byte);
            return fits.then_some(Self { remaining: self.remaining - 1, ..Self::BOUNDARY });
        }
        let (remaining, low, high) = match byte {
            0x00..=0x7f => return Some(Self::BOUNDARY),
            0xc2..=0xdf => (1, 0x80, 0xbf),
            0xe0 => (2, 0xa0, 0xbf),
            0xe1..=0xec | 0xee | 0xef => (2, 0x80, 0xbf),
            0xed => (2, 0x80, 0x9f),
            0xf0 => (3, 0x90, 0xbf),
            0xf1..=0xf3 => (3, 0x80, 0xbf),
            0xf4 => (3, 0x80, 0x8f),
            _ => return None,
        };
        Some(Self { remaining, low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(bytes: &[u8]) -> bool {
        let end = bytes.iter().try_fold(Utf8::BOUNDARY, |at, &byte| at.next(byte));
        end.is_some_and(Utf8::is_boundary)
    }

    #[test]
    fn agrees_with_the_standard_library_on_every_short_string() {
        for a in 0..=255 {
            assert_eq!(accepts(&[a]), std::str::from_utf8(&[a]).is_ok(), "{a:x}");
            for b in 0..=255 {
                assert_eq!(accepts(&[a, b]), std::str::from_utf8(&[a, b]).is_ok(), "{a:x} {b:x}");
                for c in [0x00, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xff] {
                    let three = [a, b, c];
                    assert_eq!(accepts(&three), std::str::from_utf8(&three).is_ok(), "{three:x?}");
                    for d in [0x7f, 0x80, 0xbf, 0xc0] {
                        let four = [a, b, c, d];
                        assert_eq!(accepts(&four), std::str::from_utf8(&four).is_ok(), "{four:x?}");
                    }
                }
            }
        }
    }
}
