//! What the counts say about the word that begins at a place.
//!
//! Made once for each word, when the first of its letters is still to come: every word that followed the contexts at
//! this place, with its chance under each expert that counts. As letters are typed, [`WordTable::narrow`] leaves those that go on so.
//!
//! A word is counted in one spelling and may be meant in another: with a capital where a sentence opens, in capitals
//! where all is. So each counted word gives a share of its chance to its other cases: still one distribution over spellings.

use crate::counts::background::{BackgroundPlace, Looked};
use crate::counts::followers::{Context, Counts};
use crate::counts::lexicon::{Cases, Lexicon, WordNumber, capitalised, uncapitalised};
use crate::counts::personal::{self, Personal};
use crate::counts::recency::{self, Recency};
use crate::mixture::escape::Evidence;
use crate::mixture::weights::{
    BACKGROUND, EXPERTS, PERSONAL, RECENT, Shares, Situation, counted, sure, weighted,
};
use crate::suggester::Components;
use crate::words::context::History;
use model::ngram::WordId;

/// What is taken off each count of the personal contexts, so that what was seen once does not count too much beside
/// what was seen often (Ney, Essen and Kneser 1994).
const DISCOUNT: f32 = 0.5;

/// Words with no context to speak for them that are looked at before anything is typed.
const COMMON: usize = 48;

/// Words a narrowed table holds at most.
const MOST: usize = 64;

/// How likely a word is to stand in another case than its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CaseChances {
    /// With a capital first.
    pub(crate) capitalised: f32,
    /// In capitals.
    pub(crate) capitals: f32,
}

/// The chances of words at one place.
#[derive(Debug, Clone)]
pub(crate) struct WordTable {
    /// The situation of each expert that counts.
    pub(crate) situation: Situation,
    /// Longest personal context that was ever seen, in tokens.
    pub(crate) known: usize,
    case: CaseChances,
    /// By word number, its place in `words`, or `NONE`.
    places: Vec<u32>,
    words: Vec<(WordNumber, Shares)>,
    /// What one of the personal kinds is worth where no context speaks.
    unigram: f32,
    background: Option<BackgroundPlace>,
    /// How many words the open document has, the recent ones counting most.
    recent: f32,
}

const NONE: u32 = u32::MAX;

/// The words that go on as typed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Narrowed {
    /// The chance of what is typed under each expert that counts.
    pub(crate) masses: Shares,
    /// What is known of the words that begin so.
    pub(crate) evidence: Evidence,
    /// Spellings and their chances, not yet divided by the masses; the best by the weights given.
    pub(crate) words: Vec<(String, Shares)>,
}

/// What was gathered of the words that begin as typed.
#[derive(Debug, Default)]
struct Gathered {
    masses: Shares,
    evidence: Evidence,
    /// Words by number, in which case they were looked at, and what they weigh.
    found: Vec<(f32, WordNumber, Looked)>,
}

impl WordTable {
    /// Asks the counts about the word after `history`.
    pub(crate) fn new(
        personal: &Personal,
        recency: &Recency,
        history: &History,
        case: CaseChances,
        asked: Components,
    ) -> Self {
        let mut table = Self {
            situation: [None; EXPERTS],
            known: 0,
            case,
            places: vec![NONE; personal.lexicon.len()],
            words: Vec::new(),
            unigram: 0.0,
            background: None,
            recent: 0.0,
        };
        let (_, kinds) = personal.counts.totals();
        if asked.ngram && kinds > 0 {
            table.situation[PERSONAL] = Some(counted(kinds as f32, 0));
            table.unigram = 1.0 / kinds as f32;
            for length in 1..=personal::CONTEXT {
                if let Some(context) = personal.counts.context(history, length) {
                    table.known = length;
                    table.situation[PERSONAL + length] = Some(counted(context.total, context.kinds));
                    table.hear(PERSONAL + length, &personal.counts, context, DISCOUNT);
                }
            }
        }
        let (total, _) = recency.counts().totals();
        if asked.recency && total > 0.0 {
            let unit = recency.unit();
            table.recent = total / unit;
            table.situation[RECENT] = Some(counted(table.recent, 0));
            for (number, alone) in recency.counts().words() {
                table.shares(number)[RECENT] = alone.count / total;
            }
            for length in 1..=recency::CONTEXT {
                if let Some(context) = recency.counts().context(history, length) {
                    table.situation[RECENT + length] = Some(counted(context.total / unit, context.kinds));
                    table.hear(RECENT + length, recency.counts(), context, 0.0);
                }
            }
        }
        if table.unigram > 0.0 {
            let mut common: Vec<(u32, WordNumber)> =
                personal.counts.words().map(|(number, alone)| (alone.kinds, number)).collect();
            if common.len() > COMMON {
                common.select_nth_unstable_by(COMMON, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
                common.truncate(COMMON);
            }
            for (_, number) in common {
                table.shares(number);
            }
        }
        if asked.background
            && let Some(background) = personal.lexicon.background()
        {
            let place = background.place(history);
            table.situation[BACKGROUND] = Some(sure(place.known, place.likeliest));
            for (number, shares) in &mut table.words {
                shares[BACKGROUND] = background.chance(&place, *number);
            }
            for &(number, chance) in place.seen(&(0..WordId::MAX)) {
                table.shares(number)[BACKGROUND] = chance;
            }
            table.background = Some(place);
        }
        for (number, shares) in &mut table.words {
            shares[PERSONAL] = table.unigram * personal.counts.alone(*number).kinds as f32;
        }
        table
    }

    fn shares(&mut self, number: WordNumber) -> &mut Shares {
        let place = &mut self.places[number as usize];
        if *place == NONE {
            *place = self.words.len() as u32;
            self.words.push((number, [0.0; EXPERTS]));
        }
        &mut self.words[*place as usize].1
    }

    fn hear(&mut self, expert: usize, counts: &Counts, context: Context, discount: f32) {
        let total = context.total - discount * context.kinds as f32;
        for follower in counts.followers(context) {
            self.shares(follower.word)[expert] = (follower.count - discount).max(0.0) / total;
        }
    }

    /// The chances of a counted word in its own spelling.
    fn of(&self, personal: &Personal, number: WordNumber) -> Shares {
        match self.places.get(number as usize) {
            Some(&place) if place != NONE => self.words[place as usize].1,
            _ => {
                let mut shares = [0.0; EXPERTS];
                shares[PERSONAL] = self.unigram * personal.counts.alone(number).kinds as f32;
                if let Some((background, place)) = personal.lexicon.background().zip(self.background.as_ref())
                {
                    shares[BACKGROUND] = background.chance(place, number);
                }
                shares
            }
        }
    }

    /// How much of a word's chance stays with its own spelling.
    fn own(&self, cases: Cases) -> f32 {
        let taken = |may: bool, chance: f32| if may { chance } else { 0.0 };
        1.0 - taken(cases.capitalised, self.case.capitalised) - taken(cases.capitals, self.case.capitals)
    }

    /// The chances of a spelling, those it has as another case of a counted word included.
    pub(crate) fn spelling(&self, personal: &Personal, spelling: &str) -> Shares {
        let lexicon = &personal.lexicon;
        let mut chances = [0.0; EXPERTS];
        let mut add = |number: WordNumber, share: f32| {
            for (sum, chance) in chances.iter_mut().zip(self.of(personal, number)) {
                *sum += share * chance;
            }
        };
        if let Some(number) = lexicon.number(spelling) {
            add(number, self.own(lexicon.cases(number)));
        }
        if let Some(number) = uncapitalised(spelling).and_then(|small| lexicon.number(&small))
            && lexicon.cases(number).capitalised
        {
            add(number, self.case.capitalised);
        }
        if spelling.chars().any(char::is_uppercase)
            && let Some(number) = lexicon.number(&spelling.to_lowercase())
            && lexicon.cases(number).capitals
            && lexicon.spelling(number).to_uppercase() == spelling
        {
            add(number, self.case.capitals);
        }
        chances
    }

    /// The words that begin with `prefix` and go on, the best by `weights` first found; and the chance of the prefix itself.
    pub(crate) fn narrow(&self, personal: &Personal, prefix: &str, weights: &Shares) -> Narrowed {
        let lexicon = &personal.lexicon;
        let mut gathered = Gathered::default();
        if prefix.is_empty() {
            for &(number, ref chances) in &self.words {
                let cases = lexicon.cases(number);
                let score = weighted(weights, chances);
                gathered.found.push((self.own(cases) * score, number, Looked::Own));
                if cases.capitalised {
                    gathered.found.push((self.case.capitalised * score, number, Looked::Capitalised));
                }
            }
            for (mass, situation) in gathered.masses.iter_mut().zip(self.situation) {
                *mass = f32::from(situation.is_some());
            }
        } else {
            self.narrow_case(personal, prefix, Looked::Own, weights, &mut gathered);
            if let Some(small) = uncapitalised(prefix).filter(|_| prefix.starts_with(char::is_uppercase)) {
                self.narrow_case(personal, &small, Looked::Capitalised, weights, &mut gathered);
            }
            let folded = prefix.to_lowercase();
            if folded != prefix && prefix.to_uppercase() == prefix {
                self.narrow_case(personal, &folded, Looked::Capitals, weights, &mut gathered);
            }
        }
        let Gathered { masses, evidence, mut found } = gathered;
        found.retain(|&(score, ..)| score > 0.0);
        found.sort_unstable_by_key(|&(_, number, looked)| (number, looked));
        found.dedup_by_key(|&mut (_, number, looked)| (number, looked));
        if found.len() > MOST {
            found.select_nth_unstable_by(MOST, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            found.truncate(MOST);
        }
        let mut words: Vec<(String, Shares)> = found
            .into_iter()
            .filter_map(|(_, number, looked)| looked.apply(lexicon, number))
            .filter(|word| word.len() > prefix.len() && word.starts_with(prefix))
            .map(|word| {
                let chances = self.spelling(personal, &word);
                (word, chances)
            })
            .collect();
        words.sort_by(|a, b| a.0.cmp(&b.0));
        words.dedup_by(|a, b| a.0 == b.0);
        Narrowed { masses, evidence, words }
    }

    /// Looks at the words that begin with `prefix` in one case.
    fn narrow_case(
        &self,
        personal: &Personal,
        prefix: &str,
        looked: Looked,
        weights: &Shares,
        gathered: &mut Gathered,
    ) {
        let Gathered { masses, evidence, found } = gathered;
        let lexicon = &personal.lexicon;
        let share = |number: WordNumber| {
            let cases = lexicon.cases(number);
            match looked {
                Looked::Own => self.own(cases),
                Looked::Capitalised => self.case.capitalised * f32::from(cases.capitalised),
                Looked::Capitals => self.case.capitals * f32::from(cases.capitals),
            }
        };
        for (_, number) in lexicon.beginning_with(prefix) {
            let (chances, share) = (self.of(personal, number), share(number));
            for k in (0..EXPERTS).filter(|&k| k != BACKGROUND) {
                masses[k] += share * chances[k];
            }
            // What was typed here is among the personal counts and among the recent ones.
            let met = personal.counts.alone(number).count.max(self.recent * chances[RECENT]);
            evidence.add(Evidence { met, kinds: usize::from(met > 0.0) });
            found.push((share * weighted(weights, &chances), number, looked));
        }
        if let Some((background, place)) = lexicon.background().zip(self.background.as_ref()) {
            let range = background.beginning_with(prefix);
            let sums = background.sums(place, &range);
            masses[BACKGROUND] += sums.chance(looked, self.case.capitalised, self.case.capitals);
            evidence.add(background.evidence(&range));
            let seen = place.seen(&range).iter().map(|&(number, _)| number);
            for number in background.commonest(range.clone()).into_iter().chain(seen) {
                let score = weights[BACKGROUND] * background.chance(place, number);
                found.push((share(number) * score, number, looked));
            }
        }
    }
}

impl Looked {
    fn apply(self, lexicon: &Lexicon, number: WordNumber) -> Option<String> {
        let word = lexicon.spelling(number);
        match self {
            Self::Own => Some(word.to_owned()),
            Self::Capitalised => capitalised(word),
            Self::Capitals => Some(word.to_uppercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use std::sync::LazyLock;

    use super::*;
    use crate::counts::background::Background;
    use crate::counts::background::tests::counted;
    use crate::counts::document::Document;
    use crate::mixture::weights::LSTM;

    static BACKGROUND_MODEL: LazyLock<Background> =
        LazyLock::new(|| counted("a bc ca the salt shore. we aa bca BC shore, abc cab", &["BC"]));

    /// What was learned from `learned`, and a document that has come to the end of `text`.
    fn place(learned: &str, text: &str) -> (Personal, Document) {
        let mut personal = Personal::new(Some(&BACKGROUND_MODEL));
        let mut document = Document::default();
        personal.learn_documents([("a", learned)]);
        for byte in text.bytes() {
            document.read(&mut personal, byte, |_| false);
        }
        (personal, document)
    }

    fn table(personal: &Personal, document: &Document) -> WordTable {
        let history = document.here();
        WordTable::new(
            personal,
            document.recency(),
            &history,
            document.case_chances(&history),
            Components::ALL,
        )
    }

    fn best(narrowed: &Narrowed, expert: usize) -> &str {
        let best = narrowed.words.iter().max_by(|a, b| a.1[expert].total_cmp(&b.1[expert]));
        best.map_or("", |(word, _)| word)
    }

    #[test]
    fn each_expert_has_its_own_favourite() {
        let (personal, document) =
            place("the salt marsh. the salt marsh. the sea wall", "a quay, a quay and the salt ");
        let table = table(&personal, &document);
        assert_eq!(table.known, 2);
        let narrowed = table.narrow(&personal, "", &[1.0; EXPERTS]);
        assert_eq!(best(&narrowed, PERSONAL + 2), "marsh");
        assert_eq!(best(&narrowed, RECENT), "quay", "used as often as \"a\", and later");
        assert!(table.situation[RECENT + 1].is_none(), "salt has stood here, but nothing after it yet");
        assert!(table.situation[LSTM].is_none(), "that is not for the counts to say");
        assert_eq!(table.narrow(&personal, "q", &[1.0; EXPERTS]).words[0].0, "quay");
    }

    #[test]
    fn a_word_is_offered_in_the_case_of_its_place() {
        let (personal, document) = place("we met the warden. we met Ines", "So be it. ");
        let table = table(&personal, &document);
        let chance = |word: &str| table.spelling(&personal, word)[PERSONAL];
        assert!(chance("We") > chance("we") && chance("Ines") > 0.0 && chance("INES") == 0.0);
        let narrowed = table.narrow(&personal, "WA", &[1.0; EXPERTS]);
        assert_eq!(narrowed.words.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>(), ["WARDEN"]);
        assert!(narrowed.masses[PERSONAL] > 0.0);
    }

    #[test]
    fn only_those_asked_have_a_say() {
        let (personal, document) = place("one two", "one ");
        let history = document.here();
        let case = document.case_chances(&history);
        let silent = WordTable::new(&personal, document.recency(), &history, case, Components::LSTM);
        assert_eq!(silent.situation, [None; EXPERTS]);
        assert!(silent.narrow(&personal, "", &[1.0; EXPERTS]).words.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Over all spellings an expert's chances sum to one; over those that begin so, to what it gives the beginning.
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
            let sum = |begins: &str, expert: usize| -> f32 {
                let begun = spellings.iter().filter(|word| word.starts_with(begins));
                begun.map(|word| table.spelling(&personal, word)[expert]).sum()
            };
            let narrowed = table.narrow(&personal, &prefix, &[1.0; EXPERTS]);
            for expert in 1..EXPERTS {
                let whole = if table.situation[expert].is_some() { 1.0 } else { 0.0 };
                prop_assert!((sum("", expert) - whole).abs() < 1e-4, "{} {}", expert, sum("", expert));
                let begun = sum(&prefix, expert);
                prop_assert!((narrowed.masses[expert] - begun).abs() < 1e-4, "{} {:?} {}", expert, narrowed.masses, begun);
            }
            for (word, chances) in &narrowed.words {
                prop_assert_eq!(chances, &table.spelling(&personal, word));
            }
        }
    }
}
