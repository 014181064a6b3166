//! What a word is, its history and its case: one definition for counting, searching and offering.

pub mod address;
pub(crate) mod case;
pub(crate) mod context;
#[cfg(test)]
pub(crate) mod toy;
pub mod word;
