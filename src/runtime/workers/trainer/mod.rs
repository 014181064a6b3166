//! The training thread, as the side panel steers it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::runtime::event_loop::Training;
use crate::runtime::workers::worker::{AtEnd, Latest, Wanted, Worker};
use crate::store::models::ModelStore;
use editor::Message;
use editor::message::ThreadKind;
use learn::retrain::preview;
use learn::train::{DatasetPreview, TrainingPlan};
use suggest::SuggestionSettings;

mod control;
mod retrain;
#[cfg(test)]
mod tests;

pub use control::Control;
pub use retrain::{TrainingOutcome, retrain};

/// Folders to look through, and where the answer goes.
type PreviewJob = (Vec<PathBuf>, Sender<Message>);
/// A training, who steers it, and where its reports go.
type TrainingJob = (TrainingPlan, Arc<Control>, Sender<Message>);

/// Looks through folders and retrains, each one at a time; the latest request wins.
#[derive(Debug)]
pub struct TrainingThread {
    previews: Worker<Latest<PreviewJob>>,
    trainings: Worker<Latest<TrainingJob>>,
    /// Of the training under way, or the last one.
    control: Arc<Control>,
}

impl TrainingThread {
    /// Versions are added to `store`; models are judged as they suggest by `settings`.
    pub fn new(store: ModelStore, settings: SuggestionSettings) -> Self {
        let look = |(folders, messages): &PreviewJob, wanted: &Wanted<_>| {
            previewed(preview(folders).map_err(|error| error.to_string()), messages, wanted);
        };
        let not_looked = |(_, messages): &PreviewJob, wanted: &Wanted<_>, _: &str| {
            let said = "Looking through the folder failed; your documents are as they were.";
            previewed(Err(said.to_owned()), messages, wanted);
        };
        let train = move |(plan, control, messages): &TrainingJob, _: &Wanted<_>| {
            give_way();
            let ended = retrain(&store, &settings, plan, control, &mut |report| {
                let _ = messages.send(Message::TrainingStepped(report));
            });
            let _ = messages.send(match ended {
                Ok(TrainingOutcome::Finished(summary)) => Message::TrainingFinished(summary),
                Ok(TrainingOutcome::Cancelled) => Message::TrainingCancelled,
                Err(error) => Message::TrainingFailed(format!("{error:#}")),
            });
        };
        Self {
            previews: Worker::new("previewing", AtEnd::Leave, look, not_looked),
            trainings: Worker::new("training", AtEnd::Leave, train, failed),
            control: Arc::default(),
        }
    }
}

/// The `nice` value of threads that learn, from 0 to 19: the higher it is, the more of the processor the others get.
#[cfg(target_os = "linux")]
const LEARNING_NICE: i32 = 10;

/// Lets the editor's other threads go first, and other programs. The threads that this one starts do the same.
fn give_way() {
    // Elsewhere the call is about the whole process, and typing would give way with it. A refusal costs no more than speed.
    #[cfg(target_os = "linux")]
    if rustix::process::getpriority_process(None).is_ok_and(|nice| nice < LEARNING_NICE) {
        let _ = rustix::process::setpriority_process(None, LEARNING_NICE);
    }
}

/// Reports what folders hold, unless others are waiting: it must not be taken for what those hold.
fn previewed(
    found: Result<DatasetPreview, String>,
    messages: &Sender<Message>,
    wanted: &Wanted<Latest<PreviewJob>>,
) {
    if wanted.is_wanted() {
        let _ = messages.send(Message::DatasetPreviewed(found));
    }
}

/// Reports a training that ended in a panic.
fn failed((_, _, messages): &TrainingJob, _: &Wanted<Latest<TrainingJob>>, cause: &str) {
    let said =
        format!("training failed ({cause}); the model in use stays as it is, and so do your documents");
    let _ = messages.send(Message::TrainingFailed(said));
}

/// Reports that no thread could be started.
fn report(started: std::io::Result<()>, messages: &Sender<Message>) {
    if let Err(cause) = started {
        let cause = format!("no thread could be started: {cause}");
        let _ = messages.send(Message::WorkerFailed { worker: ThreadKind::Trainer, cause });
    }
}

// A message cannot be sent once the editor has ended: then nobody needs it.
impl Training for TrainingThread {
    fn preview(&mut self, folders: Vec<PathBuf>, messages: &Sender<Message>) {
        report(self.previews.put((folders, messages.clone())), messages);
    }

    fn start(&mut self, plan: TrainingPlan, messages: &Sender<Message>) {
        // Another one still winding down must not take this one's commands.
        self.control.cancel();
        self.control = Arc::default();
        report(self.trainings.put((plan, Arc::clone(&self.control), messages.clone())), messages);
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
