use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::cli::bench::Percentiles;
use learn::train::report::SkippedFile;
use suggest::{GhostScore, Latency, Reliability};

fn printed(is_json: bool, print: impl FnOnce(&mut Printer<&mut Vec<u8>>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    print(&mut Printer::new(&mut out, is_json)).unwrap();
    String::from_utf8(out).unwrap()
}

/// One JSON object and a line feed, nothing else.
fn object(text: &str) -> Value {
    assert_eq!(text.matches('\n').count(), 1, "{text}");
    let value: Value = serde_json::from_str(text).unwrap();
    assert!(value.is_object());
    value
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn assert_has_keys(value: &Value, expected: &[&str]) {
    for key in expected {
        assert!(value.get(key).is_some(), "{key} is missing in {value}");
    }
}

fn evaluation() -> Evaluation {
    let by_count = |one| ByCount { one, three: one + 10.0, five: one + 20.0 };
    Evaluation {
        bytes: 1_000,
        characters: 990,
        words: 180,
        bits_per_byte: 1.75,
        ksr: by_count(30.0),
        hit: by_count(10.0),
        ksr_phrase: by_count(35.0),
        ghost: GhostScore { shown: 0.25, precision: 0.5, ksr: 20.0 },
        reliability: [Reliability { places: 4, said: 0.25, came: 0.5 }; Reliability::ROWS],
        latency_ms: Latency { p50: 1.0, p95: 2.0, p99: 3.0, max: 4.0 },
    }
}

fn summary(promoted: bool) -> TrainingSummary {
    let skipped = SkippedFile { path: PathBuf::from("notes/a.bin"), reason: "binary".to_owned() };
    TrainingSummary {
        documents: 9,
        skipped: vec![skipped],
        bytes: 12_345,
        train_tokens_per_s: 20_000.4,
        steps: 77,
        seconds: 61.5,
        before: evaluation(),
        after: Evaluation { bits_per_byte: 1.5, ..evaluation() },
        promoted,
        model: "2026-11-24-1".to_owned(),
    }
}

fn assert_is_evaluation(value: &Value) {
    assert_has_keys(
        value,
        &["bytes", "words", "bits_per_byte", "ksr", "hit", "ksr_phrase", "ghost", "latency_ms"],
    );
    for by_count in ["ksr", "hit", "ksr_phrase"] {
        assert_eq!(keys(&value[by_count]), ["1", "3", "5"], "{by_count}");
    }
    assert_eq!(keys(&value["ghost"]), ["ksr", "precision", "shown"]);
    assert_eq!(keys(&value["latency_ms"]), ["max", "p50", "p95", "p99"]);
}

#[test]
fn an_evaluation_in_json_has_the_keys_others_rely_on() {
    let value = object(&printed(true, |printer| printer.evaluation(&evaluation(), false)));
    assert_is_evaluation(&value);
    assert_eq!(value["ksr"]["5"], 50.0);
}

#[test]
fn a_training_in_json_has_the_keys_others_rely_on() {
    let value = object(&printed(true, |printer| printer.training(&summary(true))));
    assert_has_keys(
        &value,
        &["documents", "skipped", "bytes", "train_tokens_per_s", "steps", "seconds", "promoted", "model"],
    );
    assert_eq!(keys(&value["skipped"][0]), ["path", "reason"]);
    assert_is_evaluation(&value["before"]);
    assert_is_evaluation(&value["after"]);
}

#[test]
fn a_figure_that_is_no_number_is_null() {
    let broken = Evaluation { bits_per_byte: f64::NAN, ..evaluation() };
    let value = object(&printed(true, |printer| printer.evaluation(&broken, false)));
    assert!(value["bits_per_byte"].is_null());
}

#[test]
fn an_evaluation_reads_as_a_table() {
    let expected = "\
1000 bytes, 180 words
bits per byte        1.7500
suggestions on show       1       3       5
keystrokes saved, %   30.00   40.00   50.00
with phrases, %       35.00   45.00   55.00
next word there, %    10.00   20.00   30.00
ghost alone           20.00 % saved, shown at 25.0 % of places, right 50.0 % of the time
latency, ms            1.00 p50, 2.00 p95, 3.00 p99, 4.00 max
Savings are potential: those of a typist who reads every suggestion.
";
    assert_eq!(printed(false, |printer| printer.evaluation(&evaluation(), false)), expected);
}

#[test]
fn a_training_reads_as_before_and_after() {
    let expected = "\
9 documents, 12345 bytes, 1 skipped
  skipped notes/a.bin: binary
77 steps, 20000 bytes/s, 62 s in all

on held-out documents    before     after
bits per byte             1.750     1.500
next word in 3, %        20.000    20.000
keystrokes saved @5,%    50.000    50.000
ghost alone, %           20.000    20.000
Savings are potential: those of a typist who reads every suggestion.

Model 2026-11-24-1 is in use; `foreword models rollback` goes back.
";
    assert_eq!(printed(false, |printer| printer.training(&summary(true))), expected);
    let kept = printed(false, |printer| printer.training(&summary(false)));
    assert!(kept.contains("stays in use"), "{kept}");
}

#[test]
fn versions_are_listed_with_the_active_one_marked() {
    let version = |name: &str, ksr5, active| ModelVersion {
        name: name.to_owned(),
        created: "2026-11-24 02:11 UTC".to_owned(),
        bits_per_byte: ksr5,
        ksr5,
        active,
    };
    let versions = [version("base", None, false), version("2026-11-24-1", Some(1.25), true)];
    let expected = "\
Done.

  name          created               bits per byte  KSR@5 %
  base          2026-11-24 02:11 UTC              -        -
* 2026-11-24-1  2026-11-24 02:11 UTC          1.250     1.25
";
    assert_eq!(printed(false, |printer| printer.models(Some("Done."), &versions)), expected);
    let value = object(&printed(true, |printer| printer.models(Some("Done."), &versions)));
    assert_eq!(keys(&value["models"][0]), ["active", "bits_per_byte", "created", "ksr5", "name"]);
    assert_eq!(value["models"][1]["active"], true);
    assert!(value["models"][0]["ksr5"].is_null());
}

#[test]
fn the_speed_is_printed_with_its_units() {
    let report = BenchReport {
        step_us: 310.04,
        batch16_step_us: 1800.0,
        suggest_ms: Percentiles { p50: 3.0, p95: 5.0, p99: 7.0 },
        train_tokens_per_s: BTreeMap::from([("2x512 b64 t64".to_owned(), 21_000.0)]),
        matmul_peak_gflops: 210.0,
        train_share_of_peak: BTreeMap::from([("2x512 b64 t64".to_owned(), 0.756)]),
        startup_ms: 40.0,
        rss_mb: None,
    };
    let expected = "\
one byte through the base model       310.0 µs
sixteen states in one batch          1800.0 µs
keystroke to suggestions               3.00 ms p50, 5.00 p95, 7.00 p99
training, 2x512 b64 t64               21000 bytes/s, 76 % of the matrix product's speed
matrix product on all cores           210.0 GFLOP/s
base model read and ready              40.0 ms
";
    assert_eq!(printed(false, |printer| printer.bench(&report)), expected);
    let value = object(&printed(true, |printer| printer.bench(&report)));
    let expected = [
        "batch16_step_us",
        "matmul_peak_gflops",
        "rss_mb",
        "startup_ms",
        "step_us",
        "suggest_ms",
        "train_share_of_peak",
        "train_tokens_per_s",
    ];
    assert_eq!(keys(&value), expected);
    assert_eq!(keys(&value["suggest_ms"]), ["p50", "p95", "p99"]);
}

#[test]
fn reliability_says_what_was_said_and_what_came() {
    let table = printed(false, |printer| printer.evaluation(&evaluation(), true));
    assert!(table.contains("came, %\n   0 to  10 %       4     25.0     50.0\n"), "{table}");
    assert!(table.contains("  90 to 100 %"), "{table}");
}

#[test]
fn an_ablation_has_a_row_for_each_set_of_components() {
    let rows = [("lstm".to_owned(), evaluation()), ("lstm,ngram".to_owned(), evaluation())];
    let table = printed(false, |printer| printer.ablation(&rows));
    assert!(table.contains("\nlstm,ngram            30.00   40.00   50.00   20.00"), "{table}");
    let value = object(&printed(true, |printer| printer.ablation(&rows)));
    assert_eq!(value["rows"][1]["components"], "lstm,ngram");
    assert_is_evaluation(&value["rows"][0]["evaluation"]);
}

#[test]
fn names_of_strangers_stay_on_their_line_and_act_on_nothing() {
    let mut strange = summary(true);
    strange.skipped[0].path = PathBuf::from("a\u{1b}]0;owned\u{7}\n  skipped b.txt: fine.bin");
    strange.skipped[0].reason = "not UTF-8\u{9b}2J".to_owned();
    let text = printed(false, |printer| printer.training(&strange));
    let line = "  skipped a\\u{1b}]0;owned\\u{7}\\n  skipped b.txt: fine.bin: not UTF-8\\u{9b}2J\n";
    assert!(text.contains(line), "{text}");
    let json = printed(true, |printer| printer.training(&strange));
    assert!(!json.contains('\u{9b}') && json.contains("\\u009b2J"), "{json}");
    assert_eq!(object(&json)["skipped"][0]["reason"], "not UTF-8\u{9b}2J");
    let word = |word: &str| Learned { word: word.to_owned(), count: 3 };
    let text = printed(false, |printer| printer.words("base", &[word("a\u{202e}b"), word("c\td")]));
    assert_eq!(text, "2 words learned with model base\n      3  a\\u{202e}b\n      3  c\\td\n");
    let version = ModelVersion {
        name: "mine".to_owned(),
        created: "\u{1b}[31mtoday".to_owned(),
        bits_per_byte: None,
        ksr5: None,
        active: false,
    };
    let text = printed(false, |printer| printer.models(Some("Done\r."), &[version]));
    assert!(text.starts_with("Done\\r.\n") && text.contains("mine  \\u{1b}[31mtoday"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_reported_all_the_same() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut strange = summary(true);
    strange.skipped[0].path = std::ffi::OsStr::from_bytes(b"caf\xe9.txt").into();
    let json = object(&printed(true, |printer| printer.training(&strange)));
    assert_eq!(json["skipped"][0]["path"], "caf\u{fffd}.txt");
}
