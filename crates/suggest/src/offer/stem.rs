//! A sure beginning: after `docum` it is open whether *document*, *documents* or *documentation* comes, but `ent` is certain.

use crate::offer::candidate::Candidate;
use crate::words::word::{CharClass, class};

/// Letters of a stem at least: taking it costs a keystroke, and the word still goes on.
const LEAST: usize = 3;

/// The longest stem of the first word in `list` that `may_stand`, by its letters and its probability. Its letters are those behind the typed
/// ones; its probability is the sum over the words of the list that begin so. Returns both.
pub(crate) fn stem(list: &[Candidate], may_stand: impl Fn(&str, f32) -> bool) -> Option<(String, f32)> {
    let best = list.first()?;
    let ends: Vec<usize> =
        best.completion.char_indices().map(|(at, c)| at + c.len_utf8()).skip(LEAST - 1).collect();
    ends.into_iter().rev().find_map(|end| {
        let stem = &best.completion[..end];
        let is_cut = best.completion[end..].starts_with(|c| class(c) == CharClass::Mark);
        let with_stem = list.iter().filter(|candidate| candidate.completion.starts_with(stem));
        let probability: f32 = with_stem.map(|candidate| candidate.probability).sum();
        (!is_cut && may_stand(stem, probability)).then(|| (stem.to_owned(), probability))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it shows, the completions ranked, the stem.
    type Case<'a> = (&'a str, &'a [(&'a str, f32)], Option<&'a str>);

    #[test]
    fn the_longest_sure_beginning_that_several_words_share() {
        let ranked = |words: &[(&str, f32)]| -> Vec<Candidate> {
            let candidate = |&(completion, probability): &(&str, f32)| Candidate {
                word: format!("docum{completion}"),
                completion: completion.to_owned(),
                probability,
            };
            words.iter().map(candidate).collect()
        };
        let all = [("ent", 0.4), ("ents", 0.2), ("entation", 0.2), ("entary", 0.1)];
        let cases: &[Case] = &[
            ("nothing", &[], None),
            (
                "shorter than the likeliest word",
                &[("entation", 0.4), ("entary", 0.3), ("ent", 0.2)],
                Some("enta"),
            ),
            ("the likeliest word itself", &all, Some("ent")),
            ("which is all there is", &all[..1], None),
            ("all begin so", &[("entation", 0.3), ("ent", 0.3), ("ents", 0.2)], Some("ent")),
            ("unsure", &[("entation", 0.3), ("ent", 0.2), ("ual", 0.4)], None),
            ("two letters save one keystroke", &[("ented", 0.4), ("enting", 0.4)], Some("ent")),
            (
                "an accent stays with its letter",
                &[("cafe\u{301}s", 0.4), ("cafe\u{301}", 0.4)],
                Some("cafe\u{301}"),
            ),
            ("too short", &[("end", 0.4), ("ent", 0.4)], None),
        ];
        for (case, words, expected) in cases {
            let found = stem(&ranked(words), |_, probability| probability > 0.65);
            assert_eq!(found.as_ref().map(|(stem, _)| stem.as_str()), *expected, "{case}");
        }
        assert_eq!(stem(&ranked(cases[4].1), |stem, probability| probability > 0.65 && stem != "ent"), None);
        let (_, probability) = stem(&ranked(cases[4].1), |_, probability| probability > 0.65).unwrap();
        assert!((probability - 0.8).abs() < 1e-6, "{probability}");
    }
}
