//! The side panel's Model tab.

use crossterm::event::{KeyCode, KeyModifiers};
use editor::inspection::{FlowCurve, FlowOf, Inspection, ModelFigures};
use editor::{Message, State};

use super::{draw, empty, finished, key, letter, running, send, snapshots, type_text};

/// A letter, and the tab beside it with nothing answered yet.
pub(super) fn opened(width: u16, height: u16) -> State {
    let mut state = letter(width, height);
    key(&mut state, KeyCode::F(2));
    key(&mut state, KeyCode::Tab);
    state
}

/// Values as a model has them: most of them weak, some strong, of either sign.
fn answer_hidden(state: &mut State, turn: f32) {
    let values = (0..512).map(|unit| (unit as f32 * (1.7 + turn)).sin().powi(3)).collect();
    let (revision, cursor) = (state.document.revision, state.cursor());
    send(state, Message::HiddenStateRead { revision, cursor, values });
}

fn falling(of: FlowOf, decades_a_letter: f64) -> FlowCurve {
    FlowCurve {
        of,
        norms: (0..=50).map(|k| 0.4 * 10_f64.powf(-decades_a_letter * f64::from(k).powf(0.9))).collect(),
    }
}

fn answer_inspection(state: &mut State, own_text: bool, before: bool) {
    let mut flow = vec![falling(FlowOf::InUse, 0.035)];
    flow.extend(before.then(|| falling(FlowOf::BeforeTraining("base".to_owned()), 0.05)));
    flow.push(falling(FlowOf::UntrainedTanh, 0.36));
    let figures = ModelFigures {
        cell: "LSTM".to_owned(),
        layers: 2,
        hidden: 512,
        embed: 64,
        vocabulary: 256,
        parameters: 3_432_704,
        bytes: 6_866_400,
    };
    let (inspection, model) = (state.panel.model.inspections, state.model.name.clone());
    let found = Ok(Inspection { model, figures, own_text, flow });
    send(state, Message::ModelInspected { inspection, found });
}

/// Back in the text, with a letter typed and everything answered.
fn while_typing(width: u16, height: u16) -> State {
    let mut state = opened(width, height);
    answer_hidden(&mut state, 0.0);
    answer_inspection(&mut state, false, false);
    key(&mut state, KeyCode::Esc);
    type_text(&mut state, "K");
    answer_hidden(&mut state, 0.002);
    state
}

pub(super) fn after_training(width: u16, height: u16) -> State {
    let mut state = finished(true)(width, height);
    key(&mut state, KeyCode::Tab);
    answer_hidden(&mut state, 0.0);
    answer_inspection(&mut state, true, true);
    state
}

#[test]
fn the_model_tab_from_nothing_to_a_training() {
    snapshots("model_opened", opened);
    snapshots("model_looked_into", |width, height| {
        let mut state = opened(width, height);
        answer_hidden(&mut state, 0.0);
        answer_inspection(&mut state, false, false);
        state
    });
    snapshots("model_while_typing", while_typing);
    snapshots("model_after_training", after_training);
}

#[test]
fn while_learning_it_shows_how_often_clipping_steps_in() {
    let mut state = running(80, 24);
    key(&mut state, KeyCode::Tab);
    let screen = draw(&state).text();
    assert!(screen.contains("Clipped: 25% of 300 learning steps"), "{screen}");
}

#[test]
fn what_went_wrong_is_said_whole() {
    for (width, height) in super::SIZES {
        let mut state = opened(width, height);
        let said = "The model `mine` cannot be looked into: its file is cut short.".to_owned();
        let inspection = state.panel.model.inspections;
        send(&mut state, Message::ModelInspected { inspection, found: Err(said) });
        let screen = draw(&state).text();
        assert!(screen.contains("! The model `mine`") && screen.contains("short."), "{screen}");
    }
}

#[test]
fn without_a_model_the_tab_says_so() {
    for (width, height) in super::SIZES {
        let mut state = State::new(super::Settings::default(), width, height, "");
        key(&mut state, KeyCode::F(2));
        key(&mut state, KeyCode::Tab);
        let screen = draw(&state).text();
        assert!(screen.contains("No model is in use"), "{screen}");
    }
}

/// Where the panel would cover the text, it stands below it while the text has the keys.
#[test]
fn on_a_small_screen_typing_is_seen_above_the_hidden_state() {
    let state = while_typing(40, 12);
    let drawn = draw(&state);
    let rows = drawn.rows();
    let border = rows.iter().position(|row| row.contains("Model")).unwrap();
    assert!(drawn.visible && usize::from(drawn.cursor.y) < border, "{}", drawn.text());
    assert!(rows[..border].iter().any(|row| row.contains("Love, K")), "{}", drawn.text());
    assert!(
        rows[border..].iter().any(|row| row.contains("K: ") && row.contains("moved")),
        "{}",
        drawn.text()
    );
}

#[test]
fn the_picture_reads_without_colour() {
    let mut state = empty(80, 24);
    key(&mut state, KeyCode::F(2));
    super::press(&mut state, KeyCode::BackTab, KeyModifiers::SHIFT);
    let (revision, cursor) = (state.document.revision, state.cursor());
    let mut values = vec![0.0; 512];
    (values[0], values[511]) = (0.9, -0.9);
    send(&mut state, Message::HiddenStateRead { revision, cursor, values });
    let screen = draw(&state).text();
    let picture: Vec<&str> = screen.lines().filter(|line| line.contains("····")).collect();
    assert!(picture[0].contains("│█···") && picture[picture.len() - 1].contains("·≡"), "{screen}");
}
