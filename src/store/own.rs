//! Files of our own whose names another could have taken: opened without following a link, without waiting on a pipe,
//! without cutting off what is in them.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use crate::store::own_file::{is_mine, set_flags};

/// Opens a file of ours to be read, written and locked. `create`: makes it if it is missing, for its owner alone.
///
/// # Errors
/// When a link stands there, or it is missing, or cannot be opened.
pub(crate) fn open_own(path: &Path, create: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(create).truncate(false);
    set_flags(&mut options, true);
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a regular file")) }
}

/// Whether a regular file stands there, no link to one, and it is this user's.
pub(crate) fn is_own_regular(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file() && is_mine(&metadata))
}

/// Whether an open file is still the one of that name.
pub(crate) fn same_file(file: &File, path: &Path) -> bool {
    match (file.metadata(), std::fs::symlink_metadata(path)) {
        (Ok(open), Ok(named)) => identity(&open) == identity(&named),
        _ => false,
    }
}

/// Device and number of a file: the same under all its names.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems do not tell")]
pub(crate) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(crate) fn identity(_metadata: &Metadata) -> Option<(u64, u64)> {
    None
}

/// Whether a process of that number is running, other than this one: in a container every start may have the same number.
#[cfg(unix)]
pub(crate) fn is_other_alive(process: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let other = i32::try_from(process).ok().filter(|_| process != std::process::id()).and_then(Pid::from_raw);
    other.is_some_and(|other| test_kill_process(other) != Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
pub(crate) fn is_other_alive(process: u32) -> bool {
    // It cannot be told: its files are left alone until they are old.
    process != std::process::id()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_our_file_is_not_followed_and_nothing_is_cut_off() {
        let root = tempfile::tempdir().unwrap();
        let (real, link) = (root.path().join("real"), root.path().join("link"));
        std::fs::write(&real, "text").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(open_own(&link, true).is_err());
        drop(open_own(&real, true).unwrap());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "text");
        let pipe = root.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(open_own(&pipe, true).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn the_living_are_told_from_the_dead() {
        assert!(is_other_alive(std::os::unix::process::parent_id()));
        assert!(!is_other_alive(std::process::id()) && !is_other_alive(u32::MAX));
    }
}
