//! How far back a loss reaches: the gradient on each earlier hidden state (Pascanu, Mikolov & Bengio 2013, section 2).

use super::RnnNetwork;
use crate::Symbol;
use crate::nn::rows::view_mut;
use crate::nn::{Parameters, Real, softmax};
use crate::trainable::{Trainable as _, Window};

/// Symbols to read before the farthest state: a network that has read nothing has no state of a text.
pub const WARM_UP: usize = 30;

/// `‖∂loss_t / ∂h_{t−k}‖` for `k = 0 ..= lags`, of each layer: `[layers][lags + 1]`, the mean over `texts`.
///
/// The loss is that of each text's last symbol alone, so nothing but the recurrence carries it back; `warm_up` symbols are
/// read before the farthest state. Texts shorter than `warm_up + lags + 2` symbols are left out; with none left the answer
/// is empty. Dropout is off.
///
/// # Panics
/// When a symbol is outside the vocabulary.
pub fn gradient_reach<T: Real>(
    network: &RnnNetwork<T>,
    texts: &[Vec<Symbol>],
    lags: usize,
    warm_up: usize,
) -> Vec<Vec<f64>> {
    let time = warm_up + lags + 1;
    let texts: Vec<&[Symbol]> =
        texts.iter().filter(|t| t.len() > time).map(|t| &t[t.len() - time - 1..]).collect();
    if texts.is_empty() {
        return Vec::new();
    }
    let (shape, batch) = (network.shape(), texts.len());
    let pick = |shift: usize| -> Vec<Symbol> {
        (0..time).flat_map(|t| texts.iter().map(move |text| text[t + shift])).collect()
    };
    let (inputs, targets) = (pick(0), pick(1));
    let window = Window { batch, inputs: &inputs, targets: &targets };
    let mut shard = network.shard(batch, time);
    network.forward(&mut shard, window, None);

    let (earlier, last) = shard.logits.split_at_mut((time - 1) * batch * shape.vocabulary);
    earlier.fill(T::zero());
    let last = view_mut(last, shape.vocabulary);
    softmax::cross_entropy_backward(last, &targets[(time - 1) * batch..], T::one());
    let mut gradient = Parameters::zeros(network.parameters.layout.clone());
    network.backward(&mut shard, window, &mut gradient);

    let norm = |row: &[T]| row.iter().map(|d| d.into_f64() * d.into_f64()).sum::<f64>().sqrt();
    let of_step = |step: &[T]| step.chunks_exact(shape.hidden).map(norm).sum::<f64>() / batch as f64;
    let of_layer =
        |d_h: &Vec<T>| d_h.chunks_exact(batch * shape.hidden).rev().take(lags + 1).map(of_step).collect();
    shard.d_h.iter().map(of_layer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Cell;
    use crate::rnn::RnnShape;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    fn network(cell: Cell, layers: usize) -> RnnNetwork<f64> {
        let shape = RnnShape { cell, vocabulary: 9, embed: 4, hidden: 6, layers, tied: false };
        RnnNetwork::new(shape, shape.random_parameters(&mut StdRng::seed_from_u64(5)).cast())
    }

    /// The norm for lag `k` is that of the loss's change when that hidden state is nudged.
    #[test]
    fn it_is_the_gradient_on_the_state_that_long_ago() {
        for cell in Cell::ALL {
            let network = network(cell, 1);
            let text: Vec<Symbol> = (0..8).map(|i| (i * 5 + 2) % 9).collect();
            for lag in [0_usize, 1, 3] {
                let reach = gradient_reach(&network, std::slice::from_ref(&text), lag, 0);
                assert_eq!((reach.len(), reach[0].len()), (1, lag + 1));
                // The hidden state after the window's first symbol, nudged unit by unit.
                let mut shard = network.shard(1, 1);
                let first = text.len() - lag - 2;
                network.loss(&mut shard, Window { batch: 1, inputs: &text[first..=first], targets: &[0] });
                let state = network.state(&shard);
                let mut squares = 0.0;
                for unit in 0..6 {
                    let loss = |nudge: f64| {
                        let mut state = state.clone();
                        state[unit] += nudge;
                        last_loss(&network, &state, &text[first + 1..])
                    };
                    squares += ((loss(1e-5) - loss(-1e-5)) / 2e-5_f64).powi(2);
                }
                // `c` is held where `h` is nudged: what flows through `c` does not count for this state's `h`.
                let expected = squares.sqrt();
                let found = reach[0][lag];
                assert!(
                    (found - expected).abs() < 1e-6 * expected.max(1e-3),
                    "{cell:?} {lag}: {found} {expected}"
                );
            }
        }
    }

    /// The loss of the last of `symbols` after the hidden state `state` (itself the output that predicts the first).
    fn last_loss(network: &RnnNetwork<f64>, state: &[f64], symbols: &[Symbol]) -> f64 {
        if symbols.len() == 1 {
            let w = network.parameters.matrix(network.shape().out_weight());
            let mut logits: Vec<f64> = network.parameters.vector(network.shape().out_bias()).to_vec();
            for (row, logit) in w.rows().into_iter().zip(&mut logits) {
                *logit += row.iter().zip(state).map(|(w, h)| w * h).sum::<f64>();
            }
            return softmax::cross_entropy(&mut logits, symbols[0]);
        }
        let (inputs, targets) = (&symbols[..symbols.len() - 1], &symbols[1..]);
        let mut shard = network.shard(1, inputs.len());
        network.set_state(&mut shard, state);
        let mut last = 0.0;
        network.losses(&mut shard, Window { batch: 1, inputs, targets }, &mut |_, loss| last = loss);
        last
    }

    #[test]
    fn a_small_recurrent_matrix_makes_it_vanish_and_a_large_one_explode() {
        let reach = |factor: f64| {
            let mut network = network(Cell::Tanh, 1);
            let w = RnnShape::weight_hh(0);
            network.parameters.matrix_mut(w).fill(0.0);
            network.parameters.matrix_mut(w).diag_mut().fill(factor);
            network.parameters.matrix_mut(RnnShape::weight_ih(0)).fill(0.0);
            network.parameters.vector_mut(RnnShape::bias_ih(0)).fill(0.0);
            network.parameters.vector_mut(RnnShape::bias_hh(0)).fill(0.0);
            network.prepare();
            gradient_reach(&network, &[(0..30).map(|i| i % 9).collect()], 20, 0).remove(0)
        };
        // With a zero state tanh is the identity, so each step back multiplies by the factor exactly.
        for factor in [0.5_f64, 1.0, 1.5] {
            let reach = reach(factor);
            for k in 0..20 {
                assert!((reach[k + 1] / reach[k] - factor).abs() < 1e-9, "{factor} {k}");
            }
        }
    }

    #[test]
    fn short_texts_are_left_out() {
        assert!(gradient_reach(&network(Cell::Lstm, 2), &[vec![1, 2, 3]], 5, 0).is_empty());
        assert!(gradient_reach(&network(Cell::Lstm, 2), &[], 5, 0).is_empty());
        let reach = gradient_reach(&network(Cell::Lstm, 2), &[vec![1, 2, 3], vec![4; 9]], 5, 0);
        assert_eq!((reach.len(), reach[0].len(), reach[1].len()), (2, 6, 6));
    }
}
