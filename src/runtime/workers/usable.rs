//! The version that the editor suggests with, whatever has happened to its files. Where it cannot be used, the base model is, without
//! words; a mark says so for as long as it lasts.

use crate::runtime::workers::stored_words::read_words;
use crate::store::models::{BASE, ModelStore, ModelVersion, StoreError, built_in};
use editor::mark::{Mark, MarkKind};
use model::base::BASE_MODEL;
use model::format::read_sound;
use model::rnn::StreamingRnn;
use suggest::{Background, Personal};

/// A model and words to suggest with.
pub(crate) struct Usable {
    /// The version.
    pub(crate) name: String,
    /// Its network.
    pub(crate) model: StreamingRnn,
    /// The words learned with it.
    pub(crate) personal: Personal,
    /// Whether words learned from now on may be written down: never over a file that could not be read.
    pub(crate) keeps_words: bool,
    /// What is wrong with it: path, cause, remedy.
    pub(crate) marks: Vec<Mark>,
}

/// A version's network.
///
/// # Errors
/// A sentence for the writer: cause and remedy.
pub(crate) fn read_model(store: &ModelStore, name: &str) -> Result<StreamingRnn, String> {
    let bytes = store.load(name).map_err(|error| error.to_string())?;
    match read_sound(&bytes) {
        Ok((_, _, model)) => Ok(model),
        Err(error) => Err(format!(
            "{}: the model `{name}` cannot be used: {error}; `foreword models use base` goes on without it",
            store.file_of(name).display()
        )),
    }
}

/// A version by its name, with the words as far as they can be read.
///
/// # Errors
/// When its network cannot be used.
pub(crate) fn named(store: &ModelStore, name: &str) -> Result<Usable, String> {
    let model = read_model(store, name)?;
    let mut usable = Usable {
        name: name.to_owned(),
        model,
        personal: Personal::new(Background::base()),
        keeps_words: true,
        marks: Vec::new(),
    };
    match read_words(store, name) {
        Ok(personal) => usable.personal = personal,
        Err(error) => {
            usable.keeps_words = false;
            let sentence = error.trim_end_matches('.');
            let sentence = format!("{sentence}. Until then no words are known or kept");
            usable.marks.push(Mark::new(MarkKind::Words, sentence));
        }
    }
    Ok(usable)
}

/// The version in use, or the base model in its place.
///
/// # Errors
/// Only when the base model, which is built in, cannot be used.
pub(crate) fn active(store: &ModelStore) -> Result<Usable, String> {
    let name = match store.active() {
        Ok(name) => name,
        // Neither the list nor the files beside it can be relied on.
        Err(error) => return bare(&error.to_string()),
    };
    named(store, &name).or_else(|error| {
        let mut usable = named(store, BASE)?;
        let sentence = format!("{error}. Until then the base model suggests");
        usable.marks.insert(0, Mark::new(MarkKind::Model, sentence));
        Ok(usable)
    })
}

/// The base model alone, which nothing on the disk can harm.
fn bare(cause: &str) -> Result<Usable, String> {
    let (_, _, model) = read_sound(BASE_MODEL).map_err(|error| error.to_string())?;
    let sentence = format!("{cause}. Until then the base model suggests, and no words are known or kept");
    Ok(Usable {
        name: BASE.to_owned(),
        model,
        personal: Personal::new(Background::base()),
        keeps_words: false,
        marks: vec![Mark::new(MarkKind::Model, sentence)],
    })
}

/// All versions; the base model alone where the list cannot be read.
pub(crate) fn versions(store: &ModelStore, active: &str) -> Result<Vec<ModelVersion>, StoreError> {
    let mut versions =
        store.versions().or_else(|error| if active == BASE { Ok(vec![built_in()]) } else { Err(error) })?;
    for version in &mut versions {
        version.active = version.name == active;
    }
    Ok(versions)
}
