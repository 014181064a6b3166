//! A Tab that waits for the answer under way: what it takes is decided when that comes, or when its time is over.
//!
//! Whatever the writer does meanwhile comes behind it, in order. Nothing is lost: what cannot wait ends the wait.

use std::collections::VecDeque;

use crate::effect::{Effect, Effects};
use crate::message::{Message, Timer};
use crate::on_show::TabTarget;
use crate::state::{Focus, HeldTab, Overlay, State};

/// Holds a Tab back.
pub(super) fn hold(state: &mut State, effects: &mut Effects) {
    let timer = state.suggest.next_timer();
    state.suggest.held_tab = Some(HeldTab {
        timer,
        revision: state.document.revision,
        cursor: state.cursor(),
        behind: VecDeque::new(),
    });
    effects.push(Effect::StartTimer(Timer::Tab, timer));
}

/// How a message stands to the Tab that waits.
#[expect(clippy::large_enum_variant, reason = "one of it lives for the length of a call")]
pub(super) enum Order {
    /// It is taken up now.
    Now(Message),
    /// It waits behind the Tab.
    Waits,
    /// The Tab is decided, then come these.
    Decides(VecDeque<Message>),
}

/// Puts a message behind the Tab that waits, if it is the writer's.
pub(super) fn order(state: &mut State, message: Message) -> Order {
    let Some(held) = &mut state.suggest.held_tab else { return Order::Now(message) };
    match message {
        Message::KeyPressed(_) | Message::Pasted(_) | Message::PasteWentOn(_) | Message::MouseUsed(_) => {
            held.behind.push_back(message);
            Order::Waits
        }
        Message::TimerEnded(Timer::Tab, timer) if timer == held.timer => {
            Order::Decides(std::mem::take(&mut held.behind))
        }
        // They bring another text, or the end.
        Message::FileOpened(_)
        | Message::FileRead { .. }
        | Message::ClipboardRead(_)
        | Message::Terminated
        | Message::StopAsked => {
            held.behind.push_back(message);
            Order::Decides(std::mem::take(&mut held.behind))
        }
        _ => Order::Now(message),
    }
}

/// What has waited behind the Tab, if its answer has come: then it is decided.
pub(super) fn answered(state: &mut State) -> Option<VecDeque<Message>> {
    let is_answered = state.suggest.awaiting.is_none();
    let held = state.suggest.held_tab.as_mut().filter(|_| is_answered)?;
    Some(std::mem::take(&mut held.behind))
}

/// What the Tab that waited takes: never anything where the text, the cursor or who has the keys changed meanwhile. Where no
/// answer came, the next Tab does not wait.
pub(super) fn release(state: &mut State) -> TabTarget {
    let Some(held) = state.suggest.held_tab.take() else { return TabTarget::Nothing };
    let is_here = (held.revision, held.cursor) == (state.document.revision, state.cursor());
    let has_keys = state.overlay == Overlay::None && state.focus == Focus::Editor;
    match state.tab_target() {
        TabTarget::Wait => {
            state.suggest.waited_at = is_here.then_some((held.revision, held.cursor));
            TabTarget::Nothing
        }
        target if is_here && has_keys => target,
        _ => TabTarget::Nothing,
    }
}
