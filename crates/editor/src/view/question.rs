//! A question: its text, and below it the buttons, on the lowest rows above the status line.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Stylize;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use super::learn_tab::duration;
use super::recovery;
use crate::State;
use crate::layout;
use crate::panel::{Learning, RunState};
use crate::question::{ChoiceKey, Leave, Question, Subject};
use crate::view::glyph::{fit, fit_end, fold};
use crate::view::theme;

/// From this many columns on, a file is named by its whole path.
const WIDE: usize = 60;

/// Draws the question over `above`.
pub(super) fn draw(state: &State, question: &Question, frame: &mut Frame, above: Rect) {
    let columns = (above.width as usize).saturating_sub(2);
    let buttons = layout::buttons(state);
    let top = buttons.iter().map(|button| button.area.y).min().unwrap_or(above.bottom());
    let room = usize::from(top.saturating_sub(above.y));
    let mut lines = match &question.subject {
        Subject::Found { chosen } => recovery::lines(state, *chosen, columns, room),
        Subject::Discard { chosen } => recovery::discard_lines(state, *chosen, columns),
        subject => {
            let text = sentence(state, subject, columns);
            fold(&text, columns).into_iter().map(|line| Line::styled(line, theme::QUESTION)).collect()
        }
    };
    // ↑ and ↓ lead through what has no room.
    lines.drain(..question.scroll.min(lines.len().saturating_sub(room)));
    if lines.len() > room {
        lines.truncate(room);
        if let Some(last) = lines.last_mut() {
            last.push_span("…");
        }
    } else if lines.len() + 3 < room {
        lines.insert(0, Line::styled("─".repeat(columns), theme::FOCUSED));
    }
    let height = lines.len() as u16;
    // The terminal may have shrunk since the last `Resized`.
    let area = Rect { y: top - height, ..above }.intersection(above);
    frame.render_widget(Clear, area);
    let lines: Vec<Line> = lines
        .into_iter()
        .map(|mut line| {
            line.spans.insert(0, " ".into());
            line
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), Rect { height: height.min(area.height), ..area });
    let choices = state.choices(&question.subject);
    for button in buttons {
        let style = match (question.armed, button.index == question.focus) {
            (false, _) => theme::QUIET,
            (true, true) => theme::BUTTON_FOCUSED,
            (true, false) => theme::BUTTON,
        };
        let line = match choices.get(button.index).map(|choice| choice.key) {
            Some(ChoiceKey::Alt(letter)) if question.armed && !button.text.contains("Alt-") => {
                with_letter_underlined(button.text, letter)
            }
            _ => Line::from(button.text),
        };
        frame.render_widget(line.style(style), button.area.intersection(above));
    }
}

/// Where there is no room to name a button's key: its letter, underlined.
fn with_letter_underlined(text: String, letter: char) -> Line<'static> {
    let Some((at, found)) = text.char_indices().find(|(_, c)| c.eq_ignore_ascii_case(&letter)) else {
        return Line::from(text);
    };
    let (before, rest) = text.split_at(at);
    let (found, after) = rest.split_at(found.len_utf8());
    Line::from(vec![before.to_owned().into(), found.to_owned().underlined(), after.to_owned().into()])
}

/// What is asked, in a sentence.
fn sentence(state: &State, subject: &Subject, columns: usize) -> String {
    match subject {
        Subject::Leave(leave) => {
            let before = match leave {
                Leave::Quit => "quitting",
                Leave::Open(_) => "opening the other file",
            };
            let name = fit(&state.document.name(), columns / 2);
            match &state.cannot_keep {
                None => format!("Save {name} before {before}? What you discard is kept for a week."),
                Some(cause) => {
                    format!("{name} could not be kept for a week ({cause}): what you discard now is gone. Save it?")
                }
            }
        }
        Subject::Conflict => {
            let Some(conflict) = &state.conflict else { return String::new() };
            let path = conflict.path.to_string_lossy();
            let name = conflict.path.file_name().map_or(path.clone(), |name| name.to_string_lossy());
            let shown = fit_end(if columns < WIDE { &name } else { &path }, columns);
            if state.conflict_is_own() {
                format!(
                    "{shown} was changed by another program: your text is not saved there. \
                     What you replace, here or there, is kept for a week."
                )
            } else {
                format!(
                    "{shown} is there already: your text is not saved there. \
                     What you overwrite is kept for a week."
                )
            }
        }
        Subject::Marked(mark) => mark.sentence.clone(),
        Subject::StopTraining => {
            "Stop learning? Nothing of this round is kept. `k` in the panel stops it and keeps what is better."
                .to_owned()
        }
        Subject::QuitTraining => quit_training(state),
        Subject::Found { .. } | Subject::Discard { .. } => String::new(),
    }
}

/// How far the training is that would end with the program.
fn quit_training(state: &State) -> String {
    let Learning::Running { run, .. } = &state.panel.learning else {
        return "The learning has ended meanwhile. Quit?".to_owned();
    };
    let report = state.panel.progress.report.as_ref();
    let far = (report.map_or(0.0, |report| report.progress).clamp(0.0, 1.0) * 100.0).round();
    let how = match run {
        RunState::Going => format!("Learning is at {far} %"),
        RunState::Paused => format!("Learning is paused at {far} %"),
        RunState::Finishing => format!("What was learned is being judged ({far} %)"),
        RunState::Cancelling => "Learning is being stopped".to_owned(),
    };
    let left = report.and_then(|report| report.eta_seconds).filter(|_| *run == RunState::Going);
    let left = left.map_or_else(String::new, |left| format!(", {} left", duration(left)));
    let instead = match run {
        RunState::Going | RunState::Paused => " `k` in the panel (F2) stops it and keeps what is better.",
        RunState::Finishing | RunState::Cancelling => "",
    };
    format!("{how}{left}. Quit, and keep nothing of this round?{instead}")
}
