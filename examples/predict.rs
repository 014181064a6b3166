//! Loads the embedded base model and prints the five likeliest next words of a text.
//!
//! `cargo run --release --example predict -- "Thank you very "`

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use model::base::base_model;
use model::rnn::StreamingRnn;
use suggest::{Suggester, SuggestionSettings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::env::args().nth(1).unwrap_or_else(|| "Thank you very ".to_owned());
    let (shape, parameters) = base_model()?;
    let mut suggester =
        Suggester::new(StreamingRnn::quantised(shape, &parameters), SuggestionSettings::default());
    for candidate in suggester.suggest(&text, "", 5).candidates {
        println!("{:5.1} %  {}", 100.0 * candidate.probability, candidate.word);
    }
    Ok(())
}
