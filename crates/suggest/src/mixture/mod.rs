//! One distribution over words from the LSTM and the counts: docs/mixture.md, equations (1) to (4).

pub(crate) mod calibration;
pub(crate) mod escape;
pub(crate) mod expert;
pub(crate) mod posterior;
pub(crate) mod weights;
