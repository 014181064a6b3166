//! The models of the store as the predictor's engine.

use std::path::{Path, PathBuf};

use crate::runtime::workers::predictor::{Load, Loaded, Models, SuggesterChange};
use crate::runtime::workers::usable::{self, Usable};
use crate::store::models::ModelStore;
use suggest::word::folded;
use suggest::{Gate, Personal, Suggester, SuggestionSettings};

mod changed;
mod engine;

use engine::Engine;

/// Where typed words are learned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LearningScope {
    /// Nowhere.
    pub incognito: bool,
    /// In these folders; besides in those that the version in use was trained on.
    pub folders: Vec<PathBuf>,
}

impl LearningScope {
    /// Whether words typed into `file` are learned by a version that has `personal`.
    fn covers(&self, file: &Path, personal: &Personal) -> bool {
        let trained_on = || personal.documents().iter().filter_map(|name| Path::new(name).parent());
        let folder = file.parent();
        !self.incognito
            && (self.folders.iter().any(|chosen| file.starts_with(chosen))
                || trained_on().any(|trained_on| Some(trained_on) == folder))
    }
}

/// Loads versions from the store.
#[derive(Debug)]
pub struct StoredModels {
    store: ModelStore,
    settings: SuggestionSettings,
    learning: LearningScope,
}

impl StoredModels {
    /// The versions in `store`, offered by `settings`.
    pub fn new(store: ModelStore, settings: SuggestionSettings, learning: LearningScope) -> Self {
        Self { store, settings, learning }
    }
}

impl Models for StoredModels {
    fn change(&mut self, change: &SuggesterChange) {
        set(&mut self.settings, change);
    }

    fn load(&mut self, which: &Load) -> Result<Loaded, String> {
        let say = |error: crate::store::models::StoreError| error.to_string();
        let (before, name) = match which {
            Load::Active => (String::new(), String::new()),
            Load::Named(name) => (String::new(), self.store.resolve(Some(name)).map_err(say)?),
            Load::Previous => (self.store.active().map_err(say)?, self.store.rollback().map_err(say)?),
        };
        let usable = match which {
            Load::Active => usable::active(&self.store),
            Load::Named(_) | Load::Previous => usable::named(&self.store, &name),
        };
        let Usable { name, model, personal, keeps_words, marks } = match usable {
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
        let engine =
            Engine::new(suggester, self.store.clone(), name.clone(), self.learning.clone(), keeps_words);
        Ok(Loaded { name, versions, marks, engine: Box::new(engine) })
    }
}

/// Takes a change into the settings, as far as it is one of them.
fn set(settings: &mut SuggestionSettings, change: &SuggesterChange) {
    match change {
        SuggesterChange::Eagerness(eagerness) => settings.gate = Gate::new(*eagerness),
        SuggesterChange::Block(words) => settings.never_offer.extend(words.iter().map(|word| folded(word))),
        SuggesterChange::Forget(_) | SuggesterChange::Saved(_) => {}
    }
}

#[cfg(test)]
mod damaged_tests;
#[cfg(test)]
mod tests;
