//! The training thread, as the side panel steers it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::models::ModelStore;
use super::runtime::Training;
use super::trainer::{Control, Outcome, preview, retrain_guarded};
use crate::app::Message;
use crate::suggest::Settings;
use crate::train::TrainingPlan;

/// Starts retrainings, one at a time.
#[derive(Debug)]
pub struct TrainingThread {
    store: ModelStore,
    settings: Settings,
    /// Of the training under way, or the last one.
    control: Arc<Control>,
}

impl TrainingThread {
    /// Versions are added to `store`; models are judged as they suggest by `settings`.
    pub fn new(store: ModelStore, settings: Settings) -> Self {
        Self { store, settings, control: Arc::default() }
    }

    /// A thread of its own; when none can be had, the message says so.
    fn spawn(messages: &Sender<Message>, work: impl FnOnce(&Sender<Message>) + Send + 'static) {
        let sender = messages.clone();
        let spawned = std::thread::Builder::new().name("training".into()).spawn(move || work(&sender));
        if let Err(cause) = spawned {
            let cause = format!("no thread could be started: {cause}");
            let _ = messages.send(Message::WorkerFailed { worker: "trainer", cause });
        }
    }
}

// A message that cannot be sent means that the editor has ended: there is nobody left to tell.
impl Training for TrainingThread {
    fn preview(&mut self, folders: Vec<PathBuf>, messages: &Sender<Message>) {
        Self::spawn(messages, move |messages| {
            let found = preview(&folders).map_err(|error| format!("{error:#}"));
            let _ = messages.send(Message::DatasetPreviewed(found));
        });
    }

    fn start(&mut self, plan: TrainingPlan, messages: &Sender<Message>) {
        // Another one still winding down must not take this one's commands.
        self.control.cancel();
        self.control = Arc::default();
        let (control, store, settings) =
            (Arc::clone(&self.control), self.store.clone(), self.settings.clone());
        Self::spawn(messages, move |messages| {
            let ended = retrain_guarded(&store, &settings, &plan, &control, &mut |report| {
                let _ = messages.send(Message::TrainingStepped(report));
            });
            let _ = messages.send(match ended {
                Ok(Outcome::Finished(summary)) => Message::TrainingFinished(summary),
                Ok(Outcome::Cancelled) => Message::TrainingCancelled,
                Err(error) => Message::TrainingFailed(format!("{error:#}")),
            });
        });
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
