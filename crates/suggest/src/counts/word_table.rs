//! P(word) under each expert over words, at one place in the text.
//!
//! A [`WordTable`] is made once a word, before its first letter: every word that followed the contexts at this place, with its
//! probability under each expert. As letters are typed, [`Lookup::starting_with`] leaves the words that go on so.
//!
//! A counted word gives a share of its probability to its other cases (`cases`), so each expert is one distribution over spellings.

use crate::counts::cases::{Case, CaseShares, uncapitalised};
use crate::counts::distribution::Distribution;
use crate::counts::document_words::DocumentWords;
use crate::counts::followers::{ContextCounts, FollowerCounts};
use crate::counts::lexicon::WordNumber;
use crate::counts::personal::{self, Personal};
use crate::counts::recency::{self, Recency};
use crate::mixture::escape::Evidence;
use crate::mixture::expert::{Components, Expert, Shares};
use crate::mixture::weights::{Situation, confidence_situation, count_situation};
use crate::words::context::WordHistory;

/// The discount: what is taken off each count of the personal contexts, so that a word seen once does not weigh too much beside those
/// seen often (Ney, Essen & Kneser 1994).
const DISCOUNT: f32 = 0.5;

/// The commonest personal words, which are looked at in every context.
const COMMON: usize = 48;

/// The most words that [`StartingWith`] holds.
const MOST: usize = 64;

/// No place in the table.
const NONE: u32 = u32::MAX;

/// Probabilities of words at one place.
#[derive(Debug, Clone)]
pub(crate) struct WordTable {
    /// The situation of each expert over words.
    pub(crate) situation: Situation,
    /// The longest personal context that was ever seen, in tokens.
    pub(crate) known: usize,
    case: CaseShares,
    /// The index in `words` by word number, or [`NONE`].
    places: Vec<u32>,
    words: Vec<(WordNumber, Shares)>,
    /// What one different predecessor of a word is worth in its personal P without context.
    unigram: f32,
    background: Option<Distribution>,
    network: Option<Distribution>,
    /// The number of words in the open document, late ones counting most.
    recent: f32,
}

/// A table beside the words that it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lookup<'a> {
    table: &'a WordTable,
    personal: &'a Personal,
}

/// The counted words that begin with a prefix.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StartingWith {
    /// P(prefix) under each expert over words.
    pub(crate) prefix: Shares,
    /// How much is known of the words that begin so.
    pub(crate) evidence: Evidence,
    /// The best words by the weights, each with its P under each expert.
    pub(crate) words: Vec<(String, Shares)>,
}

/// What was gathered of the words that begin with a prefix.
#[derive(Debug, Default)]
struct Gathered {
    prefix: Shares,
    evidence: Evidence,
    /// The weighted P of each word, its number, and the case in which it was looked up.
    found: Vec<(f32, WordNumber, Case)>,
}

impl WordTable {
    /// The word after `history`, by those of the experts that `components` names. `foreseen`: what the word network gives there.
    pub(crate) fn new(
        personal: &Personal,
        document: &DocumentWords,
        foreseen: Option<Distribution>,
        history: &WordHistory,
        components: Components,
    ) -> Self {
        let mut table = Self {
            situation: Situation::default(),
            known: 0,
            case: document.case_shares(history),
            places: vec![NONE; personal.lexicon.len()],
            words: Vec::new(),
            unigram: 0.0,
            background: None,
            network: None,
            recent: 0.0,
        };
        if components.ngram {
            table.add_personal(personal, history);
        }
        if components.recency {
            table.add_recent(document.recency(), history);
        }
        if table.unigram > 0.0 {
            table.add_common(personal);
        }
        if components.background {
            table.add_background(personal, document, history);
        }
        if let Some(place) = foreseen.filter(|_| components.words) {
            table.add_network(place);
        }
        for (number, shares) in &mut table.words {
            shares[Expert::Personal(0)] = table.unigram * personal.counts.alone(*number).kinds as f32;
        }
        table
    }

    /// The table beside the words that it was made from.
    pub(crate) fn beside<'a>(&'a self, personal: &'a Personal) -> Lookup<'a> {
        Lookup { table: self, personal }
    }

    /// The words that followed the personal contexts.
    fn add_personal(&mut self, personal: &Personal, history: &WordHistory) {
        let (_, kinds) = personal.counts.totals();
        if kinds == 0 {
            return;
        }
        self.situation[Expert::Personal(0)] = Some(count_situation(kinds as f32, 0));
        self.unigram = 1.0 / kinds as f32;
        for length in 1..=personal::CONTEXT {
            if let Some(context) = personal.counts.context(history, length) {
                let expert = Expert::Personal(length);
                self.known = length;
                self.situation[expert] = Some(count_situation(context.total, context.kinds));
                self.add_followers(expert, &personal.counts, context, DISCOUNT);
            }
        }
    }

    /// The words of the open document.
    fn add_recent(&mut self, recency: &Recency, history: &WordHistory) {
        let (total, _) = recency.counts().totals();
        if total <= 0.0 {
            return;
        }
        let unit = recency.unit();
        self.recent = total / unit;
        self.situation[Expert::Recent(0)] = Some(count_situation(self.recent, 0));
        for (number, alone) in recency.counts().words() {
            self.shares(number)[Expert::Recent(0)] = alone.count / total;
        }
        for length in 1..=recency::CONTEXT {
            if let Some(context) = recency.counts().context(history, length) {
                let expert = Expert::Recent(length);
                self.situation[expert] = Some(count_situation(context.total / unit, context.kinds));
                self.add_followers(expert, recency.counts(), context, 0.0);
            }
        }
    }

    /// The commonest personal words.
    fn add_common(&mut self, personal: &Personal) {
        let mut common: Vec<(u32, WordNumber)> =
            personal.counts.words().map(|(number, alone)| (alone.kinds, number)).collect();
        if common.len() > COMMON {
            common.select_nth_unstable_by(COMMON, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            common.truncate(COMMON);
        }
        for (_, number) in common {
            self.shares(number);
        }
    }

    /// The background's P of the words so far.
    fn add_background(&mut self, personal: &Personal, document: &DocumentWords, history: &WordHistory) {
        let Some(background) = personal.lexicon.background() else { return };
        let (place, known) = background.place(history, document.registers());
        self.situation[Expert::Background] = Some(confidence_situation(known, place.likeliest));
        for (number, shares) in &mut self.words {
            shares[Expert::Background] = place.probability(*number);
        }
        self.background = Some(place);
    }

    /// The word network's P of the words so far.
    fn add_network(&mut self, place: Distribution) {
        self.situation[Expert::Words] = Some(confidence_situation(self.known, place.likeliest));
        for (number, shares) in &mut self.words {
            shares[Expert::Words] = place.probability(*number);
        }
        self.network = Some(place);
    }

    fn add_followers(
        &mut self,
        expert: Expert,
        counts: &FollowerCounts,
        context: ContextCounts,
        discount: f32,
    ) {
        let total = context.total - discount * context.kinds as f32;
        for follower in counts.followers(context) {
            self.shares(follower.word)[expert] = (follower.count - discount).max(0.0) / total;
        }
    }

    fn shares(&mut self, number: WordNumber) -> &mut Shares {
        let place = &mut self.places[number as usize];
        if *place == NONE {
            *place = self.words.len() as u32;
            self.words.push((number, Shares::default()));
        }
        &mut self.words[*place as usize].1
    }
}

impl Lookup<'_> {
    /// P of a spelling under each expert, as another case of a counted word, too.
    pub(crate) fn probabilities_of(&self, spelling: &str) -> Shares {
        let (lexicon, case) = (&self.personal.lexicon, self.table.case);
        let mut probabilities = Shares::default();
        let mut add = |number: WordNumber, share: f32| {
            for (sum, probability) in probabilities.0.iter_mut().zip(self.of(number).0) {
                *sum += share * probability;
            }
        };
        if let Some(number) = lexicon.number(spelling) {
            add(number, case.of(Case::Own, lexicon.cases(number)));
        }
        if let Some(number) = uncapitalised(spelling).and_then(|small| lexicon.number(&small))
            && lexicon.cases(number).capitalised
        {
            add(number, case.capitalised);
        }
        if spelling.chars().any(char::is_uppercase)
            && let Some(number) = lexicon.number(&spelling.to_lowercase())
            && lexicon.cases(number).capitals
            && lexicon.spelling(number).to_uppercase() == spelling
        {
            add(number, case.capitals);
        }
        probabilities
    }

    /// The words that begin with `prefix` and are longer, the best by `weights` of them; and P of the prefix itself.
    pub(crate) fn starting_with(&self, prefix: &str, weights: &Shares) -> StartingWith {
        let Gathered { prefix: typed, evidence, found } = self.gather(prefix, weights);
        let mut words: Vec<(String, Shares)> = best(found)
            .into_iter()
            .filter_map(|(number, case)| case.apply(self.personal.lexicon.spelling(number)))
            .filter(|word| word.len() > prefix.len() && word.starts_with(prefix))
            .map(|word| {
                let probabilities = self.probabilities_of(&word);
                (word, probabilities)
            })
            .collect();
        words.sort_by(|a, b| a.0.cmp(&b.0));
        words.dedup_by(|a, b| a.0 == b.0);
        StartingWith { prefix: typed, evidence, words }
    }

    /// Gathers the words that begin with `prefix`, in every case that it may stand for.
    fn gather(&self, prefix: &str, weights: &Shares) -> Gathered {
        let mut gathered = Gathered::default();
        if prefix.is_empty() {
            let counted = self.table.words.iter().map(|&(number, _)| number);
            let foreseen = self.table.background.iter().chain(&self.table.network);
            for number in counted.chain(foreseen.flat_map(Distribution::best).copied()) {
                let cases = self.personal.lexicon.cases(number);
                let weighed = weights.weigh(&self.of(number));
                for case in [Case::Own, Case::Capitalised] {
                    gathered.found.push((self.table.case.of(case, cases) * weighed, number, case));
                }
            }
            for (probability, situation) in gathered.prefix.0.iter_mut().zip(self.table.situation.0) {
                *probability = f32::from(situation.is_some());
            }
            return gathered;
        }
        self.gather_case(prefix, Case::Own, weights, &mut gathered);
        if let Some(small) = uncapitalised(prefix).filter(|_| prefix.starts_with(char::is_uppercase)) {
            self.gather_case(&small, Case::Capitalised, weights, &mut gathered);
        }
        let folded = prefix.to_lowercase();
        if folded != prefix && prefix.to_uppercase() == prefix {
            self.gather_case(&folded, Case::Capitals, weights, &mut gathered);
        }
        gathered
    }

    /// Gathers the words whose own spelling begins with `prefix`, as they stand in one case.
    fn gather_case(&self, prefix: &str, case: Case, weights: &Shares, gathered: &mut Gathered) {
        let Gathered { prefix: typed, evidence, found } = gathered;
        let Self { table, personal } = self;
        let lexicon = &personal.lexicon;
        let share = |number: WordNumber| table.case.of(case, lexicon.cases(number));
        for (_, number) in lexicon.beginning_with(prefix) {
            let (probabilities, share) = (self.of(number), share(number));
            for k in Expert::ALL.into_iter().filter(|k| !matches!(k, Expert::Background | Expert::Words)) {
                typed[k] += share * probabilities[k];
            }
            // What was typed here is among the personal counts and among the recent ones.
            let alone = personal.counts.alone(number).count;
            let met = alone.max(table.recent * probabilities[Expert::Recent(0)]);
            evidence.add(Evidence { met, kinds: usize::from(met > 0.0) });
            found.push((share * weights.weigh(&probabilities), number, case));
        }
        let Some(background) = lexicon.background() else { return };
        let range = background.beginning_with(prefix);
        if table.background.is_some() {
            evidence.add(background.evidence(&range));
        }
        let mut words = Vec::new();
        for (expert, place) in [(Expert::Background, &table.background), (Expert::Words, &table.network)] {
            if let Some(place) = place {
                typed[expert] += place.sums(&range, background.all_cases()).in_case(case, table.case);
                words.extend(place.best_of(&range));
            }
        }
        for number in words {
            found.push((share(number) * weights.weigh(&self.of(number)), number, case));
        }
    }

    /// P of a counted word under each expert, all of its cases together.
    fn of(&self, number: WordNumber) -> Shares {
        let Self { table, personal } = self;
        match table.places.get(number as usize) {
            Some(&place) if place != NONE => table.words[place as usize].1,
            _ => {
                let mut probabilities = Shares::default();
                probabilities[Expert::Personal(0)] =
                    table.unigram * personal.counts.alone(number).kinds as f32;
                for (expert, place) in
                    [(Expert::Background, &table.background), (Expert::Words, &table.network)]
                {
                    probabilities[expert] = place.as_ref().map_or(0.0, |place| place.probability(number));
                }
                probabilities
            }
        }
    }
}

/// The [`MOST`] likeliest of the words that were found, each once.
fn best(mut found: Vec<(f32, WordNumber, Case)>) -> Vec<(WordNumber, Case)> {
    found.retain(|&(weighed, ..)| weighed > 0.0);
    found.sort_unstable_by_key(|&(_, number, case)| (number, case));
    found.dedup_by_key(|&mut (_, number, case)| (number, case));
    if found.len() > MOST {
        found.select_nth_unstable_by(MOST, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(MOST);
    }
    found.into_iter().map(|(_, number, case)| (number, case)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use std::sync::LazyLock;

    use super::*;
    use crate::counts::background::Background;
    use crate::counts::background::tests::counted;
    use crate::counts::cases::capitalised;
    use crate::mixture::expert::PerExpert;

    static BACKGROUND_MODEL: LazyLock<Background> =
        LazyLock::new(|| counted("a bc ca the salt shore. we aa bca BC shore, abc cab", &["BC"]));

    /// What was learned from `learned`, and a document that has come to the end of `text`.
    fn place(learned: &str, text: &str) -> (Personal, DocumentWords) {
        let mut personal = Personal::new(Some(&BACKGROUND_MODEL));
        let mut document = DocumentWords::default();
        personal.learn_documents([("a", learned)]);
        for c in text.chars() {
            document.read(&mut personal, c, |_, _| false);
        }
        (personal, document)
    }

    const EVEN: Shares = PerExpert([1.0; Expert::COUNT]);

    fn table(personal: &Personal, document: &DocumentWords) -> WordTable {
        let weight = |number: u32| match BACKGROUND_MODEL.frequency(BACKGROUND_MODEL.spelling(number)) {
            frequency if frequency > 0.0 => (number % 5 + 1) as f32,
            _ => 0.0,
        };
        let foreseen = Distribution::new((0..BACKGROUND_MODEL.len() as u32).map(weight).collect());
        WordTable::new(personal, document, Some(foreseen), &document.here(), Components::ALL)
    }

    fn best(starting: &StartingWith, expert: Expert) -> &str {
        let best = starting.words.iter().max_by(|a, b| a.1[expert].total_cmp(&b.1[expert]));
        best.map_or("", |(word, _)| word)
    }

    #[test]
    fn each_expert_has_its_own_favourite() {
        let (personal, document) =
            place("the salt marsh. the salt marsh. the sea wall", "a quay, a quay and the salt ");
        let table = table(&personal, &document);
        assert_eq!(table.known, 2);
        let starting = table.beside(&personal).starting_with("", &EVEN);
        assert_eq!(best(&starting, Expert::Personal(2)), "marsh");
        assert_eq!(best(&starting, Expert::Recent(0)), "quay", "used as often as \"a\", and later");
        assert!(
            table.situation[Expert::Recent(1)].is_none(),
            "salt has stood here, but nothing after it yet"
        );
        assert!(table.situation[Expert::Lstm].is_none(), "that is not for the counts to say");
        assert_eq!(table.beside(&personal).starting_with("q", &EVEN).words[0].0, "quay");
    }

    #[test]
    fn a_word_is_offered_in_the_case_of_its_place() {
        let (personal, document) = place("we met the warden. we met Ines", "So be it. ");
        let table = table(&personal, &document);
        let lookup = table.beside(&personal);
        let alone = |word: &str| lookup.probabilities_of(word)[Expert::Personal(0)];
        assert!(alone("We") > alone("we") && alone("Ines") > 0.0 && alone("INES") == 0.0);
        let starting = lookup.starting_with("WA", &EVEN);
        assert_eq!(starting.words.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>(), ["WARDEN"]);
        assert!(starting.prefix[Expert::Personal(0)] > 0.0);
    }

    #[test]
    fn only_the_components_named_contribute() {
        let (personal, document) = place("one two", "one ");
        let silent = WordTable::new(&personal, &document, None, &document.here(), Components::LSTM);
        assert_eq!(silent.situation, Situation::default());
        assert!(silent.beside(&personal).starting_with("", &EVEN).words.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Over all spellings an expert's probabilities sum to 1; over those that begin with a prefix, to P(prefix).
        #[test]
        fn every_expert_is_a_distribution(
            learned in "[a-cA-C .,]{1,60}", text in "[a-cA-C .]{0,40}", prefix in "[a-cA-C]{1,2}",
        ) {
            let (personal, document) = place(&learned, &format!("{text} "));
            let table = table(&personal, &document);
            let mut spellings: Vec<String> = personal
                .lexicon
                .used()
                .map(|(word, _)| word)
                .chain(BACKGROUND_MODEL.beginning_with("").map(|number| BACKGROUND_MODEL.spelling(number)))
                .flat_map(|word| [Some(word.to_owned()), capitalised(word), Some(word.to_uppercase())])
                .flatten()
                .collect();
            spellings.sort();
            spellings.dedup();
            let lookup = table.beside(&personal);
            let sum = |begins: &str, expert: Expert| -> f32 {
                let begun = spellings.iter().filter(|word| word.starts_with(begins));
                begun.map(|word| lookup.probabilities_of(word)[expert]).sum()
            };
            let starting = lookup.starting_with(&prefix, &EVEN);
            for expert in Expert::over_words() {
                let whole = if table.situation[expert].is_some() { 1.0 } else { 0.0 };
                prop_assert!((sum("", expert) - whole).abs() < 1e-4, "{:?} {}", expert, sum("", expert));
                let begun = sum(&prefix, expert);
                let typed = starting.prefix[expert];
                prop_assert!((typed - begun).abs() < 1e-4, "{:?} {} {}", expert, typed, begun);
            }
            for (word, probabilities) in &starting.words {
                prop_assert_eq!(probabilities, &lookup.probabilities_of(word));
            }
        }
    }
}
