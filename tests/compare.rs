//! `foreword compare` on texts of a few words: every rung, what is kept, and what is no text to compare on.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files, and fail by panicking"
)]

#[path = "support/command.rs"]
mod command;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use command::{foreword, json};
use serde_json::Value;

/// Sentences of a tiny grammar: two colours, two animals, and a verb that goes with the animal.
fn sentences(count: usize, shift: usize) -> String {
    let mut text = String::new();
    for i in (0..count).map(|i| i * 7 + shift) {
        let (colour, animal, verb) =
            (["grey", "white"][i % 2], ["cat", "dog"][i / 2 % 2], ["sleeps", "barks"][i / 2 % 2]);
        let place = ["here", "there", "at home"][i % 3];
        writeln!(text, "the {colour} {animal} {verb} {place}").unwrap();
    }
    text
}

struct Texts {
    folder: tempfile::TempDir,
}

impl Texts {
    fn new(train: &str, valid: &str, test: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("train", train), ("valid", valid), ("test", test)] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `compare` on the texts, with more arguments.
    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let mut arguments = vec!["compare".to_owned()];
        for name in ["train", "valid", "test"] {
            arguments.extend([format!("--{name}"), self.path(name).display().to_string()]);
        }
        arguments.extend(more.iter().map(|&word| word.to_owned()));
        arguments
    }

    fn run(&self, more: &[&str]) -> command::Run {
        let arguments = self.arguments(more);
        foreword(self.folder.path(), &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn rows(&self, more: &[&str]) -> Vec<Value> {
        let arguments = self.arguments(&[more, &["--json"]].concat());
        let value = json(self.folder.path(), &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        value["rows"].as_array().unwrap().clone()
    }
}

fn perplexity(row: &Value) -> f64 {
    row["test_perplexity"].as_f64().unwrap()
}

#[test]
fn every_rung_learns_a_small_grammar_and_the_mixture_is_no_worse_than_its_parts() {
    let texts = Texts::new(&sentences(120, 0), &sentences(30, 3), &sentences(30, 5));
    let rows = texts.rows(&["--models", "ngram,window,rnn,gru,lstm,mix", "--minutes", "0.1"]);
    let names: Vec<_> = rows.iter().map(|row| row["model"].as_str().unwrap()).collect();
    assert_eq!(names, ["ngram", "window", "rnn", "gru", "lstm", "mix"]);
    for row in &rows {
        for key in
            ["params", "bytes_on_disk", "train_s", "valid_perplexity", "test_perplexity", "bits_per_byte"]
        {
            assert!(row[key].as_f64().is_some_and(|value| value > 0.0), "{key} of {row}");
        }
        // 12 words and the sentence's end: a guesser has 13, the grammar about 1.6.
        assert!(perplexity(row) < 6.0, "{row}");
    }
    assert!(perplexity(&rows[5]) <= perplexity(&rows[0]).min(perplexity(&rows[4])) * 1.05, "{rows:?}");
    for at in [2, 4] {
        let flow = rows[at]["gradient_flow_trained"].as_array().unwrap();
        assert_eq!(flow.len(), 51, "k = 0 … 50");
        assert!(flow[0].as_f64().unwrap() > 0.0);
        assert!(rows[at]["clipped_share"].as_f64().unwrap() <= 1.0);
    }
}

#[test]
fn what_is_kept_is_not_trained_again_and_opens_elsewhere() {
    let texts = Texts::new(&sentences(40, 0), &sentences(20, 3), &sentences(20, 5));
    let kept = texts.path("kept");
    let keep = ["--models", "ngram,rnn", "--minutes", "0.05", "--keep", kept.to_str().unwrap()];
    let first = texts.rows(&keep);
    let file = |name: &str| fs::read(kept.join(name)).unwrap();
    let weights = file("rnn.safetensors");
    assert!(!kept.join("rnn.checkpoint").exists(), "a run that is done needs no checkpoint");
    assert!(!file("kneser-ney.ngram").is_empty());
    let second = texts.rows(&keep);
    assert_eq!(file("rnn.safetensors"), weights);
    assert_eq!(first[1], second[1], "the row is the same, its seconds too");
    // Another text is another network.
    fs::write(texts.path("train"), sentences(41, 1)).unwrap();
    texts.rows(&keep);
    assert_ne!(file("rnn.safetensors"), weights);
}

#[test]
fn bytes_are_compared_too() {
    let texts = Texts::new(&sentences(60, 0), &sentences(10, 3), &sentences(10, 5));
    let rows = texts.rows(&["--unit", "byte", "--models", "ngram,window,mix", "--minutes", "0.1"]);
    for row in &rows {
        // Of bytes, the mean loss in bits is that of the perplexity.
        let bits = row["bits_per_byte"].as_f64().unwrap();
        assert!((bits - perplexity(row).log2()).abs() < 1e-9, "{row}");
        assert!(bits < 3.0, "{row}");
    }
}

#[test]
fn odd_texts_are_compared_or_refused_with_cause_and_remedy() {
    let line = "one two one two three two";
    for (train, valid, test, said) in [
        ("", "a", "a", "is empty"),
        (" \n\n", "a", "a", "no words in it"),
        (line, " ", "a", "no words in it"),
        ("no word comes twice", "a", "a", "comes twice"),
        ("word", "a", "a", "comes twice"),
    ] {
        let run = Texts::new(train, valid, test).run(&["--minutes", "0.02"]);
        assert_eq!(run.code, Some(1), "{train:?}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{train:?}: {}", run.stderr);
    }
    // One line without an end, a vocabulary of one, and nothing but unknown words to be judged by.
    for (train, valid, test) in
        [(line, line, line), ("so so so", "so", "so"), (line, "who knows", "nobody does")]
    {
        let run = Texts::new(train, valid, test).run(&["--minutes", "0.02"]);
        assert_eq!(run.code, Some(0), "{train:?}: {}", run.stderr);
        assert!(run.stdout.contains("mix"), "{}", run.stdout);
    }
    let missing = Texts::new(line, line, line);
    fs::remove_file(missing.path("valid")).unwrap();
    let run = missing.run(&[]);
    assert!(run.code == Some(1) && run.stderr.contains("valid") && run.stderr.contains("check the path"));
    fs::write(missing.path("valid"), [0xff, 0xfe]).unwrap();
    assert!(missing.run(&[]).stderr.contains("not UTF-8"));
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["compare"][..],
        &["compare", "--train", "a", "--valid", "b"],
        &["compare", "--train", "a", "--valid", "b", "--test", "c", "--models", "oracle"],
        &["compare", "--train", "a", "--valid", "b", "--test", "c", "--order", "7"],
    ] {
        assert_eq!(foreword(Path::new(folder.path()), arguments).code, Some(2), "{arguments:?}");
    }
}
