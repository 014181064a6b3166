//! Why the words on offer are there: looked at, forgotten, blocked.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{focus, suggest};
use crate::effect::Effects;
use crate::state::{Overlay, State, Why};

/// Opens the overlay, if there is anything on offer to give reasons for.
pub(super) fn open(state: &mut State) {
    let Some(shown) = &state.suggest.shown else {
        return state.inform("No word is offered here.");
    };
    let offers = shown.candidates.iter().filter_map(|candidate| {
        let reason = shown.reasons.iter().find(|reason| reason.word == candidate.word)?;
        Some((candidate.clone(), reason.clone()))
    });
    let offers: Vec<_> = offers.collect();
    if !offers.is_empty() {
        focus::open_overlay(state, Overlay::Why(Why { offers, chosen: 0 }));
    }
}

/// A key in it.
pub(super) fn key(state: &mut State, mut why: Why, key: KeyEvent, effects: &mut Effects) {
    let last = why.offers.len() - 1;
    let plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
    match key.code {
        KeyCode::Up => why.chosen = why.chosen.saturating_sub(1),
        KeyCode::Down | KeyCode::Tab => why.chosen = (why.chosen + 1).min(last),
        KeyCode::Char(digit @ '1'..='5') => why.chosen = (digit as usize - '1' as usize).min(last),
        KeyCode::Char('x' | 'X') => {
            return suggest::forget_word(state, why.offers.swap_remove(why.chosen).0.word, effects);
        }
        KeyCode::Char('b' | 'B') if plain => {
            return suggest::block_word(state, why.offers.swap_remove(why.chosen).0.word, effects);
        }
        KeyCode::Esc | KeyCode::Enter | KeyCode::F(3) | KeyCode::Char('q') => {
            return suggest::request(state, effects);
        }
        _ => {}
    }
    state.overlay = Overlay::Why(why);
}
