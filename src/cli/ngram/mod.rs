//! `foreword ngram`: n-gram models, from text to file to perplexity. One file an action.

use clap::Subcommand;

use super::context::Context;
use super::report::Printer;
use super::run::Run;

mod baselines;
mod build;
mod convert;
mod query;

mod texts;
mod values;

/// Build, query and convert n-gram models.
#[derive(Debug, clap::Args)]
pub(super) struct Ngram {
    #[command(subcommand)]
    action: Action,
}

/// What to do with n-gram models; each action's own file describes it.
#[derive(Debug, Subcommand)]
enum Action {
    Build(build::Build),
    Query(query::Query),
    Convert(convert::Convert),
    Baselines(baselines::Baselines),
}

impl Action {
    fn as_run(&self) -> &dyn Run {
        match self {
            Self::Build(build) => build,
            Self::Query(query) => query,
            Self::Convert(convert) => convert,
            Self::Baselines(baselines) => baselines,
        }
    }
}

impl Run for Ngram {
    fn check(&self, json: bool) -> Result<(), String> {
        self.action.as_run().check(json)
    }

    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        self.action.as_run().run(context, printer)
    }
}
