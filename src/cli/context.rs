//! What every command starts from: where things are kept, the settings, the versions of the model.

use std::io;
use std::path::Path;

use anyhow::Context as _;

use crate::config::{self, Config};
use crate::lm::base::BASE_MODEL;
use crate::shell::Paths;
use crate::shell::models::ModelStore;
use crate::shell::never::NeverList;

/// What every command starts from.
#[derive(Debug)]
pub(super) struct Context {
    /// The settings.
    pub(super) config: Config,
    /// The versions of the model.
    pub(super) models: ModelStore,
    /// The words that are never offered, besides those of the settings.
    pub(super) never: NeverList,
    /// Where all is kept.
    pub(super) paths: Paths,
}

impl Context {
    /// Reads the settings and looks at the store; writes nothing. `data_dir`, else `FOREWORD_DATA_DIR`, replaces the
    /// standard directories.
    pub(super) fn open(data_dir: Option<&Path>) -> anyhow::Result<Self> {
        let paths = Paths::resolve(data_dir)?;
        let config = read_config(&paths.config)?;
        let models = ModelStore::open(&paths.models, BASE_MODEL)?;
        let never = NeverList::load(&paths.never)?;
        Ok(Self { config, models, never, paths })
    }
}

/// The settings in the file; the defaults if there is none.
fn read_config(path: &Path) -> anyhow::Result<Config> {
    match std::fs::read_to_string(path) {
        Ok(text) => config::parse(&text).with_context(|| path.display().to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(anyhow::anyhow!(
            "{}: the settings cannot be read ({error}); check the file or move it away",
            path.display()
        )),
    }
}
