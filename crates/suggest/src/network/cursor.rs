//! The LSTM at the cursor: its state after the text, and the tree of what may come next.

use crate::network::lookahead::Lookahead;
use crate::network::search::Budget;
use crate::network::session::{Limits, Session};
use crate::network::tree::{Node, ROOT, Tree};
use model::LanguageModel;

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

/// A word followed from its start as if it had been typed in lower case.
#[derive(Debug, Clone)]
struct Folded<S> {
    /// Where the word starts in the context.
    start: usize,
    /// What of it is typed, in lower case.
    typed: Vec<u8>,
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

    /// The bytes before the cursor, from the session's anchor on.
    pub(crate) fn context(&self) -> &[u8] {
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

    /// Goes to the last remembered state on the way to the end of `before`, and returns the bytes still to be read from there.
    pub(crate) fn seek(&mut self, before: &str, offset: usize) -> Vec<u8> {
        self.session.seek(&self.model, before, offset)
    }

    /// Drops what is known of the bytes after the cursor: it has moved.
    pub(crate) fn leave_tree(&mut self) {
        self.tree = None;
        self.folded = None;
    }

    /// Reads one more byte. What is known of the bytes after it is kept.
    pub(crate) fn push(&mut self, byte: u8) {
        self.tree = self.tree.take().and_then(|tree| tree.descend(byte));
        if let Some(tree) = &self.tree {
            self.session.adopt(byte, tree.node(ROOT).state.clone());
        } else {
            self.session.read(&self.model, byte);
            self.work.steps += 1;
        }
    }

    /// The state at the cursor with its distribution over the next byte.
    pub(crate) fn here(&mut self) -> &Node<M::State> {
        let Self { model, session, tree, .. } = self;
        tree.get_or_insert_with(|| Tree::new(model, session.state().clone())).node(ROOT)
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
            let rest = typed.as_bytes().strip_prefix(folded.typed.as_slice())?;
            rest.iter().try_fold(folded.tree, |tree, &byte| tree.descend(byte))
        });
        let tree = followed.unwrap_or_else(|| {
            let mut state = self.session.state_at(&self.model, start);
            for &byte in typed.as_bytes() {
                self.model.advance(&mut state, byte.into());
                self.work.steps += 1;
            }
            Tree::new(&self.model, state)
        });
        let folded = self.folded.insert(Folded { start, typed: typed.as_bytes().to_vec(), tree });
        Lookahead { model: &self.model, tree: &mut folded.tree, from: ROOT, budget, work: &mut self.work }
    }

    /// Reads the context again from `start` on: the state at `start`, and ln P of each byte from there to the cursor.
    pub(crate) fn read_again(&mut self, start: usize) -> (Node<M::State>, Vec<f32>) {
        let mut tree = Tree::new(&self.model, self.session.state_at(&self.model, start));
        let mut steps = Vec::new();
        let mut at = ROOT;
        for &byte in &self.session.context()[start..] {
            steps.push(tree.node(at).raw_step(byte));
            at = tree.expand(&self.model, &[(at, byte)]);
            self.work.steps += 1;
        }
        (tree.into_root(), steps)
    }
}
