//! `foreword models`: the versions of the model.

use std::io::Write;
use std::time::SystemTime;

use super::args::ModelsAction;
use super::context::Context;
use super::engine;
use super::output::Printer;
use crate::store::clock;

/// Carries out the action, and prints the versions as they are then.
pub(super) fn run<W: Write>(
    context: &Context,
    action: ModelsAction,
    printer: &mut Printer<W>,
) -> anyhow::Result<()> {
    let store = &context.models;
    let done = match action {
        ModelsAction::List => None,
        ModelsAction::Use { name } => {
            store.use_version(&name)?;
            Some(format!("Model {name} is in use."))
        }
        ModelsAction::Rollback => Some(format!("Model {} is in use again.", store.rollback()?)),
        ModelsAction::Remove { name } => {
            store.remove(&name)?;
            Some(format!("Model {name} is removed."))
        }
        ModelsAction::Export { name, file } => {
            store.export(&name, &file)?;
            Some(format!("Model {name} is written to {}.", file.display()))
        }
        ModelsAction::Import { file, name } => {
            let name = store.import(
                &file,
                name.as_deref(),
                &clock::written(SystemTime::now()),
                engine::check_model,
            )?;
            Some(format!("Model {name} is taken in; put it to use with `foreword models use {name}`."))
        }
    };
    printer.models(done.as_deref(), &store.versions()?)?;
    Ok(())
}
