//! Everything behind one call: the text before the cursor in, ranked words and perhaps a ghost out.
//!
//! A [`Suggester`] keeps what it learned about the bytes after the cursor. When the writer types one of them, its state is
//! taken over as the live one and the search goes on from what it had: most letters cost one or two calls of the model.

use std::collections::BTreeSet;

use super::beam::{Budget, Found, search};
use super::candidate::{Candidate, Ghost, Suggestions};
use super::casing::{self, Casing};
use super::gate::Gate;
use super::passed::PassedOver;
use super::session::{Limits, Session};
use super::tree::{ROOT, Tree};
use super::word::{is_word_byte, is_word_char};
use crate::lm::LanguageModel;

/// With the best word at least this likely as typed, capitals need no second look in lower case.
const SURE: f32 = 0.4;

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
    session: Session<M>,
    /// What is known of the bytes after the session's.
    tree: Option<Tree<M::State>>,
    folded: Option<Folded<M::State>>,
    passed_over: PassedOver,
    work: Work,
}

impl<M: LanguageModel> Suggester<M> {
    /// Suggestions by `model` for a document that is empty as yet.
    pub fn new(model: M, settings: Settings) -> Self {
        let session = Session::new(&model, settings.limits);
        Self {
            model,
            settings,
            session,
            tree: None,
            folded: None,
            passed_over: PassedOver::default(),
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

    /// The model's hidden values at the end of `before`, a window as for [`Suggester::suggest_within`]: `[hidden]`. Costs
    /// nothing more right after suggestions for the same place.
    pub fn hidden_within(&mut self, offset: usize, before: &str) -> &[f32] {
        self.begin();
        self.set_context(offset, before);
        self.model.hidden(self.session.state())
    }

    /// The model in use.
    pub fn model(&self) -> &M {
        &self.model
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
        self.tree = None;
        self.folded = None;
    }

    /// Begins to count anew what an answer costs.
    pub(super) fn begin(&mut self) {
        self.work = Work::default();
    }

    /// Reads one more byte of the document and returns ln P(byte) as it was before.
    pub(super) fn read(&mut self, byte: u8) -> f32 {
        let log_prob = self.take_tree().raw_step(byte);
        self.push(byte);
        log_prob
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
        let count_found = count + passed_over.len();
        self.take_tree();
        let Some(mut tree) = self.tree.take() else {
            return Suggestions { prefix, ..Suggestions::default() };
        };
        let (found, typed) = self.look_up(&mut tree, &prefix, &prefix, count_found);
        let sure = typed.first().is_some_and(|best| best.probability >= SURE);
        let candidates = match Casing::of(&prefix) {
            Some(casing) if !sure => match self.folded_candidates(start, &prefix, count_found) {
                Some(folded) => casing::mix(casing, typed, folded, &prefix, count_found),
                None => typed,
            },
            _ => typed,
        };
        let candidates = passed_over.rank(candidates, count);
        let word_ends = tree.node(ROOT).end.exp();
        let ghost = candidates.first().filter(|best| self.settings.gate.shows(best, word_ends)).map(|best| {
            let ghost = Ghost { text: best.completion.clone(), confidence: best.probability };
            match found.iter().find(|found| tree.path(ROOT, found.node) == best.completion.as_bytes()) {
                Some(&first) => self.extend(&mut tree, ghost, first),
                None => ghost,
            }
        });
        self.tree = Some(tree);
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
        if was != (self.session.anchor(), self.session.context().len()) {
            self.tree = None;
            self.folded = None;
        }
        for byte in missing {
            self.push(byte);
        }
    }

    fn push(&mut self, byte: u8) {
        self.tree = self.tree.take().and_then(|tree| tree.descend(byte));
        if let Some(tree) = &self.tree {
            self.session.adopt(byte, tree.node(ROOT).state.clone());
        } else {
            self.session.read(&self.model, byte);
            self.work.steps += 1;
        }
    }

    /// The likeliest words in a tree whose root has read `typed`; they are to be offered after `prefix`.
    fn look_up(
        &mut self,
        tree: &mut Tree<M::State>,
        typed: &str,
        prefix: &str,
        count: usize,
    ) -> (Vec<Found>, Vec<Candidate>) {
        let never_offer = &self.settings.never_offer;
        let accept = |rest: &[u8]| is_offered(typed, rest, never_offer);
        let outcome = search(tree, &self.model, ROOT, typed.len(), count, &self.settings.budget, &accept);
        self.work.rounds += outcome.rounds;
        self.work.expansions += outcome.expansions;
        let candidate = |found: &Found| {
            let completion = String::from_utf8_lossy(&tree.path(ROOT, found.node)).into_owned();
            Candidate { word: format!("{prefix}{completion}"), completion, probability: found.log_prob.exp() }
        };
        let candidates = outcome.found.iter().map(candidate).collect();
        (outcome.found, candidates)
    }

    /// The likeliest words had `prefix`, which begins at `start` of the context, been typed in lower case.
    fn folded_candidates(&mut self, start: usize, prefix: &str, count: usize) -> Option<Vec<Candidate>> {
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
        let (_, candidates) = self.look_up(&mut tree, &typed, prefix, count);
        self.folded = Some(Folded { start, typed: typed.into_bytes(), tree });
        Some(candidates)
    }

    /// Lets a ghost go on over the next words while all of it together stays above the gate.
    fn extend(&mut self, tree: &mut Tree<M::State>, mut ghost: Ghost, first: Found) -> Ghost {
        let gate = self.settings.gate.threshold().ln();
        let (mut node, mut so_far) = (first.node, first.bytes_log_prob);
        for _ in 1..self.settings.phrase_words {
            so_far += tree.node(node).step(b' ');
            if so_far < gate {
                break;
            }
            let space = tree.node(node).child(b' ').unwrap_or_else(|| {
                self.work.rounds += 1;
                self.work.expansions += 1;
                tree.expand(&self.model, &[(node, b' ')])
            });
            let floor = (gate - so_far).exp() * 0.999;
            let budget = Budget { floor, best_share: 1.0, ..self.settings.budget };
            let never_offer = &self.settings.never_offer;
            let accept = |rest: &[u8]| is_offered("", rest, never_offer);
            let outcome = search(tree, &self.model, space, 0, 1, &budget, &accept);
            self.work.rounds += outcome.rounds;
            self.work.expansions += outcome.expansions;
            let Some(next) = outcome.found.first().filter(|next| so_far + next.log_prob >= gate) else {
                break;
            };
            ghost.text.push(' ');
            ghost.text.push_str(&String::from_utf8_lossy(&tree.path(space, next.node)));
            ghost.confidence = (so_far + next.log_prob).exp();
            so_far += next.bytes_log_prob;
            node = next.node;
        }
        ghost
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
