//! What a word, its context and its case are: one definition for all that counts, searches and offers.

pub mod address;
pub(crate) mod case;
pub(crate) mod context;
#[cfg(test)]
pub(crate) mod toy;
pub mod word;
