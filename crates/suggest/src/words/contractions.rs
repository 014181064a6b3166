//! Contractions without their apostrophe, and words that are run together: `im`, `alot`.
//!
//! Some of them are words as well (`its`, `were`): which is meant is a matter of odds (`suggester/contractions.rs`).

/// What is typed and what is meant by it, in lower case. Beside these, `words/misspellings.rs` lists contractions that are no words.
const CONTRACTIONS: [(&str, &str); 34] = [
    ("aint", "ain't"),
    ("cant", "can't"),
    ("hed", "he'd"),
    ("hell", "he'll"),
    ("heres", "here's"),
    ("hes", "he's"),
    ("hows", "how's"),
    ("id", "i'd"),
    ("ill", "i'll"),
    ("im", "i'm"),
    ("itd", "it'd"),
    ("itll", "it'll"),
    ("its", "it's"),
    ("ive", "i've"),
    ("lets", "let's"),
    ("mightnt", "mightn't"),
    ("mustve", "must've"),
    ("neednt", "needn't"),
    ("oclock", "o'clock"),
    ("shed", "she'd"),
    ("shell", "she'll"),
    ("shes", "she's"),
    ("thatd", "that'd"),
    ("thatll", "that'll"),
    ("wed", "we'd"),
    ("well", "we'll"),
    ("were", "we're"),
    ("whats", "what's"),
    ("whens", "when's"),
    ("whod", "who'd"),
    ("wholl", "who'll"),
    ("whys", "why's"),
    ("wont", "won't"),
    ("yall", "y'all"),
];

/// Those that are words, which mean what they say more often than not.
const WORDS: [&str; 9] = ["hell", "id", "ill", "its", "shed", "shell", "wed", "well", "were"];

/// Words that are run together, and the words that are meant.
const RUN_TOGETHER: [(&str, &str); 13] = [
    ("abit", "a bit"),
    ("alot", "a lot"),
    ("aswell", "as well"),
    ("atleast", "at least"),
    ("atmost", "at most"),
    ("eachother", "each other"),
    ("goodmorning", "good morning"),
    ("incase", "in case"),
    ("infact", "in fact"),
    ("inspite", "in spite"),
    ("noone", "no one"),
    ("ofcourse", "of course"),
    ("thankyou", "thank you"),
];

/// The contraction that may be meant by a word in lower case.
pub(crate) fn meant_by(small: &str) -> Option<&'static str> {
    CONTRACTIONS.iter().find(|(typed, _)| *typed == small).map(|&(_, meant)| meant)
}

/// Whether what is typed is a word as well, and mostly one.
pub(crate) fn is_word(small: &str) -> bool {
    WORDS.contains(&small)
}

/// The words that are run together in a word in lower case.
pub(crate) fn parted(small: &str) -> Option<&'static str> {
    RUN_TOGETHER.iter().find(|(typed, _)| *typed == small).map(|&(_, meant)| meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contraction_differs_by_its_apostrophe_alone_and_parted_words_by_a_blank() {
        assert!(CONTRACTIONS.is_sorted() && RUN_TOGETHER.is_sorted());
        assert!(CONTRACTIONS.iter().all(|(typed, meant)| meant.replace('\'', "") == *typed));
        assert!(RUN_TOGETHER.iter().all(|(typed, meant)| meant.replace(' ', "") == *typed));
        assert!(WORDS.iter().all(|word| meant_by(word).is_some()));
        assert_eq!((meant_by("im"), meant_by("in"), parted("alot")), (Some("i'm"), None, Some("a lot")));
    }
}
