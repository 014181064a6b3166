//! What the loop is given: what trains and what looks into models, and what the editor starts with.

use std::path::PathBuf;
use std::sync::mpsc::Sender;

use jiff::tz::TimeZone;

use crate::config::Config;
use crate::runtime::workers::predictor::Models;
use crate::store::blocked_words::NeverList;
use crate::store::paths::Paths;
use crate::store::remembered::Memory;
use editor::Message;
use editor::effect::InspectionRequest;
use editor::mark::Mark;
use learn::train::TrainingPlan;

/// The training thread, as the loop sees it. Every call returns at once; answers come as messages.
pub trait Training: Send {
    /// Walks folders; answered by [`Message::DatasetPreviewed`].
    fn preview(&mut self, folders: Vec<PathBuf>, messages: &Sender<Message>);
    /// Starts a retraining; answered by [`Message::TrainingStepped`] and at last one of the other `Training…` messages.
    fn start(&mut self, plan: TrainingPlan, messages: &Sender<Message>);
    /// Holds it between two steps.
    fn pause(&mut self);
    /// Goes on.
    fn resume(&mut self);
    /// Stops and keeps nothing.
    fn cancel(&mut self);
    /// Stops taking steps and judges what there is.
    fn finish(&mut self);
}

/// What looks into models, as the loop sees it.
pub trait Inspect: Send {
    /// Looks into version `request.model`; returns at once, answered by [`Message::ModelInspected`].
    fn inspect(&mut self, request: InspectionRequest, messages: &Sender<Message>);
}

/// What the editor starts with.
pub struct EditorOptions {
    /// Files to open.
    pub files: Vec<PathBuf>,
    /// Where things are kept.
    pub paths: Paths,
    /// The settings.
    pub config: Config,
    /// The writer's time zone.
    pub zone: TimeZone,
    /// Whether nothing that is typed is learned, as the status line then says.
    pub incognito: bool,
    /// Where models come from.
    pub models: Box<dyn Models>,
    /// What retrains them.
    pub training: Box<dyn Training>,
    /// What looks into them.
    pub inspector: Box<dyn Inspect>,
    /// The words that are never offered.
    pub never: NeverList,
    /// What is remembered of the starts before.
    pub memory: Memory,
    /// What the writer has to know as long as it is so: files that could not be read and were set aside.
    pub marks: Vec<Mark>,
}
