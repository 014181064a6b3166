//! `foreword [FILE…]`: the editor.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;

use super::context::Context;
use super::engine;
use crate::runtime::Ended;
use crate::runtime::visible::prints_to_terminal;

/// Opens the editor on the files; `incognito`: learns nothing from what is typed.
pub(super) fn run(context: &Context, files: Vec<PathBuf>, incognito: bool) -> anyhow::Result<ExitCode> {
    ensure!(
        io::stdin().is_terminal() && prints_to_terminal(),
        "the editor needs a terminal, but its input or output is a file or a pipe; run it in a terminal, or see \
         `foreword --help` for the commands that need none"
    );
    Ok(match engine::edit(context, files, incognito)? {
        Ended::Left => ExitCode::SUCCESS,
        Ended::Asked(code) => ExitCode::from(code),
    })
}
