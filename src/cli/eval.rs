//! `foreword eval FILE…`: types files as a simulated typist and counts the keystrokes.

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, ensure};

use super::command::EvalRequest;
use super::context::Context;
use super::engine;
use super::output::Printer;
use super::progress::Progress;
use crate::corpus::{self, clean};
use crate::shell::trainer::learn;
use crate::suggest::Personal;

/// Evaluates and prints the figures.
pub(super) fn run<W: Write>(
    context: &Context,
    request: &EvalRequest,
    printer: &mut Printer<W>,
) -> anyhow::Result<()> {
    let mut texts = request
        .files
        .iter()
        .map(|path| read_text(path.as_path()))
        .collect::<anyhow::Result<Vec<String>>>()?;
    let mut personal = Personal::default();
    if !request.learn.is_empty() {
        let mut documents = corpus::walk::read(&request.learn)?.documents;
        if texts.is_empty() {
            let split = corpus::split::by_document(documents);
            documents = split.train;
            documents.extend(split.validation);
            texts = split.held_out.into_iter().map(|document| document.text).collect();
            ensure!(!texts.is_empty(), "there is too little text to hold any out; name files to type, too");
        }
        learn(&mut personal, &documents);
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let bytes = context.models.load(&request.model)?;
    let model =
        engine::read_model(&bytes).with_context(|| format!("model {} cannot be used", request.model))?;
    let mut progress = Progress::new();
    let status = format!("typing with model {}", request.model);
    let evaluation = engine::evaluate(context, &model, &personal, &texts, &request.options, &mut |share| {
        progress.show(share, &status);
    });
    progress.finish();
    printer.evaluation(&evaluation)?;
    Ok(())
}

/// A file's text as it is typed: every line stays a line, unlike in [`corpus`](crate::corpus)'s formats.
fn read_text(path: &Path) -> anyhow::Result<String> {
    let name = || path.display();
    let metadata = std::fs::metadata(path)
        .with_context(|| format!("{}: cannot be read; check the path and its permissions", name()))?;
    ensure!(
        metadata.is_file(),
        "{}: not an ordinary file; name text files, not a folder or a device",
        name()
    );
    let bytes = std::fs::read(path)
        .with_context(|| format!("{}: cannot be read; check the path and its permissions", name()))?;
    clean::decode(&bytes).map_err(|reason| anyhow::anyhow!("{}: {reason}; name a file of plain text", name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "one\r\ntwo\nthree").unwrap();
        assert_eq!(read_text(&path).unwrap(), "one\ntwo\nthree");
    }

    #[test]
    fn what_is_no_text_says_path_and_cause() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("binary"), b"a\0b").unwrap();
        std::fs::write(folder.path().join("empty"), b"").unwrap();
        for (name, cause) in [
            ("binary", "zero bytes"),
            ("empty", "0 bytes"),
            ("missing", "No such file"),
            (".", "not an ordinary file"),
        ] {
            let path = folder.path().join(name);
            let error = format!("{:#}", read_text(&path).unwrap_err());
            assert!(error.contains(&path.display().to_string()) && error.contains(cause), "{name}: {error}");
        }
    }
}
