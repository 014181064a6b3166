//! The models of the store as the predictor's engine.

use ropey::Rope;

use super::models::ModelStore;
use super::predictor::{Load, Loaded, Models, Suggest};
use crate::lm::format::read_rnn;
use crate::lm::rnn::StreamingRnn;
use crate::suggest::{Settings, Suggester, Suggestions};

/// Bytes of text before the cursor that are handed over: more than a session ever looks back on.
const WINDOW: usize = 16_384;
/// Chars after the cursor that are handed over: enough to tell whether a word goes on there.
const LOOK_AHEAD: usize = 64;
/// Candidates asked for.
const COUNT: usize = 5;

/// Loads versions from the store.
#[derive(Debug)]
pub struct StoredModels {
    store: ModelStore,
    settings: Settings,
}

impl StoredModels {
    /// The versions in `store`, offered by `settings`.
    pub fn new(store: ModelStore, settings: Settings) -> Self {
        Self { store, settings }
    }
}

impl Models for StoredModels {
    fn load(&mut self, which: &Load) -> Result<Loaded, String> {
        let say = |error: super::models::StoreError| error.to_string();
        let before = self.store.active().map_err(say)?;
        let name = match which {
            Load::Active => Ok(before.clone()),
            Load::Named(name) => self.store.resolve(Some(name)),
            Load::Previous => self.store.rollback(),
        }
        .map_err(say)?;
        let bytes = self.store.load(&name).map_err(say);
        let model = bytes.and_then(|bytes| {
            read_rnn(&bytes).map_err(|error| format!("The model `{name}` cannot be used: {error}."))
        });
        let (shape, parameters) = match model {
            Ok(model) => model,
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
        let versions = self.store.versions().map_err(say)?;
        let suggester = Suggester::new(StreamingRnn::new(shape, &parameters), self.settings.clone());
        Ok(Loaded { name, versions, engine: Box::new(Engine { suggester }) })
    }
}

struct Engine {
    suggester: Suggester<StreamingRnn>,
}

/// What stands before char `cursor`, as much of it as a session looks back on, and the byte it begins at.
fn window(text: &Rope, cursor: usize) -> (usize, String) {
    let end = text.char_to_byte(cursor);
    let first = text.byte_to_char(end.saturating_sub(WINDOW));
    (text.char_to_byte(first), text.slice(first..cursor).to_string())
}

impl Suggest for Engine {
    fn suggest(&mut self, text: &Rope, cursor: usize) -> Suggestions {
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
    use super::*;
    use crate::lm::base::BASE_MODEL;

    #[test]
    fn the_base_model_has_the_next_word_ready() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let mut loaded = StoredModels::new(store, Settings::default()).load(&Load::Active).unwrap();
        assert_eq!(loaded.name, "base");
        let text = Rope::from_str("Thank you very muc and more");
        let found = loaded.engine.suggest(&text, 18);
        assert_eq!(found.prefix, "muc");
        assert_eq!(found.candidates[0].word, "much");
    }

    #[test]
    fn the_hidden_state_is_the_one_the_text_leads_to() {
        use crate::lm::LanguageModel as _;
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let mut loaded = StoredModels::new(store, Settings::default()).load(&Load::Active).unwrap();
        let text = Rope::from_str("Thank you very muc");
        let before = loaded.engine.suggest(&text, 18);
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
        assert_eq!(loaded.engine.suggest(&text, 18), before);
    }

    #[test]
    fn a_long_document_is_read_through_a_window() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let mut loaded = StoredModels::new(store, Settings::default()).load(&Load::Active).unwrap();
        let text = Rope::from_str(&"Wörter und Sätze. ".repeat(3_000));
        let found = loaded.engine.suggest(&text, text.len_chars());
        assert_eq!(found.candidates.len(), COUNT);
    }

    #[test]
    fn a_version_that_cannot_be_read_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let version = super::super::models::NewVersion { name: Some("cut".into()), ..Default::default() };
        store.add(version, &BASE_MODEL[..1000]).unwrap();
        let mut models = StoredModels::new(store.clone(), Settings::default());
        let error = models.load(&Load::Named("cut".into())).err().unwrap();
        assert!(error.contains("`cut`") && error.contains("cut short"), "{error}");
        assert_eq!(store.active().unwrap(), "base");
    }
}
