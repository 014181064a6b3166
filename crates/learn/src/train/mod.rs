//! Training a model on the writer's own documents: plans, reports, and the trainer itself.

pub mod adam;
pub mod checkpoint;
mod optimizer;
mod plan;
pub mod report;
pub mod run;
pub mod schedule;
pub mod streams;
pub mod trainer;

#[cfg(test)]
mod tests;

pub use checkpoint::CheckpointError;
pub use optimizer::OptimizerOptions;
pub use plan::TrainingPlan;
pub use report::{DatasetPreview, StepReport, TrainingPhase, TrainingSummary};
pub use schedule::{Decay, Schedule};
pub use trainer::{StepOutcome, Trainer, TrainerOptions};
