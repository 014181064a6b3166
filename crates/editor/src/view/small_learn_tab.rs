//! The side panel's Learn tab where there is hardly any room: all of it as one list of rows, the keys near its start.

use ratatui::style::Style;
use ratatui::text::Line;

use super::learn_tab::{busy_with, figures, finished, folded, idle, key_lines, keys, summary};
use crate::panel::{Learning, Preview};
use crate::view::glyph::fit_end;
use crate::view::status::{INCOGNITO, input_line};
use crate::view::theme;
use crate::{Focus, State};

/// The rows in `columns` columns, and the column of the cursor in the first, if the folder is being typed there.
pub(super) fn lines(state: &State, columns: usize) -> (Vec<Line<'static>>, Option<usize>) {
    let panel = &state.panel;
    let mut lines = Vec::new();
    let mut cursor = None;
    let is_running = panel.learning.is_running();
    if !is_running && (panel.editing_folder || !matches!(panel.learning, Learning::Done(_))) {
        let (line, column) = input_line("Folder: ", &panel.folder, columns);
        lines.push(line);
        cursor = Some(column).filter(|_| panel.editing_folder && state.focus == Focus::Panel);
    }
    let (head, body) = match &panel.learning {
        Learning::Choosing { error } => {
            let failed = error.iter().flat_map(|error| folded(&format!("! {error}"), columns, theme::ERROR));
            (failed.collect(), idle(state, None, columns))
        }
        Learning::Previewing => (folded("Looking through the folder …", columns, Style::new()), Vec::new()),
        Learning::Ready(preview) => (Vec::new(), files(preview, columns)),
        Learning::Running { run, .. } => {
            let report = panel.progress.report.as_ref();
            let share = report.map_or(0.0, |report| report.progress).clamp(0.0, 1.0) * 100.0;
            let busy = format!("{share:.0}% {}", busy_with(*run, report.map(|report| report.phase)));
            let last = |points: &[(u64, f64)]| points.last().map(|(_, bits)| format!("{bits:.2}"));
            let curves = [
                ("train", theme::TRAIN, last(panel.progress.train.points())),
                ("test", theme::VALIDATION, last(panel.progress.validation.points())),
            ];
            let mut body = report.map_or_else(Vec::new, |report| figures(report, columns));
            for (name, style, bits) in curves {
                let bits = bits.unwrap_or_else(|| "–".to_owned());
                body.extend(folded(&format!("{name}: {bits} bits/byte"), columns, style));
            }
            (folded(&busy, columns, theme::TRAIN), body)
        }
        Learning::Done(summary) => (Vec::new(), finished(state, summary, columns)),
        Learning::Failed(cause) => {
            let said = "The model in use is as it was.";
            (folded(&format!("! {cause}"), columns, theme::ERROR), folded(said, columns, Style::new()))
        }
    };
    lines.extend(head);
    lines.extend(key_lines(&keys(state), columns));
    lines.extend(body);
    if state.settings.incognito {
        lines.extend(folded(INCOGNITO[0], columns, theme::QUESTION));
    }
    (lines, cursor)
}

/// What a folder holds, file by file.
fn files(preview: &Preview, columns: usize) -> Vec<Line<'static>> {
    let dataset = &preview.dataset;
    let learned = dataset.documents.len().saturating_sub(dataset.held_out);
    let mut lines: Vec<Line> =
        summary(dataset).iter().flat_map(|line| folded(line, columns, Style::new())).collect();
    let name =
        |path: &std::path::Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    for (index, document) in dataset.documents.iter().enumerate() {
        let use_of_it = if index < learned { "learn" } else { "test " };
        let name = fit_end(&name(&document.path), columns.saturating_sub(6));
        lines.push(Line::raw(format!("{use_of_it} {name}")));
    }
    for file in &dataset.skipped {
        let said = format!("skip  {}: {}", name(&file.path), file.reason);
        lines.extend(folded(&said, columns, theme::QUIET));
    }
    lines
}
