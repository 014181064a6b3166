//! `update(&mut State, Message) -> Vec<Effect>`: all the editor's behaviour, and none of its side effects.
//!
//! ```text
//! KeyPressed('h')  → revision 8, Journal, Predict { revision: 8 }
//! Predicted { 8 }  → ghost "ello" on screen
//! KeyPressed(Tab)  → "hello " in the text, revision 9, Journal, Predict { revision: 9 }
//! Predicted { 8 }  → dropped: the text has changed since
//! ```

mod accept;
mod answer;
mod change;
mod conflict;
mod editor;
mod files;
mod find;
mod focus;
mod held_tab;
mod marks;
mod model;
mod mouse;
mod panel;
mod question;
mod recovery;
mod spacing;
mod suggest;
mod training;
mod why;

use std::collections::VecDeque;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::effect::{Effect, Effects};
use super::keymap::{self, Action, GlobalAction};
use super::layout;
use super::message::{Message, ThreadKind, Timer};
use super::on_show::TabTarget;
use super::panel::Learning;
use super::question::Leave;
use super::state::{Focus, ModelState, Overlay, PathPurpose, State};
use crate::text::EditKind;
use held_tab::Order;

/// Rows that the help screen is scrolled down at most.
const MOST_HELP: usize = 300;

/// Changes `state` by `message`, and returns what is to be done outside.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let mut effects = Effects::new();
    let mut messages = VecDeque::from([message]);
    while let Some(message) = messages.pop_front() {
        let behind = match held_tab::order(state, message) {
            Order::Waits => None,
            Order::Decides(behind) => Some(behind),
            Order::Now(message) => {
                let key = matches!(message, Message::KeyPressed(_));
                turn(state, key, &mut effects, |state, effects| dispatch(state, message, effects));
                held_tab::answered(state)
            }
        };
        if let Some(behind) = behind {
            let target = held_tab::release(state);
            turn(state, true, &mut effects, |state, effects| editor::tab(state, target, effects));
            for message in behind.into_iter().rev() {
                messages.push_front(message);
            }
        }
    }
    // Of what several keys requested, only the last place counts.
    let here = (state.document.revision, state.cursor());
    effects
        .retain(|effect| !matches!(effect, Effect::Predict(asked) if (asked.revision, asked.cursor) != here));
    effects
}

/// One change of the state, and all that follows from it.
fn turn(state: &mut State, key: bool, effects: &mut Effects, change: impl FnOnce(&mut State, &mut Effects)) {
    let before = (state.selection, state.document.revision, state.viewport, layout::areas(state).text);
    let (to_forget, begun) = (why::to_forget(state), effects.len());
    change(state, effects);
    why::forget(state, to_forget, begun, effects);
    marks::ask_what_waits(state, effects);
    let after = (state.selection, state.document.revision, state.viewport, layout::areas(state).text);
    let scrolled_only = (before.0, before.1, before.3) == (after.0, after.1, after.3)
        && (before.2.width, before.2.height) == (after.2.width, after.2.height);
    if key || !scrolled_only {
        layout::scroll_to_cursor(state);
    }
    find::follow(state, effects);
    model::follow(state, effects);
}

fn dispatch(state: &mut State, message: Message, effects: &mut Effects) {
    match message {
        Message::KeyPressed(key) if key.kind == KeyEventKind::Release => {}
        Message::KeyPressed(key) => key_pressed(state, key, effects),
        Message::Pasted(text) | Message::ClipboardRead(text) => {
            pasted(state, &text, EditKind::Paste, effects);
        }
        Message::PasteWentOn(text) => pasted(state, &text, EditKind::PasteMore, effects),
        Message::MouseUsed(event) => mouse::used(state, event, effects),
        Message::Resized { width, height } => {
            (state.viewport.width, state.viewport.height) = (width, height);
        }
        Message::FileOpened(content) => files::opened(state, content, effects),
        Message::FileFailed(cause) => files::failed(state, cause, effects),
        Message::FileChangedOnDisk { path } => conflict::found(state, path),
        Message::FileRead { path, found } => conflict::file_read(state, &path, found, effects),
        Message::FileSaved { path, revision, stamp } => {
            conflict::saved(state, revision);
            files::saved(state, path, revision, stamp, effects);
        }
        Message::SaveFailed { path, revision, cause } => {
            files::save_failed(state, &path, revision, cause, effects);
        }
        Message::Marked(mark) => {
            state.marks.retain(|other| other.kind != mark.kind);
            state.marks.push(mark);
        }
        Message::Unmarked(kind) => state.marks.retain(|mark| mark.kind != kind),
        Message::QuestionArmed(number) => question::armed(state, number),
        Message::RecoveryFound(recovery) => recovery::found(state, recovery),
        Message::KeptListed(kept) => recovery::listed(state, kept),
        Message::TextKept(result) => conflict::text_kept(state, result, effects),
        Message::Predicted { revision, cursor, suggestions, latency_ms } => {
            suggest::predicted(state, revision, cursor, suggestions, latency_ms);
        }
        Message::TimerEnded(Timer::Pause, timer) => suggest::paused(state, timer, effects),
        // Of a Tab that was decided already.
        Message::TimerEnded(Timer::Tab, _) => {}
        Message::MatchesCounted { search, counts } => find::counted(state, search, &counts),
        Message::HiddenStateRead { revision, cursor, values } => {
            model::hidden_read(state, revision, cursor, values);
        }
        Message::ModelInspected { inspection, found } => model::inspected(state, inspection, found),
        Message::ModelLoaded { name, versions } => {
            if !state.model.name.is_empty() && state.model.name != name {
                state.inform(format!("Using model {name}"));
            }
            state.model = ModelState { name, versions };
            model::replaced(state);
        }
        Message::ModelFailed(cause) => state.complain(cause),
        Message::DatasetPreviewed(result) => training::previewed(state, result),
        Message::TrainingStepped(report) => training::stepped(state, report),
        Message::TrainingFinished(summary) => training::finished(state, summary, effects),
        Message::TrainingCancelled => training::cancelled(state),
        Message::TrainingFailed(cause) => training::failed(state, cause),
        Message::WorkerFailed { worker, cause } => worker_failed(state, worker, cause),
        Message::Terminated => {
            // Every change is in the journal already, or on its way there.
            state.quitting = true;
            effects.push(Effect::Quit);
        }
        Message::StopAsked => effects.push(Effect::Suspend { job: false }),
        Message::Continued => effects.push(Effect::TakeTerminal),
        Message::NotStopped => {
            state.complain("No shell waits behind Foreword, so it stays here. Ctrl-Q quits.");
        }
    }
}

fn worker_failed(state: &mut State, worker: ThreadKind, cause: String) {
    state.suggest.clear();
    let is_at_work = matches!(state.panel.learning, Learning::Previewing | Learning::Running { .. });
    if worker == ThreadKind::Trainer && is_at_work {
        training::failed(state, cause);
    } else {
        state.complain(format!("The {} stopped ({cause}); typing goes on without it", worker.name()));
    }
}

/// Hands a key to whoever has the keys. One that means nothing to a question or to the panel is the text's.
fn key_pressed(state: &mut State, key: KeyEvent, effects: &mut Effects) {
    state.last_click = None;
    state.search.shows_match = false;
    // To the shell and back, whatever question is on the screen.
    if keymap::global(key) == Some(GlobalAction::Suspend) {
        return effects.push(Effect::Suspend { job: true });
    }
    match std::mem::take(&mut state.overlay) {
        Overlay::None if state.focus == Focus::Panel => panel_key(state, key, effects),
        Overlay::None => {
            if let Some(action) = keymap::editor(key) {
                editor_action(state, action, effects);
            }
        }
        Overlay::Help { scroll } => help_key(state, key, scroll, effects),
        Overlay::Find(bar) => find::key(state, bar, key, effects),
        Overlay::Why(why) => {
            if !why::key(state, why, key, effects) {
                key_pressed(state, key, effects);
            }
        }
        Overlay::PathPrompt { purpose, mut input } => match key.code {
            KeyCode::Esc => {}
            KeyCode::Enter if input.text().trim().is_empty() => {}
            KeyCode::Enter => files::path_chosen(state, purpose, input.text(), effects),
            _ => {
                if let Some(action) = keymap::input(key) {
                    input.apply(action);
                }
                state.overlay = Overlay::PathPrompt { purpose, input };
            }
        },
        Overlay::Question(question) => {
            if !answer::key(state, question, key, effects) {
                key_pressed(state, key, effects);
            }
        }
        Overlay::Comparison(shown) => {
            if !answer::comparison_key(state, shown, key) {
                key_pressed(state, key, effects);
            }
        }
    }
}

/// A key while the panel has them. A letter that is no command there is typed into the text, which has the keys again.
fn panel_key(state: &mut State, key: KeyEvent, effects: &mut Effects) {
    if let Some(action) = keymap::global(key) {
        global(state, action, effects);
    } else if !panel::key(state, key, effects) && keymap::typed(key).is_some() {
        focus::leave_panel(state);
        key_pressed(state, key, effects);
    }
}

/// A key while the help screen is open. One that types, or does something wherever the focus is, closes it and does that.
fn help_key(state: &mut State, key: KeyEvent, scroll: usize, effects: &mut Effects) {
    let scroll = match key.code {
        KeyCode::Up => scroll.saturating_sub(1),
        KeyCode::Down => scroll + 1,
        KeyCode::PageUp => scroll.saturating_sub(10),
        KeyCode::PageDown => scroll + 10,
        KeyCode::Home => 0,
        // The words that were on show come back with the next pause.
        KeyCode::Esc | KeyCode::Enter | KeyCode::F(1) => return suggest::start_pause(state, effects),
        _ if keymap::typed(key).is_some() => {
            // Nobody who looks up keys means the panel's.
            focus::leave_panel(state);
            return key_pressed(state, key, effects);
        }
        _ if keymap::global(key).is_some() => return key_pressed(state, key, effects),
        _ => scroll,
    };
    state.overlay = Overlay::Help { scroll: scroll.min(MOST_HELP) };
}

fn pasted(state: &mut State, text: &str, kind: EditKind, effects: &mut Effects) {
    if matches!(state.overlay, Overlay::Question(_) | Overlay::Comparison(_)) {
        question::step_back(state);
    }
    if matches!(state.overlay, Overlay::Help { .. }) {
        focus::leave_panel(state);
    }
    if matches!(state.overlay, Overlay::Why(_) | Overlay::Help { .. }) {
        state.overlay = Overlay::None;
    }
    let mut overlay = std::mem::take(&mut state.overlay);
    match &mut overlay {
        Overlay::None if state.focus == Focus::Panel => panel::pasted(state, text),
        Overlay::None => editor::paste(state, text, kind, effects),
        Overlay::Find(bar) => find::pasted(state, bar, text, effects),
        Overlay::PathPrompt { input, .. } => input.insert(text),
        _ => {}
    }
    state.overlay = overlay;
}

fn editor_action(state: &mut State, action: Action, effects: &mut Effects) {
    // What a message covered was not to be seen.
    let target = if action == Action::Tab { state.tab_target() } else { TabTarget::Nothing };
    let told = state.status.take().is_some();
    match action {
        Action::Type(c) => editor::type_char(state, c, effects),
        Action::Newline => editor::newline(state, effects),
        Action::Tab if told && target == TabTarget::Nothing => {}
        Action::Tab => editor::tab(state, target, effects),
        Action::BackTab => editor::back_tab(state, effects),
        Action::Backspace => editor::backspace(state, effects),
        Action::Delete => editor::delete(state, effects),
        Action::DeleteWordLeft => editor::delete_word_left(state, effects),
        Action::DeleteWordRight => editor::delete_word_right(state, effects),
        Action::Move(motion, extend) => editor::motion(state, motion, extend, effects),
        Action::SelectAll => editor::select_all(state),
        Action::Copy => editor::copy(state, effects),
        Action::Cut => editor::cut(state, effects),
        Action::Paste => effects.push(Effect::ReadClipboard),
        Action::Undo => change::undo(state, effects),
        Action::Redo => change::redo(state, effects),
        Action::Pick(index) => accept::pick(state, index, effects),
        Action::Why => why::open(state),
        Action::Eagerness { more } => suggest::eagerness(state, more, effects),
        Action::Silence => suggest::silence(state),
        Action::FindNext => find::again(state, true, effects),
        Action::FindPrevious => find::again(state, false, effects),
        Action::Global(action) => global(state, action, effects),
    }
}

fn global(state: &mut State, action: GlobalAction, effects: &mut Effects) {
    match action {
        GlobalAction::Save if state.conflict.is_some() => conflict::ask(state, None),
        GlobalAction::Save => files::save(state, None, effects),
        GlobalAction::SaveAs => files::ask_path(state, PathPurpose::SaveAs),
        GlobalAction::Open => files::ask_path(state, PathPurpose::Open),
        GlobalAction::Find => find::open(state, effects),
        GlobalAction::Quit => files::ask_leave(state, Leave::Quit, effects),
        GlobalAction::Marks => marks::show_first(state, effects),
        GlobalAction::Suspend => effects.push(Effect::Suspend { job: true }),
        GlobalAction::Help => focus::open_overlay(state, Overlay::Help { scroll: 0 }),
        GlobalAction::TogglePanel => {
            focus::toggle_panel(state);
            suggest::start_pause(state, effects);
        }
    }
}

#[cfg(test)]
mod tests;
