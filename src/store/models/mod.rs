//! The versions of the model: the base one built in, and one more for every retraining that was kept.
//!
//! ```text
//! models/
//!   manifest.json             which versions there are, which is in use, which were in use before
//!   2026-11-24-1.safetensors
//!   2026-11-24-1.words        the words learned with it, and those typed since: the writer's phrases
//!   .lock                     held while something changes
//! ```
//!
//! A version's model is never changed once written: retraining adds one, and going back only changes the manifest. Files are
//! written whole or not at all, model before manifest, so a crash at any point leaves a store that opens. Any number
//! of instances may share a store: changes take the lock and start from the manifest as it then is, and readers need no
//! lock. The folder is its owner's alone (0700, files 0600), for a model can recite what it has read.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::ZonedDateTime;

use crate::store::clock;
use crate::store::own_file;
use crate::store::paths::private_directory;

pub use editor::message::ModelVersion;

use crate::store::lock::lock_within;

mod error;
mod manifest;

pub use error::StoreError;
use manifest::{Entry, Manifest};

use crate::store::atomic::{write_private, write_private_new};

/// The name of the built-in version. It is always there.
pub const BASE: &str = "base";
/// Stands for the newest of the writer's own versions, or the one in use.
pub const PERSONAL: &str = "personal";
/// The largest model file that is taken in or loaded, and the largest file of words.
const LARGEST_MODEL: u64 = 2 << 30;

/// How long another may hold the lock: it holds it while it writes a few files, unless it was stopped.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where the versions of the model are kept.
#[derive(Debug, Clone)]
pub struct ModelStore {
    folder: PathBuf,
    base: &'static [u8],
    patience: Duration,
}

/// A new version, before it is added.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewVersion {
    /// Its name; `None` for one made from the date, as `2026-11-24-1`.
    pub name: Option<String>,
    /// When it was made, in the writer's time zone.
    pub created: ZonedDateTime,
    /// The version it was trained from, if any.
    pub parent: Option<String>,
    /// Bits per byte on the documents held out when it was made.
    pub bits_per_byte: Option<f64>,
    /// KSR@5 on them, percent.
    pub ksr5: Option<f64>,
}

impl ModelStore {
    /// The store in `folder`, which need not exist yet, with `base` as the built-in version's safetensors file.
    ///
    /// # Errors
    ///
    /// If the folder is there and its manifest cannot be read. Nothing is changed then.
    pub fn open(folder: &Path, base: &'static [u8]) -> Result<Self, StoreError> {
        let store = Self::at(folder, base);
        store.manifest()?;
        Ok(store)
    }

    /// As [`open`](Self::open), but the manifest is not read: each later call returns its errors.
    pub fn at(folder: &Path, base: &'static [u8]) -> Self {
        Self { folder: folder.to_owned(), base, patience: PATIENCE }
    }

    /// Waits no longer than this for others that change the store.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The manifest, if the folder is the writer's alone.
    fn manifest(&self) -> Result<Manifest, StoreError> {
        self.check_private()?;
        Manifest::read(&self.folder)
    }

    fn check_private(&self) -> Result<(), StoreError> {
        own_file::check_private(&self.folder)?;
        if let Some(parent) = self.folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            own_file::check_parent(parent)?;
        }
        Ok(())
    }

    /// All versions, oldest first; `base` is the first.
    ///
    /// # Errors
    ///
    /// If the manifest cannot be read.
    pub fn versions(&self) -> Result<Vec<ModelVersion>, StoreError> {
        let manifest = self.manifest()?;
        let base = ModelVersion { active: manifest.active == BASE, ..built_in() };
        let own = manifest.versions.iter().map(|entry| ModelVersion {
            name: entry.name.clone(),
            created: entry.created.clone(),
            bits_per_byte: entry.bits_per_byte,
            ksr5: entry.ksr5,
            active: entry.name == manifest.active,
        });
        Ok(std::iter::once(base).chain(own).collect())
    }

    /// The name of the version in use.
    ///
    /// # Errors
    ///
    /// If the manifest cannot be read.
    pub fn active(&self) -> Result<String, StoreError> {
        Ok(self.manifest()?.active)
    }

    /// The name of a version: for `None` the one in use, for `personal` the newest of the writer's own (unless one of
    /// them is in use), else the one of that name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn resolve(&self, wanted: Option<&str>) -> Result<String, StoreError> {
        let manifest = self.manifest()?;
        match wanted {
            None => Ok(manifest.active),
            Some(PERSONAL) if manifest.active != BASE => Ok(manifest.active),
            Some(PERSONAL) => {
                manifest.versions.last().map(|entry| entry.name.clone()).ok_or(StoreError::NonePersonal)
            }
            Some(name) => Ok(manifest.find(name)?.to_owned()),
        }
    }

    /// The safetensors file of a version.
    ///
    /// # Errors
    ///
    /// If there is no such version, or its file is gone or unreadable.
    pub fn load(&self, name: &str) -> Result<Cow<'static, [u8]>, StoreError> {
        if name == BASE {
            return Ok(Cow::Borrowed(self.base));
        }
        let manifest = self.manifest()?;
        let path = self.file_of(manifest.find(name)?);
        let bytes = own_file::read(&path, LARGEST_MODEL)
            .and_then(|bytes| bytes.ok_or_else(|| io::ErrorKind::NotFound.into()));
        let lost = |cause| StoreError::FileLost { name: name.to_owned(), path, cause };
        bytes.map(Cow::Owned).map_err(lost)
    }

    /// The words learned with a version and typed since, as bytes; `None` if there are none.
    ///
    /// # Errors
    ///
    /// If there is no such version, or the file cannot be read.
    pub fn words(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let manifest = self.manifest()?;
        self.read_words(manifest.find(name)?)
    }

    fn read_words(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.words_file(name);
        own_file::read(&path, LARGEST_MODEL).map_err(|cause| StoreError::NotRead { path, cause })
    }

    /// The file a version's words are kept in.
    pub fn words_file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.words"))
    }

    /// Changes the words of a version under the lock. `change` takes the stored words (`None` if there are none) and
    /// returns those that replace them, or `None` for no change.
    ///
    /// # Errors
    ///
    /// If there is no such version, `change` fails, or the disk does not take the file; what was kept is then as before.
    pub fn change_words<T, E: From<StoreError>>(
        &self,
        name: &str,
        change: impl FnOnce(Option<Vec<u8>>) -> Result<(Option<Vec<u8>>, T), E>,
    ) -> Result<T, E> {
        self.change(|manifest| {
            let name = manifest.find(name)?;
            match change(self.read_words(name)?) {
                Ok((words, outcome)) => {
                    if let Some(words) = words {
                        let path = self.words_file(name);
                        write_private(&path, &words)
                            .map_err(|cause| StoreError::NotWritten { path, cause })?;
                    }
                    Ok(Ok(outcome))
                }
                Err(error) => Ok(Err(error)),
            }
        })?
    }

    /// Adds a version without putting it to use, and returns its name.
    ///
    /// # Errors
    ///
    /// If the name is taken or not allowed, or the disk does not take the file; the store is then as before.
    pub fn add(&self, version: NewVersion, bytes: &[u8]) -> Result<String, StoreError> {
        self.add_with_words(version, bytes, |_| None)
    }

    /// As [`ModelStore::add`], with words: `words` is handed those of the version's parent as they are now, if it has any. Nobody changes
    /// them before the new version is there.
    ///
    /// # Errors
    ///
    /// As [`ModelStore::add`].
    pub fn add_with_words(
        &self,
        version: NewVersion,
        bytes: &[u8],
        words: impl FnOnce(Option<Vec<u8>>) -> Option<Vec<u8>>,
    ) -> Result<String, StoreError> {
        let mut written = Vec::new();
        let added = self.change(|manifest| {
            let name = match version.name {
                Some(name) => manifest.check_free(&name).map(|()| name)?,
                None => manifest.name_from(version.created.date()),
            };
            let known = version.parent.as_deref().and_then(|parent| self.read_words(parent).ok().flatten());
            let words = words(known);
            let model = (self.file_of(&name), Some(bytes));
            let words = (self.words_file(&name), words.as_deref());
            for (path, bytes) in [model, words] {
                let Some(bytes) = bytes else { continue };
                write_private(&path, bytes)
                    .map_err(|cause| StoreError::NotWritten { path: path.clone(), cause })?;
                written.push(path);
            }
            manifest.versions.push(Entry {
                name: name.clone(),
                created: clock::stored(version.created.timestamp()),
                parent: version.parent,
                bits_per_byte: version.bits_per_byte,
                ksr5: version.ksr5,
            });
            Ok(name)
        });
        if added.is_err() {
            // A file that no version has: it would only take room.
            for path in written {
                let _ = fs::remove_file(path);
            }
        }
        added
    }

    /// Checks, before the work that a new version costs, that it can be stored: its name is free, the folder is
    /// private and writable, and the disk has room for `bytes` bytes.
    ///
    /// # Errors
    ///
    /// If not.
    pub fn check_room(&self, name: Option<&str>, bytes: u64) -> Result<(), StoreError> {
        self.change(|manifest| {
            name.map_or(Ok(()), |name| manifest.check_free(name))?;
            let failed = |cause| StoreError::NotWritten { path: self.folder.clone(), cause };
            tempfile::tempfile_in(&self.folder).map_err(failed)?;
            match free_bytes(&self.folder) {
                Some(free) if free < bytes => {
                    Err(StoreError::NoRoom { path: self.folder.clone(), needed: bytes, free })
                }
                _ => Ok(()),
            }
        })
    }

    /// Puts a version to use; [`rollback`](Self::rollback) leads back to the one before.
    ///
    /// # Errors
    ///
    /// If there is no such version, its file is gone, or the change cannot be written.
    pub fn use_version(&self, name: &str) -> Result<(), StoreError> {
        self.change(|manifest| {
            let name = manifest.find(name)?.to_owned();
            if name != BASE {
                let path = self.file_of(&name);
                fs::metadata(&path).map_err(|cause| StoreError::FileLost {
                    name: name.clone(),
                    path,
                    cause,
                })?;
            }
            manifest.activate(name);
            Ok(())
        })
    }

    /// Goes back to the version in use before (else the one the active one was trained from) and returns its name.
    ///
    /// # Errors
    ///
    /// If the base model is in use and nothing was before it, or the change cannot be written.
    pub fn rollback(&self) -> Result<String, StoreError> {
        self.change(|manifest| manifest.go_back().ok_or(StoreError::NothingBefore))
    }

    /// Removes a version for good.
    ///
    /// # Errors
    ///
    /// If there is none of that name, it is in use or built in, or the change cannot be written.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        let removed = self.change(|manifest| {
            let name = manifest.find(name)?.to_owned();
            if name == BASE {
                return Err(StoreError::BuiltIn);
            }
            if name == manifest.active {
                return Err(StoreError::InUse(name));
            }
            manifest.versions.retain(|entry| entry.name != name);
            manifest.before.retain(|before| *before != name);
            Ok(name)
        })?;
        for path in [self.words_file(&removed), self.file_of(&removed)] {
            match fs::remove_file(&path) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::NotWritten { path, cause });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Copies a version's file to `target`, readable for the writer alone. Never overwrites.
    ///
    /// # Errors
    ///
    /// If there is no such version, `target` exists, or it cannot be written.
    pub fn export(&self, name: &str, target: &Path) -> Result<(), StoreError> {
        let bytes = self.load(name)?;
        let failed = |cause| StoreError::NotWritten { path: target.to_owned(), cause };
        write_private_new(target, &bytes).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::TargetExists(target.to_owned()),
            _ => failed(error),
        })
    }

    /// Imports a model file under `name`, or else under the file's name, if `check` accepts its bytes; returns the
    /// name.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no model, or its name is taken or not allowed.
    pub fn import(
        &self,
        source: &Path,
        name: Option<&str>,
        created: ZonedDateTime,
        check: impl FnOnce(&[u8]) -> Result<(), String>,
    ) -> Result<String, StoreError> {
        if let Some(name) = name {
            self.manifest()?.check_free(name)?;
        }
        let name = name.map(str::to_owned);
        let name = name.or_else(|| source.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        let unreadable = |cause| StoreError::NotRead { path: source.to_owned(), cause };
        let metadata = fs::metadata(source).map_err(unreadable)?;
        if !metadata.is_file() || metadata.len() > LARGEST_MODEL {
            let cause = "not an ordinary file of at most 2 GiB".to_owned();
            return Err(StoreError::NotAModel { path: source.to_owned(), cause });
        }
        let bytes = fs::read(source).map_err(unreadable)?;
        check(&bytes).map_err(|cause| StoreError::NotAModel { path: source.to_owned(), cause })?;
        self.add(NewVersion { name, created, ..NewVersion::default() }, &bytes)
    }

    /// The file a version's network is in.
    pub(crate) fn file_of(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.safetensors"))
    }

    /// Changes the manifest under the lock. On an error it is unchanged.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Manifest) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause| StoreError::NotWritten { path, cause }
        };
        private_directory(&self.folder).map_err(failed(&self.folder))?;
        self.check_private()?;
        let lock_path = self.folder.join(".lock");
        let _lock = lock_within(&lock_path, self.patience).map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => StoreError::Locked(lock_path.clone()),
            _ => failed(&lock_path)(error),
        })?;
        let mut manifest = Manifest::read(&self.folder)?;
        let before = manifest.clone();
        let outcome = change(&mut manifest)?;
        if manifest != before {
            let path = Manifest::path(&self.folder);
            write_private(&path, &manifest.to_json()).map_err(failed(&path))?;
        }
        Ok(outcome)
    }
}

/// The built-in version, in use.
pub(crate) fn built_in() -> ModelVersion {
    ModelVersion {
        name: BASE.to_owned(),
        created: "built in".to_owned(),
        bits_per_byte: None,
        ksr5: None,
        active: true,
    }
}

/// Bytes that this user may still write to the disk of `folder`; `None` where the system does not report it.
#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok().filter(|disk| disk.f_blocks > 0)?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests;
