//! Documents as streams side by side, cut into windows: what teacher forcing reads.
//!
//! The documents, in an order shuffled anew each pass, are joined by the symbol 0 into one text, which is cut into as many
//! equal streams as the batch has rows. The state is carried from window to window along each stream and begins at zero
//! with each pass. (Mikolov 2012 trains the same way; the base model was trained so too.)

use model::Symbol;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// The symbol between two documents, and before the first: a zero byte, or the end of a sentence.
pub const SEPARATOR: Symbol = 0;

/// A document of bytes as the symbols of a byte model.
pub fn symbols(bytes: &[u8]) -> Vec<Symbol> {
    bytes.iter().map(|&byte| Symbol::from(byte)).collect()
}

/// Documents laid out for one pass.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    /// All of them, one row after the other: `[batch, length]`.
    symbols: Vec<Symbol>,
    /// Symbols in each row.
    length: usize,
    batch: usize,
    /// Where the next window begins.
    position: usize,
}

/// One cut: time-major, `[time · batch]` each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// The symbols read.
    pub inputs: Vec<Symbol>,
    /// The symbols to be predicted: the inputs one step later.
    pub targets: Vec<Symbol>,
}

impl Streams {
    /// Lays out `documents` in `batch` rows, shuffled when a generator is given.
    ///
    /// Fewer rows are made when the text is short: no row is shorter than two windows of `time` if it can be helped.
    pub fn new(documents: &[Vec<Symbol>], batch: usize, time: usize, shuffle: Option<&mut StdRng>) -> Self {
        let mut order: Vec<usize> = (0..documents.len()).collect();
        if let Some(generator) = shuffle {
            order.shuffle(generator);
        }
        let mut text = Vec::with_capacity(documents.iter().map(|d| d.len() + 1).sum::<usize>() + 1);
        for at in order {
            text.push(SEPARATOR);
            text.extend_from_slice(&documents[at]);
        }
        text.push(SEPARATOR);
        let batch = rows(text.len(), batch, time);
        // Rows overlap by one symbol: the last target of a row is the first input of the next.
        let length = (text.len() - 1) / batch + 1;
        let symbols =
            (0..batch).flat_map(|row| text[row * (length - 1)..][..length].iter().copied()).collect();
        Self { symbols, length, batch, position: 0 }
    }

    /// Rows.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Symbols that one pass predicts.
    pub fn targets(&self) -> usize {
        self.batch * (self.length - 1)
    }

    /// Windows of `time` in a pass, the last one perhaps shorter.
    pub fn windows(&self, time: usize) -> usize {
        (self.length - 1).div_ceil(time)
    }

    /// The next window of up to `time` steps of the rows `rows`; `None` at the end. Does not move on.
    pub fn cut(&self, time: usize, rows: std::ops::Range<usize>) -> Option<Cut> {
        let steps = time.min(self.length - 1 - self.position);
        if steps == 0 {
            return None;
        }
        let pick = |shift: usize| {
            let rows = rows.clone();
            (0..steps)
                .flat_map(|t| rows.clone().map(move |row| row * self.length + self.position + shift + t))
                .map(|at| self.symbols[at])
                .collect()
        };
        Some(Cut { inputs: pick(0), targets: pick(1) })
    }

    /// Where the next window begins, in steps from the pass's start.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Moves on by a window.
    pub fn advance(&mut self, time: usize) {
        self.position = (self.position + time).min(self.length - 1);
    }
}

/// Rows for a text of `symbols`.
fn rows(symbols: usize, batch: usize, time: usize) -> usize {
    batch.min((symbols - 1) / (2 * time)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_predicted_once_from_the_one_before_it() {
        let documents = [symbols(b"abcdefghij"), symbols(b"klmnopqrstuvwxyz")];
        let mut streams = Streams::new(&documents, 3, 4, None);
        assert_eq!(streams.batch(), 3);
        let mut rows = vec![Vec::new(); 3];
        let mut windows = 0;
        while let Some(cut) = streams.cut(4, 0..3) {
            for (at, (&input, &target)) in cut.inputs.iter().zip(&cut.targets).enumerate() {
                rows[at % 3].push((input, target));
            }
            streams.advance(4);
            windows += 1;
        }
        assert_eq!(windows, streams.windows(4));
        let pairs: Vec<_> = rows.concat();
        let text = symbols(b"\0abcdefghij\0klmnopqrstuvwxyz\0");
        let expected: Vec<_> = text.windows(2).map(|p| (p[0], p[1])).collect();
        assert_eq!(pairs, expected[..pairs.len()]);
        assert_eq!(pairs.len(), streams.targets());
        assert!(expected.len() - pairs.len() < 3, "only the rest of the division is left out");
    }

    #[test]
    fn a_batch_larger_than_the_text_becomes_fewer_rows() {
        let streams = Streams::new(&[symbols(b"hi")], 64, 64, None);
        assert_eq!((streams.batch(), streams.targets()), (1, 3));
        let empty = Streams::new(&[], 64, 64, None);
        assert_eq!(empty.targets(), 0);
        assert_eq!(empty.cut(64, 0..1), None);
    }
}
