//! The clock and the writer's time zone. Files hold times in UTC, so that they mean the same wherever they are read.

use std::time::SystemTime;

pub use editor::time::local;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// The time zone that `TZ` or the system names; UTC where neither names one that is known.
pub fn zone() -> TimeZone {
    TimeZone::try_system().unwrap_or(TimeZone::UTC)
}

/// This moment, in the writer's time zone.
pub fn now() -> ZonedDateTime {
    Timestamp::now().to_zoned_datetime(zone())
}

/// A time of a file; one that the calendar does not reach becomes the epoch.
pub fn of_file(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A time as files hold it, to the minute: `2026-11-24 02:11 UTC`.
pub fn stored(time: Timestamp) -> String {
    local(time, &TimeZone::UTC)
}

/// The time that a [`stored`] text means; `None` if the text is no such time.
pub fn parsed(stored: &str) -> Option<Timestamp> {
    let time = jiff::fmt::strtime::parse("%Y-%m-%d %H:%M UTC", stored).ok()?;
    TimeZone::UTC.to_timestamp(time.to_datetime().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_back_to_the_minute() {
        for time in ["1969-12-31T23:59:00Z", "2026-11-24T02:11:00Z", "2028-02-29T23:59:00Z"] {
            let time: Timestamp = time.parse().unwrap();
            assert_eq!(parsed(&stored(time)), Some(time));
        }
        assert_eq!(stored(Timestamp::from_second(1_795_486_319).unwrap()), "2026-11-24 02:11 UTC");
    }

    #[test]
    fn other_texts_are_no_times() {
        for text in [
            "",
            "built in",
            "2026-11-24",
            "2026-11-24 02:11",
            "2026-11-31 02:11 UTC",
            "2026-11-24 02:11 UTC?",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
