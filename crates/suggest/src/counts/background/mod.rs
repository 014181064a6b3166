//! The background model: counts of words from published texts, by register of English.
//!
//! A trigram model for each register (interpolated modified Kneser-Ney, [`model::ngram`]), mixed by what the open document resembles
//! ([`DocumentRegisters`]). The LSTM knows letters and grammar; these know some million turns of phrase. All number the same
//! words in spelling order, so those with a common prefix are a range of numbers. A word has the spelling it mostly has within sentences,
//! and is looked up in any case.
//!
//! The files are used as they lie in the program; one number a word and register is computed when they are opened.

mod names;
mod register;

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::counts::background::register::Register;
use crate::counts::cases::Cases;
use crate::counts::distribution::Distribution;
use crate::counts::registers::{DocumentRegisters, PerRegister, REGISTERS};
use crate::counts::word_network::{Trail, WordNetwork};
use crate::mixture::escape::Evidence;
use crate::words::context::{self, WordHistory};
use model::base::{BASE_NGRAMS, BASE_WORDS};
use model::ngram::{Model, NgramFileError, START};
use model::{LanguageModel as _, Symbol};

/// The token for all words that were too rare in the counted text to have one of their own.
pub const RARE: &str = "<rare>";

/// About how many words the texts have that the base model's registers were counted from.
const COUNTED: f64 = 4.3e7;

static BASE: LazyLock<Option<Background>> = LazyLock::new(|| {
    let mut background = Background::open(&BASE_NGRAMS).ok()?;
    let number_of = |token: &str| background.numbers.get(&context::hash(&token.to_lowercase())).copied();
    background.network = Some(WordNetwork::open(BASE_WORDS, background.len(), number_of).ok()?);
    Some(background)
});

/// A background model, and what is computed from it when it is opened.
#[derive(Debug)]
pub struct Background {
    /// Between 1 and [`REGISTERS`], all over the same words in the same order.
    registers: Vec<Register>,
    /// Word numbers by the hash of their token.
    numbers: FxHashMap<u64, Symbol>,
    /// The number of rare words.
    rare: Symbol,
    cases: Vec<Cases>,
    /// The words that mostly open a line.
    addressed: FxHashSet<Symbol>,
    /// The network over the same words.
    network: Option<WordNetwork>,
}

impl Background {
    /// The one that is part of the base model. `None` only if the program was built with a broken asset.
    pub fn base() -> Option<&'static Self> {
        BASE.as_ref()
    }

    /// Reads models that were counted of [`tokens`](context::tokens), one a register. All have the same words, numbered in spelling order.
    ///
    /// # Errors
    /// If these are not the bytes of n-gram files, of 1 to 6 registers with as many words each.
    pub fn open(registers: &[&'static [u8]]) -> Result<Self, NgramFileError> {
        let models = registers.iter().map(|bytes| Model::open(*bytes)).collect::<Result<Vec<_>, _>>()?;
        let fits = models.len() <= REGISTERS
            && models.windows(2).all(|two| two[0].vocabulary() == two[1].vocabulary());
        let first = models.first().filter(|_| fits).ok_or(NgramFileError::Header("vocabulary size"))?;
        let words = first.vocabulary();
        let rare = first.word_id(RARE);
        let mut numbers = FxHashMap::with_capacity_and_hasher(words, FxBuildHasher);
        let mut cases = Vec::with_capacity(words);
        let mut is_word = Vec::with_capacity(words);
        for number in 0..words as Symbol {
            let spelling = first.spelling(number);
            numbers.insert(context::hash(&spelling.to_lowercase()), number);
            cases.push(Cases::of(spelling));
            is_word.push(
                number > model::ngram::END && number != rare && spelling.chars().any(char::is_alphabetic),
            );
        }
        numbers.insert(context::hash(context::BREAK), START);
        let registers: Vec<Register> =
            models.into_iter().map(|model| Register::new(model, &is_word)).collect();
        let addressed = names::addressed(&registers);
        Ok(Self { registers, numbers, rare, cases, addressed, network: None })
    }

    /// Notes in the trail that `word` has come after `history`.
    pub(crate) fn pass_word(&self, trail: &mut Trail, history: &WordHistory, word: &str) {
        if let Some(network) = &self.network {
            let hash = context::hash(&context::word_token(word));
            trail.pass_word(network, history, hash, |hash| network.token(self.token(hash)));
        }
    }

    /// The network's distribution over the words at the end of the trail, after `history`.
    pub(crate) fn foresee(&self, trail: &mut Trail, history: &WordHistory) -> Option<Distribution> {
        let network = self.network.as_ref()?;
        Some(trail.place(network, history, |hash| network.token(self.token(hash))))
    }

    /// The number of a token by its hash.
    fn token(&self, hash: u64) -> Symbol {
        self.numbers.get(&hash).copied().unwrap_or(self.rare)
    }

    /// The size of the vocabulary, marks included.
    pub(crate) fn len(&self) -> usize {
        self.cases.len()
    }

    /// The number of a word in just this spelling.
    pub(crate) fn number(&self, word: &str) -> Option<Symbol> {
        self.in_any_case(word).filter(|&number| self.spelling(number) == word)
    }

    /// Whether a word is known, in whatever case.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.in_any_case(word).is_some()
    }

    fn in_any_case(&self, word: &str) -> Option<Symbol> {
        let number = self.numbers.get(&context::hash(&word.to_lowercase())).copied();
        number.filter(|&number| self.is_word(number))
    }

    fn is_word(&self, number: Symbol) -> bool {
        self.alone(number) > 0.0
    }

    /// P(word) without context, all registers weighing the same; 0 for what is no word.
    fn alone(&self, number: Symbol) -> f32 {
        let each = self.registers.iter().filter_map(|register| register.alone.get(number as usize));
        each.sum::<f32>() / self.registers.len() as f32
    }

    /// The spelling of a number.
    pub(crate) fn spelling(&self, number: Symbol) -> &str {
        self.registers[0].model.spelling(number)
    }

    /// About how often a word was met.
    fn met(&self, number: Symbol) -> f64 {
        f64::from(self.alone(number)) * COUNTED
    }

    /// In which other cases each word may stand, by number.
    pub(crate) fn all_cases(&self) -> &[Cases] {
        &self.cases
    }

    /// In which other cases a word may stand.
    pub(crate) fn cases(&self, number: Symbol) -> Cases {
        self.cases[number as usize]
    }

    /// The numbers of the words that begin with `prefix`.
    pub(crate) fn beginning_with(&self, prefix: &str) -> Range<Symbol> {
        let first = |is_past: &dyn Fn(&str) -> bool| {
            let (mut low, mut high) = (model::ngram::END + 1, self.len() as Symbol);
            while low < high {
                let middle = low + (high - low) / 2;
                if is_past(self.spelling(middle)) { high = middle } else { low = middle + 1 }
            }
            low
        };
        let begin = first(&|spelling| spelling >= prefix);
        begin..first(&|spelling| spelling > prefix && !spelling.starts_with(prefix))
    }

    /// About how often the words of a range were met, and how many they are.
    pub(crate) fn evidence(&self, range: &Range<Symbol>) -> Evidence {
        let each = self.registers.iter();
        let sum: f64 =
            each.map(|Register { sums, .. }| sums[range.end as usize] - sums[range.start as usize]).sum();
        Evidence { met: (sum / self.registers.len() as f64 * COUNTED) as f32, kinds: range.len() }
    }

    /// Credits a word after `history` to the registers that foresaw it.
    pub(crate) fn credit(&self, registers: &mut DocumentRegisters, history: &WordHistory, word: &str) {
        let Some(number) = self.in_any_case(word) else { return };
        let mut probabilities = PerRegister::default();
        for (probability, Register { model, .. }) in probabilities.iter_mut().zip(&self.registers) {
            let state = model.state_after(&self.context(history, model.order() - 1));
            *probability = 10_f32.powf(model.score(&state, number).log10);
        }
        registers.learn(&probabilities, self.registers.len());
    }

    /// The last tokens before a place, oldest first.
    fn context(&self, history: &WordHistory, longest: usize) -> Vec<Symbol> {
        history.tokens().iter().take(longest).rev().map(|&hash| self.token(hash)).collect()
    }

    /// The distribution over the words after `history`, in a document of these registers; and how many tokens of the context a register
    /// knows, at most.
    pub(crate) fn place(
        &self,
        history: &WordHistory,
        registers: &DocumentRegisters,
    ) -> (Distribution, usize) {
        let weights = registers.weights(self.registers.len());
        let (mut probabilities, mut longest) = (vec![0.0_f32; self.len()], 0);
        for (register, weight) in self.registers.iter().zip(weights) {
            let tokens = self.context(history, register.model.order() - 1);
            let (seen, backoff, known) = register.seen_after(&tokens, |number| self.is_name(number));
            longest = longest.max(known);
            let rest = weight * backoff;
            for (probability, alone) in probabilities.iter_mut().zip(&register.alone) {
                *probability += rest * alone;
            }
            for (number, probability) in seen {
                let more = weight * probability - rest * register.alone[number as usize];
                probabilities[number as usize] += more;
            }
        }
        for probability in &mut probabilities {
            *probability = probability.max(0.0);
        }
        (Distribution::new(probabilities), longest)
    }
}

#[cfg(test)]
pub(crate) mod tests;
