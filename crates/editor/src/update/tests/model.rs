//! The side panel's Model tab: what is asked for, when, and which answers count.

use super::*;
use crate::inspection::{FlowCurve, FlowOf, HiddenChange, Inspection, LEAST_OWN_TEXT, ModelFigures};
use crate::panel::{Learning, PanelTab, Preview, RunState};
use crate::text::Revision;

fn load(state: &mut State, name: &str) -> Vec<Effect> {
    update(state, Message::ModelLoaded { name: name.to_owned(), versions: Vec::new() })
}

/// An editor with a model and `text`, and the tab open.
fn opened(text: &str) -> (State, Vec<Effect>) {
    let mut state = editor(text);
    state.viewport.width = 100;
    load(&mut state, "base");
    let effects = press(&mut state, "f2 tab");
    (state, effects)
}

fn readings(effects: &[Effect]) -> Vec<(Revision, usize)> {
    let at = |effect: &Effect| match effect {
        Effect::ReadHiddenState(asked) => Some((asked.revision, asked.cursor)),
        _ => None,
    };
    effects.iter().filter_map(at).collect()
}

fn inspections(effects: &[Effect]) -> Vec<(u64, &str, Option<&str>)> {
    fn asked(effect: &Effect) -> Option<(u64, &str, Option<&str>)> {
        match effect {
            Effect::InspectModel(asked) => Some((asked.inspection, &asked.model, asked.before.as_deref())),
            _ => None,
        }
    }
    effects.iter().filter_map(asked).collect()
}

fn found(model: &str) -> Inspection {
    let figures = ModelFigures {
        cell: "LSTM".into(),
        layers: 1,
        hidden: 2,
        embed: 2,
        vocabulary: 256,
        parameters: 9,
        bytes: 9,
    };
    let flow = vec![FlowCurve { of: FlowOf::InUse, norms: vec![1.0, 0.5] }];
    Inspection { model: model.to_owned(), figures, own_text: true, flow }
}

fn answer(state: &mut State, inspection: u64, model: &str) {
    update(state, Message::ModelInspected { inspection, found: Ok(found(model)) });
}

fn hidden(state: &mut State, values: &[f32]) {
    let (revision, cursor) = (state.document.revision, state.cursor());
    update(state, Message::HiddenStateRead { revision, cursor, values: values.to_vec() });
}

#[test]
fn tab_goes_from_one_to_the_other_and_types_nothing() {
    let mut state = editor("a|");
    press(&mut state, "f2");
    assert_eq!(state.panel.tab, PanelTab::Learn);
    for (keys, tab) in [
        ("tab", PanelTab::Model),
        ("tab", PanelTab::Learn),
        ("shift-tab", PanelTab::Model),
        ("f2 f2", PanelTab::Model),
    ] {
        press(&mut state, keys);
        assert_eq!(state.panel.tab, tab, "{keys}");
    }
    // Text pasted goes nowhere; letters that are no command here go to the text, whose the keys are again.
    let folder = state.panel.folder.clone();
    assert_eq!(press(&mut state, "enter"), []);
    update(&mut state, Message::Pasted("/etc".to_owned()));
    assert_eq!((&state.panel.folder, shown(&state).as_str()), (&folder, "a|"));
    press(&mut state, "s e r");
    assert_eq!((&state.panel.folder, shown(&state).as_str()), (&folder, "aser|"));
    assert_eq!(state.focus, Focus::Editor);
    type_text(&mut state, "m");
    assert_eq!(shown(&state), "aserm|", "in the text every key is the text's own");
}

#[test]
fn nothing_is_requested_while_the_tab_is_closed() {
    let mut state = editor("a|");
    let mut effects = load(&mut state, "base");
    effects.extend(type_text(&mut state, "bc"));
    effects.extend(press(&mut state, "left f2"));
    effects.extend(press(&mut state, "tab tab f2"));
    let before = effects.len();
    effects.extend(type_text(&mut state, "d"));
    effects.extend(press(&mut state, "f2 f2 esc"));
    let closed: Vec<Effect> = effects.split_off(before);
    assert!(readings(&closed).is_empty() && inspections(&closed).is_empty(), "{closed:?}");
    // Only the moment it was open asked.
    assert_eq!((readings(&effects).len(), inspections(&effects).len()), (1, 1));
}

#[test]
fn the_hidden_state_is_requested_wherever_the_cursor_goes() {
    let (mut state, effects) = opened("ab|");
    let opened_at = (state.document.revision, 2);
    assert_eq!(readings(&effects), [opened_at]);
    press(&mut state, "esc");
    for keys in ["c", "left", "backspace", "ctrl-z", "home"] {
        let effects = press(&mut state, keys);
        assert_eq!(readings(&effects), [(state.document.revision, state.cursor())], "{keys}");
    }
    assert_eq!(readings(&press(&mut state, "home")), [], "the cursor is where it was");
    assert_eq!(readings(&update(&mut state, Message::Unmarked(MarkKind::Settings))), []);
}

#[test]
fn what_the_last_letter_changed_is_counted() {
    let (mut state, _) = opened("ab|");
    press(&mut state, "esc");
    hidden(&mut state, &[0.0, 0.9, -0.9]);
    let change = |state: &State| state.panel.model.hidden.as_ref().and_then(|(_, hidden)| hidden.change);
    assert_eq!(change(&state), None);
    type_text(&mut state, "c");
    hidden(&mut state, &[0.4, -0.9, 0.9]);
    assert_eq!(change(&state), Some(HiddenChange { letter: Some('c'), moved: 2 }));
    press(&mut state, "home");
    hidden(&mut state, &[0.4, -0.9, 0.0]);
    assert_eq!(change(&state), Some(HiddenChange { letter: None, moved: 1 }));
    hidden(&mut state, &[1.0]);
    assert_eq!(change(&state), None, "another model's");
}

#[test]
fn stale_hidden_states_are_dropped() {
    let (mut state, _) = opened("ab|");
    press(&mut state, "esc");
    hidden(&mut state, &[0.5]);
    let shown = state.panel.model.hidden.clone();
    let (revision, cursor) = (state.document.revision, state.cursor());
    type_text(&mut state, "c");
    update(&mut state, Message::HiddenStateRead { revision, cursor, values: vec![0.1] });
    assert_eq!(state.panel.model.hidden, shown);
    press(&mut state, "f2 f2");
    let (revision, cursor) = (state.document.revision, state.cursor());
    update(&mut state, Message::HiddenStateRead { revision, cursor, values: vec![0.1] });
    assert_eq!(state.panel.model.hidden, None, "the tab is closed");
}

#[test]
fn a_model_is_inspected_once_and_another_one_anew() {
    let (mut state, effects) = opened("ab|");
    assert_eq!(inspections(&effects), [(1, "base", None)]);
    answer(&mut state, 1, "base");
    assert_eq!(state.panel.model.found, Some(Ok(found("base"))));
    press(&mut state, "esc");
    assert_eq!(inspections(&type_text(&mut state, "cd")), []);
    assert_eq!(
        inspections(&press(&mut state, "f2 tab tab esc")),
        [(2, "base", None)],
        "on a text that changed"
    );
    let effects = load(&mut state, "mine");
    assert_eq!(inspections(&effects), [(3, "mine", None)]);
    assert_eq!(readings(&effects).len(), 1, "the old model's hidden state is not the new one's");
    answer(&mut state, 2, "base");
    assert_eq!(state.panel.model.awaiting, Some(3), "an answer about the old model is dropped");
    answer(&mut state, 3, "mine");
    assert_eq!(state.panel.model.found, Some(Ok(found("mine"))));
    assert_eq!(inspections(&press(&mut state, "f2 m")), [(4, "mine", None)]);
}

#[test]
fn an_answer_after_closing_is_dropped_and_requested_again() {
    let (mut state, _) = opened("ab|");
    press(&mut state, "f2");
    answer(&mut state, 1, "base");
    assert_eq!(state.panel.model.found, None);
    assert_eq!(inspections(&press(&mut state, "f2")), [(2, "base", None)]);
}

#[test]
fn it_is_measured_on_the_text_once_there_is_enough_and_when_there_is_twice_as_much() {
    let (mut state, _) = opened("|");
    press(&mut state, "esc");
    let mut asked = Vec::new();
    for _ in 0..4 * LEAST_OWN_TEXT {
        for (inspection, ..) in inspections(&type_text(&mut state, "x")) {
            asked.push(state.document.buffer.rope().len_bytes());
            answer(&mut state, inspection, "base");
        }
        answer(&mut state, 1, "base");
    }
    assert_eq!(asked, [LEAST_OWN_TEXT, 2 * LEAST_OWN_TEXT, 4 * LEAST_OWN_TEXT]);
}

#[test]
fn a_failed_inspection_is_not_requested_again_and_again() {
    let (mut state, _) = opened("ab|");
    press(&mut state, "esc");
    update(&mut state, Message::ModelInspected { inspection: 1, found: Err("it is broken".to_owned()) });
    assert_eq!(state.panel.model.found, Some(Err("it is broken".to_owned())));
    assert_eq!(inspections(&type_text(&mut state, "cd")), []);
}

#[test]
fn after_a_training_the_old_model_stands_beside_the_new_one() {
    let (mut state, _) = opened("ab|");
    answer(&mut state, 1, "base");
    state.panel.learning = Learning::Running { run: RunState::Going, preview: Preview::default() };
    let effects = update(&mut state, Message::TrainingFinished(super::training::summary("mine", true)));
    assert_eq!(inspections(&effects), [(2, "mine", Some("base"))]);
    // Back to the old one: there is nothing to compare it with.
    assert_eq!(inspections(&load(&mut state, "base")), [(3, "base", None)]);
}
