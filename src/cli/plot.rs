//! Charts as plain text: each series is drawn with a letter of its own, so that they read without colour and in a file.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::Canvas;

/// Columns and rows of a chart, without its labels.
const WIDTH: u16 = 64;
const HEIGHT: u16 = 14;

/// One series of a chart.
#[derive(Debug, Clone)]
pub(super) struct Series {
    /// What it is drawn with.
    pub(super) letter: char,
    /// What it is.
    pub(super) label: String,
    /// Its points; those that are not finite are left out.
    pub(super) points: Vec<(f64, f64)>,
}

/// The chart's lines: a title, the rows with the axis's ends before them, the x axis, and a legend. No lines when there is
/// nothing to draw.
pub(super) fn chart(title: &str, x_label: &str, series: &[Series]) -> Vec<String> {
    let points = || {
        let finite = |p: &&(f64, f64)| p.0.is_finite() && p.1.is_finite();
        series.iter().flat_map(|s| &s.points).filter(finite)
    };
    let Some(&first) = points().next() else { return Vec::new() };
    let (mut x, mut y) = ([first.0; 2], [first.1; 2]);
    for &(at_x, at_y) in points() {
        x = [x[0].min(at_x), x[1].max(at_x)];
        y = [y[0].min(at_y), y[1].max(at_y)];
    }
    // A single value has room around it.
    let widen = |[low, high]: [f64; 2]| if high > low { [low, high] } else { [low - 0.5, high + 0.5] };
    let (x, y) = (widen(x), widen(y));

    let area = Rect::new(0, 0, WIDTH, HEIGHT);
    let mut buffer = Buffer::empty(area);
    let canvas = Canvas::default().x_bounds(x).y_bounds(y).paint(|context| {
        for series in series {
            for &(at_x, at_y) in &series.points {
                if at_x.is_finite() && at_y.is_finite() {
                    context.print(at_x, at_y, series.letter.to_string());
                }
            }
        }
    });
    canvas.render(area, &mut buffer);

    let mut lines = vec![title.to_owned()];
    for row in 0..HEIGHT {
        let label = match row {
            0 => format!("{:>9.2} ", y[1]),
            row if row == HEIGHT - 1 => format!("{:>9.2} ", y[0]),
            _ => " ".repeat(10),
        };
        let cells: String = (0..WIDTH).map(|column| buffer[(column, row)].symbol()).collect();
        lines.push(format!("{label}│{}", cells.trim_end()));
    }
    lines.push(format!("{}└{}", " ".repeat(10), "─".repeat(WIDTH.into())));
    let (low, high) = (format!("{}", x[0]), format!("{}", x[1]));
    let room = usize::from(WIDTH).saturating_sub(low.len() + high.len());
    lines.push(format!("{}{low}{x_label:^room$}{high}", " ".repeat(11)));
    let legend: Vec<String> = series.iter().map(|s| format!("{} {}", s.letter, s.label)).collect();
    lines.push(format!("{}{}", " ".repeat(11), legend.join("   ")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(letter: char, points: &[(f64, f64)]) -> Series {
        Series { letter, label: format!("series {letter}"), points: points.to_vec() }
    }

    #[test]
    fn every_series_is_drawn_where_it_is() {
        let falling = series('F', &[(0.0, 10.0), (50.0, 0.0)]);
        let rising = series('R', &[(0.0, 0.0), (50.0, 10.0)]);
        let lines = chart("norms", "k", &[falling, rising]);
        assert_eq!(lines[0], "norms");
        assert!(lines[1].starts_with("    10.00 │F") && lines[1].ends_with('R'), "{}", lines[1]);
        assert!(lines[14].starts_with("     0.00 │R") && lines[14].ends_with('F'), "{}", lines[14]);
        assert!(lines[17].contains("F series F   R series R"), "{}", lines[17]);
        assert!(lines.iter().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn what_is_not_finite_is_left_out_and_nothing_draws_nothing() {
        let lines =
            chart("norms", "k", &[series('X', &[(0.0, f64::NEG_INFINITY), (1.0, 2.0), (2.0, f64::NAN)])]);
        assert_eq!(lines.iter().take(15).filter(|line| line.contains('X')).count(), 1);
        assert!(chart("norms", "k", &[series('X', &[(0.0, f64::NAN)])]).is_empty());
        assert!(chart("norms", "k", &[]).is_empty());
    }
}
