//! Slips: the word that is meant by a misspelt beginning, offered in its place.
//!
//! A noisy channel (Kernighan, Church & Gale 1990): P(w is meant | p is typed) is P(w) · P(typing p for w), over the same sum for all
//! words and for p being right. P(w) is that of the counts alone, which no slip of the texts has spoiled; `words/misspellings.rs` says
//! which of the words that begin with p are slips.

use std::ops::Range;

use super::allowed::Allowed;
use super::current_word::CurrentWord;
use super::rank::Place;
use crate::counts::cases::capitalised;
use crate::counts::personal::Personal;
use crate::offer::candidate::Candidate;
use crate::words::case::{Casing, is_shift_slip};
use crate::words::misspellings;
use model::LanguageModel;

/// P(a list of two numbered items goes on).
const NEXT_ITEM: f32 = 0.8;

/// P(a listed misspelling is typed for its word), at least and at most; between them, how often the background met the one beside the other.
const RARELY: f64 = 5e-5;
const OFTEN: f64 = 0.05;
/// P(what is typed is right, although it is listed).
pub(super) const RIGHT: f64 = 0.05;
/// The least share of a listed correction, beside that of its count.
const LISTED_SHARE: f64 = 1e-6;
/// P(Shift is held a letter too long).
const SHIFT: f64 = 0.02;
/// P(two given neighbours are swapped).
const SWAPPED: f64 = 5e-4;
/// P(a given letter is left out, or a given one too many is typed).
const LOST: f64 = 5e-5;
/// P(a given letter is typed for another given one).
const OTHER: f64 = 1e-5;

/// A prefix of at least this probability is no slip.
const FORESEEN: f64 = 3e-3;
/// P(the prefix is a slip), where corrections are offered.
pub(super) const SURE: f64 = 0.6;
/// P(meant) of a correction, at least, and how many are offered.
const LEAST: f32 = 0.15;
const MOST_OFFERED: usize = 2;
/// P(meant) is at most this: what is typed may be new.
const MOST: f64 = 0.98;
/// Letters of the shortest misspelling, of the shortest beginning of a listed one, and of the shortest that is compared.
const SHORTEST: usize = 3;
const LISTED: usize = 4;
const COMPARED: usize = 5;
/// Letters of the longest word that is corrected.
const LONGEST: usize = 24;
/// Beside corrections, what is less likely is mostly made up from a slip.
const UNLIKELY: f32 = 0.02;
/// Misspellings that are looked at, and beginnings near to the prefix.
const LOOKED_AT: usize = 400;
const NEAR: usize = 3;

/// What is offered before all that goes on from the prefix: corrections of it, or the next number of a list.
#[derive(Debug, Default)]
pub(super) struct Instead(Vec<Candidate>);

impl Instead {
    /// Puts them among the words `ranked`, likeliest first. The others share what they leave.
    pub(super) fn add_to(self, ranked: &mut Vec<Candidate>) {
        if self.0.is_empty() {
            return;
        }
        let left = 1.0 - self.0.iter().map(|candidate| candidate.probability).sum::<f32>().min(1.0);
        for candidate in &mut *ranked {
            candidate.probability *= left;
        }
        ranked.retain(|candidate| candidate.probability >= UNLIKELY);
        ranked.extend(self.0);
        ranked.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.word.cmp(&b.word)));
    }
}

/// Words that may be meant, each with P(w) · P(typing p for w).
#[derive(Debug, Default)]
struct Meant(Vec<(String, f64)>);

impl Meant {
    fn add(&mut self, word: String, odds: f64) {
        match self.0.iter_mut().find(|(other, _)| *other == word) {
            Some((_, sum)) => *sum += odds,
            None if odds > 0.0 => self.0.push((word, odds)),
            None => {}
        }
    }
}

impl<M: LanguageModel> Place<'_, M> {
    /// What is offered before all that goes on from the prefix.
    pub(super) fn instead(&mut self) -> Instead {
        let next = self.next_item();
        Instead(if next.is_empty() { self.corrections() } else { next })
    }

    /// The number that a list goes on with, if the cursor is where it may stand.
    fn next_item(&self) -> Vec<Candidate> {
        let next = self.surroundings.line_start.as_ref().and_then(|line| line.next_item);
        let Some(word) = next.map(|next| next.to_string()) else { return Vec::new() };
        let Allowed { settings, guard, personal, before, .. } = self.allowed();
        let is_refused =
            self.surroundings.verbatim.is_some() || guard.refuses(before, &word, |word| personal.knows(word));
        match word.strip_prefix(self.prefix) {
            Some(rest) if !is_refused && !rest.is_empty() && settings.allow(self.prefix, rest, &word) => {
                vec![Candidate { completion: rest.to_owned(), word, probability: NEXT_ITEM }]
            }
            _ => Vec::new(),
        }
    }

    /// The words that may be meant by the prefix and do not begin with it, if one is far likelier than the prefix is right: at most two.
    fn corrections(&mut self) -> Vec<Candidate> {
        let prefix = self.prefix;
        let allowed = self.allowed();
        let letters = prefix.chars().count();
        let is_plain = prefix.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'\'');
        if !is_plain
            || letters > LONGEST
            || allowed.surroundings.verbatim.is_some()
            || allowed.is_habit(prefix)
        {
            return Vec::new();
        }
        let is_slip_of_shift = is_shift_slip(prefix);
        let casing = if is_slip_of_shift { Some(Casing::Capitalised) } else { Casing::of(prefix) };
        let small = prefix.to_lowercase();
        if casing.is_none() && small != prefix {
            return Vec::new();
        }
        if let Some(found) = self.apart(&small, casing) {
            return found;
        }
        if letters < SHORTEST {
            return Vec::new();
        }
        let (personal, word) = (self.personal, &mut *self.word);
        let foreseen = word.foreseen(personal, prefix);
        if foreseen >= FORESEEN {
            return Vec::new();
        }
        let counted = word.counted_beginning(personal, prefix);
        let (mut meant, slips) = listed(word, personal, prefix, &small, casing);
        if let Some(listed) = misspellings::find(&small).filter(|_| casing != Some(Casing::Capitals)) {
            let goes_on = goes_on(personal, &small);
            let right = RIGHT + (1.0 - RIGHT) * goes_on;
            return choose(meant_by(listed, word, personal, casing, 1.0 - right), right, prefix, &allowed);
        }
        let is_foreign = allowed.surroundings.is_foreign;
        if is_slip_of_shift {
            add_beginning(&mut meant, word, personal, &cased(&small, casing), SHIFT);
        }
        if letters >= COMPARED && counted <= 0.0 && !is_foreign {
            for (beginning, odds) in nearest(personal, &small) {
                add_beginning(&mut meant, word, personal, &cased(&beginning, casing), odds);
            }
        }
        // Of what goes on from the prefix, slips are no words that may be meant.
        let slips = if counted > 0.0 { (slips / counted).min(1.0) } else { 0.0 };
        choose(meant, foreseen * (1.0 - slips), prefix, &allowed)
    }
}

/// How often what begins with a listed misspelling goes on to a word, as *therefore* from `ther`, by the background's texts.
fn goes_on(personal: &Personal, small: &str) -> f64 {
    let Some(background) = personal.lexicon.background() else { return 0.0 };
    let all = f64::from(background.evidence(&background.beginning_with(small)).met);
    let slips: f64 =
        misspellings::beginning_with(small).take(LOOKED_AT).map(|line| met(personal, line.word)).sum();
    if all > slips { (all - slips) / (all - slips + met(personal, small)) } else { 0.0 }
}

/// What is meant by a listed misspelling that stands complete; the probabilities sum to `all`.
fn meant_by(
    listed: misspellings::Misspelling,
    word: &CurrentWord,
    personal: &Personal,
    casing: Option<Casing>,
    all: f64,
) -> Meant {
    let known = listed.meant().map(|whole| cased(whole, casing)).filter(|whole| personal.knows(whole));
    let words: Vec<String> = known.collect();
    let odds: Vec<f64> = words.iter().map(|whole| LISTED_SHARE + word.counted(personal, whole)).collect();
    let sum: f64 = odds.iter().sum();
    Meant(words.into_iter().zip(odds).map(|(whole, odds)| (whole, all * odds / sum)).collect())
}

/// What the list has for misspellings that begin with the prefix; and P(a word that begins so is listed) by the counts.
fn listed(
    word: &CurrentWord,
    personal: &Personal,
    prefix: &str,
    small: &str,
    casing: Option<Casing>,
) -> (Meant, f64) {
    let (mut meant, mut slips) = (Meant::default(), 0.0);
    let is_long = small.chars().count() >= LISTED;
    for line in misspellings::beginning_with(small).take(LOOKED_AT) {
        slips += word.counted(personal, &cased(line.word, casing));
        if is_long || line.word.len() == small.len() {
            for whole in line.meant() {
                let rate = (met(personal, line.word) / met(personal, whole).max(1.0)).clamp(RARELY, OFTEN);
                let whole = cased(whole, casing);
                let odds = rate * word.counted(personal, &whole);
                meant.add(whole, odds);
            }
        }
    }
    meant.0.retain(|(word, _)| !word.starts_with(prefix));
    (meant, slips)
}

/// About how often the background met a word.
pub(super) fn met(personal: &Personal, word: &str) -> f64 {
    let background = personal.lexicon.background();
    let met = background.and_then(|background| {
        let number = background.number(word)?;
        Some(background.evidence(&(number..number + 1)).met)
    });
    f64::from(met.unwrap_or(0.0))
}

/// Adds the counted words that begin with `beginning`, where `odds` is P(typing the prefix for it).
fn add_beginning(meant: &mut Meant, word: &CurrentWord, personal: &Personal, beginning: &str, odds: f64) {
    meant.add(beginning.to_owned(), odds * word.counted(personal, beginning));
    for (whole, probability) in word.counted_words(personal, beginning) {
        meant.add(whole, odds * probability);
    }
}

/// The corrections that are likely enough.
fn choose(meant: Meant, right: f64, prefix: &str, allowed: &Allowed) -> Vec<Candidate> {
    let mut meant = meant.0;
    meant.retain(|(word, _)| !word.starts_with(prefix) && allowed.allows("", word.as_bytes()));
    let all = right + meant.iter().map(|(_, odds)| odds).sum::<f64>();
    meant.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let is_slip = all > 0.0 && right / all <= 1.0 - SURE;
    let candidate = |(word, odds): (String, f64)| {
        let probability = (odds / all).min(MOST) as f32;
        Candidate { completion: word.clone(), word, probability }
    };
    let candidates = meant.into_iter().filter(|_| is_slip).map(candidate).take(MOST_OFFERED);
    candidates.filter(|candidate| candidate.probability >= LEAST).collect()
}

/// A word in lower case, in the case of the prefix.
pub(super) fn cased(word: &str, casing: Option<Casing>) -> String {
    match casing {
        None => word.to_owned(),
        Some(Casing::Capitalised) => capitalised(word).unwrap_or_else(|| word.to_owned()),
        Some(Casing::Capitals) => word.to_uppercase(),
    }
}

/// The commonest beginnings in the background that differ from `small` by one slip of the fingers (Damerau 1964), each with P(that slip).
fn nearest(personal: &Personal, small: &str) -> Vec<(String, f64)> {
    let Some(background) = personal.lexicon.background() else { return Vec::new() };
    let mut near: Vec<(String, f64, f64)> = slips_of(small)
        .into_iter()
        .map(|(beginning, odds)| {
            let met = f64::from(background.evidence(&background.beginning_with(&beginning)).met);
            (beginning, odds, odds * met)
        })
        .filter(|&(_, _, weight)| weight > 0.0)
        .collect();
    near.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    near.dedup_by(|a, b| a.0 == b.0);
    near.truncate(NEAR);
    near.into_iter().map(|(beginning, odds, _)| (beginning, odds)).collect()
}

/// The beginnings that one slip turns into `typed`, which is ASCII. The first letter is taken to be right.
fn slips_of(typed: &str) -> Vec<(String, f64)> {
    let mut slips = Vec::new();
    let piece = |range: Range<usize>| &typed[range];
    let end = typed.len();
    for at in 1..end {
        let (before, after) = (piece(0..at), piece(at + 1..end));
        if at + 1 < end && typed.as_bytes()[at] != typed.as_bytes()[at + 1] {
            slips.push((
                format!("{before}{}{}{}", piece(at + 1..at + 2), piece(at..at + 1), piece(at + 2..end)),
                SWAPPED,
            ));
        }
        slips.push((format!("{before}{after}"), LOST));
        for letter in 'a'..='z' {
            slips.push((format!("{before}{letter}{}", piece(at..end)), LOST));
            if !typed[at..].starts_with(letter) {
                slips.push((format!("{before}{letter}{after}"), OTHER));
            }
        }
    }
    slips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_turns_each_of_these_into_what_is_typed() {
        let slips = slips_of("gradn");
        let odds = |meant: &str| slips.iter().find(|(other, _)| other == meant).map(|&(_, odds)| odds);
        assert_eq!(odds("grand"), Some(SWAPPED));
        assert_eq!(odds("grad"), Some(LOST));
        assert_eq!(odds("graden"), Some(LOST));
        assert_eq!(odds("grain"), Some(OTHER));
        assert_eq!(odds("gradn"), None, "what is typed is no slip of itself");
        assert_eq!(odds("bradn"), None, "the first letter is right");
    }
}
