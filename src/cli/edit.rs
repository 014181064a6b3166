//! `foreword [FILE…]`: the editor.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::ensure;

use super::context::Context;
use crate::runtime::visible::prints_to_terminal;
use crate::runtime::workers::inspector::Inspector;
use crate::runtime::workers::stored_models::{LearningScope, StoredModels};
use crate::runtime::workers::trainer::TrainingThread;
use crate::runtime::{self, EditorOptions, Ended};
use crate::store::clock;
use crate::store::paths;
use crate::store::remembered::Memory;
use suggest::{Gate, SuggestionSettings};

// A doc comment here would stand in `foreword --help` in place of the program's.
#[derive(Debug, PartialEq, Eq, clap::Args)]
pub(super) struct Edit {
    /// Learn nothing from what is typed; the status line says so.
    #[arg(long)]
    pub(super) incognito: bool,
    /// The file to edit; of several the first is opened.
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
}

impl Edit {
    /// Refuses `--json`: the editor prints nothing.
    pub(super) fn check(json: bool) -> Result<(), String> {
        if json {
            return Err(
                "--json is for commands, and the editor is none: leave it out, or name a command".to_owned()
            );
        }
        Ok(())
    }

    /// Runs the editor until it is left.
    pub(super) fn run(&self, context: Context) -> anyhow::Result<ExitCode> {
        ensure!(
            io::stdin().is_terminal() && prints_to_terminal(),
            "the editor needs a terminal, but its input or output is a file or a pipe; run it in a terminal, or see \
             `foreword --help` for the commands that need none"
        );
        let memory = Memory::load(&context.paths.memory);
        let eagerness = memory.eagerness(context.config.suggestions.eagerness);
        let settings = context.suggestion_settings();
        let folders = &context.config.suggestions.learn_in;
        let folders = folders.iter().map(|folder| paths::absolute(Path::new(folder))).collect();
        let ended = runtime::run(EditorOptions {
            files: self.files.clone(),
            models: Box::new(StoredModels::new(
                context.models.clone(),
                SuggestionSettings { learns: false, gate: Gate::new(eagerness), ..settings.clone() },
                LearningScope { incognito: self.incognito, folders },
            )),
            training: Box::new(TrainingThread::new(context.models.clone(), settings)),
            inspector: Box::new(Inspector::new(context.models)),
            paths: context.paths,
            config: context.config,
            zone: clock::zone(),
            incognito: self.incognito,
            never: context.never,
            memory,
            marks: context.marks,
        })?;
        Ok(match ended {
            Ended::Left => ExitCode::SUCCESS,
            Ended::Asked(code) => ExitCode::from(code),
        })
    }
}
