//! `update(&mut State, Message) -> Vec<Effect>`: all the editor's behaviour, and none of its side effects.
//!
//! ```text
//! KeyPressed('h')  → revision 8, Journal, Predict { revision: 8 }
//! Predicted { 8 }  → ghost "ello" on screen
//! KeyPressed(Tab)  → "hello " in the text, revision 9, Journal, Predict { revision: 9 }
//! Predicted { 8 }  → dropped: it is about a text that is no more
//! ```

mod changed;
mod editor;
mod files;
mod find;
mod model;
mod mouse;
mod panel;
mod question;
mod recovery;
mod suggest;
mod training;
mod why;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::effect::Effect;
use super::keymap::{self, Action, GlobalAction};
use super::layout;
use super::message::Message;
use super::panel::{Learning, PanelTab};
use super::state::{Focus, ModelState, Overlay, PathPurpose, State};
use crate::text::EditKind;

/// Changes `state` as `message` asks and says what is to be done about it.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let before = (state.selection, state.document.revision, state.viewport, layout::areas(state).text);
    let key = matches!(message, Message::KeyPressed(_));
    let mut effects = dispatch(state, message);
    effects.extend(question::what_waits(state));
    let after = (state.selection, state.document.revision, state.viewport, layout::areas(state).text);
    let scrolled_only = (before.0, before.1, before.3) == (after.0, after.1, after.3)
        && (before.2.width, before.2.height) == (after.2.width, after.2.height);
    if key || !scrolled_only {
        layout::scroll_to_cursor(state);
    }
    effects.extend(find::follow(state));
    effects.extend(model::follow(state));
    effects
}

fn dispatch(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::KeyPressed(key) if key.kind == KeyEventKind::Release => Vec::new(),
        Message::KeyPressed(key) => key_pressed(state, key),
        Message::Pasted(text) | Message::ClipboardRead(text) => pasted(state, &text, EditKind::Paste),
        Message::PasteWentOn(text) => pasted(state, &text, EditKind::PasteMore),
        Message::MouseUsed(event) => mouse::used(state, event),
        Message::Resized { width, height } => {
            (state.viewport.width, state.viewport.height) = (width, height);
            Vec::new()
        }
        Message::FileOpened(content) => files::opened(state, content),
        Message::FileFailed(cause) => files::failed(state, cause),
        Message::FileChangedOnDisk { path } => changed::found(state, path),
        Message::FileRead { path, found } => changed::file_read(state, &path, found),
        Message::FileSaved { path, revision, stamp } => {
            changed::saved(state, revision);
            files::saved(state, path, revision, stamp)
        }
        Message::SaveFailed { path, revision, cause } => files::save_failed(state, &path, revision, cause),
        Message::Marked(mark) => {
            state.marks.retain(|other| other.kind != mark.kind);
            state.marks.push(mark);
            Vec::new()
        }
        Message::Unmarked(kind) => {
            state.marks.retain(|mark| mark.kind != kind);
            Vec::new()
        }
        Message::QuestionArmed(number) => {
            question::armed(state, number);
            Vec::new()
        }
        Message::RecoveryFound(recovery) => {
            recovery::found(state, recovery);
            Vec::new()
        }
        Message::KeptListed(kept) => {
            recovery::listed(state, kept);
            Vec::new()
        }
        Message::TextKept(result) => changed::text_kept(state, result),
        Message::Predicted { revision, suggestions, latency_ms } => {
            suggest::predicted(state, revision, suggestions, latency_ms);
            Vec::new()
        }
        Message::MatchesCounted { search, counts } => {
            find::counted(state, search, &counts);
            Vec::new()
        }
        Message::HiddenStateRead { revision, cursor, values } => {
            model::hidden_read(state, revision, cursor, values);
            Vec::new()
        }
        Message::ModelInspected { inspection, found } => {
            model::inspected(state, inspection, found);
            Vec::new()
        }
        Message::ModelLoaded { name, versions } => {
            if !state.model.name.is_empty() && state.model.name != name {
                state.inform(format!("Using model {name}"));
            }
            state.model = ModelState { name, versions };
            model::replaced(state);
            Vec::new()
        }
        Message::ModelFailed(cause) => {
            state.complain(cause);
            Vec::new()
        }
        Message::DatasetPreviewed(result) => training::previewed(state, result),
        Message::TrainingStepped(report) => training::stepped(state, report),
        Message::TrainingFinished(summary) => training::finished(state, summary),
        Message::TrainingCancelled => training::cancelled(state),
        Message::TrainingFailed(cause) => training::failed(state, cause),
        Message::WorkerFailed { worker, cause } => {
            suggest::clear(state);
            if worker == crate::message::Worker::Trainer
                && matches!(state.panel.learning, Learning::Previewing | Learning::Running { .. })
            {
                return training::failed(state, cause);
            }
            state.complain(format!("The {} stopped ({cause}); typing goes on without it", worker.name()));
            Vec::new()
        }
        Message::Terminated => {
            // Every change is in the journal already, or on its way there.
            state.quitting = true;
            vec![Effect::Quit]
        }
        Message::StopAsked => vec![Effect::Suspend { job: false }],
        Message::Continued => vec![Effect::TakeTerminal],
        Message::NotStopped => {
            state.complain("No shell waits behind Foreword, so it stays here. Ctrl-Q quits.");
            Vec::new()
        }
    }
}

/// Puts an overlay on the screen; nothing is suggested under it.
fn open_overlay(state: &mut State, overlay: Overlay) {
    suggest::clear(state);
    state.overlay = overlay;
}

fn key_pressed(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    state.last_click = None;
    // To the shell and back, whatever is being asked.
    if keymap::global(key) == Some(GlobalAction::Suspend) {
        return vec![Effect::Suspend { job: true }];
    }
    match std::mem::take(&mut state.overlay) {
        Overlay::None if state.focus == Focus::Panel => match keymap::global(key) {
            Some(action) => global(state, action),
            None => panel::key(state, key),
        },
        Overlay::None => keymap::editor(key).map_or_else(Vec::new, |action| editor_action(state, action)),
        Overlay::Help { scroll } => {
            help_key(state, key, scroll);
            Vec::new()
        }
        Overlay::Find(bar) => find::key(state, bar, key),
        Overlay::Why(why) => why::key(state, why, key),
        Overlay::PathPrompt { purpose, mut input } => match key.code {
            KeyCode::Esc => Vec::new(),
            KeyCode::Enter if input.text().trim().is_empty() => Vec::new(),
            KeyCode::Enter => files::path_chosen(state, purpose, input.text()),
            _ => {
                if let Some(action) = keymap::input(key) {
                    input.apply(action);
                }
                state.overlay = Overlay::PathPrompt { purpose, input };
                Vec::new()
            }
        },
        Overlay::Question(question) => question::key(state, question, key),
        Overlay::Comparison(shown) => question::comparison_key(state, shown, key),
    }
}

fn help_key(state: &mut State, key: KeyEvent, scroll: usize) {
    let scroll = match key.code {
        KeyCode::Up => scroll.saturating_sub(1),
        KeyCode::Down => scroll + 1,
        KeyCode::PageUp => scroll.saturating_sub(10),
        KeyCode::PageDown | KeyCode::Char(' ') => scroll + 10,
        KeyCode::Home => 0,
        KeyCode::Esc | KeyCode::Enter | KeyCode::F(1) | KeyCode::Char('q') => return,
        _ => scroll,
    };
    state.overlay = Overlay::Help { scroll: scroll.min(200) };
}

fn pasted(state: &mut State, text: &str, kind: EditKind) -> Vec<Effect> {
    if matches!(state.overlay, Overlay::Question(_) | Overlay::Comparison(_)) {
        question::step_back(state);
    }
    let mut overlay = std::mem::take(&mut state.overlay);
    let effects = match &mut overlay {
        Overlay::None if state.focus == Focus::Panel => {
            if state.panel.editing_folder && state.panel.tab == PanelTab::Learn {
                state.panel.folder.insert(text);
            }
            return Vec::new();
        }
        Overlay::None => return editor::paste(state, text, kind),
        Overlay::Find(bar) => find::pasted(state, bar, text),
        Overlay::PathPrompt { input, .. } => {
            input.insert(text);
            Vec::new()
        }
        _ => Vec::new(),
    };
    state.overlay = overlay;
    effects
}

fn editor_action(state: &mut State, action: Action) -> Vec<Effect> {
    state.status = None;
    match action {
        Action::Type(c) => editor::type_char(state, c),
        Action::Newline => editor::newline(state),
        Action::Tab if state.suggest.ghost.is_some() => suggest::accept_ghost_word(state),
        Action::Tab => match suggest::likely_rest_of_word(state) {
            Some(index) => suggest::pick(state, index),
            None => editor::indent(state),
        },
        Action::BackTab if suggest::ghost_is_phrase(state) => suggest::accept_ghost(state),
        Action::BackTab => editor::outdent(state),
        Action::Backspace => editor::backspace(state),
        Action::Delete => editor::delete(state),
        Action::DeleteWordLeft => editor::delete_word_left(state),
        Action::DeleteWordRight => editor::delete_word_right(state),
        Action::Move(motion, extend) => editor::motion(state, motion, extend),
        Action::SelectAll => editor::select_all(state),
        Action::Copy => editor::copy(state),
        Action::Cut => editor::cut(state),
        Action::Paste => vec![Effect::ReadClipboard],
        Action::Undo => editor::undo(state),
        Action::Redo => editor::redo(state),
        Action::Pick(index) => suggest::pick(state, index),
        Action::Forget => suggest::forget(state),
        Action::Why => why::open(state),
        Action::Eagerness { more } => suggest::eagerness(state, more),
        Action::Silence => {
            suggest::silence(state);
            Vec::new()
        }
        Action::FindNext => find::again(state, true),
        Action::FindPrevious => find::again(state, false),
        Action::Global(action) => global(state, action),
    }
}

fn global(state: &mut State, action: GlobalAction) -> Vec<Effect> {
    match action {
        GlobalAction::Save if state.conflict.is_some() => changed::ask(state, None),
        GlobalAction::Save => files::save(state, None),
        GlobalAction::SaveAs => {
            files::ask_path(state, PathPurpose::SaveAs);
            Vec::new()
        }
        GlobalAction::Open => {
            files::ask_path(state, PathPurpose::Open);
            Vec::new()
        }
        GlobalAction::Find => find::open(state),
        GlobalAction::Quit => files::ask_leave(state, super::state::Leave::Quit),
        GlobalAction::Marks => question::first_mark(state),
        GlobalAction::Suspend => vec![Effect::Suspend { job: true }],
        GlobalAction::Help => {
            open_overlay(state, Overlay::Help { scroll: 0 });
            Vec::new()
        }
        GlobalAction::TogglePanel => {
            panel::toggle(state);
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests;
