//! The n-gram file: one block of bytes that is read in place, so that it can be memory-mapped.
//!
//! All numbers are little-endian, nothing is aligned.
//!
//! | part | content |
//! |---|---|
//! | header | `FWNGRAM1`; u32 order N; u32 q (0: exact); u64 words V; u64 bytes of spellings; u64 slots; N × u64 n-grams per order |
//! | vocabulary | u32 × (V+1) offsets into the spellings; spellings; u32 × slots hash table (word + 1, 0 empty; FNV-1a, next free slot); u32 × V words sorted by spelling, which nothing here reads |
//! | each order | if q: f32 × 2^q log-probabilities, and below order N f32 × 2^q backoff weights; then records and one closing record, bit-packed, and 8 bytes of 0 |
//! | end | u64 FNV-1a of all before |
//!
//! The n-grams form a trie, oldest word at the root: a record is its newest word (none at order 1, where the record's
//! place is the word), log10 probability and backoff weight (f32 bits, or q-bit codes), and where its children begin in
//! the next order; they end where the next record's begin, and are sorted by word. Words and places take
//! as many bits as their largest value needs.

use std::io::{self, Write};

use super::packed::{self, BitWriter};
use super::quantise::Codebook;
use super::table::{Level, Ngrams};
use super::{OrderError, check_order};
use crate::hash::Fnv1a;

/// What the file begins with.
pub const MAGIC: &[u8; 8] = b"FWNGRAM1";
const FIXED_HEADER: usize = 8 + 4 + 4 + 3 * 8;
const CHECKSUM: usize = 8;

/// How probabilities and backoff weights are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As 32-bit floats.
    Exact,
    /// As codes of 2 to 16 bits into a codebook for each order.
    Quantised(u8),
}

/// Why a file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum NgramFileError {
    /// The bytes begin otherwise.
    #[error("this is no Foreword n-gram file: it must begin with FWNGRAM1")]
    Foreign,
    /// Fewer or more bytes than the header states.
    #[error("the n-gram file is damaged: it should have {expected} bytes and has {found}; build it again")]
    Size {
        /// Bytes by the header.
        expected: u64,
        /// Bytes that there are.
        found: u64,
    },
    /// A header field out of range.
    #[error("the n-gram file is damaged: its {0} is out of range; build it again")]
    Header(&'static str),
    /// The checksum differs.
    #[error("the n-gram file is damaged: its checksum differs; build it again")]
    Checksum,
    /// Codes of impossible width.
    #[error("probabilities can be quantised to 2 to 16 bits, not {0}")]
    Bits(u8),
    /// More than the format can hold.
    #[error("the model outgrows the n-gram file: its {0} need more than 32 bits")]
    TooLarge(&'static str),
    /// The writer failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Where everything is in the bytes.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) words: u32,
    pub(crate) offsets: usize,
    pub(crate) spellings: usize,
    pub(crate) slots: usize,
    pub(crate) slot_count: usize,
    pub(crate) levels: Vec<LevelLayout>,
    end: usize,
}

/// Where one order is, and the widths of its records' fields, in bits.
#[derive(Debug, Clone)]
pub(crate) struct LevelLayout {
    pub(crate) count: u32,
    pub(crate) word_bits: u32,
    pub(crate) prob_bits: u32,
    pub(crate) backoff_bits: u32,
    pub(crate) child_bits: u32,
    pub(crate) record_bits: usize,
    pub(crate) quantised: bool,
    pub(crate) prob_codes: usize,
    pub(crate) backoff_codes: usize,
    pub(crate) records: usize,
}

impl Layout {
    /// Lays out a model of these sizes. Each is at most 32 bits wide, so nothing can overflow.
    fn new(q: u32, words: u32, spelling_bytes: u32, slot_count: u32, counts: &[u32]) -> Self {
        let offsets = FIXED_HEADER + 8 * counts.len();
        let spellings = offsets + 4 * (words as usize + 1);
        let slots = spellings + spelling_bytes as usize;
        let by_spelling = slots + 4 * slot_count as usize;
        let mut end = by_spelling + 4 * words as usize;
        let mut levels = Vec::with_capacity(counts.len());
        for (index, &count) in counts.iter().enumerate() {
            let next = counts.get(index + 1).copied();
            let value_bits = if q == 0 { 32 } else { q };
            let word_bits = if index == 0 { 0 } else { packed::width(words as usize) };
            let backoff_bits = if next.is_some() { value_bits } else { 0 };
            let child_bits = next.map_or(0, |next| packed::width(next as usize + 1));
            let record_bits = (word_bits + value_bits + backoff_bits + child_bits) as usize;
            let codes = if q == 0 { 0 } else { 4 << q };
            let prob_codes = end;
            let backoff_codes = prob_codes + codes;
            let records = if next.is_some() { backoff_codes + codes } else { backoff_codes };
            end = records + packed::bytes((count as usize + 1) * record_bits);
            levels.push(LevelLayout {
                count,
                word_bits,
                prob_bits: value_bits,
                backoff_bits,
                child_bits,
                record_bits,
                quantised: q > 0,
                prob_codes,
                backoff_codes,
                records,
            });
        }
        Self { words, offsets, spellings, slots, slot_count: slot_count as usize, levels, end }
    }

    /// Reads the header and checks it against the length of the whole.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, NgramFileError> {
        if !bytes.starts_with(MAGIC) {
            return Err(NgramFileError::Foreign);
        }
        let found = bytes.len() as u64;
        if bytes.len() < FIXED_HEADER {
            return Err(NgramFileError::Size { expected: FIXED_HEADER as u64, found });
        }
        let narrow = |at: usize, name: &'static str| {
            let wide =
                u64::from(packed::read_u32(bytes, at)) | u64::from(packed::read_u32(bytes, at + 4)) << 32;
            u32::try_from(wide).ok().filter(|&value| value < u32::MAX).ok_or(NgramFileError::Header(name))
        };
        let order = packed::read_u32(bytes, 8) as usize;
        check_order(order).map_err(|OrderError(_)| NgramFileError::Header("order"))?;
        let q = packed::read_u32(bytes, 12);
        if q != 0 && !(2..=16).contains(&q) {
            return Err(NgramFileError::Header("quantisation"));
        }
        let words = narrow(16, "vocabulary size")?;
        let spelling_bytes = narrow(24, "size of the spellings")?;
        let slots = narrow(32, "hash table size")?;
        if words < 3 || !slots.is_power_of_two() || slots <= words {
            return Err(NgramFileError::Header("vocabulary size"));
        }
        let header = FIXED_HEADER + 8 * order;
        if bytes.len() < header {
            return Err(NgramFileError::Size { expected: header as u64, found });
        }
        let counts = (0..order)
            .map(|index| narrow(FIXED_HEADER + 8 * index, "number of n-grams"))
            .collect::<Result<Vec<u32>, _>>()?;
        if counts[0] != words {
            return Err(NgramFileError::Header("number of unigrams"));
        }
        let layout = Self::new(q, words, spelling_bytes, slots, &counts);
        let expected = (layout.end + CHECKSUM) as u64;
        if found == expected { Ok(layout) } else { Err(NgramFileError::Size { expected, found }) }
    }
}

impl Ngrams {
    /// Packs the tables as a file.
    ///
    /// # Errors
    /// If the encoding is out of range, or the tables outgrow the format.
    pub fn to_bytes(&self, encoding: Encoding) -> Result<Vec<u8>, NgramFileError> {
        let mut bytes = Vec::new();
        write(self, encoding, &mut bytes)?;
        Ok(bytes)
    }
}

/// Writes a model.
///
/// # Errors
/// Those of the writer; if the encoding is out of range, or something needs more than 32 bits.
pub fn write(ngrams: &Ngrams, encoding: Encoding, out: &mut impl Write) -> Result<(), NgramFileError> {
    let q = match encoding {
        Encoding::Exact => 0,
        Encoding::Quantised(bits @ 2..=16) => u32::from(bits),
        Encoding::Quantised(bits) => return Err(NgramFileError::Bits(bits)),
    };
    let narrow = |value: usize, name| {
        u32::try_from(value).ok().filter(|&value| value < u32::MAX).ok_or(NgramFileError::TooLarge(name))
    };
    let vocabulary = &ngrams.vocabulary;
    let words = narrow(vocabulary.len(), "words")?;
    let spelling_bytes = narrow(vocabulary.spellings().map(str::len).sum(), "spellings")?;
    let slots = narrow((vocabulary.len() + vocabulary.len() / 3 + 1).next_power_of_two(), "words")?;
    let counts =
        ngrams.counts().into_iter().map(|count| narrow(count, "n-grams")).collect::<Result<Vec<u32>, _>>()?;
    let layout = Layout::new(q, words, spelling_bytes, slots, &counts);

    let mut out = Summed { out: io::BufWriter::with_capacity(1 << 16, out), sum: Fnv1a::default() };
    out.write_all(MAGIC)?;
    out.write_all(&(counts.len() as u32).to_le_bytes())?;
    out.write_all(&q.to_le_bytes())?;
    for value in [words, spelling_bytes, slots].iter().chain(&counts) {
        out.write_all(&u64::from(*value).to_le_bytes())?;
    }
    write_vocabulary(ngrams, slots as usize, &mut out)?;
    for (index, (level, sizes)) in ngrams.levels.iter().zip(&layout.levels).enumerate() {
        write_level(level, ngrams.levels.get(index + 1), sizes, q, &mut out)?;
    }
    let sum = out.sum.value();
    out.out.write_all(&sum.to_le_bytes())?;
    out.out.flush()?;
    Ok(())
}

fn write_vocabulary(ngrams: &Ngrams, slots: usize, out: &mut impl Write) -> io::Result<()> {
    let spellings: Vec<&str> = ngrams.vocabulary.spellings().collect();
    let mut offset = 0_u32;
    for spelling in &spellings {
        out.write_all(&offset.to_le_bytes())?;
        offset += spelling.len() as u32;
    }
    out.write_all(&offset.to_le_bytes())?;
    for spelling in &spellings {
        out.write_all(spelling.as_bytes())?;
    }
    let mut table = vec![0_u32; slots];
    for (id, spelling) in spellings.iter().enumerate() {
        let mut slot = first_slot(spelling, slots);
        while table[slot] != 0 {
            slot = (slot + 1) & (slots - 1);
        }
        table[slot] = id as u32 + 1;
    }
    let mut sorted: Vec<u32> = (0..spellings.len() as u32).collect();
    sorted.sort_unstable_by_key(|&id| spellings[id as usize]);
    for value in table.into_iter().chain(sorted) {
        out.write_all(&value.to_le_bytes())?;
    }
    Ok(())
}

fn write_level(
    level: &Level,
    next: Option<&Level>,
    sizes: &LevelLayout,
    q: u32,
    out: &mut impl Write,
) -> io::Result<()> {
    let books = (q > 0).then(|| {
        let train = |values: &[f32]| Codebook::train(values.iter().copied(), q);
        (train(&level.log_probs), next.map(|_| train(&level.backoffs)))
    });
    if let Some((probs, backoffs)) = &books {
        for centre in probs.centres.iter().chain(backoffs.iter().flat_map(|book| &book.centres)) {
            out.write_all(&centre.to_le_bytes())?;
        }
    }
    let encode = |value: f32, book: Option<&Codebook>| book.map_or(value.to_bits(), |book| book.code(value));
    let prob_book = books.as_ref().map(|books| &books.0);
    let backoff_book = books.as_ref().and_then(|books| books.1.as_ref());
    let mut records = BitWriter::new(out);
    let mut child = 0;
    for index in 0..level.words.len() {
        if sizes.word_bits > 0 {
            records.push(level.words[index], sizes.word_bits)?;
        }
        records.push(encode(level.log_probs[index], prob_book), sizes.prob_bits)?;
        if let Some(next) = next {
            records.push(encode(level.backoffs[index], backoff_book), sizes.backoff_bits)?;
            records.push(child as u32, sizes.child_bits)?;
            while next.parents.get(child).is_some_and(|&parent| parent as usize == index) {
                child += 1;
            }
        }
    }
    for bits in [sizes.word_bits, sizes.prob_bits, sizes.backoff_bits] {
        records.push(0, bits)?;
    }
    records.push(child as u32, sizes.child_bits)?;
    records.finish()
}

/// The slot where the search for a spelling begins.
pub(crate) fn first_slot(spelling: &str, slots: usize) -> usize {
    let mut hash = Fnv1a::default();
    hash.add_bytes(spelling.as_bytes());
    let hash = hash.value();
    ((hash ^ (hash >> 32)) as usize) & (slots - 1)
}

/// Whether the checksum at the end is that of the rest.
pub(crate) fn verify(bytes: &[u8]) -> Result<(), NgramFileError> {
    let Some((body, sum)) = bytes.split_last_chunk::<CHECKSUM>() else {
        return Err(NgramFileError::Checksum);
    };
    let mut hash = Fnv1a::default();
    hash.add_bytes(body);
    if hash.value() == u64::from_le_bytes(*sum) { Ok(()) } else { Err(NgramFileError::Checksum) }
}

/// A writer that sums what it passes on.
struct Summed<W> {
    out: W,
    sum: Fnv1a,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.add_bytes(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
