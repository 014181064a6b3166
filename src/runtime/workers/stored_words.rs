//! The words learned with a version, as the store has them: read, changed and replaced.

use crate::store::models::ModelStore;
use suggest::{Background, Personal, PersonalError};

/// The words learned with a version and typed since.
///
/// # Errors
/// A sentence for the writer: path, cause, remedy.
pub fn read_words(store: &ModelStore, name: &str) -> Result<Personal, String> {
    let bytes = store.words(name).map_err(|error| error.to_string())?;
    parse(bytes.as_deref()).map_err(|error| unreadable(store, name, &error))
}

fn parse(bytes: Option<&[u8]>) -> Result<Personal, PersonalError> {
    let background = Background::base();
    bytes.map_or_else(|| Ok(Personal::new(background)), |bytes| Personal::from_bytes(bytes, background))
}

/// A sentence for the writer about words that cannot be read: path, cause, remedy.
pub(super) fn unreadable(store: &ModelStore, name: &str, error: &PersonalError) -> String {
    let file = store.words_file(name);
    format!("{}: {error}; move it away, and train again to have its words back.", file.display())
}

/// Changes the words learned with a version as they are now: what other editors and commands do to them meanwhile comes before or
/// after, and is not lost.
///
/// # Errors
/// Those of `change`, upon which nothing is changed; and when the words cannot be read or written.
pub fn change_words(
    store: &ModelStore,
    name: &str,
    change: impl FnOnce(&mut Personal) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    store.change_words(name, |bytes| {
        let parsed = parse(bytes.as_deref());
        let mut personal = parsed.map_err(|error| anyhow::anyhow!(unreadable(store, name, &error)))?;
        personal.begin_change();
        change(&mut personal)?;
        Ok((Some(personal.to_bytes()), ()))
    })
}

/// Replaces all that was learned with a version by `words`; what was there may be damaged. Open editors read it again.
///
/// # Errors
/// When there is no such version, or the words cannot be written.
pub fn replace_words(store: &ModelStore, name: &str, words: Personal) -> anyhow::Result<()> {
    store.change_words(name, |bytes| {
        let mut personal = parse(bytes.as_deref()).unwrap_or_default();
        personal.begin_change();
        personal.replace(words);
        Ok((Some(personal.to_bytes()), ()))
    })
}
