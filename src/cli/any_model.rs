//! `--model` where a model of any kind will do: a version, or a file.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::context::Context;
use crate::store::file_bytes::FileBytes;
use crate::store::model_file;
use model::AnyModel;

/// Where a model is.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    /// A version that exists.
    Version(String),
    /// A file of any kind of model.
    File(PathBuf),
}

/// Opens the model named, ready to stream; without a name, the one in use.
pub(super) fn open(context: &Context, wanted: Option<&Path>) -> anyhow::Result<AnyModel<FileBytes>> {
    match source(context, wanted)? {
        Source::Version(name) => AnyModel::read_network(&context.models.load(&name)?)
            .with_context(|| format!("model {name} cannot be used")),
        Source::File(path) => Ok(model_file::open(&path)?),
    }
}

/// Which model is meant: what is spelled like a path is a file; else a version goes before a file of the same name.
fn source(context: &Context, wanted: Option<&Path>) -> anyhow::Result<Source> {
    let Some(path) = wanted else {
        return Ok(Source::Version(context.models.resolve(None)?));
    };
    if path.components().count() > 1 || path.to_string_lossy().contains(std::path::is_separator) {
        return Ok(Source::File(path.to_owned()));
    }
    match context.models.resolve(Some(&path.to_string_lossy())) {
        Ok(name) => Ok(Source::Version(name)),
        Err(_) if path.exists() => Ok(Source::File(path.to_owned())),
        Err(error) => Err(anyhow::anyhow!("{error}; nor is there a file {} here", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_a_version_or_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let context = Context::open(Some(folder.path())).unwrap();
        let source =
            |typed: &str| source(&context, Some(Path::new(typed))).map_err(|error| error.to_string());
        assert_eq!(source("base"), Ok(Source::Version("base".into())));
        assert_eq!(source("./base"), Ok(Source::File("./base".into())));
        // A file that is where the tests are run.
        assert_eq!(source("Cargo.toml"), Ok(Source::File("Cargo.toml".into())));
        let error = source("nowhere").unwrap_err();
        assert!(error.contains("there are: base") && error.contains("file nowhere"), "{error}");
    }
}
