//! One file for each part of the screen; each draws a part of the state into a rectangle.

pub mod comparison;
pub mod editor;
pub mod help;
mod hidden;
mod model;
pub mod question;
pub mod recovery;
pub mod side;
pub mod status;
pub mod suggestions;
mod training;
pub mod why;
