//! The status line, and what rises above it: messages too long for it, and prompts.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use crate::mark::MarkKind;
use crate::on_show::MESSAGE_ROWS;
use crate::panel::{Learning, RunState};
use crate::search::Search;
use crate::state::{PathPurpose, Status, StatusKind};
use crate::view::glyph::{fit, fit_end, fold, width};
use crate::view::theme;
use crate::{Focus, LineInput, Overlay, PanelTab, State};

/// Rows a message may rise to.
const MAX_ROWS: usize = MESSAGE_ROWS as usize;
/// Fewer columns than this are a narrow window.
const NARROW: usize = 30;
/// Columns that a line of input has beside a note, if it is so long.
const LEAST_INPUT: usize = 8;

/// Draws the status line: the file on the left, then the marks, and on the right as many figures as fit, the most
/// important first.
pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let columns = area.width as usize;
    let marks = marks(state, columns);
    let taken = if marks.is_empty() { 0 } else { width(&marks) + 1 };
    let columns = columns.saturating_sub(taken);
    let mut figures = String::new();
    let name = width(&state.document.name());
    // In a narrow window what holds for the text is more than the cursor's place.
    let (least_name, place) = if columns < NARROW { (6, 0) } else { (8, 6) };
    let flags = flags(state, columns.saturating_sub(name.min(least_name) + 1 + place));
    let least = name.min(columns / 3) + 1 + width(&flags).max(2);
    for figure in figures_of(state) {
        let longer = if figures.is_empty() { format!("{figure} ") } else { format!("{figure} · {figures}") };
        if width(&longer) + least < columns && (marks.is_empty() || columns > 24) {
            figures = longer;
        }
    }
    let room = columns.saturating_sub(width(&figures) + width(&flags) + 2);
    let name = fit(&format!(" {}{flags}", fit_end(&state.document.name(), room)), columns);
    let gap = " ".repeat(columns.saturating_sub(width(&name) + width(&figures)));
    let mut spans = vec![Span::styled(name, theme::BAR)];
    if !marks.is_empty() {
        spans.extend([Span::styled(" ", theme::BAR), Span::styled(marks, theme::MARK)]);
    }
    spans.push(Span::styled(format!("{gap}{figures}"), theme::BAR));
    frame.render_widget(Line::from(spans), area);
}

/// The mode in which nothing typed is learned: in a row with room, and in one without.
pub(super) const INCOGNITO: [&str; 2] = ["incognito: nothing typed is learned", "incognito"];

/// What holds for the text, behind its name: changes that are not saved, a file that cannot be written, a mode in which nothing is
/// learned. In at most `room` cells, if there is a way to say it in so few.
fn flags(state: &State, room: usize) -> String {
    let modified = if state.document.is_modified() { " *" } else { "" };
    let read_only = |said| if state.document.read_only { Some(said) } else { None };
    let incognito = |said| if state.settings.incognito { Some(said) } else { None };
    let forms = [
        (read_only("read-only"), incognito(INCOGNITO[0])),
        (read_only("read-only"), incognito(INCOGNITO[1])),
        (read_only("ro"), incognito(INCOGNITO[1])),
        (read_only("ro"), incognito("inc")),
    ];
    let forms = forms.map(|(read_only, incognito)| {
        let said: Vec<&str> = read_only.into_iter().chain(incognito).collect();
        if said.is_empty() { modified.to_owned() } else { format!("{modified} ({})", said.join(", ")) }
    });
    let last = forms[3].clone();
    forms.into_iter().find(|form| width(form) <= room).unwrap_or(last)
}

/// The marks: all of them and the key where there is room, at least `!` and the first one's short name.
fn marks(state: &State, columns: usize) -> String {
    let marks = state.marks();
    let Some(first) = marks.first() else { return String::new() };
    let all = |name: fn(MarkKind) -> &'static str| {
        marks.iter().map(|mark| name(mark.kind)).collect::<Vec<_>>().join(", ")
    };
    let more = if marks.len() > 1 { format!(" +{}", marks.len() - 1) } else { String::new() };
    let forms = [
        format!("! {} · F4", all(MarkKind::name)),
        format!("! {} · F4", all(MarkKind::short_name)),
        format!("! {}{more} · F4", first.kind.name()),
        format!("! {}{more} F4", first.kind.short_name()),
    ];
    let fits = forms.into_iter().find(|form| width(form) <= columns / 2);
    fits.unwrap_or_else(|| fit(&format!("!{}{more}", first.kind.short_name()), columns))
}

/// What may stand on the right, most important first.
fn figures_of(state: &State) -> Vec<String> {
    let rope = state.document.buffer.rope();
    let cursor = state.cursor().min(rope.len_chars());
    let line = rope.char_to_line(cursor);
    let column = cursor - rope.line_to_char(line);
    let mut figures = vec![format!("{}:{}", line + 1, column + 1)];
    figures.extend(training(state));
    figures.push(counted(state.words(), "word"));
    if state.counters.saved > 0 {
        figures.push(format!("{:.0}% keys saved", state.counters.savings_rate() * 100.0));
    }
    if !state.model.name.is_empty() {
        figures.push(fit(&state.model.name, 16));
    }
    figures
}

/// A number and its noun: `1 word`, `12 words`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A number with its thousands apart.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The training in brief, while there is one.
fn training(state: &State) -> Option<String> {
    let Learning::Running { run, .. } = &state.panel.learning else { return None };
    let progress = state.panel.progress.report.as_ref().map_or(0.0, |report| report.progress) * 100.0;
    Some(match run {
        RunState::Going => format!("learning {progress:.0}%"),
        RunState::Paused => format!("learning paused at {progress:.0}%"),
        RunState::Finishing => "judging what was learned".to_owned(),
        RunState::Cancelling => "stopping".to_owned(),
    })
}

/// What rises above the status line: a prompt or a message. Returns, for a prompt, where its cursor stands.
pub(super) fn draw_above(state: &State, frame: &mut Frame, above: Rect) -> Option<Position> {
    match &state.overlay {
        Overlay::Find(bar) => Some(prompt(
            frame,
            above,
            "Find: ",
            &bar.query,
            &found(&state.search, usize::from(above.width)),
            &["↓ next · ↑ previous · Enter stay · Esc back", "↓↑ · Enter stay · Esc back", "↓↑ Enter Esc"],
        )),
        Overlay::PathPrompt { purpose, input } => {
            let label = match purpose {
                PathPurpose::Open => "Open: ",
                PathPurpose::SaveAs => "Save as: ",
            };
            Some(prompt(frame, above, label, input, "", &["Enter · Esc back", "Enter Esc"]))
        }
        Overlay::Question(_) | Overlay::Comparison(_) => None,
        Overlay::None | Overlay::Help { .. } | Overlay::Why(_) => {
            if let Some(status) = state.status.as_ref().filter(|status| !told_by_panel(state, status)) {
                let (text, style) = match status.kind {
                    StatusKind::Info => (status.text.clone(), ratatui::style::Style::new()),
                    StatusKind::Error => (format!("! {}", status.text), theme::ERROR),
                };
                block(frame, above, &text, style);
            }
            None
        }
    }
}

/// How many matches there are, and at which the cursor is; briefly in a narrow window. A `+` says that they are still being counted.
fn found(search: &Search, columns: usize) -> String {
    if search.query().is_empty() {
        return String::new();
    }
    let (count, all) = search.total();
    let more = if all { "" } else { "+" };
    let is_narrow = columns < NARROW;
    let of = if is_narrow { "/" } else { " of " };
    let mut found = match search.index() {
        _ if search.wanted.is_some() => (if is_narrow { "…" } else { "searching …" }).to_owned(),
        _ if count == 0 && all => (if is_narrow { "none" } else { "no match" }).to_owned(),
        Some(index) => format!("{}{of}{}{more}", grouped(index), grouped(count)),
        None => format!("{}{more}", grouped(count)),
    };
    if search.restricts_case() {
        found.push_str(if is_narrow { " Aa" } else { ", case as typed" });
    }
    found
}

/// Whether the panel, which has the keys, shows the message already: then the message need not cover it.
fn told_by_panel(state: &State, status: &Status) -> bool {
    let panel = &state.panel;
    state.focus == Focus::Panel
        && panel.tab == PanelTab::Learn
        && match status.kind {
            StatusKind::Info => {
                matches!(panel.learning, Learning::Done(_)) && !status.text.starts_with("Saved")
            }
            StatusKind::Error => panel.learning.error().is_some_and(|error| status.text.ends_with(error)),
        }
}

/// A text on the lowest rows of `above`, as many as it takes.
fn block(frame: &mut Frame, above: Rect, text: &str, style: ratatui::style::Style) {
    let columns = (above.width as usize).saturating_sub(2);
    let mut lines = fold(text, columns);
    let most = MAX_ROWS.min(above.height as usize);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = fit(&format!("{last} …"), columns);
        }
    }
    let area = lowest(above, lines.len() as u16);
    frame.render_widget(Clear, area);
    let lines: Vec<Line> = lines.into_iter().map(|line| Line::styled(format!(" {line}"), style)).collect();
    frame.render_widget(Paragraph::new(lines), area);
}

/// A line of input on the lowest row; right of it a note, and the first of the hints that has room. Returns where the cursor stands.
fn prompt(
    frame: &mut Frame,
    above: Rect,
    label: &str,
    input: &LineInput,
    note: &str,
    hints: &[&str],
) -> Position {
    let area = lowest(above, 1);
    let columns = area.width as usize;
    let least = width(label) + LEAST_INPUT.min(width(input.text()) + 1);
    let note = fit(note, columns.saturating_sub(least + 2));
    let (line, cursor) = input_line(label, input, columns.saturating_sub(width(&note) + 2));
    let used = line.width();
    let mut line = line;
    line.push_span(Span::raw(format!("  {note}")));
    let free = columns.saturating_sub(used + 2 + width(&note));
    if let Some(hint) = hints.iter().find(|hint| width(hint) + 3 <= free) {
        line.push_span(Span::raw(" ".repeat(free - width(hint))));
        line.push_span(Span::styled((*hint).to_owned(), theme::QUIET));
    }
    frame.render_widget(Clear, area);
    frame.render_widget(line, area);
    Position::new(area.x + cursor as u16, area.y)
}

/// A labelled line of input in at most `columns` cells, and the cell its cursor stands on. What is before the cursor
/// is cut at its start, so the cursor is always on screen.
pub(super) fn input_line(label: &str, input: &LineInput, columns: usize) -> (Line<'static>, usize) {
    let (before, after) = input.parts();
    let room = columns.saturating_sub(width(label) + 1);
    let before = fit_end(before, room);
    let cursor = width(label) + width(&before);
    let after = fit(after, room.saturating_sub(width(&before)) + 1);
    let style = if input.is_selected() { theme::SELECTION } else { ratatui::style::Style::new() };
    let parts = [before, after].map(|part| Span::styled(part, style));
    let mut spans = vec![Span::styled(label.to_owned(), theme::KEY)];
    spans.extend(parts);
    (Line::from(spans), cursor)
}

fn lowest(above: Rect, rows: u16) -> Rect {
    let rows = rows.min(above.height);
    Rect { y: above.bottom() - rows, height: rows, ..above }
}
