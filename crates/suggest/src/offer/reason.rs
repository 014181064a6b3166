//! Why a word is offered: the parts of its probability.

/// Where a part of a word's probability comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The networks, over bytes and over words.
    Network,
    /// The background model.
    Background,
    /// What was learned from the writer's texts.
    Personal,
    /// The words of the open document.
    Document,
}

impl Origin {
    /// All of them, in the order of [`Reason::shares`].
    pub const ALL: [Self; 4] = [Self::Network, Self::Background, Self::Personal, Self::Document];
}

/// The parts of a word's probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The word, as it is offered.
    pub word: String,
    /// The share of each origin, in the order of [`Origin::ALL`]; they sum to 1.
    pub shares: [f32; 4],
    /// The document in which it followed these words last; empty if it was typed here.
    pub document: Option<String>,
}

impl Reason {
    /// The share of one origin.
    pub fn share(&self, origin: Origin) -> f32 {
        self.shares[origin as usize]
    }
}
