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
    /// The words, and the ghost with whether it is a stem.
    Answer(Vec<Word>, Option<(String, bool)>),
    Pause,
    /// The time of the Tab that waits is over.
    TabTime,
    Message,
}

/// A word of an answer, by what is typed.
#[derive(Debug, Clone)]
enum Word {
    /// It goes on with this.
    Rest(String),
    /// It takes the place of what is typed.
    Correction(String),
}

fn any_word() -> impl Strategy<Value = Word> {
    prop_oneof![
        4 => "[a-z]{1,14}".prop_map(Word::Rest),
        1 => "[a-z]{1,14}".prop_map(Word::Correction),
    ]
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
        6 => (
            prop::collection::vec(any_word(), 0..5),
            prop::option::of(("[a-z]{1,9}( [a-z]{1,9}){0,2}", any::<bool>())),
        )
            .prop_map(|(words, ghost)| Step::Answer(words, ghost)),
        2 => Just(Step::TabTime),
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

/// Which timer ends the wait that has begun, if one has.
fn wait(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| match effect {
        Effect::StartTimer(Timer::Tab, timer) => Some(*timer),
        _ => None,
    })
}

/// Hands over `message`, and ends the wait of each Tab at once.
fn without_waiting(state: &mut State, message: Message) {
    let mut timer = wait(&update(state, message));
    while let Some(ended) = timer {
        timer = wait(&update(state, Message::TimerEnded(Timer::Tab, ended)));
    }
}

/// The answer for the text and the cursor as they are.
fn answer(state: &State, words: Vec<Word>, ghost: Option<(String, bool)>) -> Message {
    let before = before(state);
    let prefix = word::prefix(&before).to_owned();
    let candidate = |word| match word {
        Word::Correction(word) if !prefix.is_empty() && !word.starts_with(&prefix) => {
            Candidate { completion: word.clone(), word, probability: 0.2 }
        }
        Word::Rest(rest) | Word::Correction(rest) => {
            Candidate { word: format!("{prefix}{rest}"), completion: rest, probability: 0.2 }
        }
    };
    let ghost = ghost.map(|(text, is_stem)| Ghost { text, confidence: 0.7, is_stem });
    let candidates = words.into_iter().map(candidate).collect();
    let suggestions =
        Suggestions { complete: 0.0, candidates, ghost, prefix: prefix.clone(), reasons: Vec::new() };
    let (revision, cursor) = (state.document.revision, state.selection.head);
    Message::Predicted { revision, cursor, suggestions, latency_ms: 1.0 }
}

/// A Tab that waits: the state then, and the keys behind it.
struct Held {
    then: State,
    keys: Vec<Message>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn tab_takes_what_is_marked_and_never_writes_blanks_into_a_word(steps in prop::collection::vec(any_step(), 1..40)) {
        let mut state = State::new(Settings::default(), COLUMNS, ROWS, "");
        let (mut pause, mut tab) = (None, None);
        let mut held: Option<Held> = None;
        for step in steps {
            let message = match step {
                Step::Key(code, held) => Message::KeyPressed(KeyEvent::new(code, held)),
                Step::Answer(words, ghost) => answer(&state, words, ghost),
                Step::Pause => match pause.take() {
                    Some(timer) => Message::TimerEnded(Timer::Pause, timer),
                    None => continue,
                },
                Step::TabTime => match tab.take() {
                    Some(timer) => Message::TimerEnded(Timer::Tab, timer),
                    None => continue,
                },
                Step::Message => Message::ModelFailed("no model".to_owned()),
            };
            let effects = update(&mut state, message.clone());
            for effect in &effects {
                if let Effect::StartTimer(Timer::Pause, timer) = effect {
                    pause = Some(*timer);
                }
            }
            let begun = wait(&effects);
            tab = begun.or(tab);
            match (&mut held, &message) {
                (Some(held), Message::KeyPressed(_)) => held.keys.push(message),
                (None, Message::KeyPressed(_)) if begun.is_some() => {
                    held = Some(Held { then: state.clone(), keys: Vec::new() });
                }
                (Some(_), Message::Predicted { .. } | Message::TimerEnded(Timer::Tab, _))
                    if state.suggest.held_tab.is_none() || begun.is_some() =>
                {
                    // The keys behind it do what they do when they come later, one by one.
                    let Held { then: mut expected, keys } = held.take().unwrap();
                    for message in std::iter::once(message).chain(keys) {
                        without_waiting(&mut expected, message);
                    }
                    let mut found = state.clone();
                    if let Some(timer) = begun {
                        without_waiting(&mut found, Message::TimerEnded(Timer::Tab, timer));
                    }
                    prop_assert_eq!(text(&found), text(&expected));
                    prop_assert_eq!(found.selection, expected.selection);
                }
                (Some(_), Message::ModelFailed(_) | Message::TimerEnded(Timer::Pause, _)) => held = None,
                _ => {}
            }
            check(&state)?;
        }
    }
}
