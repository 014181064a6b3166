//! The side panel's data. Its first tab: the folder, what is in it, how the training goes, what came of it. Its second:
//! the [`ModelTab`].

use super::inspection::ModelTab;
use super::line_input::LineInput;
use learn::train::{DatasetPreview, StepReport, TrainingSummary};

/// How far the panel's one job has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PanelPhase {
    /// A folder is to be chosen.
    #[default]
    Idle,
    /// The folder is being looked through.
    Previewing,
    /// What would be learned is on show; the training can start.
    Ready,
    /// The training runs.
    Running,
    /// The training is held between two steps.
    Paused,
    /// The writer asked to stop and keep what there is: it is being judged.
    Finishing,
    /// The writer asked to stop and keep nothing.
    Cancelling,
    /// It is done; the summary says what came of it.
    Finished,
    /// It failed; [`Panel::error`] says why.
    Failed,
}

/// What the side panel shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PanelTab {
    /// Learning from a folder.
    #[default]
    Learn,
    /// The model in use, looked into.
    Model,
}

impl PanelTab {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Learn => Self::Model,
            Self::Model => Self::Learn,
        }
    }
}

/// A curve of bounded length over a training: when it is full, every other point goes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    points: Vec<(u64, f64)>,
}

impl Curve {
    const CAPACITY: usize = 512;

    /// The points: optimiser step, value.
    pub fn points(&self) -> &[(u64, f64)] {
        &self.points
    }

    /// Adds a point. Values that are no number are left out: they cannot be drawn.
    pub fn push(&mut self, step: u64, value: f64) {
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
    /// What the Model tab shows.
    pub model: ModelTab,
    /// The folder to learn from, as typed.
    pub folder: LineInput,
    /// Whether letters go to the folder line; otherwise they are commands (`s`, `p`, `k`, `c`, `r`, `e`).
    pub editing_folder: bool,
    /// How far it has come.
    pub phase: PanelPhase,
    /// What the folder holds.
    pub preview: Option<DatasetPreview>,
    /// Why the last thing failed.
    pub error: Option<String>,
    /// The latest report.
    pub report: Option<StepReport>,
    /// Training loss, bits per byte.
    pub train_curve: Curve,
    /// Validation loss, bits per byte.
    pub validation_curve: Curve,
    /// The gradient's global norm, before clipping.
    pub gradient_curve: Curve,
    /// What came of the last training: before → after.
    pub summary: Option<Box<TrainingSummary>>,
    /// Rows the preview's list is scrolled down.
    pub scroll: usize,
}

impl Panel {
    /// A closed panel that offers `folder`.
    pub fn new(folder: &str) -> Self {
        Self {
            open: false,
            tab: PanelTab::Learn,
            model: ModelTab::default(),
            folder: LineInput::new(folder),
            editing_folder: true,
            phase: PanelPhase::Idle,
            preview: None,
            error: None,
            report: None,
            train_curve: Curve::default(),
            validation_curve: Curve::default(),
            gradient_curve: Curve::default(),
            summary: None,
            scroll: 0,
        }
    }

    /// Whether a training is under way.
    pub fn is_busy(&self) -> bool {
        use PanelPhase::{Cancelling, Finishing, Paused, Running};
        matches!(self.phase, Running | Paused | Finishing | Cancelling)
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
