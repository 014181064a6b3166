//! What was counted: the base model's counts, the writer's own (a lexicon and what followed what), the open document's words; and the
//! table of what all of them say about one word.

pub(crate) mod background;
pub(crate) mod document;
pub(crate) mod followers;
pub(crate) mod forgotten;
pub(crate) mod lexicon;
pub(crate) mod personal;
pub(crate) mod personal_file;
pub(crate) mod recency;
pub(crate) mod shareable;
pub(crate) mod typed;
pub(crate) mod word_table;
