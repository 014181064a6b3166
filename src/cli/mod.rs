//! The commands: `foreword [FILE…]` and its subcommands.
//!
//! `args` is what was typed, `command` what it means (names resolved, defaults filled in from the settings), and
//! then there is one file a subcommand. Results go to stdout through `output::Printer`, as a table or as one JSON
//! object; progress and errors go to stderr. Exit codes: 0 done, 1 it failed, 2 wrong usage, 128 + n the editor was ended by signal n.
#![allow(clippy::disallowed_methods, reason = "commands read the environment, files and the clock")]

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

mod args;
mod bench;
mod command;
mod compare;
mod context;
mod editor;
mod engine;
mod eval;
mod file;
mod generate;
mod models;
mod ngram;
mod output;
mod progress;
mod score;
mod train;
mod words;

use args::Args;
use command::Command;
use context::Context;
use output::Printer;

/// Parses the command line, runs the command, and returns the exit code.
pub fn main() -> ExitCode {
    let args = match Args::try_parse().and_then(Args::checked) {
        Ok(args) => args,
        Err(error) => {
            // Help and version are asked for and go to stdout; all else is wrong usage.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return if error.print().is_ok() { ExitCode::from(code) } else { ExitCode::FAILURE };
        }
    };
    match run(args) {
        Ok(code) => code,
        // Whoever read the output has seen enough.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell if stderr is closed, too.
            let _ = writeln!(io::stderr(), "foreword: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> anyhow::Result<ExitCode> {
    let context = Context::open(args.data_dir.as_deref())?;
    let is_json = args.wants_json();
    let command = command::resolve(args, &context)?;
    if let Command::Edit { files, incognito } = command {
        return editor::run(&context, files, incognito);
    }
    let mut printer = Printer::new(io::stdout().lock(), is_json);
    match command {
        Command::Edit { .. } => Ok(()),
        Command::Train(plan) => train::run(&context, &plan, &mut printer),
        Command::Eval(request) => eval::run(&context, &request, &mut printer),
        Command::Words { model, action } => words::run(&context, &model, action, &mut printer),
        Command::Generate(request) => generate::run(&context, &request, &mut printer),
        Command::Score(request) => score::run(&context, &request, &mut io::stdin().lock(), &mut printer),
        Command::Ngram(action) => ngram::run(&action, &mut printer),
        Command::Compare(request) => compare::run(&request, &mut printer),
        Command::Models(action) => models::run(&context, action, &mut printer),
        Command::Bench { training } => bench::run(&context, training, &mut printer),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
