//! No byte of a stranger's reaches the terminal from a command: whatever is named or read, it is shown and does nothing.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files, and fail by panicking"
)]

#[path = "support/command.rs"]
mod command;

use std::fs;
use std::path::Path;

use command::{Run, binary, run};

/// Sets a title, clears the screen, turns the writing direction, and breaks the line to say something of its own.
const HOSTILE: &str = "a\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\u{7f}\rb\nforeword: all is well";
/// The same as it is shown on one line.
const SHOWN: &str = "a\\u{1b}]0;owned\\u{7}\\u{9b}2J\\u{202e}\\u{7f}\\rb\\nforeword: all is well";

fn acts(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t' || ('\u{202a}'..='\u{202e}').contains(&c)
}

fn assert_harmless(run: &Run, what: &str) {
    for (text, stream) in [(&run.stdout, "stdout"), (&run.stderr, "stderr")] {
        assert!(!text.contains(acts), "{what}, {stream}: {text:?}");
        assert!(
            !text.lines().any(|line| line.starts_with("foreword: all is well")),
            "{what}, {stream}: {text:?}"
        );
    }
}

#[test]
fn what_is_named_is_shown_in_the_error() {
    let data = tempfile::tempdir().unwrap();
    let option = format!("--{HOSTILE}");
    for arguments in [
        &["train", HOSTILE][..],
        &["eval", HOSTILE],
        &["eval", "x", "--model", HOSTILE],
        &["generate", "--model", HOSTILE],
        &["generate", "--temperature", HOSTILE],
        &["score", "--model", &format!("./{HOSTILE}")],
        &["ngram", "build", HOSTILE, "-o", "out"],
        &["ngram", "query", HOSTILE],
        &["models", "use", HOSTILE],
        &["models", "export", HOSTILE, "x"],
        &["models", "import", HOSTILE],
        &["words", "forget", HOSTILE],
        &["words", "import", HOSTILE],
        &["words", "--model", HOSTILE],
        &["compare", "--train", HOSTILE, "--valid", HOSTILE, "--test", HOSTILE],
        &[&option],
        &["models", "list", &format!("{option}=1")],
    ] {
        let ended = run(&mut binary(data.path(), arguments));
        assert!(matches!(ended.code, Some(1 | 2)), "{arguments:?}");
        assert!(!ended.stderr.is_empty() && ended.stdout.is_empty(), "{arguments:?}");
        assert_harmless(&ended, arguments[0]);
        // Some quote it as Rust does, which shows it likewise.
        assert!(ended.stderr.contains("owned"), "{arguments:?}: {}", ended.stderr);
    }
    let ended = run(&mut binary(data.path(), &["eval", HOSTILE]));
    assert!(ended.stderr.contains(SHOWN), "{}", ended.stderr);
}

#[test]
fn what_is_read_is_shown_too() {
    let data = tempfile::tempdir().unwrap();
    let models = data.path().join("models");
    fs::create_dir(&models).unwrap();
    let manifest = serde_json::json!({
        "format": 1, "active": "base", "before": [],
        "versions": [{ "name": "mine", "created": HOSTILE, "parent": HOSTILE, "bits_per_byte": null, "ksr5": null }],
    });
    fs::write(models.join("manifest.json"), manifest.to_string()).unwrap();
    fs::write(data.path().join("never.txt"), HOSTILE.replace('\n', " ")).unwrap();
    for arguments in [&["models"][..], &["words", "blocked"]] {
        for more in [&[][..], &["--json"]] {
            let ended = run(&mut binary(data.path(), &[arguments, more].concat()));
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
            assert!(ended.stdout.contains("owned"), "{}", ended.stdout);
            assert_harmless(&ended, arguments[0]);
            if !more.is_empty() {
                serde_json::from_str::<serde_json::Value>(&ended.stdout).unwrap();
            }
        }
    }
    fs::write(models.join("manifest.json"), format!("{{\"{HOSTILE}\": 1}}")).unwrap();
    let ended = run(&mut binary(data.path(), &["models"]));
    assert_eq!(ended.code, Some(1));
    assert_harmless(&ended, "a damaged manifest");
    fs::remove_file(models.join("manifest.json")).unwrap();
    fs::write(data.path().join("config.toml"), format!("\"{}\" = 1\n", HOSTILE.escape_default())).unwrap();
    assert_harmless(&run(&mut binary(data.path(), &["models"])), "damaged settings");
}

#[test]
fn a_line_of_megabytes_is_not_repeated_whole() {
    let data = tempfile::tempdir().unwrap();
    let long = format!("{} {HOSTILE}", "\u{1b}x".repeat(1_500_000));
    for (name, content) in [
        ("head.arpa", format!("\\data\\\nngram 1=3\n{long}\n")),
        ("word.arpa", format!("\\data\\\nngram 1=3\n\n\\1-grams:\n{long}\n")),
        ("size.arpa", format!("\\data\\\nngram {long}\n")),
    ] {
        let file = data.path().join(name);
        fs::write(&file, content).unwrap();
        let ended = run(&mut binary(data.path(), &["ngram", "query", file.to_str().unwrap()]));
        assert_eq!(ended.code, Some(1));
        assert!(
            ended.stderr.contains("line ") && ended.stderr.len() < 5_000,
            "{name}: {}",
            ended.stderr.len()
        );
        assert_harmless(&ended, name);
    }
}

#[test]
fn text_that_is_scored_is_shown() {
    let data = tempfile::tempdir().unwrap();
    let line = HOSTILE.replace('\n', " ");
    for more in [&["score"][..], &["score", "--json"]] {
        let ended = run(binary(data.path(), more).write_stdin(line.clone()));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stdout.contains("owned") && !ended.stdout.contains(acts), "{:?}", ended.stdout);
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_shown_as_far_as_it_is() {
    use std::os::unix::ffi::OsStrExt as _;
    let data = tempfile::tempdir().unwrap();
    let name = Path::new(std::ffi::OsStr::from_bytes(b"caf\xe9\x1b.txt"));
    let ended = run(binary(data.path(), &["eval"]).arg(name));
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("caf\u{fffd}\\u{1b}.txt"), "{}", ended.stderr);
}
