//! The side panel's second tab: the model itself. What it is, what it remembers at the cursor, and how far back its
//! gradient reaches.
//!
//! Two things come from outside, and only while the tab is on the screen: the hidden state at the cursor (from the
//! predictor, with every move of the cursor) and an [`Inspection`] (from a thread of its own, seldom).

use crate::text::{DocumentId, Revision};

/// How far a unit has to move to count as having moved; hidden values are between −1 and 1.
pub(crate) const MOVED: f32 = 0.5;

/// From this many bytes on the gradient is measured on the writer's own text.
pub const LEAST_OWN_TEXT: usize = 400;

/// What a model is, in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFigures {
    /// What kind of layer it has ("LSTM").
    pub cell: String,
    /// Layers.
    pub layers: usize,
    /// Width of each layer's hidden state.
    pub hidden: usize,
    /// Width of the embedding.
    pub embed: usize,
    /// Symbols it reads and predicts.
    pub vocabulary: usize,
    /// Parameters in all.
    pub parameters: usize,
    /// Bytes of its file.
    pub bytes: usize,
}

/// `‖∂loss_t/∂h_{t−k}‖` of one model's top layer.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowCurve {
    /// Whose it is.
    pub of: FlowOf,
    /// The norm at k = 0, 1, 2 …, the mean over places of the text.
    pub norms: Vec<f64>,
}

/// Whose gradient a [`FlowCurve`] is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowOf {
    /// The model in use.
    InUse,
    /// The version that was in use before the last training of this session.
    BeforeTraining(String),
    /// A plain tanh network as wide, as it is before any training.
    UntrainedTanh,
}

/// What an inspection of a model found.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// The version inspected.
    pub model: String,
    /// What it is.
    pub figures: ModelFigures,
    /// Whether the gradient was measured on the writer's own text; on a text of the program's own otherwise.
    pub own_text: bool,
    /// The gradient's reach: the model in use first.
    pub flow: Vec<FlowCurve>,
}

/// The top layer's hidden values at the cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct HiddenState {
    /// One value for each unit, −1 to 1.
    pub values: Vec<f32>,
    /// What has changed since the hidden state before, if there was one.
    pub change: Option<HiddenChange>,
}

/// How one hidden state differs from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HiddenChange {
    /// The letter that was read between them, if it was just one.
    pub letter: Option<char>,
    /// Units that moved by more than `MOVED`.
    pub moved: usize,
}

/// What an inspection was made of. Another one is due when this is no longer so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The model in use.
    pub model: String,
    /// The one before the last training.
    pub before: Option<String>,
    /// The document.
    pub document: DocumentId,
    /// The text's revision.
    pub revision: Revision,
    /// The text's length, bytes.
    pub bytes: usize,
}

/// The tab's data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelTab {
    /// Revision and cursor of the last request for a hidden state; `None` while the tab is closed.
    pub asked_at: Option<(Revision, usize)>,
    /// The revision, the cursor and the hidden state there.
    pub hidden: Option<((Revision, usize), HiddenState)>,
    /// What the last inspection was made of.
    pub inspected: Option<Inspected>,
    /// The number of the inspection under way.
    pub awaiting: Option<u64>,
    /// How many inspections were requested.
    pub inspections: u64,
    /// What the last one found, or why it failed.
    pub found: Option<Result<Inspection, String>>,
    /// The version in use before this session's last training whose result is used.
    pub before_training: Option<String>,
}
