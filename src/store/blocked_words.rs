//! The words that are never offered: a file of the writer's, a word a line, in the data directory.
//!
//! As long as there is no such file, the list that is built in counts: swear words and slurs. To block or unblock a word
//! writes the file, beginning from that list; from then on only the file counts. It is read again before it is written, under a lock:
//! other editors, commands and the writer may have changed it. Lines that begin with `#` are remarks; a word that does is written with
//! a `\` before it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::store::atomic::write_private;
use crate::store::lock::lock_within;
use crate::store::own_file;
use crate::store::paths::private_directory;

/// The list that is built in.
const BUILT_IN: &str = include_str!("../../assets/never.txt");

/// How long others may hold the lock.
const PATIENCE: Duration = Duration::from_secs(30);
/// No list is longer, in bytes.
const LARGEST: u64 = 16 << 20;

/// Why the list could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error(
    "{path}: the words never to be offered cannot be {done} ({source}); try again, or check the file and move it away to begin anew",
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
    patience: Duration,
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
        let words = lines.map(|line| word(line).to_lowercase()).collect();
        Self { path: path.to_path_buf(), words, patience: PATIENCE }
    }

    /// Waits no longer than this for others that change the list.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
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

    /// Takes words out, in any case, and writes the file. If one of them is not in it, that one is returned and nothing written.
    ///
    /// # Errors
    /// When it cannot be read or written. They are unblocked here all the same.
    pub fn unblock<'w>(
        &mut self,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Result<Option<&'w str>, NeverError> {
        let mut missing = None;
        self.change(|blocked| {
            let before = blocked.clone();
            for word in words {
                if !blocked.remove(&word.trim().to_lowercase()) {
                    missing = missing.or(Some(word));
                }
            }
            if missing.is_some() {
                *blocked = before;
            }
        })?;
        Ok(missing)
    }

    /// Changes what the file has come to hold, and writes it; if it cannot be read, what was known of it, and writes nothing. Nobody
    /// else changes it meanwhile.
    fn change(&mut self, change: impl FnOnce(&mut BTreeSet<String>)) -> Result<(), NeverError> {
        // The first command on a machine may be this one.
        let made = self.path.parent().map_or(Ok(()), private_directory);
        let lock = made.and_then(|()| lock_within(&self.path.with_extension("lock"), self.patience));
        let lock = lock.map_err(|source| NeverError { path: self.path.clone(), done: "changed", source });
        let read = lock.and_then(|lock| Self::load(&self.path).map(|list| (list.words, lock)));
        let read = read.map(|(words, lock)| {
            self.words = words;
            lock
        });
        let before = self.words.clone();
        change(&mut self.words);
        let _lock = read?;
        if self.words == before { Ok(()) } else { self.store() }
    }

    fn store(&self) -> Result<(), NeverError> {
        let mut text = "# Words that Foreword never offers, in any case: one a line.\n".to_owned();
        for word in &self.words {
            if word.trim_start_matches('\\').starts_with('#') {
                text.push('\\');
            }
            text.push_str(word);
            text.push('\n');
        }
        write_private(&self.path, text.as_bytes()).map_err(|source| NeverError {
            path: self.path.clone(),
            done: "written",
            source,
        })
    }
}

/// The word that a line of the file stands for.
fn word(line: &str) -> &str {
    let is_escaped = line.starts_with('\\') && line.trim_start_matches('\\').starts_with('#');
    if is_escaped { &line[1..] } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_counts_until_there_is_a_file() {
        let folder = tempfile::tempdir().unwrap();
        // The first command on a machine may be this one: there is no folder yet.
        let path = folder.path().join("settings/never.txt");
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
    fn none_of_many_who_block_at_once_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("never.txt");
        let lists: Vec<NeverList> = (0..80).map(|_| NeverList::load(&path).unwrap()).collect();
        std::thread::scope(|scope| {
            for (n, mut list) in lists.into_iter().enumerate() {
                scope.spawn(move || list.block([format!("word{n}").as_str()]).unwrap());
            }
        });
        let read = NeverList::load(&path).unwrap();
        let lost: Vec<usize> = (0..80).filter(|n| !read.words().contains(&format!("word{n}"))).collect();
        assert_eq!(lost, [0; 0]);
        assert!(read.words().len() > 80, "those built in stay");
    }

    #[test]
    fn without_the_lock_nothing_is_written_and_an_error_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("never.txt");
        let _held = lock_within(&folder.path().join("never.lock"), Duration::ZERO).unwrap();
        let mut list = NeverList::load(&path).unwrap().with_patience(Duration::ZERO);
        let error = list.block(["moist"]).unwrap_err().to_string();
        assert!(error.contains("never.txt") && error.contains("another"), "{error}");
        assert!(list.words().contains("moist") && !path.exists());
    }

    #[test]
    fn a_word_reads_back_as_it_was_blocked_whatever_it_begins_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("never.txt");
        std::fs::write(&path, "# mine\n\\old\n").unwrap();
        let words = ["#moist", "\\#moist", "\\\\#", "\\moist", "##", "a#b"];
        let mut list = NeverList::load(&path).unwrap();
        list.block(words).unwrap();
        let read = NeverList::load(&path).unwrap();
        assert_eq!(read.words().len(), words.len() + 1);
        assert!(words.iter().chain(&["\\old"]).all(|word| read.words().contains(*word)), "{read:?}");
        assert_eq!(list.unblock(["##", "moist"]).unwrap(), Some("moist"), "all of them or none");
        assert_eq!(list.unblock(words).unwrap(), None);
        assert_eq!(NeverList::load(&path).unwrap().words().iter().collect::<Vec<_>>(), ["\\old"]);
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
