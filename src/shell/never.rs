//! The words that are never offered: a file of the writer's, a word a line, in the data directory.
//!
//! As long as there is no such file, the list that is built in counts: swear words and slurs. To block or unblock a word
//! writes the file, beginning from that list; from then on only the file counts. It is read again before it is written: another
//! editor, a command or the writer may have changed it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::{files, own_file};

/// The list that is built in.
const BUILT_IN: &str = include_str!("../../assets/never.txt");

/// No list is longer, in bytes.
const LARGEST: u64 = 16 << 20;

/// Why the list could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error(
    "{path}: the words never to be offered cannot be {done} ({source}); check the file, or move it away to begin anew",
    path = path.display()
)]
pub struct NeverError {
    path: PathBuf,
    done: &'static str,
    source: io::Error,
}

/// Words that are never offered, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeverList {
    path: PathBuf,
    words: BTreeSet<String>,
}

impl NeverList {
    /// Reads the file, or else the list that is built in.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn load(path: &Path) -> Result<Self, NeverError> {
        let text = match own_file::read_text(path, LARGEST) {
            Ok(text) => text.unwrap_or_else(|| BUILT_IN.to_owned()),
            Err(source) => return Err(NeverError { path: path.to_path_buf(), done: "read", source }),
        };
        Ok(Self::of_text(path, &text))
    }

    /// The list that is built in, where the file cannot be read; the file stays as it is.
    pub fn built_in(path: &Path) -> Self {
        Self::of_text(path, BUILT_IN)
    }

    fn of_text(path: &Path, text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self { path: path.to_path_buf(), words: lines.map(str::to_lowercase).collect() }
    }

    /// The words, in lower case.
    pub fn words(&self) -> &BTreeSet<String> {
        &self.words
    }

    /// The file they are in once one was blocked or unblocked.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds words, in any case, and writes the file.
    ///
    /// # Errors
    /// When it cannot be read or written. They are blocked here all the same.
    pub fn block<'w>(&mut self, words: impl IntoIterator<Item = &'w str>) -> Result<(), NeverError> {
        self.change(|blocked| blocked.extend(words.into_iter().map(|word| word.trim().to_lowercase())))
    }

    /// Takes words out, in any case, and writes the file.
    ///
    /// # Errors
    /// When it cannot be read or written. They are unblocked here all the same.
    pub fn unblock<'w>(&mut self, words: impl IntoIterator<Item = &'w str>) -> Result<(), NeverError> {
        self.change(|blocked| {
            for word in words {
                blocked.remove(&word.trim().to_lowercase());
            }
        })
    }

    /// Changes what the file has come to hold, and writes it; if it cannot be read, what was known of it, and writes nothing.
    fn change(&mut self, change: impl FnOnce(&mut BTreeSet<String>)) -> Result<(), NeverError> {
        let read = Self::load(&self.path).map(|list| self.words = list.words);
        change(&mut self.words);
        read?;
        self.store()
    }

    fn store(&self) -> Result<(), NeverError> {
        let head = "# Words that Foreword never offers, in any case: one a line.\n";
        let text: String =
            std::iter::once(head).chain(self.words.iter().flat_map(|word| [word.as_str(), "\n"])).collect();
        files::write_private(&self.path, text.as_bytes()).map_err(|error| NeverError {
            path: self.path.clone(),
            done: "written",
            source: io::Error::other(error),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_counts_until_there_is_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("never.txt");
        let mut list = NeverList::load(&path).unwrap();
        assert!(list.words().len() > 20 && !path.exists());
        assert!(list.words().iter().all(|word| *word == word.to_lowercase() && !word.contains(' ')));
        let rude = list.words().first().unwrap().clone();
        list.block(["Moist", " ÄRGER "]).unwrap();
        list.unblock([rude.to_uppercase().as_str()]).unwrap();
        let read = NeverList::load(&path).unwrap();
        assert_eq!(read, list);
        assert!(["moist", "ärger"].iter().all(|word| read.words().contains(*word)));
        assert!(!read.words().contains(&rude));
    }

    #[test]
    fn what_another_has_blocked_meanwhile_stays_blocked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("never.txt");
        let (mut editor, mut command) = (NeverList::load(&path).unwrap(), NeverList::load(&path).unwrap());
        command.block(["moist"]).unwrap();
        editor.block(["ointment"]).unwrap();
        command.unblock(["moist"]).unwrap();
        let read = NeverList::load(&path).unwrap();
        assert!(read.words().contains("ointment") && !read.words().contains("moist"));
        std::fs::write(&path, b"\xff").unwrap();
        assert!(editor.block(["moist"]).is_err() && editor.words().contains("moist"));
        assert_eq!(std::fs::read(&path).unwrap(), b"\xff", "what cannot be read is not written over");
    }

    #[test]
    fn an_edited_file_may_have_remarks_and_any_case() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("never.txt");
        std::fs::write(&path, "# mine\n\n  Moist  \n").unwrap();
        assert_eq!(NeverList::load(&path).unwrap().words().iter().collect::<Vec<_>>(), ["moist"]);
        std::fs::write(&path, b"\xff\xfe").unwrap();
        let error = NeverList::load(&path).unwrap_err().to_string();
        assert!(error.contains("never.txt") && error.contains("move it away"), "{error}");
    }
}
