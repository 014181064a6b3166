//! Suggestions: when they are requested, when they may be seen, and what a change of the text leaves of them.
//!
//! The rules that keep them out of the way are all here: see [`request`] and [`predicted`]. Whatever is on show belongs
//! to the text and the cursor as they are: every change of either clears it
//! ([`SuggestState::clear`](crate::state::SuggestState::clear)). How a suggestion is taken is in `accept`.

use crate::effect::{Effect, Effects};
use crate::state::{Focus, Overlay, SmartSpace, State};
use crate::text::Revision;
use suggest::word::is_word_char;
use suggest::{Candidate, Ghost, Suggestions};

/// How far one key moves the eagerness.
const EAGERNESS_STEP: f32 = 0.1;

/// What becomes of the suggestions when the text has changed.
#[derive(Debug)]
pub(super) enum Next {
    /// Nothing is suggested until typing goes on.
    Nothing,
    /// Suggestions are requested.
    Request,
    /// The same; what agrees with the character that was typed at the cursor stays on the screen meanwhile.
    Typed(char),
    /// The same, after a suggestion was taken.
    Accepted {
        /// The space that came with it.
        space: Option<SmartSpace>,
        /// The words of the ghost behind it.
        rest: Option<Ghost>,
        /// Where the cursor is to be, behind that space.
        end: usize,
    },
}

/// The text has changed: whatever was on show is gone, but for what `next` keeps.
pub(super) fn text_changed(state: &mut State, next: Next, effects: &mut Effects) {
    let carried = match next {
        Next::Typed(c) => carried(state, c),
        _ => (None, None),
    };
    state.suggest.clear();
    match next {
        Next::Nothing => return,
        Next::Request => {}
        Next::Typed(_) => (state.suggest.shown, state.suggest.ghost) = carried,
        Next::Accepted { space, rest, end } => {
            let on_space = state.document.buffer.char_before(end) == Some(' ') && state.cursor() == end;
            state.suggest.smart_space = space.filter(|_| on_space);
            state.suggest.ghost = rest.filter(|_| on_space);
        }
    }
    request(state, effects);
}

/// What stays on the screen when `typed` is typed: what agrees with it, less that character. So nothing flickers while
/// the writer types what was predicted.
fn carried(state: &State, typed: char) -> (Option<Suggestions>, Option<Ghost>) {
    let rest = |text: &str| text.strip_prefix(typed).filter(|rest| !rest.is_empty()).map(str::to_owned);
    let ghost = state
        .suggest
        .ghost
        .as_ref()
        .and_then(|ghost| rest(&ghost.text).map(|text| Ghost { text, ..ghost.clone() }));
    let shown = state.suggest.shown.as_ref().filter(|_| is_word_char(typed)).and_then(|shown| {
        let stays = |candidate: &Candidate| {
            let completion = rest(&candidate.completion)?;
            let candidate = Candidate { completion, ..candidate.clone() };
            candidate.word.starts_with(&shown.prefix).then_some(candidate)
        };
        let candidates: Vec<Candidate> = shown.candidates.iter().filter_map(stays).collect();
        let prefix = format!("{}{typed}", shown.prefix);
        let reasons = shown.reasons.clone();
        (!candidates.is_empty()).then(|| Suggestions { prefix, candidates, reasons, ghost: ghost.clone() })
    });
    (shown, ghost)
}

/// Whether inserting a suggestion at the cursor makes sense, and the writer can see it.
fn may_suggest(state: &State) -> bool {
    let next = state.document.buffer.char_at(state.cursor());
    state.selection.is_empty()
        && !state.suggest.silenced
        && state.overlay == Overlay::None
        && state.focus == Focus::Editor
        && (state.settings.ghost || state.settings.suggestions > 0)
        && next.is_none_or(|c| c.is_whitespace() || closes_up(c) || c == '"')
}

/// Requests suggestions, if they may be shown here. Called after typing and after taking a suggestion, and where what is
/// on show is to change; never after anything else.
pub(super) fn request(state: &mut State, effects: &mut Effects) {
    if !may_suggest(state) {
        let smart_space = state.suggest.smart_space;
        state.suggest.clear();
        state.suggest.smart_space = smart_space;
        return;
    }
    state.suggest.awaiting = Some(state.document.revision);
    effects.push(Effect::Predict(state.cursor_request()));
}

/// An answer came: it is shown if it is the one waited for.
pub(super) fn predicted(state: &mut State, revision: Revision, suggestions: Suggestions, latency_ms: f64) {
    let current = revision == state.document.revision && state.suggest.awaiting == Some(revision);
    if !current || !may_suggest(state) {
        return;
    }
    state.suggest.awaiting = None;
    state.suggest.latency_ms = Some(latency_ms);
    let Suggestions { prefix, mut candidates, reasons, ghost } = suggestions;
    let most = state.settings.suggestions.min(5);
    candidates.retain(|candidate| insertable(&candidate.word) && insertable(&candidate.completion));
    candidates.truncate(most);
    let ghost = ghost.filter(|ghost| state.settings.ghost && insertable(&ghost.text));
    if !candidates.is_empty() || ghost.is_some() {
        state.counters.shown += 1;
    }
    state.suggest.shown =
        (!candidates.is_empty()).then(|| Suggestions { prefix, candidates, reasons, ghost: ghost.clone() });
    state.suggest.ghost = ghost;
}

fn insertable(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

/// Silence until the next word.
pub(super) fn silence(state: &mut State) {
    state.suggest.clear();
    state.suggest.silenced = true;
}

/// Forgets the strip's first candidate, as far as it was learned.
pub(super) fn forget(state: &mut State, effects: &mut Effects) {
    let first = state.suggest.shown.as_ref().and_then(|shown| shown.candidates.first());
    if let Some(word) = first.map(|first| first.word.clone()) {
        forget_word(state, word, effects);
    }
}

/// Forgets a word, as far as it was learned.
pub(super) fn forget_word(state: &mut State, word: String, effects: &mut Effects) {
    state.inform(format!("Forgotten, as far as it was learned: {word}. F3, then b: never offer it."));
    effects.push(Effect::ForgetWord(word));
    request(state, effects);
}

/// Blocks a word: it is never offered again, in any case.
pub(super) fn block_word(state: &mut State, word: String, effects: &mut Effects) {
    state.inform(format!("Never offered from now on: {word}. `foreword words unblock` takes it back."));
    effects.push(Effect::BlockWord(word));
    request(state, effects);
}

/// A step towards eager, or towards quiet, until the program ends.
pub(super) fn eagerness(state: &mut State, more: bool, effects: &mut Effects) {
    let step = if more { EAGERNESS_STEP } else { -EAGERNESS_STEP };
    let eagerness = (state.settings.eagerness + step).clamp(0.0, 1.0);
    state.settings.eagerness = eagerness;
    state.inform(format!("Eagerness {eagerness:.1}, of 0 (quiet) to 1 (eager)."));
    effects.push(Effect::SetEagerness(eagerness));
    if state.suggest.shown.is_some() || state.suggest.ghost.is_some() {
        request(state, effects);
    }
}

/// Punctuation that stands right behind a word: a completion's space gives way to it.
pub(super) fn closes_up(c: char) -> bool {
    ".,;:!?)]}’”»›%…‥。、，．！？；：）」』】》〉".contains(c)
}
