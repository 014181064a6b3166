//! Texts that can be restored: a list, and of the chosen one all that helps to decide, its end included.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::State;
use crate::message::{KeptBecause, Recovery};
use crate::time::local;
use crate::view::glyph::{fit_end, fold, width};
use crate::view::status::counted;
use crate::view::theme;

/// Rows of the list at most.
const MOST_LISTED: usize = 6;
/// Rows of the text's end at most.
const MOST_TAIL: usize = 6;
/// From this many columns on, a file is named by its whole path.
const WIDE: usize = 60;
/// Below this many, there are no sentences.
const NARROW: usize = 30;

/// The rows of the dialog: at most `room`, the most important first.
pub(super) fn lines(state: &State, chosen: usize, columns: usize, room: usize) -> Vec<Line<'static>> {
    let Some(found) = state.found(chosen) else { return vec![Line::raw("There is nothing to have back.")] };
    let mut lines = list(state, chosen, columns, room);
    let (wide, narrow) = (columns >= WIDE, columns < NARROW);
    if lines.is_empty() {
        lines.push(Line::styled(fit_end(&name(found, wide), columns), theme::CHOSEN));
    }
    let mut say = |text: String, style: Style| {
        lines.extend(fold(&text, columns).into_iter().map(|line| Line::styled(line, style)));
    };
    if !narrow {
        say(because(found, wide).to_owned(), Style::new());
    }
    if state.is_outdated(found) {
        say(
            if narrow { "The file is newer!".to_owned() } else { outdated(state, found, wide) },
            theme::QUESTION,
        );
    }
    if !state.is_here(found) {
        let details = if narrow { "Another file's.".to_owned() } else { elsewhere(state, found, wide) };
        say(details, theme::QUESTION);
    }
    if narrow {
        say(format!("({})", kind(found)), Style::new());
    }
    say(
        format!("{}, {}", found.written_in(&state.settings.zone), counted(words(&found.text), "word")),
        theme::QUIET,
    );
    let left = room.saturating_sub(lines.len() + 1);
    let tail: Vec<&str> = found.text.lines().filter(|line| !line.trim().is_empty()).collect();
    let shown = tail.len().saturating_sub(left.min(MOST_TAIL));
    lines.extend(
        tail[shown..].iter().map(|line| Line::raw(format!("│ {}", fit_end(line, columns.saturating_sub(2))))),
    );
    lines
}

/// The list, if it has more than one text; on a low screen only the chosen one.
fn list(state: &State, chosen: usize, columns: usize, room: usize) -> Vec<Line<'static>> {
    let count = state.found_count();
    if count < 2 {
        return Vec::new();
    }
    let rows = if room < 8 { 1 } else { MOST_LISTED.min(room / 3) };
    let first = chosen.saturating_sub(rows / 2).min(count.saturating_sub(rows));
    let row = |index: usize| {
        let found = state.found(index)?;
        let mark = if index == chosen { "▸" } else { " " };
        let number = format!("{mark} {}/{count} ", index + 1);
        let details = format!("  {}  {}", found.written_in(&state.settings.zone), kind(found));
        let details = if width(&details) + width(&number) + 8 > columns {
            format!("  {}", kind(found))
        } else {
            details
        };
        let details = if width(&details) + width(&number) + 8 > columns { String::new() } else { details };
        let name = fit_end(&name(found, false), columns.saturating_sub(width(&details) + width(&number)));
        let style = if index == chosen { theme::CHOSEN } else { Style::new() };
        let spans = vec![
            Span::styled(number, theme::KEY),
            Span::styled(name, style),
            Span::styled(details, theme::QUIET),
        ];
        Some(Line::from(spans))
    };
    (first..first + rows).filter_map(row).collect()
}

/// The question whether one of them is to go.
pub(super) fn discard_lines(state: &State, chosen: usize, columns: usize) -> Vec<Line<'static>> {
    let Some(found) = state.found(chosen) else { return Vec::new() };
    let what = format!(
        "{}, {}",
        fit_end(&name(found, columns >= WIDE), columns),
        counted(words(&found.text), "word")
    );
    let question = match found.because {
        KeptBecause::Crash => format!("Discard the unsaved text of {what}? It is kept for a week."),
        _ => format!("Throw away the text of {what}, for good?"),
    };
    fold(&question, columns).into_iter().map(|line| Line::styled(line, theme::QUESTION)).collect()
}

fn name(found: &Recovery, whole: bool) -> String {
    let path = found.path.as_ref();
    let shown = path.map(|path| if whole { path.as_os_str() } else { path.file_name().unwrap_or_default() });
    shown.map_or_else(|| "an unnamed text".to_owned(), |shown| shown.to_string_lossy().into_owned())
}

/// Why it is kept, in a word or two.
fn kind(found: &Recovery) -> &'static str {
    match found.because {
        KeptBecause::Crash => "not saved",
        KeptBecause::Discard => "discarded",
        KeptBecause::Reload => "replaced",
        KeptBecause::Overwrite => "overwritten",
    }
}

fn because(found: &Recovery, wide: bool) -> &'static str {
    match (found.because, wide) {
        (KeptBecause::Crash, true) => "Foreword did not end well, and this was not saved.",
        (KeptBecause::Crash, false) => "Not saved before a crash.",
        (KeptBecause::Discard, _) => "You discarded it.",
        (KeptBecause::Reload, _) => "Another text took its place.",
        (KeptBecause::Overwrite, true) => "Another program's version of the file, which you overwrote.",
        (KeptBecause::Overwrite, false) => "Another program's, overwritten.",
    }
}

fn outdated(state: &State, found: &Recovery, wide: bool) -> String {
    let modified = found.on_disk.and_then(|stamp| stamp.modified());
    let when = modified.map(|time| local(time, &state.settings.zone));
    match when {
        Some(when) if wide => {
            format!("{} was changed since, at {when}: compare the two before you decide.", name(found, false))
        }
        Some(when) => format!("The file was changed since, at {when}."),
        None => "The file was changed since.".to_owned(),
    }
}

fn elsewhere(state: &State, found: &Recovery, wide: bool) -> String {
    let open = state.document.name();
    match (state.document.is_modified(), &found.path) {
        (true, _) => format!("It is not the text of {open}. Save that first to restore this."),
        (false, None) if wide => format!("It is not the text of {open}: restoring it leaves that file."),
        (false, Some(_)) if wide => {
            format!("It is not the text of {open}: restoring it opens {} instead.", name(found, false))
        }
        (false, _) => format!("Not the text of {open}."),
    }
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}
