//! Keeping up with the text: the LSTM's state, the words before, and what is learned from those that are finished.

use super::current_word::WordPlace;
use super::{Document, LanguageModel, ROOT, Suggester, Tree, WordTable};
use crate::mixture::escape::Escape;
use crate::mixture::weights::Observed;
use crate::offer::gate::{Calibration, Reliability};
use crate::offer::passed_over::PassedOver;
use crate::words::context::History;
use crate::words::context::words_of;
use crate::words::word::is_word_byte;

/// How much the weights follow one word.
const RATE: f32 = 0.03;

/// A word whose letters the LSTM finds at least this likely on average (ln) is no slip.
const KNOWN: f64 = -2.2;

/// Bytes that come at once and still count as typed.
const TYPED_AT_ONCE: usize = 64;

/// Words learned last that are unlearned when their text is taken back.
const TAKEN_BACK: usize = 500;

/// Bytes of a document that are read for its words when it is entered in the middle.
const WORDS_WITHIN: usize = 32_768;

impl<M: LanguageModel> Suggester<M> {
    /// Types `texts`, asking for nothing, and returns what the mixture's weights can be fitted to, and how far the counts are to
    /// be believed. What was learned is kept.
    pub fn observe(&mut self, texts: &[&str]) -> (Vec<Observed>, Escape) {
        self.observed = Some(Vec::new());
        for text in texts {
            self.restart();
            for byte in text.bytes().chain(std::iter::once(b'\n')) {
                self.weigh_typed();
                self.read(byte);
            }
        }
        (self.observed.take().unwrap_or_default(), self.personal.mixture.escape.clone())
    }

    /// Weighs what is typed of a word, as an answer would.
    fn weigh_typed(&mut self) {
        let typed = self.document.word();
        if let Ok(prefix) = std::str::from_utf8(typed)
            && let Some(word) =
                self.word.as_mut().filter(|word| !prefix.is_empty() && word.typed() == prefix.len())
        {
            word.weighed(&self.personal, prefix, self.settings.components.lstm);
        }
    }

    /// Types `texts` with suggestions on show, and returns how the chance the best word is said to have is to be meant. What
    /// was learned is kept.
    pub fn rehearse(&mut self, texts: &[&str]) -> Calibration {
        self.rehearsed = Some(Vec::new());
        for text in texts {
            self.restart();
            let mut passed_over = PassedOver::default();
            for byte in text.bytes().chain(std::iter::once(b'\n')) {
                if is_word_byte(byte) {
                    self.answer("", 1, &mut passed_over);
                }
                self.read(byte);
            }
        }
        Calibration::fit(&self.rehearsed.take().unwrap_or_default())
    }

    /// Brings the state to the end of `before`. Where the writer is typing, what comes bit by bit is learned from, and what is taken
    /// back is unlearned; where the cursor only moves, `is_typing` is false.
    pub(super) fn set_context(&mut self, offset: usize, before: &str, is_typing: bool) {
        let was = (self.session.anchor(), self.session.context().len());
        let missing = self.session.seek(&self.model, before, offset);
        let now = (self.session.anchor(), self.session.context().len());
        if was.0 == now.0 {
            if was != now {
                self.guard.cut(now.1);
            }
            if !missing.is_empty() || self.guard.judged() != now.1 {
                self.watch(&missing);
            }
        } else {
            self.guard.judge_all(self.session.context(), &missing);
        }
        if was != now {
            self.tree = None;
            self.folded = None;
            let is_same = was.0 == now.0;
            let is_taken_back = is_typing && is_same && was.1 - now.1 <= TYPED_AT_ONCE;
            self.reread(is_same, is_taken_back, now.1);
        }
        let is_typed = is_typing && was == now && missing.len() <= TYPED_AT_ONCE;
        for byte in missing {
            if is_typed {
                self.read(byte);
            } else {
                self.push(byte);
            }
        }
    }

    /// Where in the context the document's words are read from.
    fn words_from(&self) -> usize {
        let context = self.session.context();
        let from = context.len().saturating_sub(WORDS_WITHIN);
        from + context[from..].iter().position(|&byte| byte == b'\n' || from == 0).unwrap_or(0)
    }

    /// The context was cut to `length` bytes (or is another altogether): the words are those of what is left.
    fn reread(&mut self, is_same: bool, is_taken_back: bool, length: usize) {
        while is_taken_back && self.learned.last().is_some_and(|(at, ..)| *at > length) {
            if let Some((.., id)) = self.learned.pop() {
                self.typed.take_back(&mut self.personal, id);
            }
        }
        if !is_taken_back {
            self.learned.clear();
        }
        if self.learned.len() > TAKEN_BACK * 2 {
            self.learned.drain(..TAKEN_BACK);
        }
        let context = self.session.context();
        let start = context.iter().rposition(|&byte| !is_word_byte(byte)).map_or(0, |at| at + 1);
        let typed = &context[start..];
        let is_within =
            self.word.as_ref().is_some_and(|word| word.start == start && is_same && !typed.is_empty());
        if is_within && self.document.word().starts_with(typed) {
            self.document.shorten(typed.len());
            if let Some(word) = &mut self.word {
                word.shorten(typed.len());
            }
            return;
        }
        self.word = None;
        self.document = Document::default();
        self.read_words(self.words_from());
    }

    /// Reads the words of the context from `from` on.
    fn read_words(&mut self, from: usize) {
        let Self { session, document, personal, guard, .. } = self;
        for (at, &byte) in session.context().iter().enumerate().skip(from) {
            document.read(personal, byte, |word| guard.hides(at - word.len()..at, word));
        }
    }

    /// Judges what of the context, and of what comes next, is secret. What turns out to be is taken back: from the counts, as far as it was
    /// learned here, and from the words of the document.
    pub(super) fn watch(&mut self, ahead: &[u8]) {
        if !self.guard.judge(self.session.context(), ahead) {
            return;
        }
        let Self { learned, personal, typed, guard, .. } = self;
        learned.retain(|(end, word, id)| {
            let is_secret = guard.hides(end - 1 - word.len()..end - 1, word);
            if is_secret {
                typed.take_back(personal, *id);
            }
            !is_secret
        });
        self.word = None;
        self.document = Document::default();
        self.read_words(self.words_from());
    }

    /// Reads one more byte that the writer typed, learns from the word it may finish, and returns ln of the chance it had: that
    /// of a word stands with the byte that ends it.
    pub(crate) fn read(&mut self, byte: u8) -> f64 {
        let node = self.take_tree();
        // A tree made inside a character does not know which bytes may follow there: the model's own chance counts.
        let (step, end) = (node.raw_step(byte), node.end);
        let is_word = is_word_byte(byte);
        let typed = self.document.word().len();
        let at = self.session.context().len();
        if !is_word && typed > 0 && self.guard.judged() <= at {
            self.watch(&[byte]);
        }
        if is_word || typed > 0 {
            self.open_word(at - typed);
        }
        let uniform = -f64::from(u8::MAX).ln();
        let mut log_prob = if self.settings.components.lstm { f64::from(step) } else { uniform };
        if let Some(mut word) = self.word.take_if(|word| word.start + typed == at && (is_word || typed > 0)) {
            if is_word {
                log_prob = if typed > 0 { 0.0 } else { f64::from(word.begins) };
                if !self.settings.components.lstm {
                    log_prob = 0.0;
                }
                word.step(step);
                self.word = Some(word);
            } else {
                let spelling = String::from_utf8_lossy(self.document.word()).into_owned();
                let by_lstm = word.typed_log_prob() + f64::from(end);
                let given =
                    if self.settings.components.lstm { by_lstm } else { uniform * (typed + 1) as f64 };
                for (_, offered, chance) in std::mem::take(&mut self.outlook) {
                    let came = offered == spelling;
                    Reliability::observe(
                        &mut self.reliability,
                        self.personal.calibration.apply(chance),
                        came,
                    );
                    if let Some(rehearsed) = &mut self.rehearsed {
                        rehearsed.push((chance, came));
                    } else if self.settings.learns {
                        self.personal.calibration.learn(chance, came);
                    }
                }
                let (chances, mixed) = word.finished(&self.personal, &spelling, given);
                log_prob = mixed
                    + if self.settings.components.lstm { f64::from(step) - f64::from(end) } else { 0.0 };
                if let Some(observed) = &mut self.observed {
                    observed.push(Observed { situation: word.situation, chances });
                }
                if self.settings.learns || self.observed.is_some() {
                    word.teach(&mut self.personal.mixture.escape, mixed, by_lstm);
                }
                if self.settings.learns {
                    self.personal.mixture.learn(&word.situation, &chances, RATE);
                    let is_known = by_lstm / (typed + 1) as f64 > KNOWN;
                    self.learn(at, word.history, &spelling, is_known);
                }
            }
        }
        self.push(byte);
        log_prob
    }

    /// Learns a run of word characters that was finished at `at`, unless it is secret.
    fn learn(&mut self, at: usize, mut history: History, run: &str, is_known: bool) {
        if self.guard.hides(at - run.len()..at, run) {
            // What it was learned as before it was known to be secret goes.
            let lexicon = &self.personal.lexicon;
            let was_learned =
                lexicon.number(run).is_some_and(|number| self.personal.counts.alone(number).count > 0.0);
            if was_learned
                && self.guard.tells(run)
                && !lexicon.background().is_some_and(|known| known.knows(run))
            {
                self.personal.forget(run);
            }
            return;
        }
        for (history, word) in words_of(&mut history, run) {
            let id = self.typed.learn(&mut self.personal, &history, &word, is_known);
            self.learned.push((at + 1, word, id));
        }
    }

    fn push(&mut self, byte: u8) {
        let (at, guard) = (self.session.context().len(), &self.guard);
        self.document.read(&mut self.personal, byte, |word| guard.hides(at - word.len()..at, word));
        self.tree = self.tree.take().and_then(|tree| tree.descend(byte));
        if let Some(tree) = &self.tree {
            self.session.adopt(byte, tree.node(ROOT).state.clone());
        } else {
            self.session.read(&self.model, byte);
            self.work.steps += 1;
        }
    }

    /// Ln of the chance of the word that the text has left unfinished: what [`Suggester::read`] would have told at its end.
    pub(crate) fn unfinished(&mut self) -> f64 {
        let spelling = String::from_utf8_lossy(self.document.word()).into_owned();
        let Some(mut word) = self.word.take().filter(|word| !spelling.is_empty() && word.typed() > 0) else {
            return 0.0;
        };
        let uniform = -f64::from(u8::MAX).ln() * word.typed() as f64;
        let lstm = if self.settings.components.lstm { word.typed_log_prob() } else { uniform };
        word.unfinished(&self.personal, &spelling, lstm)
    }

    /// Has all that is known of the word that begins at `start` of the context, up to the cursor, in place.
    pub(super) fn open_word(&mut self, start: usize) {
        let typed = self.session.context().len() - start;
        if self.word.as_ref().is_some_and(|word| word.start == start && word.typed() == typed) {
            return;
        }
        let history = self.document.here();
        let case = self.document.case_chances(&history);
        let asked = self.settings.components;
        let table = WordTable::new(&self.personal, self.document.recency(), &history, case, asked);
        let word = if typed == 0 {
            self.take_tree();
            self.tree
                .as_ref()
                .map(|tree| WordPlace::new(start, history, table, &self.personal, tree.node(ROOT)))
        } else {
            let mut tree = Tree::new(&self.model, self.session.state_at(&self.model, start));
            let mut word = WordPlace::new(start, history, table, &self.personal, tree.node(ROOT));
            let mut at = ROOT;
            for &byte in &self.session.context()[start..] {
                word.step(tree.node(at).raw_step(byte));
                at = tree.expand(&self.model, &[(at, byte)]);
                self.work.steps += 1;
            }
            Some(word)
        };
        self.word = word;
    }
}
