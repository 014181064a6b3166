//! The simulated typist: what typing some text would have cost with these suggestions.
//!
//! A typist enters a text line by line. Before each character of a word, its first included, the suggestions are on show;
//! if the whole word is among them, in its exact case, and is noticed, it is taken for one keystroke and a following space comes
//! with it where the editor would insert one; otherwise the character is typed. Line breaks are neither characters nor keystrokes,
//! but the model reads and predicts them: they are part of the text, and so of the bits per byte. Each text begins with an empty
//! context.
//!
//! Two typists are told apart: the attentive one notices all that is on show, the glancing one each suggestion with probability ½,
//! at each position anew. The expected number of keystrokes is exact (`keystrokes`).
//!
//! The suggestions come from a [`Suggester`] just as in the editor, one call for each position, reusing what the last
//! one found, so the latencies are those of typing.

pub(crate) mod evaluation;
mod keystrokes;
mod sums;
mod windows;

use std::ops::ControlFlow;

use crate::counts::personal::Personal;
use crate::network::lookahead::Work;
use crate::suggester::{Suggester, SuggestionSettings};
use crate::typist::evaluation::{Evaluation, Figures, Latency};
use crate::typist::keystrokes::{Shown, type_line};
use crate::typist::sums::{Sums, interval, percentile, resampled};
use crate::typist::windows::windows;
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
    /// Only about so many bytes of each text, in windows at even distances over the whole of it.
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
    let pieces: Vec<_> = texts
        .iter()
        .flat_map(|text| {
            windows(text, options.max_lines, options.max_bytes).map(move |window| (*text, window))
        })
        .collect();
    let total = pieces.iter().map(|(text, window)| levelled(&text[window.clone()]).len()).sum();
    let mut typing = Typing {
        suggester: Suggester::with_personal(model, personal.clone(), options.settings.clone()),
        counts: [1, 3, 5].map(|count| options.suggestions.min(count)),
        bits: 0.0,
        bytes: 0,
        latencies: Vec::new(),
    };
    let mut lines = Vec::new();
    'texts: for (text, window) in pieces {
        typing.suggester.restart();
        if window.start > 0 {
            typing.suggester.open_at(&text[..window.start]);
        }
        let mut rest = text[window].lines().enumerate().peekable();
        while let Some((index, line)) = rest.next() {
            let (bits, bytes) = (typing.bits, typing.bytes);
            if index > 0 {
                typing.read("\n");
            }
            let sums = typing.type_line(line, observer);
            if rest.peek().is_none() {
                typing.bits -= typing.suggester.unfinished() * std::f64::consts::LOG2_E;
            }
            lines.push(Sums { bits: typing.bits - bits, bytes: (typing.bytes - bytes) as f64, ..sums });
            if observer.progressed(TypingProgress { bytes: typing.bytes, total }).is_break() {
                break 'texts;
            }
        }
    }
    let (sums, resamples) = resampled(&lines);
    Evaluation {
        bytes: typing.bytes,
        characters: sums.characters as usize,
        words: sums.words as usize,
        figures: Figures::of(|formula| formula(&sums)),
        intervals: Figures::of(|formula| interval(resamples.iter().map(formula).collect())),
        reliability: *typing.suggester.reliability(),
        latency_ms: percentiles(typing.latencies),
    }
}

/// The model's side of a simulation.
struct Typing<'a, M: LanguageModel> {
    suggester: Suggester<&'a M>,
    /// How many suggestions are shown to those who see 1, 3 and 5.
    counts: [usize; 3],
    /// Total -log2 P of the bytes read.
    bits: f64,
    bytes: usize,
    latencies: Vec<f64>,
}

impl<M: LanguageModel> Typing<'_, M> {
    fn type_line(&mut self, line: &str, observer: &mut impl Observer) -> Sums {
        let characters: Vec<char> = line.chars().collect();
        let offsets: Vec<usize> = line.char_indices().map(|(offset, _)| offset).collect();
        let mut read = 0;
        let counts = self.counts;
        let sums = type_line(&characters, counts, |at| {
            // What stands between words is read before the clock starts: the keystroke measured is the last.
            let last = at.saturating_sub(1).max(read);
            self.read(&line[offsets[read]..offsets[last]]);
            let started = observer.now_ms();
            self.suggester.begin();
            self.read(&line[offsets[last]..offsets[at]]);
            let shown = self.suggester.answer(None, "", &counts);
            self.latencies.push(observer.now_ms() - started);
            observer.answered(self.suggester.work());
            read = at;
            Shown::try_from(shown).unwrap_or_default()
        });
        self.read(offsets.get(read).map_or("", |&offset| &line[offset..]));
        sums
    }

    fn read(&mut self, text: &str) {
        for c in text.chars() {
            self.bits -= self.suggester.read(c) * std::f64::consts::LOG2_E;
            // The LSTM reads, and the bits are those of, levelled text.
            self.bytes += levelled(c.encode_utf8(&mut [0; 4])).len();
        }
    }
}

/// Percentiles by the nearest rank.
fn percentiles(mut sample: Vec<f64>) -> Latency {
    sample.sort_by(f64::total_cmp);
    let at = |share| percentile(&sample, share);
    Latency { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1.0) }
}

#[cfg(test)]
mod tests;
