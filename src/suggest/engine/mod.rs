//! Everything behind one call: the text before the cursor in, ranked words and perhaps a ghost out.
//!
//! A [`Suggester`] keeps what it learned about the bytes after the cursor. When the writer types one of them, its state is
//! taken over as the live one and the search goes on from what it had: most letters cost one or two calls of the model.

use std::collections::BTreeSet;

mod mixed;
mod offer;
mod word_place;

use super::beam::{Budget, Found, search};
use super::candidate::{Candidate, Ghost, Suggestions};
use super::casing;
use super::document::Document;
use super::gate::Gate;
use super::mix::Observed;
use super::passed::PassedOver;
use super::personal::Personal;
use super::session::{Limits, Session};
use super::slate::{Asked, Slate};
use super::tree::{ROOT, Tree};
use super::word::{is_word_byte, is_word_char};
use crate::lm::LanguageModel;

use word_place::WordPlace;

/// How much the weights follow one word.
const RATE: f32 = 0.03;

/// A word whose letters the LSTM finds at least this likely on average (ln) is no slip.
const KNOWN: f64 = -2.2;

/// Bytes that come at once and still count as typed.
const TYPED_AT_ONCE: usize = 64;

/// Bytes of a document that are read for its words when it is entered in the middle.
const WORDS_WITHIN: usize = 32_768;

/// How to suggest.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// When a ghost is shown.
    pub gate: Gate,
    /// Most words a ghost may have; 1 for no phrases.
    pub phrase_words: usize,
    /// Words never to be offered, in lower case; they are left out in any case.
    pub never_offer: BTreeSet<String>,
    /// What one search may cost.
    pub budget: Budget,
    /// How far the context is read and remembered.
    pub limits: Limits,
    /// Whether words passed over sink, for the rest of the word.
    pub sink_passed_over: bool,
    /// Who is asked.
    pub components: Components,
    /// Whether finished words enter the personal counts, and the mixture's weights follow them.
    pub learns: bool,
}

/// Whose chances are mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Components {
    /// The byte LSTM.
    pub lstm: bool,
    /// The writer's own n-grams.
    pub ngram: bool,
    /// The words of the open document.
    pub recency: bool,
}

impl Components {
    /// All of them.
    pub const ALL: Self = Self { lstm: true, ngram: true, recency: true };
    /// The LSTM alone.
    pub const LSTM: Self = Self { lstm: true, ngram: false, recency: false };
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gate: Gate::default(),
            phrase_words: 4,
            never_offer: BTreeSet::new(),
            budget: Budget::default(),
            limits: Limits::default(),
            sink_passed_over: true,
            components: Components::ALL,
            learns: true,
        }
    }
}

/// What an answer cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Bytes read one by one, to bring the state to the cursor.
    pub steps: usize,
    /// Calls of the model for many states at once.
    pub rounds: usize,
    /// States advanced in those.
    pub expansions: usize,
}

/// The same word as if typed in lower case, followed from its start.
#[derive(Debug, Clone)]
struct Folded<S> {
    /// Position of the word's start in the session's context.
    start: usize,
    typed: Vec<u8>,
    tree: Tree<S>,
}

/// Suggestions for one document.
#[derive(Debug, Clone)]
pub struct Suggester<M: LanguageModel> {
    model: M,
    settings: Settings,
    personal: Personal,
    session: Session<M>,
    /// The words of the session's context.
    document: Document,
    /// What is known of the bytes after the session's.
    tree: Option<Tree<M::State>>,
    folded: Option<Folded<M::State>>,
    word: Option<WordPlace>,
    passed_over: PassedOver,
    /// What was learned at which position of the context, to be taken back with the text.
    learned: Vec<(usize, super::history::History, String)>,
    /// What the mixture's weights may be fitted to, if it is kept.
    observed: Option<Vec<Observed>>,
    work: Work,
}

impl<M: LanguageModel> Suggester<M> {
    /// Suggestions by `model` for a document that is empty as yet; nothing was learned from the writer.
    pub fn new(model: M, settings: Settings) -> Self {
        Self::with_personal(model, Personal::default(), settings)
    }

    /// Suggestions by `model` and by what was learned from the writer.
    pub fn with_personal(model: M, personal: Personal, settings: Settings) -> Self {
        let session = Session::new(&model, settings.limits);
        Self {
            model,
            settings,
            personal,
            session,
            document: Document::default(),
            tree: None,
            folded: None,
            word: None,
            passed_over: PassedOver::default(),
            learned: Vec::new(),
            observed: None,
            work: Work::default(),
        }
    }

    /// At most `count` words for the cursor between `before` and `after`, where `before` is all of the document up to the cursor.
    pub fn suggest(&mut self, before: &str, after: &str, count: usize) -> Suggestions {
        self.suggest_within(0, before, after, count)
    }

    /// As [`Suggester::suggest`], where `before` is only a window: it begins at byte `offset` of the document. It should
    /// be some kilobytes long; what stands before it is taken to be what it was when it was last in the window.
    pub fn suggest_within(&mut self, offset: usize, before: &str, after: &str, count: usize) -> Suggestions {
        self.begin();
        self.set_context(offset, before);
        let mut passed_over = std::mem::take(&mut self.passed_over);
        let suggestions = self.answer(after, count, &mut passed_over);
        self.passed_over = passed_over;
        suggestions
    }

    /// The model in use.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// What was learned from the writer.
    pub fn personal(&self) -> &Personal {
        &self.personal
    }

    /// The settings, to be changed at will.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// The live state and its context.
    pub fn session(&self) -> &Session<M> {
        &self.session
    }

    /// What the last answer cost.
    pub fn work(&self) -> Work {
        self.work
    }

    /// Types `texts`, asking for nothing, and returns what the mixture's weights can be fitted to. What was learned is kept.
    pub fn observe(&mut self, texts: &[&str]) -> Vec<Observed> {
        self.observed = Some(Vec::new());
        for text in texts {
            self.restart();
            for byte in text.bytes().chain(std::iter::once(b'\n')) {
                self.read(byte);
            }
        }
        self.observed.take().unwrap_or_default()
    }

    /// Forgets the document, as if it were empty.
    pub fn restart(&mut self) {
        self.session = Session::new(&self.model, self.settings.limits);
        self.document = Document::default();
        self.tree = None;
        self.folded = None;
        self.word = None;
        self.learned.clear();
    }

    /// Begins to count anew what an answer costs.
    pub(super) fn begin(&mut self) {
        self.work = Work::default();
    }

    /// Words for the place the context has come to. `passed_over` remembers what this reader was offered before.
    pub(super) fn answer(&mut self, after: &str, count: usize, passed_over: &mut PassedOver) -> Suggestions {
        let context = self.session.context();
        let start = context.iter().rposition(|&byte| !is_word_byte(byte)).map_or(0, |at| at + 1);
        let prefix = String::from_utf8_lossy(&context[start..]).into_owned();
        if after.starts_with(is_word_char) {
            return Suggestions { prefix, ..Suggestions::default() };
        }
        if self.settings.sink_passed_over {
            passed_over.follow(self.session.anchor() + start, &prefix);
        }
        self.open_word(start);
        self.take_tree();
        let (Some(mut tree), Some(mut word)) = (self.tree.take(), self.word.take()) else {
            return Suggestions { prefix, ..Suggestions::default() };
        };
        let (candidates, word_ends) = self.mixed(&mut tree, &mut word, &prefix, count + passed_over.len());
        let candidates = passed_over.rank(candidates, count);
        let ghost = candidates.first().filter(|best| self.settings.gate.shows(best, word_ends)).map(|best| {
            let ghost = Ghost { text: best.completion.clone(), confidence: best.probability };
            self.extend(&mut tree, ghost, &word, &best.word)
        });
        self.tree = Some(tree);
        self.word = Some(word);
        Suggestions { prefix, candidates, ghost }
    }

    /// The root of the tree, made if need be.
    fn take_tree(&mut self) -> &super::tree::Node<M::State> {
        let (model, session) = (&self.model, &self.session);
        self.tree.get_or_insert_with(|| Tree::new(model, session.state().clone())).node(ROOT)
    }

    fn set_context(&mut self, offset: usize, before: &str) {
        let was = (self.session.anchor(), self.session.context().len());
        let missing = self.session.seek(&self.model, before, offset);
        let now = (self.session.anchor(), self.session.context().len());
        if was != now {
            self.tree = None;
            self.folded = None;
            self.reread(was.0 == now.0, now.1);
        }
        let is_typed = was == now && missing.len() <= TYPED_AT_ONCE;
        for byte in missing {
            if is_typed {
                self.read(byte);
            } else {
                self.push(byte);
            }
        }
    }

    /// The context was cut to `length` bytes (or is another altogether): the words are those of what is left.
    fn reread(&mut self, is_same: bool, length: usize) {
        while is_same && self.learned.last().is_some_and(|&(at, ..)| at > length) {
            if let Some((_, history, word)) = self.learned.pop() {
                self.personal.unlearn_typed(&history, &word);
            }
        }
        if !is_same {
            self.learned.clear();
        }
        let context = self.session.context();
        let start = context.iter().rposition(|&byte| !is_word_byte(byte)).map_or(0, |at| at + 1);
        let typed = &context[start..];
        let is_within = self.word.as_ref().is_some_and(|word| word.start == start && is_same && !typed.is_empty());
        if is_within && self.document.word().starts_with(typed) {
            self.document.shorten(typed.len());
            if let Some(word) = &mut self.word {
                word.shorten(typed.len());
            }
            return;
        }
        self.word = None;
        self.document = Document::default();
        let from = context.len().saturating_sub(WORDS_WITHIN);
        let from = from + context[from..].iter().position(|&byte| byte == b'\n' || from == 0).map_or(0, |at| at);
        for &byte in &context[from..] {
            self.document.read(&mut self.personal, byte);
        }
    }

    /// Reads one more byte that the writer typed, learns from the word it may finish, and returns ln of the chance it had: that
    /// of a word stands with the byte that ends it.
    pub(super) fn read(&mut self, byte: u8) -> f64 {
        let node = self.take_tree();
        let (step, end) = (node.step(byte), node.end);
        let is_word = is_word_byte(byte);
        let typed = self.document.word().len();
        let at = self.session.context().len();
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
                let (chances, mixed) = word.finished(&self.personal, &spelling, given);
                log_prob = mixed + if self.settings.components.lstm { f64::from(step - end) } else { 0.0 };
                if let Some(observed) = &mut self.observed {
                    observed.push(Observed { situation: word.situation, chances });
                }
                if self.settings.learns {
                    self.personal.mixture.learn(&word.situation, &chances, RATE);
                    let is_known = by_lstm / (typed + 1) as f64 > KNOWN;
                    self.personal.learn_typed(&word.history, &spelling, is_known);
                    self.learned.push((at + 1, word.history, spelling));
                }
            }
        }
        self.push(byte);
        log_prob
    }

    fn push(&mut self, byte: u8) {
        self.document.read(&mut self.personal, byte);
        self.tree = self.tree.take().and_then(|tree| tree.descend(byte));
        if let Some(tree) = &self.tree {
            self.session.adopt(byte, tree.node(ROOT).state.clone());
        } else {
            self.session.read(&self.model, byte);
            self.work.steps += 1;
        }
    }

    /// Has all that is known of the word that begins at `start` of the context, up to the cursor, in place.
    fn open_word(&mut self, start: usize) {
        let typed = self.session.context().len() - start;
        if self.word.as_ref().is_some_and(|word| word.start == start && word.typed() == typed) {
            return;
        }
        let history = self.document.here();
        let case = self.document.case_chances(&history);
        let Components { ngram, recency, .. } = self.settings.components;
        let asked = Asked { personal: ngram, recent: recency };
        let slate = Slate::new(&self.personal, self.document.recency(), &history, case, asked);
        let word = if typed == 0 {
            self.take_tree();
            self.tree.as_ref().map(|tree| WordPlace::new(start, history, slate, &self.personal, tree.node(ROOT)))
        } else {
            let mut tree = Tree::new(&self.model, self.session.state_at(&self.model, start));
            let mut word = WordPlace::new(start, history, slate, &self.personal, tree.node(ROOT));
            let mut at = ROOT;
            for &byte in &self.session.context()[start..] {
                word.step(tree.node(at).step(byte));
                at = tree.expand(&self.model, &[(at, byte)]);
                self.work.steps += 1;
            }
            Some(word)
        };
        self.word = word;
    }

    /// The likeliest words in a tree whose root has read `typed`; they are to be offered after `prefix`.
    fn look_up(
        &mut self,
        tree: &mut Tree<M::State>,
        typed: &str,
        prefix: &str,
        count: usize,
        floor: f32,
    ) -> Vec<Candidate> {
        let never_offer = &self.settings.never_offer;
        let accept = |rest: &[u8]| is_offered(typed, rest, never_offer);
        let budget = Budget { floor: floor.max(self.settings.budget.floor), ..self.settings.budget };
        let outcome = search(tree, &self.model, ROOT, typed.len(), count, &budget, &accept);
        self.work.rounds += outcome.rounds;
        self.work.expansions += outcome.expansions;
        let candidate = |found: &Found| {
            let completion = String::from_utf8_lossy(&tree.path(ROOT, found.node)).into_owned();
            Candidate { word: format!("{prefix}{completion}"), completion, probability: found.log_prob.exp() }
        };
        outcome.found.iter().map(candidate).collect()
    }

    /// The likeliest words had `prefix`, which begins at `start` of the context, been typed in lower case.
    fn folded_candidates(
        &mut self,
        start: usize,
        prefix: &str,
        count: usize,
        floor: f32,
    ) -> Option<Vec<Candidate>> {
        let typed = casing::fold(prefix)?;
        let followed = self.folded.take().filter(|folded| folded.start == start).and_then(|folded| {
            let rest = typed.as_bytes().strip_prefix(folded.typed.as_slice())?;
            rest.iter().try_fold(folded.tree, |tree, &byte| tree.descend(byte))
        });
        let mut tree = if let Some(tree) = followed {
            tree
        } else {
            let mut state = self.session.state_at(&self.model, start);
            for &byte in typed.as_bytes() {
                self.model.advance(&mut state, byte.into());
                self.work.steps += 1;
            }
            Tree::new(&self.model, state)
        };
        let candidates = self.look_up(&mut tree, &typed, prefix, count, floor);
        self.folded = Some(Folded { start, typed: typed.into_bytes(), tree });
        Some(candidates)
    }
}

/// Whether a word may be offered: it has a letter or digit, and is not among those never to be.
fn is_offered(typed: &str, rest: &[u8], never_offer: &BTreeSet<String>) -> bool {
    let Ok(rest) = std::str::from_utf8(rest) else { return false };
    let has_letter = typed.chars().chain(rest.chars()).any(char::is_alphanumeric);
    has_letter && (never_offer.is_empty() || !never_offer.contains(&format!("{typed}{rest}").to_lowercase()))
}

#[cfg(test)]
mod tests;
