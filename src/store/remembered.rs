//! The few things remembered from one start to the next: the folder last learned from, how eager the ghost was made.
//!
//! Losing this file costs nothing, so a broken one is read as an empty one.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::store::atomic::write_private;
use crate::store::own_file;

/// It is never longer, in bytes.
const LARGEST: u64 = 1 << 20;

/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The folder last chosen for training.
    pub training_folder: Option<PathBuf>,
    /// The eagerness last chosen with the keys, if any was.
    pub eagerness: Option<Eagerness>,
}

/// An eagerness chosen with the keys. It applies until the setting changes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Eagerness {
    /// As chosen, 0 to 1.
    pub chosen: f32,
    /// The setting at that time.
    pub set: f32,
}

impl Memory {
    /// The eagerness at the start, where the setting is `set`.
    pub fn eagerness(&self, set: f32) -> f32 {
        match self.eagerness {
            Some(Eagerness { chosen, set: then }) if then.to_bits() == set.to_bits() => {
                chosen.clamp(0.0, 1.0)
            }
            _ => set,
        }
    }

    /// Reads what was remembered; nothing when there is no such file or it is broken.
    pub fn load(path: &Path) -> Self {
        own_file::read(path, LARGEST)
            .ok()
            .flatten()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Writes it down.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn store(&self, path: &Path) -> io::Result<()> {
        // A folder name that is not UTF-8 has no JSON form: it is then not remembered.
        let bytes = serde_json::to_vec(self).unwrap_or_else(|_| b"{}".to_vec());
        write_private(path, &bytes)
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
        let eagerness = Some(Eagerness { chosen: 0.7, set: 0.5 });
        let memory = Memory { training_folder: Some(PathBuf::from("/letters")), eagerness };
        memory.store(&path).unwrap();
        assert_eq!(Memory::load(&path), memory);
        assert_eq!([0.5, 0.6].map(|set| Memory::load(&path).eagerness(set)), [0.7, 0.6]);
        std::fs::write(&path, b"{\"training_folder\": [").unwrap();
        assert_eq!(Memory::load(&path), Memory::default());
    }
}
