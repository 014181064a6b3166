//! Gradients against central finite differences, in `f64`.

/// Asserts that `gradient` is that of `loss` at `values`, to a relative error of 1e-6, at about `probes` spread places.
pub(crate) fn check(values: &[f64], gradient: &[f64], probes: usize, mut loss: impl FnMut(&[f64]) -> f64) {
    assert_eq!(values.len(), gradient.len());
    let step = (values.len() / probes).max(1);
    let mut values = values.to_vec();
    for at in (0..values.len()).step_by(step) {
        let kept = values[at];
        let epsilon = 1e-5;
        values[at] = kept + epsilon;
        let up = loss(&values);
        values[at] = kept - epsilon;
        let down = loss(&values);
        values[at] = kept;
        let numeric = (up - down) / (2.0 * epsilon);
        let scale = numeric.abs().max(gradient[at].abs()).max(1e-4);
        assert!(
            (numeric - gradient[at]).abs() / scale < 1e-5,
            "value {at}: finite difference {numeric}, gradient {}",
            gradient[at]
        );
    }
}
