//! Locks between instances: an instance holds one while it reads, changes and writes a shared file.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::store::own_file::open_lock;

/// How long to try again at most, and at first.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);
const FIRST_PAUSE: Duration = Duration::from_millis(1);

/// Takes the lock that the file at `path` is, which is made if need be; given back when the file is dropped.
///
/// # Errors
/// When another holds it for longer than `patience`, or the file cannot be opened (a link is not followed).
pub fn lock_within(path: &Path, patience: Duration) -> io::Result<File> {
    let file = open_lock(path)?;
    let (began, mut pause) = (Instant::now(), FIRST_PAUSE);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if began.elapsed() >= patience => {
                let held = format!("another Foreword has held it for {} s", patience.as_secs_f64());
                return Err(io::Error::new(io::ErrorKind::TimedOut, held));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(pause),
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_waited_for_but_not_for_ever_and_no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = lock_within(&path, Duration::ZERO).unwrap();
        let error = lock_within(&path, Duration::from_millis(3)).unwrap_err();
        assert!(error.kind() == io::ErrorKind::TimedOut && error.to_string().contains("another"), "{error}");
        drop(held);
        lock_within(&path, Duration::ZERO).unwrap();
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            let target = folder.path().join("target");
            std::os::unix::fs::symlink(&target, &link).unwrap();
            assert!(lock_within(&link, Duration::ZERO).is_err() && !target.exists());
        }
    }
}
