//! What Foreword keeps on disk besides the writer's texts: paths, models and words, lists, the memory of the last
//! start.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the store has files, locks and the clock"
)]

pub mod atomic;
pub mod blocked_words;
pub mod clock;
pub mod draft;
pub mod file_bytes;
pub mod lock;
pub mod model_file;
pub mod models;
pub mod own_file;
pub mod paths;
pub mod process;
pub mod remembered;

pub use paths::Paths;
