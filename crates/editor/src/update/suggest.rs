//! Suggestions: when they are asked for, when they may be seen, and how they are taken.
//!
//! The rules that keep them out of the way are all here: see [`request`] and [`predicted`]. Whatever is on show always
//! belongs to the text and cursor as they are: every other change goes through [`clear`].

use unicode_segmentation::UnicodeSegmentation;

use super::editor;
use crate::effect::Effect;
use crate::state::{Focus, Overlay, SmartSpace, State};
use crate::text::{Edit, EditKind, Revision};
use suggest::word::takes_space;
use suggest::{Candidate, Ghost, Suggestions, address};

/// Characters before the cursor in which an address is looked for.
const ADDRESS: usize = 200;

/// How far one key moves the eagerness.
const EAGERNESS_STEP: f32 = 0.1;

/// Whether `c` is part of a word.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '_')
}

/// Punctuation that stands right behind a word: a completion's space gives way to it.
pub(super) fn closes_up(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | ')'
            | ']'
            | '}'
            | '’'
            | '”'
            | '»'
            | '›'
            | '%'
            | '…'
            | '‥'
            | '。'
            | '、'
            | '，'
            | '．'
            | '！'
            | '？'
            | '；'
            | '：'
            | '）'
            | '」'
            | '』'
            | '】'
            | '》'
            | '〉'
    )
}

/// Takes everything off the screen, and waits for no answer.
pub(super) fn clear(state: &mut State) {
    let suggest = &mut state.suggest;
    (suggest.shown, suggest.ghost, suggest.awaiting, suggest.smart_space) = (None, None, None, None);
}

/// Silence until the next word.
pub(super) fn silence(state: &mut State) {
    clear(state);
    state.suggest.silenced = true;
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

/// Asks for suggestions, if they may be shown here. Called after typing and after taking a completion, and where what is on
/// show is to change; never after anything else.
pub(super) fn request(state: &mut State) -> Option<Effect> {
    if !may_suggest(state) {
        let smart_space = state.suggest.smart_space;
        clear(state);
        state.suggest.smart_space = smart_space;
        return None;
    }
    let revision = state.document.revision;
    state.suggest.awaiting = Some(revision);
    Some(Effect::Predict(state.cursor_request()))
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

/// What stays on the screen when `typed` is typed: what agrees with it, less that character. So nothing flickers while
/// the writer types what was foretold.
pub(super) fn carried(state: &State, typed: char) -> (Option<Suggestions>, Option<Ghost>) {
    if !state.selection.is_empty() {
        return (None, None);
    }
    let rest = |text: &str| text.strip_prefix(typed).filter(|rest| !rest.is_empty()).map(str::to_owned);
    let ghost = state
        .suggest
        .ghost
        .as_ref()
        .and_then(|ghost| rest(&ghost.text).map(|text| Ghost { text, confidence: ghost.confidence }));
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

/// Whether the ghost is of several words.
pub(super) fn ghost_is_phrase(state: &State) -> bool {
    state.suggest.ghost.as_ref().is_some_and(|ghost| ghost.text.split_whitespace().nth(1).is_some())
}

/// The word of the strip that goes on with the word at the cursor and is more likely than not. It may stand there
/// without a ghost: one letter is too little for ghost text. Tab takes it all the same, for blanks in the middle of a
/// word are wanted by nobody.
pub(super) fn likely_rest_of_word(state: &State) -> Option<usize> {
    let shown = state.suggest.shown.as_ref().filter(|shown| !shown.prefix.is_empty())?;
    shown.candidates.iter().position(|candidate| candidate.probability > 0.5)
}

/// Takes the whole ghost.
pub(super) fn accept_ghost(state: &mut State) -> Vec<Effect> {
    let Some(ghost) = state.suggest.ghost.take() else { return Vec::new() };
    let cursor = state.cursor();
    accept(state, cursor, &ghost.text, None)
}

/// Takes the ghost's first word; the rest stays on offer.
pub(super) fn accept_ghost_word(state: &mut State) -> Vec<Effect> {
    let Some(ghost) = state.suggest.ghost.take() else { return Vec::new() };
    let letters = ghost.text.len() - ghost.text.trim_start().len();
    let end =
        ghost.text[letters..].find(char::is_whitespace).map_or(ghost.text.len(), |index| letters + index);
    let (word, rest) = ghost.text.split_at(end);
    let rest = rest.trim_start();
    let keep = (!rest.is_empty()).then(|| Ghost { text: rest.to_owned(), confidence: ghost.confidence });
    let cursor = state.cursor();
    accept(state, cursor, word, keep)
}

/// Forgets the strip's first candidate, as far as it was learned.
pub(super) fn forget(state: &mut State) -> Vec<Effect> {
    let first = state.suggest.shown.as_ref().and_then(|shown| shown.candidates.first());
    first.map(|first| first.word.clone()).map_or_else(Vec::new, |word| forget_word(state, word))
}

/// Forgets a word, as far as it was learned.
pub(super) fn forget_word(state: &mut State, word: String) -> Vec<Effect> {
    state.inform(format!("Forgotten, as far as it was learned: {word}. F3, then b: never offer it."));
    let mut effects = vec![Effect::ForgetWord(word)];
    effects.extend(request(state));
    effects
}

/// Has a word never offered again, in any case.
pub(super) fn block_word(state: &mut State, word: String) -> Vec<Effect> {
    state.inform(format!("Never offered from now on: {word}. `foreword words unblock` takes it back."));
    let mut effects = vec![Effect::BlockWord(word)];
    effects.extend(request(state));
    effects
}

/// A step towards eager, or towards quiet, until the program ends.
pub(super) fn eagerness(state: &mut State, more: bool) -> Vec<Effect> {
    let step = if more { EAGERNESS_STEP } else { -EAGERNESS_STEP };
    let eagerness = (state.settings.eagerness + step).clamp(0.0, 1.0);
    state.settings.eagerness = eagerness;
    state.inform(format!("Eagerness {eagerness:.1}, of 0 (quiet) to 1 (eager)."));
    let is_on_show = state.suggest.shown.is_some() || state.suggest.ghost.is_some();
    let mut effects = vec![Effect::SetEagerness(eagerness)];
    effects.extend(if is_on_show { request(state) } else { None });
    effects
}

/// Takes candidate `index` of the strip.
pub(super) fn pick(state: &mut State, index: usize) -> Vec<Effect> {
    let Some(shown) = &state.suggest.shown else { return Vec::new() };
    let Some(candidate) = shown.candidates.get(index).cloned() else { return Vec::new() };
    let cursor = state.cursor();
    let start = cursor.saturating_sub(shown.prefix.chars().count());
    let prefix_stands = state.document.buffer.text(start..cursor) == shown.prefix;
    if prefix_stands && !candidate.word.starts_with(&shown.prefix) {
        return accept(state, start, &candidate.word, None);
    }
    accept(state, cursor, &candidate.completion, None)
}

/// Puts `text` in the place of what stands between `start` and the cursor, with a space behind it where there is none.
fn accept(state: &mut State, start: usize, text: &str, keep: Option<Ghost>) -> Vec<Effect> {
    let cursor = state.cursor();
    let mut inserted = text.to_owned();
    let next = state.document.buffer.char_at(cursor);
    // An address goes on after one of its words; what ends one is the ghost that is all the rest of it.
    let before = state.document.buffer.text(start.saturating_sub(ADDRESS)..start);
    let goes_on = address::is_open(&before)
        && state.suggest.shown.as_ref().is_some_and(|shown| {
            shown
                .candidates
                .iter()
                .any(|candidate| [&candidate.word, &candidate.completion].contains(&&inserted))
        });
    let space = match next {
        _ if goes_on => None,
        None | Some('\n') if !takes_space(text) => None,
        Some(' ') => Some(SmartSpace::SteppedOver),
        None | Some('\n') => Some(SmartSpace::Inserted),
        Some(_) => None,
    };
    if space == Some(SmartSpace::Inserted) {
        inserted.push(' ');
    }
    let typed = text.graphemes(true).count() + usize::from(space.is_some());
    let saved = typed.saturating_sub(cursor - start).saturating_sub(1);
    state.counters.keystrokes += 1;
    state.counters.accepted += 1;
    state.counters.saved += saved as u64;
    state.suggest.silenced = false;
    let after = start + inserted.chars().count() + usize::from(space == Some(SmartSpace::SteppedOver));
    let change = Edit::replace(state.document.buffer.rope(), start, cursor, &inserted);
    let mut effects = editor::edit(state, change, EditKind::Accept, after);
    let on_space = state.document.buffer.char_before(state.cursor()) == Some(' ') && state.cursor() == after;
    state.suggest.smart_space = space.filter(|_| on_space);
    state.suggest.ghost = keep.filter(|_| on_space);
    effects.extend(request(state));
    effects
}
