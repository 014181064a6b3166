//! Models of every kind from the command line: texts continued, lines scored, n-gram models built, queried and
//! converted.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files, and fail by panicking"
)]

#[path = "support/command.rs"]
mod command;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use command::Run;
use serde_json::Value;
use tempfile::TempDir;

/// Two sentences whose model of order 2 is worked out by hand in `docs/kneser-ney.md`.
const BY_HAND: &str = "a b\na\n";

/// A folder to work in, which is the data directory, too.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// A text long enough to have something to say, and its model.
    fn ngram(&self, name: &str) -> String {
        let harbour = "The boats came in with the tide.\nThe tide went out and the boats lay in the mud.\n";
        let text = self.file("harbour.txt", harbour.repeat(3));
        let model = self.path(name);
        self.succeed("", &["ngram", "build", &text, "-o", &model, "--order", "3"]);
        model
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command::binary(self.0.path(), arguments);
        command.current_dir(self.0.path());
        command
    }

    fn run(&self, input: impl Into<Vec<u8>>, arguments: &[&str]) -> Run {
        command::run(self.command(arguments).write_stdin(input))
    }

    fn succeed(&self, input: impl Into<Vec<u8>>, arguments: &[&str]) -> String {
        let run = self.run(input, arguments);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        run.stdout
    }

    fn json(&self, input: &str, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        serde_json::from_str(&self.succeed(input, &arguments)).unwrap()
    }
}

fn assert_near(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-5, "{found} {expected}");
}

#[test]
fn a_text_is_continued_and_the_same_seed_gives_the_same() {
    let folder = Folder::new();
    let ngram = folder.ngram("harbour.ngram");
    folder.succeed("", &["ngram", "convert", &ngram, &folder.path("harbour.arpa")]);
    folder.succeed("", &["models", "export", "base", &folder.path("copy.safetensors")]);
    let text = |model: &str, more: &[&str]| {
        let arguments = ["generate", "--model", model, "--length", "60", "--prompt", "The tide"];
        folder.succeed("", &[&arguments[..], more].concat())
    };
    // A file in this folder needs no path; ARPA has the same n-grams, so it draws the same.
    for (model, same) in
        [("base", "copy.safetensors"), ("harbour.ngram", "./harbour.arpa"), (ngram.as_str(), "harbour.ngram")]
    {
        let first = text(model, &["--seed", "7"]);
        assert_eq!(first, text(same, &["--seed", "7"]), "{model}");
        assert_ne!(first, text(model, &["--seed", "8"]), "{model}");
        assert!(first.ends_with('\n'), "{first:?}");
        let greedy = text(model, &["--temperature", "0", "--seed", "1"]);
        assert_eq!(greedy, text(model, &["--temperature", "0", "--seed", "2"]), "{model}");
        assert_eq!(greedy, text(model, &["--top-k", "1"]), "{model}");
        assert_eq!(greedy, text(model, &["--top-p", "1e-9"]), "{model}");
    }
}

#[test]
fn a_length_is_kept_to_the_byte_and_no_control_character_comes_out() {
    let folder = Folder::new();
    for seed in ["1", "2", "3"] {
        // So hot that all bytes are nearly alike.
        let arguments =
            ["generate", "--model", "base", "--temperature", "50", "--length", "300", "--seed", seed];
        let text = folder.succeed("", &arguments);
        // The line is ended if the model did not.
        assert!(text.len() == 301 || text.len() == 300 && text.ends_with('\n'), "{text:?}");
        assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{text:?}");
    }
}

#[test]
fn wrong_usage_is_exit_code_2_and_a_model_that_is_not_there_1() {
    let folder = Folder::new();
    for arguments in [
        &["generate", "--temperature", "-1"][..],
        &["generate", "--top-p", "0"],
        &["generate", "--top-k", "0"],
        &["generate", "--length", "many"],
        &["score", "--what"],
        &["ngram", "build", "a", "-o", "b", "--order", "0"],
        &["ngram", "build", "a", "-o", "b.arpa", "--quantise", "8"],
        &["ngram", "query", "a", "--words", "--json"],
    ] {
        let run = folder.run("", arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}");
    }
    for command in ["generate", "score"] {
        for (model, said) in [
            ("nobody", "nor is there a file nobody"),
            ("no/such", "check the path"),
            ("personal", "foreword train"),
            ("/dev/zero", "not an ordinary file"),
        ] {
            let run = folder.run("", &[command, "--model", model]);
            assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{command} {model}");
            assert!(run.stderr.contains(model) && run.stderr.contains(said), "{}", run.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_text_with_its_line() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    let model = folder.ngram("harbour.ngram");
    for (model, hang_up) in [("base", false), (model.as_str(), false), ("base", true)] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_foreword"))
            .env("FOREWORD_DATA_DIR", folder.0.path())
            .args(["generate", "--length", "1000000000", "--model", model])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        // Once something has come, it is listening.
        let mut text = vec![0; 20];
        stdout.read_exact(&mut text).unwrap();
        if hang_up {
            // Who reads has seen enough.
            drop(stdout);
        } else {
            assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
            stdout.read_to_end(&mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert!(text.ends_with('\n'), "{text:?}");
        }
        assert_eq!(child.wait().unwrap().code(), Some(0), "{model}");
    }
}

#[test]
fn the_better_line_of_a_list_costs_fewer_bits() {
    let folder = Folder::new();
    let model = folder.ngram("harbour.ngram");
    let input = "The tide went out.\nOut went tide the.\n\n";
    for model in ["base", &model] {
        let lines = folder.succeed(input, &["score", "--json", "--model", model]);
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        for (line, text) in lines.iter().zip(input.lines()) {
            assert_eq!(line["text"], text);
            let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["bits", "bits_per_byte", "text"]);
        }
        let bits = |line: usize| lines[line]["bits"].as_f64().unwrap();
        assert!(bits(0) + 5.0 < bits(1), "{lines:?}");
        assert_near(&lines[0]["bits_per_byte"], bits(0) / 18.0);
        assert_eq!((&lines[2]["bits"], &lines[2]["bits_per_byte"]), (&Value::from(0.0), &Value::Null));
        // Each line is a text of its own: what stands before it does not matter.
        let alone = folder.json("Out went tide the.", &["score", "--model", model]);
        assert_eq!(alone, lines[1]);
        let table = folder.succeed(input, &["score", "--model", model]);
        assert_eq!(table.lines().count(), 4);
        assert!(table.lines().nth(1).unwrap().ends_with("  The tide went out."), "{table}");
    }
    assert_eq!(folder.succeed("", &["score"]), "");
}

#[test]
fn a_line_that_cannot_be_scored_is_named_after_those_before_it() {
    let folder = Folder::new();
    let endless = [&b"tea\n"[..], &vec![b'x'; (1 << 20) + 1]].concat();
    for (input, said) in
        [(b"tea\ncaf\xe9\ntea\n".to_vec(), "line 2"), (endless, "one candidate or request a line")]
    {
        let run = folder.run(input, &["score", "--json"]);
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains(said) && run.stderr.contains("line 2"), "{}", run.stderr);
        assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    }
}

#[test]
fn a_model_is_built_queried_and_converted() {
    let folder = Folder::new();
    let text = folder.file("text.txt", BY_HAND);
    let (packed, arpa, back) = (folder.path("a.ngram"), folder.path("a.arpa"), folder.path("b.ngram"));
    let built = folder.json("", &["ngram", "build", &text, "-o", &packed, "--order", "2"]);
    assert_eq!(
        (&built["sentences"], &built["words"], &built["vocabulary"]),
        (&Value::from(2), &Value::from(3), &Value::from(5))
    );
    let second = &built["orders"][1];
    assert_eq!((&second["counted"], &second["kept"]), (&Value::from(4), &Value::from(4)));
    assert_eq!(second["discounts"], serde_json::json!([0.5, 1.0, 1.5]));
    assert!(second["fallback"].as_str().unwrap().contains("too small"), "{second}");
    assert_eq!(built["bytes"], fs::metadata(&packed).unwrap().len());

    folder.succeed("", &["ngram", "convert", &packed, &arpa]);
    folder.succeed("", &["ngram", "convert", &arpa, &back]);
    assert!(fs::read(&packed).unwrap() == fs::read(&back).unwrap());
    for model in [&packed, &arpa] {
        let measured = folder.json("a\n", &["ngram", "query", model]);
        let log10 = (5.0_f64 / 8.0 * 7.0 / 16.0).log10();
        assert_near(&measured["log10"], log10);
        assert_near(&measured["perplexity"], 10_f64.powf(-log10 / 2.0));
        assert_eq!((&measured["words"], &measured["unknown"]), (&Value::from(2), &Value::from(0)));
    }
    let words = folder.succeed("a b\nzebra\n", &["ngram", "query", &packed, "--words"]);
    let lines: Vec<&str> = words.lines().collect();
    assert!(lines[0].starts_with("a=3 2 -0.20411") && lines[0].contains("\tb=4 2 -0.42596"), "{words}");
    assert!(lines[0].contains("\t</s>=2 2 ") && lines[0].ends_with(" OOV: 0"), "{words}");
    assert!(lines[1].starts_with("zebra=0 1 ") && lines[1].ends_with(" OOV: 1"), "{words}");
    let score = folder.json("a", &["score", "--model", &packed]);
    assert_near(&score["bits"], -(5.0_f64 / 8.0 * 7.0 / 16.0).log2());
    // Only unknown words: the sentence end is all that is known.
    let unknown = folder.json("zebra\n", &["ngram", "query", &packed]);
    assert_eq!(unknown["unknown"], 1);
    assert!(unknown["perplexity"].as_f64() > unknown["perplexity_known"].as_f64(), "{unknown}");
}

#[test]
fn odd_texts_have_models_or_reasons() {
    let folder = Folder::new();
    let out = folder.path("out.ngram");
    for (name, text, words) in [
        ("one word", "tea".to_owned(), 1),
        ("one line", "tea and toast and tea\n".to_owned(), 5),
        ("no line breaks", "tea and toast ".repeat(2000), 6000),
        ("control words", "<unk> <s> </s>".to_owned(), 3),
    ] {
        let text = folder.file("text", text);
        let built = folder.json("", &["ngram", "build", &text, "-o", &out, "--unit", "whitespace"]);
        assert_eq!(built["words"], words, "{name}");
        let measured = folder.json("tea", &["ngram", "query", &out, "--unit", "whitespace"]);
        assert!(measured["perplexity"].as_f64().unwrap() >= 1.0, "{name}: {measured}");
        folder.succeed("", &["generate", "--model", &out, "--length", "9"]);
    }
    let piped = folder.json(BY_HAND, &["ngram", "build", "-", "-o", &out]);
    assert_eq!(piped["words"], 3);

    fs::remove_file(&out).unwrap();
    let (empty, blank) = (folder.file("empty", ""), folder.file("blank", "\n \n\t\n"));
    let build = |text: &str| folder.run("", &["ngram", "build", text, "-o", &out]);
    for (text, said) in [
        (empty.as_str(), "at least one word"),
        (blank.as_str(), "at least one word"),
        (folder.path("missing").as_str(), "check the path"),
        (folder.0.path().to_str().unwrap(), "a folder"),
    ] {
        let run = build(text);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{text}");
        assert!(run.stderr.contains(text) && run.stderr.contains(said), "{}", run.stderr);
        assert!(!Path::new(&out).exists(), "{text}");
    }
    let run = folder.run("", &["ngram", "build", &empty, "-o", &empty]);
    assert!(run.code == Some(1) && run.stderr.contains("name another file"), "{}", run.stderr);
    let run = folder.run("", &["ngram", "build", &folder.file("a", "a"), "-o", &folder.path("no/such")]);
    assert!(run.code == Some(1) && run.stderr.contains("check the folder"), "{}", run.stderr);
}

#[test]
fn broken_models_are_refused_with_path_cause_and_remedy() {
    let folder = Folder::new();
    let packed = folder.ngram("whole.ngram");
    let arpa = folder.path("whole.arpa");
    folder.succeed("", &["ngram", "convert", &packed, &arpa]);
    let arpa = fs::read_to_string(&arpa).unwrap();
    let packed = fs::read(&packed).unwrap();
    let mut damaged = packed.clone();
    damaged[packed.len() / 2] ^= 4;
    let half_of_lines = &arpa[..=arpa[..arpa.len() / 2].rfind('\n').unwrap()];
    for (name, bytes, said) in [
        ("short.arpa", half_of_lines.into(), "cut short"),
        ("torn.arpa", arpa.as_bytes()[..arpa.len() / 2].to_vec(), "line "),
        ("few.arpa", arpa.replacen("ngram 2=", "ngram 2=1", 1).into(), "promises"),
        ("foreign.arpa", b"a letter\n".to_vec(), "cut short"),
        ("latin.arpa", b"\\data\\\ncaf\xe9\n".to_vec(), "no UTF-8"),
        ("short.ngram", packed[..packed.len() - 1].to_vec(), "build it again"),
        ("damaged.ngram", damaged, "checksum"),
        ("text.ngram", b"a letter\n".to_vec(), "foreword ngram build"),
        ("empty.ngram", Vec::new(), "foreword ngram build"),
    ] {
        let file = folder.file(name, bytes);
        for arguments in [&["ngram", "query", &file][..], &["ngram", "convert", &file, &folder.path("out")]] {
            let run = folder.run("a\n", arguments);
            assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{arguments:?}");
            assert!(run.stderr.contains(&file) && run.stderr.contains(said), "{}", run.stderr);
        }
        let run = folder.run("a\n", &["score", "--model", &file]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{name}");
        assert!(run.stderr.contains(&file), "{}", run.stderr);
    }
    let whole = folder.path("whole.ngram");
    let run = folder.run(" \n", &["ngram", "query", &whole]);
    assert!(run.code == Some(1) && run.stderr.contains("no words"), "{}", run.stderr);
    let run = folder.run("", &["ngram", "convert", &whole, &whole]);
    assert!(run.code == Some(1) && run.stderr.contains("name another file"), "{}", run.stderr);
    assert!(fs::read(&whole).unwrap() == packed);
}

#[test]
fn pruned_and_quantised_models_are_smaller_and_for_their_owner_alone() {
    let folder = Folder::new();
    let line = |i: usize| format!("day {i} of {} had {} boats and {} gulls", i % 7, i % 13, i * i % 17);
    let text: Vec<String> = (0..400).map(line).collect();
    let text = folder.file("log.txt", text.join("\n"));
    let size = |name: &str, more: &[&str]| {
        let file = folder.path(name);
        folder.succeed("", &[&["ngram", "build", &text, "-o", &file, "--order", "3"], more].concat());
        let metadata = fs::metadata(&file).unwrap();
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600);
        let measured = folder.json(&fs::read_to_string(&text).unwrap(), &["ngram", "query", &file]);
        (metadata.len(), measured["perplexity"].as_f64().unwrap())
    };
    let (exact, best) = size("exact", &[]);
    let (pruned, pruned_perplexity) = size("pruned", &["--prune", "0,0,1"]);
    let (coded, coded_perplexity) = size("coded", &["--quantise", "8"]);
    let (written, same) = size("written.arpa", &[]);
    assert!(pruned < exact && coded < exact && exact < written, "{pruned} {coded} {exact} {written}");
    assert!(best < pruned_perplexity && (coded_perplexity / best - 1.0).abs() < 0.05);
    assert!((same - best).abs() < 1e-9);
    folder
        .succeed("", &["ngram", "convert", &folder.path("exact"), &folder.path("again"), "--quantise", "8"]);
    assert!(fs::read(folder.path("again")).unwrap() == fs::read(folder.path("coded")).unwrap());
}

#[test]
fn simpler_smoothings_are_measured_beside_kneser_ney() {
    let folder = Folder::new();
    let train = folder.file("train", "the tide came in\nthe tide went out\nthe boats came in\n");
    let test = folder.file("test", "the boats went out\n");
    let arguments = ["ngram", "baselines", "--train", &train, "--test", &test, "--order", "2,3"];
    let rows = folder.json("", &arguments);
    let rows = rows["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 14);
    for row in rows {
        // JSON has no infinity; what maximum likelihood holds impossible is null.
        let is_infinite = row["perplexity"].is_null();
        assert_eq!(is_infinite, row["smoothing"] == "maximum likelihood", "{row}");
    }
    let table = folder.succeed("", &arguments);
    assert!(table.contains("infinite") && table.lines().count() == 9, "{table}");
    let run = folder.run("", &["ngram", "baselines", "--train", &train, "--test", &folder.file("none", "")]);
    assert!(run.code == Some(1) && run.stderr.contains("none: the text has no words"), "{}", run.stderr);
}

#[test]
fn what_is_suggested_depends_on_the_text_alone() {
    let folder = Folder::new();
    let text = "Then I said that it happened because the environ";
    let line = |before: &str| format!("{}\n", serde_json::json!({ "before": before }));
    let answers = |lines: &[String]| -> Vec<Value> {
        let answers = folder.succeed(lines.concat(), &["suggest", "--json"]);
        answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let mut lines: Vec<String> = (0..=text.len()).map(|end| line(&text[..end])).collect();
    let typed = answers(&lines);
    assert_eq!(typed.len(), lines.len());
    lines.reverse();
    let mut taken_back = answers(&lines);
    taken_back.reverse();
    assert_eq!(typed, taken_back, "letter by letter and by Backspace");
    for end in [4, 9, 11, 25, text.len()] {
        assert_eq!(answers(&[line(&text[..end])]), [typed[end].clone()], "pasted: {}", &text[..end]);
    }
    // The likeliest word stands first until the letters rule it out.
    let words = |end: usize| -> Vec<String> {
        let candidates = typed[end]["candidates"].as_array().unwrap();
        candidates.iter().map(|candidate| candidate["word"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(words(10)[0], "said", "{:?}", words(10));
    assert!(words(text.len()).contains(&"environment".to_owned()), "{:?}", words(text.len()));
    assert_eq!(folder.succeed("", &["suggest", "--json"]), "");
    let wrong = folder.run("no request\n", &["suggest"]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("line 1"), "{}", wrong.stderr);
}
