//! Scoring with an n-gram model: a walk down the packed trie.
//!
//! The state holds the place of each ending of the context, up to the longest one known. A word is looked for among the
//! children of each, shortest first, until it is missing: the last one found has the probability, and the longer contexts
//! add their backoff weights. The places found are the next state.

use super::file::{self, Encoding, Layout, LevelLayout, NgramFileError};
use super::packed;
use super::table::{Level, Ngrams};
use super::vocabulary::{END, START, UNKNOWN, Vocabulary, spelling};
use super::{MAX_ORDER, Scored};
use crate::{LanguageModel, Symbol};

/// The context: a plain value. Contexts after which the model has the same n-grams are equal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct State {
    length: u8,
    /// Of the ending of n words, its place in order n; at index n − 1. Unused ones are 0.
    places: [u32; MAX_ORDER - 1],
}

impl State {
    /// Words of context that matter.
    pub fn length(&self) -> usize {
        self.length as usize
    }
}

/// A model over the bytes of an n-gram file: owned, borrowed or memory-mapped.
#[derive(Debug, Clone)]
pub struct Model<B> {
    bytes: B,
    layout: Layout,
}

impl<B: AsRef<[u8]>> Model<B> {
    /// Takes the bytes of an n-gram file. Checks their number, not their content: see [`Model::verify`]. Damaged
    /// content gives wrong answers, never a panic.
    ///
    /// # Errors
    /// If these are not the bytes of a whole n-gram file.
    pub fn open(bytes: B) -> Result<Self, NgramFileError> {
        let layout = Layout::parse(bytes.as_ref())?;
        Ok(Self { bytes, layout })
    }

    /// Reads all bytes and compares their checksum.
    ///
    /// # Errors
    /// If it differs.
    pub fn verify(&self) -> Result<(), NgramFileError> {
        file::verify(self.bytes.as_ref())
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// The length of the longest n-grams.
    pub fn order(&self) -> usize {
        self.layout.levels.len()
    }

    /// How many n-grams there are of each order.
    pub fn counts(&self) -> Vec<usize> {
        self.layout.levels.iter().map(|level| level.count as usize).collect()
    }

    /// The spelling of a word, that of `<unk>` beyond the vocabulary.
    pub fn spelling(&self, word: Symbol) -> &str {
        let word = self.known(word) as usize;
        let offset = |index: usize| {
            self.layout.spellings + packed::read_u32(self.bytes(), self.layout.offsets + 4 * index) as usize
        };
        let end = offset(word + 1).min(self.layout.slots);
        self.bytes().get(offset(word)..end).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// The state after these words alone, whatever came before. Put [`START`] first for a sentence's beginning.
    pub fn state_after(&self, words: &[Symbol]) -> State {
        let mut state = State::default();
        for &word in words {
            self.step(&mut state, word);
        }
        state
    }

    /// log10 probabilities of every word after `state`, by number: `log10: [vocabulary]`. `<s>` gets minus infinity, the
    /// others' probabilities sum to 1. Costs one look at every word and every n-gram that goes on from here.
    ///
    /// # Panics
    /// If `log10` has another length.
    pub(crate) fn distribution(&self, state: &State, log10: &mut [f32]) {
        assert_eq!(log10.len(), self.vocabulary(), "one place a word");
        log10.fill(f32::NAN);
        let mut passed_down = 0.0;
        for length in (1..=self.context(state)).rev() {
            let place = state.places[length - 1];
            for child in self.children(length - 1, place) {
                let word = self.word(length, child) as usize;
                if let Some(open) = log10.get_mut(word).filter(|value| value.is_nan()) {
                    *open = passed_down + self.log_prob(length, child);
                }
            }
            passed_down += self.backoff(length - 1, place);
        }
        for (word, value) in (0..).zip(log10.iter_mut()) {
            if value.is_nan() {
                *value = passed_down + self.log_prob(0, word);
            }
        }
        log10[START as usize] = f32::NEG_INFINITY;
    }

    /// What followed `state` or its endings when the model was estimated: words in order of number with their probability, and
    /// the weight: all other words have their probability alone ([`Model::alone`]) times this.
    pub fn seen_after(&self, state: &State) -> (Vec<(Symbol, f32)>, f32) {
        let mut seen: Vec<(Symbol, f32)> = Vec::new();
        let mut passed_down = 0.0;
        for length in (1..=self.context(state)).rev() {
            let place = state.places[length - 1];
            let children = self.children(length - 1, place);
            let probability = self.probabilities(length, passed_down, children.len());
            let longer = seen.len();
            seen.reserve(children.len());
            for child in children {
                let word = self.word(length, child);
                if seen[..longer].binary_search_by_key(&word, |&(word, _)| word).is_err() {
                    seen.push((word, probability(child)));
                }
            }
            passed_down += self.backoff(length - 1, place);
            seen.sort_unstable_by_key(|&(word, _)| word);
        }
        (seen, 10_f32.powf(passed_down))
    }

    /// A function that gives P of a place in a level. `count`: how many places it will be asked for. If they are many, 10 is raised to
    /// each code's value once.
    fn probabilities(&self, level: usize, passed_down: f32, count: usize) -> impl Fn(u32) -> f32 {
        let sizes = &self.layout.levels[level];
        let codes = 1_u32 << sizes.prob_bits.min(16);
        let power = move |log10: f32| 10_f32.powf(passed_down + log10);
        let powers: Vec<f32> = if sizes.quantised && count > codes as usize {
            (0..codes).map(|code| power(self.value(sizes, sizes.prob_codes, code))).collect()
        } else {
            Vec::new()
        };
        move |place| {
            let code = self.field(sizes, place, sizes.word_bits, sizes.prob_bits);
            match powers.get(code as usize) {
                Some(&probability) if sizes.quantised => probability,
                _ => power(self.value(sizes, sizes.prob_codes, code)),
            }
        }
    }

    /// log10 probability of a word without its context.
    pub fn alone(&self, word: Symbol) -> f32 {
        self.log_prob(0, self.known(word))
    }

    /// Hands all n-grams of `order` (1 is the first) to `each`: words, oldest first, log10 probability, backoff weight.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn visit<E>(
        &self,
        order: usize,
        mut each: impl FnMut(&[Symbol], f32, f32) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut words = Vec::with_capacity(order);
        (0..self.layout.words).try_for_each(|word| {
            words.push(word);
            let result = self.visit_below(order, word, &mut words, &mut each);
            words.pop();
            result
        })
    }

    /// The part of [`Model::visit`] below `place`, whose n-gram is `words`.
    fn visit_below<E>(
        &self,
        order: usize,
        place: u32,
        words: &mut Vec<Symbol>,
        each: &mut impl FnMut(&[Symbol], f32, f32) -> Result<(), E>,
    ) -> Result<(), E> {
        let level = words.len() - 1;
        if words.len() == order {
            return each(words, self.log_prob(level, place), self.backoff(level, place));
        }
        for child in self.children(level, place) {
            words.push(self.word(level + 1, child));
            self.visit_below(order, child, words, each)?;
            words.pop();
        }
        Ok(())
    }

    /// The model as plain tables, to be written in another form.
    pub fn unpack(&self) -> Ngrams {
        let mut vocabulary = Vocabulary::new();
        for word in END + 1..self.layout.words {
            vocabulary.insert_spelling(self.spelling(word));
        }
        let levels = self.layout.levels.iter().enumerate().map(|(index, sizes)| {
            let places = 0..sizes.count;
            let parents = index.checked_sub(1).map_or_else(Vec::new, |below| {
                let of_parent = |parent| self.children(below, parent).map(move |_| parent);
                (0..self.layout.levels[below].count).flat_map(of_parent).collect()
            });
            Level {
                words: places.clone().map(|place| self.word(index, place)).collect(),
                parents,
                log_probs: places.clone().map(|place| self.log_prob(index, place)).collect(),
                backoffs: places.map(|place| self.backoff(index, place)).collect(),
            }
        });
        Ngrams { vocabulary, levels: levels.collect() }
    }

    /// The number of a word of a text, [`UNKNOWN`] if the model has never met it.
    pub fn word_id(&self, word: &str) -> Symbol {
        let key = spelling(word);
        let slots = self.layout.slot_count;
        let mut slot = file::first_slot(&key, slots);
        for _ in 0..slots {
            match packed::read_u32(self.bytes(), self.layout.slots + 4 * slot) {
                0 => break,
                entry if self.spelling(entry - 1) == key => return entry - 1,
                _ => slot = (slot + 1) & (slots - 1),
            }
        }
        UNKNOWN
    }

    /// Scores `word` after `state`. A number beyond the vocabulary counts as [`UNKNOWN`].
    pub fn score(&self, state: &State, word: Symbol) -> Scored {
        self.step(&mut state.clone(), word)
    }

    /// Scores `word` and makes `state` the one after it, in half the time that [`score`](Self::score) and
    /// [`advance`](LanguageModel::advance) take. Unlike `advance` it begins no new sentence after [`END`].
    pub fn step(&self, state: &mut State, word: Symbol) -> Scored {
        let word = self.known(word);
        let context = self.context(state);
        let longest = self.order() - 1;
        let mut next = State::default();
        let mut log10 = self.log_prob(0, word);
        let mut order = 1;
        if longest > 0 {
            next.places[0] = word;
        }
        while order <= context {
            let Some(place) = self.child(order - 1, state.places[order - 1], word) else { break };
            log10 = self.log_prob(order, place);
            if order < longest {
                next.places[order] = place;
            }
            order += 1;
        }
        for length in order..=context {
            log10 += self.backoff(length - 1, state.places[length - 1]);
        }
        let mut length = order.min(longest);
        while length > 0 && self.is_leaf(length - 1, next.places[length - 1]) {
            length -= 1;
            next.places[length] = 0;
        }
        next.length = length as u8;
        *state = next;
        Scored { log10, order: order as u8 }
    }

    /// Words of context in a state, as far as this model can use them.
    fn context(&self, state: &State) -> usize {
        (state.length as usize).min(self.order() - 1)
    }

    /// `word`, or [`UNKNOWN`] if it is beyond the vocabulary.
    fn known(&self, word: Symbol) -> Symbol {
        if word < self.layout.words { word } else { UNKNOWN }
    }

    /// A bit-packed field of a record.
    #[inline]
    fn field(&self, level: &LevelLayout, place: u32, offset: u32, bits: u32) -> u32 {
        packed::read(
            &self.bytes()[level.records..],
            place as usize * level.record_bits + offset as usize,
            bits,
        )
    }

    #[inline]
    fn word(&self, level: usize, place: u32) -> Symbol {
        let sizes = &self.layout.levels[level];
        if level == 0 { place } else { self.field(sizes, place, 0, sizes.word_bits) }
    }

    #[inline]
    fn log_prob(&self, level: usize, place: u32) -> f32 {
        let sizes = &self.layout.levels[level];
        let bits = self.field(sizes, place, sizes.word_bits, sizes.prob_bits);
        self.value(sizes, sizes.prob_codes, bits)
    }

    /// The backoff weight, 0 at the highest order.
    #[inline]
    fn backoff(&self, level: usize, place: u32) -> f32 {
        let sizes = &self.layout.levels[level];
        if sizes.backoff_bits == 0 {
            return 0.0;
        }
        let bits = self.field(sizes, place, sizes.word_bits + sizes.prob_bits, sizes.backoff_bits);
        self.value(sizes, sizes.backoff_codes, bits)
    }

    #[inline]
    fn value(&self, sizes: &LevelLayout, codes: usize, bits: u32) -> f32 {
        f32::from_bits(if sizes.quantised {
            packed::read_u32(self.bytes(), codes + 4 * bits as usize)
        } else {
            bits
        })
    }

    /// Where the n-grams that go on from this one stand in the next order.
    #[inline]
    fn children(&self, level: usize, place: u32) -> std::ops::Range<u32> {
        let sizes = &self.layout.levels[level];
        let Some(next) = self.layout.levels.get(level + 1) else { return 0..0 };
        let offset = sizes.word_bits + sizes.prob_bits + sizes.backoff_bits;
        let begin = self.field(sizes, place, offset, sizes.child_bits);
        let end = self.field(sizes, place + 1, offset, sizes.child_bits).min(next.count);
        begin.min(end)..end
    }

    /// The child with this word.
    #[inline]
    fn child(&self, level: usize, place: u32, word: Symbol) -> Option<u32> {
        let std::ops::Range { start: mut low, end: mut high } = self.children(level, place);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.word(level + 1, middle).cmp(&word) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Whether a context changes nothing: no n-gram goes on from it and its backoff weight is 1.
    #[inline]
    fn is_leaf(&self, level: usize, place: u32) -> bool {
        self.children(level, place).is_empty() && self.backoff(level, place) == 0.0
    }
}

/// In natural logarithms. No context reaches into the next sentence: after [`END`] the state is a fresh one.
impl<B: AsRef<[u8]>> LanguageModel for Model<B> {
    type State = State;

    /// Words known, control words included.
    fn vocabulary(&self) -> usize {
        self.layout.words as usize
    }

    fn start(&self) -> State {
        self.state_after(&[START])
    }

    fn advance(&self, state: &mut State, symbol: Symbol) {
        if symbol == END {
            *state = self.start();
        } else {
            self.step(state, symbol);
        }
    }

    fn log_prob(&self, state: &State, symbol: Symbol) -> f64 {
        if symbol == START { f64::NEG_INFINITY } else { self.score(state, symbol).ln() }
    }

    fn log_probs(&self, state: &State, log_probs: &mut [f32]) {
        self.distribution(state, log_probs);
        for value in log_probs {
            *value *= std::f32::consts::LN_10;
        }
    }
}

impl Ngrams {
    /// The model that answers, in memory and exact.
    ///
    /// # Errors
    /// If the tables outgrow the file format.
    pub fn to_model(&self) -> Result<Model<Vec<u8>>, NgramFileError> {
        Model::open(self.to_bytes(Encoding::Exact)?)
    }
}
