//! The binary as a script runs it.
#![allow(dead_code, reason = "each test file uses what it needs")]

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// How a run ended and what it printed.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary with a data directory of its own.
pub(crate) fn binary(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("foreword").expect("the binary is built with its tests");
    command.env("FOREWORD_DATA_DIR", data).args(arguments);
    command
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Run {
    let output = command.output().expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("the output is text");
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Runs the binary with a data directory of its own.
pub(crate) fn foreword(data: &Path, arguments: &[&str]) -> Run {
    run(&mut binary(data, arguments))
}

/// Runs the binary, which must succeed, and reads the one JSON object it prints.
pub(crate) fn json(data: &Path, arguments: &[&str]) -> Value {
    let run = foreword(data, arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("stdout is one JSON object")
}
