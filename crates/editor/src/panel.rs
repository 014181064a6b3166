//! The side panel's data. Its first tab: the folder, what is in it, how the training goes, what came of it. Its second:
//! the [`ModelTab`].

use super::inspection::ModelTab;
use super::line_input::LineInput;
use learn::train::{DatasetPreview, StepReport, TrainingSummary};

/// How far learning from a folder has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Learning {
    /// A folder is to be chosen.
    Choosing {
        /// Why nothing can be learned from the last one.
        error: Option<String>,
    },
    /// The folder is being looked through.
    Previewing,
    /// What would be learned is on the screen; the training can start.
    Ready(Preview),
    /// A training is under way.
    Running {
        /// How it goes.
        run: RunState,
        /// What it learns from: on the screen again when it is cancelled.
        preview: Preview,
    },
    /// The training is done, with figures before → after.
    Done(Box<TrainingSummary>),
    /// The training failed, with the cause.
    Failed(String),
}

impl Default for Learning {
    fn default() -> Self {
        Self::Choosing { error: None }
    }
}

impl Learning {
    /// Whether a training is under way.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
    }

    /// Why the last thing failed, where the panel shows it.
    pub(crate) fn error(&self) -> Option<&str> {
        match self {
            Self::Choosing { error } => error.as_deref(),
            Self::Failed(cause) => Some(cause),
            _ => None,
        }
    }
}

/// How a training goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It goes on by itself.
    Going,
    /// It is held between two steps.
    Paused,
    /// The writer stopped it and keeps what there is: that is being judged.
    Finishing,
    /// The writer stopped it and keeps nothing.
    Cancelling,
}

/// What a folder holds, as a list that can be scrolled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preview {
    /// The documents, and the files that are skipped.
    pub dataset: DatasetPreview,
    /// Rows the list is scrolled down.
    pub scroll: usize,
}

impl Preview {
    /// Files in the list.
    pub(crate) fn files(&self) -> usize {
        self.dataset.documents.len() + self.dataset.skipped.len()
    }

    /// Scrolls the list, up when `rows` is negative.
    pub(crate) fn scroll_by(&mut self, rows: isize) {
        let last = self.files().saturating_sub(1);
        self.scroll = self.scroll.saturating_add_signed(rows).min(last);
    }
}

/// The reports of the training under way, or of this session's last one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrainingProgress {
    /// The latest report.
    pub report: Option<StepReport>,
    /// Training loss, bits per byte.
    pub train: Curve,
    /// Validation loss, bits per byte.
    pub validation: Curve,
    /// The gradient's global norm, before clipping.
    pub gradient: Curve,
}

impl TrainingProgress {
    /// Adds a report to the curves.
    pub(crate) fn add(&mut self, report: StepReport) {
        if let Some(bits) = report.train_bits {
            self.train.push(report.step, bits);
        }
        if let Some(bits) = report.validation_bits {
            self.validation.push(report.step, bits);
        }
        if report.step > self.gradient.points().last().map_or(0, |point| point.0) {
            self.gradient.push(report.step, report.gradient_norm);
        }
        self.report = Some(report);
    }
}

/// What the side panel shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PanelTab {
    /// Learning from a folder.
    #[default]
    Learn,
    /// The model in use, inspected.
    Model,
}

impl PanelTab {
    /// The other one.
    #[must_use]
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Learn => Self::Model,
            Self::Model => Self::Learn,
        }
    }
}

/// A curve over a training, of bounded length: when it is full, every second point goes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    points: Vec<(u64, f64)>,
}

impl Curve {
    const CAPACITY: usize = 512;

    /// The points: optimiser step, value.
    pub(crate) fn points(&self) -> &[(u64, f64)] {
        &self.points
    }

    /// Adds a point, unless it is not finite: that cannot be drawn.
    pub(crate) fn push(&mut self, step: u64, value: f64) {
        if !value.is_finite() {
            return;
        }
        if self.points.len() >= Self::CAPACITY {
            let mut index = 0;
            self.points.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
        self.points.push((step, value));
    }
}

/// The side panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Whether it is on screen.
    pub open: bool,
    /// Which of its tabs.
    pub tab: PanelTab,
    /// Rows scrolled down in a window that is too small for all.
    pub scroll: usize,
    /// What the Model tab shows.
    pub model: ModelTab,
    /// The folder to learn from, as typed.
    pub folder: LineInput,
    /// Whether letters go to the folder line; otherwise they are commands (`s`, `p`, `k`, `c`, `r`, `e`).
    pub editing_folder: bool,
    /// How far learning from it has come.
    pub learning: Learning,
    /// How the training goes, or went.
    pub progress: TrainingProgress,
}

impl Panel {
    /// A closed panel that offers `folder`.
    pub fn new(folder: &str) -> Self {
        Self {
            open: false,
            tab: PanelTab::Learn,
            scroll: 0,
            model: ModelTab::default(),
            folder: LineInput::new(folder),
            editing_folder: true,
            learning: Learning::default(),
            progress: TrainingProgress::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_keeps_its_span_and_a_bounded_length() {
        let mut curve = Curve::default();
        for step in 0..10_000 {
            curve.push(step, 2.0);
        }
        curve.push(10_000, f64::NAN);
        assert!(curve.points().len() <= 512);
        assert_eq!(curve.points().first().unwrap().0, 0);
        assert_eq!(curve.points().last().unwrap().0, 9_999);
        assert!(curve.points().is_sorted_by_key(|point| point.0));
    }
}
