//! The commands: `foreword [FILE…]` and its subcommands.
//!
//! One file a command: its arguments with the words of its help, its work, its report. Here are the line's parser, the choice of
//! the command, and the exit codes: 0 done, 1 it failed, 2 wrong usage, 128 + n the editor was ended by signal n. Reports go to
//! stdout through `report`, as text or as JSON; progress and errors go to stderr. What commands share imports no command.
#![allow(clippy::disallowed_methods, reason = "commands read the environment, files and the clock")]

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

mod bench;
mod compare;
mod edit;
mod eval;
mod generate;
mod models;
mod ngram;
mod score;
mod suggest;
mod train;
mod words;

mod any_model;
mod context;
mod file;
mod input;
mod plot;
mod progress;
mod report;
mod run;
#[cfg(test)]
mod testing;
mod typist;
mod values;

use context::Context;
use report::Printer;
use run::Run;

use crate::runtime::display;
use crate::runtime::visible::{self, Line, shortened};
use model::nn::Isa;

/// A terminal editor that has your next word ready, from a small model on your own machine.
#[derive(Debug, Parser)]
#[command(name = "foreword", bin_name = "foreword", version)]
#[command(
    after_help = "With no command, the file is opened in the editor, one at a time; a file named like a command is ./train."
)]
struct Args {
    /// Keep models, journal and settings here instead of in the standard directories (or set `FOREWORD_DATA_DIR`).
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    edit: edit::Edit,
    #[command(subcommand)]
    command: Option<Command>,
}

/// A command with its arguments; its own file describes it.
#[derive(Debug, Subcommand)]
enum Command {
    Train(train::Train),
    Eval(eval::Eval),
    Generate(generate::Generate),
    Score(score::Score),
    Suggest(suggest::Suggest),
    Ngram(ngram::Ngram),
    Compare(compare::Compare),
    Models(models::Models),
    Words(words::Words),
    Bench(bench::Bench),
}

impl Command {
    fn as_run(&self) -> &dyn Run {
        match self {
            Self::Train(train) => train,
            Self::Eval(eval) => eval,
            Self::Generate(generate) => generate,
            Self::Score(score) => score,
            Self::Suggest(suggest) => suggest,
            Self::Ngram(ngram) => ngram,
            Self::Compare(compare) => compare,
            Self::Models(models) => models,
            Self::Words(words) => words,
            Self::Bench(bench) => bench,
        }
    }
}

impl Args {
    /// Parses and checks a command line, its first word the program's name.
    fn read(line: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, clap::Error> {
        let args = Self::try_parse_from(line)?;
        let checked = match &args.command {
            None => edit::Edit::check(args.json),
            Some(command) => command.as_run().check(args.json),
        };
        checked.map_err(|wrong| Self::command().error(ErrorKind::ArgumentConflict, wrong))?;
        Ok(args)
    }
}

/// Names the widest of the processor's instructions that the models may use; for measuring and testing.
const ISA_VARIABLE: &str = "FOREWORD_ISA";

/// Keeps to the instructions that the environment names, if it does.
fn limit_instructions() -> anyhow::Result<()> {
    if let Some(name) = std::env::var_os(ISA_VARIABLE).filter(|name| !name.is_empty()) {
        let name = name.to_string_lossy();
        name.parse::<Isa>().with_context(|| format!("{ISA_VARIABLE} is `{name}`"))?.limit();
    }
    Ok(())
}

/// Parses the command line, runs the command, and returns the exit code.
pub fn main() -> ExitCode {
    display::keep_local();
    report_panics();
    let args = match Args::read(std::env::args_os()) {
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
    match limit_instructions().and_then(|()| run(&args)) {
        Ok(code) => code,
        // Whoever read the output has seen enough.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // If stderr is closed, too, the error cannot be shown.
            let _ = writeln!(visible::stderr(), "foreword: {}", shortened(&format_args!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

/// What is wrong with the command line. It repeats arguments, so it is asked for again of what is fit to be shown of them.
fn usage_error(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> String {
    let shown = arguments.map(|argument| Line(argument.to_string_lossy()).to_string());
    match Args::read(std::iter::once("foreword".to_owned()).chain(shown)) {
        Err(again) if again.kind() == error.kind() => again.render().to_string(),
        _ => error.render().to_string(),
    }
}

/// A panic repeats what it fell over, a text of somebody's perhaps. The editor replaces this by what also saves the text.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let trace = std::backtrace::Backtrace::capture();
        let mut error = visible::stderr();
        let _ = writeln!(error, "foreword has a bug and had to stop: {}", shortened(panic));
        if trace.status() == std::backtrace::BacktraceStatus::Captured {
            let _ = writeln!(error, "{trace}");
        }
    }));
}

fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let data_dir = args.data_dir.as_deref();
    let Some(command) = &args.command else { return args.edit.run(Context::for_editing(data_dir)?) };
    let context = Context::open(data_dir)?;
    command.as_run().run(&context, &mut Printer::new(visible::stdout(), args.json))?;
    Ok(ExitCode::SUCCESS)
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests;
