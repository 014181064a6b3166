//! The name of a kept text: the time in milliseconds, and the reason as its extension.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use editor::message::KeptBecause;

const REASONS: [(KeptBecause, &str); 4] = [
    (KeptBecause::Crash, "crash"),
    (KeptBecause::Discard, "discard"),
    (KeptBecause::Reload, "reload"),
    (KeptBecause::Overwrite, "overwrite"),
];

/// A new name in `folder`; names sort by time.
pub(super) fn name(folder: &Path, because: KeptBecause, now: SystemTime) -> PathBuf {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let ending =
        REASONS.iter().find(|(reason, _)| *reason == because).map_or("discard", |(_, ending)| ending);
    folder.join(format!("{:013}-{:08x}.{ending}", since.as_millis(), rand::random::<u32>()))
}

/// Why a text is kept, by its name.
pub(super) fn reason(path: &Path) -> Option<KeptBecause> {
    let ending = path.extension()?.to_str()?;
    REASONS.iter().find(|(_, name)| *name == ending).map(|(reason, _)| *reason)
}

/// When a text was kept, by its name.
pub(super) fn time(path: &Path) -> Option<SystemTime> {
    let (milliseconds, _) = path.file_name()?.to_str()?.split_once('-')?;
    UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds.parse().ok()?))
}
