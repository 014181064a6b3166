//! A hidden state as a picture: one character for each unit or group of units. The character shows sign and strength,
//! and its colour shows them again.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::inspection::{HiddenState, MOVED};
use crate::view::glyph::{fit, printable};
use crate::view::status::{counted, grouped};
use crate::view::theme;

/// What the characters mean.
pub(super) const LEGEND: &str = "░▒█ above 0, -=≡ below";
/// The same where there is little room.
pub(super) const SHORT_LEGEND: &str = "░▒█ > 0 > -=≡";

/// Near zero, and then by strength.
const ABOVE: [&str; 4] = ["·", "░", "▒", "█"];
const BELOW: [&str; 4] = ["·", "-", "=", "≡"];
/// From which strengths on.
const STEPS: [f32; 3] = [0.1, 0.4, 0.7];

/// `values` on at most `rows` rows of at most `columns` cells. A cell shows the strongest of the units it stands for;
/// all stand for as many, but perhaps the last.
pub(super) fn map(values: &[f32], columns: usize, rows: usize) -> Vec<Line<'static>> {
    let room = columns * rows;
    if room == 0 {
        return Vec::new();
    }
    let cells: Vec<f32> = values.chunks(units_a_cell(values.len(), columns, rows)).map(strongest).collect();
    let across = cells.len().div_ceil(rows).max(1);
    cells
        .chunks(across)
        .map(|row| Line::from(row.iter().map(|&value| cell(value)).collect::<Vec<_>>()))
        .collect()
}

/// How many units one cell of such a map stands for.
pub(super) fn units_a_cell(units: usize, columns: usize, rows: usize) -> usize {
    units.div_ceil((columns * rows).max(1)).max(1)
}

fn strongest(group: &[f32]) -> f32 {
    group.iter().copied().fold(0.0, |best: f32, value| if value.abs() > best.abs() { value } else { best })
}

fn cell(value: f32) -> Span<'static> {
    let strength = STEPS.iter().filter(|&&step| value.abs() >= step).count();
    match (strength, value > 0.0) {
        (0, _) => Span::styled(ABOVE[0], theme::QUIET),
        (strength, true) => Span::styled(ABOVE[strength], theme::POSITIVE),
        (strength, false) => Span::styled(BELOW[strength], theme::NEGATIVE),
    }
}

/// What the last letter changed.
pub(super) fn change(hidden: &HiddenState, columns: usize) -> Line<'static> {
    let units = hidden.values.len();
    let said = match hidden.change {
        None if units == 1 => "1 unit; type to see it move".to_owned(),
        None => format!("{}; type to see them move", counted(units, "unit")),
        Some(change) => {
            let what = match change.letter {
                None => String::new(),
                Some(' ') => "space: ".to_owned(),
                Some(letter) => format!("{}: ", printable(letter.encode_utf8(&mut [0; 4]))),
            };
            format!("{what}{} of {} moved by > {MOVED}", grouped(change.moved), grouped(units))
        }
    };
    Line::styled(fit(&said, columns), Style::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspection::HiddenChange;

    fn shown(lines: &[Line]) -> Vec<String> {
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_character_shows_sign_and_strength() {
        let values = [-0.9, -0.5, -0.2, -0.05, 0.0, 0.05, 0.2, 0.5, 0.9, f32::NAN];
        assert_eq!(shown(&map(&values, 10, 1)), ["≡=-···░▒█·"]);
    }

    #[test]
    fn many_units_are_folded_into_the_strongest_of_each_group() {
        let mut values = vec![0.0; 512];
        (values[0], values[3], values[4], values[511]) = (0.5, -0.8, 0.3, 0.9);
        let map = shown(&map(&values, 36, 4));
        assert_eq!(units_a_cell(512, 36, 4), 4);
        assert!(map.len() == 4 && map.iter().all(|row| row.chars().count() == 32), "{map:?}");
        assert!(map[0].starts_with("≡░··") && map[3].ends_with("·█"), "{map:?}");
    }

    #[test]
    fn no_room_and_no_units_are_no_rows() {
        assert!(
            map(&[0.5; 8], 0, 3).is_empty() && map(&[0.5; 8], 3, 0).is_empty() && map(&[], 3, 3).is_empty()
        );
        for (units, columns, rows) in [(1, 40, 3), (7, 2, 2), (512, 1, 1), (3, 2, 5)] {
            let map = shown(&map(&vec![1.0; units], columns, rows));
            assert!(map.len() <= rows && map.iter().all(|row| row.chars().count() <= columns), "{map:?}");
        }
    }

    #[test]
    fn the_letter_is_named_where_it_was_one() {
        let said = |letter, moved| {
            let hidden = HiddenState { values: vec![0.0; 512], change: Some(HiddenChange { letter, moved }) };
            change(&hidden, 36).to_string()
        };
        assert_eq!(said(Some('e'), 61), "e: 61 of 512 moved by > 0.5");
        assert_eq!(said(Some(' '), 0), "space: 0 of 512 moved by > 0.5");
        assert_eq!(said(Some('\n'), 9), "␊: 9 of 512 moved by > 0.5");
        assert_eq!(said(None, 9), "9 of 512 moved by > 0.5");
    }
}
