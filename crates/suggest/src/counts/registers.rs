//! Which register of English the open document resembles.
//!
//! The background has been counted by register: talk reads otherwise than fiction. Each word of the document is credited to the registers
//! that foresaw it, in proportion (EM's responsibility, Dempster, Laird & Rubin 1977), and late words count most. A register's
//! weight is its share of what was credited.

/// Registers that are told apart, at most.
pub(crate) const REGISTERS: usize = 6;

/// One value for each register; those of registers that a background does not have are ignored.
pub(crate) type PerRegister = [f32; REGISTERS];

/// What is left of a credit after each further word.
const DECAY: f32 = 0.997;

/// How many words the even weights of an empty document are worth.
const PRIOR: f32 = 10.0;

/// The words of a document, credited to registers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct DocumentRegisters {
    credited: PerRegister,
}

impl DocumentRegisters {
    /// Credits a word by the P that each of the `count` registers gave it.
    pub(crate) fn learn(&mut self, probabilities: &PerRegister, count: usize) {
        let mut shares = self.weights(count);
        for (share, probability) in shares.iter_mut().zip(probabilities) {
            *share *= probability;
        }
        let total: f32 = shares.iter().sum();
        if total.is_finite() && total > 0.0 {
            for (credited, share) in self.credited.iter_mut().zip(shares) {
                *credited = DECAY * *credited + share / total;
            }
        }
    }

    /// The weights of the first `count` registers; they sum to 1.
    pub(crate) fn weights(&self, count: usize) -> PerRegister {
        let mut weights = self.credited;
        weights[count..].fill(0.0);
        let total: f32 = weights.iter().sum::<f32>() + PRIOR;
        for weight in &mut weights[..count] {
            *weight = (*weight + PRIOR / count as f32) / total;
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_the_register_that_foresees_the_words() {
        let mut document = DocumentRegisters::default();
        assert_eq!(document.weights(2)[..3], [0.5, 0.5, 0.0]);
        let by = |first: f32, second: f32| {
            let mut probabilities = PerRegister::default();
            (probabilities[0], probabilities[1]) = (first, second);
            probabilities
        };
        for _ in 0..200 {
            document.learn(&by(1e-3, 1e-4), 2);
        }
        let weights = document.weights(2);
        assert!(weights[0] > 0.9 && (weights.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{weights:?}");
        for _ in 0..1_000 {
            document.learn(&by(1e-4, 1e-3), 2);
        }
        assert!(document.weights(2)[1] > 0.8, "late words count most");
        let before = document;
        document.learn(&PerRegister::default(), 2);
        assert_eq!(document, before, "nothing foresaw the word");
    }
}
