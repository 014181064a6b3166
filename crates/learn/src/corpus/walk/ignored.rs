//! What ignore files pass over: `.forewordignore`, `.gitignore`, and `.git/info/exclude`.
//!
//! They are read here and not by the walking crate, which opens whatever bears their name: a pipe would hold it up for ever, a link to an
//! endless device would fill the memory. Here one is opened only if it is an ordinary file, and read up to a limit.
#![expect(clippy::disallowed_types, reason = "ignore files have to be read by someone")]

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::super::Skipped;

/// Bytes of the longest ignore file that is read.
pub(super) const LARGEST_RULES: u64 = 1 << 20;
/// Rules of the longest ignore file that is read.
const MOST_RULES: usize = 20_000;
/// Rules of all ignore files of a folder that are read: a folder with more was made to hold someone up.
const MOST_IN_ALL: usize = 40_000;

/// Names of ignore files. The rules of the first come before those of the second.
const NAMES: [&str; 3] = [".forewordignore", ".gitignore", ".git/info/exclude"];

/// The rules of a folder and of those above it, up to the one that was named.
#[derive(Debug)]
pub(super) struct Rules {
    own: [Gitignore; 3],
    above: Option<Rc<Rules>>,
}

impl Rules {
    /// Reads the ignore files of `folder`. `None` if one of them cannot be read whole, which is then in `skipped`. Then the folder
    /// is passed by, with all that is below it: it holds something private, and which files those are cannot be known.
    pub(super) fn read(
        folder: &Path,
        above: Option<&Rc<Self>>,
        rules_left: &mut usize,
        skipped: &mut Vec<Skipped>,
    ) -> Option<Rc<Self>> {
        let mut own = [Gitignore::empty(), Gitignore::empty(), Gitignore::empty()];
        for (own, name) in own.iter_mut().zip(NAMES) {
            let path = folder.join(name);
            match read_rules(folder, &path, rules_left) {
                Ok(rules) => *own = rules,
                Err(Unread::Missing) => {}
                Err(cause) => {
                    skipped.push(Skipped { path, reason: cause.to_string() });
                    return None;
                }
            }
        }
        Some(Rc::new(Self { own, above: above.cloned() }))
    }

    /// Whether an entry is passed by. The nearest folder's rules come first; a hidden entry is passed by unless a rule calls it in.
    pub(super) fn pass_by(&self, path: &Path, is_folder: bool) -> bool {
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let mut found = (0..NAMES.len()).map(|kind| self.matched(kind, path, is_folder));
        found.find(Option::is_some).flatten().unwrap_or(is_hidden)
    }

    /// The verdict of the ignore files of one name: passed by, called in, or none.
    fn matched(&self, kind: usize, path: &Path, is_folder: bool) -> Option<bool> {
        let mut level = Some(self);
        while let Some(rules) = level {
            match rules.own[kind].matched(path, is_folder) {
                Match::Ignore(_) => return Some(true),
                Match::Whitelist(_) => return Some(false),
                Match::None => level = rules.above.as_deref(),
            }
        }
        None
    }
}

/// Why there are no rules.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("there is none")]
    Missing,
    #[error(
        "not an ordinary file (a pipe, a device, a socket or a folder), so its folder is passed by; put a file of rules in its place, or \
         remove it"
    )]
    NoFile,
    #[error(
        "longer than {} KiB or {MOST_RULES} rules, so its folder is passed by; shorten it, for example with a rule for a whole folder",
        LARGEST_RULES >> 10
    )]
    TooLong,
    #[error(
        "more than {MOST_IN_ALL} rules with those of the other folders, so its folder is passed by; shorten it, or learn from the folder \
         on its own"
    )]
    TooManyInAll,
    #[error("its rules are too involved, so its folder is passed by; make them fewer or simpler")]
    TooInvolved,
    #[error("cannot be read ({0}), so its folder is passed by; check its permissions")]
    Failed(io::Error),
}

/// The rules of one ignore file.
fn read_rules(folder: &Path, path: &Path, rules_left: &mut usize) -> Result<Gitignore, Unread> {
    let mut bytes = Vec::new();
    let file = open_ordinary(path)?;
    file.take(LARGEST_RULES + 1).read_to_end(&mut bytes).map_err(Unread::Failed)?;
    if bytes.len() as u64 > LARGEST_RULES {
        return Err(Unread::TooLong);
    }
    let text = String::from_utf8_lossy(&bytes);
    let is_rule = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().filter(is_rule).collect();
    if lines.len() > MOST_RULES {
        return Err(Unread::TooLong);
    }
    *rules_left = rules_left.checked_sub(lines.len()).ok_or(Unread::TooManyInAll)?;
    let mut rules = GitignoreBuilder::new(folder);
    for line in lines {
        // A rule that makes no sense counts as none, as in git.
        let _ = rules.add_line(None, line);
    }
    rules.build().map_err(|_| Unread::TooInvolved)
}

/// Opens an ordinary file. What a link leads to counts; a pipe, a device, a socket or a folder is not opened.
fn open_ordinary(path: &Path) -> Result<File, Unread> {
    let unread = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unread::Missing,
        _ => Unread::Failed(cause),
    };
    if !std::fs::metadata(path).map_err(unread)?.is_file() {
        return Err(Unread::NoFile);
    }
    let file = super::open_at_once(path).map_err(unread)?;
    // Between the two it may have become another.
    if file.metadata().map_err(unread)?.is_file() { Ok(file) } else { Err(Unread::NoFile) }
}

/// A folder to be looked through, and the rules above it.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) above: Option<Rc<Rules>>,
}

/// Rules that may be read in a folder that was named.
pub(super) fn all_rules() -> usize {
    MOST_IN_ALL
}
