//! `foreword models`: the versions of the model.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

use super::context::Context;
use super::report::{Printer, Report};
use super::run::Run;
use crate::runtime::visible::Line;
use crate::store::clock;
use crate::store::models::ModelVersion;
use model::format::read_sound;

/// List, use, remove, export and import versions of the model.
#[derive(Debug, clap::Args)]
pub(super) struct Models {
    #[command(subcommand)]
    action: Option<Action>,
}

/// What to do with the versions of the model.
#[derive(Debug, Subcommand)]
enum Action {
    /// List all versions.
    List,
    /// Put a version to use.
    Use {
        /// Its name.
        name: String,
    },
    /// Go back to the version in use before.
    Rollback,
    /// Remove a version for good.
    Remove {
        /// Its name.
        name: String,
    },
    /// Copy a version to a file.
    Export {
        /// Its name.
        name: String,
        /// Where to; must not exist yet.
        file: PathBuf,
    },
    /// Take in a model file.
    Import {
        /// The file.
        file: PathBuf,
        /// Name of the version [default: the file's, without its ending].
        #[arg(long, value_name = "N")]
        name: Option<String>,
    },
}

impl Run for Models {
    /// Carries out the action, and prints the versions as they are then.
    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let store = &context.models;
        let done = match self.action.as_ref().unwrap_or(&Action::List) {
            Action::List => None,
            Action::Use { name } => {
                store.use_version(name)?;
                Some(format!("Model {name} is in use."))
            }
            Action::Rollback => Some(format!("Model {} is in use again.", store.rollback()?)),
            Action::Remove { name } => {
                store.remove(name)?;
                Some(format!("Model {name} is removed."))
            }
            Action::Export { name, file } => {
                store.export(name, file)?;
                Some(format!("Model {name} is written to {}.", file.display()))
            }
            Action::Import { file, name } => {
                let name = store.import(file, name.as_deref(), clock::now(), check_model)?;
                Some(format!("Model {name} is taken in; put it to use with `foreword models use {name}`."))
            }
        };
        Ok(printer.print(&Versions { done, all: store.versions()?, zone: clock::zone() })?)
    }
}

/// Whether bytes are a model that can be used; the reason if not.
fn check_model(bytes: &[u8]) -> Result<(), String> {
    read_sound(bytes).map(drop).map_err(|error| error.to_string())
}

/// The versions of the model, after what was done, if anything.
struct Versions {
    done: Option<String>,
    all: Vec<ModelVersion>,
    /// The time zone of the text's times; those in JSON are in UTC.
    zone: TimeZone,
}

impl Report for Versions {
    fn json(&self) -> impl Serialize {
        let version = |version: &ModelVersion| {
            json!({
                "name": version.name,
                "created": version.created,
                "bits_per_byte": version.bits_per_byte,
                "ksr5": version.ksr5,
                "active": version.active,
            })
        };
        json!({ "models": self.all.iter().map(version).collect::<Vec<_>>() })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(done) = &self.done {
            writeln!(out, "{}\n", Line(done))?;
        }
        let width = self.all.iter().map(|version| version.name.len()).max().unwrap_or(0).max(4);
        writeln!(out, "  {:width$}  {:20}  {:>13}  {:>7}", "name", "created", "bits per byte", "KSR@5 %")?;
        for version in &self.all {
            let mark = if version.active { '*' } else { ' ' };
            let bits = version.bits_per_byte.map_or_else(|| "-".to_owned(), |bits| format!("{bits:.3}"));
            let ksr5 = version.ksr5.map_or_else(|| "-".to_owned(), |ksr5| format!("{ksr5:.2}"));
            let created = clock::parsed(&version.created).map(|time| clock::local(time, &self.zone));
            let created = created.as_ref().unwrap_or(&version.created);
            let [name, created] = [&version.name, created].map(|text| Line(text).to_string());
            writeln!(out, "{mark} {name:width$}  {created:20}  {bits:>13}  {ksr5:>7}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{json, keys, text};

    #[test]
    fn versions_are_listed_with_the_active_one_marked() {
        let version = |name: &str, created: &str, ksr5, active| ModelVersion {
            name: name.to_owned(),
            created: created.to_owned(),
            bits_per_byte: ksr5,
            ksr5,
            active,
        };
        let all = vec![
            version("base", "built in", None, false),
            version("2026-11-24-1", "2026-11-24 02:11 UTC", Some(1.25), true),
        ];
        let mut report = Versions { done: Some("Done.".to_owned()), all, zone: TimeZone::UTC };
        let expected = "\
Done.

  name          created               bits per byte  KSR@5 %
  base          built in                          -        -
* 2026-11-24-1  2026-11-24 02:11 UTC          1.250     1.25
";
        assert_eq!(text(&report), expected);
        report.zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let local = expected.replace("2026-11-24 02:11 UTC", "2026-11-24 03:11    ");
        assert_eq!(text(&report), local);
        let value = json(&report);
        assert_eq!(keys(&value["models"][0]), ["active", "bits_per_byte", "created", "ksr5", "name"]);
        assert_eq!(value["models"][1]["created"], "2026-11-24 02:11 UTC");
        assert_eq!(value["models"][1]["active"], true);
        assert!(value["models"][0]["ksr5"].is_null());
    }

    #[test]
    fn names_of_strangers_stay_on_their_line_and_act_on_nothing() {
        let version = ModelVersion {
            name: "mine".to_owned(),
            created: "\u{1b}[31mtoday".to_owned(),
            bits_per_byte: None,
            ksr5: None,
            active: false,
        };
        let all = vec![version];
        let text = text(&Versions { done: Some("Done\r.".to_owned()), all, zone: TimeZone::UTC });
        assert!(text.starts_with("Done\\r.\n") && text.contains("mine  \\u{1b}[31mtoday"), "{text}");
    }
}
