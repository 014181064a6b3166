//! Follows the text: the LSTM's state, the words before, and what is learned from the words that are finished.

use super::current_word::CurrentWord;
use std::ops::Range;

use super::{DocumentWords, LanguageModel, LearnedHere, Suggester, open_word};
use crate::mixture::calibration::Calibration;
use crate::mixture::escape::Escape;
use crate::mixture::weights::Observed;
use crate::words::context::{WordHistory, words_of};
use crate::words::word::{end_of_word, is_word_byte, levelled};

/// How much the weights follow one word.
const RATE: f32 = 0.03;

/// A word whose letters the LSTM gives at least this ln P on average is no slip.
const KNOWN: f64 = -2.2;

/// The most bytes that come at once and still count as typed.
const TYPED_AT_ONCE: usize = 64;

/// The most words that are unlearned when their text is taken back.
const TAKEN_BACK: usize = 500;

/// Bytes of a document that are read for its words when the cursor enters it in the middle.
const WORDS_WITHIN: usize = 32_768;

impl<M: LanguageModel> Suggester<M> {
    /// Types `texts` without suggestions. Returns what the mixture's weights can be fitted to, and the escape that was learned. What was
    /// learned stays.
    pub fn collect_mixture_data(&mut self, texts: &[&str]) -> (Vec<Observed>, Escape) {
        self.observed = Some(Vec::new());
        for text in texts {
            self.restart();
            for c in text.chars().chain(std::iter::once('\n')) {
                self.note_escape();
                self.read(c);
            }
        }
        (self.observed.take().unwrap_or_default(), self.personal.mixture.escape.clone())
    }

    /// Notes the typed part of the word for the escape, as an answer would.
    fn note_escape(&mut self) {
        let prefix = self.document.word();
        if !prefix.is_empty()
            && let Some(word) = self.word.as_mut().filter(|word| word.typed() == prefix.len())
        {
            word.posterior(&self.personal, &levelled(prefix));
        }
    }

    /// Types `texts` with suggestions, and returns a calibration fitted to (stated probability, was it right?) pairs. What was learned
    /// stays.
    pub fn collect_calibration_data(&mut self, texts: &[&str]) -> Calibration {
        self.forecasts.collected = Some(Vec::new());
        for text in texts {
            self.restart();
            for c in text.chars().chain(std::iter::once('\n')) {
                if self.document.extends(c) {
                    self.answer(None, "", &[1]);
                }
                self.read(c);
            }
        }
        Calibration::fit(&self.forecasts.collected.take().unwrap_or_default())
    }

    /// Brings the state to the end of `before`. With `is_typing`, bytes that come a few at a time are learned from, and those taken back
    /// are unlearned; without, only the cursor moves.
    pub(super) fn set_context(&mut self, offset: usize, before: &str, is_typing: bool) {
        let was = (self.session().anchor(), self.cursor.context().len());
        let missing = self.cursor.seek(before, offset);
        let now = (self.session().anchor(), self.cursor.context().len());
        if was.0 == now.0 {
            if was != now {
                self.guard.cut(now.1);
            }
            if !missing.is_empty() || self.guard.judged() != now.1 {
                self.watch(&missing);
            }
        } else {
            self.guard.judge_all(self.cursor.context().as_bytes(), missing.as_bytes());
        }
        if was != now {
            self.cursor.leave_tree();
            self.language.leave();
            let is_same = was.0 == now.0;
            let is_taken_back = is_typing && is_same && was.1 - now.1 <= TYPED_AT_ONCE;
            self.reread(is_same, is_taken_back, now.1);
        }
        let is_typed = is_typing && was == now && missing.len() <= TYPED_AT_ONCE;
        if !is_typed && !missing.is_empty() {
            // Another word may begin at the same place.
            self.word = None;
        }
        if is_typed {
            for c in missing.chars() {
                self.read(c);
            }
        } else {
            self.push_all(&missing);
        }
    }

    /// Where in the context the document's words are read from.
    fn words_from(&self) -> usize {
        let context = self.cursor.context();
        let low = context.len().saturating_sub(WORDS_WITHIN);
        let from = (low..=context.len()).find(|&at| context.is_char_boundary(at)).unwrap_or(0);
        if from == 0 { 0 } else { from + context[from..].find('\n').unwrap_or(0) }
    }

    /// The context was cut to `length` bytes, or is another altogether: reads its words again.
    fn reread(&mut self, is_same: bool, is_taken_back: bool, length: usize) {
        while is_taken_back && self.learned.last().is_some_and(|learned| learned.finished >= length) {
            if let Some(learned) = self.learned.pop() {
                self.typed.take_back(&mut self.personal, learned.id);
            }
        }
        if !is_taken_back {
            self.learned.clear();
        }
        if self.learned.len() > TAKEN_BACK * 2 {
            self.learned.drain(..TAKEN_BACK);
        }
        let start = self.word_start();
        let typed = &self.cursor.context()[start..];
        if let Some(word) = &mut self.word
            && word.start == start
            && is_same
            && !typed.is_empty()
            && self.document.word().starts_with(typed)
        {
            self.document.shorten(typed.len());
            word.shorten(typed.len());
            return;
        }
        self.read_words();
    }

    /// Reads the words of the context.
    fn read_words(&mut self) {
        let from = self.words_from();
        self.word = None;
        self.document = DocumentWords::default();
        let Self { cursor, document, personal, guard, .. } = self;
        for (at, c) in cursor.context()[from..].char_indices() {
            document.read(personal, c, |word, joiner| guard.hides(ends_at(from + at, word, joiner), word));
        }
    }

    /// Judges what of the context, and of the text `ahead`, is secret. Secrets that were learned here are unlearned, and are no words
    /// of the document.
    pub(super) fn watch(&mut self, ahead: &str) {
        if !self.guard.judge(self.cursor.context().as_bytes(), ahead.as_bytes()) {
            return;
        }
        let Self { learned, personal, typed, guard, .. } = self;
        learned.retain(|LearnedHere { range, word, id, .. }| {
            let is_secret = guard.hides(range.clone(), word);
            if is_secret {
                typed.take_back(personal, *id);
            }
            !is_secret
        });
        self.read_words();
    }

    /// Reads one more character that the writer typed, learns from the word that it may finish, and returns ln P of the character. P of a
    /// word is returned with the character that ends it.
    pub(crate) fn read(&mut self, c: char) -> f64 {
        let end = self.cursor.here().end;
        let step = self.cursor.log_prob(c);
        let typed = self.document.word().len();
        let extends = self.document.extends(c);
        let at = self.cursor.context().len();
        if !extends && typed > 0 && self.guard.judged() <= at {
            self.watch(c.encode_utf8(&mut [0; 4]));
        }
        let has_lstm = self.settings.components.lstm;
        let log_prob = match (extends, typed) {
            (true, _) => {
                let word = self.open_word(at - typed);
                word.step(c, step);
                if typed == 0 { word.begins() } else { 0.0 }
            }
            (false, 0) if has_lstm => f64::from(step),
            (false, 0) => spelled_blindly(c.len_utf8()),
            (false, _) => {
                let Finished { log_prob, by_lstm } = self.finish_word(at - typed, f64::from(end));
                match is_counted_in_end(c) {
                    true if has_lstm => log_prob + f64::from(step) - f64::from(end),
                    false if has_lstm => by_lstm + f64::from(step),
                    _ => log_prob,
                }
            }
        };
        self.push_all(c.encode_utf8(&mut [0; 4]));
        log_prob
    }

    /// The word at the cursor, which begins at `start` of the context.
    fn open_word(&mut self, start: usize) -> &mut CurrentWord {
        let Self { word, cursor, personal, document, settings, .. } = self;
        open_word(word, cursor, personal, document, settings, start)
    }

    /// Learns from the word at the cursor, which begins at `start` and ends with the next character; `end`: ln P(the word ends) by the
    /// LSTM.
    fn finish_word(&mut self, start: usize, end: f64) -> Finished {
        self.open_word(start);
        let Some(word) = self.word.take() else { return Finished::default() };
        let open = self.document.word().to_owned();
        let run = &open[..end_of_word(&open)];
        let spelling = levelled(&open).into_owned();
        let letters = spelling.len() + 1;
        let by_lstm = word.typed_log_prob() + end;
        let spelled = if self.settings.components.lstm { by_lstm } else { spelled_blindly(letters) };
        let learns = self.settings.learns;
        self.forecasts.settle(&levelled(run), &mut self.personal.calibration, learns);
        let (observed, log_prob) = word.finish(&self.personal, &spelling, spelled);
        if learns || self.observed.is_some() {
            word.update_escape(&mut self.personal.mixture.escape, log_prob, by_lstm);
        }
        if learns {
            self.personal.mixture.learn(&observed, RATE);
            self.learn(start, word.history, run, by_lstm / letters as f64 > KNOWN);
        }
        if let Some(collected) = &mut self.observed {
            collected.push(observed);
        }
        Finished { log_prob, by_lstm: word.lstm_log_prob() }
    }

    /// Learns a finished word that begins at `start`, unless it is secret.
    fn learn(&mut self, start: usize, mut history: WordHistory, word: &str, is_known: bool) {
        let range = start..start + word.len();
        let finished = self.cursor.context().len();
        let level = levelled(word);
        if self.guard.hides(range.clone(), word) {
            // What was learned before it was known to be secret goes.
            if self.personal.is_learned(&level)
                && self.guard.tells(word)
                && !self.personal.is_background(&level)
            {
                self.personal.forget(&level);
            }
            return;
        }
        for (history, word) in words_of(&mut history, &level) {
            let id = self.typed.learn(&mut self.personal, &history, &word, is_known);
            self.learned.push(LearnedHere { finished, range: range.clone(), word, id });
        }
    }

    /// Reads on, and learns nothing.
    fn push_all(&mut self, text: &str) {
        let Self { cursor, document, personal, guard, .. } = self;
        let start = cursor.context().len();
        for (at, c) in text.char_indices() {
            document.read(personal, c, |word, joiner| guard.hides(ends_at(start + at, word, joiner), word));
        }
        cursor.push_all(text);
    }

    /// Ln P of the word that the text leaves unfinished: what [`Suggester::read`] would have returned at its end.
    pub(crate) fn unfinished(&mut self) -> f64 {
        let spelling = levelled(self.document.word()).into_owned();
        let Some(mut word) = self.word.take().filter(|word| !spelling.is_empty() && word.typed() > 0) else {
            return 0.0;
        };
        let spelled = if self.settings.components.lstm {
            word.typed_log_prob()
        } else {
            spelled_blindly(spelling.len())
        };
        word.unfinished(&self.personal, &spelling, spelled)
    }
}

/// The probabilities of a finished word.
#[derive(Debug, Clone, Copy, Default)]
struct Finished {
    /// Ln P(word) by the mixture.
    log_prob: f64,
    /// Ln λ₀ P₀(its spelling), before its end.
    by_lstm: f64,
}

/// Whether a character is among those whose sum is P(the word ends): no joiner, and none of several bytes, whose class shows only when
/// it is whole. The sum over all ends would exceed 1 if the counts had a part in these, too.
fn is_counted_in_end(c: char) -> bool {
    levelled(c.encode_utf8(&mut [0; 4])).bytes().next().is_none_or(|byte| !is_word_byte(byte))
}

/// Where a word stands that is followed by `joiner` and ends at `at`.
fn ends_at(at: usize, word: &str, joiner: &str) -> Range<usize> {
    let end = at - joiner.len();
    end - word.len()..end
}

/// Ln P of so many bytes under a uniform distribution, which spells unknown words where the LSTM is not mixed.
fn spelled_blindly(bytes: usize) -> f64 {
    -f64::from(u8::MAX).ln() * bytes as f64
}
