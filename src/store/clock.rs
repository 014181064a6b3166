//! Wall-clock times as a reader writes them.

use std::time::{SystemTime, UNIX_EPOCH};

use editor::time::utc;

/// A time as `2026-11-24 02:11 UTC`.
pub fn written(time: SystemTime) -> String {
    utc(time.duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs()))
}
