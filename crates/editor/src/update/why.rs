//! Why the words on offer are there: looked at, forgotten, blocked. No key that makes prose does any of it: that one closes the
//! overlay and is typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{focus, suggest};
use crate::effect::{Effect, Effects};
use crate::state::{Offer, OfferKey, Overlay, State, Why};
use ::suggest::{Candidate, Reason};

/// Most offers looked at: all of them, with the four origins, fit into a small window.
const MOST: usize = 5;
/// Rows that the page keys scroll by in a small window.
const PAGE: usize = 3;
/// Rows that it is scrolled down at most: there is never more to an offer.
const MOST_SCROLL: usize = 12;

/// Opens the overlay, if there is anything on offer to give reasons for.
pub(super) fn open(state: &mut State) {
    let offers = offers(state);
    if offers.is_empty() {
        return state.inform("No word is offered here.");
    }
    focus::open_overlay(state, Overlay::Why(Why { offers, chosen: 0, scroll: 0 }));
}

/// The words that are to be forgotten once the overlay closes: while it is open they can be had back, whole.
pub(super) fn to_forget(state: &State) -> Vec<String> {
    let Overlay::Why(why) = &state.overlay else { return Vec::new() };
    why.offers.iter().filter(|offer| offer.is_forgotten).map(|offer| offer.word.clone()).collect()
}

/// Forgets `words` before all else that the turn brings, unless the overlay is still open.
pub(super) fn forget(state: &State, words: Vec<String>, begun: usize, effects: &mut Effects) {
    if state.quitting || !matches!(state.overlay, Overlay::Why(_)) {
        effects.splice(begun..begun, words.into_iter().map(Effect::ForgetWord));
    }
}

/// What is on the screen: the ghost, then the words of the strip that it does not begin with.
fn offers(state: &State) -> Vec<Offer> {
    let Some(shown) = &state.suggest.shown else { return Vec::new() };
    let reason =
        |word: &str| -> Option<Reason> { shown.reasons.iter().find(|reason| reason.word == word).cloned() };
    let offer = |word: &str, text: &str, key, probability| Offer {
        reason: reason(word),
        word: word.to_owned(),
        text: text.to_owned(),
        key,
        probability,
        is_blocked: false,
        is_forgotten: false,
    };
    let mut offers = Vec::new();
    if let (Some(ghost), Some(on_screen)) = (&state.suggest.ghost, state.shown_ghost())
        && !ghost.is_stem
    {
        let text = format!("{}{}", shown.prefix, on_screen.text);
        let text = text.trim_start();
        let word = text.split_whitespace().next().unwrap_or(text);
        offers.push(offer(word, text, OfferKey::Tab, ghost.confidence));
    }
    for index in 0..shown.candidates.len() {
        if let Some(Candidate { word, probability, .. }) = state.suggest.candidate(index)
            && offers.iter().all(|offer: &Offer| offer.word != *word)
        {
            offers.push(offer(word, word, OfferKey::Alt(index), *probability));
        }
    }
    offers.truncate(MOST);
    offers
}

/// A key in it. Whether it was one of its own; otherwise it is closed.
pub(super) fn key(state: &mut State, mut why: Why, key: KeyEvent, effects: &mut Effects) -> bool {
    let last = why.offers.len() - 1;
    let alt = key.modifiers == KeyModifiers::ALT;
    let chosen = &mut why.offers[why.chosen];
    match key.code {
        KeyCode::Up => (why.chosen, why.scroll) = (why.chosen.saturating_sub(1), 0),
        KeyCode::Down | KeyCode::Tab => (why.chosen, why.scroll) = ((why.chosen + 1).min(last), 0),
        KeyCode::PageDown => why.scroll = (why.scroll + PAGE).min(MOST_SCROLL),
        KeyCode::PageUp => why.scroll = why.scroll.saturating_sub(PAGE),
        KeyCode::Char('x') if alt => chosen.is_forgotten = !chosen.is_forgotten,
        KeyCode::Char('b') if alt => {
            chosen.is_blocked = !chosen.is_blocked;
            let word = chosen.word.clone();
            effects.push(if chosen.is_blocked { Effect::BlockWord(word) } else { Effect::UnblockWord(word) });
        }
        KeyCode::Esc | KeyCode::Enter | KeyCode::F(3) => {
            suggest::request(state, effects);
            return true;
        }
        _ => return false,
    }
    state.overlay = Overlay::Why(why);
    true
}
