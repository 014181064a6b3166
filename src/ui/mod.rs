//! ui
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]
/// tmp
pub fn view(_s: &crate::app::State, _f: &mut ratatui::Frame) {}
