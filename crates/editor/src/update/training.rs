//! The side panel's Learn tab: a folder is looked through, learned from, and judged, while typing goes on.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent};

use super::{panel, question};
use crate::effect::Effect;
use crate::keymap::{self, PanelAction};
use crate::message::ModelVersion;
use crate::panel::{Curve, PanelPhase};
use crate::question::Subject;
use crate::state::State;
use learn::train::{DatasetPreview, StepReport, TrainingPlan, TrainingSummary};

/// Scrolls the list of documents.
pub(super) fn scroll(state: &mut State, rows: isize) {
    let preview = state.panel.preview.as_ref();
    let most = preview.map_or(0, |preview| preview.documents.len() + preview.skipped.len()).saturating_sub(1);
    state.panel.scroll = state.panel.scroll.saturating_add_signed(rows).min(most);
}

/// A key while the tab has the keys.
pub(super) fn key(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    if state.panel.editing_folder {
        match key.code {
            KeyCode::Enter => return look_through(state),
            KeyCode::Esc => panel::leave(state),
            _ => {
                if let Some(action) = keymap::input(key) {
                    state.panel.folder.apply(action);
                }
            }
        }
        return Vec::new();
    }
    let Some(action) = keymap::panel(key) else { return panel::write_on(state, key) };
    match (action, state.panel.phase) {
        (PanelAction::Leave, _) => panel::leave(state),
        (PanelAction::Scroll(rows), _) => scroll(state, rows),
        (PanelAction::Rollback, _) if !state.panel.is_busy() => return vec![Effect::RollbackModel],
        (PanelAction::Start | PanelAction::Proceed, PanelPhase::Ready) => return start(state),
        (PanelAction::Proceed, PanelPhase::Idle | PanelPhase::Finished | PanelPhase::Failed) => {
            return look_through(state);
        }
        (PanelAction::Pause, PanelPhase::Running) => {
            state.panel.phase = PanelPhase::Paused;
            return vec![Effect::PauseTraining];
        }
        (PanelAction::Pause | PanelAction::Proceed, PanelPhase::Paused) => {
            state.panel.phase = PanelPhase::Running;
            return vec![Effect::ResumeTraining];
        }
        (PanelAction::Finish, PanelPhase::Running | PanelPhase::Paused) => {
            let paused = state.panel.phase == PanelPhase::Paused;
            state.panel.phase = PanelPhase::Finishing;
            let resume = paused.then_some(Effect::ResumeTraining);
            return std::iter::once(Effect::FinishTraining).chain(resume).collect();
        }
        (PanelAction::Cancel, PanelPhase::Running | PanelPhase::Paused | PanelPhase::Finishing) => {
            question::ask(state, Subject::StopTraining);
        }
        (PanelAction::EditFolder, _) if !state.panel.is_busy() => state.panel.editing_folder = true,
        _ => return panel::write_on(state, key),
    }
    Vec::new()
}

/// Stops the training; nothing of it is kept.
pub(super) fn stop(state: &mut State) -> Vec<Effect> {
    // It may have ended while the writer was asked.
    if !state.panel.is_busy() {
        return Vec::new();
    }
    state.panel.phase = PanelPhase::Cancelling;
    vec![Effect::CancelTraining]
}

fn look_through(state: &mut State) -> Vec<Effect> {
    let folder = state.panel.folder.text().trim().to_owned();
    if folder.is_empty() {
        state.panel.editing_folder = true;
        state.panel.error = Some("Type the path of a folder with texts of yours".to_owned());
        return Vec::new();
    }
    let folder = PathBuf::from(folder);
    state.panel.editing_folder = false;
    (state.panel.error, state.panel.preview, state.panel.scroll) = (None, None, 0);
    state.panel.phase = PanelPhase::Previewing;
    vec![Effect::PreviewDataset(vec![folder.clone()]), Effect::RememberFolder(folder)]
}

/// Starts the training. The keys go back to the text: what is typed next is more likely prose than a command.
fn start(state: &mut State) -> Vec<Effect> {
    panel::leave(state);
    state.inform("Learning while you write on; F2 leads to its keys: pause, stop");
    let panel = &mut state.panel;
    (panel.train_curve, panel.validation_curve) = (Curve::default(), Curve::default());
    panel.gradient_curve = Curve::default();
    (panel.report, panel.summary, panel.error) = (None, None, None);
    panel.phase = PanelPhase::Running;
    vec![Effect::StartTraining(TrainingPlan {
        folders: vec![PathBuf::from(panel.folder.text().trim())],
        minutes: state.settings.training_minutes,
        threads: state.settings.training_threads,
        ..TrainingPlan::default()
    })]
}

/// What the folder holds is known. An answer to a question no longer asked is dropped.
pub(super) fn previewed(state: &mut State, result: Result<DatasetPreview, String>) -> Vec<Effect> {
    if state.panel.phase != PanelPhase::Previewing {
        return Vec::new();
    }
    match result {
        Ok(preview) if preview.documents.is_empty() => {
            state.panel.error =
                Some("Nothing in this folder can be learned from: it takes .txt and .md files".to_owned());
            state.panel.preview = Some(preview);
            state.panel.phase = PanelPhase::Idle;
            state.panel.editing_folder = true;
        }
        Ok(preview) => {
            state.panel.preview = Some(preview);
            state.panel.phase = PanelPhase::Ready;
        }
        Err(cause) => {
            state.panel.error = Some(cause);
            state.panel.phase = PanelPhase::Idle;
            state.panel.editing_folder = true;
        }
    }
    Vec::new()
}

/// Training goes on.
pub(super) fn stepped(state: &mut State, report: StepReport) -> Vec<Effect> {
    let panel = &mut state.panel;
    if !panel.is_busy() {
        return Vec::new();
    }
    if let Some(bits) = report.train_bits {
        panel.train_curve.push(report.step, bits);
    }
    if let Some(bits) = report.validation_bits {
        panel.validation_curve.push(report.step, bits);
    }
    if report.step > panel.gradient_curve.points().last().map_or(0, |point| point.0) {
        panel.gradient_curve.push(report.step, report.gradient_norm);
    }
    panel.report = Some(report);
    Vec::new()
}

/// Training is done.
pub(super) fn finished(state: &mut State, summary: Box<TrainingSummary>) -> Vec<Effect> {
    let (before, after) = (summary.before.ksr.five, summary.after.ksr.five);
    let verdict = if summary.promoted { "the new model is in use" } else { "the old model stays" };
    state.inform(format!(
        "Learned: {before:.1} → {after:.1} % of keystrokes saved on held-out texts; {verdict}"
    ));
    let promoted = summary.promoted;
    if promoted {
        adopt(state, &summary);
    }
    state.panel.phase = PanelPhase::Finished;
    state.panel.summary = Some(summary);
    promoted.then_some(Effect::LoadModel).into_iter().collect()
}

/// The store has put the new version to use already: the screen says so at once, not only when it is loaded.
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
        bits_per_byte: Some(summary.after.bits_per_byte),
        ksr5: Some(summary.after.ksr.five),
        active: true,
    });
}

/// Training was cancelled, nothing was kept.
pub(super) fn cancelled(state: &mut State) -> Vec<Effect> {
    state.panel.phase = if state.panel.preview.is_some() { PanelPhase::Ready } else { PanelPhase::Idle };
    state.inform("Training stopped; nothing was kept");
    Vec::new()
}

/// Training failed; the old model stays.
pub(super) fn failed(state: &mut State, cause: String) -> Vec<Effect> {
    state.complain(format!("Training failed: {cause}"));
    state.panel.phase = PanelPhase::Failed;
    state.panel.error = Some(cause);
    Vec::new()
}
