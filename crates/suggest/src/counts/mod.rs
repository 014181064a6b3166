//! What proposes whole words. Four sources: the background model (`background`, its registers weighed by `registers`); the network over words
//! (`word_network`); the writer's own texts (`personal`: a `lexicon` and its `followers`); the open document (`document_words`, `recency`).
//! `word_table` has P(word) under each of them at one place.

pub(crate) mod background;
pub(crate) mod cases;
pub(crate) mod distribution;
pub(crate) mod document_words;
pub(crate) mod followers;
pub(crate) mod forgotten;
pub(crate) mod lexicon;
pub(crate) mod personal;
pub(crate) mod personal_file;
pub(crate) mod recency;
pub(crate) mod registers;
pub(crate) mod shareable;
pub(crate) mod typed;
pub(crate) mod word_network;
pub(crate) mod word_table;
