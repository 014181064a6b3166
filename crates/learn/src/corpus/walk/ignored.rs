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

/// Bytes of an ignore file that count.
pub(super) const LARGEST_RULES: u64 = 64 << 10;
/// Rules of an ignore file that count.
const MOST_RULES: usize = 2_000;
/// Rules of all ignore files of a folder that count: a folder with more was made to hold someone up.
const MOST_IN_ALL: usize = 10_000;

/// Names of ignore files. What the first says comes before what the second says.
const NAMES: [&str; 3] = [".forewordignore", ".gitignore", ".git/info/exclude"];

/// The rules of a folder and of those above it, up to the one that was named.
#[derive(Debug)]
pub(super) struct Rules {
    own: [Gitignore; 3],
    above: Option<Rc<Rules>>,
}

impl Rules {
    /// Reads the ignore files of `folder`; what of them cannot be read is told in `skipped`. `None` if the folder is to be passed by: the
    /// writer has said what is private in it, and it cannot be known.
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
                Ok((rules, remark)) => {
                    *own = rules;
                    skipped.extend(remark.map(|reason| Skipped { path, reason: reason.to_owned() }));
                }
                Err(Unread::Missing) => {}
                Err(Unread::NoFile) => {
                    let reason = "not an ordinary file (a pipe, a device, a socket or a folder); its rules do not count";
                    skipped.push(Skipped { path, reason: reason.to_owned() });
                }
                Err(Unread::Failed(cause)) if name == NAMES[0] => {
                    let reason = format!(
                        "cannot be read ({cause}), so its folder is passed by; check its permissions"
                    );
                    skipped.push(Skipped { path, reason });
                    return None;
                }
                Err(Unread::Failed(cause)) => {
                    let reason = format!("cannot be read ({cause}); its rules do not count");
                    skipped.push(Skipped { path, reason });
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

    /// What the ignore files of one name say: passed by, called in, or nothing.
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
enum Unread {
    Missing,
    NoFile,
    Failed(io::Error),
}

/// The rules of one ignore file, and what is to be said of it.
fn read_rules(
    folder: &Path,
    path: &Path,
    rules_left: &mut usize,
) -> Result<(Gitignore, Option<&'static str>), Unread> {
    let mut bytes = Vec::new();
    let file = open_ordinary(path)?;
    file.take(LARGEST_RULES + 1).read_to_end(&mut bytes).map_err(Unread::Failed)?;
    let mut remark = None;
    if bytes.len() as u64 > LARGEST_RULES {
        remark = Some("too long; only the rules at its beginning count");
        bytes.truncate(LARGEST_RULES as usize);
        // The last rule may be cut.
        bytes.truncate(bytes.iter().rposition(|&byte| byte == b'\n').unwrap_or(0));
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut rules = GitignoreBuilder::new(folder);
    let most = MOST_RULES.min(*rules_left);
    let mut count = 0;
    for line in text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty()) {
        if count == most {
            remark = Some("too long; only the rules at its beginning count");
            break;
        }
        count += 1;
        // A rule that makes no sense counts as none, as in git.
        let _ = rules.add_line(None, line);
    }
    *rules_left -= count;
    let rules = rules.build().unwrap_or_else(|_| {
        remark = Some("its rules are too involved; they do not count");
        Gitignore::empty()
    });
    Ok((rules, remark))
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
