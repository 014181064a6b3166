//! What the model offers right now, as [`update`](super::update()) keeps it. What of it is on the screen is in `on_show`.

use std::collections::VecDeque;

use super::message::Message;
use super::strip::Strip;
use crate::text::Revision;
use suggest::{Candidate, Ghost, Suggestions};

/// Where a space at the cursor came from that the writer did not type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmartSpace {
    /// It was put in behind a completion.
    Inserted,
    /// It parts the completion from a word behind it: it was there already, or was put in.
    SteppedOver,
}

/// A Tab that waits for the answer under way, and all that was pressed behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldTab {
    /// Which timer ends the wait.
    pub timer: u64,
    /// The text when it was pressed.
    pub revision: Revision,
    /// The cursor then.
    pub cursor: usize,
    /// What came behind it, in order.
    pub behind: VecDeque<Message>,
}

/// What the model offers right now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SuggestState {
    /// What is on offer; `None` when nothing may be shown. While an answer is under way, the words of the answer before keep
    /// their places: one that no longer agrees with the text has an empty completion, and cannot be taken.
    pub shown: Option<Suggestions>,
    /// Where the words on offer stand in the strip.
    pub strip: Strip,
    /// The ghost text: a remainder of the answer's ghost when it was typed into.
    pub ghost: Option<Ghost>,
    /// The revision of the request under way.
    pub awaiting: Option<Revision>,
    /// Whether the writer asked for silence until the next word.
    pub silenced: bool,
    /// Whether the strip stands alone until the next word: the writer corrects, or came by the arrow keys or a click.
    pub strip_only: bool,
    /// Request to answer of the last one, milliseconds.
    pub latency_ms: Option<f64>,
    /// The space a completion brought, while punctuation may still close up over it.
    pub smart_space: Option<SmartSpace>,
    /// Where a dash stands that closed up over a completion's space, and nothing behind it yet but the same mark.
    pub closed_up: Option<usize>,
    /// Where the letters begin that were typed right before a word, as a word of their own.
    pub typed_before_word: Option<usize>,
    /// How many timers were started.
    pub timers: u64,
    /// The timer of the pause after which suggestions are requested.
    pub pause: Option<u64>,
    /// The Tab that waits for an answer.
    pub held_tab: Option<HeldTab>,
    /// Where a Tab has waited in vain for the answer under way: the text and the cursor. No other one waits for it there.
    pub waited_at: Option<(Revision, usize)>,
}

impl SuggestState {
    /// Takes everything off the screen, and drops the request under way.
    pub(crate) fn clear(&mut self) {
        (self.shown, self.ghost, self.awaiting, self.smart_space) = (None, None, None, None);
        (self.typed_before_word, self.pause, self.waited_at) = (None, None, None);
        self.closed_up = None;
    }

    /// Candidate `index`, if it agrees with the text.
    pub(crate) fn candidate(&self, index: usize) -> Option<&Candidate> {
        let candidate = self.shown.as_ref()?.candidates.get(index)?;
        (!candidate.completion.is_empty()).then_some(candidate)
    }

    /// Starts a timer; its number.
    pub(crate) fn next_timer(&mut self) -> u64 {
        self.timers += 1;
        self.timers
    }
}
