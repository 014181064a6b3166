//! What the screen shows, at 80×24 and 40×12: snapshots of whole screens, and rules that hold for all of them.

#[path = "screens/model.rs"]
mod model;
#[path = "screens/questions.rs"]
mod questions;
#[path = "screens/small.rs"]
mod small;
#[path = "screens/strip.rs"]
mod strip;

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use editor::message::{FileContent, FileForm, ModelVersion};
use editor::view;
use editor::{Message, Settings, State, update};
use learn::train::report::{DocumentPreview, SkippedFile};
use learn::train::{DatasetPreview, StepReport, TrainingPhase, TrainingSummary};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use suggest::{ByCount, Candidate, Evaluation, Figures, Ghost, Reason, Suggestions};
use unicode_width::UnicodeWidthStr;

const SIZES: [(u16, u16); 2] = [(80, 24), (40, 12)];
/// All is to be read in a window this small, too.
const SMALL: (u16, u16) = (20, 6);
const ALL_SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), SMALL];

struct Drawn {
    buffer: Buffer,
    cursor: Position,
    visible: bool,
}

fn draw(state: &State) -> Drawn {
    let (width, height) = (state.viewport.width, state.viewport.height);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view::view(state, frame)).unwrap();
    let cursor = terminal.get_cursor_position().unwrap();
    let visible = terminal.backend().cursor_visible();
    Drawn { buffer: terminal.backend().buffer().clone(), cursor, visible }
}

impl Drawn {
    /// The rows as they are read: the cell behind a wide character is part of it.
    /// How many cells of `area` are underlined.
    fn underlined(&self, area: Rect) -> usize {
        let is_underlined =
            |position: &Position| self.buffer[*position].modifier.contains(Modifier::UNDERLINED);
        area.intersection(self.buffer.area).positions().filter(is_underlined).count()
    }

    fn rows(&self) -> Vec<String> {
        let area = self.buffer.area;
        let mut rows = Vec::new();
        for y in 0..area.height {
            let mut row = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = self.buffer[(x, y)].symbol();
                row.push_str(symbol);
                x += (symbol.width() as u16).max(1);
            }
            rows.push(row.trim_end().to_owned());
        }
        rows
    }

    fn text(&self) -> String {
        let cursor =
            if self.visible { format!("{},{}", self.cursor.x, self.cursor.y) } else { "hidden".to_owned() };
        format!("{}\n--- cursor {cursor}", self.rows().join("\n"))
    }
}

fn empty(width: u16, height: u16) -> State {
    let mut state = State::new(Settings::default(), width, height, "~/letters");
    send(&mut state, Message::Resized { width, height });
    send(
        &mut state,
        Message::ModelLoaded { name: "base".to_owned(), versions: vec![version("base", None, true)] },
    );
    state
}

fn send(state: &mut State, message: Message) {
    update(state, message);
}

fn press(state: &mut State, code: KeyCode, modifiers: KeyModifiers) {
    send(state, Message::KeyPressed(KeyEvent::new(code, modifiers)));
}

fn key(state: &mut State, code: KeyCode) {
    press(state, code, KeyModifiers::NONE);
}

fn type_text(state: &mut State, text: &str) {
    for c in text.chars() {
        let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
        key(state, code);
    }
}

fn open(state: &mut State, name: &str, text: &str) {
    send(
        state,
        Message::FileOpened(FileContent {
            path: PathBuf::from(name),
            text: text.to_owned(),
            exists: true,
            form: FileForm::default(),
            read_only: false,
            stamp: None,
        }),
    );
}

fn offer(state: &mut State, prefix: &str, words: &[(&str, f32)], ghost: Option<&str>) {
    offer_with(
        state,
        prefix,
        words,
        ghost.map(|text| Ghost { text: text.to_owned(), confidence: 0.8, is_stem: false }),
    );
}

fn offer_with(state: &mut State, prefix: &str, words: &[(&str, f32)], ghost: Option<Ghost>) {
    let candidates = words
        .iter()
        .map(|&(word, probability)| Candidate {
            word: word.to_owned(),
            completion: word.strip_prefix(prefix).unwrap_or(word).to_owned(),
            probability,
        })
        .collect();
    let revision = state.document.revision;
    let reasons = words
        .iter()
        .map(|&(word, _)| Reason {
            word: word.to_owned(),
            shares: [0.42, 0.08, 0.5, 0.0],
            document: Some("/home/kim/letters/2026/to-grandmother.md".to_owned()),
        })
        .collect();
    let suggestions = Suggestions { complete: 0.0, prefix: prefix.to_owned(), candidates, reasons, ghost };
    let cursor = state.cursor();
    send(state, Message::Predicted { revision, cursor, suggestions, latency_ms: 3.4 });
}

fn version(name: &str, ksr5: Option<f64>, active: bool) -> ModelVersion {
    ModelVersion {
        name: name.to_owned(),
        created: "2026-11-24 02:11 UTC".to_owned(),
        bits_per_byte: None,
        ksr5,
        active,
    }
}

fn snapshots(name: &str, make: impl Fn(u16, u16) -> State) {
    snapshots_at(&SIZES, name, make);
}

fn snapshots_at(sizes: &[(u16, u16)], name: &str, make: impl Fn(u16, u16) -> State) {
    for &(width, height) in sizes {
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), draw(&make(width, height)).text());
    }
}

const LETTER: &str = "Dear Kim,\n\nthank you for the parcel with the seeds. We sowed the beans on Sunday, in the \
    narrow bed along the wall, where the snails do not go. The tomatoes have to wait.\n\nLove, ";

fn letter(width: u16, height: u16) -> State {
    let mut state = empty(width, height);
    open(&mut state, "/home/kim/letter.md", "");
    type_text(&mut state, LETTER);
    state
}

fn with_ghost(width: u16, height: u16) -> State {
    let mut state = letter(width, height);
    type_text(&mut state, "see y");
    offer(
        &mut state,
        "y",
        &[("you", 0.62), ("your", 0.11), ("yesterday", 0.05), ("young", 0.02), ("yet", 0.01)],
        Some("ou soon"),
    );
    state
}

#[test]
fn an_empty_document() {
    snapshots("empty", empty);
}

#[test]
fn a_letter_with_a_ghost_and_the_strip() {
    snapshots("ghost", with_ghost);
}

#[test]
fn text_of_many_scripts() {
    snapshots("scripts", |width, height| {
        let mut state = empty(width, height);
        let text = "한국어는 넓은 글자입니다. 줄을 바꿀 때에도 글자가 반으로 나뉘지 않아야 합니다.\n\
            emoji 👩‍💻 👍🏽 🇰🇷 and e\u{301} combined\n\ttab stop\nעברית وعربي";
        open(&mut state, "글.md", text);
        state
    });
}

fn hostile(width: u16, height: u16) -> State {
    let mut state = empty(width, height);
    let text = "esc \u{1b}[31m bel \u{7} nul \0 del \u{7f} csi \u{9b}2J rlo \u{202e}abc\u{2066} zwsp \u{200b} bom \u{feff} ls \u{2028}x\rcr";
    open(&mut state, "/srv/\u{1b}]0;name\u{7}\u{202e}.txt", text);
    press(&mut state, KeyCode::End, KeyModifiers::CONTROL);
    type_text(&mut state, " a");
    offer(&mut state, "a", &[("a\u{1b}[2J\u{7}", 0.5), ("a\u{202e}b", 0.2)], Some("\u{1b}[2J\u{9b}x"));
    state
}

#[test]
fn control_characters_are_shown() {
    snapshots("controls", hostile);
}

#[test]
fn help() {
    snapshots("help", |width, height| {
        let mut state = letter(width, height);
        key(&mut state, KeyCode::F(1));
        state
    });
}

#[test]
fn reasons() {
    snapshots("why", |width, height| {
        let mut state = with_ghost(width, height);
        key(&mut state, KeyCode::F(3));
        key(&mut state, KeyCode::Down);
        state
    });
    snapshots("why_blocked", |width, height| {
        let mut state = with_ghost(width, height);
        key(&mut state, KeyCode::F(3));
        press(&mut state, KeyCode::Char('b'), KeyModifiers::ALT);
        state
    });
    snapshots_at(&ALL_SIZES, "why_forgotten", |width, height| {
        let mut state = with_ghost(width, height);
        for _ in 0..2 {
            press(&mut state, KeyCode::Char('x'), KeyModifiers::ALT);
        }
        state
    });
    snapshots_at(&[SMALL], "why_small", |width, height| {
        let mut state = with_ghost(width, height);
        key(&mut state, KeyCode::F(3));
        key(&mut state, KeyCode::PageDown);
        key(&mut state, KeyCode::PageDown);
        state
    });
}

#[test]
fn finding() {
    snapshots("find", |width, height| {
        let mut state = letter(width, height);
        press(&mut state, KeyCode::Char('f'), KeyModifiers::CONTROL);
        type_text(&mut state, "the");
        state
    });
}

#[test]
fn opening_another_file() {
    snapshots("open", |width, height| {
        let mut state = empty(width, height);
        press(&mut state, KeyCode::Char('o'), KeyModifiers::CONTROL);
        type_text(&mut state, "~/notes/2026/november/a rather long name.md");
        state
    });
}

#[test]
fn a_long_failure_is_shown_whole() {
    snapshots("failure", |width, height| {
        let mut state = letter(width, height);
        let said = "/home/kim/old/latin.txt is not UTF-8 text (byte 3 is not): it was left alone. \
            Convert it first, for instance with `iconv -f ISO-8859-1 -t UTF-8`.";
        send(&mut state, Message::FileFailed(said.to_owned()));
        state
    });
}

fn panel(width: u16, height: u16) -> State {
    let mut state = letter(width, height);
    key(&mut state, KeyCode::F(2));
    state
}

fn previewed(width: u16, height: u16) -> State {
    let mut state = panel(width, height);
    key(&mut state, KeyCode::Enter);
    let documents = (1..=12)
        .map(|day| DocumentPreview {
            path: format!("/home/kim/letters/{day:02}.md").into(),
            bytes: day * 6_100,
            words: day * 1_020,
        })
        .collect();
    let skipped = vec![
        SkippedFile {
            path: "/home/kim/letters/photo.jpg".into(),
            reason: "not a text file (.txt, .md)".to_owned(),
        },
        SkippedFile { path: "/home/kim/letters/old.txt".into(), reason: "not UTF-8".to_owned() },
    ];
    send(&mut state, Message::DatasetPreviewed(Ok(DatasetPreview { documents, skipped, held_out: 3 })));
    state
}

fn no_folder(width: u16, height: u16) -> State {
    let mut state = panel(width, height);
    key(&mut state, KeyCode::Enter);
    let said = "The folder /home/kim/leters does not exist. Check its name.";
    send(&mut state, Message::DatasetPreviewed(Err(said.to_owned())));
    state
}

fn report(step: u64, phase: TrainingPhase) -> StepReport {
    let share = step as f64 / 500.0;
    StepReport {
        phase,
        progress: 0.1 + 0.8 * share,
        step,
        epoch: share * 3.0,
        train_bits: Some(2.2 - 0.5 * share + 0.04 * (step as f64 / 7.0).sin()),
        validation_bits: step.is_multiple_of(50).then_some(2.25 - 0.4 * share),
        bytes_per_second: 14_200.0,
        gradient_norm: 0.83,
        clipped_share: 0.25,
        dropped_steps: 0,
        learning_rate: 1e-3,
        eta_seconds: Some(250.0 * (1.0 - share)),
    }
}

fn started(width: u16, height: u16) -> State {
    let mut state = previewed(width, height);
    key(&mut state, KeyCode::Char('s'));
    state
}

fn running(width: u16, height: u16) -> State {
    let mut state = started(width, height);
    key(&mut state, KeyCode::F(2));
    for step in (10..=300).step_by(10) {
        send(&mut state, Message::TrainingStepped(report(step, TrainingPhase::Training)));
    }
    state
}

fn finished(promoted: bool) -> impl Fn(u16, u16) -> State {
    move |width, height| {
        let mut state = running(width, height);
        let evaluation = |bits_per_byte, hit, ksr| Evaluation {
            figures: Figures {
                bits_per_byte,
                hit: ByCount { three: hit, ..ByCount::default() },
                ksr: ByCount { five: ksr, ..ByCount::default() },
                ..Figures::default()
            },
            ..Evaluation::default()
        };
        let after = if promoted { evaluation(1.792, 27.8, 54.2) } else { evaluation(1.905, 22.3, 49.4) };
        let model = if promoted { "2026-11-24-letters" } else { "base" };
        let summary = TrainingSummary {
            documents: 12,
            skipped: Vec::new(),
            bytes: 475_800,
            train_tokens_per_s: 14_200.0,
            steps: 500,
            seconds: 312.0,
            before: evaluation(1.912, 22.4, 49.4),
            after,
            promoted,
            model: model.to_owned(),
        };
        send(&mut state, Message::TrainingFinished(Box::new(summary)));
        if promoted {
            let versions = vec![version("base", Some(49.4), false), version(model, Some(54.2), true)];
            send(&mut state, Message::ModelLoaded { name: model.to_owned(), versions });
        }
        state
    }
}

#[test]
fn the_panel_in_each_phase() {
    snapshots("panel_folder", panel);
    snapshots("panel_preview", previewed);
    snapshots("panel_started", started);
    snapshots("panel_running", running);
    snapshots("panel_asks_before_it_stops", |width, height| {
        let mut state = running(width, height);
        key(&mut state, KeyCode::Char('c'));
        state
    });
    snapshots_at(&ALL_SIZES, "panel_asks_before_quitting", |width, height| {
        let mut state = running(width, height);
        press(&mut state, KeyCode::Char('q'), KeyModifiers::CONTROL);
        state
    });
    snapshots("panel_paused", |width, height| {
        let mut state = running(width, height);
        key(&mut state, KeyCode::Char('p'));
        state
    });
    snapshots("panel_adopted", finished(true));
    snapshots("panel_not_adopted", finished(false));
    snapshots("panel_failed", |width, height| {
        let mut state = started(width, height);
        key(&mut state, KeyCode::F(2));
        let said = "No room on the disk to save /data/models/x: free some space.";
        send(&mut state, Message::TrainingFailed(said.to_owned()));
        state
    });
    snapshots("panel_no_folder", no_folder);
}

#[test]
fn after_going_back_the_panel_names_the_model_in_use() {
    let mut state = finished(true)(80, 24);
    let versions = vec![version("base", Some(49.4), true), version("2026-11-24-letters", Some(54.2), false)];
    send(&mut state, Message::ModelLoaded { name: "base".to_owned(), versions });
    let screen = draw(&state).text();
    assert!(screen.contains("in use now: base") && !screen.contains("In use from now"), "{screen}");
}

type Make = fn(u16, u16) -> State;

const ALL: [Make; 16] = [
    empty,
    letter,
    with_ghost,
    hostile,
    |width, height| {
        let mut state = with_ghost(width, height);
        key(&mut state, KeyCode::F(3));
        state
    },
    strip::outdated,
    panel,
    previewed,
    running,
    |width, height| finished(true)(width, height),
    model::opened,
    model::after_training,
    questions::changed,
    questions::recoveries,
    questions::comparison,
    questions::hostile_mark,
];

#[test]
fn no_cell_holds_a_character_that_acts_on_the_terminal() {
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for make in ALL {
        for (width, height) in SIZES {
            let drawn = draw(&make(width, height));
            let found = drawn.buffer.content().iter().find(|cell| cell.symbol().contains(acts));
            assert!(found.is_none(), "{:?}", found.map(|cell| cell.symbol().to_owned()));
        }
    }
}

#[test]
fn no_size_is_too_small_to_draw_on() {
    for make in ALL {
        for (width, height) in [(1, 1), (2, 1), (1, 5), (5, 2), (8, 3), (20, 4), (200, 60)] {
            draw(&make(width, height));
        }
    }
}
