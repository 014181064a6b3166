//! One file for each part of the screen; each draws a part of the state into a rectangle.

pub mod editor;
pub mod help;
pub mod recovery;
pub mod status;
pub mod suggestions;
pub mod training;
