//! What a file was like when it was last read or written here, and whether it still is.
//!
//! The bytes decide, by their hash. They need not be read again if the file's `ctime` is unchanged: every change sets
//! it, and no program can set it back.

use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use xxhash_rust::xxh3::Xxh3;

use super::stamp_of;
use editor::message::FileStamp;

/// File times go in steps of up to 10 ms: a second change within one step does not show in them.
const STEP: Duration = Duration::from_millis(10);
/// The save queue learns of a read a little later. A file unchanged for this long before was not changed in between.
const LONG_BEFORE: Duration = Duration::from_secs(10);

/// What was last read off a file or written to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// The bytes.
    pub stamp: FileStamp,
    /// While this is the same, so are the bytes; `None` where it proves nothing.
    mark: Option<SystemStamp>,
}

/// What the system keeps of a file and cannot but change when its bytes change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SystemStamp {
    device: u64,
    number: u64,
    length: u64,
    modified_ns: i128,
    changed_ns: i128,
}

impl SystemStamp {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        let mark = Self {
            device: metadata.dev(),
            number: metadata.ino(),
            length: metadata.len(),
            modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        };
        // Some file systems count in steps of 10 ms or of seconds: there a mark proves nothing.
        (mark.changed_ns % STEP.as_nanos() as i128 != 0).then_some(mark)
    }

    #[cfg(not(unix))]
    pub(super) fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }

    /// How long before `now` the file was changed; `None` if its clock is ahead.
    fn age(&self, now: SystemTime) -> Option<Duration> {
        let now = now.duration_since(UNIX_EPOCH).ok()?;
        let changed = Duration::from_nanos(u64::try_from(self.changed_ns).ok()?);
        now.checked_sub(changed)
    }
}

impl Left {
    /// What was read off `path` shortly before `then`.
    pub(super) fn read(path: &Path, stamp: FileStamp, then: SystemTime) -> Self {
        let mark = std::fs::metadata(path).ok().and_then(|metadata| SystemStamp::of(&metadata));
        let is_same = |mark: &SystemStamp| {
            let modified = u128::try_from(mark.modified_ns).ok();
            (Some(stamp.modified_ns), stamp.length) == (modified, mark.length)
        };
        let is_long_ago = |mark: &SystemStamp| mark.age(then).is_some_and(|age| age > LONG_BEFORE);
        Self { stamp, mark: mark.filter(is_same).filter(is_long_ago) }
    }

    /// As read or written some time, nothing else known.
    pub(super) fn stamped(stamp: FileStamp) -> Self {
        Self { stamp, mark: None }
    }
}

/// Whether what is at `path` is what was left there. A file that somebody removed is: there is nothing to lose.
///
/// # Errors
/// When there is a file that cannot be read.
pub(super) fn is_as_left(path: &Path, left: Option<&Left>) -> io::Result<bool> {
    let metadata = match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        other => other?,
    };
    let Some(left) = left else { return Ok(false) };
    if left.mark.is_some() && left.mark == SystemStamp::of(&metadata) {
        return Ok(true);
    }
    if left.stamp.length != metadata.len() {
        return Ok(false);
    }
    Ok(left.stamp.same_content(&read_stamp(path)?))
}

/// Identifies what is on disk now; `None` if there is no regular file that can be read.
pub fn stamp(path: &Path) -> Option<FileStamp> {
    std::fs::metadata(path).ok().filter(Metadata::is_file)?;
    read_stamp(path).ok()
}

fn read_stamp(path: &Path) -> io::Result<FileStamp> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let mut hashing = Hashing::new(io::sink());
    let length = io::copy(&mut file, &mut hashing)?;
    Ok(FileStamp { length, ..stamp_of(&metadata, hashing.digest()) })
}

/// A writer whose bytes are hashed on their way.
pub(super) struct Hashing<W> {
    file: W,
    hash: Xxh3,
}

impl<W: Write> Hashing<W> {
    pub(super) fn new(file: W) -> Self {
        Self { file, hash: Xxh3::new() }
    }

    pub(super) fn digest(&self) -> u128 {
        self.hash.digest128()
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, FileTimes};

    use super::*;

    type Change = fn(&Path);

    /// Other bytes of the same length, with the old modification time put back, as `cp -p` does.
    fn forge(path: &Path, bytes: &str, in_place: bool) {
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        if !in_place {
            fs::remove_file(path).unwrap();
        }
        fs::write(path, bytes).unwrap();
        File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_times(FileTimes::new().set_modified(modified))
            .unwrap();
    }

    #[test]
    fn the_bytes_decide_whatever_the_times_say() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("note");
        let touch: Change = |path| {
            File::options().write(true).open(path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        };
        let cases: [(&str, Change, bool); 8] = [
            ("nothing", |_| {}, true),
            ("touched", touch, true),
            ("the same bytes again", |path| fs::write(path, "mine").unwrap(), true),
            ("forged in place", |path| forge(path, "them", true), false),
            ("forged anew", |path| forge(path, "them", false), false),
            ("other bytes", |path| fs::write(path, "them").unwrap(), false),
            ("longer", |path| fs::write(path, "mine too").unwrap(), false),
            ("removed", |path| fs::remove_file(path).unwrap(), true),
        ];
        for (name, change, expected) in cases {
            fs::write(&path, "mine").unwrap();
            let known = stamp(&path).unwrap();
            let read_just_now = Left::read(&path, known, SystemTime::now());
            assert_eq!(read_just_now.mark, None, "too soon to rely on");
            change(&path);
            for left in [read_just_now, Left::stamped(known)] {
                assert_eq!(is_as_left(&path, Some(&left)).unwrap(), expected, "{name} {left:?}");
            }
            assert_eq!(is_as_left(&path, None).unwrap(), name == "removed", "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_mark_spares_the_reading() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("note");
        fs::write(&path, "mine").unwrap();
        let later = SystemTime::now() + LONG_BEFORE * 2;
        let mut known = Left::read(&path, stamp(&path).unwrap(), later);
        assert_eq!(known.mark, SystemStamp::of(&fs::metadata(&path).unwrap()));
        // A hash that no file has: were it compared, the file would count as changed.
        known.stamp.hash = 0;
        assert_eq!(is_as_left(&path, Some(&known)).unwrap(), known.mark.is_some());
    }
}
