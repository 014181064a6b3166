//! Everything behind one call: the text before the cursor in, ranked words and perhaps a ghost out.
//!
//! A [`Suggester`] keeps what it learned about the bytes after the cursor. When the writer types one of them, its state is
//! taken over as the live one and the search goes on from what it had: most letters cost one or two calls of the model.

use std::collections::BTreeSet;

mod current_word;
mod explain;
mod follow;
mod keeping;
mod rank;
mod score_words;

use crate::address;
use crate::counts::document::Document;
use crate::counts::personal::Personal;
use crate::counts::typed::Typed;
use crate::counts::word_table::WordTable;
use crate::mixture::weights::Observed;
use crate::network::search::{Budget, Found, search};
use crate::network::session::{Limits, Session};
use crate::network::tree::{ROOT, Tree};
use crate::offer::candidate::{Candidate, Ghost, Suggestions};
use crate::offer::gate::{Gate, Reliability};
use crate::offer::guard::{Guard, word_before};
use crate::offer::passed_over::{PassedOver, Ranked};
use crate::words::case;
use crate::words::word::{is_word_byte, is_word_char};
use model::LanguageModel;

use current_word::WordPlace;

/// How to suggest.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// When a ghost is shown.
    pub gate: Gate,
    /// Most words a ghost may have; 1 for no phrases.
    pub phrase_words: usize,
    /// Words never to be offered, in lower case; they are left out in any case.
    pub never_offer: BTreeSet<String>,
    /// Whether a word is offered when only its last letter is missing. As ghost text it never is.
    pub single_letters: bool,
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
    /// The background model's counts.
    pub background: bool,
}

impl Components {
    /// All of them.
    pub const ALL: Self = Self { lstm: true, ngram: true, recency: true, background: true };
    /// The LSTM alone.
    pub const LSTM: Self = Self { lstm: true, ngram: false, recency: false, background: false };
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gate: Gate::default(),
            phrase_words: 4,
            never_offer: BTreeSet::new(),
            single_letters: true,
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
    /// The secrets of the session's context.
    guard: Guard,
    /// What is known of the bytes after the session's.
    tree: Option<Tree<M::State>>,
    folded: Option<Folded<M::State>>,
    word: Option<WordPlace>,
    passed_over: PassedOver,
    /// The best word at each place in this one, and the chance it was said to have: bytes typed, word, chance.
    outlook: Vec<(usize, String, f32)>,
    reliability: [Reliability; Reliability::ROWS],
    /// What was learned in this document.
    typed: Typed,
    /// Which of it at which position of the context, to be taken back with the text.
    learned: Vec<(usize, String, u64)>,
    /// What the mixture's weights may be fitted to, if it is kept.
    observed: Option<Vec<Observed>>,
    /// What the calibration may be fitted to, if it is kept: the chance a word was said to have, and whether it came.
    rehearsed: Option<Vec<(f32, bool)>>,
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
        let typed = Typed::beside(personal.forgotten.generation);
        Self {
            model,
            settings,
            personal,
            session,
            document: Document::default(),
            guard: Guard::default(),
            tree: None,
            folded: None,
            word: None,
            passed_over: PassedOver::default(),
            outlook: Vec::new(),
            reliability: [Reliability::default(); Reliability::ROWS],
            typed,
            learned: Vec::new(),
            observed: None,
            rehearsed: None,
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
        self.set_context(offset, before, true);
        let mut passed_over = std::mem::take(&mut self.passed_over);
        let mut suggestions = self.answer(after, count, &mut passed_over);
        self.passed_over = passed_over;
        suggestions.reasons = self.reasons(&suggestions.prefix, &suggestions.candidates);
        suggestions
    }

    /// The model's hidden values at the end of `before`, a window as for [`Suggester::suggest_within`]: `[hidden]`. Costs
    /// nothing more right after suggestions for the same place.
    pub fn hidden_within(&mut self, offset: usize, before: &str) -> &[f32] {
        self.begin();
        self.set_context(offset, before, false);
        self.model.hidden(self.session.state())
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

    /// Forgets the document, as if it were empty.
    pub fn restart(&mut self) {
        self.session = Session::new(&self.model, self.settings.limits);
        self.document = Document::default();
        self.guard = Guard::default();
        self.tree = None;
        self.folded = None;
        self.word = None;
        self.typed.restart();
        self.learned.clear();
        self.outlook.clear();
    }

    /// How often the best word came, by the calibrated chance it was said to have.
    pub fn reliability(&self) -> &[Reliability; Reliability::ROWS] {
        &self.reliability
    }

    /// Begins to count anew what an answer costs.
    pub(crate) fn begin(&mut self) {
        self.work = Work::default();
    }

    /// Words for the place the context has come to, without their reasons. `passed_over` remembers what this reader was offered before.
    pub(crate) fn answer(&mut self, after: &str, count: usize, passed_over: &mut PassedOver) -> Suggestions {
        if self.guard.judged() != self.session.context().len() {
            self.watch(&[]);
        }
        let context = self.session.context();
        let start = context.iter().rposition(|&byte| !is_word_byte(byte)).map_or(0, |at| at + 1);
        let prefix = String::from_utf8_lossy(&context[start..]).into_owned();
        let address = address::typed(context).map(<[u8]>::to_vec);
        if after.starts_with(is_word_char) || self.guard.is_silent() {
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
        let Ranked { candidates, best } = passed_over.rank(candidates, count);
        let ghost = best.as_ref().and_then(|(best, chance)| {
            self.outlook.retain(|&(typed, ..)| typed < prefix.len());
            // A word that is still there although it was passed over says nothing new about what chances mean.
            if self.outlook.iter().all(|(_, word, _)| *word != best.word) {
                self.outlook.push((prefix.len(), best.word.clone(), *chance));
            }
            let chance = self.personal.calibration.apply(*chance);
            let ghost = Ghost { text: best.completion.clone(), confidence: chance };
            let shows = self.settings.gate.shows(best, chance, word_ends);
            (shows && address.is_none()).then(|| self.extend(&mut tree, ghost, &word, &best.word))
        });
        let threshold = self.settings.gate.threshold();
        let address = address.and_then(|address| {
            let (rest, chance) = address::rest(self.session.context(), &address)?;
            let whole = format!("{}{rest}", String::from_utf8_lossy(&address));
            (!self.guard.is_in(&whole)).then_some((rest, chance))
        });
        let address = address.filter(|(_, chance)| *chance >= threshold);
        passed_over.show(best.as_ref().filter(|_| ghost.is_some()).map(|(best, _)| best.word.as_str()));
        let ghost = address.map(|(text, confidence)| Ghost { text, confidence }).or(ghost);
        self.tree = Some(tree);
        self.word = Some(word);
        Suggestions { prefix, candidates, reasons: Vec::new(), ghost }
    }

    /// The last finished word before one of which `typed` bytes stand before the cursor.
    fn word_before(&self, typed: usize) -> String {
        let context = self.session.context();
        word_before(context, context.len().saturating_sub(typed))
    }

    /// Whether a word may be offered after `before`: the settings have it, and it gives no secret away.
    fn offers(&self, before: &str, typed: &str, rest: &[u8]) -> bool {
        let lexicon = &self.personal.lexicon;
        let is_word = |word: &str| {
            let is_learned = |number| self.personal.counts.alone(number).count > 0.0;
            lexicon.background().is_some_and(|background| background.knows(word))
                || lexicon.number(word).is_some_and(is_learned)
        };
        let refuses = |rest: &str| self.guard.refuses(before, &format!("{typed}{rest}"), is_word);
        self.settings.offers(typed, rest) && !std::str::from_utf8(rest).is_ok_and(refuses)
    }

    /// The root of the tree, made if need be.
    fn take_tree(&mut self) -> &crate::network::tree::Node<M::State> {
        let (model, session) = (&self.model, &self.session);
        self.tree.get_or_insert_with(|| Tree::new(model, session.state().clone())).node(ROOT)
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
        let before = self.word_before(prefix.len());
        let accept = |rest: &[u8]| self.offers(&before, typed, rest);
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
        let typed = case::fold(prefix)?;
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

impl Settings {
    /// Whether a word may be offered: it has a letter or digit, and is not among those never to be.
    fn offers(&self, typed: &str, rest: &[u8]) -> bool {
        let Ok(rest) = std::str::from_utf8(rest) else { return false };
        let has_letter = typed.chars().chain(rest.chars()).any(char::is_alphanumeric);
        let is_last_letter = !typed.is_empty() && rest.chars().nth(1).is_none();
        has_letter
            && (self.single_letters || !is_last_letter)
            && (self.never_offer.is_empty()
                || !self.never_offer.contains(&format!("{typed}{rest}").to_lowercase()))
    }
}

#[cfg(test)]
mod secret_tests;
#[cfg(test)]
mod tests;
