//! The side panel's Model tab: what it shows is requested while it is on the screen, and never otherwise.

use crate::effect::{Effect, Effects, InspectionRequest};
use crate::inspection::{HiddenChange, HiddenState, Inspected, Inspection, LEAST_OWN_TEXT, MOVED};
use crate::panel::PanelTab;
use crate::state::State;
use crate::text::Revision;

/// Whether the tab is on screen.
fn is_shown(state: &State) -> bool {
    state.panel.open && state.panel.tab == PanelTab::Model && !state.quitting
}

/// Called after every message: requests what the tab lacks, and drops the requests when it is closed.
pub(super) fn follow(state: &mut State, effects: &mut Effects) {
    if !is_shown(state) {
        let tab = &mut state.panel.model;
        if tab.awaiting.take().is_some() {
            tab.inspected = None;
        }
        (tab.asked_at, tab.hidden) = (None, None);
        return;
    }
    if state.model.name.is_empty() {
        return;
    }
    let at = (state.document.revision, state.cursor());
    let was_closed = state.panel.model.asked_at.is_none();
    if state.panel.model.asked_at != Some(at) {
        state.panel.model.asked_at = Some(at);
        effects.push(Effect::ReadHiddenState(state.cursor_request()));
    }
    if is_due(state, was_closed) {
        inspect(state, effects);
    }
}

/// The version in use before this session's last training, unless it is in use again.
fn before(state: &State) -> Option<String> {
    state.panel.model.before_training.clone().filter(|before| *before != state.model.name)
}

/// Whether an inspection is due: none was made yet, or of another model or document, or of a text half as long; or the
/// tab was just opened on a text that has changed since.
fn is_due(state: &State, was_closed: bool) -> bool {
    let tab = &state.panel.model;
    let Some(last) = &tab.inspected else { return true };
    let document = &state.document;
    if last.model != state.model.name || last.before != before(state) {
        return true;
    }
    let bytes = document.buffer.rope().len_bytes();
    let grown = bytes >= LEAST_OWN_TEXT && (last.bytes < LEAST_OWN_TEXT || bytes >= 2 * last.bytes);
    let changed = document.revision != last.revision;
    tab.awaiting.is_none() && (document.id != last.document || grown || (was_closed && changed))
}

/// Requests an inspection of the model in use, on the text as it is.
pub(super) fn inspect(state: &mut State, effects: &mut Effects) {
    let (model, before) = (state.model.name.clone(), before(state));
    let (tab, document) = (&mut state.panel.model, &state.document);
    let text = document.buffer.rope().clone();
    tab.inspections += 1;
    tab.awaiting = Some(tab.inspections);
    tab.inspected = Some(Inspected {
        model: model.clone(),
        before: before.clone(),
        document: document.id,
        revision: document.revision,
        bytes: text.len_bytes(),
    });
    let request = InspectionRequest { inspection: tab.inspections, model, before, text };
    effects.push(Effect::InspectModel(request));
}

/// The hidden state at the cursor came. It is dropped if the cursor has moved on or the tab is closed.
pub(super) fn hidden_read(state: &mut State, revision: Revision, cursor: usize, values: Vec<f32>) {
    let tab = &mut state.panel.model;
    if tab.asked_at != Some((revision, cursor)) {
        return;
    }
    let change = tab.hidden.as_ref().filter(|(_, old)| old.values.len() == values.len()).map(|(was, old)| {
        let moved = old.values.iter().zip(&values).filter(|(old, new)| (*new - *old).abs() > MOVED).count();
        let one_letter = (was.0.next(), was.1 + 1) == (revision, cursor);
        let letter = state.document.buffer.char_before(cursor).filter(|_| one_letter);
        HiddenChange { letter, moved }
    });
    tab.hidden = Some(((revision, cursor), HiddenState { values, change }));
}

/// A model was inspected.
pub(super) fn inspected(state: &mut State, inspection: u64, found: Result<Inspection, String>) {
    let tab = &mut state.panel.model;
    if tab.awaiting == Some(inspection) {
        tab.awaiting = None;
        tab.found = Some(found);
    }
}

/// Another model is in use: the hidden state of the old one goes.
pub(super) fn replaced(state: &mut State) {
    let tab = &mut state.panel.model;
    (tab.asked_at, tab.hidden) = (None, None);
}
