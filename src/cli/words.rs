//! `foreword words`: what was learned of the writer's words, to be looked at and taken back.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use clap::Subcommand;
use serde::Serialize;
use serde_json::json;

use super::context::Context;
use super::file::read_file;
use super::report::{Printer, Report, counted};
use super::run::Run;
use crate::runtime::visible::{self, Line};
use crate::runtime::workers::stored_words::{change_words, read_words, replace_words};
use crate::store::atomic::write_private_new;
use suggest::word::{folded, levelled};
use suggest::{Background, LearnedWord, LeftOut, Personal};

/// List, forget, export and import the words learned.
#[derive(Debug, clap::Args)]
pub(super) struct Words {
    #[command(subcommand)]
    action: Option<Action>,
    /// `base`, `personal` or a version's name [default: the one in use].
    #[arg(long, global = true, value_name = "MODEL")]
    model: Option<String>,
}

/// What to do with the words learned.
#[derive(Debug, Subcommand)]
enum Action {
    /// List them, the most frequent first.
    List {
        /// Only those that begin so, in any case.
        #[arg(value_name = "BEGINNING", default_value = "")]
        beginning: String,
    },
    /// Forget words, in any case. They may be learned again; `block` is for those never wanted.
    Forget {
        /// The words.
        #[arg(value_name = "WORD", required = true)]
        words: Vec<String>,
    },
    /// Forget all words.
    Clear,
    /// Never offer these words, in any case.
    Block {
        /// The words.
        #[arg(value_name = "WORD", required = true)]
        words: Vec<String>,
    },
    /// Offer these words again.
    Unblock {
        /// The words.
        #[arg(value_name = "WORD", required = true)]
        words: Vec<String>,
    },
    /// List the words that are never offered.
    Blocked,
    /// Copy all that was learned of words to a file. It can be read back: treat it as your texts.
    Export {
        /// Where to; must not exist yet.
        file: PathBuf,
        /// Leave out what was met fewer than three times, and the names of documents, so that the file may be given away.
        #[arg(long)]
        shareable: bool,
    },
    /// Take in a file that was exported, in place of the words learned.
    Import {
        /// The file.
        file: PathBuf,
    },
}

impl Run for Words {
    /// Carries out the action; prints the words asked for, or what was done.
    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let model = context.models.resolve(self.model.as_deref())?;
        let read = || read_words(&context.models, &model).map_err(anyhow::Error::msg);
        let standard = Action::List { beginning: String::new() };
        let done = match self.action.as_ref().unwrap_or(&standard) {
            Action::List { beginning } => {
                let wanted = folded(beginning);
                let mut words = read()?.words();
                words.retain(|learned| folded(&learned.word).starts_with(&wanted));
                return Ok(printer.print(&LearnedWords { model, words })?);
            }
            Action::Blocked => {
                let (listed, set) = (context.never.words(), &context.config.suggestions.never);
                return Ok(printer.print(&Blocked(listed.iter().chain(set).map(String::as_str).collect()))?);
            }
            Action::Forget { words } => forget(context, &model, words)?,
            Action::Clear => {
                replace_words(&context.models, &model, Personal::default())?;
                format!("Model {model} has forgotten all words.")
            }
            Action::Block { words } => block(context, words)?,
            Action::Unblock { words } => unblock(context, words)?,
            Action::Export { file, shareable: false } => export(read()?, &model, file)?,
            Action::Export { file, shareable: true } => export_shareable(&read()?, &model, file)?,
            Action::Import { file } => import(context, &model, file)?,
        };
        Ok(printer.print(&Done(done))?)
    }
}

fn forget(context: &Context, model: &str, words: &[String]) -> anyhow::Result<String> {
    change_words(&context.models, model, |personal| {
        let before = personal.words();
        for word in words {
            let wanted = folded(word);
            ensure!(
                before.iter().any(|learned| folded(&learned.word) == wanted),
                "{word:?} was not learned with model {model}; `foreword words list` shows what was"
            );
            personal.forget(word);
        }
        Ok(())
    })?;
    Ok(format!("Forgotten by model {model}: {}.", words.join(", ")))
}

fn block(context: &Context, words: &[String]) -> anyhow::Result<String> {
    for word in words {
        ensure!(
            !word.trim().is_empty() && !word.contains(char::is_control),
            "{word:?} cannot be blocked: name words that can be typed in one line"
        );
    }
    let mut never = context.never.clone();
    let level: Vec<_> = words.iter().map(|word| levelled(word)).collect();
    never.block(level.iter().map(AsRef::as_ref))?;
    let (words, list) = (words.join(", "), never.path().display());
    Ok(format!("Never offered from now on: {words}. The list is in {list}."))
}

fn unblock(context: &Context, words: &[String]) -> anyhow::Result<String> {
    let mut never = context.never.clone();
    let level: Vec<_> = words.iter().map(|word| levelled(word)).collect();
    if let Some(word) = never.unblock(level.iter().map(AsRef::as_ref))? {
        bail!(
            "{word:?} is not in {}; `foreword words blocked` lists the words there, `never` in the settings may name more",
            never.path().display()
        );
    }
    Ok(format!("Offered again: {}.", words.join(", ")))
}

fn export(personal: Personal, model: &str, file: &Path) -> anyhow::Result<String> {
    write_new(file, &personal.for_export().to_bytes())?;
    let name = file.display();
    writeln!(
        visible::stderr(),
        "foreword: {name} holds your words and your phrases, and can be read back: treat it as your texts. `--shareable` \
         writes what may be given away"
    )?;
    Ok(format!("The words of model {model} are written to {name}."))
}

fn export_shareable(personal: &Personal, model: &str, file: &Path) -> anyhow::Result<String> {
    let (shared, LeftOut { words, phrases, documents }) = personal.shareable(Background::base());
    write_new(file, &shared.to_bytes())?;
    Ok(format!(
        "The words of model {model} are written to {}. Left out: {} and {} of phrase met fewer than three times, and the {} \
         of {}.",
        file.display(),
        counted(words as u64, "word"),
        counted(phrases as u64, "turn"),
        if documents == 1 { "name" } else { "names" },
        counted(documents as u64, "document")
    ))
}

fn import(context: &Context, model: &str, file: &Path) -> anyhow::Result<String> {
    let name = file.display();
    match Personal::from_bytes(&read_file(file)?, Background::base()) {
        Ok(words) => replace_words(&context.models, model, words)?,
        Err(error) => bail!("{name}: {error}; name a file written by `foreword words export`"),
    }
    Ok(format!("Model {model} has the words of {name} now."))
}

/// Writes a file for its owner alone; never over another.
fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_private_new(path, bytes).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            anyhow::anyhow!("{}: there is a file already; name another or remove it", path.display())
        }
        _ => anyhow::anyhow!(
            "{}: cannot be written ({error}); check the path and the space on the disk",
            path.display()
        ),
    })
}

/// Words learned with a version.
struct LearnedWords {
    model: String,
    words: Vec<LearnedWord>,
}

impl Report for LearnedWords {
    fn json(&self) -> impl Serialize {
        #[derive(Serialize)]
        struct Word<'a> {
            word: &'a str,
            count: u32,
        }
        #[derive(Serialize)]
        struct Words<'a> {
            model: &'a str,
            words: Vec<Word<'a>>,
        }
        let words = self.words.iter().map(|learned| Word { word: &learned.word, count: learned.count });
        Words { model: &self.model, words: words.collect() }
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{} learned with model {}",
            counted(self.words.len() as u64, "word"),
            Line(&self.model)
        )?;
        self.words
            .iter()
            .try_for_each(|learned| writeln!(out, "{:>7}  {}", learned.count, Line(&learned.word)))
    }
}

/// Words that are never offered: those of the list, and those of the settings.
struct Blocked<'a>(BTreeSet<&'a str>);

impl Report for Blocked<'_> {
    fn json(&self) -> impl Serialize {
        json!({ "blocked": self.0 })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        self.0.iter().try_for_each(|word| writeln!(out, "{}", Line(word)))
    }
}

/// What was done, in a sentence.
struct Done(String);

impl Report for Done {
    fn json(&self) -> impl Serialize {
        json!({ "done": self.0 })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", Line(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{printed, text};

    fn run_line(context: &Context, action: Action, is_json: bool) -> anyhow::Result<String> {
        let words = Words { action: Some(action), model: Some("base".to_owned()) };
        printed(is_json, |printer| words.run(context, printer))
    }

    #[test]
    fn words_are_listed_forgotten_carried_away_and_brought_back() {
        let folder = tempfile::tempdir().unwrap();
        let context = Context::open(Some(folder.path())).unwrap();
        let mut personal = Personal::default();
        personal.learn_documents([("a", "the moor and the Moor lay still, it didn’t move")]);
        replace_words(&context.models, "base", personal).unwrap();
        let list = |beginning: &str| {
            run_line(&context, Action::List { beginning: beginning.to_owned() }, true).unwrap()
        };
        assert!(
            list("MO").contains(r#"{"word":"Moor","count":1},{"word":"moor","count":1}"#),
            "{}",
            list("MO")
        );
        let file = folder.path().join("mine");
        run_line(&context, Action::Export { file: file.clone(), shareable: false }, false).unwrap();
        let error =
            run_line(&context, Action::Export { file: file.clone(), shareable: false }, false).unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
        run_line(&context, Action::Forget { words: vec!["MOOR".to_owned()] }, false).unwrap();
        assert!(!list("").to_lowercase().contains("moor"));
        // In whatever typography.
        assert!(list("Didn’").contains("didn't") && list("didn'").contains("didn't"));
        run_line(&context, Action::Forget { words: vec!["didn’t".to_owned()] }, false).unwrap();
        assert!(!list("").contains("didn"));
        let error = run_line(&context, Action::Forget { words: vec!["moor".to_owned()] }, false).unwrap_err();
        assert!(error.to_string().contains("was not learned"), "{error}");
        run_line(&context, Action::Import { file: file.clone() }, false).unwrap();
        assert!(list("").contains("moor"));
        std::fs::write(&file, "nothing of the kind").unwrap();
        assert!(run_line(&context, Action::Import { file }, false).is_err());
        run_line(&context, Action::Clear, false).unwrap();
        assert!(list("").contains(r#""words":[]"#), "{}", list(""));
    }

    #[test]
    fn words_are_blocked_listed_and_offered_again() {
        let folder = tempfile::tempdir().unwrap();
        let run = |action| run_line(&Context::open(Some(folder.path())).unwrap(), action, true);
        let words = |word: &str| vec![word.to_owned()];
        assert!(!run(Action::Blocked).unwrap().contains("\"moist\""));
        run(Action::Block { words: words("Isn’t") }).unwrap();
        assert!(run(Action::Blocked).unwrap().contains("\"isn't\""));
        run(Action::Unblock { words: words("isn't") }).unwrap();
        run(Action::Block { words: words("Moist") }).unwrap();
        assert!(run(Action::Blocked).unwrap().contains("\"moist\""));
        let context = Context::open(Some(folder.path())).unwrap();
        let never = context.suggestion_settings().never_offer;
        assert!(never.contains("moist") && never.len() > 20, "those built in stay");
        run(Action::Unblock { words: words("MOIST") }).unwrap();
        assert!(!run(Action::Blocked).unwrap().contains("\"moist\""));
        let error = run(Action::Unblock { words: words("moist") }).unwrap_err().to_string();
        assert!(error.contains("never.txt") && error.contains("blocked"), "{error}");
    }

    #[test]
    fn words_of_strangers_stay_on_their_line_and_act_on_nothing() {
        let word = |word: &str| LearnedWord { word: word.to_owned(), count: 3 };
        let words = LearnedWords { model: "base".to_owned(), words: vec![word("a\u{202e}b"), word("c\td")] };
        assert_eq!(text(&words), "2 words learned with model base\n      3  a\\u{202e}b\n      3  c\\td\n");
    }
}
