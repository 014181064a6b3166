//! A page typed in a real terminal: what Tab would take is marked on the screen, and that is what it takes.

#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests set up files, and look at them"
)]

mod support;

use support::Session;

const COLUMNS: u16 = 80;
const ROWS: u16 = 24;
const UNDO: &str = "\x1a";
const WHY: &str = "\x1bOR";
const ESC: &str = "\x1b[27u";
const COPY: &str = "\x03";
const NO_WORD: &str = "No word is offered here.";
/// Requests after which nothing is offered at a place.
const TRIES: usize = 100;
/// Typed behind a Tab: it stands on the screen once the Tab is decided. It closes up over no space.
const END: char = '‡';

const PAGE: &str = "The garden behind the house was small. My grandmother had planted beans along the wall and \
    strawberries between the stones, and every summer the children of the village came to help with the harvest. \
    In the garden behind the house there was also a pear tree.";

/// What is marked as Tab's: the ghost's first word, with a blank before it if it has one, or the strip's word in reverse.
#[derive(Debug, PartialEq)]
enum Marked {
    Ghost(String),
    Word(String),
}

fn styled(screen: &vt100::Screen, rows: std::ops::Range<u16>, style: fn(&vt100::Cell) -> bool) -> String {
    let cells = rows.flat_map(|y| (0..COLUMNS).map(move |x| (y, x)));
    let cells = cells.filter_map(|(y, x)| screen.cell(y, x)).filter(|cell| style(cell));
    cells.map(|cell| if cell.has_contents() { cell.contents() } else { " " }).collect()
}

fn ghost(screen: &vt100::Screen) -> String {
    styled(screen, 0..ROWS - 2, |cell| cell.dim() && cell.italic())
}

fn marked(screen: &vt100::Screen) -> Option<Marked> {
    let ghost = ghost(screen);
    let blanks = ghost.len() - ghost.trim_start().len();
    if let Some(first) = ghost[blanks..].split(' ').next().filter(|first| !first.is_empty()) {
        return Some(Marked::Ghost(format!("{}{first}", &ghost[..blanks])));
    }
    let word = styled(screen, ROWS - 2..ROWS - 1, vt100::Cell::inverse);
    (!word.is_empty()).then(|| Marked::Word(word.trim_start_matches('→').to_owned()))
}

fn strip(screen: &vt100::Screen) -> String {
    screen.rows(0, COLUMNS).nth(usize::from(ROWS) - 2).unwrap_or_default()
}

/// The text before the end mark. A row breaks at a blank.
fn before_end(screen: &vt100::Screen) -> Option<String> {
    let mut before = String::new();
    for row in screen.rows(0, COLUMNS) {
        if let Some((last, _)) = row.split_once(END) {
            return Some(before + last.trim_start());
        }
        before.push_str(row.trim());
        before.push(' ');
    }
    None
}

/// Waits until the answer for the cursor's place is on the screen. Whether there is any.
fn settle(session: &mut Session) -> bool {
    for _ in 0..TRIES {
        session.send(WHY);
        let shown = session.wait("reasons, or none", |screen| {
            let text = screen.contents();
            text.contains("Why these words?") || text.contains(NO_WORD)
        });
        if !shown.contains(NO_WORD) {
            // The strip goes with the overlay, and comes back with an answer.
            session.send(ESC);
            session.wait("the words again", |screen| {
                !screen.contents().contains("Why these words?")
                    && (!strip(screen).trim().is_empty() || !ghost(screen).is_empty())
            });
            return true;
        }
        // Another message, so that the next one is seen.
        session.send(COPY);
        session.wait_for("Nothing is selected");
    }
    false
}

#[test]
fn tab_takes_what_is_marked_wherever_a_page_is_typed() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("page.md");
    let mut session = Session::start(root.path(), &[&file], COLUMNS, ROWS);
    session.wait_for("base ·");
    let (mut ghosts, mut words, mut none) = (0, 0, 0);
    let mut typed = String::new();
    for (index, c) in PAGE.chars().enumerate() {
        session.send(&c.to_string());
        typed.push(c);
        let last = typed.split(' ').next_back().unwrap().to_owned();
        if index % 2 == 0 || !settle(&mut session) {
            continue;
        }
        let mark = session.look(marked);
        session.send(&format!("\t{END}"));
        session.wait("the end mark", |screen| before_end(screen).is_some());
        let before = session.look(before_end).unwrap();
        let token = before.trim_end().rsplit(' ').next().unwrap_or_default();
        match &mark {
            Some(Marked::Ghost(first)) => {
                ghosts += 1;
                let taken = format!("{last}{first}");
                assert_eq!(Some(token), taken.split(' ').next_back(), "{typed:?}");
            }
            Some(Marked::Word(word)) => {
                words += 1;
                assert_eq!(token, word, "{typed:?}");
            }
            None => {
                none += 1;
                assert_eq!(before.trim_end(), typed.trim_end(), "nothing is written");
                assert!(last.is_empty() || before.ends_with(&last), "{before:?}");
            }
        }
        session.send(&if mark.is_none() { "\x7f".to_owned() } else { format!("{UNDO}{UNDO}") });
        session.wait("as it was", |screen| !screen.contents().contains(END) && ends_as(screen, &last));
    }
    assert!(ghosts > 3 && words > 3 && none > 0, "{ghosts} ghosts, {words} words, {none} times nothing");
}

/// Whether the cursor stands right behind `last`.
fn ends_as(screen: &vt100::Screen, last: &str) -> bool {
    let (y, x) = screen.cursor_position();
    let row: String = (0..x).filter_map(|x| Some(screen.cell(y, x)?.contents().to_owned())).collect();
    row.ends_with(last)
}

#[test]
fn a_letter_and_tab_in_one_burst_write_no_blanks() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("burst.md");
    let mut session = Session::start(root.path(), &[&file], COLUMNS, ROWS);
    session.wait_for("base ·");
    for (count, letters) in ["th", "gar", "x", "qz", "wh", "beau"].into_iter().enumerate() {
        session.send(&format!("We sat {letters}\t{END}\r"));
        session.wait("the end mark", |screen| screen.contents().matches(END).count() == count + 1);
        let text = session.look(vt100::Screen::contents);
        let row = text.lines().rfind(|row| row.contains(END)).unwrap();
        let tail = row.trim().strip_prefix("We sat ").unwrap().trim_end_matches(END);
        let blanks = tail.len() - tail.trim_end().len();
        assert!(tail.starts_with(letters), "{tail:?}");
        // A word that was taken has its space, a stem has none; where nothing was taken, nothing is written.
        assert!(tail == letters || (blanks <= 1 && tail.trim_end().len() > letters.len()), "{tail:?}");
    }
}
