//! One list from the words found as typed and those found as if typed in lower case.

use crate::network::lookahead::Proposal;
use crate::words::case::Casing;

/// The `count` likeliest of both lists, best first. A spelling's probability is the weighted sum of its probabilities in both, so no
/// spelling stands there twice. The completions of `folded` are in lower case still.
pub(crate) fn blend(
    casing: Casing,
    typed: Vec<Proposal>,
    folded: Vec<Proposal>,
    count: usize,
) -> Vec<Proposal> {
    let weight = casing.weight();
    let mut blended = typed;
    for proposal in &mut blended {
        proposal.probability *= 1.0 - weight;
    }
    for proposal in folded {
        let completion = casing.apply(&proposal.completion);
        let probability = proposal.probability * weight;
        match blended.iter_mut().find(|other| other.completion == completion) {
            Some(other) => other.probability += probability,
            None => blended.push(Proposal { completion, probability }),
        }
    }
    blended.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    blended.truncate(count);
    blended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_is_offered_once_with_both_probabilities() {
        let proposal =
            |completion: &str, probability: f32| Proposal { completion: completion.to_owned(), probability };
        let typed = vec![proposal("E", 0.5), proposal("at", 0.25)];
        let folded = vec![proposal("e", 0.5), proposal("at", 0.25)];
        let blended = blend(Casing::Capitals, typed, folded, 5);
        let words: Vec<&str> = blended.iter().map(|proposal| proposal.completion.as_str()).collect();
        assert_eq!(words, ["E", "AT", "at"]);
        assert!((blended[0].probability - 0.5).abs() < 1e-6, "{blended:?}");
        assert!((blended[1].probability - 0.15).abs() < 1e-6, "{blended:?}");
    }
}
