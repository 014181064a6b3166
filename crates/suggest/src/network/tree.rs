//! A tree of the model's states after the cursor.
//!
//! A node is a state with its distribution over the next byte. Only bytes that keep the text valid UTF-8 count; they sum to 1.
//! Children are made when the search needs them, many at a time. When the writer types a byte, the child for it becomes the root
//! and keeps everything below it: most of the next search is already done.
//!
//! What is kept saves time and changes no answer. A kept node is *unseen* until the answer under way would have made it: its budget is
//! spent on seen nodes, and estimates know those alone. So the same text has the same answer, typed or pasted.

use crate::words::word::{is_letter_byte, is_word_byte};
use model::utf8::Utf8;
use model::{LanguageModel, Symbol};

/// Index of the root.
pub(crate) const ROOT: usize = 0;

/// A state reached by some bytes after the cursor.
#[derive(Debug, Clone)]
pub(crate) struct Node<S> {
    pub(crate) state: S,
    /// Natural-log probabilities of the next byte as the model gives them.
    log_probs: Box<[f32; 256]>,
    /// Ln of the share of them that keeps the text valid.
    valid: f32,
    /// Ln P(the next byte is no word byte), given that it is valid.
    pub(crate) end: f32,
    /// Ln P(the next byte begins a word), given that it is valid.
    pub(crate) begins: f32,
    utf8: Utf8,
    parent: usize,
    byte: u8,
    children: Vec<(u8, usize)>,
    /// The last answer that has seen it.
    seen: u32,
}

impl<S> Node<S> {
    fn new(state: S, log_probs: Box<[f32; 256]>, utf8: Utf8, parent: usize, byte: u8) -> Self {
        let (mut valid, mut end, mut begins) = (0.0_f64, 0.0_f64, 0.0_f64);
        for byte in (0..=255).filter(|&byte| utf8.next(byte).is_some()) {
            let probability = f64::from(log_probs[usize::from(byte)].exp());
            valid += probability;
            end += if is_word_byte(byte) { 0.0 } else { probability };
            begins += if is_letter_byte(byte) { probability } else { 0.0 };
        }
        Self {
            state,
            log_probs,
            valid: valid.ln() as f32,
            end: (end / valid).ln() as f32,
            begins: (begins / valid).ln() as f32,
            utf8,
            parent,
            byte,
            children: Vec::new(),
            seen: 0,
        }
    }

    /// Ln P(byte), given that the next byte is valid; minus infinity if this one is not.
    pub(crate) fn step(&self, byte: u8) -> f32 {
        match self.utf8.next(byte) {
            Some(_) => self.log_probs[usize::from(byte)] - self.valid,
            None => f32::NEG_INFINITY,
        }
    }

    /// Ln P(byte) by the model, valid or not: what typed text costs, wherever the tree began.
    pub(crate) fn raw_step(&self, byte: u8) -> f32 {
        self.log_probs[usize::from(byte)]
    }

    /// Whether the bytes so far are whole characters.
    pub(crate) fn is_boundary(&self) -> bool {
        self.utf8.is_boundary()
    }

    /// P of the likeliest valid byte.
    pub(crate) fn likeliest(&self) -> f32 {
        (0..=255).map(|byte| self.step(byte)).fold(f32::NEG_INFINITY, f32::max).exp()
    }

    /// The node one byte on, if it was made for this answer or one before.
    fn child(&self, byte: u8) -> Option<usize> {
        self.children.iter().find(|&&(at, _)| at == byte).map(|&(_, node)| node)
    }
}

/// Nodes by index; every parent stands before its children.
#[derive(Debug, Clone)]
pub(crate) struct Tree<S> {
    nodes: Vec<Node<S>>,
    /// The answer under way.
    answer: u32,
}

impl<S: Clone> Tree<S> {
    /// A tree of nothing but the state at the cursor.
    pub(crate) fn new<M: LanguageModel<State = S>>(model: &M, state: S) -> Self {
        let mut log_probs = Box::new([f32::NEG_INFINITY; 256]);
        model.log_probs(&state, &mut log_probs[..]);
        Self { nodes: vec![Node::new(state, log_probs, Utf8::BOUNDARY, ROOT, 0)], answer: 0 }
    }

    /// How many states it holds.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// One of them.
    pub(crate) fn node(&self, index: usize) -> &Node<S> {
        &self.nodes[index]
    }

    /// Another answer begins: it has seen the root alone.
    pub(crate) fn begin(&mut self) {
        self.answer += 1;
        self.nodes[ROOT].seen = self.answer;
    }

    /// The node one byte on, if this answer has seen it.
    pub(crate) fn child(&self, node: usize, byte: u8) -> Option<usize> {
        self.nodes[node].child(byte).filter(|&child| self.nodes[child].seen == self.answer)
    }

    /// The node one byte on, if it was ever made.
    pub(crate) fn kept_child(&self, node: usize, byte: u8) -> Option<usize> {
        self.nodes[node].child(byte)
    }

    /// Marks the children `(parent, byte)` as seen by this answer, and returns their indices. Those that are not kept are made in one call of
    /// the model. Each byte must keep the text valid, and no child may stand there twice.
    pub(crate) fn expand<M: LanguageModel<State = S>>(
        &mut self,
        model: &M,
        batch: &[(usize, u8)],
    ) -> Vec<usize> {
        let is_new = |&&(parent, byte): &&(usize, u8)| self.nodes[parent].child(byte).is_none();
        let new: Vec<(usize, u8)> = batch.iter().filter(is_new).copied().collect();
        if !new.is_empty() {
            self.make(model, &new);
        }
        let children: Vec<usize> =
            batch.iter().filter_map(|&(parent, byte)| self.nodes[parent].child(byte)).collect();
        for &child in &children {
            self.nodes[child].seen = self.answer;
        }
        children
    }

    fn make<M: LanguageModel<State = S>>(&mut self, model: &M, batch: &[(usize, u8)]) {
        let mut states: Vec<S> = batch.iter().map(|&(parent, _)| self.nodes[parent].state.clone()).collect();
        let symbols: Vec<Symbol> = batch.iter().map(|&(_, byte)| byte.into()).collect();
        model.advance_batch(&mut states, &symbols);
        let mut log_probs = vec![f32::NEG_INFINITY; batch.len() * 256];
        model.log_probs_batch(&states, &mut log_probs);
        for ((&(parent, byte), state), log_probs) in batch.iter().zip(states).zip(log_probs.as_chunks().0) {
            let utf8 = self.nodes[parent].utf8.next(byte).unwrap_or(Utf8::BOUNDARY);
            let index = self.nodes.len();
            self.nodes.push(Node::new(state, Box::new(*log_probs), utf8, parent, byte));
            self.nodes[parent].children.push((byte, index));
        }
    }

    /// The bytes that lead from `ancestor` down to `node`.
    pub(crate) fn path(&self, ancestor: usize, node: usize) -> Vec<u8> {
        let mut path = Vec::new();
        let mut at = node;
        while at != ancestor {
            path.push(self.nodes[at].byte);
            at = self.nodes[at].parent;
        }
        path.reverse();
        path
    }

    /// The root alone.
    pub(crate) fn into_root(mut self) -> Node<S> {
        self.nodes.swap_remove(ROOT)
    }

    /// The character that ends with `node`; `None` in the middle of one.
    pub(crate) fn character(&self, node: usize) -> Option<char> {
        let mut bytes = Vec::with_capacity(4);
        let mut at = node;
        while bytes.last().is_none_or(|&byte| byte & 0xc0 == 0x80) {
            bytes.push(self.nodes[at].byte);
            at = self.nodes[at].parent;
            if bytes.len() > 4 {
                return None;
            }
        }
        bytes.reverse();
        std::str::from_utf8(&bytes).ok()?.chars().next()
    }

    /// The tree below the root's child at `byte`; `None` if that child was never made.
    pub(crate) fn descend(self, byte: u8) -> Option<Self> {
        let top = self.nodes[ROOT].child(byte)?;
        let mut moved = vec![usize::MAX; self.nodes.len()];
        let mut nodes = Vec::new();
        for (index, mut node) in self.nodes.into_iter().enumerate() {
            if index == top {
                node.parent = ROOT;
            } else if index > top && moved[node.parent] != usize::MAX {
                node.parent = moved[node.parent];
            } else {
                continue;
            }
            moved[index] = nodes.len();
            nodes.push(node);
        }
        for node in &mut nodes {
            for (_, child) in &mut node.children {
                *child = moved[*child];
            }
        }
        Some(Self { nodes, answer: self.answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::toy::{TEXT, Trigram};

    #[test]
    fn what_is_below_a_typed_byte_is_kept_and_equals_reading_it() {
        let model = Trigram::new(TEXT);
        let mut tree = Tree::new(&model, model.start());
        let t = tree.expand(&model, &[(ROOT, b't'), (ROOT, b'a')])[0];
        let th = tree.expand(&model, &[(t, b'h'), (t + 1, b'n'), (t, b'o')])[0];
        tree.expand(&model, &[(th, b'e')]);
        let tree = tree.descend(b't').expect("t was made");
        assert_eq!(tree.len(), 4, "t, th, to, the");
        let tree = tree.descend(b'h').expect("th was made");
        assert_eq!(tree.len(), 2);
        let the = tree.kept_child(ROOT, b'e').expect("the was made");
        assert_eq!(tree.path(ROOT, the), b"e");
        let mut read = model.start();
        for &byte in b"the" {
            model.advance(&mut read, byte.into());
        }
        assert_eq!(tree.node(the).state, read);
        assert!(tree.descend(b'x').is_none());
    }

    #[test]
    fn the_probabilities_of_valid_bytes_sum_to_one_even_inside_a_character() {
        let model = Trigram::new(TEXT);
        let mut tree = Tree::new(&model, model.start());
        let lead = tree.expand(&model, &[(ROOT, 0xed)])[0];
        for node in [ROOT, lead] {
            let sum: f64 = (0..=255).map(|byte| f64::from(tree.node(node).step(byte).exp())).sum();
            assert!((sum - 1.0).abs() < 1e-5, "{sum}");
        }
        assert_eq!(tree.node(lead).end, f32::NEG_INFINITY, "no word ends inside a character");
        assert_eq!(tree.node(lead).step(0xa0), f32::NEG_INFINITY, "a surrogate");
    }
}
