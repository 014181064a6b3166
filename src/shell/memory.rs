//! The few things remembered from one start to the next: for now, the folder last learned from.
//!
//! Losing this file costs nothing, so a broken one is read as an empty one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::{self, FileError};

/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The folder last chosen for training.
    pub training_folder: Option<PathBuf>,
}

impl Memory {
    /// Reads what was remembered; nothing when there is no such file or it is broken.
    pub fn load(path: &Path) -> Self {
        std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Writes it down.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn store(&self, path: &Path) -> Result<(), FileError> {
        // A folder name that is not UTF-8 has no JSON form: it is then not remembered.
        let bytes = serde_json::to_vec(self).unwrap_or_else(|_| b"{}".to_vec());
        files::write_private(path, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_comes_back_and_garbage_is_nothing() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("memory.json");
        assert_eq!(Memory::load(&path), Memory::default());
        let memory = Memory { training_folder: Some(PathBuf::from("/letters")) };
        memory.store(&path).unwrap();
        assert_eq!(Memory::load(&path), memory);
        std::fs::write(&path, b"{\"training_folder\": [").unwrap();
        assert_eq!(Memory::load(&path), Memory::default());
    }
}
