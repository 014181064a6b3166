//! What the writer wants of a running training, shared between the panel and the training's thread.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use learn::retrain::Wish;

/// How often a paused training looks whether it may go on.
const PAUSE: Duration = Duration::from_millis(20);

/// What the writer wants of a running training; read between steps.
#[derive(Debug, Default)]
pub struct Control(AtomicU8);

impl Control {
    const RUN: u8 = 0;
    const PAUSE: u8 = 1;
    const FINISH: u8 = 2;
    const CANCEL: u8 = 3;

    /// Holds it between two steps.
    pub fn pause(&self) {
        let _ = self.0.compare_exchange(Self::RUN, Self::PAUSE, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        let _ = self.0.compare_exchange(Self::PAUSE, Self::RUN, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Stops taking steps, and judges what there is.
    pub fn finish(&self) {
        self.0.fetch_max(Self::FINISH, Ordering::Relaxed);
    }

    /// Stops and keeps nothing.
    pub fn cancel(&self) {
        self.0.store(Self::CANCEL, Ordering::Relaxed);
    }

    /// The writer's wish now. A pause only delays the next step: the wish is still to continue.
    pub(super) fn wish(&self) -> Wish {
        match self.0.load(Ordering::Relaxed) {
            Self::FINISH => Wish::Finish,
            Self::CANCEL => Wish::Cancel,
            _ => Wish::Continue,
        }
    }

    /// Returns once it is not paused.
    pub(super) fn wait_while_paused(&self) {
        while self.0.load(Ordering::Relaxed) == Self::PAUSE {
            std::thread::sleep(PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts_and_a_cancelled_run_stays_cancelled() {
        type Command = fn(&Control);
        let (pause, resume, finish, cancel): (Command, Command, Command, Command) =
            (Control::pause, Control::resume, Control::finish, Control::cancel);
        for (commands, expected) in [
            (vec![], Control::RUN),
            (vec![pause], Control::PAUSE),
            (vec![pause, resume], Control::RUN),
            (vec![pause, finish], Control::FINISH),
            (vec![finish, pause], Control::FINISH),
            (vec![finish, cancel], Control::CANCEL),
            (vec![cancel, finish], Control::CANCEL),
            (vec![cancel, resume, pause], Control::CANCEL),
        ] {
            let control = Control::default();
            for command in commands {
                command(&control);
            }
            assert_eq!(control.0.load(Ordering::Relaxed), expected);
        }
    }
}
