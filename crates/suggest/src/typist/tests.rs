use super::*;
use crate::mixture::expert::Components;
use crate::network::search::Budget;
use crate::offer::candidate::Suggestions;
use crate::offer::gate::Gate;
use crate::typist::evaluation::ByCount;
use crate::words::toy::{Rigged, TEXT, Trigram};
use crate::words::word::{is_word_char, takes_space};

fn greetings() -> Rigged {
    Rigged::new(&[
        ("", &[("hello", 0.6), ("help", 0.2), ("other", 0.2)]),
        ("hello", &[("world", 0.95), ("there", 0.05)]),
    ])
}

fn words_only() -> SimulationOptions {
    SimulationOptions {
        settings: SuggestionSettings {
            phrase_words: 1,
            gate: Gate::new(0.6),
            components: Components::LSTM,
            learns: false,
            ..SuggestionSettings::default()
        },
        ..SimulationOptions::default()
    }
}

#[test]
fn a_tiny_text_by_hand() {
    let evaluation = simulate(&greetings(), &Personal::default(), &["hello world"], &words_only(), &mut ());
    assert_eq!((evaluation.bytes, evaluation.characters, evaluation.words), (11, 11, 2));
    let two_of_eleven = 100.0 * (1.0 - 2.0 / 11.0);
    assert!((evaluation.figures.ksr.one - two_of_eleven).abs() < 1e-9, "{evaluation:?}");
    assert!((evaluation.figures.hit.one - 100.0).abs() < 1e-9);
    assert!((evaluation.figures.ghost.ksr - two_of_eleven).abs() < 1e-9, "both are above the gate");
    // P = P(hello) · P(space after it) · P(world) = 0.6 · 1 · 0.95.
    let bits = -(0.6_f64 * 0.95).log2() / 11.0;
    assert!(
        (evaluation.figures.bits_per_byte - bits).abs() < 1e-5,
        "{} {bits}",
        evaluation.figures.bits_per_byte
    );
}

#[test]
fn a_phrase_is_one_keystroke() {
    let mut options = words_only();
    options.settings.phrase_words = 2;
    let evaluation = simulate(&greetings(), &Personal::default(), &["hello world"], &options, &mut ());
    assert!((evaluation.figures.ksr_phrase.one - 100.0 * (1.0 - 1.0 / 11.0)).abs() < 1e-9, "{evaluation:?}");
    assert!(
        (evaluation.figures.ksr.one - 100.0 * (1.0 - 2.0 / 11.0)).abs() < 1e-9,
        "words are counted as ever"
    );
}

#[test]
fn the_context_runs_on_across_lines_but_not_across_texts() {
    let across_lines =
        simulate(&greetings(), &Personal::default(), &["hello\nworld\n"], &words_only(), &mut ());
    assert_eq!((across_lines.characters, across_lines.bytes), (10, 11));
    assert!((across_lines.figures.ksr.one - 80.0).abs() < 1e-9, "two keystrokes of ten: {across_lines:?}");
    let across_texts =
        simulate(&greetings(), &Personal::default(), &["hello", "world"], &words_only(), &mut ());
    assert!((across_texts.figures.ksr.one - 40.0).abs() < 1e-9, "world is typed out: {across_texts:?}");
}

/// The measure's definition, word for word, with a typist of their own for each number of suggestions.
fn naive_keystrokes(model: &Trigram, text: &str, count: usize, settings: &SuggestionSettings) -> usize {
    let (mut suggester, mut longest) =
        (Suggester::new(model, settings.clone()), Suggester::new(model, settings.clone()));
    let mut keystrokes = 0;
    let mut line_start = 0;
    for line in text.lines() {
        let line_end = line_start + line.len();
        let mut at = line_start;
        while at < line_end {
            let rest = &text[at..line_end];
            let c = rest.chars().next().expect("before the end");
            keystrokes += 1;
            let in_word = is_word_char(c);
            let word_end = at + rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
            let word_start = text[..word_end].rfind(|c| !is_word_char(c)).map_or(0, |at| at + 1);
            let word = &text[word_start..word_end];
            let suggestions: Suggestions = suggester.suggest(&text[..at], "", count);
            let ghost = longest.suggest(&text[..at], "", 5).ghost.map(|ghost| (ghost.text, ghost.is_stem));
            let is_ghost = ghost == Some((text[at..word_end].to_owned(), false));
            if in_word && (is_ghost || suggestions.candidates.iter().any(|candidate| candidate.word == word))
            {
                at = word_end + usize::from(takes_space(word) && text[word_end..line_end].starts_with(' '));
            } else if let Some((stem, true)) = ghost
                && text[at..word_end].starts_with(&stem)
            {
                at += stem.len();
            } else {
                at += c.len_utf8();
            }
        }
        line_start = line_end + 1;
    }
    keystrokes
}

#[test]
fn one_walk_for_all_typists_counts_what_each_alone_would() {
    let model = Trigram::new(TEXT);
    let text = "The morning was quiet.\nThen the gardener thought of naïve things, and the café opened.\n정원은 THE GATE";
    let mut options = words_only();
    options.settings.budget = Budget { expansions: 10_000, best_share: 1.0, ..Budget::default() };
    let characters = text.chars().filter(|&c| c != '\n').count();
    let evaluation = simulate(&model, &Personal::default(), &[text], &options, &mut ());
    assert_eq!(evaluation.characters, characters);
    let ByCount { one, three, five } = evaluation.figures.ksr;
    for (count, ksr) in [(1, one), (3, three), (5, five)] {
        let keystrokes = naive_keystrokes(&model, text, count, &options.settings);
        let expected = 100.0 * (1.0 - keystrokes as f64 / characters as f64);
        assert!((ksr - expected).abs() < 1e-9, "@{count}: {ksr}, by definition {expected}");
    }
    assert!(one > 20.0 && one < five, "{evaluation:?}");
}

#[test]
fn bits_per_byte_are_those_of_streaming_the_text() {
    let model = Trigram::new(TEXT);
    let text = TEXT.trim_end();
    let mut state = model.start();
    let mut nats = 0.0;
    for byte in text.bytes() {
        let mut log_probs = [0.0; 256];
        model.log_probs(&state, &mut log_probs);
        nats -= f64::from(log_probs[usize::from(byte)]);
        model.advance(&mut state, byte.into());
    }
    let evaluation = simulate(&model, &Personal::default(), &[text], &words_only(), &mut ());
    assert_eq!(evaluation.bytes, text.len());
    let expected = nats / text.len() as f64 / std::f64::consts::LN_2;
    assert!((evaluation.figures.bits_per_byte - expected).abs() < 1e-9);
}

/// A clock on which every answer takes one millisecond, and a watcher that loses patience.
#[derive(Default)]
struct Watcher {
    now: f64,
    answers: usize,
    seen: Vec<TypingProgress>,
    patience: usize,
}

impl Observer for Watcher {
    fn now_ms(&mut self) -> f64 {
        self.now += 1.0;
        self.now
    }

    fn answered(&mut self, _work: Work) {
        self.answers += 1;
    }

    fn progressed(&mut self, progress: TypingProgress) -> ControlFlow<()> {
        self.seen.push(progress);
        if self.seen.len() == self.patience { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn it_is_timed_watched_and_ended_by_the_observer() {
    let text = "hello world\nhello there\nhello world";
    let mut watcher = Watcher { patience: 2, ..Watcher::default() };
    let evaluation = simulate(&greetings(), &Personal::default(), &[text], &words_only(), &mut watcher);
    assert_eq!(evaluation.latency_ms, Latency { p50: 1.0, p95: 1.0, p99: 1.0, max: 1.0 });
    assert_eq!(evaluation.characters, 22, "two lines");
    assert_eq!(
        watcher.seen,
        [TypingProgress { bytes: 11, total: 35 }, TypingProgress { bytes: 23, total: 35 }]
    );
    assert!(watcher.answers >= 4);
}

#[test]
fn nothing_to_type_has_no_figures() {
    let nothing = simulate(&greetings(), &Personal::default(), &[], &SimulationOptions::default(), &mut ());
    assert_eq!(nothing, Evaluation::default());
}

#[test]
fn what_stands_before_a_window_is_its_context() {
    let text = format!("{} hello world", "other ".repeat(40).trim_end());
    let options = SimulationOptions { max_bytes: Some(text.len() - 1), ..words_only() };
    let evaluation = simulate(&greetings(), &Personal::default(), &[&text], &options, &mut ());
    assert!(evaluation.bytes < text.len() && evaluation.bytes > 200, "{evaluation:?}");
}

#[test]
fn percentiles_are_by_nearest_rank() {
    let sample = (1..=200).map(f64::from).rev().collect();
    assert_eq!(percentiles(sample), Latency { p50: 100.0, p95: 190.0, p99: 198.0, max: 200.0 });
    assert_eq!(percentiles(Vec::new()), Latency::default());
}

#[test]
fn text_of_any_script_costs_bits_and_all_components_cost_fewer_than_the_model_alone() {
    let text = TEXT.repeat(3);
    let bits = |components| {
        let settings = SuggestionSettings { components, ..SuggestionSettings::default() };
        let options = SimulationOptions { settings, ..SimulationOptions::default() };
        simulate(&greetings_in_any_script(), &Personal::default(), &[&text], &options, &mut ())
            .figures
            .bits_per_byte
    };
    let (alone, all) = (bits(Components::LSTM), bits(Components::ALL));
    assert!(alone.is_finite() && all.is_finite() && all < alone, "{alone} {all}");
}

/// A model that has read little: what stands in the text itself is news to it.
fn greetings_in_any_script() -> Trigram {
    Trigram::new("Über den Dächern. 정원은 조용했다. ")
}
