//! Small models for tests, whose every probability can be told by hand or by counting.

use std::collections::HashMap;

use crate::words::word::is_word_byte;
use model::{LanguageModel, Symbol};

/// Text of our own to count from.
pub(crate) const TEXT: &str = "The garden was quiet in the morning. There were three thrushes in the thicket, and the \
    thistles thought nothing of them. Then the gardener's thin brother threw the gate open; the theatre of the day had \
    begun. Über den Dächern zog ein dünner Rauch, naïve and thoughtful, and the café on the corner opened its doors. \
    We think that the things we have thought through are the things that thrive.\nThe morning after that the gate was \
    shut, the garden was quiet, and the thrushes were gone. 정원은 조용했다. 정원의 문은 닫혀 있었다.\n";

/// Counts of which byte follows which two. Its state also remembers, as a hash, everything it ever read, so that two
/// states are equal only if they read the same bytes.
#[derive(Debug)]
pub(crate) struct Trigram {
    counts: HashMap<[u8; 2], [f32; 256]>,
    smoothing: f32,
}

/// The last two bytes and a hash of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TrigramState {
    last: [u8; 2],
    all: u64,
}

impl Trigram {
    pub(crate) fn new(text: &str) -> Self {
        let mut counts: HashMap<[u8; 2], [f32; 256]> = HashMap::new();
        for window in text.as_bytes().windows(3) {
            counts.entry([window[0], window[1]]).or_insert([0.0; 256])[usize::from(window[2])] += 1.0;
        }
        Self { counts, smoothing: 1e-3 }
    }
}

impl LanguageModel for Trigram {
    type State = TrigramState;

    fn vocabulary(&self) -> usize {
        256
    }

    fn start(&self) -> TrigramState {
        TrigramState { last: *b"\n\0", all: 0 }
    }

    fn advance(&self, state: &mut TrigramState, symbol: Symbol) {
        let byte = u8::try_from(symbol).unwrap();
        state.last = [state.last[1], byte];
        state.all = (state.all ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).wrapping_add(1);
    }

    fn log_probs(&self, state: &TrigramState, log_probs: &mut [f32]) {
        let counts = self.counts.get(&state.last).unwrap_or(&[0.0; 256]);
        let total: f32 = counts.iter().sum::<f32>() + 256.0 * self.smoothing;
        for (log_prob, count) in log_probs.iter_mut().zip(counts) {
            *log_prob = ((count + self.smoothing) / total).ln();
        }
    }
}

/// A model that knows, for each word before, just how likely each next word is. After a word comes a space.
#[derive(Debug, Default)]
pub(crate) struct Rigged {
    after: HashMap<String, Vec<(String, f32)>>,
}

/// The last finished word and the one begun.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RiggedState {
    before: String,
    word: String,
}

impl Rigged {
    /// `after` is the word before (empty at the start and for all words not listed), then its next words with weights.
    pub(crate) fn new(after: &[(&str, &[(&str, f32)])]) -> Self {
        let own =
            |words: &[(&str, f32)]| words.iter().map(|&(word, weight)| (word.to_owned(), weight)).collect();
        Self { after: after.iter().map(|&(before, words)| (before.to_owned(), own(words))).collect() }
    }
}

impl LanguageModel for Rigged {
    type State = RiggedState;

    fn vocabulary(&self) -> usize {
        256
    }

    fn start(&self) -> RiggedState {
        RiggedState::default()
    }

    fn advance(&self, state: &mut RiggedState, symbol: Symbol) {
        let byte = u8::try_from(symbol).unwrap();
        if is_word_byte(byte) {
            state.word.push(char::from(byte));
        } else if !state.word.is_empty() {
            state.before = std::mem::take(&mut state.word);
        }
    }

    fn log_probs(&self, state: &RiggedState, log_probs: &mut [f32]) {
        let mut weights = [0.0_f32; 256];
        let words = self.after.get(&state.before).or_else(|| self.after.get(""));
        for (word, weight) in words.into_iter().flatten() {
            if let Some(rest) = word.strip_prefix(&state.word) {
                weights[usize::from(rest.bytes().next().unwrap_or(b' '))] += weight;
            }
        }
        if weights.iter().sum::<f32>() <= 0.0 {
            weights[usize::from(b' ')] = 1.0;
        }
        let total: f32 = weights.iter().sum();
        for (log_prob, weight) in log_probs.iter_mut().zip(weights) {
            *log_prob = (weight / total).ln();
        }
    }
}
