//! What the tests of the commands share: a command line parsed, a report printed, its JSON looked at.

use clap::Args;
use serde_json::Value;

use super::report::{Printer, Report, json_option};
use crate::runtime::visible::Visible;
use suggest::{ByCount, Evaluation, Figures, GhostScore, Latency, Reliability, Stability, WithFive};

/// The arguments of a command, from the words after its name.
pub(super) fn parsed<A: Args>(line: &str) -> Result<A, clap::Error> {
    let command = A::augment_args(clap::Command::new("command").no_binary_name(true));
    let has_json = command.get_arguments().any(|argument| argument.get_id() == "json");
    let command = if has_json { command } else { command.arg(json_option().global(true)) };
    A::from_arg_matches(&command.try_get_matches_from(line.split_whitespace())?)
}

/// What `print` prints.
pub(super) fn printed(
    is_json: bool,
    print: impl FnOnce(&mut Printer<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<String> {
    let mut out = Vec::new();
    print(&mut Printer::new(Visible::new(&mut out), is_json))?;
    Ok(String::from_utf8(out)?)
}

/// A report as text.
pub(super) fn text(report: &impl Report) -> String {
    printed(false, |printer| Ok(printer.print(report)?)).unwrap()
}

/// A report as it is printed with `--json`: one object and a line feed, nothing else.
pub(super) fn json_text(report: &impl Report) -> String {
    let text = printed(true, |printer| Ok(printer.print(report)?)).unwrap();
    assert_eq!(text.matches('\n').count(), 1, "{text}");
    text
}

/// A report as a JSON object.
pub(super) fn json(report: &impl Report) -> Value {
    let value: Value = serde_json::from_str(&json_text(report)).unwrap();
    assert!(value.is_object());
    value
}

/// The keys of an object, sorted.
pub(super) fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

pub(super) fn assert_has_keys(value: &Value, expected: &[&str]) {
    for key in expected {
        assert!(value.get(key).is_some(), "{key} is missing in {value}");
    }
}

/// Figures, each another.
pub(super) fn evaluation() -> Evaluation {
    let by_count = |one| ByCount { one, three: one + 10.0, five: one + 20.0 };
    Evaluation {
        bytes: 1_000,
        characters: 990,
        words: 180,
        figures: Figures {
            bits_per_byte: 1.75,
            ksr: by_count(30.0),
            ksr_half: by_count(25.0),
            hit: by_count(10.0),
            after2: WithFive { five: 60.0 },
            ksr_phrase: by_count(35.0),
            ghost: GhostScore {
                shown: 0.25,
                precision: 0.5,
                first_precision: 0.6,
                ksr: 20.0,
                ksr_half: 15.0,
                wrong_per_100: 4.0,
            },
            stability: Stability { kept: 99.5, under_1_percent: 0.5, moved: 2.0 },
        },
        intervals: Figures {
            ksr: ByCount { one: [29.0, 31.0], three: [39.0, 41.0], five: [49.0, 51.0] },
            ..Figures::default()
        },
        reliability: [Reliability { places: 4, said: 0.25, came: 0.5 }; Reliability::ROWS],
        latency_ms: Latency { p50: 1.0, p95: 2.0, p99: 3.0, max: 4.0 },
    }
}

pub(super) fn assert_is_evaluation(value: &Value) {
    assert_has_keys(value, &["bytes", "words", "latency_ms"]);
    for of in [value, &value["intervals"]] {
        assert_has_keys(of, &["bits_per_byte"]);
        for by_count in ["ksr", "ksr_half", "hit", "ksr_phrase"] {
            assert_eq!(keys(&of[by_count]), ["1", "3", "5"], "{by_count}");
        }
        assert_eq!(keys(&of["after2"]), ["5"]);
        assert_eq!(keys(&of["stability"]), ["kept", "moved", "under_1_percent"]);
        assert_eq!(
            keys(&of["ghost"]),
            ["first_precision", "ksr", "ksr_half", "precision", "shown", "wrong_per_100"]
        );
    }
    assert_eq!(keys(&value["latency_ms"]), ["max", "p50", "p95", "p99"]);
}
