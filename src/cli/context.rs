//! What every command starts from: where things are kept, the settings, the versions of the model.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::{self, Config};
use crate::shell::models::ModelStore;

/// The base model, as built in.
const BASE_MODEL: &[u8] = include_bytes!("../../assets/base.safetensors");

/// What every command starts from.
#[derive(Debug)]
pub(super) struct Context {
    /// Where personal data is kept.
    pub(super) data_dir: PathBuf,
    /// The settings.
    pub(super) config: Config,
    /// The versions of the model.
    pub(super) models: ModelStore,
}

impl Context {
    /// Reads the settings and looks at the store; writes nothing. `data_dir` replaces the standard directories.
    pub(super) fn open(data_dir: Option<&Path>) -> anyhow::Result<Self> {
        let (data_dir, config_path) = match data_dir {
            Some(folder) => (folder.to_owned(), folder.join("config.toml")),
            None => {
                let standard = directories::ProjectDirs::from("", "", "foreword").context(
                    "no home directory is known, so there is no place for models and settings; name one with --data-dir",
                )?;
                (standard.data_dir().to_owned(), standard.config_dir().join("config.toml"))
            }
        };
        let config = read_config(&config_path)?;
        let models = ModelStore::open(&data_dir.join("models"), BASE_MODEL)?;
        Ok(Self { data_dir, config, models })
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
