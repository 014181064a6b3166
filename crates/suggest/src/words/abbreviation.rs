//! Abbreviations: a full stop behind one ends no sentence.

/// Those of more than one letter, in lower case.
const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "apr", "aug", "ave", "bros", "capt", "cf", "co", "col", "corp", "dec", "dept", "dr",
    "est", "etc", "feb", "fr", "gen", "gov", "hon", "inc", "jan", "jr", "lt", "ltd", "maj", "messrs", "mr",
    "mrs", "ms", "mt", "nov", "oct", "ph", "prof", "rep", "rev", "sen", "sept", "sgt", "sr", "st", "vs",
];

/// Whether a full stop behind `word` belongs to it: it is an abbreviation or an initial. `I` is a word.
pub(crate) fn takes_stop(word: &str) -> bool {
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        (Some(only), None) => only.is_alphabetic() && only != 'I',
        _ if word.len() > 6 => false,
        _ => ABBREVIATIONS.binary_search(&word.to_lowercase().as_str()).is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_and_initials_take_a_stop() {
        assert!(ABBREVIATIONS.is_sorted());
        for (word, expected) in [
            ("Mr", true),
            ("vs", true),
            ("etc", true),
            ("m", true),
            ("R", true),
            ("I", false),
            ("3", false),
            ("tea", false),
            ("garden", false),
            ("", false),
        ] {
            assert_eq!(takes_stop(word), expected, "{word}");
        }
    }
}
