//! How things look: the sixteen colours every terminal has, and never a colour alone to tell two things apart.

use ratatui::style::{Color, Modifier, Style};

/// Ghost text: there, but not written.
pub(super) const GHOST: Style = Style::new().add_modifier(Modifier::DIM).add_modifier(Modifier::ITALIC);
/// The sign behind ghost text whose word goes on. It is no part of it: upright, and in the colour of keys.
pub(super) const GOES_ON: Style = Style::new().fg(Color::Cyan).add_modifier(Modifier::DIM);
/// What stands in for a character that cannot be shown.
pub(super) const STAND_IN: Style = Style::new().fg(Color::Magenta);
/// Selected text.
pub(super) const SELECTION: Style = Style::new().add_modifier(Modifier::REVERSED);
/// A match of the search that is not selected.
pub(super) const MATCH: Style = Style::new().fg(Color::Yellow).add_modifier(Modifier::UNDERLINED);
/// The status line.
pub(super) const BAR: Style = Style::new().add_modifier(Modifier::REVERSED);
/// A failure; its text says that it is one.
pub(super) const ERROR: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
/// A question that has the keys.
pub(super) const QUESTION: Style = Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD);
/// A lasting mark in the status line.
pub(super) const MARK: Style =
    Style::new().fg(Color::Red).add_modifier(Modifier::REVERSED).add_modifier(Modifier::BOLD);
/// A button that can be pressed.
pub(super) const BUTTON: Style = Style::new().fg(Color::Cyan);
/// The button that Enter presses.
pub(super) const BUTTON_FOCUSED: Style =
    Style::new().fg(Color::Cyan).add_modifier(Modifier::REVERSED).add_modifier(Modifier::BOLD);
/// What is only in the text here.
pub(super) const OURS: Style = Style::new().fg(Color::Red);
/// What is only in the other text.
pub(super) const THEIRS: Style = Style::new().fg(Color::Green);
/// The words that differ, on either side.
pub(super) const DIFFERS: Modifier = Modifier::REVERSED;
/// Less important text.
pub(super) const QUIET: Style = Style::new().add_modifier(Modifier::DIM);
/// Names of keys, headings.
pub(super) const KEY: Style = Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD);
/// The candidate that the ghost shows.
pub(super) const CHOSEN: Style = Style::new().add_modifier(Modifier::BOLD);
/// The candidate that Tab takes.
pub(super) const TAKEN: Style = Style::new().add_modifier(Modifier::REVERSED).add_modifier(Modifier::BOLD);
/// A candidate that takes the place of what is typed.
pub(super) const CORRECTION: Style = Style::new().add_modifier(Modifier::UNDERLINED);
/// The border of what has the keys.
pub(super) const FOCUSED: Style = Style::new().fg(Color::Cyan);
/// Training loss.
pub(super) const TRAIN: Style = Style::new().fg(Color::Cyan);
/// Validation loss.
pub(super) const VALIDATION: Style = Style::new().fg(Color::Yellow);
/// A value above zero.
pub(super) const POSITIVE: Style = Style::new().fg(Color::Yellow);
/// A value below zero.
pub(super) const NEGATIVE: Style = Style::new().fg(Color::Cyan);
/// Something got better.
pub(super) const BETTER: Style = Style::new().fg(Color::Green).add_modifier(Modifier::BOLD);
