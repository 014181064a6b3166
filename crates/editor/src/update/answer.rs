//! Answering: the keys and clicks of a question, and of the comparison in the middle of one.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{conflict, files, marks, question, recovery, training};
use crate::effect::Effects;
use crate::keymap;
use crate::layout;
use crate::question::{Answer, Choice, ChoiceKey, Comparison, Leave, Question, Subject};
use crate::state::{Overlay, State};

/// Rows that the page keys scroll a comparison by.
const PAGE: usize = 10;
/// Rows that a question's text is scrolled by at most: no sentence is longer in any window.
const MOST_SCROLL: usize = 30;

/// What a key means to a question.
enum Meaning {
    /// An answer.
    Answer(Answer),
    /// Another focus, another text, another part of the text: the question stays.
    Look,
    /// The writer goes on writing.
    Write,
}

/// A key while a question has them; the question is not in the state at that time. Returns whether the key is taken:
/// otherwise the question has stepped back, and the key is the editor's.
pub(super) fn key(state: &mut State, mut question: Question, key: KeyEvent, effects: &mut Effects) -> bool {
    match meaning(state, &mut question, key) {
        Meaning::Answer(answer) => answered(state, question, answer, effects),
        Meaning::Look => state.overlay = Overlay::Question(question),
        Meaning::Write => {
            question::step_back(state);
            return false;
        }
    }
    true
}

fn meaning(state: &State, question: &mut Question, key: KeyEvent) -> Meaning {
    let choices = state.choices(&question.subject);
    let (control, alt) = (KeyModifiers::CONTROL, KeyModifiers::ALT);
    let held = key.modifiers & (control | alt | KeyModifiers::SHIFT);
    let with_alt = held.contains(alt) && !held.contains(control);
    let answer =
        |choice: Option<&Choice>| choice.map_or(Meaning::Look, |choice| Meaning::Answer(choice.answer));
    let named = match key.code {
        KeyCode::Char(c) if with_alt => {
            let key = ChoiceKey::Alt(c.to_ascii_lowercase());
            choices.iter().find(|choice| choice.key == key)
        }
        _ => None,
    };
    if !question.armed {
        // An answer that comes too soon is none; the question stays for it.
        return if named.is_some() { Meaning::Look } else { Meaning::Write };
    }
    let (before, after) = (choices.len() - 1, 1);
    let list = matches!(question.subject, Subject::Found { .. });
    match key.code {
        KeyCode::Up | KeyCode::Down if list && held.is_empty() => {
            choose(state, question, key.code == KeyCode::Down);
        }
        KeyCode::Up if held.is_empty() => question.scroll = question.scroll.saturating_sub(1),
        KeyCode::Down if held.is_empty() => question.scroll = (question.scroll + 1).min(MOST_SCROLL),
        KeyCode::BackTab => question.focus = (question.focus + before) % choices.len(),
        KeyCode::Tab if held == KeyModifiers::SHIFT => {
            question.focus = (question.focus + before) % choices.len();
        }
        KeyCode::Left if held.is_empty() => question.focus = (question.focus + before) % choices.len(),
        KeyCode::Right | KeyCode::Tab if held.is_empty() => {
            question.focus = (question.focus + after) % choices.len();
        }
        KeyCode::Enter => return answer(choices.get(question.focus)),
        KeyCode::Esc => return Meaning::Answer(Answer::Stay),
        KeyCode::Char('q' | 'c') if held == control => return Meaning::Answer(Answer::Stay),
        KeyCode::F(4) => return Meaning::Answer(Answer::Next),
        // A letter that is on no button is a slip.
        KeyCode::Char(_) if with_alt => return answer(named),
        _ if keymap::editor(key).is_some() => return Meaning::Write,
        _ => {}
    }
    Meaning::Look
}

/// The other text of the list is looked at.
fn choose(state: &State, question: &mut Question, down: bool) {
    if let Subject::Found { chosen } = &mut question.subject {
        let last = state.found_count().saturating_sub(1);
        *chosen = if down { (*chosen + 1).min(last) } else { chosen.saturating_sub(1) };
        question.focus = state.first_focus(&question.subject);
    }
}

/// A click: a button that it hits is taken.
pub(super) fn clicked(state: &mut State, column: u16, row: u16, effects: &mut Effects) {
    let hit = layout::buttons(state).into_iter().find(|button| button.area.contains((column, row).into()));
    let Some(button) = hit else { return };
    match std::mem::take(&mut state.overlay) {
        Overlay::Question(question) if question.armed => {
            if let Some(choice) = state.choices(&question.subject).get(button.index) {
                answered(state, question, choice.answer, effects);
            }
        }
        overlay => state.overlay = overlay,
    }
}

fn answered(state: &mut State, question: Question, answer: Answer, effects: &mut Effects) {
    match (question.subject.clone(), answer) {
        (subject, Answer::Next) => marks::show_next(state, &subject, effects),
        (Subject::Leave(leave), Answer::Save) if state.conflict.is_some() => {
            conflict::ask(state, Some(leave));
        }
        (Subject::Leave(leave), Answer::Save) => files::save(state, Some(leave), effects),
        (Subject::Leave(leave), Answer::Discard) => files::discard_and(state, leave, effects),
        (Subject::Conflict, answer) => conflict::answered(state, question, answer, effects),
        (Subject::Found { chosen }, answer) => recovery::answered(state, question, chosen, answer, effects),
        (Subject::Discard { chosen }, Answer::Discard) => recovery::discard(state, chosen, effects),
        (Subject::Discard { chosen }, _) => question::ask(state, Subject::Found { chosen }),
        (Subject::StopTraining, Answer::Stop) => training::stop(state, effects),
        (Subject::QuitTraining, Answer::Quit) => files::ask_about_text(state, Leave::Quit, effects),
        (Subject::Leave(_) | Subject::Marked(_) | Subject::StopTraining | Subject::QuitTraining, _) => {}
    }
}

/// A key while two texts are compared; the comparison is not in the state at that time. Returns whether the key is taken:
/// otherwise the question has stepped back, and the key is the editor's.
pub(super) fn comparison_key(state: &mut State, mut shown: Box<Comparison>, key: KeyEvent) -> bool {
    let scroll = shown.scroll;
    let plain =
        (key.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT)).is_empty();
    let is_over = match key.code {
        KeyCode::Esc | KeyCode::Enter | KeyCode::F(4) => true,
        KeyCode::Char('q' | 'c') => key.modifiers == KeyModifiers::CONTROL,
        _ => false,
    };
    if is_over {
        state.overlay = Overlay::Question(Question { armed: true, ..shown.back });
        return true;
    }
    shown.scroll = match key.code {
        KeyCode::Up if plain => scroll.saturating_sub(1),
        KeyCode::Down if plain => scroll + 1,
        KeyCode::PageUp if plain => scroll.saturating_sub(PAGE),
        KeyCode::PageDown if plain => scroll + PAGE,
        KeyCode::Home if plain => 0,
        KeyCode::End if plain => usize::MAX,
        _ if keymap::editor(key).is_some() => {
            question::step_back(state);
            return false;
        }
        _ => scroll,
    };
    shown.scroll = shown.scroll.min(layout::most_scroll(state, &shown.difference));
    state.overlay = Overlay::Comparison(shown);
    true
}

/// The wheel over a comparison.
pub(super) fn scrolled(state: &mut State, rows: isize) {
    let most = match &state.overlay {
        Overlay::Comparison(shown) => layout::most_scroll(state, &shown.difference),
        _ => 0,
    };
    if let Overlay::Comparison(shown) = &mut state.overlay {
        shown.scroll = shown.scroll.saturating_add_signed(rows).min(most);
    }
}
