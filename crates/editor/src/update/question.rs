//! Asking: how a question comes, steps back before the writer's keys, and is answered.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{changed, files, key_pressed, open_overlay, recovery, training};
use crate::effect::Effect;
use crate::keymap;
use crate::layout;
use crate::mark::{Mark, MarkKind};
use crate::question::{Answer, ChoiceKey, Comparison, Question, Subject, choices, first_focus};
use crate::state::{Overlay, State};

/// Rows that the page keys scroll a comparison by.
const PAGE: usize = 10;
/// Rows that a question's text is scrolled by at most: no sentence is longer in any window.
const MOST_SCROLL: usize = 30;

fn open(state: &mut State, subject: Subject, armed: bool) {
    state.questions += 1;
    let question =
        Question { focus: first_focus(state, &subject), subject, armed, number: state.questions, scroll: 0 };
    open_overlay(state, Overlay::Question(question));
}

/// Asks what the writer wanted to be asked.
pub(super) fn ask(state: &mut State, subject: Subject) {
    open(state, subject, true);
}

/// Asks unasked: no answer is taken in the first second.
pub(super) fn ask_unasked(state: &mut State, subject: Subject) -> Vec<Effect> {
    open(state, subject, false);
    vec![Effect::ArmQuestion(state.questions)]
}

/// A question has been on the screen long enough to be seen.
pub(super) fn armed(state: &mut State, number: u64) {
    if let Overlay::Question(question) = &mut state.overlay
        && question.number == number
    {
        question.armed = true;
    }
}

/// Asks what waits to be asked, when nothing else has the keys.
pub(super) fn what_waits(state: &mut State) -> Vec<Effect> {
    if state.overlay != Overlay::None || state.quitting || state.reading.is_some() {
        return Vec::new();
    }
    if let Some(conflict) = state.conflict.as_mut().filter(|conflict| !conflict.told) {
        conflict.told = true;
        return ask_unasked(state, Subject::Conflict);
    }
    if !state.recoveries_told && !state.recoveries.is_empty() {
        state.recoveries_told = true;
        recovery::own_first(state);
        let mut effects = ask_unasked(state, Subject::Found { chosen: 0 });
        effects.push(Effect::ListKept);
        return effects;
    }
    Vec::new()
}

/// F4: asks about the first mark, or tells it; with none, asks for the texts that are kept.
pub(super) fn first_mark(state: &mut State) -> Vec<Effect> {
    if let Some(mark) = state.marks().into_iter().next() {
        return tell(state, mark);
    }
    state.listing = Some(state.document.revision);
    vec![Effect::ListKept]
}

fn tell(state: &mut State, mark: Mark) -> Vec<Effect> {
    match mark.kind {
        MarkKind::Changed | MarkKind::NotSaved => ask(state, Subject::Conflict),
        MarkKind::Found => return recovery::ask(state),
        _ => ask(state, Subject::Marked(mark)),
    }
    Vec::new()
}

/// What the mark of a question is, to tell the next one.
fn mark_of(state: &State, subject: &Subject) -> Option<MarkKind> {
    match subject {
        Subject::Marked(mark) => Some(mark.kind),
        Subject::Conflict => state.marks().first().map(|mark| mark.kind),
        Subject::Found { .. } | Subject::Discard { .. } => Some(MarkKind::Found),
        Subject::Leave(_) | Subject::StopTraining => None,
    }
}

/// The writer goes on writing: the question is gone from the screen. What it was about stays as a mark.
pub(super) fn step_back(state: &mut State) {
    state.overlay = Overlay::None;
    if let Some(conflict) = &mut state.conflict {
        conflict.then = None;
    }
}

/// A key while a question has them. (It is not in the state at that time.)
pub(super) fn key(state: &mut State, mut question: Question, key: KeyEvent) -> Vec<Effect> {
    let choices = choices(state, &question.subject);
    let count = choices.len();
    let (control, alt) = (KeyModifiers::CONTROL, KeyModifiers::ALT);
    let held = key.modifiers & (control | alt | KeyModifiers::SHIFT);
    let named = match key.code {
        KeyCode::Char(c) if held.contains(alt) && !held.contains(control) => {
            let key = ChoiceKey::Alt(c.to_ascii_lowercase());
            choices.iter().find(|choice| choice.key == key).map(|choice| choice.answer)
        }
        _ => None,
    };
    if !question.armed {
        if named.is_some() {
            // An answer that comes too soon is none; the question stays for it.
            state.overlay = Overlay::Question(question);
            return Vec::new();
        }
        step_back(state);
        return key_pressed(state, key);
    }
    let list = matches!(question.subject, Subject::Found { .. });
    let taken = match key.code {
        KeyCode::Up | KeyCode::Down if list && held.is_empty() => {
            choose(state, &mut question, key.code == KeyCode::Down);
            None
        }
        KeyCode::Up | KeyCode::Down if held.is_empty() => {
            let scroll = question.scroll;
            question.scroll = if key.code == KeyCode::Down {
                (scroll + 1).min(MOST_SCROLL)
            } else {
                scroll.saturating_sub(1)
            };
            None
        }
        KeyCode::BackTab | KeyCode::Tab if key.code == KeyCode::BackTab || held == KeyModifiers::SHIFT => {
            question.focus = (question.focus + count - 1) % count;
            None
        }
        KeyCode::Left if held.is_empty() => {
            question.focus = (question.focus + count - 1) % count;
            None
        }
        KeyCode::Right | KeyCode::Tab if held.is_empty() => {
            question.focus = (question.focus + 1) % count;
            None
        }
        KeyCode::Enter => choices.get(question.focus).map(|choice| choice.answer),
        KeyCode::Esc => Some(Answer::Stay),
        KeyCode::Char('q' | 'c') if held == control => Some(Answer::Stay),
        KeyCode::F(4) => Some(Answer::Next),
        // A letter that is on no button is a slip.
        KeyCode::Char(_) if held.contains(alt) && !held.contains(control) => named,
        _ if keymap::editor(key).is_some() => {
            step_back(state);
            return key_pressed(state, key);
        }
        _ => None,
    };
    if let Some(answer) = taken {
        return answered(state, question, answer);
    }
    state.overlay = Overlay::Question(question);
    Vec::new()
}

/// The other text of the list is looked at.
fn choose(state: &State, question: &mut Question, down: bool) {
    if let Subject::Found { chosen } = &mut question.subject {
        let last = state.found_count().saturating_sub(1);
        *chosen = if down { (*chosen + 1).min(last) } else { chosen.saturating_sub(1) };
        question.focus = first_focus(state, &question.subject);
    }
}

/// A click: a button that it hits is taken.
pub(super) fn clicked(state: &mut State, column: u16, row: u16) -> Vec<Effect> {
    let hit = layout::buttons(state).into_iter().find(|button| button.area.contains((column, row).into()));
    let Some(button) = hit else { return Vec::new() };
    match std::mem::take(&mut state.overlay) {
        Overlay::Question(question) if question.armed => {
            let choice = choices(state, &question.subject).get(button.index).copied();
            match choice {
                Some(choice) => answered(state, question, choice.answer),
                None => Vec::new(),
            }
        }
        overlay => {
            state.overlay = overlay;
            Vec::new()
        }
    }
}

fn answered(state: &mut State, question: Question, answer: Answer) -> Vec<Effect> {
    let subject = question.subject.clone();
    match (subject, answer) {
        (subject, Answer::Next) => {
            let next = mark_of(state, &subject).and_then(|kind| state.mark_after(kind));
            step_back(state);
            next.map_or_else(Vec::new, |mark| tell(state, mark))
        }
        (Subject::Leave(leave), Answer::Save) => files::save_and(state, leave),
        (Subject::Leave(leave), Answer::Discard) => files::discard_and(state, leave),
        (Subject::Conflict, answer) => changed::answered(state, question, answer),
        (Subject::Found { chosen }, answer) => recovery::answered(state, question, chosen, answer),
        (Subject::Discard { chosen }, Answer::Discard) => recovery::discard(state, chosen),
        (Subject::Discard { chosen }, _) => {
            ask(state, Subject::Found { chosen });
            Vec::new()
        }
        (Subject::StopTraining, Answer::Stop) => training::stop(state),
        (Subject::Leave(_) | Subject::Marked(_) | Subject::StopTraining, _) => Vec::new(),
    }
}

/// Shows how two texts differ; any way out but writing leads back to the question.
pub(super) fn compare(state: &mut State, comparison: Comparison) {
    open_overlay(state, Overlay::Comparison(Box::new(comparison)));
}

/// A key while two texts are compared.
pub(super) fn comparison_key(state: &mut State, mut shown: Box<Comparison>, key: KeyEvent) -> Vec<Effect> {
    let scroll = shown.scroll;
    let plain =
        (key.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT)).is_empty();
    shown.scroll = match key.code {
        KeyCode::Esc | KeyCode::Enter | KeyCode::F(4) => return back(state, shown.back),
        KeyCode::Char('q' | 'c') if key.modifiers == KeyModifiers::CONTROL => return back(state, shown.back),
        KeyCode::Up if plain => scroll.saturating_sub(1),
        KeyCode::Down if plain => scroll + 1,
        KeyCode::PageUp if plain => scroll.saturating_sub(PAGE),
        KeyCode::PageDown if plain => scroll + PAGE,
        KeyCode::Home if plain => 0,
        KeyCode::End if plain => usize::MAX,
        _ if keymap::editor(key).is_some() => {
            step_back(state);
            return key_pressed(state, key);
        }
        _ => scroll,
    };
    shown.scroll = shown.scroll.min(layout::most_scroll(state, &shown.difference));
    state.overlay = Overlay::Comparison(shown);
    Vec::new()
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

fn back(state: &mut State, question: Question) -> Vec<Effect> {
    state.overlay = Overlay::Question(Question { armed: true, ..question });
    Vec::new()
}
