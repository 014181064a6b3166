//! The help screen: every key, scrollable where the screen is small.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use crate::State;
use crate::view::glyph::{fold, width};
use crate::view::status::counted;
use crate::view::theme;

/// Headings (no key) and keys with what they do.
const KEYS: &[(&str, &str)] = &[
    ("", "The next word"),
    (
        "Tab",
        "take what is marked, with a space: the next word of the dim text, or the word marked ▸; dim letters before a … are a common beginning, and come without a space; indent at a line's start, behind a bullet and in code",
    ),
    ("Ctrl-→", "take the next word of the dim text; move a word on when there is none"),
    ("Shift-Tab", "take all of the dim text, as → does; outdent when it is not of several words"),
    ("Alt-1 … 5", "take that word of the row below the text"),
    (
        "F3",
        "why these words: where their probabilities come from; there, Alt-X forgets one when you leave, and till then has it back, Alt-B has it never offered or takes that back",
    ),
    ("Alt-X", "opens F3 with the first word on offer; pressed there, forgets it as far as it was learned"),
    ("Ctrl-↑, Ctrl-↓", "more dim text, less of it"),
    ("Esc", "no suggestions until the next word"),
    ("Ctrl-Z", "takes a completion back whole"),
    ("", "Editing"),
    ("Ctrl-Z, Ctrl-Y", "undo, redo"),
    ("Ctrl-X, C, V", "cut, copy, paste"),
    ("Ctrl-A", "select all; Shift with any movement selects"),
    ("Ctrl-←, Ctrl-→", "a word back, a word on"),
    ("Ctrl-W, Ctrl-Del", "delete the word before the cursor, the word after it"),
    ("Home, End", "start and end of the line; with Ctrl, of the text"),
    ("PgUp, PgDn", "a screen up, a screen down"),
    (
        "Ctrl-F, Ctrl-G",
        "find: ↓ ↑ go to the other matches, Enter stays there, Esc goes back; find the next, with Shift the one before",
    ),
    ("", "Files"),
    ("Ctrl-S, F12", "save; save under another name"),
    ("Ctrl-O", "open another file"),
    ("Ctrl-Q", "quit"),
    ("F4", "what the status line warns of: the whole sentence, or the question; else texts kept for a week"),
    ("Ctrl-\\", "back to the shell; its fg brings Foreword back"),
    ("", "Learning from your texts"),
    ("F2", "the side panel: choose a folder, start, see what it brought; again to close it"),
    ("s, p, k, c", "there: start, pause, stop and keep, cancel"),
    ("r, e", "there: back to the model before, choose another folder"),
    ("Enter, Esc", "there: the next step, back to the text"),
    ("Tab", "there: from learning to the model itself, what it remembers as you type, and back"),
    ("m", "there: measure again how far back the model's gradient reaches"),
    ("", "This screen"),
    (
        "F1",
        "open and close it; Esc closes it, too; ↑ ↓ PgUp PgDn scroll; a key that types closes it and is typed",
    ),
];

/// What stands in the status line behind the file's name, and what it means.
const STATUS: &[(&str, &str)] = &[
    ("*", "there are changes that are not saved"),
    ("read-only, ro", "the file cannot be written: save under another name"),
    (
        "incognito, inc",
        "nothing that you type is learned (foreword --incognito); a folder is learned from if you start it",
    ),
];

/// Columns from which a key stands beside what it does, not above it.
const BESIDE: usize = 56;

/// Draws the help screen, scrolled down `scroll` rows or as far as there is anything to see.
pub(super) fn draw(state: &State, scroll: usize, frame: &mut Frame, area: Rect) {
    let mut block = Block::bordered().border_style(theme::FOCUSED).title(" Keys ");
    if state.settings.incognito {
        block = block.title(Line::styled(" incognito ", theme::QUESTION).right_aligned());
    }
    let inner = block.inner(area);
    let lines = lines(inner.width as usize);
    let rows = inner.height as usize;
    let scroll = scroll.min(lines.len().saturating_sub(rows));
    let below = lines.len().saturating_sub(scroll + rows);
    let foot = match (below, inner.width) {
        (0, _) => " Esc closes ".to_owned(),
        (_, ..24) => format!(" ↓ {below} more · Esc "),
        _ => format!(" ↓ {} · Esc closes ", counted(below, "more row")),
    };
    frame.render_widget(Clear, area);
    frame.render_widget(block.title_bottom(foot), area);
    frame.render_widget(Paragraph::new(lines.into_iter().skip(scroll).take(rows).collect::<Vec<_>>()), inner);
}

/// The rows of a screen of `columns` columns.
fn lines(columns: usize) -> Vec<Line<'static>> {
    let keys = KEYS.iter().map(|(key, _)| width(key)).max().unwrap_or(0) + 2;
    let mut lines = Vec::new();
    let heading = ("", "The status line");
    for (key, does) in KEYS.iter().chain([&heading]).chain(STATUS) {
        if key.is_empty() {
            if !lines.is_empty() {
                lines.push(Line::raw(""));
            }
            let heading = fold(does, columns).into_iter();
            lines.extend(heading.map(|line| Line::styled(line, theme::CHOSEN)));
        } else if columns < BESIDE {
            lines.extend(
                fold(key, columns.saturating_sub(1))
                    .into_iter()
                    .map(|key| Line::styled(format!(" {key}"), theme::KEY)),
            );
            let does = fold(does, columns.saturating_sub(3));
            lines.extend(does.into_iter().map(|part| Line::raw(format!("   {part}"))));
        } else {
            for (row, part) in fold(does, columns.saturating_sub(keys + 2)).into_iter().enumerate() {
                let key = if row == 0 { *key } else { "" };
                let gap = " ".repeat(keys.saturating_sub(width(key)));
                lines.push(Line::from(vec![
                    Span::styled(format!(" {key}{gap}"), theme::KEY),
                    Span::raw(part),
                ]));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;
    use crate::keymap;

    const README: &str = include_str!("../../../../README.md");
    /// Other names of keys that are on the screen: Ctrl-H is Ctrl-Backspace, Ctrl-J and Ctrl-M are Enter.
    const OTHER_NAMES: [&str; 3] = ["Ctrl-H", "Ctrl-J", "Ctrl-M"];

    /// The keys of a cell; in `Ctrl-X, C, V` and `Alt-1 … 5` the first one's modifier is that of all.
    fn keys(cell: &str) -> Vec<String> {
        let modifier = cell.find('-').map_or("", |dash| &cell[..=dash]);
        let parts = cell.split(", ").flat_map(|part| part.split(" … "));
        parts
            .map(|part| if part.len() == 1 { format!("{modifier}{part}") } else { part.to_owned() })
            .collect()
    }

    fn on_screen() -> BTreeSet<String> {
        KEYS.iter().filter(|(cell, _)| !cell.is_empty()).flat_map(|(cell, _)| keys(cell)).collect()
    }

    fn in_readme() -> BTreeSet<String> {
        let section = README.split("\n## ").find(|section| section.starts_with("Keys\n")).unwrap();
        let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
        cells.skip_while(|cell| *cell == "key").flat_map(keys).collect()
    }

    /// The key of a name, as a terminal sends it.
    fn pressed(name: &str) -> KeyEvent {
        let mut held = KeyModifiers::NONE;
        let mut rest = name;
        for (prefix, modifier) in
            [("Ctrl-", KeyModifiers::CONTROL), ("Alt-", KeyModifiers::ALT), ("Shift-", KeyModifiers::SHIFT)]
        {
            if let Some(stripped) = rest.strip_prefix(prefix) {
                (held, rest) = (held | modifier, stripped);
            }
        }
        let code = match rest {
            "Tab" if held.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            "Tab" => KeyCode::Tab,
            "Esc" => KeyCode::Esc,
            "Enter" => KeyCode::Enter,
            "Del" => KeyCode::Delete,
            "Home" => KeyCode::Home,
            "End" => KeyCode::End,
            "PgUp" => KeyCode::PageUp,
            "PgDn" => KeyCode::PageDown,
            "↑" => KeyCode::Up,
            "↓" => KeyCode::Down,
            "←" => KeyCode::Left,
            "→" => KeyCode::Right,
            _ => match (rest.strip_prefix('F').and_then(|n| n.parse().ok()), rest.chars().next()) {
                (Some(number), _) => KeyCode::F(number),
                (None, Some(c)) if rest.len() == 1 => KeyCode::Char(c.to_ascii_lowercase()),
                _ => panic!("no key is called {name:?}"),
            },
        };
        KeyEvent::new(code, held)
    }

    #[test]
    fn the_readme_and_the_screen_name_the_same_keys() {
        assert_eq!(on_screen(), in_readme());
        assert!(on_screen().len() > 30, "{:?}", on_screen());
    }

    #[test]
    fn every_key_on_the_screen_does_something() {
        for name in on_screen() {
            let key = pressed(&name);
            let in_panel = keymap::panel(key).is_some();
            match keymap::editor(key) {
                None => panic!("{name} does nothing"),
                Some(keymap::Action::Type(_)) => assert!(in_panel, "{name} does nothing in the panel"),
                Some(_) => {}
            }
        }
    }

    #[test]
    fn every_control_and_function_key_is_on_the_screen() {
        let names = ('A'..='Z').map(|c| format!("Ctrl-{c}")).chain((1..=12).map(|n| format!("F{n}")));
        for name in names.filter(|name| keymap::editor(pressed(name)).is_some()) {
            assert!(on_screen().contains(&name) || OTHER_NAMES.contains(&name.as_str()), "{name} is missing");
        }
    }
}
