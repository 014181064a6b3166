//! What a word is, its history and its case: one definition for counting, searching and offering.

pub(crate) mod abbreviation;
pub mod address;
pub(crate) mod case;
pub(crate) mod common_names;
pub(crate) mod context;
pub(crate) mod contractions;
pub(crate) mod function_words;
pub(crate) mod line;
pub(crate) mod misspellings;
pub(crate) mod script;
#[cfg(test)]
pub(crate) mod toy;
pub mod verbatim;
pub mod word;
