//! The commands as a script sees them: exit codes, stdout that is JSON and nothing else, messages that help.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files, and fail by panicking"
)]

#[path = "support/command.rs"]
mod command;
#[path = "support/texts.rs"]
mod texts;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use command::{foreword, json};
use serde_json::Value;
use tempfile::TempDir;

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
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["train", "--help"],
        &["eval", "--help"],
        &["generate", "--help"],
        &["score", "--help"],
        &["ngram", "--help"],
        &["ngram", "build", "--help"],
        &["compare", "--help"],
        &["models", "use", "--help"],
        &["words", "--help"],
        &["bench", "--help"],
    ] {
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
fn json_is_the_same_wherever_it_stands() {
    let data = data();
    let text = data.path().join("text.txt");
    fs::write(&text, "We will see you.\n").unwrap();
    let text = text.to_str().unwrap();
    let model = data.path().join("text.ngram");
    let model = model.to_str().unwrap();
    foreword(data.path(), &["ngram", "build", text, "-o", model, "--order", "1"]);
    for arguments in [
        &["models", "list"][..],
        &["words", "list", "a"],
        &["words", "blocked"],
        &["score", "--model", model],
        &["ngram", "baselines", "--train", text, "--test", text, "--order", "1"],
        &["compare", "--train", text, "--valid", text, "--test", text, "--unit", "byte", "--models", "ngram"],
        &["eval", text, "--components", "recency"],
    ] {
        let [before, after] =
            [[&["--json"], arguments].concat(), [arguments, &["--json"]].concat()].map(|arguments| {
                let run = command::run(command::binary(data.path(), &arguments).write_stdin("a\n"));
                assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
                serde_json::from_str::<Value>(&run.stdout).unwrap()
            });
        assert_eq!(keys(&before), keys(&after), "{arguments:?}");
        let is_timed = ["compare", "eval"].contains(&arguments[0]);
        assert!(is_timed || before == after, "{arguments:?}: {before} {after}");
    }
}

#[test]
fn json_where_there_is_none_is_wrong_usage() {
    let data = data();
    let settings = data.path().join("config.toml");
    // Usage is looked at before the settings are.
    fs::write(settings, "[editor\n").unwrap();
    for (arguments, said) in [
        (&["--json"][..], "the editor"),
        (&["--json", "notes.md"], "the editor"),
        (&["notes.md", "--json"], "the editor"),
        (&["generate", "--json"], "generate"),
        (&["--json", "generate"], "generate"),
        (&["ngram", "query", "a", "--words", "--json"], "--words"),
        (&["--json", "ngram", "query", "a", "--words"], "--words"),
    ] {
        let run = foreword(data.path(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.stderr.contains("--json") && run.stderr.contains(said), "{}", run.stderr);
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

#[test]
fn a_folder_with_nothing_to_learn_from_is_named_with_the_cause_and_what_to_do() {
    let data = data();
    let path = |name: &str| data.path().join(name).to_str().unwrap().to_owned();
    for folder in ["empty", "binaries", "short"] {
        fs::create_dir(path(folder)).unwrap();
    }
    fs::write(path("binaries/a.txt"), b"a\0b").unwrap();
    fs::write(path("binaries/b.md"), b"\x89PNG\r\n\x1a\n\0").unwrap();
    fs::write(path("binaries/latin.txt"), b"caf\xe9\n").unwrap();
    fs::write(path("short/a.txt"), "a\n").unwrap();
    for (folder, cause, remedy) in [
        ("missing", "no such folder", "check the spelling"),
        ("empty", "holds no files", "name one that holds .txt or .md files"),
        ("binaries", "3 skipped", "name a folder that holds .txt or .md files"),
        ("short", "too little text", "add more documents"),
    ] {
        let run = foreword(data.path(), &["train", &path(folder), "--json"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{folder}");
        for part in [path(folder).as_str(), cause, remedy] {
            assert!(run.stderr.contains(part), "{folder}, {part}: {}", run.stderr);
        }
    }
    assert_eq!(model_names(&json(data.path(), &["models", "--json"])), ["base*"]);
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Retrains the base model, which takes some 3 s, and more than 5 s where others use the cores, too.
#[test]
fn a_retraining_prints_one_json_object_and_the_model_it_names_is_in_use() {
    let data = data();
    let folder = texts::folder(data.path());
    let arguments =
        ["train", folder.to_str().unwrap(), "--minutes", "0.1", "--threads", "2", "--name", "mine", "--json"];
    let value = json(data.path(), &arguments);
    let expected = [
        "after",
        "before",
        "bytes",
        "documents",
        "model",
        "promoted",
        "seconds",
        "skipped",
        "steps",
        "train_tokens_per_s",
    ];
    assert_eq!(keys(&value), expected);
    for evaluation in [&value["before"], &value["after"]] {
        let expected = [
            "after2",
            "bits_per_byte",
            "bytes",
            "characters",
            "ghost",
            "hit",
            "intervals",
            "ksr",
            "ksr_half",
            "ksr_phrase",
            "latency_ms",
            "reliability",
            "stability",
            "words",
        ];
        assert_eq!(keys(evaluation), expected);
        assert_eq!(
            keys(&evaluation["ghost"]),
            ["first_precision", "ksr", "ksr_half", "precision", "shown", "wrong_per_100"]
        );
        assert_eq!(keys(&evaluation["latency_ms"]), ["max", "p50", "p95", "p99"]);
        for figure in ["ksr", "ksr_half", "hit", "ksr_phrase"] {
            assert_eq!(keys(&evaluation[figure]), ["1", "3", "5"], "{figure}");
        }
    }
    assert_eq!(value["documents"], 4);
    let skipped = value["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 1, "{value}");
    assert_eq!(keys(&skipped[0]), ["path", "reason"]);
    assert!(skipped[0]["path"].as_str().unwrap().ends_with("photo.txt"), "{value}");
    let gained = value["after"]["ksr"]["5"].as_f64() > value["before"]["ksr"]["5"].as_f64();
    assert_eq!(value["promoted"], gained, "{value}");
    let (model, versions) = if gained { ("mine", vec!["base", "mine*"]) } else { ("base", vec!["base*"]) };
    assert_eq!(value["model"], model);
    assert_eq!(model_names(&json(data.path(), &["models", "--json"])), versions);
}

#[test]
fn a_file_that_cannot_be_evaluated_is_named_with_the_cause_and_what_to_do() {
    let data = data();
    let path = |name: &str| data.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("latin.txt"), b"caf\xe9\n").unwrap();
    fs::write(path("empty.txt"), b"").unwrap();
    for (file, cause, remedy) in [
        ("latin.txt", "not UTF-8 (from byte 3)", "save it as UTF-8"),
        ("empty.txt", "empty (0 bytes)", "name a file of plain text"),
        ("missing.txt", "cannot be read", "check the path"),
    ] {
        let run = foreword(data.path(), &["eval", &path(file), "--json"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{file}");
        for part in [path(file).as_str(), cause, remedy] {
            assert!(run.stderr.contains(part), "{file}, {part}: {}", run.stderr);
        }
    }
}

#[test]
fn a_training_is_refused_for_its_name_before_its_work() {
    let data = data();
    let folder = texts::folder(data.path());
    let folder = folder.to_str().unwrap();
    let file = data.path().join("base.safetensors");
    let file_name = file.to_str().unwrap();
    json(data.path(), &["models", "export", "base", file_name, "--json"]);
    // The file has the name of the base model, so the import requires another.
    let refused = foreword(data.path(), &["models", "import", file_name]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("\"base\"") && refused.stderr.contains("--name"), "{}", refused.stderr);
    let names = model_names(&json(data.path(), &["models", "import", file_name, "--name", "mine", "--json"]));
    assert_eq!(names, ["base*", "mine"]);
    assert_eq!(model_names(&json(data.path(), &["models", "use", "mine", "--json"])), ["base", "mine*"]);
    let before = store(data.path());
    for name in ["../x", "base", "a b", "personal", "mine", "MINE", ""] {
        // So many minutes that the test would never end if the work came first.
        let run =
            foreword(data.path(), &["train", folder, "--minutes", "1440", "--name", name, "--from-scratch"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{name}");
        assert!(run.stderr.contains("cannot be a model's name"), "{name}: {}", run.stderr);
    }
    assert!(store(data.path()) == before, "the store is another");
}

/// A model small enough to be taken apart: the one that the oracle was made with.
const SMALL_MODEL: &[u8] = include_bytes!("../crates/model/tests/oracle/lstm-small.safetensors");

/// The small model with its list of tensors changed; the numbers stay.
fn with_list(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (length, rest) = SMALL_MODEL.split_first_chunk::<8>().unwrap();
    let (list, numbers) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let mut list = serde_json::from_slice(list).unwrap();
    change(&mut list);
    let list = serde_json::to_vec(&list).unwrap();
    [&(list.len() as u64).to_le_bytes()[..], &list, numbers].concat()
}

/// Every file of the store, with what is in it.
fn store(data: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(data.join("models")).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn a_broken_model_file_says_what_is_wrong_and_the_store_stays_as_it_was() {
    let data = data();
    let file = data.path().join("small.safetensors");
    let file_name = file.to_str().unwrap();
    fs::write(&file, with_list(|_| ())).unwrap();
    json(data.path(), &["models", "import", file_name, "--json"]);
    let before = store(data.path());
    assert!(before.len() >= 2, "{:?}", before.keys());

    let file = data.path().join("broken.safetensors");
    let file_name = file.to_str().unwrap();
    let mut not_a_number = SMALL_MODEL.to_vec();
    let end = not_a_number.len();
    not_a_number[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    let mut too_great = SMALL_MODEL.to_vec();
    too_great[end - 4..].copy_from_slice(&f32::MAX.to_le_bytes());
    // Names without numbers: a thousand layers of the first one's size are not made room for.
    let deep = with_list(|list| {
        let place = serde_json::json!({ "dtype": "F32", "shape": [0], "data_offsets": [0, 0] });
        for layer in 2..1_000 {
            list[format!("rnn.weight_hh_l{layer}")] = place.clone();
        }
    });
    let turned = with_list(|list| {
        let shape = list["out.weight"]["shape"].as_array_mut().unwrap();
        shape.reverse();
    });
    let renamed = with_list(|list| {
        let tensor = list.as_object_mut().unwrap().remove("out.weight").unwrap();
        list["head.weight"] = tensor;
    });
    let too_long = [&u64::MAX.to_le_bytes()[..], SMALL_MODEL].concat();
    for (name, bytes, said) in [
        ("cut in the numbers", SMALL_MODEL[..end - 1].to_vec(), "may have been cut short"),
        ("cut in the list", SMALL_MODEL[..100].to_vec(), "may have been cut short"),
        ("empty", Vec::new(), "may have been cut short"),
        ("a list longer than the file", too_long, "may have been cut short"),
        ("not a number", not_a_number, "values that are not numbers"),
        ("a number no training makes", too_great, "beyond any that training makes"),
        ("layers without numbers", deep, "no tensor `rnn.weight_ih_l2`"),
        ("a wrong shape", turned, "tensor `out.weight` has shape"),
        ("a missing tensor", renamed, "no tensor `out.weight`"),
    ] {
        fs::write(&file, bytes).unwrap();
        let run = foreword(data.path(), &["models", "import", file_name, "--json"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{name}");
        for part in [file_name, said, "export one with `foreword models export`"] {
            assert!(run.stderr.contains(part), "{name}, {part}: {}", run.stderr);
        }
        assert!(store(data.path()) == before, "{name}: the store is another");
    }
}

/// Eighty at once lost sixty-six of their words, and said they were done.
#[test]
fn none_of_many_commands_that_block_at_once_is_lost() {
    let data = data();
    std::thread::scope(|scope| {
        for n in 0..80 {
            let path = data.path();
            scope.spawn(move || {
                let run = foreword(path, &["words", "block", &format!("word{n}")]);
                assert_eq!(run.code, Some(0), "{}", run.stderr);
            });
        }
    });
    let blocked = json(data.path(), &["words", "blocked", "--json"]).to_string();
    let lost: Vec<usize> = (0..80).filter(|n| !blocked.contains(&format!("\"word{n}\""))).collect();
    assert_eq!(lost, [0; 0]);
    let run = foreword(data.path(), &["words", "block", "#moist"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(json(data.path(), &["words", "blocked", "--json"]).to_string().contains("\"#moist\""));
    let run = foreword(data.path(), &["words", "block", "two\nlines"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
}

#[test]
fn an_export_of_all_words_warns_and_a_shareable_one_says_what_it_left_out() {
    let data = data();
    let path = |name: &str| data.path().join(name).to_str().unwrap().to_owned();
    let run = foreword(data.path(), &["words", "export", &path("all")]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.stderr.contains("treat it as your texts") && run.stderr.contains("--shareable"),
        "{}",
        run.stderr
    );
    let run = foreword(data.path(), &["words", "export", &path("some"), "--shareable"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.contains("Left out: 0 words"), "{}", run.stdout);
    let run = foreword(data.path(), &["words", "import", &path("some")]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
fn times_are_those_of_the_writers_zone_and_a_broken_zone_fails_nothing() {
    let data = data();
    let models = data.path().join("models");
    fs::create_dir(&models).unwrap();
    let manifest = serde_json::json!({
        "format": 1, "active": "base", "before": [],
        "versions": [
            { "name": "mine", "created": "2026-07-31 23:11 UTC", "parent": null, "bits_per_byte": null, "ksr5": null },
        ],
    });
    fs::write(models.join("manifest.json"), manifest.to_string()).unwrap();
    for (zone, shown) in [
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-08-01 01:11 "),
        ("<-0330>3:30", "2026-07-31 19:41 "),
        ("UTC", "2026-07-31 23:11 UTC "),
        ("", "2026-07-31 23:11 UTC "),
        ("No/Such/Zone", "2026-07-31 23:11 UTC "),
        ("/nowhere/at/all", "2026-07-31 23:11 UTC "),
        ("\u{1b}[31m", "2026-07-31 23:11 UTC "),
    ] {
        let list = command::run(command::binary(data.path(), &["models"]).env("TZ", zone));
        assert_eq!((list.code, list.stderr.as_str()), (Some(0), ""), "{zone}");
        assert!(list.stdout.contains(&format!("mine  {shown}")), "{zone}: {}", list.stdout);
        let json = command::run(command::binary(data.path(), &["models", "--json"]).env("TZ", zone));
        let json: Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(json["models"][1]["created"], "2026-07-31 23:11 UTC", "{zone}");
    }
}
