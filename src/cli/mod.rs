//! The commands.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::Sender;

use crate::app::{Message, Settings};
use crate::shell::predictor::{Load, Loaded, Models, Silence};
use crate::shell::runtime::Training;
use crate::shell::{EditorOptions, Paths, run};
use crate::train::TrainingPlan;

/// Opens the editor on the files named, without a model.
pub fn main() -> ExitCode {
    let files = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let result = Paths::resolve(None).map_err(anyhow::Error::from).and_then(|paths| {
        let settings = Settings::default();
        run(EditorOptions {
            files,
            paths,
            settings,
            models: Box::new(NoModel),
            training: Box::new(NoTraining),
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "foreword: {error:#}");
            ExitCode::FAILURE
        }
    }
}

struct NoModel;

impl Models for NoModel {
    fn load(&mut self, _which: &Load) -> Result<Loaded, String> {
        Ok(Loaded { name: "none".to_owned(), versions: Vec::new(), engine: Box::new(Silence) })
    }
}

struct NoTraining;

impl Training for NoTraining {
    fn preview(&mut self, _folders: Vec<PathBuf>, messages: &Sender<Message>) {
        let _ = messages.send(Message::DatasetPreviewed(Err("This build cannot learn.".to_owned())));
    }
    fn start(&mut self, _plan: TrainingPlan, messages: &Sender<Message>) {
        let _ = messages.send(Message::TrainingFailed("This build cannot learn.".to_owned()));
    }
    fn pause(&mut self) {}
    fn resume(&mut self) {}
    fn cancel(&mut self) {}
    fn finish(&mut self) {}
}
