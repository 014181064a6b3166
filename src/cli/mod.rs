//! The commands: `foreword [FILE…]` and its subcommands.
//!
//! `args` is what was typed, `command` what it means (names resolved, defaults filled in from the settings), and
//! then there is one file a subcommand. Results go to stdout through `output::Printer`, as a table or as one JSON
//! object; progress and errors go to stderr. Exit codes: 0 done, 1 it failed, 2 wrong usage, 128 + n the editor was ended by signal n.
#![allow(clippy::disallowed_methods, reason = "commands read the environment, files and the clock")]

use std::ffi::OsString;
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

use crate::runtime::display;
use crate::runtime::visible::{self, Line, told};

/// Parses the command line, runs the command, and returns the exit code.
pub fn main() -> ExitCode {
    display::keep_local();
    tell_of_panics();
    let args = match Args::try_parse().and_then(Args::checked) {
        Ok(args) => args,
        Err(error) => {
            // Help and version are asked for, are our own words, and go to stdout; all else is wrong usage.
            let printed = if error.use_stderr() {
                write!(visible::stderr(), "{}", usage_error(&error, std::env::args_os().skip(1)))
            } else {
                error.print()
            };
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return if printed.is_ok() { ExitCode::from(code) } else { ExitCode::FAILURE };
        }
    };
    match run(args) {
        Ok(code) => code,
        // Whoever read the output has seen enough.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell if stderr is closed, too.
            let _ = writeln!(visible::stderr(), "foreword: {}", told(&format_args!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

/// What is wrong with the command line. It repeats arguments, so it is asked for again of what is fit to be shown of them.
fn usage_error(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> String {
    let shown = arguments.map(|argument| Line(argument.to_string_lossy()).to_string());
    let again = Args::try_parse_from(std::iter::once("foreword".to_owned()).chain(shown));
    match again.and_then(Args::checked) {
        Err(again) if again.kind() == error.kind() => again.render().to_string(),
        _ => error.render().to_string(),
    }
}

/// A panic repeats what it fell over, a text of somebody's perhaps. The editor replaces this by what also saves the text.
fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let trace = std::backtrace::Backtrace::capture();
        let mut error = visible::stderr();
        let _ = writeln!(error, "foreword has a bug and had to stop: {}", told(panic));
        if trace.status() == std::backtrace::BacktraceStatus::Captured {
            let _ = writeln!(error, "{trace}");
        }
    }));
}

fn run(args: Args) -> anyhow::Result<ExitCode> {
    let data_dir = args.data_dir.as_deref();
    let opens_editor = args.subcommand.is_none();
    let context = if opens_editor { Context::for_editing(data_dir)? } else { Context::open(data_dir)? };
    let is_json = args.wants_json();
    let command = command::resolve(args, &context)?;
    if let Command::Edit { files, incognito } = command {
        return editor::run(&context, files, incognito);
    }
    let mut printer = Printer::over(visible::stdout(), is_json);
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
