//! N-gram counts in one streaming pass and bounded memory.
//!
//! Only n-grams of the highest order are counted: the shorter ones are their endings, and fall out of the sorted
//! order during estimation. An n-gram is kept with its newest word first, so that sorting brings n-grams with
//! the same ending together (`KenLM`'s *suffix order*), and is filled up with `<s>` where the sentence starts.
//!
//! N-grams gather in a buffer. A full buffer is sorted and equal n-grams are joined; if that frees less than half
//! of it, it goes to a *run*, a stream the caller's factory made. At the end all runs are merged while they are read.
//! The vocabulary stays in memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Seek, Write};

use super::tokenizer::Tokenizer;
use super::vocabulary::{END, START, Vocabulary};
use super::{MAX_ORDER, OrderError, check_order};
use crate::Symbol;

/// An n-gram, newest word first; unused places are 0.
pub(crate) type Gram = [Symbol; MAX_ORDER];

/// Runs merged at once; one more run than this and they become one.
const FAN_IN: usize = 64;

/// How many bytes one n-gram takes in the buffer.
const ENTRY_BYTES: usize = size_of::<(Gram, u64)>();

/// Counts the n-grams of sentences.
#[derive(Debug)]
pub struct Counter<F, R> {
    order: usize,
    vocabulary: Vocabulary,
    limit: usize,
    buffer: Vec<(Gram, u64)>,
    runs: Vec<Run<R>>,
    new_run: F,
    sentences: u64,
    words: u64,
    spilled: u64,
}

/// A sorted run of n-grams, rewound.
#[derive(Debug)]
struct Run<R> {
    stream: R,
    entries: u64,
}

/// Finished counts, ready to be read once in suffix order.
#[derive(Debug)]
pub struct Counts<R = Cursor<Vec<u8>>> {
    pub(crate) order: usize,
    pub(crate) vocabulary: Vocabulary,
    buffer: Vec<(Gram, u64)>,
    runs: Vec<Run<R>>,
    /// Sentences counted.
    pub sentences: u64,
    /// Words counted, sentence ends left out.
    pub words: u64,
    /// N-grams that went to runs on the way.
    pub spilled: u64,
}

/// A factory that is never called, for counters that stay in memory.
type NoRuns = fn() -> io::Result<Cursor<Vec<u8>>>;

impl Counter<NoRuns, Cursor<Vec<u8>>> {
    /// A counter without a memory limit.
    ///
    /// # Errors
    /// If `order` is not 1 to 6.
    pub fn in_memory(order: usize) -> Result<Self, OrderError> {
        Self::new(order, usize::MAX, || Ok(Cursor::new(Vec::new())))
    }
}

impl<F, R> Counter<F, R>
where
    F: FnMut() -> io::Result<R>,
    R: Read + Write + Seek,
{
    /// A counter whose buffer takes at most `buffer_bytes`, beyond which n-grams go to streams of `new_run`:
    /// temporary files, say. Each is written once, rewound and read once.
    ///
    /// # Errors
    /// If `order` is not 1 to 6.
    pub fn new(order: usize, buffer_bytes: usize, new_run: F) -> Result<Self, OrderError> {
        check_order(order)?;
        Ok(Self {
            order,
            vocabulary: Vocabulary::new(),
            limit: (buffer_bytes / ENTRY_BYTES).max(2),
            buffer: Vec::new(),
            runs: Vec::new(),
            new_run,
            sentences: 0,
            words: 0,
            spilled: 0,
        })
    }

    /// Numbers these words, in the order given, before any that are met only when counted.
    #[must_use]
    pub fn with_words<'w>(mut self, words: impl IntoIterator<Item = &'w str>) -> Self {
        for word in words {
            self.vocabulary.learn(word);
        }
        self
    }

    /// Counts a text.
    ///
    /// # Errors
    /// Those of the reader and of the spill streams.
    pub fn count(&mut self, text: impl BufRead, tokenizer: Tokenizer) -> io::Result<()> {
        tokenizer.sentences(text, |words| self.add_sentence(words))
    }

    /// Counts one sentence, given without its control words. A sentence without words is left out.
    ///
    /// # Errors
    /// Those of the spill streams.
    pub fn add_sentence(&mut self, words: &[&str]) -> io::Result<()> {
        if words.is_empty() {
            return Ok(());
        }
        let mut window: Gram = [0; MAX_ORDER];
        window[..self.order].fill(START);
        for word in words {
            let id = self.vocabulary.learn(word);
            self.push(&mut window, id)?;
        }
        self.push(&mut window, END)?;
        self.sentences += 1;
        self.words += words.len() as u64;
        Ok(())
    }

    /// Shifts `word` into the window and counts it.
    fn push(&mut self, window: &mut Gram, word: Symbol) -> io::Result<()> {
        window.copy_within(..self.order - 1, 1);
        window[0] = word;
        if self.buffer.len() == self.buffer.capacity() {
            // Doubled as a vector is, but never beyond the limit.
            let more = (self.limit - self.buffer.len()).min(self.buffer.len().max(1 << 10));
            self.buffer.reserve_exact(more);
        }
        self.buffer.push((*window, 1));
        if self.buffer.len() >= self.limit {
            join(&mut self.buffer);
            if self.buffer.len() > self.limit / 2 {
                self.spill()?;
            }
        }
        Ok(())
    }

    /// Writes the joined buffer as a run.
    fn spill(&mut self) -> io::Result<()> {
        let mut run = Writer::new((self.new_run)()?, self.order);
        for (gram, count) in self.buffer.drain(..) {
            run.write(&gram, count)?;
        }
        let run = run.finish()?;
        self.spilled += run.entries;
        self.runs.push(run);
        if self.runs.len() > FAN_IN {
            let mut merged = Writer::new((self.new_run)()?, self.order);
            merge(std::mem::take(&mut self.runs), &[], self.order, |gram, count| merged.write(&gram, count))?;
            self.runs.push(merged.finish()?);
        }
        Ok(())
    }

    /// Ends the counting.
    ///
    /// # Errors
    /// None now; kept for the spill streams.
    pub fn finish(mut self) -> io::Result<Counts<R>> {
        join(&mut self.buffer);
        Ok(Counts {
            order: self.order,
            vocabulary: self.vocabulary,
            buffer: self.buffer,
            runs: self.runs,
            sentences: self.sentences,
            words: self.words,
            spilled: self.spilled,
        })
    }
}

impl<R: Read> Counts<R> {
    /// Hands every distinct n-gram of the highest order to `each`, in suffix order, and gives the vocabulary back.
    pub(crate) fn visit<E: From<io::Error>>(
        self,
        mut each: impl FnMut(Gram, u64) -> Result<(), E>,
    ) -> Result<Vocabulary, E> {
        if self.runs.is_empty() {
            for (gram, count) in self.buffer {
                each(gram, count)?;
            }
        } else {
            merge(self.runs, &self.buffer, self.order, each)?;
        }
        Ok(self.vocabulary)
    }
}

/// Sorts into suffix order and joins equal n-grams.
fn join(buffer: &mut Vec<(Gram, u64)>) {
    buffer.sort_unstable_by_key(|entry| entry.0);
    buffer.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
}

/// Writes one run: the words of each n-gram, then its count, all little-endian.
struct Writer<R: Write> {
    stream: BufWriter<R>,
    order: usize,
    entries: u64,
}

impl<R: Write + Seek> Writer<R> {
    fn new(stream: R, order: usize) -> Self {
        Self { stream: BufWriter::with_capacity(1 << 16, stream), order, entries: 0 }
    }

    fn write(&mut self, gram: &Gram, count: u64) -> io::Result<()> {
        for word in &gram[..self.order] {
            self.stream.write_all(&word.to_le_bytes())?;
        }
        self.stream.write_all(&count.to_le_bytes())?;
        self.entries += 1;
        Ok(())
    }

    fn finish(self) -> io::Result<Run<R>> {
        let mut stream = self.stream.into_inner().map_err(io::IntoInnerError::into_error)?;
        stream.rewind()?;
        Ok(Run { stream, entries: self.entries })
    }
}

/// Reads a run back.
struct Reader<R> {
    stream: BufReader<R>,
    left: u64,
}

impl<R: Read> Reader<R> {
    fn next(&mut self, order: usize) -> io::Result<Option<(Gram, u64)>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut gram: Gram = [0; MAX_ORDER];
        let mut word = [0; 4];
        for place in &mut gram[..order] {
            self.stream.read_exact(&mut word)?;
            *place = u32::from_le_bytes(word);
        }
        let mut count = [0; 8];
        self.stream.read_exact(&mut count)?;
        Ok(Some((gram, u64::from_le_bytes(count))))
    }
}

/// Merges sorted runs and a sorted buffer, joining equal n-grams.
fn merge<R: Read, E: From<io::Error>>(
    runs: Vec<Run<R>>,
    buffer: &[(Gram, u64)],
    order: usize,
    mut each: impl FnMut(Gram, u64) -> Result<(), E>,
) -> Result<(), E> {
    let mut readers: Vec<Reader<R>> = runs
        .into_iter()
        .map(|run| Reader { stream: BufReader::with_capacity(1 << 16, run.stream), left: run.entries })
        .collect();
    let mut rest = buffer.iter().copied();
    let in_memory = readers.len();
    let mut pull = |source: usize| {
        if source == in_memory { Ok(rest.next()) } else { readers[source].next(order) }
    };
    let mut heads = BinaryHeap::new();
    for source in 0..=in_memory {
        if let Some((gram, count)) = pull(source)? {
            heads.push(Reverse((gram, source, count)));
        }
    }
    let mut current: Option<(Gram, u64)> = None;
    while let Some(Reverse((gram, source, count))) = heads.pop() {
        if let Some((gram, count)) = pull(source)? {
            heads.push(Reverse((gram, source, count)));
        }
        match &mut current {
            Some((same, total)) if *same == gram => *total += count,
            _ => {
                if let Some((gram, count)) = current.replace((gram, count)) {
                    each(gram, count)?;
                }
            }
        }
    }
    match current {
        Some((gram, count)) => each(gram, count),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all<R: Read>(counts: Counts<R>) -> Vec<(Gram, u64)> {
        let mut found = Vec::new();
        counts
            .visit(|gram, count| {
                found.push((gram, count));
                Ok::<_, io::Error>(())
            })
            .unwrap();
        found
    }

    #[test]
    fn counts_the_highest_order_with_starts_filled_in() {
        let mut counter = Counter::in_memory(2).unwrap();
        counter.count("a b\na\n".as_bytes(), Tokenizer::Whitespace).unwrap();
        let counts = counter.finish().unwrap();
        assert_eq!((counts.sentences, counts.words), (2, 3));
        // a = 3, b = 4; newest first.
        let gram = |new, old| [new, old, 0, 0, 0, 0];
        assert_eq!(all(counts), [(gram(END, 3), 1), (gram(END, 4), 1), (gram(3, START), 2), (gram(4, 3), 1)]);
    }

    #[test]
    fn a_run_that_was_cut_short_is_an_error() {
        let run = Run { stream: Cursor::new(vec![1, 0, 0, 0, 9]), entries: 1 };
        let result = merge(vec![run], &[], 1, |_, _| Ok::<_, io::Error>(()));
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn spilling_changes_nothing(
            sentences in prop::collection::vec(prop::collection::vec(0u8..5, 1..9), 1..40),
            order in 1usize..=6,
            limit in 2usize..40,
        ) {
            let mut free = Counter::in_memory(order).unwrap();
            let mut tight =
                Counter::new(order, limit * ENTRY_BYTES, || Ok(Cursor::new(Vec::new()))).unwrap();
            for sentence in &sentences {
                let words: Vec<String> = sentence.iter().map(|id| format!("w{id}")).collect();
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                free.add_sentence(&words).unwrap();
                tight.add_sentence(&words).unwrap();
                prop_assert!(tight.buffer.len() < tight.limit);
            }
            prop_assert_eq!(all(free.finish().unwrap()), all(tight.finish().unwrap()));
        }
    }
}
