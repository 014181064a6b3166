//! The LSTM at the cursor: its state after the text, and the tree of what may come next.

use std::ops::Range;

use crate::network::lookahead::{Lookahead, Work};
use crate::network::search::Budget;
use crate::network::session::{Limits, Session, advance};
use crate::network::tree::{Node, ROOT, Tree};
use crate::words::word::levelled;
use model::LanguageModel;

/// A word followed from its start as if it had been typed in lower case.
#[derive(Debug, Clone)]
struct Folded<S> {
    /// Where the word starts in the context.
    start: usize,
    /// What of it is typed, levelled and in lower case.
    typed: String,
    tree: Tree<S>,
}

/// The model and its state after the text before the cursor. The trees ahead of it are made when they are first needed.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<M: LanguageModel> {
    model: M,
    session: Session<M>,
    tree: Option<Tree<M::State>>,
    folded: Option<Folded<M::State>>,
    work: Work,
}

impl<M: LanguageModel> Cursor<M> {
    /// At the start of an empty document.
    pub(crate) fn new(model: M, limits: Limits) -> Self {
        let session = Session::new(&model, limits);
        Self { model, session, tree: None, folded: None, work: Work::default() }
    }

    /// Goes to the start of an empty document.
    pub(crate) fn restart(&mut self, limits: Limits) {
        self.session = Session::new(&self.model, limits);
        self.leave_tree();
    }

    /// The model.
    pub(crate) fn model(&self) -> &M {
        &self.model
    }

    /// The live state and its context.
    pub(crate) fn session(&self) -> &Session<M> {
        &self.session
    }

    /// The text before the cursor, from the session's anchor on, as it is written.
    pub(crate) fn context(&self) -> &str {
        self.session.context()
    }

    /// What was spent since [`Cursor::begin_work`].
    pub(crate) fn work(&self) -> Work {
        self.work
    }

    /// Counts what is spent from here on.
    pub(crate) fn begin_work(&mut self) {
        self.work = Work::default();
    }

    /// Goes to the last remembered state on the way to the end of `before`, and returns the text still to be read from there.
    pub(crate) fn seek(&mut self, before: &str, offset: usize) -> String {
        self.session.seek(&self.model, before, offset)
    }

    /// Drops what is known of the bytes after the cursor: it has moved.
    pub(crate) fn leave_tree(&mut self) {
        self.tree = None;
        self.folded = None;
    }

    /// Reads one more character. What is known of the bytes after it is kept.
    pub(crate) fn push(&mut self, c: char) {
        let tree = self.tree.take();
        self.tree = tree.and_then(|tree| bytes_of(c).into_iter().try_fold(tree, Tree::descend));
        if let Some(tree) = &self.tree {
            self.session.adopt(c, tree.node(ROOT).state.clone());
        } else {
            self.work.steps += self.session.read_all(&self.model, c.encode_utf8(&mut [0; 4]));
        }
    }

    /// Reads a text, of which the beginning may be known.
    pub(crate) fn push_all(&mut self, text: &str) {
        let mut rest = text.chars();
        while self.tree.is_some()
            && let Some(c) = rest.next()
        {
            self.push(c);
        }
        self.work.steps += self.session.read_all(&self.model, rest.as_str());
    }

    /// Ln P of the next character.
    pub(crate) fn log_prob(&mut self, c: char) -> f32 {
        let Self { model, session, tree, work, .. } = self;
        let tree = tree.get_or_insert_with(|| Tree::new(model, session.state().clone()));
        let (mut at, mut log_prob) = (ROOT, 0.0);
        let bytes = bytes_of(c);
        for (index, &byte) in bytes.iter().enumerate() {
            log_prob += tree.node(at).raw_step(byte);
            if index + 1 < bytes.len() {
                at = tree.kept_child(at, byte).unwrap_or_else(|| {
                    work.steps += 1;
                    tree.expand(model, &[(at, byte)])[0]
                });
            }
        }
        log_prob
    }

    /// The state at the cursor with its distribution over the next byte.
    pub(crate) fn here(&mut self) -> &Node<M::State> {
        let Self { model, session, tree, .. } = self;
        tree.get_or_insert_with(|| Tree::new(model, session.state().clone())).node(ROOT)
    }

    /// Another answer begins: what it finds does not depend on what was found before.
    pub(crate) fn begin_answer(&mut self) {
        let Self { model, session, tree, .. } = self;
        tree.get_or_insert_with(|| Tree::new(model, session.state().clone())).begin();
    }

    /// What may come after the cursor.
    pub(crate) fn lookahead(&mut self, budget: Budget) -> Lookahead<'_, M> {
        let Self { model, session, tree, work, .. } = self;
        let tree = tree.get_or_insert_with(|| Tree::new(model, session.state().clone()));
        Lookahead { model, tree, from: ROOT, budget, work }
    }

    /// What may come after the cursor, had the word that starts at `start` of the context been typed as `typed`.
    pub(crate) fn lookahead_folded(&mut self, start: usize, typed: &str, budget: Budget) -> Lookahead<'_, M> {
        let followed = self.folded.take().filter(|folded| folded.start == start).and_then(|folded| {
            typed.strip_prefix(folded.typed.as_str())?.bytes().try_fold(folded.tree, Tree::descend)
        });
        let tree = followed.unwrap_or_else(|| {
            let mut state = self.session.state_at(&self.model, start);
            self.work.steps += advance(&self.model, &mut state, typed);
            Tree::new(&self.model, state)
        });
        let folded = self.folded.insert(Folded { start, typed: typed.to_owned(), tree });
        folded.tree.begin();
        Lookahead { model: &self.model, tree: &mut folded.tree, from: ROOT, budget, work: &mut self.work }
    }

    /// Mean -log2 P(byte) of a range of the context, under the model; 0 for none.
    pub(crate) fn bits(&self, range: Range<usize>) -> f64 {
        let mut state = self.session.state_at(&self.model, range.start);
        let (mut log_probs, mut nats, mut bytes) = ([f32::NEG_INFINITY; 256], 0.0, 0);
        for byte in levelled(&self.session.context()[range]).bytes() {
            self.model.log_probs(&state, &mut log_probs);
            nats -= f64::from(log_probs[usize::from(byte)]);
            self.model.advance(&mut state, byte.into());
            bytes += 1;
        }
        if bytes == 0 { 0.0 } else { nats * std::f64::consts::LOG2_E / f64::from(bytes) }
    }

    /// Reads the context again from `start` on: the state at `start`, and ln P of each character from there to the cursor.
    pub(crate) fn read_again(&mut self, start: usize) -> (Node<M::State>, Vec<(char, f32)>) {
        let mut tree = Tree::new(&self.model, self.session.state_at(&self.model, start));
        let mut steps = Vec::new();
        let mut at = ROOT;
        for c in self.session.context()[start..].chars() {
            let mut log_prob = 0.0;
            for byte in bytes_of(c) {
                log_prob += tree.node(at).raw_step(byte);
                at = tree.expand(&self.model, &[(at, byte)])[0];
                self.work.steps += 1;
            }
            steps.push((c, log_prob));
        }
        (tree.into_root(), steps)
    }
}

/// The bytes of a character as the model reads it.
fn bytes_of(c: char) -> Vec<u8> {
    levelled(c.encode_utf8(&mut [0; 4])).into_owned().into_bytes()
}
