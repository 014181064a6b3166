//! Training a model on the writer's own documents: plans, reports, and the trainer itself.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod plan;
pub mod report;

pub use plan::TrainingPlan;
pub use report::{DatasetPreview, StepReport, TrainingPhase, TrainingSummary};
