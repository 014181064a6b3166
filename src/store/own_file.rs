//! Files of Foreword's own, opened so that a file planted in their place does no harm.
//!
//! A file that is read may be a link (settings often are), but must be an ordinary file of limited size: a pipe would
//! block the start for ever. A lock is never a link, and opening it cuts nothing short. As in ssh, a folder of ours
//! that another user owns or may write to is not used at all: its other user could read the texts and add words.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Why a folder is not used for private data.
#[derive(Debug, thiserror::Error)]
pub enum NotPrivate {
    /// Others may put files into it.
    #[error("{}: other users may write to this folder, so nothing private is kept or read there; close it with `chmod go-w {}`",
        .0.display(), .0.display())]
    Writable(PathBuf),
    /// It is another user's.
    #[error("{}: this folder is another user's, so nothing private is kept or read there; choose another with --data-dir", .0.display())]
    Foreign(PathBuf),
}

/// Whether a folder is closed to others; one that is not there is. Links are followed: what they lead to counts.
///
/// # Errors
/// When it is not.
pub fn check_private(folder: &Path) -> Result<(), NotPrivate> {
    check(folder, false)
}

/// Whether no other user can put another folder in the place of one in `folder`, which a sticky folder like `/tmp` prevents.
///
/// # Errors
/// When one can.
pub fn check_parent(folder: &Path) -> Result<(), NotPrivate> {
    check(folder, true)
}

#[cfg(unix)]
fn check(folder: &Path, is_parent: bool) -> Result<(), NotPrivate> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(metadata) = std::fs::metadata(folder) else { return Ok(()) };
    let mode = metadata.mode();
    if mode & 0o022 != 0 && !(is_parent && mode & 0o1000 != 0) {
        return Err(NotPrivate::Writable(folder.to_path_buf()));
    }
    if is_ours(&metadata) { Ok(()) } else { Err(NotPrivate::Foreign(folder.to_path_buf())) }
}

#[cfg(not(unix))]
fn check(_folder: &Path, _is_parent: bool) -> Result<(), NotPrivate> {
    Ok(())
}

/// The system's own user could do anything anyway.
#[cfg(unix)]
fn is_ours(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.uid() == 0 || is_mine(metadata)
}

/// Whether a file is this user's.
#[cfg(unix)]
pub(crate) fn is_mine(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw()
}

/// Other systems keep a user's files to the user.
#[cfg(not(unix))]
pub(crate) fn is_mine(_metadata: &Metadata) -> bool {
    true
}

/// The whole of an ordinary file of at most `most` bytes; `None` if there is none.
///
/// # Errors
/// When it cannot be read, is something else or larger.
pub fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut options = OpenOptions::new();
    options.read(true);
    set_flags(&mut options, false);
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    check_ordinary(&file.metadata()?)?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("longer than {most} bytes")));
    }
    Ok(Some(bytes))
}

/// As [`read`], of a file that is UTF-8 text.
///
/// # Errors
/// As [`read`]; and when it is no UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<Option<String>> {
    let Some(bytes) = read(path, most)? else { return Ok(None) };
    let text = String::from_utf8(bytes).map_err(|error| {
        io::Error::other(format!("not UTF-8 text: byte {} is not", error.utf8_error().valid_up_to()))
    })?;
    Ok(Some(text))
}

/// Opens a file to lock, and makes it if there is none; what is in it stays.
///
/// # Errors
/// When that cannot be done, or a link or anything but an ordinary file of ours stands in its place.
pub fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    set_flags(&mut options, true);
    let file = options.open(path).map_err(|error| {
        let is_link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        if is_link { io::Error::other("a link stands in its place; remove that") } else { error }
    })?;
    let metadata = file.metadata()?;
    check_ordinary(&metadata)?;
    #[cfg(unix)]
    if !is_ours(&metadata) {
        return Err(io::Error::other("a file of another user stands in its place; remove that"));
    }
    Ok(file)
}

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

/// Whether an open file is still the one at `path`.
pub(crate) fn is_still_at(file: &File, path: &Path) -> bool {
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

fn check_ordinary(metadata: &Metadata) -> io::Result<()> {
    match () {
        () if metadata.is_file() => Ok(()),
        () if metadata.is_dir() => Err(io::Error::other("a folder stands in its place")),
        () => Err(io::Error::other("a pipe, a device or the like stands in its place")),
    }
}

/// A pipe is opened without waiting for its other end; no terminal becomes this process's own. `is_own`: a link is not
/// followed, and a file that is made is for its owner alone.
#[cfg(unix)]
pub(crate) fn set_flags(options: &mut OpenOptions, is_own: bool) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    if is_own {
        flags |= OFlags::NOFOLLOW;
        options.mode(0o600);
    }
    options.custom_flags(flags.bits().cast_signed());
}

#[cfg(not(unix))]
pub(crate) fn set_flags(_options: &mut OpenOptions, _is_own: bool) {}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn pipe(path: &Path) {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn what_is_no_ordinary_file_is_refused_at_once() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        assert!(read(&path("missing"), 10).unwrap().is_none());
        fs::write(path("file"), "ten bytes!").unwrap();
        symlink(path("file"), path("link")).unwrap();
        for name in ["file", "link"] {
            assert_eq!(read(&path(name), 10).unwrap().as_deref(), Some(&b"ten bytes!"[..]), "{name}");
        }
        pipe(&path("pipe"));
        fs::create_dir(path("folder")).unwrap();
        fs::write(path("latin"), b"caf\xe9").unwrap();
        for (name, said) in
            [("pipe", "a pipe"), ("folder", "a folder"), ("latin", "byte 3"), ("file", "longer")]
        {
            let error = read_text(&path(name), 9).unwrap_err().to_string();
            assert!(error.contains(said), "{name}: {error}");
        }
        assert!(read(Path::new("/dev/zero"), 9).is_err());
    }

    #[test]
    fn a_lock_is_no_link_and_cuts_nothing_short() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        fs::write(path("letter"), "dear Kim").unwrap();
        symlink(path("letter"), path("planted")).unwrap();
        symlink(path("nowhere"), path("dangling")).unwrap();
        pipe(&path("pipe"));
        fs::create_dir(path("folder")).unwrap();
        for name in ["planted", "dangling"] {
            assert!(open_lock(&path(name)).unwrap_err().to_string().contains("a link"), "{name}");
        }
        for name in ["pipe", "folder"] {
            assert!(open_lock(&path(name)).is_err(), "{name}");
        }
        assert!(!path("nowhere").exists());
        open_lock(&path("letter")).unwrap();
        assert_eq!(fs::read_to_string(path("letter")).unwrap(), "dear Kim");
        open_lock(&path("new")).unwrap();
        assert_eq!(path("new").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_open_to_others_is_not_private() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("data");
        assert!(check_private(&folder).is_ok(), "there is none yet");
        fs::create_dir(&folder).unwrap();
        symlink(&folder, root.path().join("link")).unwrap();
        for (mode, is_private, is_parent) in [
            (0o700, true, true),
            (0o755, true, true),
            (0o770, false, false),
            (0o702, false, false),
            (0o1777, false, true),
        ] {
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
            for path in [&folder, &root.path().join("link")] {
                assert_eq!(check_private(path).is_ok(), is_private, "{mode:o}");
                assert_eq!(check_parent(path).is_ok(), is_parent, "{mode:o}");
            }
        }
        let said = check_private(&folder).unwrap_err().to_string();
        assert!(said.contains("chmod go-w") && said.contains(&*folder.to_string_lossy()), "{said}");
    }

    #[test]
    fn a_link_in_place_of_our_file_is_not_followed_and_nothing_is_cut_off() {
        let root = tempfile::tempdir().unwrap();
        let (real, link) = (root.path().join("real"), root.path().join("link"));
        fs::write(&real, "text").unwrap();
        symlink(&real, &link).unwrap();
        assert!(open_own(&link, true).is_err());
        drop(open_own(&real, true).unwrap());
        assert_eq!(fs::read_to_string(&real).unwrap(), "text");
        let pipe = root.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(open_own(&pipe, true).is_err());
    }
}
