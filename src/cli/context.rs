//! What every command starts from: where things are kept, the settings, the versions of the model.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::config::{self, Config};
use crate::runtime::Mark;
use crate::runtime::MarkKind;
use crate::store::Paths;
use crate::store::blocked_words::NeverList;
use crate::store::models::ModelStore;
use crate::store::own_file;
use model::base::BASE_MODEL;
use suggest::word::folded;
use suggest::{Gate, SuggestionSettings};

/// No settings are longer, in bytes.
const LARGEST_SETTINGS: u64 = 1 << 20;

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
    /// What was set aside because it could not be read.
    pub(super) marks: Vec<Mark>,
}

impl Context {
    /// Reads the settings and looks at the store; writes nothing. `data_dir`, else `FOREWORD_DATA_DIR`, replaces the
    /// standard directories.
    pub(super) fn open(data_dir: Option<&Path>) -> anyhow::Result<Self> {
        let paths = Paths::resolve(data_dir)?;
        paths.check_private()?;
        let config = read_config(&paths.config)?;
        let models = ModelStore::open(&paths.models, BASE_MODEL)?;
        let never = NeverList::load(&paths.never)?;
        Ok(Self { config, models, never, paths, marks: Vec::new() })
    }

    /// As [`open`](Self::open) for the editor: no file of ours keeps a text from being opened. What cannot be read is set aside and
    /// stays as it is, and `marks` says so. What is wrong with the store is reported where the model is loaded.
    pub(super) fn for_editing(data_dir: Option<&Path>) -> anyhow::Result<Self> {
        let paths = Paths::resolve(data_dir)?;
        let mut marks = Vec::new();
        let config = read_config(&paths.config).unwrap_or_else(|error| {
            let sentence = format!("{error:#}. The standard settings count until then");
            marks.push(Mark::new(MarkKind::Settings, sentence));
            Config::default()
        });
        let never = NeverList::load(&paths.never).unwrap_or_else(|error| {
            let sentence = format!("{error}. The list that is built in counts until then");
            marks.push(Mark::new(MarkKind::NeverList, sentence));
            NeverList::built_in(&paths.never)
        });
        let models = ModelStore::at(&paths.models, BASE_MODEL);
        Ok(Self { config, models, never, paths, marks })
    }

    /// How suggestions are made, by the settings.
    pub(super) fn suggestion_settings(&self) -> SuggestionSettings {
        let chosen = &self.config.suggestions;
        let never = chosen.never.iter().chain(self.never.words());
        SuggestionSettings {
            gate: Gate::new(chosen.eagerness),
            single_letters: chosen.single_letters,
            never_offer: never.map(|word| folded(word)).collect(),
            ..SuggestionSettings::default()
        }
    }
}

/// The settings in the file; the defaults if there is none.
fn read_config(path: &Path) -> anyhow::Result<Config> {
    let name = path.display();
    match own_file::read_text(path, LARGEST_SETTINGS) {
        Ok(Some(text)) => config::parse(&text).with_context(|| name.to_string()),
        Ok(None) => Ok(Config::default()),
        Err(error) => {
            bail!("{name}: the settings cannot be read ({error}); check the file or move it away")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Something that stands where a file of ours should, and what it is called.
    #[cfg(unix)]
    fn planted(path: &Path, what: &str) {
        match what {
            "a folder" => fs::create_dir(path).unwrap(),
            "a pipe" => assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success()),
            "UTF-8" => fs::write(path, b"\xff\xfe").unwrap(),
            "line 1" => fs::write(path, "[editor\n").unwrap(),
            _ => unreachable!("{what}"),
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_damaged_file_is_set_aside_by_the_editor_and_an_error_of_the_commands() {
        for (file, what) in [
            ("config.toml", "line 1"),
            ("config.toml", "UTF-8"),
            ("config.toml", "a folder"),
            ("config.toml", "a pipe"),
            ("never.txt", "UTF-8"),
            ("never.txt", "a folder"),
            ("never.txt", "a pipe"),
        ] {
            let root = tempfile::tempdir().unwrap();
            let path = root.path().join(file);
            planted(&path, what);
            let before = fs::symlink_metadata(&path).unwrap().file_type();
            let context = Context::for_editing(Some(root.path())).unwrap();
            let [mark] = &context.marks[..] else { panic!("{file}, {what}: {:?}", context.marks) };
            let warning = &mark.sentence;
            for part in [&*path.to_string_lossy(), what, "until then"] {
                assert!(warning.contains(part), "{file}, {part}: {warning}");
            }
            assert_eq!(context.config, Config::default());
            assert!(context.never.words().len() > 20, "the list that is built in counts");
            let error = format!("{:#}", Context::open(Some(root.path())).unwrap_err());
            assert!(error.contains(file) && error.contains(what), "{error}");
            // Blocking a word does not write over it either.
            if file == "never.txt" {
                assert!(context.never.clone().block(["moist"]).is_err());
            }
            assert_eq!(fs::symlink_metadata(&path).unwrap().file_type(), before, "{file}, {what}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_open_to_others_is_refused_by_commands_and_does_not_keep_a_text_shut() {
        use std::os::unix::fs::PermissionsExt as _;
        for folder in ["", "models", "journal"] {
            let root = tempfile::tempdir().unwrap();
            let path = root.path().join(folder);
            fs::create_dir_all(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
            let error = Context::open(Some(root.path())).unwrap_err().to_string();
            assert!(error.contains("chmod go-w"), "{error}");
            assert!(Context::for_editing(Some(root.path())).is_ok());
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            assert!(Context::open(Some(root.path())).is_ok());
        }
    }
}
