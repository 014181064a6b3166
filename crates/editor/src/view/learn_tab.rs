//! The side panel's Learn tab: a folder, what is in it, how the learning goes, and the proof of what it brought.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::Style;
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Chart, Dataset, Gauge, GraphType, Paragraph};

use crate::panel::{Learning, Preview, RunState, TrainingProgress};
use crate::view::glyph::{fit, fit_end, fold, width};
use crate::view::status::{counted, grouped, input_line};
use crate::view::theme;
use crate::{Focus, State};
use learn::train::{DatasetPreview, StepReport, TrainingPhase, TrainingSummary};

/// On fewer rows a chart shows nothing.
const LEAST_CHART: u16 = 4;

/// Draws the tab. Returns where the cursor stands in the folder line while that has the keys.
pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) -> Option<Position> {
    let panel = &state.panel;
    let columns = area.width as usize;
    let keys = key_lines(&keys(state), columns);
    let is_running = panel.learning.is_running();
    let with_folder = !is_running && (panel.editing_folder || !matches!(panel.learning, Learning::Done(_)));
    let [folder_row, body, key_rows] = Layout::vertical([
        Constraint::Length(u16::from(with_folder)),
        Constraint::Min(0),
        Constraint::Length(keys.len() as u16),
    ])
    .areas(area);
    let (line, cursor) = input_line("Folder: ", &panel.folder, columns);
    frame.render_widget(line, folder_row);
    frame.render_widget(Paragraph::new(keys), key_rows);
    match &panel.learning {
        Learning::Choosing { error } => text(frame, body, idle(state, error.as_deref(), columns)),
        Learning::Previewing => text(frame, body, vec![Line::raw("Looking through the folder …")]),
        Learning::Ready(preview) => text(frame, body, preview_lines(preview, columns, body.height as usize)),
        Learning::Running { run, .. } => progress(*run, &panel.progress, frame, body),
        Learning::Done(summary) => text(frame, body, finished(state, summary, columns)),
        Learning::Failed(cause) => {
            let mut lines = folded(&format!("! {cause}"), columns, theme::ERROR);
            lines.extend(folded("The model in use is as it was.", columns, Style::new()));
            text(frame, body, lines);
        }
    }
    let editing = state.focus == Focus::Panel && panel.editing_folder && !is_running;
    editing.then(|| Position::new(folder_row.x + cursor as u16, folder_row.y))
}

fn text(frame: &mut Frame, area: Rect, lines: Vec<Line<'static>>) {
    frame.render_widget(Paragraph::new(lines), area);
}

pub(super) fn folded(text: &str, columns: usize, style: Style) -> Vec<Line<'static>> {
    fold(text, columns).into_iter().map(|line| Line::styled(line, style)).collect()
}

pub(super) fn idle(state: &State, error: Option<&str>, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(error) = error {
        lines.extend(folded(&format!("! {error}"), columns, theme::ERROR));
    }
    lines.extend(folded(
        "Type a folder with your own texts (.txt, .md) and press Enter to see what would be learned. \
         Nothing leaves this computer.",
        columns,
        theme::QUIET,
    ));
    lines.extend(versions(state, columns));
    lines
}

/// What a folder holds, in figures.
pub(super) fn summary(preview: &DatasetPreview) -> Vec<String> {
    let words: usize = preview.documents.iter().map(|document| document.words).sum();
    let learned = preview.documents.len().saturating_sub(preview.held_out);
    let mut summary = vec![
        format!("{}, {}", counted(preview.documents.len(), "document"), counted(words, "word")),
        format!("learns from {learned}, tests on {}", preview.held_out),
    ];
    if !preview.skipped.is_empty() {
        summary.push(format!("{} skipped, see below", counted(preview.skipped.len(), "file")));
    }
    summary
}

fn preview_lines(preview: &Preview, columns: usize, rows: usize) -> Vec<Line<'static>> {
    let Preview { dataset: preview, scroll } = preview;
    let learned = preview.documents.len().saturating_sub(preview.held_out);
    let mut lines: Vec<Line> =
        summary(preview).into_iter().map(|line| Line::raw(fit(&line, columns))).collect();
    let mut rows_of_list: Vec<Line> = Vec::new();
    let name =
        |path: &std::path::Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    for (index, document) in preview.documents.iter().enumerate() {
        let words = grouped(document.words);
        let use_of_it = if index >= learned { "test " } else { "learn" };
        let room = columns.saturating_sub(16);
        let line = format!("{words:>8}  {use_of_it} {}", fit_end(&name(&document.path), room));
        rows_of_list.push(Line::raw(line));
    }
    for file in &preview.skipped {
        let shown = name(&file.path);
        let room = columns.saturating_sub(10);
        let line = format!("    skip  {}", fit(&format!("{shown}: {}", file.reason), room));
        rows_of_list.push(Line::styled(line, theme::QUIET));
    }
    let room = rows.saturating_sub(lines.len() + 1);
    let scroll = (*scroll).min(rows_of_list.len().saturating_sub(room));
    let below = rows_of_list.len().saturating_sub(scroll + room);
    let more = match (scroll, below) {
        (0, 0) => String::new(),
        (_, 0) => "  (↑ more)".to_owned(),
        _ => format!("  (↓ {below} more)"),
    };
    lines.push(Line::styled(format!("   words  use   file{more}"), theme::KEY));
    lines.extend(rows_of_list.into_iter().skip(scroll).take(room));
    lines
}

fn progress(run: RunState, progress: &TrainingProgress, frame: &mut Frame, area: Rect) {
    let report = progress.report.as_ref();
    let columns = area.width as usize;
    let figures = report.map_or_else(Vec::new, |report| figures(report, columns));
    let [gauge_row, figure_rows, chart] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(figures.len() as u16),
        Constraint::Min(0),
    ])
    .areas(area);
    let share = report.map_or(0.0, |report| report.progress);
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let label = format!("{:.0}% {}", share * 100.0, busy_with(run, report.map(|report| report.phase)));
    frame.render_widget(
        Gauge::default().ratio(share).label(fit(&label, columns)).gauge_style(theme::TRAIN),
        gauge_row,
    );
    text(frame, figure_rows, figures);
    draw_chart(progress, frame, chart);
}

pub(super) fn busy_with(run: RunState, step: Option<TrainingPhase>) -> &'static str {
    match (run, step) {
        (RunState::Paused, _) => "paused",
        (RunState::Cancelling, _) => "stopping",
        (_, None | Some(TrainingPhase::Reading)) => "reading",
        (_, Some(TrainingPhase::MeasuringBefore)) => "measuring the old model",
        (_, Some(TrainingPhase::MeasuringAfter)) => "measuring the new model",
        (RunState::Finishing, Some(TrainingPhase::Training)) => "finishing",
        (RunState::Going, Some(TrainingPhase::Training)) => "learning",
    }
}

pub(super) fn figures(report: &StepReport, columns: usize) -> Vec<Line<'static>> {
    let eta = report
        .eta_seconds
        .map_or_else(|| "time left: not known yet".to_owned(), |left| format!("{} left", duration(left)));
    let rest = [
        format!("{:.1} kB/s", report.bytes_per_second / 1e3),
        format!("step {}", grouped(report.step as usize)),
        format!("pass {:.1}", report.epoch),
        format!("gradient {:.2}", report.gradient_norm),
    ];
    let dropped = (report.dropped_steps > 0)
        .then(|| format!("{} dropped: not finite", counted(report.dropped_steps as usize, "step")));
    let mut lines = vec![eta];
    for figure in rest.into_iter().chain(dropped) {
        match lines.last_mut() {
            Some(last) if width(last) + 3 + width(&figure) <= columns => {
                last.push_str(" · ");
                last.push_str(&figure);
            }
            _ => lines.push(figure),
        }
    }
    lines.into_iter().map(|line| Line::raw(fit(&line, columns))).collect()
}

/// `12 s`, `4 min 10 s`, `2 h 5 min`.
pub(super) fn duration(seconds: f64) -> String {
    let seconds = if seconds.is_finite() { seconds.max(0.0).round() as u64 } else { 0 };
    match (seconds / 3600, seconds % 3600 / 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

fn draw_chart(progress: &TrainingProgress, frame: &mut Frame, area: Rect) {
    let points =
        |curve: &[(u64, f64)]| curve.iter().map(|&(step, bits)| (step as f64, bits)).collect::<Vec<_>>();
    let train = points(progress.train.points());
    let validation = points(progress.validation.points());
    let [legend, plot] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    let last =
        |curve: &[(f64, f64)]| curve.last().map_or_else(|| "–".to_owned(), |point| format!("{:.2}", point.1));
    frame.render_widget(
        Line::from(vec![
            Span::raw("bits/byte "),
            Span::styled(format!("— train {}", last(&train)), theme::TRAIN),
            Span::styled(format!(" • test {}", last(&validation)), theme::VALIDATION),
        ]),
        legend,
    );
    if plot.height < LEAST_CHART {
        return;
    }
    let all = || train.iter().chain(&validation);
    let (low, high) =
        all().fold((f64::MAX, f64::MIN), |(low, high), point| (low.min(point.1), high.max(point.1)));
    if low > high {
        return;
    }
    let (low, high) = if high - low < 0.01 { (low - 0.005, high + 0.005) } else { (low, high) };
    let end = all().fold(1.0f64, |end, point| end.max(point.0));
    let datasets = vec![
        Dataset::default()
            .marker(Marker::Braille)
            .graph_type(GraphType::Line)
            .style(theme::TRAIN)
            .data(&train),
        Dataset::default()
            .marker(Marker::Dot)
            .graph_type(GraphType::Scatter)
            .style(theme::VALIDATION)
            .data(&validation),
    ];
    let steps = [Line::raw("0"), Line::raw(counted(end as usize, "step"))];
    let chart = Chart::new(datasets)
        .x_axis(Axis::default().bounds([0.0, end]).labels(steps).style(theme::QUIET))
        .y_axis(
            Axis::default()
                .bounds([low, high])
                .labels([format!("{low:.2}"), format!("{high:.2}")])
                .style(theme::QUIET),
        );
    frame.render_widget(chart, plot);
}

pub(super) fn finished(state: &State, summary: &TrainingSummary, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if summary.promoted && state.model.name != summary.model {
        let text = format!(
            "Done in {}. {} saved more keystrokes; in use now: {}",
            duration(summary.seconds),
            summary.model,
            state.model.name
        );
        lines.extend(folded(&text, columns, theme::QUESTION));
    } else if summary.promoted {
        let text = format!("Done in {}. In use from now on: {}", duration(summary.seconds), summary.model);
        lines.extend(folded(&text, columns, theme::BETTER));
    } else {
        let text = format!(
            "Done in {}. It saved no more keystrokes than before, so {} stays in use.",
            duration(summary.seconds),
            summary.model
        );
        lines.extend(folded(&text, columns, theme::QUESTION));
    }
    let (before, after) = (&summary.before, &summary.after);
    lines.extend(folded("On held-out texts: before → after", columns, theme::KEY));
    for (name, before, after, digits, less_is_better) in [
        ("keys saved, %", before.figures.ksr.five, after.figures.ksr.five, 1, false),
        ("in first 3, %", before.figures.hit.three, after.figures.hit.three, 1, false),
        ("bits per byte", before.figures.bits_per_byte, after.figures.bits_per_byte, 3, true),
    ] {
        let mut line = compared(name, before, after, digits, less_is_better);
        if line.width() > columns {
            let figures = line.spans.split_off(1);
            lines.push(line);
            line = Line::from(figures);
        }
        lines.push(line);
    }
    lines.extend(folded("In first 3: the next word is one of three shown. Keys saved: by one who reads all five at every key.", columns, theme::QUIET));
    lines.extend(versions(state, columns));
    lines
}

/// A figure before and after, and in words which is better.
fn compared(name: &str, before: f64, after: f64, digits: usize, less_is_better: bool) -> Line<'static> {
    let (before_text, after_text) = (format!("{before:.digits$}"), format!("{after:.digits$}"));
    let (verdict, style) = match after.total_cmp(&before) {
        _ if before_text == after_text => ("same", theme::QUIET),
        order if order.is_lt() == less_is_better => ("better", theme::BETTER),
        _ => ("worse", theme::ERROR),
    };
    Line::from(vec![
        Span::raw(format!("{name:<13}")),
        Span::raw(format!(" {before_text:>5} → {after_text:>5} ")),
        Span::styled(verdict, style),
    ])
}

fn versions(state: &State, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if state.model.versions.is_empty() {
        return lines;
    }
    lines.push(Line::styled("Versions", theme::KEY));
    for version in state.model.versions.iter().rev() {
        let mark = if version.active { "▸" } else { " " };
        let saved = version.ksr5.map(|ksr| format!("  {ksr:.1}% saved")).unwrap_or_default();
        let style = if version.active { theme::CHOSEN } else { Style::new() };
        lines.push(Line::styled(fit(&format!("{mark} {}{saved}", version.name), columns), style));
    }
    lines
}

/// What the keys do now.
pub(super) fn keys(state: &State) -> Vec<&'static str> {
    let panel = &state.panel;
    let back = state.model.versions.len() > 1;
    let has_keys = state.focus == Focus::Panel;
    let is_running = panel.learning.is_running();
    let is_typing = panel.editing_folder && !is_running;
    let mut keys: Vec<&str> = match &panel.learning {
        _ if !has_keys => vec!["[F2] to the panel"],
        _ if is_typing => vec!["[Enter] look", "[Esc] text"],
        Learning::Choosing { .. } | Learning::Failed(_) | Learning::Done(_) => vec!["[e] folder"],
        Learning::Previewing => vec!["[e] another folder"],
        Learning::Ready(_) => vec!["[s] start", "[↑↓] scroll", "[e] folder"],
        Learning::Running { run, .. } => match run {
            RunState::Going => vec!["[p] pause", "[k] stop and keep", "[c] cancel"],
            RunState::Paused => vec!["[p] go on", "[k] stop and keep", "[c] cancel"],
            RunState::Finishing => vec!["[c] cancel"],
            RunState::Cancelling => vec![],
        },
    };
    if has_keys && !panel.editing_folder && !is_running && back {
        keys.push("[r] model before");
    }
    if has_keys && !is_typing {
        keys.push("[Esc] text");
    }
    keys
}

/// Keys folded to the width.
pub(super) fn key_lines(keys: &[&str], columns: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<String> = Vec::new();
    for key in keys {
        match lines.last_mut() {
            Some(last) if width(last) + 2 + width(key) <= columns => {
                last.push_str("  ");
                last.push_str(key);
            }
            _ => lines.push((*key).to_owned()),
        }
    }
    lines.into_iter().map(|line| Line::styled(fit(&line, columns), theme::KEY)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_one_would_say_them() {
        for (seconds, said) in [
            (0.2, "0 s"),
            (59.6, "1 min 0 s"),
            (250.0, "4 min 10 s"),
            (7_500.0, "2 h 5 min"),
            (f64::NAN, "0 s"),
            (-3.0, "0 s"),
        ] {
            assert_eq!(duration(seconds), said);
        }
    }

    #[test]
    fn better_and_worse_are_said_in_words() {
        let said = |line: Line| line.spans.last().map(|span| span.content.to_string()).unwrap();
        assert_eq!(said(compared("bits", 1.9, 1.8, 3, true)), "better");
        assert_eq!(said(compared("bits", 1.9, 2.0, 3, true)), "worse");
        assert_eq!(said(compared("keys", 50.01, 50.02, 1, false)), "same");
        assert_eq!(said(compared("keys", 50.0, 51.0, 1, false)), "better");
    }
}
