//! Values that several actions take or print.

use std::path::Path;

use crate::store::model_file;
use model::ngram::MAX_ORDER;
use model::ngram::file::Encoding;

/// Parses the words of the longest n-grams.
pub(super) fn order(typed: &str) -> Result<usize, String> {
    match typed.parse() {
        Ok(order @ 1..=MAX_ORDER) => Ok(order),
        _ => Err(format!("a number from 1 to {MAX_ORDER}")),
    }
}

/// Checks that a file can have its probabilities kept as codes, if they are to be.
pub(super) fn check_quantise(file: &Path, quantise: Option<u8>) -> Result<(), String> {
    if quantise.is_some() && model_file::is_arpa(file) {
        return Err(
            "--quantise is for n-gram files: ARPA text holds whole numbers; name a file that does not end in .arpa"
                .to_owned(),
        );
    }
    Ok(())
}

/// How probabilities are kept: exact, or as codes of so many bits.
pub(super) fn encoding(quantise: Option<u8>) -> Encoding {
    quantise.map_or(Encoding::Exact, Encoding::Quantised)
}

/// A perplexity as a table has it; `None` if there were no words.
pub(super) fn perplexity(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value.is_infinite() => "infinite".to_owned(),
        Some(value) => format!("{value:.4}"),
    }
}
