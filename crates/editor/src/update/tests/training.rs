//! The side panel: learning from a folder while typing goes on.

use super::*;
use crate::panel::RunState;
use ::suggest::Evaluation;
use learn::train::report::DocumentPreview;
use learn::train::{DatasetPreview, StepReport, TrainingPhase, TrainingSummary};

fn preview() -> DatasetPreview {
    let document = |name: &str| DocumentPreview { path: name.into(), bytes: 100, words: 20 };
    DatasetPreview { documents: vec![document("a.md"), document("b.md")], skipped: Vec::new(), held_out: 1 }
}

fn report(step: u64) -> StepReport {
    StepReport {
        phase: TrainingPhase::Training,
        progress: 0.5,
        step,
        epoch: 0.1,
        train_bits: Some(2.0),
        validation_bits: (step.is_multiple_of(2)).then_some(2.1),
        bytes_per_second: 1e4,
        gradient_norm: 0.5,
        clipped_share: 0.25,
        dropped_steps: 0,
        learning_rate: 1e-3,
        eta_seconds: None,
    }
}

pub(super) fn summary(model: &str, promoted: bool) -> Box<TrainingSummary> {
    Box::new(TrainingSummary {
        documents: 2,
        skipped: Vec::new(),
        bytes: 200,
        train_tokens_per_s: 1.0,
        steps: 4,
        seconds: 1.0,
        before: Evaluation::default(),
        after: Evaluation::default(),
        promoted,
        model: model.to_owned(),
    })
}

#[test]
fn a_folder_is_looked_through_learned_from_and_judged_while_typing_goes_on() {
    let mut state = editor("a|");
    let effects = press(&mut state, "f2 / s r c enter");
    let folder = std::path::PathBuf::from("/src");
    assert_eq!(
        effects,
        [Effect::PreviewDataset(vec![folder.clone()]), Effect::RememberFolder(folder.clone())]
    );
    update(&mut state, Message::DatasetPreviewed(Ok(preview())));
    assert!(matches!(state.panel.learning, Learning::Ready(_)));
    let effects = press(&mut state, "s");
    assert!(matches!(&effects[..], [Effect::StartTraining(plan)] if plan.folders == [folder]));
    for step in 1..=4 {
        update(&mut state, Message::TrainingStepped(report(step)));
    }
    let progress = &state.panel.progress;
    assert_eq!((progress.train.points().len(), progress.validation.points().len()), (4, 2));
    // The keys are the text's again; F2 gives them to the panel, and a letter that is no command takes them back.
    assert_eq!(state.focus, Focus::Editor);
    assert!(asks(&type_text(&mut state, "cp")));
    assert_eq!(press(&mut state, "f2 p p"), [Effect::PauseTraining, Effect::ResumeTraining]);
    assert!(asks(&press(&mut state, "b c")));
    assert_eq!(shown(&state), "acpbc|");
    update(&mut state, Message::TrainingFinished(summary("m", true)));
    assert!(matches!(state.panel.learning, Learning::Done(_)));
    // Named at once, not only when the model is loaded.
    assert_eq!(state.model.name, "m");
    assert!(
        state.model.versions.iter().filter(|version| version.active).map(|version| &version.name).eq(["m"])
    );
    assert_eq!(press(&mut state, "f2 r"), [Effect::RollbackModel]);
}

#[test]
fn stop_and_keep_is_not_just_stop() {
    for (keys, expected) in [
        ("k", vec![Effect::FinishTraining]),
        ("c alt-s", vec![Effect::CancelTraining]),
        ("c right enter", vec![Effect::CancelTraining]),
        ("c esc", vec![]),
        ("c enter", vec![]),
        ("p k", vec![Effect::PauseTraining, Effect::FinishTraining, Effect::ResumeTraining]),
    ] {
        let mut state = editor("|");
        press(&mut state, "f2 x enter");
        update(&mut state, Message::DatasetPreviewed(Ok(preview())));
        press(&mut state, "enter f2");
        assert_eq!(press(&mut state, keys), expected, "{keys}");
    }
}

#[test]
fn prose_stops_no_training() {
    for keys in ["c a t", "x c k", "T c"] {
        let mut state = editor("|");
        press(&mut state, "f2 x enter");
        update(&mut state, Message::DatasetPreviewed(Ok(preview())));
        press(&mut state, "enter f2");
        let effects = press(&mut state, keys);
        let stops = |effect: &Effect| matches!(effect, Effect::CancelTraining | Effect::FinishTraining);
        assert!(!effects.iter().any(stops), "{keys}: {effects:?}");
        assert!(matches!(state.panel.learning, Learning::Running { run: RunState::Going, .. }), "{keys}");
    }
    // It ended while the writer was asked.
    let mut state = editor("|");
    press(&mut state, "f2 x enter");
    update(&mut state, Message::DatasetPreviewed(Ok(preview())));
    press(&mut state, "enter f2 c");
    update(&mut state, Message::TrainingFinished(summary("m", true)));
    assert_eq!(press(&mut state, "alt-s"), []);
    assert!(matches!(state.panel.learning, Learning::Done(_)));
}

#[test]
fn a_training_that_is_cancelled_leads_back_to_what_would_be_learned() {
    let mut state = editor("|");
    press(&mut state, "f2 x enter");
    update(&mut state, Message::DatasetPreviewed(Ok(preview())));
    press(&mut state, "down");
    let ready = state.panel.learning.clone();
    assert!(matches!(&ready, Learning::Ready(shown) if shown.dataset == preview() && shown.scroll == 1));
    press(&mut state, "enter f2 c alt-s");
    assert!(matches!(state.panel.learning, Learning::Running { run: RunState::Cancelling, .. }));
    update(&mut state, Message::TrainingStepped(report(1)));
    update(&mut state, Message::TrainingCancelled);
    assert_eq!(state.panel.learning, ready);
    // The Model tab goes on showing how the training went.
    assert_eq!(state.panel.progress.report, Some(report(1)));
    // An end that comes late ends nothing.
    update(&mut state, Message::TrainingCancelled);
    assert_eq!(state.panel.learning, ready);
}

#[test]
fn a_folder_without_a_name_is_asked_for_where_a_folder_is_chosen() {
    let mut state = editor("|");
    press(&mut state, "f2 enter");
    let missing = "Type the path of a folder with texts of yours";
    assert_eq!(state.panel.learning.error(), Some(missing));
    press(&mut state, "x enter");
    assert_eq!(state.panel.learning, Learning::Previewing);
    update(&mut state, Message::TrainingFailed("it failed".to_owned()));
    press(&mut state, "e backspace enter");
    assert_eq!(state.panel.learning, Learning::Failed(missing.to_owned()));
    press(&mut state, "x enter");
    update(&mut state, Message::DatasetPreviewed(Ok(preview())));
    press(&mut state, "e backspace enter");
    assert!(matches!(state.panel.learning, Learning::Ready(_)), "what is found stays on the screen");
    assert!(state.panel.editing_folder);
}

#[test]
fn a_trainer_that_dies_ends_the_training_and_nothing_else() {
    let mut state = editor("|");
    press(&mut state, "f2 x enter");
    update(&mut state, Message::DatasetPreviewed(Ok(preview())));
    press(&mut state, "enter");
    update(
        &mut state,
        Message::WorkerFailed {
            worker: crate::message::ThreadKind::Trainer,
            cause: "it panicked".to_owned(),
        },
    );
    assert!(matches!(state.panel.learning, Learning::Failed(_)));
    press(&mut state, "esc x");
    assert_eq!(shown(&state), "x|");
}

#[test]
fn a_folder_that_cannot_be_read_is_asked_for_again() {
    let mut state = editor("|");
    press(&mut state, "f2 x enter");
    update(&mut state, Message::DatasetPreviewed(Err("x: there is no such folder".to_owned())));
    assert!(state.panel.editing_folder && state.panel.learning.error().is_some());
    press(&mut state, "y");
    assert_eq!(state.panel.folder.text(), "xy");
}

#[test]
fn on_a_narrow_screen_the_panel_covers_the_text_and_goes_when_left() {
    let mut state = editor("|");
    press(&mut state, "f2 esc x");
    assert!(!state.panel.open);
    assert_eq!(shown(&state), "x|");
    update(&mut state, Message::Resized { width: 100, height: 30 });
    press(&mut state, "f2 esc y");
    assert!(state.panel.open);
    assert_eq!(shown(&state), "xy|");
}

fn learning() -> State {
    let mut state = editor("|");
    press(&mut state, "f2 x enter");
    update(&mut state, Message::DatasetPreviewed(Ok(preview())));
    press(&mut state, "enter");
    update(&mut state, Message::TrainingStepped(report(1)));
    state
}

#[test]
fn quitting_while_learning_asks_and_then_cancels() {
    let ends = [Effect::CancelTraining, Effect::Quit];
    for (keys, expected) in [
        ("ctrl-q alt-q", &ends[..]),
        ("ctrl-q right enter", &ends),
        ("ctrl-q enter", &[]),
        ("ctrl-q esc", &[]),
        ("ctrl-q ctrl-q", &[]),
        ("f2 k ctrl-q alt-q", &[Effect::FinishTraining, Effect::CancelTraining, Effect::Quit]),
        ("f2 c alt-s ctrl-q", &[Effect::CancelTraining, Effect::Quit]),
    ] {
        let mut state = learning();
        assert_eq!(press(&mut state, keys), expected, "{keys}");
        assert_eq!(state.quitting, expected.contains(&Effect::Quit));
    }
    // Prose goes on, and asks again later.
    let mut state = learning();
    press(&mut state, "ctrl-q q");
    assert_eq!((shown(&state).as_str(), &state.overlay), ("q|", &Overlay::None));
    // Unsaved text is asked about next, and staying then stops nothing.
    assert_eq!(press(&mut state, "ctrl-q alt-q"), []);
    assert!(matches!(subject(&state), Some(Subject::Leave(Leave::Quit))));
    assert_eq!(press(&mut state, "esc"), []);
    assert!(matches!(state.panel.learning, Learning::Running { run: RunState::Going, .. }));
    press(&mut state, "ctrl-q alt-q alt-d");
    assert_eq!(
        update(&mut state, Message::TextKept(Ok(()))),
        [Effect::ForgetJournal, Effect::CancelTraining, Effect::Quit]
    );
    // It ended while the writer was asked.
    let mut state = learning();
    press(&mut state, "ctrl-q");
    update(&mut state, Message::TrainingCancelled);
    assert_eq!(press(&mut state, "alt-q"), [Effect::Quit]);
}
