//! The list of versions, as it stands in `manifest.json`.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{BASE, PERSONAL, StoreError};
use crate::store::own_file;

/// The layout of the file, raised when an older program could not read it.
const FORMAT: u32 = 1;
/// No list of versions is longer, in bytes.
const LARGEST: u64 = 16 << 20;
/// How many versions one can go back through.
const LONGEST_MEMORY: usize = 32;

/// Which versions there are and which is in use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: u32,
    /// The version in use.
    pub(super) active: String,
    /// Those in use before it, the latest last.
    pub(super) before: Vec<String>,
    /// The writer's own versions, oldest first.
    pub(super) versions: Vec<Entry>,
}

/// One of the writer's own versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) created: String,
    pub(super) parent: Option<String>,
    pub(super) bits_per_byte: Option<f64>,
    pub(super) ksr5: Option<f64>,
}

impl Manifest {
    pub(super) fn path(folder: &Path) -> PathBuf {
        folder.join("manifest.json")
    }

    /// The manifest in `folder`; the empty one if there is none.
    pub(super) fn read(folder: &Path) -> Result<Self, StoreError> {
        let path = Self::path(folder);
        let bytes = match own_file::read(&path, LARGEST) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Self::empty()),
            Err(cause) => return Err(StoreError::NotRead { path, cause }),
        };
        let broken = |cause: String| StoreError::BrokenManifest { path: path.clone(), cause };
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
        manifest.check().map_err(broken)?;
        Ok(manifest)
    }

    fn empty() -> Self {
        Self { format: FORMAT, active: BASE.to_owned(), before: Vec::new(), versions: Vec::new() }
    }

    /// A manifest may have been edited by hand: its names become paths, so each must be one that could be given.
    fn check(&self) -> Result<(), String> {
        if self.format != FORMAT {
            return Err(format!("layout {} is of a newer Foreword than this one", self.format));
        }
        for entry in &self.versions {
            check_name(&entry.name).map_err(|cause| format!("the name {:?}: {cause}", entry.name))?;
        }
        if !self.contains(&self.active) {
            return Err(format!("the active model {:?} is not listed", self.active));
        }
        Ok(())
    }

    fn contains(&self, name: &str) -> bool {
        name == BASE || self.versions.iter().any(|entry| entry.name == name)
    }

    /// The name as it is listed, `base` included.
    pub(super) fn find<'a>(&'a self, wanted: &'a str) -> Result<&'a str, StoreError> {
        if self.contains(wanted) {
            return Ok(wanted);
        }
        let known = std::iter::once(BASE).chain(self.versions.iter().map(|entry| entry.name.as_str()));
        let known = known.collect::<Vec<_>>().join(", ");
        Err(StoreError::Unknown { wanted: wanted.to_owned(), known })
    }

    /// Whether a new version may have this name. Names that differ in case alone would share a file on some systems.
    pub(super) fn check_free(&self, name: &str) -> Result<(), StoreError> {
        let taken = self.versions.iter().any(|entry| entry.name.eq_ignore_ascii_case(name));
        let outcome = if taken { Err("it is taken") } else { check_name(name) };
        outcome.map_err(|cause| StoreError::BadName { name: name.to_owned(), cause })
    }

    /// The first free name of a day: `2026-11-24-1`, `2026-11-24-2`…
    pub(super) fn name_from(&self, day: Date) -> String {
        let number =
            (1..=u32::MAX).find(|number| self.check_free(&format!("{day}-{number}")).is_ok()).unwrap_or(1);
        format!("{day}-{number}")
    }

    pub(super) fn activate(&mut self, name: String) {
        if name == self.active {
            return;
        }
        self.before.push(std::mem::replace(&mut self.active, name));
        if self.before.len() > LONGEST_MEMORY {
            self.before.remove(0);
        }
    }

    /// Puts the version before to use; `None` if there is none.
    pub(super) fn go_back(&mut self) -> Option<String> {
        while let Some(name) = self.before.pop() {
            if self.contains(&name) && name != self.active {
                self.active = name;
                return Some(self.active.clone());
            }
        }
        let active = self.versions.iter().find(|entry| entry.name == self.active)?;
        let parent = active.parent.clone().filter(|parent| self.contains(parent));
        self.active = parent.unwrap_or_else(|| BASE.to_owned());
        Some(self.active.clone())
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("strings and numbers always have a JSON form")
    }
}

/// A name is also a file's name, so it may hold little, and nothing that leads out of the folder.
fn check_name(name: &str) -> Result<(), &'static str> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    match name {
        "" => Err("it is empty"),
        name if name.eq_ignore_ascii_case(BASE) || name.eq_ignore_ascii_case(PERSONAL) => {
            Err("it has a meaning of its own")
        }
        name if name.len() > 64 => Err("it is longer than 64 characters"),
        name if !name.chars().all(is_allowed) => {
            Err("only letters a-z, digits, dots, dashes and underscores are allowed")
        }
        name if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
            Err("it must begin with a letter or a digit")
        }
        _ => Ok(()),
    }
}
