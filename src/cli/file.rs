//! Files that commands are given to read.

use std::path::Path;

use anyhow::{Context as _, ensure};

/// All of an ordinary file; a device or a pipe might never end.
pub(super) fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let name = path.display();
    let unread = || format!("{name}: cannot be read; check the path and its permissions");
    let metadata = std::fs::metadata(path).with_context(unread)?;
    ensure!(metadata.is_file(), "{name}: not an ordinary file; name a file, not a folder or a device");
    std::fs::read(path).with_context(unread)
}
