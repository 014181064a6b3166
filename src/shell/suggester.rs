//! The models of the store as the predictor's engine.

use std::path::{Path, PathBuf};

use ropey::Rope;

use super::models::ModelStore;
use super::predictor::{Change, Load, Loaded, Models, Suggest};
use super::usable::{self, Usable};
use crate::lm::rnn::StreamingRnn;
use crate::suggest::{Background, Gate, Personal, Settings, Suggester, Suggestions};

/// Bytes of text before the cursor that are handed over: more than a session ever looks back on.
const WINDOW: usize = 16_384;
/// Chars after the cursor that are handed over: enough to tell whether a word goes on there.
const LOOK_AHEAD: usize = 64;
/// Candidates asked for.
const COUNT: usize = 5;
/// Words learned before they are written down; the rest is when the model is put away.
const KEPT_AFTER: usize = 200;

/// Where what is typed is learned from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learning {
    /// Nowhere.
    pub incognito: bool,
    /// In these folders; besides in those that the version in use was trained on.
    pub folders: Vec<PathBuf>,
}

impl Learning {
    /// Whether what is typed into `file` is learned by a version that knows `personal`.
    fn covers(&self, file: &Path, personal: &Personal) -> bool {
        let trained_on = || personal.documents().iter().filter_map(|name| Path::new(name).parent());
        let folder = file.parent();
        !self.incognito
            && (self.folders.iter().any(|chosen| file.starts_with(chosen))
                || trained_on().any(|trained_on| Some(trained_on) == folder))
    }
}

/// The words learned with a version and typed since.
///
/// # Errors
/// A sentence for the writer: path, cause, remedy.
pub fn read_words(store: &ModelStore, name: &str) -> Result<Personal, String> {
    let bytes = store.words(name).map_err(|error| error.to_string())?;
    let background = Background::base();
    let words = match bytes {
        Some(bytes) => Personal::from_bytes(&bytes, background),
        None => Ok(Personal::new(background)),
    };
    words.map_err(|error| {
        let file = store.words_file(name);
        format!("{}: {error}; move it away, and train again to have its words back.", file.display())
    })
}

/// Loads versions from the store.
#[derive(Debug)]
pub struct StoredModels {
    store: ModelStore,
    settings: Settings,
    learning: Learning,
}

impl StoredModels {
    /// The versions in `store`, offered by `settings`.
    pub fn new(store: ModelStore, settings: Settings, learning: Learning) -> Self {
        Self { store, settings, learning }
    }
}

impl Models for StoredModels {
    fn change(&mut self, change: &Change) {
        set(&mut self.settings, change);
    }

    fn load(&mut self, which: &Load) -> Result<Loaded, String> {
        let say = |error: super::models::StoreError| error.to_string();
        let (before, name) = match which {
            Load::Active => (String::new(), String::new()),
            Load::Named(name) => (String::new(), self.store.resolve(Some(name)).map_err(say)?),
            Load::Previous => (self.store.active().map_err(say)?, self.store.rollback().map_err(say)?),
        };
        let usable = match which {
            Load::Active => usable::active(&self.store),
            Load::Named(_) | Load::Previous => usable::named(&self.store, &name),
        };
        let Usable { name, model, personal, keeps_words, warnings } = match usable {
            Ok(usable) => usable,
            Err(error) => {
                if *which == Load::Previous {
                    self.store.use_version(&before).map_err(say)?;
                }
                return Err(error);
            }
        };
        // Only what could be read becomes the version in use.
        if matches!(which, Load::Named(_)) {
            self.store.use_version(&name).map_err(say)?;
        }
        let versions = usable::versions(&self.store, &name).map_err(say)?;
        let suggester = Suggester::with_personal(model, personal, self.settings.clone());
        let (store, learning, version) = (self.store.clone(), self.learning.clone(), name.clone());
        let engine =
            Engine { suggester, store, version, learning, file: None, learns: false, kept: 0, keeps_words };
        Ok(Loaded { name, versions, warnings, engine: Box::new(engine) })
    }
}

/// Takes a change into the settings, as far as it is one of them.
fn set(settings: &mut Settings, change: &Change) {
    match change {
        Change::Eagerness(eagerness) => settings.gate = Gate::new(*eagerness),
        Change::Block(words) => settings.never_offer.extend(words.iter().cloned()),
        Change::Forget(_) => {}
    }
}

struct Engine {
    suggester: Suggester<StreamingRnn>,
    store: ModelStore,
    version: String,
    learning: Learning,
    /// The file asked about last, and whether what is typed into it is learned.
    file: Option<PathBuf>,
    learns: bool,
    /// Words learned that are written down.
    kept: usize,
    /// Whether any are: never over a file that could not be read.
    keeps_words: bool,
}

impl Engine {
    /// Writes down what was learned. Words that cannot be kept are still known until the program ends: a full disk is told
    /// where it matters, when a text is saved.
    fn keep(&mut self) {
        if self.keeps_words && self.suggester.learned() != self.kept {
            self.kept = self.suggester.learned();
            let _ = self.store.keep_words(&self.version, &self.suggester.personal().to_bytes());
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.keep();
    }
}

/// What stands before char `cursor`, as much of it as a session looks back on, and the byte it begins at.
fn window(text: &Rope, cursor: usize) -> (usize, String) {
    let end = text.char_to_byte(cursor);
    let first = text.byte_to_char(end.saturating_sub(WINDOW));
    (text.char_to_byte(first), text.slice(first..cursor).to_string())
}

impl Suggest for Engine {
    fn change(&mut self, change: &Change) {
        set(self.suggester.settings_mut(), change);
        if let Change::Forget(word) = change {
            self.suggester.forget(word);
            self.kept = usize::MAX;
            self.keep();
        }
    }

    fn suggest(&mut self, text: &Rope, cursor: usize, file: Option<&Path>) -> Suggestions {
        if self.file.as_deref() != file {
            self.file = file.map(Path::to_path_buf);
            let personal = self.suggester.personal();
            self.learns = file.is_some_and(|file| {
                std::path::absolute(file).is_ok_and(|file| self.learning.covers(&file, personal))
            });
            self.suggester.settings_mut().learns = self.learns;
        }
        if self.suggester.learned() >= self.kept.saturating_add(KEPT_AFTER) {
            self.keep();
        }
        let cursor = cursor.min(text.len_chars());
        let (offset, before) = window(text, cursor);
        let after = text.slice(cursor..(cursor + LOOK_AHEAD).min(text.len_chars())).to_string();
        self.suggester.suggest_within(offset, &before, &after, COUNT)
    }

    fn hidden(&mut self, text: &Rope, cursor: usize) -> Vec<f32> {
        let (offset, before) = window(text, cursor.min(text.len_chars()));
        self.suggester.hidden_within(offset, &before).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::lm::base::BASE_MODEL;
    use crate::lm::format::read_rnn;

    /// Settings under which nothing is learned until the file says so.
    fn quiet() -> Settings {
        Settings { learns: false, ..Settings::default() }
    }

    /// Types `text` into `file` with the active version; returns how often `word` was learned by then, in the store.
    fn typed(store: &ModelStore, learning: Learning, file: &Path, text: &str, word: &str) -> Option<u32> {
        let mut loaded = StoredModels::new(store.clone(), quiet(), learning).load(&Load::Active).unwrap();
        let rope = Rope::from_str(text);
        for cursor in 0..=rope.len_chars() {
            loaded.engine.suggest(&rope.slice(..cursor).into(), cursor, Some(file));
        }
        drop(loaded);
        let words = read_words(store, "base").unwrap().words();
        words.into_iter().find(|learned| learned.word == word).map(|learned| learned.count)
    }

    #[test]
    fn what_is_typed_is_learned_where_the_writer_wants_it_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let letters = folder.path().join("letters");
        let chosen = Learning { incognito: false, folders: vec![letters.clone()] };
        let text = "see the harbour and see the harbour. ";
        let (inside, outside) = (letters.join("a.md"), folder.path().join("b.md"));
        assert_eq!(typed(&store, chosen.clone(), &outside, text, "harbour"), None);
        assert_eq!(
            typed(&store, Learning { incognito: true, ..chosen.clone() }, &inside, text, "harbour"),
            None
        );
        assert_eq!(typed(&store, chosen.clone(), &inside, text, "harbour"), Some(2));
        assert_eq!(typed(&store, chosen, &inside, text, "harbour"), Some(4), "what was kept is gone on from");
        let mut trained = Personal::default();
        trained.learn_documents([(&*inside.to_string_lossy(), "the sea")]);
        assert!(Learning::default().covers(&letters.join("c.md"), &trained));
        assert!(!Learning::default().covers(&outside, &trained));
    }

    #[test]
    fn damaged_words_are_told_with_their_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        store.keep_words("base", b"no words").unwrap();
        let chosen = Learning { incognito: false, folders: vec![folder.path().to_owned()] };
        let mut models = StoredModels::new(store.clone(), quiet(), chosen);
        let mut loaded = models.load(&Load::Active).unwrap();
        let [warning] = &loaded.warnings[..] else { panic!("{:?}", loaded.warnings) };
        for part in [&*store.words_file("base").to_string_lossy(), "move it away", "no words"] {
            assert!(warning.contains(part), "{part}: {warning}");
        }
        // Suggested it is all the same, and what was damaged is not written over.
        let text = Rope::from_str("Thank you very muc");
        let file = folder.path().join("a.md");
        assert_eq!(loaded.engine.suggest(&text, 18, Some(&file)).candidates[0].word, "much");
        loaded.engine.change(&Change::Forget("much".to_owned()));
        drop(loaded);
        assert_eq!(store.words("base").unwrap().as_deref(), Some(&b"no words"[..]));
    }

    /// Whatever has become of the files of the version in use: the base model stands in, and says so with path and remedy.
    #[test]
    fn what_cannot_be_loaded_gives_way_to_the_base_model() {
        type Break = fn(&ModelStore, &Path);
        let cases: [(&str, Break, &[&str]); 5] = [
            (
                "cut short",
                |store, _| fs::write(store.file_of("mine"), &BASE_MODEL[..1000]).unwrap(),
                &["mine", "cut short"],
            ),
            (
                "gone",
                |store, _| fs::remove_file(store.file_of("mine")).unwrap(),
                &["mine.safetensors", "models use base"],
            ),
            (
                "a folder",
                |store, _| {
                    fs::remove_file(store.file_of("mine")).unwrap();
                    fs::create_dir(store.file_of("mine")).unwrap();
                },
                &["mine.safetensors", "a folder"],
            ),
            (
                "a torn list",
                |_, models| fs::write(models.join("manifest.json"), "{\"format\"").unwrap(),
                &["manifest.json", "move the list"],
            ),
            (
                "a list that is none",
                |_, models| {
                    fs::remove_file(models.join("manifest.json")).unwrap();
                    fs::create_dir(models.join("manifest.json")).unwrap();
                },
                &["manifest.json", "a folder"],
            ),
        ];
        for (case, damage, parts) in cases {
            let folder = tempfile::tempdir().unwrap();
            let models = folder.path().join("models");
            let store = ModelStore::open(&models, BASE_MODEL).unwrap();
            let version =
                super::super::models::NewVersion { name: Some("mine".into()), ..Default::default() };
            store.add(version, BASE_MODEL).unwrap();
            store.use_version("mine").unwrap();
            damage(&store, &models);
            let manifest = fs::read(models.join("manifest.json")).ok();
            let mut loaded =
                StoredModels::new(store, quiet(), Learning::default()).load(&Load::Active).unwrap();
            assert_eq!(loaded.name, "base", "{case}");
            assert_eq!(loaded.versions.iter().filter(|version| version.active).count(), 1, "{case}");
            let [warning] = &loaded.warnings[..] else { panic!("{case}: {:?}", loaded.warnings) };
            for part in parts.iter().chain(&["Until then the base model suggests"]) {
                assert!(warning.contains(part), "{case}, {part}: {warning}");
            }
            let text = Rope::from_str("Thank you very muc");
            assert_eq!(loaded.engine.suggest(&text, 18, None).candidates[0].word, "much", "{case}");
            drop(loaded);
            assert_eq!(fs::read(models.join("manifest.json")).ok(), manifest, "{case}");
        }
    }

    #[test]
    fn the_base_model_has_the_next_word_ready() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let mut loaded = StoredModels::new(store, quiet(), Learning::default()).load(&Load::Active).unwrap();
        assert_eq!(loaded.name, "base");
        let text = Rope::from_str("Thank you very muc and more");
        let found = loaded.engine.suggest(&text, 18, None);
        assert_eq!(found.prefix, "muc");
        assert_eq!(found.candidates[0].word, "much");
    }

    #[test]
    fn the_hidden_state_is_the_one_the_text_leads_to() {
        use crate::lm::LanguageModel as _;
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let mut loaded = StoredModels::new(store, quiet(), Learning::default()).load(&Load::Active).unwrap();
        let text = Rope::from_str("Thank you very muc");
        let before = loaded.engine.suggest(&text, 18, None);
        let (shape, parameters) = read_rnn(BASE_MODEL).unwrap();
        let model = StreamingRnn::new(shape, &parameters);
        // Also where suggestions have not been asked for, and back again.
        for cursor in [18, 9, 18] {
            let mut state = model.start();
            for byte in text.slice(..cursor).bytes() {
                model.advance(&mut state, byte.into());
            }
            let hidden = loaded.engine.hidden(&text, cursor);
            assert_eq!(hidden, model.hidden(&state), "{cursor}");
            assert_eq!(hidden.len(), shape.hidden);
        }
        assert_eq!(loaded.engine.suggest(&text, 18, None), before);
    }

    #[test]
    fn a_long_document_is_read_through_a_window() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let mut loaded = StoredModels::new(store, quiet(), Learning::default()).load(&Load::Active).unwrap();
        let text = Rope::from_str(&"Wörter und Sätze. ".repeat(3_000));
        let found = loaded.engine.suggest(&text, text.len_chars(), None);
        assert_eq!(found.candidates.len(), COUNT);
    }

    #[test]
    fn a_version_that_cannot_be_read_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let version = super::super::models::NewVersion { name: Some("cut".into()), ..Default::default() };
        store.add(version, &BASE_MODEL[..1000]).unwrap();
        let mut models = StoredModels::new(store.clone(), quiet(), Learning::default());
        let error = models.load(&Load::Named("cut".into())).err().unwrap();
        assert!(error.contains("`cut`") && error.contains("cut short"), "{error}");
        assert_eq!(store.active().unwrap(), "base");
    }
}
