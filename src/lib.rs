//! **Foreword**: a terminal editor that has your next word ready.
//!
//! Modules in reading order, from the pure core outwards:
//!
//! 1. [`text`]: the rope buffer, edits as values, selections, motions, undo history, soft wrap.
//! 2. [`nn`]: tensors' kernels, layers and their gradients.
//! 3. [`lm`]: language models that stream: one symbol in, a distribution over the next one out.
//! 4. [`suggest`]: from a live hidden state to ranked words, and how keystrokes saved are counted.
//! 5. [`corpus`]: a folder of documents, read, cleaned and split.
//! 6. [`train`]: teacher forcing, truncated backpropagation through time, Adam, clipping.
//! 7. [`ladder`]: every kind of language model trained and measured on one text.
//! 8. [`app`]: the editor as `update(&mut State, Message) -> Vec<Effect>`.
//! 9. [`ui`]: the editor as `view(&State, &mut Frame)`.
//! 10. [`config`]: the settings file.
//! 11. [`shell`]: every side effect: terminal, files, threads.
//! 12. [`cli`]: the commands.

pub mod app;
pub mod cli;
pub mod config;
pub mod corpus;
pub mod ladder;
pub mod lm;
pub mod nn;
pub mod secrets;
pub mod shell;
pub mod suggest;
pub mod text;
pub mod train;
pub mod ui;
