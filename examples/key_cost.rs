//! What a key costs in the worst texts: `update` and `view` for every kind of key, at the start, in the middle and at the
//! end of texts made to be hard. Prints the time to open each, and its dearest keys.
//!
//! `cargo run --release --example key_cost [CHARS [PART OF A NAME]]`. CHARS is how many a text has; 1,000,000 if not said.
#![allow(clippy::print_stdout, reason = "the table is what it is for")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use editor::effect::CountRequest;
use editor::message::{FileContent, FileForm};
use editor::text::Selection;
use editor::text::search::{Pattern, blocks, outwards};
use editor::view::view;
use editor::{Effect, Message, Settings, State, update};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// A text is given up when its keys have taken this long.
const PATIENCE: Duration = Duration::from_secs(60);

fn texts(chars: usize) -> Vec<(&'static str, String)> {
    let of = |piece: &str| piece.repeat(chars / piece.chars().count());
    let prose = "The ferry was late again, so we sat on the harbour wall and counted the boats.\n\n";
    vec![
        ("prose", of(prose)),
        ("prose in one line", of(&prose.replace('\n', " "))),
        ("Korean in one line", of("한국어로 쓴 긴 글이 한 줄에 모두 들어 있다. ")),
        ("marks on one letter", format!("a{}", of("\u{301}"))),
        ("letters with marks", of("e\u{301}\u{302}")),
        ("joiners", of("\u{200d}")),
        ("joined emoji", of("👩\u{200d}")),
        ("families", of("👩\u{200d}👩\u{200d}👧 ")),
        ("flags", of("🇰🇷")),
        ("Hangul letters", of("ᄀ")),
        ("conjuncts", of("क\u{94d}")),
        ("signs", of("कि")),
        ("spaces of no width", of("\u{200b}")),
        ("tabs", of("\t")),
        ("right to left", of("שלום ")),
        ("turned around", of("\u{202e}a")),
        ("carriage returns", of("a line\r")),
        ("bare returns", of("\r")),
        ("no-break spaces", of("\u{a0}")),
        ("one word", of("x")),
        ("one word with signs", of("x.")),
        ("empty lines", of("\n")),
        ("indented lines", of(&format!("{}\n", "\t".repeat(9)))),
        ("marks after spaces", of(" \u{301}")),
        ("wide", of("\u{fdfd}")),
        ("controls", of("\u{1b}")),
    ]
}

struct Bench {
    state: State,
    terminal: Terminal<TestBackend>,
    spent: Duration,
    seen: Vec<(Duration, String)>,
}

impl Bench {
    fn open(text: String) -> (Self, Duration) {
        let mut bench = Self {
            state: State::new(Settings::default(), 120, 40, ""),
            terminal: Terminal::new(TestBackend::new(120, 40)).expect("a test screen"),
            spent: Duration::ZERO,
            seen: Vec::new(),
        };
        let path = PathBuf::from("hard.md");
        let form = FileForm::default();
        let file = FileContent { path, text, exists: true, form, read_only: false, stamp: None };
        let opened = bench.time(Message::FileOpened(file));
        (bench, opened)
    }

    fn time(&mut self, message: Message) -> Duration {
        let begun = Clock::now();
        let effects = update(&mut self.state, message);
        self.terminal.draw(|frame| view(&self.state, frame)).expect("a test screen");
        let mut took = begun.elapsed();
        for answer in answers(effects) {
            took = took.max(self.time(answer));
        }
        took
    }

    fn key(&mut self, place: &str, name: &str, code: KeyCode, held: KeyModifiers) {
        self.did(place, name, Message::KeyPressed(KeyEvent::new(code, held)));
    }

    fn did(&mut self, place: &str, name: &str, message: Message) {
        if self.spent > PATIENCE {
            return;
        }
        let took = self.time(message);
        self.spent += took;
        self.seen.push((took, format!("{name} ({place})")));
    }

    fn mouse(&mut self, place: &str, name: &str, kind: MouseEventKind) {
        let event = MouseEvent { kind, column: 30, row: 15, modifiers: KeyModifiers::NONE };
        self.did(place, name, Message::MouseUsed(event));
    }

    fn keys_at(&mut self, place: &str, position: usize) {
        const NONE: KeyModifiers = KeyModifiers::NONE;
        const CTRL: KeyModifiers = KeyModifiers::CONTROL;
        const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
        self.state.selection = Selection::cursor(position);
        self.did(place, "arrive", Message::Resized { width: 120, height: 40 });
        for (name, code) in [
            ("right", KeyCode::Right),
            ("left", KeyCode::Left),
            ("up", KeyCode::Up),
            ("down", KeyCode::Down),
            ("page up", KeyCode::PageUp),
            ("page down", KeyCode::PageDown),
            ("home", KeyCode::Home),
            ("home", KeyCode::Home),
            ("end", KeyCode::End),
            ("left", KeyCode::Left),
        ] {
            self.key(place, name, code, NONE);
            self.key(place, &format!("select {name}"), code, SHIFT);
            self.key(place, &format!("word {name}"), code, CTRL);
            self.key(place, name, code, NONE);
        }
        self.state.selection = Selection::cursor(position);
        self.did(place, "arrive", Message::Resized { width: 120, height: 40 });
        for (name, code, held) in [
            ("type a letter", KeyCode::Char('e'), NONE),
            ("type a mark", KeyCode::Char('\u{301}'), NONE),
            ("type a space", KeyCode::Char(' '), NONE),
            ("backspace", KeyCode::Backspace, NONE),
            ("backspace", KeyCode::Backspace, NONE),
            ("backspace", KeyCode::Backspace, NONE),
            ("backspace", KeyCode::Backspace, NONE),
            ("delete", KeyCode::Delete, NONE),
            ("enter", KeyCode::Enter, NONE),
            ("tab", KeyCode::Tab, NONE),
            ("shift-tab", KeyCode::BackTab, NONE),
            ("delete word left", KeyCode::Backspace, CTRL),
            ("delete word right", KeyCode::Delete, CTRL),
            ("undo", KeyCode::Char('z'), CTRL),
            ("undo", KeyCode::Char('z'), CTRL),
            ("undo", KeyCode::Char('z'), CTRL),
            ("redo", KeyCode::Char('y'), CTRL),
            ("help", KeyCode::F(1), NONE),
            ("leave help", KeyCode::Esc, NONE),
            ("find", KeyCode::Char('f'), CTRL),
            ("find e", KeyCode::Char('e'), NONE),
            ("find next", KeyCode::Enter, NONE),
            ("find before", KeyCode::Up, NONE),
            ("find ex", KeyCode::Char('x'), NONE),
            ("find exq", KeyCode::Char('q'), NONE),
            ("find next", KeyCode::Enter, NONE),
            ("leave find", KeyCode::Esc, NONE),
            ("find again", KeyCode::Char('g'), CTRL),
            ("find", KeyCode::Char('f'), CTRL),
        ] {
            self.key(place, name, code, held);
        }
        let one: String = self.state.document.buffer.text(position..position + 1);
        self.key(place, "empty find", KeyCode::Char('u'), CTRL);
        self.did(place, "find what is there", Message::Pasted(one));
        self.key(place, "find next", KeyCode::Enter, NONE);
        self.key(place, "find before", KeyCode::Up, NONE);
        self.key(place, "leave find", KeyCode::Esc, NONE);
        let down = MouseEventKind::Down(MouseButton::Left);
        self.mouse(place, "click", down);
        self.mouse(place, "release", MouseEventKind::Up(MouseButton::Left));
        self.mouse(place, "double click", down);
        self.mouse(place, "drag", MouseEventKind::Drag(MouseButton::Left));
        self.mouse(place, "wheel down", MouseEventKind::ScrollDown);
        self.mouse(place, "wheel up", MouseEventKind::ScrollUp);
    }

    fn keys_on_all(&mut self) {
        let select = |bench: &mut Self, held, code| bench.key("all", "select all", code, held);
        for (name, code) in [
            ("cut all", KeyCode::Char('x')),
            ("copy all", KeyCode::Char('c')),
            ("type over all", KeyCode::Char('e')),
            ("indent all", KeyCode::Tab),
            ("outdent all", KeyCode::BackTab),
        ] {
            select(self, KeyModifiers::CONTROL, KeyCode::Char('a'));
            let control = matches!(code, KeyCode::Char('x' | 'c'));
            self.key("all", name, code, if control { KeyModifiers::CONTROL } else { KeyModifiers::NONE });
            self.key("all", &format!("undo {name}"), KeyCode::Char('z'), KeyModifiers::CONTROL);
        }
    }
}

/// The processor time of this thread, where Linux reports it: other programs do not count. Elsewhere, the time.
struct Clock(Instant, Option<u64>);

impl Clock {
    fn now() -> Self {
        Self(Instant::now(), Self::nanoseconds())
    }

    fn nanoseconds() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok()
    }

    fn elapsed(&self) -> Duration {
        match (self.1, Self::nanoseconds()) {
            (Some(begun), Some(now)) => Duration::from_nanos(now - begun),
            _ => self.0.elapsed(),
        }
    }
}

/// What the shell would answer.
fn answers(effects: Vec<Effect>) -> Vec<Message> {
    let counts = effects.into_iter().filter_map(|effect| match effect {
        Effect::CountMatches(CountRequest { search, text, query, from }) => {
            let pattern = Pattern::new(&query)?;
            let counted = |block| (block, pattern.matches(&text, block).len() as u32);
            let counts: Vec<_> = outwards(from, blocks(&text)).map(counted).collect();
            Some(Message::MatchesCounted { search, counts })
        }
        _ => None,
    });
    counts.collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let chars = arguments.next().and_then(|chars| chars.parse().ok()).unwrap_or(1_000_000);
    let part = arguments.next().unwrap_or_default();
    println!(
        "{:22}{:>6}{:>10}  the dearest keys, ms | of search | of the whole text",
        "text", "MB", "open, ms"
    );
    for (name, text) in texts(chars).into_iter().filter(|(name, _)| name.contains(&part)) {
        let megabytes = text.len() as f64 / 1e6;
        let (mut bench, opened) = Bench::open(text);
        let length = bench.state.document.buffer.len();
        for (place, position) in [("start", 0), ("middle", length / 2), ("end", length)] {
            bench.keys_at(place, position);
        }
        let ms = |took: Duration| took.as_secs_f64() * 1e3;
        let dearest = |seen: &mut Vec<(Duration, String)>, count: usize| {
            seen.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
            let shown = seen.iter().take(count).map(|(took, what)| format!("{:.1} {what}", ms(*took)));
            shown.collect::<Vec<_>>().join(", ")
        };
        let (mut find, mut keys): (Vec<_>, Vec<_>) =
            std::mem::take(&mut bench.seen).into_iter().partition(|(_, what)| what.contains("find"));
        let (keys, find) = (dearest(&mut keys, 2), dearest(&mut find, 1));
        bench.keys_on_all();
        let all = dearest(&mut bench.seen, 1);
        println!("{name:22}{megabytes:>6.1}{:>10.1}  {keys} | {find} | {all}", ms(opened));
    }
}
