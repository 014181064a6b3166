//! Model files of any kind: opened by what is in them, written all or nothing.
//!
//! | begins with | is |
//! |---|---|
//! | `FWNGRAM1` | Foreword's n-gram file, mapped into memory if it is large |
//! | text, or a name that ends in `.arpa` | ARPA text, packed as it is read |
//! | anything else | a network in a safetensors file |
//!
//! Checksums are compared on opening, of mapped files as well.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::store::atomic::write_private_with;
use crate::store::file_bytes::FileBytes;
use model::AnyModel;
use model::ngram::file::{self, Encoding};
use model::ngram::{Model, NgramFileError, Ngrams, arpa};

/// Why a model file is not opened or written.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    /// It cannot be read.
    #[error("{}: cannot be read ({cause}); check the path and its permissions", path.display())]
    NotRead {
        /// Which.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// It holds no model that can be used.
    #[error("{}: not a model Foreword can use ({cause})", path.display())]
    NotAModel {
        /// Which.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        cause: String,
    },
    /// An n-gram model is required, but this is a network or something else.
    #[error(
        "{}: not an n-gram model; name one made by `foreword ngram build`, or an ARPA file",
        path.display()
    )]
    NotAnNgram {
        /// Which.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("{}: cannot be written ({cause}); check the folder, its permissions and the space on the disk", path.display())]
    NotWritten {
        /// Which.
        path: PathBuf,
        /// The system's error, or what does not fit the format.
        cause: NgramFileError,
    },
    /// Something that is no ordinary file would be replaced.
    #[error("{}: not an ordinary file, which a model could replace; name another", .0.display())]
    Special(PathBuf),
}

/// Opens a model of any kind.
///
/// # Errors
/// See [`ModelFileError`].
pub fn open(path: &Path) -> Result<AnyModel<FileBytes>, ModelFileError> {
    let bytes = read(path)?;
    if is_ngram(path, bytes.as_ref()) {
        return ngram(path, bytes).map(AnyModel::Ngram);
    }
    AnyModel::read_network(bytes.as_ref()).map_err(|error| not_a_model(path, error.to_string()))
}

/// Opens an n-gram model.
///
/// # Errors
/// See [`ModelFileError`].
pub fn open_ngram(path: &Path) -> Result<Model<FileBytes>, ModelFileError> {
    let bytes = read(path)?;
    if is_ngram(path, bytes.as_ref()) {
        return ngram(path, bytes);
    }
    Err(ModelFileError::NotAnNgram { path: path.to_owned() })
}

/// Writes an n-gram model, readable by its owner alone: as ARPA text if the name ends in `.arpa`, else as Foreword's n-gram file.
/// Gives its size in bytes.
///
/// # Errors
/// When it cannot be written, or does not fit the format; a file that was there is then as it was.
pub fn write_ngram(path: &Path, ngrams: &Ngrams, encoding: Encoding) -> Result<u64, ModelFileError> {
    // A link stays, and what it points to is replaced.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if std::fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(ModelFileError::Special(path.to_owned()));
    }
    let write = |out: &mut File| -> Result<(), NgramFileError> {
        if is_arpa(path) {
            Ok(arpa::write(&ngrams.to_model()?, out)?)
        } else {
            file::write(ngrams, encoding, out)
        }
    };
    let failed = |cause| ModelFileError::NotWritten { path: path.to_owned(), cause };
    write_private_with(&target, write).map_err(failed)?;
    std::fs::metadata(&target).map(|metadata| metadata.len()).map_err(|cause| failed(cause.into()))
}

/// Whether the name is that of an ARPA file.
pub fn is_arpa(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(OsStr::new("arpa")))
}

fn read(path: &Path) -> Result<FileBytes, ModelFileError> {
    FileBytes::open(path).map_err(|cause| ModelFileError::NotRead { path: path.to_owned(), cause })
}

fn not_a_model(path: &Path, cause: String) -> ModelFileError {
    ModelFileError::NotAModel { path: path.to_owned(), cause }
}

fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(file::MAGIC)
}

fn is_ngram(path: &Path, bytes: &[u8]) -> bool {
    is_packed(bytes) || is_arpa(path) || bytes.trim_ascii_start().starts_with(b"\\data\\")
}

fn ngram(path: &Path, bytes: FileBytes) -> Result<Model<FileBytes>, ModelFileError> {
    let failed = |error: NgramFileError| not_a_model(path, error.to_string());
    if is_packed(bytes.as_ref()) {
        let model = Model::open(bytes).map_err(failed)?;
        model.verify().map_err(failed)?;
        return Ok(model);
    }
    let ngrams = arpa::read(bytes.as_ref()).map_err(|error| not_a_model(path, error.to_string()))?;
    let packed = ngrams.to_bytes(Encoding::Exact).map_err(failed)?;
    Model::open(FileBytes::Read(packed)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::base::BASE_MODEL;
    use model::ngram::{Counter, Plan, Tokenizer, estimate};

    fn ngrams() -> Ngrams {
        let mut counter = Counter::in_memory(2).unwrap();
        counter.count("the kettle sings\nthe cat sleeps\n".as_bytes(), Tokenizer::Words).unwrap();
        estimate(counter.finish().unwrap(), &Plan::default()).unwrap().0
    }

    #[test]
    fn each_kind_is_opened_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let size = write_ngram(&path("a.ngram"), &ngrams(), Encoding::Exact).unwrap();
        assert_eq!(size, path("a.ngram").metadata().unwrap().len());
        write_ngram(&path("a.ARPA"), &ngrams(), Encoding::Exact).unwrap();
        std::fs::copy(path("a.ARPA"), path("unnamed")).unwrap();
        std::fs::write(path("base.safetensors"), BASE_MODEL).unwrap();
        for (name, is_ngram) in
            [("a.ngram", true), ("a.ARPA", true), ("unnamed", true), ("base.safetensors", false)]
        {
            let model = open(&path(name)).unwrap();
            assert_eq!(matches!(model, AnyModel::Ngram(_)), is_ngram, "{name}");
            assert_eq!(open_ngram(&path(name)).is_ok(), is_ngram, "{name}");
        }
        let packed = std::fs::read(path("a.ngram")).unwrap();
        assert!(open_ngram(&path("a.ARPA")).unwrap().bytes() == packed);
        assert!(std::fs::read_to_string(path("a.ARPA")).unwrap().starts_with("\\data\\"));
    }

    #[test]
    fn what_is_no_model_names_path_and_cause() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        write_ngram(&path("whole"), &ngrams(), Encoding::Quantised(4)).unwrap();
        let mut damaged = std::fs::read(path("whole")).unwrap();
        let middle = damaged.len() / 2;
        std::fs::write(path("short"), &damaged[..middle]).unwrap();
        damaged[middle] ^= 1;
        std::fs::write(path("damaged"), damaged).unwrap();
        std::fs::write(path("empty"), "").unwrap();
        std::fs::write(path("empty.arpa"), "").unwrap();
        std::fs::write(path("cut.arpa"), "\\data\\\nngram 1=3\n").unwrap();
        for (name, cause) in [
            ("short", "should have"),
            ("damaged", "checksum differs; build it again"),
            ("empty", "cut short"),
            ("empty.arpa", "cut short"),
            ("cut.arpa", "cut short"),
            ("missing", "check the path"),
            (".", "not an ordinary file"),
        ] {
            let said = open(&path(name)).unwrap_err().to_string();
            assert!(
                said.contains(&path(name).display().to_string()) && said.contains(cause),
                "{name}: {said}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn written_is_all_or_nothing_and_for_the_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ngram");
        std::fs::write(&path, "before").unwrap();
        let refused = write_ngram(&path, &ngrams(), Encoding::Quantised(1)).unwrap_err();
        assert!(refused.to_string().contains("2 to 16 bits"), "{refused}");
        assert_eq!(std::fs::read(&path).unwrap(), b"before");
        write_ngram(&path, &ngrams(), Encoding::Exact).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a draft was left");
        let refused = write_ngram(folder.path(), &ngrams(), Encoding::Exact).unwrap_err();
        assert!(matches!(refused, ModelFileError::Special(_)), "{refused}");
    }
}
