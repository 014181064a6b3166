//! The threads that work beside the event loop: each does one kind of work, one job at a time, and sends messages.

pub mod inspector;
pub mod predictor;
pub mod searcher;
pub mod stored_models;
pub mod stored_words;
pub mod trainer;
mod usable;
pub mod worker;
