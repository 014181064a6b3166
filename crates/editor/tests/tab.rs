//! Whatever is typed and offered: what Tab takes is marked on the screen, and inside a word it never writes blanks.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use editor::message::Timer;
use editor::{Effect, Message, Settings, State, update, view};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Modifier;
use suggest::{Candidate, Ghost, Suggestions, word};
use unicode_width::UnicodeWidthStr;

const COLUMNS: u16 = 40;
const ROWS: u16 = 8;

#[derive(Debug, Clone)]
enum Step {
    Key(KeyCode, KeyModifiers),
    /// The rest of each word, and the ghost.
    Answer(Vec<String>, Option<String>),
    Pause,
    Message,
}

fn any_step() -> impl Strategy<Value = Step> {
    let plain = |code| Just(Step::Key(code, KeyModifiers::NONE));
    let letters = "[a-z ,.'*\"한-]".prop_map(|text| text.chars().next().map_or(KeyCode::Null, KeyCode::Char));
    let others = vec![
        KeyCode::Enter,
        KeyCode::Backspace,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
    ];
    let picks = prop::sample::select(vec!['1', '2', '3']);
    prop_oneof![
        8 => letters.prop_map(|code| Step::Key(code, KeyModifiers::NONE)),
        3 => prop::sample::select(others).prop_map(|code| Step::Key(code, KeyModifiers::NONE)),
        1 => picks.prop_map(|digit| Step::Key(KeyCode::Char(digit), KeyModifiers::ALT)),
        6 => (prop::collection::vec("[a-z]{1,14}", 0..5), prop::option::of("[a-z]{1,9}( [a-z]{1,9}){0,2}"))
            .prop_map(|(words, ghost)| Step::Answer(words, ghost)),
        1 => Just(Step::Pause),
        1 => Just(Step::Message),
        2 => plain(KeyCode::Tab),
    ]
}

fn text(state: &State) -> String {
    state.document.buffer.rope().to_string()
}

fn before(state: &State) -> String {
    state.document.buffer.text(0..state.selection.head)
}

/// What is marked as Tab's: the ghost's first word, or the strip's word in reverse.
#[derive(Debug, PartialEq)]
enum Marked {
    Ghost(String),
    Word(String),
}

fn marked(state: &State) -> Option<Marked> {
    let mut terminal = Terminal::new(TestBackend::new(COLUMNS, ROWS)).unwrap();
    terminal.draw(|frame| view::view(state, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let styled = |rows: std::ops::Range<u16>, modifier: Modifier| {
        let mut found = String::new();
        for y in rows {
            let mut x = 0;
            while x < COLUMNS {
                let cell = &buffer[(x, y)];
                if cell.modifier.contains(modifier) {
                    found.push_str(cell.symbol());
                }
                x += (cell.symbol().width() as u16).max(1);
            }
        }
        found
    };
    let ghost = styled(0..ROWS - 2, Modifier::DIM | Modifier::ITALIC);
    if let Some(first) = ghost.split_whitespace().next() {
        return Some(Marked::Ghost(first.to_owned()));
    }
    let word = styled(ROWS - 2..ROWS - 1, Modifier::REVERSED);
    (!word.is_empty()).then(|| Marked::Word(word.trim_start_matches('→').to_owned()))
}

/// Presses Tab on a copy, and compares what it takes with what is marked.
fn check(state: &State) -> Result<(), TestCaseError> {
    let marked = marked(state);
    let mut after = state.clone();
    let effects = update(&mut after, Message::KeyPressed(KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE)));
    let waits = effects.iter().any(|effect| matches!(effect, Effect::StartTimer(Timer::Tab, _)));
    let (was, is) = (before(state), before(&after));
    match marked {
        Some(Marked::Ghost(first)) => {
            prop_assert_eq!(is[was.len()..].trim(), first);
        }
        Some(Marked::Word(word)) => prop_assert_eq!(word::prefix(is.trim_end()), word),
        None if !word::prefix(&was).is_empty() => prop_assert_eq!(text(&after), text(state)),
        None => {
            let blanks = text(&after).replace(' ', "") == text(state).replace(' ', "");
            prop_assert!(blanks, "{:?} became {:?}, and nothing was marked", was, is);
            prop_assert!(!waits || text(&after) == text(state));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn tab_takes_what_is_marked_and_never_writes_blanks_into_a_word(steps in prop::collection::vec(any_step(), 1..40)) {
        let mut state = State::new(Settings::default(), COLUMNS, ROWS, "");
        let mut pause = None;
        for step in steps {
            let message = match step {
                Step::Key(code, held) => Message::KeyPressed(KeyEvent::new(code, held)),
                Step::Answer(words, ghost) => {
                    let before = before(&state);
                    let prefix = word::prefix(&before).to_owned();
                    let candidate = |rest: String| Candidate {
                        word: format!("{prefix}{rest}"), completion: rest, probability: 0.2,
                    };
                    let ghost = ghost.map(|text| Ghost { text, confidence: 0.7, is_stem: false });
                    let candidates = words.into_iter().map(candidate).collect();
                    let suggestions = Suggestions { candidates, ghost, prefix: prefix.clone(), reasons: Vec::new() };
                    let (revision, cursor) = (state.document.revision, state.selection.head);
                    Message::Predicted { revision, cursor, suggestions, latency_ms: 1.0 }
                }
                Step::Pause => match pause.take() {
                    Some(timer) => Message::TimerEnded(Timer::Pause, timer),
                    None => continue,
                },
                Step::Message => Message::ModelFailed("no model".to_owned()),
            };
            for effect in update(&mut state, message) {
                match effect {
                    Effect::StartTimer(Timer::Pause, timer) => pause = Some(timer),
                    Effect::StartTimer(Timer::Tab, timer) => {
                        update(&mut state, Message::TimerEnded(Timer::Tab, timer));
                    }
                    _ => {}
                }
            }
            check(&state)?;
        }
    }
}
