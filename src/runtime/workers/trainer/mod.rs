//! The training thread, as the side panel steers it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::runtime::event_loop::Training;
use crate::runtime::workers::worker::{Wanted, Worker};
use crate::store::models::ModelStore;
use editor::Message;
use editor::message::Worker as ThreadKind;
use learn::retrain::preview;
use learn::train::TrainingPlan;
use suggest::Settings;

mod control;
mod retrain;
#[cfg(test)]
mod tests;

pub use control::Control;
pub use retrain::{Outcome, retrain};

use retrain::retrain_guarded;

/// Looks through folders and retrains, each one at a time; the latest asking wins.
#[derive(Debug)]
pub struct TrainingThread {
    previews: Worker<(Vec<PathBuf>, Sender<Message>)>,
    trainings: Worker<(TrainingPlan, Arc<Control>, Sender<Message>)>,
    /// Of the training under way, or the last one.
    control: Arc<Control>,
}

impl TrainingThread {
    /// Versions are added to `store`; models are judged as they suggest by `settings`.
    pub fn new(store: ModelStore, settings: Settings) -> Self {
        let look = |(folders, messages): (Vec<PathBuf>, Sender<Message>), wanted: &Wanted<_>| {
            let found = catch_unwind(AssertUnwindSafe(|| preview(&folders)));
            let found = found.map_or_else(
                |_| Err("Looking through the folder failed; your documents are as they were.".to_owned()),
                |found| found.map_err(|error| error.to_string()),
            );
            // What a folder holds that is no longer asked about must not be taken for another's.
            if wanted.is_wanted() {
                let _ = messages.send(Message::DatasetPreviewed(found));
            }
        };
        let train = move |(plan, control, messages): (TrainingPlan, Arc<Control>, Sender<Message>),
                          _: &Wanted<_>| {
            let ended = retrain_guarded(&store, &settings, &plan, &control, &mut |report| {
                let _ = messages.send(Message::TrainingStepped(report));
            });
            let _ = messages.send(match ended {
                Ok(Outcome::Finished(summary)) => Message::TrainingFinished(summary),
                Ok(Outcome::Cancelled) => Message::TrainingCancelled,
                Err(error) => Message::TrainingFailed(format!("{error:#}")),
            });
        };
        Self {
            previews: Worker::new("previewing", look),
            trainings: Worker::new("training", train),
            control: Arc::default(),
        }
    }
}

/// Says that no thread could be had.
fn tell(started: std::io::Result<()>, messages: &Sender<Message>) {
    if let Err(cause) = started {
        let cause = format!("no thread could be started: {cause}");
        let _ = messages.send(Message::WorkerFailed { worker: ThreadKind::Trainer, cause });
    }
}

// A message that cannot be sent means that the editor has ended: there is nobody left to tell.
impl Training for TrainingThread {
    fn preview(&mut self, folders: Vec<PathBuf>, messages: &Sender<Message>) {
        tell(self.previews.put((folders, messages.clone())), messages);
    }

    fn start(&mut self, plan: TrainingPlan, messages: &Sender<Message>) {
        // Another one still winding down must not take this one's commands.
        self.control.cancel();
        self.control = Arc::default();
        tell(self.trainings.put((plan, Arc::clone(&self.control), messages.clone())), messages);
    }

    fn pause(&mut self) {
        self.control.pause();
    }

    fn resume(&mut self) {
        self.control.resume();
    }

    fn cancel(&mut self) {
        self.control.cancel();
    }

    fn finish(&mut self) {
        self.control.finish();
    }
}

impl Drop for TrainingThread {
    fn drop(&mut self) {
        self.control.cancel();
    }
}
