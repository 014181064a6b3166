//! What is offered: words, the rest of each, and its probability.

use crate::offer::reason::Reason;

/// One word that is offered.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The whole word, typed prefix included. One that does not begin with the prefix is a correction: it takes the prefix's place.
    pub word: String,
    /// The rest of it, inserted at the cursor when the candidate is taken (without its smart space). Of a correction, the whole word.
    pub completion: String,
    /// P(the text goes on with just this word, and then the word ends), given all that is typed.
    pub probability: f32,
}

/// What stands after the cursor as ghost text: the rest of a word, or of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Ghost {
    /// The text to insert, without its smart space. More than one word where a phrase is likely enough.
    pub text: String,
    /// P(the writer wants all of it), calibrated.
    pub confidence: f32,
    /// Whether it is only the beginning that several words have in common: no space comes with it, for the word goes on.
    pub is_stem: bool,
}

/// The answer to one request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suggestions {
    /// The part of the current word that stands before the cursor; empty between words.
    pub prefix: String,
    /// P(the word is complete as it stands): what is less likely than that is shown, but is not what a writer expects of Tab.
    pub complete: f32,
    /// The list, at most five words, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// Of each candidate, and of the ghost's first word, why it is there.
    pub reasons: Vec<Reason>,
    /// What may stand after the cursor; `None` when the model is unsure: then it is silent.
    pub ghost: Option<Ghost>,
}
