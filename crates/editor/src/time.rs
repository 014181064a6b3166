//! Times as the writer's clock shows them. The program reads the time zone; here it is an argument.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A time to the minute, by the clocks of `zone`: `2026-11-24 03:11`. Where the clocks show UTC, the text says so:
/// `2026-11-24 02:11 UTC`.
pub fn local(time: Timestamp, zone: &TimeZone) -> String {
    let is_utc = zone.to_offset_info(time).abbreviation() == "UTC";
    let minute = zone.to_datetime(time).strftime("%Y-%m-%d %H:%M");
    if is_utc { format!("{minute} UTC") } else { minute.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::Offset;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00 UTC"),
            (-1, "1969-12-31 23:59 UTC"),
            (951_782_399, "2000-02-28 23:59 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (951_868_800, "2000-03-01 00:00 UTC"),
            (1_709_251_199, "2024-02-29 23:59 UTC"),
            (1_735_689_599, "2024-12-31 23:59 UTC"),
            (1_795_486_260, "2026-11-24 02:11 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(local(at(seconds), &TimeZone::UTC), expected);
        }
    }

    #[test]
    fn a_time_is_that_of_the_writers_clock() {
        let central_europe = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (utc, expected) in [
            ("2026-11-24T02:11:59Z", "2026-11-24 03:11"),
            ("2026-12-31T23:30:00Z", "2027-01-01 00:30"),
            // At one o'clock UTC on 29 March the clocks go from two to three.
            ("2026-03-29T00:59:00Z", "2026-03-29 01:59"),
            ("2026-03-29T01:00:00Z", "2026-03-29 03:00"),
            // At one o'clock UTC on 25 October they go from three back to two.
            ("2026-10-25T00:30:00Z", "2026-10-25 02:30"),
            ("2026-10-25T01:30:00Z", "2026-10-25 02:30"),
        ] {
            assert_eq!(local(utc.parse().unwrap(), &central_europe), expected, "{utc}");
        }
        let half = TimeZone::fixed(Offset::from_seconds(-12_600).unwrap());
        assert_eq!(local(at(1_795_486_260), &half), "2026-11-23 22:41");
    }
}
