//! What every command has, whichever it is.

use super::context::Context;
use super::report::Printer;

/// A command with its arguments.
pub(super) trait Run {
    /// Checks what no argument shows alone: whether all go together, and with `--json`. What is wrong is wrong usage, said before
    /// anything is read.
    fn check(&self, _json: bool) -> Result<(), String> {
        Ok(())
    }

    /// Does the work, and prints what came of it.
    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()>;
}
