//! The side panel's Model tab: what the model is, what it remembers at the cursor, and how far back its gradient reaches.
//!
//! On a small screen the gradient's chart becomes a row of bars for each curve, and where there are only a few rows at
//! all, the hidden state has them: it is what changes while one types.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Paragraph};

use super::hidden_map;
use crate::State;
use crate::inspection::{FlowCurve, FlowOf, Inspection, ModelFigures};
use crate::view::glyph::{fit, fold, width};
use crate::view::status::counted;
use crate::view::theme;

/// From this many rows on there is room for a chart.
pub(super) const ROOMY: usize = 16;
/// From this many rows on there is room for more than the hidden state.
const COMPACT: usize = 7;
/// Powers of ten that the chart and the bars span; what is smaller is drawn as the smallest.
const DECADES: f64 = 12.0;

/// Draws the tab.
pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let (columns, rows) = (area.width as usize, area.height as usize);
    if rows < COMPACT {
        frame.render_widget(Paragraph::new(hidden_lines(state, columns, rows)), area);
    } else if rows < ROOMY {
        frame.render_widget(Paragraph::new(compact(state, columns, rows)), area);
    } else {
        roomy(state, frame, area);
    }
}

/// All rows of the tab in a window with hardly any room: what changes while one types comes first.
pub(super) fn small_lines(state: &State, columns: usize) -> Vec<Line<'static>> {
    let mut lines = hidden_lines(state, columns, 2);
    let mut say = |text: &str, style: Style| {
        lines.extend(fold(text, columns).into_iter().map(|line| Line::styled(line, style)));
    };
    say("[m] measure again", theme::KEY);
    say("[Esc] text", theme::KEY);
    say(hidden_map::LEGEND, theme::QUIET);
    say(&short_figures(state, usize::MAX).to_string(), theme::CHOSEN);
    match &state.panel.model.found {
        Some(Ok(found)) => {
            say(&heading(state, found, "Gradient, ", usize::MAX).to_string(), theme::KEY);
            for curve in &found.flow {
                let last = curve.norms.len().saturating_sub(1);
                say(
                    &format!("{}: {} left after {last}", name(found, &curve.of, 16), left(curve)),
                    style(&curve.of),
                );
            }
        }
        other => {
            for line in missing(other.as_ref(), columns) {
                say(&line.to_string(), line.style);
            }
        }
    }
    say(&clipping(state, usize::MAX).to_string(), Style::new());
    lines
}

fn roomy(state: &State, frame: &mut Frame, area: Rect) {
    let (columns, rows) = (area.width as usize, area.height as usize);
    let mut above = figures(state, columns);
    above.push(Line::styled(fit(&format!("Hidden state: {}", hidden_map::LEGEND), columns), theme::KEY));
    above.extend(hidden_lines(state, columns, 1 + rows / 5));
    let mut clipping = vec![clipping(state, columns)];
    clipping.extend(gradient_norms(state, columns));
    let [above_rows, flow_rows, clipping_rows] = Layout::vertical([
        Constraint::Length(above.len() as u16),
        Constraint::Min(0),
        Constraint::Length(clipping.len() as u16),
    ])
    .areas(area);
    frame.render_widget(Paragraph::new(above), above_rows);
    frame.render_widget(Paragraph::new(clipping), clipping_rows);
    let found = match &state.panel.model.found {
        Some(Ok(found)) => found,
        other => {
            frame.render_widget(Paragraph::new(missing(other.as_ref(), columns)), flow_rows);
            return;
        }
    };
    let mut lines = vec![heading(state, found, "Gradient ‖∂loss/∂h‖, ", columns)];
    lines.extend(found.flow.iter().map(|curve| {
        let mark = match curve.of {
            FlowOf::InUse => "—",
            FlowOf::BeforeTraining(_) => "⠂",
            FlowOf::UntrainedTanh => "•",
        };
        let last = curve.norms.len().saturating_sub(1);
        let text = format!("{mark} {}: {} left after {last}", name(found, &curve.of, 12), left(curve));
        Line::styled(fit(&text, columns), style(&curve.of))
    }));
    let [text_rows, plot] =
        Layout::vertical([Constraint::Length(lines.len() as u16), Constraint::Min(0)]).areas(flow_rows);
    frame.render_widget(Paragraph::new(lines), text_rows);
    if plot.height > 3 {
        chart(found, frame, plot);
    }
}

fn compact(state: &State, columns: usize, rows: usize) -> Vec<Line<'static>> {
    let mut below = match &state.panel.model.found {
        Some(Ok(found)) => {
            let mut lines = vec![heading(state, found, "Gradient, ", columns)];
            lines.extend(found.flow.iter().map(|curve| bars(found, curve, columns)));
            lines
        }
        other => missing(other.as_ref(), columns),
    };
    below.push(clipping(state, columns));
    let mut lines = vec![short_figures(state, columns)];
    let room = rows.saturating_sub(below.len());
    lines.extend(hidden_lines(state, columns, room.saturating_sub(1).clamp(3, 7)));
    lines.extend(below);
    // Where one row is too many, the line of figures goes: it does not change while one types.
    let first = lines.len().saturating_sub(rows).min(1);
    lines.split_off(first)
}

/// The model in use in figures, on two lines.
fn figures(state: &State, columns: usize) -> Vec<Line<'static>> {
    let in_use = &state.model.name;
    let lines = match inspection(state) {
        None if in_use.is_empty() => ["No model is in use".to_owned(), String::new()],
        None => [in_use.clone(), String::new()],
        Some(Inspection { figures, .. }) => {
            let reads = match figures.vocabulary {
                256 => ", reads bytes".to_owned(),
                words => format!(", knows {}", counted(words, "word")),
            };
            let latency = state.suggest.latency_ms.map(|ms| format!(", answers in {ms:.0} ms"));
            let reads = reads + &latency.unwrap_or_default();
            let name = format!("{}{reads}", fit(in_use, columns.saturating_sub(width(&reads))));
            [
                name,
                format!(
                    "{}, {} parameter{}, {}",
                    layers(figures),
                    short(figures.parameters),
                    if figures.parameters == 1 { "" } else { "s" },
                    size(figures.bytes)
                ),
            ]
        }
    };
    lines.into_iter().map(|line| Line::styled(fit(&line, columns), theme::CHOSEN)).collect()
}

/// The same on one line.
fn short_figures(state: &State, columns: usize) -> Line<'static> {
    let in_use = fit(&state.model.name, 12);
    let line = match inspection(state) {
        None if in_use.is_empty() => "No model is in use".to_owned(),
        None => in_use,
        Some(Inspection { figures, .. }) => {
            format!("{in_use}: {}, {}, {}", layers(figures), short(figures.parameters), size(figures.bytes))
        }
    };
    Line::styled(fit(&line, columns), theme::CHOSEN)
}

/// `LSTM 2×512`: two layers of 512.
fn layers(figures: &ModelFigures) -> String {
    format!("{} {}×{}", figures.cell, figures.layers, figures.hidden)
}

/// The inspection of the model in use; `None` while there is only one of another.
fn inspection(state: &State) -> Option<&Inspection> {
    let found = state.panel.model.found.as_ref()?.as_ref().ok()?;
    (found.model == state.model.name).then_some(found)
}

/// The last change and the map below it, in `rows` rows.
fn hidden_lines(state: &State, columns: usize, rows: usize) -> Vec<Line<'static>> {
    let Some((_, hidden)) = state.panel.model.hidden.as_ref().filter(|(_, hidden)| !hidden.values.is_empty())
    else {
        let said = if state.model.name.is_empty() { "no model" } else { "…" };
        return vec![Line::styled(format!("Hidden state: {said}"), theme::QUIET)];
    };
    let mut lines = vec![hidden_map::change(hidden, columns)];
    lines.extend(hidden_map::map(&hidden.values, columns, rows.saturating_sub(1)));
    lines
}

/// In place of the gradient while it is not known.
fn missing(found: Option<&Result<Inspection, String>>, columns: usize) -> Vec<Line<'static>> {
    match found {
        Some(Err(said)) => {
            let lines = fold(&format!("! {said}"), columns);
            lines.into_iter().map(|line| Line::styled(line, theme::ERROR)).collect()
        }
        _ => vec![Line::styled(fit("Gradient: being measured …", columns), theme::QUIET)],
    }
}

/// What the curves show, and on which text.
fn heading(state: &State, found: &Inspection, what: &str, columns: usize) -> Line<'static> {
    let text = match (state.panel.model.awaiting, found.own_text) {
        (Some(_), _) => "measuring …",
        (None, true) => "your text",
        (None, false) => "sample text",
    };
    Line::styled(fit(&format!("{what}{text}"), columns), theme::KEY)
}

fn name(found: &Inspection, of: &FlowOf, cells: usize) -> String {
    match of {
        FlowOf::InUse => fit(&found.model, cells),
        FlowOf::BeforeTraining(_) => "before".to_owned(),
        FlowOf::UntrainedTanh => "new tanh".to_owned(),
    }
}

fn style(of: &FlowOf) -> Style {
    match of {
        FlowOf::InUse => theme::TRAIN,
        FlowOf::BeforeTraining(_) => Style::new(),
        FlowOf::UntrainedTanh => theme::VALIDATION,
    }
}

/// What is left of the gradient at the far end, as a share of that at the near one.
fn left(curve: &FlowCurve) -> String {
    match (curve.norms.first(), curve.norms.last()) {
        (Some(&near), Some(&far)) if near > 0.0 && far.is_finite() => match far / near {
            share if share >= 0.000_95 => format!("{:.1}%", share * 100.0),
            share if share > 0.0 => format!("{share:.0e}"),
            _ => "0".to_owned(),
        },
        _ => "?".to_owned(),
    }
}

/// log10 of the norms, nothing below `floor`.
fn points(curve: &FlowCurve, floor: f64) -> Vec<(f64, f64)> {
    let log = |(k, &norm): (usize, &f64)| (k as f64, norm.log10().max(floor));
    curve.norms.iter().enumerate().map(log).filter(|point| point.1.is_finite()).collect()
}

/// What the picture reaches from and to, as whole powers of ten.
fn span(found: &Inspection) -> (f64, f64) {
    let logs = found.flow.iter().flat_map(|curve| &curve.norms).map(|norm| norm.log10());
    let (low, high) = logs
        .filter(|log| log.is_finite())
        .fold((f64::MAX, f64::MIN), |(low, high), log| (low.min(log), high.max(log)));
    if low > high {
        return (-1.0, 0.0);
    }
    // Zero is added so that none is shown as "-0".
    let high = high.ceil() + 0.0;
    (low.floor().clamp(high - DECADES, high - 1.0), high)
}

fn chart(found: &Inspection, frame: &mut Frame, area: Rect) {
    let (low, high) = span(found);
    let curves: Vec<_> = found.flow.iter().map(|curve| (&curve.of, points(curve, low))).collect();
    let last =
        curves.iter().filter_map(|(_, points)| points.last()).fold(1.0, |last: f64, point| last.max(point.0));
    let datasets = curves.iter().map(|(of, points)| {
        let (marker, graph) = match of {
            FlowOf::InUse => (Marker::Braille, GraphType::Line),
            FlowOf::BeforeTraining(_) => (Marker::Braille, GraphType::Scatter),
            FlowOf::UntrainedTanh => (Marker::Dot, GraphType::Scatter),
        };
        Dataset::default().marker(marker).graph_type(graph).style(style(of)).data(points)
    });
    let back = [Line::raw("0"), Line::raw(format!("{} back", counted(last.round() as usize, "byte")))];
    let chart = Chart::new(datasets.collect())
        .x_axis(Axis::default().bounds([0.0, last]).labels(back).style(theme::QUIET))
        .y_axis(
            Axis::default()
                .bounds([low, high])
                .labels([format!("1e{low}"), format!("1e{high}")])
                .style(theme::QUIET),
        );
    frame.render_widget(chart, area);
}

/// A curve as a row of bars, its name before it and what is left at its end behind it.
fn bars(found: &Inspection, curve: &FlowCurve, columns: usize) -> Line<'static> {
    let name = fit(&name(found, &curve.of, 8), 8);
    let (low, high) = span(found);
    let left = left(curve);
    let room = columns.saturating_sub(9 + 7);
    let heights: Vec<f64> =
        points(curve, low).into_iter().map(|(_, log)| (log - low) / (high - low)).collect();
    Line::from(vec![
        Span::raw(format!("{name}{} ", " ".repeat(8_usize.saturating_sub(width(&name))))),
        Span::styled(sparkline(&heights, room), style(&curve.of)),
        Span::raw(format!(" {left}")),
    ])
}

/// Values from 0 to 1 as bars, at most `columns` of them, from the first to the last.
fn sparkline(values: &[f64], columns: usize) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let count = columns.min(values.len());
    let bar = |index: usize| {
        let value = values[index * (values.len() - 1) / (count - 1).max(1)];
        BARS[((value.clamp(0.0, 1.0) * 7.0).round() as usize).min(7)]
    };
    (0..count).map(bar).collect()
}

/// The share of the steps of this session's training that clipping touched.
fn clipping(state: &State, columns: usize) -> Line<'static> {
    let text = match &state.panel.progress.report {
        Some(report) if report.step > 0 => {
            let (share, steps) =
                (report.clipped_share * 100.0, counted(report.step as usize, "learning step"));
            format!("Clipped: {share:.0}% of {steps}")
        }
        _ => "Clipped steps: no learning yet".to_owned(),
    };
    Line::raw(fit(&text, columns))
}

/// The gradient's norm over that training, as bars from zero up to the largest.
fn gradient_norms(state: &State, columns: usize) -> Option<Line<'static>> {
    let curve = state.panel.progress.gradient.points();
    let last = curve.last()?.1;
    let largest = curve.iter().fold(f64::MIN_POSITIVE, |largest, point| largest.max(point.1));
    let heights: Vec<f64> = curve.iter().map(|point| point.1 / largest).collect();
    let (before, behind) = ("‖gradient‖ ", format!(" {last:.2}"));
    let room = columns.saturating_sub(width(before) + width(&behind));
    Some(Line::from(vec![
        Span::raw(before),
        Span::styled(sparkline(&heights, room), theme::TRAIN),
        Span::raw(behind),
    ]))
}

/// `812`, `81.2 k`, `3.4 M`.
fn short(count: usize) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{:.1} k", count as f64 / 1e3),
        _ => format!("{:.1} M", count as f64 / 1e6),
    }
}

fn size(bytes: usize) -> String {
    format!("{}B", short(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(norms: &[f64]) -> FlowCurve {
        FlowCurve { of: FlowOf::InUse, norms: norms.to_vec() }
    }

    #[test]
    fn what_is_left_is_a_share_or_a_power_of_ten() {
        for (norms, said) in [
            (vec![2.0, 1.0], "50.0%"),
            (vec![1.0, 2.5], "250.0%"),
            (vec![0.5, 1e-13], "2e-13"),
            (vec![1.0, 0.0], "0"),
            (vec![0.0, 0.0], "?"),
            (vec![1.0, f64::INFINITY], "?"),
            (vec![], "?"),
        ] {
            assert_eq!(left(&curve(&norms)), said, "{norms:?}");
        }
    }

    #[test]
    fn a_sparkline_goes_from_the_first_to_the_last() {
        assert_eq!(sparkline(&[1.0, 0.5, 0.0], 3), "█▅▁");
        assert_eq!(sparkline(&[1.0, 0.5, 0.0], 2), "█▁");
        assert_eq!(sparkline(&[1.0, 0.5, 0.0], 9), "█▅▁");
        assert_eq!(
            (sparkline(&[], 4), sparkline(&[0.3], 4), sparkline(&[0.3], 0)),
            (String::new(), "▃".into(), String::new())
        );
    }

    #[test]
    fn the_picture_spans_no_more_than_its_decades_and_takes_what_is_no_number() {
        let found = |curves: Vec<FlowCurve>| Inspection {
            model: "base".into(),
            figures: crate::inspection::ModelFigures {
                cell: "LSTM".into(),
                layers: 1,
                hidden: 8,
                embed: 4,
                vocabulary: 256,
                parameters: 10,
                bytes: 20,
            },
            own_text: true,
            flow: curves,
        };
        assert_eq!(span(&found(vec![curve(&[1.0, 1e-3]), curve(&[0.1, 1e-40])])), (-12.0, 0.0));
        assert_eq!(span(&found(vec![curve(&[20.0, 2e-3])])), (-3.0, 2.0));
        assert_eq!(span(&found(vec![curve(&[0.5, 0.4])])), (-1.0, 0.0));
        assert_eq!(span(&found(vec![curve(&[0.0, f64::NAN])])), (-1.0, 0.0));
        assert_eq!(points(&curve(&[1.0, 0.0, f64::NAN]), -12.0), [(0.0, 0.0), (1.0, -12.0), (2.0, -12.0)]);
    }

    #[test]
    fn counts_are_short() {
        assert_eq!(
            (short(812), short(81_240), short(3_427_136)),
            ("812".into(), "81.2 k".into(), "3.4 M".into())
        );
        assert_eq!(size(6_900_000), "6.9 MB");
    }
}
