//! The simulated typist of `suggest`, with a clock and its progress shown.

use std::ops::ControlFlow;
use std::time::Instant;

use model::rnn::StreamingRnn;
use suggest::{Evaluation, Observer, Personal, SimulationOptions, TypingProgress, simulate};

/// What must stand beside every count of keystrokes saved.
pub(super) const POTENTIAL: &str =
    "Savings are potential: those of a typist who notices every suggestion, or every second one.";

/// Types `texts` with the suggestions of a model. `progress` gets the share done, 0 to 1.
pub(super) fn evaluate(
    model: &StreamingRnn,
    personal: &Personal,
    texts: &[&str],
    options: &SimulationOptions,
    progress: &mut dyn FnMut(f64),
) -> Evaluation {
    simulate(model, personal, texts, options, &mut Watch { started: Instant::now(), progress })
}

/// Gives a simulation the time, and hands on how far it is.
struct Watch<'a> {
    started: Instant,
    progress: &'a mut dyn FnMut(f64),
}

impl Observer for Watch<'_> {
    fn now_ms(&mut self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1e3
    }

    fn progressed(&mut self, progress: TypingProgress) -> ControlFlow<()> {
        (self.progress)(progress.bytes as f64 / progress.total.max(1) as f64);
        ControlFlow::Continue(())
    }
}
