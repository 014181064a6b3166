//! `foreword words`: what was learned of the writer's words, to be looked at and taken back.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{bail, ensure};

use super::args::WordsAction;
use super::context::Context;
use super::file::read_file;
use super::output::Printer;
use crate::runtime::visible;
use crate::runtime::workers::stored_models::{change_words, read_words, replace_words};
use suggest::{Background, LeftOut, Personal};

/// Carries the action out on the words of `model`, and prints the words there are then, if they are asked for.
pub(super) fn run<W: Write>(
    context: &Context,
    model: &str,
    action: WordsAction,
    printer: &mut Printer<W>,
) -> anyhow::Result<()> {
    let store = &context.models;
    let read = || read_words(store, model).map_err(anyhow::Error::msg);
    let done = match action {
        WordsAction::List { beginning } => {
            let folded = beginning.to_lowercase();
            let mut words = read()?.words();
            words.retain(|learned| learned.word.to_lowercase().starts_with(&folded));
            printer.words(model, &words)?;
            return Ok(());
        }
        WordsAction::Forget { words } => {
            change_words(store, model, |personal| {
                let before = personal.words();
                for word in &words {
                    let folded = word.to_lowercase();
                    ensure!(
                        before.iter().any(|learned| learned.word.to_lowercase() == folded),
                        "{word:?} was not learned with model {model}; `foreword words list` shows what was"
                    );
                    personal.forget(word);
                }
                Ok(())
            })?;
            format!("Forgotten by model {model}: {}.", words.join(", "))
        }
        WordsAction::Clear => {
            replace_words(store, model, Personal::default())?;
            format!("Model {model} has forgotten all words.")
        }
        WordsAction::Block { words } => {
            for word in &words {
                ensure!(
                    !word.trim().is_empty() && !word.contains(char::is_control),
                    "{word:?} cannot be blocked: name words that can be typed in one line"
                );
            }
            let mut never = context.never.clone();
            never.block(words.iter().map(String::as_str))?;
            format!(
                "Never offered from now on: {}. The list is in {}.",
                words.join(", "),
                never.path().display()
            )
        }
        WordsAction::Unblock { words } => {
            let mut never = context.never.clone();
            let missing = never.unblock(words.iter().map(String::as_str))?;
            if let Some(word) = missing {
                bail!(
                    "{word:?} is not in {}; `foreword words blocked` lists the words there, `never` in the settings may name more",
                    never.path().display()
                );
            }
            format!("Offered again: {}.", words.join(", "))
        }
        WordsAction::Blocked => {
            printer.blocked(context.never.words(), &context.config.suggestions.never)?;
            return Ok(());
        }
        WordsAction::Export { file, shareable: false } => {
            write_new(&file, &read()?.for_export().to_bytes())?;
            let name = file.display();
            warn(&format!(
                "{name} holds your words and your phrases, and can be read back: treat it as your texts. `--shareable` writes \
                 what may be given away"
            ))?;
            format!("The words of model {model} are written to {name}.")
        }
        WordsAction::Export { file, shareable: true } => {
            let (shared, left_out) = read()?.shareable(Background::base());
            write_new(&file, &shared.to_bytes())?;
            let LeftOut { words, phrases, documents } = left_out;
            format!(
                "The words of model {model} are written to {}. Left out: {words} words and {phrases} turns of phrase met fewer than \
                 three times, and the names of {documents} documents.",
                file.display()
            )
        }
        WordsAction::Import { file } => {
            let name = file.display();
            let bytes = read_file(&file)?;
            match Personal::from_bytes(&bytes, Background::base()) {
                Ok(words) => replace_words(store, model, words)?,
                Err(error) => bail!("{name}: {error}; name a file written by `foreword words export`"),
            }
            format!("Model {model} has the words of {name} now.")
        }
    };
    printer.done(&done)?;
    Ok(())
}

/// Says something beside the result.
fn warn(said: &str) -> io::Result<()> {
    writeln!(visible::stderr(), "foreword: {said}")
}

/// Writes a file for its owner alone; never over another.
fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            anyhow::anyhow!("{}: there is a file already; name another or remove it", path.display())
        }
        _ => anyhow::anyhow!(
            "{}: cannot be written ({error}); check the path and the space on the disk",
            path.display()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_line(context: &Context, action: WordsAction, json: bool) -> anyhow::Result<String> {
        let mut out = Vec::new();
        run(context, "base", action, &mut Printer::new(&mut out, json))?;
        Ok(String::from_utf8(out)?)
    }

    #[test]
    fn words_are_listed_forgotten_carried_away_and_brought_back() {
        let folder = tempfile::tempdir().unwrap();
        let context = Context::open(Some(folder.path())).unwrap();
        let mut personal = Personal::default();
        personal.learn_documents([("a", "the moor and the Moor lay still")]);
        replace_words(&context.models, "base", personal).unwrap();
        let list = |beginning: &str| {
            run_line(&context, WordsAction::List { beginning: beginning.to_owned() }, true).unwrap()
        };
        assert!(
            list("MO").contains(r#"{"word":"Moor","count":1},{"word":"moor","count":1}"#),
            "{}",
            list("MO")
        );
        let file = folder.path().join("mine");
        run_line(&context, WordsAction::Export { file: file.clone(), shareable: false }, false).unwrap();
        let error = run_line(&context, WordsAction::Export { file: file.clone(), shareable: false }, false)
            .unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
        run_line(&context, WordsAction::Forget { words: vec!["MOOR".to_owned()] }, false).unwrap();
        assert!(!list("").to_lowercase().contains("moor"));
        let error =
            run_line(&context, WordsAction::Forget { words: vec!["moor".to_owned()] }, false).unwrap_err();
        assert!(error.to_string().contains("was not learned"), "{error}");
        run_line(&context, WordsAction::Import { file: file.clone() }, false).unwrap();
        assert!(list("").contains("moor"));
        std::fs::write(&file, "nothing of the kind").unwrap();
        assert!(run_line(&context, WordsAction::Import { file }, false).is_err());
        run_line(&context, WordsAction::Clear, false).unwrap();
        assert!(list("").contains(r#""words":[]"#), "{}", list(""));
    }
    #[test]
    fn words_are_blocked_listed_and_offered_again() {
        let folder = tempfile::tempdir().unwrap();
        let run = |action| run_line(&Context::open(Some(folder.path())).unwrap(), action, true);
        let words = |word: &str| vec![word.to_owned()];
        assert!(!run(WordsAction::Blocked).unwrap().contains("\"moist\""));
        run(WordsAction::Block { words: words("Moist") }).unwrap();
        assert!(run(WordsAction::Blocked).unwrap().contains("\"moist\""));
        let context = Context::open(Some(folder.path())).unwrap();
        let never = super::super::engine::suggestion_settings(&context).never_offer;
        assert!(never.contains("moist") && never.len() > 20, "those built in stay");
        run(WordsAction::Unblock { words: words("MOIST") }).unwrap();
        assert!(!run(WordsAction::Blocked).unwrap().contains("\"moist\""));
        let error = run(WordsAction::Unblock { words: words("moist") }).unwrap_err().to_string();
        assert!(error.contains("never.txt") && error.contains("blocked"), "{error}");
    }
}
