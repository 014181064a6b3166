//! `foreword generate`: continues a text, symbol by symbol as it is drawn.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, ensure};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use signal_hook::consts::SIGINT;

use super::command::GenerateRequest;
use super::context::Context;
use super::engine;
use super::output::Printer;
use model::Continuation;

/// The exit code of a process that a second Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Prints a continuation. Ctrl-C ends it before its length; that is no failure.
pub(super) fn run<W: Write>(
    context: &Context,
    request: &GenerateRequest,
    printer: &mut Printer<W>,
) -> anyhow::Result<()> {
    let model = engine::open_model(context, &request.model)?;
    let stopped = stop_on_interrupt().context("Ctrl-C cannot be listened for")?;
    let is_stopped = || stopped.load(Ordering::Relaxed);
    let mut generator = StdRng::seed_from_u64(request.seed);
    let mut continuation = Continuation::new(&model, request.sampling, request.length.get());
    for symbol in model.encode_prompt(&request.prompt, request.tokenizer) {
        if is_stopped() {
            break;
        }
        continuation.read(symbol);
    }
    let mut ends_line = false;
    while !is_stopped()
        && let Some(piece) = continuation.next(&mut generator)
    {
        printer.piece(&piece)?;
        ends_line = piece.ends_with('\n');
    }
    if !ends_line {
        printer.piece("\n")?;
    }
    ensure!(
        is_stopped() || continuation.is_done(),
        "the model has no symbol that can come next; use one made from more text"
    );
    Ok(())
}

/// A flag that the first Ctrl-C sets; the second does not wait for anybody.
fn stop_on_interrupt() -> std::io::Result<Arc<AtomicBool>> {
    let stopped = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register_conditional_shutdown(SIGINT, INTERRUPTED, Arc::clone(&stopped))?;
    signal_hook::flag::register(SIGINT, Arc::clone(&stopped))?;
    Ok(stopped)
}
