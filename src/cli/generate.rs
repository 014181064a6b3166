//! `foreword generate`: continues a text, symbol by symbol as it is drawn.

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, ensure};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use signal_hook::consts::SIGINT;

use super::any_model;
use super::context::Context;
use super::report::{Printer, json_option};
use super::run::Run;
use super::values::tokenizer;
use model::ngram::Tokenizer;
use model::{Continuation, Sampling};

/// The exit code of a process that a second Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Continue a text, with any model. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
#[command(arg = json_option().hide(true))]
pub(super) struct Generate {
    /// `base`, `personal`, a version's name, or the path of a model file [default: the one in use].
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// The text to continue; only what comes after it is printed.
    #[arg(long, value_name = "TEXT", default_value = "", allow_hyphen_values = true)]
    prompt: String,
    /// How much to write: bytes, or words and sentence ends if the model is one over words.
    #[arg(long, value_name = "N", default_value = "400")]
    length: NonZeroUsize,
    /// Below 1 keeps to the likely, above 1 strays from it; 0 always takes the likeliest.
    #[arg(long, value_name = "T", default_value_t = 1.0, value_parser = temperature, allow_hyphen_values = true)]
    temperature: f64,
    /// Choose among the K likeliest only.
    #[arg(long, value_name = "K")]
    top_k: Option<NonZeroUsize>,
    /// Choose among the likeliest that together have probability P only.
    #[arg(long, value_name = "P", default_value_t = 1.0, value_parser = probability, allow_hyphen_values = true)]
    top_p: f64,
    /// Same seed, same text.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// How a model over words cuts the prompt into words.
    #[arg(long, value_name = "UNIT", value_parser = tokenizer(), default_value = "words")]
    unit: Tokenizer,
}

impl Run for Generate {
    /// Refuses `--json`: a text printed as it is drawn is no object.
    fn check(&self, json: bool) -> Result<(), String> {
        if json {
            return Err("--json does not go with generate, which prints a text as it is drawn: leave it out"
                .to_owned());
        }
        Ok(())
    }

    /// Prints a continuation. Ctrl-C ends it before its length; that is no failure.
    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let model = any_model::open(context, self.model.as_deref())?;
        let stopped = stop_on_interrupt().context("Ctrl-C cannot be listened for")?;
        let is_stopped = || stopped.load(Ordering::Relaxed);
        let mut generator = StdRng::seed_from_u64(self.seed);
        let sampling = Sampling { temperature: self.temperature, top_k: self.top_k, top_p: self.top_p };
        let mut continuation = Continuation::new(&model, sampling, self.length.get());
        for symbol in model.encode_prompt(&self.prompt, self.unit) {
            if is_stopped() {
                break;
            }
            continuation.read(symbol);
        }
        let mut ends_line = false;
        while !is_stopped()
            && let Some(piece) = continuation.next(&mut generator)
        {
            print_piece(printer, &piece)?;
            ends_line = piece.ends_with('\n');
        }
        if !ends_line {
            print_piece(printer, "\n")?;
        }
        ensure!(
            is_stopped() || continuation.is_done(),
            "the model has no symbol that can come next; use one made from more text"
        );
        Ok(())
    }
}

/// Prints a piece of the text, on the screen at once.
fn print_piece(printer: &mut Printer<'_>, piece: &str) -> io::Result<()> {
    let Some(out) = printer.writer() else { return Ok(()) };
    out.write_all(piece.as_bytes())?;
    out.flush()
}

/// A flag that the first Ctrl-C sets; the second does not wait for anybody.
fn stop_on_interrupt() -> io::Result<Arc<AtomicBool>> {
    let stopped = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register_conditional_shutdown(SIGINT, INTERRUPTED, Arc::clone(&stopped))?;
    signal_hook::flag::register(SIGINT, Arc::clone(&stopped))?;
    Ok(stopped)
}

fn temperature(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(temperature) if temperature >= 0.0 && temperature.is_finite() => Ok(temperature),
        _ => Err("a number, 0 or above".to_owned()),
    }
}

fn probability(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(probability) if probability > 0.0 && probability <= 1.0 => Ok(probability),
        _ => Err("a probability above 0, at most 1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parsed;

    #[test]
    fn a_prompt_may_begin_with_a_hyphen() {
        let generate: Generate = parsed("--prompt -x --top-k 3").unwrap();
        assert_eq!((&generate.prompt[..], generate.top_k), ("-x", NonZeroUsize::new(3)));
    }
}
