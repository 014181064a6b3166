use super::*;

fn read(line: &str) -> Result<Args, clap::Error> {
    Args::read(std::iter::once("foreword").chain(line.split_whitespace()))
}

/// A line for each command that prints JSON, and for each action of some.
const WITH_JSON: [&str; 22] = [
    "train a",
    "eval a",
    "score",
    "ngram build a -o b",
    "ngram query a",
    "ngram convert a b",
    "ngram baselines --train a --test b",
    "compare --train a --valid b --test c",
    "models",
    "models list",
    "models use a",
    "models rollback",
    "models remove a",
    "models export a b",
    "models import a",
    "words",
    "words list",
    "words forget a",
    "words block a",
    "words blocked",
    "words export a",
    "bench",
];

/// The line with `word` put before each of its words that `may_follow` names, and at its end.
fn with_word(line: &str, word: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let is_name = |at: usize| at == 0 || ["ngram", "models", "words"].contains(&words[at - 1]);
    let places = (0..words.len()).filter(|&at| is_name(at)).chain([words.len()]);
    places.map(|at| [&words[..at], &[word], &words[at..]].concat().join(" ")).collect()
}

#[test]
fn the_definition_is_sound() {
    Args::command().debug_assert();
}

#[test]
fn every_command_and_every_option_has_help() {
    fn check(command: &mut clap::Command) {
        let name = command.get_name().to_owned();
        assert!(command.get_about().is_some_and(|about| !about.to_string().is_empty()), "{name}");
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some() || argument.is_hide_set(), "{name}: {}", argument.get_id());
        }
        assert!(!command.render_long_help().to_string().is_empty());
        command.get_subcommands_mut().for_each(check);
    }
    let mut command = Args::command();
    command.build();
    let about = command.get_about().unwrap().to_string();
    assert!(about.starts_with("A terminal editor"), "the program's, not the editor's: {about}");
    check(&mut command);
    for command in command.get_subcommands_mut() {
        let is_offered = command.render_long_help().to_string().contains("--json");
        assert_eq!(is_offered, !["generate", "help"].contains(&command.get_name()), "{}", command.get_name());
    }
}

#[test]
fn wrong_usage_is_refused() {
    for line in [
        "train",
        "eval",
        "train a --minutes 0",
        "train a --minutes NaN",
        "train a --threads 0",
        "eval a --suggestions 6",
        "eval a --components lstm,magic",
        "eval a --ablation --reliability",
        "generate --temperature -1",
        "generate --temperature NaN",
        "generate --top-k 0",
        "generate --top-p 0",
        "generate --top-p 1.5",
        "generate --length 0",
        "generate --seed -1",
        "generate --unit letters",
        "score --unit letters",
        "ngram",
        "ngram build -o x",
        "ngram build a",
        "ngram build a -o x --order 7",
        "ngram build a -o x --prune 1,0",
        "ngram build a -o x --prune 0,2,1",
        "ngram build a -o x --quantise 1",
        "ngram build a -o x --memory 0",
        "ngram build a -o x.arpa --quantise 8",
        "ngram convert a x.arpa --quantise 8",
        "ngram query",
        "ngram baselines --train a",
        "compare",
        "compare --train a --valid b --test c --models oracle",
        "models use",
        "models export x",
        "words forget",
        "bench a",
        "--no-such-flag",
    ] {
        assert_eq!(read(line).expect_err(line).exit_code(), 2, "{line}");
    }
}

#[test]
fn the_data_directory_is_taken_wherever_it_stands() {
    for line in ["--data-dir d train a", "train --data-dir d a", "train a --data-dir d"] {
        let args = read(line).expect(line);
        assert_eq!(args.data_dir, Some(PathBuf::from("d")), "{line}");
        assert!(matches!(args.command, Some(Command::Train(_))), "{line}");
    }
    let args = read("--data-dir d a.md ./train").unwrap();
    assert_eq!(args.edit.files, [PathBuf::from("a.md"), PathBuf::from("./train")]);
    assert!(args.command.is_none());
}

#[test]
fn files_open_the_editor() {
    for (line, files, incognito) in [
        ("", vec![], false),
        ("a.md --incognito ./train", vec!["a.md", "./train"], true),
        // What stands behind a file is a file.
        ("a.md models", vec!["a.md", "models"], false),
    ] {
        let args = read(line).unwrap();
        let files = files.into_iter().map(PathBuf::from).collect();
        assert_eq!(args.edit, edit::Edit { incognito, files }, "{line}");
        assert!(args.command.is_none() && !args.json, "{line}");
    }
}

#[test]
fn json_is_taken_wherever_it_stands() {
    for line in WITH_JSON {
        assert!(!read(line).expect(line).json, "{line}");
        for line in with_word(line, "--json") {
            let args = read(&line).expect(&line);
            assert!(args.json && args.command.is_some(), "{line}");
        }
    }
    assert_eq!(with_word("models use a", "--json").len(), 3);
}

#[test]
fn json_where_there_is_none_is_wrong_usage() {
    let without = ["", "a.md", "--incognito", "generate", "generate --seed 1", "ngram query a --words"];
    for line in without {
        assert!(read(line).is_ok(), "{line}");
        for line in with_word(line, "--json") {
            let error = read(&line).expect_err(&line);
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.to_string().contains("--json"), "{line}: {error}");
        }
    }
}

#[test]
fn broken_settings_name_their_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.toml"), "[editor]\ntab = 1").unwrap();
    let line = format!("models --data-dir {}", folder.path().display());
    let error = format!("{:#}", run(&read(&line).unwrap()).unwrap_err());
    assert!(error.contains("config.toml") && error.contains("line 2"), "{error}");
}
