//! The model's state, kept in step with the text before the cursor.
//!
//! A recurrent model pays one step for each byte it reads. A [`Session`] remembers what was read and keeps copies of the
//! state along the way, so that typing costs one step a byte, and backspace, undo and small jumps cost a few. The model reads levelled
//! text (`words::word::levelled`); positions are those of the text as it is written.
//!
//! What it does *not* do is read a whole book to answer at its end: a session begins at an **anchor**. Text that cannot
//! be reached within [`Limits::max_steps`] steps from anything remembered makes it begin anew, at a paragraph, line or
//! word between half of that and that many bytes before the cursor. The choice depends on the text alone. Typing on
//! never moves the anchor, and a short document is read from its start.
//!
//! The invariant, held by a property test: at any time the state equals, bit for bit, that of reading
//! [`Session::context`] from the model's start.

use std::collections::VecDeque;

use crate::words::word::{is_word_char, levelled};
use model::{LanguageModel, Symbol};

/// Characters that are read at once, where many are.
const AT_ONCE: usize = 64;

/// How far a session reads and how much it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes read to reach a new context; further away, the session begins anew nearer to the cursor.
    pub max_steps: usize,
    /// States kept of the last bytes, one each.
    pub recent: usize,
    /// States kept of the starts of words before those.
    pub words: usize,
    /// States kept of every [`Limits::stride`]-th byte before those.
    pub strides: usize,
    /// Distance of the latter, bytes.
    pub stride: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_steps: 1024, recent: 48, words: 96, strides: 96, stride: 128 }
    }
}

/// A state, and how many bytes of the context it has read.
#[derive(Debug, Clone)]
struct Snapshot<S> {
    position: usize,
    state: S,
}

/// The model's state at the cursor and what is needed to follow the cursor about.
#[derive(Debug, Clone)]
pub struct Session<M: LanguageModel> {
    limits: Limits,
    /// Byte offset in the document of the first byte read.
    anchor: usize,
    /// The text since the anchor, as it is written.
    text: String,
    /// The last few states; the last one of all is the state at the end of `text`.
    recent: VecDeque<Snapshot<M::State>>,
    /// Older states, at starts of words.
    words: VecDeque<Snapshot<M::State>>,
    /// Older states, at multiples of the stride.
    strides: VecDeque<Snapshot<M::State>>,
}

impl<M: LanguageModel> Session<M> {
    /// A session at the start of an empty document.
    pub fn new(model: &M, limits: Limits) -> Self {
        let recent = VecDeque::from([Snapshot { position: 0, state: model.start() }]);
        Self {
            limits,
            anchor: 0,
            text: String::new(),
            recent,
            words: VecDeque::new(),
            strides: VecDeque::new(),
        }
    }

    /// The state after all of [`Session::context`].
    ///
    /// # Panics
    /// Never: a session always holds its own state.
    pub fn state(&self) -> &M::State {
        &self.recent.back().expect("the state at the end is always kept").state
    }

    /// The text the state has read since the anchor, as it is written.
    pub fn context(&self) -> &str {
        &self.text
    }

    /// Byte offset in the document at which the context begins.
    pub fn anchor(&self) -> usize {
        self.anchor
    }

    /// Copies of the state that are held, the live one included. Bounded by the limits.
    pub fn snapshots(&self) -> usize {
        self.recent.len() + self.words.len() + self.strides.len()
    }

    /// Brings the state to the end of `before`, a window of the document that begins at byte `offset` of it.
    ///
    /// What was read before the window is taken to be still there. Returns the number of bytes read for it.
    pub fn set_context(&mut self, model: &M, before: &str, offset: usize) -> usize {
        let missing = self.seek(model, before, offset);
        self.read_all(model, &missing);
        missing.len()
    }

    /// Goes back to the last remembered state that lies on the way to the end of `before` (or begins anew), and returns
    /// the text that is still to be read from there.
    pub(crate) fn seek(&mut self, model: &M, before: &str, offset: usize) -> String {
        if let Some(missing) = self.rewind(model, before, offset) {
            return missing;
        }
        let start = self.anchor_for(before, offset);
        self.anchor = offset + start;
        self.text.clear();
        self.truncate(model, 0);
        before[start..].to_owned()
    }

    /// Reads a text. Returns the bytes that the model has read of it.
    pub(crate) fn read_all(&mut self, model: &M, text: &str) -> usize {
        let mut read = 0;
        let mut characters = text.chars().peekable();
        while characters.peek().is_some() {
            let (mut symbols, mut ends) = (Vec::<Symbol>::new(), Vec::new());
            for c in characters.by_ref().take(AT_ONCE) {
                symbols.extend(levelled(c.encode_utf8(&mut [0; 4])).bytes().map(Symbol::from));
                ends.push((c, symbols.len()));
            }
            read += symbols.len();
            let mut states = vec![self.state().clone()];
            states.extend(model.advance_through(self.state(), &symbols));
            for (c, end) in ends {
                self.adopt(c, states[end].clone());
            }
        }
        read
    }

    /// Takes over `state` as the state after one more character. It must be what [`Session::read_all`] would have arrived at.
    pub(crate) fn adopt(&mut self, c: char, state: M::State) {
        self.text.push(c);
        self.recent.push_back(Snapshot { position: self.text.len(), state });
        if self.recent.len() > self.limits.recent.max(1)
            && let Some(old) = self.recent.pop_front()
        {
            self.retire(old);
        }
    }

    /// The state after `position` bytes of the context, read anew from the nearest one that is remembered.
    pub(crate) fn state_at(&self, model: &M, position: usize) -> M::State {
        let (from, mut state) = match self.nearest(position) {
            Some(snapshot) => (snapshot.position, snapshot.state.clone()),
            None => (0, model.start()),
        };
        advance(model, &mut state, &self.text[from..position]);
        state
    }

    /// Keeps a state that is no longer among the last few, if it stands at a place worth it.
    fn retire(&mut self, old: Snapshot<M::State>) {
        let (kept, limit) = if old.position.is_multiple_of(self.limits.stride.max(1)) {
            (&mut self.strides, self.limits.strides)
        } else if self.text[..old.position].ends_with(|c| !is_word_char(c)) {
            (&mut self.words, self.limits.words)
        } else {
            return;
        };
        if kept.back().is_some_and(|last| last.position >= old.position) {
            return;
        }
        kept.push_back(old);
        if kept.len() > limit {
            kept.pop_front();
        }
    }

    /// The remembered state nearest below or at `position`.
    fn nearest(&self, position: usize) -> Option<&Snapshot<M::State>> {
        [&self.recent, &self.words, &self.strides]
            .into_iter()
            .filter_map(|kept| {
                let count = kept.partition_point(|snapshot| snapshot.position <= position);
                count.checked_sub(1).map(|last| &kept[last])
            })
            .max_by_key(|snapshot| snapshot.position)
    }

    /// Goes back within what is remembered; `None` if the way on from there would be too long, or the anchor so near
    /// that little would be left to go by.
    fn rewind(&mut self, model: &M, before: &str, offset: usize) -> Option<String> {
        let trusted = offset.saturating_sub(self.anchor);
        let wanted = before.get(self.anchor.saturating_sub(offset)..)?;
        let too_near = trusted + wanted.len() < self.limits.max_steps / 4;
        if too_near && self.anchor > offset {
            return None;
        }
        let remembered = self.text.get(trusted..)?;
        let same = remembered.bytes().zip(wanted.bytes()).take_while(|(a, b)| a == b).count();
        let common = trusted + same;
        let from = self.nearest(common).map_or(0, |snapshot| snapshot.position);
        if trusted + wanted.len() - from > self.limits.max_steps {
            return None;
        }
        let mut missing = self.text[from..trusted.max(from)].to_owned();
        missing.push_str(&wanted[from.max(trusted) - trusted..]);
        self.text.truncate(from);
        self.truncate(model, from);
        Some(missing)
    }

    /// Drops the states beyond `position` and makes the one at it the live one.
    fn truncate(&mut self, model: &M, position: usize) {
        for kept in [&mut self.recent, &mut self.words, &mut self.strides] {
            kept.truncate(kept.partition_point(|snapshot| snapshot.position <= position));
        }
        if self.recent.back().is_none_or(|live| live.position != position) {
            let live = match self.nearest(position) {
                Some(snapshot) if snapshot.position == position => snapshot.clone(),
                _ => Snapshot { position, state: self.state_at(model, position) },
            };
            self.recent.clear();
            self.recent.push_back(live);
        }
    }

    /// Where in `before` to begin anew: a function of the text alone.
    fn anchor_for(&self, before: &str, offset: usize) -> usize {
        let far = self.limits.max_steps;
        if before.len() <= far {
            return 0;
        }
        let bytes = before.as_bytes();
        let low = (before.len() - far).max(usize::from(offset > 0));
        let first = |fits: &dyn Fn(usize) -> bool| (low.max(1)..=before.len() - far / 2).find(|&at| fits(at));
        first(&|at| at > 1 && bytes[at - 2..at] == *b"\n\n" && bytes[at] != b'\n')
            .or_else(|| first(&|at| bytes[at - 1] == b'\n' && bytes[at] != b'\n'))
            .or_else(|| first(&|at| bytes[at - 1] == b' '))
            .or_else(|| first(&|at| before.is_char_boundary(at)))
            .unwrap_or(before.len())
    }
}

/// Has the model read a text, levelled; returns how many bytes that was.
pub(crate) fn advance<M: LanguageModel>(model: &M, state: &mut M::State, text: &str) -> usize {
    let symbols: Vec<Symbol> = levelled(text).bytes().map(Symbol::from).collect();
    for symbols in symbols.chunks(AT_ONCE) {
        if let Some(last) = model.advance_through(state, symbols).pop() {
            *state = last;
        }
    }
    symbols.len()
}

#[cfg(test)]
mod tests;
