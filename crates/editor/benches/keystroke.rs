//! What stands between a key and its letter on the screen: `update` and `view`, in a short text and in one of 1 MB.
//!
//! `cargo bench --bench keystroke`. No model takes part: the frame never waits for one.

use std::path::PathBuf;

use criterion::{Criterion, criterion_group, criterion_main};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use editor::message::{FileContent, FileForm};
use editor::view::view;
use editor::{Message, Settings, State, update};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const SENTENCE: &str = "The ferry was late again, so we sat on the harbour wall and counted the boats. ";

fn keystroke(criterion: &mut Criterion) {
    let paragraph = format!("{}\n\n", SENTENCE.repeat(6));
    let texts = [
        ("a page", paragraph.repeat(4)),
        ("1 MB", paragraph.repeat(1_000_000 / paragraph.len())),
        ("1 MB in one line", SENTENCE.repeat(1_000_000 / SENTENCE.len())),
    ];
    for (name, text) in texts {
        let mut state = State::new(Settings::default(), 80, 24, "");
        let file = FileContent {
            path: PathBuf::from("notes.md"),
            text,
            exists: true,
            form: FileForm::default(),
            read_only: false,
            stamp: None,
        };
        update(&mut state, Message::FileOpened(file));
        update(&mut state, Message::KeyPressed(KeyEvent::new(KeyCode::End, KeyModifiers::CONTROL)));
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test screen");
        criterion.bench_function(&format!("key to frame, {name}"), |b| {
            b.iter(|| {
                update(
                    &mut state,
                    Message::KeyPressed(KeyEvent::new(KeyCode::Char('e'), KeyModifiers::NONE)),
                );
                terminal.draw(|frame| view(&state, frame)).expect("a test screen");
            });
        });
    }
}

criterion_group!(benches, keystroke);
criterion_main!(benches);
