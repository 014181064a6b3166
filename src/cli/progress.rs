//! A progress bar on stderr. It draws nothing if stderr is not a terminal.

use indicatif::{ProgressBar, ProgressStyle};

use crate::runtime::visible::Line;

/// Steps of the bar: finer than any terminal is wide.
const STEPS: u64 = 1_000;

/// A progress bar with a line of status.
pub(super) struct ProgressLine {
    bar: ProgressBar,
}

impl ProgressLine {
    /// A bar that shows nothing yet.
    pub(super) fn new() -> Self {
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} % {wide_msg}")
            .expect("the template is a constant and is right");
        Self { bar: ProgressBar::new(STEPS).with_style(style) }
    }

    /// Shows the share done, 0 to 1, and how it stands.
    pub(super) fn show(&mut self, share: f64, status: &str) {
        self.bar.set_message(Line(status).to_string());
        self.bar.set_position((share.clamp(0.0, 1.0) * STEPS as f64) as u64);
    }

    /// Takes the bar away.
    pub(super) fn finish(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
