//! Names that always have a capital, typed in lower case: `mond` gets *Monday* in its place.
//!
//! LSTM and counts have read texts in lower case, and the LSTM goes on in the case that it sees. A text whose sentences open in lower
//! case stays as it is, and so does a name that the writer has in lower case.

use super::rank::Place;
use crate::offer::candidate::Candidate;
use crate::words::common_names;
use model::LanguageModel;

/// P(a name's capital is left out).
const LEFT_OUT: f64 = 0.2;
/// P of a name that only the counts have, at least.
const LEAST: f32 = 0.05;

impl<M: LanguageModel> Place<'_, M> {
    /// Gives names among the words `ranked` their capital, and adds those that may be meant by the prefix. `word_ends`: P(the word ends
    /// with the prefix).
    pub(super) fn spell_names(&mut self, ranked: &mut Vec<Candidate>, word_ends: f32) {
        let prefix = self.prefix;
        if !prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'\'')
            || !self.surroundings.has_prose()
            || self.document.leaves_out_capitals()
        {
            return;
        }
        let allowed = self.allowed();
        let mut is_changed = false;
        for candidate in &mut *ranked {
            if let Some(name) = common_names::spelling(&candidate.word)
                && !allowed.is_written(&candidate.word)
            {
                *candidate =
                    Candidate { word: name.to_owned(), completion: name.to_owned(), ..candidate.clone() };
                is_changed = true;
            }
        }
        is_changed |= !prefix.is_empty() && self.add_names(ranked, word_ends);
        if is_changed {
            ranked.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.word.cmp(&b.word)));
            let mut seen: Vec<String> = Vec::new();
            ranked.retain(|candidate| {
                let is_new = !seen.contains(&candidate.word);
                seen.push(candidate.word.clone());
                is_new
            });
        }
    }

    /// Adds names that the counts have where the prefix, in lower case, begins one; returns whether there are any.
    fn add_names(&mut self, ranked: &mut Vec<Candidate>, word_ends: f32) -> bool {
        let (prefix, allowed, personal) = (self.prefix, self.allowed(), self.personal);
        let meant: Vec<(&str, f64)> = common_names::beginning_with(prefix)
            .filter(|name| !allowed.is_written(&name.to_lowercase()) && allowed.allows("", name.as_bytes()))
            .map(|name| (name, LEFT_OUT * self.word.counted(personal, name)))
            .filter(|&(_, odds)| odds > 0.0)
            .collect();
        if meant.is_empty() {
            return false;
        }
        let foreseen = self.word.foreseen(personal, prefix);
        let all = foreseen + meant.iter().map(|(_, odds)| odds).sum::<f64>();
        let typed = (foreseen / all) as f32;
        for candidate in &mut *ranked {
            candidate.probability *= typed;
        }
        for (name, odds) in meant {
            let is_whole = name.len() == prefix.len();
            let probability = (odds / all) as f32 + if is_whole { word_ends * typed } else { 0.0 };
            match ranked.iter_mut().find(|candidate| candidate.word == name) {
                Some(candidate) => candidate.probability += probability,
                None if probability >= LEAST => {
                    let (word, completion) = (name.to_owned(), name.to_owned());
                    ranked.push(Candidate { word, completion, probability });
                }
                None => {}
            }
        }
        true
    }
}
