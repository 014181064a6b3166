//! The side panel's Learn tab: a folder is looked through, learned from, and judged, while typing goes on.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent};

use super::{focus, question};
use crate::effect::{Effect, Effects};
use crate::keymap::{self, PanelAction};
use crate::message::ModelVersion;
use crate::panel::{Learning, Preview, RunState, TrainingProgress};
use crate::question::Subject;
use crate::state::State;
use learn::train::{DatasetPreview, StepReport, TrainingPlan, TrainingSummary};

/// Scrolls the list of documents.
pub(super) fn scroll(state: &mut State, rows: isize) {
    if let Learning::Ready(preview) | Learning::Running { preview, .. } = &mut state.panel.learning {
        preview.scroll_by(rows);
    }
}

/// A key while the tab has the keys. Returns whether it means something here.
pub(super) fn key(state: &mut State, key: KeyEvent, effects: &mut Effects) -> bool {
    if state.panel.editing_folder {
        folder_key(state, key, effects);
        return true;
    }
    let Some(action) = keymap::panel(key) else { return false };
    match (action, &mut state.panel.learning) {
        (PanelAction::Leave, _) => focus::leave_panel(state),
        (PanelAction::Scroll(rows), _) => scroll(state, rows),
        (PanelAction::Start | PanelAction::Proceed, Learning::Ready(_)) => start(state, effects),
        (PanelAction::Proceed, Learning::Choosing { .. } | Learning::Done(_) | Learning::Failed(_)) => {
            look_through(state, effects);
        }
        (PanelAction::Pause, Learning::Running { run: run @ RunState::Going, .. }) => {
            *run = RunState::Paused;
            effects.push(Effect::PauseTraining);
        }
        (
            PanelAction::Pause | PanelAction::Proceed,
            Learning::Running { run: run @ RunState::Paused, .. },
        ) => {
            *run = RunState::Going;
            effects.push(Effect::ResumeTraining);
        }
        (PanelAction::Finish, Learning::Running { run: run @ (RunState::Going | RunState::Paused), .. }) => {
            let is_paused = std::mem::replace(run, RunState::Finishing) == RunState::Paused;
            effects.push(Effect::FinishTraining);
            effects.extend(is_paused.then_some(Effect::ResumeTraining));
        }
        (PanelAction::Cancel, Learning::Running { run, .. }) if *run != RunState::Cancelling => {
            question::ask(state, Subject::StopTraining);
        }
        (PanelAction::Rollback, learning) if !learning.is_running() => effects.push(Effect::RollbackModel),
        (PanelAction::EditFolder, learning) if !learning.is_running() => state.panel.editing_folder = true,
        _ => return false,
    }
    true
}

/// A key in the folder line.
fn folder_key(state: &mut State, key: KeyEvent, effects: &mut Effects) {
    match key.code {
        KeyCode::Enter => look_through(state, effects),
        KeyCode::Esc => focus::leave_panel(state),
        _ => {
            if let Some(action) = keymap::input(key) {
                state.panel.folder.apply(action);
            }
        }
    }
}

/// Stops the training; nothing of it is kept.
pub(super) fn stop(state: &mut State, effects: &mut Effects) {
    // It may have ended while the question was on the screen.
    if let Learning::Running { run, .. } = &mut state.panel.learning {
        *run = RunState::Cancelling;
        effects.push(Effect::CancelTraining);
    }
}

fn look_through(state: &mut State, effects: &mut Effects) {
    let folder = state.panel.folder.text().trim().to_owned();
    if folder.is_empty() {
        state.panel.editing_folder = true;
        let missing = "Type the path of a folder with texts of yours".to_owned();
        match &mut state.panel.learning {
            Learning::Choosing { error } => *error = Some(missing),
            Learning::Failed(cause) => *cause = missing,
            // What else is on the screen stays there.
            _ => {}
        }
        return;
    }
    let folder = PathBuf::from(folder);
    state.panel.editing_folder = false;
    state.panel.learning = Learning::Previewing;
    effects.extend([Effect::PreviewDataset(vec![folder.clone()]), Effect::RememberFolder(folder)]);
}

/// Starts the training. The keys go back to the text: what is typed next is more likely prose than a command.
fn start(state: &mut State, effects: &mut Effects) {
    let Learning::Ready(preview) = std::mem::take(&mut state.panel.learning) else { return };
    state.panel.learning = Learning::Running { run: RunState::Going, preview };
    state.panel.progress = TrainingProgress::default();
    focus::leave_panel(state);
    state.inform("Learning while you write on; F2 leads to its keys: pause, stop");
    effects.push(Effect::StartTraining(TrainingPlan {
        folders: vec![PathBuf::from(state.panel.folder.text().trim())],
        minutes: state.settings.training_minutes,
        threads: state.settings.training_threads,
        ..TrainingPlan::default()
    }));
}

/// What the folder holds is known. It is dropped if it is no longer waited for.
pub(super) fn previewed(state: &mut State, result: Result<DatasetPreview, String>) {
    if state.panel.learning != Learning::Previewing {
        return;
    }
    let nothing = "Nothing in this folder can be learned from: it takes .txt and .md files";
    let error = match result {
        Ok(dataset) if dataset.documents.is_empty() => nothing.to_owned(),
        Ok(dataset) => {
            state.panel.learning = Learning::Ready(Preview { dataset, scroll: 0 });
            return;
        }
        Err(cause) => cause,
    };
    state.panel.learning = Learning::Choosing { error: Some(error) };
    state.panel.editing_folder = true;
}

/// Training goes on.
pub(super) fn stepped(state: &mut State, report: StepReport) {
    if state.panel.learning.is_running() {
        state.panel.progress.add(report);
    }
}

/// Training is done.
pub(super) fn finished(state: &mut State, summary: Box<TrainingSummary>, effects: &mut Effects) {
    let (before, after) = (summary.before.figures.ksr.five, summary.after.figures.ksr.five);
    let verdict = if summary.promoted { "the new model is in use" } else { "the old model stays" };
    state.inform(format!(
        "Learned: {before:.1} → {after:.1} % of keystrokes saved on held-out texts; {verdict}"
    ));
    if summary.promoted {
        adopt(state, &summary);
        effects.push(Effect::LoadModel);
    }
    state.panel.learning = Learning::Done(summary);
}

/// The store has put the new version to use already: the screen shows it at once, not only when it is loaded.
fn adopt(state: &mut State, summary: &TrainingSummary) {
    let model = &mut state.model;
    state.panel.model.before_training = Some(model.name.clone());
    model.name.clone_from(&summary.model);
    for version in &mut model.versions {
        version.active = false;
    }
    model.versions.push(ModelVersion {
        name: summary.model.clone(),
        created: String::new(),
        bits_per_byte: Some(summary.after.figures.bits_per_byte),
        ksr5: Some(summary.after.figures.ksr.five),
        active: true,
    });
}

/// Training was cancelled, nothing was kept.
pub(super) fn cancelled(state: &mut State) {
    state.panel.learning = match std::mem::take(&mut state.panel.learning) {
        Learning::Running { preview, .. } => Learning::Ready(preview),
        other => other,
    };
    state.inform("Training stopped; nothing was kept");
}

/// Training failed; the old model stays.
pub(super) fn failed(state: &mut State, cause: String) {
    state.complain(format!("Training failed: {cause}"));
    state.panel.learning = Learning::Failed(cause);
}
