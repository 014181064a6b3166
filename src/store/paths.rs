//! Where Foreword keeps its files.
//!
//! Everything private lies in directories of mode 0700; files there have mode 0600.

use std::io;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use thiserror::Error;

use crate::store::own_file::{self, NotPrivate};

/// The environment variable that replaces the standard directories, as `--data-dir` does.
pub const DATA_DIR_VARIABLE: &str = "FOREWORD_DATA_DIR";

/// The directories and files of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The directory all personal data lies in.
    pub data: PathBuf,
    /// The settings file.
    pub config: PathBuf,
    /// Recovery files of editing sessions.
    pub journal: PathBuf,
    /// Copies to fall back on while a file is written in place.
    pub saving: PathBuf,
    /// Locks of the files that are open.
    pub open: PathBuf,
    /// Texts that are kept for a week.
    pub kept: PathBuf,
    /// Versions of the model.
    pub models: PathBuf,
    /// The words that are never offered.
    pub never: PathBuf,
    /// The small file of things remembered from one start to the next.
    pub memory: PathBuf,
}

/// Why no directory could be settled on or made.
#[derive(Debug, Error)]
pub enum PathsError {
    /// The system names no folder for a user's files.
    #[error(
        "No home directory is known for this user. Set {DATA_DIR_VARIABLE} or pass --data-dir with a folder to use."
    )]
    NoHome,
    /// A directory is not this user's alone.
    #[error(transparent)]
    NotPrivate(#[from] NotPrivate),
    /// A directory could not be made.
    #[error(
        "Could not make the folder {path}: {source}. Make it yourself, or choose another with --data-dir.",
        path = path.display()
    )]
    NotMade {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Paths {
    /// The directories in force: `chosen` (from `--data-dir`), else [`DATA_DIR_VARIABLE`], else the system's standard ones.
    ///
    /// # Errors
    /// When none is given and the system names no home directory.
    pub fn resolve(chosen: Option<&Path>) -> Result<Self, PathsError> {
        let from_environment = std::env::var_os(DATA_DIR_VARIABLE).filter(|value| !value.is_empty());
        if let Some(root) = chosen.map(Path::to_path_buf).or_else(|| from_environment.map(PathBuf::from)) {
            return Ok(Self::under(&root));
        }
        let standard = ProjectDirs::from("", "", "foreword").ok_or(PathsError::NoHome)?;
        let config = standard.config_dir().join("config.toml");
        Ok(Self { config, ..Self::under(standard.data_dir()) })
    }

    /// Everything under one directory.
    pub fn under(root: &Path) -> Self {
        Self {
            data: root.to_path_buf(),
            config: root.join("config.toml"),
            journal: root.join("journal"),
            saving: root.join("saving"),
            open: root.join("open"),
            kept: root.join("kept"),
            models: root.join("models"),
            never: root.join("never.txt"),
            memory: root.join("memory.json"),
        }
    }

    /// Makes the directories that are missing, for their owner alone.
    ///
    /// # Errors
    /// When one cannot be made, or is not this user's alone.
    pub fn create(&self) -> Result<(), PathsError> {
        for path in [&self.data, &self.journal, &self.models] {
            private_directory(path).map_err(|source| PathsError::NotMade { path: path.clone(), source })?;
        }
        // Recovery files need neither of these; what needs one reports that it is missing.
        for path in [&self.saving, &self.open] {
            let _ = private_directory(path);
        }
        self.check_private()
    }

    /// Whether the directories that are there are this user's alone.
    ///
    /// # Errors
    /// When one belongs to another user, or others may write to it.
    pub fn check_private(&self) -> Result<(), PathsError> {
        for path in [&self.data, &self.journal, &self.models] {
            own_file::check_private(path)?;
        }
        Ok(())
    }
}

/// A path as the writer types it, made independent of where the program was started: `~` is the home directory.
pub fn absolute(path: &Path) -> PathBuf {
    let home = directories::BaseDirs::new();
    let path = match (path.strip_prefix("~"), &home) {
        (Ok(rest), Some(home)) => home.home_dir().join(rest),
        _ => path.to_path_buf(),
    };
    std::path::absolute(&path).unwrap_or(path)
}

/// Makes a directory and its missing parents; the new ones are closed to other users.
pub(crate) fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_directory_replaces_all() {
        let root = tempfile::tempdir().unwrap();
        let chosen = root.path().join("own");
        let paths = Paths::resolve(Some(&chosen)).unwrap();
        for path in [&paths.data, &paths.config, &paths.journal, &paths.models, &paths.memory] {
            assert!(path.starts_with(&chosen), "{}", path.display());
        }
    }

    #[cfg(unix)]
    #[test]
    fn directories_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let paths = Paths::under(&root.path().join("a/b"));
        paths.create().unwrap();
        paths.create().unwrap();
        for path in [&paths.data, &paths.journal, &paths.models, &paths.saving, &paths.open] {
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700, "{}", path.display());
        }
    }

    #[test]
    fn a_path_is_made_whole() {
        let home = directories::BaseDirs::new().unwrap().home_dir().to_path_buf();
        assert_eq!(absolute(Path::new("~/letters/a.md")), home.join("letters/a.md"));
        assert_eq!(absolute(Path::new("/x/~/y")), Path::new("/x/~/y"));
        assert_eq!(absolute(Path::new("a.md")), std::env::current_dir().unwrap().join("a.md"));
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let said = Paths::under(&file).create().unwrap_err().to_string();
        assert!(said.contains(&*file.to_string_lossy()) && said.contains("--data-dir"), "{said}");
    }
}
