//! What can go wrong with the versions of the model, in words that name path, cause and remedy.

use std::io;
use std::path::PathBuf;

use crate::store::own_file::NotPrivate;

/// Why a version cannot be read, stored or exported.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The manifest cannot be understood.
    #[error(
        "{}: the list of model versions cannot be read ({cause}); the model files beside it are untouched: move the list \
         away and take them in again with `foreword models import`",
        path.display()
    )]
    BrokenManifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A file cannot be read.
    #[error("{}: cannot be read ({cause}); check the path and its permissions", path.display())]
    NotRead {
        /// Which.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// A file cannot be written.
    #[error("{}: cannot be written ({cause}); check its permissions and the space on the disk", path.display())]
    NotWritten {
        /// Which.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// A version is listed, but its file is not there.
    #[error(
        "{}: the file of model {name} cannot be read ({cause}); go on with another: `foreword models use base`",
        path.display()
    )]
    FileLost {
        /// The version.
        name: String,
        /// Its file.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// No version has this name.
    #[error("there is no model {wanted}; there are: {known}")]
    Unknown {
        /// The requested name.
        wanted: String,
        /// The names there are.
        known: String,
    },
    /// No version but the base one exists.
    #[error("there is no personal model yet; make one with `foreword train FOLDER`")]
    NonePersonal,
    /// The name cannot be used.
    #[error("{name:?} cannot be a model's name ({cause}); choose another with --name")]
    BadName {
        /// The name.
        name: String,
        /// Why not.
        cause: &'static str,
    },
    /// The folder is not the writer's alone.
    #[error(transparent)]
    NotPrivate(#[from] NotPrivate),
    /// Another process holds the lock of the store.
    #[error("{}: another foreword is holding the models for long; end it, or try again", .0.display())]
    Locked(PathBuf),
    /// The disk is too full for a new version.
    #[error("{}: a new model takes about {} MB, and the disk has {} MB left; free some space, or choose another place with --data-dir",
        path.display(), needed.div_ceil(1_000_000), free / 1_000_000)]
    NoRoom {
        /// Where it would be kept.
        path: PathBuf,
        /// Bytes it takes.
        needed: u64,
        /// Bytes there are.
        free: u64,
    },
    /// The base version cannot be removed.
    #[error("the base model is built in and cannot be removed")]
    BuiltIn,
    /// The version in use cannot be removed.
    #[error(
        "model {0} is in use; go back first with `foreword models rollback` or `foreword models use base`"
    )]
    InUse(String),
    /// There is no version to go back to.
    #[error("the base model is in use and none was before it: there is nothing to go back to")]
    NothingBefore,
    /// An export would overwrite something.
    #[error("{}: there is a file already; name another or remove it", .0.display())]
    TargetExists(PathBuf),
    /// A file to take in is no model.
    #[error("{}: not a model Foreword can use ({cause}); export one with `foreword models export`", path.display())]
    NotAModel {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
}
