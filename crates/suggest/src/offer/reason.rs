//! Why a word is on offer: whose chances speak for it.

/// Who may speak for a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The byte LSTM.
    Network,
    /// The background model: what is often said.
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

/// What a word's chance is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The word, as it is on offer.
    pub word: String,
    /// Whose share of its chance is how large, in the order of [`Origin::ALL`]: they sum to 1.
    pub shares: [f32; 4],
    /// The document in which it followed these words last; empty if it was typed here.
    pub document: Option<String>,
}

impl Reason {
    /// The share of one.
    pub fn share(&self, origin: Origin) -> f32 {
        self.shares[origin as usize]
    }
}
