//! Which words stand where in the list, from one letter to the next.
//!
//! The likeliest word stands first until the letters rule it out. A word that stays keeps its place, and the likeliest new ones fill the
//! free places. Each list follows from the list one letter before, the first one from nothing. So it depends on the text alone.

use crate::offer::candidate::Candidate;

/// The least probability of a word that is shown.
const LEAST: f32 = 0.01;

/// A word takes over the first place from one that still agrees with the letters if it is so many times as likely.
const TAKES_OVER: f32 = 2.0;

/// The list of at most `count` words after one more letter. `before`: the words of the list before it; `ranked`: the words that go on
/// from what is typed, likeliest first, those of `before` among them if they still do.
pub(crate) fn arrange(before: &[String], ranked: &[Candidate], count: usize) -> Vec<Candidate> {
    let shown: Vec<&Candidate> = ranked.iter().filter(|candidate| candidate.probability >= LEAST).collect();
    let Some(&likeliest) = shown.first().filter(|_| count > 0) else { return Vec::new() };
    let find = |word: &String| shown.iter().copied().find(|candidate| candidate.word == *word);
    let mut places: Vec<Option<&Candidate>> = before.iter().take(count).map(find).collect();
    places.resize(count, None);
    // What takes the place of the letters does not agree with them.
    let takes_over = |first: &Candidate| if first.completion == first.word { 1.0 } else { TAKES_OVER };
    if places[0].is_none_or(|first| likeliest.probability >= takes_over(first) * first.probability) {
        let was = places.iter().position(|place| place.is_some_and(|other| other.word == likeliest.word));
        let first = places[0].replace(likeliest);
        if let Some(was) = was {
            places[was] = first;
        } else if let Some(first) = first
            && let Some(free) = places.iter_mut().find(|place| place.is_none())
        {
            *free = Some(first);
        }
    }
    let stays = |candidate: &Candidate| places.iter().flatten().any(|other| other.word == candidate.word);
    let new: Vec<&Candidate> = shown.into_iter().filter(|candidate| !stays(candidate)).collect();
    for (place, word) in places.iter_mut().filter(|place| place.is_none()).zip(new) {
        *place = Some(word);
    }
    close_gaps(places).into_iter().cloned().collect()
}

/// Where nothing is left to fill a place, the last word moves there.
fn close_gaps(mut places: Vec<Option<&Candidate>>) -> Vec<&Candidate> {
    while let Some(gap) = places.iter().position(Option::is_none) {
        let last = places.pop().flatten();
        if gap < places.len() && last.is_some() {
            places[gap] = last;
        }
    }
    places.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranked(words: &[(&str, f32)], typed: usize) -> Vec<Candidate> {
        let candidate = |&(word, probability): &(&str, f32)| Candidate {
            word: word.to_owned(),
            completion: word[typed..].to_owned(),
            probability,
        };
        let mut ranked: Vec<Candidate> = words.iter().map(candidate).collect();
        ranked.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        ranked
    }

    fn list(before: &[&str], words: &[(&str, f32)], typed: usize, count: usize) -> Vec<String> {
        let before: Vec<String> = before.iter().map(|&word| word.to_owned()).collect();
        arrange(&before, &ranked(words, typed), count).into_iter().map(|candidate| candidate.word).collect()
    }

    #[test]
    fn a_word_that_stays_keeps_its_place_and_new_ones_fill_the_free_ones() {
        /// What it shows, the list before, the words ranked, letters typed, the list.
        type Case<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, f32)], usize, &'a [&'a str]);
        let cases: &[Case] = &[
            ("nothing", &[], &[], 0, &[]),
            ("below one percent", &[], &[("some", 0.009)], 0, &[]),
            ("the likeliest first", &[], &[("so", 0.3), ("some", 0.4)], 0, &["some", "so"]),
            (
                "a ruled out place is filled",
                &["said", "the", "sat"],
                &[("said", 0.6), ("sat", 0.2), ("so", 0.1)],
                1,
                &["said", "so", "sat"],
            ),
            (
                "the first is ruled out",
                &["the", "said", "sat"],
                &[("said", 0.6), ("sat", 0.2), ("so", 0.1)],
                1,
                &["said", "so", "sat"],
            ),
            (
                "the first stays though another is a little likelier",
                &["said", "sat"],
                &[("sat", 0.5), ("said", 0.4)],
                1,
                &["said", "sat"],
            ),
            (
                "the first gives way to one twice as likely",
                &["said", "sat"],
                &[("sat", 0.6), ("said", 0.2)],
                1,
                &["sat", "said"],
            ),
            (
                "and stands where there is room",
                &["said"],
                &[("sat", 0.6), ("said", 0.2)],
                1,
                &["sat", "said"],
            ),
            (
                "the first gives way to a likelier one where both take the place of the letters",
                &["happens", "happened"],
                &[("happened", 0.6), ("happens", 0.4)],
                0,
                &["happened", "happens"],
            ),
            (
                "nothing new: the last word moves up",
                &["said", "the", "sat", "so"],
                &[("said", 0.6), ("sat", 0.2), ("so", 0.1)],
                1,
                &["said", "so", "sat"],
            ),
        ];
        for (case, before, words, typed, expected) in cases {
            assert_eq!(list(before, words, *typed, 5), *expected, "{case}");
        }
        assert_eq!(list(&[], &[("so", 0.3), ("some", 0.4)], 0, 1), ["some"]);
        assert_eq!(list(&[], &[("so", 0.3)], 0, 0), [""; 0]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_shown_twice(
            before in prop::collection::vec(0_usize..12, 0..5), odds in prop::collection::vec(0.011_f32..1.0, 12), count in 1_usize..6,
        ) {
            let names: Vec<String> = (0..12).map(|index| format!("word{index}")).collect();
            let mut unique = before.clone();
            unique.sort_unstable();
            unique.dedup();
            let before: Vec<String> = unique.iter().map(|&index| names[index].clone()).collect();
            let words: Vec<(&str, f32)> = names.iter().map(String::as_str).zip(odds).collect();
            let list = arrange(&before, &ranked(&words, 2), count);
            let shown: std::collections::BTreeSet<&str> = list.iter().map(|candidate| candidate.word.as_str()).collect();
            prop_assert_eq!(shown.len(), count);
            // All of the list before stay but one, where a likelier word takes the first place of a full list.
            let stay = before.iter().take(count).filter(|word| shown.contains(word.as_str())).count();
            prop_assert!(stay + 1 >= before.len().min(count));
        }
    }
}
