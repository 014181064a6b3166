//! The commands as a script sees them: exit codes, stdout that is JSON and nothing else, messages that help.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files, and fail by panicking"
)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Runs the binary with a data directory of its own.
fn foreword(data: &Path, arguments: &[&str]) -> Run {
    let output = Command::cargo_bin("foreword")
        .unwrap()
        .env("FOREWORD_DATA_DIR", data)
        .args(arguments)
        .output()
        .unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs the binary, which must succeed, and reads the one JSON object it prints.
fn json(data: &Path, arguments: &[&str]) -> Value {
    let run = foreword(data, arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn data() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn model_names(models: &Value) -> Vec<String> {
    let mark = |model: &Value| {
        let star = if model["active"] == true { "*" } else { "" };
        format!("{}{star}", model["name"].as_str().unwrap())
    };
    models["models"].as_array().unwrap().iter().map(mark).collect()
}

#[test]
fn help_and_version_succeed_and_wrong_usage_is_exit_code_2() {
    let data = data();
    for arguments in [&["--help"][..], &["--version"], &["train", "--help"], &["models", "use", "--help"]] {
        let run = foreword(data.path(), arguments);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(!run.stdout.is_empty());
    }
    for arguments in
        [&["train"][..], &["eval"], &["--what"], &["models", "use"], &["eval", "x", "--suggestions", "9"]]
    {
        let run = foreword(data.path(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}");
    }
}

#[test]
fn without_a_terminal_the_editor_says_so() {
    let run = foreword(data().path(), &["notes.md"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("needs a terminal"), "{}", run.stderr);
}

#[test]
fn models_are_listed_exported_imported_used_gone_back_from_and_removed() {
    let data = data();
    let file = data.path().join("copy.safetensors");
    let file_name = file.to_str().unwrap();
    assert_eq!(model_names(&json(data.path(), &["models", "--json"])), ["base*"]);
    json(data.path(), &["models", "export", "base", file_name, "--json"]);
    assert_eq!(
        model_names(&json(data.path(), &["models", "import", file_name, "--json"])),
        ["base*", "copy"]
    );
    assert_eq!(model_names(&json(data.path(), &["models", "use", "copy", "--json"])), ["base", "copy*"]);
    let refused = foreword(data.path(), &["models", "remove", "copy"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("in use"), "{}", refused.stderr);
    assert_eq!(model_names(&json(data.path(), &["models", "rollback", "--json"])), ["base*", "copy"]);
    assert_eq!(model_names(&json(data.path(), &["models", "remove", "copy", "--json"])), ["base*"]);
    let table = foreword(data.path(), &["models"]);
    assert!(table.stdout.contains("* base"), "{}", table.stdout);
}

#[test]
fn a_model_file_that_is_cut_off_is_refused_and_nothing_is_kept() {
    let data = data();
    let file = data.path().join("copy.safetensors");
    let file_name = file.to_str().unwrap();
    json(data.path(), &["models", "export", "base", file_name, "--json"]);
    let bytes = fs::read(&file).unwrap();
    for broken in [&bytes[..bytes.len() / 2], &bytes[..4], b"not a model at all"] {
        fs::write(&file, broken).unwrap();
        let run = foreword(data.path(), &["models", "import", file_name]);
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains(file_name), "{}", run.stderr);
    }
    assert_eq!(model_names(&json(data.path(), &["models", "--json"])), ["base*"]);
}

#[test]
fn a_cut_off_list_of_models_is_named_and_left_as_it_is() {
    let data = data();
    fs::create_dir(data.path().join("models")).unwrap();
    let manifest = data.path().join("models/manifest.json");
    fs::write(&manifest, "{\"format\": 1, \"act").unwrap();
    let run = foreword(data.path(), &["models", "list"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains(manifest.to_str().unwrap()), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&manifest).unwrap(), "{\"format\": 1, \"act");
}

#[test]
fn settings_with_an_unknown_key_are_refused_with_the_known_ones() {
    let data = data();
    fs::write(data.path().join("config.toml"), "[editor]\ntab_widht = 4\n").unwrap();
    let run = foreword(data.path(), &["models"]);
    assert_eq!(run.code, Some(1));
    for expected in ["config.toml", "line 2", "tab_widht", "`tab_width`"] {
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
    }
}

#[test]
fn an_evaluation_prints_one_json_object_with_the_keys_others_rely_on() {
    let data = data();
    let text = data.path().join("text.txt");
    fs::write(&text, "We will see you in the morning.\nNot this line.\n").unwrap();
    let arguments = ["eval", text.to_str().unwrap(), "--model", "base", "--max-lines", "1", "--json"];
    let value = json(data.path(), &arguments);
    for key in ["bytes", "words", "bits_per_byte", "ksr", "hit", "ksr_phrase", "ghost", "latency_ms"] {
        assert!(!value[key].is_null(), "{key} in {value}");
    }
    assert_eq!((&value["bytes"], &value["words"]), (&Value::from(31), &Value::from(7)));
    assert!(value["ksr"]["5"].as_f64().unwrap() > 20.0, "{value}");
    assert!(value["bits_per_byte"].as_f64().unwrap() < 3.0, "{value}");
}

#[test]
fn what_cannot_be_evaluated_is_named() {
    let data = data();
    let binary = data.path().join("binary");
    fs::write(&binary, b"a\0b").unwrap();
    for (file, cause) in [
        (binary.to_str().unwrap(), "binary"),
        ("no/such/file", "check the path"),
        ("/dev/zero", "not an ordinary file"),
    ] {
        let run = foreword(data.path(), &["eval", file]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{file}");
        assert!(run.stderr.contains(file) && run.stderr.contains(cause), "{}", run.stderr);
    }
    let run = foreword(data.path(), &["eval", binary.to_str().unwrap(), "--model", "nobody"]);
    assert!(run.stderr.contains("nobody") && run.stderr.contains("base"), "{}", run.stderr);
}
