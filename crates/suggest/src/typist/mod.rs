//! The simulated typist: what typing some text would have cost with these suggestions.
//!
//! A typist enters a text line by line. Before each character of a word, its first included, the suggestions are on show;
//! if the whole word is among them, in its exact case, it is taken for one keystroke and a following space comes with it;
//! otherwise the character is typed. Line breaks are neither characters nor keystrokes, but the model reads and predicts
//! them: they are part of the text, and so of the bits per byte. Each text begins with an empty context.
//!
//! The suggestions come from a [`Suggester`] just as in the editor, one call for each position, reusing what the last
//! one found, so the latencies are those of typing.

pub(crate) mod evaluation;
mod keystrokes;

use std::ops::ControlFlow;

use crate::counts::personal::Personal;
use crate::network::lookahead::Work;
use crate::offer::passed_over::PassedOver;
use crate::suggester::{Suggester, SuggestionSettings};
use crate::typist::evaluation::{Evaluation, Latency};
use crate::typist::keystrokes::Keystrokes;
use crate::words::word::levelled;
use model::LanguageModel;

/// What to type and with what help.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationOptions {
    /// How suggestions are made.
    pub settings: SuggestionSettings,
    /// Suggestions on show, at most 5.
    pub suggestions: usize,
    /// Only the first so many lines of each text.
    pub max_lines: Option<usize>,
    /// Only about the first so many bytes of each text: it is cut after its last whole word within them.
    pub max_bytes: Option<usize>,
}

impl Default for SimulationOptions {
    fn default() -> Self {
        Self { settings: SuggestionSettings::default(), suggestions: 5, max_lines: None, max_bytes: None }
    }
}

/// How far a simulation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypingProgress {
    /// Bytes typed.
    pub bytes: usize,
    /// Bytes to be typed in all.
    pub total: usize,
}

/// Whoever watches a simulation. `()` watches nothing.
pub trait Observer {
    /// The time in milliseconds since any fixed moment; asked before and after each answer.
    fn now_ms(&mut self) -> f64 {
        0.0
    }

    /// Called for each answer with what it cost.
    fn answered(&mut self, _work: Work) {}

    /// Called after each line; `Break` ends the simulation with the figures so far.
    fn progressed(&mut self, _progress: TypingProgress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Observer for () {}

/// Types `texts`, each with an empty context at its start, and returns the figures of all together. The latencies are those
/// from a typed character to the suggestions after it, by the observer's clock.
pub fn simulate<M: LanguageModel>(
    model: &M,
    personal: &Personal,
    texts: &[&str],
    options: &SimulationOptions,
    observer: &mut impl Observer,
) -> Evaluation {
    let texts: Vec<&str> = texts.iter().map(|text| clip(text, options)).collect();
    let total = texts.iter().map(|text| levelled(text).len()).sum();
    let mut typing = Typing {
        suggester: Suggester::with_personal(model, personal.clone(), options.settings.clone()),
        passed_over: Default::default(),
        bits: 0.0,
        bytes: 0,
        latencies: Vec::new(),
    };
    let mut tally = Keystrokes::new(options.suggestions);
    'texts: for text in texts {
        typing.suggester.restart();
        let mut lines = text.lines().enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            let is_last = lines.peek().is_none();
            if index > 0 {
                typing.read("\n");
            }
            typing.type_line(line, &mut tally, observer);
            if is_last {
                typing.bits -= typing.suggester.unfinished() * std::f64::consts::LOG2_E;
            }
            if observer.progressed(TypingProgress { bytes: typing.bytes, total }).is_break() {
                break 'texts;
            }
        }
    }
    Evaluation {
        bytes: typing.bytes,
        characters: tally.characters(),
        words: tally.words(),
        bits_per_byte: if typing.bytes == 0 { 0.0 } else { typing.bits / typing.bytes as f64 },
        ksr: tally.ksr(),
        hit: tally.hit(),
        ksr_phrase: tally.ksr_phrase(),
        ghost: tally.ghost(),
        reliability: *typing.suggester.reliability(),
        latency_ms: percentiles(typing.latencies),
    }
}

/// The model's side of a simulation.
struct Typing<'a, M: LanguageModel> {
    suggester: Suggester<&'a M>,
    /// What those who see 1, 3 and 5 suggestions have passed over.
    passed_over: [PassedOver; 3],
    /// Total -log2 P of the bytes read.
    bits: f64,
    bytes: usize,
    latencies: Vec<f64>,
}

impl<M: LanguageModel> Typing<'_, M> {
    fn type_line(&mut self, line: &str, tally: &mut Keystrokes, observer: &mut impl Observer) {
        let characters: Vec<char> = line.chars().collect();
        let offsets: Vec<usize> = line.char_indices().map(|(offset, _)| offset).collect();
        let mut read = 0;
        let counts = tally.counts();
        tally.type_line(&characters, |at| {
            // What an accepted word brought with it is read before the clock starts: the keystroke measured is the last.
            let last = at.saturating_sub(1).max(read);
            self.read(&line[offsets[read]..offsets[last]]);
            let started = observer.now_ms();
            self.suggester.begin();
            self.read(&line[offsets[last]..offsets[at]]);
            let most = self.suggester.answer("", counts[2], &mut self.passed_over[2]);
            self.latencies.push(observer.now_ms() - started);
            observer.answered(self.suggester.work());
            read = at;
            let [one, three] =
                [0, 1].map(|list| self.suggester.answer("", counts[list], &mut self.passed_over[list]));
            [one, three, most]
        });
        self.read(offsets.get(read).map_or("", |&offset| &line[offset..]));
    }

    fn read(&mut self, text: &str) {
        for c in text.chars() {
            self.bits -= self.suggester.read(c) * std::f64::consts::LOG2_E;
            // The LSTM reads, and the bits are those of, levelled text.
            self.bytes += levelled(c.encode_utf8(&mut [0; 4])).len();
        }
    }
}

/// The part of a text that is to be typed.
fn clip<'t>(text: &'t str, options: &SimulationOptions) -> &'t str {
    let mut end = text.len();
    if let Some(lines) = options.max_lines {
        end = text.split_inclusive('\n').take(lines).map(str::len).sum();
    }
    if let Some(most) = options.max_bytes
        && most < end
    {
        let most = (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        end = text[..most].rfind(char::is_whitespace).unwrap_or(most);
    }
    &text[..end]
}

/// Percentiles by the nearest rank.
fn percentiles(mut sample: Vec<f64>) -> Latency {
    sample.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let rank = (share * sample.len() as f64).ceil() as usize;
        sample.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
    };
    Latency { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1.0) }
}

#[cfg(test)]
mod tests;
