//! What to learn, from where, for how long.

use std::path::PathBuf;

/// The resolved choices of one retraining.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingPlan {
    /// Folders (or single files) to read.
    pub folders: Vec<PathBuf>,
    /// Name of the new version; `None` for one made from the date.
    pub name: Option<String>,
    /// Stop after this many minutes of training, if not before.
    pub minutes: f64,
    /// Start from random weights rather than the active model.
    pub from_scratch: bool,
    /// Seed of everything random.
    pub seed: u64,
    /// Worker threads; part of what decides the weights bit for bit.
    pub threads: usize,
}

impl Default for TrainingPlan {
    fn default() -> Self {
        Self { folders: Vec::new(), name: None, minutes: 5.0, from_scratch: false, seed: 1, threads: 2 }
    }
}
