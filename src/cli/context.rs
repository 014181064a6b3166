//! What every command starts from: where things are kept, the settings, the versions of the model.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;

use crate::config::{self, Config};
use crate::lm::base::BASE_MODEL;
use crate::shell::clock;
use crate::shell::models::ModelStore;

/// What every command starts from.
#[derive(Debug)]
pub(super) struct Context {
    /// The settings.
    pub(super) config: Config,
    /// The versions of the model.
    pub(super) models: ModelStore,
}

impl Context {
    /// Reads the settings and looks at the store; writes nothing. `data_dir`, else `FOREWORD_DATA_DIR`, replaces the
    /// standard directories.
    pub(super) fn open(data_dir: Option<&Path>) -> anyhow::Result<Self> {
        let from_environment = std::env::var_os("FOREWORD_DATA_DIR").filter(|folder| !folder.is_empty());
        let chosen = data_dir.map(Path::to_owned).or_else(|| from_environment.map(PathBuf::from));
        let (data_dir, config_path) = if let Some(folder) = chosen {
            let config_path = folder.join("config.toml");
            (folder, config_path)
        } else {
            let standard = directories::ProjectDirs::from("", "", "foreword").context(
                "no home directory is known, so there is no place for models and settings; name one with --data-dir",
            )?;
            (standard.data_dir().to_owned(), standard.config_dir().join("config.toml"))
        };
        let config = read_config(&config_path)?;
        let models = ModelStore::open(&data_dir.join("models"), BASE_MODEL)?;
        Ok(Self { config, models })
    }

    /// The time, for the writer to read.
    #[expect(clippy::unused_self, reason = "the clock is part of what a command starts from")]
    pub(super) fn now(&self) -> String {
        clock::written(SystemTime::now())
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
