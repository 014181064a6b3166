//! Suggestions: when they are requested, when they may be seen, and what a change of the text leaves of them.
//!
//! The rules that keep them out of the way are all here: see [`request`] and [`predicted`]. What can be taken belongs
//! to the text and the cursor as they are: every change of either clears it
//! ([`SuggestState::clear`](crate::state::SuggestState::clear)), but the words of the strip keep their places until the answer
//! to a request comes. How a suggestion is taken is in `accept`.

use super::spacing;
use crate::effect::{Effect, Effects};
use crate::message::Timer;
use crate::on_show;
use crate::state::{Focus, Overlay, SmartSpace, State};
use crate::strip::Strip;
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
    /// The same, or until a pause; then the strip alone, until the next word.
    Paused,
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
    let (shown, ghost) = match next {
        Next::Nothing | Next::Paused => (None, None),
        Next::Typed(c) => carried(state, c),
        Next::Request | Next::Accepted { .. } => (outdated(state, None), None),
    };
    let before_word = match next {
        Next::Typed(c) if is_word_char(c) => typed_before_word(state),
        _ => None,
    };
    state.suggest.clear();
    state.suggest.typed_before_word = before_word;
    match next {
        Next::Nothing => return,
        Next::Paused => {
            state.suggest.strip_only = true;
            return start_pause(state, effects);
        }
        Next::Request => {}
        Next::Typed(_) => state.suggest.ghost = ghost,
        Next::Accepted { space, rest, end } => {
            let on_space = state.document.buffer.char_before(end) == Some(' ') && state.cursor() == end;
            state.suggest.smart_space = space.filter(|_| on_space);
            state.suggest.ghost = rest.filter(|_| on_space);
        }
    }
    state.suggest.shown = shown;
    request(state, effects);
}

/// What stays on the screen when `typed` is typed: what agrees with it, less that character, and the strip's other words in
/// their places. So nothing flickers.
fn carried(state: &State, typed: char) -> (Option<Suggestions>, Option<Ghost>) {
    let ghost = state.suggest.ghost.as_ref().and_then(|ghost| {
        let text = ghost.text.strip_prefix(typed).filter(|rest| !rest.is_empty())?.to_owned();
        Some(Ghost { text, ..ghost.clone() })
    });
    (outdated(state, is_word_char(typed).then_some(typed)), ghost)
}

/// The strip until the answer to the next request: each word in its place. Those that go on with `typed`, if it is part of the
/// word, can still be taken.
fn outdated(state: &State, typed: Option<char>) -> Option<Suggestions> {
    let mut shown = state.suggest.shown.clone()?;
    let before = std::mem::take(&mut shown.prefix);
    if let Some(typed) = typed {
        shown.prefix = format!("{before}{typed}");
    }
    for Candidate { word, completion, .. } in &mut shown.candidates {
        let rest =
            typed.filter(|_| word.starts_with(&before)).and_then(|typed| completion.strip_prefix(typed));
        *completion = rest.unwrap_or_default().to_owned();
    }
    Some(shown)
}

/// Where the letters begin that stand right before a word as a word of their own, when one more was typed.
fn typed_before_word(state: &State) -> Option<usize> {
    let first = state.cursor().checked_sub(1)?;
    let is_first = || !state.document.buffer.char_before(first).is_some_and(is_word_char);
    let start = state.suggest.typed_before_word.or_else(|| is_first().then_some(first));
    start.filter(|_| state.is_before_word())
}

/// Suggestions are requested after a pause, if they may be shown here.
pub(super) fn start_pause(state: &mut State, effects: &mut Effects) {
    if may_suggest(state) {
        let timer = state.suggest.next_timer();
        state.suggest.pause = Some(timer);
        effects.push(Effect::StartTimer(Timer::Pause, timer));
    }
}

/// The cursor was moved: behind a word that may go on, suggestions are requested after a pause.
pub(super) fn moved(state: &mut State, effects: &mut Effects) {
    if state.is_in_word() {
        start_pause(state, effects);
    }
}

/// The pause is over, if no key came meanwhile.
pub(super) fn paused(state: &mut State, timer: u64, effects: &mut Effects) {
    if state.suggest.pause == Some(timer) {
        state.suggest.pause = None;
        state.suggest.strip_only = true;
        request(state, effects);
    }
}

/// Whether inserting a suggestion at the cursor makes sense, and the writer can see it.
fn may_suggest(state: &State) -> bool {
    state.selection.is_empty()
        && !state.suggest.silenced
        && state.overlay == Overlay::None
        && state.focus == Focus::Editor
        && (state.settings.ghost || state.settings.suggestions > 0)
        && state.is_free_for_word()
}

/// Requests suggestions, if they may be shown here. Called after typing, after taking a suggestion and after a pause, and
/// where what is on show is to change; never after anything else.
pub(super) fn request(state: &mut State, effects: &mut Effects) {
    if !may_suggest(state) {
        let smart_space = state.suggest.smart_space;
        state.suggest.clear();
        state.suggest.smart_space = smart_space;
        return;
    }
    (state.suggest.awaiting, state.suggest.waited_at) = (Some(state.document.revision), None);
    effects.push(Effect::Predict(state.cursor_request()));
}

/// An answer came: it is shown if it is the one waited for.
pub(super) fn predicted(
    state: &mut State,
    revision: Revision,
    cursor: usize,
    suggestions: Suggestions,
    latency_ms: f64,
) {
    let here = (revision, cursor) == (state.document.revision, state.cursor());
    let current = here && state.suggest.awaiting == Some(revision);
    if !current || !may_suggest(state) {
        return;
    }
    state.suggest.awaiting = None;
    state.suggest.latency_ms = Some(latency_ms);
    let before = state.suggest.shown.as_ref().map(|shown| shown.prefix.clone());
    let strip = on_show::strip(state).into_owned();
    let Suggestions { prefix, complete, mut candidates, reasons, ghost } = suggestions;
    let most = state.settings.suggestions.min(5);
    candidates.retain(|candidate| insertable(&candidate.word) && insertable(&candidate.completion));
    candidates.truncate(most);
    let wants_ghost = state.settings.ghost && !state.suggest.strip_only;
    let mut ghost = ghost.filter(|ghost| wants_ghost && insertable(&ghost.text));
    if let Some(ghost) = &mut ghost
        && spacing::needs_space_before(state, &ghost.text)
    {
        ghost.text.insert(0, ' ');
    }
    if !candidates.is_empty() || ghost.is_some() {
        state.counters.shown += 1;
    }
    let goes_on = before.as_ref().is_some_and(|before| !prefix.is_empty() && prefix.starts_with(before));
    let was_on_show = before.is_some().then_some(&strip);
    state.suggest.strip = Strip::new(&candidates, &prefix, strip.width, was_on_show, goes_on);
    state.suggest.shown = (!candidates.is_empty() || ghost.is_some()).then(|| Suggestions {
        complete,
        prefix,
        candidates,
        reasons,
        ghost: ghost.clone(),
    });
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
