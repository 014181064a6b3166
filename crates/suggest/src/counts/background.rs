//! The background model: counts of words from the texts that the base LSTM was trained on.
//!
//! A trigram model (interpolated modified Kneser-Ney, [`model::ngram`]). The LSTM knows letters and grammar; this one knows some
//! hundred thousand turns of phrase. Its words are numbered in spelling order, so those with a common prefix are a range of numbers. A
//! word has the spelling it mostly has within sentences, and is looked up in any case.
//!
//! The file is used as it lies in the program; one number a word is computed when it is opened.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::counts::cases::{Case, CaseShares, Cases};
use crate::mixture::escape::Evidence;
use crate::words::context::{self, WordHistory};
use model::base::BASE_NGRAM;
use model::ngram::{Model, NgramFileError, START, State};
use model::{LanguageModel as _, Symbol};

/// The token for all words that were too rare in the counted text to have one of their own.
pub const RARE: &str = "<rare>";

/// Words that are looked at for their frequency alone, of those that begin with the prefix.
const COMMON: usize = 16;

/// About how many words the texts have that `assets/counts/base.ngram` was counted from.
const COUNTED: f64 = 2.5e7;

/// A name has at most this times the P that it has after the last word alone. One story told often, such as that of a convention that met
/// in Philadelphia, would else make its name all but certain after its trigram.
const NAMED_AGAIN: f32 = 5.0;

/// A name of at least this P is compared so.
const NOTABLE: f32 = 1e-3;

/// A word that was met less often than about this is rare, and one below the other hardly more than the word of one text.
const SELDOM: f64 = 300.0;
const ONE_TEXT: f64 = 120.0;

/// A rare word that is so many times likelier where a line begins is mostly a name by which somebody is addressed in a chat.
const ADDRESSED: f32 = 3.0;

static BASE: LazyLock<Option<Background>> = LazyLock::new(|| Background::open(BASE_NGRAM).ok());

/// A background model, and what is computed from it when it is opened.
#[derive(Debug)]
pub struct Background {
    model: Model<&'static [u8]>,
    /// Word numbers by the hash of their token.
    numbers: FxHashMap<u64, Symbol>,
    /// The number of rare words.
    rare: Symbol,
    /// P(word) without context, by number; 0 for what is no word.
    alone: Vec<f32>,
    cases: Vec<Cases>,
    /// Sums of `alone` over all words before each number.
    sums: Vec<Sums>,
    /// The words that mostly open a line.
    addressed: FxHashSet<Symbol>,
}

/// Sums of P over some words: over all, and over those that may stand in another case.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sums {
    all: f64,
    capitalised: f64,
    capitals: f64,
}

/// The background model's distribution over the words at one place.
#[derive(Debug, Clone, Default)]
pub(crate) struct BackgroundPlace {
    /// P of the words seen after this context, by number.
    seen: Vec<(Symbol, f32)>,
    /// The backoff weight: P of any other word is this times its P without context.
    rest: f32,
    /// Tokens of context that the model knows.
    pub(crate) known: usize,
    /// P of the likeliest word.
    pub(crate) likeliest: f32,
}

impl Background {
    /// The one that is part of the base model. `None` only if the program was built with a broken asset.
    pub fn base() -> Option<&'static Self> {
        BASE.as_ref()
    }

    /// Reads a model that was counted of [`tokens`](context::tokens), its words numbered in spelling order.
    ///
    /// # Errors
    /// If these are not the bytes of an n-gram file.
    pub fn open(bytes: &'static [u8]) -> Result<Self, NgramFileError> {
        let model = Model::open(bytes)?;
        let words = model.vocabulary();
        let mut background = Self {
            numbers: FxHashMap::with_capacity_and_hasher(words, FxBuildHasher),
            rare: model.word_id(RARE),
            alone: Vec::with_capacity(words),
            cases: Vec::with_capacity(words),
            sums: vec![Sums::default()],
            addressed: FxHashSet::default(),
            model,
        };
        let mut sums = Sums::default();
        for number in 0..words as Symbol {
            let spelling = background.model.spelling(number);
            let is_word = number > model::ngram::END
                && number != background.rare
                && spelling.chars().any(char::is_alphabetic);
            let cases = Cases::of(spelling);
            let probability = if is_word { 10_f32.powf(background.model.alone(number)) } else { 0.0 };
            background.numbers.insert(context::hash(&spelling.to_lowercase()), number);
            sums.add(cases, f64::from(probability));
            background.alone.push(probability);
            background.cases.push(cases);
            background.sums.push(sums);
        }
        background.numbers.insert(context::hash(context::BREAK), START);
        background.find_addressed();
        Ok(background)
    }

    /// The size of the vocabulary, marks included.
    pub(crate) fn len(&self) -> usize {
        self.alone.len()
    }

    /// The number of a word in just this spelling.
    pub(crate) fn number(&self, word: &str) -> Option<Symbol> {
        self.in_any_case(word).filter(|&number| self.spelling(number) == word)
    }

    /// P(word) without context, in whatever case but capitals; 0 if it is unknown.
    pub(crate) fn frequency(&self, word: &str) -> f64 {
        let number = self.in_any_case(word).filter(|&number| !is_abbreviation(self.spelling(number)));
        number.map_or(0.0, |number| f64::from(self.alone[number as usize]))
    }

    /// About how often a word was met, in whatever case.
    pub(crate) fn met_in_any_case(&self, word: &str) -> f64 {
        self.in_any_case(word).map_or(0.0, |number| self.met(number))
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
        self.alone.get(number as usize).is_some_and(|&probability| probability > 0.0)
    }

    /// The spelling of a number.
    pub(crate) fn spelling(&self, number: Symbol) -> &str {
        self.model.spelling(number)
    }

    /// Whether a word is spelled with a capital first within sentences.
    fn is_name(&self, number: Symbol) -> bool {
        self.spelling(number).chars().nth(1).is_some()
            && self.spelling(number).starts_with(char::is_uppercase)
    }

    /// Whether a word is spelled with a capital first within sentences, and is no contraction of *I*.
    pub(crate) fn names(&self, word: &str) -> bool {
        !word.starts_with("I'") && self.number(word).is_some_and(|number| self.is_name(number))
    }

    /// Whether a word in just this spelling is rare.
    pub(crate) fn is_rare(&self, word: &str) -> bool {
        self.number(word).is_some_and(|number| self.met(number) < SELDOM)
    }

    /// Whether a word is a rare name: of a person in one book, or by which somebody was addressed in a chat.
    pub(crate) fn is_of_one_text(&self, word: &str) -> bool {
        self.number(word).is_some_and(|number| {
            let is_nickname = self.addressed.contains(&number) || has_inner_capital(word);
            self.is_name(number) && self.met(number) < ONE_TEXT || is_nickname && self.met(number) < SELDOM
        })
    }

    /// About how often a word was met.
    fn met(&self, number: Symbol) -> f64 {
        f64::from(self.alone[number as usize]) * COUNTED
    }

    /// Marks the words that mostly open a line, adverbs and contractions apart.
    fn find_addressed(&mut self) {
        let (openings, _) = self.model.seen_after(&self.model.state_after(&[START]));
        let is_addressed = |&(number, log10): &(Symbol, f32)| {
            let spelling = self.spelling(number);
            let alone = self.alone.get(number as usize).copied().unwrap_or_default();
            10_f32.powf(log10) >= ADDRESSED * alone && !spelling.contains('\'') && !spelling.ends_with("ly")
        };
        self.addressed =
            openings.iter().filter(|opening| is_addressed(opening)).map(|&(number, _)| number).collect();
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

    /// The commonest words of a range.
    pub(crate) fn commonest(&self, range: Range<Symbol>) -> Vec<Symbol> {
        let probability = |number: Symbol| self.alone[number as usize];
        let mut words: Vec<Symbol> = range.filter(|&number| probability(number) > 0.0).collect();
        if words.len() > COMMON {
            words.select_nth_unstable_by(COMMON, |&a, &b| {
                probability(b).total_cmp(&probability(a)).then(a.cmp(&b))
            });
            words.truncate(COMMON);
        }
        words
    }

    /// About how often the words of a range were met, and how many they are.
    pub(crate) fn evidence(&self, range: &Range<Symbol>) -> Evidence {
        let probability = self.sums[range.end as usize].all - self.sums[range.start as usize].all;
        Evidence { met: (probability * COUNTED) as f32, kinds: range.len() }
    }

    /// The distribution over the words after `history`.
    pub(crate) fn place(&self, history: &WordHistory) -> BackgroundPlace {
        let longest = self.model.order() - 1;
        let token = |hash: &u64| self.numbers.get(hash).copied().unwrap_or(self.rare);
        let tokens: Vec<Symbol> = history.tokens().iter().take(longest).rev().map(token).collect();
        let state: State = self.model.state_after(&tokens);
        let (mut seen, weight) = self.model.seen_after(&state);
        seen.retain(|&(number, _)| self.is_word(number));
        let rest = 10_f32.powf(weight);
        let shorter = tokens.split_first().filter(|_| state.length() > 1);
        let shorter = shorter.map(|(_, last)| self.model.state_after(last));
        let mut whole = f64::from(rest) * self.sums.last().map_or(0.0, |sums| sums.all);
        let mut likeliest = 0.0_f32;
        for (number, probability) in &mut seen {
            *probability = 10_f32.powf(*probability);
            if let Some(shorter) = shorter.as_ref().filter(|_| *probability >= NOTABLE)
                && self.is_name(*number)
            {
                let alone = 10_f32.powf(self.model.score(shorter, *number).log10);
                *probability = probability.min(NAMED_AGAIN * alone);
            }
            likeliest = likeliest.max(*probability);
            whole += f64::from(*probability) - f64::from(rest * self.alone[*number as usize]);
        }
        let scale = (1.0 / whole.max(1e-9)) as f32;
        for (_, probability) in &mut seen {
            *probability *= scale;
        }
        BackgroundPlace { seen, rest: rest * scale, known: state.length(), likeliest: likeliest * scale }
    }

    /// P(word) at a place.
    pub(crate) fn probability(&self, place: &BackgroundPlace, number: Symbol) -> f32 {
        match place.seen.binary_search_by_key(&number, |&(seen, _)| seen) {
            Ok(at) => place.seen[at].1,
            Err(_) => place.rest * self.alone.get(number as usize).copied().unwrap_or(0.0),
        }
    }

    /// Sums of P over the words of a range at a place.
    pub(crate) fn sums(&self, place: &BackgroundPlace, range: &Range<Symbol>) -> Sums {
        let rest = f64::from(place.rest);
        let (before, after) = (self.sums[range.start as usize], self.sums[range.end as usize]);
        let mut sums = Sums {
            all: rest * (after.all - before.all),
            capitalised: rest * (after.capitalised - before.capitalised),
            capitals: rest * (after.capitals - before.capitals),
        };
        for &(number, probability) in place.seen(range) {
            let more = f64::from(probability) - rest * f64::from(self.alone[number as usize]);
            sums.add(self.cases(number), more);
        }
        sums
    }
}

/// Whether a word is an abbreviation of two capitals or more.
fn is_abbreviation(word: &str) -> bool {
    word.chars().nth(1).is_some() && word.chars().all(char::is_uppercase)
}

/// Whether a word has a capital behind a small letter, as `GitHub`; not behind `Mc`.
fn has_inner_capital(word: &str) -> bool {
    let rest = word.strip_prefix("Mc").or_else(|| word.strip_prefix("Mac")).unwrap_or(word);
    let mut letters = rest.chars().skip_while(|c| !c.is_lowercase());
    letters.any(char::is_uppercase)
}

impl BackgroundPlace {
    /// The words of a range that were seen here.
    pub(crate) fn seen(&self, range: &Range<Symbol>) -> &[(Symbol, f32)] {
        let at = |number: Symbol| self.seen.partition_point(|&(seen, _)| seen < number);
        &self.seen[at(range.start)..at(range.end)]
    }
}

impl Sums {
    fn add(&mut self, cases: Cases, probability: f64) {
        self.all += probability;
        if cases.capitalised {
            self.capitalised += probability;
        }
        if cases.capitals {
            self.capitals += probability;
        }
    }

    /// The sum of P over the words in one case, where `shares` of each word's P go to the other cases.
    pub(crate) fn in_case(&self, case: Case, shares: CaseShares) -> f32 {
        let (capitalised, capitals) = (f64::from(shares.capitalised), f64::from(shares.capitals));
        let sum = match case {
            Case::Own => self.all - capitalised * self.capitalised - capitals * self.capitals,
            Case::Capitalised => capitalised * self.capitalised,
            Case::Capitals => capitals * self.capitals,
        };
        sum.max(0.0) as f32
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::words::context::{Token, tokens};
    use model::ngram::file::{Encoding, write};
    use model::ngram::{Counter, Plan, estimate};

    const TEXT: &str =
        "The gate stood open.\nWe saw the garden, and the gate.\nThe gate of the garden in 1998\n";

    /// A background of `text`, made as `examples/count_base.rs` makes that of the base model; of words in lower case but for the names given.
    pub(crate) fn counted(text: &str, names: &[&str]) -> Background {
        let spelled = |word: &str| {
            let folded = word.to_lowercase();
            names.iter().find(|name| name.to_lowercase() == folded).map_or(folded, |&name| name.to_owned())
        };
        let mut sentences: Vec<Vec<String>> = vec![Vec::new()];
        for token in tokens(text) {
            let last = sentences.len() - 1;
            match token {
                Token::Word(word, _) => sentences[last].push(spelled(&word)),
                Token::Mark(mark) => sentences[last].push(mark),
                Token::Break => sentences.push(Vec::new()),
            }
        }
        let words: BTreeSet<&str> = sentences.iter().flatten().map(String::as_str).chain([RARE]).collect();
        let mut counter = Counter::in_memory(3).unwrap().with_words(words.iter().copied());
        for sentence in &sentences {
            let words: Vec<&str> = sentence.iter().map(String::as_str).collect();
            counter.add_sentence(&words).unwrap();
        }
        let (ngrams, _) = estimate(counter.finish().unwrap(), &Plan::default()).unwrap();
        let mut bytes = Vec::new();
        write(&ngrams, Encoding::Exact, &mut bytes).unwrap();
        Background::open(bytes.leak()).unwrap()
    }

    fn place(background: &Background, text: &str) -> BackgroundPlace {
        let history = context::words(&format!("{text}x")).last().map(|(history, _)| history);
        background.place(&history.unwrap_or_default())
    }

    #[test]
    fn at_every_place_the_probabilities_of_the_words_sum_to_one() {
        let background = counted(TEXT, &[]);
        for text in ["", "the ", "saw the ", "nothing known ", "garden, ", "garden, and "] {
            let place = place(&background, text);
            let sum: f32 =
                (0..background.len() as Symbol).map(|number| background.probability(&place, number)).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{text:?}: {sum}");
        }
    }

    #[test]
    fn what_followed_is_likelier_than_what_did_not() {
        let background = counted(TEXT, &[]);
        let probability =
            |text, word| background.probability(&place(&background, text), background.number(word).unwrap());
        assert!(
            probability("the ", "gate") > probability("the ", "open")
                && probability("the ", "gate") > probability("", "gate")
        );
        assert!(probability("saw the ", "garden") > probability("the ", "garden"));
        assert_eq!(place(&background, "saw the ").known, 2);
        assert_eq!(place(&background, "never met ").known, 0);
    }

    #[test]
    fn words_of_a_beginning_are_a_range_and_weigh_what_they_sum_to() {
        let background = counted(TEXT, &["Garden"]);
        let spelled =
            |prefix| background.beginning_with(prefix).map(|n| background.spelling(n)).collect::<Vec<_>>();
        assert_eq!(spelled("g"), ["gate"]);
        assert_eq!(spelled("G"), ["Garden"]);
        assert_eq!(spelled("zz"), [""; 0]);
        let place = place(&background, "saw the ");
        for prefix in ["", "g", "G", "s"] {
            let range = background.beginning_with(prefix);
            let sums = background.sums(&place, &range);
            let mut own = 0.0;
            for number in range {
                let probability = background.probability(&place, number);
                own += probability * if background.cases(number).capitalised { 1.0 - 0.3 - 0.1 } else { 1.0 };
            }
            assert!(
                (sums.in_case(Case::Own, CaseShares { capitalised: 0.3, capitals: 0.1 }) - own).abs() < 1e-5,
                "{prefix}"
            );
        }
    }

    #[test]
    fn a_name_that_followed_often_by_chance_is_not_certain() {
        let (base, two) = (Background::base().unwrap(), "the convention met in ");
        let number = base.number("Philadelphia").unwrap();
        assert!(base.probability(&place(base, two), number) < 0.02);
        let states = base.number("States").unwrap();
        assert!(
            base.probability(&place(base, "in the United "), states) > 0.1,
            "the last word names it, too"
        );
    }

    #[test]
    fn a_word_is_known_in_any_case_and_numbered_in_its_own() {
        let background = counted(TEXT, &["Garden"]);
        assert!(background.knows("GARDEN") && background.knows("Gate") && !background.knows("moor"));
        assert_eq!((background.number("garden"), background.number("Gate")), (None, None));
        assert!(background.number("Garden").is_some());
        for no_word in [",", "1998", "0", RARE, "</s>"] {
            assert!(!background.knows(no_word), "{no_word}");
        }
    }

    #[test]
    fn the_base_models_counts_know_what_is_often_said() {
        let background = Background::base().unwrap();
        let best = |text| {
            let place = place(background, text);
            let best = place.seen.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
            background.spelling(best)
        };
        assert_eq!((best("on the other "), best("thank ")), ("hand", "you"));
        assert_eq!(background.number("Monday").map(|number| background.spelling(number)), Some("Monday"));
    }

    #[test]
    fn words_of_one_text_are_told_from_those_in_general_use() {
        let base = Background::base().unwrap();
        for (word, expected) in [
            ("ikonia", true),
            ("ActionParsnip", true),
            ("Juley", true),
            ("London", false),
            ("Monday", false),
            ("John", false),
            ("interestingly", false),
            ("moistened", false),
            ("GitHub", false),
            ("McCarthy", false),
        ] {
            assert_eq!(base.is_of_one_text(word), expected, "{word}");
        }
        assert!(base.names("London") && !base.names("I'm") && !base.names("table"));
        assert!(base.frequency("the") > base.frequency("table") && base.frequency("xqzt") <= 0.0);
    }
}
