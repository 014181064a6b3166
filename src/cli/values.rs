//! Values that several commands take.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use model::ngram::Tokenizer;

/// Parses minutes of training.
pub(super) fn minutes(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(minutes) if minutes > 0.0 && minutes <= 1440.0 => Ok(minutes),
        _ => Err("a number of minutes above 0, at most 1440".to_owned()),
    }
}

/// Parses how text is cut into words.
pub(super) fn tokenizer() -> impl TypedValueParser<Value = Tokenizer> {
    let value = |name, help| PossibleValue::new(name).help(help);
    PossibleValuesParser::new([
        value("words", "Words and sentences as Unicode bounds them; punctuation marks are words"),
        value(
            "whitespace",
            "What stands between spaces; a line is a sentence: for texts already cut into words",
        ),
    ])
    .map(|name| if name == "whitespace" { Tokenizer::Whitespace } else { Tokenizer::Words })
}
